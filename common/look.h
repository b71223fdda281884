/* common/look.h - how a picture looks, in 256 bits: what is left of it after it was resized, packed
 * anew or brightened, and by which it is found again.
 *
 * The signs of the 16 by 16 lowest waves (but the constant) of its 64 by 64 grey shape, each against
 * their median, as PDQ has them (Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ
 * image-hashing algorithm", 2019). Coarser looks (a 64 bit difference hash) find crops too, but take
 * two posters of one template for the same.
 * Measured on 60 invented posters, text on gradients and shapes: JPEG at quality 20 to 75, WebP at
 * 400 pixels of width, half the size, 200 pixels of width differ by 0 to 16 bits; another text that
 * can be read on the same template by 20 to 118, other posters by 52 or more. More contrast is seen
 * through in 97 of 100, a mark across the middle or more light in two of three; a border, or a crop
 * of 5 %, makes it another picture. */
#ifndef LUREWATCH_LOOK_H
#define LUREWATCH_LOOK_H

#include "common/text.h"

#define LOOK_GRID       64u /* cells a side of the grey shape */
#define LOOK_BITS       256u
#define LOOK_BYTES      (LOOK_BITS / 8)
#define LOOK_HEX_BYTES  (2 * LOOK_BYTES + 1)
#define LOOK_LIKE_BITS  16 /* so many different bits at most: the same picture */
#define LOOK_BANDS      17u
#define LOOK_BAND_SHIFT 15
#define LOOK_STEPS_MIN  500u

struct look {
    uint8_t bytes[LOOK_BYTES];
};

/* grey: LOOK_GRID rows of LOOK_GRID cells, each the mean of its part of the picture, 0 (black) to
 * 65280 (white). False: fewer than LOOK_STEPS_MIN places where it changes; something so plain, a
 * blank, a gradient, a simple sign, looks like much else. */
bool look_of(const uint16_t grey[LOOK_GRID * LOOK_GRID], struct look *ret_look);
/* Bits that differ. */
int look_distance(const struct look *a, const struct look *b);
/* Keys by which an index finds like pictures: two of LOOK_LIKE_BITS or less share one at least.
 * Keys of different bands differ. */
void look_bands(const struct look *look, int64_t ret_bands[LOOK_BANDS]);
char *look_hex(const struct look *look, char at[LOOK_HEX_BYTES]);
bool look_from_hex(struct slice hex, struct look *ret_look);

#endif
