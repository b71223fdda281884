/* app/sweep_parts.h - the sweep itself and the pages it has open; goes on from sweep_inside.h. */
#ifndef LUREWATCH_SWEEP_PARTS_H
#define LUREWATCH_SWEEP_PARTS_H

#include "app/sweep_lease.h"
#define PAGE_ARENA_BYTES_MAX (UINT64_C(160) << 20)

/* A request that was made, for the store. */
struct visit {
    struct visit *next;
    struct fetch_entry entry;
    struct host_row politeness;
};
/* In arena; NULL: no memory. */
struct visit *visit_make(struct arena *arena, const struct errand *errand,
                         const struct fetch_result *result);
MUST_USE int visits_store(struct keeper *keeper, const struct visit *visits);

/* One URL, from the frontier's item to the transaction that stores its outcome. Lives in arena,
 * which it owns. */
struct page_ad {
    struct posting posting;
    struct verdict verdict;
    struct digest fingerprint;
    struct sketch sketch;
    bool flagged, sampled;
    bool keep; /* set in the transaction: evidence is wanted */
    struct posting_stored stored;
};

struct page {
    struct errand errand;
    struct sweep *sweep;
    struct source_run *run;
    struct arena *arena;
    struct sweep_host *home; /* of url */
    int64_t id;
    const char *url; /* as the store has it; errand.url is the hop */
    enum url_kind kind;
    uint32_t depth, attempts;
    int64_t referrer_id, revisit_ms; /* it had rested so long; 0: the first time */
    const char *hops[SWEEP_HOPS_MAX + 1];
    uint32_t hops_count;
    const char *robots_rule;
    struct digest *digest_before; /* NULL: none that counts */
    struct visit *visits, *visits_last;
    /* the answer */
    const char *content_type, *content_encoding, *ip;
    struct slice request_head, response_head, body;
    struct digest digest;
    /* what the store is told */
    struct store_job job;
    struct url_outcome outcome;
    bool unchanged;  /* ads of the page were seen as they were */
    bool lease_lost; /* its host went to another machine meanwhile */
    bool local;      /* read from a file: no host, no request, no way back to the frontier */
    const char *resource_type; /* of a local page's evidence */
    const char *archived_at;   /* when its archive says it was fetched; "" unknown */
    const char *poison;        /* NULL: none */
    const char *page_type;     /* "" when no worker read it */
    struct page_ad *ads;
    size_t ads_count;
    struct url_link *links;
    struct url_lastmod *dated; /* postings that a sitemap says were changed then */
    size_t dated_count;
    uint64_t revived;
    bool *links_new, *links_onward;
    size_t links_count, links_sure; /* from links_sure on: those that go on with the same list */
    bool newest_first;              /* such a list goes on only while all of a page is new */
    bool went_nowhere;              /* it goes on, and was not followed: it brought nothing new */
    struct round_tally tally;
    uint64_t cases_new, watch;
    bool expired, shell;
};

#define SWEEP_ALARMS_MAX 200u
struct sweep_alarm {
    const char *source, *kind; /* borrowed; kind is static */
    char why[300];
};

struct sweep {
    const struct sweep_options *options;
    char user_agent[SWEEP_AGENT_BYTES];
    struct keeper keeper;
    struct source_run *runs;
    size_t runs_count;
    struct name_table runs_by_name, hosts, digests;
    struct sweep_loop *uv; /* sweep.c: the loop and its handles */
    struct host_gate *gate;
    struct frontier *frontier;
    struct fetcher *fetcher;
    struct worker_pool *pool;
    struct store_thread *thread;
    struct sweep_host *local_home; /* of pages from files */
    struct errand *waiting_first, *waiting_last;
    size_t flying;        /* requests started and not answered */
    size_t busy;          /* pages, errands, jobs that will still call back */
    size_t waiting_count; /* of them, errands that wait for their host */
    uint64_t bodies_bytes;
    uint64_t started;       /* pages */
    uint64_t revived;       /* known URLs that wait again behind what lanes have passed */
    int64_t looked_unix_ms; /* at robots.txt files, windows and budgets */
    struct {
        size_t held, wanted;                /* hosts */
        uint32_t machines;                  /* alive, ours included */
        int64_t look_unix_ms, beat_unix_ms; /* look 0: no host is another's */
        bool beating;
    } lease;
    int64_t bank_since_unix_ms; /* pages fetched from then on were judged by this bank */
    int64_t started_unix_ms, started_mono_ms, ends_mono_ms; /* ends 0: never */
    enum sweep_stop stop;
    bool closing;
    struct failure why; /* STOP_ERROR */
    struct sweep_counts counts;
    struct progress progress;
    struct sweep_alarm alarms[SWEEP_ALARMS_MAX];
    size_t alarms_count;
};

void sweep_stop(struct sweep *sweep, enum sweep_stop stop);
void sweep_fail(struct sweep *sweep, int code, const char *why); /* stops with an error */
/* A store job ended badly: true, and the sweep stops. */
bool sweep_store_failed(struct sweep *sweep, int rc, const struct failure *why);

/* robots.txt files that are a day old are asked for anew; their hosts stand still meanwhile. */
void hosts_refresh(struct sweep *sweep, int64_t now_unix_ms);
/* Lets the frontier look at the host again, if it is open. */
void host_wake(struct sweep *sweep, const char *name);
void sweep_feed(struct sweep *sweep); /* asks the store for what hungry lanes want */
/* The digest noted for a URL when it was fed; the caller's to free, NULL: none. */
struct digest *feed_take_digest(struct sweep *sweep, int64_t id);
void feed_free(struct sweep *sweep);

/* The item that frontier_next() just gave. */
void page_begin(struct sweep *sweep, const struct frontier_item *item,
                const struct host_state *state);
/* Reads a worker's answer into the page. ERR_SYNTAX: not an answer of ours. */
MUST_USE int page_read_reply(struct page *page, struct slice reply, struct failure *reterr);
/* On the store's thread; ctx is the keeper. */
int page_store(struct store_job *job, void *ctx, struct failure *reterr);
/* May the run follow url? address policy and robots of a host that is open. NULL: yes; else why. */
const char *page_denial(struct sweep *sweep, const struct sweep_host *host, const struct url *url,
                        struct arena *arena);

void report_progress(struct sweep *sweep);
void report_end(struct sweep *sweep, int exit_code);
const char *sweep_stop_name(enum sweep_stop stop);

#endif
