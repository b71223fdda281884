/* view_wait.c - see view_wait.h. */
#include "review/view_wait.h"
#include "review/view_fail.h"

#include <stdatomic.h>

int view_wait_begin(struct view *view, struct failure *reterr)
{
    unsigned most = view->settings->answers > 1 ? view->settings->answers / 2 : 1;
    if (atomic_fetch_add(view->waiting, 1) < most)
        return OK;
    atomic_fetch_sub(view->waiting, 1);
    return view_fail(view, ERR_BUSY, "error.busy", reterr);
}

void view_wait_end(struct view *view)
{
    atomic_fetch_sub(view->waiting, 1);
}
