/* sample_rows.c - see sample_rows.h.
 *
 * The sample is drawn by a keyless hash of source and identity (posting_in_sample), so it is uniform
 * over unflagged ads whatever they say. With m of n looked-at ads being lures, Wilson's interval of
 * m/n times the unflagged is what was missed; recall = caught / (caught + missed), its ends from the
 * ends of the interval. Cases that wait count with the precision of those decided. */
#include "storage/sample_rows.h"
#include "storage/store_inside.h"

#include <math.h>

#define Z95 1.959964

struct interval wilson(uint64_t hits, uint64_t count)
{
    if (count == 0)
        return (struct interval){0, 0, 1};
    double n = (double)count, p = (double)hits / n, z2 = Z95 * Z95;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    double low = middle - half, high = middle + half;
    return (struct interval){p, hits == 0 || low < 0 ? 0 : low,
                             hits == count || high > 1 ? 1 : high};
}

static bool read_ad(struct db_rows *rows, struct arena *arena, void *item)
{
    struct sampled_ad *ad = item;
    *ad = (struct sampled_ad){.posting_id = row_int(rows, 0),
                              .source = row_text(rows, 1, arena),
                              .url = row_text(rows, 2, arena),
                              .title = row_text(rows, 3, arena),
                              .text = row_text(rows, 4, arena),
                              .band = (enum band)row_int(rows, 5),
                              .logit_tenths = (int32_t)row_int(rows, 6),
                              .seen_unix_ms = row_int(rows, 7)};
    return ad->source != NULL && ad->url != NULL && ad->title != NULL && ad->text != NULL;
}

int sample_list(struct store *store, struct arena *arena, uint32_t limit,
                struct sampled_ad **ret_rows, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct sampled_ad));
    struct db_rows *rows = db_query(
        db,
        "SELECT p.id, s.name, p.url, coalesce(v.title, ''), coalesce(v.text, ''), v.band, v.logit,"
        " p.last_seen FROM postings p JOIN sources s ON s.id = p.source_id"
        " JOIN versions v ON v.id = p.version_id WHERE p.sampled = 1 AND p.band < 2"
        " AND v.verdict IS NOT NULL AND NOT EXISTS (SELECT 1 FROM checks k"
        " WHERE k.posting_id = p.id) ORDER BY p.id LIMIT ?1",
        DB_WITH(db_int(store_page(limit))));
    rc = row_list_read(store, rows, &list, read_ad);
    if (rc != OK)
        return rc;
    *ret_rows = (struct sampled_ad *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

static int mark_inside(struct store *store, int64_t posting_id, bool lure,
                       const struct queue_act *act)
{
    struct db *db = store_db(store);
    int64_t sampled = 0;
    int rc = db_number(db, &sampled, "SELECT sampled FROM postings WHERE id = ?1 AND band < 2",
                       DB_WITH(db_int(posting_id)));
    if (rc == ERR_NOT_FOUND || (rc == OK && sampled == 0))
        return store_say(store, ERR_NOT_FOUND, "ad %lld is not in the sample of unflagged ads",
                         (long long)posting_id);
    if (rc == OK)
        rc =
            db_run(db,
                   "INSERT INTO checks (posting_id, at, who, lure, why) VALUES (?1, ?2, ?3, ?4, ?5)"
                   " ON CONFLICT (posting_id) DO NOTHING",
                   DB_WITH(db_int(posting_id), db_int(act->now_unix_ms), db_text(act->who),
                           db_int(lure), db_text(act->why)));
    if (rc == OK && db_changes(db) == 0)
        return store_say(store, ERR_CONFLICT, "ad %lld was looked at already",
                         (long long)posting_id);
    if (rc != OK)
        return rc;
    return audit_add(store, &(struct audit_entry){.at_unix_ms = act->now_unix_ms,
                                                  .who = act->who,
                                                  .action = "check",
                                                  .object = "ad",
                                                  .object_id = posting_id,
                                                  .to = lure ? "lure" : "honest",
                                                  .why = act->why});
}

int sample_mark(struct store *store, int64_t posting_id, bool lure, const struct queue_act *act)
{
    bool own = false;
    if (act->who == NULL || act->who[0] == '\0')
        return store_say(store, ERR_SYNTAX, "say who looked: a name of 1 to 127 bytes");
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = mark_inside(store, posting_id, lure, act);
    return store_leave(store, own, rc);
}

static void recall_of(struct recall_estimate *estimate)
{
    double waiting = (double)estimate->waiting;
    double caught = (double)estimate->confirmed + waiting * estimate->precision.share;
    double all = (double)estimate->unflagged;
    double missed = all * estimate->missed.share, most = all * estimate->missed.high,
           least = all * estimate->missed.low;
    estimate->recall = (struct interval){caught + missed > 0 ? caught / (caught + missed) : 0,
                                         caught + most > 0 ? caught / (caught + most) : 0,
                                         caught + least > 0 ? caught / (caught + least) : 1};
}

int sample_estimate(struct store *store, struct recall_estimate *ret_estimate)
{
    struct db *db = store_db(store);
    struct recall_estimate estimate = {0};
    struct db_rows *rows = db_query(
        db,
        "SELECT (SELECT count(*) FROM checks), (SELECT count(*) FROM checks WHERE lure = 1),"
        " (SELECT count(*) FROM postings WHERE band < 2),"
        " (SELECT count(*) FROM cases WHERE state = 2),"
        " (SELECT count(*) FROM cases WHERE state = 3),"
        " (SELECT count(*) FROM cases WHERE state < 2 OR state = 4)",
        DB_NONE);
    if (db_next(rows)) {
        uint64_t *const counts[] = {&estimate.looked_at, &estimate.lures,     &estimate.unflagged,
                                    &estimate.confirmed, &estimate.dismissed, &estimate.waiting};
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
            *counts[i] = (uint64_t)row_int(rows, (int)i);
    }
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    estimate.missed = wilson(estimate.lures, estimate.looked_at);
    estimate.precision = wilson(estimate.confirmed, estimate.confirmed + estimate.dismissed);
    recall_of(&estimate);
    *ret_estimate = estimate;
    return OK;
}

int queue_precision_from(struct store *store, int32_t logit_tenths_min,
                         struct interval *ret_precision, uint64_t *ret_decided)
{
    struct db *db = store_db(store);
    uint64_t confirmed = 0, decided = 0;
    struct db_rows *rows =
        db_query(db,
                 "SELECT coalesce(sum(CASE WHEN state = 2 THEN 1 ELSE 0 END), 0), count(*)"
                 " FROM cases WHERE decided > 0 AND state IN (2, 3) AND logit >= ?1",
                 DB_WITH(db_int(logit_tenths_min)));
    if (db_next(rows)) {
        confirmed = (uint64_t)row_int(rows, 0);
        decided = (uint64_t)row_int(rows, 1);
    }
    int rc = db_end(db, rows);
    *ret_precision = wilson(confirmed, decided);
    *ret_decided = decided;
    return rc;
}
