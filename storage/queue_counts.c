/* queue_counts.c - see queue_counts.h. */
#include "storage/queue_counts.h"

#include "storage/queue_inside.h"
#include "storage/store_inside.h"

#define DAY_MS (24LL * 3600 * 1000)

static int count_open(struct store *store, struct queue_stats *stats)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(
        db, "SELECT band, task, count(*) FROM cases WHERE state < 2 GROUP BY band, task", DB_NONE);
    while (db_next(rows)) {
        int64_t band = row_int(rows, 0);
        uint64_t count = (uint64_t)row_int(rows, 2);
        enum task task = TASK_NONE;
        if (band >= 0 && band < BAND_COUNT)
            stats->open_by_band[band] += count;
        if (task_from_name(row_slice(rows, 1), &task))
            stats->open_by_task[task] += count;
    }
    return db_end(db, rows);
}

static int count_states(struct store *store, int64_t now, struct queue_stats *stats)
{
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT " STATE_NOW ", count(*), sum(CASE WHEN c.decided > ?2 THEN 1 ELSE 0 END),"
                 " sum(CASE WHEN c.decided > ?3 THEN 1 ELSE 0 END), min(c.created)"
                 " FROM cases c GROUP BY 1",
                 DB_WITH(db_int(now), db_int(now - DAY_MS), db_int(now - 7 * DAY_MS)));
    while (db_next(rows)) {
        int64_t state = row_int(rows, 0);
        if (state < 0 || state >= CASE_STATE_COUNT)
            continue;
        stats->by_state[state] = (uint64_t)row_int(rows, 1);
        stats->decided_day += (uint64_t)row_int(rows, 2);
        stats->decided_week += (uint64_t)row_int(rows, 3);
        if (state == CASE_NEW)
            stats->oldest_new_unix_ms = row_int(rows, 4);
    }
    return db_end(db, rows);
}

static int32_t precision_of(uint64_t confirmed, uint64_t dismissed)
{
    uint64_t judged = confirmed + dismissed;
    return judged > 0 ? (int32_t)(confirmed * 1000 / judged) : -1;
}

int queue_day(struct store *store, int64_t now_unix_ms, struct queue_day *ret_day)
{
    struct db *db = store_db(store);
    int64_t open = 0, decided = 0, confirmed = 0, dismissed = 0;
    int rc = db_number(db, &open,
                       "SELECT count(*) FROM (SELECT id FROM cases WHERE state < 2 LIMIT ?1) AS o",
                       DB_WITH(db_int(QUEUE_DAY_OPEN_MAX + 1)));
    if (rc == OK)
        rc =
            db_number(db, &decided, "SELECT count(*) FROM cases WHERE decided > 0 AND decided > ?1",
                      DB_WITH(db_int(now_unix_ms - DAY_MS)));
    if (rc == OK)
        rc = db_number(db, &confirmed, "SELECT count(*) FROM cases WHERE state >= 2 AND state = 2",
                       DB_NONE);
    if (rc == OK)
        rc = db_number(db, &dismissed, "SELECT count(*) FROM cases WHERE state >= 2 AND state = 3",
                       DB_NONE);
    if (rc == OK)
        *ret_day = (struct queue_day){(uint64_t)open, (uint64_t)decided,
                                      precision_of((uint64_t)confirmed, (uint64_t)dismissed)};
    return rc;
}

int queue_stats(struct store *store, int64_t now_unix_ms, struct queue_stats *ret_stats)
{
    struct queue_stats stats = {.precision_per_mille = -1};
    int rc = count_states(store, now_unix_ms, &stats);
    if (rc == OK)
        rc = count_open(store, &stats);
    if (rc != OK)
        return rc;
    stats.precision_per_mille =
        precision_of(stats.by_state[CASE_CONFIRMED], stats.by_state[CASE_DISMISSED]);
    *ret_stats = stats;
    return OK;
}
