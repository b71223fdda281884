/* charref.c - character references of HTML text, as the tokenizer of the HTML standard reads them.
 *
 * A name is looked up in a sorted table, first by letter and then by halving: with ';' the whole
 * run of letters and digits must be a name, without it the longest start that may stand bare.
 * Cost: text without '&' one memchr; else a copy by memcpy between references. */
#include "crawler/extract/charref.h"

#include "common/utf8.h"
#include "crawler/extract/charref_table.h"

#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

/* The standard's table for 0x80-0x9F, where pages mean windows-1252. */
static const uint16_t C1_MEANT[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

static uint32_t number_meant(uint32_t code)
{
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return UTF8_REPLACEMENT;
    return code >= 0x80 && code <= 0x9F ? C1_MEANT[code - 0x80] : code;
}

/* text.at[0..1] is "&#". */
static size_t read_number(struct slice text, char at[8], size_t *ret_len)
{
    bool hex = text.len > 2 && (text.at[2] | 0x20) == 'x';
    size_t start = hex ? 3 : 2, i = start;
    uint32_t code = 0;
    for (; i < text.len; i++) {
        int digit = hex_value(text.at[i]);
        if (digit < 0 || (!hex && digit > 9))
            break;
        code = code * (hex ? 16 : 10) + (uint32_t)digit;
        if (code > 0x10FFFF)
            code = 0x110000; /* too large stays too large */
    }
    if (i == start)
        return 0;
    *ret_len = i < text.len && text.at[i] == ';' ? i + 1 : i;
    return utf8_encode(number_meant(code), at);
}

/* ---- names ---- */

static const struct charref_row *name_find(const char *name, size_t len)
{
    size_t bucket = (size_t)(name[0] >= 'a' ? name[0] - 'a' + 26 : name[0] - 'A');
    size_t low = CHARREF_FIRST[bucket], high = CHARREF_FIRST[bucket + 1];
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct charref_row *row = &CHARREF_ROWS[middle];
        int order = strncmp(name, row->name, len);
        if (order == 0 && row->name[len] == '\0')
            return row;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static size_t put_row(const struct charref_row *row, char at[8])
{
    size_t len = utf8_encode(row->first, at);
    return row->second == 0 ? len : len + utf8_encode(row->second, at + len);
}

static bool is_name_byte(char c)
{
    return is_letter(c) || is_digit(c);
}

/* The longest name that may stand bare at the start of the run. */
static const struct charref_row *bare_find(const char *name, size_t run, size_t *ret_len)
{
    for (size_t len = run < CHARREF_BARE_BYTES_MAX ? run : CHARREF_BARE_BYTES_MAX; len > 1; len--) {
        const struct charref_row *row = name_find(name, len);
        *ret_len = len;
        if (row != NULL && row->may_be_bare)
            return row;
    }
    return NULL;
}

static size_t read_name(struct slice text, bool in_attribute, char at[8], size_t *ret_len)
{
    const char *name = text.at + 1;
    size_t room = text.len - 1, run = 0, bare = 0;
    const struct charref_row *row = NULL;
    while (run < room && run <= CHARREF_NAME_BYTES_MAX && is_name_byte(name[run]))
        run++;
    if (run <= CHARREF_NAME_BYTES_MAX && run < room && name[run] == ';')
        row = name_find(name, run);
    if (row != NULL) {
        *ret_len = run + 2;
        return put_row(row, at);
    }
    row = bare_find(name, run, &bare);
    if (row == NULL)
        return 0;
    char next = bare < room ? name[bare] : ' ';
    if (in_attribute && (next == '=' || is_name_byte(next)))
        return 0;
    *ret_len = bare + 1;
    return put_row(row, at);
}

size_t charref_one(struct slice text, bool in_attribute, char at[8], size_t *ret_len)
{
    size_t len = 0, bytes = 0;
    if (text.len > 2 && text.at[1] == '#')
        bytes = read_number(text, at, &len);
    else if (text.len > 1 && is_letter(text.at[1]))
        bytes = read_name(text, in_attribute, at, &len);
    *ret_len = len;
    return bytes;
}

int charref_decode(struct arena *arena, struct slice html_text, bool in_attribute,
                   struct slice *ret_text)
{
    size_t found = slice_find_char(html_text, '&');
    if (found == SIZE_MAX) {
        *ret_text = html_text;
        return OK;
    }
    /* At most 6 bytes for 5: &nGt; and its like. */
    char *out = arena_alloc(arena, html_text.len + html_text.len / 3 + 8);
    size_t len = 0;
    if (out == NULL)
        return ERR_NOMEM;
    while (found != SIZE_MAX) {
        char bytes[8];
        size_t reference = 0;
        memcpy(out + len, html_text.at, found);
        len += found;
        html_text = slice_from(html_text, found);
        size_t count = charref_one(html_text, in_attribute, bytes, &reference);
        if (reference == 0) {
            bytes[0] = '&';
            count = reference = 1;
        }
        memcpy(out + len, bytes, count);
        len += count;
        html_text = slice_from(html_text, reference);
        found = slice_find_char(html_text, '&');
    }
    memcpy(out + len, html_text.at, html_text.len);
    *ret_text = slice_make(out, len + html_text.len);
    return OK;
}
