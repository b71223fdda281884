/* crawler/extract/page_inside.h - the parts of page.c: each turns text of one kind into postings
 * and links. For page*.c and rule_fields.c only. */
#ifndef LUREWATCH_PAGE_INSIDE_H
#define LUREWATCH_PAGE_INSIDE_H

#include "crawler/extract/page.h"
#include "crawler/extract/rules_inside.h"
#include "crawler/extract/thing.h"
#include "crawler/url.h"

/* One page while it is read. */
struct page_work {
    struct arena *arena;
    const struct page_input *input;
    struct slice text; /* the body, UTF-8 */
    struct slice data; /* the same, where text is the HTML that a JSON answer holds */
    struct page_output *output;
    struct posting *postings; /* room for PAGE_POSTINGS_MAX, grown */
    size_t count, capacity;
    struct url self, base;
    bool self_known, base_known;
};

/* Adds a posting; one more than PAGE_POSTINGS_MAX is dropped and noted. Errors: ERR_NOMEM. */
MUST_USE int page_add(struct page_work *work, const struct posting *posting);
/* Adds a sentence to the note. Errors: ERR_NOMEM. */
MUST_USE int page_note(struct page_work *work, const char *sentence);

MUST_USE int page_html_read(struct page_work *work);
/* Feed, sitemap, items, JSON with JobPostings. False in *ret_taken: it is none of these. */
MUST_USE int page_data_read(struct page_work *work, bool *ret_taken, struct failure *reterr);
/* Text without markup as one posting. */
MUST_USE int page_plain_read(struct page_work *work);

/* A Telegram channel's preview? Then its messages are the postings; base must be known. */
bool page_is_telegram(struct slice page);
struct html_tree;
MUST_USE int page_telegram_read(struct page_work *work, const struct html_tree *tree);

/* A list's next page, by the source's `paging`: one link of kind LINK_NEXT, or none. */
MUST_USE int page_paging_read(struct page_work *work);
MUST_USE int page_next_add(struct page_work *work, struct slice address);

/* What the source's rules select: fields into *ret_posting (empty when there are none), and adds
 * rules' links before those of *output. */
MUST_USE int rule_fields_read(struct page_work *work, struct posting *ret_posting);

#endif
