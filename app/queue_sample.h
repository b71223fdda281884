/* app/queue_sample.h - `queue audit`: the random sample of unflagged ads, and what it says of recall;
 * the day's list with the precision it promises. For cmd_queue.c. Exit codes. */
#ifndef LUREWATCH_QUEUE_SAMPLE_H
#define LUREWATCH_QUEUE_SAMPLE_H

#include "app/command.h"
#include "storage/queue.h"

struct sampling { /* all borrowed */
    struct store *store;
    struct arena *arena;
    struct text_buf *out;
    struct queue_act act;
    uint32_t limit;
    bool json;
};

/* id NULL: lists what waits; else an ad's number, and lure or honest. */
int queue_sample_audit(const struct sampling *sampling, const char *id, const char *what);
int queue_sample_recall(const struct sampling *sampling);
/* What may be expected of the open cases from this logit up. */
int queue_sample_promise(const struct sampling *sampling, int32_t logit_tenths_min, size_t count);

#endif
