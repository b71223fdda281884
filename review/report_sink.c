/* report_sink.c - see report_sink.h. */
#include "review/report_sink.h"
#include "common/cells.h"
#include "common/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void sink_init(struct report_sink *sink, const struct messages *messages, struct html *html,
               struct text_buf *text)
{
    *sink = (struct report_sink){.messages = messages, .html = html, .text = text};
}

struct slice sink_said(const struct report_sink *sink, const char *key)
{
    return messages_get(sink->messages, key);
}

struct slice sink_name(const struct report_sink *sink, enum report_by by, const char *name)
{
    if (by == REPORT_TASK)
        return messages_get_of(sink->messages, "task", name);
    return slice_is(slice_of(name), "unknown") ? sink_said(sink, "fact.unknown") : slice_of(name);
}

void sink_heading(struct report_sink *sink, struct slice heading)
{
    if (sink->html != NULL) {
        html_leaf(sink->html, "h2", NULL, heading);
        return;
    }
    text_buf_add_char(sink->text, '\n');
    text_buf_add_slice(sink->text, heading);
    text_buf_add_char(sink->text, '\n');
}

void sink_sentence(struct report_sink *sink, const char *class_name, const char *key,
                   const struct slice *values, size_t count)
{
    struct text_buf line;
    if (sink->html == NULL) {
        messages_put(sink->messages, key, values, count, sink->text);
        text_buf_add_char(sink->text, '\n');
        return;
    }
    text_buf_init(&line, MESSAGES_FILE_BYTES_MAX);
    messages_put(sink->messages, key, values, count, &line);
    html_leaf(sink->html, "p", class_name, text_buf_slice(&line));
    text_buf_release(&line);
}

/* ---- tables ---- */

static void pad(struct text_buf *out, size_t cells)
{
    while (cells-- > 0)
        text_buf_add_char(out, ' ');
}

/* The first column to the left, the others to the right. */
static void text_cell(struct report_sink *sink, struct slice text)
{
    size_t width = sink->widths[sink->column], cells = text_cells(text);
    size_t blanks = cells < width ? width - cells : 0;
    text_buf_add_str(sink->text, "  ");
    if (sink->column > 0)
        pad(sink->text, blanks);
    text_buf_add_slice(sink->text, text);
    if (sink->column == 0)
        pad(sink->text, blanks);
    if (sink->column + 1 == sink->columns)
        text_buf_add_char(sink->text, '\n');
}

static void html_cell(struct report_sink *sink, struct slice text)
{
    struct html *html = sink->html;
    if (sink->column == 0) {
        html_open(html, "tr");
        html_open(html, "td");
        html_leaf(html, "bdi", NULL, text);
        html_close(html);
    } else {
        html_leaf(html, "td", "number", text);
    }
    if (sink->column + 1 == sink->columns)
        html_close(html);
}

void sink_cell(struct report_sink *sink, struct slice text)
{
    if (sink->html != NULL)
        html_cell(sink, text);
    else
        text_cell(sink, text);
    sink->column = (sink->column + 1) % sink->columns;
}

static void html_heads(struct report_sink *sink, const char *const *heads)
{
    struct html *html = sink->html;
    html_open(html, "div"); /* wider than the window, it scrolls by itself, by keyboard, too */
    html_put_attr(html, "class", "wide");
    html_put_attr(html, "tabindex", "0");
    html_open(html, "table");
    html_open(html, "thead");
    html_open(html, "tr");
    for (size_t i = 0; i < sink->columns; i++) {
        html_open(html, "th");
        html_put_attr(html, "scope", "col");
        if (i > 0)
            html_put_attr(html, "class", "number");
        html_text(html, sink_said(sink, heads[i]));
        html_close(html);
    }
    html_close(html);
    html_close(html);
    html_open(html, "tbody");
}

void sink_open_table(struct report_sink *sink, const char *const *heads, const size_t *widths,
                     size_t count)
{
    assert(count <= SINK_COLUMNS_MAX);
    sink->columns = count;
    sink->column = 0;
    if (sink->html != NULL) {
        html_heads(sink, heads);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        size_t cells = text_cells(sink_said(sink, heads[i]));
        sink->widths[i] = cells > widths[i] ? cells : widths[i];
    }
    for (size_t i = 0; i < count; i++)
        sink_cell(sink, sink_said(sink, heads[i]));
}

void sink_cell_number(struct report_sink *sink, uint64_t number)
{
    struct sink_words words;
    sink_cell(sink, words_number(&words, number));
}

void sink_cell_unknown(struct report_sink *sink)
{
    sink_cell(sink, SLICE("\xe2\x80\x93"));
}

void sink_close_table(struct report_sink *sink)
{
    assert(sink->column == 0);
    if (sink->html == NULL)
        return;
    html_close(sink->html);
    html_close(sink->html);
    html_close(sink->html);
}

/* ---- words ---- */

struct slice words_number(struct sink_words *words, uint64_t number)
{
    snprintf(words->at, sizeof words->at, "%" PRIu64, number);
    return slice_of(words->at);
}

struct slice words_day(struct sink_words *words, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    snprintf(words->at, sizeof words->at, "%.10s", clock_rfc3339(unix_ms, at));
    return slice_of(words->at);
}

struct slice words_decimal(const struct report_sink *sink, struct sink_words *words, int64_t value,
                           int digits)
{
    struct slice point = sink_said(sink, "report.point");
    int64_t whole = 1;
    for (int i = 0; i < digits; i++)
        whole *= 10;
    snprintf(words->at, sizeof words->at, "%" PRId64 "%.*s%0*" PRId64, value / whole,
             (int)(point.len < 8 ? point.len : 8), point.at, digits, value % whole);
    return slice_of(words->at);
}

struct slice words_of_two(const struct report_sink *sink, struct sink_words *words, const char *key,
                          struct slice first, struct slice second)
{
    struct text_buf line;
    const struct slice values[] = {first, second};
    text_buf_init(&line, sizeof words->at - 1);
    messages_put(sink->messages, key, values, 2, &line);
    snprintf(words->at, sizeof words->at, "%s", text_buf_cstr(&line));
    text_buf_release(&line);
    return slice_of(words->at);
}

struct slice words_percent(const struct report_sink *sink, struct sink_words *words,
                           int thousandths)
{
    struct sink_words number;
    struct slice decimal = words_decimal(sink, &number, thousandths, 1);
    snprintf(words->at, sizeof words->at, "%.*s%%", (int)decimal.len, decimal.at);
    return slice_of(words->at);
}
