/* frontier_heap.c - the binary heap of hosts; see frontier_inside.h. */
#include "crawler/frontier_inside.h"

#include <stdlib.h>

static bool is_before(const struct site *a, const struct site *b)
{
    if (a->ready_unix_ms != b->ready_unix_ms)
        return a->ready_unix_ms < b->ready_unix_ms;
    return a->order < b->order;
}

static void place(struct frontier *frontier, size_t at, struct site *site)
{
    frontier->heap[at] = site;
    site->heap_at = at;
}

static void sift_up(struct frontier *frontier, size_t at)
{
    struct site *site = frontier->heap[at];
    while (at > 0 && is_before(site, frontier->heap[(at - 1) / 2])) {
        place(frontier, at, frontier->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(frontier, at, site);
}

static void sift_down(struct frontier *frontier, size_t at)
{
    struct site *site = frontier->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= frontier->heap_count)
            break;
        if (child + 1 < frontier->heap_count &&
            is_before(frontier->heap[child + 1], frontier->heap[child]))
            child++;
        if (!is_before(frontier->heap[child], site))
            break;
        place(frontier, at, frontier->heap[child]);
        at = child;
    }
    place(frontier, at, site);
}

int heap_reserve(struct frontier *frontier, size_t sites)
{
    if (sites <= frontier->heap_capacity)
        return OK;
    size_t capacity = frontier->heap_capacity == 0 ? 64 : 2 * frontier->heap_capacity;
    struct site **more = realloc(frontier->heap, capacity * sizeof(struct site *));
    if (more == NULL)
        return ERR_NOMEM;
    frontier->heap = more;
    frontier->heap_capacity = capacity;
    return OK;
}

void heap_take(struct frontier *frontier, struct site *site)
{
    size_t at = site->heap_at;
    if (at == NOT_IN_HEAP)
        return;
    site->heap_at = NOT_IN_HEAP;
    struct site *last = frontier->heap[--frontier->heap_count];
    if (last == site)
        return;
    place(frontier, at, last);
    sift_up(frontier, at);
    sift_down(frontier, last->heap_at);
}

void heap_put(struct frontier *frontier, struct site *site, int64_t ready_unix_ms)
{
    heap_take(frontier, site);
    site->ready_unix_ms = ready_unix_ms;
    site->order = frontier->orders++;
    place(frontier, frontier->heap_count++, site);
    sift_up(frontier, site->heap_at);
}
