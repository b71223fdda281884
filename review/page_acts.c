/* page_acts.c - what a reviewer does to cases: claim, decide, note, take back, go on; see view.h.
 *
 * Every act is a form's POST. With the script the same POST asks for JSON and the page stays. An
 * act sent twice finds the case decided already and changes nothing. */
#include "review/view_fail.h"

#include <inttypes.h>
#include <string.h>

#define NEXT_ROWS 20u

struct queue_act view_act(const struct view *view, const char *why)
{
    return (struct queue_act){
        .who = view->session.name, .why = why, .now_unix_ms = view->now_unix_ms};
}

/* ---- the next case ---- */

const char *view_not_second(const struct view *view, const struct case_row *row)
{
    if (row->first_by[0] == '\0')
        return NULL;
    if (strcmp(row->first_by, view->session.name) == 0)
        return "second.own";
    return view_may(view, ROLE_SECOND_REVIEWER) ? NULL : "second.role";
}

static bool is_free(const struct view *view, const struct case_row *row)
{
    if (view_not_second(view, row) != NULL)
        return false;
    return row->state == CASE_NEW ||
           (row->state == CASE_CLAIMED && strcmp(row->claimed_by, view->session.name) == 0);
}

/* Claims the first free one of the rows; 0: somebody was faster at each. */
static int claim_one(struct view *view, const struct case_row *rows, size_t count, int64_t not_id,
                     int64_t *ret_case_id)
{
    const struct queue_act act = view_act(view, NULL);
    *ret_case_id = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id == not_id || !is_free(view, &rows[i]))
            continue;
        int64_t left_ms = rows[i].lease_ends_unix_ms - view->now_unix_ms;
        int rc = rows[i].state == CASE_CLAIMED && left_ms > HOLD_MS / 2
                     ? OK
                     : queue_claim(view->store, rows[i].id, &act, HOLD_MS, ret_case_id);
        if (rc == OK)
            *ret_case_id = rows[i].id;
        if (rc != ERR_CONFLICT && rc != ERR_NOT_FOUND)
            return rc;
    }
    return OK;
}

static int next_from(struct view *view, const struct case_row *after, int64_t not_id,
                     int64_t *ret_case_id)
{
    struct case_query query = {
        .task = -1, .band = -1, .now_unix_ms = view->now_unix_ms, .limit = NEXT_ROWS};
    size_t count = NEXT_ROWS;
    int rc = OK;
    if (after != NULL) {
        query.after_logit_tenths = after->logit_tenths;
        query.after_id = after->id;
    }
    *ret_case_id = 0;
    while (rc == OK && *ret_case_id == 0 && count == NEXT_ROWS) {
        struct case_row *rows = NULL;
        rc = queue_list(view->store, view->arena, &query, &rows, &count);
        if (rc != OK || count == 0)
            break;
        rc = claim_one(view, rows, count, not_id, ret_case_id);
        query.after_logit_tenths = rows[count - 1].logit_tenths;
        query.after_id = rows[count - 1].id;
    }
    return rc;
}

int view_next_case(struct view *view, const struct case_row *after, int64_t *ret_case_id,
                   struct failure *reterr)
{
    int rc = next_from(view, after, after != NULL ? after->id : 0, ret_case_id);
    if (rc == OK && *ret_case_id == 0 && after != NULL)
        rc = next_from(view, NULL, after->id, ret_case_id);
    return rc == OK ? OK : store_failed(view->store, rc, reterr);
}

/* ---- answers ---- */

static int answer_json(struct view *view, int64_t id, struct failure *reterr)
{
    struct case_row row;
    struct json_writer writer;
    int rc = queue_get(view->store, view->arena, id, view->now_unix_ms, &row);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view->response->type = "application/json";
    json_writer_init(&writer, &view->response->body);
    view_case_json(view, &writer, &row);
    return OK;
}

static int go_on(struct view *view, const struct case_row *row, const char *done,
                 struct failure *reterr)
{
    int64_t next = 0;
    if (view->wants_json)
        return answer_json(view, row->id, reterr);
    int rc = view_next_case(view, row, &next, reterr);
    if (rc == OK && next == 0)
        view_redirect(view, "/?done=%s&was=%" PRId64, done, row->id);
    else if (rc == OK)
        view_redirect(view, "/case/%" PRId64 "?done=%s&was=%" PRId64, next, done, row->id);
    return rc;
}

static int stay(struct view *view, int64_t id, const char *done, struct failure *reterr)
{
    if (view->wants_json)
        return answer_json(view, id, reterr);
    view_redirect(view, "/case/%" PRId64 "?done=%s&was=%" PRId64, id, done, id);
    return OK;
}

/* ---- what was seen ---- */

struct slice view_seen(struct view *view, const struct case_row *row)
{
    return view_format(view, "%.16s-%" PRId64, row->evidence_sha256, row->decided_unix_ms);
}

/* Is the case what the form was made for? A decision is made of this version of the ad, an undo of
 * that decision. What sends no such field has read nothing. */
static bool is_as_seen(struct view *view, const struct case_row *row, bool undo)
{
    struct slice was = form_get(&view->form, "seen"), is = view_seen(view, row);
    size_t dash = slice_find_char(is, '-');
    return was.len == 0 || slice_equal(was, is) ||
           (!undo && slice_equal(slice_sub(was, 0, dash + 1), slice_sub(is, 0, dash + 1)));
}

/* A conflict in the reader's language: who has it, or what it is already. */
static int tell(struct view *view, int64_t id, int rc, bool undo, struct failure *reterr)
{
    struct case_row now;
    if (rc != ERR_CONFLICT ||
        queue_get(view->store, view->arena, id, view->now_unix_ms, &now) != OK)
        return store_failed(view->store, rc, reterr);
    const struct slice values[2] = {view_format(view, "%" PRId64, now.id), view_state(view, &now)};
    return view_fail_with(view, ERR_CONFLICT,
                          is_as_seen(view, &now, undo) ? "conflict.now" : "conflict.changed",
                          values, reterr);
}

static int refused(struct view *view, const char *key, struct failure *reterr)
{
    return view_fail(view, ERR_DENIED, key, reterr);
}

/* ---- acts ---- */

/* The case as it is, and as it stays until act_end(). */
static int act_begin(struct view *view, int64_t id, struct case_row *ret_row)
{
    int rc = store_begin(view->store);
    return rc == OK ? queue_get(view->store, view->arena, id, view->now_unix_ms, ret_row) : rc;
}

static int act_end(struct view *view, int rc)
{
    if (rc == OK)
        return store_commit(view->store);
    store_rollback(view->store);
    return rc;
}

/* *ret_not_second: a message, why this account may not. */
static int decide_now(struct view *view, int64_t id, enum case_state decision, const char *note,
                      const char **ret_not_second, bool *ret_whole)
{
    const struct queue_act act = view_act(view, note);
    struct case_row row;
    uint32_t decided = 0;
    int rc = act_begin(view, id, &row);
    if (rc != OK)
        return rc;
    *ret_not_second = view_not_second(view, &row);
    if (*ret_not_second != NULL)
        return ERR_DENIED;
    if (!is_as_seen(view, &row, false))
        return ERR_CONFLICT;
    *ret_whole = slice_is(form_get(&view->form, "whole"), "1") && row.campaign_cases > 1;
    return *ret_whole ? view_decide_whole(view, &row, decision, note, &decided)
                      : queue_decide(view->store, id, decision, &act);
}

static int decide(struct view *view, const struct case_row *row, enum case_state decision,
                  const char *note, struct failure *reterr)
{
    struct case_row now;
    const char *not_second = NULL;
    bool whole = false;
    int rc = act_end(view, decide_now(view, row->id, decision, note, &not_second, &whole));
    if (not_second != NULL)
        return refused(view, not_second, reterr);
    if (rc != OK)
        return tell(view, row->id, rc, false, reterr);
    sessions_decided(view->sessions, view->token, row->id);
    rc = queue_get(view->store, view->arena, row->id, view->now_unix_ms, &now);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    bool waits = now.first_by[0] != '\0' && now.state == CASE_NEW; /* the first of two */
    return go_on(view, row, waits ? "first" : whole ? "whole" : case_state_name(decision), reterr);
}

static int skip(struct view *view, const struct case_row *row, struct failure *reterr)
{
    const struct queue_act act = view_act(view, NULL);
    if (row->state == CASE_CLAIMED && is_free(view, row)) {
        int rc = queue_release(view->store, row->id, &act);
        if (rc != OK && rc != ERR_CONFLICT)
            return store_failed(view->store, rc, reterr);
    }
    return go_on(view, row, "skipped", reterr);
}

static bool is_decided(const struct case_row *row)
{
    return row->state != CASE_NEW && row->state != CASE_CLAIMED;
}

static bool is_own(const struct view *view, const struct case_row *row)
{
    return strcmp(is_decided(row) ? row->decided_by : row->first_by, view->session.name) == 0;
}

/* Whoever decided may take it back; another's decision only a second reviewer. */
static int undo_now(struct view *view, int64_t id, const char *note, bool *ret_anothers)
{
    struct case_row row;
    int rc = act_begin(view, id, &row);
    if (rc != OK)
        return rc;
    *ret_anothers =
        is_decided(&row) && !is_own(view, &row) && !view_may(view, ROLE_SECOND_REVIEWER);
    if (*ret_anothers)
        return ERR_DENIED;
    return is_as_seen(view, &row, true) ? view_undo_act(view, &row, note) : ERR_CONFLICT;
}

static int undo(struct view *view, const struct case_row *row, const char *note,
                struct failure *reterr)
{
    bool anothers = false;
    int rc = act_end(view, undo_now(view, row->id, note, &anothers));
    if (anothers)
        return refused(view, "error.anothers", reterr);
    return rc == OK ? stay(view, row->id, "undone", reterr) : tell(view, row->id, rc, true, reterr);
}

static int hold(struct view *view, const struct case_row *row, int64_t lease_ms,
                struct failure *reterr)
{
    int64_t claimed = 0;
    const struct queue_act act = view_act(view, NULL);
    const char *not_second = view_not_second(view, row);
    if (not_second != NULL)
        return refused(view, not_second, reterr);
    bool long_enough = row->state == CASE_CLAIMED && is_free(view, row) &&
                       row->lease_ends_unix_ms - view->now_unix_ms > lease_ms / 2;
    int rc = long_enough ? OK : queue_claim(view->store, row->id, &act, lease_ms, &claimed);
    return rc == OK ? stay(view, row->id, "claimed", reterr)
                    : tell(view, row->id, rc, false, reterr);
}

static int release(struct view *view, const struct case_row *row, struct failure *reterr)
{
    const struct queue_act act = view_act(view, NULL);
    int rc = queue_release(view->store, row->id, &act);
    return rc == OK ? stay(view, row->id, "released", reterr)
                    : tell(view, row->id, rc, false, reterr);
}

static int add_note(struct view *view, const struct case_row *row, const char *note,
                    struct failure *reterr)
{
    const struct queue_act act = view_act(view, note);
    int rc = queue_note(view->store, row->id, &act);
    return rc == OK ? stay(view, row->id, "noted", reterr) : tell(view, row->id, rc, false, reterr);
}

int page_case_act(struct view *view, int64_t id, struct failure *reterr)
{
    struct case_row row;
    enum case_state decision = CASE_NEW;
    struct slice what = form_get(&view->form, "do");
    const char *note = form_text(&view->form, view->arena, "note");
    int rc = queue_get(view->store, view->arena, id, view->now_unix_ms, &row);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    if (note == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (case_state_from_name(what, &decision) && decision != CASE_NEW && decision != CASE_CLAIMED)
        return decide(view, &row, decision, note, reterr);
    if (slice_is(what, "skip"))
        return skip(view, &row, reterr);
    if (slice_is(what, "undo"))
        return undo(view, &row, note, reterr);
    if (slice_is(what, "claim"))
        return hold(view, &row, view->settings->claim_ms, reterr);
    if (slice_is(what, "hold"))
        return hold(view, &row, HOLD_MS, reterr);
    if (slice_is(what, "release"))
        return release(view, &row, reterr);
    if (slice_is(what, "note"))
        return add_note(view, &row, note, reterr);
    return view_fail(view, ERR_SYNTAX, "error.what", reterr);
}

int page_next(struct view *view, int64_t id, struct failure *reterr)
{
    int64_t next = 0;
    (void)id;
    int rc = view_next_case(view, NULL, &next, reterr);
    if (rc == OK && next == 0)
        view_redirect(view, "/?done=none");
    else if (rc == OK)
        view_redirect(view, "/case/%" PRId64, next);
    return rc;
}

static int undo_own(struct view *view, int64_t id)
{
    struct case_row row;
    int rc = act_begin(view, id, &row);
    if (rc == OK)
        rc = is_own(view, &row) ? view_undo_act(view, &row, NULL) : ERR_CONFLICT;
    return act_end(view, rc);
}

/* The last decision of this session that still stands. */
int page_undo(struct view *view, int64_t id, struct failure *reterr)
{
    int rc = ERR_CONFLICT;
    (void)id;
    while (rc == ERR_CONFLICT || rc == ERR_NOT_FOUND) {
        id = sessions_undo(view->sessions, view->token);
        if (id == 0)
            break;
        rc = undo_own(view, id);
    }
    if (rc != OK && id != 0) {
        sessions_undo_failed(view->sessions, view->token, id);
        return store_failed(view->store, rc, reterr);
    }
    if (id != 0)
        return stay(view, id, "undone", reterr);
    if (view->wants_json)
        return view_fail(view, ERR_CONFLICT, "done.nothing", reterr);
    view_redirect(view, "/?done=nothing");
    return OK;
}

int page_rest(struct view *view, int64_t id, struct failure *reterr)
{
    (void)id;
    (void)reterr;
    sessions_rested(view->sessions, view->token, view->now_unix_ms);
    view_redirect(view, "/?done=rested");
    return OK;
}
