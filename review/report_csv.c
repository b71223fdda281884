/* report_csv.c - the report for a spreadsheet; see report.h. One table of everything that the page's
 * tables hold: `by` says what a row is of, and a column that does not belong to it is empty.
 *
 *   by                        name                       columns
 *   all                       all                        counts, precision
 *   month board place task
 *   language                  the group                  counts, precision
 *   share                     precision removal missed   part, of, share
 *   pay ratio                 a task, or all             ads, quartiles
 *   platform                  a host, or all             asked, removed, back, hours */
#include "common/clock.h"
#include "review/report.h"

#include <assert.h>
#include <inttypes.h>

enum column {
    BY,
    NAME,
    SEEN,
    FLAGGED,
    CONFIRMED,
    DISMISSED,
    REMOVED,
    PRECISION_LOW,
    PRECISION,
    PRECISION_HIGH,
    PART,
    OF,
    SHARE_LOW,
    SHARE,
    SHARE_HIGH,
    ADS,
    QUARTERS, /* three of each: value, and its interval's ends */
    ASKED = QUARTERS + 3 * REPORT_QUARTERS,
    BACK,
    HALF_HOURS,
    NINE_HOURS,
    SINCE,
    UNTIL,
    COLUMNS
};

static const char heads[] =
    "\xef\xbb\xbf"
    "by,name,seen,flagged,confirmed,dismissed,removed,precision_low,precision,precision_high,"
    "part,of,share_low,share,share_high,ads,quartile1,quartile1_low,quartile1_high,median,"
    "median_low,median_high,quartile3,quartile3_low,quartile3_high,asked,back,half_within_hours,"
    "nine_of_ten_within_hours,since,until\r\n";

struct line {
    struct text_buf *out;
    const struct report *report;
    int column; /* that is written next */
};

/* Columns are written from left to right; those between stay empty. */
static struct text_buf *at(struct line *line, int column)
{
    assert(column >= line->column && column < COLUMNS);
    for (int i = line->column > 0 ? line->column - 1 : 0; i < column; i++)
        text_buf_add_char(line->out, ',');
    line->column = column + 1;
    return line->out;
}

static void number(struct line *line, int column, uint64_t value)
{
    text_buf_printf(at(line, column), "%" PRIu64, value);
}

static void begin(struct line *line, const char *by, const char *name)
{
    line->column = 0;
    text_buf_add_str(at(line, BY), by);
    export_csv_cell(at(line, NAME), slice_of(name));
}

static void day(struct line *line, int column, int64_t unix_ms)
{
    char text[CLOCK_RFC3339_BYTES];
    text_buf_printf(at(line, column), "%.10s", clock_rfc3339(unix_ms, text));
}

static void end(struct line *line)
{
    day(line, SINCE, line->report->span.since_unix_ms);
    day(line, UNTIL, line->report->span.until_unix_ms - 1); /* the last that counts */
    text_buf_add_str(line->out, "\r\n");
}

/* Low, middle and high of a share in three columns; nothing where nothing is known. */
static void share(struct line *line, int column, const struct report_share *share)
{
    const int parts[] = {share->low, share->middle, share->high};
    for (int i = 0; share->of > 0 && i < 3; i++)
        text_buf_printf(at(line, column + i), "%d.%03d", parts[i] / 1000, parts[i] % 1000);
}

/* ---- rows ---- */

/* An ad that is no case has no place: how many were seen there is not known. */
static void group(struct line *line, const char *by, const struct report_group *group,
                  bool seen_is_known)
{
    const struct report_share precision =
        report_share_of(group->confirmed, group->confirmed + group->dismissed);
    begin(line, by, group->name);
    if (seen_is_known)
        number(line, SEEN, group->seen);
    number(line, FLAGGED, group->flagged);
    number(line, CONFIRMED, group->confirmed);
    number(line, DISMISSED, group->dismissed);
    number(line, REMOVED, group->removed);
    share(line, PRECISION_LOW, &precision);
    end(line);
}

static void share_row(struct line *line, const char *name, const struct report_share *of)
{
    begin(line, "share", name);
    number(line, PART, of->part);
    number(line, OF, of->of);
    share(line, SHARE_LOW, of);
    end(line);
}

static void pay_value(struct line *line, int column, int64_t value, bool ratio)
{
    if (ratio)
        text_buf_printf(at(line, column), "%" PRId64 ".%02" PRId64, value / 100, value % 100);
    else
        number(line, column, (uint64_t)value);
}

static void pay_row(struct line *line, const struct report_pay *pay, bool ratio)
{
    uint64_t ads = ratio ? pay->with_norm : pay->ads;
    if (ads == 0)
        return;
    begin(line, ratio ? "ratio" : "pay", pay->task);
    number(line, ADS, ads);
    for (int i = 0; i < (int)REPORT_QUARTERS; i++) {
        const struct report_quarter *quarter = ratio ? &pay->ratio[i] : &pay->usd[i];
        pay_value(line, QUARTERS + 3 * i, quarter->value, ratio);
        if (!quarter->bounded)
            continue;
        pay_value(line, QUARTERS + 3 * i + 1, quarter->low, ratio);
        pay_value(line, QUARTERS + 3 * i + 2, quarter->high, ratio);
    }
    end(line);
}

static void platform_row(struct line *line, const struct removal *row)
{
    begin(line, "platform", row->platform);
    number(line, REMOVED, row->removed);
    number(line, ASKED, row->asked);
    number(line, BACK, row->back);
    if (row->removed > 0) {
        number(line, HALF_HOURS, (uint64_t)(row->median_ms + 3599999) / 3600000);
        number(line, NINE_HOURS, (uint64_t)(row->slow_ms + 3599999) / 3600000);
    }
    end(line);
}

void report_csv(const struct report *report, struct text_buf *out)
{
    struct line line = {.out = out, .report = report};
    text_buf_add_str(out, heads);
    group(&line, "all", &report->total, true);
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        for (size_t i = 0; i < report->by[by].count; i++)
            group(&line, report_by_name((enum report_by)by), &report->by[by].list[i],
                  by != REPORT_PLACE);
    share_row(&line, "precision", &report->precision);
    share_row(&line, "removal", &report->removal);
    share_row(&line, "missed", &report->missed);
    for (size_t i = 0; i < report->pay_count; i++)
        pay_row(&line, &report->pay[i], false);
    for (size_t i = 0; i < report->pay_count; i++)
        pay_row(&line, &report->pay[i], true);
    for (size_t i = 0; i < report->removals_count; i++)
        platform_row(&line, &report->removals[i]);
}
