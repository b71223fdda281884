/* crawler/extract/content.h - the main text of a page that says nothing of its structure.
 *
 * Scored by density: where the running text is, with few links in it. Navigation, cookie notices,
 * sharing bars and lists of similar ads stay out. */
#ifndef LUREWATCH_CONTENT_H
#define LUREWATCH_CONTENT_H

#include "common/posting.h"
#include "crawler/extract/html_facts.h"

#define CONTENT_TEXT_BYTES_MAX   (1u << 20)
#define CONTENT_HIDDEN_BYTES_MAX (64u << 10)

#define CONTENT_DROP_TEXT 2 /* in drop: the text is out, the links are not */

struct content {
    struct slice text;       /* with line structure; may be empty */
    struct slice hidden;     /* what stands within it and is not shown */
    uint32_t lead;           /* a first paragraph that stands before it, or 0 */
    uint32_t root;           /* the element it was found in */
    uint8_t *drop;           /* one a node: left out */
    uint32_t linked_percent; /* of the text, within links */
};

/* tree: with html_hidden_mark() done. is_ad: the page is known to be one ad, so that its small
 * blocks (terms, contact, benefits) are wanted too, not the running text alone. All in arena.
 * Errors: ERR_NOMEM. */
MUST_USE int content_find(struct arena *arena, const struct html_tree *tree,
                          const struct html_facts *facts, bool is_ad, struct content *ret_content);
/* Writes content->text anew, after more was marked in content->drop. Errors: ERR_NOMEM. */
MUST_USE int content_render(struct arena *arena, const struct html_tree *tree,
                            struct content *content);
/* The page's title as its posting's: without the site's name. Errors: ERR_NOMEM. */
MUST_USE int content_title(struct arena *arena, const struct html_facts *facts,
                           struct slice *ret_title);

#endif
