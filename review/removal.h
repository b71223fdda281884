/* review/removal.h - how long ads stayed after somebody was asked, by platform.
 *
 * Time to removal, by definition: from the first request sent about the ad (where none was sent, from
 * its first export) to the first look that found it gone. Looks are `recheck` apart, so it is an
 * upper bound that may be too long by one interval. Ads still up are not in the median; their share
 * stands beside it. An ad that came back counts as removed once. */
#ifndef LUREWATCH_REMOVAL_H
#define LUREWATCH_REMOVAL_H

#include "storage/recheck_rows.h"

#define REMOVAL_DEFINITION                                                                         \
    "from the first request sent (else the first export) to the first look that found the ad "     \
    "gone; an upper bound, too long by at most one recheck interval; ads still up are left out"

struct removal {
    const char *platform;                           /* host of the ad's address; in the arena */
    uint64_t asked, removed, up, back, unreachable; /* back: of those removed */
    int64_t median_ms, slow_ms; /* half, and nine of ten, were gone by then; 0: none removed */
};
/* Platforms by name; the last row is of all of them, platform "all". Errors: those of store.h. */
MUST_USE int removals(struct store *store, struct arena *arena, struct removal **ret_rows,
                      size_t *ret_count);

#endif
