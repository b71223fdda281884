/* evidence_read.c - a record back out of its segment, every digest checked on the way. */
#include "common/clock.h"
#include "common/file.h"
#include "storage/evidence_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMBER_BYTES_MAX (WARC_BLOCK_BYTES_MAX + (16u << 20))

int evidence_find(struct store *store, struct arena *arena, const char *record_id,
                  struct evidence_place *ret_place)
{
    struct db *db = store_db(store);
    struct evidence_place place = {.file = ""};
    struct db_rows *rows =
        db_query(db,
                 "SELECT s.name, r.offset_bytes, r.length_bytes, r.block, r.member, r.purged,"
                 " s.machine"
                 " FROM records r JOIN segments s ON s.id = r.segment_id WHERE r.record_id = ?1",
                 DB_WITH(db_text(record_id)));
    bool found = db_next(rows), digests = false;
    int64_t purged = 0;
    if (found) {
        place.file = row_text(rows, 0, arena);
        place.offset_bytes = row_int(rows, 1);
        place.length_bytes = row_int(rows, 2);
        digests = row_digest(rows, 3, &place.block) && row_digest(rows, 4, &place.member);
        purged = row_int(rows, 5);
        place.machine = row_text(rows, 6, arena);
    }
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!found)
        return store_say(store, ERR_NOT_FOUND, "%s: the store knows no such record", record_id);
    if (purged != 0) {
        char when[CLOCK_RFC3339_BYTES];
        return store_say(store, ERR_NOT_FOUND, "%s: taken out by retention on %s", record_id,
                         clock_rfc3339(purged, when));
    }
    if (place.file == NULL || place.machine == NULL || !digests)
        return place.file == NULL || place.machine == NULL
                   ? store_no_memory(store)
                   : store_say(store, ERR_STORE, "%s: its row is damaged", record_id);
    *ret_place = place;
    return OK;
}

static void take_id(struct evidence_ref *ref, struct slice type, struct slice id)
{
    char *at = slice_is(type, "request")                                  ? ref->request_id
               : slice_is(type, "response") || slice_is(type, "resource") ? ref->response_id
               : slice_is(type, "metadata")                               ? ref->metadata_id
                                                                          : NULL;
    if (at != NULL)
        snprintf(at, EVIDENCE_ID_BYTES, "%.*s", (int)id.len, id.at);
}

/* A page's records follow one another: at most two stand before or behind. */
int evidence_group(struct store *store, const char *record_id, struct evidence_ref *ret_ref)
{
    struct db *db = store_db(store);
    struct evidence_ref ref = {"", "", ""};
    bool found = false;
    struct db_rows *rows =
        db_query(db,
                 "SELECT o.type, o.record_id FROM records r JOIN records o"
                 " ON o.segment_id = r.segment_id AND o.id BETWEEN r.id - 2 AND r.id + 2"
                 " AND o.url = r.url AND o.at = r.at WHERE r.record_id = ?1"
                 " AND (r.type <> 'metadata' OR o.id <= r.id)"
                 " AND (r.type <> 'request' OR o.id >= r.id) ORDER BY o.id",
                 DB_WITH(db_text(record_id)));
    while (db_next(rows)) {
        found = true;
        take_id(&ref, row_slice(rows, 0), row_slice(rows, 1));
    }
    int rc = db_end(db, rows);
    if (rc == OK && !found)
        return store_say(store, ERR_NOT_FOUND, "%s: the store knows no such record", record_id);
    if (rc == OK)
        *ret_ref = ref;
    return rc;
}

int evidence_to_revisit(struct store *store, struct arena *arena, int64_t url_id,
                        struct evidence_same *ret_same, bool *ret_found)
{
    struct db *db = store_db(store);
    struct evidence_same same = {.record_id = ""};
    struct db_rows *rows = db_query(
        db,
        "SELECT o.record_id, o.url, o.at, o.payload FROM postings p"
        " JOIN versions v ON v.id = p.version_id AND v.band >= 2 AND v.evidence_id <> ''"
        " JOIN records r ON r.record_id = v.evidence_id JOIN records o"
        " ON o.segment_id = r.segment_id AND o.id BETWEEN r.id - 2 AND r.id AND o.url = r.url"
        " AND o.at = r.at WHERE p.url_id = ?1 AND p.url_id > 0 AND o.type = 'response'"
        " AND o.purged = 0 AND o.payload IS NOT NULL ORDER BY o.id DESC LIMIT 1",
        DB_WITH(db_int(url_id)));
    bool found = db_next(rows), memory = true;
    if (found) {
        same.record_id = row_text(rows, 0, arena);
        same.url = row_text(rows, 1, arena);
        same.at_unix_ms = row_int(rows, 2);
        memory = same.record_id != NULL && same.url != NULL;
        found = row_digest(rows, 3, &same.payload);
    }
    while (db_next(rows))
        continue;
    int rc = db_end(db, rows);
    if (rc == OK && !memory)
        return store_no_memory(store);
    *ret_found = found;
    *ret_same = same;
    return rc;
}

int evidence_count(struct store *store, struct evidence_totals *ret_totals)
{
    struct db *db = store_db(store);
    int64_t records = 0;
    struct evidence_totals totals = {0, 0, 0};
    struct db_rows *rows =
        db_query(db, "SELECT count(*), coalesce(sum(bytes), 0) FROM segments", DB_NONE);
    if (db_next(rows)) {
        totals.segments = (uint64_t)row_int(rows, 0);
        totals.bytes = (uint64_t)row_int(rows, 1);
    }
    int rc = db_end(db, rows);
    if (rc == OK)
        rc = db_number(db, &records, "SELECT count(*) FROM records", DB_NONE);
    totals.records = (uint64_t)records;
    if (rc == OK)
        *ret_totals = totals;
    return rc;
}

static int damaged(const char *path, const struct evidence_place *place, const char *why,
                   struct failure *reterr)
{
    return failure_set(reterr, ERR_SYNTAX, "%s: the record at byte %lld is damaged: %s", path,
                       (long long)place->offset_bytes, why);
}

static int unpack(const char *path, const struct evidence_place *place, struct slice member,
                  struct text_buf *out, struct failure *reterr)
{
    struct slice left = member;
    struct warc_reader *reader = NULL;
    struct warc_entry entry;
    struct failure why = {0};
    size_t before = out->len;
    struct digest found = digest_of(member);
    if (memcmp(found.bytes, place->member.bytes, sizeof found.bytes) != 0)
        return damaged(path, place, "not the bytes that were written", reterr);
    int rc = warc_reader_create(warc_from_slice, &left, &reader);
    if (rc == OK)
        rc = warc_next(reader, &entry, &why);
    if (rc == OK)
        rc = warc_read_all(reader, out, &why);
    warc_reader_free(reader);
    if (rc == ERR_LIMIT || rc == ERR_NOMEM)
        return failure_set(reterr, rc, "%s: the record at byte %lld is longer than %zu bytes", path,
                           (long long)place->offset_bytes, out->limit);
    if (rc != OK)
        return damaged(path, place, why.text, reterr);
    found = digest_of(slice_from(text_buf_slice(out), before));
    if (memcmp(found.bytes, place->block.bytes, sizeof found.bytes) != 0)
        return damaged(path, place, "its block digest differs from the store's", reterr);
    return OK;
}

int segment_read_member(const char *path, const struct evidence_place *place, char *at,
                        struct failure *reterr)
{
    char begun[SEGMENT_PATH_BYTES + sizeof BEGUN_SUFFIX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int code = errno;
    snprintf(begun, sizeof begun, "%s%s", path, BEGUN_SUFFIX);
    if (fd < 0) /* committed, but not named yet */
        fd = open(begun, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_failure(reterr, "cannot read evidence", path, code);
    int64_t done = 0;
    int rc = OK;
    while (rc == OK && done < place->length_bytes) {
        ssize_t got =
            pread(fd, at + done, (size_t)(place->length_bytes - done), place->offset_bytes + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = file_failure(reterr, "cannot read evidence", path, errno);
        else if (got == 0)
            rc = damaged(path, place, "the file ends before it", reterr);
        else
            done += got;
    }
    close(fd);
    return rc;
}

static int read_place(const char *dir, const struct evidence_place *place, struct text_buf *out,
                      struct failure *reterr)
{
    char path[SEGMENT_PATH_BYTES];
    int rc = segment_path(dir, place->file, path, reterr);
    if (rc != OK)
        return rc;
    if (place->length_bytes <= 0 || place->length_bytes > (int64_t)MEMBER_BYTES_MAX)
        return damaged(path, place, "its row names no length that can be", reterr);
    char *member = malloc((size_t)place->length_bytes);
    if (member == NULL)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory for the record", path);
    rc = segment_read_member(path, place, member, reterr);
    if (rc == OK)
        rc = unpack(path, place, slice_make(member, (size_t)place->length_bytes), out, reterr);
    free(member);
    return rc;
}

int evidence_read(struct store *store, const char *dir, const char *record_id, struct text_buf *out,
                  struct failure *reterr)
{
    struct arena *arena = NULL;
    struct evidence_place place = {.file = ""};
    size_t before = out->len;
    if (arena_create(64u << 10, &arena) != OK)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory", dir);
    int rc = evidence_find(store, arena, record_id, &place);
    if (rc != OK)
        store_failed(store, rc, reterr);
    else
        rc = read_place(dir, &place, out, reterr);
    if (rc == ERR_NOT_FOUND && place.machine != NULL && place.machine[0] != '\0')
        failure_set(reterr, rc,
                    "%s is not in %s: it was written by the machine %s, so ask for it there, or "
                    "copy it from there",
                    place.file, dir, place.machine);
    if (rc != OK)
        text_buf_truncate(out, before);
    arena_free(arena);
    return rc;
}
