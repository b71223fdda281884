/* storage/db_vfs.h - a file layer under SQLite that counts writes and syncs and fails them on
 * order. It offers no shared memory, so a store can never be switched to WAL through it. */
#ifndef LUREWATCH_DB_VFS_H
#define LUREWATCH_DB_VFS_H

#include "storage/db.h"

struct db_vfs;

/* Registers a file layer of its own over the system's. Borrows faults until db_vfs_free().
 * Errors: ERR_NOMEM, ERR_STORE. */
MUST_USE int db_vfs_create(struct db_faults *faults, struct db_vfs **ret_vfs);
const char *db_vfs_name(const struct db_vfs *vfs);
void db_vfs_free(struct db_vfs *vfs); /* no file of it may be open; NULL is allowed */

#endif
