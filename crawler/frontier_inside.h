/* crawler/frontier_inside.h - the parts of a frontier, shared by frontier*.c.
 *
 *   frontier -> hosts (a heap by the time each may come up) -> lanes (one a source) -> nodes
 *
 * A host whose time has come leaves the heap for the ready list of the source whose turn it is. */
#ifndef LUREWATCH_FRONTIER_INSIDE_H
#define LUREWATCH_FRONTIER_INSIDE_H

#include "crawler/frontier.h"
#include "crawler/name_table.h"

#define NOT_IN_HEAP SIZE_MAX

struct node { /* an item in memory: in a queue, in later, or in flight */
    struct node *next;
    struct lane *lane;
    struct frontier_item item; /* its texts are text[] below, or the lane's names */
    bool in_flight;
    char text[];
};

struct queue {
    struct node *first, *last;
};

struct budget { /* a source */
    uint64_t given, pages_max;
    uint64_t in_flight, turn;              /* turn: when it was given something last */
    struct site *ready_first, *ready_last; /* sites that may start an item of it */
    struct budget *next_ready;             /* of those that have some */
    bool is_ready;
    char name[];
};

struct lane {
    struct budget *budget;
    struct site *site;
    struct queue ways, postings, known;
    struct node *later;   /* by not_before, the earliest first */
    uint32_t count;       /* in these four */
    uint32_t ways_in_row; /* given since the last posting */
    uint32_t new_in_row;  /* postings given since the last known one */
    uint32_t reserved;    /* room promised to a helping that is under way */
    int64_t after_id;     /* the last row the store gave */
    bool complete;        /* the store had no more when last asked */
    bool asked, grew, is_hungry;
    struct lane *next_hungry;
};

struct site { /* a host */
    struct lane **lanes;
    size_t lanes_count, turn;
    int64_t ready_unix_ms; /* not before this, as far as we know */
    uint64_t order;        /* of equals, the one that waits longer */
    size_t heap_at;
    uint32_t in_flight;
    bool held, blocked; /* blocked: in the list of those that wait for their address */
    struct site *next_blocked;
    bool queued; /* in the ready list of a source, not in the heap */
    struct site *next_ready;
    char name[];
};

struct frontier {
    struct host_gate *gate;
    uint32_t urls_max;
    struct name_table sites, budgets, ids;
    struct site **heap;
    size_t heap_count, heap_capacity;
    struct lane *hungry_first, *hungry_last;
    struct site *blocked_first, *blocked_last;
    struct budget *ready_budgets; /* some may have nothing any more */
    uint64_t pending, in_flight, reserved, given, orders;
    int64_t now_unix_ms; /* last seen */
};

/* frontier_heap.c: sites by ready_unix_ms, then order. */
MUST_USE int heap_reserve(struct frontier *frontier, size_t sites);
void heap_put(struct frontier *frontier, struct site *site, int64_t ready_unix_ms);
void heap_take(struct frontier *frontier, struct site *site); /* not in it: nothing happens */

/* frontier.c */
void lane_check_hunger(struct frontier *frontier, struct lane *lane);
bool lane_is_spent(const struct lane *lane);
void lane_queue(struct lane *lane, struct node *node);
void lane_queue_later(struct lane *lane, struct node *node);
/* Something changed at the site: it comes up again. */
void site_wake(struct frontier *frontier, struct site *site);

#endif
