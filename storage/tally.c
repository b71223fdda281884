/* tally.c - see tally.h.
 *
 *     postings.seen_as … case_ratio   what the ad counts as; seen_as 0, case_as 0: not at all
 *     postings.tallied                0: to be counted (anew)
 *     tally, tally_pay                the sums of that, by day and by month
 *
 * Cost: a read of the ad's rows, and where something changed two or three statements; a case's verdict
 * is parsed for its place and ratio, some fifty microseconds. */
#include "storage/tally.h"
#include "common/verdict.h"
#include "storage/queue.h"
#include "storage/store_inside.h"

#include <time.h>

#define VERDICT_DEPTH_MAX 32
#define ARENA_BYTES       (32u << 20)

struct tallied { /* text is in the arena */
    int64_t seen_as, case_as;
    const char *seen_task, *seen_language, *case_task, *case_language, *place;
    int64_t usd, ratio;
};

struct counting {
    struct store *store;
    struct arena *arena;
    int64_t posting_id, day;
    const char *board;
    bool tallied;
    struct tallied was, is;
};

/* ---- what an ad counts as ---- */

/* The country of the place of work: "KH" of KH-BAV. */
static struct slice place_of(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->places_count; i++)
        if (verdict->places[i].role == PLACE_DESTINATION && !verdict->places[i].bait)
            return slice_sub(verdict->places[i].id, 0, 2);
    return SLICE_EMPTY;
}

static const char *read_verdict(struct arena *arena, struct slice json, int64_t *ret_ratio)
{
    struct json_doc *doc = NULL;
    struct verdict verdict = {0};
    struct slice place = SLICE_EMPTY;
    if (json.len > 0 && json_parse(json, true, VERDICT_DEPTH_MAX, &doc, NULL) == OK &&
        verdict_from_json(arena, json_root(doc), &verdict, NULL) == OK) {
        place = place_of(&verdict);
        *ret_ratio = verdict.salary.ratio_source_hundredths;
    }
    const char *copy = arena_copy(arena, place.at, place.len);
    json_free(doc);
    return copy;
}

static enum tally_as case_as(int64_t state, bool gone)
{
    if (state == CASE_CONFIRMED)
        return gone ? TALLY_REMOVED : TALLY_CONFIRMED;
    return state == CASE_DISMISSED ? TALLY_DISMISSED : TALLY_OPEN;
}

#define ROW_SQL                                                                                    \
    "SELECT p.first_seen, s.name, p.seen_as, p.seen_task, p.seen_language, p.case_as,"             \
    " p.case_task, p.case_language, p.case_place, p.case_usd, p.case_ratio,"                       \
    " CASE WHEN v.id IS NULL THEN 0 WHEN p.band < 2 THEN 1 ELSE 2 END, coalesce(v.task, ''),"      \
    " coalesce(v.language, ''), coalesce(c.state, -1), coalesce(k.first_gone, 0),"                 \
    " coalesce(c.task, ''), coalesce(c.language, ''), coalesce(w.usd_min, 0),"                     \
    " coalesce(w.usd_max, 0), coalesce(w.verdict, ''), p.tallied"                                  \
    " FROM postings p JOIN sources s ON s.id = p.source_id"                                        \
    " LEFT JOIN versions v ON v.id = p.version_id LEFT JOIN cases c ON c.posting_id = p.id"        \
    " LEFT JOIN versions w ON w.id = c.version_id LEFT JOIN rechecks k ON k.posting_id = p.id"     \
    " WHERE p.id = ?1"

static void read_was(struct db_rows *rows, struct arena *arena, struct tallied *was)
{
    *was = (struct tallied){.seen_as = row_int(rows, 2),
                            .case_as = row_int(rows, 5),
                            .seen_task = row_text(rows, 3, arena),
                            .seen_language = row_text(rows, 4, arena),
                            .case_task = row_text(rows, 6, arena),
                            .case_language = row_text(rows, 7, arena),
                            .place = row_text(rows, 8, arena),
                            .usd = row_int(rows, 9),
                            .ratio = row_int(rows, 10)};
}

static void read_is(struct db_rows *rows, struct arena *arena, struct tallied *is)
{
    int64_t state = row_int(rows, 14);
    *is = (struct tallied){.seen_as = row_int(rows, 11),
                           .seen_task = row_text(rows, 12, arena),
                           .seen_language = row_text(rows, 13, arena),
                           .case_task = "",
                           .case_language = "",
                           .place = ""};
    if (state < 0)
        return;
    is->case_as = case_as(state, row_int(rows, 15) > 0);
    is->case_task = row_text(rows, 16, arena);
    is->case_language = row_text(rows, 17, arena);
    is->usd = (row_int(rows, 18) + row_int(rows, 19)) / 200;
    is->place = read_verdict(arena, row_slice(rows, 20), &is->ratio);
}

static bool has_texts(const struct tallied *tallied)
{
    return tallied->seen_task != NULL && tallied->seen_language != NULL &&
           tallied->case_task != NULL && tallied->case_language != NULL && tallied->place != NULL;
}

static int read_rows(struct counting *counting)
{
    struct store *store = counting->store;
    struct db_rows *rows =
        db_query(store_db(store), ROW_SQL, DB_WITH(db_int(counting->posting_id)));
    bool found = db_next(rows);
    if (found) {
        counting->day = row_int(rows, 0) / TALLY_DAY_MS;
        counting->tallied = row_int(rows, 21) > 0;
        counting->board = row_text(rows, 1, counting->arena);
        read_was(rows, counting->arena, &counting->was);
        read_is(rows, counting->arena, &counting->is);
    }
    int rc = db_end(store_db(store), rows);
    if (rc != OK)
        return rc;
    if (!found)
        return store_say(store, ERR_NOT_FOUND, "there is no ad %lld",
                         (long long)counting->posting_id);
    return counting->board != NULL && has_texts(&counting->was) && has_texts(&counting->is)
               ? OK
               : store_no_memory(store);
}

/* ---- into the sums ---- */

int64_t tally_month(int64_t day)
{
    time_t at = (time_t)(day * (TALLY_DAY_MS / 1000));
    struct tm tm;
    return gmtime_r(&at, &tm) == NULL ? TALLY_MONTH_MIN
                                      : (tm.tm_year + INT64_C(1900)) * 100 + tm.tm_mon + 1;
}

int64_t tally_month_begins(int64_t day)
{
    time_t at = (time_t)(day * (TALLY_DAY_MS / 1000));
    struct tm tm;
    return gmtime_r(&at, &tm) == NULL ? day : day - tm.tm_mday + 1;
}

#define ADD_TO_TALLY                                                                               \
    " ON CONFLICT (period, by_what, name, counted_as)"                                             \
    " DO UPDATE SET ads = tally.ads + excluded.ads"

static int add_seen(const struct counting *counting, const struct tallied *tallied, int64_t ads)
{
    if (tallied->seen_as == TALLY_NOT)
        return OK;
    return db_run(store_db(counting->store),
                  "INSERT INTO tally (period, by_what, name, counted_as, ads) VALUES"
                  " (?1, 0, '', ?3, ?4), (?1, 1, ?5, ?3, ?4), (?1, 3, ?6, ?3, ?4),"
                  " (?1, 4, ?7, ?3, ?4), (?2, 0, '', ?3, ?4), (?2, 1, ?5, ?3, ?4),"
                  " (?2, 3, ?6, ?3, ?4), (?2, 4, ?7, ?3, ?4)" ADD_TO_TALLY,
                  DB_WITH(db_int(counting->day), db_int(tally_month(counting->day)),
                          db_int(tallied->seen_as), db_int(ads), db_text(counting->board),
                          db_text(tallied->seen_task), db_text(tallied->seen_language)));
}

static int add_pay(const struct counting *counting, enum tally_pay what,
                   const struct tallied *tallied, int64_t ads)
{
    int64_t value = what == TALLY_USD ? tallied->usd : tallied->ratio;
    if (value <= 0)
        return OK;
    return db_run(store_db(counting->store),
                  "INSERT INTO tally_pay (period, what, task, value, ads) VALUES"
                  " (?1, ?3, ?4, ?5, ?6), (?2, ?3, ?4, ?5, ?6)"
                  " ON CONFLICT (period, what, task, value)"
                  " DO UPDATE SET ads = tally_pay.ads + excluded.ads",
                  DB_WITH(db_int(counting->day), db_int(tally_month(counting->day)), db_int(what),
                          db_text(tallied->case_task), db_int(value), db_int(ads)));
}

static int add_case(const struct counting *counting, const struct tallied *tallied, int64_t ads)
{
    if (tallied->case_as == TALLY_NOT)
        return OK;
    int rc = db_run(store_db(counting->store),
                    "INSERT INTO tally (period, by_what, name, counted_as, ads) VALUES"
                    " (?1, 0, '', ?3, ?4), (?1, 1, ?5, ?3, ?4), (?1, 2, ?8, ?3, ?4),"
                    " (?1, 3, ?6, ?3, ?4), (?1, 4, ?7, ?3, ?4),"
                    " (?2, 0, '', ?3, ?4), (?2, 1, ?5, ?3, ?4), (?2, 2, ?8, ?3, ?4),"
                    " (?2, 3, ?6, ?3, ?4), (?2, 4, ?7, ?3, ?4)" ADD_TO_TALLY,
                    DB_WITH(db_int(counting->day), db_int(tally_month(counting->day)),
                            db_int(tallied->case_as), db_int(ads), db_text(counting->board),
                            db_text(tallied->case_task), db_text(tallied->case_language),
                            db_text(tallied->place)));
    if (rc == OK)
        rc = add_pay(counting, TALLY_USD, tallied, ads);
    return rc == OK ? add_pay(counting, TALLY_RATIO, tallied, ads) : rc;
}

static bool same_text(const char *a, const char *b)
{
    return slice_is(slice_of(a), b);
}

static bool same_seen(const struct tallied *a, const struct tallied *b)
{
    return a->seen_as == b->seen_as && same_text(a->seen_task, b->seen_task) &&
           same_text(a->seen_language, b->seen_language);
}

static bool same_case(const struct tallied *a, const struct tallied *b)
{
    return a->case_as == b->case_as && same_text(a->case_task, b->case_task) &&
           same_text(a->case_language, b->case_language) && same_text(a->place, b->place) &&
           a->usd == b->usd && a->ratio == b->ratio;
}

static int keep(const struct counting *counting)
{
    const struct tallied *is = &counting->is;
    return db_run(store_db(counting->store),
                  "UPDATE postings SET tallied = 1, seen_as = ?2, seen_task = ?3,"
                  " seen_language = ?4, case_as = ?5, case_task = ?6, case_language = ?7,"
                  " case_place = ?8, case_usd = ?9, case_ratio = ?10 WHERE id = ?1",
                  DB_WITH(db_int(counting->posting_id), db_int(is->seen_as), db_text(is->seen_task),
                          db_text(is->seen_language), db_int(is->case_as), db_text(is->case_task),
                          db_text(is->case_language), db_text(is->place), db_int(is->usd),
                          db_int(is->ratio)));
}

static int count_inside(struct store *store, struct arena *arena, int64_t posting_id)
{
    struct counting counting = {.store = store, .arena = arena, .posting_id = posting_id};
    arena_reset(arena);
    int rc = read_rows(&counting);
    if (rc != OK)
        return rc;
    bool seen = !same_seen(&counting.was, &counting.is);
    bool its_case = !same_case(&counting.was, &counting.is);
    if (counting.tallied && !seen && !its_case)
        return OK;
    if (seen)
        rc = add_seen(&counting, &counting.was, -1);
    if (rc == OK && seen)
        rc = add_seen(&counting, &counting.is, 1);
    if (rc == OK && its_case)
        rc = add_case(&counting, &counting.was, -1);
    if (rc == OK && its_case)
        rc = add_case(&counting, &counting.is, 1);
    return rc == OK ? keep(&counting) : rc;
}

int tally_holds(struct store *store, struct arena *arena, int64_t posting_id, bool *ret_holds)
{
    struct counting counting = {.store = store, .arena = arena, .posting_id = posting_id};
    arena_reset(arena);
    int rc = read_rows(&counting);
    *ret_holds = rc != OK || (counting.tallied && same_seen(&counting.was, &counting.is) &&
                              same_case(&counting.was, &counting.is));
    return rc == ERR_NOT_FOUND ? OK : rc; /* taken away meanwhile */
}

int tally_put(struct store *store, int64_t posting_id)
{
    struct arena *arena = NULL;
    if (arena_create(ARENA_BYTES, &arena) != OK)
        return store_no_memory(store);
    int rc = count_inside(store, arena, posting_id);
    arena_free(arena);
    return rc;
}

int tally_put_case(struct store *store, int64_t case_id)
{
    int64_t posting_id = 0;
    int rc = db_number(store_db(store), &posting_id, "SELECT posting_id FROM cases WHERE id = ?1",
                       DB_WITH(db_int(case_id)));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "there is no case %lld", (long long)case_id);
    return rc == OK ? tally_put(store, posting_id) : rc;
}

/* ---- many ---- */

static int fill_inside(struct store *store, uint32_t limit, uint32_t *ret_count)
{
    struct arena *arena = NULL;
    int64_t ids[STORE_PAGE_MAX];
    uint32_t count = 0;
    if (arena_create(ARENA_BYTES, &arena) != OK)
        return store_no_memory(store);
    struct db_rows *rows =
        db_query(store_db(store), "SELECT id FROM postings WHERE tallied = 0 ORDER BY id LIMIT ?1",
                 DB_WITH(db_int(store_page(limit))));
    while (count < STORE_PAGE_MAX && db_next(rows))
        ids[count++] = row_int(rows, 0);
    int rc = db_end(store_db(store), rows);
    for (uint32_t i = 0; rc == OK && i < count; i++)
        rc = count_inside(store, arena, ids[i]);
    arena_free(arena);
    *ret_count = count;
    return rc;
}

int tally_fill(struct store *store, uint32_t limit, uint32_t *ret_count)
{
    int64_t left = 0;
    bool own = false;
    *ret_count = 0;
    int rc = db_number(store_db(store), &left, "SELECT id FROM postings WHERE tallied = 0 LIMIT 1",
                       DB_NONE);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_leave(store, own, fill_inside(store, limit, ret_count));
    return rc;
}

int tally_purge(struct store *store)
{
    struct db *db = store_db(store);
    uint32_t count = 1;
    int rc = db_run(db,
                    "UPDATE postings SET tallied = 0 WHERE case_as > 0"
                    " AND (case_place <> '' OR case_ratio > 0) AND EXISTS (SELECT 1 FROM cases c"
                    " JOIN versions v ON v.id = c.version_id WHERE c.posting_id = postings.id"
                    " AND v.verdict IS NULL)",
                    DB_NONE);
    while (rc == OK && count > 0)
        rc = tally_fill(store, STORE_PAGE_MAX, &count);
    if (rc == OK)
        rc = db_run(db, "DELETE FROM tally WHERE ads = 0", DB_NONE);
    return rc == OK ? db_run(db, "DELETE FROM tally_pay WHERE ads = 0", DB_NONE) : rc;
}
