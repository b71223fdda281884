/* storage/migrations.h - the tables, as numbered steps; number n makes version n out of n - 1. */
#ifndef LUREWATCH_MIGRATIONS_H
#define LUREWATCH_MIGRATIONS_H

#include "storage/db.h"

uint32_t migrations_version(void); /* of this program */
/* The version the store is at, 0 for an empty one. Errors: ERR_STORE (it holds other tables), and
 * those of the database. */
MUST_USE int migrations_read(struct db *db, uint32_t *ret_version);
/* Runs the steps that are missing in one transaction; another process may have run them first. */
MUST_USE int migrations_run(struct db *db);

#endif
