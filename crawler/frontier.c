/* frontier.c - sources, lanes, and what the store feeds them; see frontier.h. Giving items out is
 * in frontier_next.c. */
#include "crawler/frontier_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HELPING_MAX 500u

int frontier_create(struct host_gate *gate, uint32_t urls_max, struct frontier **ret_frontier)
{
    if (urls_max == 0 || urls_max > FRONTIER_URLS_MAX)
        return ERR_LIMIT;
    struct frontier *frontier = calloc(1, sizeof *frontier);
    if (frontier == NULL)
        return ERR_NOMEM;
    frontier->gate = gate;
    frontier->urls_max = urls_max;
    *ret_frontier = frontier;
    return OK;
}

void frontier_free(struct frontier *frontier)
{
    if (frontier == NULL)
        return;
    size_t cursor = 0;
    for (struct site *site; (site = name_table_next(&frontier->sites, &cursor)) != NULL;) {
        for (size_t i = 0; i < site->lanes_count; i++)
            free(site->lanes[i]);
        free(site->lanes);
    }
    name_table_free_all(&frontier->sites);
    name_table_free_all(&frontier->budgets);
    name_table_free_all(&frontier->ids);
    free(frontier->heap);
    free(frontier);
}

int frontier_add_source(struct frontier *frontier, const char *name, uint32_t pages_max)
{
    size_t len = strlen(name);
    if (name_table_get(&frontier->budgets, slice_make(name, len)) != NULL)
        return ERR_CONFLICT;
    struct budget *budget = calloc(1, sizeof *budget + len + 1);
    if (budget == NULL)
        return ERR_NOMEM;
    memcpy(budget->name, name, len + 1);
    budget->pages_max = pages_max;
    int rc = name_table_put(&frontier->budgets, slice_make(budget->name, len), budget);
    if (rc != OK)
        free(budget);
    return rc;
}

/* ---- lanes ---- */

static int add_site(struct frontier *frontier, const char *host, struct site **ret_site)
{
    size_t len = strlen(host);
    struct site *site = name_table_get(&frontier->sites, slice_make(host, len));
    if (site == NULL) {
        if (heap_reserve(frontier, frontier->sites.count + 1) != OK)
            return ERR_NOMEM;
        site = calloc(1, sizeof *site + len + 1);
        if (site == NULL)
            return ERR_NOMEM;
        memcpy(site->name, host, len + 1);
        site->heap_at = NOT_IN_HEAP;
        if (name_table_put(&frontier->sites, slice_make(site->name, len), site) != OK) {
            free(site);
            return ERR_NOMEM;
        }
    }
    *ret_site = site;
    return host_gate_add(frontier->gate, host);
}

static struct lane *find_lane(const struct frontier *frontier, const char *source, const char *host)
{
    const struct site *site = name_table_get(&frontier->sites, slice_of(host));
    for (size_t i = 0; site != NULL && i < site->lanes_count; i++)
        if (strcmp(site->lanes[i]->budget->name, source) == 0)
            return site->lanes[i];
    return NULL;
}

int frontier_add_lane(struct frontier *frontier, const char *source, const char *host)
{
    struct site *site = NULL;
    struct budget *budget = name_table_get(&frontier->budgets, slice_of(source));
    if (budget == NULL)
        return ERR_NOT_FOUND;
    if (find_lane(frontier, source, host) != NULL)
        return OK;
    int rc = add_site(frontier, host, &site);
    if (rc != OK)
        return rc;
    struct lane **lanes = realloc(site->lanes, (site->lanes_count + 1) * sizeof(struct lane *));
    if (lanes == NULL)
        return ERR_NOMEM;
    site->lanes = lanes;
    struct lane *lane = calloc(1, sizeof *lane);
    if (lane == NULL)
        return ERR_NOMEM;
    lane->budget = budget;
    lane->site = site;
    site->lanes[site->lanes_count++] = lane;
    lane_check_hunger(frontier, lane);
    return OK;
}

int frontier_lane_grew(struct frontier *frontier, const char *source, const char *host)
{
    int rc = frontier_add_lane(frontier, source, host);
    if (rc != OK)
        return rc;
    struct lane *lane = find_lane(frontier, source, host);
    lane->complete = false;
    lane->grew = true;
    lane_check_hunger(frontier, lane);
    return OK;
}

void frontier_set_budget(struct frontier *frontier, const char *source, uint64_t pages_max)
{
    struct budget *budget = name_table_get(&frontier->budgets, slice_of(source));
    size_t cursor = 0;
    if (budget == NULL || budget->pages_max == pages_max)
        return;
    budget->pages_max = pages_max;
    for (struct site *site; (site = name_table_next(&frontier->sites, &cursor)) != NULL;) {
        for (size_t i = 0; i < site->lanes_count; i++)
            if (site->lanes[i]->budget == budget)
                lane_check_hunger(frontier, site->lanes[i]);
        site_wake(frontier, site);
    }
}

uint64_t frontier_given(const struct frontier *frontier, const char *source)
{
    const struct budget *budget = name_table_get(&frontier->budgets, slice_of(source));
    return budget != NULL ? budget->given : 0;
}

void frontier_rewind(struct frontier *frontier)
{
    size_t cursor = 0;
    for (struct site *site; (site = name_table_next(&frontier->sites, &cursor)) != NULL;)
        for (size_t i = 0; i < site->lanes_count; i++) {
            struct lane *lane = site->lanes[i];
            lane->after_id = 0;
            lane->complete = false;
            lane->grew = true;
            lane_check_hunger(frontier, lane);
        }
}

bool lane_is_spent(const struct lane *lane)
{
    return lane->budget->given >= lane->budget->pages_max;
}

void site_wake(struct frontier *frontier, struct site *site)
{
    if (site->held || site->blocked || site->queued)
        return;
    if (site->heap_at == NOT_IN_HEAP || site->ready_unix_ms > frontier->now_unix_ms)
        heap_put(frontier, site, frontier->now_unix_ms);
}

void frontier_hold_host(struct frontier *frontier, const char *host, bool held)
{
    struct site *site = name_table_get(&frontier->sites, slice_of(host));
    if (site == NULL)
        return;
    site->held = held;
    if (held)
        heap_take(frontier, site);
    else
        site_wake(frontier, site);
}

/* ---- feeding ---- */

void lane_check_hunger(struct frontier *frontier, struct lane *lane)
{
    if (lane->is_hungry || lane->asked || lane->complete || lane->count >= FRONTIER_LANE_LOW)
        return;
    lane->is_hungry = true;
    lane->next_hungry = NULL;
    if (frontier->hungry_last != NULL)
        frontier->hungry_last->next_hungry = lane;
    else
        frontier->hungry_first = lane;
    frontier->hungry_last = lane;
}

static struct lane *take_hungry(struct frontier *frontier)
{
    struct lane *lane = frontier->hungry_first;
    if (lane == NULL)
        return NULL;
    frontier->hungry_first = lane->next_hungry;
    if (frontier->hungry_first == NULL)
        frontier->hungry_last = NULL;
    lane->is_hungry = false;
    return lane;
}

bool frontier_hungry(struct frontier *frontier, struct frontier_need *ret_need)
{
    uint64_t taken = frontier->pending + frontier->in_flight + frontier->reserved;
    if (taken >= frontier->urls_max)
        return false;
    uint64_t room = frontier->urls_max - taken;
    struct lane *lane = take_hungry(frontier);
    while (lane != NULL && lane_is_spent(lane))
        lane = take_hungry(frontier);
    if (lane == NULL)
        return false;
    if (room > FRONTIER_LANE_MAX - lane->count)
        room = FRONTIER_LANE_MAX - lane->count;
    if (room > HELPING_MAX)
        room = HELPING_MAX;
    lane->asked = true;
    lane->grew = false;
    lane->reserved = (uint32_t)room;
    frontier->reserved += room;
    *ret_need = (struct frontier_need){lane->budget->name, lane->site->name, lane->after_id,
                                       (uint32_t)room};
    return true;
}

void frontier_fed(struct frontier *frontier, const struct frontier_need *need, int64_t last_id,
                  bool complete)
{
    struct lane *lane = find_lane(frontier, need->source, need->host);
    assert(lane != NULL && lane->asked);
    frontier->reserved -= lane->reserved;
    lane->reserved = 0;
    lane->asked = false;
    lane->complete = complete && !lane->grew;
    if (last_id > lane->after_id)
        lane->after_id = last_id;
    lane_check_hunger(frontier, lane);
}

/* ---- items ---- */

static void queue_add(struct queue *queue, struct node *node)
{
    node->next = NULL;
    if (queue->last != NULL)
        queue->last->next = node;
    else
        queue->first = node;
    queue->last = node;
}

void lane_queue(struct lane *lane, struct node *node)
{
    struct queue *postings = node->item.known ? &lane->known : &lane->postings;
    queue_add(node->item.kind == SOURCE_POSTING ? postings : &lane->ways, node);
}

void lane_queue_later(struct lane *lane, struct node *node)
{
    struct node **at = &lane->later;
    while (*at != NULL && (*at)->item.not_before_unix_ms <= node->item.not_before_unix_ms)
        at = &(*at)->next;
    node->next = *at;
    *at = node;
}

static struct node *make_node(struct lane *lane, const struct frontier_item *item)
{
    size_t url = strlen(item->url) + 1, etag = strlen(item->etag) + 1;
    size_t modified = strlen(item->last_modified) + 1;
    struct node *node = malloc(sizeof *node + url + etag + modified);
    if (node == NULL)
        return NULL;
    *node = (struct node){.lane = lane, .item = *item};
    memcpy(node->text, item->url, url);
    memcpy(node->text + url, item->etag, etag);
    memcpy(node->text + url + etag, item->last_modified, modified);
    node->item.url = node->text;
    node->item.etag = node->text + url;
    node->item.last_modified = node->text + url + etag;
    node->item.host = lane->site->name;
    node->item.source = lane->budget->name;
    return node;
}

static struct slice key_of(const struct node *node)
{
    return slice_make((const char *)&node->item.id, sizeof node->item.id);
}

int frontier_add(struct frontier *frontier, const struct frontier_item *item)
{
    struct lane *lane = find_lane(frontier, item->source, item->host);
    if (lane == NULL)
        return ERR_NOT_FOUND;
    bool promised = lane->reserved > 0;
    uint64_t taken = frontier->pending + frontier->in_flight + frontier->reserved;
    if (!promised && (taken >= frontier->urls_max || lane->count >= FRONTIER_LANE_MAX))
        return ERR_LIMIT;
    if (name_table_get(&frontier->ids, slice_make((const char *)&item->id, sizeof item->id)) !=
        NULL)
        return ERR_CONFLICT;
    struct node *node = make_node(lane, item);
    if (node == NULL)
        return ERR_NOMEM;
    int rc = name_table_put(&frontier->ids, key_of(node), node);
    if (rc != OK) {
        free(node);
        return rc;
    }
    if (promised) {
        lane->reserved--;
        frontier->reserved--;
    }
    if (item->not_before_unix_ms > frontier->now_unix_ms)
        lane_queue_later(lane, node);
    else
        lane_queue(lane, node);
    lane->count++;
    frontier->pending++;
    site_wake(frontier, lane->site);
    return OK;
}
