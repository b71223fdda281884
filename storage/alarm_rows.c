/* alarm_rows.c - alarms and the shape of rounds; see alarm_rows.h. */
#include "storage/alarm_rows.h"

#include "storage/store_inside.h"

#define SHAPE_SUMS                                                                                 \
    "coalesce(sum(lists), 0), coalesce(sum(lists_failed), 0), coalesce(sum(unchanged), 0),"        \
    " coalesce(sum(listed), 0), coalesce(sum(ads), 0), coalesce(sum(with_title), 0),"              \
    " coalesce(sum(with_text), 0), coalesce(sum(with_pay), 0), coalesce(sum(with_place), 0),"      \
    " coalesce(sum(with_employer), 0), coalesce(sum(image_only), 0), count(*)"

int round_shape_note(struct store *store, int64_t round_id, const struct round_shape *delta)
{
    return db_run(
        store_db(store),
        "INSERT INTO round_shapes (round_id, lists, lists_failed, unchanged, listed, ads,"
        " with_title, with_text, with_pay, with_place, with_employer, image_only)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (round_id)"
        " DO UPDATE SET lists = round_shapes.lists + excluded.lists,"
        " lists_failed = round_shapes.lists_failed + excluded.lists_failed,"
        " unchanged = round_shapes.unchanged + excluded.unchanged,"
        " listed = round_shapes.listed + excluded.listed, ads = round_shapes.ads + excluded.ads,"
        " with_title = round_shapes.with_title + excluded.with_title,"
        " with_text = round_shapes.with_text + excluded.with_text,"
        " with_pay = round_shapes.with_pay + excluded.with_pay,"
        " with_place = round_shapes.with_place + excluded.with_place,"
        " with_employer = round_shapes.with_employer + excluded.with_employer,"
        " image_only = round_shapes.image_only + excluded.image_only",
        DB_WITH(
            db_int(round_id), db_int((int64_t)delta->lists), db_int((int64_t)delta->lists_failed),
            db_int((int64_t)delta->unchanged), db_int((int64_t)delta->listed),
            db_int((int64_t)delta->ads), db_int((int64_t)delta->with[POSTING_TITLE]),
            db_int((int64_t)delta->with[POSTING_TEXT]), db_int((int64_t)delta->with[POSTING_PAY]),
            db_int((int64_t)delta->with[POSTING_PLACE]),
            db_int((int64_t)delta->with[POSTING_EMPLOYER]), db_int((int64_t)delta->image_only)));
}

static int read_shape(struct db *db, struct db_rows *rows, struct round_shape *ret_shape,
                      uint32_t *ret_rounds)
{
    struct round_shape shape = {0};
    uint64_t *const members[] = {&shape.lists,
                                 &shape.lists_failed,
                                 &shape.unchanged,
                                 &shape.listed,
                                 &shape.ads,
                                 &shape.with[POSTING_TITLE],
                                 &shape.with[POSTING_TEXT],
                                 &shape.with[POSTING_PAY],
                                 &shape.with[POSTING_PLACE],
                                 &shape.with[POSTING_EMPLOYER],
                                 &shape.image_only};
    const int count = (int)(sizeof members / sizeof members[0]);
    if (db_next(rows)) {
        for (int i = 0; i < count; i++)
            *members[i] = (uint64_t)row_int(rows, i);
        *ret_rounds = (uint32_t)row_int(rows, count);
    }
    *ret_shape = shape;
    return db_end(db, rows);
}

int round_shape_get(struct store *store, int64_t round_id, uint32_t rounds,
                    struct round_shape *ret_now, struct round_shape *ret_before,
                    uint32_t *ret_rounds)
{
    struct db *db = store_db(store);
    uint32_t one = 0;
    int rc = read_shape(db,
                        db_query(db, "SELECT " SHAPE_SUMS " FROM round_shapes WHERE round_id = ?1",
                                 DB_WITH(db_int(round_id))),
                        ret_now, &one);
    if (rc != OK)
        return rc;
    return read_shape(
        db,
        db_query(db,
                 "SELECT " SHAPE_SUMS " FROM (SELECT s.* FROM rounds r JOIN round_shapes s"
                 " ON s.round_id = r.id WHERE r.source_id = (SELECT source_id FROM rounds"
                 " WHERE id = ?1) AND r.id < ?1 AND r.finished > 0 ORDER BY r.id DESC LIMIT ?2)"
                 " AS last",
                 DB_WITH(db_int(round_id), db_int(rounds))),
        ret_before, ret_rounds);
}

int alarm_add(struct store *store, int64_t run_id, const struct alarm *alarm)
{
    return db_run(store_db(store),
                  "INSERT INTO alarms (run_id, at, source, kind, why) VALUES (?1, ?2, ?3, ?4, ?5)",
                  DB_WITH(db_int(run_id), db_int(alarm->at_unix_ms), db_text(alarm->source),
                          db_text(alarm->kind), db_text(alarm->why)));
}

static bool read_alarm(struct db_rows *rows, struct arena *arena, void *item)
{
    struct alarm *alarm = item;
    *alarm = (struct alarm){.id = row_int(rows, 0),
                            .at_unix_ms = row_int(rows, 1),
                            .source = row_text(rows, 2, arena),
                            .kind = row_text(rows, 3, arena),
                            .why = row_text(rows, 4, arena)};
    return alarm->source != NULL && alarm->kind != NULL && alarm->why != NULL;
}

int alarms_last(struct store *store, struct arena *arena, int64_t since_unix_ms, uint32_t limit,
                struct alarm **ret_alarms, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct alarm));
    struct db_rows *rows = db_query(db,
                                    "SELECT id, at, source, kind, why FROM alarms WHERE at >= ?1"
                                    " ORDER BY id DESC LIMIT ?2",
                                    DB_WITH(db_int(since_unix_ms), db_int(store_page(limit))));
    rc = row_list_read(store, rows, &list, read_alarm);
    if (rc != OK)
        return rc;
    *ret_alarms = (struct alarm *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
