/* storage/run_rows.h - how sweeps went, how each source does, what poisoned a worker: the rows
 * `doctor` and `sources` read. Errors: those of store.h. */
#ifndef LUREWATCH_RUN_ROWS_H
#define LUREWATCH_RUN_ROWS_H

#include "storage/sweep_rows.h"

struct sweep_run { /* text lives in the arena given */
    int64_t id;
    int64_t started_unix_ms, ended_unix_ms; /* ended 0: running, or it was killed */
    struct round_tally tally;
    int exit_code;
    const char *stopped_by; /* "done", "max-time", "max-pages", "signal", "error: …"; "" running */
    const char *bank, *machine; /* machine_name.h */
    int64_t process_id;
};

MUST_USE int sweep_run_begin(struct store *store, const char *bank, const char *machine,
                             int64_t now_unix_ms, int64_t *ret_run_id);
/* Sets ended, tally, exit_code and stopped_by of run->id. ERR_NOT_FOUND: no such run. */
MUST_USE int sweep_run_end(struct store *store, const struct sweep_run *run);
/* The last sweeps, newest first, at most limit (1-500). */
MUST_USE int sweep_runs_last(struct store *store, struct arena *arena, uint32_t limit,
                             struct sweep_run **ret_runs, size_t *ret_count);

struct source_health {
    const char *source;
    uint64_t rounds;                                     /* begun so far */
    int64_t last_started_unix_ms, last_finished_unix_ms; /* finished 0: the last is unfinished */
    struct round_tally last;                             /* of the last round */
    struct round_tally usual; /* mean of up to 5 finished rounds before it */
    uint64_t urls[URL_STATE_COUNT];
    uint64_t postings, cases_open;
    const char *last_why; /* the newest reason of a URL that failed or was denied */
};

/* Every source the store knows, by name. */
/* The names of all sources, in their order. */
MUST_USE int source_names(struct store *store, struct arena *arena, const char *const **ret_names,
                          size_t *ret_count);
MUST_USE int sources_health(struct store *store, struct arena *arena,
                            struct source_health **ret_rows, size_t *ret_count);

struct poisoned_page {
    int64_t id, url_id, at_unix_ms;
    const char *url, *source;
    const char *why;         /* "worker died: signal 11", "over 10 s", … */
    const char *evidence_id; /* WARC record id of the response; "" when no bytes were kept */
};

/* id, url and source are not read. */
MUST_USE int poisoned_add(struct store *store, const struct poisoned_page *page);
MUST_USE int poisoned_last(struct store *store, struct arena *arena, uint32_t limit,
                           struct poisoned_page **ret_pages, size_t *ret_count);

#endif
