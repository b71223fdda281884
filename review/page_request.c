/* page_request.c - one request: its letter, and what a person says of it; see view_request.h.
 *
 * The letter stands above the buttons, so that who approves it has read it; what was changed since the
 * page was made is refused. Nothing is sent from here: `export --send` mails what is approved, and who
 * fills in a platform's form says so. */
#include "review/letter.h"
#include "review/view_fail.h"
#include "review/view_request.h"

#include <inttypes.h>
#include <string.h>

/* What a form says of the request it was made for: all that may change, and the ad's version. */
static struct slice seen_of(struct view *view, const struct request_row *row,
                            const struct case_row *about)
{
    return view_format(view, "%d-%" PRId64 "-%" PRId64 "-%" PRId64 "-%s", (int)row->state,
                       row->changed_unix_ms, row->approved_unix_ms, row->mailing_unix_ms,
                       view_seen(view, about).at);
}

/* ---- who may ---- */

/* Why this account may not approve; NULL: it may. */
static const char *not_approver(const struct view *view, const struct request_row *row)
{
    if (view->settings->approvals < 2)
        return NULL;
    if (strcmp(row->drafted_by, view->session.name) == 0)
        return "request.own";
    return view_may(view, ROLE_SECOND_REVIEWER) ? NULL : "request.role";
}

/* What asked others is taken back by who drafted it, or by a second reviewer. */
static bool may_withdraw(const struct view *view, const struct request_row *row)
{
    return view_may(view, ROLE_SECOND_REVIEWER) || strcmp(row->drafted_by, view->session.name) == 0;
}

/* ---- the page ---- */

static void fact_who(struct view *view, const char *key, const char *who, int64_t at_unix_ms)
{
    struct html *html = &view->html;
    if (who[0] == '\0')
        return;
    html_open(html, "tr");
    html_leaf(html, "th", NULL, said(view, key));
    html_open(html, "td");
    html_leaf_str(html, "bdi", NULL, who);
    html_str(html, ", ");
    view_time(view, at_unix_ms);
    html_str(html, " UTC");
    html_close(html);
    html_close(html);
}

static void form_fact(struct view *view, const struct request_row *row)
{
    struct html *html = &view->html;
    if (row->form[0] == '\0')
        return;
    html_open(html, "tr");
    html_leaf(html, "th", NULL, said(view, "request.form"));
    html_open(html, "td");
    html_open(html, "a");
    html_link(html, "href", slice_of(row->form));
    html_put_attr(html, "rel", "noopener noreferrer nofollow");
    html_put_attr(html, "target", "_blank");
    html_leaf_str(html, "bdi", NULL, row->form);
    html_close(html);
    html_close(html);
    html_close(html);
}

static void facts(struct view *view, const struct request_row *row)
{
    struct html *html = &view->html;
    html_open(html, "table");
    html_put_attr(html, "class", "facts");
    view_fact(view, "request.state", view_request_state(view, row));
    view_fact(view, "request.to", slice_of(row->name));
    view_fact(view, "request.address", slice_of(row->address));
    form_fact(view, row);
    fact_who(view, "request.drafted-by", row->drafted_by, row->drafted_unix_ms);
    fact_who(view, "request.approved-by", row->approved_by, row->approved_unix_ms);
    fact_who(view, "request.sent-by", row->sent_by, row->sent_unix_ms);
    view_fact(view, "request.why", slice_of(row->why));
    html_close(html);
}

/* False: there is no letter to be read, and the page says why. */
static bool letter_part(struct view *view, const struct request_row *row)
{
    struct html *html = &view->html;
    struct letter letter;
    struct failure why = {.code = OK};
    const struct site_calls *calls = &view->settings->calls;
    say_leaf(view, "h2", NULL,
             row->state == REQUEST_WITHDRAWN ? "request.correction" : "request.letter");
    int rc =
        calls->letter(calls->ctx, view->store, row, view->now_unix_ms, view->arena, &letter, &why);
    if (rc != OK) {
        view_put_why(view, rc, "request.no-letter", &why);
        view->response->status = 200;
        return false;
    }
    html_open(html, "div");
    html_put_attr(html, "lang", row->language);
    html_leaf_str(html, "h3", NULL, letter.subject);
    html_leaf_str(html, "pre", "words", letter.body);
    html_close(html);
    return true;
}

/* What this account may say now. */
struct may {
    bool approve, sent, acknowledged, refused, withdraw;
};

static struct may may_say(const struct view *view, const struct request_row *row, bool is_read)
{
    bool drafted = row->state == REQUEST_DRAFTED, mailing = row->mailing_unix_ms != 0;
    bool approved = drafted && row->approved_unix_ms != 0;
    if (row->state == REQUEST_WITHDRAWN || !view_may(view, ROLE_REVIEWER))
        return (struct may){false};
    return (struct may){.approve = drafted && (!approved || mailing) && is_read &&
                                   not_approver(view, row) == NULL,
                        .sent = approved,
                        .acknowledged = row->state == REQUEST_SENT || row->state == REQUEST_REFUSED,
                        .refused = row->state == REQUEST_SENT || row->state == REQUEST_ACKNOWLEDGED,
                        .withdraw = may_withdraw(view, row)};
}

/* What it waits for. */
static void waits_for(struct view *view, const struct request_row *row)
{
    const char *not_he = not_approver(view, row);
    if (row->state != REQUEST_DRAFTED || !view_may(view, ROLE_REVIEWER))
        return;
    if (row->mailing_unix_ms != 0)
        say_leaf(view, "p", "wrong", "request.cut-off");
    else if (row->approved_unix_ms != 0)
        say_leaf(view, "p", "rest", row->address[0] != '\0' ? "request.mailed" : "request.by-form");
    else if (not_he != NULL)
        say_leaf(view, "p", "rest", not_he);
}

static void buttons(struct view *view, const struct request_row *row, const struct may *may)
{
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "acts");
    if (may->approve)
        form_button(view, "do", "approve",
                    row->mailing_unix_ms != 0 ? "request.approve-again" : "request.approve");
    if (may->sent)
        form_button(view, "do", "sent", "request.was-sent");
    if (may->acknowledged)
        form_button(view, "do", "acknowledged", "request.was-acknowledged");
    if (may->refused)
        form_button(view, "do", "refused", "request.was-refused");
    if (may->withdraw)
        form_button(view, "do", "withdrawn", "request.withdraw");
    html_close(&view->html);
}

static void acts(struct view *view, const struct request_row *row, const struct case_row *about,
                 bool is_read)
{
    struct html *html = &view->html;
    const struct may may = may_say(view, row, is_read);
    waits_for(view, row);
    if (!may.approve && !may.sent && !may.acknowledged && !may.refused && !may.withdraw)
        return;
    form_open(view, view_format(view, "/request/%" PRId64, row->id).at);
    form_hidden(view, "seen", seen_of(view, row, about).at);
    html_open(html, "label");
    say(view, "request.note");
    html_open(html, "textarea");
    html_put_attr(html, "name", "note");
    html_put_attr(html, "rows", "2");
    html_put_attr_int(html, "maxlength", QUEUE_NOTE_BYTES_MAX / UTF16_UNIT_BYTES_MAX);
    html_close(html);
    html_close(html);
    buttons(view, row, &may);
    html_close(html);
}

static int read_both(struct view *view, int64_t id, struct request_row *ret_row,
                     struct case_row *ret_about)
{
    int rc = request_get(view->store, view->arena, id, ret_row);
    return rc == OK
               ? queue_get(view->store, view->arena, ret_row->case_id, view->now_unix_ms, ret_about)
               : rc;
}

int page_request(struct view *view, int64_t id, struct failure *reterr)
{
    struct html *html = &view->html;
    struct request_row row;
    struct case_row about;
    if (view->settings->calls.letter == NULL)
        return view_fail(view, ERR_UNSUPPORTED, "request.off", reterr);
    int rc = read_both(view, id, &row, &about);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "requests.title", "/request");
    html_open(html, "h2");
    html_printf(html, "R-%" PRId64 ": ", id);
    html_leaf_str(html, "bdi", NULL, about.title);
    html_close(html);
    view_back_to_case(view, row.case_id);
    facts(view, &row);
    bool is_read = letter_part(view, &row);
    acts(view, &row, &about, is_read);
    view_end(view);
    return OK;
}

/* ---- what a person says ---- */

static int change_now(struct view *view, const struct request_row *row, enum request_state state,
                      const struct queue_act *act, struct failure *reterr)
{
    if (state == REQUEST_WITHDRAWN && !may_withdraw(view, row))
        return view_fail(view, ERR_DENIED, "request.anothers", reterr);
    if (state == REQUEST_WITHDRAWN && slice_trim(slice_of(act->why)).len == 0)
        return view_fail(view, ERR_SYNTAX, "request.say-why", reterr);
    int rc = request_change(view->store, row->id, state, act);
    return rc == OK ? OK : store_failed(view->store, rc, reterr);
}

static int approve_now(struct view *view, const struct request_row *row,
                       const struct queue_act *act, struct failure *reterr)
{
    const char *not_he = not_approver(view, row);
    if (not_he != NULL)
        return view_fail(view, ERR_DENIED, not_he, reterr);
    int rc = request_approve(view->store, row->id, view->settings->approvals, act);
    return rc == OK ? OK : store_failed(view->store, rc, reterr);
}

/* In one transaction: the request and its ad are what the form was made for. */
static int act_now(struct view *view, int64_t id, const char *note, const char **ret_done,
                   struct failure *reterr)
{
    struct request_row row;
    struct case_row about;
    enum request_state state;
    struct slice what = form_get(&view->form, "do");
    const struct queue_act act = view_act(view, note);
    int rc = read_both(view, id, &row, &about);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    bool approves = slice_is(what, "approve");
    if (!approves && (!request_state_from_name(what, &state) || state == REQUEST_DRAFTED))
        return view_fail(view, ERR_SYNTAX, "error.what", reterr);
    const struct slice values[2] = {view_format(view, "R-%" PRId64, id),
                                    view_request_state(view, &row)};
    if (!slice_equal(form_get(&view->form, "seen"), seen_of(view, &row, &about)))
        return view_fail_with(view, ERR_CONFLICT, "conflict.request", values, reterr);
    bool asks = approves || state == REQUEST_SENT;
    const struct slice about_it[2] = {view_format(view, "%" PRId64, about.id),
                                      view_state(view, &about)};
    if (asks && about.state != CASE_CONFIRMED)
        return view_fail_with(view, ERR_CONFLICT, "request.not-confirmed", about_it, reterr);
    *ret_done = approves ? "approved" : request_state_name(state);
    return approves ? approve_now(view, &row, &act, reterr)
                    : change_now(view, &row, state, &act, reterr);
}

int page_request_act(struct view *view, int64_t id, struct failure *reterr)
{
    const char *done = "";
    const char *note = form_text(&view->form, view->arena, "note");
    if (note == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = store_begin(view->store);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    rc = act_now(view, id, note, &done, reterr);
    if (rc == OK && (rc = store_commit(view->store)) != OK)
        store_failed(view->store, rc, reterr);
    store_rollback(view->store);
    if (rc == OK)
        view_redirect(view, "/request/%" PRId64 "?done=%s&was=%" PRId64, id, done, id);
    return rc;
}
