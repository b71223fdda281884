/* storage/migrations.h - the tables, as numbered steps; number n makes version n out of n - 1. */
#ifndef LUREWATCH_MIGRATIONS_H
#define LUREWATCH_MIGRATIONS_H

#include "storage/db.h"

/* The full-text index of cases: a virtual table of SQLite's FTS5, in other words for PostgreSQL. Marks
 * are letters, as Thai and Burmese write them. */
#define CASE_WORDS_TABLE                                                                           \
    "VIRTUAL TABLE case_words USING fts5(words, detail=none,"                                      \
    " tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")"

uint32_t migrations_version(void); /* of this program */
/* The version the store is at, 0 for an empty one. Errors: ERR_STORE (it holds other tables), and
 * those of the database. */
MUST_USE int migrations_read(struct db *db, uint32_t *ret_version);
/* Runs the steps that are missing in one transaction; another process may have run them first. */
MUST_USE int migrations_run(struct db *db);

#endif
