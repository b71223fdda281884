/* common/json_check.h - the grammar of RFC 8259, for json_read.c. */
#ifndef LUREWATCH_JSON_CHECK_H
#define LUREWATCH_JSON_CHECK_H

#include "common/text.h"

/* One value and nothing but white space around it; text is UTF-8. depth_max: 1-512.
 * Errors: ERR_SYNTAX, ERR_LIMIT (depth); the sentence begins with "byte N: ". */
MUST_USE int json_check(struct slice text, int depth_max, struct failure *reterr);

#endif
