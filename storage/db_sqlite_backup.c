/* db_sqlite_backup.c - a copy of a SQLite store while others write: SQLite's backup calls, in steps.
 *
 * Written beside its place, checked, synced, and only then named: a copy is whole or not there. */
#include "common/file.h"
#include "storage/db_inside.h"
#include "storage/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKUP_PAGES 4096 /* a step: writers get their turn between steps */

/* What is full is the place of the copy: the store is only read. */
static int step_failure(int step, const char *name, const char *path, struct failure *reterr)
{
    if (db_sqlite_code(step) == ERR_FULL)
        return file_failure(reterr, "cannot write the copy", path, ENOSPC);
    return failure_set(reterr, db_sqlite_code(step), "%s: the copy failed (%s)", name,
                       sqlite3_errstr(step));
}

static int backup_steps(sqlite3 *from, const char *name, sqlite3 *copy, const char *path,
                        struct failure *reterr)
{
    int64_t waited_ms = 0;
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", from, "main");
    if (backup == NULL)
        return failure_set(reterr, ERR_STORE, "%s: the copy cannot begin (%s)", name,
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
    return step == SQLITE_DONE ? OK : step_failure(step, name, path, reterr);
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

static int backup_write(sqlite3 *from, const char *name, const char *temporary, const char *path,
                        struct failure *reterr)
{
    sqlite3 *copy = NULL;
    int rc = sqlite3_open_v2(temporary, &copy, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
                 ? OK
                 : failure_set(reterr, ERR_IO, "%s: cannot be opened (%s)", temporary,
                               sqlite3_errmsg(copy));
    if (rc == OK) /* no journal beside a copy that nobody knows yet; it is synced below */
        sqlite3_exec(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
    if (rc == OK)
        rc = backup_steps(from, name, copy, path, reterr);
    if (rc == OK)
        rc = backup_check(copy, temporary, reterr);
    sqlite3_close(copy);
    return rc;
}

int db_sqlite_copy(sqlite3 *from, const char *name, const char *path, struct failure *reterr)
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
    int rc = backup_write(from, name, temporary, path, reterr);
    if (rc == OK && fsync(fd) != 0)
        rc = file_failure(reterr, "cannot sync the copy", path, errno);
    close(fd);
    if (rc == OK && link(temporary, path) != 0) /* never over a file that appeared meanwhile */
        rc = file_failure(reterr, "cannot name the copy", path, errno);
    unlink(temporary);
    return rc == OK ? dir_sync_of(path, reterr) : rc;
}
