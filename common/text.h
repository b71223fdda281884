/* common/text.h - borrowed runs of bytes (slice) and growing ones with a limit (text_buf). */
#ifndef LUREWATCH_TEXT_H
#define LUREWATCH_TEXT_H

#include "common/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run of bytes, not NUL-terminated. `at` is never NULL: the empty slice points at "". */
struct slice {
    const char *at;
    size_t len;
};

#define SLICE_EMPTY ((struct slice){"", 0})
/* A string literal as a slice. */
#define SLICE(literal) ((struct slice){"" literal "", sizeof(literal) - 1})

/* Borrows text; NULL gives the empty slice. */
static inline struct slice slice_of(const char *text)
{
    return text == NULL ? SLICE_EMPTY : (struct slice){text, strlen(text)};
}
static inline struct slice slice_make(const char *at, size_t len)
{
    return at == NULL ? SLICE_EMPTY : (struct slice){at, len};
}
static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}
static inline bool slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_of(text));
}
static inline bool ascii_is_letter(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26;
}
static inline char ascii_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}
/* Writes text to `to`, in small ASCII letters: as many bytes, no NUL; to may be text.at. */
void ascii_small(char *to, struct slice text);
/* ASCII case folded comparison; other bytes must be equal. */
bool slice_equal_nocase(struct slice a, struct slice b);
bool slice_starts(struct slice text, const char *prefix);
bool slice_starts_nocase(struct slice text, const char *prefix);
bool slice_ends(struct slice text, const char *suffix);
/* Without ASCII white space at both ends. */
struct slice slice_trim(struct slice text);
/* From byte `from` to the end, or length bytes; clamped, never out of range. */
static inline struct slice slice_from(struct slice text, size_t from)
{
    if (from > text.len)
        from = text.len;
    return (struct slice){text.at + from, text.len - from};
}
static inline struct slice slice_sub(struct slice text, size_t from, size_t len)
{
    struct slice rest = slice_from(text, from);
    if (rest.len > len)
        rest.len = len;
    return rest;
}
/* Offset of the first match, or SIZE_MAX. */
size_t slice_find_char(struct slice text, char wanted);
size_t slice_find(struct slice text, struct slice wanted);
size_t slice_find_nocase(struct slice text, struct slice wanted);
/* Cuts the next line (without its end, \n or \r\n) off *rest. False when *rest is empty. */
bool slice_next_line(struct slice *rest, struct slice *ret_line);
/* Reads a whole decimal integer. Errors: ERR_SYNTAX (anything else in it), ERR_LIMIT (overflow). */
MUST_USE int slice_to_int64(struct slice text, int64_t *ret_value);
int hex_value(char digit); /* 0-15, or -1: no hexadecimal digit */
/* Two small digits a byte and a NUL behind them; at has room for 2 * count + 1. Returns at. */
char *hex_write(const uint8_t *bytes, size_t count, char *at);
/* False, and nothing written: hex is not two digits for each of count bytes. */
bool hex_read(struct slice hex, uint8_t *ret_bytes, size_t count);

/* A growing buffer, born with its limit. Always NUL-terminated behind len. A write that fails
 * leaves the content as it was and marks the buffer: text_buf_status() tells at the end, so that
 * a row of appends needs one check. */
struct text_buf {
    char *at;
    size_t len, capacity, limit;
    int status; /* OK, ERR_LIMIT or ERR_NOMEM: the first failure */
};

/* No allocation yet. limit: bytes of content at most, not 0. End with text_buf_release(). */
void text_buf_init(struct text_buf *buf, size_t limit);
void text_buf_release(struct text_buf *buf); /* frees; the buffer is as after init */
void text_buf_reset(struct text_buf *buf);   /* empties, keeps memory, clears status */
/* Each append returns buf->status. */
int text_buf_add(struct text_buf *buf, const char *bytes, size_t len);
int text_buf_add_slice(struct text_buf *buf, struct slice text);
int text_buf_add_str(struct text_buf *buf, const char *text);
int text_buf_add_char(struct text_buf *buf, char byte);
int text_buf_printf(struct text_buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Cuts to len bytes, at most what is there. */
void text_buf_truncate(struct text_buf *buf, size_t len);
MUST_USE int text_buf_status(const struct text_buf *buf);
/* Borrowed until the next append, reset or release. */
struct slice text_buf_slice(const struct text_buf *buf);
const char *text_buf_cstr(const struct text_buf *buf); /* never NULL */
/* Gives the bytes (free with free()) and leaves buf as after init. Never NULL unless out of memory.
 */
char *text_buf_take(struct text_buf *buf, size_t *ret_len);

#endif
