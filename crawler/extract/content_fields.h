/* crawler/extract/content_fields.h - employer, place and pay of a page that marks them by no
 * vocabulary: by their labels ("Lokasi: Jakarta") and by the names of elements (class="company"). */
#ifndef LUREWATCH_CONTENT_FIELDS_H
#define LUREWATCH_CONTENT_FIELDS_H

#include "crawler/extract/content.h"

/* Fills POSTING_EMPLOYER, POSTING_PLACE and POSTING_PAY of *posting where they are empty.
 * Errors: ERR_NOMEM. */
MUST_USE int content_fields_read(struct arena *arena, const struct html_tree *tree,
                                 const struct content *content, struct posting *posting);

#endif
