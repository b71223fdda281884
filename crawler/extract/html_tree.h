/* crawler/extract/html_tree.h - a page as a flat tree: one array in document order.
 *
 * A node knows its parent and where its subtree ends, so a walk is a loop over the array:
 *
 *     [0 root ....................................... end]
 *        [1 html ................................. end]
 *           [2 body ............................. end]
 *              [3 p ...... end] [6 p ........... end]
 *                 4 text 5 b..
 *
 * Names, attributes and text stay in the page's bytes: a node is 24 bytes. Built after the HTML
 * standard's tree construction where pages need it (paragraphs, list items, cells and options that
 * end by themselves, misplaced end tags); nothing is moved, so what a browser lifts out of a table
 * stays where it was written. Elements deeper than HTML_DEPTH_MAX become leaves. */
#ifndef LUREWATCH_HTML_TREE_H
#define LUREWATCH_HTML_TREE_H

#include "common/arena.h"
#include "crawler/extract/html_scan.h"

#define HTML_NODES_MAX 600000u /* what stands behind is not read, and said so */
#define HTML_DEPTH_MAX 500u

enum html_node_flag {
    NODE_TEXT = 1 << 0,
    NODE_RAW = 1 << 1,    /* text of script, style: no references */
    NODE_HIDDEN = 1 << 2, /* not shown: by attribute or style, of its own or of a parent */
    NODE_UNSEEN = 1 << 3  /* within script, style, head, template: never meant to be shown */
};

struct html_node {
    uint32_t parent;
    uint32_t end;     /* first index behind the subtree */
    uint32_t at, len; /* in the page: name and attributes of an element, or the text */
    uint16_t tag;     /* enum html_tag */
    uint16_t flags;
};

struct html_tree {
    struct slice page; /* borrowed */
    struct html_node *nodes;
    uint32_t count;
    bool cut; /* HTML_NODES_MAX was reached */
    bool attrs_cut;
};

/* page: valid UTF-8 of at most 4 GiB; borrowed by *ret_tree, which lives in arena. Node 0 is the
 * root. Hidden elements are not marked yet: html_hidden.h. Errors: ERR_NOMEM. */
MUST_USE int html_tree_build(struct arena *arena, struct slice page, struct html_tree *ret_tree);

/* Undecoded text of a text node. */
struct slice html_node_text(const struct html_tree *tree, uint32_t node);
/* Attributes of an element; empty for text. */
struct slice html_node_attrs(const struct html_tree *tree, uint32_t node);
/* Name as written. */
struct slice html_node_name(const struct html_tree *tree, uint32_t node);
/* html_attr() of a node, undecoded. */
bool html_node_attr(const struct html_tree *tree, uint32_t node, const char *name,
                    struct slice *ret_value);
/* The first element of that tag within [from, end), or 0. */
uint32_t html_tree_find(const struct html_tree *tree, uint32_t from, uint32_t end,
                        enum html_tag tag);

#endif
