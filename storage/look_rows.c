/* look_rows.c - see look_rows.h.
 *
 * A family is known by its first picture and does not drift: what is like a like picture is not
 * like the first. Its bands (look_bands()) lead to its edge; a band that LOOKS_BAND_MAX families
 * share takes no more. Cost of a look-up: one read for each of LOOK_BANDS bands, and of some dozens
 * of families where there are 100,000. */
#include "storage/look_rows.h"

#include "storage/store_inside.h"

#include <assert.h>
#include <string.h>

#define LOOKS_BAND_MAX 64u
#define BANDS          "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17"

static struct digest key_of(const struct look *look)
{
    struct digest key;
    static_assert(sizeof key.bytes == LOOK_BYTES, "a look fits the key of an edge");
    memcpy(key.bytes, look->bytes, sizeof key.bytes);
    return key;
}

static bool row_look(struct db_rows *rows, int column, struct look *ret_look)
{
    struct digest key;
    if (!row_digest(rows, column, &key))
        return false;
    memcpy(ret_look->bytes, key.bytes, sizeof ret_look->bytes);
    return true;
}

static int image_add(struct store *store, const struct digest *image)
{
    return db_run(store_db(store),
                  "INSERT INTO images (digest) VALUES (?1) ON CONFLICT (digest) DO NOTHING",
                  DB_WITH(db_digest(image)));
}

int look_put(struct store *store, const struct digest *image, const struct look *look)
{
    const struct digest key = key_of(look);
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = image_add(store, image);
    if (rc == OK)
        rc = db_run(store_db(store),
                    "UPDATE images SET look = ?2 WHERE digest = ?1 AND look IS NULL",
                    DB_WITH(db_digest(image), db_digest(&key)));
    return store_leave(store, own, rc);
}

int image_show(struct store *store, int64_t case_id, const struct digest *image,
               struct image_row *ret_row)
{
    struct db *db = store_db(store);
    struct image_row row = {.id = 0};
    int rc = image_add(store, image);
    if (rc != OK)
        return rc;
    struct db_rows *rows = db_query(db, "SELECT id, edge_id, look FROM images WHERE digest = ?1",
                                    DB_WITH(db_digest(image)));
    if (db_next(rows)) {
        row.id = row_int(rows, 0);
        row.edge_id = row_int(rows, 1);
        row.has_look = row_look(rows, 2, &row.look);
    }
    rc = db_end(db, rows);
    if (rc == OK)
        rc = db_run(db,
                    "INSERT INTO image_cases (case_id, image_id) VALUES (?1, ?2)"
                    " ON CONFLICT (case_id, image_id) DO NOTHING",
                    DB_WITH(db_int(case_id), db_int(row.id)));
    if (rc == OK)
        *ret_row = row;
    return rc;
}

/* ---- families ---- */

int look_find(struct store *store, const struct look *look, struct look_place *ret_place)
{
    struct db *db = store_db(store);
    struct db_value values[LOOK_BANDS];
    int64_t bands[LOOK_BANDS];
    unsigned counts[LOOK_BANDS] = {0};
    int least = LOOK_LIKE_BITS + 1;
    struct look_place place = {0, 0};
    look_bands(look, bands);
    for (size_t i = 0; i < LOOK_BANDS; i++)
        values[i] = db_int(bands[i]);
    struct db_rows *rows =
        db_query(db,
                 "SELECT b.band, e.id, e.key FROM look_bands b JOIN campaign_edges e"
                 " ON e.id = b.edge_id WHERE b.band IN (" BANDS ") ORDER BY e.id",
                 values, LOOK_BANDS);
    while (db_next(rows)) {
        struct look found;
        int64_t band = row_int(rows, 0) >> LOOK_BAND_SHIFT;
        if (band < 0 || band >= LOOK_BANDS || !row_look(rows, 2, &found))
            continue;
        if (++counts[band] >= LOOKS_BAND_MAX)
            place.full |= 1u << band;
        int bits = look_distance(look, &found);
        if (bits < least) {
            least = bits;
            place.edge_id = row_int(rows, 1);
        }
    }
    int rc = db_end(db, rows);
    if (rc == OK)
        *ret_place = place;
    return rc;
}

static int bands_put(struct db *db, const struct look *look, const struct look_place *place)
{
    int64_t bands[LOOK_BANDS];
    int rc = OK;
    look_bands(look, bands);
    for (size_t i = 0; rc == OK && i < LOOK_BANDS; i++)
        if ((place->full >> i & 1) == 0)
            rc = db_run(db,
                        "INSERT INTO look_bands (band, edge_id) VALUES (?1, ?2)"
                        " ON CONFLICT (band, edge_id) DO NOTHING",
                        DB_WITH(db_int(bands[i]), db_int(place->edge_id)));
    return rc;
}

int look_join(struct store *store, const struct image_row *image, const struct look_place *place,
              bool is_first)
{
    struct db *db = store_db(store);
    int rc = db_run(db, "UPDATE images SET edge_id = ?2 WHERE id = ?1",
                    DB_WITH(db_int(image->id), db_int(place->edge_id)));
    return rc == OK && is_first ? bands_put(db, &image->look, place) : rc;
}

/* ---- read ---- */

/* likes is sorted by case, and the same case may come again with other pictures. */
static int like_take(struct store *store, struct row_list *likes, int64_t case_id, int bits)
{
    struct picture_like *last =
        likes->count == 0 ? NULL : (struct picture_like *)(void *)likes->at + likes->count - 1;
    if (last != NULL && last->case_id == case_id) {
        last->bits = bits < last->bits ? bits : last->bits;
        return OK;
    }
    if (likes->count == PICTURE_LIKES_MAX)
        return ERR_LIMIT;
    struct picture_like *like = row_list_add(likes);
    if (like == NULL)
        return store_no_memory(store);
    *like = (struct picture_like){case_id, bits};
    return OK;
}

int pictures_like(struct store *store, struct arena *arena, int64_t case_id,
                  struct picture_like **ret_likes, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list likes;
    int rc = OK;
    row_list_init(&likes, arena, sizeof(struct picture_like));
    struct db_rows *rows = db_query(db,
                                    "SELECT d.case_id, 1, a.look, a.look FROM image_cases c"
                                    " JOIN images a ON a.id = c.image_id"
                                    " JOIN image_cases d ON d.image_id = a.id AND d.case_id <> ?1"
                                    " WHERE c.case_id = ?1 UNION ALL"
                                    " SELECT d.case_id, 0, a.look, b.look FROM image_cases c"
                                    " JOIN images a ON a.id = c.image_id AND a.edge_id > 0"
                                    " JOIN images b ON b.edge_id = a.edge_id AND b.id <> a.id"
                                    " JOIN image_cases d ON d.image_id = b.id AND d.case_id <> ?1"
                                    " WHERE c.case_id = ?1 ORDER BY 1 LIMIT 2000",
                                    DB_WITH(db_int(case_id)));
    while (rc == OK && db_next(rows)) {
        struct look one, other;
        bool same = row_int(rows, 1) != 0;
        if (same || (row_look(rows, 2, &one) && row_look(rows, 3, &other)))
            rc =
                like_take(store, &likes, row_int(rows, 0), same ? -1 : look_distance(&one, &other));
    }
    int end = db_end(db, rows);
    if (rc == ERR_LIMIT)
        rc = OK;
    if (rc != OK || end != OK)
        return rc != OK ? rc : end;
    *ret_likes = (struct picture_like *)(void *)likes.at;
    *ret_count = likes.count;
    return OK;
}

static bool read_look(struct db_rows *rows, struct arena *arena, void *item)
{
    struct case_look *look = item;
    (void)arena;
    (void)row_digest(rows, 0, &look->image);
    look->has_look = row_look(rows, 1, &look->look);
    look->joins_nobody = row_int(rows, 2) != 0;
    return true;
}

int looks_of_case(struct store *store, struct arena *arena, int64_t case_id,
                  struct case_look **ret_looks, size_t *ret_count)
{
    struct row_list list;
    struct db_rows *rows =
        db_query(store_db(store),
                 "SELECT i.digest, i.look, coalesce((SELECT max(e.dropped) FROM campaign_edges e"
                 " WHERE e.id = i.edge_id OR (e.kind = 2 AND e.key = i.digest)), 0)"
                 " FROM image_cases c JOIN images i ON i.id = c.image_id WHERE c.case_id = ?1"
                 " ORDER BY i.id LIMIT ?2",
                 DB_WITH(db_int(case_id), db_int(STORE_PAGE_MAX)));
    row_list_init(&list, arena, sizeof(struct case_look));
    int rc = row_list_read(store, rows, &list, read_look);
    if (rc != OK)
        return rc;
    *ret_looks = (struct case_look *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
