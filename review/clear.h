/* review/clear.h - the ad of a case as the page had it: contacts in clear, read from the evidence.
 * Whoever shows or sends it adds a row "read" to the history first: clear_note(). */
#ifndef LUREWATCH_CLEAR_H
#define LUREWATCH_CLEAR_H

#include "storage/queue.h"

struct clear_ad { /* in the arena */
    struct posting posting;
    struct verdict verdict;
};
/* Errors: ERR_NOT_FOUND (the evidence is gone, or does not hold this version), those of
 * evidence_read(). */
MUST_USE int clear_read(struct store *store, const char *evidence_dir, struct arena *arena,
                        const struct case_full *full, struct clear_ad *ret_ad,
                        struct failure *reterr);
/* One transaction, unless one is open. Errors: those of store.h. */
MUST_USE int clear_note(struct store *store, int64_t case_id, const struct queue_act *act,
                        struct failure *reterr);

#endif
