/* classifiers/normalise.h - the one folded view that rules run on, with an exact map back.
 *
 * Folding (DESIGN section 6, rule 5): Burmese typed for Zawgyi put into Unicode, NFKC case fold, zero-width and bidi controls dropped, native
 * digits to ASCII, combining overlays dropped over Latin, Greek and Cyrillic, look-alikes folded in
 * mixed-script tokens, fancy letters, letters spaced or dotted apart joined, leet digits inside
 * words, Traditional to Simplified Chinese, runs of white space to one space (a line end stays a
 * line end). Every byte of the folded text knows the byte of the field it came from. */
#ifndef LUREWATCH_NORMALISE_H
#define LUREWATCH_NORMALISE_H

#include "common/arena.h"
#include "common/text.h"

/* How much of the text was disguised; counts of characters or tokens, see normalise.c. */
struct obfuscation {
    uint32_t zero_width, lookalike, fancy, spaced_out, leet, overlay, emoji;
};

struct folded {
    struct slice text;      /* valid UTF-8, in the arena */
    const uint32_t *origin; /* text.len + 1 offsets: folded byte i begins at byte origin[i] of the
                               original; non-decreasing; the last one is the original's length */
    struct obfuscation obfuscation;
};

struct normaliser;
/* Loads ICU's tables once; gives *ret_normaliser, free with normaliser_free(). One per thread.
 * Errors: ERR_NOMEM, ERR_UNSUPPORTED (ICU without its data). */
MUST_USE int normaliser_create(struct normaliser **ret_normaliser);
void normaliser_free(struct normaliser *normaliser); /* NULL is allowed */
/* text must be valid UTF-8. Pure but for the arena. Errors: ERR_NOMEM. */
MUST_USE int normalise(struct normaliser *normaliser, struct slice text, struct arena *arena,
                       struct folded *ret_folded);
/* The span of the original that folded bytes [start,end) came from; never empty when start<end. */
void folded_span(const struct folded *folded, size_t start, size_t end, uint32_t *ret_start,
                 uint32_t *ret_end);

#endif
