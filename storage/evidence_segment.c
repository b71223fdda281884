/* evidence_segment.c - the file that evidence is written to: begun, locked, followed, appended to.
 *
 * The store's row of a segment says how many of its bytes are committed; what the file holds beyond
 * belongs to a transaction that never was. A segment is begun only by the first append of a
 * transaction, under a name with ".begun" behind it, and gets its own name after that transaction
 * committed: so a file with its own name always has a row in the store that wrote it. */
#include "common/clock.h"
#include "common/file.h"
#include "storage/evidence_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENT_TRIES_MAX 10000

int segment_path(const char *dir, const char *name, char at[SEGMENT_PATH_BYTES],
                 struct failure *reterr)
{
    int len = snprintf(at, SEGMENT_PATH_BYTES, "%s/%s", dir, name);
    if (len < 0 || (size_t)len >= SEGMENT_PATH_BYTES)
        return failure_set(reterr, ERR_LIMIT, "%s: the path is too long", dir);
    return OK;
}

static struct failure *why_of(struct evidence *evidence)
{
    return store_failure_at(evidence->store);
}

void segment_drop(struct evidence *evidence)
{
    if (evidence->segment.fd >= 0)
        close(evidence->segment.fd); /* the lock goes with it */
    evidence->segment = (struct segment){.fd = -1};
}

void segment_day(int64_t unix_ms, char at[SEGMENT_DAY_BYTES])
{
    char when[CLOCK_RFC3339_BYTES];
    clock_rfc3339(unix_ms, when);
    snprintf(at, SEGMENT_DAY_BYTES, "lurewatch-%.4s%.2s%.2s-", when, when + 5, when + 8);
}

void segment_name_file(struct evidence *evidence)
{
    struct segment *segment = &evidence->segment;
    char path[SEGMENT_PATH_BYTES], begun[SEGMENT_NAME_BYTES], begun_path[SEGMENT_PATH_BYTES];
    /* Stale: what was begun went with its transaction, and this commit is of other rows. */
    if (!segment->begun || evidence->stale)
        return;
    snprintf(begun, sizeof begun, "%.80s%s", segment->name, BEGUN_SUFFIX);
    if (segment_path(evidence->dir, segment->name, path, NULL) != OK ||
        segment_path(evidence->dir, begun, begun_path, NULL) != OK)
        return;
    if (rename(begun_path, path) != 0)
        return; /* tried again after the next commit; the next opening knows it too */
    segment->begun = false;
    evidence->dir_dirty = true;
}

/* ---- what the store knows of the segment held ---- */

int segment_read_end(struct evidence *evidence)
{
    struct segment *segment = &evidence->segment;
    struct db *db = store_db(evidence->store);
    struct db_rows *rows =
        db_query(db, "SELECT chain FROM records WHERE segment_id = ?1 ORDER BY id DESC LIMIT 1",
                 DB_WITH(db_int(segment->id)));
    memset(&segment->chain, 0, sizeof segment->chain);
    if (db_next(rows))
        row_digest(rows, 0, &segment->chain);
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    rows = db_query(db,
                    "SELECT record_id FROM records WHERE segment_id = ?1 AND type = 'warcinfo'"
                    " ORDER BY id LIMIT 1",
                    DB_WITH(db_int(segment->id)));
    segment->warcinfo_id[0] = '\0';
    if (db_next(rows)) {
        struct slice id = row_slice(rows, 0);
        snprintf(segment->warcinfo_id, sizeof segment->warcinfo_id, "%.*s", (int)id.len, id.at);
    }
    return db_end(db, rows);
}

int segment_cut(struct evidence *evidence, int fd, const char *name, int64_t bytes)
{
    char path[SEGMENT_PATH_BYTES];
    struct stat about;
    int rc = segment_path(evidence->dir, name, path, why_of(evidence));
    if (rc != OK)
        return rc;
    if (fstat(fd, &about) != 0)
        return file_failure(why_of(evidence), "cannot read", path, errno);
    if (about.st_size < bytes)
        return failure_set(why_of(evidence), ERR_IO,
                           "%s is %lld bytes long, but the store cites %lld: evidence is missing; "
                           "put the file back from a backup, or see what is left with lurewatch "
                           "evidence verify",
                           path, (long long)about.st_size, (long long)bytes);
    if (about.st_size == bytes)
        return OK;
    rc = evidence_turn(evidence);
    if (rc != OK)
        return failure_set(why_of(evidence), rc, "%s: cutting failed", path);
    if (ftruncate(fd, bytes) != 0)
        return file_failure(why_of(evidence), "cannot cut", path, errno);
    evidence->dirty = true;
    return OK;
}

/* After a rollback: to where the store says the segment ends. */
static int follow_store(struct evidence *evidence)
{
    struct segment *segment = &evidence->segment;
    int64_t bytes = 0;
    evidence->stale = false;
    if (segment->fd < 0)
        return OK;
    int rc =
        db_number(store_db(evidence->store), &bytes, "SELECT bytes FROM segments WHERE name = ?1",
                  DB_WITH(db_text(segment->name)));
    if (rc == ERR_NOT_FOUND) {
        segment->id = 0; /* its row went with the transaction; the file is ours still */
        segment->warcinfo_id[0] = '\0';
        memset(&segment->chain, 0, sizeof segment->chain);
        bytes = 0;
        rc = OK;
    } else if (rc == OK) {
        rc = segment_read_end(evidence);
    }
    if (rc == OK)
        rc = segment_cut(evidence, segment->fd, segment->name, bytes);
    if (rc == OK)
        segment->bytes = bytes;
    evidence->stale = rc != OK;
    return rc;
}

/* ---- a new one ---- */

static int next_number(struct evidence *evidence, const char *day, unsigned *ret_number)
{
    int64_t number = 0;
    char end[SEGMENT_DAY_BYTES + 1];
    snprintf(end, sizeof end, "%s~", day); /* sorts behind every digit */
    int rc = db_number(store_db(evidence->store), &number,
                       "SELECT coalesce(max(CAST(substr(name, CAST(?3 AS INTEGER), 4) AS "
                       "INTEGER)), 0) FROM segments"
                       " WHERE name >= ?1 AND name < ?2 AND machine = ?4",
                       DB_WITH(db_text(day), db_text(end), db_int((int64_t)strlen(day) + 1),
                               db_text(evidence->machine)));
    *ret_number = (unsigned)number;
    return rc;
}

/* Takes the name by creating NAME.begun, where neither it nor NAME is there. */
static int create_named(struct evidence *evidence, const char *name, int *ret_fd)
{
    char path[SEGMENT_PATH_BYTES], begun[SEGMENT_PATH_BYTES + sizeof BEGUN_SUFFIX];
    *ret_fd = -1;
    int rc = segment_path(evidence->dir, name, path, why_of(evidence));
    if (rc == OK)
        rc = evidence_turn(evidence);
    if (rc != OK)
        return failure_set(why_of(evidence), rc, "%s/%s: cannot create it", evidence->dir, name);
    snprintf(begun, sizeof begun, "%s%s", path, BEGUN_SUFFIX);
    if (access(path, F_OK) == 0)
        return OK;
    int fd = open(begun, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? OK : file_failure(why_of(evidence), "cannot create", path, errno);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        *ret_fd = fd;
    else
        close(fd);
    return OK;
}

static int create_file(struct evidence *evidence, const char *day, unsigned number)
{
    struct segment *segment = &evidence->segment;
    for (int tries = 0; tries < SEGMENT_TRIES_MAX; tries++) {
        snprintf(segment->name, sizeof segment->name, "%s%04u%s%.40s.warc.gz", day, ++number,
                 evidence->machine[0] != '\0' ? "-" : "", evidence->machine);
        int rc = create_named(evidence, segment->name, &segment->fd);
        segment->begun = segment->fd >= 0;
        if (rc != OK || segment->begun)
            return rc;
    }
    return failure_set(why_of(evidence), ERR_LIMIT, "%s: too many segments today", evidence->dir);
}

static int begin_segment(struct evidence *evidence, int64_t now)
{
    char day[SEGMENT_DAY_BYTES];
    unsigned number = 0;
    segment_day(now, day);
    int rc = next_number(evidence, day, &number);
    if (rc != OK)
        return rc;
    segment_drop(evidence);
    rc = create_file(evidence, day, number);
    evidence->dir_dirty = true;
    return rc;
}

static int insert_row(struct evidence *evidence, int64_t now)
{
    return db_number(
        store_db(evidence->store), &evidence->segment.id,
        "INSERT INTO segments (name, opened, machine) VALUES (?1, ?2, ?3) RETURNING id",
        DB_WITH(db_text(evidence->segment.name), db_int(now), db_text(evidence->machine)));
}

static int write_warcinfo(struct evidence *evidence, int64_t now)
{
    struct text_buf fields;
    char id[WARC_ID_BYTES];
    text_buf_init(&fields, 8192);
    text_buf_printf(&fields, "software: %s\r\nformat: WARC File Format 1.1\r\n",
                    evidence->software);
    text_buf_add_str(&fields, "conformsTo: http://iipc.github.io/warc-specifications/"
                              "specifications/warc-format/warc-1.1/\r\n");
    if (evidence->operator_name[0] != '\0')
        text_buf_printf(&fields, "operator: %s\r\n", evidence->operator_name);
    if (evidence->user_agent[0] != '\0')
        text_buf_printf(&fields, "http-header-user-agent: %s\r\n", evidence->user_agent);
    text_buf_add_str(&fields, "robots: obey\r\n");
    const struct warc_record record = {
        .type = WARC_WARCINFO,
        .id = warc_make_id(id),
        .date_unix_ms = now,
        .content_type = "application/warc-fields",
        .filename = evidence->segment.name,
        .block = {text_buf_slice(&fields), SLICE_EMPTY},
    };
    int rc = text_buf_status(&fields);
    if (rc == OK)
        rc = segment_write(evidence, &record, 0);
    if (rc == OK)
        memcpy(evidence->segment.warcinfo_id, id, sizeof id);
    text_buf_release(&fields);
    return rc;
}

int segment_prepare(struct evidence *evidence, int64_t now_unix_ms)
{
    struct segment *segment = &evidence->segment;
    char day[SEGMENT_DAY_BYTES];
    int rc = evidence->stale ? follow_store(evidence) : OK;
    if (rc != OK)
        return rc;
    segment_day(now_unix_ms, day);
    bool full = (uint64_t)segment->bytes >= evidence->segment_bytes_max;
    bool other_day = strncmp(segment->name, day, strlen(day)) != 0;
    bool wanted = segment->fd < 0 || (evidence->fresh && segment->bytes > 0 && (full || other_day));
    evidence->fresh = false;
    if (wanted) {
        if (segment->id != 0)
            rc = db_run(store_db(evidence->store), "UPDATE segments SET state = 1 WHERE id = ?1",
                        DB_WITH(db_int(segment->id)));
        if (rc == OK)
            rc = begin_segment(evidence, now_unix_ms);
    }
    if (rc == OK && segment->id == 0)
        rc = insert_row(evidence, now_unix_ms);
    if (rc == OK && segment->warcinfo_id[0] == '\0')
        rc = write_warcinfo(evidence, now_unix_ms);
    return rc;
}

/* ---- records ---- */

static int write_bytes(struct evidence *evidence, struct slice bytes)
{
    struct segment *segment = &evidence->segment;
    int64_t at = segment->bytes;
    int rc = evidence_turn(evidence);
    if (rc != OK)
        return failure_set(why_of(evidence), rc, "%s/%s: writing failed", evidence->dir,
                           segment->name);
    evidence->dirty = true;
    while (bytes.len > 0) {
        ssize_t done = pwrite(segment->fd, bytes.at, bytes.len, at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            char path[SEGMENT_PATH_BYTES];
            int code = errno;
            rc = segment_path(evidence->dir, segment->name, path, why_of(evidence));
            return rc != OK ? rc
                            : file_failure(why_of(evidence), "cannot write evidence to", path,
                                           done == 0 ? EIO : code);
        }
        bytes = slice_from(bytes, (size_t)done);
        at += done;
    }
    segment->bytes = at;
    return OK;
}

static struct digest chain_on(const struct digest *before, const struct digest *member)
{
    char both[2 * DIGEST_BYTES];
    memcpy(both, before->bytes, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, member->bytes, DIGEST_BYTES);
    return digest_of(slice_make(both, sizeof both));
}

int segment_write(struct evidence *evidence, const struct warc_record *record,
                  int64_t keep_until_unix_ms)
{
    struct segment *segment = &evidence->segment;
    struct warc_written written;
    int64_t offset = segment->bytes;
    text_buf_reset(&evidence->member);
    int rc = warc_write(&evidence->member, record, &written);
    if (rc != OK)
        return store_say(evidence->store, rc, "%s: cannot be written as a WARC record (%s)",
                         record->target_uri != NULL ? record->target_uri : segment->name,
                         err_name(rc));
    rc = write_bytes(evidence, text_buf_slice(&evidence->member));
    if (rc != OK)
        return rc;
    segment->chain = chain_on(&segment->chain, &written.member);
    return db_run(store_db(evidence->store),
                  "INSERT INTO records (segment_id, record_id, type, url, at, offset_bytes,"
                  " length_bytes, block, payload, member, chain, keep_until)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                  DB_WITH(db_int(segment->id), db_text(record->id),
                          db_text(warc_type_name(record->type)), db_text(record->target_uri),
                          db_int(record->date_unix_ms), db_int(offset),
                          db_int((int64_t)written.bytes), db_digest(&written.block),
                          written.has_payload ? db_digest(&written.payload) : db_null(),
                          db_digest(&written.member), db_digest(&segment->chain),
                          db_int(keep_until_unix_ms)));
}
