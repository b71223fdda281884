/* storage/stamp_rows.h - time stamps of the evidence: that a segment's chain stood so at a time, said
 * by an authority that is not us (RFC 3161). What is stamped is the chain's hash, which covers every
 * record before it. Errors: those of store.h. */
#ifndef LUREWATCH_STAMP_ROWS_H
#define LUREWATCH_STAMP_ROWS_H

#include "common/digest.h"
#include "storage/store.h"

struct stamp {
    int64_t segment_id, at_unix_ms, bytes; /* bytes: of the segment then */
    const char *segment, *authority;       /* in the arena */
    struct digest chain;
    struct slice token; /* the authority's answer, DER; in the arena */
};

/* Segments of machine whose chain's end has no stamp yet, at most STORE_PAGE_MAX. */
MUST_USE int stamps_due(struct store *store, struct arena *arena, const char *machine,
                        struct stamp **ret_rows, size_t *ret_count);
MUST_USE int stamp_add(struct store *store, const struct stamp *stamp);
/* Stamps by id, those behind *after_id, which moves on; at most STORE_PAGE_MAX. */
MUST_USE int stamps_list(struct store *store, struct arena *arena, int64_t *after_id,
                         struct stamp **ret_rows, size_t *ret_count);
/* Is the stamped hash one of the segment's chain? */
MUST_USE int stamp_fits(struct store *store, const struct stamp *stamp, bool *ret_fits);

#endif
