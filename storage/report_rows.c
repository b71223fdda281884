/* report_rows.c - see report_rows.h. Each walk is one query; rows are counted, never kept. */
#include "storage/report_rows.h"
#include "storage/store_inside.h"

#define SPAN_VALUES(span) DB_WITH(db_int((span)->since_unix_ms), db_int((span)->until_unix_ms))

int report_each_seen(struct store *store, const struct report_span *span, seen_count_fn *each,
                     void *ctx)
{
    struct db *db = store_db(store);
    int rc = OK;
    struct db_rows *rows = db_query(
        db,
        "SELECT g.day, s.name, g.language, g.task, g.ads FROM (SELECT p.first_seen / 86400000 AS "
        "day,"
        " p.source_id, v.language, v.task, count(*) AS ads FROM postings p"
        " JOIN versions v ON v.id = p.version_id WHERE p.first_seen >= ?1 AND p.first_seen < ?2"
        " GROUP BY p.first_seen / 86400000, p.source_id, v.language, v.task) g"
        " JOIN sources s ON s.id = g.source_id ORDER BY g.day, s.name, g.language, g.task",
        SPAN_VALUES(span));
    while (rc == OK && db_next(rows)) {
        const struct seen_count row = {row_int(rows, 0), row_slice(rows, 1), row_slice(rows, 2),
                                       row_slice(rows, 3), (uint64_t)row_int(rows, 4)};
        rc = each(ctx, &row);
    }
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

int report_each_case(struct store *store, const struct report_span *span, case_count_fn *each,
                     void *ctx)
{
    struct db *db = store_db(store);
    int rc = OK;
    struct db_rows *rows =
        db_query(db,
                 "SELECT p.first_seen, c.state, s.name, c.language, c.task, v.usd_min, v.usd_max,"
                 " coalesce(v.verdict, ''), coalesce(k.first_gone, 0) FROM cases c"
                 " JOIN postings p ON p.id = c.posting_id JOIN versions v ON v.id = c.version_id"
                 " JOIN sources s ON s.id = c.source_id LEFT JOIN rechecks k ON k.posting_id = p.id"
                 " WHERE p.first_seen >= ?1 AND p.first_seen < ?2 ORDER BY p.first_seen, c.id",
                 SPAN_VALUES(span));
    while (rc == OK && db_next(rows)) {
        const struct case_count row = {.first_seen_unix_ms = row_int(rows, 0),
                                       .state = (enum case_state)row_int(rows, 1),
                                       .source = row_slice(rows, 2),
                                       .language = row_slice(rows, 3),
                                       .task = row_slice(rows, 4),
                                       .usd_month_cents_min = row_int(rows, 5),
                                       .usd_month_cents_max = row_int(rows, 6),
                                       .verdict = row_slice(rows, 7),
                                       .removed = row_int(rows, 8) > 0};
        rc = each(ctx, &row);
    }
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

int report_checks(struct store *store, const struct report_span *span,
                  struct chance_check *ret_check)
{
    struct db *db = store_db(store);
    struct chance_check check = {0, 0, 0};
    struct db_rows *rows =
        db_query(db,
                 "SELECT count(*), coalesce(sum(CASE WHEN x.lure = 1 THEN 1 ELSE 0 END), 0)"
                 " FROM checks x JOIN postings p ON p.id = x.posting_id"
                 " WHERE p.first_seen >= ?1 AND p.first_seen < ?2",
                 SPAN_VALUES(span));
    if (db_next(rows)) {
        check.looked_at = (uint64_t)row_int(rows, 0);
        check.lures = (uint64_t)row_int(rows, 1);
    }
    int rc = db_end(db, rows);
    int64_t unflagged = 0;
    if (rc == OK)
        rc = db_number(db, &unflagged,
                       "SELECT count(*) FROM postings WHERE band < 2 AND first_seen >= ?1"
                       " AND first_seen < ?2",
                       SPAN_VALUES(span));
    check.unflagged = (uint64_t)unflagged;
    if (rc == OK)
        *ret_check = check;
    return rc;
}
