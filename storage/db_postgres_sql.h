/* storage/db_postgres_sql.h - our SQL in PostgreSQL's spelling. For db_postgres.c alone. */
#ifndef LUREWATCH_DB_POSTGRES_SQL_H
#define LUREWATCH_DB_POSTGRES_SQL_H

#include "common/text.h"

/* Appends sql to out: ?1 as $1, x'00' as '\x00'::bytea. schema: the words of CREATE TABLE too, that
 * is INTEGER, BLOB, TEXT (compared byte by byte, as SQLite does) and STRICT. Errors: out's. */
MUST_USE int postgres_sql(const char *sql, bool schema, struct text_buf *out);

#endif
