/* storage/sweep_rows.h - what a sweep must find again: rounds of a source, and its URLs.
 *
 * A *round* is one pass over a source; a sweep begins or resumes it and may end long before it.
 * The crash rule: a URL stays pending until the one transaction that stores its outcome together
 * with its links, postings and cases. So after a kill every page is either wholly there or fetched
 * again, and a case is neither lost nor doubled.
 *
 * A URL is unique by its canonical text over all sources: two sources that list the same page fetch
 * it once, and the first to find it owns it. Errors: those of store.h, and what a call adds. */
#ifndef LUREWATCH_SWEEP_ROWS_H
#define LUREWATCH_SWEEP_ROWS_H

#include "common/digest.h"
#include "storage/store.h"

/* ---- rounds ---- */

struct round {
    int64_t id;   /* 0 where due is false */
    bool due;     /* false: finished less than `every` ago */
    bool resumed; /* an earlier sweep left it unfinished */
    int64_t started_unix_ms;
    int64_t next_due_unix_ms; /* when not due */
    uint64_t pending;         /* URLs waiting in it; only round_peek() counts them */
};

struct round_tally { /* counts since the last round_note() */
    uint64_t pages, bytes, postings, postings_new, flagged, failed, denied, poisoned;
};

/* The unfinished round of source, else a new one when the last began at least every_ms before
 * now (or lies in the future: the clock was set back). A new round makes pending again: listings,
 * sitemaps and feeds that are done, failed or denied, but for those away from the start whose refetch
 * time is still to come; gone ones of depth 0; anything whose refetch time has come. */
MUST_USE int round_begin(struct store *store, const char *source, int64_t every_ms,
                         int64_t now_unix_ms, struct round *ret_round);
/* As round_begin() would answer, changing nothing; pending is what waits now. */
MUST_USE int round_peek(struct store *store, const char *source, int64_t every_ms,
                        int64_t now_unix_ms, struct round *ret_round);
/* Adds to the round's counts. */
MUST_USE int round_note(struct store *store, int64_t round_id, const struct round_tally *delta);
/* The round is over. URLs still pending (a later next_try) wait for the next. */
MUST_USE int round_finish(struct store *store, int64_t round_id, int64_t now_unix_ms);

/* ---- URLs ---- */

/* A longer canonical URL is not kept: sitemaps allow 2,048, and an index entry must hold it. */
#define URL_STORED_BYTES_MAX 2000u

/* URL_PICTURE is told by the URL (picture_rows.h): its row says posting. */
enum url_kind { URL_LISTING, URL_SITEMAP, URL_FEED, URL_POSTING, URL_PICTURE, URL_KIND_COUNT };
enum url_state {
    URL_PENDING,
    URL_DONE,
    URL_FAILED,   /* gave up after the attempts allowed */
    URL_GONE,     /* 404, 410 or an ad that says it has ended */
    URL_DENIED,   /* robots, address policy or terms */
    URL_POISONED, /* a worker died on it; its bytes are kept */
    URL_STATE_COUNT
};
const char *url_kind_name(enum url_kind kind);
const char *url_state_name(enum url_state state);

struct url_link {
    const char *url; /* canonical */
    const char
        *host; /* the politeness key: host, or host:port where the port is not the scheme's */
    enum url_kind kind;
    uint32_t depth;      /* 0: a seed */
    int64_t referrer_id; /* 0: none */
};

struct url_row { /* text lives in the arena given */
    int64_t id;
    const char *url, *host, *source, *etag, *last_modified, *why; /* never NULL */
    enum url_kind kind;
    enum url_state state;
    uint32_t depth, attempts;
    int64_t referrer_id, next_try_unix_ms, refetch_unix_ms, fetched_unix_ms;
    int http_status; /* of the last answer, 0: none */
    bool has_digest;
    struct digest digest; /* of the last body */
};

struct url_outcome {
    enum url_state state; /* URL_PENDING: try again at next_try_unix_ms */
    uint32_t attempts;
    int64_t next_try_unix_ms;
    int64_t refetch_unix_ms; /* a new round after this fetches it again; 0: never */
    int64_t fetched_unix_ms;
    int http_status;
    const char *etag, *last_modified; /* NULL: as before */
    const struct digest *digest;      /* NULL: as before */
    const char *why;                  /* NULL: nothing to say */
    bool is_posting; /* what was taken for a list proved to be an ad: from now on it is one */
};

/* Adds what is not known yet as pending, but for URLs over URL_STORED_BYTES_MAX, which are left
 * out; ret_is_new (NULL is allowed) gets a flag a link. A seed (depth 0) that is known keeps its
 * state. One transaction with the page they were found on. */
MUST_USE int urls_add(struct store *store, const char *source, const struct url_link *links,
                      size_t count, bool *ret_is_new);
/* Postings of source that are done and were fetched before their lastmod_unix_ms (of a sitemap) are
 * pending again; others are left as they are. *ret_count: how many. */
struct url_lastmod {
    const char *url; /* canonical */
    int64_t lastmod_unix_ms;
};
MUST_USE int urls_revive(struct store *store, const char *source, const struct url_lastmod *links,
                         size_t count, uint64_t *ret_count);
/* A page of pending URLs of source, by id: those after after_id, at most limit (1-500). host NULL:
 * of every host. A page shorter than limit is the last for now. */
struct url_query {
    const char *source, *host;
    int64_t after_id;
    uint32_t limit;
    bool wanted; /* pages that a recheck wants (recheck_rows.h), and no others */
};
MUST_USE int urls_pending(struct store *store, struct arena *arena, const struct url_query *query,
                          struct url_row **ret_rows, size_t *ret_count);
/* Hosts that have pending URLs of source; how many is not counted, so that a million cost nothing.
 * NULL: of any source, with how many. */
struct host_pending {
    const char *host;
    uint64_t pending;
};
MUST_USE int hosts_pending(struct store *store, struct arena *arena, const char *source,
                           struct host_pending **ret_hosts, size_t *ret_count);
/* ERR_NOT_FOUND: no such URL. */
MUST_USE int url_get(struct store *store, struct arena *arena, const char *url,
                     struct url_row *ret_row);
/* The URL with that id. ERR_NOT_FOUND. */
MUST_USE int url_text(struct store *store, struct arena *arena, int64_t url_id,
                      const char **ret_url);
/* Does the URL still wait to be fetched? ERR_NOT_FOUND. */
MUST_USE int url_is_pending(struct store *store, int64_t url_id, bool *ret_pending);
/* Stores how a fetch of the URL ended. ERR_NOT_FOUND: no such id. */
MUST_USE int url_finish(struct store *store, int64_t url_id, const struct url_outcome *outcome);
/* How many URLs of source (NULL: all) are in each state. */
MUST_USE int urls_count(struct store *store, const char *source,
                        uint64_t ret_counts[URL_STATE_COUNT]);

#endif
