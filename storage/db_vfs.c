/* db_vfs.c - the counting file layer; see db_vfs.h.
 *
 * Each open file is the shim's head followed by the system's own file object; every method passes
 * on to it, and write, truncate and sync first ask whether their turn to fail has come. From then
 * on all of them fail, as a full or broken disk does. One layer a connection, under a name of its
 * own, so that handles of other threads are not touched. */
#include "storage/db_vfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct db_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *system;
    struct db_faults *faults; /* borrowed */
    char name[40];
};

struct shim_file {
    sqlite3_file head;
    struct db_faults *faults;
    sqlite3_file *system;
};

static sqlite3_file *system_of(sqlite3_file *file)
{
    return ((struct shim_file *)(void *)file)->system;
}

static int turn(sqlite3_file *file, int io_code)
{
    struct db_faults *faults = ((struct shim_file *)(void *)file)->faults;
    faults->writes++;
    if (faults->fail_at == 0 || faults->writes < faults->fail_at)
        return SQLITE_OK;
    return faults->code == ERR_FULL ? SQLITE_FULL : io_code;
}

static int shim_close(sqlite3_file *file)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods != NULL ? below->pMethods->xClose(below) : SQLITE_OK;
}

static int shim_read(sqlite3_file *file, void *at, int len, sqlite3_int64 offset)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xRead(below, at, len, offset);
}

static int shim_write(sqlite3_file *file, const void *at, int len, sqlite3_int64 offset)
{
    sqlite3_file *below = system_of(file);
    int rc = turn(file, SQLITE_IOERR_WRITE);
    return rc != SQLITE_OK ? rc : below->pMethods->xWrite(below, at, len, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    sqlite3_file *below = system_of(file);
    int rc = turn(file, SQLITE_IOERR_TRUNCATE);
    return rc != SQLITE_OK ? rc : below->pMethods->xTruncate(below, size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    sqlite3_file *below = system_of(file);
    int rc = turn(file, SQLITE_IOERR_FSYNC);
    return rc != SQLITE_OK ? rc : below->pMethods->xSync(below, flags);
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xFileSize(below, ret_size);
}

static int shim_lock(sqlite3_file *file, int level)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xLock(below, level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xUnlock(below, level);
}

static int shim_reserved(sqlite3_file *file, int *ret_is)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xCheckReservedLock(below, ret_is);
}

static int shim_control(sqlite3_file *file, int op, void *arg)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xFileControl(below, op, arg);
}

static int shim_sector(sqlite3_file *file)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xSectorSize(below);
}

static int shim_device(sqlite3_file *file)
{
    sqlite3_file *below = system_of(file);
    return below->pMethods->xDeviceCharacteristics(below);
}

static const sqlite3_io_methods shim_methods = {
    .iVersion = 1,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    struct db_vfs *mine = vfs->pAppData;
    struct shim_file *shim = (struct shim_file *)(void *)file;
    shim->system = (sqlite3_file *)(void *)(shim + 1);
    shim->faults = mine->faults;
    shim->head.pMethods = NULL;
    int rc = mine->system->xOpen(mine->system, name, shim->system, flags, ret_flags);
    if (rc == SQLITE_OK)
        shim->head.pMethods = &shim_methods;
    return rc;
}

int db_vfs_create(struct db_faults *faults, struct db_vfs **ret_vfs)
{
    if (sqlite3_initialize() != SQLITE_OK)
        return ERR_STORE;
    struct db_vfs *made = calloc(1, sizeof *made);
    if (made == NULL)
        return ERR_NOMEM;
    made->system = sqlite3_vfs_find(NULL);
    if (made->system == NULL) {
        free(made);
        return ERR_STORE;
    }
    made->faults = faults;
    made->vfs = *made->system;
    made->vfs.pNext = NULL;
    made->vfs.szOsFile += (int)sizeof(struct shim_file);
    made->vfs.pAppData = made;
    made->vfs.xOpen = shim_open;
    snprintf(made->name, sizeof made->name, "lurewatch-%p", (void *)made);
    made->vfs.zName = made->name;
    if (sqlite3_vfs_register(&made->vfs, 0) != SQLITE_OK) {
        free(made);
        return ERR_STORE;
    }
    *ret_vfs = made;
    return OK;
}

const char *db_vfs_name(const struct db_vfs *vfs)
{
    return vfs->name;
}

void db_vfs_free(struct db_vfs *vfs)
{
    if (vfs == NULL)
        return;
    sqlite3_vfs_unregister(&vfs->vfs);
    free(vfs);
}
