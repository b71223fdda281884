/* classifiers/zawgyi.h - Burmese typed for the Zawgyi font, told from Unicode and put into it.
 *
 * Zawgyi uses the code points of the Myanmar block for other letters and stores what is seen from
 * left to right: a rule written in Unicode never matches it. Inner header of normalise.c; pure. */
#ifndef LUREWATCH_ZAWGYI_H
#define LUREWATCH_ZAWGYI_H

#include "common/arena.h"
#include "common/text.h"

struct zawgyi {
    struct slice text;      /* valid UTF-8, in the arena; empty when nothing was converted */
    const uint32_t *origin; /* text.len + 1 offsets into the original, non-decreasing */
};

/* Lines that are Zawgyi come out in Unicode, all others byte for byte. *ret_found tells whether
 * there was any; without, nothing is written and nothing allocated. text must be valid UTF-8.
 * Errors: ERR_NOMEM. */
MUST_USE int zawgyi_convert(struct slice text, struct arena *arena, struct zawgyi *ret_zawgyi,
                            bool *ret_found);

#endif
