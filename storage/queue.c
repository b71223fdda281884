/* queue.c - the states of a case and who may change them; see queue.h.
 *
 * Every change goes through go(): it holds the table of what may follow what, writes the row, and
 * adds the audit row. Reading is queue_list.c. */
#include "common/utf8.h"
#include "storage/case_words.h"
#include "storage/employer_rows.h"
#include "storage/queue_inside.h"
#include "storage/request_rows.h"
#include "storage/store_inside.h"
#include "storage/tally.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *case_state_name(enum case_state state)
{
    static const char *const names[CASE_STATE_COUNT] = {"new", "claimed", "confirmed", "dismissed",
                                                        "unsure"};
    return state < CASE_STATE_COUNT ? names[state] : "unknown";
}

bool case_state_from_name(struct slice name, enum case_state *ret_state)
{
    for (unsigned state = 0; state < CASE_STATE_COUNT; state++)
        if (slice_is(name, case_state_name((enum case_state)state))) {
            *ret_state = (enum case_state)state;
            return true;
        }
    return false;
}

/* ---- the one door ---- */

struct case_now {
    int64_t id;
    enum case_state state; /* a lease that is over reads new */
    enum band band, band_decided;
    int64_t version_id;
    int32_t logit_tenths;
    char claimed_by[128];
    bool exported;
};

static const bool may_go[CASE_STATE_COUNT][CASE_STATE_COUNT] = {
    [CASE_NEW] = {[CASE_CLAIMED] = true,
                  [CASE_CONFIRMED] = true,
                  [CASE_DISMISSED] = true,
                  [CASE_UNSURE] = true},
    [CASE_CLAIMED] = {[CASE_NEW] = true,
                      [CASE_CLAIMED] = true,
                      [CASE_CONFIRMED] = true,
                      [CASE_DISMISSED] = true,
                      [CASE_UNSURE] = true},
    [CASE_CONFIRMED] = {[CASE_NEW] = true},
    [CASE_DISMISSED] = {[CASE_NEW] = true},
    [CASE_UNSURE] = {[CASE_NEW] = true},
};

struct change {
    enum case_state to;
    const char *action;
    int64_t lease_ends_unix_ms;
};

static bool is_decided(enum case_state state)
{
    return state == CASE_CONFIRMED || state == CASE_DISMISSED || state == CASE_UNSURE;
}

static int note_it(struct store *store, int64_t case_id, const char *const words[3],
                   const struct queue_act *act)
{
    const struct audit_entry entry = {.at_unix_ms = act->now_unix_ms,
                                      .object_id = case_id,
                                      .who = act->who,
                                      .action = words[0],
                                      .object = "case",
                                      .from = words[1],
                                      .to = words[2],
                                      .why = act->why};
    return audit_add(store, &entry);
}

static int go(struct store *store, const struct case_now *now, const struct change *change,
              const struct queue_act *act)
{
    assert(may_go[now->state][change->to]);
    bool claims = change->to == CASE_CLAIMED, decides = is_decided(change->to);
    int rc = db_run(
        store_db(store),
        "UPDATE cases SET state = ?2, updated = ?3, claimed_by = ?4, lease_ends = ?5,"
        " decided_by = ?6, decided = ?7, note = ?8, band_decided = ?9,"
        " first_by = CASE WHEN ?10 = 1 THEN '' ELSE first_by END WHERE id = ?1",
        DB_WITH(db_int(now->id), db_int(change->to), db_int(act->now_unix_ms),
                db_text(claims ? act->who : ""), db_int(claims ? change->lease_ends_unix_ms : 0),
                db_text(decides ? act->who : ""), db_int(decides ? act->now_unix_ms : 0),
                db_text(decides ? act->why : ""), db_int(decides ? (int64_t)now->band : 0),
                db_int(is_decided(now->state))));
    if (rc == OK && (decides || is_decided(now->state)))
        rc = tally_put_case(store, now->id);
    if (rc != OK)
        return rc;
    char from[48];
    snprintf(from, sizeof from, "%s%s", case_state_name(now->state),
             is_decided(now->state) && now->exported ? ", exported" : "");
    const char *const words[3] = {change->action, from, case_state_name(change->to)};
    return note_it(store, now->id, words, act);
}

/* ---- one case, to be changed ---- */

static void read_now(struct db_rows *rows, int64_t now_unix_ms, struct case_now *ret_now)
{
    struct slice by = row_slice(rows, 5);
    int64_t state = row_int(rows, 1);
    *ret_now = (struct case_now){.id = row_int(rows, 0),
                                 .state = (enum case_state)state,
                                 .band = (enum band)row_int(rows, 2),
                                 .band_decided = (enum band)row_int(rows, 3),
                                 .version_id = row_int(rows, 4),
                                 .logit_tenths = (int32_t)row_int(rows, 7),
                                 .exported = row_int(rows, 8) > 0};
    snprintf(ret_now->claimed_by, sizeof ret_now->claimed_by, "%.*s", (int)by.len, by.at);
    if (state == CASE_CLAIMED && row_int(rows, 6) <= now_unix_ms)
        ret_now->state = CASE_NEW;
}

#define NOW_COLUMNS                                                                                \
    "id, state, band, band_decided, version_id, claimed_by, lease_ends, logit, exported FROM "     \
    "cases"

/* Ends rows. ERR_NOT_FOUND: there is none. */
static int take_now(struct store *store, struct db_rows *rows, int64_t now_unix_ms,
                    struct case_now *ret_now)
{
    bool found = db_next(rows);
    if (found)
        read_now(rows, now_unix_ms, ret_now);
    int rc = db_end(store_db(store), rows);
    return rc == OK && !found ? ERR_NOT_FOUND : rc;
}

static int load_now(struct store *store, int64_t case_id, int64_t now_unix_ms,
                    struct case_now *ret_now)
{
    struct db_rows *rows =
        db_query(store_db(store), "SELECT " NOW_COLUMNS " WHERE id = ?1", DB_WITH(db_int(case_id)));
    int rc = take_now(store, rows, now_unix_ms, ret_now);
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "there is no case %lld", (long long)case_id);
    return rc;
}

static int load_by_posting(struct store *store, int64_t posting_id, int64_t now_unix_ms,
                           struct case_now *ret_now)
{
    struct db_rows *rows = db_query(store_db(store), "SELECT " NOW_COLUMNS " WHERE posting_id = ?1",
                                    DB_WITH(db_int(posting_id)));
    return take_now(store, rows, now_unix_ms, ret_now);
}

/* ---- from an ad ---- */

static const char program[] = "lurewatch";

/* The case's place in the queue, and the checked employer that it is for. */
struct rank {
    int64_t employer_id;
    int32_t logit_tenths;
};

static int open_case(struct store *store, const struct case_put *put, const struct rank *rank,
                     int64_t *ret_case_id)
{
    const struct verdict *verdict = put->verdict;
    const struct queue_act act = {program, band_name(verdict->band), put->now_unix_ms};
    static const char *const words[3] = {"open", "", "new"};
    int rc =
        db_number(store_db(store), ret_case_id,
                  "INSERT INTO cases (posting_id, version_id, source_id, band, logit, task,"
                  " language, created, updated, employer_id)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)"
                  " RETURNING id",
                  DB_WITH(db_int(put->posting_id), db_int(put->version_id), db_int(put->source_id),
                          db_int(verdict->band), db_int(rank->logit_tenths),
                          db_text(task_name(verdict->task)), db_slice(verdict->language),
                          db_int(put->now_unix_ms), db_int(rank->employer_id)));
    if (rc == OK)
        rc = case_words_put(store, *ret_case_id);
    return rc == OK ? note_it(store, *ret_case_id, words, &act) : rc;
}

/* Who decided first of two has not read another version: two people decide anew. */
static int update_case(struct store *store, const struct case_put *put, const struct rank *rank,
                       const struct case_now *now)
{
    const struct verdict *verdict = put->verdict;
    const struct queue_act act = {
        program, now->version_id != put->version_id ? "another version of the ad" : "judged anew",
        put->now_unix_ms};
    const char *const words[3] = {"update", band_name(now->band), band_name(verdict->band)};
    int rc = db_run(store_db(store),
                    "UPDATE cases SET version_id = ?2, band = ?3, logit = ?4, task = ?5,"
                    " language = ?6, updated = ?7, employer_id = ?8, first_by = CASE WHEN"
                    " version_id <> ?2 AND state < 2 THEN '' ELSE first_by END WHERE id = ?1",
                    DB_WITH(db_int(now->id), db_int(put->version_id), db_int(verdict->band),
                            db_int(rank->logit_tenths), db_text(task_name(verdict->task)),
                            db_slice(verdict->language), db_int(put->now_unix_ms),
                            db_int(rank->employer_id)));
    if (rc == OK && now->version_id != put->version_id)
        rc = case_words_put(store, now->id);
    if (rc == OK)
        rc = note_it(store, now->id, words, &act);
    return rc == OK ? request_ad_changed(store, now->id, &act) : rc;
}

int case_put(struct store *store, const struct case_put *put, struct case_change *ret_change)
{
    const struct verdict *verdict = put->verdict;
    struct case_now now;
    struct rank rank;
    int rc = employer_rank(store, put->version_id, verdict, put->now_unix_ms, &rank.employer_id,
                           &rank.logit_tenths);
    if (rc == OK)
        rc = load_by_posting(store, put->posting_id, put->now_unix_ms, &now);
    if (rc == ERR_NOT_FOUND) {
        ret_change->is_new = ret_change->is_changed = true;
        return open_case(store, put, &rank, &ret_change->case_id);
    }
    if (rc != OK)
        return rc;
    ret_change->case_id = now.id;
    if (now.version_id == put->version_id && now.band == verdict->band &&
        now.logit_tenths == rank.logit_tenths)
        return OK;
    ret_change->is_changed = true;
    rc = update_case(store, put, &rank, &now);
    if (rc != OK || !is_decided(now.state) || verdict->band <= now.band_decided)
        return rc;
    const struct queue_act act = {program, "a higher band than the one decided on",
                                  put->now_unix_ms};
    ret_change->reopened = true;
    return go(store, &now, &(struct change){CASE_NEW, "reopen", 0}, &act);
}

/* ---- from people ---- */

static int check_act(struct store *store, const struct queue_act *act)
{
    if (slice_of(act->why).len > QUEUE_NOTE_BYTES_MAX)
        return store_say(store, ERR_LIMIT, "a note may have %u bytes", QUEUE_NOTE_BYTES_MAX);
    if (act->who == NULL || act->who[0] == '\0' || slice_of(act->who).len >= 128)
        return store_say(store, ERR_SYNTAX, "say who decides: a name of 1 to 127 bytes");
    if (!utf8_is_valid(slice_of(act->who)) || !utf8_is_valid(slice_of(act->why)))
        return store_say(store, ERR_SYNTAX, "the name or the note is not UTF-8");
    return OK;
}

static bool is_anothers(const struct case_now *now, const char *who)
{
    return now->state == CASE_CLAIMED && strcmp(now->claimed_by, who) != 0;
}

static int say_anothers(struct store *store, const struct case_now *now)
{
    return store_say(store, ERR_CONFLICT, "case %lld is claimed by %s", (long long)now->id,
                     now->claimed_by);
}

static int say_decided(struct store *store, const struct case_now *now)
{
    return store_say(store, ERR_CONFLICT, "case %lld is %s already: undo that first",
                     (long long)now->id, case_state_name(now->state));
}

static int pick_next(struct store *store, int64_t now_unix_ms, int64_t *ret_case_id)
{
    int rc = db_number(store_db(store), ret_case_id,
                       "SELECT id FROM cases WHERE state < 2 AND (state = 0 OR lease_ends <= ?1)"
                       " ORDER BY logit DESC, id LIMIT 1",
                       DB_WITH(db_int(now_unix_ms)));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "no case waits: all are claimed or decided");
    return rc;
}

static int claim_inside(struct store *store, int64_t *case_id, const struct queue_act *act,
                        int64_t lease_ms)
{
    struct case_now now;
    int rc = *case_id == 0 ? pick_next(store, act->now_unix_ms, case_id) : OK;
    if (rc == OK)
        rc = load_now(store, *case_id, act->now_unix_ms, &now);
    if (rc != OK)
        return rc;
    if (is_anothers(&now, act->who))
        return say_anothers(store, &now);
    if (is_decided(now.state))
        return say_decided(store, &now);
    const struct change change = {CASE_CLAIMED, "claim", act->now_unix_ms + lease_ms};
    return go(store, &now, &change, act);
}

int queue_claim(struct store *store, int64_t case_id, const struct queue_act *act, int64_t lease_ms,
                int64_t *ret_case_id)
{
    bool own = false;
    int rc = check_act(store, act);
    if (rc != OK)
        return rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = claim_inside(store, &case_id, act, lease_ms);
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_case_id = case_id;
    return rc;
}

/* What the calls below share: check, load, let `may` judge, go. */
struct step {
    enum case_state to;
    const char *action;
    int (*may)(struct store *store, const struct case_now *now, const struct queue_act *act);
};

static int take_step(struct store *store, int64_t case_id, const struct step *step,
                     const struct queue_act *act)
{
    bool own = false;
    struct case_now now;
    int rc = check_act(store, act);
    if (rc != OK)
        return rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = load_now(store, case_id, act->now_unix_ms, &now);
    if (rc == OK)
        rc = step->may(store, &now, act);
    if (rc == OK)
        rc = go(store, &now, &(struct change){step->to, step->action, 0}, act);
    return store_leave(store, own, rc);
}

static int may_release(struct store *store, const struct case_now *now, const struct queue_act *act)
{
    if (now->state == CASE_CLAIMED && !is_anothers(now, act->who))
        return OK;
    return store_say(store, ERR_CONFLICT, "case %lld is not claimed by %s", (long long)now->id,
                     act->who);
}

int queue_release(struct store *store, int64_t case_id, const struct queue_act *act)
{
    return take_step(store, case_id, &(struct step){CASE_NEW, "release", may_release}, act);
}

static int may_decide(struct store *store, const struct case_now *now, const struct queue_act *act)
{
    if (is_anothers(now, act->who))
        return say_anothers(store, now);
    return is_decided(now->state) ? say_decided(store, now) : OK;
}

static int decide_inside(struct store *store, int64_t case_id, enum case_state decision,
                         const struct queue_act *act)
{
    struct second_asked asked = {.decision = decision, .why = ""};
    struct queue_act both = *act;
    struct case_now now;
    int rc = load_now(store, case_id, act->now_unix_ms, &now);
    if (rc == OK)
        rc = may_decide(store, &now, act);
    if (rc == OK)
        rc = second_ask(store, case_id, act, &asked);
    if (rc != OK || asked.waits)
        return rc;
    if (asked.why[0] != '\0')
        both.why = asked.why;
    return go(store, &now, &(struct change){asked.decision, "decide", 0}, &both);
}

int queue_decide(struct store *store, int64_t case_id, enum case_state decision,
                 const struct queue_act *act)
{
    bool own = false;
    if (!is_decided(decision))
        return store_say(store, ERR_SYNTAX, "%s is no decision: confirmed, dismissed or unsure",
                         case_state_name(decision));
    int rc = check_act(store, act);
    if (rc != OK)
        return rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = decide_inside(store, case_id, decision, act);
    return store_leave(store, own, rc);
}

static int may_undo(struct store *store, const struct case_now *now, const struct queue_act *act)
{
    (void)act;
    if (is_decided(now->state))
        return OK;
    return store_say(store, ERR_CONFLICT, "case %lld is not decided: there is nothing to undo",
                     (long long)now->id);
}

/* One's own first decision of two, while it waits; ERR_NOT_FOUND: there is none. */
static int undo_first(struct store *store, int64_t case_id, const struct queue_act *act)
{
    static const char *const words[3] = {"undo", "first", "new"};
    int rc = db_run(store_db(store),
                    "UPDATE cases SET first_by = '', updated = ?3"
                    " WHERE id = ?1 AND state < 2 AND first_by = ?2",
                    DB_WITH(db_int(case_id), db_text(act->who), db_int(act->now_unix_ms)));
    if (rc == OK && db_changes(store_db(store)) == 0)
        return ERR_NOT_FOUND;
    return rc == OK ? note_it(store, case_id, words, act) : rc;
}

int queue_undo(struct store *store, int64_t case_id, const struct queue_act *act)
{
    bool own = false;
    int rc = check_act(store, act);
    if (rc == OK)
        rc = store_enter(store, &own);
    if (rc != OK)
        return rc;
    rc = undo_first(store, case_id, act);
    if (rc == ERR_NOT_FOUND)
        rc = take_step(store, case_id, &(struct step){CASE_NEW, "undo", may_undo}, act);
    return store_leave(store, own, rc);
}

/* A row in the history that changes no state. */
static int note_only(struct store *store, int64_t case_id, const char *action,
                     const struct queue_act *act)
{
    bool own = false;
    struct case_now now;
    int rc = check_act(store, act);
    if (rc != OK)
        return rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = load_now(store, case_id, act->now_unix_ms, &now);
    if (rc == OK) {
        const char *const words[3] = {action, "", ""};
        rc = note_it(store, case_id, words, act);
    }
    return store_leave(store, own, rc);
}

int queue_note(struct store *store, int64_t case_id, const struct queue_act *act)
{
    if (slice_trim(slice_of(act->why)).len == 0)
        return store_say(store, ERR_SYNTAX, "the note is empty");
    return note_only(store, case_id, "note", act);
}

int queue_exported(struct store *store, int64_t case_id, const struct queue_act *act)
{
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = note_only(store, case_id, "export", act);
    if (rc == OK)
        rc = db_run(store_db(store), "UPDATE cases SET exported = ?2 WHERE id = ?1",
                    DB_WITH(db_int(case_id), db_int(act->now_unix_ms)));
    return store_leave(store, own, rc);
}
