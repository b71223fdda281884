/* purge_segments.c - segments written anew without the records that are to go; see purge.h.
 *
 *     read rows -> NAME.pN.warc.gz.begun: the members that stay, byte for byte; synced
 *               -> transaction: places of what stays, tombstones, the segment's new name, audit
 *               -> the file gets its name, the old one goes
 *
 * Killed before the commit: the ".begun" file has no row and is removed by evidence_open(). Killed
 * after it: the file has a row and gets its name there; the old one is older than its row's name
 * and goes there, too. So each purge begins with one: bytes that were to go do not wait for a
 * sweep. The old file is locked all the while, so no sweep writes to it. */
#include "common/clock.h"
#include "common/file.h"
#include "storage/audit.h"
#include "storage/evidence_inside.h"
#include "storage/purge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ROWS_ARENA_BYTES_MAX (1u << 30)
#define COPY_BYTES           (64u << 10)
#define SEGMENTS_AT_ONCE     256u

struct row {
    int64_t id, offset, length, new_offset, at;
    const char *record_id, *url, *why;
    struct digest member;
    bool goes, gone;
};

struct rewrite {
    struct store *store;
    const struct purge_act *act;
    struct arena *arena;
    int64_t segment_id, bytes;
    char name[SEGMENT_NAME_BYTES], fresh[SEGMENT_NAME_BYTES];
    char path[SEGMENT_PATH_BYTES], fresh_path[SEGMENT_PATH_BYTES],
        begun_path[SEGMENT_PATH_BYTES + sizeof BEGUN_SUFFIX];
    int from_fd, to_fd;
    struct row *rows;
    size_t count;
    uint64_t records, bytes_gone;
};

/* ---- names ---- */

/* "…-0001-desk.p2.warc.gz" behind "…-0001-desk.p1.warc.gz" behind "…-0001-desk.warc.gz". */
static void next_name(const char *name, char at[SEGMENT_NAME_BYTES])
{
    struct slice stem = slice_make(name, strlen(name) - strlen(".warc.gz"));
    unsigned number = 0;
    size_t end = stem.len;
    while (end > 0 && stem.at[end - 1] >= '0' && stem.at[end - 1] <= '9')
        end--;
    if (end >= 2 && end < stem.len && stem.at[end - 1] == 'p' && stem.at[end - 2] == '.') {
        number = (unsigned)strtoul(stem.at + end, NULL, 10);
        stem.len = end - 2;
    }
    snprintf(at, SEGMENT_NAME_BYTES, "%.*s.p%u.warc.gz", (int)(stem.len > 70 ? 70 : stem.len),
             stem.at, number + 1);
}

static int paths_make(struct rewrite *rewrite)
{
    struct failure *why = store_failure_at(rewrite->store);
    const char *dir = rewrite->act->evidence_dir;
    next_name(rewrite->name, rewrite->fresh);
    int rc = segment_path(dir, rewrite->name, rewrite->path, why);
    if (rc == OK)
        rc = segment_path(dir, rewrite->fresh, rewrite->fresh_path, why);
    if (rc == OK)
        snprintf(rewrite->begun_path, sizeof rewrite->begun_path, "%s%s", rewrite->fresh_path,
                 BEGUN_SUFFIX);
    return rc;
}

/* ---- rows ---- */

static int rows_read(struct rewrite *rewrite)
{
    struct db *db = store_db(rewrite->store);
    struct row_list list;
    bool memory = true;
    row_list_init(&list, rewrite->arena, sizeof(struct row));
    struct db_rows *rows = db_query(
        db,
        "SELECT id, offset_bytes, length_bytes, record_id, url, purged, purged_why, member, at"
        " FROM records WHERE segment_id = ?1 ORDER BY id",
        DB_WITH(db_int(rewrite->segment_id)));
    while (memory && db_next(rows)) {
        struct row *row = row_list_add(&list);
        if ((memory = row != NULL) == false)
            break;
        row->id = row_int(rows, 0);
        row->offset = row_int(rows, 1);
        row->length = row_int(rows, 2);
        row->record_id = row_text(rows, 3, rewrite->arena);
        row->url = row_text(rows, 4, rewrite->arena);
        row->gone = row_int(rows, 5) != 0;
        row->why = row_text(rows, 6, rewrite->arena);
        row_digest(rows, 7, &row->member);
        row->at = row_int(rows, 8);
        memory = row->record_id != NULL && row->url != NULL && row->why != NULL;
        row->goes = memory && !row->gone && row->why[0] != '\0';
    }
    int rc = db_end(db, rows);
    rewrite->rows = (struct row *)(void *)list.at;
    rewrite->count = list.count;
    return rc == OK && !memory ? store_no_memory(rewrite->store) : rc;
}

/* ---- bytes ---- */

static int io_failed(struct rewrite *rewrite, const char *what, const char *path)
{
    return file_failure(store_failure_at(rewrite->store), what, path, errno != 0 ? errno : EIO);
}

static int copy_member(struct rewrite *rewrite, struct row *row)
{
    char chunk[COPY_BYTES];
    int64_t done = 0;
    row->new_offset = rewrite->bytes;
    while (done < row->length) {
        size_t want = (size_t)(row->length - done) < sizeof chunk ? (size_t)(row->length - done)
                                                                  : sizeof chunk;
        errno = 0;
        ssize_t got = pread(rewrite->from_fd, chunk, want, row->offset + done);
        if (got <= 0)
            return io_failed(rewrite, "cannot read the evidence", rewrite->path);
        for (ssize_t put = 0; put < got;) {
            errno = 0;
            ssize_t wrote =
                pwrite(rewrite->to_fd, chunk + put, (size_t)(got - put), rewrite->bytes + put);
            if (wrote <= 0)
                return io_failed(rewrite, "cannot write", rewrite->begun_path);
            put += wrote;
        }
        done += got;
        rewrite->bytes += got;
    }
    return OK;
}

static int file_write(struct rewrite *rewrite)
{
    int rc = OK;
    unlink(rewrite->begun_path); /* of a purge that was killed */
    rewrite->to_fd = open(rewrite->begun_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (rewrite->to_fd < 0 || flock(rewrite->to_fd, LOCK_EX | LOCK_NB) != 0)
        return io_failed(rewrite, "cannot create", rewrite->begun_path);
    for (size_t i = 0; rc == OK && i < rewrite->count; i++) {
        struct row *row = &rewrite->rows[i];
        if (row->goes) {
            rewrite->records++;
            rewrite->bytes_gone += (uint64_t)row->length;
        } else if (!row->gone) {
            rc = copy_member(rewrite, row);
        }
    }
    if (rc == OK && fsync(rewrite->to_fd) != 0)
        rc = io_failed(rewrite, "cannot sync", rewrite->begun_path);
    return rc == OK ? dir_sync_of(rewrite->begun_path, store_failure_at(rewrite->store)) : rc;
}

/* ---- the transaction ---- */

static int rows_write(struct rewrite *rewrite)
{
    struct db *db = store_db(rewrite->store);
    int rc = OK;
    for (size_t i = 0; rc == OK && i < rewrite->count; i++) {
        const struct row *row = &rewrite->rows[i];
        if (row->goes)
            rc = db_run(db, "UPDATE records SET purged = ?2 WHERE id = ?1",
                        DB_WITH(db_int(row->id), db_int(rewrite->act->now_unix_ms)));
        else if (!row->gone && row->new_offset != row->offset)
            rc = db_run(db, "UPDATE records SET offset_bytes = ?2 WHERE id = ?1",
                        DB_WITH(db_int(row->id), db_int(row->new_offset)));
    }
    if (rc != OK)
        return rc;
    return db_run(
        db, "UPDATE segments SET name = ?2, bytes = ?3, state = 1 WHERE id = ?1",
        DB_WITH(db_int(rewrite->segment_id), db_text(rewrite->fresh), db_int(rewrite->bytes)));
}

/* What went, by one digest over the digests of the records that went. */
static int note_it(struct rewrite *rewrite)
{
    char why[200], hex[DIGEST_HEX_BYTES];
    struct digest_stream *stream = NULL;
    if (digest_stream_create(&stream) != OK)
        return store_no_memory(rewrite->store);
    for (size_t i = 0; i < rewrite->count; i++)
        if (rewrite->rows[i].goes)
            digest_stream_add(
                stream, slice_make((const char *)rewrite->rows[i].member.bytes, DIGEST_BYTES));
    struct digest all = digest_stream_end(stream);
    digest_stream_free(stream);
    snprintf(why, sizeof why,
             "%" PRIu64 " records taken out; SHA-256 over their digests, in order: %s",
             rewrite->records, digest_hex(&all, hex));
    return audit_add(rewrite->store, &(struct audit_entry){.at_unix_ms = rewrite->act->now_unix_ms,
                                                           .who = rewrite->act->who,
                                                           .action = "purge",
                                                           .object = "evidence",
                                                           .object_id = rewrite->segment_id,
                                                           .from = rewrite->name,
                                                           .to = rewrite->fresh,
                                                           .why = why});
}

static int commit_it(struct rewrite *rewrite)
{
    int rc = store_begin(rewrite->store);
    if (rc == OK)
        rc = rows_write(rewrite);
    if (rc == OK)
        rc = note_it(rewrite);
    if (rc == OK)
        rc = store_commit(rewrite->store);
    store_rollback(rewrite->store);
    if (rc != OK)
        return rc;
    if (rename(rewrite->begun_path, rewrite->fresh_path) != 0)
        return io_failed(rewrite, "cannot name", rewrite->fresh_path);
    if (unlink(rewrite->path) != 0 && errno != ENOENT)
        return io_failed(rewrite, "cannot remove", rewrite->path);
    return dir_sync_of(rewrite->path, store_failure_at(rewrite->store));
}

/* ---- one segment ---- */

static void tell_gone(const struct rewrite *rewrite, purge_told_fn *told, void *ctx)
{
    for (size_t i = 0; told != NULL && i < rewrite->count; i++) {
        const struct row *row = &rewrite->rows[i];
        if (row->goes)
            told(ctx,
                 &(struct purged_record){row->record_id, row->url, row->why, row->member, row->at});
    }
}

static int segment_look(struct rewrite *rewrite)
{
    struct db *db = store_db(rewrite->store);
    struct db_rows *rows = db_query(db, "SELECT name FROM segments WHERE id = ?1",
                                    DB_WITH(db_int(rewrite->segment_id)));
    if (db_next(rows)) {
        struct slice name = row_slice(rows, 0);
        snprintf(rewrite->name, sizeof rewrite->name, "%.*s", (int)name.len, name.at);
    }
    return db_end(db, rows);
}

/* *ret_held: a sweep writes to it. */
static int segment_rewrite(struct rewrite *rewrite, bool *ret_held)
{
    int rc = segment_look(rewrite);
    if (rc == OK)
        rc = paths_make(rewrite);
    if (rc != OK)
        return rc;
    rewrite->from_fd = open(rewrite->path, O_RDWR | O_CLOEXEC);
    if (rewrite->from_fd < 0)
        return io_failed(rewrite, "cannot open the evidence that the store cites:", rewrite->path);
    *ret_held = flock(rewrite->from_fd, LOCK_EX | LOCK_NB) != 0;
    if (*ret_held)
        return OK;
    rc = rows_read(rewrite);
    if (rc == OK)
        rc = file_write(rewrite);
    return rc == OK ? commit_it(rewrite) : rc;
}

static int one_segment(struct store *store, int64_t segment_id, const struct purge_act *act,
                       struct rewrite *rewrite, bool *ret_held)
{
    *rewrite = (struct rewrite){
        .store = store, .act = act, .segment_id = segment_id, .from_fd = -1, .to_fd = -1};
    if (arena_create(ROWS_ARENA_BYTES_MAX, &rewrite->arena) != OK)
        return store_no_memory(store);
    int rc = segment_rewrite(rewrite, ret_held);
    if (rewrite->from_fd >= 0)
        close(rewrite->from_fd);
    if (rewrite->to_fd >= 0)
        close(rewrite->to_fd);
    return rc;
}

/* ---- all ---- */

struct segment_ids {
    int64_t at[SEGMENTS_AT_ONCE];
    size_t count;
};

static int segments_marked(struct store *store, const char *machine, int64_t after_id,
                           struct segment_ids *ret_ids)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(db,
                                    "SELECT s.id FROM segments s WHERE s.id > ?1"
                                    " AND s.machine IN (?2, '') AND EXISTS (SELECT 1 FROM records r"
                                    " WHERE r.segment_id = s.id AND r.purged = 0"
                                    " AND r.purged_why <> '') ORDER BY s.id LIMIT 256",
                                    DB_WITH(db_int(after_id), db_text(machine)));
    ret_ids->count = 0;
    while (db_next(rows))
        if (ret_ids->count < SEGMENTS_AT_ONCE)
            ret_ids->at[ret_ids->count++] = row_int(rows, 0);
    return db_end(db, rows);
}

/* What an earlier purge could not end is ended first. */
static int settle_folder(struct store *store, const struct purge_act *act)
{
    const struct evidence_settings settings = {.dir = act->evidence_dir, .machine = act->machine};
    struct evidence *evidence = NULL;
    struct failure why = {.code = OK};
    if (access(act->evidence_dir, F_OK) != 0)
        return OK;
    int rc = evidence_open(store, &settings, &evidence, &why);
    evidence_close(evidence);
    return rc == OK ? OK : store_say(store, rc, "%s", why.text);
}

int purge_segments(struct store *store, const struct purge_act *act, purge_told_fn *told, void *ctx,
                   struct purge_result *result)
{
    struct segment_ids ids = {.count = 0};
    int64_t after_id = 0;
    int rc = settle_folder(store, act);
    if (rc != OK)
        return rc;
    do {
        rc = segments_marked(store, act->machine, after_id, &ids);
        for (size_t i = 0; rc == OK && i < ids.count; i++) {
            struct rewrite rewrite;
            bool held = false;
            after_id = ids.at[i];
            rc = one_segment(store, after_id, act, &rewrite, &held);
            if (rc == OK && !held) {
                tell_gone(&rewrite, told, ctx);
                result->segments++;
                result->records += rewrite.records;
                result->bytes += rewrite.bytes_gone;
            }
            result->segments_held += held;
            arena_free(rewrite.arena);
        }
    } while (rc == OK && ids.count == SEGMENTS_AT_ONCE);
    return rc;
}
