/* page_report.c - the report (report.h) in the frame of the page, and as a file to save; see
 * view.h. */
#include "review/report_tables.h"
#include "review/view.h"

#include <stdio.h>

#define DAY_MS     (24LL * 3600 * 1000)
#define DAYS_SHOWN 365
#define GROUPS_MAX 40u

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
        report_html(report, view->messages, &view->response->body);
}

int page_report(struct view *view, int64_t id, struct failure *reterr)
{
    struct report report;
    struct report_sink sink;
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
    sink_init(&sink, view->messages, &view->html, NULL);
    sink.rows_max = GROUPS_MAX;
    report_put(&sink, &report);
    view_end(view);
    return OK;
}
