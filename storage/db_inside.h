/* storage/db_inside.h - what stands behind db.h: an engine is a table of calls. For db.c and the
 * engines (db_sqlite.c, db_postgres.c) alone. */
#ifndef LUREWATCH_DB_INSIDE_H
#define LUREWATCH_DB_INSIDE_H

#include "storage/db.h"

/* Each engine's statement begins with this. */
struct db_rows {
    struct db *db;
    const char *sql;
    bool open;
};

/* As the calls of db.h with the same names. begin, commit and rollback keep in_transaction. */
struct db_engine {
    void (*close)(struct db *db); /* frees all but path and *db */
    int (*script)(struct db *db, const char *sql);
    struct db_rows *(*query)(struct db *db, const char *sql, const struct db_value *values,
                             size_t count);
    bool (*next)(struct db_rows *rows);
    int (*end)(struct db *db, struct db_rows *rows, int64_t *ret_changes);
    int64_t (*get_int)(struct db_rows *rows, int column);
    bool (*get_null)(struct db_rows *rows, int column);
    struct slice (*get_slice)(struct db_rows *rows, int column);
    int (*begin)(struct db *db);
    int (*commit)(struct db *db);
    void (*rollback)(struct db *db);
    int (*check)(struct db *db);
    int (*tables)(struct db *db, const char *name, int64_t *ret_count, int64_t *ret_has);
    int (*sequence)(struct db *db, const char *table, int64_t last);
    int (*backup)(struct db *db, const char *path, struct failure *reterr);
    void (*words_pattern)(struct db *db, struct slice word, bool starts, struct text_buf *out);
    int (*words_tidy)(struct db *db);
    int (*erase)(struct db *db);
};

/* Each engine's connection begins with this. */
struct db {
    const struct db_engine *engine;
    struct db_faults faults;
    struct failure failure;
    char *path; /* what messages call the store: a file, or host and database */
    bool in_transaction, read_only;
    int64_t changes;
};

/* Where a statement stands in a table of `room` (a power of two) that is found by the address of
 * its SQL; NULL: the table is full. slots: an array of pointers to statements. */
size_t db_slot(const char *sql, size_t step, size_t room);

/* Each makes a connection of its engine with path set; db_close() ends it, also a half-made one. */
MUST_USE int db_sqlite_open(const char *path, unsigned flags, struct db **ret_db,
                            struct failure *reterr);
/* db_sqlite_backup.c: as db_backup(); name: of the store, for messages. */
struct sqlite3;
MUST_USE int db_sqlite_copy(struct sqlite3 *from, const char *name, const char *path,
                            struct failure *reterr);
/* An enum err for a result code of SQLite. */
int db_sqlite_code(int sqlite_rc);
MUST_USE int db_postgres_open(const char *url, unsigned flags, struct db **ret_db,
                              struct failure *reterr);

#endif
