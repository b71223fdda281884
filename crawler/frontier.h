/* crawler/frontier.h - which URL next? The working set of a sweep, in memory, bounded; the rows
 * live in the store.
 *
 * A *lane* is one source at one host. Each lane holds three queues: ways (listings, sitemaps, feeds),
 * postings, and postings that were read before: three ways, then one posting, so that neither
 * starves; one in eight of these is a known one while there are new ones. A host's lanes take turns.
 * Of what may start, the source with least in flight is first; of its hosts, the longest waiting:
 * sources have equal shares of a crowded sweep, however many hosts each has.
 *
 * How the store is joined, with no callback into it from here (the loop never waits for a disk):
 *   1. frontier_add_source(), then frontier_add_lane() for each host with pending rows;
 *   2. frontier_hungry() names a lane that runs low; ask the store for its pending rows with id
 * above need.after_id, at most need.room of them, hand each to frontier_add(), and close with
 *      frontier_fed() (complete: the store had no more for now). One request a lane at a time;
 *   3. links found on a page go to the store first; then frontier_lane_grew() for their lanes:
 * their rows have higher ids and come with the next helping;
 *   4. frontier_next() gives an item and calls host_gate_start(): store the state, send, then
 *      host_gate_done() and frontier_done(). frontier_again() puts it back for later instead.
 * Cost: O(log hosts + sources with something ready) an item; about 150 bytes and its URL each. Not thread-safe. */
#ifndef LUREWATCH_FRONTIER_H
#define LUREWATCH_FRONTIER_H

#include "crawler/host_gate.h"
#include "crawler/source.h"

#define FRONTIER_URLS_MAX 200000u /* in memory at most */
#define FRONTIER_LANE_MAX 1000u   /* of one lane: a big board leaves room for the others */
#define FRONTIER_LANE_LOW 200u    /* fewer than this, and the lane is hungry */

struct frontier;

struct frontier_item {
    int64_t id;         /* the store's; unique */
    const char *url;    /* canonical */
    const char *host;   /* politeness key */
    const char *source; /* its name */
    enum source_kind kind;
    uint32_t depth, attempts;
    int64_t referrer_id;
    int64_t not_before_unix_ms;       /* 0: at once */
    const char *etag, *last_modified; /* "" for none; sent with a conditional request */
    bool known;                       /* it was fetched before: what is new goes first */
    int64_t revisit_ms;               /* how long it had rested; 0: never fetched, or no plan */
};

/* Borrows gate, which must outlive the frontier. urls_max: at most FRONTIER_URLS_MAX, 0 is refused.
 * Gives *ret_frontier, end it with frontier_free(). Errors: ERR_LIMIT, ERR_NOMEM. */
MUST_USE int frontier_create(struct host_gate *gate, uint32_t urls_max,
                             struct frontier **ret_frontier);
void frontier_free(struct frontier *frontier); /* NULL is allowed */

/* Copies name. pages_max: items frontier_next() gives of it at most; then its lanes stand still.
 * Errors: ERR_CONFLICT (known already), ERR_NOMEM. */
MUST_USE int frontier_add_source(struct frontier *frontier, const char *name, uint32_t pages_max);
/* Another number of pages_max for a known source, which may be less than what it gave. */
void frontier_set_budget(struct frontier *frontier, const char *source, uint64_t pages_max);
uint64_t frontier_given(const struct frontier *frontier, const char *source);
/* The store has rows again that had been passed: every lane begins anew. */
void frontier_rewind(struct frontier *frontier);
/* Makes the lane, hungry, and the host known to the gate. Again is allowed and changes nothing.
 * Copies host. Errors: ERR_NOT_FOUND (no such source), ERR_NOMEM. */
MUST_USE int frontier_add_lane(struct frontier *frontier, const char *source, const char *host);
/* The store has new rows for the lane (made if need be): it may become hungry again. */
MUST_USE int frontier_lane_grew(struct frontier *frontier, const char *source, const char *host);
/* Holds a host's lanes back (its robots.txt is being fetched) or lets them go. Letting go also
 * makes the frontier look again at a host that was asked without it. A host without lanes: nothing.
 */
void frontier_hold_host(struct frontier *frontier, const char *host, bool held);

struct frontier_need { /* texts borrowed until frontier_free() */
    const char *source, *host;
    int64_t after_id;
    uint32_t room; /* rows to ask for, 1-500 */
};
/* A lane to refill, the one that ran low first; it is not named again before frontier_fed().
 * False: none, or no room. */
bool frontier_hungry(struct frontier *frontier, struct frontier_need *ret_need);
/* last_id: of the last row the store gave, or need->after_id. */
void frontier_fed(struct frontier *frontier, const struct frontier_need *need, int64_t last_id,
                  bool complete);

/* Copies item into its lane. Errors: ERR_NOT_FOUND (no such lane), ERR_LIMIT (full: leave it in the
 * store), ERR_CONFLICT (that id is here already), ERR_NOMEM. */
MUST_USE int frontier_add(struct frontier *frontier, const struct frontier_item *item);

/* The next item whose host may start now; it is in flight from here on, and the gate has been told:
 * *ret_state is what the store must know before the request is sent. Texts of *ret_item are
 * borrowed until frontier_done() or frontier_again(). Errors: ERR_NOT_FOUND (none may start now).
 */
MUST_USE int frontier_next(struct frontier *frontier, int64_t now_unix_ms,
                           struct frontier_item *ret_item, struct host_state *ret_state);
/* The item in flight is finished. Call after host_gate_done(). */
void frontier_done(struct frontier *frontier, int64_t id);
/* The item in flight waits in its lane until not_before_unix_ms, attempts + 1. Its host is free. */
void frontier_again(struct frontier *frontier, int64_t id, int64_t not_before_unix_ms);

/* Milliseconds until frontier_next() may give something: 0 now; -1 not before a frontier_done(), a
 * helping from the store, or ever. */
int64_t frontier_wait_ms(struct frontier *frontier, int64_t now_unix_ms);

struct frontier_counts {
    uint64_t pending; /* in memory, not in flight */
    uint64_t in_flight;
    uint64_t hosts, hosts_waiting; /* with something pending; of them, those that may not start */
    uint64_t waiting_by_why[HOST_GATE_WHY_COUNT]; /* hosts */
    uint64_t lanes_unfed; /* with rows left in the store, as far as we know */
    uint64_t given;       /* items frontier_next() ever gave */
    uint64_t over_budget; /* pending of sources that spent their pages */
    int64_t next_ms;      /* until the first of the waiting hosts may start; -1: unknown */
};
/* Walks the hosts: for a progress line, not for a loop. */
void frontier_count(const struct frontier *frontier, int64_t now_unix_ms,
                    struct frontier_counts *ret_counts);
/* Nothing pending that may ever be given, nothing in flight, no lane unfed: the sweep is over. */
bool frontier_is_empty(const struct frontier *frontier);

#endif
