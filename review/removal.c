/* removal.c - see removal.h. All looks are read once; they are as many as ads left the house. */
#include "review/removal.h"
#include "review/recipients.h"

#include <stdlib.h>
#include <string.h>

struct taken {
    const char *platform;
    const struct recheck_row *row;
    int64_t took_ms; /* -1: not removed */
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
        sum.up += list[i].row->state != RECHECK_GONE;
        sum.back += list[i].row->state == RECHECK_BACK;
        sum.unreachable += list[i].row->failures > 0;
    }
    const struct taken *removed = list + (count - sum.removed);
    if (sum.removed > 0) {
        sum.median_ms = removed[(sum.removed - 1) / 2].took_ms;
        sum.slow_ms = removed[(sum.removed * 9 + 9) / 10 - 1].took_ms;
    }
    return sum;
}

static int read_all(struct store *store, struct arena *arena, struct taken **ret_list,
                    size_t *ret_count)
{
    struct recheck_query query = {.limit = STORE_PAGE_MAX};
    struct taken *list = NULL;
    size_t total = 0, count = STORE_PAGE_MAX;
    while (count == STORE_PAGE_MAX) {
        struct recheck_row *rows = NULL;
        int rc = rechecks_list(store, arena, &query, &rows, &count);
        struct taken *more = rc == OK ? arena_calloc(arena, total + count + 1, sizeof *more) : NULL;
        if (more == NULL)
            return rc != OK ? rc : ERR_NOMEM;
        if (total > 0)
            memcpy(more, list, total * sizeof *more);
        list = more;
        for (size_t i = 0; i < count; i++) {
            struct slice host = url_host_of(slice_of(rows[i].url));
            int64_t gone = rows[i].first_gone_unix_ms;
            const char *platform = arena_copy(arena, host.at, host.len);
            if (platform == NULL)
                return ERR_NOMEM;
            int64_t took = gone != 0 ? gone - rows[i].asked_unix_ms : -1;
            list[total++] = (struct taken){platform, &rows[i], gone != 0 && took < 0 ? 0 : took};
            query.after_case_id = rows[i].case_id;
        }
    }
    *ret_list = list;
    *ret_count = total;
    return OK;
}

int removals(struct store *store, struct arena *arena, struct removal **ret_rows, size_t *ret_count)
{
    struct taken *list = NULL;
    size_t total = 0, count = 0;
    int rc = read_all(store, arena, &list, &total);
    struct removal *rows = rc == OK ? arena_calloc(arena, total + 1, sizeof *rows) : NULL;
    if (rows == NULL)
        return rc != OK ? rc : ERR_NOMEM;
    qsort(list, total, sizeof *list, by_platform_and_time);
    for (size_t begin = 0, end; begin < total; begin = end) {
        for (end = begin; end < total && strcmp(list[end].platform, list[begin].platform) == 0;)
            end++;
        rows[count++] = sum_of(list[begin].platform, list + begin, end - begin);
    }
    qsort(list, total, sizeof *list, by_time);
    rows[count++] = sum_of("all", list, total);
    *ret_rows = rows;
    *ret_count = count;
    return OK;
}
