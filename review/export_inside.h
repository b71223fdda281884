/* review/export_inside.h - the walk over the cases that all exports share. */
#ifndef LUREWATCH_EXPORT_INSIDE_H
#define LUREWATCH_EXPORT_INSIDE_H

#include "review/export.h"

/* rows are borrowed for the call; an enum err but OK ends the walk. */
typedef int export_page_fn(void *ctx, const struct case_row *rows, size_t count);
/* Pages of the cases the filter lets through, logit falling. Errors: ERR_NOT_FOUND (the case asked
 * for is not there), page's, those of store.h. */
MUST_USE int export_each_page(struct store *store, const struct export_filter *filter,
                              export_page_fn *page, void *ctx);

/* Appends a note with what looks like a contact masked. */
void export_note_text(struct text_buf *out, struct slice note);

#endif
