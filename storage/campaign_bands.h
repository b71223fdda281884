/* storage/campaign_bands.h - which sketches lie in which band (sketch_bands()); for campaigns.c.
 *
 * One at a time each text costs SKETCH_BANDS reads and as many writes at places of the index that
 * have nothing to do with one another. A batch does them for many cases in the index's own order,
 * so a page that many of them need is read once and written once:
 *     bands_gather()        what the index has for the next cases that have no campaign
 *     bands_find(), _add()  from and to memory
 *     bands_put()           what was added goes into the index
 * all in one transaction. Memory: some 2 KB a case. */
#ifndef LUREWATCH_CAMPAIGN_BANDS_H
#define LUREWATCH_CAMPAIGN_BANDS_H

#include "common/sketch.h"
#include "storage/store.h"

struct bands_batch;

struct band_sketch {
    int64_t id, edge_id;
    struct sketch sketch;
};
struct band_taker { /* is told of each band's sketches, bands and ids rising */
    void (*take)(void *ctx, unsigned band, const struct band_sketch *found);
    void *ctx;
};

/* Errors: ERR_LIMIT (the batch passes what memory it may have: go on without one), those of
 * store.h. Gives *ret_batch, end it with bands_free(). */
MUST_USE int bands_gather(struct store *store, uint32_t cases, struct bands_batch **ret_batch);
/* batch NULL: in the store itself. Otherwise bands are those of a case of the batch. */
MUST_USE int bands_find(struct store *store, struct bands_batch *batch,
                        const int64_t bands[SKETCH_BANDS], const struct band_taker *taker);
/* full: bits of the bands that are left out. */
MUST_USE int bands_add(struct store *store, struct bands_batch *batch,
                       const int64_t bands[SKETCH_BANDS], unsigned full,
                       const struct band_sketch *added);
MUST_USE int bands_put(struct store *store, struct bands_batch *batch); /* NULL is allowed */
void bands_free(struct bands_batch *batch);                             /* NULL is allowed */

#endif
