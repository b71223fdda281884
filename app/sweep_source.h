/* app/sweep_source.h - one source while it is swept, for sweep*.c alone. */
#ifndef LUREWATCH_SWEEP_SOURCE_H
#define LUREWATCH_SWEEP_SOURCE_H

#include "app/progress.h"
#include "app/rule_watch.h"
#include "crawler/source.h"
#include "storage/alarm_rows.h"
#include "storage/sweep_rows.h"

#define SWEEP_REASONS_MAX 12u

struct sweep;

struct reason {
    char text[160], example[200];
    uint64_t count;
};
struct source_run {
    const struct source *source;
    bool forced, due;
    struct round round;
    struct sweep_counts counts;
    struct reason reasons[SWEEP_REASONS_MAX];
    uint64_t reasons_count, reasons_other;
    struct round_shape shape; /* noted at the end */
    uint64_t canaries, canaries_missed;
    struct rule_hits hits;      /* of the open transaction; the store's thread alone */
    char fused[128];            /* a rule that a worker fused off; "": none */
    struct local_walk *walk;    /* of files */
    uint64_t pages_left, share; /* of its own limits; of --max-pages */
};
void run_note(struct source_run *run, const char *why, const char *url);
struct source_run *run_find(struct sweep *sweep, const char *name);

#endif
