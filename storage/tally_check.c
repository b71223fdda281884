/* tally_check.c - see tally_check.h. Cost: one walk over all ads for their marks, one over the sums, and
 * some statements for each of the newest ads. */
#include "storage/tally_check.h"
#include "storage/store_inside.h"

#define ARENA_BYTES (32u << 20)

/* What ads are marked to count as, in groups: far fewer than the ads. Sums are of the days. */
#define SUMS_SQL                                                                                   \
    "WITH marked AS MATERIALIZED (SELECT first_seen / 86400000 AS day, source_id, seen_as,"        \
    " seen_task, seen_language, case_as, case_task, case_language, case_place, count(*) AS ads"    \
    " FROM postings GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9), wanted AS ("                              \
    " SELECT day, 0 AS by_what, '' AS name, seen_as AS counted_as, ads FROM marked"                \
    " UNION ALL SELECT day, 1, s.name, seen_as, ads FROM marked"                                   \
    " JOIN sources s ON s.id = source_id"                                                          \
    " UNION ALL SELECT day, 3, seen_task, seen_as, ads FROM marked"                                \
    " UNION ALL SELECT day, 4, seen_language, seen_as, ads FROM marked"                            \
    " UNION ALL SELECT day, 0, '', case_as, ads FROM marked"                                       \
    " UNION ALL SELECT day, 1, s.name, case_as, ads FROM marked"                                   \
    " JOIN sources s ON s.id = source_id"                                                          \
    " UNION ALL SELECT day, 2, case_place, case_as, ads FROM marked"                               \
    " UNION ALL SELECT day, 3, case_task, case_as, ads FROM marked"                                \
    " UNION ALL SELECT day, 4, case_language, case_as, ads FROM marked"                            \
    " UNION ALL SELECT period, by_what, name, counted_as, -ads FROM tally WHERE period < ?1)"      \
    " SELECT day FROM wanted WHERE counted_as > 0"                                                 \
    " GROUP BY day, by_what, name, counted_as HAVING sum(ads) <> 0 LIMIT 1"

#define PAY_SQL                                                                                    \
    "SELECT day FROM (SELECT first_seen / 86400000 AS day, 0 AS what, case_task AS task,"          \
    " case_usd AS value, 1 AS ads FROM postings WHERE case_as > 0 AND case_usd > 0"                \
    " UNION ALL SELECT first_seen / 86400000, 1, case_task, case_ratio, 1 FROM postings"           \
    " WHERE case_as > 0 AND case_ratio > 0"                                                        \
    " UNION ALL SELECT period, what, task, value, -ads FROM tally_pay WHERE period < ?1) AS "      \
    "wanted"                                                                                       \
    " GROUP BY day, what, task, value HAVING sum(ads) <> 0 LIMIT 1"

/* Days of a month, ?1 to ?2, and the month itself, ?3. */
#define MONTH_SQL                                                                                  \
    "SELECT 1 FROM (SELECT by_what, name, counted_as,"                                             \
    " sum(CASE WHEN period = ?3 THEN -ads ELSE ads END) AS off FROM tally"                         \
    " WHERE period BETWEEN ?1 AND ?2 OR period = ?3 GROUP BY 1, 2, 3) AS sums WHERE off <> 0"      \
    " UNION ALL SELECT 1 FROM (SELECT what, task, value,"                                          \
    " sum(CASE WHEN period = ?3 THEN -ads ELSE ads END) AS off FROM tally_pay"                     \
    " WHERE period BETWEEN ?1 AND ?2 OR period = ?3 GROUP BY 1, 2, 3) AS pays WHERE off <> 0"      \
    " LIMIT 1"

/* A month with sums and without days has none to be compared with. */
#define WHOLE_SQL                                                                                  \
    "SELECT 1 FROM (SELECT coalesce(sum(CASE WHEN period < ?1 THEN ads ELSE -ads END), 0) AS off"  \
    " FROM tally UNION ALL SELECT"                                                                 \
    " coalesce(sum(CASE WHEN period < ?1 THEN ads ELSE -ads END), 0) FROM tally_pay) AS sums"      \
    " WHERE off <> 0 LIMIT 1"

/* Says what is wrong where the statement has a row. */
static int none_of(struct store *store, const char *sql, const struct db_value *values,
                   size_t count, const char *wrong, const char **ret_wrong)
{
    int64_t found = 0;
    int rc = db_number(store_db(store), &found, sql, values, count);
    if (rc == OK)
        *ret_wrong = wrong;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int days_check(struct store *store, const char **ret_wrong)
{
    static const char wrong[] = "sums of a day are not those of its ads";
    int rc = none_of(store, SUMS_SQL, DB_WITH(db_int(TALLY_MONTH_MIN)), wrong, ret_wrong);
    return rc == OK && **ret_wrong == '\0'
               ? none_of(store, PAY_SQL, DB_WITH(db_int(TALLY_MONTH_MIN)), wrong, ret_wrong)
               : rc;
}

static int months_check(struct store *store, const char **ret_wrong)
{
    static const char wrong[] = "sums of a month are not those of its days";
    int64_t next = 0;
    int rc = none_of(store, WHOLE_SQL, DB_WITH(db_int(TALLY_MONTH_MIN)), wrong, ret_wrong);
    while (rc == OK && **ret_wrong == '\0') {
        int64_t day = 0;
        rc = db_number(store_db(store), &day,
                       "SELECT period FROM tally WHERE period >= ?1 AND period < ?2"
                       " ORDER BY period LIMIT 1",
                       DB_WITH(db_int(next), db_int(TALLY_MONTH_MIN)));
        if (rc != OK)
            return rc == ERR_NOT_FOUND ? OK : rc;
        int64_t begins = tally_month_begins(day);
        next = tally_month_begins(begins + 31);
        rc = none_of(store, MONTH_SQL,
                     DB_WITH(db_int(begins), db_int(next - 1), db_int(tally_month(day))), wrong,
                     ret_wrong);
    }
    return rc;
}

static int ads_check(struct store *store, const char **ret_wrong)
{
    struct arena *arena = NULL;
    int64_t id = INT64_MAX;
    bool holds = true;
    if (arena_create(ARENA_BYTES, &arena) != OK)
        return store_no_memory(store);
    int rc = OK;
    for (uint32_t ads = 0; rc == OK && holds && ads < TALLY_CHECK_ADS; ads++) {
        rc = db_number(store_db(store), &id,
                       "SELECT id FROM postings WHERE id < ?1 ORDER BY id DESC LIMIT 1",
                       DB_WITH(db_int(id)));
        if (rc == OK)
            rc = tally_holds(store, arena, id, &holds);
    }
    arena_free(arena);
    if (!holds)
        *ret_wrong = "an ad does not count as its rows say";
    return rc == ERR_NOT_FOUND ? OK : rc;
}

int tally_check(struct store *store, const char **ret_wrong)
{
    *ret_wrong = "";
    int rc = none_of(store, "SELECT id FROM postings WHERE tallied = 0 LIMIT 1", DB_NONE,
                     "ads are not all counted", ret_wrong);
    if (rc == OK && **ret_wrong == '\0')
        rc = days_check(store, ret_wrong);
    if (rc == OK && **ret_wrong == '\0')
        rc = months_check(store, ret_wrong);
    return rc == OK && **ret_wrong == '\0' ? ads_check(store, ret_wrong) : rc;
}

static int forget_inside(struct store *store)
{
    struct db *db = store_db(store);
    int rc = db_run(db, "DELETE FROM tally", DB_NONE);
    if (rc == OK)
        rc = db_run(db, "DELETE FROM tally_pay", DB_NONE);
    return rc == OK
               ? db_run(db, "UPDATE postings SET tallied = 0, seen_as = 0, case_as = 0", DB_NONE)
               : rc;
}

int tally_recount(struct store *store)
{
    bool own = false;
    uint32_t count = 1;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_leave(store, own, forget_inside(store));
    while (rc == OK && count > 0)
        rc = tally_fill(store, STORE_PAGE_MAX, &count);
    return rc;
}
