/* review/report_sink.h - where the report's headings, sentences and tables go: HTML, or plain text with
 * its columns in line. So the page, the saved file and the terminal say the same. For report_*.c and
 * the page's frame of it alone. */
#ifndef LUREWATCH_REPORT_SINK_H
#define LUREWATCH_REPORT_SINK_H

#include "review/html_writer.h"
#include "review/messages.h"
#include "review/report.h"

#define SINK_COLUMNS_MAX 8u

struct report_sink {
    const struct messages *messages; /* borrowed, as the next two */
    struct html *html;               /* NULL: plain text */
    struct text_buf *text;           /* of plain text */
    size_t rows_max;                 /* of a table; 0: all */
    size_t widths[SINK_COLUMNS_MAX], columns, column;
};
/* Goes to html where that is given, else to text. */
void sink_init(struct report_sink *sink, const struct messages *messages, struct html *html,
               struct text_buf *text);

struct slice sink_said(const struct report_sink *sink, const char *key);
/* What a group is called: a task by its message, others as they are. */
struct slice sink_name(const struct report_sink *sink, enum report_by by, const char *name);
void sink_heading(struct report_sink *sink, struct slice heading);
/* A message as a paragraph, {1}… replaced. class_name is of HTML; NULL: none. */
void sink_sentence(struct report_sink *sink, const char *class_name, const char *key,
                   const struct slice *values, size_t count);
/* Heads are messages. The first column is a name, the others stand to the right; widths are cells
 * of plain text, at the least. */
void sink_open_table(struct report_sink *sink, const char *const *heads, const size_t *widths,
                     size_t count);
void sink_cell(struct report_sink *sink, struct slice text);
void sink_cell_number(struct report_sink *sink, uint64_t number);
void sink_cell_unknown(struct report_sink *sink); /* a dash */
void sink_close_table(struct report_sink *sink);

/* A short text that is made of a number. No thousands are marked off; the decimal mark is the
 * language's (the message report.point). */
struct sink_words {
    char at[160];
};
struct slice words_number(struct sink_words *words, uint64_t number);
struct slice words_day(struct sink_words *words, int64_t unix_ms); /* "2026-11-24" */
struct slice words_decimal(const struct report_sink *sink, struct sink_words *words, int64_t value,
                           int digits);
/* A message with {1} and {2}. */
struct slice words_of_two(const struct report_sink *sink, struct sink_words *words, const char *key,
                          struct slice first, struct slice second);
struct slice words_percent(const struct report_sink *sink, struct sink_words *words,
                           int thousandths);

#endif
