/* storage/report_rows.h - counts for the report: ads as they were first seen, and what became of
 * them. No text of an ad, no contact, nobody's name leaves here. Errors: those of store.h. */
#ifndef LUREWATCH_REPORT_ROWS_H
#define LUREWATCH_REPORT_ROWS_H

#include "storage/queue.h"

struct seen_count { /* text borrowed for the call */
    int64_t day;    /* days since 1970, UTC */
    struct slice source, language, task;
    uint64_t count;
};
struct case_count {
    int64_t first_seen_unix_ms;
    enum case_state state;
    struct slice source, language, task;
    int64_t usd_month_cents_min, usd_month_cents_max;
    struct slice verdict; /* JSON; empty where retention took it */
    bool removed;         /* seen gone after somebody was asked */
};
struct report_span {
    int64_t since_unix_ms, until_unix_ms; /* first seen at or after, and before */
};
/* An enum err but OK ends the walk. */
typedef int seen_count_fn(void *ctx, const struct seen_count *row);
typedef int case_count_fn(void *ctx, const struct case_count *row);
MUST_USE int report_each_seen(struct store *store, const struct report_span *span,
                              seen_count_fn *each, void *ctx);
MUST_USE int report_each_case(struct store *store, const struct report_span *span,
                              case_count_fn *each, void *ctx);
/* Unflagged ads that people looked at by chance, and how many of them proved to be lures; and how
 * many unflagged ads there are. */
struct chance_check {
    uint64_t looked_at, lures, unflagged;
};
MUST_USE int report_checks(struct store *store, const struct report_span *span,
                           struct chance_check *ret_check);

#endif
