/* storage/db.h - one database connection: statements with values, rows, transactions. For the .c
 * files of storage/ alone; the engines (db_sqlite.c,
 * db_postgres.c) stay behind it.
 *
 * SQL is the subset that SQLite 3.40 and PostgreSQL 15 share: numbered parameters (?1; an engine
 * that spells them otherwise rewrites them), ON CONFLICT, RETURNING, partial indexes, BIGINT-wide
 * integers, text and bytes. A statement is prepared once for each SQL literal and kept: give
 * literals, not built text.
 *
 *     struct db_rows *rows = db_query(db, "SELECT id FROM urls WHERE host_id = ?1",
 *                                     DB_WITH(db_int(host_id)));
 *     while (db_next(rows))
 *         use(row_int(rows, 0));
 *     int rc = db_end(db, rows);
 */
#ifndef LUREWATCH_DB_H
#define LUREWATCH_DB_H

#include "common/arena.h"
#include "common/digest.h"
#include "common/text.h"

struct db;
struct db_rows;

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };

struct db_value {
    enum db_kind kind;
    int64_t number;
    struct slice bytes; /* borrowed for the call */
};

static inline struct db_value db_int(int64_t number)
{
    return (struct db_value){DB_INT, number, SLICE_EMPTY};
}
static inline struct db_value db_slice(struct slice text)
{
    return (struct db_value){DB_TEXT, 0, text};
}
static inline struct db_value db_text(const char *text) /* NULL: the empty text */
{
    return db_slice(slice_of(text));
}
static inline struct db_value db_bytes(struct slice bytes)
{
    return (struct db_value){DB_BYTES, 0, bytes};
}
static inline struct db_value db_digest(const struct digest *digest) /* borrows *digest */
{
    return db_bytes(slice_make((const char *)digest->bytes, sizeof digest->bytes));
}
static inline struct db_value db_null(void)
{
    return (struct db_value){DB_NULL, 0, SLICE_EMPTY};
}

#define DB_WITH(...)                                                                               \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NONE NULL, 0

/* url: as store_open(). flags: enum store_flag. A new file gets mode 600 and its folder is made.
 * Errors: store.h. */
MUST_USE int db_open(const char *url, unsigned flags, struct db **ret_db, struct failure *reterr);
void db_close(struct db *db); /* NULL is allowed */
const char *db_path(const struct db *db);
struct failure *db_failure(struct db *db); /* of the last call that failed */

/* Several statements without values, for migrations. */
MUST_USE int db_script(struct db *db, const char *sql);
/* A statement that gives no rows. */
MUST_USE int db_run(struct db *db, const char *sql, const struct db_value *values, size_t count);
/* Rows the last db_run() added, changed or removed. */
int64_t db_changes(const struct db *db);
/* The first column of the first row. ERR_NOT_FOUND (no sentence): no row. */
MUST_USE int db_number(struct db *db, int64_t *ret_number, const char *sql,
                       const struct db_value *values, size_t count);

/* Gives NULL on failure, which db_next() and db_end() understand. The same SQL must not be opened
 * twice at a time. */
struct db_rows *db_query(struct db *db, const char *sql, const struct db_value *values,
                         size_t count);
bool db_next(struct db_rows *rows);
MUST_USE int db_end(struct db *db, struct db_rows *rows);

/* Columns of the present row, from 0. Text and bytes are borrowed until the next db_next(). */
int64_t row_int(struct db_rows *rows, int column); /* NULL reads 0 */
bool row_is_null(struct db_rows *rows, int column);
struct slice row_slice(struct db_rows *rows, int column); /* text or bytes; NULL reads empty */
bool row_digest(struct db_rows *rows, int column, struct digest *ret_digest);
/* A copy in arena; NULL only without memory. */
const char *row_text(struct db_rows *rows, int column, struct arena *arena);

MUST_USE int db_begin(struct db *db); /* takes the write lock */
MUST_USE int db_commit(struct db *db);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);
MUST_USE int db_check(struct db *db);
/* How many tables there are, and whether (1 or 0) one of them is called name. */
MUST_USE int db_tables(struct db *db, const char *name, int64_t *ret_count, int64_t *ret_has);

/* Adds to out, a pattern of the full-text index case_words, that a row has the word (letters and
 * digits alone), or with `starts` one that begins so. As the index is now: ask soon. */
void db_words_pattern(struct db *db, struct slice word, bool starts, struct text_buf *out);
/* What is deleted from now on by this handle leaves no bytes in the store's file. */
MUST_USE int db_erase(struct db *db);
/* Words that were deleted leave the index's own pages, too. */
MUST_USE int db_words_tidy(struct db *db);

/* Ids of table given from now on lie above last: after rows came with ids of their own. */
MUST_USE int db_sequence(struct db *db, const char *table, int64_t last);

/* Copies the whole database to a new file at path (mode 600): written beside it, checked, synced,
 * renamed. Others may write meanwhile. Errors: ERR_CONFLICT (path is there already), ERR_IO, ERR_FULL,
 * ERR_BUSY, ERR_STORE, ERR_NOMEM. */
MUST_USE int db_backup(struct db *db, const char *path, struct failure *reterr);

/* Injected faults: what the file layer counts and when it begins to fail. */
struct db_faults {
    uint64_t writes, fail_at; /* fail_at 0: never */
    int code;                 /* ERR_IO or ERR_FULL */
};
struct db_faults *db_faults(struct db *db);

#endif
