/* url_rows.c - the frontier's rows: add, page through, finish; see sweep_rows.h.
 *
 * Cost: an add is one probe of the unique index for a known URL and three small index writes for a
 * new one; a page of pending is one range of a partial index, however many URLs are done. */
#include "storage/store_inside.h"
#include "storage/sweep_rows.h"

#include <string.h>

const char *url_kind_name(enum url_kind kind)
{
    static const char *const names[URL_KIND_COUNT] = {"listing", "sitemap", "feed", "posting",
                                                      "picture of a flagged ad"};
    return kind < URL_KIND_COUNT ? names[kind] : "unknown";
}

const char *url_state_name(enum url_state state)
{
    static const char *const names[URL_STATE_COUNT] = {"pending", "done",   "failed",
                                                       "gone",    "denied", "poisoned"};
    return state < URL_STATE_COUNT ? names[state] : "unknown";
}

/* Links of one page mostly share a host: the last id is kept. */
struct host_memo {
    const char *name;
    int64_t id;
};

static int add_link(struct store *store, int64_t source_id, const struct url_link *link,
                    struct host_memo *memo)
{
    if (memo->name == NULL || strcmp(memo->name, link->host) != 0) {
        int rc = store_host_id(store, link->host, &memo->id);
        if (rc != OK)
            return rc;
        memo->name = link->host;
    }
    return db_run(store_db(store),
                  "INSERT INTO urls (url, source_id, host_id, kind, depth, referrer_id)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (url) DO NOTHING",
                  DB_WITH(db_text(link->url), db_int(source_id), db_int(memo->id),
                          db_int(link->kind), db_int(link->depth), db_int(link->referrer_id)));
}

int urls_add(struct store *store, const char *source, const struct url_link *links, size_t count,
             bool *ret_is_new)
{
    bool own = false;
    int64_t source_id = 0;
    struct host_memo memo = {NULL, 0};
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_source_id(store, source, &source_id);
    for (size_t i = 0; i < count && rc == OK; i++) {
        bool fits = strnlen(links[i].url, URL_STORED_BYTES_MAX + 1) <= URL_STORED_BYTES_MAX;
        if (ret_is_new != NULL)
            ret_is_new[i] = false;
        if (!fits)
            continue;
        rc = add_link(store, source_id, &links[i], &memo);
        if (rc == OK && ret_is_new != NULL)
            ret_is_new[i] = db_changes(store_db(store)) > 0;
    }
    return store_leave(store, own, rc);
}

int urls_revive(struct store *store, const char *source, const struct url_lastmod *links,
                size_t count, uint64_t *ret_count)
{
    bool own = false;
    int64_t source_id = 0;
    uint64_t revived = 0;
    struct db *db = store_db(store);
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_source_id(store, source, &source_id);
    for (size_t i = 0; i < count && rc == OK; i++) {
        rc = db_run(
            db,
            "UPDATE urls SET state = 0, attempts = 0, next_try = 0 WHERE url = ?1"
            " AND source_id = ?2 AND state = 1 AND kind = 3 AND fetched < ?3",
            DB_WITH(db_text(links[i].url), db_int(source_id), db_int(links[i].lastmod_unix_ms)));
        if (rc == OK)
            revived += db_changes(db) > 0;
    }
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_count = revived;
    return rc;
}

#define URL_COLUMNS                                                                                \
    "u.id, u.url, h.name, s.name, u.etag, u.last_modified, u.why, u.kind, u.state, u.depth,"       \
    " u.attempts, u.referrer_id, u.next_try, u.refetch, u.fetched, u.http_status, u.digest"        \
    " FROM urls u JOIN hosts h ON h.id = u.host_id JOIN sources s ON s.id = u.source_id"

static bool read_row(struct db_rows *rows, struct arena *arena, void *item)
{
    struct url_row *row = item;
    row->id = row_int(rows, 0);
    row->url = row_text(rows, 1, arena);
    row->host = row_text(rows, 2, arena);
    row->source = row_text(rows, 3, arena);
    row->etag = row_text(rows, 4, arena);
    row->last_modified = row_text(rows, 5, arena);
    row->why = row_text(rows, 6, arena);
    row->kind = (enum url_kind)row_int(rows, 7);
    row->state = (enum url_state)row_int(rows, 8);
    row->depth = (uint32_t)row_int(rows, 9);
    row->attempts = (uint32_t)row_int(rows, 10);
    row->referrer_id = row_int(rows, 11);
    row->next_try_unix_ms = row_int(rows, 12);
    row->refetch_unix_ms = row_int(rows, 13);
    row->fetched_unix_ms = row_int(rows, 14);
    row->http_status = (int)row_int(rows, 15);
    row->has_digest = row_digest(rows, 16, &row->digest);
    return row->url != NULL && row->host != NULL && row->source != NULL && row->etag != NULL &&
           row->last_modified != NULL && row->why != NULL;
}

int urls_pending(struct store *store, struct arena *arena, const struct url_query *query,
                 struct url_row **ret_rows, size_t *ret_count)
{
    int64_t source_id = 0, host_id = 0;
    int rc = store_find_source(store, query->source, &source_id);
    if (rc == OK)
        rc = store_find_host(store, query->host, &host_id);
    if (rc != OK)
        return rc;
    struct db *db = store_db(store);
    struct db_value after = db_int(query->after_id), limit = db_int(store_page(query->limit));
    struct db_rows *rows =
        query->host != NULL
            ? db_query(
                  db,
                  "SELECT " URL_COLUMNS " WHERE u.state = 0 AND u.source_id = ?1"
                  " AND u.host_id = ?2 AND u.id > ?3 AND (?5 = 0 OR u.id IN"
                  " (SELECT url_id FROM rechecks WHERE wanted > 0)) ORDER BY u.id LIMIT ?4",
                  DB_WITH(db_int(source_id), db_int(host_id), after, limit, db_int(query->wanted)))
            : db_query(db,
                       "SELECT " URL_COLUMNS " WHERE u.state = 0 AND u.source_id = ?1"
                       " AND u.id > ?2 AND (?4 = 0 OR u.id IN"
                       " (SELECT url_id FROM rechecks WHERE wanted > 0)) ORDER BY u.id LIMIT ?3",
                       DB_WITH(db_int(source_id), after, limit, db_int(query->wanted)));
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct url_row));
    rc = row_list_read(store, rows, &list, read_row);
    if (rc != OK)
        return rc;
    *ret_rows = (struct url_row *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

bool read_host_pending(struct db_rows *rows, struct arena *arena, void *item)
{
    struct host_pending *row = item;
    row->host = row_text(rows, 0, arena);
    row->pending = (uint64_t)row_int(rows, 1);
    return row->host != NULL;
}

int hosts_pending(struct store *store, struct arena *arena, const char *source,
                  struct host_pending **ret_hosts, size_t *ret_count)
{
    int64_t source_id = 0;
    int rc = store_find_source(store, source, &source_id);
    if (rc != OK)
        return rc;
    struct db *db = store_db(store);
    struct db_rows *rows =
        source != NULL
            ? db_query(
                  db,
                  /* one step of the index a host, however many addresses wait there */
                  "WITH RECURSIVE waiting (id) AS (SELECT min(host_id) FROM urls"
                  " WHERE state = 0 AND source_id = ?1 UNION ALL"
                  " SELECT (SELECT min(host_id) FROM urls WHERE state = 0 AND source_id = ?1"
                  " AND host_id > w.id) FROM waiting w WHERE w.id IS NOT NULL)"
                  " SELECT h.name, 0 FROM waiting w JOIN hosts h ON h.id = w.id ORDER BY h.name",
                  DB_WITH(db_int(source_id)))
            : db_query(db,
                       "SELECT h.name, n.pending FROM (SELECT u.host_id, count(*) AS pending"
                       " FROM urls u WHERE u.state = 0 GROUP BY u.host_id) AS n"
                       " JOIN hosts h ON h.id = n.host_id ORDER BY h.name",
                       DB_NONE);
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct host_pending));
    rc = row_list_read(store, rows, &list, read_host_pending);
    if (rc != OK)
        return rc;
    *ret_hosts = (struct host_pending *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int url_get(struct store *store, struct arena *arena, const char *url, struct url_row *ret_row)
{
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db, "SELECT " URL_COLUMNS " WHERE u.url = ?1", DB_WITH(db_text(url)));
    struct url_row row = {0};
    bool found = db_next(rows);
    bool read = found && read_row(rows, arena, &row);
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!found)
        return store_say(store, ERR_NOT_FOUND, "%s: the store does not know this URL", url);
    if (!read)
        return store_no_memory(store);
    *ret_row = row;
    return OK;
}

int url_text(struct store *store, struct arena *arena, int64_t url_id, const char **ret_url)
{
    struct db *db = store_db(store);
    const char *text = NULL;
    struct db_rows *rows =
        db_query(db, "SELECT url FROM urls WHERE id = ?1", DB_WITH(db_int(url_id)));
    bool found = db_next(rows);
    if (found)
        text = row_text(rows, 0, arena);
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!found)
        return store_say(store, ERR_NOT_FOUND, "no URL has the id %lld", (long long)url_id);
    if (text == NULL)
        return store_no_memory(store);
    *ret_url = text;
    return OK;
}

int url_is_pending(struct store *store, int64_t url_id, bool *ret_pending)
{
    int64_t state = 0;
    int rc = db_number(store_db(store), &state, "SELECT state FROM urls WHERE id = ?1",
                       DB_WITH(db_int(url_id)));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "no URL has the id %lld", (long long)url_id);
    if (rc == OK)
        *ret_pending = state == URL_PENDING;
    return rc;
}

static struct db_value text_or_null(const char *text)
{
    return text != NULL ? db_text(text) : db_null();
}

int url_finish(struct store *store, int64_t url_id, const struct url_outcome *outcome)
{
    struct db *db = store_db(store);
    int rc = db_run(
        db,
        "UPDATE urls SET state = ?2, attempts = ?3, next_try = ?4, refetch = ?5, fetched = ?6,"
        " http_status = ?7, etag = coalesce(?8, etag), last_modified = coalesce(?9, last_modified),"
        " digest = coalesce(?10, digest), why = ?11,"
        " kind = CASE WHEN ?12 > 0 THEN 3 ELSE kind END WHERE id = ?1",
        DB_WITH(db_int(url_id), db_int(outcome->state), db_int(outcome->attempts),
                db_int(outcome->next_try_unix_ms), db_int(outcome->refetch_unix_ms),
                db_int(outcome->fetched_unix_ms), db_int(outcome->http_status),
                text_or_null(outcome->etag), text_or_null(outcome->last_modified),
                outcome->digest != NULL ? db_digest(outcome->digest) : db_null(),
                db_text(outcome->why), db_int(outcome->is_posting)));
    if (rc == OK && db_changes(db) == 0)
        return store_say(store, ERR_NOT_FOUND, "no URL has the id %lld", (long long)url_id);
    return rc;
}

int urls_count(struct store *store, const char *source, uint64_t ret_counts[URL_STATE_COUNT])
{
    int64_t source_id = 0;
    int rc = store_find_source(store, source, &source_id);
    if (rc != OK)
        return rc;
    struct db *db = store_db(store);
    struct db_rows *rows =
        source != NULL
            ? db_query(db, "SELECT state, count(*) FROM urls WHERE source_id = ?1 GROUP BY state",
                       DB_WITH(db_int(source_id)))
            : db_query(db, "SELECT state, count(*) FROM urls GROUP BY state", DB_NONE);
    memset(ret_counts, 0, sizeof(uint64_t) * URL_STATE_COUNT);
    while (db_next(rows)) {
        int64_t state = row_int(rows, 0);
        if (state >= 0 && state < URL_STATE_COUNT)
            ret_counts[state] = (uint64_t)row_int(rows, 1);
    }
    return db_end(db, rows);
}
