/* judged_rows.c - see judged_rows.h. Pages by key, so no read lasts long. */
#include "storage/judged_rows.h"
#include "storage/store_inside.h"

static enum judged_as judged_as(int64_t state, bool checked, bool lure)
{
    if (state == 2 || (state < 0 && checked && lure)) /* 2 confirmed, 3 dismissed: queue.h */
        return JUDGED_LURE;
    return state == 3 || (state < 0 && checked && !lure) ? JUDGED_ORDINARY : JUDGED_NOT;
}

static bool read_row(struct db_rows *rows, struct arena *arena, void *item)
{
    struct judged_row *row = item;
    *row = (struct judged_row){
        .version_id = row_int(rows, 0),
        .case_id = row_int(rows, 1),
        .campaign = row_int(rows, 2),
        .judged = judged_as(row_is_null(rows, 3) ? -1 : row_int(rows, 3), !row_is_null(rows, 4),
                            row_int(rows, 4) != 0),
        .band = (enum band)row_int(rows, 5),
        .logit_tenths = (int32_t)row_int(rows, 6),
        .first_seen_unix_ms = row_int(rows, 7),
        .url = row_text(rows, 8, arena),
        .language = row_text(rows, 9, arena),
        .rules = row_text(rows, 10, arena),
        .has_text = !row_is_null(rows, 12),
    };
    for (int field = 0; field < POSTING_FIELD_COUNT; field++) {
        const char *copy = row_text(rows, 11 + field, arena);
        if (copy == NULL)
            return false;
        row->field[field] = slice_make(copy, row_slice(rows, 11 + field).len);
    }
    return row->url != NULL && row->language != NULL && row->rules != NULL;
}

#define JUDGED_HEAD                                                                                \
    "SELECT v.id, coalesce(c.id, 0), coalesce(c.campaign, 0), c.state, k.lure, v.band, v.logit,"   \
    " p.first_seen, p.url, v.language, v.rules,"
#define JUDGED_TAIL                                                                                \
    " FROM versions v JOIN postings p ON p.id = v.posting_id"                                      \
    " LEFT JOIN cases c ON c.posting_id = p.id LEFT JOIN checks k ON k.posting_id = p.id"          \
    " WHERE v.id > ?1 AND v.id = coalesce(c.version_id, p.version_id) AND p.first_seen >= ?2"      \
    " AND (?3 = 0 OR c.state IN (2, 3) OR (c.id IS NULL AND k.lure IS NOT NULL))"

int judged_list(struct store *store, struct arena *arena, const struct judged_query *query,
                struct judged_row **ret_rows, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    const struct db_value values[] = {db_int(query->after_version_id), db_int(query->since_unix_ms),
                                      db_int(query->only_judged ? 1 : 0),
                                      db_int(store_page(query->limit))};
    row_list_init(&list, arena, sizeof(struct judged_row));
    struct db_rows *rows =
        query->with_text
            ? db_query(db,
                       JUDGED_HEAD " v.title, v.text, v.pay, v.place, v.employer" JUDGED_TAIL
                                   " AND v.text IS NOT NULL ORDER BY v.id LIMIT ?4",
                       values, 4)
            : db_query(db,
                       JUDGED_HEAD " NULL, NULL, NULL, NULL, NULL" JUDGED_TAIL
                                   " ORDER BY v.id LIMIT ?4",
                       values, 4);
    int rc = row_list_read(store, rows, &list, read_row);
    if (rc != OK)
        return rc;
    *ret_rows = (struct judged_row *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
