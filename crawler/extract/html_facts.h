/* crawler/extract/html_facts.h - what one scan of a page tells without a tree: title, meta, links,
 * JSON-LD, how much text and how much script there is. */
#ifndef LUREWATCH_HTML_FACTS_H
#define LUREWATCH_HTML_FACTS_H

#include "crawler/extract/thing.h"

#define FACTS_LINKS_MAX      20000u /* of one page, as written; what follows is not looked at */
#define FACTS_LINK_BYTES_MAX 8192u
#define FACTS_HEAD_BYTES     6000u

enum link_rel {
    REL_NEXT = 1 << 0,
    REL_PREV = 1 << 1,
    REL_NOFOLLOW = 1 << 2,
    REL_TAG = 1 << 3,
    REL_FEED = 1 << 4,   /* <link rel=alternate> to a feed */
    REL_CHROME = 1 << 5, /* stands in nav, header or footer */
    REL_HEADING = 1 << 6 /* stands in, or holds, a heading */
};

struct raw_link {
    struct slice href; /* references decoded, trimmed */
    struct slice text; /* of the anchor, one line, at most 200 bytes */
    struct slice classes;
    unsigned rel;
};

struct html_facts {
    struct slice title, h1; /* one line */
    struct slice lang;
    struct slice description, og_title, og_description, og_type, og_image, og_site_name;
    struct slice robots;                   /* every robots meta, joined by a comma */
    struct slice canonical, base, refresh; /* as written, decoded */
    struct slice state;                    /* body of the largest script of type application/json */
    struct slice noscript;                 /* what the first says, tags and all */
    struct slice head; /* the first visible text out of navigation, FACTS_HEAD_BYTES at most,
                          undecoded */
    const struct raw_link *links;
    size_t links_count;
    size_t text_bytes;   /* of visible text, white space apart */
    size_t linked_bytes; /* of it within links */
    size_t script_bytes;
    uint32_t scripts, paragraphs, jsonld_blocks, password_fields;
    bool has_article_mark; /* article:published_time and the like */
    bool links_cut;
    bool app_root; /* an empty element that a script fills: #app, #root, #__next */
};

/* page: valid UTF-8. JSON-LD goes to things. All in arena. Errors: ERR_NOMEM. */
MUST_USE int html_facts_read(struct arena *arena, struct slice page, struct things *things,
                             struct html_facts *ret_facts);

#endif
