/* crawler/extract/html_text.h - a piece of the tree as people read it: lines, lists, cells.
 *
 * Blocks begin lines, paragraphs and headings have a blank line around them, list items begin with
 * "- ", table cells are parted by a tab; runs of white space (no-break spaces too) are one space
 * but in <pre>. What is hidden or never shown is left out. */
#ifndef LUREWATCH_HTML_TEXT_H
#define LUREWATCH_HTML_TEXT_H

#include "crawler/extract/html_tree.h"

struct html_text_options {
    const uint8_t *drop; /* one a node: not 0 leaves the subtree out; NULL: nothing left out */
    bool hidden_only;    /* the opposite: only what is hidden */
    bool keep_controls;  /* text of buttons and selections too */
    bool one_line;       /* all breaks are spaces */
};

/* Appends the text of node and what is under it to buf. */
void html_text_append(const struct html_tree *tree, uint32_t node,
                      const struct html_text_options *options, struct text_buf *buf);
/* The same on one line, in arena, at most bytes_max bytes. Errors: ERR_NOMEM. */
MUST_USE int html_text_line(struct arena *arena, const struct html_tree *tree, uint32_t node,
                            size_t bytes_max, struct slice *ret_text);
/* HTML as it stands in a field (a JSON-LD description, a feed's content) to text. Text that holds
 * no tag is decoded, and keeps its lines. Double-escaped HTML ("&lt;p&gt;") is unwrapped. Errors:
 * ERR_NOMEM. */
MUST_USE int html_fragment_text(struct arena *arena, struct slice html, struct slice *ret_text);
/* Text on one line; decode: its character references too. Errors: ERR_NOMEM. */
MUST_USE int html_line(struct arena *arena, struct slice text, bool decode, struct slice *ret_text);
/* Marks NODE_HIDDEN by attributes, inline styles and the page's own simple style rules. */
MUST_USE int html_hidden_mark(struct arena *arena, struct html_tree *tree);

#endif
