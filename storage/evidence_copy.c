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
