/* db.c - db.h over the engine that the store's URL names; see db_inside.h. */
#include "storage/db_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_postgres(struct slice url)
{
    return slice_starts(url, "postgresql://") || slice_starts(url, "postgres://");
}

int db_open(const char *url, unsigned flags, struct db **ret_db, struct failure *reterr)
{
    static const char sqlite_scheme[] = "sqlite:";
    struct slice text = slice_of(url);
    if (is_postgres(text))
        return db_postgres_open(url, flags, ret_db, reterr);
    if (!slice_starts(text, sqlite_scheme) || text.len == sizeof sqlite_scheme - 1)
        return failure_set(reterr, ERR_SYNTAX,
                           "%s: not a store: write sqlite:PATH or postgresql://HOST/DATABASE", url);
    return db_sqlite_open(url + sizeof sqlite_scheme - 1, flags, ret_db, reterr);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db->engine->close(db);
    free(db->path);
    free(db);
}

const char *db_path(const struct db *db)
{
    return db->path;
}

struct failure *db_failure(struct db *db)
{
    return &db->failure;
}

struct db_faults *db_faults(struct db *db)
{
    return &db->faults;
}

size_t db_slot(const char *sql, size_t step, size_t room)
{
    uintptr_t hash = (uintptr_t)sql;
    hash ^= hash >> 9;
    return (hash + step) & (room - 1);
}

/* ---- statements ---- */

int db_script(struct db *db, const char *sql)
{
    return db->engine->script(db, sql);
}

struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *values,
                         size_t count)
{
    return db->engine->query(db, sql, values, count);
}

bool db_next(struct db_rows *rows)
{
    return rows != NULL && rows->db->engine->next(rows);
}

int db_end(struct db *db, struct db_rows *rows)
{
    return rows == NULL ? db->failure.code : db->engine->end(db, rows, NULL);
}

int db_run(struct db *db, const char *sql, const struct db_value *values, size_t count)
{
    struct db_rows *rows = db_query(db, sql, values, count);
    while (db_next(rows))
        continue;
    return rows == NULL ? db->failure.code : db->engine->end(db, rows, &db->changes);
}

int64_t db_changes(const struct db *db)
{
    return db->changes;
}

int db_number(struct db *db, int64_t *ret_number, const char *sql, const struct db_value *values,
              size_t count)
{
    struct db_rows *rows = db_query(db, sql, values, count);
    bool found = db_next(rows);
    int64_t number = found ? row_int(rows, 0) : 0;
    while (db_next(rows)) /* a statement that writes must be run to its end */
        continue;
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!found)
        return ERR_NOT_FOUND;
    *ret_number = number;
    return OK;
}

/* ---- columns ---- */

int64_t row_int(struct db_rows *rows, int column)
{
    return rows->db->engine->get_int(rows, column);
}

bool row_is_null(struct db_rows *rows, int column)
{
    return rows->db->engine->get_null(rows, column);
}

struct slice row_slice(struct db_rows *rows, int column)
{
    return rows->db->engine->get_slice(rows, column);
}

bool row_digest(struct db_rows *rows, int column, struct digest *ret_digest)
{
    struct slice bytes = row_slice(rows, column);
    if (bytes.len != sizeof ret_digest->bytes)
        return false;
    memcpy(ret_digest->bytes, bytes.at, bytes.len);
    return true;
}

const char *row_text(struct db_rows *rows, int column, struct arena *arena)
{
    struct slice text = row_slice(rows, column);
    return text.len == 0 ? "" : arena_copy(arena, text.at, text.len);
}

/* ---- transactions ---- */

int db_begin(struct db *db)
{
    assert(!db->in_transaction);
    if (db->read_only)
        return failure_set(&db->failure, ERR_DENIED, "%s was opened for reading only", db->path);
    int rc = db->engine->begin(db);
    db->in_transaction = rc == OK;
    return rc;
}

int db_commit(struct db *db)
{
    assert(db->in_transaction);
    int rc = db->engine->commit(db);
    if (rc != OK)
        db_rollback(db);
    db->in_transaction = false;
    return rc;
}

void db_rollback(struct db *db)
{
    db->engine->rollback(db);
    db->in_transaction = false;
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

int db_check(struct db *db)
{
    return db->engine->check(db);
}

int db_tables(struct db *db, const char *name, int64_t *ret_count, int64_t *ret_has)
{
    return db->engine->tables(db, name, ret_count, ret_has);
}

int db_sequence(struct db *db, const char *table, int64_t last)
{
    return db->engine->sequence(db, table, last);
}

void db_words_pattern(struct db *db, struct slice word, bool starts, struct text_buf *out)
{
    db->engine->words_pattern(db, word, starts, out);
}

int db_erase(struct db *db)
{
    return db->engine->erase(db);
}

int db_words_tidy(struct db *db)
{
    return db->engine->words_tidy(db);
}

int db_backup(struct db *db, const char *path, struct failure *reterr)
{
    return db->engine->backup(db, path, reterr);
}
