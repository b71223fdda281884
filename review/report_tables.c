/* report_tables.c - what the report says, in the words of a language: for the page, the file and the
 * terminal alike; see report_tables.h. */
#include "review/report_tables.h"
#include "review/report_chart.h"

#define NAME_CELLS     24u
#define NUMBER_CELLS   7u
#define INTERVAL_CELLS 18u

static struct slice interval(const struct report_sink *sink, struct sink_words *words,
                             const struct report_share *share)
{
    struct sink_words low, high;
    return words_of_two(sink, words, "report.from-to", words_percent(sink, &low, share->low),
                        words_percent(sink, &high, share->high));
}

/* ---- shares ---- */

static void share_row(struct report_sink *sink, const char *key, const struct report_share *share)
{
    struct sink_words words, part, of;
    sink_cell(sink, sink_said(sink, key));
    if (share->of == 0) {
        sink_cell(sink, sink_said(sink, "fact.unknown"));
        sink_cell_unknown(sink);
        sink_cell_unknown(sink);
        return;
    }
    sink_cell(sink, words_percent(sink, &words, share->middle));
    sink_cell(sink, interval(sink, &words, share));
    sink_cell(sink, words_of_two(sink, &words, "report.part-of", words_number(&part, share->part),
                                 words_number(&of, share->of)));
}

static void shares(struct report_sink *sink, const struct report *report)
{
    static const char *const heads[] = {"report.share", "report.counted", "report.interval",
                                        "report.from"};
    static const size_t widths[] = {60, 15, INTERVAL_CELLS, NUMBER_CELLS};
    sink_heading(sink, sink_said(sink, "report.shares"));
    sink_open_table(sink, heads, widths, sizeof heads / sizeof heads[0]);
    share_row(sink, "report.precision", &report->precision);
    share_row(sink, "report.removal", &report->removal);
    share_row(sink, "report.missed", &report->missed);
    sink_close_table(sink);
    sink_sentence(sink, "quiet", "report.interval-note", NULL, 0);
}

/* ---- groups ---- */

/* An ad that is no case has no place: how many were seen there is not known. */
static void group_row(struct report_sink *sink, struct slice name, const struct report_group *group,
                      enum report_by by)
{
    const struct report_share share =
        report_share_of(group->confirmed, group->confirmed + group->dismissed);
    struct sink_words words, middle, between;
    sink_cell(sink, name);
    if (by == REPORT_PLACE)
        sink_cell_unknown(sink);
    else
        sink_cell_number(sink, group->seen);
    sink_cell_number(sink, group->flagged);
    sink_cell_number(sink, group->confirmed);
    sink_cell_number(sink, group->dismissed);
    sink_cell_number(sink, group->removed);
    if (share.of == 0)
        sink_cell_unknown(sink);
    else
        sink_cell(sink, words_of_two(sink, &words, "report.with-interval",
                                     words_percent(sink, &middle, share.middle),
                                     interval(sink, &between, &share)));
}

static void groups(struct report_sink *sink, const struct report *report, enum report_by by)
{
    static const char *const heads[] = {"report.name",       "report.seen",      "report.flagged",
                                        "report.confirmed",  "report.dismissed", "report.removed",
                                        "report.group-share"};
    static const size_t widths[] = {NAME_CELLS,   NUMBER_CELLS, NUMBER_CELLS,  NUMBER_CELLS,
                                    NUMBER_CELLS, NUMBER_CELLS, INTERVAL_CELLS};
    const struct report_table *table = &report->by[by];
    size_t rows =
        sink->rows_max > 0 && sink->rows_max < table->count ? sink->rows_max : table->count;
    if (table->count == 0)
        return;
    sink_heading(sink, messages_get_of(sink->messages, "report-by", report_by_name(by)));
    if (sink->html != NULL)
        chart_groups(sink, report, by);
    sink_open_table(sink, heads, widths, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < rows; i++)
        group_row(sink, sink_name(sink, by, table->list[i].name), &table->list[i], by);
    if (by == REPORT_MONTH)
        group_row(sink, sink_said(sink, "report.total"), &report->total, by);
    sink_close_table(sink);
}

/* ---- promised pay ---- */

static void quarter_cell(struct report_sink *sink, const struct report_quarter *quarter, int digits)
{
    struct sink_words words, value, low, high, between;
    struct slice said = digits > 0 ? words_decimal(sink, &value, quarter->value, digits)
                                   : words_number(&value, (uint64_t)quarter->value);
    if (!quarter->bounded) {
        sink_cell(sink, said);
        return;
    }
    struct slice from = digits > 0 ? words_decimal(sink, &low, quarter->low, digits)
                                   : words_number(&low, (uint64_t)quarter->low);
    struct slice to = digits > 0 ? words_decimal(sink, &high, quarter->high, digits)
                                 : words_number(&high, (uint64_t)quarter->high);
    sink_cell(sink, words_of_two(sink, &words, "report.with-interval", said,
                                 words_of_two(sink, &between, "report.from-to", from, to)));
}

static void quarters_table(struct report_sink *sink, const struct report *report, bool ratio)
{
    static const char *const heads[] = {"column.task", "report.ads", "report.low", "report.median",
                                        "report.high"};
    static const size_t widths[] = {NAME_CELLS, NUMBER_CELLS, INTERVAL_CELLS, INTERVAL_CELLS,
                                    INTERVAL_CELLS};
    sink_open_table(sink, heads, widths, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < report->pay_count; i++) {
        const struct report_pay *pay = &report->pay[i];
        if (ratio && pay->with_norm == 0)
            continue;
        sink_cell(sink, sink_name(sink, REPORT_TASK, pay->task));
        sink_cell_number(sink, ratio ? pay->with_norm : pay->ads);
        for (size_t quarter = 0; quarter < REPORT_QUARTERS; quarter++)
            quarter_cell(sink, ratio ? &pay->ratio[quarter] : &pay->usd[quarter], ratio ? 2 : 0);
    }
    sink_close_table(sink);
}

static void pays(struct report_sink *sink, const struct report *report)
{
    if (report->pay_count == 0)
        return;
    sink_heading(sink, sink_said(sink, "report.pay"));
    quarters_table(sink, report, false);
    sink_sentence(sink, "quiet", "report.pay-note", NULL, 0);
    if (report->pay[0].with_norm == 0) /* of all tasks */
        return;
    sink_heading(sink, sink_said(sink, "report.ratio"));
    if (sink->html != NULL)
        chart_ratios(sink, report);
    quarters_table(sink, report, true);
    sink_sentence(sink, "quiet", "report.ratio-note", NULL, 0);
}

/* ---- time to removal ---- */

static void hours_cell(struct report_sink *sink, const struct removal *row, int64_t ms)
{
    struct sink_words words, hours;
    if (row->removed == 0)
        sink_cell_unknown(sink);
    else
        sink_cell(sink, words_of_two(sink, &words, "report.hours",
                                     words_number(&hours, (uint64_t)(ms + 3599999) / 3600000),
                                     SLICE_EMPTY));
}

static void removals_table(struct report_sink *sink, const struct report *report)
{
    static const char *const heads[] = {"report.platform",    "report.asked",
                                        "report.removed",     "report.back",
                                        "report.half-within", "report.nine-within"};
    static const size_t widths[] = {NAME_CELLS,   NUMBER_CELLS, NUMBER_CELLS,
                                    NUMBER_CELLS, NUMBER_CELLS, NUMBER_CELLS};
    sink_heading(sink, sink_said(sink, "report.removals"));
    sink_open_table(sink, heads, widths, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < report->removals_count; i++) {
        const struct removal *row = &report->removals[i];
        bool all = i + 1 == report->removals_count;
        if (!all && sink->rows_max > 0 && i >= sink->rows_max)
            continue;
        sink_cell(sink, all ? sink_said(sink, "report.total") : slice_of(row->platform));
        sink_cell_number(sink, row->asked);
        sink_cell_number(sink, row->removed);
        sink_cell_number(sink, row->back);
        hours_cell(sink, row, row->median_ms);
        hours_cell(sink, row, row->slow_ms);
    }
    sink_close_table(sink);
    sink_sentence(sink, "quiet", "report.removals-note", NULL, 0);
}

void report_put(struct report_sink *sink, const struct report *report)
{
    const struct report_group *total = &report->total;
    struct sink_words words[4];
    const struct slice days[] = {words_day(&words[0], report->span.since_unix_ms),
                                 words_day(&words[1], report->span.until_unix_ms - 1),
                                 words_day(&words[2], report->made_unix_ms)};
    sink_sentence(sink, NULL, "report.span", days, 3);
    const struct slice sums[] = {
        words_number(&words[0], total->seen), words_number(&words[1], total->flagged),
        words_number(&words[2], total->confirmed), words_number(&words[3], total->removed)};
    sink_sentence(sink, "total", "report.sum", sums, 4);
    shares(sink, report);
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        groups(sink, report, (enum report_by)by);
    pays(sink, report);
    removals_table(sink, report);
}
