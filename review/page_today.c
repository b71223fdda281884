/* page_today.c - the ranked list, what is expected of it, its filters; the changes a list asks
 * for; see view.h. */
#include "common/clock.h"
#include "common/utf8.h"
#include "review/view.h"
#include "storage/queue_counts.h"
#include "storage/run_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TITLE_BYTES 240u
#define ROWS_SHOWN  50u
#define CHANGES_MAX STORE_PAGE_MAX
#define CHANGED_MAX 100u
#define SOURCES_MAX 200u

/* ---- filters ---- */

static const char *text_or_null(struct view *view, const char *name)
{
    const char *text = form_text(&view->query, view->arena, name);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* "-12:345": logit in tenths and case of the row before. */
static void read_after(struct view *view, struct case_query *query)
{
    struct slice after = form_get(&view->query, "after");
    size_t colon = slice_find_char(after, ':');
    int64_t logit = 0, id = 0;
    if (colon == SIZE_MAX || slice_to_int64(slice_sub(after, 0, colon), &logit) != OK ||
        slice_to_int64(slice_from(after, colon + 1), &id) != OK || logit < INT32_MIN ||
        logit > INT32_MAX || id < 1)
        return;
    query->after_logit_tenths = (int32_t)logit;
    query->after_id = id;
}

static struct case_query query_of(struct view *view)
{
    enum case_state state;
    enum task task;
    enum band band;
    struct slice name = form_get(&view->query, "state");
    struct case_query query = {.task = -1,
                               .band = -1,
                               .source = text_or_null(view, "source"),
                               .language = text_or_null(view, "language"),
                               .place = text_or_null(view, "place"),
                               .search = text_or_null(view, "search"),
                               .now_unix_ms = view->now_unix_ms,
                               .limit = ROWS_SHOWN};
    query.waits_second = slice_is(name, "second");
    if (slice_is(name, "all"))
        query.states = (1u << CASE_STATE_COUNT) - 1;
    else if (case_state_from_name(name, &state))
        query.states = 1u << state;
    if (task_from_name(form_get(&view->query, "task"), &task))
        query.task = (int)task;
    if (band_from_name(form_get(&view->query, "band"), &band))
        query.band = (int)band;
    read_after(view, &query);
    return query;
}

static void text_filter(struct view *view, const char *name, const char *label)
{
    struct html *html = &view->html;
    html_open(html, "label");
    say(view, label);
    html_str(html, " ");
    html_void(html, "input");
    html_put_attr(html, "name", name);
    html_put_attr(html, "type", "search");
    html_put_attr(html, "id", name);
    html_put_attr(html, "maxlength", "200");
    html_put_attr_slice(html, "value", form_get(&view->query, name));
    html_close(html);
}

static int source_filter(struct view *view)
{
    const char *const *names = NULL;
    struct form_choice choices[SOURCES_MAX];
    size_t count = 0;
    int rc = source_names(view->store, view->arena, &names, &count);
    if (rc != OK)
        return rc;
    if (count > SOURCES_MAX)
        count = SOURCES_MAX;
    for (size_t i = 0; i < count; i++)
        choices[i] = (struct form_choice){names[i], slice_of(names[i])};
    form_select(view, "source", "filter.source", choices, count);
    return OK;
}

static void state_filter(struct view *view)
{
    struct form_choice choices[CASE_STATE_COUNT + 2];
    view_state_choices(view, choices);
    choices[CASE_STATE_COUNT] = (struct form_choice){"second", said(view, "state.second")};
    choices[CASE_STATE_COUNT + 1] = (struct form_choice){"all", said(view, "filter.all")};
    form_select(view, "state", "filter.state", choices, CASE_STATE_COUNT + 2);
}

static void task_filter(struct view *view)
{
    struct form_choice choices[TASK_COUNT];
    for (unsigned i = 0; i < TASK_COUNT; i++) {
        const char *name = task_name((enum task)i);
        choices[i] = (struct form_choice){name, said_of(view, "task", name)};
    }
    form_select(view, "task", "filter.task", choices, TASK_COUNT);
}

static void language_filter(struct view *view)
{
    static const char *const tags[] = {"id", "ms", "en", "tl", "vi", "th", "zh-Hans", "zh-Hant",
                                       "my", "km", "lo", "hi", "bn", "ne", "ur",      "ta",
                                       "ko", "ja", "pt", "es", "ru", "ar", "sw",      "und"};
    struct form_choice choices[sizeof tags / sizeof tags[0]];
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        choices[i] = (struct form_choice){tags[i], said_of(view, "tongue", tags[i])};
    form_select(view, "language", "filter.language", choices, sizeof tags / sizeof tags[0]);
}

static int filters(struct view *view)
{
    struct html *html = &view->html;
    html_open(html, "form");
    html_put_attr(html, "class", "filters");
    html_put_attr(html, "method", "get");
    html_link(html, "action", SLICE("/"));
    text_filter(view, "search", "filter.search");
    text_filter(view, "place", "filter.place");
    int rc = source_filter(view);
    state_filter(view);
    task_filter(view);
    language_filter(view);
    form_button(view, NULL, NULL, "filter.show");
    html_close(html);
    return rc;
}

/* ---- rows ---- */

struct slice view_state(struct view *view, const struct case_row *row)
{
    struct slice name = said_of(view, "state", case_state_name(row->state));
    const char *by = row->state == CASE_CLAIMED ? row->claimed_by
                     : row->state == CASE_NEW   ? ""
                                                : row->decided_by;
    if (row->first_by[0] != '\0' && row->state == CASE_NEW) {
        struct slice waits = said(view, "state.second");
        return view_format(view, "%.*s \xc2\xb7 %s", (int)waits.len, waits.at, row->first_by);
    }
    if (by[0] == '\0')
        return name;
    return view_format(view, "%.*s \xc2\xb7 %s", (int)name.len, name.at, by);
}

static struct slice pay_of(struct view *view, const struct case_row *row)
{
    int64_t min = row->usd_month_cents_min / 100, max = row->usd_month_cents_max / 100;
    if (max == 0)
        return SLICE("\xe2\x80\x93");
    if (min == max)
        return view_format(view, "%" PRId64, max);
    return view_format(view, "%" PRId64 "\xe2\x80\x93%" PRId64, min, max);
}

static void words_cell(struct view *view, const struct case_row *row)
{
    struct html *html = &view->html;
    html_open(html, "td");
    html_open(html, "a");
    html_link(html, "href", view_format(view, "/case/%" PRId64, row->id));
    html_open(html, "bdi");
    html_text(html, row->title[0] != '\0' ? utf8_cut(slice_of(row->title), TITLE_BYTES)
                                          : said(view, "case.untitled"));
    html_close(html);
    html_close(html);
    html_open(html, "div");
    html_put_attr(html, "class", "quiet");
    html_leaf(html, "bdi", NULL, utf8_cut(slice_of(row->strongest), 2 * TITLE_BYTES));
    if (row->campaign_cases > 1) {
        html_str(html, " \xc2\xb7 ");
        say_with(view, "today.alike", view_format(view, "%u", row->campaign_cases - 1),
                 SLICE_EMPTY);
    }
    html_close(html);
    html_close(html);
}

static void one_row(struct view *view, const struct case_row *row, bool is_mate)
{
    struct html *html = &view->html;
    struct slice language = said_of(view, "tongue", row->language);
    html_open(html, "tr");
    html_put_attr_int(html, "data-case", row->id);
    html_put_attr(html, "data-state", case_state_name(row->state));
    html_put_attr_slice(html, "data-seen", view_seen(view, row));
    if (is_mate)
        html_put_attr(html, "class", "mate");
    html_open(html, "td");
    html_put_attr(html, "class", "number");
    html_int(html, row->id);
    html_close(html);
    html_open(html, "td");
    html_put_attr(html, "class", "number");
    html_int(html, verdict_score(row->logit_tenths));
    html_close(html);
    html_leaf(html, "td", band_name(row->band), said_of(view, "band", band_name(row->band)));
    html_leaf(html, "td", NULL, said_of(view, "task", task_name(row->task)));
    words_cell(view, row);
    html_leaf(html, "td", "number", pay_of(view, row));
    html_open(html, "td");
    html_leaf(html, "bdi", NULL, utf8_cut(slice_of(row->place), TITLE_BYTES));
    html_close(html);
    html_open(html, "td");
    html_leaf_str(html, "bdi", NULL, row->source);
    html_leaf(html, "div", "quiet",
              view_format(view, "%.*s \xc2\xb7 %s", (int)language.len, language.at,
                          view_ago(view, row->first_seen_unix_ms).at));
    html_close(html);
    html_leaf(html, "td", "state", view_state(view, row));
    html_close(html);
}

static void rows_table(struct view *view, const struct case_row *rows, size_t count)
{
    static const char *const heads[] = {"column.case",  "column.score",  "column.band",
                                        "column.task",  "column.words",  "column.pay",
                                        "column.place", "column.source", "column.state"};
    struct html *html = &view->html;
    view_open_wide(view);
    html_open(html, "table");
    html_put_attr(html, "id", "cases");
    html_open(html, "thead");
    html_open(html, "tr");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        html_open(html, "th");
        html_put_attr(html, "scope", "col");
        say(view, heads[i]);
        html_close(html);
    }
    html_close(html);
    html_close(html);
    html_open(html, "tbody");
    for (size_t i = 0; i < count; i++)
        one_row(view, &rows[i],
                i > 0 && rows[i].campaign > 0 && rows[i].campaign == rows[i - 1].campaign);
    html_close(html);
    html_close(html);
    html_close(html);
}

static bool belongs_to(const struct case_row *row, const struct case_row *first)
{
    return row->id == first->id || (first->campaign > 0 && row->campaign == first->campaign);
}

/* Rows of one campaign stand together, behind the strongest of them. NULL without memory. */
static struct case_row *by_campaign(struct view *view, const struct case_row *rows, size_t count)
{
    size_t put = 0;
    struct case_row *grouped = arena_calloc(view->arena, count + 1, sizeof *grouped);
    bool *is_put = arena_calloc(view->arena, count + 1, sizeof *is_put);
    if (grouped == NULL || is_put == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i; k < count && !is_put[i]; k++)
            if (!is_put[k] && belongs_to(&rows[k], &rows[i])) {
                grouped[put++] = rows[k];
                is_put[k] = k != i;
            }
    return grouped;
}

/* What may be expected of the rows shown: the mean of their probabilities, and how it went. */
static int expectation(struct view *view, const struct case_row *rows, size_t count)
{
    struct queue_day day;
    int64_t sum = 0;
    int rc = queue_day(view->store, view->now_unix_ms, &day);
    if (rc != OK)
        return rc;
    for (size_t i = 0; i < count; i++)
        sum += verdict_probability_millionths(rows[i].logit_tenths);
    html_open(&view->html, "p");
    html_put_attr(&view->html, "class", "expected");
    bool many = day.open > QUEUE_DAY_OPEN_MAX;
    say_with(view, many ? "today.waiting-many" : "today.waiting",
             view_format(view, "%" PRIu64, many ? QUEUE_DAY_OPEN_MAX : day.open),
             view_format(view, "%" PRIu64, day.decided));
    html_str(&view->html, " ");
    if (count > 0)
        say_with(view, "today.expected", view_format(view, "%zu", count),
                 view_format(view, "%" PRId64, (sum / (int64_t)count + 5000) / 10000));
    html_str(&view->html, " ");
    if (day.precision_per_mille >= 0)
        say_with(view, "today.precision",
                 view_format(view, "%d", (day.precision_per_mille + 5) / 10), SLICE_EMPTY);
    html_close(&view->html);
    return OK;
}

static void next_page(struct view *view, const struct case_row *last)
{
    struct text_buf link;
    text_buf_init(&link, 8192);
    text_buf_printf(&link, "/?after=%d:%" PRId64, last->logit_tenths, last->id);
    for (size_t i = 0; i < view->query.count; i++) {
        const struct form_field *field = &view->query.fields[i];
        if (slice_is(field->name, "after") || slice_is(field->name, "done") ||
            slice_is(field->name, "was") || field->value.len == 0)
            continue;
        text_buf_add_char(&link, '&');
        form_encode(&link, field->name);
        text_buf_add_char(&link, '=');
        form_encode(&link, field->value);
    }
    html_open(&view->html, "p");
    html_open(&view->html, "a");
    html_put_attr(&view->html, "id", "more");
    html_link(&view->html, "href", text_buf_slice(&link));
    say(view, "today.more");
    html_close(&view->html);
    html_close(&view->html);
    text_buf_release(&link);
}

static void begin_button(struct view *view)
{
    if (!view_may(view, ROLE_REVIEWER))
        return;
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "acts");
    form_open(view, "/next");
    form_button(view, NULL, NULL, "today.begin");
    html_close(&view->html);
    form_open(view, "/undo");
    form_button(view, NULL, NULL, "act.undo-last");
    html_close(&view->html);
    html_close(&view->html);
}

int page_today(struct view *view, int64_t id, struct failure *reterr)
{
    struct case_row *rows = NULL;
    size_t count = 0;
    int64_t last = 0;
    struct case_query query = query_of(view);
    (void)id;
    int rc = audit_last(view->store, &last);
    if (rc == OK)
        rc = queue_list(view->store, view->arena, &query, &rows, &count);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "today.title", "/");
    rc = expectation(view, rows, count);
    begin_button(view);
    if (rc == OK)
        rc = filters(view);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    html_open(&view->html, "div");
    html_put_attr_int(&view->html, "data-after", last);
    html_put_attr(&view->html, "id", "changes");
    struct case_row *grouped = by_campaign(view, rows, count);
    if (grouped == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (count == 0)
        say_leaf(view, "p", NULL, "today.none");
    else
        rows_table(view, grouped, count);
    if (count == ROWS_SHOWN)
        next_page(view, &rows[count - 1]);
    html_close(&view->html);
    view_export_form(view, 0);
    view_end(view);
    return OK;
}

/* ---- changes ---- */

void view_case_json(struct view *view, struct json_writer *writer, const struct case_row *row)
{
    json_open_object(writer);
    json_put_member_int(writer, "case", row->id);
    json_put_member(writer, "state", slice_of(case_state_name(row->state)));
    json_put_member(writer, "label", view_state(view, row));
    json_put_member_if(writer, "by",
                       slice_of(row->state == CASE_CLAIMED ? row->claimed_by : row->decided_by));
    json_close_object(writer);
}

static bool is_listed(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* The cases that audit rows after `after` speak of, each once. */
static int changed_cases(struct view *view, int64_t *after, int64_t ids[CHANGED_MAX],
                         size_t *ret_count, size_t *ret_opened)
{
    struct audit_entry *entries = NULL;
    size_t entries_count = 0, count = 0;
    const struct audit_query query = {NULL, 0, *after, CHANGES_MAX};
    int rc = audit_list(view->store, view->arena, &query, &entries, &entries_count);
    for (size_t i = 0; rc == OK && i < entries_count && count < CHANGED_MAX; i++) {
        *after = entries[i].id;
        if (strcmp(entries[i].object, "case") != 0)
            continue;
        *ret_opened += strcmp(entries[i].action, "open") == 0;
        if (!is_listed(ids, count, entries[i].object_id))
            ids[count++] = entries[i].object_id;
    }
    *ret_count = count;
    return rc;
}

/* A store that was restored has a shorter history than the window that asks has seen. */
static int not_beyond(struct view *view, int64_t *after)
{
    int64_t last = 0;
    int rc = audit_last(view->store, &last);
    if (rc == OK && *after > last)
        *after = last;
    return rc;
}

int page_changes(struct view *view, int64_t id, struct failure *reterr)
{
    struct json_writer writer;
    int64_t ids[CHANGED_MAX];
    size_t count = 0, opened = 0;
    int64_t after = form_int(&view->query, "after", 0);
    (void)id;
    int rc = changed_cases(view, &after, ids, &count, &opened);
    if (rc == OK && count == 0)
        rc = not_beyond(view, &after);
    view->response->type = "application/json";
    json_writer_init(&writer, &view->response->body);
    json_open_object(&writer);
    json_key(&writer, "cases");
    json_open_array(&writer);
    for (size_t i = 0; rc == OK && i < count; i++) {
        struct case_row row;
        rc = queue_get(view->store, view->arena, ids[i], view->now_unix_ms, &row);
        if (rc == OK)
            view_case_json(view, &writer, &row);
        else if (rc == ERR_NOT_FOUND)
            rc = OK; /* gone meanwhile: nothing to show, and no reason to show no other */
    }
    json_close_array(&writer);
    json_put_member_int(&writer, "after", after);
    json_put_member_int(&writer, "opened", (int64_t)opened);
    json_close_object(&writer);
    return rc == OK ? OK : store_failed(view->store, rc, reterr);
}
