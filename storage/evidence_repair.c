/* evidence_repair.c - what a crash, or a store put back from a backup, left in the folder.
 *
 *   NAME.begun without a row   its transaction never committed: removed
 *   NAME.begun with a row      it committed: gets its name
 *   open, longer than its row  the rest was never committed: cut off
 *   without a row              the store is older than the folder: kept, noted as closed, and
 *                              nothing is cut from open segments either
 *   shorter than its row       evidence is missing: told, nothing is done
 *   older than its row's name  a purge wrote it anew: removed
 *   another machine's          not looked at
 *
 * Segments whose lock another process holds are left alone. */
#include "common/file.h"
#include "storage/evidence_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the store's list ---- */

struct open_segment {
    int64_t id, bytes;
    const char *name;
};

static bool read_open_segment(struct db_rows *rows, struct arena *arena, void *item)
{
    struct open_segment *one = item;
    one->id = row_int(rows, 0);
    one->bytes = row_int(rows, 1);
    one->name = row_text(rows, 2, arena);
    return one->name != NULL;
}

static int read_open_segments(struct evidence *evidence, struct arena *arena,
                              struct open_segment **ret_list, size_t *ret_count)
{
    struct db *db = store_db(evidence->store);
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct open_segment));
    struct db_rows *rows = db_query(
        db, "SELECT id, bytes, name FROM segments WHERE state = 0 AND machine = ?1 ORDER BY id",
        DB_WITH(db_text(evidence->machine)));
    int rc = row_list_read(evidence->store, rows, &list, read_open_segment);
    *ret_list = (struct open_segment *)(void *)list.at;
    *ret_count = list.count;
    return rc;
}

/* ---- the folder against the store ---- */

struct folder {
    struct evidence *evidence;
    bool has_unknown; /* segments with their own name that the store has no row of */
};

static int has_row(struct evidence *evidence, const char *name, bool *ret_has)
{
    int64_t known = 0;
    int rc = db_number(store_db(evidence->store), &known,
                       "SELECT count(*) FROM segments WHERE name = ?1", DB_WITH(db_text(name)));
    *ret_has = known != 0;
    return rc;
}

/* A purge wrote the segment anew, under a name with ".pN" in it, and was killed before it took this
 * file away. */
static int has_later(struct evidence *evidence, const char *name, bool *ret_has)
{
    char first[SEGMENT_NAME_BYTES], last[SEGMENT_NAME_BYTES];
    int64_t known = 0;
    size_t stem = strlen(name) - strlen(".warc.gz");
    const char *purged = strstr(name, ".p");
    if (purged != NULL && (size_t)(purged - name) < stem)
        stem = (size_t)(purged - name);
    if (stem >= sizeof first - 4)
        return OK;
    snprintf(first, sizeof first, "%.*s.p", (int)stem, name);
    snprintf(last, sizeof last, "%.*s.q", (int)stem, name);
    int rc = db_number(store_db(evidence->store), &known,
                       "SELECT count(*) FROM segments WHERE name > ?1 AND name < ?2",
                       DB_WITH(db_text(first), db_text(last)));
    *ret_has = known != 0;
    return rc;
}

static int remove_old(struct evidence *evidence, const char *name)
{
    char path[SEGMENT_PATH_BYTES];
    struct failure *why = store_failure_at(evidence->store);
    int rc = segment_path(evidence->dir, name, path, why);
    if (rc == OK && unlink(path) != 0 && errno != ENOENT)
        rc = file_failure(why, "cannot remove", path, errno);
    return rc;
}

/* A file that never got its name: its transaction committed (name it) or not (away with it). */
static int settle_begun(struct evidence *evidence, const char *begun)
{
    char name[SEGMENT_NAME_BYTES], from[SEGMENT_PATH_BYTES], to[SEGMENT_PATH_BYTES];
    size_t length = strlen(begun) - strlen(BEGUN_SUFFIX);
    bool committed = false;
    if (length >= sizeof name)
        return OK;
    memcpy(name, begun, length);
    name[length] = '\0';
    int rc = segment_path(evidence->dir, begun, from, store_failure_at(evidence->store));
    if (rc == OK)
        rc = segment_path(evidence->dir, name, to, store_failure_at(evidence->store));
    if (rc != OK)
        return rc;
    int fd = open(from, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return OK; /* its writer has just named it */
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        rc = has_row(evidence, name, &committed);
        int failed = rc != OK ? 0 : committed ? rename(from, to) : unlink(from);
        if (failed != 0 && errno != ENOENT)
            rc = file_failure(store_failure_at(evidence->store), "cannot settle", from, errno);
    }
    close(fd);
    return rc;
}

/* A whole segment the store never heard of: the store is older than the folder, or another's. It is
 * kept, and known from now on, as closed. */
static int note_unknown(struct evidence *evidence, const char *name)
{
    char path[SEGMENT_PATH_BYTES];
    struct stat about;
    int rc = segment_path(evidence->dir, name, path, store_failure_at(evidence->store));
    if (rc != OK)
        return rc;
    if (stat(path, &about) != 0)
        return OK;
    return db_run(
        store_db(evidence->store),
        "INSERT INTO segments (name, state, bytes, opened, machine) VALUES (?1, 1, ?2, 0, ?3)",
        DB_WITH(db_text(name), db_int((int64_t)about.st_size), db_text(evidence->machine)));
}

/* A segment from before machines had names belongs to the machine whose folder holds it. */
static int adopt(struct evidence *evidence, const char *name)
{
    return db_run(store_db(evidence->store),
                  "UPDATE segments SET machine = ?2 WHERE name = ?1 AND machine = ''",
                  DB_WITH(db_text(name), db_text(evidence->machine)));
}

static int look_at(struct folder *folder, const char *name)
{
    bool known = false;
    struct slice text = slice_of(name);
    if (!slice_starts(text, "lurewatch-"))
        return OK;
    if (slice_ends(text, ".warc.gz" BEGUN_SUFFIX))
        return settle_begun(folder->evidence, name);
    if (!slice_ends(text, ".warc.gz"))
        return OK;
    int rc = adopt(folder->evidence, name);
    if (rc == OK)
        rc = has_row(folder->evidence, name, &known);
    bool old = false;
    if (rc == OK && !known)
        rc = has_later(folder->evidence, name, &old);
    if (rc == OK && old)
        return remove_old(folder->evidence, name);
    if (rc == OK && !known) {
        folder->has_unknown = true;
        rc = note_unknown(folder->evidence, name);
    }
    return rc;
}

static int look_through(struct folder *folder, struct arena *arena)
{
    const char *const *names = NULL;
    size_t count = 0;
    int rc = dir_list(arena, folder->evidence->dir, &names, &count,
                      store_failure_at(folder->evidence->store));
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = look_at(folder, names[i]);
    return rc;
}

/* ---- open segments ---- */

static int close_row(struct evidence *evidence, int64_t id)
{
    return db_run(store_db(evidence->store), "UPDATE segments SET state = 1 WHERE id = ?1",
                  DB_WITH(db_int(id)));
}

static int take_up(struct evidence *evidence, const struct open_segment *one, int fd)
{
    struct segment *segment = &evidence->segment;
    segment->fd = fd;
    segment->id = one->id;
    segment->bytes = one->bytes;
    snprintf(segment->name, sizeof segment->name, "%s", one->name);
    return segment_read_end(evidence);
}

static bool is_usable(const struct evidence *evidence, const struct open_segment *one,
                      const char *today)
{
    return evidence->segment.fd < 0 && strncmp(one->name, today, strlen(today)) == 0 &&
           (uint64_t)one->bytes < evidence->segment_bytes_max;
}

static int settle_locked(struct folder *folder, const struct open_segment *one, int fd,
                         const char *today)
{
    struct evidence *evidence = folder->evidence;
    struct stat about;
    if (folder->has_unknown && fstat(fd, &about) == 0 && about.st_size > one->bytes) {
        close(fd);
        return close_row(evidence, one->id);
    }
    int rc = segment_cut(evidence, fd, one->name, one->bytes);
    if (rc == OK && is_usable(evidence, one, today))
        return take_up(evidence, one, fd);
    close(fd);
    return rc == OK ? close_row(evidence, one->id) : rc;
}

/* Its writer has committed it this moment and holds it. */
static bool is_being_named(const char *path)
{
    char begun[SEGMENT_PATH_BYTES + sizeof BEGUN_SUFFIX];
    snprintf(begun, sizeof begun, "%s%s", path, BEGUN_SUFFIX);
    return access(begun, F_OK) == 0 || access(path, F_OK) == 0;
}

/* One open segment: left alone when another process holds it. */
static int settle_open(struct folder *folder, const struct open_segment *one, const char *today)
{
    struct failure *why = store_failure_at(folder->evidence->store);
    char path[SEGMENT_PATH_BYTES];
    int rc = segment_path(folder->evidence->dir, one->name, path, why);
    if (rc != OK)
        return rc;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && is_being_named(path))
        return OK;
    if (fd < 0)
        return file_failure(why, "cannot open the evidence that the store cites:", path, errno);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return settle_locked(folder, one, fd, today);
    close(fd);
    return OK;
}

int segments_repair(struct evidence *evidence, int64_t now_unix_ms, struct failure *reterr)
{
    struct arena *arena = NULL;
    struct open_segment *list = NULL;
    struct folder folder = {evidence, false};
    size_t count = 0;
    bool own = false;
    char today[SEGMENT_DAY_BYTES];
    segment_day(now_unix_ms, today);
    if (arena_create(64u << 20, &arena) != OK)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory", evidence->dir);
    int rc = store_enter(evidence->store, &own);
    if (rc == OK)
        rc = look_through(&folder, arena);
    if (rc == OK)
        rc = read_open_segments(evidence, arena, &list, &count);
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = settle_open(&folder, &list[i], today);
    rc = store_leave(evidence->store, own, rc);
    arena_free(arena);
    evidence->dirty = false; /* a cut that is lost is made again */
    return rc == OK ? OK : store_failed(evidence->store, rc, reterr);
}
