/* db_postgres.c - the engine PostgreSQL, by libpq: several machines share one store.
 *
 * The same rules as on SQLite hold: a transaction takes the write lock at its start (an advisory
 * lock of the schema, held to its end), so writers come one after another and readers never wait. A
 * group commit (app/store_thread.h) carries many pages in one such turn, so the lock costs little.
 *
 * Values go over as binary with their types, results come back as text. Text holds no NUL here, so
 * one becomes a blank and offsets stay. A statement is prepared once a connection.
 *
 * A lost connection fails the transaction that was open, and only that: the next db_begin(), or a
 * statement outside a transaction, connects anew, for up to RECONNECT_MS (STORE_AT_ONCE: once).
 * Whether a commit whose answer was lost took place nobody can tell; what puts rows is made to be repeated (store.h). */
#include "storage/db_inside.h"
#include "storage/db_postgres_sql.h"
#include "storage/store.h"

#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATEMENTS_MAX  512u /* a power of two, well above the SQL literals in storage/ */
#define VALUES_MAX      64u
#define SQL_BYTES_MAX   65536u
#define ROW_BYTES_MAX   (256u << 20)
#define RECONNECT_MS    20000
#define CONNECT_SECONDS "10"
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

struct statement {
    struct db_rows rows; /* first: what callers hold */
    uint64_t prepared;   /* in this connection, counted; 0: never */
    PGresult *result;    /* NULL: none */
    int row;             /* the present one; -1 before the first */
    struct arena *arena; /* of the present row's bytes */
};

struct postgres {
    struct db db; /* first: what callers hold */
    PGconn *conn;
    uint64_t connection; /* how many there were */
    bool broken;         /* this transaction failed: only a rollback helps */
    long reconnect_ms;
    struct statement statements[STATEMENTS_MAX];
};

static struct postgres *postgres_of(struct db *db)
{
    return (struct postgres *)(void *)db;
}

static struct statement *statement_of(struct db_rows *rows)
{
    return (struct statement *)(void *)rows;
}

/* ---- failures in words ---- */

/* libpq ends its sentences with a line end, and some have several lines. */
static struct slice first_line(const char *text)
{
    return slice_make(text, strcspn(text, "\r\n"));
}

static int lost(struct postgres *postgres)
{
    struct slice why = first_line(PQerrorMessage(postgres->conn));
    return failure_set(&postgres->db.failure, ERR_NET,
                       "%s: the connection to the database was lost (%.*s): run the same command "
                       "again when it is back: it goes on where it stopped",
                       postgres->db.path, (int)why.len, why.at);
}

static int say(struct postgres *postgres, const PGresult *result)
{
    struct db *db = &postgres->db;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    struct slice why = first_line(text != NULL ? text : PQresultErrorMessage(result));
    postgres->broken = true;
    if (PQstatus(postgres->conn) != CONNECTION_OK)
        return lost(postgres);
    if (state == NULL)
        state = "";
    if (strcmp(state, "55P03") == 0 || strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        return failure_set(&db->failure, ERR_BUSY,
                           "%s: another process kept it locked for over %d s: wait for it, or see "
                           "pg_stat_activity",
                           db->path, STORE_BUSY_MS / 1000);
    if (strcmp(state, "53100") == 0)
        return failure_set(&db->failure, ERR_FULL,
                           "%s: no space left on the database's device: free some, then run the "
                           "same command again: it goes on where it stopped",
                           db->path);
    if (strcmp(state, "25006") == 0 || strcmp(state, "42501") == 0)
        return failure_set(&db->failure, ERR_DENIED,
                           "%s: cannot write (%.*s): see the rights of "
                           "the database's user",
                           db->path, (int)why.len, why.at);
    if (strncmp(state, "57P", 3) == 0)
        return failure_set(&db->failure, ERR_NET,
                           "%s: the database is stopping (%.*s): run the "
                           "same command again when it is back",
                           db->path, (int)why.len, why.at);
    if (strncmp(state, "58", 2) == 0)
        return failure_set(&db->failure, ERR_IO,
                           "%s: the database cannot read or write (%.*s): "
                           "see its disk and its log",
                           db->path, (int)why.len, why.at);
    return failure_set(&db->failure, ERR_STORE, "%s: %.*s", db->path, (int)why.len, why.at);
}

static bool is_well(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static int run_text(struct postgres *postgres, const char *sql)
{
    PGresult *result = PQexec(postgres->conn, sql);
    int rc = is_well(result) ? OK : say(postgres, result);
    PQclear(result);
    return rc;
}

/* Injected faults: each statement of a transaction, and its commit, counts as a write. */
static int turn(struct postgres *postgres)
{
    struct db_faults *faults = &postgres->db.faults;
    if (postgres->broken)
        return failure_set(&postgres->db.failure, ERR_STORE,
                           "%s: the transaction was rolled back by an earlier failure",
                           postgres->db.path);
    faults->writes++;
    if (faults->fail_at == 0 || faults->writes < faults->fail_at)
        return OK;
    postgres->broken = postgres->db.in_transaction;
    return failure_set(&postgres->db.failure, faults->code, "%s: the write failed as ordered",
                       postgres->db.path);
}

/* ---- the connection ---- */

static int settle(struct postgres *postgres)
{
    char sql[512];
    postgres->connection++;
    snprintf(sql, sizeof sql,
             "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;"
             " SET synchronous_commit = on; SET client_min_messages = error;"
             " SET lock_timeout = %d; SET default_transaction_read_only = %s",
             STORE_BUSY_MS, postgres->db.read_only ? "on" : "off");
    return run_text(postgres, sql);
}

static void pause_ms(long ms)
{
    const struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* libpq finds out that the server has closed the connection when it reads, and no statement has to
 * be lost for that: between two of them there is nothing to read but the end. */
static void look_for_end(struct postgres *postgres)
{
    struct pollfd end = {.fd = PQsocket(postgres->conn), .events = POLLIN};
    for (int i = 0; i < 4 && PQstatus(postgres->conn) == CONNECTION_OK; i++)
        if (poll(&end, 1, 0) <= 0 || PQconsumeInput(postgres->conn) == 0)
            return;
}

/* Connects anew where the connection is gone; not inside a transaction. */
static int ensure(struct postgres *postgres)
{
    look_for_end(postgres);
    if (PQstatus(postgres->conn) == CONNECTION_OK)
        return OK;
    long waited = 0;
    for (long wait = 100;; waited += wait, wait = wait < 2000 ? 2 * wait : wait) {
        PQreset(postgres->conn);
        if (PQstatus(postgres->conn) == CONNECTION_OK)
            return settle(postgres);
        if (waited >= postgres->reconnect_ms)
            return lost(postgres);
        pause_ms(wait);
    }
}

/* ---- statements ---- */

static struct statement *slot_of(struct postgres *postgres, const char *sql)
{
    for (size_t step = 0; step < STATEMENTS_MAX; step++) {
        struct statement *slot = &postgres->statements[db_slot(sql, step, STATEMENTS_MAX)];
        if (slot->rows.sql == sql || slot->rows.sql == NULL)
            return slot;
    }
    return NULL;
}

static void name_of(const struct postgres *postgres, const struct statement *statement,
                    char ret_name[24])
{
    snprintf(ret_name, 24, "s%td", statement - postgres->statements);
}

static Oid type_of(enum db_kind kind)
{
    switch (kind) {
    case DB_INT:
        return OID_INT8;
    case DB_TEXT:
        return OID_TEXT;
    case DB_BYTES:
        return OID_BYTEA;
    case DB_NULL:
        break;
    }
    return 0; /* told by where it stands */
}

static int prepare(struct postgres *postgres, struct statement *statement, const char *sql,
                   const struct db_value *values, size_t count)
{
    Oid types[VALUES_MAX];
    struct text_buf theirs;
    char name[24];
    if (statement->prepared == postgres->connection)
        return OK;
    for (size_t i = 0; i < count; i++)
        types[i] = type_of(values[i].kind);
    name_of(postgres, statement, name);
    text_buf_init(&theirs, SQL_BYTES_MAX);
    int rc = postgres_sql(sql, false, &theirs);
    if (rc != OK) {
        failure_set(&postgres->db.failure, rc, "%s: a statement is too long", postgres->db.path);
        goto out;
    }
    PGresult *result = PQprepare(postgres->conn, name, text_buf_cstr(&theirs), (int)count, types);
    if (!is_well(result))
        rc = say(postgres, result);
    PQclear(result);
    if (rc != OK)
        goto out;
    statement->rows.sql = sql;
    statement->rows.db = &postgres->db;
    statement->prepared = postgres->connection;
out:
    text_buf_release(&theirs);
    return rc;
}

/* The bytes of a value as PostgreSQL takes them. */
static int bind(struct statement *statement, const struct db_value *value, int64_t *number,
                const char **ret_at, int *ret_len)
{
    *ret_at = NULL;
    *ret_len = 0;
    if (value->kind == DB_NULL)
        return OK;
    if (value->kind == DB_INT) {
        uint64_t wire = htobe64((uint64_t)value->number);
        memcpy(number, &wire, sizeof wire);
        *ret_at = (const char *)number;
        *ret_len = (int)sizeof *number;
        return OK;
    }
    *ret_at = value->bytes.len == 0 ? "" : value->bytes.at;
    *ret_len = (int)value->bytes.len;
    if (value->kind == DB_BYTES || value->bytes.len == 0 ||
        memchr(value->bytes.at, '\0', value->bytes.len) == NULL)
        return OK;
    char *copy = arena_copy(statement->arena, value->bytes.at, value->bytes.len);
    if (copy == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < value->bytes.len; i++)
        if (copy[i] == '\0')
            copy[i] = ' ';
    *ret_at = copy;
    return OK;
}

static int execute(struct postgres *postgres, struct statement *statement,
                   const struct db_value *values, size_t count)
{
    const char *at[VALUES_MAX];
    int len[VALUES_MAX], formats[VALUES_MAX];
    int64_t numbers[VALUES_MAX];
    char name[24];
    arena_reset(statement->arena);
    for (size_t i = 0; i < count; i++) {
        formats[i] = 1;
        if (bind(statement, &values[i], &numbers[i], &at[i], &len[i]) != OK)
            return failure_set(&postgres->db.failure, ERR_NOMEM, "%s: no memory for a value",
                               postgres->db.path);
    }
    name_of(postgres, statement, name);
    statement->result = PQexecPrepared(postgres->conn, name, (int)count, at, len, formats, 0);
    if (is_well(statement->result))
        return OK;
    int rc = say(postgres, statement->result);
    PQclear(statement->result);
    statement->result = NULL;
    return rc;
}

static struct db_rows *postgres_query(struct db *db, const char *sql, const struct db_value *values,
                                      size_t count)
{
    struct postgres *postgres = postgres_of(db);
    struct statement *statement = slot_of(postgres, sql);
    assert(statement != NULL && !statement->rows.open && count <= VALUES_MAX);
    if (!db->in_transaction && ensure(postgres) != OK)
        return NULL;
    if (turn(postgres) != OK)
        return NULL;
    if (statement->arena == NULL && arena_create(ROW_BYTES_MAX, &statement->arena) != OK) {
        failure_set(&db->failure, ERR_NOMEM, "%s: no memory for a statement", db->path);
        return NULL;
    }
    int rc = prepare(postgres, statement, sql, values, count);
    if (rc == OK)
        rc = execute(postgres, statement, values, count);
    postgres->broken = rc != OK && db->in_transaction;
    if (rc != OK)
        return NULL;
    statement->rows.open = true;
    statement->row = -1;
    return &statement->rows;
}

static bool postgres_next(struct db_rows *rows)
{
    struct statement *statement = statement_of(rows);
    if (statement->row + 1 >= PQntuples(statement->result))
        return false;
    arena_reset(statement->arena);
    statement->row++;
    return true;
}

static int postgres_end(struct db *db, struct db_rows *rows, int64_t *ret_changes)
{
    struct statement *statement = statement_of(rows);
    (void)db;
    if (ret_changes != NULL)
        *ret_changes = strtoll(PQcmdTuples(statement->result), NULL, 10);
    PQclear(statement->result);
    statement->result = NULL;
    rows->open = false;
    return OK;
}

/* ---- columns ---- */

static const char *value_at(struct db_rows *rows, int column)
{
    struct statement *statement = statement_of(rows);
    return PQgetvalue(statement->result, statement->row, column);
}

static int64_t postgres_get_int(struct db_rows *rows, int column)
{
    const char *text = value_at(rows, column);
    return text[0] == 't' ? 1 : strtoll(text, NULL, 10);
}

static bool postgres_get_null(struct db_rows *rows, int column)
{
    struct statement *statement = statement_of(rows);
    return PQgetisnull(statement->result, statement->row, column) != 0;
}

/* "\x0aff" as bytes, in the row's arena; empty without memory. */
static struct slice bytes_of(struct statement *statement, struct slice text)
{
    if (!slice_starts(text, "\\x"))
        return SLICE_EMPTY;
    size_t len = (text.len - 2) / 2;
    char *at = arena_alloc(statement->arena, len + 1);
    for (size_t i = 0; at != NULL && i < len; i++)
        at[i] = (char)(hex_value(text.at[2 + 2 * i]) * 16 + hex_value(text.at[3 + 2 * i]));
    return at == NULL ? SLICE_EMPTY : slice_make(at, len);
}

static struct slice postgres_get_slice(struct db_rows *rows, int column)
{
    struct statement *statement = statement_of(rows);
    int len = PQgetlength(statement->result, statement->row, column);
    struct slice text = slice_make(value_at(rows, column), (size_t)len);
    return PQftype(statement->result, column) == OID_BYTEA ? bytes_of(statement, text) : text;
}

/* ---- transactions ---- */

static int postgres_script(struct db *db, const char *sql)
{
    struct text_buf theirs;
    text_buf_init(&theirs, SQL_BYTES_MAX);
    int rc = postgres_sql(sql, true, &theirs);
    if (rc != OK)
        failure_set(&db->failure, rc, "%s: a script is too long", db->path);
    if (rc == OK)
        rc = turn(postgres_of(db));
    if (rc == OK)
        rc = run_text(postgres_of(db), text_buf_cstr(&theirs));
    text_buf_release(&theirs);
    return rc;
}

static int postgres_begin(struct db *db)
{
    struct postgres *postgres = postgres_of(db);
    postgres->broken = false;
    int rc = ensure(postgres);
    if (rc == OK)
        rc = run_text(postgres, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('lurewatch ' ||"
                                " current_schema()))");
    if (rc != OK && PQtransactionStatus(postgres->conn) != PQTRANS_IDLE)
        PQclear(PQexec(postgres->conn, "ROLLBACK"));
    postgres->broken = false;
    return rc;
}

static int postgres_commit(struct db *db)
{
    struct postgres *postgres = postgres_of(db);
    int rc = turn(postgres);
    if (rc != OK)
        return rc;
    PGresult *result = PQexec(postgres->conn, "COMMIT");
    if (!is_well(result))
        rc = say(postgres, result);
    else if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        rc = failure_set(&db->failure, ERR_STORE,
                         "%s: the transaction was rolled back by an earlier failure", db->path);
    PQclear(result);
    return rc;
}

static void postgres_rollback(struct db *db)
{
    struct postgres *postgres = postgres_of(db);
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        struct statement *statement = &postgres->statements[i];
        PQclear(statement->result);
        statement->result = NULL;
        statement->rows.open = false;
    }
    if (PQtransactionStatus(postgres->conn) != PQTRANS_IDLE)
        PQclear(PQexec(postgres->conn, "ROLLBACK"));
    postgres->broken = false;
}

/* The server checks its own pages (data_checksums); here: can every table of ours be read? */
static int postgres_check(struct db *db)
{
    static const char *const tables[] = {
        "SELECT count(*) FROM sources",  "SELECT count(*) FROM hosts",
        "SELECT count(*) FROM urls",     "SELECT count(*) FROM fetches",
        "SELECT count(*) FROM records",  "SELECT count(*) FROM postings",
        "SELECT count(*) FROM versions", "SELECT count(*) FROM contacts",
        "SELECT count(*) FROM cases",    "SELECT count(*) FROM audit"};
    int rc = OK;
    int64_t rows = 0;
    for (size_t i = 0; rc == OK && i < sizeof tables / sizeof tables[0]; i++)
        rc = db_number(db, &rows, tables[i], DB_NONE);
    return rc;
}

static int postgres_tables(struct db *db, const char *name, int64_t *ret_count, int64_t *ret_has)
{
    int rc = db_number(db, ret_count,
                       "SELECT count(*) FROM pg_catalog.pg_tables"
                       " WHERE schemaname = current_schema()",
                       DB_NONE);
    if (rc != OK)
        return rc;
    return db_number(db, ret_has,
                     "SELECT count(*) FROM pg_catalog.pg_tables"
                     " WHERE schemaname = current_schema() AND tablename = ?1",
                     DB_WITH(db_text(name)));
}

static int postgres_sequence(struct db *db, const char *table, int64_t last)
{
    return db_run(db, "SELECT setval(pg_get_serial_sequence(?1, 'id'), ?2)",
                  DB_WITH(db_text(table), db_int(last)));
}

static int postgres_backup(struct db *db, const char *path, struct failure *reterr)
{
    (void)path;
    return failure_set(
        reterr, ERR_UNSUPPORTED,
        "%s: a PostgreSQL store is copied by its own tools: pg_dump, or lurewatch db "
        "copy to a SQLite store",
        db->path);
}

static void postgres_close(struct db *db)
{
    struct postgres *postgres = postgres_of(db);
    if (postgres->conn != NULL)
        postgres_rollback(db);
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        arena_free(postgres->statements[i].arena);
    PQfinish(postgres->conn);
}

/* A tsquery (PostgreSQL 15, 8.11.2). */
static void postgres_words_pattern(struct db *db, struct slice word, bool starts,
                                   struct text_buf *out)
{
    (void)db;
    text_buf_printf(out, "%s'%.*s'%s", out->len > 0 ? " & " : "", (int)word.len, word.at,
                    starts ? ":*" : "");
}

/* Autovacuum gives the room of what was deleted to new rows. */
static int postgres_nothing(struct db *db)
{
    (void)db;
    return OK;
}

static const struct db_engine ENGINE = {
    .close = postgres_close,
    .script = postgres_script,
    .query = postgres_query,
    .next = postgres_next,
    .end = postgres_end,
    .get_int = postgres_get_int,
    .get_null = postgres_get_null,
    .get_slice = postgres_get_slice,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .check = postgres_check,
    .tables = postgres_tables,
    .sequence = postgres_sequence,
    .backup = postgres_backup,
    .words_pattern = postgres_words_pattern,
    .words_tidy = postgres_nothing,
    .erase = postgres_nothing,
};

/* ---- opening ---- */

/* "postgresql://host/database", without user and password: what messages show. */
static char *name_of_store(const PGconn *conn)
{
    char name[512];
    const char *host = PQhost(conn), *database = PQdb(conn);
    snprintf(name, sizeof name, "postgresql://%s/%s", host != NULL ? host : "",
             database != NULL ? database : "");
    return strdup(name);
}

static int connect(struct postgres *postgres, const char *url)
{
    const char *const keys[] = {"dbname", "connect_timeout", "fallback_application_name", NULL};
    const char *const values[] = {url, CONNECT_SECONDS, "lurewatch", NULL};
    postgres->conn = PQconnectdbParams(keys, values, 1);
    if (postgres->conn == NULL || (postgres->db.path = name_of_store(postgres->conn)) == NULL)
        return failure_set(&postgres->db.failure, ERR_NOMEM, "no memory to open the store");
    if (PQstatus(postgres->conn) == CONNECTION_OK)
        return settle(postgres);
    struct slice why = first_line(PQerrorMessage(postgres->conn));
    return failure_set(&postgres->db.failure, ERR_NET,
                       "%s: cannot connect (%.*s): is the database running, and are host, user and "
                       "password of the configuration (store) right?",
                       postgres->db.path, (int)why.len, why.at);
}

int db_postgres_open(const char *url, unsigned flags, struct db **ret_db, struct failure *reterr)
{
    struct postgres *made = calloc(1, sizeof *made);
    if (made == NULL)
        return failure_set(reterr, ERR_NOMEM, "no memory to open the store");
    made->db.engine = &ENGINE;
    made->db.read_only = (flags & STORE_READ_ONLY) != 0;
    made->reconnect_ms = (flags & STORE_AT_ONCE) != 0 ? 0 : RECONNECT_MS;
    int rc = connect(made, url);
    if (rc != OK) {
        if (reterr != NULL)
            *reterr = made->db.failure;
        db_close(&made->db);
        return rc;
    }
    *ret_db = &made->db;
    return OK;
}
