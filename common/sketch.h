/* common/sketch.h - a small sketch of a text by which near-equal ads find one another.
 *
 * MinHash with one permutation and SKETCH_BINS bins over the 5-grams of code points (letters and
 * digits only, ASCII case folded): works in any script, since it needs no words. Broder, "On the
 * resemblance and containment of documents" (1997); Li, Owen, Zhang, "One permutation hashing"
 * (2012). 128 bytes: one byte of hash a bin. */
#ifndef LUREWATCH_SKETCH_H
#define LUREWATCH_SKETCH_H

#include "common/text.h"

#define SKETCH_BINS       128u
#define SKETCH_HEX_BYTES  (2 * SKETCH_BINS + 1)
#define SKETCH_BANDS      25u
#define SKETCH_BAND_SHIFT 40  /* a key shifted by it is the band's number */
#define SKETCH_FULL_MIN   16u /* bins with something in them, below which bands say nothing */

struct sketch {
    uint8_t bin[SKETCH_BINS];
};

struct sketch sketch_of(struct slice text);
/* Estimated Jaccard similarity of the 5-gram sets, 0-100. */
int sketch_similarity(const struct sketch *a, const struct sketch *b);
/* Keys by which an index finds near-equal texts: two texts of Jaccard similarity s share one with
 * probability 1 - (1 - s^5)^25: 0.06 at 0.3, 0.55 at 0.5, 0.87 at 0.6, 0.99 at 0.7. Keys of different bands differ.
 * Empty bins borrow from the next full one (Shrivastava and Li, "Densifying one permutation
 * hashing", 2014), so that short texts are found too. False: too short to say (under some 20
 * letters). */
bool sketch_bands(const struct sketch *sketch, int64_t ret_bands[SKETCH_BANDS]);
char *sketch_hex(const struct sketch *sketch, char at[SKETCH_HEX_BYTES]);
bool sketch_from_hex(struct slice hex, struct sketch *ret_sketch);

#endif
