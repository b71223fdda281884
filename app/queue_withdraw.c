/* queue_withdraw.c - see queue_withdraw.h. */
#include "app/queue_withdraw.h"

#include <inttypes.h>
#include <stdio.h>

static int withdraw(struct store *store, const struct request_row *rows, size_t count,
                    const struct queue_act *act)
{
    int rc = store_begin(store);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = request_change(store, rows[i].id, REQUEST_WITHDRAWN, act);
    if (rc == OK)
        rc = store_commit(store);
    store_rollback(store);
    return rc;
}

int queue_withdraw(struct store *store, struct arena *arena, int64_t case_id,
                   const struct queue_act *act, size_t *ret_count)
{
    const struct request_query query = {.states = 1u << REQUEST_DRAFTED | 1u << REQUEST_SENT |
                                                  1u << REQUEST_ACKNOWLEDGED,
                                        .case_id = case_id,
                                        .limit = STORE_PAGE_MAX};
    struct request_row *rows = NULL;
    struct case_row row;
    size_t count = 0;
    int rc = queue_get(store, arena, case_id, act->now_unix_ms, &row);
    if (rc == OK)
        rc = request_list(store, arena, &query, &rows, &count);
    if (rc != OK)
        return rc;
    rc = withdraw(store, rows, count, act);
    for (size_t i = 0; rc == OK && i < count; i++) {
        fprintf(stderr, "R-%" PRId64 " to %s is withdrawn", rows[i].id, rows[i].name);
        if (rows[i].sent_unix_ms != 0 || rows[i].mailing_unix_ms != 0)
            fprintf(stderr, "; its correction: lurewatch request show R-%" PRId64, rows[i].id);
        fprintf(stderr, "\n");
    }
    *ret_count = count;
    return rc;
}
