/* crawler/extract/sitemap.h - addresses out of sitemaps: urlset and sitemapindex (sitemaps.org 0.9,
 * whatever the prefix), the plain text form, RSS and Atom used as sitemaps. Pure.
 *
 * Reads text that inflate.h and charset.h prepared. Broken XML gives what stands before and after
 * the break. No DTD is read and no entity of the document's own is expanded, so XML bombs and
 * external entities are only text. */
#ifndef LUREWATCH_EXTRACT_SITEMAP_H
#define LUREWATCH_EXTRACT_SITEMAP_H

#include "common/arena.h"
#include "common/text.h"

#define SITEMAP_URLS_MAX      50000u /* the protocol's own */
#define SITEMAP_URL_BYTES_MAX 8192u

enum sitemap_type {
    SITEMAP_NONE,
    SITEMAP_URLSET,
    SITEMAP_INDEX,
    SITEMAP_TEXT,
    SITEMAP_RSS,
    SITEMAP_ATOM
};

struct sitemap_url {
    struct slice loc;     /* as written, references decoded, trimmed; may be relative */
    struct slice lastmod; /* as written, or empty */
};

struct sitemap {
    enum sitemap_type type;
    const struct sitemap_url *urls; /* in document order, in the arena */
    size_t urls_count;
    bool cut;           /* there were more than urls_max */
    bool broken;        /* the XML was not well-formed where we looked */
    bool odd_namespace; /* the document element is in a namespace that is not the protocol's */
};

const char *
sitemap_type_name(enum sitemap_type type); /* "none", "urlset", "index", "text", "rss", "atom" */

/* By its first element, or as text by its first line. Cheap: looks at the start only. */
enum sitemap_type sitemap_detect(struct slice text);

/* Reads at most urls_max addresses (past it: cut, not an error). text is valid UTF-8. Result in
 * arena, which may borrow text. Errors: ERR_SYNTAX (no sitemap of any kind), ERR_NOMEM. */
MUST_USE int sitemap_read(struct arena *arena, struct slice text, size_t urls_max,
                          struct sitemap *ret_sitemap, struct failure *reterr);

/* Does the sitemap's place let it speak for loc: same scheme and host, under its directory? The
 * protocol's rule for sitemaps nobody vouched for; one named by robots.txt or by a person may go
 * beyond it, so sitemap_read() leaves nothing out. */
bool sitemap_covers(const char *sitemap_url, struct slice loc);

#endif
