/* crawler/extract/image_look.h - a picture's bytes to its look (common/look.h). For a worker: the
 * decoders read outside bytes.
 *
 * PNG, JPEG and WebP, still ones. Rows go into a grid of LOOK_GRID by LOOK_GRID cells as they are
 * decoded, so memory does not grow with a PNG; a JPEG of many passes and a WebP need some bytes a
 * pixel (IMAGE_PIXELS_MAX). What is transparent is seen on white; how a camera was turned (EXIF) is
 * not regarded. */
#ifndef LUREWATCH_IMAGE_LOOK_H
#define LUREWATCH_IMAGE_LOOK_H

#include "common/err.h"
#include "common/look.h"

#define IMAGE_SIDE_MIN   96u /* pixels; below it is an icon */
#define IMAGE_SIDE_MAX   16384u
#define IMAGE_PIXELS_MAX (32u << 20)
#define IMAGE_RATIO_MAX  4u  /* long side to short; beyond it is a rule or a banner */
#define IMAGE_SCANS_MAX  64u /* passes of a JPEG */

/* Errors: ERR_UNSUPPORTED (no such picture: another form, moving), ERR_LIMIT (a limit above: named),
 * ERR_SYNTAX (broken or cut off), ERR_NOT_FOUND (too small, too long or too plain for a look),
 * ERR_NOMEM. */
MUST_USE int image_look(struct slice bytes, struct look *ret_look, struct failure *reterr);

#endif
