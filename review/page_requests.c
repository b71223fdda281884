/* page_requests.c - what is asked of others: the list of it, the part of a case's page, and drafting;
 * see view_request.h. */
#include "review/recipients.h"
#include "review/view_fail.h"
#include "review/view_request.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX STORE_PAGE_MAX

struct slice view_request_state(const struct view *view, const struct request_row *row)
{
    if (row->state == REQUEST_DRAFTED && row->mailing_unix_ms != 0)
        return said(view, "state.mailing");
    if (row->state == REQUEST_DRAFTED && row->approved_unix_ms != 0)
        return said(view, "state.approved");
    return said_of(view, "state", request_state_name(row->state));
}

/* Who did the last that was done. */
static const char *whose(const struct request_row *row)
{
    if (row->sent_by[0] != '\0')
        return row->sent_by;
    return row->approved_by[0] != '\0' ? row->approved_by : row->drafted_by;
}

static void request_line(struct view *view, const struct request_row *row)
{
    struct html *html = &view->html;
    html_open(html, "tr");
    html_open(html, "td");
    html_open(html, "a");
    html_link(html, "href", view_format(view, "/request/%" PRId64, row->id));
    html_printf(html, "R-%" PRId64, row->id);
    html_close(html);
    html_close(html);
    html_open(html, "td");
    html_open(html, "a");
    html_link(html, "href", view_format(view, "/case/%" PRId64, row->case_id));
    html_int(html, row->case_id);
    html_close(html);
    html_close(html);
    html_leaf(html, "td", NULL, view_request_state(view, row));
    html_open(html, "td");
    view_time(view, row->changed_unix_ms);
    html_close(html);
    html_open(html, "td");
    html_leaf_str(html, "bdi", NULL, row->name);
    html_close(html);
    html_leaf_str(html, "td", NULL, whose(row));
    html_close(html);
}

void view_request_table(struct view *view, const struct request_row *rows, size_t count)
{
    static const char *const heads[] = {"request.number", "request.case", "request.state",
                                        "request.since",  "request.to",   "request.by"};
    view_open_table(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < count; i++)
        request_line(view, &rows[i]);
    view_close_table(view);
}

/* ---- the list ---- */

int page_requests(struct view *view, int64_t id, struct failure *reterr)
{
    struct request_row *rows = NULL;
    size_t count = 0;
    const struct request_query query = {.states = 1u << REQUEST_DRAFTED | 1u << REQUEST_SENT,
                                        .after_id = form_int(&view->query, "after", 0),
                                        .limit = ROWS_MAX};
    (void)id;
    int rc = request_list(view->store, view->arena, &query, &rows, &count);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "requests.title", "/requests");
    say_leaf(view, "p", NULL, view->settings->approvals > 1 ? "requests.two" : "requests.one");
    if (count == 0)
        say_leaf(view, "p", NULL, "requests.none");
    else
        view_request_table(view, rows, count);
    if (count == ROWS_MAX) {
        html_open(&view->html, "a");
        html_link(&view->html, "href",
                  view_format(view, "/requests?after=%" PRId64, rows[count - 1].id));
        say(view, "requests.more");
        html_close(&view->html);
    }
    view_end(view);
    return OK;
}

/* ---- of one case ---- */

static int of_case(struct view *view, int64_t case_id, struct request_row **ret_rows,
                   size_t *ret_count)
{
    const struct request_query query = {.case_id = case_id, .limit = ROWS_MAX};
    return request_list(view->store, view->arena, &query, ret_rows, ret_count);
}

static bool was_asked(const struct request_row *rows, size_t count, const char *recipient)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].recipient, recipient) == 0)
            return true;
    return false;
}

struct asked { /* of one case */
    const struct case_row *row;
    const struct recipients *all;
    const struct request_row *rows;
    size_t count;
};

static void recipient_choice(struct view *view, const struct asked *asked)
{
    struct html *html = &view->html;
    const struct recipient *by_host = recipient_for_url(asked->all, slice_of(asked->row->url));
    html_open(html, "label");
    say(view, "request.to");
    html_str(html, " ");
    html_open(html, "select");
    html_put_attr(html, "name", "recipient");
    html_flag(html, "required", true);
    html_open(html, "option");
    html_put_attr(html, "value", "");
    say(view, "request.choose");
    html_close(html);
    for (size_t i = 0; i < asked->all->count; i++) {
        const struct recipient *one = &asked->all->list[i];
        if (was_asked(asked->rows, asked->count, one->id))
            continue;
        html_open(html, "option");
        html_put_attr(html, "value", one->id);
        html_put_attr(html, "lang", "en"); /* the directory's own words */
        html_flag(html, "selected", one == by_host);
        html_printf(html, "%s (%s)", one->name, one->id);
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static void language_choice(struct view *view)
{
    static const char *const languages[][2] = {{"", "request.theirs"}, {"en", NULL}, {"id", NULL}};
    struct html *html = &view->html;
    html_open(html, "label");
    say(view, "export.language");
    html_str(html, " ");
    html_open(html, "select");
    html_put_attr(html, "name", "language");
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        const struct messages *known = languages_find(view->languages, slice_of(languages[i][0]));
        html_open(html, "option");
        html_put_attr(html, "value", languages[i][0]);
        if (languages[i][1] != NULL)
            say(view, languages[i][1]);
        else
            html_str(html, known != NULL ? messages_name(known) : languages[i][0]);
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static void draft_form(struct view *view, const struct asked *asked)
{
    struct html *html = &view->html;
    form_open(view, view_format(view, "/case/%" PRId64 "/request", asked->row->id).at);
    form_hidden(view, "seen", view_seen(view, asked->row).at);
    html_open(html, "div");
    html_put_attr(html, "class", "filters");
    recipient_choice(view, asked);
    language_choice(view);
    form_button(view, NULL, NULL, "request.draft");
    html_close(html);
    html_close(html);
    say_leaf(view, "p", "quiet", "request.nothing-sent");
}

int view_case_requests(struct view *view, const struct case_row *row)
{
    struct recipients all = {.count = 0};
    struct failure why = {.code = OK};
    const struct site_calls *calls = &view->settings->calls;
    struct asked asked = {.row = row, .all = &all};
    struct request_row *rows = NULL;
    int rc = of_case(view, row->id, &rows, &asked.count);
    bool may_draft =
        row->state == CASE_CONFIRMED && calls->draft != NULL && view_may(view, ROLE_REVIEWER);
    if (rc != OK || (asked.count == 0 && !may_draft))
        return rc;
    asked.rows = rows;
    say_leaf(view, "h2", NULL, "request.title");
    if (asked.count > 0)
        view_request_table(view, rows, asked.count);
    if (!may_draft)
        return OK;
    int read = calls->recipients(calls->ctx, view->arena, &all, &why);
    if (read == OK) {
        draft_form(view, &asked);
        return OK;
    }
    view_put_why(view, read, "request.no-directory", &why);
    view->response->status = 200; /* the rest of the page is whole */
    return OK;
}

/* ---- a draft ---- */

/* In the transaction of the draft: is the case what the form was made for? */
static int draft_now(struct view *view, int64_t case_id, const struct site_draft *draft,
                     int64_t *ret_id, struct failure *reterr)
{
    struct case_row row;
    struct request_row *rows = NULL;
    size_t count = 0;
    const struct site_calls *calls = &view->settings->calls;
    int rc = queue_get(view->store, view->arena, case_id, view->now_unix_ms, &row);
    if (rc == OK)
        rc = of_case(view, case_id, &rows, &count);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    const struct slice values[2] = {view_format(view, "%" PRId64, case_id), view_state(view, &row)};
    if (row.state != CASE_CONFIRMED)
        return view_fail_with(view, ERR_CONFLICT, "request.not-confirmed", values, reterr);
    if (!slice_equal(form_get(&view->form, "seen"), view_seen(view, &row)))
        return view_fail_with(view, ERR_CONFLICT, "conflict.changed", values, reterr);
    if (was_asked(rows, count, draft->recipient))
        return view_fail(view, ERR_CONFLICT, "request.asked-already", reterr);
    return calls->draft(calls->ctx, view->store, draft, ret_id, reterr);
}

int page_request_draft(struct view *view, int64_t id, struct failure *reterr)
{
    int64_t request = 0;
    const struct site_draft draft = {.case_id = id,
                                     .recipient = form_text(&view->form, view->arena, "recipient"),
                                     .language = form_text(&view->form, view->arena, "language"),
                                     .who = view->session.name,
                                     .now_unix_ms = view->now_unix_ms};
    if (draft.recipient == NULL || draft.language == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (view->settings->calls.draft == NULL)
        return view_fail(view, ERR_UNSUPPORTED, "request.off", reterr);
    if (draft.recipient[0] == '\0')
        return view_fail(view, ERR_SYNTAX, "request.no-recipient", reterr);
    int rc = store_begin(view->store);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    rc = draft_now(view, id, &draft, &request, reterr);
    if (rc == OK && (rc = store_commit(view->store)) != OK)
        store_failed(view->store, rc, reterr);
    store_rollback(view->store);
    if (rc == OK)
        view_redirect(view, "/request/%" PRId64 "?done=drafted&was=%" PRId64, request, request);
    return rc;
}
