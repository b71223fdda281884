/* removal.c - see removal.h. All looks are read once; they are as many as ads left the house. */
#include "review/removal.h"
#include "review/recipients.h"

#include <stdlib.h>
#include <string.h>

struct taken {
    const char *platform;
    int64_t took_ms; /* -1: not removed */
    enum recheck_state state;
    bool unreachable;
};
struct taking {
    struct arena *arena;
    struct taken *list;
    size_t count, room;
};

static int by_platform_and_time(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    int names = strcmp(x->platform, y->platform);
    if (names != 0)
        return names;
    return (x->took_ms > y->took_ms) - (x->took_ms < y->took_ms);
}

static int by_time(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    return (x->took_ms > y->took_ms) - (x->took_ms < y->took_ms);
}

/* list is sorted by time; what was not removed stands first. */
static struct removal sum_of(const char *platform, const struct taken *list, size_t count)
{
    struct removal sum = {.platform = platform, .asked = count};
    for (size_t i = 0; i < count; i++) {
        sum.removed += list[i].took_ms >= 0;
        sum.up += list[i].state != RECHECK_GONE;
        sum.back += list[i].state == RECHECK_BACK;
        sum.unreachable += list[i].unreachable;
    }
    const struct taken *removed = list + (count - sum.removed);
    if (sum.removed > 0) {
        sum.median_ms = removed[(sum.removed - 1) / 2].took_ms;
        sum.slow_ms = removed[(sum.removed * 9 + 9) / 10 - 1].took_ms;
    }
    return sum;
}

static int take(void *ctx, const struct recheck_end *end)
{
    struct taking *taking = ctx;
    if (taking->count == taking->room) {
        size_t room = taking->room == 0 ? 64 : 2 * taking->room;
        struct taken *list = arena_calloc(taking->arena, room, sizeof *list);
        if (list == NULL)
            return ERR_NOMEM;
        if (taking->count > 0)
            memcpy(list, taking->list, taking->count * sizeof *list);
        taking->list = list;
        taking->room = room;
    }
    struct slice host = url_host_of(end->url);
    const char *platform = arena_copy(taking->arena, host.at, host.len);
    int64_t gone = end->first_gone_unix_ms, took = gone - end->asked_unix_ms;
    if (platform == NULL)
        return ERR_NOMEM;
    taking->list[taking->count++] = (struct taken){.platform = platform,
                                                   .took_ms = gone == 0  ? -1
                                                              : took < 0 ? 0
                                                                         : took,
                                                   .state = end->state,
                                                   .unreachable = end->unreachable};
    return OK;
}

int removals(struct store *store, struct arena *arena, struct removal **ret_rows, size_t *ret_count)
{
    struct taking taking = {.arena = arena};
    size_t count = 0;
    int rc = rechecks_each_end(store, take, &taking);
    struct taken *list = taking.list;
    size_t total = taking.count;
    struct removal *rows = rc == OK ? arena_calloc(arena, total + 1, sizeof *rows) : NULL;
    if (rows == NULL)
        return rc != OK ? rc : ERR_NOMEM;
    if (total > 0)
        qsort(list, total, sizeof *list, by_platform_and_time);
    for (size_t begin = 0, end; begin < total; begin = end) {
        for (end = begin; end < total && strcmp(list[end].platform, list[begin].platform) == 0;)
            end++;
        rows[count++] = sum_of(list[begin].platform, list + begin, end - begin);
    }
    if (total > 0)
        qsort(list, total, sizeof *list, by_time);
    rows[count++] = sum_of("all", list, total);
    *ret_rows = rows;
    *ret_count = count;
    return OK;
}
