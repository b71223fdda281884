/* storage/host_rows.h - what politeness must remember across sweeps: when a host may be asked
 * again, what its robots.txt said, and every request we made.
 *
 * host is the politeness key of sweep_rows.h. A host's next-allowed time is committed before its
 * request starts, so that a killed sweep never comes back too early. Errors: those of store.h. */
#ifndef LUREWATCH_HOST_ROWS_H
#define LUREWATCH_HOST_ROWS_H

#include "storage/sweep_rows.h"

struct host_row {
    const char *host; /* never NULL; in the arena after host_get() */
    int64_t next_allowed_unix_ms;
    uint32_t delay_ms; /* the gap in force: crawl-delay, setting or latency, whichever is longest */
    uint32_t latency_ms; /* smoothed */
    uint32_t backoff_ms; /* 0: none */
    uint32_t failures;   /* in a row */
    /* robots.txt; status 0: never fetched, or not reachable (then robots_why says so) */
    int robots_http_status;
    int64_t robots_fetched_unix_ms, robots_expires_unix_ms;
    struct slice robots_body;
    const char *robots_why; /* "" when there is nothing to say */
};

/* ERR_NOT_FOUND: a host never seen; *ret_row then holds zeros and host. */
MUST_USE int host_get(struct store *store, struct arena *arena, const char *host,
                      struct host_row *ret_row);
/* Each writes its half of the row and makes the row when it is not there. Politeness that is older than
 * what stands there, by its next-allowed time, changes nothing. */
MUST_USE int host_put_politeness(struct store *store, const struct host_row *row);
MUST_USE int host_put_robots(struct store *store, const struct host_row *row);

/* ---- the answer to "what did you take, when, why": one row a request, robots.txt included ---- */

struct fetch_entry {
    int64_t id; /* set by fetch_list() */
    int64_t started_unix_ms;
    const char *source, *host, *url; /* url: the hop as asked */
    const char *kind;        /* listing, sitemap, feed, posting, robots, redirect, recheck */
    const char *referrer;    /* the page that led here; "" for a seed */
    const char *robots_rule; /* the line that allowed it, or "no rule" */
    const char *outcome;     /* "ok", or why it ended */
    int http_status;         /* 0: no answer */
    uint64_t bytes;          /* as received */
    uint32_t took_ms;
};

/* NULL texts are stored as "". */
MUST_USE int fetch_add(struct store *store, const struct fetch_entry *entry);
/* Requests to host (NULL: any) since a time, oldest first, by id: those after after_id, at most
 * limit (1-500). */
struct fetch_query {
    const char *host;
    int64_t since_unix_ms, after_id;
    uint32_t limit;
};
MUST_USE int fetch_list(struct store *store, struct arena *arena, const struct fetch_query *query,
                        struct fetch_entry **ret_rows, size_t *ret_count);

/* How many requests were made in the name of source since then. */
MUST_USE int fetches_count(struct store *store, const char *source, int64_t since_unix_ms,
                           uint64_t *ret_count);

#endif
