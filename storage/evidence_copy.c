/* evidence_copy.c - members out of a segment as they are; see evidence_copy.h. */
#include "storage/evidence_copy.h"
#include "storage/evidence_inside.h"

#include <stdlib.h>
#include <string.h>

static int record_read(struct store *store, struct arena *arena, const char *id,
                       struct evidence_record *ret_record)
{
    struct db *db = store_db(store);
    struct evidence_record record = {.id = NULL};
    struct db_rows *rows = db_query(db, "SELECT type, url, at FROM records WHERE record_id = ?1",
                                    DB_WITH(db_text(id)));
    if (db_next(rows)) {
        record.id = arena_copy(arena, id, strlen(id));
        record.type = row_text(rows, 0, arena);
        record.url = row_text(rows, 1, arena);
        record.at_unix_ms = row_int(rows, 2);
    }
    int rc = db_end(db, rows);
    if (rc == OK && (record.id == NULL || record.type == NULL || record.url == NULL))
        rc = store_no_memory(store);
    if (rc == OK)
        rc = evidence_find(store, arena, id, &record.place);
    if (rc == OK)
        *ret_record = record;
    return rc;
}

int evidence_records(struct store *store, struct arena *arena, const char *record_id,
                     struct evidence_record ret_records[EVIDENCE_GROUP_MAX], size_t *ret_count)
{
    struct evidence_ref ref;
    struct evidence_record records[EVIDENCE_GROUP_MAX];
    size_t count = 0;
    int rc = evidence_group(store, record_id, &ref);
    const char *const ids[] = {ref.request_id, ref.response_id, ref.metadata_id};
    for (size_t i = 0; rc == OK && i < EVIDENCE_GROUP_MAX; i++)
        if (ids[i][0] != '\0')
            rc = record_read(store, arena, ids[i], &records[count++]);
    if (rc != OK)
        return rc;
    for (size_t i = 1; i < count; i++) /* by where they lie */
        for (size_t at = i;
             at > 0 && records[at].place.offset_bytes < records[at - 1].place.offset_bytes; at--) {
            struct evidence_record kept = records[at];
            records[at] = records[at - 1];
            records[at - 1] = kept;
        }
    memcpy(ret_records, records, count * sizeof *records);
    *ret_count = count;
    return OK;
}

int evidence_copy(const char *dir, const struct evidence_record *record, struct text_buf *out,
                  struct failure *reterr)
{
    char path[SEGMENT_PATH_BYTES];
    const struct evidence_place *place = &record->place;
    int rc = segment_path(dir, place->file, path, reterr);
    if (rc != OK)
        return rc;
    if (place->length_bytes <= 0 || place->length_bytes > (int64_t)WARC_BLOCK_BYTES_MAX)
        return failure_set(reterr, ERR_SYNTAX, "%s: a row names no length that can be", path);
    char *member = malloc((size_t)place->length_bytes);
    if (member == NULL)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory for the record", path);
    rc = segment_read_member(path, place, member, reterr);
    struct slice bytes = slice_make(member, (size_t)place->length_bytes);
    if (rc == OK) {
        struct digest found = digest_of(bytes);
        if (memcmp(found.bytes, place->member.bytes, sizeof found.bytes) != 0)
            rc = failure_set(reterr, ERR_SYNTAX,
                             "%s: the record at byte %lld is damaged: not the bytes that were "
                             "written",
                             path, (long long)place->offset_bytes);
    }
    if (rc == OK && text_buf_add_slice(out, bytes) != OK)
        rc = failure_set(reterr, text_buf_status(out), "%s: the evidence is over the limit", path);
    free(member);
    return rc;
}

/* ---- stamps ---- */

static int stamp_find(struct store *store, struct arena *arena, const char *record_id,
                      struct evidence_stamp *stamp, int64_t *ret_segment_id)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(
        db,
        "SELECT t.segment_id, t.at, t.authority, t.chain, t.token FROM records r JOIN stamps t"
        " ON t.segment_id = r.segment_id AND t.bytes >= r.offset_bytes + r.length_bytes"
        " WHERE r.record_id = ?1 ORDER BY t.id LIMIT 1",
        DB_WITH(db_text(record_id)));
    bool found = db_next(rows);
    if (found) {
        struct slice token = row_slice(rows, 4);
        *ret_segment_id = row_int(rows, 0);
        stamp->at_unix_ms = row_int(rows, 1);
        stamp->authority = row_text(rows, 2, arena);
        found = row_digest(rows, 3, &stamp->chain);
        const char *copy = arena_copy(arena, token.at, token.len);
        stamp->token = slice_make(copy != NULL ? copy : "", copy != NULL ? token.len : 0);
    }
    int rc = db_end(db, rows);
    return rc == OK && !found ? ERR_NOT_FOUND : rc;
}

static int members_read(struct store *store, struct arena *arena, int64_t segment_id,
                        struct evidence_stamp *stamp)
{
    struct row_list list;
    struct db *db = store_db(store);
    bool ended = false;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct digest));
    struct db_rows *rows =
        db_query(db, "SELECT member, chain FROM records WHERE segment_id = ?1 ORDER BY id",
                 DB_WITH(db_int(segment_id)));
    while (rc == OK && !ended && list.count < EVIDENCE_STAMP_MEMBERS_MAX && db_next(rows)) {
        struct digest chain, *member = row_list_add(&list);
        if (member == NULL)
            rc = store_no_memory(store);
        else if (!row_digest(rows, 0, member) || !row_digest(rows, 1, &chain))
            break;
        else
            ended = memcmp(chain.bytes, stamp->chain.bytes, sizeof chain.bytes) == 0;
    }
    int end = db_end(db, rows);
    stamp->members = (const struct digest *)(void *)list.at;
    stamp->members_count = list.count;
    if (rc != OK || end != OK)
        return rc != OK ? rc : end;
    return ended ? OK : ERR_NOT_FOUND;
}

int evidence_stamp_of(struct store *store, struct arena *arena, const char *record_id,
                      struct evidence_stamp *ret_stamp)
{
    struct evidence_stamp stamp = {0};
    int64_t segment_id = 0;
    int rc = stamp_find(store, arena, record_id, &stamp, &segment_id);
    if (rc == OK)
        rc = members_read(store, arena, segment_id, &stamp);
    if (rc == OK)
        *ret_stamp = stamp;
    return rc;
}
