/* crawler/extract/feed.h - entries out of feeds: RSS 2.0, 1.0 (RDF), 0.9x, Atom 1.0 and 0.3, JSON
 * Feed 1.x. Pure.
 *
 * Reads text that inflate.h and charset.h prepared. One pass over the text, no tree. Broken XML
 * gives what can be read; see sitemap.h on bombs and entities. */
#ifndef LUREWATCH_EXTRACT_FEED_H
#define LUREWATCH_EXTRACT_FEED_H

#include "common/arena.h"
#include "common/text.h"

#define FEED_ENTRIES_MAX 2000u

enum feed_type { FEED_NONE, FEED_RSS, FEED_RDF, FEED_ATOM, FEED_JSON };

struct feed_entry {
    struct slice title;      /* plain text: markup and references gone */
    struct slice title_html; /* the title with its markup, where it has some; else empty */
    struct slice
        link;        /* absolute where xml:base, the feed's link or base_url allow; may be empty */
    struct slice id; /* guid, atom:id, rdf:about; as written */
    struct slice summary;   /* HTML (plain text of a feed that says so is escaped) */
    struct slice content;   /* HTML: content:encoded, atom:content, content_html; may be empty */
    struct slice published; /* as written */
    struct slice updated;   /* as written */
    struct slice author;    /* plain text: author, dc:creator */
    struct slice employer;  /* plain text: what job feeds add, company in any namespace */
    struct slice place;     /* plain text: location, city */
    struct slice pay;       /* plain text: salary */
};

struct feed {
    enum feed_type type;
    struct slice title; /* plain text */
    struct slice title_html;
    struct slice link;
    const struct feed_entry *entries; /* in document order, in the arena */
    size_t entries_count;
    bool cut;    /* there were more than FEED_ENTRIES_MAX */
    bool broken; /* not well-formed where we looked */
};

const char *feed_type_name(enum feed_type type); /* "none", "rss", "rdf", "atom", "json" */

/* By the first element, or for JSON by the version member. Cheap: looks at the start only. */
enum feed_type feed_detect(struct slice text);

/* text is valid UTF-8; base_url is where it came from, absolute ("" when unknown: links stay as
 * they are). Result in arena, which may borrow text. Errors: ERR_SYNTAX (no feed), ERR_NOMEM. */
MUST_USE int feed_read(struct arena *arena, struct slice text, const char *base_url,
                       struct feed *ret_feed, struct failure *reterr);

#endif
