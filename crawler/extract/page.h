/* crawler/extract/page.h - bytes in, postings and links out. Pure: no I/O, no clock.
 *
 * Joins the pieces of this folder: inflate, charset, feed or sitemap or HTML, structured data and
 * main text by precedence, links. Made to run in a worker: every limit is named when hit. */
#ifndef LUREWATCH_EXTRACT_PAGE_H
#define LUREWATCH_EXTRACT_PAGE_H

#include "common/posting.h"
#include "crawler/extract/rules.h"

#define PAGE_INFLATED_BYTES_MAX (16u << 20)
#define PAGE_LINKS_MAX          5000u
#define PAGE_POSTINGS_MAX       2000u

/* What the sweep expects of the address; a guess is allowed to be wrong. */
enum page_hint {
    PAGE_HINT_NONE,
    PAGE_HINT_LISTING,
    PAGE_HINT_POSTING,
    PAGE_HINT_FEED,
    PAGE_HINT_SITEMAP
};

enum page_type {
    PAGE_UNKNOWN, /* neither posting nor list: about us, login, … */
    PAGE_JOB,     /* one posting, or several as items */
    PAGE_LISTING,
    PAGE_FEED,
    PAGE_SITEMAP,
    PAGE_ARTICLE, /* news, advice: reports, does not offer */
    PAGE_EXPIRED, /* a posting that is over */
    PAGE_SHELL,   /* a script shell: needs a browser */
    PAGE_EMPTY,
    PAGE_TYPE_COUNT
};

/* LINK_NEXT: where the same list goes on, as far away from the start as this page. */
enum link_kind { LINK_OTHER, LINK_POSTING, LINK_LISTING, LINK_SITEMAP, LINK_FEED, LINK_NEXT };

struct page_link {
    struct slice url; /* absolute, http or https, fragment removed; not yet canonical */
    enum link_kind kind;
    struct slice lastmod; /* of a sitemap or feed, as written */
};

struct page_input {
    struct slice body;                 /* as received, maybe compressed */
    const char *url;                   /* where it came from, absolute; base of relative links */
    const char *content_type;          /* header's value or "" */
    const char *content_encoding;      /* header's value or "" */
    const struct extract_rules *rules; /* NULL: none */
    enum page_hint hint;
};

struct page_output {
    enum page_type type;
    const struct posting *postings; /* in the arena */
    size_t postings_count;
    const struct page_link *links; /* in document order, no repeats */
    size_t links_count;
    struct slice canonical; /* <link rel=canonical>, absolute, or empty */
    const char *charset;    /* WHATWG name used; static */
    bool noindex, nofollow; /* meta robots */
    bool newest_first;      /* a list whose next page pays only while all of this one is new */
    uint32_t repairs;       /* of broken structured data */
    struct slice note;      /* for people: why the page is what it is; may be empty */
};

const char *page_type_name(enum page_type type); /* "job", "listing", … */
const char *link_kind_name(enum link_kind kind);
bool page_type_from_name(struct slice name, enum page_type *ret_type);
bool link_kind_from_name(struct slice name, enum link_kind *ret_kind);

/* All of *ret_output lives in arena. Errors: ERR_LIMIT (the limit is named), ERR_UNSUPPORTED (a
 * content type or coding we do not read), ERR_SYNTAX (broken compression), ERR_NOMEM. */
MUST_USE int extract_page(struct arena *arena, const struct page_input *input,
                          struct page_output *ret_output, struct failure *reterr);

#endif
