/* app/sweep_inside.h - the parts of one sweep, for sweep*.c alone. Loop thread, unless said.
 *
 *   sweep.c         birth, the pump, stops, death     sweep_hosts.c   hosts and their robots.txt
 *   sweep_keep.c    lock, store, rounds               sweep_errand.c  one polite request
 *   sweep_feed.c    store -> frontier                 sweep_page.c    one URL, from item to outcome
 *   sweep_reply.c   what a worker says, checked       sweep_store.c   a page's transaction
 *   sweep_report.c  reasons, progress, summary        sweep_dry.c     --dry-run
 *   sweep_lease.c   hosts shared with other machines
 *   sweep_local.c   files instead of requests */
#ifndef LUREWATCH_SWEEP_INSIDE_H
#define LUREWATCH_SWEEP_INSIDE_H

#include "app/progress.h"
#include "app/store_thread.h"
#include "app/sweep.h"
#include "app/sweep_source.h"
#include "app/worker_pool.h"
#include "crawler/fetcher.h"
#include "crawler/frontier.h"
#include "crawler/name_table.h"
#include "crawler/robots.h"
#include "crawler/url.h"
#include "storage/evidence.h"
#include "storage/host_lease.h"
#include "storage/host_rows.h"
#include "storage/posting_rows.h"
#include "storage/run_rows.h"

#define SWEEP_HOPS_MAX     5u
#define SWEEP_ATTEMPTS_MAX 3u
#define SWEEP_WAIT_MS_MAX  (INT64_C(10) * 60 * 1000) /* when nothing may start for longer: stop */
#define SWEEP_BODIES_MAX   (UINT64_C(256) << 20)     /* in memory, then no new request */

enum sweep_stop {
    STOP_NOT,
    STOP_DONE,
    STOP_SIGNAL,
    STOP_MAX_TIME,
    STOP_MAX_PAGES,
    STOP_WAITS,
    STOP_ERROR
};

/* ---- what the store's thread has ---- */

struct source_run;
struct keeper {
    const struct settings *settings;
    int lock_fd;
    struct store *store;
    struct evidence *evidence;
    struct contact_key key;
    int64_t run_id;
    struct rule_watch *watch; /* NULL: hits are not counted */
    struct source_run *runs;
    size_t runs_count;
    bool shared, rechecks; /* other machines may sweep over this store; struct sweep_options */
    char machine[MACHINE_NAME_BYTES];
    uint32_t machines; /* alive when the sweep began */
    bool locked_out;   /* the store's thread alone */
};

/* Lock, store, key, evidence. reterr->code ERR_BUSY: another sweep holds the lock. */
MUST_USE int keeper_open(const struct sweep_options *options, struct keeper *keeper,
                         struct failure *reterr);
void keeper_close(struct keeper *keeper);
/* Begins the sweep's row, the rounds of the runs that are due, and their seeds: one transaction. */
MUST_USE int keeper_begin(struct keeper *keeper, const char *bank, struct source_run *runs,
                          size_t count, struct failure *reterr);
/* Ends the rounds that are over, and the sweep's row. */
struct sweep;
void keeper_end(struct sweep *sweep, int exit_code);
extern const struct store_thread_ops KEEPER_OPS; /* ctx is to be set */

/* ---- hosts ---- */

enum host_phase {
    HOST_ASKED,
    HOST_KNOWN,
    HOST_ROBOTS,
    HOST_OPEN,
    HOST_SHUT,
    HOST_LEASED, /* another machine's, or left to others: asked again at look_unix_ms */
    HOST_LEFT    /* done with and given back */
};
struct host_leasing {
    bool wanted, held; /* counted in the sweep */
    bool leaving;      /* no page of it begins; given back when those under way have ended */
    uint32_t pages;    /* of it, from begin to stored */
    bool glancing;     /* the store is being asked whether anything of it waits */
    uint32_t looks;    /* while it was another's */
    int64_t look_unix_ms, ends_unix_ms;
    char holder[MACHINE_NAME_BYTES];
};
struct sweep_host {
    enum host_phase phase;
    bool plain_http; /* its robots.txt is asked for by http */
    int64_t robots_expires_unix_ms;
    uint32_t robots_attempts;
    struct robots *robots;
    bool other_wanted;    /* addresses of the other scheme are wanted, which has its own file */
    struct robots *other; /* of that scheme; NULL: not asked for yet */
    int64_t other_expires_unix_ms;
    struct source_run **runs; /* that want it */
    size_t runs_count;
    char why[256]; /* HOST_SHUT */
    struct host_leasing lease;
    char name[];
};
/* The host, known to the gate once its phase is past HOST_ASKED. NULL: no memory. */
struct sweep_host *host_need(struct sweep *sweep, const char *name);
/* The run wants pages of it: robots.txt is read, then its lane stands. */
MUST_USE int host_want(struct sweep *sweep, const char *name, bool plain_http,
                       struct source_run *run);
/* Asks the store for it, unless the other machines shall have it. */
MUST_USE int host_ask(struct sweep *sweep, struct sweep_host *host);
void hosts_free(struct sweep *sweep);

/* ---- one polite request ---- */
struct errand {
    struct errand *next;
    struct sweep *sweep;
    const char *url, *host; /* borrowed until the end of the errand */
    const char *etag, *last_modified;
    bool is_robots, identity; /* identity: no compression is asked for */
    size_t body_bytes_max;    /* 0: the fetcher's own */
    int64_t url_id;           /* must be pending still; 0: not asked */
    bool lost, stale;         /* the host went to another machine; the URL is settled */
    struct host_state state;  /* as the store must know it */
    struct store_job commit;
    bool (*ready)(struct errand *errand); /* NULL, or asked before it starts; false: it ended */
    void (*fetched)(struct errand *errand, const struct fetch_result *result);
    void (*refused)(struct errand *errand, int status, const char *why); /* never sent */
};
void errand_wait(struct errand *errand);  /* until its host may be asked */
void errand_start(struct errand *errand); /* the gate has been told: commit, then send */
/* Starts waiting ones that may go; *ret_wait_ms: until the next may, -1 unknown. */
void errands_start_ready(struct sweep *sweep, int64_t now_unix_ms, int64_t *ret_wait_ms);
void errands_drop(struct sweep *sweep); /* waiting ones: refused with ERR_CANCELLED */

#endif
