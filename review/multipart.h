/* review/multipart.h - a posted form with files: multipart/form-data (RFC 7578, RFC 2046), strictly.
 *
 * The names of the files that a browser sends are never kept: a file is its bytes. Pure, one pass,
 * nothing of a file is copied. */
#ifndef LUREWATCH_MULTIPART_H
#define LUREWATCH_MULTIPART_H

#include "review/form.h"

/* Is that a form with files, by its Content-Type? */
bool multipart_is(struct slice content_type);
/* Reads the parts in their order into *ret_form, up to the first that is wrong: ret_form->flaw says
 * what is, and what stood before it is there. A part with a file name is a file, borrowed from body;
 * a file field with nothing chosen is left out. Texts live in arena or in body.
 * Errors: ERR_LIMIT (over FORM_FIELDS_MAX fields or FORM_FILES_MAX files), ERR_NOMEM. */
MUST_USE int multipart_parse(struct arena *arena, struct slice content_type, struct slice body,
                             struct form *ret_form);

#endif
