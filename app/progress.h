/* app/progress.h - what a sweep shows while it runs: one live line on a terminal, nothing
 * otherwise; and its summary at the end. */
#ifndef LUREWATCH_PROGRESS_H
#define LUREWATCH_PROGRESS_H

#include "common/text.h"

#include <stdio.h>

/* Counters of a sweep; all monotone but the three of the present moment. */
struct sweep_counts {
    uint64_t pages, bytes, postings, flagged, cases_new, watch;
    uint64_t listed, postings_new;
    uint64_t failed, denied, poisoned, not_modified, expired, shells;
    uint64_t in_flight, waiting_politeness, pending; /* now */
};

struct progress {
    FILE *out;
    bool live; /* out is a terminal and nobody asked for silence */
    int64_t started_mono_ms, shown_mono_ms;
    uint64_t pages_at_shown;
    int64_t per_second_tenths;
    size_t cells_shown;
};

void progress_init(struct progress *progress, FILE *out, bool quiet, int64_t now_mono_ms);
/* Is a redraw due? At most four times a second, on a terminal. */
bool progress_due(const struct progress *progress, int64_t now_mono_ms);
/* waiting: why nothing is being fetched, "" when something is. left_ms: of --max-time, or -1. */
void progress_show(struct progress *progress, const struct sweep_counts *counts,
                   const char *waiting, int64_t left_ms, int64_t now_mono_ms);
void progress_clear(struct progress *progress); /* before anything else is printed */

#endif
