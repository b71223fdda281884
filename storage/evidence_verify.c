/* evidence_verify.c - every record the store cites, read again; see evidence.h.
 *
 * Two witnesses that must agree: the rows (digests, chain, places) and the files. A bit that
 * flipped in a file breaks its member digest, one in a row breaks the chain, the place or the
 * header's agreement. Rows come in pages, so that no read transaction outlives a page and a sweep
 * can go on writing. Cost: one pass over the files, one record in memory. */
#include "common/file.h"
#include "storage/evidence_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMBER_BYTES_MAX (WARC_BLOCK_BYTES_MAX + (16u << 20))
#define PAGE_ROWS        200

struct seen_segment {
    int64_t id, bytes;
    bool closed;
    const char *name, *machine;
};

struct seen_record {
    int64_t id, offset, length, purged;
    const char *record_id, *type, *url;
    struct digest block, payload, member, chain;
    bool has_payload, digests_whole;
};

struct verifying {
    struct store *store;
    const char *dir;
    const struct evidence_check *check;
    struct arena *arena;
    struct evidence_verified result;
    const char *name; /* of the segment being read */
    int fd;           /* -1: it cannot be read, told already */
    int64_t end;      /* where the next record must begin */
    struct digest chain;
};

static void tell(struct verifying *verifying, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(struct verifying *verifying, const char *format, ...)
{
    struct failure said;
    va_list args;
    va_start(args, format);
    failure_set_v(&said, ERR_SYNTAX, format, args);
    va_end(args);
    verifying->result.bad++;
    verifying->check->bad(verifying->check->ctx, said.text);
}

static void tell_record(struct verifying *verifying, const struct seen_record *record,
                        const char *why)
{
    tell(verifying, "%s/%s: the record at byte %" PRId64 " (%s): %s", verifying->dir,
         verifying->name, record->offset, record->record_id, why);
}

/* ---- one record ---- */

static bool same(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

/* Its bytes at *ret_member, to be freed; NULL: told. */
static int member_read(struct verifying *verifying, const struct seen_record *record,
                       char **ret_member)
{
    *ret_member = NULL;
    if (record->length <= 0 || record->length > (int64_t)MEMBER_BYTES_MAX || record->offset < 0) {
        tell_record(verifying, record, "its row names a place that cannot be");
        return OK;
    }
    char *member = malloc((size_t)record->length);
    if (member == NULL)
        return ERR_NOMEM;
    int64_t done = 0;
    while (done < record->length) {
        ssize_t got = pread(verifying->fd, member + done, (size_t)(record->length - done),
                            record->offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            tell_record(verifying, record, got == 0 ? "the file ends before it" : strerror(errno));
            free(member);
            return OK;
        }
        done += got;
    }
    *ret_member = member;
    return OK;
}

/* The block's digest, counted while it passes. */
static int block_digest(struct warc_reader *reader, struct digest *ret_digest,
                        struct failure *reterr)
{
    char chunk[16u << 10];
    struct digest_stream *stream = NULL;
    size_t got = 0;
    int rc = digest_stream_create(&stream);
    do {
        if (rc == OK)
            rc = warc_read(reader, chunk, sizeof chunk, &got, reterr);
        if (rc == OK)
            digest_stream_add(stream, slice_make(chunk, got));
    } while (rc == OK && got > 0);
    if (rc == OK)
        *ret_digest = digest_stream_end(stream);
    digest_stream_free(stream);
    return rc;
}

static const char *disagreement(const struct seen_record *record, const struct warc_entry *entry)
{
    if (!slice_is(entry->id, record->record_id))
        return "it is not the record its row names";
    if (!slice_is(entry->type_name, record->type))
        return "it is of another type than its row says";
    if (!slice_is(entry->target_uri, record->url))
        return "it is of another URL than its row says";
    if (record->has_payload) {
        char base32[DIGEST_BASE32_BYTES];
        digest_base32(&record->payload, base32);
        if (!slice_starts(entry->payload_digest, "sha256:") ||
            !slice_is(slice_from(entry->payload_digest, 7), base32))
            return "its payload digest differs from the store's";
    }
    return NULL;
}

/* The record inside the member: its own digests, and its row's. */
static int inside_check(struct verifying *verifying, const struct seen_record *record,
                        struct slice member)
{
    struct slice left = member;
    struct warc_reader *reader = NULL;
    struct warc_entry entry;
    struct digest block;
    struct failure why = {.code = OK};
    const char *said = NULL;
    int rc = warc_reader_create(warc_from_slice, &left, &reader);
    if (rc == OK)
        rc = warc_next(reader, &entry, &why);
    if (rc == OK)
        said = disagreement(record, &entry);
    if (rc == OK)
        rc = block_digest(reader, &block, &why);
    if (rc == ERR_NOMEM) {
        warc_reader_free(reader);
        return rc;
    }
    if (rc != OK)
        said = why.text;
    else if (said == NULL && !same(&block, &record->block))
        said = "its block digest differs from the store's";
    if (said != NULL)
        tell_record(verifying, record, said);
    warc_reader_free(reader);
    return OK;
}

static void chain_check(struct verifying *verifying, const struct seen_record *record)
{
    char both[2 * DIGEST_BYTES];
    memcpy(both, verifying->chain.bytes, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, record->member.bytes, DIGEST_BYTES);
    struct digest chain = digest_of(slice_make(both, sizeof both));
    if (!same(&chain, &record->chain))
        tell_record(verifying, record,
                    "the chain breaks here: its row, or the one before, was changed or taken away");
    verifying->chain = record->chain; /* each break is told once */
}

static int record_check(struct verifying *verifying, const struct seen_record *record)
{
    char *member = NULL;
    verifying->result.records++;
    if (!record->digests_whole) {
        tell_record(verifying, record, "its row is damaged");
        return OK;
    }
    chain_check(verifying, record);
    if (record->purged != 0) {
        verifying->result.purged++;
        return OK;
    }
    if (record->offset != verifying->end)
        tell_record(verifying, record, "it does not begin where the one before ends");
    verifying->end = record->offset + record->length;
    int rc = verifying->fd < 0 ? OK : member_read(verifying, record, &member);
    if (rc != OK || member == NULL)
        return rc;
    struct slice bytes = slice_make(member, (size_t)record->length);
    struct digest found = digest_of(bytes);
    verifying->result.bytes += bytes.len;
    if (!same(&found, &record->member))
        tell_record(verifying, record, "not the bytes that were written");
    else
        rc = inside_check(verifying, record, bytes);
    free(member);
    return rc;
}

/* ---- one segment ---- */

static int records_page(struct verifying *verifying, int64_t segment_id, int64_t after_id,
                        struct row_list *records)
{
    struct db *db = store_db(verifying->store);
    struct db_rows *rows = db_query(
        db,
        "SELECT id, offset_bytes, length_bytes, purged, record_id, type, url, block, payload,"
        " member, chain FROM records WHERE segment_id = ?1 AND id > ?2 ORDER BY id"
        " LIMIT 200",
        DB_WITH(db_int(segment_id), db_int(after_id)));
    bool memory = true;
    while (memory && db_next(rows)) {
        struct seen_record *record = row_list_add(records);
        if ((memory = record != NULL) == false)
            break;
        record->id = row_int(rows, 0);
        record->offset = row_int(rows, 1);
        record->length = row_int(rows, 2);
        record->purged = row_int(rows, 3);
        record->record_id = row_text(rows, 4, verifying->arena);
        record->type = row_text(rows, 5, verifying->arena);
        record->url = row_text(rows, 6, verifying->arena);
        record->has_payload = !row_is_null(rows, 8);
        record->digests_whole = row_digest(rows, 7, &record->block) &&
                                row_digest(rows, 9, &record->member) &&
                                row_digest(rows, 10, &record->chain) &&
                                (!record->has_payload || row_digest(rows, 8, &record->payload));
        memory = record->record_id != NULL && record->type != NULL && record->url != NULL;
    }
    int rc = db_end(db, rows);
    return rc == OK && !memory ? store_no_memory(verifying->store) : rc;
}

static int records_check(struct verifying *verifying, int64_t segment_id)
{
    struct row_list records;
    int64_t after_id = 0;
    int rc = OK;
    do {
        arena_reset(verifying->arena);
        row_list_init(&records, verifying->arena, sizeof(struct seen_record));
        rc = records_page(verifying, segment_id, after_id, &records);
        for (size_t i = 0; rc == OK && i < records.count; i++) {
            const struct seen_record *record =
                (const struct seen_record *)(const void *)records.at + i;
            rc = record_check(verifying, record);
            after_id = record->id;
        }
    } while (rc == OK && records.count == PAGE_ROWS);
    return rc;
}

static int segment_file(struct verifying *verifying, const char *path)
{
    char begun[SEGMENT_PATH_BYTES + sizeof BEGUN_SUFFIX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int code = errno;
    snprintf(begun, sizeof begun, "%s%s", path, BEGUN_SUFFIX);
    if (fd < 0) /* committed, but not named yet */
        fd = open(begun, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        tell(verifying, "%s: the segment cannot be read (%s)", path, strerror(code));
    return fd;
}

static void segment_end(struct verifying *verifying, const struct seen_segment *segment,
                        const char *path)
{
    struct stat status;
    if (verifying->end != segment->bytes)
        tell(verifying, "%s: the store says it ends at byte %" PRId64 ", its records at %" PRId64,
             path, segment->bytes, verifying->end);
    if (verifying->fd < 0 || fstat(verifying->fd, &status) != 0)
        return;
    if (status.st_size < segment->bytes)
        tell(verifying, "%s: %" PRId64 " bytes long, the store cites %" PRId64, path,
             (int64_t)status.st_size, segment->bytes);
    else if (segment->closed && status.st_size > segment->bytes)
        tell(verifying, "%s: bytes behind byte %" PRId64 " that no record of the store holds", path,
             segment->bytes);
}

/* Another machine's: its file is not here, its rows are. */
static bool is_elsewhere(const struct verifying *verifying, const struct seen_segment *segment)
{
    const char *ours = verifying->check->machine;
    return ours != NULL && segment->machine[0] != '\0' && strcmp(segment->machine, ours) != 0;
}

static void tell_elsewhere(struct verifying *verifying, const struct seen_segment *segment)
{
    struct failure said;
    verifying->result.elsewhere++;
    if (verifying->check->elsewhere == NULL)
        return;
    failure_set(&said, ERR_COUNT, "%s: on the machine %s; verify its bytes there", segment->name,
                segment->machine);
    verifying->check->elsewhere(verifying->check->ctx, said.text);
}

static int segment_check(struct verifying *verifying, const struct seen_segment *segment,
                         struct failure *reterr)
{
    char path[SEGMENT_PATH_BYTES], name[SEGMENT_NAME_BYTES];
    struct seen_segment kept = *segment; /* its name lies in the arena of rows */
    snprintf(name, sizeof name, "%s", segment->name);
    kept.name = verifying->name = name;
    int rc = segment_path(verifying->dir, name, path, reterr);
    if (rc != OK)
        return rc;
    verifying->result.segments++;
    verifying->end = 0;
    memset(&verifying->chain, 0, sizeof verifying->chain);
    bool elsewhere = is_elsewhere(verifying, segment);
    if (elsewhere)
        tell_elsewhere(verifying, segment);
    verifying->fd = elsewhere ? -1 : segment_file(verifying, path);
    rc = records_check(verifying, segment->id);
    if (rc == OK)
        segment_end(verifying, &kept, path);
    else
        store_failed(verifying->store, rc, reterr);
    if (verifying->fd >= 0)
        close(verifying->fd);
    return rc;
}

/* The segment behind after_id; ret_found false: none. */
static int segment_next(struct verifying *verifying, int64_t after_id,
                        struct seen_segment *ret_segment, bool *ret_found)
{
    struct db *db = store_db(verifying->store);
    struct db_rows *rows = db_query(
        db,
        "SELECT id, name, state, bytes, machine FROM segments WHERE id > ?1 ORDER BY id LIMIT 1",
        DB_WITH(db_int(after_id)));
    arena_reset(verifying->arena);
    *ret_found = db_next(rows);
    if (*ret_found) {
        ret_segment->id = row_int(rows, 0);
        ret_segment->name = row_text(rows, 1, verifying->arena);
        ret_segment->closed = row_int(rows, 2) != 0;
        ret_segment->bytes = row_int(rows, 3);
        ret_segment->machine = row_text(rows, 4, verifying->arena);
        if (ret_segment->name == NULL || ret_segment->machine == NULL)
            ret_segment->name = ret_segment->machine = "";
    }
    return db_end(db, rows);
}

/* Whole segments that the store knows nothing of: a store older than its folder. */
static int strangers_check(struct verifying *verifying, struct failure *reterr)
{
    const char *const *names = NULL;
    size_t count = 0;
    arena_reset(verifying->arena);
    if (access(verifying->dir, F_OK) != 0)
        return OK; /* each segment was told already, or there is none */
    int rc = dir_list(verifying->arena, verifying->dir, &names, &count, reterr);
    for (size_t i = 0; rc == OK && i < count; i++) {
        int64_t known = 0;
        if (!slice_ends(slice_of(names[i]), ".warc.gz"))
            continue;
        rc = db_number(store_db(verifying->store), &known,
                       "SELECT count(*) FROM segments WHERE name = ?1", DB_WITH(db_text(names[i])));
        if (rc != OK)
            return store_failed(verifying->store, rc, reterr);
        if (known == 0)
            tell(verifying, "%s/%s: the store knows no such segment", verifying->dir, names[i]);
    }
    return rc;
}

int evidence_verify(struct store *store, const struct evidence_check *check,
                    struct evidence_verified *ret_verified, struct failure *reterr)
{
    struct verifying verifying = {.store = store, .dir = check->dir, .check = check, .fd = -1};
    struct seen_segment segment = {.id = 0};
    bool found = true;
    if (arena_create(64u << 20, &verifying.arena) != OK)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory", check->dir);
    int rc = OK;
    while (rc == OK && found) {
        rc = segment_next(&verifying, segment.id, &segment, &found);
        if (rc != OK)
            store_failed(store, rc, reterr);
        else if (found)
            rc = segment_check(&verifying, &segment, reterr);
    }
    if (rc == OK)
        rc = strangers_check(&verifying, reterr);
    arena_free(verifying.arena);
    if (rc == OK)
        *ret_verified = verifying.result;
    return rc;
}
