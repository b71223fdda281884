/* storage/mask.h - takes contacts out of what the tables keep. Pure.
 *
 * Every byte of a contact becomes '*', so that offsets of findings still hold and the text stays
 * valid UTF-8 (a span that cuts a character is widened to it). Masked are: the spans the verdict's
 * contacts name, every other place in any field where the same words or the same value stand
 * (5 bytes or more), and the same bytes in quotes of findings and places. */
#ifndef LUREWATCH_MASK_H
#define LUREWATCH_MASK_H

#include "common/verdict.h"

struct masked {
    struct slice field[POSTING_FIELD_COUNT]; /* as long as the posting's */
    struct verdict verdict; /* quotes masked; contacts' value is their tail (contact_key.h) */
};

/* Copies what it changes into arena, borrows the rest from posting and verdict.
 * Errors: ERR_NOMEM. */
MUST_USE int mask_contacts(struct arena *arena, const struct posting *posting,
                           const struct verdict *verdict, struct masked *ret_masked);

#endif
