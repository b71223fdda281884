/* recheck_rows.c - see recheck_rows.h. */
#include "storage/recheck_rows.h"
#include "common/sketch.h"
#include "storage/queue.h"
#include "storage/store_inside.h"
#include "storage/tally.h"

#include <string.h>

const char *recheck_state_name(enum recheck_state state)
{
    static const char *const names[RECHECK_STATE_COUNT] = {"up", "changed", "gone", "back"};
    return state < RECHECK_STATE_COUNT ? names[state] : "unknown";
}

/* ---- which ads ---- */

#define FIRST_SENT                                                                                 \
    "(SELECT min(r.sent) FROM requests r WHERE r.case_id = c.id AND r.sent > 0"                    \
    " AND r.state <> 4)"
#define FIRST_EXPORT                                                                               \
    "(SELECT min(a.at) FROM audit a WHERE a.object = 'case' AND a.object_id = c.id"                \
    " AND a.action = 'export')"

int rechecks_enrol(struct store *store, int64_t now_unix_ms)
{
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = db_run(store_db(store),
                    "INSERT INTO rechecks (posting_id, case_id, url_id, version_id, asked, since)"
                    " SELECT e.posting_id, e.id, e.url_id, e.version_id,"
                    " coalesce(e.sent, e.exported), ?1 FROM (SELECT c.posting_id, c.id,"
                    " coalesce((SELECT u.id FROM urls u WHERE u.url = p.url), p.url_id) AS url_id,"
                    " p.version_id, " FIRST_SENT " AS sent, " FIRST_EXPORT " AS exported"
                    " FROM cases c JOIN postings p ON p.id = c.posting_id WHERE c.state = 2) e"
                    " WHERE e.url_id > 0 AND (e.sent > 0 OR e.exported > 0)"
                    " ON CONFLICT (posting_id) DO NOTHING",
                    DB_WITH(db_int(now_unix_ms)));
    if (rc == OK) /* exported first, asked about later: the clock starts with the request */
        rc = db_run(store_db(store),
                    "UPDATE rechecks SET asked = (SELECT min(r.sent) FROM requests r"
                    " WHERE r.case_id = rechecks.case_id AND r.sent > 0 AND r.state <> 4)"
                    " WHERE first_gone = 0 AND EXISTS (SELECT 1 FROM requests r"
                    " WHERE r.case_id = rechecks.case_id AND r.sent > 0 AND r.state <> 4)",
                    DB_NONE);
    return store_leave(store, own, rc);
}

static int want_inside(struct store *store, int64_t case_id, int64_t now, uint64_t *ret_count)
{
    struct db *db = store_db(store);
    int rc = db_run(db, "UPDATE rechecks SET wanted = 0 WHERE wanted > 0", DB_NONE);
    if (rc == OK)
        rc = db_run(db,
                    "UPDATE rechecks SET wanted = ?2 WHERE ((?1 = 0 AND next <= ?2)"
                    " OR case_id = ?1) AND case_id IN (SELECT id FROM cases WHERE state = 2)",
                    DB_WITH(db_int(case_id), db_int(now)));
    if (rc != OK)
        return rc;
    *ret_count = (uint64_t)db_changes(db);
    return db_run(db,
                  "UPDATE urls SET state = 0, attempts = 0, next_try = 0"
                  " WHERE id IN (SELECT url_id FROM rechecks WHERE wanted > 0)",
                  DB_NONE);
}

int rechecks_want(struct store *store, int64_t case_id, int64_t now_unix_ms, uint64_t *ret_count)
{
    bool own = false;
    uint64_t count = 0;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = want_inside(store, case_id, now_unix_ms, &count);
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_count = count;
    return rc;
}

static bool read_name(struct db_rows *rows, struct arena *arena, void *item)
{
    const char **name = item;
    *name = row_text(rows, 0, arena);
    return *name != NULL;
}

int rechecks_sources(struct store *store, struct arena *arena, const char *const **ret_names,
                     size_t *ret_count)
{
    struct row_list list;
    int rc = OK;
    row_list_init(&list, arena, sizeof(const char *));
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT DISTINCT s.name FROM rechecks k JOIN urls u ON u.id = k.url_id"
                 " JOIN sources s ON s.id = u.source_id WHERE k.wanted > 0 ORDER BY s.name",
                 DB_NONE);
    rc = row_list_read(store, rows, &list, read_name);
    if (rc != OK)
        return rc;
    *ret_names = (const char *const *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int hosts_wanted(struct store *store, struct arena *arena, const char *source,
                 struct host_pending **ret_hosts, size_t *ret_count)
{
    struct row_list list;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct host_pending));
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT h.name, count(DISTINCT u.id) FROM rechecks k"
                 " JOIN urls u ON u.id = k.url_id JOIN sources s ON s.id = u.source_id"
                 " JOIN hosts h ON h.id = u.host_id WHERE k.wanted > 0 AND u.state = 0"
                 " AND s.name = ?1 GROUP BY h.name ORDER BY h.name",
                 DB_WITH(db_text(source)));
    rc = row_list_read(store, rows, &list, read_host_pending);
    if (rc != OK)
        return rc;
    *ret_hosts = (struct host_pending *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int recheck_round(struct store *store, const char *source, int64_t now_unix_ms,
                  struct round *ret_round)
{
    struct round round = {.started_unix_ms = now_unix_ms};
    int64_t source_id = 0, wanted = 0;
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_source_id(store, source, &source_id);
    if (rc == OK)
        rc = db_number(store_db(store), &wanted,
                       "SELECT count(*) FROM rechecks k JOIN urls u ON u.id = k.url_id"
                       " WHERE k.wanted > 0 AND u.source_id = ?1",
                       DB_WITH(db_int(source_id)));
    if (rc == OK)
        rc = db_number(store_db(store), &round.id,
                       "SELECT coalesce(max(id), 0) FROM rounds WHERE source_id = ?1",
                       DB_WITH(db_int(source_id)));
    if (rc == OK && round.id == 0)
        rc = db_number(store_db(store), &round.id,
                       "INSERT INTO rounds (source_id, started, finished) VALUES (?1, 1, 1)"
                       " RETURNING id",
                       DB_WITH(db_int(source_id)));
    round.due = wanted > 0;
    round.pending = (uint64_t)wanted;
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_round = round;
    return rc;
}

/* ---- reading ---- */

#define RECHECK_COLUMNS                                                                            \
    "k.posting_id, k.case_id, k.state, k.asked, k.since, k.checked, k.next, k.first_gone,"         \
    " k.failures, p.url, s.name, k.why FROM rechecks k JOIN postings p ON p.id = k.posting_id"     \
    " JOIN sources s ON s.id = p.source_id"

static bool read_row(struct db_rows *rows, struct arena *arena, void *item)
{
    struct recheck_row *row = item;
    *row = (struct recheck_row){.posting_id = row_int(rows, 0),
                                .case_id = row_int(rows, 1),
                                .state = (enum recheck_state)row_int(rows, 2),
                                .asked_unix_ms = row_int(rows, 3),
                                .since_unix_ms = row_int(rows, 4),
                                .checked_unix_ms = row_int(rows, 5),
                                .next_unix_ms = row_int(rows, 6),
                                .first_gone_unix_ms = row_int(rows, 7),
                                .failures = row_int(rows, 8),
                                .url = row_text(rows, 9, arena),
                                .source = row_text(rows, 10, arena),
                                .why = row_text(rows, 11, arena)};
    row->before = row->state;
    return row->url != NULL && row->source != NULL && row->why != NULL;
}

static int read_rows(struct store *store, struct arena *arena, struct db_rows *rows,
                     struct recheck_row **ret_rows, size_t *ret_count)
{
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct recheck_row));
    int rc = row_list_read(store, rows, &list, read_row);
    if (rc != OK)
        return rc;
    *ret_rows = (struct recheck_row *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int rechecks_list(struct store *store, struct arena *arena, const struct recheck_query *query,
                  struct recheck_row **ret_rows, size_t *ret_count)
{
    struct db_rows *rows =
        db_query(store_db(store),
                 "SELECT " RECHECK_COLUMNS " WHERE k.case_id > ?1 AND (?2 = 0 OR k.case_id = ?2)"
                 " ORDER BY k.case_id LIMIT ?3",
                 DB_WITH(db_int(query->after_case_id), db_int(query->case_id),
                         db_int(store_page(query->limit))));
    return read_rows(store, arena, rows, ret_rows, ret_count);
}

/* The plus keeps SQLite from walking all postings in search of rechecks. */
int rechecks_each_end(struct store *store, recheck_end_fn *each, void *ctx)
{
    struct db *db = store_db(store);
    int rc = OK;
    struct db_rows *rows = db_query(db,
                                    "SELECT p.url, k.state, k.asked, k.first_gone, k.failures FROM"
                                    " rechecks k JOIN postings p ON p.id = +k.posting_id",
                                    DB_NONE);
    while (rc == OK && db_next(rows)) {
        const struct recheck_end end = {.url = row_slice(rows, 0),
                                        .state = (enum recheck_state)row_int(rows, 1),
                                        .asked_unix_ms = row_int(rows, 2),
                                        .first_gone_unix_ms = row_int(rows, 3),
                                        .unreachable = row_int(rows, 4) > 0};
        rc = each(ctx, &end);
    }
    int ended = db_end(db, rows);
    return rc != OK ? rc : ended;
}

int rechecks_last_look(struct store *store, int64_t *ret_unix_ms)
{
    return db_number(store_db(store), ret_unix_ms, "SELECT coalesce(max(checked), 0) FROM rechecks",
                     DB_NONE);
}

/* ---- settling ---- */

struct look { /* what the sweep stored of the page and the ad */
    enum url_state url_state;
    int64_t fetched_unix_ms, last_seen_unix_ms;
    bool other_version;
    bool other_thing; /* what stands there now is no lure and not like the ad asked about */
    const char *why;
};

#define SAME_AD_SIMILARITY_MIN 30 /* of sketch_similarity(): less is another text */

static bool is_other_thing(struct db_rows *rows)
{
    struct slice asked = row_slice(rows, 7), now = row_slice(rows, 8);
    struct sketch a, b;
    if (row_int(rows, 6) != BAND_CLEAR || asked.len != SKETCH_BINS || now.len != SKETCH_BINS)
        return false;
    memcpy(a.bin, asked.at, SKETCH_BINS);
    memcpy(b.bin, now.at, SKETCH_BINS);
    return sketch_similarity(&a, &b) < SAME_AD_SIMILARITY_MIN;
}

static int look_at(struct store *store, struct arena *arena, int64_t posting_id,
                   struct look *ret_look)
{
    struct db *db = store_db(store);
    struct look look = {.why = ""};
    struct db_rows *rows =
        db_query(db,
                 "SELECT u.state, u.fetched, p.last_seen, p.version_id, k.version_id, u.why,"
                 " p.band, v.sketch, w.sketch FROM rechecks k JOIN urls u ON u.id = k.url_id"
                 " JOIN postings p ON p.id = k.posting_id JOIN versions v ON v.id = k.version_id"
                 " JOIN versions w ON w.id = p.version_id WHERE k.posting_id = ?1",
                 DB_WITH(db_int(posting_id)));
    if (db_next(rows))
        look = (struct look){.url_state = (enum url_state)row_int(rows, 0),
                             .fetched_unix_ms = row_int(rows, 1),
                             .last_seen_unix_ms = row_int(rows, 2),
                             .other_version = row_int(rows, 3) != row_int(rows, 4),
                             .other_thing = is_other_thing(rows),
                             .why = row_text(rows, 5, arena)};
    int rc = db_end(db, rows);
    if (rc == OK && look.why == NULL)
        return store_no_memory(store);
    if (rc == OK)
        *ret_look = look;
    return rc;
}

/* False: the look told nothing. */
static bool judge(const struct look *look, int64_t since, struct recheck_row *row)
{
    bool seen = look->last_seen_unix_ms >= since, fetched = look->fetched_unix_ms >= since;
    if (seen && !look->other_thing) {
        bool was_gone = row->state == RECHECK_GONE || row->state == RECHECK_BACK;
        row->state = was_gone ? RECHECK_BACK : look->other_version ? RECHECK_CHANGED : RECHECK_UP;
        return true;
    }
    if (!fetched || (look->url_state != URL_DONE && look->url_state != URL_GONE))
        return false;
    row->state = RECHECK_GONE;
    return true;
}

static int settle_one(struct store *store, struct recheck_row *row, const struct look *look,
                      int64_t since, int64_t interval)
{
    bool told = judge(look, since, row);
    row->checked_unix_ms = since;
    row->next_unix_ms = since + interval;
    row->failures = told ? 0 : row->failures + 1;
    row->why = told ? "" : look->why[0] != '\0' ? look->why : "not reached";
    if (row->state != row->before)
        row->since_unix_ms = since;
    bool newly_gone = row->state == RECHECK_GONE && row->first_gone_unix_ms == 0;
    if (newly_gone)
        row->first_gone_unix_ms = since;
    int rc =
        db_run(store_db(store),
               "UPDATE rechecks SET state = ?2, since = ?3, checked = ?4, next = ?5,"
               " first_gone = ?6, failures = ?7, why = ?8, wanted = 0 WHERE posting_id = ?1",
               DB_WITH(db_int(row->posting_id), db_int(row->state), db_int(row->since_unix_ms),
                       db_int(row->checked_unix_ms), db_int(row->next_unix_ms),
                       db_int(row->first_gone_unix_ms), db_int(row->failures), db_text(row->why)));
    return rc == OK && newly_gone ? tally_put(store, row->posting_id) : rc;
}

static int settle_inside(struct store *store, struct arena *arena, int64_t since, int64_t interval,
                         struct row_list *changed)
{
    struct recheck_row *rows = NULL;
    size_t count = 0;
    struct db_rows *read =
        db_query(store_db(store),
                 "SELECT " RECHECK_COLUMNS " WHERE k.wanted > 0 ORDER BY k.case_id", DB_NONE);
    int rc = read_rows(store, arena, read, &rows, &count);
    for (size_t i = 0; rc == OK && i < count; i++) {
        struct look look = {.why = ""};
        rc = look_at(store, arena, rows[i].posting_id, &look);
        if (rc == OK)
            rc = settle_one(store, &rows[i], &look, since, interval);
        if (rc != OK || rows[i].state == rows[i].before)
            continue;
        struct recheck_row *row = row_list_add(changed);
        if (row == NULL)
            return store_no_memory(store);
        *row = rows[i];
    }
    return rc;
}

int rechecks_settle(struct store *store, struct arena *arena, int64_t since_unix_ms,
                    int64_t interval_ms, struct recheck_row **ret_changed, size_t *ret_count)
{
    struct row_list changed;
    bool own = false;
    row_list_init(&changed, arena, sizeof(struct recheck_row));
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = settle_inside(store, arena, since_unix_ms, interval_ms, &changed);
    rc = store_leave(store, own, rc);
    if (rc == OK) {
        *ret_changed = (struct recheck_row *)(void *)changed.at;
        *ret_count = changed.count;
    }
    return rc;
}

int rechecks_unreached(struct store *store, struct arena *arena, int64_t since_unix_ms,
                       uint64_t *ret_count, const char **ret_why)
{
    struct db *db = store_db(store);
    const char *why = "";
    uint64_t count = 0;
    struct db_rows *rows = db_query(db,
                                    "SELECT count(*), coalesce(max(why), '') FROM rechecks"
                                    " WHERE checked = ?1 AND failures > 0",
                                    DB_WITH(db_int(since_unix_ms)));
    if (db_next(rows)) {
        count = (uint64_t)row_int(rows, 0);
        why = row_text(rows, 1, arena);
    }
    int rc = db_end(db, rows);
    if (rc == OK && why == NULL)
        return store_no_memory(store);
    if (rc == OK) {
        *ret_count = count;
        *ret_why = why;
    }
    return rc;
}

/* ---- copies ---- */

struct candidate {
    struct ad_copy copy;
    bool same_text, same_contact;
    struct sketch gone, found;
};

static bool read_candidate(struct db_rows *rows, struct arena *arena, struct candidate *candidate)
{
    struct slice gone = row_slice(rows, 7), found = row_slice(rows, 8);
    candidate->copy = (struct ad_copy){.gone_case_id = row_int(rows, 0),
                                       .case_id = row_int(rows, 1),
                                       .gone_url = row_text(rows, 2, arena),
                                       .url = row_text(rows, 3, arena),
                                       .seen_unix_ms = row_int(rows, 4)};
    candidate->same_text = row_int(rows, 5) > 0;
    candidate->same_contact = row_int(rows, 6) > 0;
    if (gone.len == SKETCH_BINS && found.len == SKETCH_BINS) {
        memcpy(candidate->gone.bin, gone.at, SKETCH_BINS);
        memcpy(candidate->found.bin, found.at, SKETCH_BINS);
    }
    return candidate->copy.gone_url != NULL && candidate->copy.url != NULL;
}

static bool is_copy(struct candidate *candidate)
{
    enum copy_likeness *likeness = &candidate->copy.likeness;
    if (candidate->same_text)
        *likeness = COPY_SAME_TEXT;
    else if (sketch_similarity(&candidate->gone, &candidate->found) >= COPY_SIMILARITY_MIN)
        *likeness = COPY_LIKE_TEXT;
    else if (candidate->same_contact)
        *likeness = COPY_SAME_CONTACT;
    else
        return false;
    return true;
}

int rechecks_copies(struct store *store, struct arena *arena, int64_t since_unix_ms,
                    struct ad_copy **ret_copies, size_t *ret_count)
{
    struct row_list list;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct ad_copy));
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT k.case_id, c.id, o.url, p.url, p.first_seen,"
                 " CASE WHEN v.fingerprint = w.fingerprint THEN 1 ELSE 0 END,"
                 " CASE WHEN EXISTS (SELECT 1 FROM contacts a JOIN contacts b ON b.hash = a.hash"
                 " WHERE a.posting_id = k.posting_id AND b.posting_id = p.id) THEN 1 ELSE 0 END,"
                 " v.sketch, w.sketch FROM rechecks k JOIN postings o ON o.id = k.posting_id"
                 " JOIN versions v ON v.id = k.version_id"
                 " JOIN postings p ON p.first_seen >= k.first_gone AND p.id <> k.posting_id"
                 " JOIN cases c ON c.posting_id = p.id JOIN versions w ON w.id = c.version_id"
                 " WHERE k.state = 2 AND p.first_seen >= ?1 ORDER BY k.case_id, c.id",
                 DB_WITH(db_int(since_unix_ms)));
    while (rc == OK && db_next(rows)) {
        struct candidate candidate = {.same_text = false};
        if (!read_candidate(rows, arena, &candidate))
            rc = store_no_memory(store);
        if (rc != OK || !is_copy(&candidate))
            continue;
        struct ad_copy *copy = row_list_add(&list);
        if (copy == NULL)
            rc = store_no_memory(store);
        else
            *copy = candidate.copy;
    }
    int end = db_end(db, rows);
    if (rc != OK || end != OK)
        return rc != OK ? rc : end;
    *ret_copies = (struct ad_copy *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
