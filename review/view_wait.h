/* review/view_wait.h - answers that wait for a call of site.h that runs long.
 *
 * Half of the answers that are made at a time may wait for such a call; whoever comes then is asked
 * to come again. So the list, the cases and decisions are never behind an export or a slow board. */
#ifndef LUREWATCH_VIEW_WAIT_H
#define LUREWATCH_VIEW_WAIT_H

#include "review/view.h"

/* Before and after the call. Errors: ERR_BUSY, in the reader's language; then no end. */
MUST_USE int view_wait_begin(struct view *view, struct failure *reterr);
void view_wait_end(struct view *view);

#endif
