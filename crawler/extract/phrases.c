/* phrases.c - see phrases.h. A table of the first two bytes tells where a look is worth it. */
#include "crawler/extract/phrases.h"

#include <string.h>

static unsigned char lower(char byte)
{
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
}

static size_t match_at(struct slice rest, const char *const *phrases, size_t count, uint8_t *seen)
{
    unsigned char first = lower(rest.at[0]);
    for (size_t i = 0; i < count; i++) {
        if (lower(phrases[i][0]) != first || (seen != NULL && seen[i] != 0))
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
    uint8_t pairs[8192];
    memset(pairs, 0, sizeof pairs);
    for (size_t i = 0; i < count; i++) {
        unsigned pair = (unsigned)lower(phrases[i][0]) << 8 | lower(phrases[i][1]);
        pairs[pair >> 3] |= (uint8_t)(1u << (pair & 7));
    }
    unsigned pair = 0;
    for (size_t at = 0; at < text.len; at++) {
        pair = (pair << 8 | lower(text.at[at])) & 0xffff;
        if (at == 0 || (pairs[pair >> 3] >> (pair & 7) & 1) == 0)
            continue;
        size_t found = match_at(slice_from(text, at - 1), phrases, count, ret_seen);
        if (found < count)
            return found;
    }
    for (size_t i = 0; ret_seen != NULL && i < count; i++)
        if (ret_seen[i] != 0)
            return i;
    return count;
}
