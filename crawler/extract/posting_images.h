/* crawler/extract/posting_images.h - pictures of a posting that stand outside its text: what its
 * structured data and the page's head name. An employer's logo is no poster and stays out. */
#ifndef LUREWATCH_POSTING_IMAGES_H
#define LUREWATCH_POSTING_IMAGES_H

#include "common/posting.h"
#include "crawler/extract/thing.h"
#include "crawler/url.h"

/* Lists the job's `image` (an address, an ImageObject, or several) in *posting. base: NULL is
 * allowed. All in arena. Errors: ERR_NOMEM. */
MUST_USE int posting_images_of_job(struct arena *arena, const struct things *things,
                                   const struct thing *job, const struct url *base,
                                   struct posting *posting);
/* Lists the head's og:image where *posting shows no picture yet. Errors: ERR_NOMEM. */
MUST_USE int posting_images_of_head(struct arena *arena, const struct things *things,
                                    struct slice og_image, const struct url *base,
                                    struct posting *posting);
/* Adds the pictures of `from` that *into does not list, POSTING_LIST_MAX in all. Errors: ERR_NOMEM.
 */
MUST_USE int posting_images_join(struct arena *arena, struct posting *into,
                                 const struct posting *from);

#endif
