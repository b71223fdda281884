/* storage/recheck_rows.h - is an ad that somebody was asked about still there?
 *
 *     up, changed --> gone --> back          one row an ad: confirmed, and exported or asked about
 *
 *   up       the ad is there as it was      changed  it is there in other words
 *   gone     its page is gone, says that it ended, or holds something else, which is no lure
 *   back     it was gone and is there again
 * A look that failed (no answer, not allowed) changes nothing but the count of failures. Rows are
 * marked as wanted, the sweep's own machinery fetches their pages and no others, and then they are
 * settled by what it stored. Errors: those of store.h. */
#ifndef LUREWATCH_RECHECK_ROWS_H
#define LUREWATCH_RECHECK_ROWS_H

#include "storage/sweep_rows.h"

enum recheck_state { RECHECK_UP, RECHECK_CHANGED, RECHECK_GONE, RECHECK_BACK, RECHECK_STATE_COUNT };
const char *recheck_state_name(enum recheck_state state);

struct recheck_row { /* text in the arena, never NULL */
    int64_t posting_id, case_id;
    enum recheck_state state, before; /* before: what it was, where a settling changed it */
    const char *url, *source, *why;   /* why: the last look failed */
    int64_t asked_unix_ms;            /* the first request sent, else the first export */
    int64_t since_unix_ms;            /* of the state */
    int64_t checked_unix_ms, next_unix_ms;
    int64_t first_gone_unix_ms; /* 0: never gone */
    int64_t failures;           /* in a row */
};

/* Takes up the ads that left the house since the last time. */
MUST_USE int rechecks_enrol(struct store *store, int64_t now_unix_ms);
/* Marks the ads whose next look is due (case_id: that one, due or not) and makes their pages
 * pending; forgets marks of before. *ret_count: how many. */
MUST_USE int rechecks_want(struct store *store, int64_t case_id, int64_t now_unix_ms,
                           uint64_t *ret_count);
/* Names of the sources that have marked ads. */
MUST_USE int rechecks_sources(struct store *store, struct arena *arena,
                              const char *const **ret_names, size_t *ret_count);
/* As hosts_pending(), of the pages of marked ads alone. */
MUST_USE int hosts_wanted(struct store *store, struct arena *arena, const char *source,
                          struct host_pending **ret_hosts, size_t *ret_count);
/* The source's last round, for counts; a new one, finished, where it has none. *ret_round.due: it
 * has marked ads. */
MUST_USE int recheck_round(struct store *store, const char *source, int64_t now_unix_ms,
                           struct round *ret_round);
/* What the marked ads are now, by what was stored since since_unix_ms; unmarks them. Those whose
 * state changed are given. */
MUST_USE int rechecks_settle(struct store *store, struct arena *arena, int64_t since_unix_ms,
                             int64_t interval_ms, struct recheck_row **ret_changed,
                             size_t *ret_count);
/* Of the ads looked at with that since_unix_ms: how many looks told nothing, and why one of them did. */
MUST_USE int rechecks_unreached(struct store *store, struct arena *arena, int64_t since_unix_ms,
                                uint64_t *ret_count, const char **ret_why);

/* By case, after after_case_id, at most limit (1-500); case_id 0: all. */
struct recheck_query {
    int64_t case_id, after_case_id;
    uint32_t limit;
};
MUST_USE int rechecks_list(struct store *store, struct arena *arena,
                           const struct recheck_query *query, struct recheck_row **ret_rows,
                           size_t *ret_count);

/* What became of each ad that left the house, in no order. */
struct recheck_end {
    struct slice url; /* borrowed for the call */
    enum recheck_state state;
    int64_t asked_unix_ms, first_gone_unix_ms;
    bool unreachable; /* by the last looks */
};
typedef int recheck_end_fn(void *ctx, const struct recheck_end *end); /* any but OK ends the walk */
MUST_USE int rechecks_each_end(struct store *store, recheck_end_fn *each, void *ctx);

/* When ads were last looked at; 0: never. */
MUST_USE int rechecks_last_look(struct store *store, int64_t *ret_unix_ms);

/* A flagged ad first seen after another was gone, and like it. */
enum copy_likeness { COPY_SAME_TEXT, COPY_SAME_CONTACT, COPY_LIKE_TEXT };
struct ad_copy {
    int64_t gone_case_id, case_id;
    enum copy_likeness likeness;
    const char *gone_url, *url;
    int64_t seen_unix_ms;
};
#define COPY_SIMILARITY_MIN 80 /* of sketch_similarity() */
/* The copies of ads that are gone, first seen at or after since_unix_ms. */
MUST_USE int rechecks_copies(struct store *store, struct arena *arena, int64_t since_unix_ms,
                             struct ad_copy **ret_copies, size_t *ret_count);

#endif
