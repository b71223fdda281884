/* common/image_kind.h - is it a picture? */
#ifndef LUREWATCH_IMAGE_KIND_H
#define LUREWATCH_IMAGE_KIND_H

#include "common/text.h"

/* "image/png", "image/jpeg", "image/gif" or "image/webp" by the first bytes; NULL: none of them. */
const char *image_kind(struct slice bytes);

#endif
