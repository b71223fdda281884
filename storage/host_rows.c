/* host_rows.c - politeness, robots.txt and the record of requests; see host_rows.h. robots.txt has
 * a table of its own, so that the small politeness row, written for each request, stays small. */
#include "storage/host_rows.h"
#include "storage/store_inside.h"

static bool read_host(struct db_rows *rows, struct arena *arena, struct host_row *row)
{
    row->next_allowed_unix_ms = row_int(rows, 0);
    row->delay_ms = (uint32_t)row_int(rows, 1);
    row->latency_ms = (uint32_t)row_int(rows, 2);
    row->backoff_ms = (uint32_t)row_int(rows, 3);
    row->failures = (uint32_t)row_int(rows, 4);
    row->robots_http_status = (int)row_int(rows, 5);
    row->robots_fetched_unix_ms = row_int(rows, 6);
    row->robots_expires_unix_ms = row_int(rows, 7);
    row->robots_why = row_text(rows, 9, arena);
    struct slice body = row_slice(rows, 8);
    const char *copy = arena_copy(arena, body.at, body.len);
    if (copy == NULL || row->robots_why == NULL)
        return false;
    row->robots_body = slice_make(copy, body.len);
    return true;
}

int host_get(struct store *store, struct arena *arena, const char *host, struct host_row *ret_row)
{
    struct db *db = store_db(store);
    struct host_row row = {.robots_body = SLICE_EMPTY, .robots_why = ""};
    row.host = arena_copy(arena, host, slice_of(host).len);
    if (row.host == NULL)
        return store_no_memory(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT h.next_allowed, h.delay_ms, h.latency_ms, h.backoff_ms, h.failures,"
                 " coalesce(r.status, 0), coalesce(r.fetched, 0), coalesce(r.expires, 0), r.body,"
                 " coalesce(r.why, '') FROM hosts h LEFT JOIN robots r ON r.host_id = h.id"
                 " WHERE h.name = ?1",
                 DB_WITH(db_text(host)));
    bool found = db_next(rows);
    bool read = !found || read_host(rows, arena, &row);
    int rc = db_end(db, rows);
    if (rc == OK && !read)
        rc = store_no_memory(store);
    if (rc != OK)
        return rc;
    *ret_row = row;
    return found ? OK : store_say(store, ERR_NOT_FOUND, "%s: a host never seen", host);
}

/* A page that waited for its worker brings what was true when it was answered: by then its host may
 * have asked for rest. The longest wait is 30 days (host_gate.h): a time after that is a clock's. */
#define CLOCK_BACK_MS (INT64_C(31) * 24 * 3600 * 1000)

int host_put_politeness(struct store *store, const struct host_row *row)
{
    return db_run(store_db(store),
                  "INSERT INTO hosts (name, next_allowed, delay_ms, latency_ms, backoff_ms,"
                  " failures) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET"
                  " next_allowed = excluded.next_allowed, delay_ms = excluded.delay_ms,"
                  " latency_ms = excluded.latency_ms, backoff_ms = excluded.backoff_ms,"
                  " failures = excluded.failures"
                  " WHERE excluded.next_allowed >= hosts.next_allowed"
                  " OR excluded.next_allowed < hosts.next_allowed - ?7",
                  DB_WITH(db_text(row->host), db_int(row->next_allowed_unix_ms),
                          db_int(row->delay_ms), db_int(row->latency_ms), db_int(row->backoff_ms),
                          db_int(row->failures), db_int(CLOCK_BACK_MS)));
}

int host_put_robots(struct store *store, const struct host_row *row)
{
    bool own = false;
    int64_t host_id = 0;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_host_id(store, row->host, &host_id);
    if (rc == OK)
        rc =
            db_run(store_db(store),
                   "INSERT INTO robots (host_id, status, fetched, expires, body, why)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (host_id) DO UPDATE SET"
                   " status = excluded.status, fetched = excluded.fetched,"
                   " expires = excluded.expires, body = excluded.body, why = excluded.why",
                   DB_WITH(db_int(host_id), db_int(row->robots_http_status),
                           db_int(row->robots_fetched_unix_ms), db_int(row->robots_expires_unix_ms),
                           db_bytes(row->robots_body), db_text(row->robots_why)));
    return store_leave(store, own, rc);
}

int fetch_add(struct store *store, const struct fetch_entry *entry)
{
    bool own = false;
    int64_t source_id = 0, host_id = 0;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_source_id(store, entry->source, &source_id);
    if (rc == OK)
        rc = store_host_id(store, entry->host, &host_id);
    if (rc == OK)
        rc = db_run(store_db(store),
                    "INSERT INTO fetches (at, source_id, host_id, url, kind, referrer,"
                    " robots_rule, outcome, http_status, bytes, took_ms)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    DB_WITH(db_int(entry->started_unix_ms), db_int(source_id), db_int(host_id),
                            db_text(entry->url), db_text(entry->kind), db_text(entry->referrer),
                            db_text(entry->robots_rule), db_text(entry->outcome),
                            db_int(entry->http_status), db_int((int64_t)entry->bytes),
                            db_int(entry->took_ms)));
    return store_leave(store, own, rc);
}

static bool read_fetch(struct db_rows *rows, struct arena *arena, void *item)
{
    struct fetch_entry *entry = item;
    const char **const texts[] = {&entry->source, &entry->host,     &entry->url,
                                  &entry->kind,   &entry->referrer, &entry->robots_rule,
                                  &entry->outcome};
    entry->id = row_int(rows, 0);
    entry->started_unix_ms = row_int(rows, 1);
    entry->http_status = (int)row_int(rows, 9);
    entry->bytes = (uint64_t)row_int(rows, 10);
    entry->took_ms = (uint32_t)row_int(rows, 11);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if ((*texts[i] = row_text(rows, (int)i + 2, arena)) == NULL)
            return false;
    return true;
}

#define FETCH_COLUMNS                                                                              \
    "f.id, f.at, s.name, h.name, f.url, f.kind, f.referrer, f.robots_rule, f.outcome,"             \
    " f.http_status, f.bytes, f.took_ms FROM fetches f JOIN sources s ON s.id = f.source_id"       \
    " JOIN hosts h ON h.id = f.host_id"

int fetch_list(struct store *store, struct arena *arena, const struct fetch_query *query,
               struct fetch_entry **ret_rows, size_t *ret_count)
{
    int64_t host_id = 0;
    int rc = store_find_host(store, query->host, &host_id);
    if (rc != OK)
        return rc;
    struct db *db = store_db(store);
    struct db_value after = db_int(query->after_id), since = db_int(query->since_unix_ms);
    struct db_value limit = db_int(store_page(query->limit));
    struct db_rows *rows =
        query->host != NULL
            ? db_query(db,
                       "SELECT " FETCH_COLUMNS " WHERE f.host_id = ?1 AND f.id > ?2 AND f.at >= ?3"
                       " ORDER BY f.id LIMIT ?4",
                       DB_WITH(db_int(host_id), after, since, limit))
            : db_query(db,
                       "SELECT " FETCH_COLUMNS " WHERE f.id > ?1 AND f.at >= ?2"
                       " ORDER BY f.id LIMIT ?3",
                       DB_WITH(after, since, limit));
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct fetch_entry));
    rc = row_list_read(store, rows, &list, read_fetch);
    if (rc != OK)
        return rc;
    *ret_rows = (struct fetch_entry *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int fetches_count(struct store *store, const char *source, int64_t since_unix_ms,
                  uint64_t *ret_count)
{
    int64_t source_id = 0, count = 0;
    int rc = store_find_source(store, source, &source_id);
    if (rc == OK)
        rc = db_number(store_db(store), &count,
                       "SELECT count(*) FROM fetches WHERE source_id = ?1 AND at >= ?2",
                       DB_WITH(db_int(source_id), db_int(since_unix_ms)));
    if (rc == OK)
        *ret_count = (uint64_t)count;
    return rc;
}
