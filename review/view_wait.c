/* view_wait.c - see view_wait.h. */
#include "review/view_wait.h"

#include <stdatomic.h>

#define BUSY_S 5u /* then it is worth another try */

int view_wait_begin(struct view *view, struct failure *reterr)
{
    unsigned most = view->settings->answers > 1 ? view->settings->answers / 2 : 1;
    if (atomic_fetch_add(view->waiting, 1) < most)
        return OK;
    atomic_fetch_sub(view->waiting, 1);
    struct slice why = said(view, "error.busy");
    return failure_set(reterr, ERR_BUSY, "%.*s", (int)why.len, why.at);
}

void view_wait_end(struct view *view)
{
    atomic_fetch_sub(view->waiting, 1);
}

void view_failed(struct view *view, int err)
{
    view->response->status = http_status_of(err);
    view->response->retry_after_s = err == ERR_BUSY ? BUSY_S : 0;
}
