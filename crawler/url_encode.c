/* url_encode.c - percent-encoding by sets, into a buffer that never grows; see url_inside.h. */
#include "crawler/url_inside.h"

#include "common/utf8.h"

#include <string.h>

#define F URL_SET_FRAGMENT
#define Q URL_SET_QUERY
#define P URL_SET_PATH
#define U URL_SET_USERINFO

static const uint8_t SETS[128] = {
    [' '] = F | Q | P | U,
    ['"'] = F | Q | P | U,
    ['<'] = F | Q | P | U,
    ['>'] = F | Q | P | U,
    ['`'] = F | P | U,
    ['#'] = Q | P | U,
    ['\''] = Q,
    ['?'] = P | U,
    ['^'] = P | U,
    ['{'] = P | U,
    ['}'] = P | U,
    ['/'] = U,
    [':'] = U,
    [';'] = U,
    ['='] = U,
    ['@'] = U,
    ['['] = U,
    ['\\'] = U,
    [']'] = U,
    ['|'] = U,
};

void url_out_add(struct url_out *out, const char *bytes, size_t len)
{
    if (out->full || len > URL_BYTES_MAX - out->len) {
        out->full = true;
        return;
    }
    memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

void url_out_slice(struct url_out *out, struct slice text)
{
    url_out_add(out, text.at, text.len);
}

static void add_percent(struct url_out *out, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    char coded[3] = {'%', digits[byte >> 4], digits[byte & 15]};
    url_out_add(out, coded, sizeof coded);
}

static bool is_plain(unsigned char byte, enum url_set set)
{
    return byte > 0x1f && byte < 0x7f && (SETS[byte] & (unsigned)set) == 0;
}

void url_out_encoded(struct url_out *out, struct slice text, enum url_set set)
{
    size_t at = 0;
    while (at < text.len && !out->full) {
        size_t run = at;
        while (run < text.len && is_plain((unsigned char)text.at[run], set))
            run++;
        url_out_add(out, text.at + at, run - at);
        at = run;
        if (at == text.len)
            return;
        unsigned char byte = (unsigned char)text.at[at];
        if (byte < 0x80) {
            add_percent(out, byte);
            at++;
            continue;
        }
        char coded[4];
        size_t taken = 0;
        size_t len = utf8_encode(utf8_decode(slice_from(text, at), &taken), coded);
        for (size_t i = 0; i < len; i++)
            add_percent(out, (unsigned char)coded[i]);
        at += taken;
    }
}
