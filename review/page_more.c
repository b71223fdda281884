/* page_more.c - how the sources do, what fires on an ad that is pasted, and the trail of all that
 * was done; see view.h. */
#include "common/clock.h"
#include "review/view.h"
#include "storage/run_rows.h"

#include <inttypes.h>
#include <string.h>

#define AUDIT_SHOWN    200u
#define PLAYGROUND_MAX (256u << 10)

static void heads_row(struct view *view, const char *const *keys, size_t count)
{
    html_open(&view->html, "tr");
    for (size_t i = 0; i < count; i++)
        say_leaf(view, "th", NULL, keys[i]);
    html_close(&view->html);
}

static void number_cell(struct view *view, uint64_t number)
{
    html_leaf(&view->html, "td", "number", view_format(view, "%" PRIu64, number));
}

static void text_cell(struct view *view, const char *text)
{
    html_open(&view->html, "td");
    html_leaf_str(&view->html, "bdi", NULL, text);
    html_close(&view->html);
}

static void time_cell(struct view *view, int64_t unix_ms)
{
    html_open(&view->html, "td");
    view_time(view, unix_ms);
    html_close(&view->html);
}

/* ---- sources ---- */

static void source_row(struct view *view, const struct source_health *source)
{
    html_open(&view->html, "tr");
    text_cell(view, source->source);
    time_cell(view, source->last_started_unix_ms);
    if (source->last_finished_unix_ms == 0)
        say_leaf(view, "td", NULL, "sources.running");
    else
        time_cell(view, source->last_finished_unix_ms);
    number_cell(view, source->last.pages);
    number_cell(view, source->last.postings);
    number_cell(view, source->usual.postings);
    number_cell(view, source->last.flagged);
    number_cell(view, source->last.failed);
    number_cell(view, source->cases_open);
    text_cell(view, source->last_why);
    html_close(&view->html);
}

int page_sources(struct view *view, int64_t id, struct failure *reterr)
{
    static const char *const heads[] = {
        "sources.name",  "sources.last",    "sources.finished", "sources.pages", "sources.postings",
        "sources.usual", "sources.flagged", "sources.failed",   "sources.open",  "sources.why"};
    struct source_health *rows = NULL;
    size_t count = 0;
    (void)id;
    int rc = sources_health(view->store, view->arena, &rows, &count);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "sources.title", "/sources");
    if (count == 0)
        say_leaf(view, "p", NULL, "sources.none");
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "wide");
    html_open(&view->html, "table");
    heads_row(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++)
        source_row(view, &rows[i]);
    html_close(&view->html);
    html_close(&view->html);
    view_end(view);
    return OK;
}

/* ---- patterns: the playground ---- */

static int judge_pasted(struct view *view, struct slice text, struct failure *reterr)
{
    struct posting posting;
    struct verdict verdict;
    const struct site_calls *calls = &view->settings->calls;
    int rc = calls->judge(calls->ctx, text, view->arena, &posting, &verdict, reterr);
    if (rc != OK)
        return rc;
    say_leaf(view, "h2", NULL, "patterns.result");
    html_open(&view->html, "p");
    html_leaf(&view->html, "b", band_name(verdict.band),
              said_of(view, "band", band_name(verdict.band)));
    html_str(&view->html, " ");
    say_with(view, "case.score", view_format(view, "%d", verdict_score(verdict.logit_tenths)),
             said_of(view, "task", task_name(verdict.task)));
    html_close(&view->html);
    view_ad(view, posting.field, &verdict, true);
    view_facts(view, posting.field, &verdict);
    view_findings(view, &verdict);
    return OK;
}

int page_patterns(struct view *view, int64_t id, struct failure *reterr)
{
    struct slice text = form_get(&view->form, "text");
    int rc = OK;
    (void)id;
    if (text.len > PLAYGROUND_MAX)
        return failure_set(reterr, ERR_LIMIT, "the ad has over %u bytes", PLAYGROUND_MAX);
    view_begin(view, "patterns.title", "/patterns");
    if (view->settings->calls.judge == NULL) {
        say_leaf(view, "p", NULL, "patterns.absent");
        view_end(view);
        return OK;
    }
    say_leaf(view, "p", NULL, "patterns.try");
    form_open(view, "/patterns");
    html_open(&view->html, "label");
    say(view, "patterns.text");
    html_open(&view->html, "textarea");
    html_put_attr(&view->html, "name", "text");
    html_put_attr(&view->html, "rows", "10");
    html_text(&view->html, text);
    html_close(&view->html);
    html_close(&view->html);
    form_button(view, NULL, NULL, "patterns.judge");
    html_close(&view->html);
    if (slice_trim(text).len > 0)
        rc = judge_pasted(view, text, reterr);
    view_end(view);
    return rc;
}

/* ---- audit ---- */

static void audit_row(struct view *view, const struct audit_entry *entry)
{
    html_open(&view->html, "tr");
    number_cell(view, (uint64_t)entry->id);
    time_cell(view, entry->at_unix_ms);
    text_cell(view, entry->who);
    html_leaf(&view->html, "td", NULL, said_of(view, "action", entry->action));
    text_cell(view, view_format(view, "%s %" PRId64, entry->object, entry->object_id).at);
    text_cell(view, entry->to);
    text_cell(view, entry->why);
    html_close(&view->html);
}

int page_audit(struct view *view, int64_t id, struct failure *reterr)
{
    static const char *const heads[] = {"finding.number", "audit.at",     "audit.who",
                                        "audit.action",   "audit.object", "audit.became",
                                        "audit.why"};
    struct audit_entry *rows = NULL;
    size_t count = 0;
    uint64_t seen = 0;
    int64_t bad = 0, last = 0;
    (void)id;
    int rc = audit_verify(view->store, &bad, &seen);
    if (rc == OK)
        rc = audit_last(view->store, &last);
    const struct audit_query query = {
        NULL, 0, last > (int64_t)AUDIT_SHOWN ? last - (int64_t)AUDIT_SHOWN : 0, AUDIT_SHOWN};
    if (rc == OK)
        rc = audit_list(view->store, view->arena, &query, &rows, &count);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "audit.title", "/audit");
    html_open(&view->html, "p");
    html_put_attr(&view->html, "class", bad == 0 ? "done" : "wrong");
    if (bad == 0)
        say_with(view, "audit.holds", view_format(view, "%" PRIu64, seen), SLICE_EMPTY);
    else
        say_with(view, "audit.broken", view_format(view, "%" PRId64, bad), SLICE_EMPTY);
    html_close(&view->html);
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "wide");
    html_open(&view->html, "table");
    heads_row(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = count; i > 0; i--)
        audit_row(view, &rows[i - 1]);
    html_close(&view->html);
    html_close(&view->html);
    view_end(view);
    return OK;
}
