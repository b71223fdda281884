/* request_rows.c - requests and what may follow what; see request_rows.h. requests.sent below zero: the
 * time, negated, when mailing began whose end is not known. */
#include "storage/request_rows.h"
#include "common/clock.h"
#include "common/utf8.h"
#include "storage/store_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const state_names[REQUEST_STATE_COUNT] = {"drafted", "sent", "acknowledged",
                                                             "refused", "withdrawn"};

const char *request_state_name(enum request_state state)
{
    return state < REQUEST_STATE_COUNT ? state_names[state] : "unknown";
}

bool request_state_from_name(struct slice name, enum request_state *ret_state)
{
    for (int i = 0; i < REQUEST_STATE_COUNT; i++)
        if (slice_is(name, state_names[i])) {
            *ret_state = (enum request_state)i;
            return true;
        }
    return false;
}

static const bool may_go[REQUEST_STATE_COUNT][REQUEST_STATE_COUNT] = {
    [REQUEST_DRAFTED] = {[REQUEST_SENT] = true, [REQUEST_WITHDRAWN] = true},
    [REQUEST_SENT] =
        {[REQUEST_ACKNOWLEDGED] = true, [REQUEST_REFUSED] = true, [REQUEST_WITHDRAWN] = true},
    [REQUEST_ACKNOWLEDGED] = {[REQUEST_REFUSED] = true, [REQUEST_WITHDRAWN] = true},
    [REQUEST_REFUSED] = {[REQUEST_ACKNOWLEDGED] = true, [REQUEST_WITHDRAWN] = true},
};

static bool may_follow(enum request_state from, enum request_state to)
{
    return from < REQUEST_STATE_COUNT && to < REQUEST_STATE_COUNT && may_go[from][to];
}

/* ---- reading ---- */

#define REQUEST_COLUMNS                                                                            \
    "r.id, r.case_id, r.state, c.state, r.drafted, r.approved, r.sent, r.changed, r.recipient,"    \
    " r.name, r.kind, r.language, r.address, r.form, p.url, s.name, c.decided_by, r.drafted_by,"   \
    " r.approved_by, r.sent_by, r.why FROM requests r JOIN cases c ON c.id = r.case_id"            \
    " JOIN postings p ON p.id = c.posting_id JOIN sources s ON s.id = c.source_id"

static bool read_row(struct db_rows *rows, struct arena *arena, void *item)
{
    struct request_row *row = item;
    const char **const texts[] = {
        &row->recipient,   &row->name,    &row->kind,   &row->language,   &row->address,
        &row->form,        &row->url,     &row->source, &row->decided_by, &row->drafted_by,
        &row->approved_by, &row->sent_by, &row->why};
    row->id = row_int(rows, 0);
    row->case_id = row_int(rows, 1);
    row->state = (enum request_state)row_int(rows, 2);
    row->case_state = (enum case_state)row_int(rows, 3);
    row->drafted_unix_ms = row_int(rows, 4);
    row->approved_unix_ms = row_int(rows, 5);
    int64_t sent = row_int(rows, 6);
    row->sent_unix_ms = sent > 0 ? sent : 0;
    row->mailing_unix_ms = sent < 0 ? -sent : 0;
    row->changed_unix_ms = row_int(rows, 7);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if ((*texts[i] = row_text(rows, 8 + (int)i, arena)) == NULL)
            return false;
    return true;
}

int request_get(struct store *store, struct arena *arena, int64_t id, struct request_row *ret_row)
{
    struct db *db = store_db(store);
    struct request_row row = {0};
    struct db_rows *rows =
        db_query(db, "SELECT " REQUEST_COLUMNS " WHERE r.id = ?1", DB_WITH(db_int(id)));
    bool found = db_next(rows), read = found && read_row(rows, arena, &row);
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!found)
        return store_say(store, ERR_NOT_FOUND, "there is no request %" PRId64, id);
    if (!read)
        return store_no_memory(store);
    *ret_row = row;
    return OK;
}

int request_list(struct store *store, struct arena *arena, const struct request_query *query,
                 struct request_row **ret_rows, size_t *ret_count)
{
    struct db *db = store_db(store);
    unsigned states = query->states != 0 ? query->states : (1u << REQUEST_STATE_COUNT) - 1;
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct request_row));
    struct db_rows *rows =
        db_query(db,
                 "SELECT " REQUEST_COLUMNS " WHERE r.id > ?1 AND ((?2 >> CAST(r.state AS INTEGER))"
                 " & 1) = 1 AND (?3 = 0 OR r.case_id = ?3)"
                 " AND (?4 = 0 OR r.state > 0 OR r.approved > 0) ORDER BY r.id LIMIT ?5",
                 DB_WITH(db_int(query->after_id), db_int(states), db_int(query->case_id),
                         db_int(query->only_approved), db_int(store_page(query->limit))));
    int rc = row_list_read(store, rows, &list, read_row);
    if (rc != OK)
        return rc;
    *ret_rows = (struct request_row *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

/* ---- changes ---- */

static int check_act(struct store *store, const struct queue_act *act)
{
    if (slice_of(act->why).len > QUEUE_NOTE_BYTES_MAX)
        return store_say(store, ERR_LIMIT, "a note may have %u bytes", QUEUE_NOTE_BYTES_MAX);
    if (act->who == NULL || act->who[0] == '\0' || slice_of(act->who).len >= 128)
        return store_say(store, ERR_SYNTAX, "say who acts: a name of 1 to 127 bytes");
    if (!utf8_is_valid(slice_of(act->who)) || !utf8_is_valid(slice_of(act->why)))
        return store_say(store, ERR_SYNTAX, "the name or the note is not UTF-8");
    return OK;
}

struct request_note {
    int64_t id, case_id;
    const char *recipient, *from, *to;
};

static int note_it(struct store *store, const struct request_note *note,
                   const struct queue_act *act)
{
    char why[AUDIT_TEXT_BYTES_MAX];
    bool more = act->why != NULL && act->why[0] != '\0';
    snprintf(why, sizeof why, "R-%" PRId64 " to %s%s%s", note->id, note->recipient,
             more ? ": " : "", more ? act->why : "");
    const struct audit_entry entry = {.at_unix_ms = act->now_unix_ms,
                                      .object_id = note->case_id,
                                      .who = act->who,
                                      .action = "request",
                                      .object = "case",
                                      .from = note->from,
                                      .to = note->to,
                                      .why = why};
    return audit_add(store, &entry);
}

static int case_confirmed(struct store *store, int64_t case_id)
{
    int64_t state = 0;
    int rc = db_number(store_db(store), &state, "SELECT state FROM cases WHERE id = ?1",
                       DB_WITH(db_int(case_id)));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "there is no case %" PRId64, case_id);
    if (rc == OK && state != CASE_CONFIRMED)
        return store_say(store, ERR_CONFLICT,
                         "case %" PRId64 " is %s: only a confirmed case is asked about", case_id,
                         case_state_name((enum case_state)state));
    return rc;
}

static int draft_inside(struct store *store, const struct request_draft *draft,
                        const struct queue_act *act, int64_t *ret_id)
{
    int64_t before = 0;
    int rc = case_confirmed(store, draft->case_id);
    if (rc != OK)
        return rc;
    rc = db_number(store_db(store), &before,
                   "SELECT id FROM requests WHERE case_id = ?1 AND recipient = ?2",
                   DB_WITH(db_int(draft->case_id), db_text(draft->recipient)));
    if (rc == OK)
        return store_say(store, ERR_CONFLICT,
                         "request R-%" PRId64 " to %s about case %" PRId64 " is there already",
                         before, draft->recipient, draft->case_id);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = db_number(store_db(store), ret_id,
                   "INSERT INTO requests (case_id, recipient, name, kind, language, address, form,"
                   " drafted, drafted_by, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8)"
                   " RETURNING id",
                   DB_WITH(db_int(draft->case_id), db_text(draft->recipient), db_text(draft->name),
                           db_text(draft->kind), db_text(draft->language), db_text(draft->address),
                           db_text(draft->form), db_int(act->now_unix_ms), db_text(act->who)));
    if (rc != OK)
        return rc;
    const struct request_note note = {*ret_id, draft->case_id, draft->recipient, "", "drafted"};
    return note_it(store, &note, act);
}

int request_draft(struct store *store, const struct request_draft *draft,
                  const struct queue_act *act, int64_t *ret_id)
{
    bool own = false;
    int64_t id = 0;
    int rc = check_act(store, act);
    if (rc != OK)
        return rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = draft_inside(store, draft, act, &id);
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_id = id;
    return rc;
}

static int approve_inside(struct store *store, const struct request_row *row, unsigned people,
                          const struct queue_act *act)
{
    bool again = row->mailing_unix_ms != 0;
    if (row->state != REQUEST_DRAFTED || (row->approved_unix_ms != 0 && !again))
        return store_say(store, ERR_CONFLICT, "request R-%" PRId64 " is %s already", row->id,
                         row->state == REQUEST_DRAFTED ? "approved"
                                                       : request_state_name(row->state));
    if (people > 1 && strcmp(row->drafted_by, act->who) == 0)
        return store_say(store, ERR_CONFLICT,
                         "%s drafted request R-%" PRId64 ": another person must approve it",
                         act->who, row->id);
    int rc = case_confirmed(store, row->case_id);
    if (rc == OK)
        rc = db_run(store_db(store),
                    "UPDATE requests SET approved = ?2, approved_by = ?3, sent = 0 WHERE id = ?1",
                    DB_WITH(db_int(row->id), db_int(act->now_unix_ms), db_text(act->who)));
    const struct request_note note = {row->id, row->case_id, row->recipient,
                                      again ? "mailing" : "drafted", "approved"};
    return rc == OK ? note_it(store, &note, act) : rc;
}

static int cut_off(struct store *store, const struct request_row *row)
{
    char at[CLOCK_RFC3339_BYTES];
    return store_say(store, ERR_CONFLICT,
                     "mailing of request R-%" PRId64 " began at %s and its end is not known: ask "
                     "whether it arrived, then note it by `lurewatch request sent %" PRId64
                     "`, or have it mailed once more by `lurewatch request approve %" PRId64 "`",
                     row->id, clock_rfc3339(row->mailing_unix_ms, at), row->id, row->id);
}

static int begin_mail_inside(struct store *store, const struct request_row *row,
                             const struct queue_act *act)
{
    int64_t id = 0;
    if (row->state != REQUEST_DRAFTED)
        return store_say(store, ERR_CONFLICT, "request R-%" PRId64 " is %s already", row->id,
                         request_state_name(row->state));
    if (row->approved_unix_ms == 0)
        return store_say(store, ERR_CONFLICT, "request R-%" PRId64 " is not approved", row->id);
    if (row->mailing_unix_ms != 0)
        return cut_off(store, row);
    int rc = case_confirmed(store, row->case_id);
    if (rc != OK)
        return rc;
    rc = db_number(store_db(store), &id,
                   "UPDATE requests SET sent = ?2 WHERE id = ?1 AND sent = 0 AND state = 0"
                   " RETURNING id",
                   DB_WITH(db_int(row->id), db_int(-act->now_unix_ms)));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, ERR_CONFLICT,
                         "request R-%" PRId64 " is being mailed by another process", row->id);
    const struct request_note note = {row->id, row->case_id, row->recipient, "approved", "mailing"};
    return rc == OK ? note_it(store, &note, act) : rc;
}

/* Only what this process began: a person may have approved it once more, and another process may mail it
 * by now. What was withdrawn meanwhile reached nobody. */
static int end_mail_inside(struct store *store, const struct request_row *row,
                           const struct queue_act *act)
{
    int64_t id = 0;
    bool waits = row->state == REQUEST_DRAFTED;
    int rc = db_number(store_db(store), &id,
                       "UPDATE requests SET sent = 0 WHERE id = ?1 AND sent = ?2 RETURNING id",
                       DB_WITH(db_int(row->id), db_int(-act->now_unix_ms)));
    const struct request_note note = {row->id, row->case_id, row->recipient, "mailing",
                                      waits ? "approved" : request_state_name(row->state)};
    return rc == OK ? note_it(store, &note, act) : rc == ERR_NOT_FOUND ? OK : rc;
}

static int change_inside(struct store *store, const struct request_row *row,
                         enum request_state state, const struct queue_act *act)
{
    const char *from = request_state_name(row->state), *to = request_state_name(state);
    bool sends = state == REQUEST_SENT;
    if (!may_follow(row->state, state))
        return store_say(store, ERR_CONFLICT, "request R-%" PRId64 " is %s and cannot become %s",
                         row->id, from, to);
    if (sends && row->approved_unix_ms == 0)
        return store_say(store, ERR_CONFLICT, "request R-%" PRId64 " is not approved", row->id);
    if (state == REQUEST_WITHDRAWN && (act->why == NULL || slice_trim(slice_of(act->why)).len == 0))
        return store_say(store, ERR_SYNTAX, "say why the request is withdrawn: the letter says it");
    int rc = sends ? case_confirmed(store, row->case_id) : OK;
    if (rc == OK)
        rc = db_run(store_db(store),
                    "UPDATE requests SET state = ?2, changed = ?3, why = ?4,"
                    " sent = CASE WHEN ?5 > 0 THEN ?3 ELSE sent END,"
                    " sent_by = CASE WHEN ?5 > 0 THEN ?6 ELSE sent_by END WHERE id = ?1",
                    DB_WITH(db_int(row->id), db_int(state), db_int(act->now_unix_ms),
                            db_text(act->why), db_int(sends), db_text(act->who)));
    const struct request_note note = {row->id, row->case_id, row->recipient,
                                      row->mailing_unix_ms != 0 ? "mailing" : from, to};
    return rc == OK ? note_it(store, &note, act) : rc;
}

/* ---- the ad is another one ---- */

static bool read_note(struct db_rows *rows, struct arena *arena, void *item)
{
    struct request_note *note = item;
    *note = (struct request_note){.id = row_int(rows, 0),
                                  .case_id = row_int(rows, 1),
                                  .recipient = row_text(rows, 2, arena),
                                  .from = "approved",
                                  .to = "drafted"};
    return note->recipient != NULL;
}

int request_ad_changed(struct store *store, int64_t case_id, const struct queue_act *act)
{
    struct arena *arena = NULL;
    struct row_list list;
    if (arena_create(1u << 20, &arena) != OK)
        return store_no_memory(store);
    row_list_init(&list, arena, sizeof(struct request_note));
    struct db_rows *rows =
        db_query(store_db(store),
                 "UPDATE requests SET approved = 0, approved_by = '' WHERE case_id = ?1"
                 " AND state = 0 AND approved > 0 AND sent = 0 RETURNING id, case_id, recipient",
                 DB_WITH(db_int(case_id)));
    int rc = row_list_read(store, rows, &list, read_note);
    const struct request_note *notes = (const struct request_note *)(const void *)list.at;
    for (size_t i = 0; rc == OK && i < list.count; i++)
        rc = note_it(store, &notes[i], act);
    arena_free(arena);
    return rc;
}

struct step {
    enum { STEP_APPROVE, STEP_BEGIN_MAIL, STEP_END_MAIL, STEP_CHANGE } kind;
    unsigned people;
    enum request_state state;
};

static int step_inside(struct store *store, const struct request_row *row, const struct step *step,
                       const struct queue_act *act)
{
    switch (step->kind) {
    case STEP_APPROVE:
        return approve_inside(store, row, step->people, act);
    case STEP_BEGIN_MAIL:
        return begin_mail_inside(store, row, act);
    case STEP_END_MAIL:
        return end_mail_inside(store, row, act);
    case STEP_CHANGE:
        break;
    }
    return change_inside(store, row, step->state, act);
}

static int take_step(struct store *store, int64_t id, const struct step *step,
                     const struct queue_act *act)
{
    struct arena *arena = NULL;
    struct request_row row;
    bool own = false;
    int rc = check_act(store, act);
    if (rc != OK)
        return rc;
    if (arena_create(1u << 20, &arena) != OK)
        return store_no_memory(store);
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = request_get(store, arena, id, &row);
    if (rc == OK)
        rc = step_inside(store, &row, step, act);
    rc = store_leave(store, own, rc);
    arena_free(arena);
    return rc;
}

int request_approve(struct store *store, int64_t id, unsigned people, const struct queue_act *act)
{
    return take_step(store, id, &(struct step){STEP_APPROVE, people, REQUEST_DRAFTED}, act);
}

int request_change(struct store *store, int64_t id, enum request_state state,
                   const struct queue_act *act)
{
    return take_step(store, id, &(struct step){STEP_CHANGE, 0, state}, act);
}

int request_begin_mail(struct store *store, int64_t id, const struct queue_act *act)
{
    return take_step(store, id, &(struct step){STEP_BEGIN_MAIL, 0, REQUEST_DRAFTED}, act);
}

int request_end_mail(struct store *store, int64_t id, const struct queue_act *act)
{
    return take_step(store, id, &(struct step){STEP_END_MAIL, 0, REQUEST_DRAFTED}, act);
}
