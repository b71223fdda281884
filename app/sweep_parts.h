/* app/sweep_parts.h - the sweep itself and the pages it has open; goes on from sweep_inside.h. */
#ifndef LUREWATCH_SWEEP_PARTS_H
#define LUREWATCH_SWEEP_PARTS_H

#include "app/sweep_page.h"

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
    struct renderer *renderer;     /* NULL: no source wants it */
    struct name_table scripts;     /* of rendered pages, kept for the sweep */
    uint64_t scripts_bytes;
    struct errand *waiting_first, *waiting_last;
    size_t flying;        /* requests started and not answered */
    size_t committing;    /* of them: not sent yet, their host's next time is being stored */
    uint32_t workers;     /* as many as the pool has */
    size_t busy;          /* pages, errands, jobs that will still call back */
    size_t waiting_count; /* of them, errands that wait for their host */
    uint64_t bodies_bytes;
    uint64_t started;       /* pages */
    uint64_t revived;       /* known URLs that wait again behind what lanes have passed */
    int64_t looked_unix_ms; /* at robots.txt files, windows and budgets */
    struct {
        size_t held, wanted, leaving;       /* hosts */
        uint32_t machines;                  /* alive, ours included */
        int64_t look_unix_ms, beat_unix_ms; /* look 0: no host is another's */
        uint32_t beats;
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
/* The robots.txt that speaks for addresses of that scheme; NULL: it was not read yet. */
const struct robots *host_robots(const struct sweep_host *host, bool plain_http);
/* An address of that scheme is wanted: its robots.txt is asked for first, if need be. */
void host_want_scheme(struct sweep *sweep, struct sweep_host *host, bool plain_http);
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
/* The same of a picture: its look, or why it has none. */
MUST_USE int page_read_look(struct page *page, struct slice reply, struct failure *reterr);
/* The URL's outcome stands, its host is free; or nothing of it is stored: it stays pending. */
void page_finish(struct page *page, enum url_state state, const char *why);
void page_drop(struct page *page);
/* On the store's thread; ctx is the keeper. */
int page_store(struct store_job *job, void *ctx, struct failure *reterr);
/* May the run follow url? address policy and robots of a host that is open. NULL: yes; else why. */
const char *page_denial(struct sweep *sweep, const struct sweep_host *host, const struct url *url,
                        struct arena *arena);

void report_progress(struct sweep *sweep);
void report_end(struct sweep *sweep, int exit_code);
const char *sweep_stop_name(enum sweep_stop stop);

#endif
