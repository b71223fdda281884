/* crawler/glob.h - patterns with one special character: "*" is any run of bytes, "/" included. */
#ifndef LUREWATCH_GLOB_H
#define LUREWATCH_GLOB_H

#include "common/text.h"

/* Does pattern match from the start of text on, and to its end where to_end says so? One walk over
 * text, however many stars there are. */
bool glob_matches(struct slice pattern, bool to_end, struct slice text);

#endif
