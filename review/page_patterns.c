/* page_patterns.c - the playground: what fires on an ad that is pasted and what a changed pattern
 * would do, to it or to the stored ads; what each rule did; see view.h. Nothing is kept. */
#include "common/clock.h"
#include "common/utf8.h"
#include "review/view_fail.h"
#include "review/view_wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PLAYGROUND_MAX (256u << 10)
#define PATTERN_MAX    (64u << 10)
#define RULES_SHOWN    150u
#define CHANGES_SHOWN  100u

static void cell(struct view *view, struct slice text)
{
    html_open(&view->html, "td");
    html_leaf(&view->html, "bdi", NULL, utf8_cut(text, 300));
    html_close(&view->html);
}

static void number_cell(struct view *view, struct slice text)
{
    html_leaf(&view->html, "td", "number", text);
}

/* ---- a pasted ad ---- */

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
    view_glossary(view, &verdict);
    view_facts(view, posting.field, &verdict);
    view_findings(view, &verdict);
    return OK;
}

/* ---- a changed pattern ---- */

static struct slice keep(struct view *view, struct slice text)
{
    const char *copy = arena_copy(view->arena, text.at, text.len);
    return copy != NULL ? slice_make(copy, text.len) : SLICE_EMPTY;
}

static struct slice decimal_of(struct view *view, const struct json *node)
{
    struct slice text = keep(view, json_scalar_text(node));
    return text.len > 0 ? text : SLICE("\xe2\x80\x93");
}

static struct slice verdict_of(struct view *view, const struct json *verdict)
{
    struct slice band = json_get_string(verdict, "band");
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)(band.len < 30 ? band.len : 0), band.at);
    struct slice shown = said_of(view, "band", name);
    return view_format(view, "%.*s %" PRId64, (int)shown.len, shown.at,
                       json_int(json_get(verdict, "score"), 0));
}

static const struct json *find_id(const struct json *list, struct slice id)
{
    for (size_t i = 0; i < json_count(list); i++)
        if (slice_equal(json_get_string(json_at(list, i), "id"), id))
            return json_at(list, i);
    return NULL;
}

static size_t differences(struct view *view, const struct json *from, const struct json *to,
                          const char *key)
{
    size_t shown = 0;
    for (size_t i = 0; i < json_count(to); i++) {
        const struct json *one = json_at(to, i);
        if (find_id(from, json_get_string(one, "id")) != NULL)
            continue;
        html_open(&view->html, "tr");
        say_leaf(view, "td", NULL, key);
        cell(view, json_get_string(one, "id"));
        number_cell(view, decimal_of(view, json_get(one, "points")));
        cell(view, json_get_string(one, "quote"));
        html_close(&view->html);
        shown++;
    }
    return shown;
}

static void show_test(struct view *view, const struct json *root)
{
    static const char *const heads[] = {"audit.action", "patterns.rule", "finding.points",
                                        "finding.words"};
    const struct json *before = json_get(root, "findings_before");
    const struct json *after = json_get(root, "findings_after");
    html_open(&view->html, "table");
    html_put_attr(&view->html, "class", "facts");
    view_fact(view, "patterns.before", verdict_of(view, json_get(root, "before")));
    view_fact(view, "patterns.after", verdict_of(view, json_get(root, "after")));
    html_close(&view->html);
    view_open_table(view, heads, sizeof heads / sizeof heads[0]);
    size_t shown = differences(view, before, after, "patterns.added");
    shown += differences(view, after, before, "patterns.gone");
    view_close_table(view);
    if (shown == 0)
        say_leaf(view, "p", NULL, "patterns.same");
}

static void show_change(struct view *view, const struct json *root)
{
    int64_t case_id = json_int(json_get(root, "case"), 0);
    bool newly = slice_is(json_get_string(root, "change"), "newly");
    html_open(&view->html, "tr");
    say_leaf(view, "td", NULL, newly ? "patterns.newly" : "patterns.no-longer");
    html_open(&view->html, "td");
    if (case_id > 0) {
        html_open(&view->html, "a");
        html_link(&view->html, "href", view_format(view, "/case/%" PRId64, case_id));
        html_int(&view->html, case_id);
        html_close(&view->html);
    }
    html_close(&view->html);
    cell(view, verdict_of(view, json_get(root, "before")));
    cell(view, verdict_of(view, json_get(root, "after")));
    cell(view, json_get_string(root, "differences"));
    html_close(&view->html);
}

static void show_total(struct view *view, const struct json *root)
{
    static const char *const keys[][2] = {{"newly", "patterns.newly"},
                                          {"no_longer", "patterns.no-longer"}};
    html_open(&view->html, "p");
    say_with(view, "patterns.backtest",
             view_format(view, "%" PRId64, json_int(json_get(root, "ads"), 0)),
             view_format(view, "%" PRId64 " \xe2\x86\x92 %" PRId64,
                         json_int(json_get(root, "flagged_before"), 0),
                         json_int(json_get(root, "flagged_after"), 0)));
    for (size_t i = 0; i < 2; i++) {
        html_str(&view->html, "; ");
        say(view, keys[i][1]);
        html_printf(&view->html, " %" PRId64, json_int(json_get(root, keys[i][0]), 0));
    }
    html_close(&view->html);
}

/* Each line is an ad's two verdicts, a change, or the total at the end. */
static void show_lines(struct view *view, struct slice lines, bool changes)
{
    struct slice line;
    size_t shown = 0;
    while (slice_next_line(&lines, &line)) {
        struct json_doc *doc = NULL;
        struct failure why;
        if (json_parse(line, true, 16, &doc, &why) != OK)
            continue;
        const struct json *root = json_root(doc);
        bool is_change = json_get(root, "change") != NULL;
        if (is_change && changes && shown++ < CHANGES_SHOWN)
            show_change(view, root);
        else if (!changes && json_get(root, "findings_before") != NULL)
            show_test(view, root);
        else if (!changes && json_get(root, "flagged_after") != NULL)
            show_total(view, root);
        json_free(doc);
    }
}

static int try_changed(struct view *view, struct slice text, struct slice pattern,
                       struct failure *reterr)
{
    static const char *const heads[] = {"audit.action", "column.case", "patterns.before",
                                        "patterns.after", "audit.why"};
    struct slice lines = SLICE_EMPTY;
    const struct site_calls *calls = &view->settings->calls;
    bool stored = slice_is(form_get(&view->form, "do"), "stored");
    if (calls->try_pattern == NULL)
        return view_fail(view, ERR_UNSUPPORTED, "patterns.absent", reterr);
    bool is_idea = slice_find(pattern, SLICE("idea:")) != SIZE_MAX;
    int rc = stored && !is_idea ? view_fail(view, ERR_SYNTAX, "patterns.whole-idea", reterr)
                                : view_wait_begin(view, reterr);
    if (rc == OK) {
        rc = calls->try_pattern(calls->ctx, stored ? SLICE_EMPTY : text, pattern, view->arena,
                                &lines, reterr);
        view_wait_end(view);
    }
    say_leaf(view, "h2", NULL, "patterns.tried");
    if (rc == ERR_SYNTAX || rc == ERR_NOT_FOUND || rc == ERR_TIMEOUT || rc == ERR_BUSY) {
        view_put_why(view, rc, rc == ERR_TIMEOUT ? NULL : "patterns.unreadable", reterr);
        return OK;
    }
    if (rc != OK)
        return rc;
    show_lines(view, lines, false);
    if (stored) {
        view_open_table(view, heads, sizeof heads / sizeof heads[0]);
        show_lines(view, lines, true);
        view_close_table(view);
    }
    return OK;
}

/* ---- what each rule did ---- */

struct counted_rule {
    struct slice id, status, weight, cost;
    int64_t ads, lures, ordinary, would;
    bool is_shadow;
};

static int by_ads(const void *a, const void *b)
{
    const struct counted_rule *left = a, *right = b;
    return left->ads != right->ads ? (left->ads < right->ads ? 1 : -1) : 0;
}

static void read_rule(struct view *view, const struct json *root, struct counted_rule *rule)
{
    rule->id = keep(view, json_get_string(root, "id"));
    rule->status = keep(view, json_get_string(root, "status"));
    rule->weight = decimal_of(view, json_get(root, "weight"));
    rule->cost = decimal_of(view, json_get(root, "us_an_ad"));
    rule->ads = json_int(json_get(root, "ads"), 0);
    rule->lures = json_int(json_get(root, "lures"), 0);
    rule->ordinary = json_int(json_get(root, "ordinary"), 0);
    rule->would = json_int(json_get(root, "would_change"), 0);
    rule->is_shadow = slice_is(rule->status, "shadow");
}

static size_t count_lines(struct slice lines)
{
    struct slice line;
    size_t count = 0;
    while (slice_next_line(&lines, &line))
        count++;
    return count;
}

/* Rules that fired, and all shadow rules. */
static size_t read_rules(struct view *view, struct slice lines, struct counted_rule *rules,
                         size_t *ret_never)
{
    struct slice line;
    size_t count = 0;
    while (slice_next_line(&lines, &line)) {
        struct json_doc *doc = NULL;
        struct failure why;
        if (json_parse(line, true, 8, &doc, &why) != OK)
            continue;
        read_rule(view, json_root(doc), &rules[count]);
        json_free(doc);
        *ret_never += rules[count].ads == 0 ? 1 : 0;
        if (rules[count].ads > 0 || rules[count].is_shadow)
            count++;
    }
    qsort(rules, count, sizeof *rules, by_ads);
    return count;
}

static void rule_row(struct view *view, const struct counted_rule *rule)
{
    int64_t judged = rule->lures + rule->ordinary;
    struct slice none = SLICE("\xe2\x80\x93");
    html_open(&view->html, "tr");
    html_open(&view->html, "td");
    html_leaf(&view->html, "code", NULL, rule->id);
    html_close(&view->html);
    cell(view, said_of(view, "rule-status",
                       view_format(view, "%.*s", (int)rule->status.len, rule->status.at).at));
    number_cell(view, rule->weight);
    number_cell(view, view_format(view, "%" PRId64, rule->ads));
    number_cell(view, view_format(view, "%" PRId64 " / %" PRId64, rule->lures, judged));
    number_cell(view, judged > 0 ? view_format(view, "%" PRId64 " %%", 100 * rule->lures / judged)
                                 : none);
    number_cell(view, rule->cost);
    number_cell(view, rule->is_shadow ? view_format(view, "%" PRId64, rule->would) : none);
    html_close(&view->html);
}

static int rules_table(struct view *view, struct slice lines, int64_t at_unix_ms)
{
    static const char *const heads[] = {"patterns.rule", "patterns.status", "patterns.weight",
                                        "patterns.hits", "patterns.lures",  "patterns.precision",
                                        "patterns.cost", "patterns.would"};
    char at[CLOCK_RFC3339_BYTES];
    size_t never = 0;
    struct counted_rule *rules = arena_calloc(view->arena, count_lines(lines) + 1, sizeof *rules);
    if (rules == NULL)
        return ERR_NOMEM;
    size_t count = read_rules(view, lines, rules, &never);
    html_open(&view->html, "p");
    say_with(view, "patterns.counted", view_format(view, "%.16s", clock_rfc3339(at_unix_ms, at)),
             view_format(view, "%zu", never));
    html_close(&view->html);
    view_open_table(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count && i < RULES_SHOWN; i++)
        rule_row(view, &rules[i]);
    view_close_table(view);
    return OK;
}

static int what_rules_did(struct view *view, struct failure *reterr)
{
    const struct site_calls *calls = &view->settings->calls;
    struct slice lines = SLICE_EMPTY;
    int64_t at_unix_ms = 0;
    bool again = slice_is(form_get(&view->form, "do"), "count") && view_may(view, ROLE_REVIEWER);
    if (calls->rules == NULL)
        return OK;
    say_leaf(view, "h2", NULL, "patterns.rules");
    int rc = again ? view_wait_begin(view, reterr) : OK;
    if (rc == OK) {
        rc = calls->rules(calls->ctx, again, view->arena, &lines, &at_unix_ms, reterr);
        if (again)
            view_wait_end(view);
    }
    if (rc != OK) {
        view_put_why(view, rc, "patterns.uncounted", reterr);
    } else if (at_unix_ms == 0) {
        say_leaf(view, "p", NULL, "patterns.never-counted");
    } else if (rules_table(view, lines, at_unix_ms) != OK) {
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    if (view_may(view, ROLE_REVIEWER)) {
        form_open(view, "/patterns");
        form_button(view, "do", "count", "patterns.count");
        html_close(&view->html);
    }
    return OK;
}

/* ---- the page ---- */

static void text_area(struct view *view, const char *name, const char *label, unsigned rows,
                      struct slice text)
{
    struct html *html = &view->html;
    html_open(html, "label");
    say(view, label);
    html_open(html, "textarea");
    html_put_attr(html, "name", name);
    html_put_attr_int(html, "rows", rows);
    html_text(html, text);
    html_close(html);
    html_close(html);
}

static void playground_form(struct view *view, struct slice text, struct slice pattern)
{
    say_leaf(view, "p", NULL, "patterns.try");
    form_open(view, "/patterns");
    text_area(view, "text", "patterns.text", 8, text);
    if (view->settings->calls.try_pattern != NULL)
        text_area(view, "pattern", "patterns.changed", 4, pattern);
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "acts");
    form_button(view, NULL, NULL, "patterns.judge");
    if (view->settings->calls.try_pattern != NULL && view_may(view, ROLE_REVIEWER))
        form_button(view, "do", "stored", "patterns.stored");
    html_close(&view->html);
    html_close(&view->html);
}

int page_patterns(struct view *view, int64_t id, struct failure *reterr)
{
    struct slice text = form_get(&view->form, "text");
    struct slice pattern = form_get(&view->form, "pattern");
    bool stored = slice_is(form_get(&view->form, "do"), "stored");
    int rc = OK;
    (void)id;
    if (text.len > PLAYGROUND_MAX || pattern.len > PATTERN_MAX)
        return view_fail(view, ERR_LIMIT, "error.too-long", reterr);
    if (stored && !view_may(view, ROLE_REVIEWER))
        return view_fail(view, ERR_DENIED, "error.role", reterr);
    view_begin(view, "patterns.title", "/patterns");
    if (view->settings->calls.judge == NULL) {
        say_leaf(view, "p", NULL, "patterns.absent");
        view_end(view);
        return OK;
    }
    playground_form(view, text, pattern);
    bool has_text = slice_trim(text).len > 0;
    if (slice_trim(pattern).len > 0 && (has_text || stored))
        rc = try_changed(view, text, pattern, reterr);
    else if (slice_trim(pattern).len > 0)
        view_put_why(view, view_fail(view, ERR_SYNTAX, "patterns.no-text", reterr), NULL, reterr);
    else if (stored)
        view_put_why(view, view_fail(view, ERR_SYNTAX, "patterns.no-pattern", reterr), NULL,
                     reterr);
    if (rc == OK && has_text && !stored)
        rc = judge_pasted(view, text, reterr);
    if (rc == OK)
        rc = what_rules_did(view, reterr);
    view_end(view);
    return rc;
}
