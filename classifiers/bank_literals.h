/* classifiers/bank_literals.h - what a text must contain before a pattern can match it; for bank*.c. */
#ifndef LUREWATCH_BANK_LITERALS_H
#define LUREWATCH_BANK_LITERALS_H

#include "common/arena.h"
#include "common/text.h"

#define BANK_LITERALS_MAX 600u /* of one pattern; one that needs more runs always */

/* Strings of which at least one stands in every text that pattern (PCRE2's, lists and gaps in place)
 * matches: in arena. *ret_count 0: nothing can be said, the pattern must always run. The answer is
 * safe, not sharp: what is not understood counts as "anything". Errors: ERR_NOMEM. */
MUST_USE int bank_literals_of(struct arena *arena, struct slice pattern,
                              const struct slice **ret_list, size_t *ret_count);

#endif
