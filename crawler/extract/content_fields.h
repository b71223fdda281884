/* crawler/extract/content_fields.h - employer, place and pay of a page that marks them by no
 * vocabulary: by their labels ("Lokasi: Jakarta") and by the names of elements (class="company"). */
#ifndef LUREWATCH_CONTENT_FIELDS_H
#define LUREWATCH_CONTENT_FIELDS_H

#include "crawler/extract/content.h"

/* Fills POSTING_EMPLOYER, POSTING_PLACE, POSTING_PAY and POSTING_POSTED_AT of *posting where they
 * are empty. The heading, and elements that are such a field and nothing else, are taken out of
 * content->text. Errors: ERR_NOMEM. */
MUST_USE int content_fields_read(struct arena *arena, const struct html_tree *tree,
                                 struct content *content, struct posting *posting);

#endif
