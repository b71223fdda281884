/* common/cells.h - how wide text is in a terminal, and a caret under a place in it. Pure. */
#ifndef LUREWATCH_CELLS_H
#define LUREWATCH_CELLS_H

#include "common/text.h"

/* Terminal cells of a code point: wide characters take two, combining marks none. */
size_t code_cells(uint32_t code);
size_t text_cells(struct slice text); /* of all of it; an ill-formed part counts one */

#define CARET_BYTES 128u
/* Shows byte `at` of a line (its length: behind its end): *ret_shown is the line, borrowed, cut to
 * some 100 cells around the place where it is long; caret is blanks and a '^' that stands below. */
void caret_show(struct slice line, size_t at, struct slice *ret_shown, char caret[CARET_BYTES]);
/* The byte at which character `column` (1-based) of a line begins; its length when there is none. */
size_t column_byte(struct slice line, size_t column);

#endif
