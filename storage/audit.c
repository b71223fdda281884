/* audit.c - the chained trail; see audit.h. audit_head holds the end of the chain, so an addition
 * reads one row however long the trail is, and two writers of one store meet at that row. */
#include "storage/audit.h"
#include "common/utf8.h"
#include "storage/store_inside.h"

#include <stdio.h>
#include <string.h>

static void add_part(struct digest_stream *stream, struct slice text)
{
    char head[24];
    snprintf(head, sizeof head, "%zu:", text.len);
    digest_stream_add(stream, slice_of(head));
    digest_stream_add(stream, text);
}

static void add_number(struct digest_stream *stream, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    add_part(stream, slice_of(text));
}

/* One row as it is stored: texts cut already. */
struct audit_text {
    struct slice who, action, object, from, to, why;
};

static struct digest link_hash(struct digest_stream *stream, const struct digest *before,
                               const struct audit_entry *entry, const struct audit_text *text)
{
    digest_stream_add(stream, slice_make((const char *)before->bytes, sizeof before->bytes));
    add_number(stream, entry->at_unix_ms);
    add_part(stream, text->who);
    add_part(stream, text->action);
    add_part(stream, text->object);
    add_number(stream, entry->object_id);
    add_part(stream, text->from);
    add_part(stream, text->to);
    add_part(stream, text->why);
    return digest_stream_end(stream);
}

static struct slice cut(const char *text)
{
    return utf8_cut(slice_of(text), AUDIT_TEXT_BYTES_MAX);
}

static int read_head(struct store *store, int64_t *ret_id, struct digest *ret_hash)
{
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db, "SELECT last_id, hash FROM audit_head WHERE id = 1", DB_NONE);
    bool found = db_next(rows) && row_digest(rows, 1, ret_hash);
    if (found)
        *ret_id = row_int(rows, 0);
    int rc = db_end(db, rows);
    if (rc == OK && !found)
        return store_say(store, ERR_STORE,
                         "%s: the end of the audit trail is missing: restore the last backup",
                         store_path(store));
    return rc;
}

static int add_inside(struct store *store, struct digest_stream *stream,
                      const struct audit_entry *entry)
{
    struct db *db = store_db(store);
    struct audit_text text = {cut(entry->who),  cut(entry->action), cut(entry->object),
                              cut(entry->from), cut(entry->to),     cut(entry->why)};
    struct digest hash;
    int64_t id = 0;
    int rc = read_head(store, &id, &hash);
    if (rc != OK)
        return rc;
    hash = link_hash(stream, &hash, entry, &text);
    id++;
    rc = db_run(db,
                "INSERT INTO audit (id, at, who, action, object, object_id, was, became, why, hash)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                DB_WITH(db_int(id), db_int(entry->at_unix_ms), db_slice(text.who),
                        db_slice(text.action), db_slice(text.object), db_int(entry->object_id),
                        db_slice(text.from), db_slice(text.to), db_slice(text.why),
                        db_digest(&hash)));
    if (rc != OK)
        return rc;
    return db_run(db, "UPDATE audit_head SET last_id = ?1, hash = ?2 WHERE id = 1",
                  DB_WITH(db_int(id), db_digest(&hash)));
}

int audit_add(struct store *store, const struct audit_entry *entry)
{
    struct digest_stream *stream = NULL;
    bool own = false;
    int rc = digest_stream_create(&stream);
    if (rc != OK)
        return store_no_memory(store);
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = add_inside(store, stream, entry);
    digest_stream_free(stream);
    return store_leave(store, own, rc);
}

#define AUDIT_COLUMNS "id, at, who, action, object, object_id, was, became, why, hash FROM audit"

static bool read_entry(struct db_rows *rows, struct arena *arena, void *item)
{
    struct audit_entry *entry = item;
    entry->id = row_int(rows, 0);
    entry->at_unix_ms = row_int(rows, 1);
    entry->who = row_text(rows, 2, arena);
    entry->action = row_text(rows, 3, arena);
    entry->object = row_text(rows, 4, arena);
    entry->object_id = row_int(rows, 5);
    entry->from = row_text(rows, 6, arena);
    entry->to = row_text(rows, 7, arena);
    entry->why = row_text(rows, 8, arena);
    return row_digest(rows, 9, &entry->hash) && entry->who != NULL && entry->action != NULL &&
           entry->object != NULL && entry->from != NULL && entry->to != NULL && entry->why != NULL;
}

int audit_list(struct store *store, struct arena *arena, const struct audit_query *query,
               struct audit_entry **ret_rows, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct db_value after = db_int(query->after_id), limit = db_int(store_page(query->limit));
    struct db_rows *rows =
        query->object != NULL
            ? db_query(db,
                       "SELECT " AUDIT_COLUMNS " WHERE object = ?1 AND object_id = ?2 AND id > ?3"
                       " ORDER BY id LIMIT ?4",
                       DB_WITH(db_text(query->object), db_int(query->object_id), after, limit))
            : db_query(db, "SELECT " AUDIT_COLUMNS " WHERE id > ?1 ORDER BY id LIMIT ?2",
                       DB_WITH(after, limit));
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct audit_entry));
    int rc = row_list_read(store, rows, &list, read_entry);
    if (rc != OK)
        return rc;
    *ret_rows = (struct audit_entry *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int audit_last(struct store *store, int64_t *ret_id)
{
    return db_number(store_db(store), ret_id, "SELECT last_id FROM audit_head WHERE id = 1",
                     DB_NONE);
}

/* ---- verification ---- */

struct walk {
    struct digest hash;
    int64_t id, bad_id;
    uint64_t count;
};

static void check_row(struct db_rows *rows, struct digest_stream *stream, struct walk *walk)
{
    struct audit_entry entry = {.at_unix_ms = row_int(rows, 1), .object_id = row_int(rows, 5)};
    struct audit_text text = {row_slice(rows, 2), row_slice(rows, 3), row_slice(rows, 4),
                              row_slice(rows, 6), row_slice(rows, 7), row_slice(rows, 8)};
    struct digest stored;
    struct digest found = link_hash(stream, &walk->hash, &entry, &text);
    int64_t id = row_int(rows, 0);
    bool fits = id == walk->id + 1 && row_digest(rows, 9, &stored) &&
                memcmp(stored.bytes, found.bytes, sizeof found.bytes) == 0;
    if (!fits && walk->bad_id == 0)
        walk->bad_id = id;
    walk->id = id;
    walk->hash = found;
    walk->count++;
}

int audit_verify(struct store *store, int64_t *ret_bad_id, uint64_t *ret_count)
{
    struct db *db = store_db(store);
    struct walk walk = {.id = 0};
    struct digest_stream *stream = NULL;
    struct digest head;
    int64_t last = 0;
    if (digest_stream_create(&stream) != OK)
        return store_no_memory(store);
    struct db_rows *rows = db_query(db, "SELECT " AUDIT_COLUMNS " ORDER BY id", DB_NONE);
    while (db_next(rows))
        check_row(rows, stream, &walk);
    int rc = db_end(db, rows);
    digest_stream_free(stream);
    if (rc == OK)
        rc = read_head(store, &last, &head);
    if (rc != OK)
        return rc;
    if (walk.bad_id == 0 &&
        (last != walk.id || memcmp(head.bytes, walk.hash.bytes, sizeof head.bytes) != 0))
        walk.bad_id = walk.id + 1; /* rows are missing at the end */
    *ret_bad_id = walk.bad_id;
    *ret_count = walk.count;
    return OK;
}
