/* text.c - slices and bounded buffers; see text.h. */
#include "common/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void ascii_small(char *to, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        to[i] = ascii_lower(text.at[i]);
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.at[i]) != ascii_lower(b.at[i]))
            return false;
    return true;
}

bool slice_starts(struct slice text, const char *prefix)
{
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.at, prefix, len) == 0;
}

bool slice_starts_nocase(struct slice text, const char *prefix)
{
    size_t len = strlen(prefix);
    return text.len >= len && slice_equal_nocase(slice_sub(text, 0, len), slice_of(prefix));
}

bool slice_ends(struct slice text, const char *suffix)
{
    size_t len = strlen(suffix);
    return text.len >= len && memcmp(text.at + text.len - len, suffix, len) == 0;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct slice slice_trim(struct slice text)
{
    while (text.len > 0 && is_space(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

size_t slice_find_char(struct slice text, char wanted)
{
    const char *found = text.len == 0 ? NULL : memchr(text.at, wanted, text.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - text.at);
}

size_t slice_find(struct slice text, struct slice wanted)
{
    if (wanted.len == 0)
        return 0;
    const char *found = text.len == 0 ? NULL : memmem(text.at, text.len, wanted.at, wanted.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - text.at);
}

size_t slice_find_nocase(struct slice text, struct slice wanted)
{
    for (size_t i = 0; i + wanted.len <= text.len; i++)
        if (slice_equal_nocase(slice_sub(text, i, wanted.len), wanted))
            return i;
    return SIZE_MAX;
}

bool slice_next_line(struct slice *rest, struct slice *ret_line)
{
    if (rest->len == 0)
        return false;
    size_t end = slice_find_char(*rest, '\n');
    struct slice line = end == SIZE_MAX ? *rest : slice_sub(*rest, 0, end);
    *rest = end == SIZE_MAX ? SLICE_EMPTY : slice_from(*rest, end + 1);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    return true;
}

int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

char *hex_write(const uint8_t *bytes, size_t count, char *at)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        at[2 * i] = hex[bytes[i] >> 4];
        at[2 * i + 1] = hex[bytes[i] & 15];
    }
    at[2 * count] = '\0';
    return at;
}

bool hex_read(struct slice hex, uint8_t *ret_bytes, size_t count)
{
    if (hex.len != 2 * count)
        return false;
    for (size_t i = 0; i < hex.len; i++)
        if (hex_value(hex.at[i]) < 0)
            return false;
    for (size_t i = 0; i < count; i++)
        ret_bytes[i] = (uint8_t)(hex_value(hex.at[2 * i]) * 16 + hex_value(hex.at[2 * i + 1]));
    return true;
}

int slice_to_int64(struct slice text, int64_t *ret_value)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    if (negative)
        text = slice_from(text, 1);
    if (text.len == 0)
        return ERR_SYNTAX;
    int64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return ERR_SYNTAX;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, (int64_t)(text.at[i] - '0'), &value))
            return ERR_LIMIT;
    }
    if (!negative && value == INT64_MIN)
        return ERR_LIMIT;
    *ret_value = negative ? value : -value;
    return OK;
}

void text_buf_init(struct text_buf *buf, size_t limit)
{
    assert(limit > 0);
    *buf = (struct text_buf){.limit = limit, .status = OK};
}

void text_buf_release(struct text_buf *buf)
{
    free(buf->at);
    *buf = (struct text_buf){.limit = buf->limit, .status = OK};
}

void text_buf_reset(struct text_buf *buf)
{
    buf->len = 0;
    buf->status = OK;
    if (buf->at != NULL)
        buf->at[0] = '\0';
}

static int buf_grow(struct text_buf *buf, size_t more)
{
    if (buf->status != OK)
        return buf->status;
    if (more > buf->limit || buf->len > buf->limit - more)
        return buf->status = ERR_LIMIT;
    size_t need = buf->len + more + 1;
    if (need <= buf->capacity)
        return OK;
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity * 2;
    if (capacity < need)
        capacity = need;
    char *grown = realloc(buf->at, capacity);
    if (grown == NULL)
        return buf->status = ERR_NOMEM;
    buf->at = grown;
    buf->capacity = capacity;
    return OK;
}

int text_buf_add(struct text_buf *buf, const char *bytes, size_t len)
{
    if (buf_grow(buf, len) != OK)
        return buf->status;
    if (len > 0)
        memcpy(buf->at + buf->len, bytes, len);
    buf->len += len;
    buf->at[buf->len] = '\0';
    return OK;
}

int text_buf_add_slice(struct text_buf *buf, struct slice text)
{
    return text_buf_add(buf, text.at, text.len);
}

int text_buf_add_str(struct text_buf *buf, const char *text)
{
    return text_buf_add(buf, text, strlen(text));
}

int text_buf_add_char(struct text_buf *buf, char byte)
{
    return text_buf_add(buf, &byte, 1);
}

int text_buf_printf(struct text_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len >= 0 && buf_grow(buf, (size_t)len) == OK) {
        vsnprintf(buf->at + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return buf->status;
}

void text_buf_truncate(struct text_buf *buf, size_t len)
{
    if (len < buf->len) {
        buf->len = len;
        buf->at[len] = '\0';
    }
}

int text_buf_status(const struct text_buf *buf)
{
    return buf->status;
}

struct slice text_buf_slice(const struct text_buf *buf)
{
    return slice_make(buf->at, buf->len);
}

const char *text_buf_cstr(const struct text_buf *buf)
{
    return buf->at == NULL ? "" : buf->at;
}

char *text_buf_take(struct text_buf *buf, size_t *ret_len)
{
    char *bytes = buf->at != NULL ? buf->at : calloc(1, 1);
    if (ret_len != NULL)
        *ret_len = buf->len;
    *buf = (struct text_buf){.limit = buf->limit, .status = OK};
    return bytes;
}
