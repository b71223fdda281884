/* report_rows.c - see report_rows.h. Of a span's whole months the sums by month are read, of the days
 * before and behind them those by day. */
#include "storage/report_rows.h"
#include "storage/store_inside.h"

#include <string.h>

#define SPAN_VALUES(span) DB_WITH(db_int((span)->since_unix_ms), db_int((span)->until_unix_ms))

/* A copy or a migration that was cut short left ads out of the sums. */
static int all_are_counted(struct store *store)
{
    int64_t one = 0;
    int rc = db_number(store_db(store), &one, "SELECT id FROM postings WHERE tallied = 0 LIMIT 1",
                       DB_NONE);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    return store_say(store, ERR_VERSION,
                     "%s: its ads are not all counted for the report yet: run lurewatch db migrate",
                     store_path(store));
}

#define PARTS_MAX 3

/* Periods of tally, first and last, that make up the span; gives how many parts. */
static size_t parts_of(const struct report_span *span, int64_t parts[PARTS_MAX][2])
{
    int64_t first = span->since_unix_ms / TALLY_DAY_MS, end = span->until_unix_ms / TALLY_DAY_MS;
    int64_t months = tally_month_begins(first), months_end = tally_month_begins(end);
    size_t count = 0;
    if (months < first)
        months = tally_month_begins(months + 31);
    if (months >= months_end)
        months = months_end = end;
    if (first < months)
        memcpy(parts[count++], (int64_t[2]){first, months - 1}, sizeof parts[0]);
    if (months < months_end)
        memcpy(parts[count++], (int64_t[2]){tally_month(months), tally_month(months_end - 1)},
               sizeof parts[0]);
    if (months_end < end)
        memcpy(parts[count++], (int64_t[2]){months_end, end - 1}, sizeof parts[0]);
    return count;
}

static int each_count(struct store *store, const int64_t part[2], tally_count_fn *each, void *ctx)
{
    struct db *db = store_db(store);
    int rc = OK;
    struct db_rows *rows = db_query(db,
                                    "SELECT period, by_what, name, counted_as, ads FROM tally"
                                    " WHERE period BETWEEN ?1 AND ?2 AND ads > 0",
                                    DB_WITH(db_int(part[0]), db_int(part[1])));
    while (rc == OK && db_next(rows)) {
        int64_t period = row_int(rows, 0);
        const struct tally_count row = {.month =
                                            period < TALLY_MONTH_MIN ? tally_month(period) : period,
                                        .by = (enum tally_by)row_int(rows, 1),
                                        .name = row_slice(rows, 2),
                                        .as = (enum tally_as)row_int(rows, 3),
                                        .ads = (uint64_t)row_int(rows, 4)};
        rc = each(ctx, &row);
    }
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

int report_each_count(struct store *store, const struct report_span *span, tally_count_fn *each,
                      void *ctx)
{
    int64_t parts[PARTS_MAX][2];
    size_t count = parts_of(span, parts);
    int rc = all_are_counted(store);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = each_count(store, parts[i], each, ctx);
    return rc;
}

static int each_pay(struct store *store, const int64_t part[2], pay_count_fn *each, void *ctx)
{
    struct db *db = store_db(store);
    int rc = OK;
    struct db_rows *rows = db_query(db,
                                    "SELECT what, task, value, ads FROM tally_pay"
                                    " WHERE period BETWEEN ?1 AND ?2 AND ads > 0",
                                    DB_WITH(db_int(part[0]), db_int(part[1])));
    while (rc == OK && db_next(rows)) {
        const struct pay_count row = {.what = (enum tally_pay)row_int(rows, 0),
                                      .task = row_slice(rows, 1),
                                      .value = row_int(rows, 2),
                                      .ads = (uint64_t)row_int(rows, 3)};
        rc = each(ctx, &row);
    }
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

int report_each_pay(struct store *store, const struct report_span *span, pay_count_fn *each,
                    void *ctx)
{
    int64_t parts[PARTS_MAX][2];
    size_t count = parts_of(span, parts);
    int rc = OK;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = each_pay(store, parts[i], each, ctx);
    return rc;
}

int report_checks(struct store *store, const struct report_span *span,
                  struct chance_check *ret_check)
{
    struct db *db = store_db(store);
    struct chance_check check = {0, 0};
    struct db_rows *rows =
        db_query(db,
                 "SELECT count(*), coalesce(sum(CASE WHEN x.lure = 1 THEN 1 ELSE 0 END), 0)"
                 " FROM checks x JOIN postings p ON p.id = +x.posting_id"
                 " WHERE p.first_seen >= ?1 AND p.first_seen < ?2",
                 SPAN_VALUES(span));
    if (db_next(rows)) {
        check.looked_at = (uint64_t)row_int(rows, 0);
        check.lures = (uint64_t)row_int(rows, 1);
    }
    int rc = db_end(db, rows);
    if (rc == OK)
        *ret_check = check;
    return rc;
}
