/* storage/tally_check.h - are the sums of tally.h those that the rows give? Reads alone; each statement
 * sees one state of the store, so a sweep may go on meanwhile. Errors: those of store.h. */
#ifndef LUREWATCH_TALLY_CHECK_H
#define LUREWATCH_TALLY_CHECK_H

#include "storage/tally.h"

/* Of so many ads, the newest, what they count as is made anew and compared. Some ten seconds. */
#define TALLY_CHECK_ADS 50000u

/* Compares the sums of every day with what the ads are marked to count as, those of every month with
 * its days', and the marks of the newest ads with their rows. *ret_wrong: what differs, in words, ""
 * where nothing does; static. */
MUST_USE int tally_check(struct store *store, const char **ret_wrong);
/* Takes away all sums and counts every ad anew. Cut short, tally_fill() goes on with it. */
MUST_USE int tally_recount(struct store *store);

#endif
