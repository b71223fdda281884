/* storage/queue_counts.h - how many cases there are, of which kinds, and how they were decided. */
#ifndef LUREWATCH_QUEUE_COUNTS_H
#define LUREWATCH_QUEUE_COUNTS_H

#include "storage/queue.h"

struct queue_stats {
    uint64_t by_state[CASE_STATE_COUNT]; /* leases that are over count as new */
    uint64_t open_by_band[BAND_COUNT], open_by_task[TASK_COUNT];
    uint64_t decided_day, decided_week; /* up to now */
    int64_t oldest_new_unix_ms;         /* 0: none */
    int32_t precision_per_mille;        /* confirmed / (confirmed + dismissed); -1: none decided */
};
/* What of that the day's list says, each counted from an index. Beyond QUEUE_DAY_OPEN_MAX nobody asks
 * how many wait, and each list would count them all. */
#define QUEUE_DAY_OPEN_MAX 10000
struct queue_day {
    uint64_t open, decided; /* new or claimed, at most one above that; decided within the day up
                                    to now */
    int32_t precision_per_mille; /* as of queue_stats */
};
MUST_USE int queue_day(struct store *store, int64_t now_unix_ms, struct queue_day *ret_day);
MUST_USE int queue_stats(struct store *store, int64_t now_unix_ms, struct queue_stats *ret_stats);

#endif
