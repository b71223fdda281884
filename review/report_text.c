/* report_text.c - the report as plain text; see report.h. */
#include "review/report_tables.h"

void report_text(const struct report *report, const struct messages *messages, struct text_buf *out)
{
    struct report_sink sink;
    sink_init(&sink, messages, NULL, out);
    sink_sentence(&sink, NULL, "report.heading", NULL, 0);
    report_put(&sink, report);
}
