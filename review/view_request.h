/* review/view_request.h - what is asked of others about a case, on the pages. For review/ alone. */
#ifndef LUREWATCH_VIEW_REQUEST_H
#define LUREWATCH_VIEW_REQUEST_H

#include "review/view.h"
#include "storage/request_rows.h"

page_fn page_requests, page_request, page_request_act, page_request_draft;

/* Under a case: what was asked of whom, and a form that drafts another request. Nothing where there is
 * neither. Errors: those of store.h. */
MUST_USE int view_case_requests(struct view *view, const struct case_row *row);
/* "drafted", "approved", "is being mailed", "sent"… */
struct slice view_request_state(const struct view *view, const struct request_row *row);
/* A table of them. */
void view_request_table(struct view *view, const struct request_row *rows, size_t count);

#endif
