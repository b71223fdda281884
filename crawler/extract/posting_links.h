/* crawler/extract/posting_links.h - links and images that stand within a posting's text. */
#ifndef LUREWATCH_POSTING_LINKS_H
#define LUREWATCH_POSTING_LINKS_H

#include "crawler/extract/content.h"
#include "crawler/url.h"

/* Fills links (mailto:, tel:, chat and web addresses with their text) and images (address, or the
 * alternative text where that says more) of *posting from the main content. At most
 * POSTING_LIST_MAX each, no repeats. Errors: ERR_NOMEM. */
MUST_USE int posting_links_read(struct arena *arena, const struct html_tree *tree,
                                const struct content *content, const struct url *base,
                                bool base_known, struct posting *posting);
/* Is there a picture in the main content? */
bool content_has_picture(const struct html_tree *tree, const struct content *content);

#endif
