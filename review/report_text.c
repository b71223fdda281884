/* report_text.c - the report as plain text, and as CSV for a spreadsheet; see report.h. */
#include "review/report_tables.h"

#include <inttypes.h>

void report_text(const struct report *report, const struct messages *messages, struct text_buf *out)
{
    struct report_sink sink;
    sink_init(&sink, messages, NULL, out);
    sink_sentence(&sink, NULL, "report.heading", NULL, 0);
    report_put(&sink, report);
}

/* ---- CSV ---- */

void report_csv(const struct report *report, struct text_buf *out)
{
    text_buf_add_str(out, "\xef\xbb\xbf"
                          "by,name,seen,flagged,confirmed,dismissed,removed,precision_low,"
                          "precision,precision_high\r\n");
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        for (size_t i = 0; i < report->by[by].count; i++) {
            const struct report_group *group = &report->by[by].list[i];
            const struct report_share share =
                report_share_of(group->confirmed, group->confirmed + group->dismissed);
            text_buf_printf(out, "%s,", report_by_name((enum report_by)by));
            export_csv_cell(out, slice_of(group->name));
            if (by == REPORT_PLACE)
                text_buf_add_char(out, ',');
            else
                text_buf_printf(out, ",%" PRIu64, group->seen);
            text_buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, group->flagged,
                            group->confirmed, group->dismissed, group->removed);
            if (share.of > 0)
                text_buf_printf(out, ",%d.%03d,%d.%03d,%d.%03d\r\n", share.low / 1000,
                                share.low % 1000, share.middle / 1000, share.middle % 1000,
                                share.high / 1000, share.high % 1000);
            else
                text_buf_add_str(out, ",,,\r\n");
        }
}
