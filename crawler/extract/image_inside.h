/* crawler/extract/image_inside.h - what the decoders of image_look.c fill. For image_*.c only. */
#ifndef LUREWATCH_IMAGE_INSIDE_H
#define LUREWATCH_IMAGE_INSIDE_H

#include "common/err.h"
#include "common/look.h"

/* The grey shape while rows come in, in any order, each pixel once. */
struct grid {
    uint32_t width, height;   /* of the picture as it is decoded */
    uint64_t line[LOOK_GRID]; /* of the row at hand */
    uint64_t cells[LOOK_GRID * LOOK_GRID];
};

/* Is a picture of this size one to look at? Errors: ERR_LIMIT, ERR_NOT_FOUND. */
MUST_USE int image_size_check(uint64_t width, uint64_t height, struct failure *reterr);
/* Sides from LOOK_GRID to IMAGE_SIDE_MAX. */
void grid_begin(struct grid *grid, uint32_t width, uint32_t height);
/* Pixels of row y that stand first_x, first_x + step, … from the left. Channels: 1 grey, 2 grey and
 * alpha, 3 RGB, 4 RGB and alpha (not multiplied). */
struct grid_row {
    uint32_t y, first_x, step, count, channels;
    const uint8_t *pixels;
};
void grid_row(struct grid *grid, const struct grid_row *row);

/* The whole picture into *grid, which they begin. Errors: those of image_look(). */
MUST_USE int image_png(struct slice bytes, struct grid *grid, struct failure *reterr);
MUST_USE int image_jpeg(struct slice bytes, struct grid *grid, struct failure *reterr);
MUST_USE int image_webp(struct slice bytes, struct grid *grid, struct failure *reterr);

#endif
