/* round_rows.c - rounds of a source: due, resumed, new, finished; see sweep_rows.h. */
#include "storage/store_inside.h"
#include "storage/sweep_rows.h"

struct last_round {
    int64_t id, started, finished;
};

static int read_last(struct store *store, int64_t source_id, struct last_round *ret_last)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(db,
                                    "SELECT id, started, finished FROM rounds WHERE source_id = ?1"
                                    " ORDER BY id DESC LIMIT 1",
                                    DB_WITH(db_int(source_id)));
    struct last_round last = {0, 0, 0};
    if (db_next(rows))
        last = (struct last_round){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2)};
    *ret_last = last;
    return db_end(db, rows);
}

static int count_pending(struct store *store, int64_t source_id, uint64_t *ret_pending)
{
    int64_t pending = 0;
    int rc = db_number(store_db(store), &pending,
                       "SELECT count(*) FROM urls WHERE source_id = ?1 AND state = 0",
                       DB_WITH(db_int(source_id)));
    *ret_pending = (uint64_t)pending;
    return rc;
}

/* What round_begin() would do, from the last round and the clock. */
static void judge(const struct last_round *last, int64_t every_ms, int64_t now, struct round *round)
{
    *round = (struct round){.started_unix_ms = now, .due = true};
    if (last->id == 0)
        return;
    if (last->finished == 0) {
        round->id = last->id;
        round->resumed = true;
        round->started_unix_ms = last->started;
    } else if (last->started <= now && now - last->started < every_ms) {
        round->due = false;
        round->started_unix_ms = last->started;
        round->next_due_unix_ms = last->started + every_ms;
    }
}

static int requeue(struct store *store, int64_t source_id, int64_t now)
{
    struct db *db = store_db(store);
    int rc = db_run(db,
                    "UPDATE urls SET state = 0, attempts = 0, next_try = 0 WHERE source_id = ?1"
                    " AND kind < 3 AND ((state IN (1, 2, 4) AND (depth = 0 OR refetch <= ?2))"
                    " OR (state = 3 AND depth = 0))",
                    DB_WITH(db_int(source_id), db_int(now)));
    if (rc != OK)
        return rc;
    return db_run(db,
                  "UPDATE urls SET state = 0, attempts = 0, next_try = 0 WHERE source_id = ?1"
                  " AND refetch > 0 AND refetch <= ?2 AND state <> 0",
                  DB_WITH(db_int(source_id), db_int(now)));
}

static int begin_inside(struct store *store, const char *source, int64_t every_ms, int64_t now,
                        struct round *round)
{
    struct last_round last;
    int64_t source_id = 0;
    int rc = store_source_id(store, source, &source_id);
    if (rc == OK)
        rc = read_last(store, source_id, &last);
    if (rc != OK)
        return rc;
    judge(&last, every_ms, now, round);
    if (round->due && !round->resumed) {
        rc = db_number(store_db(store), &round->id,
                       "INSERT INTO rounds (source_id, started) VALUES (?1, ?2) RETURNING id",
                       DB_WITH(db_int(source_id), db_int(now)));
        if (rc == OK)
            rc = requeue(store, source_id, now);
    }
    return rc;
}

int round_begin(struct store *store, const char *source, int64_t every_ms, int64_t now_unix_ms,
                struct round *ret_round)
{
    bool own = false;
    struct round round = {0};
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = begin_inside(store, source, every_ms, now_unix_ms, &round);
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_round = round;
    return rc;
}

int round_peek(struct store *store, const char *source, int64_t every_ms, int64_t now_unix_ms,
               struct round *ret_round)
{
    struct last_round last;
    int64_t source_id = 0;
    struct round round = {0};
    int rc = store_find_source(store, source, &source_id);
    if (rc == OK)
        rc = read_last(store, source_id, &last);
    if (rc == OK)
        rc = count_pending(store, source_id, &round.pending);
    if (rc != OK)
        return rc;
    uint64_t pending = round.pending;
    judge(&last, every_ms, now_unix_ms, &round);
    round.pending = pending;
    *ret_round = round;
    return OK;
}

int round_note(struct store *store, int64_t round_id, const struct round_tally *delta)
{
    struct db *db = store_db(store);
    int rc = db_run(
        db,
        "UPDATE rounds SET pages = pages + ?2, bytes = bytes + ?3, postings = postings + ?4,"
        " postings_new = postings_new + ?5, flagged = flagged + ?6, failed = failed + ?7,"
        " denied = denied + ?8, poisoned = poisoned + ?9 WHERE id = ?1",
        DB_WITH(db_int(round_id), db_int((int64_t)delta->pages), db_int((int64_t)delta->bytes),
                db_int((int64_t)delta->postings), db_int((int64_t)delta->postings_new),
                db_int((int64_t)delta->flagged), db_int((int64_t)delta->failed),
                db_int((int64_t)delta->denied), db_int((int64_t)delta->poisoned)));
    if (rc == OK && db_changes(db) == 0)
        return store_say(store, ERR_NOT_FOUND, "no round has the id %lld", (long long)round_id);
    return rc;
}

int round_finish(struct store *store, int64_t round_id, int64_t now_unix_ms)
{
    struct db *db = store_db(store);
    int rc = db_run(db, "UPDATE rounds SET finished = ?2 WHERE id = ?1 AND finished = 0",
                    DB_WITH(db_int(round_id), db_int(now_unix_ms)));
    if (rc == OK && db_changes(db) == 0)
        return store_say(store, ERR_NOT_FOUND, "no unfinished round has the id %lld",
                         (long long)round_id);
    return rc;
}
