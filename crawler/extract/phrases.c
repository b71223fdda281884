/* phrases.c - see phrases.h. A table of hashed beginnings of four bytes tells where a look is worth
 * it; few places pass it, so the list is walked seldom. */
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

static size_t match_at(struct slice rest, const char *const *phrases, size_t count, uint8_t *seen)
{
    uint32_t begin = begin_of(rest.at);
    for (size_t i = 0; i < count; i++) {
        if (begin_of(phrases[i]) != begin || (seen != NULL && seen[i] != 0))
            continue;
        struct slice phrase = slice_of(phrases[i]);
        if (phrase.len <= rest.len && slice_equal_nocase(slice_sub(rest, 0, phrase.len), phrase)) {
            if (seen == NULL)
                return i;
            seen[i] = 1;
        }
    }
    return count;
}

size_t phrases_find(struct slice text, const char *const *phrases, size_t count, uint8_t *ret_seen)
{
    uint8_t begins[8192];
    memset(begins, 0, sizeof begins);
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = begin_hash(begin_of(phrases[i]));
        begins[hash >> 3] |= (uint8_t)(1u << (hash & 7));
    }
    uint32_t begin = 0;
    for (size_t at = 0; at < text.len; at++) {
        begin = begin << 8 | lower(text.at[at]);
        uint32_t hash = begin_hash(begin);
        if ((begins[hash >> 3] >> (hash & 7) & 1) == 0 || at < BEGIN_BYTES - 1)
            continue;
        size_t found = match_at(slice_from(text, at - (BEGIN_BYTES - 1)), phrases, count, ret_seen);
        if (found < count && ret_seen == NULL)
            return found;
    }
    for (size_t i = 0; ret_seen != NULL && i < count; i++)
        if (ret_seen[i] != 0)
            return i;
    return count;
}
