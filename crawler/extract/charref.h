/* crawler/extract/charref.h - character references of HTML text: &amp; &nbsp &#x5e7f;
 * &NotEqualTilde;
 *
 * All 2,231 names of the HTML standard, those that may lack their ';' included, and its
 * replacements for numbers (&#128; is the euro sign). Pure. A text without '&' costs one memchr. */
#ifndef LUREWATCH_EXTRACT_CHARREF_H
#define LUREWATCH_EXTRACT_CHARREF_H

#include "common/arena.h"
#include "common/text.h"

/* Decodes html_text (valid UTF-8, tags not looked at) once. in_attribute: a name without ';' before
 * '=' or a letter or digit stays as it is (href="?a=1&copy=2"). Borrows html_text when nothing in
 * it changes, else in arena; the result is never longer than html_text plus a third. Errors:
 * ERR_NOMEM. */
MUST_USE int charref_decode(struct arena *arena, struct slice html_text, bool in_attribute,
                            struct slice *ret_text);

/* One reference at text.at[0] == '&'. Gives its length in *ret_len (0: it is none, and '&' is meant
 * as it stands) and up to two characters as UTF-8 at at[0..7]; returns their bytes. */
size_t charref_one(struct slice text, bool in_attribute, char at[8], size_t *ret_len);

#endif
