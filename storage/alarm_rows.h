/* storage/alarm_rows.h - what a sweep noticed that a person should look at, and the figures it is
 * told by: how a round's lists and ads were made up. Errors: those of store.h. */
#ifndef LUREWATCH_ALARM_ROWS_H
#define LUREWATCH_ALARM_ROWS_H

#include "common/posting.h"
#include "storage/store.h"

/* Of a round; all counts. */
struct round_shape {
    uint64_t lists;        /* lists, feeds and sitemaps that were read */
    uint64_t lists_failed; /* that could not be */
    uint64_t unchanged;    /* pages that were as before */
    uint64_t listed;       /* postings that the lists named or held */
    uint64_t ads, with[POSTING_FIELD_COUNT];
    uint64_t image_only; /* ads that show an image and hardly any text */
};
/* Adds to the round's counts. */
MUST_USE int round_shape_note(struct store *store, int64_t round_id,
                              const struct round_shape *delta);
/* The round's, and the sum over up to `rounds` finished rounds of its source before it. *ret_rounds:
 * of how many. */
MUST_USE int round_shape_get(struct store *store, int64_t round_id, uint32_t rounds,
                             struct round_shape *ret_now, struct round_shape *ret_before,
                             uint32_t *ret_rounds);

struct alarm {
    int64_t id, at_unix_ms;
    const char *source; /* "" of the whole sweep; in the arena after alarms_last() */
    const char *kind;   /* "yield", "field", "canary", "images", "unreadable", "rule", "disk" */
    const char *why;
};
/* id is not read. */
MUST_USE int alarm_add(struct store *store, int64_t run_id, const struct alarm *alarm);
/* The newest first, since a time, at most limit (1-500). */
MUST_USE int alarms_last(struct store *store, struct arena *arena, int64_t since_unix_ms,
                         uint32_t limit, struct alarm **ret_alarms, size_t *ret_count);

#endif
