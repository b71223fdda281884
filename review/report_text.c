/* report_text.c - the report as plain text, and as CSV for a spreadsheet; see report.h. */
#include "common/clock.h"
#include "review/report.h"

#include <inttypes.h>

static void add_day(struct text_buf *out, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    text_buf_printf(out, "%.10s", clock_rfc3339(unix_ms, at));
}

static void add_share(struct text_buf *out, const char *what, const struct report_share *share)
{
    if (share->of == 0) {
        text_buf_printf(out, "%s: nothing is known yet\n", what);
        return;
    }
    text_buf_printf(out, "%s: %d.%d%% (%" PRIu64 " of %" PRIu64 "; 95%%: %d.%d%% to %d.%d%%)\n",
                    what, share->middle / 10, share->middle % 10, share->part, share->of,
                    share->low / 10, share->low % 10, share->high / 10, share->high % 10);
}

static void add_table(struct text_buf *out, const struct report *report, enum report_by by)
{
    const struct report_table *table = &report->by[by];
    text_buf_printf(out, "\nBy %s\n  %-28s %9s %9s %9s %9s %9s\n", report_by_name(by), "", "seen",
                    "flagged", "confirmed", "dismissed", "removed");
    for (size_t i = 0; i < table->count; i++) {
        const struct report_group *group = &table->list[i];
        text_buf_printf(out, "  %-28.60s ", group->name);
        if (by == REPORT_PLACE)
            text_buf_printf(out, "%9s", "");
        else
            text_buf_printf(out, "%9" PRIu64, group->seen);
        text_buf_printf(out, " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 "\n",
                        group->flagged, group->confirmed, group->dismissed, group->removed);
    }
}

static void add_hundredths(struct text_buf *out, int64_t value)
{
    text_buf_printf(out, "%" PRId64 ".%02" PRId64, value / 100, value % 100);
}

static void add_pay(struct text_buf *out, const struct report *report)
{
    text_buf_add_str(out, "\nPromised pay a month, US dollars (quarter below, half below, quarter "
                          "above), and times the norm\n");
    for (size_t i = 0; i < report->pay_count; i++) {
        const struct report_pay *pay = &report->pay[i];
        text_buf_printf(out, "  %-18s %" PRIu64 " ads: %" PRId64 ", %" PRId64 ", %" PRId64,
                        pay->task, pay->ads, pay->usd_low, pay->usd_median, pay->usd_high);
        if (pay->with_norm > 0) {
            text_buf_add_str(out, "; times the norm: ");
            add_hundredths(out, pay->ratio_low);
            text_buf_add_str(out, ", ");
            add_hundredths(out, pay->ratio_median);
            text_buf_add_str(out, ", ");
            add_hundredths(out, pay->ratio_high);
        }
        text_buf_add_char(out, '\n');
    }
}

static void add_removals(struct text_buf *out, const struct report *report)
{
    text_buf_add_str(out, "\nTime to removal by platform, hours\n");
    for (size_t i = 0; i < report->removals_count; i++) {
        const struct removal *row = &report->removals[i];
        text_buf_printf(out, "  %-28.60s asked %" PRIu64 ", removed %" PRIu64 ", back %" PRIu64,
                        row->platform, row->asked, row->removed, row->back);
        if (row->removed > 0)
            text_buf_printf(out, "; half within %" PRId64 ", nine of ten within %" PRId64,
                            (row->median_ms + 3599999) / 3600000,
                            (row->slow_ms + 3599999) / 3600000);
        text_buf_add_char(out, '\n');
    }
    text_buf_add_str(out, "  " REMOVAL_DEFINITION "\n");
}

void report_text(const struct report *report, struct text_buf *out)
{
    const struct report_group *total = &report->total;
    text_buf_add_str(out,
                     "Recruitment advertisements that match published indicators\nFirst seen ");
    add_day(out, report->span.since_unix_ms);
    text_buf_add_str(out, " to ");
    add_day(out, report->span.until_unix_ms - 1);
    text_buf_add_str(out, "; made ");
    add_day(out, report->made_unix_ms);
    text_buf_printf(out,
                    "\n\n%" PRIu64 " ads seen, %" PRIu64 " flagged, %" PRIu64
                    " confirmed by people, %" PRIu64 " of those removed\n",
                    total->seen, total->flagged, total->confirmed, total->removed);
    add_share(out, "Of the decided, confirmed", &report->precision);
    add_share(out, "Of the asked about, removed", &report->removal);
    add_share(out, "Of unflagged ads looked at by chance, lures", &report->missed);
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        add_table(out, report, (enum report_by)by);
    add_pay(out, report);
    add_removals(out, report);
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
