/* frontier_next.c - which item next, and what became of it; see frontier.h.
 *
 * The heap says when a host may come up *as far as we know*. Once that time is there the host goes to
 * the ready list of the source whose turn it is; of the sources with something ready, the one that
 * has least in flight is next, then the one that waited longest. So a source with two hosts has its
 * half of a crowded loop beside one with two hundred, and when time is short each has its share of
 * it, whatever its pages take; room that one cannot use is the others'. settle() asks lanes and gate
 * about a host before it is named, and puts it where it belongs if it may not start. Hosts whose
 * address is busy wait in a list: an ended request wakes the first few of them, so that a thousand
 * hosts behind one address cost no walk for each. */
#include "crawler/frontier_inside.h"

#include <assert.h>
#include <stdlib.h>

#define WAYS_IN_ROW  3u
#define NEW_IN_ROW   7u
#define WAKE_BLOCKED 16u

/* Moves what is due from later into the queues. */
static void promote(struct lane *lane, int64_t now_unix_ms)
{
    while (lane->later != NULL && lane->later->item.not_before_unix_ms <= now_unix_ms) {
        struct node *node = lane->later;
        lane->later = node->next;
        lane_queue(lane, node);
    }
}

/* The site's next lane with an item that may be given; NULL: none now, and *ret_next_ms is when the
 * first of its later items is due (INT64_MAX: none). */
static struct lane *lane_of_turn(struct site *site, int64_t now_unix_ms, int64_t *ret_next_ms)
{
    *ret_next_ms = INT64_MAX;
    for (size_t i = 0; i < site->lanes_count; i++) {
        size_t at = (site->turn + i) % site->lanes_count;
        struct lane *lane = site->lanes[at];
        if (lane_is_spent(lane))
            continue;
        promote(lane, now_unix_ms);
        if (lane->ways.first != NULL || lane->postings.first != NULL || lane->known.first != NULL) {
            site->turn = at;
            return lane;
        }
        if (lane->later != NULL && lane->later->item.not_before_unix_ms < *ret_next_ms)
            *ret_next_ms = lane->later->item.not_before_unix_ms;
    }
    return NULL;
}

static void block(struct frontier *frontier, struct site *site)
{
    site->blocked = true;
    site->next_blocked = NULL;
    if (frontier->blocked_last != NULL)
        frontier->blocked_last->next_blocked = site;
    else
        frontier->blocked_first = site;
    frontier->blocked_last = site;
}

static void wake_blocked(struct frontier *frontier)
{
    for (unsigned i = 0; i < WAKE_BLOCKED && frontier->blocked_first != NULL; i++) {
        struct site *site = frontier->blocked_first;
        frontier->blocked_first = site->next_blocked;
        if (frontier->blocked_first == NULL)
            frontier->blocked_last = NULL;
        site->blocked = false;
        site_wake(frontier, site);
    }
}

/* ---- ready ---- */

static void ready_add(struct frontier *frontier, struct budget *budget, struct site *site)
{
    site->queued = true;
    site->next_ready = NULL;
    if (budget->ready_first != NULL)
        budget->ready_last->next_ready = site;
    else
        budget->ready_first = site;
    budget->ready_last = site;
    if (budget->is_ready)
        return;
    budget->is_ready = true;
    budget->next_ready = frontier->ready_budgets;
    frontier->ready_budgets = budget;
}

static struct site *ready_take(struct budget *budget)
{
    struct site *site = budget->ready_first;
    budget->ready_first = site->next_ready;
    site->queued = false;
    return site;
}

static bool goes_before(const struct budget *a, const struct budget *b)
{
    if (a->in_flight != b->in_flight)
        return a->in_flight < b->in_flight;
    return a->turn < b->turn;
}

/* The source that is next; those without anything ready leave the list. */
static struct budget *budget_of_turn(struct frontier *frontier)
{
    struct budget *best = NULL, **at = &frontier->ready_budgets;
    while (*at != NULL) {
        struct budget *budget = *at;
        if (budget->ready_first == NULL) {
            *at = budget->next_ready;
            budget->is_ready = false;
            continue;
        }
        if (best == NULL || goes_before(budget, best))
            best = budget;
        at = &budget->next_ready;
    }
    return best;
}

/* To the source whose turn it is there, or to when its next item is due, or nowhere. */
static void site_sort(struct frontier *frontier, struct site *site, int64_t now_unix_ms)
{
    int64_t next_ms = 0;
    struct lane *lane = site->held ? NULL : lane_of_turn(site, now_unix_ms, &next_ms);
    if (lane != NULL)
        ready_add(frontier, lane->budget, site);
    else if (!site->held && next_ms != INT64_MAX)
        heap_put(frontier, site, next_ms);
}

/* May the first ready site of the source start? Else it goes where it belongs. */
static struct lane *ready_check(struct frontier *frontier, struct budget *budget,
                                int64_t now_unix_ms)
{
    struct site *site = budget->ready_first;
    int64_t next_ms = 0;
    struct lane *lane = site->held ? NULL : lane_of_turn(site, now_unix_ms, &next_ms);
    if (lane == NULL || lane->budget != budget) {
        site_sort(frontier, ready_take(budget), now_unix_ms);
        return NULL;
    }
    enum host_gate_why why;
    int64_t wait_ms = host_gate_wait_ms(frontier->gate, site->name, now_unix_ms, &why);
    if (wait_ms == 0)
        return lane;
    ready_take(budget);
    if (wait_ms > 0)
        heap_put(frontier, site, now_unix_ms + wait_ms);
    else if (why == HOST_GATE_ADDRESS)
        block(frontier, site);
    /* else: its own request in flight wakes it */
    return NULL;
}

/* The lane that may give an item now, its site first of those that are ready for its source; NULL:
 * none, and the top of the heap lies in the future. */
static struct lane *settle(struct frontier *frontier, int64_t now_unix_ms)
{
    frontier->now_unix_ms = now_unix_ms;
    while (frontier->heap_count > 0 && frontier->heap[0]->ready_unix_ms <= now_unix_ms) {
        struct site *site = frontier->heap[0];
        heap_take(frontier, site);
        site_sort(frontier, site, now_unix_ms);
    }
    for (struct budget *budget; (budget = budget_of_turn(frontier)) != NULL;) {
        struct lane *lane = ready_check(frontier, budget, now_unix_ms);
        if (lane != NULL)
            return lane;
    }
    return NULL;
}

/* ---- out and back ---- */

static struct node *queue_take(struct queue *queue)
{
    struct node *node = queue->first;
    queue->first = node->next;
    if (queue->first == NULL)
        queue->last = NULL;
    return node;
}

static struct node *lane_take(struct lane *lane)
{
    bool any = lane->postings.first != NULL || lane->known.first != NULL;
    bool way = lane->ways.first != NULL && (!any || lane->ways_in_row < WAYS_IN_ROW);
    lane->ways_in_row = way ? lane->ways_in_row + 1 : 0;
    lane->count--;
    if (way)
        return queue_take(&lane->ways);
    bool known = lane->known.first != NULL &&
                 (lane->postings.first == NULL || lane->new_in_row >= NEW_IN_ROW);
    lane->new_in_row = known ? 0 : lane->new_in_row + 1;
    return queue_take(known ? &lane->known : &lane->postings);
}

int frontier_next(struct frontier *frontier, int64_t now_unix_ms, struct frontier_item *ret_item,
                  struct host_state *ret_state)
{
    struct lane *lane = settle(frontier, now_unix_ms);
    if (lane == NULL)
        return ERR_NOT_FOUND;
    struct site *site = lane->site;
    struct node *node = lane_take(lane);
    node->in_flight = true;
    site->turn = (site->turn + 1) % site->lanes_count;
    site->in_flight++;
    ready_take(lane->budget);
    lane->budget->given++;
    lane->budget->in_flight++;
    lane->budget->turn = ++frontier->given;
    frontier->pending--;
    frontier->in_flight++;
    *ret_state = host_gate_start(frontier->gate, site->name, now_unix_ms);
    heap_put(frontier, site, now_unix_ms);
    lane_check_hunger(frontier, lane);
    *ret_item = node->item;
    return OK;
}

static struct node *flight_of(struct frontier *frontier, int64_t id)
{
    struct node *node = name_table_get(&frontier->ids, slice_make((const char *)&id, sizeof id));
    assert(node != NULL && node->in_flight);
    return node;
}

static void land(struct frontier *frontier, struct node *node)
{
    frontier->in_flight--;
    node->lane->budget->in_flight--;
    node->lane->site->in_flight--;
    node->in_flight = false;
}

static void wake_after(struct frontier *frontier, struct site *site)
{
    site_wake(frontier, site);
    wake_blocked(frontier);
}

void frontier_done(struct frontier *frontier, int64_t id)
{
    struct node *node = flight_of(frontier, id);
    struct site *site = node->lane->site;
    land(frontier, node);
    name_table_remove(&frontier->ids, slice_make((const char *)&id, sizeof id));
    free(node);
    wake_after(frontier, site);
}

void frontier_again(struct frontier *frontier, int64_t id, int64_t not_before_unix_ms)
{
    struct node *node = flight_of(frontier, id);
    struct lane *lane = node->lane;
    land(frontier, node);
    node->item.attempts++;
    node->item.not_before_unix_ms = not_before_unix_ms;
    lane_queue_later(lane, node);
    lane->count++;
    frontier->pending++;
    wake_after(frontier, lane->site);
}

int64_t frontier_wait_ms(struct frontier *frontier, int64_t now_unix_ms)
{
    if (settle(frontier, now_unix_ms) != NULL)
        return 0;
    return frontier->heap_count > 0 ? frontier->heap[0]->ready_unix_ms - now_unix_ms : -1;
}

static void count_site(const struct frontier *frontier, const struct site *site,
                       int64_t now_unix_ms, struct frontier_counts *counts)
{
    uint64_t may_go = 0;
    for (size_t i = 0; i < site->lanes_count; i++) {
        const struct lane *lane = site->lanes[i];
        bool spent = lane_is_spent(lane);
        counts->over_budget += spent ? lane->count : 0;
        counts->lanes_unfed += !spent && (lane->asked || !lane->complete);
        may_go += spent ? 0 : lane->count;
    }
    if (may_go == 0)
        return;
    counts->hosts++;
    enum host_gate_why why;
    int64_t wait_ms = host_gate_wait_ms(frontier->gate, site->name, now_unix_ms, &why);
    counts->waiting_by_why[why]++;
    counts->hosts_waiting += wait_ms != 0;
    if (wait_ms > 0 && (counts->next_ms < 0 || wait_ms < counts->next_ms))
        counts->next_ms = wait_ms;
}

void frontier_count(const struct frontier *frontier, int64_t now_unix_ms,
                    struct frontier_counts *ret_counts)
{
    struct frontier_counts counts = {.pending = frontier->pending,
                                     .in_flight = frontier->in_flight,
                                     .given = frontier->given,
                                     .next_ms = -1};
    size_t cursor = 0;
    for (struct site *site; (site = name_table_next(&frontier->sites, &cursor)) != NULL;)
        count_site(frontier, site, now_unix_ms, &counts);
    *ret_counts = counts;
}

bool frontier_is_empty(const struct frontier *frontier)
{
    struct frontier_counts counts;
    if (frontier->in_flight > 0)
        return false;
    frontier_count(frontier, frontier->now_unix_ms, &counts);
    return counts.pending == counts.over_budget && counts.lanes_unfed == 0;
}
