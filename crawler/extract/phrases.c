/* phrases.c - see phrases.h. A table of hashed beginnings tells where a look is worth it; few places
 * pass it, and there only phrases of that hash are compared. */
#include "crawler/extract/phrases.h"

#include <string.h>

#define BEGIN_BYTES 4u

static unsigned char lower(char byte)
{
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
}

static uint32_t begin_hash(uint32_t begin)
{
    return begin * UINT32_C(2654435761) >> 16;
}

static uint32_t begin_of(const char *phrase)
{
    return (uint32_t)lower(phrase[0]) << 24 | (uint32_t)lower(phrase[1]) << 16 |
           (uint32_t)lower(phrase[2]) << 8 | lower(phrase[3]);
}

void phrases_prepare(struct phrases *phrases, const char *const *list, size_t count)
{
    memset(phrases, 0, sizeof *phrases);
    phrases->list = list;
    phrases->count = count < PHRASES_MAX ? count : PHRASES_MAX;
    for (size_t i = phrases->count; i-- > 0;) {
        uint32_t hash = begin_hash(begin_of(list[i]));
        phrases->begins[hash >> 3] |= (uint8_t)(1u << (hash & 7));
        uint8_t *first = &phrases->first[hash % PHRASES_CHAIN];
        phrases->next[i] = *first;
        *first = (uint8_t)(i + 1);
    }
}

static bool stands_at(struct slice rest, const char *text)
{
    struct slice phrase = slice_of(text);
    return phrase.len <= rest.len && slice_equal_nocase(slice_sub(rest, 0, phrase.len), phrase);
}

/* Marks in seen and counts the phrases at the beginning of rest; the first in *ret_found. */
static size_t match_at(const struct phrases *phrases, struct slice rest, uint32_t hash,
                       uint8_t *seen, size_t *ret_found)
{
    size_t count = 0;
    for (size_t i = phrases->first[hash % PHRASES_CHAIN]; i != 0; i = phrases->next[i - 1]) {
        if ((seen != NULL && seen[i - 1] != 0) || !stands_at(rest, phrases->list[i - 1]))
            continue;
        if (count++ == 0)
            *ret_found = i - 1;
        if (seen != NULL)
            seen[i - 1] = 1;
    }
    return count;
}

static size_t walk(const struct phrases *phrases, struct slice text, uint8_t *seen, size_t enough,
                   size_t *ret_found)
{
    uint32_t begin = 0;
    size_t count = 0;
    for (size_t at = 0; at < text.len && count < enough; at++) {
        begin = begin << 8 | lower(text.at[at]);
        uint32_t hash = begin_hash(begin);
        if ((phrases->begins[hash >> 3] >> (hash & 7) & 1) != 0 && at >= BEGIN_BYTES - 1)
            count +=
                match_at(phrases, slice_from(text, at - (BEGIN_BYTES - 1)), hash, seen, ret_found);
    }
    return count;
}

size_t phrases_first(const struct phrases *phrases, struct slice text)
{
    size_t found = phrases->count;
    (void)walk(phrases, text, NULL, 1, &found);
    return found;
}

size_t phrases_count(const struct phrases *phrases, struct slice text, uint8_t *seen, size_t enough)
{
    size_t found;
    return walk(phrases, text, seen, enough, &found);
}
