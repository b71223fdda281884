/* stamp_rows.c - see stamp_rows.h. */
#include "storage/stamp_rows.h"
#include "storage/store_inside.h"

static int read_all(struct store *store, struct arena *arena, struct db_rows *rows,
                    struct row_list *list)
{
    int rc = OK;
    while (rc == OK && db_next(rows)) {
        struct stamp *stamp = row_list_add(list);
        if (stamp == NULL)
            return store_no_memory(store);
        struct slice token = row_slice(rows, 6);
        const char *copy = arena_copy(arena, token.at, token.len);
        stamp->segment_id = row_int(rows, 0);
        stamp->segment = row_text(rows, 1, arena);
        stamp->bytes = row_int(rows, 2);
        stamp->at_unix_ms = row_int(rows, 4);
        stamp->authority = row_text(rows, 5, arena);
        if (copy == NULL || stamp->segment == NULL || stamp->authority == NULL)
            return store_no_memory(store);
        stamp->token = slice_make(copy, token.len);
        if (!row_digest(rows, 3, &stamp->chain))
            return store_say(store, ERR_STORE, "%s: a row of its chain is damaged", stamp->segment);
    }
    return rc;
}

static int collect(struct store *store, struct arena *arena, struct db_rows *rows,
                   struct stamp **ret_rows, size_t *ret_count)
{
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct stamp));
    int rc = read_all(store, arena, rows, &list);
    int end = db_end(store_db(store), rows);
    if (rc != OK || end != OK)
        return rc != OK ? rc : end;
    *ret_rows = (struct stamp *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int stamps_due(struct store *store, struct arena *arena, const char *machine,
               struct stamp **ret_rows, size_t *ret_count)
{
    struct db_rows *rows =
        db_query(store_db(store),
                 "SELECT s.id, s.name, s.bytes, r.chain, 0, '', r.chain FROM segments s"
                 " JOIN records r ON r.id = (SELECT max(l.id) FROM records l"
                 " WHERE l.segment_id = s.id) WHERE s.machine IN (?1, '')"
                 " AND NOT EXISTS (SELECT 1 FROM stamps t WHERE t.segment_id = s.id"
                 " AND t.chain = r.chain) ORDER BY s.id LIMIT 500",
                 DB_WITH(db_text(machine)));
    return collect(store, arena, rows, ret_rows, ret_count);
}

int stamp_add(struct store *store, const struct stamp *stamp)
{
    return db_run(store_db(store),
                  "INSERT INTO stamps (segment_id, at, bytes, chain, authority, token)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                  DB_WITH(db_int(stamp->segment_id), db_int(stamp->at_unix_ms),
                          db_int(stamp->bytes), db_digest(&stamp->chain), db_text(stamp->authority),
                          db_bytes(stamp->token)));
}

int stamps_list(struct store *store, struct arena *arena, int64_t *after_id,
                struct stamp **ret_rows, size_t *ret_count)
{
    int64_t last = 0;
    struct db *db = store_db(store);
    int rc = db_number(db, &last,
                       "SELECT coalesce(max(id), 0) FROM (SELECT id FROM stamps WHERE id > ?1"
                       " ORDER BY id LIMIT 500) AS page",
                       DB_WITH(db_int(*after_id)));
    if (rc != OK)
        return rc;
    struct db_rows *rows =
        db_query(db,
                 "SELECT t.segment_id, s.name, t.bytes, t.chain, t.at, t.authority, t.token"
                 " FROM stamps t JOIN segments s ON s.id = t.segment_id"
                 " WHERE t.id > ?1 AND t.id <= ?2 ORDER BY t.id",
                 DB_WITH(db_int(*after_id), db_int(last)));
    *after_id = last;
    return collect(store, arena, rows, ret_rows, ret_count);
}

int stamp_fits(struct store *store, const struct stamp *stamp, bool *ret_fits)
{
    int64_t found = 0;
    int rc = db_number(store_db(store), &found,
                       "SELECT count(*) FROM records WHERE segment_id = ?1 AND chain = ?2",
                       DB_WITH(db_int(stamp->segment_id), db_digest(&stamp->chain)));
    *ret_fits = found > 0;
    return rc;
}
