/* db_sqlite.c - db.h on SQLite: the connection, its settings, its failures in words.
 *
 * Settings: journal_mode TRUNCATE with synchronous FULL (never WAL, see store.h), foreign keys on,
 * a busy timeout, no double-quoted strings, no schema that can call functions of its own. Every
 * transaction begins IMMEDIATE, so it meets a lock at its start and nowhere else.
 *
 * SQLite may roll a transaction back by itself (disk full, I/O error, no memory). A statement after
 * that would run alone and be kept alone, so we refuse every one until db_rollback().
 *
 * Cost: a statement is prepared once and found again by its literal's address in a hash table. */
#include "common/file.h"
#include "storage/db.h"
#include "storage/db_vfs.h"
#include "storage/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATEMENTS_MAX 512u /* a power of two, well above the SQL literals in storage/ */

struct db_rows {
    struct db *db;
    sqlite3_stmt *stmt;
    const char *sql;
    bool open;
    int rc; /* SQLite's, of the last step */
};

struct db {
    sqlite3 *handle;
    struct db_vfs *vfs;
    struct db_faults faults;
    struct failure failure;
    char *path;
    bool in_transaction, read_only;
    int64_t changes;
    struct db_rows statements[STATEMENTS_MAX];
};

/* ---- failures in words ---- */

static int code_of(int sqlite_rc)
{
    switch (sqlite_rc & 0xff) {
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return ERR_IO;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_DENIED;
    default:
        return ERR_STORE;
    }
}

static int say(struct db *db, int sqlite_rc)
{
    const char *why = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(sqlite_rc);
    int code = code_of(sqlite_rc);
    struct failure *at = &db->failure;
    switch (sqlite_rc & 0xff) {
    case SQLITE_FULL:
        return failure_set(at, code,
                           "%s: no space left on the device: free some, then run the same command "
                           "again: it goes on where it stopped",
                           db->path);
    case SQLITE_BUSY:
        return failure_set(at, code,
                           "%s: another process kept it locked for over %d s: wait for it, or see "
                           "who it is with fuser '%s'",
                           db->path, STORE_BUSY_MS / 1000, db->path);
    case SQLITE_CORRUPT:
        return failure_set(at, code,
                           "%s is damaged (%s): keep a copy of it, then restore the last backup "
                           "with lurewatch db restore, or rescue what can be read with sqlite3 "
                           "'%s' .recover",
                           db->path, why, db->path);
    case SQLITE_NOTADB:
        return failure_set(at, code,
                           "%s is not a lurewatch store: name another file in the configuration "
                           "(store), or move this one away",
                           db->path);
    case SQLITE_READONLY:
        return failure_set(at, code, "%s: cannot write (%s): see the rights of file and folder",
                           db->path, why);
    case SQLITE_IOERR:
        return failure_set(at, code,
                           "%s: reading or writing failed (%s): see the disk and the system's log, "
                           "then run the same command again: it goes on where it stopped",
                           db->path, why);
    default:
        return failure_set(at, code, "%s: %s", db->path, why);
    }
}

/* ---- statements ---- */

static struct db_rows *slot_of(struct db *db, const char *sql)
{
    uintptr_t hash = (uintptr_t)sql;
    hash ^= hash >> 9;
    for (size_t step = 0; step < STATEMENTS_MAX; step++) {
        struct db_rows *slot = &db->statements[(hash + step) & (STATEMENTS_MAX - 1)];
        if (slot->sql == sql || slot->sql == NULL)
            return slot;
    }
    return NULL;
}

static int bind(sqlite3_stmt *stmt, int index, const struct db_value *value)
{
    struct slice bytes = value->bytes;
    switch (value->kind) {
    case DB_INT:
        return sqlite3_bind_int64(stmt, index, value->number);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, index, bytes.at, bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BYTES:
        return sqlite3_bind_blob64(stmt, index, bytes.at, bytes.len, SQLITE_STATIC);
    case DB_NULL:
        break;
    }
    return sqlite3_bind_null(stmt, index);
}

struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *values,
                         size_t count)
{
    if (db->in_transaction && sqlite3_get_autocommit(db->handle)) {
        failure_set(&db->failure, ERR_STORE,
                    "%s: the transaction was rolled back by an earlier failure", db->path);
        return NULL;
    }
    struct db_rows *rows = slot_of(db, sql);
    assert(rows != NULL && !rows->open);
    if (rows->stmt == NULL) {
        int rc =
            sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->stmt, NULL);
        if (rc != SQLITE_OK) {
            say(db, rc);
            return NULL;
        }
        rows->sql = sql;
        rows->db = db;
    }
    assert((size_t)sqlite3_bind_parameter_count(rows->stmt) == count);
    for (size_t i = 0; i < count; i++) {
        int rc = bind(rows->stmt, (int)i + 1, &values[i]);
        if (rc != SQLITE_OK) {
            say(db, rc);
            sqlite3_clear_bindings(rows->stmt);
            return NULL;
        }
    }
    rows->open = true;
    rows->rc = SQLITE_OK;
    return rows;
}

bool db_next(struct db_rows *rows)
{
    if (rows == NULL || (rows->rc != SQLITE_OK && rows->rc != SQLITE_ROW))
        return false;
    rows->rc = sqlite3_step(rows->stmt);
    return rows->rc == SQLITE_ROW;
}

int db_end(struct db *db, struct db_rows *rows)
{
    if (rows == NULL)
        return db->failure.code;
    bool well = rows->rc == SQLITE_OK || rows->rc == SQLITE_ROW || rows->rc == SQLITE_DONE;
    int rc = well ? OK : say(db, rows->rc);
    sqlite3_reset(rows->stmt);
    sqlite3_clear_bindings(rows->stmt);
    rows->open = false;
    return rc;
}

int db_run(struct db *db, const char *sql, const struct db_value *values, size_t count)
{
    struct db_rows *rows = db_query(db, sql, values, count);
    while (db_next(rows))
        continue;
    int rc = db_end(db, rows);
    if (rc == OK)
        db->changes = sqlite3_changes64(db->handle);
    return rc;
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
    return sqlite3_column_int64(rows->stmt, column);
}

bool row_is_null(struct db_rows *rows, int column)
{
    return sqlite3_column_type(rows->stmt, column) == SQLITE_NULL;
}

struct slice row_slice(struct db_rows *rows, int column)
{
    const void *at = sqlite3_column_type(rows->stmt, column) == SQLITE_BLOB
                         ? sqlite3_column_blob(rows->stmt, column)
                         : (const void *)sqlite3_column_text(rows->stmt, column);
    return slice_make(at, (size_t)sqlite3_column_bytes(rows->stmt, column));
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

int db_script(struct db *db, const char *sql)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : say(db, rc);
}

int db_begin(struct db *db)
{
    assert(!db->in_transaction);
    if (db->read_only)
        return failure_set(&db->failure, ERR_DENIED, "%s was opened for reading only", db->path);
    int rc = db_script(db, "BEGIN IMMEDIATE");
    db->in_transaction = rc == OK;
    return rc;
}

int db_commit(struct db *db)
{
    assert(db->in_transaction);
    int rc = ERR_STORE;
    if (sqlite3_get_autocommit(db->handle))
        failure_set(&db->failure, rc, "%s: the transaction was rolled back by an earlier failure",
                    db->path);
    else
        rc = db_script(db, "COMMIT");
    if (rc != OK)
        db_rollback(db);
    db->in_transaction = false;
    return rc;
}

void db_rollback(struct db *db)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        if (db->statements[i].open) {
            sqlite3_reset(db->statements[i].stmt);
            db->statements[i].open = false;
        }
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    db->in_transaction = false;
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

int db_check(struct db *db)
{
    struct db_rows *rows = db_query(db, "PRAGMA integrity_check(1)", DB_NONE);
    bool sound = false;
    struct failure found = {0};
    if (db_next(rows)) {
        struct slice said = row_slice(rows, 0);
        sound = slice_is(said, "ok");
        failure_set(&found, ERR_STORE,
                    "%s is damaged (%.*s): keep a copy of it, then restore the last backup with "
                    "lurewatch db restore",
                    db->path, (int)(said.len < 500 ? said.len : 500), said.at);
    }
    int rc = db_end(db, rows);
    if (rc != OK || sound)
        return rc;
    db->failure = found;
    return ERR_STORE;
}

int db_tables(struct db *db, const char *name, int64_t *ret_count, int64_t *ret_has)
{
    int rc = db_number(db, ret_count,
                       "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                       " AND name NOT LIKE 'sqlite%'",
                       DB_NONE);
    if (rc != OK)
        return rc;
    return db_number(db, ret_has,
                     "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1",
                     DB_WITH(db_text(name)));
}

/* ---- opening ---- */

/* Makes the file ourselves: SQLite would leave it readable by everybody. */
static int file_make(struct db *db)
{
    char *slash = strrchr(db->path, '/');
    if (slash != NULL && slash != db->path) {
        *slash = '\0';
        int rc = dir_make(db->path, 0700, &db->failure);
        *slash = '/';
        if (rc != OK)
            return rc;
    }
    int fd = open(db->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_failure(&db->failure, "cannot create the store", db->path, errno);
    close(fd);
    return dir_sync_of(db->path, &db->failure);
}

static int settings(struct db *db)
{
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, STORE_BUSY_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return db_script(db, "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;"
                         "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
                         "PRAGMA cache_size=-32768; PRAGMA cell_size_check=ON");
}

static int connect(struct db *db, unsigned flags)
{
    if (access(db->path, F_OK) != 0) {
        if ((flags & STORE_CREATE) == 0)
            return failure_set(&db->failure, ERR_NOT_FOUND,
                               "%s: no such store: the first sweep makes it, and lurewatch db init",
                               db->path);
        int rc = file_make(db);
        if (rc != OK)
            return rc;
    }
    int rc = db_vfs_create(&db->faults, &db->vfs);
    if (rc != OK)
        return failure_set(&db->failure, rc, "%s: SQLite does not start", db->path);
    db->read_only = (flags & STORE_READ_ONLY) != 0;
    rc = sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                         db_vfs_name(db->vfs));
    if (rc != SQLITE_OK)
        return say(db, rc);
    rc = settings(db);
    if (rc != OK || !db->read_only)
        return rc;
    /* Not SQLite's read-only opening: after a crash a reader must be able to roll back too. */
    return db_script(db, "PRAGMA query_only=ON");
}

int db_open(const char *path, unsigned flags, struct db **ret_db, struct failure *reterr)
{
    struct db *made = calloc(1, sizeof *made);
    if (made == NULL || (made->path = strdup(path)) == NULL) {
        free(made);
        return failure_set(reterr, ERR_NOMEM, "%s: no memory to open it", path);
    }
    int rc = connect(made, flags);
    if (rc != OK) {
        if (reterr != NULL)
            *reterr = made->failure;
        db_close(made);
        return rc;
    }
    *ret_db = made;
    return OK;
}

/* ---- a copy ---- */

#define BACKUP_PAGES 4096 /* a step: writers get their turn between steps */

static int backup_steps(struct db *db, sqlite3 *copy, struct failure *reterr)
{
    int64_t waited_ms = 0;
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", db->handle, "main");
    if (backup == NULL)
        return failure_set(reterr, ERR_STORE, "%s: the copy cannot begin (%s)", db->path,
                           sqlite3_errmsg(copy));
    int step = SQLITE_OK;
    while (step == SQLITE_OK || step == SQLITE_BUSY || step == SQLITE_LOCKED) {
        step = sqlite3_backup_step(backup, BACKUP_PAGES);
        if (step != SQLITE_BUSY && step != SQLITE_LOCKED)
            continue;
        if (waited_ms > STORE_BUSY_MS)
            break;
        waited_ms += sqlite3_sleep(50);
    }
    sqlite3_backup_finish(backup);
    if (step == SQLITE_DONE)
        return OK;
    return failure_set(reterr, code_of(step), "%s: the copy failed (%s)", db->path,
                       sqlite3_errstr(step));
}

static int backup_check(sqlite3 *copy, const char *path, struct failure *reterr)
{
    sqlite3_stmt *stmt = NULL;
    bool sound =
        sqlite3_prepare_v2(copy, "PRAGMA integrity_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    sqlite3_finalize(stmt);
    return sound ? OK
                 : failure_set(reterr, ERR_STORE,
                               "%s: the copy is not sound, so it was taken away; lurewatch db "
                               "check says whether the store is",
                               path);
}

static int backup_write(struct db *db, const char *temporary, struct failure *reterr)
{
    sqlite3 *copy = NULL;
    int rc = sqlite3_open_v2(temporary, &copy, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
                 ? OK
                 : failure_set(reterr, ERR_IO, "%s: cannot be opened (%s)", temporary,
                               sqlite3_errmsg(copy));
    if (rc == OK) /* no journal beside a copy that nobody knows yet; it is synced below */
        sqlite3_exec(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
    if (rc == OK)
        rc = backup_steps(db, copy, reterr);
    if (rc == OK)
        rc = backup_check(copy, temporary, reterr);
    sqlite3_close(copy);
    return rc;
}

int db_backup(struct db *db, const char *path, struct failure *reterr)
{
    char temporary[4096];
    if (access(path, F_OK) == 0)
        return failure_set(reterr, ERR_CONFLICT, "%s is there already: name a new file", path);
    int len = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof temporary)
        return failure_set(reterr, ERR_LIMIT, "the path of the copy is too long");
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return file_failure(reterr, "cannot create the copy", path, errno);
    int rc = backup_write(db, temporary, reterr);
    if (rc == OK && fsync(fd) != 0)
        rc = file_failure(reterr, "cannot sync the copy", path, errno);
    close(fd);
    if (rc == OK && link(temporary, path) != 0) /* never over a file that appeared meanwhile */
        rc = file_failure(reterr, "cannot name the copy", path, errno);
    unlink(temporary);
    return rc == OK ? dir_sync_of(path, reterr) : rc;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    if (db->handle != NULL) {
        db_rollback(db);
        for (size_t i = 0; i < STATEMENTS_MAX; i++)
            sqlite3_finalize(db->statements[i].stmt);
        sqlite3_close(db->handle);
    }
    db_vfs_free(db->vfs);
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
