/* page_report.c - the report (report.h) in the frame of the page, and as a file to save; see
 * view.h. */
#include "review/report.h"
#include "review/view.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY_MS     (24LL * 3600 * 1000)
#define DAYS_SHOWN 365
#define GROUPS_MAX 40u

static void number_cell(struct view *view, uint64_t number)
{
    html_leaf(&view->html, "td", "number", view_format(view, "%" PRIu64, number));
}

/* An ad that is no case has no place: how many were seen there is not known. */
static void group_row(struct view *view, struct slice name, const struct report_group *group,
                      enum report_by by)
{
    html_open(&view->html, "tr");
    html_open(&view->html, "td");
    html_leaf(&view->html, "bdi", NULL, name);
    html_close(&view->html);
    if (by == REPORT_PLACE)
        html_leaf(&view->html, "td", "number", SLICE("\xe2\x80\x93"));
    else
        number_cell(view, group->seen);
    number_cell(view, group->flagged);
    number_cell(view, group->confirmed);
    number_cell(view, group->dismissed);
    number_cell(view, group->removed);
    html_close(&view->html);
}

static void groups(struct view *view, const struct report *report, enum report_by by)
{
    static const char *const heads[] = {"report.name",      "report.seen",      "report.flagged",
                                        "report.confirmed", "report.dismissed", "report.removed"};
    const struct report_table *table = &report->by[by];
    if (table->count == 0)
        return;
    html_leaf(&view->html, "h2", NULL, said_of(view, "report-by", report_by_name(by)));
    view_open_table(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < table->count && i < GROUPS_MAX; i++) {
        const char *name = table->list[i].name;
        group_row(view, by == REPORT_TASK ? said_of(view, "task", name) : slice_of(name),
                  &table->list[i], by);
    }
    if (by == REPORT_MONTH)
        group_row(view, said(view, "report.total"), &report->total, by);
    view_close_table(view);
}

static void share_row(struct view *view, const char *key, const struct report_share *share)
{
    html_open(&view->html, "tr");
    say_leaf(view, "th", NULL, key);
    if (share->of == 0)
        say_leaf(view, "td", NULL, "fact.unknown");
    else
        html_leaf(
            &view->html, "td", NULL,
            view_format(view, "%d.%d %% (%d.%d\xe2\x80\x93%d.%d) \xc2\xb7 %" PRIu64 " / %" PRIu64,
                        share->middle / 10, share->middle % 10, share->low / 10, share->low % 10,
                        share->high / 10, share->high % 10, share->part, share->of));
    html_close(&view->html);
}

static void shares(struct view *view, const struct report *report)
{
    say_leaf(view, "h2", NULL, "report.shares");
    html_open(&view->html, "table");
    share_row(view, "report.precision", &report->precision);
    share_row(view, "report.removal", &report->removal);
    share_row(view, "report.missed", &report->missed);
    html_close(&view->html);
}

static void pays(struct view *view, const struct report *report)
{
    static const char *const heads[] = {"column.task", "report.ads", "report.pay", "report.ratio"};
    if (report->pay_count == 0)
        return;
    say_leaf(view, "h2", NULL, "report.pay");
    view_open_table(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < report->pay_count; i++) {
        const struct report_pay *pay = &report->pay[i];
        html_open(&view->html, "tr");
        html_leaf(&view->html, "td", NULL, said_of(view, "task", pay->task));
        number_cell(view, pay->ads);
        html_leaf(&view->html, "td", "number",
                  view_format(view, "%" PRId64 " (%" PRId64 "\xe2\x80\x93%" PRId64 ")",
                              pay->usd_median, pay->usd_low, pay->usd_high));
        html_leaf(&view->html, "td", "number",
                  pay->with_norm == 0
                      ? SLICE("\xe2\x80\x93")
                      : view_format(view, "%" PRId64 ".%02d \xc3\x97", pay->ratio_median / 100,
                                    (int)(pay->ratio_median % 100)));
        html_close(&view->html);
    }
    view_close_table(view);
}

static void file_link(struct view *view, const char *path, const char *key)
{
    html_open(&view->html, "a");
    html_link(&view->html, "href", slice_of(path));
    say(view, key);
    html_close(&view->html);
    html_str(&view->html, " ");
}

/* As a file: it leaves the page, so its own style and charts hold. */
static void as_file(struct view *view, const struct report *report, bool csv)
{
    view->response->type = csv ? "text/csv; charset=utf-8" : "text/html; charset=utf-8";
    snprintf(view->response->file_name, sizeof view->response->file_name, "lurewatch-report.%s",
             csv ? "csv" : "html");
    if (csv)
        report_csv(report, &view->response->body);
    else
        report_html(report, &view->response->body);
}

int page_report(struct view *view, int64_t id, struct failure *reterr)
{
    struct report report;
    struct slice format = form_get(&view->query, "format");
    const struct report_span span = {.since_unix_ms = view->now_unix_ms - DAYS_SHOWN * DAY_MS,
                                     .until_unix_ms = view->now_unix_ms + 1};
    (void)id;
    int rc = report_make(view->store, view->arena, &span, view->now_unix_ms, &report);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    if (slice_is(format, "csv") || slice_is(format, "html")) {
        as_file(view, &report, slice_is(format, "csv"));
        return OK;
    }
    view_begin(view, "report.title", "/report");
    say_leaf(view, "p", NULL, "report.what");
    html_open(&view->html, "p");
    file_link(view, "/report?format=html", "report.save-html");
    file_link(view, "/report?format=csv", "report.save-csv");
    html_close(&view->html);
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        groups(view, &report, (enum report_by)by);
    shares(view, &report);
    pays(view, &report);
    view_end(view);
    return OK;
}
