/* json_write.c - prints JSON into a text_buf; see json.h. */
#include "common/json.h"
#include "common/utf8.h"

#include <assert.h>
#include <inttypes.h>

void json_writer_init(struct json_writer *writer, struct text_buf *buf)
{
    *writer = (struct json_writer){.buf = buf};
}

static void json_separate(struct json_writer *writer)
{
    uint64_t bit = UINT64_C(1) << writer->depth;
    if (writer->after_key)
        writer->after_key = false;
    else if (writer->has_items & bit)
        text_buf_add_char(writer->buf, ',');
    writer->has_items |= bit;
}

static void json_open(struct json_writer *writer, char mark)
{
    json_separate(writer);
    text_buf_add_char(writer->buf, mark);
    assert(writer->depth < JSON_WRITER_DEPTH_MAX);
    writer->depth++;
    writer->has_items &= ~(UINT64_C(1) << writer->depth);
}

static void json_close(struct json_writer *writer, char mark)
{
    assert(writer->depth > 0 && !writer->after_key);
    writer->depth--;
    text_buf_add_char(writer->buf, mark);
}

void json_open_object(struct json_writer *writer)
{
    json_open(writer, '{');
}

void json_close_object(struct json_writer *writer)
{
    json_close(writer, '}');
}

void json_open_array(struct json_writer *writer)
{
    json_open(writer, '[');
}

void json_close_array(struct json_writer *writer)
{
    json_close(writer, ']');
}

static void json_escape(struct text_buf *buf, unsigned char byte)
{
    switch (byte) {
    case '"':
        text_buf_add_str(buf, "\\\"");
        return;
    case '\\':
        text_buf_add_str(buf, "\\\\");
        return;
    case '\n':
        text_buf_add_str(buf, "\\n");
        return;
    case '\r':
        text_buf_add_str(buf, "\\r");
        return;
    case '\t':
        text_buf_add_str(buf, "\\t");
        return;
    default:
        text_buf_printf(buf, "\\u%04x", byte);
    }
}

static void json_quote(struct text_buf *buf, struct slice text)
{
    size_t start = 0, i = 0;
    text_buf_add_char(buf, '"');
    while (i < text.len) {
        unsigned char byte = (unsigned char)text.at[i];
        size_t len = 1;
        bool plain = byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F;
        bool bad = false;
        if (byte >= 0x80)
            bad = utf8_decode(slice_from(text, i), &len) == UTF8_REPLACEMENT &&
                  !(len == 3 && byte == 0xEF);
        if (!plain || bad) {
            text_buf_add(buf, text.at + start, i - start);
            if (bad)
                text_buf_add_str(buf, "\xEF\xBF\xBD");
            else
                json_escape(buf, byte);
            start = i + len;
        }
        i += len;
    }
    text_buf_add(buf, text.at + start, i - start);
    text_buf_add_char(buf, '"');
}

void json_key(struct json_writer *writer, const char *key)
{
    json_separate(writer);
    json_quote(writer->buf, slice_of(key));
    text_buf_add_char(writer->buf, ':');
    writer->after_key = true;
}

void json_put_string(struct json_writer *writer, struct slice text)
{
    json_separate(writer);
    json_quote(writer->buf, text);
}

void json_put_cstr(struct json_writer *writer, const char *text)
{
    json_put_string(writer, slice_of(text));
}

void json_put_int(struct json_writer *writer, int64_t value)
{
    json_separate(writer);
    text_buf_printf(writer->buf, "%" PRId64, value);
}

void json_put_decimal(struct json_writer *writer, int64_t scaled, unsigned places)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    assert(places < sizeof powers / sizeof powers[0]);
    uint64_t size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    json_separate(writer);
    text_buf_printf(writer->buf, "%s%" PRIu64, scaled < 0 ? "-" : "", size / powers[places]);
    if (places > 0)
        text_buf_printf(writer->buf, ".%0*" PRIu64, (int)places, size % powers[places]);
}

void json_put_bool(struct json_writer *writer, bool value)
{
    json_separate(writer);
    text_buf_add_str(writer->buf, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer)
{
    json_separate(writer);
    text_buf_add_str(writer->buf, "null");
}

void json_put_raw(struct json_writer *writer, struct slice json)
{
    json_separate(writer);
    text_buf_add_slice(writer->buf, json);
}

void json_put_member(struct json_writer *writer, const char *key, struct slice text)
{
    json_key(writer, key);
    json_put_string(writer, text);
}

void json_put_member_int(struct json_writer *writer, const char *key, int64_t value)
{
    json_key(writer, key);
    json_put_int(writer, value);
}

void json_put_member_if(struct json_writer *writer, const char *key, struct slice text)
{
    if (text.len > 0)
        json_put_member(writer, key, text);
}
