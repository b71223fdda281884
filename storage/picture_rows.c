/* picture_rows.c - see picture_rows.h. A few indexed reads and writes a picture. */
#include "storage/picture_rows.h"

#include "storage/campaigns.h"
#include "storage/store_inside.h"

#include <string.h>

bool picture_is_marked(const char *url, size_t *ret_bytes)
{
    size_t len = strlen(url), mark = sizeof PICTURE_MARK - 1;
    bool marked = len > mark && strcmp(url + len - mark, PICTURE_MARK) == 0;
    *ret_bytes = marked ? len - mark : len;
    return marked;
}

/* ---- a case shows it ---- */

struct kept {
    bool is_kept;
    struct digest digest;
    const char *record_id;
};

/* What another case has of it, unless retention has taken it or is about to. */
static int kept_find(struct store *store, struct arena *arena, int64_t url_id, struct kept *kept)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(
        db,
        "SELECT p.digest, p.record_id FROM pictures p JOIN records r ON r.record_id = p.record_id"
        " WHERE p.url_id = ?1 AND p.record_id <> '' AND r.purged = 0 AND r.purged_why = '' LIMIT 1",
        DB_WITH(db_int(url_id)));
    *kept = (struct kept){.is_kept = false};
    if (db_next(rows)) {
        kept->is_kept = row_digest(rows, 0, &kept->digest);
        kept->record_id = row_text(rows, 1, arena);
    }
    int rc = db_end(db, rows);
    return rc == OK && kept->is_kept && kept->record_id == NULL ? store_no_memory(store) : rc;
}

static int row_add(struct store *store, int64_t case_id, int64_t url_id, bool *ret_is_new)
{
    struct db *db = store_db(store);
    int rc = db_run(db,
                    "INSERT INTO pictures (case_id, url_id) SELECT CAST(?1 AS INTEGER),"
                    " CAST(?2 AS INTEGER) WHERE (SELECT count(*) FROM pictures WHERE case_id = ?1)"
                    " < ?3 ON CONFLICT (case_id, url_id) DO NOTHING",
                    DB_WITH(db_int(case_id), db_int(url_id), db_int(PICTURES_CASE_MAX)));
    *ret_is_new = rc == OK && db_changes(db) > 0;
    return rc;
}

static int wait_again(struct store *store, int64_t url_id, bool *ret_waits)
{
    int rc = db_run(store_db(store),
                    "UPDATE urls SET state = 0, attempts = 0, next_try = 0 WHERE id = ?1"
                    " AND state <> 0",
                    DB_WITH(db_int(url_id)));
    *ret_waits = rc == OK;
    return rc;
}

static int add_inside(struct store *store, struct arena *arena, int64_t case_id,
                      const struct url_link *link, bool *ret_waits)
{
    struct url_row url;
    struct kept kept;
    bool is_new = false;
    int rc = url_get(store, arena, link->url, &url);
    if (rc == ERR_NOT_FOUND) /* too long for a row */
        return OK;
    if (rc == OK)
        rc = row_add(store, case_id, url.id, &is_new);
    if (rc != OK || !is_new)
        return rc;
    rc = kept_find(store, arena, url.id, &kept);
    if (rc != OK || !kept.is_kept)
        return rc == OK ? wait_again(store, url.id, ret_waits) : rc;
    return picture_keep(store, url.id, &kept.digest, kept.record_id, url.fetched_unix_ms);
}

int picture_add(struct store *store, const char *source, int64_t case_id,
                const struct url_link *link, bool *ret_waits)
{
    struct arena *arena = NULL;
    bool own = false;
    *ret_waits = false;
    if (arena_create(64u << 10, &arena) != OK)
        return store_no_memory(store);
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = urls_add(store, source, link, 1, NULL);
    if (rc == OK)
        rc = add_inside(store, arena, case_id, link, ret_waits);
    arena_free(arena);
    return store_leave(store, own, rc);
}

/* ---- it was fetched ---- */

struct case_ids {
    int64_t at[STORE_PAGE_MAX];
    size_t count;
};

static int cases_read(struct store *store, int64_t url_id, struct case_ids *ids)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(db,
                                    "SELECT case_id FROM pictures WHERE url_id = ?1"
                                    " AND record_id = '' ORDER BY case_id LIMIT ?2",
                                    DB_WITH(db_int(url_id), db_int(STORE_PAGE_MAX)));
    ids->count = 0;
    while (db_next(rows))
        if (ids->count < STORE_PAGE_MAX)
            ids->at[ids->count++] = row_int(rows, 0);
    return db_end(db, rows);
}

static int keep_inside(struct store *store, int64_t url_id, const struct digest *digest,
                       const char *record_id, int64_t now)
{
    struct case_ids ids;
    int rc = OK;
    do {
        rc = cases_read(store, url_id, &ids);
        for (size_t i = 0; rc == OK && i < ids.count; i++) {
            rc = db_run(
                store_db(store),
                "UPDATE pictures SET digest = ?3, record_id = ?4 WHERE case_id = ?1"
                " AND url_id = ?2",
                DB_WITH(db_int(ids.at[i]), db_int(url_id), db_digest(digest), db_text(record_id)));
            if (rc == OK)
                rc = campaign_tie_image(store, ids.at[i], digest, now);
        }
    } while (rc == OK && ids.count == STORE_PAGE_MAX);
    return rc;
}

int picture_keep(struct store *store, int64_t url_id, const struct digest *digest,
                 const char *record_id, int64_t now_unix_ms)
{
    bool own = false;
    int rc = store_enter(store, &own);
    /* what retention took is here again, for all that show it */
    if (rc == OK)
        rc = db_run(store_db(store),
                    "UPDATE pictures SET record_id = '' WHERE url_id = ?1 AND record_id <> ?2",
                    DB_WITH(db_int(url_id), db_text(record_id)));
    if (rc == OK)
        rc = keep_inside(store, url_id, digest, record_id, now_unix_ms);
    return store_leave(store, own, rc);
}

int picture_ad_record(struct store *store, struct arena *arena, int64_t url_id,
                      const char **ret_record_id)
{
    struct db *db = store_db(store);
    const char *record_id = "";
    struct db_rows *rows =
        db_query(db,
                 "SELECT v.evidence_id FROM pictures p JOIN cases c ON c.id = p.case_id"
                 " JOIN versions v ON v.id = c.version_id WHERE p.url_id = ?1"
                 " ORDER BY p.case_id LIMIT 1",
                 DB_WITH(db_int(url_id)));
    if (db_next(rows))
        record_id = row_text(rows, 0, arena);
    int rc = db_end(db, rows);
    if (rc == OK && record_id == NULL)
        return store_no_memory(store);
    *ret_record_id = record_id;
    return rc;
}

/* ---- it was sent in ---- */

static int wants_one_more(struct store *store, int64_t case_id, const struct digest *digest,
                          bool *ret_wants)
{
    int64_t full = 0;
    int rc = db_number(store_db(store), &full,
                       "SELECT CASE WHEN count(*) >= ?3 OR count(CASE WHEN p.digest = ?2"
                       " AND r.purged = 0 AND r.purged_why = '' THEN 1 END) > 0 THEN 1 ELSE 0 END"
                       " FROM pictures p LEFT JOIN records r ON r.record_id = p.record_id"
                       " AND p.record_id <> '' WHERE p.case_id = ?1",
                       DB_WITH(db_int(case_id), db_digest(digest), db_int(PICTURES_CASE_MAX)));
    *ret_wants = rc == OK && full == 0;
    return rc;
}

/* Its row of the frontier is done from the start and never due: nobody looks for it anywhere. */
static int put_inside(struct store *store, struct arena *arena, int64_t case_id,
                      const struct picture_sent *sent)
{
    const struct url_outcome done = {
        .state = URL_DONE, .fetched_unix_ms = sent->at_unix_ms, .digest = &sent->digest, .why = ""};
    const struct url_link link = {.url = arena_printf(arena, "%s" PICTURE_MARK, sent->record),
                                  .host = "",
                                  .kind = URL_POSTING,
                                  .depth = 1};
    struct url_row url;
    bool is_new = false;
    if (link.url == NULL)
        return store_no_memory(store);
    int rc = urls_add(store, sent->source, &link, 1, NULL);
    if (rc == OK)
        rc = url_get(store, arena, link.url, &url);
    if (rc == OK)
        rc = url_finish(store, url.id, &done);
    if (rc == OK)
        rc = row_add(store, case_id, url.id, &is_new);
    return rc == OK ? picture_keep(store, url.id, &sent->digest, sent->record_id, sent->at_unix_ms)
                    : rc;
}

int picture_put(struct store *store, int64_t case_id, const struct picture_sent *sent)
{
    struct arena *arena = NULL;
    bool own = false, wants = false;
    if (arena_create(64u << 10, &arena) != OK)
        return store_no_memory(store);
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = wants_one_more(store, case_id, &sent->digest, &wants);
    if (rc == OK)
        rc = wants ? put_inside(store, arena, case_id, sent)
                   : campaign_tie_image(store, case_id, &sent->digest, sent->at_unix_ms);
    arena_free(arena);
    return store_leave(store, own, rc);
}

/* ---- read ---- */

static bool read_picture(struct db_rows *rows, struct arena *arena, void *item)
{
    struct picture_row *row = item;
    size_t bytes = 0;
    const char *url = row_text(rows, 0, arena);
    if (url != NULL && picture_is_marked(url, &bytes))
        url = arena_copy(arena, url, bytes);
    row->url = url;
    row->record_id = row_text(rows, 1, arena);
    row->why = row_text(rows, 2, arena);
    row->state = (enum url_state)row_int(rows, 3);
    (void)row_digest(rows, 4, &row->digest);
    row->purged = row_int(rows, 5) > 0;
    return url != NULL && row->record_id != NULL && row->why != NULL;
}

int pictures_of_case(struct store *store, struct arena *arena, int64_t case_id,
                     struct picture_row **ret_rows, size_t *ret_count)
{
    struct row_list list;
    struct db_rows *rows =
        db_query(store_db(store),
                 "SELECT u.url, p.record_id, u.why, u.state, p.digest, coalesce(r.purged, 0)"
                 " FROM pictures p JOIN urls u ON u.id = p.url_id"
                 " LEFT JOIN records r ON r.record_id = p.record_id AND p.record_id <> ''"
                 " WHERE p.case_id = ?1 ORDER BY p.url_id",
                 DB_WITH(db_int(case_id)));
    row_list_init(&list, arena, sizeof(struct picture_row));
    int rc = row_list_read(store, rows, &list, read_picture);
    if (rc != OK)
        return rc;
    *ret_rows = (struct picture_row *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
