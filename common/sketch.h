/* common/sketch.h - a small sketch of a text by which near-equal ads find one another.
 *
 * MinHash with one permutation and SKETCH_BINS bins over the 5-grams of code points (letters and
 * digits only, ASCII case folded): works in any script, since it needs no words. Broder, "On the
 * resemblance and containment of documents" (1997); Li, Owen, Zhang, "One permutation hashing"
 * (2012). 128 bytes: one byte of hash a bin. */
#ifndef LUREWATCH_SKETCH_H
#define LUREWATCH_SKETCH_H

#include "common/text.h"

#define SKETCH_BINS      128u
#define SKETCH_HEX_BYTES (2 * SKETCH_BINS + 1)

struct sketch {
    uint8_t bin[SKETCH_BINS];
};

struct sketch sketch_of(struct slice text);
/* Estimated Jaccard similarity of the 5-gram sets, 0-100. */
int sketch_similarity(const struct sketch *a, const struct sketch *b);
char *sketch_hex(const struct sketch *sketch, char at[SKETCH_HEX_BYTES]);
bool sketch_from_hex(struct slice hex, struct sketch *ret_sketch);

#endif
