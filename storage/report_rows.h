/* storage/report_rows.h - sums for the report: ads as they were first seen, and what became of
 * them (tally.h). No text of an ad, no contact, nobody's name leaves here. Errors: those of store.h,
 * and ERR_VERSION (ads of an older store are not all counted yet). */
#ifndef LUREWATCH_REPORT_ROWS_H
#define LUREWATCH_REPORT_ROWS_H

#include "storage/tally.h"

struct report_span {                      /* whole days, UTC */
    int64_t since_unix_ms, until_unix_ms; /* first seen at or after, and before */
};
struct tally_count {
    int64_t month; /* year * 100 + month: that ads were first seen in */
    enum tally_by by;
    struct slice name; /* borrowed for the call; "": unknown, or of TALLY_ALL */
    enum tally_as as;
    uint64_t ads;
};
struct pay_count {
    enum tally_pay what;
    struct slice task; /* borrowed for the call */
    int64_t value;
    uint64_t ads;
};
/* An enum err but OK ends the walk. */
typedef int tally_count_fn(void *ctx, const struct tally_count *row);
typedef int pay_count_fn(void *ctx, const struct pay_count *row);
/* The sums of the span's months and odd days, in no order: what has one name comes several times. */
MUST_USE int report_each_count(struct store *store, const struct report_span *span,
                               tally_count_fn *each, void *ctx);
MUST_USE int report_each_pay(struct store *store, const struct report_span *span,
                             pay_count_fn *each, void *ctx);

/* Unflagged ads that people looked at by chance, and how many of them proved to be lures. */
struct chance_check {
    uint64_t looked_at, lures;
};
MUST_USE int report_checks(struct store *store, const struct report_span *span,
                           struct chance_check *ret_check);

#endif
