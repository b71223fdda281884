/* storage/sample_rows.h - how many lures are missed: the uniform sample of unflagged ads, looked at
 * by people, and what that says of recall. Errors: those of store.h, and what a call adds. */
#ifndef LUREWATCH_SAMPLE_ROWS_H
#define LUREWATCH_SAMPLE_ROWS_H

#include "storage/queue.h"

struct sampled_ad { /* text in the arena; contacts masked */
    int64_t posting_id;
    const char *source, *url, *title, *text;
    enum band band;
    int32_t logit_tenths;
    int64_t seen_unix_ms;
};
/* Ads of the sample that nobody looked at, oldest first, whose text is still kept. */
MUST_USE int sample_list(struct store *store, struct arena *arena, uint32_t limit,
                         struct sampled_ad **ret_rows, size_t *ret_count);
/* Notes what a person saw, once for an ad; an audit row says who. Errors: ERR_NOT_FOUND (not in the
 * sample), ERR_CONFLICT (looked at already). */
MUST_USE int sample_mark(struct store *store, int64_t posting_id, bool lure,
                         const struct queue_act *act);

struct interval { /* shares of 0 to 1; 95% */
    double share, low, high;
};
/* Wilson's interval for hits of count; count 0: 0 to 1. */
struct interval wilson(uint64_t hits, uint64_t count);

struct recall_estimate {
    uint64_t looked_at, lures;              /* in the sample */
    uint64_t unflagged;                     /* ads that stand for it */
    uint64_t confirmed, dismissed, waiting; /* cases */
    struct interval missed;                 /* lures among the unflagged */
    struct interval precision;              /* of decided cases */
    struct interval recall; /* confirmed, and the waiting by precision, of all lures */
};
MUST_USE int sample_estimate(struct store *store, struct recall_estimate *ret_estimate);
/* What decided cases at or above a logit say of those that wait there: the day's list. */
MUST_USE int queue_precision_from(struct store *store, int32_t logit_tenths_min,
                                  struct interval *ret_precision, uint64_t *ret_decided);

#endif
