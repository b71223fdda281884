/* app/sent_kind.h - files whose bytes are not the words that a person sees: a PDF, an office document, a
 * saved e-mail, a program. Pure. */
#ifndef LUREWATCH_SENT_KIND_H
#define LUREWATCH_SENT_KIND_H

#include "app/complaint.h"
#include "common/text.h"

/* By the bytes as they came. True: *ret_wrong says what it is and what to do instead. */
bool sent_kind_foreign(struct slice bytes, struct complaint *ret_wrong);
/* Of text that was brought to UTF-8: are there more control characters in it than a text has? */
bool sent_kind_is_binary(struct slice text);

#endif
