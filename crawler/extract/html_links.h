/* crawler/extract/html_links.h - where a page leads to, and which of it are postings. */
#ifndef LUREWATCH_HTML_LINKS_H
#define LUREWATCH_HTML_LINKS_H

#include "crawler/extract/html_facts.h"
#include "crawler/extract/page.h"
#include "crawler/url.h"

/* Base of relative links: <base href>, else the page's own address. False: neither is a URL we
 * read. Errors: ERR_NOMEM. */
MUST_USE int html_base(struct arena *arena, const struct html_facts *facts, const char *url,
                       struct url *ret_base, bool *ret_known);
/* Fills links, links_count, canonical, noindex, nofollow of *output: absolute, no repeats, at most
 * PAGE_LINKS_MAX, the page itself left out. Sets *ret_postings to the number of posting links that
 * look like a list. Errors: ERR_NOMEM. */
MUST_USE int html_links_read(struct arena *arena, const struct html_facts *facts,
                             const struct page_input *input, struct page_output *output,
                             size_t *ret_postings);
/* An address that names one posting by its words ("/job/123-cook"), whatever page it stands on. */
bool url_looks_like_posting(const struct url *url);

#endif
