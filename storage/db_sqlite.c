/* db_sqlite.c - the engine SQLite: the connection, its settings, its failures in words.
 *
 * Settings: journal_mode TRUNCATE with synchronous FULL (never WAL, see store.h), foreign keys on,
 * a busy timeout, no double-quoted strings, no schema that can call functions of its own. Every
 * transaction begins IMMEDIATE, so it meets a lock at its start and nowhere else.
 *
 * SQLite may roll a transaction back by itself (disk full, I/O error, no memory). A statement after
 * that would run alone and be kept alone, so we refuse every one until db_rollback().
 *
 * Cost: a statement is prepared once and found again by its literal's address in a hash table. */
#include "common/clock.h"
#include "common/file.h"
#include "storage/db_inside.h"
#include "storage/db_vfs.h"
#include "storage/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATEMENTS_MAX 512u /* a power of two, well above the SQL literals in storage/ */

struct statement {
    struct db_rows rows; /* first: what callers hold */
    sqlite3_stmt *stmt;
    int rc; /* SQLite's, of the last step */
};

struct sqlite {
    struct db db; /* first: what callers hold */
    sqlite3 *handle;
    struct db_vfs *vfs;
    int64_t waits_since_ms; /* for a lock */
    struct statement statements[STATEMENTS_MAX];
};

static struct sqlite *sqlite_of(struct db *db)
{
    return (struct sqlite *)(void *)db;
}

static struct statement *statement_of(struct db_rows *rows)
{
    return (struct statement *)(void *)rows;
}

/* ---- failures in words ---- */

int db_sqlite_code(int sqlite_rc)
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
    sqlite3 *handle = sqlite_of(db)->handle;
    const char *why = handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(sqlite_rc);
    int code = db_sqlite_code(sqlite_rc);
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

static struct statement *slot_of(struct sqlite *sqlite, const char *sql)
{
    for (size_t step = 0; step < STATEMENTS_MAX; step++) {
        struct statement *slot = &sqlite->statements[db_slot(sql, step, STATEMENTS_MAX)];
        if (slot->rows.sql == sql || slot->rows.sql == NULL)
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

static int prepare(struct sqlite *sqlite, struct statement *statement, const char *sql)
{
    if (statement->stmt != NULL)
        return OK;
    int rc = sqlite3_prepare_v3(sqlite->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                &statement->stmt, NULL);
    if (rc != SQLITE_OK)
        return say(&sqlite->db, rc);
    statement->rows.sql = sql;
    statement->rows.db = &sqlite->db;
    return OK;
}

static struct db_rows *sqlite_query(struct db *db, const char *sql, const struct db_value *values,
                                    size_t count)
{
    struct sqlite *sqlite = sqlite_of(db);
    if (db->in_transaction && sqlite3_get_autocommit(sqlite->handle)) {
        failure_set(&db->failure, ERR_STORE,
                    "%s: the transaction was rolled back by an earlier failure", db->path);
        return NULL;
    }
    struct statement *statement = slot_of(sqlite, sql);
    assert(statement != NULL && !statement->rows.open);
    if (prepare(sqlite, statement, sql) != OK)
        return NULL;
    assert((size_t)sqlite3_bind_parameter_count(statement->stmt) == count);
    for (size_t i = 0; i < count; i++) {
        int rc = bind(statement->stmt, (int)i + 1, &values[i]);
        if (rc != SQLITE_OK) {
            say(db, rc);
            sqlite3_clear_bindings(statement->stmt);
            return NULL;
        }
    }
    statement->rows.open = true;
    statement->rc = SQLITE_OK;
    return &statement->rows;
}

static bool sqlite_next(struct db_rows *rows)
{
    struct statement *statement = statement_of(rows);
    if (statement->rc != SQLITE_OK && statement->rc != SQLITE_ROW)
        return false;
    statement->rc = sqlite3_step(statement->stmt);
    return statement->rc == SQLITE_ROW;
}

static int sqlite_end(struct db *db, struct db_rows *rows, int64_t *ret_changes)
{
    struct statement *statement = statement_of(rows);
    int last = statement->rc;
    int rc = last == SQLITE_OK || last == SQLITE_ROW || last == SQLITE_DONE ? OK : say(db, last);
    sqlite3_reset(statement->stmt);
    sqlite3_clear_bindings(statement->stmt);
    rows->open = false;
    if (rc == OK && ret_changes != NULL)
        *ret_changes = sqlite3_changes64(sqlite_of(db)->handle);
    return rc;
}

/* ---- columns ---- */

static int64_t sqlite_get_int(struct db_rows *rows, int column)
{
    return sqlite3_column_int64(statement_of(rows)->stmt, column);
}

static bool sqlite_get_null(struct db_rows *rows, int column)
{
    return sqlite3_column_type(statement_of(rows)->stmt, column) == SQLITE_NULL;
}

static struct slice sqlite_get_slice(struct db_rows *rows, int column)
{
    sqlite3_stmt *stmt = statement_of(rows)->stmt;
    const void *at = sqlite3_column_type(stmt, column) == SQLITE_BLOB
                         ? sqlite3_column_blob(stmt, column)
                         : (const void *)sqlite3_column_text(stmt, column);
    return slice_make(at, (size_t)sqlite3_column_bytes(stmt, column));
}

/* ---- transactions ---- */

static int sqlite_script(struct db *db, const char *sql)
{
    int rc = sqlite3_exec(sqlite_of(db)->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : say(db, rc);
}

static int sqlite_begin(struct db *db)
{
    return sqlite_script(db, "BEGIN IMMEDIATE");
}

static int sqlite_commit(struct db *db)
{
    if (sqlite3_get_autocommit(sqlite_of(db)->handle))
        return failure_set(&db->failure, ERR_STORE,
                           "%s: the transaction was rolled back by an earlier failure", db->path);
    return sqlite_script(db, "COMMIT");
}

static void sqlite_rollback(struct db *db)
{
    struct sqlite *sqlite = sqlite_of(db);
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        if (sqlite->statements[i].rows.open) {
            sqlite3_reset(sqlite->statements[i].stmt);
            sqlite->statements[i].rows.open = false;
        }
    if (!sqlite3_get_autocommit(sqlite->handle))
        sqlite3_exec(sqlite->handle, "ROLLBACK", NULL, NULL, NULL);
}

static int sqlite_check(struct db *db)
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

static int sqlite_tables(struct db *db, const char *name, int64_t *ret_count, int64_t *ret_has)
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

static void sqlite_close(struct db *db)
{
    struct sqlite *sqlite = sqlite_of(db);
    if (sqlite->handle != NULL) {
        sqlite_rollback(db);
        for (size_t i = 0; i < STATEMENTS_MAX; i++)
            sqlite3_finalize(sqlite->statements[i].stmt);
        sqlite3_close(sqlite->handle);
    }
    db_vfs_free(sqlite->vfs);
}

/* The next id is the highest of the table and one. */
static int sqlite_sequence(struct db *db, const char *table, int64_t last)
{
    (void)db;
    (void)table;
    (void)last;
    return OK;
}

static int sqlite_backup(struct db *db, const char *path, struct failure *reterr)
{
    return db_sqlite_copy(sqlite_of(db)->handle, db->path, path, reterr);
}

/* Does the index hold a word that begins with this one and goes on? (fts5vocab, ibid. 8.) */
static bool has_longer(struct db *db, struct slice word)
{
    bool found = true;
    struct text_buf least, above;
    text_buf_init(&least, 1024);
    text_buf_init(&above, 1024);
    text_buf_printf(&least, "%.*s\x01", (int)word.len, word.at);
    text_buf_printf(&above, "%.*s\xf4\x8f\xbf\xbf", (int)word.len, word.at);
    if (text_buf_status(&least) == OK && text_buf_status(&above) == OK) {
        struct db_rows *rows =
            db_query(db, "SELECT term FROM temp.case_terms WHERE term > ?1 AND term < ?2 LIMIT 1",
                     DB_WITH(db_slice(text_buf_slice(&least)), db_slice(text_buf_slice(&above))));
        found = db_next(rows);
        found = db_end(db, rows) != OK || found;
    }
    text_buf_release(&least);
    text_buf_release(&above);
    return found;
}

/* FTS5's query language (https://www.sqlite.org/fts5.html, 3). A start is looked for by merging the
 * rows of all words that begin so, even of a single one: some ten times what that word itself costs. */
static void sqlite_words_pattern(struct db *db, struct slice word, bool starts,
                                 struct text_buf *out)
{
    text_buf_printf(out, "%s\"%.*s\"%s", out->len > 0 ? " AND " : "", (int)word.len, word.at,
                    starts && has_longer(db, word) ? "*" : "");
}

static int sqlite_erase(struct db *db)
{
    return sqlite_script(db, "PRAGMA secure_delete=ON");
}

/* What is deleted stays in the index's segments until they are merged. */
static int sqlite_words_tidy(struct db *db)
{
    return sqlite_script(db, "INSERT INTO case_words (case_words) VALUES ('optimize')");
}

static const struct db_engine ENGINE = {
    .close = sqlite_close,
    .script = sqlite_script,
    .query = sqlite_query,
    .next = sqlite_next,
    .end = sqlite_end,
    .get_int = sqlite_get_int,
    .get_null = sqlite_get_null,
    .get_slice = sqlite_get_slice,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .check = sqlite_check,
    .tables = sqlite_tables,
    .sequence = sqlite_sequence,
    .backup = sqlite_backup,
    .words_pattern = sqlite_words_pattern,
    .words_tidy = sqlite_words_tidy,
    .erase = sqlite_erase,
};

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

/* Another process writes. SQLite's own waits grow to 100 ms, which a reader of the page would see;
 * a commit takes a millisecond or two. */
static int wait_for_lock(void *ctx, int turns)
{
    struct sqlite *sqlite = ctx;
    if (turns == 0)
        sqlite->waits_since_ms = clock_mono_ms();
    if (clock_mono_ms() - sqlite->waits_since_ms >= STORE_BUSY_MS)
        return 0;
    usleep(turns < 200 ? 1000 : 10000);
    return 1;
}

static int settings(struct sqlite *sqlite)
{
    sqlite3 *handle = sqlite->handle;
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_handler(handle, wait_for_lock, sqlite);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return sqlite_script(&sqlite->db, "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;"
                                      "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
                                      "PRAGMA cache_size=-8192; PRAGMA cell_size_check=ON;"
                                      "CREATE VIRTUAL TABLE temp.case_terms"
                                      " USING fts5vocab(main, case_words, instance)");
}

static int connect(struct sqlite *sqlite, unsigned flags)
{
    struct db *db = &sqlite->db;
    if (access(db->path, F_OK) != 0) {
        if ((flags & STORE_CREATE) == 0)
            return failure_set(&db->failure, ERR_NOT_FOUND,
                               "%s: no such store: the first sweep makes it, and lurewatch db init",
                               db->path);
        int rc = file_make(db);
        if (rc != OK)
            return rc;
    }
    int rc = db_vfs_create(&db->faults, &sqlite->vfs);
    if (rc != OK)
        return failure_set(&db->failure, rc, "%s: SQLite does not start", db->path);
    db->read_only = (flags & STORE_READ_ONLY) != 0;
    rc = sqlite3_open_v2(db->path, &sqlite->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                         db_vfs_name(sqlite->vfs));
    if (rc != SQLITE_OK)
        return say(db, rc);
    rc = settings(sqlite);
    if (rc != OK || !db->read_only)
        return rc;
    /* Not SQLite's read-only opening: after a crash a reader must be able to roll back too. */
    return sqlite_script(db, "PRAGMA query_only=ON");
}

int db_sqlite_open(const char *path, unsigned flags, struct db **ret_db, struct failure *reterr)
{
    struct sqlite *made = calloc(1, sizeof *made);
    if (made == NULL || (made->db.path = strdup(path)) == NULL) {
        free(made);
        return failure_set(reterr, ERR_NOMEM, "%s: no memory to open it", path);
    }
    made->db.engine = &ENGINE;
    int rc = connect(made, flags);
    if (rc != OK) {
        if (reterr != NULL)
            *reterr = made->db.failure;
        db_close(&made->db);
        return rc;
    }
    *ret_db = &made->db;
    return OK;
}
