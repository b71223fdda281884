/* campaign_bands.c - see campaign_bands.h.
 *
 *     slots   a hash table of the batch's bands, each with a chain of sketches, ids rising
 *     added   rows for the index, sorted by band before they go in
 *
 * Statements take SKETCH_BANDS numbers each, the last one repeated where there are fewer: a server
 * is asked as often as it is for a case alone. */
#include "storage/campaign_bands.h"

#include "storage/store_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_BYTES_MAX  (256u << 20)
#define GATHER_BYTES_MAX (128u << 20) /* the rest is for what is added */

struct node {
    const struct band_sketch *sketch;
    struct node *next;
};

struct slot {
    int64_t band; /* SLOT_EMPTY: none */
    struct node *first, *last;
};
#define SLOT_EMPTY (-1)

struct pair { /* a row of the index */
    int64_t band, sketch_id;
};

struct bands_batch {
    struct arena *arena;
    struct slot *slots;
    size_t mask; /* slots, a power of two, less one */
    struct row_list added;
};

/* ---- rows of the index ---- */

#define NUMBERS                                                                                    \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "  \
    "?21, ?22, ?23, ?24, ?25"

static int insert_pairs(struct db *db, const struct pair *pairs, size_t count)
{
    struct db_value values[2 * SKETCH_BANDS];
    for (size_t i = 0; i < SKETCH_BANDS; i++) {
        const struct pair *pair = &pairs[i < count ? i : count - 1];
        values[2 * i] = db_int(pair->band);
        values[2 * i + 1] = db_int(pair->sketch_id);
    }
    return db_run(
        db,
        "INSERT INTO text_bands (band, sketch_id) VALUES (?1, ?2), (?3, ?4), (?5, ?6), (?7, ?8),"
        " (?9, ?10), (?11, ?12), (?13, ?14), (?15, ?16), (?17, ?18), (?19, ?20), (?21, ?22),"
        " (?23, ?24), (?25, ?26), (?27, ?28), (?29, ?30), (?31, ?32), (?33, ?34), (?35, ?36),"
        " (?37, ?38), (?39, ?40), (?41, ?42), (?43, ?44), (?45, ?46), (?47, ?48), (?49, ?50)"
        " ON CONFLICT (band, sketch_id) DO NOTHING",
        values, 2 * SKETCH_BANDS);
}

static void set_numbers(struct db_value values[SKETCH_BANDS], const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < SKETCH_BANDS; i++)
        values[i] = db_int(numbers[i < count ? i : count - 1]);
}

static bool read_sketch(struct db_rows *rows, int column, struct sketch *ret_sketch)
{
    struct slice bytes = row_slice(rows, column);
    if (bytes.len != sizeof ret_sketch->bin)
        return false;
    memcpy(ret_sketch->bin, bytes.at, bytes.len);
    return true;
}

static int find_stored(struct db *db, const int64_t bands[SKETCH_BANDS],
                       const struct band_taker *taker)
{
    struct db_value values[SKETCH_BANDS];
    struct band_sketch found;
    set_numbers(values, bands, SKETCH_BANDS);
    struct db_rows *rows = db_query(db,
                                    "SELECT b.band, s.id, s.edge_id, s.sketch FROM text_bands b"
                                    " JOIN campaign_sketches s ON s.id = b.sketch_id"
                                    " WHERE b.band IN (" NUMBERS ") ORDER BY b.band, b.sketch_id",
                                    values, SKETCH_BANDS);
    while (db_next(rows)) {
        int64_t band = row_int(rows, 0) >> SKETCH_BAND_SHIFT;
        found.id = row_int(rows, 1);
        found.edge_id = row_int(rows, 2);
        if (band >= 0 && band < SKETCH_BANDS && read_sketch(rows, 3, &found.sketch))
            taker->take(taker->ctx, (unsigned)band, &found);
    }
    return db_end(db, rows);
}

/* ---- slots ---- */

static struct slot *slot_of(const struct bands_batch *batch, int64_t band)
{
    uint64_t hash = (uint64_t)band * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & batch->mask;
    while (batch->slots[at].band != SLOT_EMPTY && batch->slots[at].band != band)
        at = (at + 1) & batch->mask;
    return &batch->slots[at];
}

static int chain(struct bands_batch *batch, int64_t band, const struct band_sketch *sketch)
{
    struct slot *slot = slot_of(batch, band);
    struct node *node = arena_alloc(batch->arena, sizeof *node);
    if (node == NULL)
        return ERR_LIMIT;
    assert(slot->band == band);
    node->sketch = sketch;
    if (slot->first == NULL)
        slot->first = node;
    else
        slot->last->next = node;
    slot->last = node;
    return OK;
}

static int slots_make(struct bands_batch *batch, const int64_t *bands, size_t count)
{
    size_t slots = 64;
    while (slots < 2 * count)
        slots *= 2;
    batch->slots = arena_calloc(batch->arena, slots, sizeof *batch->slots);
    if (batch->slots == NULL)
        return ERR_LIMIT;
    batch->mask = slots - 1;
    for (size_t i = 0; i < slots; i++)
        batch->slots[i].band = SLOT_EMPTY;
    for (size_t i = 0; i < count; i++)
        slot_of(batch, bands[i])->band = bands[i];
    return OK;
}

/* ---- gathering ---- */

static int by_number(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static int by_sketch(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    return by_number(&left->sketch_id, &right->sketch_id);
}

static int by_band(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    int order = by_number(&left->band, &right->band);
    return order != 0 ? order : by_sketch(a, b);
}

static size_t sort_unique(int64_t *numbers, size_t count)
{
    size_t kept = 0;
    qsort(numbers, count, sizeof *numbers, by_number);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || numbers[i] != numbers[kept - 1])
            numbers[kept++] = numbers[i];
    return kept;
}

/* The bands of the next cases: sorted, each once. */
static int cases_bands(struct store *store, const struct bands_batch *batch, uint32_t cases,
                       int64_t **ret_bands, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct sketch sketch;
    size_t count = 0;
    int64_t *bands = arena_calloc(batch->arena, cases, SKETCH_BANDS * sizeof *bands);
    if (bands == NULL)
        return ERR_LIMIT;
    struct db_rows *rows =
        db_query(db,
                 "SELECT v.sketch FROM cases c JOIN versions v ON v.id = c.version_id"
                 " WHERE c.campaign = 0 ORDER BY c.id LIMIT ?1",
                 DB_WITH(db_int(cases)));
    while (db_next(rows))
        if (read_sketch(rows, 0, &sketch) && sketch_bands(&sketch, &bands[count]))
            count += SKETCH_BANDS;
    *ret_bands = bands;
    *ret_count = sort_unique(bands, count);
    return db_end(db, rows);
}

/* Rows of the index for up to SKETCH_BANDS bands. */
static int read_pairs(struct db *db, const int64_t *bands, size_t count, struct row_list *pairs)
{
    struct db_value values[SKETCH_BANDS];
    int rc = OK;
    set_numbers(values, bands, count);
    struct db_rows *rows =
        db_query(db, "SELECT band, sketch_id FROM text_bands WHERE band IN (" NUMBERS ")", values,
                 SKETCH_BANDS);
    while (rc == OK && db_next(rows)) {
        struct pair *pair = row_list_add(pairs);
        if (pair == NULL)
            rc = ERR_LIMIT;
        else
            *pair = (struct pair){row_int(rows, 0), row_int(rows, 1)};
    }
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

struct chaining {
    struct bands_batch *batch;
    const struct pair *pairs; /* by sketch */
    size_t count, next;
};

/* The sketch that rows stands on goes into the chains of its bands. */
static int chain_row(struct chaining *chaining, struct db_rows *rows)
{
    struct band_sketch *sketch = arena_alloc(chaining->batch->arena, sizeof *sketch);
    int rc = OK;
    if (sketch == NULL)
        return ERR_LIMIT;
    sketch->id = row_int(rows, 0);
    sketch->edge_id = row_int(rows, 1);
    bool whole = read_sketch(rows, 2, &sketch->sketch);
    for (; chaining->next < chaining->count && rc == OK; chaining->next++) {
        const struct pair *pair = &chaining->pairs[chaining->next];
        if (pair->sketch_id > sketch->id)
            break;
        if (whole && pair->sketch_id == sketch->id)
            rc = chain(chaining->batch, pair->band, sketch);
    }
    return rc;
}

static int read_sketches(struct db *db, struct chaining *chaining, const int64_t *ids, size_t count)
{
    struct db_value values[SKETCH_BANDS];
    int rc = OK;
    set_numbers(values, ids, count);
    struct db_rows *rows = db_query(db,
                                    "SELECT id, edge_id, sketch FROM campaign_sketches"
                                    " WHERE id IN (" NUMBERS ") ORDER BY id",
                                    values, SKETCH_BANDS);
    while (rc == OK && db_next(rows))
        rc = chain_row(chaining, rows);
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

static int chain_pairs(struct db *db, struct bands_batch *batch, const struct row_list *list)
{
    struct pair *pairs = (struct pair *)(void *)list->at;
    struct chaining chaining = {.batch = batch, .pairs = pairs, .count = list->count};
    int64_t ids[SKETCH_BANDS];
    size_t held = 0;
    int rc = OK;
    if (list->count == 0)
        return OK;
    qsort(pairs, list->count, sizeof *pairs, by_sketch);
    for (size_t i = 0; i < list->count && rc == OK; i++) {
        if (i == 0 || pairs[i].sketch_id != pairs[i - 1].sketch_id)
            ids[held++] = pairs[i].sketch_id;
        if (held == SKETCH_BANDS || (i + 1 == list->count && held > 0)) {
            rc = read_sketches(db, &chaining, ids, held);
            held = 0;
        }
    }
    return rc;
}

static int gather(struct store *store, struct bands_batch *batch, uint32_t cases)
{
    struct row_list pairs;
    int64_t *bands = NULL;
    size_t count = 0;
    row_list_init(&pairs, batch->arena, sizeof(struct pair));
    row_list_init(&batch->added, batch->arena, sizeof(struct pair));
    int rc = cases_bands(store, batch, cases, &bands, &count);
    if (rc == OK)
        rc = slots_make(batch, bands, count);
    for (size_t i = 0; i < count && rc == OK; i += SKETCH_BANDS)
        rc = read_pairs(store_db(store), &bands[i],
                        count - i < SKETCH_BANDS ? count - i : SKETCH_BANDS, &pairs);
    if (rc == OK)
        rc = chain_pairs(store_db(store), batch, &pairs);
    return rc == OK && arena_used(batch->arena) > GATHER_BYTES_MAX ? ERR_LIMIT : rc;
}

int bands_gather(struct store *store, uint32_t cases, struct bands_batch **ret_batch)
{
    struct bands_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL || arena_create(BATCH_BYTES_MAX, &batch->arena) != OK) {
        free(batch);
        return store_no_memory(store);
    }
    int rc = gather(store, batch, cases);
    if (rc == OK)
        *ret_batch = batch;
    else
        bands_free(batch);
    return rc;
}

/* ---- what campaigns.c calls ---- */

int bands_find(struct store *store, struct bands_batch *batch, const int64_t bands[SKETCH_BANDS],
               const struct band_taker *taker)
{
    if (batch == NULL)
        return find_stored(store_db(store), bands, taker);
    for (unsigned i = 0; i < SKETCH_BANDS; i++)
        for (const struct node *at = slot_of(batch, bands[i])->first; at != NULL; at = at->next)
            taker->take(taker->ctx, i, at->sketch);
    return OK;
}

static int add_to_batch(struct bands_batch *batch, const struct pair *pairs, size_t count,
                        const struct band_sketch *added)
{
    struct band_sketch *kept = arena_alloc(batch->arena, sizeof *kept);
    int rc = kept == NULL ? ERR_LIMIT : OK;
    if (kept != NULL)
        *kept = *added;
    for (size_t i = 0; i < count && rc == OK; i++) {
        struct pair *pair = row_list_add(&batch->added);
        if (pair == NULL)
            return ERR_LIMIT;
        *pair = pairs[i];
        rc = chain(batch, pair->band, kept);
    }
    return rc;
}

int bands_add(struct store *store, struct bands_batch *batch, const int64_t bands[SKETCH_BANDS],
              unsigned full, const struct band_sketch *added)
{
    struct pair pairs[SKETCH_BANDS];
    size_t count = 0;
    for (unsigned i = 0; i < SKETCH_BANDS; i++)
        if ((full >> i & 1) == 0)
            pairs[count++] = (struct pair){bands[i], added->id};
    if (count == 0)
        return OK;
    if (batch == NULL)
        return insert_pairs(store_db(store), pairs, count);
    int rc = add_to_batch(batch, pairs, count, added);
    return rc == OK ? OK : store_no_memory(store);
}

int bands_put(struct store *store, struct bands_batch *batch)
{
    int rc = OK;
    if (batch == NULL || batch->added.count == 0)
        return OK;
    struct pair *pairs = (struct pair *)(void *)batch->added.at;
    size_t count = batch->added.count;
    qsort(pairs, count, sizeof *pairs, by_band);
    for (size_t i = 0; i < count && rc == OK; i += SKETCH_BANDS)
        rc = insert_pairs(store_db(store), &pairs[i],
                          count - i < SKETCH_BANDS ? count - i : SKETCH_BANDS);
    return rc;
}

void bands_free(struct bands_batch *batch)
{
    if (batch == NULL)
        return;
    arena_free(batch->arena);
    free(batch);
}
