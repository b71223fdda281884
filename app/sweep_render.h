/* app/sweep_render.h - pages of sources with render: yes (sweep_render.c), for sweep*.c alone. */
#ifndef LUREWATCH_SWEEP_RENDER_H
#define LUREWATCH_SWEEP_RENDER_H

#include "app/sweep_parts.h"

/* Should the page be shown in the browser before it is judged? */
bool page_wants_browser(const struct page *page);
/* Shows it; done(page, why) comes once, later: why NULL, and page->body is the document; else why
 * not. Errors: ERR_NOMEM. */
MUST_USE int page_render(struct page *page, void (*done)(struct page *page, const char *why));
void renders_free(struct sweep *sweep);
void page_render_settle(struct page *page);
/* Adds a request to the page's record. */
void page_visit_note(struct page *page, const struct errand *errand,
                     const struct fetch_result *result, const char *kind, const char *referrer);

#endif
