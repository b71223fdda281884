/* page_more.c - how the sources do, what sweeps were alarmed by, which rules stopped, and the trail of
 * all that was done; see view.h. */
#include "common/clock.h"
#include "common/utf8.h"
#include "review/view_fail.h"
#include "review/view_wait.h"
#include "storage/alarm_rows.h"
#include "storage/rule_rows.h"
#include "storage/run_rows.h"

#include <inttypes.h>
#include <string.h>

#define AUDIT_SHOWN  200
#define ALARM_DAYS   30
#define ALARMS_SHOWN 100u
#define FILES_SHOWN  300u
#define QUIET_SHOWN  100u
#define SILENT_MS    (2 * 24LL * 3600 * 1000)

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

/* What was recorded, or said by a command, is English. */
static void english_cell(struct view *view, struct slice text)
{
    html_open(&view->html, "td");
    html_open(&view->html, "bdi");
    html_put_attr(&view->html, "lang", "en");
    html_text(&view->html, utf8_cut(text, 400));
    html_close(&view->html);
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
    if (source->last_finished_unix_ms == 0 && source->last_started_unix_ms != 0)
        say_leaf(view, "td", NULL, "sources.running");
    else
        time_cell(view, source->last_finished_unix_ms);
    number_cell(view, source->last.pages);
    number_cell(view, source->last.postings);
    number_cell(view, source->usual.postings);
    number_cell(view, source->last.flagged);
    number_cell(view, source->last.failed);
    number_cell(view, source->urls[URL_PENDING]);
    number_cell(view, source->urls[URL_DENIED]);
    number_cell(view, source->cases_open);
    english_cell(view, slice_of(source->last_why));
    html_close(&view->html);
}

static void due_cell(struct view *view, const struct json *root, bool on)
{
    int64_t at_unix_ms = 0;
    if (clock_parse_iso(json_get_string(root, "due_at"), &at_unix_ms) == OK)
        time_cell(view, at_unix_ms);
    else if (on)
        say_leaf(view, "td", NULL, "sources.now");
    else
        time_cell(view, 0);
}

static void why_cell(struct view *view, const struct json *root, bool on)
{
    struct slice kind = json_get_string(root, "off");
    struct slice file = json_get_string(root, "file");
    struct slice until = slice_sub(json_get_string(root, "permission_until"), 0, 10);
    if (on || kind.len == 0) {
        english_cell(view, json_get_string(root, on ? "last_why" : "why_off"));
        return;
    }
    html_open(&view->html, "td");
    say_with(view, view_format(view, "off.%.*s", (int)kind.len, kind.at).at, utf8_cut(file, 300),
             until);
    html_close(&view->html);
}

/* A file that cannot be read as one: where and why, without the lines that show it. */
static void broken_row(struct view *view, struct slice why)
{
    html_open(&view->html, "tr");
    text_cell(view, "\xe2\x80\x93");
    say_leaf(view, "td", NULL, "sources.broken");
    time_cell(view, 0);
    english_cell(view, slice_sub(why, 0, slice_find_char(why, '\n')));
    html_close(&view->html);
}

/* What its file says: whether it is on, when it is due, and why nothing is fetched. */
static void file_row(struct view *view, const struct json *root)
{
    bool on = json_truth(json_get(root, "on"), false);
    struct slice error = json_get_string(root, "error");
    if (error.len > 0) {
        broken_row(view, error);
        return;
    }
    html_open(&view->html, "tr");
    html_open(&view->html, "td");
    html_leaf(&view->html, "bdi", NULL, utf8_cut(json_get_string(root, "source"), 200));
    html_close(&view->html);
    say_leaf(view, "td", NULL, on ? "sources.on" : "sources.off");
    due_cell(view, root, on);
    why_cell(view, root, on);
    html_close(&view->html);
}

static void files_table(struct view *view)
{
    static const char *const heads[] = {"sources.name", "sources.is", "sources.due",
                                        "sources.why-not"};
    const struct site_calls *calls = &view->settings->calls;
    struct slice lines = SLICE_EMPTY, line;
    struct failure why = {.code = OK};
    if (calls->sources == NULL)
        return;
    say_leaf(view, "h2", NULL, "sources.files");
    int rc = view_wait_begin(view, &why);
    if (rc == OK) {
        rc = calls->sources(calls->ctx, view->arena, &lines, &why);
        view_wait_end(view);
    }
    if (rc != OK) {
        view_put_why(view, rc, "sources.unread", &why);
        view->response->status = 200; /* the rest of the page is there */
        return;
    }
    if (lines.len == 0) {
        say_leaf(view, "p", NULL, "sources.no-files");
        return;
    }
    view_open_wide(view);
    html_open(&view->html, "table");
    view_heads(view, heads, sizeof heads / sizeof heads[0]);
    for (unsigned shown = 0; shown < FILES_SHOWN && slice_next_line(&lines, &line); shown++) {
        struct json_doc *doc = NULL;
        if (json_parse(line, true, 8, &doc, &why) != OK)
            continue;
        file_row(view, json_root(doc));
        json_free(doc);
    }
    html_close(&view->html);
    html_close(&view->html);
}

static void alarm_row(struct view *view, const struct alarm *alarm)
{
    html_open(&view->html, "tr");
    time_cell(view, alarm->at_unix_ms);
    text_cell(view, alarm->source);
    html_leaf(&view->html, "td", NULL, said_of(view, "alarm", alarm->kind));
    html_open(&view->html, "td");
    html_text(&view->html, said_of(view, "alarm-means", alarm->kind));
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "quiet");
    html_put_attr(&view->html, "lang", "en");
    html_str(&view->html, alarm->why);
    html_close(&view->html);
    html_close(&view->html);
    html_close(&view->html);
}

static int alarms_table(struct view *view)
{
    static const char *const heads[] = {"sources.at", "sources.name", "sources.kind", "audit.why"};
    struct alarm *rows = NULL;
    size_t count = 0;
    int rc =
        alarms_last(view->store, view->arena, view->now_unix_ms - ALARM_DAYS * 24LL * 3600 * 1000,
                    ALARMS_SHOWN, &rows, &count);
    if (rc != OK)
        return rc;
    say_leaf(view, "h2", NULL, "sources.alarms");
    if (count == 0) {
        say_leaf(view, "p", NULL, "sources.no-alarms");
        return OK;
    }
    view_open_wide(view);
    html_open(&view->html, "table");
    view_heads(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++)
        alarm_row(view, &rows[i]);
    html_close(&view->html);
    html_close(&view->html);
    return OK;
}

static void quiet_row(struct view *view, const struct rule_quiet *rule)
{
    html_open(&view->html, "tr");
    html_open(&view->html, "td");
    html_leaf_str(&view->html, "code", NULL, rule->name);
    html_close(&view->html);
    time_cell(view, rule->last_hit_unix_ms);
    number_cell(view, rule->ads);
    number_cell(view, (uint64_t)(rule->expected_hundredths + 50) / 100);
    time_cell(view, rule->changed_unix_ms);
    html_close(&view->html);
}

/* Rules that fired regularly and fire no more. */
static int rules_table(struct view *view)
{
    static const char *const heads[] = {"patterns.rule", "sources.last-hit", "sources.read-since",
                                        "sources.expected", "sources.changed-at"};
    struct rule_quiet *rules = NULL;
    size_t count = 0;
    int rc = rules_quiet(view->store, view->arena, QUIET_SHOWN, &rules, &count);
    if (rc != OK)
        return rc;
    say_leaf(view, "h2", NULL, "sources.quiet");
    if (count == 0) {
        say_leaf(view, "p", NULL, "sources.none-quiet");
        return OK;
    }
    say_leaf(view, "p", NULL, "sources.quiet-means");
    view_open_table(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++)
        quiet_row(view, &rules[i]);
    view_close_table(view);
    return OK;
}

/* When the last sweep was. None for days: nobody starts them, and no alarm could say so. */
static void last_sweep(struct view *view, const struct sweep_run *sweep, size_t count)
{
    struct html *html = &view->html;
    bool silent = count == 0 || view->now_unix_ms - sweep->started_unix_ms > SILENT_MS;
    html_open(html, "p");
    if (silent)
        html_put_attr(html, "class", "wrong");
    if (count > 0) {
        say(view, "sources.sweep");
        html_str(html, " ");
        view_time(view, sweep->started_unix_ms);
        html_str(html, " \xe2\x80\x93 ");
        if (sweep->ended_unix_ms > 0)
            view_time(view, sweep->ended_unix_ms);
        else
            say(view, "sources.running");
        html_str(html, " UTC. ");
    }
    if (silent)
        say(view, count == 0 ? "sources.no-sweep" : "sources.silent");
    html_close(html);
}

int page_sources(struct view *view, int64_t id, struct failure *reterr)
{
    static const char *const heads[] = {"sources.name",    "sources.last",     "sources.finished",
                                        "sources.pages",   "sources.postings", "sources.usual",
                                        "sources.flagged", "sources.failed",   "sources.waiting",
                                        "sources.denied",  "sources.open",     "sources.why"};
    struct source_health *rows = NULL;
    struct sweep_run *sweep = NULL;
    size_t count = 0, sweeps = 0;
    (void)id;
    int rc = sources_health(view->store, view->arena, &rows, &count);
    if (rc == OK)
        rc = sweep_runs_last(view->store, view->arena, 1, &sweep, &sweeps);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "sources.title", "/sources");
    last_sweep(view, sweep, sweeps);
    if (count == 0)
        say_leaf(view, "p", NULL, "sources.none");
    view_open_wide(view);
    html_open(&view->html, "table");
    view_heads(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++)
        source_row(view, &rows[i]);
    html_close(&view->html);
    html_close(&view->html);
    files_table(view);
    rc = alarms_table(view);
    if (rc == OK)
        rc = rules_table(view);
    view_end(view);
    return rc == OK ? OK : store_failed(view->store, rc, reterr);
}

/* ---- audit ---- */

static void audit_row(struct view *view, const struct audit_entry *entry)
{
    html_open(&view->html, "tr");
    number_cell(view, (uint64_t)entry->id);
    time_cell(view, entry->at_unix_ms);
    text_cell(view, entry->who);
    html_leaf(&view->html, "td", NULL, said_of(view, "action", entry->action));
    html_open(&view->html, "td");
    html_text(&view->html, said_of(view, "object", entry->object));
    html_printf(&view->html, " %" PRId64, entry->object_id);
    html_close(&view->html);
    html_leaf(&view->html, "td", NULL, said_of(view, "state", entry->to));
    view_act_why(view, entry->action, entry->why);
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
    int64_t until = form_int(&view->query, "until", last);
    until = until < 1 || until > last ? last : until;
    const int64_t after = until > AUDIT_SHOWN ? until - AUDIT_SHOWN : 0;
    const struct audit_query query = {NULL, 0, after, AUDIT_SHOWN};
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
    view_open_wide(view);
    html_open(&view->html, "table");
    view_heads(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = count; i > 0; i--)
        audit_row(view, &rows[i - 1]);
    html_close(&view->html);
    html_close(&view->html);
    if (after > 0) {
        html_open(&view->html, "p");
        html_open(&view->html, "a");
        html_link(&view->html, "href", view_format(view, "/audit?until=%" PRId64, after));
        say(view, "audit.older");
        html_close(&view->html);
        html_close(&view->html);
    }
    view_end(view);
    return OK;
}
