/* utf8.c - decoding with U+FFFD substitution of maximal subparts; see utf8.h. */
#include "common/utf8.h"

#include <string.h>

/* Bounds of the second byte narrow for E0, ED, F0 and F4 (Unicode 15, table 3-7). */
static size_t utf8_shape(unsigned char lead, unsigned char *ret_low, unsigned char *ret_high)
{
    *ret_low = 0x80;
    *ret_high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (lead == 0xE0)
            *ret_low = 0xA0;
        if (lead == 0xED)
            *ret_high = 0x9F;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (lead == 0xF0)
            *ret_low = 0x90;
        if (lead == 0xF4)
            *ret_high = 0x8F;
        return 4;
    }
    return 0;
}

uint32_t utf8_decode(struct slice text, size_t *ret_len)
{
    const unsigned char *at = (const unsigned char *)text.at;
    *ret_len = 1;
    if (at[0] < 0x80)
        return at[0];
    unsigned char low, high;
    size_t need = utf8_shape(at[0], &low, &high);
    if (need == 0)
        return UTF8_REPLACEMENT;
    uint32_t code = at[0] & (0xFFu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if (i >= text.len || at[i] < low || at[i] > high) {
            *ret_len = i;
            return UTF8_REPLACEMENT;
        }
        code = code << 6 | (at[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *ret_len = need;
    return code;
}

size_t utf8_encode(uint32_t code, char at[4])
{
    if (code < 0x80) {
        at[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        at[0] = (char)(0xC0 | code >> 6);
        at[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        at[0] = (char)(0xE0 | code >> 12);
        at[1] = (char)(0x80 | (code >> 6 & 0x3F));
        at[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    at[0] = (char)(0xF0 | code >> 18);
    at[1] = (char)(0x80 | (code >> 12 & 0x3F));
    at[2] = (char)(0x80 | (code >> 6 & 0x3F));
    at[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Length of the start that is ASCII without NUL, in steps of eight bytes: a lower bound. */
static size_t plain_run(struct slice text)
{
    const uint64_t high = UINT64_C(0x8080808080808080), ones = UINT64_C(0x0101010101010101);
    size_t i = 0;
    uint64_t word;
    for (; i + sizeof word <= text.len; i += sizeof word) {
        memcpy(&word, text.at + i, sizeof word);
        if (((word | (word - ones)) & high) != 0)
            break;
    }
    return i;
}

/* Length of the clean start: valid UTF-8 without NUL. */
static size_t clean_prefix(struct slice text)
{
    size_t i = 0;
    while (i < text.len) {
        i += plain_run(slice_from(text, i));
        if (i == text.len)
            break;
        unsigned char byte = (unsigned char)text.at[i];
        if (byte == 0)
            break;
        size_t len = 1;
        if (byte >= 0x80) {
            uint32_t code = utf8_decode(slice_from(text, i), &len);
            if (code == UTF8_REPLACEMENT && !(len == 3 && byte == 0xEF))
                break;
        }
        i += len;
    }
    return i;
}

bool utf8_is_valid(struct slice text)
{
    for (;;) {
        size_t good = clean_prefix(text);
        if (good == text.len)
            return true;
        if (text.at[good] != '\0')
            return false;
        text = slice_from(text, good + 1);
    }
}

int utf8_clean(struct arena *arena, struct slice text, struct slice *ret_text)
{
    size_t good = clean_prefix(text);
    if (good == text.len) {
        *ret_text = text;
        return OK;
    }
    if (text.len > SIZE_MAX / 3 - 1)
        return ERR_NOMEM;
    char *out = arena_alloc(arena, good + (text.len - good) * 3 + 1);
    if (out == NULL)
        return ERR_NOMEM;
    memcpy(out, text.at, good);
    size_t len = good;
    for (size_t i = good, used; i < text.len; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        len += utf8_encode(code == 0 ? UTF8_REPLACEMENT : code, out + len);
    }
    *ret_text = slice_make(out, len);
    return OK;
}

struct slice utf8_cut(struct slice text, size_t len)
{
    if (text.len <= len)
        return text;
    while (len > 0 && ((unsigned char)text.at[len] & 0xC0) == 0x80)
        len--;
    return slice_sub(text, 0, len);
}

size_t utf8_count(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0, used; i < text.len; i += used) {
        utf8_decode(slice_from(text, i), &used);
        count++;
    }
    return count;
}

bool code_is_in(uint32_t code, const struct code_range *ranges, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code >= ranges[low].first;
}
