/* html_writer.c - HTML that is well formed and safe by construction; see html_writer.h.
 *
 * A start tag stays open for attributes until something else is written. Cost: one pass over the
 * text, runs of harmless bytes copied at once. */
#include "review/html_writer.h"
#include "common/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX 4096u

void html_init(struct html *html, struct text_buf *buf)
{
    *html = (struct html){.buf = buf};
}

static void end_tag(struct html *html)
{
    if (html->in_tag)
        text_buf_add_char(html->buf, '>');
    html->in_tag = false;
}

void html_doctype(struct html *html)
{
    text_buf_add_str(html->buf, "<!DOCTYPE html>\n");
}

static bool is_name(const char *name)
{
    return name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool is_followed(const char *name)
{
    static const char *const names[] = {"href", "src", "action", "formaction"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void start(struct html *html, const char *name)
{
    assert(is_name(name));
    end_tag(html);
    text_buf_add_char(html->buf, '<');
    text_buf_add_str(html->buf, name);
    html->in_tag = true;
}

void html_open(struct html *html, const char *name)
{
    assert(html->depth < HTML_DEPTH_MAX);
    start(html, name);
    html->open[html->depth++] = name;
}

void html_void(struct html *html, const char *name)
{
    start(html, name);
}

void html_close(struct html *html)
{
    assert(html->depth > 0);
    end_tag(html);
    const char *name = html->open[--html->depth];
    text_buf_add_str(html->buf, "</");
    text_buf_add_str(html->buf, name);
    text_buf_add_char(html->buf, '>');
    if (strcmp(name, "tr") == 0 || strcmp(name, "p") == 0 || strcmp(name, "div") == 0 ||
        strcmp(name, "li") == 0)
        text_buf_add_char(html->buf, '\n');
}

void html_close_to(struct html *html, unsigned depth)
{
    while (html->depth > depth)
        html_close(html);
}

/* ---- text ---- */

static bool turns_direction(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/* What stands for an ASCII byte; NULL: itself. */
static const char *entity_of(unsigned char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
        return NULL;
    case '\r':
        return "";
    default:
        return byte < 0x20 || byte == 0x7F ? "\xef\xbf\xbd" : NULL;
    }
}

/* Writes what the text begins with in another form, if it must; how many bytes that was, else 0. */
static size_t put_other_form(struct text_buf *buf, struct slice text)
{
    unsigned char byte = (unsigned char)text.at[0];
    size_t len = 1;
    if (byte < 0x80) {
        const char *entity = entity_of(byte);
        if (entity == NULL)
            return 0;
        text_buf_add_str(buf, entity);
        return 1;
    }
    uint32_t code = utf8_decode(text, &len);
    if (code == UTF8_REPLACEMENT || (code >= 0x80 && code < 0xA0)) {
        text_buf_add_str(buf, "\xef\xbf\xbd");
        return len;
    }
    if (!turns_direction(code))
        return 0;
    text_buf_printf(buf, "[U+%04X]", code);
    return len;
}

static void put_text(struct text_buf *buf, struct slice text)
{
    size_t from = 0, at = 0; /* from: what is not written yet */
    while (at < text.len) {
        struct slice rest = slice_from(text, at);
        unsigned char byte = (unsigned char)rest.at[0];
        size_t step = 1;
        if (byte < 0x80 && entity_of(byte) == NULL) {
            at++;
            continue;
        }
        text_buf_add_slice(buf, slice_sub(text, from, at - from));
        from = at;
        step = put_other_form(buf, rest);
        if (step > 0)
            from = at + step;
        else
            utf8_decode(rest, &step);
        at += step;
    }
    text_buf_add_slice(buf, slice_from(text, from));
}

void html_text(struct html *html, struct slice text)
{
    end_tag(html);
    put_text(html->buf, text);
}

void html_str(struct html *html, const char *text)
{
    html_text(html, slice_of(text));
}

void html_int(struct html *html, int64_t number)
{
    end_tag(html);
    text_buf_printf(html->buf, "%" PRId64, number);
}

void html_printf(struct html *html, const char *format, ...)
{
    char line[LINE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (len > 0)
        html_text(html, slice_make(line, strlen(line)));
}

/* ---- attributes ---- */

static void put_attr(struct html *html, const char *name, struct slice value)
{
    assert(html->in_tag && is_name(name));
    text_buf_add_char(html->buf, ' ');
    text_buf_add_str(html->buf, name);
    text_buf_add_str(html->buf, "=\"");
    put_text(html->buf, value);
    text_buf_add_char(html->buf, '"');
}

void html_put_attr_slice(struct html *html, const char *name, struct slice value)
{
    assert(!is_followed(name) && strncmp(name, "on", 2) != 0 && strcmp(name, "style") != 0);
    put_attr(html, name, value);
}

void html_put_attr(struct html *html, const char *name, const char *value)
{
    html_put_attr_slice(html, name, slice_of(value));
}

void html_put_attr_int(struct html *html, const char *name, int64_t value)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, value);
    html_put_attr(html, name, number);
}

void html_flag(struct html *html, const char *name, bool wanted)
{
    assert(html->in_tag && is_name(name));
    if (!wanted)
        return;
    text_buf_add_char(html->buf, ' ');
    text_buf_add_str(html->buf, name);
}

void html_link(struct html *html, const char *name, struct slice url)
{
    assert(is_followed(name));
    bool within = url.len > 1 && url.at[0] == '#';
    bool ours = url.len > 0 && url.at[0] == '/' &&
                (url.len == 1 || (url.at[1] != '/' && url.at[1] != '\\'));
    bool web = slice_starts_nocase(url, "http://") || slice_starts_nocase(url, "https://");
    put_attr(html, name, ours || web || within ? url : SLICE("#"));
}

void html_leaf(struct html *html, const char *name, const char *class_name, struct slice text)
{
    html_open(html, name);
    if (class_name != NULL)
        html_put_attr(html, "class", class_name);
    html_text(html, text);
    html_close(html);
}

void html_leaf_str(struct html *html, const char *name, const char *class_name, const char *text)
{
    html_leaf(html, name, class_name, slice_of(text));
}
