/* storage/tally.h - counts of ads by the day and by the month they were first seen, kept as the rows
 * change, so that the report (report_rows.h) reads some thousands of sums in place of every ad.
 *
 * An ad counts once as seen and, where it has a case, once as that case stands. What it counts as is
 * kept with its row and is always made anew from the rows it follows from: whoever changes one of
 * them (version, band, a case's state, the look that found it gone, the text) calls tally_put() in
 * the same transaction. Called once too often it changes nothing. */
#ifndef LUREWATCH_TALLY_H
#define LUREWATCH_TALLY_H

#include "common/arena.h"
#include "storage/store.h"

/* tally.by_what; of TALLY_ALL the name is "". Cases alone have a place. Never renumbered. */
enum tally_by { TALLY_ALL, TALLY_BOARD, TALLY_PLACE, TALLY_TASK, TALLY_LANGUAGE, TALLY_BY_COUNT };

/* tally.counted_as. An ad as it was seen: below band review, or not; its case: confirmed and then
 * seen gone is TALLY_REMOVED alone. Never renumbered. */
enum tally_as {
    TALLY_NOT,
    TALLY_UNFLAGGED,
    TALLY_FLAGGED,
    TALLY_OPEN,
    TALLY_CONFIRMED,
    TALLY_DISMISSED,
    TALLY_REMOVED,
    TALLY_AS_COUNT
};

/* tally_pay.what: whole US dollars a month, middle of the offer; hundredths of the wage norm. */
enum tally_pay { TALLY_USD, TALLY_RATIO };

#define TALLY_DAY_MS INT64_C(86400000)

/* period of both tables: a day since 1970, or year * 100 + month, which lies above every day. */
#define TALLY_MONTH_MIN 197001
/* The month a day is in; and the first day of the month a day is in. */
int64_t tally_month(int64_t day);
int64_t tally_month_begins(int64_t day);

/* Counts the posting as its rows are now; within the caller's transaction. */
MUST_USE int tally_put(struct store *store, int64_t posting_id);
/* The same for the posting of a case. */
MUST_USE int tally_put_case(struct store *store, int64_t case_id);
/* The same for up to limit postings that were never counted: of an older store, or of a copy. A
 * transaction of its own, or the caller's. *ret_count 0: none is left. */
MUST_USE int tally_fill(struct store *store, uint32_t limit, uint32_t *ret_count);
/* Is the posting marked to count as its rows say? Reads alone, in one statement. Resets arena. */
MUST_USE int tally_holds(struct store *store, struct arena *arena, int64_t posting_id,
                         bool *ret_holds);
/* Counts the ads anew whose case lost its text, and takes out sums that are 0; within the caller's
 * transaction. */
MUST_USE int tally_purge(struct store *store);

#endif
