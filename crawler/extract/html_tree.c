/* html_tree.c - tokens to a flat tree; see html_tree.h.
 *
 * A stack of open elements, and how many of each tag are on it, so that an end tag with nothing to
 * close costs nothing. Work is bounded: each start looks at most HTML_DEPTH_MAX entries down, and
 * the search stops at the first element that confines it. */
#include "crawler/extract/html_tree.h"

#include <string.h>

struct builder {
    struct html_tree *tree;
    uint32_t nodes_max;
    uint32_t open[HTML_DEPTH_MAX + 1]; /* node indices; [0] is the root */
    uint32_t depth;                    /* of the innermost open element */
    uint16_t count_open[TAG_COUNT];
};

struct slice html_node_text(const struct html_tree *tree, uint32_t node)
{
    const struct html_node *at = &tree->nodes[node];
    return (at->flags & NODE_TEXT) != 0 ? slice_sub(tree->page, at->at, at->len) : SLICE_EMPTY;
}

struct slice html_node_name(const struct html_tree *tree, uint32_t node)
{
    const struct html_node *at = &tree->nodes[node];
    if ((at->flags & NODE_TEXT) != 0)
        return SLICE_EMPTY;
    struct slice all = slice_sub(tree->page, at->at, at->len);
    size_t len = 0;
    while (len < all.len && !html_is_space(all.at[len]) && all.at[len] != '/')
        len++;
    return slice_sub(all, 0, len);
}

struct slice html_node_attrs(const struct html_tree *tree, uint32_t node)
{
    const struct html_node *at = &tree->nodes[node];
    if ((at->flags & NODE_TEXT) != 0)
        return SLICE_EMPTY;
    return slice_from(slice_sub(tree->page, at->at, at->len), html_node_name(tree, node).len);
}

bool html_node_attr(const struct html_tree *tree, uint32_t node, const char *name,
                    struct slice *ret_value)
{
    return html_attr(html_node_attrs(tree, node), name, ret_value);
}

uint32_t html_tree_find(const struct html_tree *tree, uint32_t from, uint32_t end,
                        enum html_tag tag)
{
    for (uint32_t i = from; i < end; i++)
        if (tree->nodes[i].tag == tag && (tree->nodes[i].flags & NODE_TEXT) == 0)
            return i;
    return 0;
}

/* ---- the stack ---- */

static enum html_tag tag_at(const struct builder *builder, uint32_t level)
{
    return (enum html_tag)builder->tree->nodes[builder->open[level]].tag;
}

/* Closes the elements down to and with level. */
static void close_to(struct builder *builder, uint32_t level)
{
    while (builder->depth >= level && builder->depth > 0) {
        builder->count_open[tag_at(builder, builder->depth)]--;
        builder->tree->nodes[builder->open[builder->depth]].end = builder->tree->count;
        builder->depth--;
    }
}

/* Elements that no search of an ordinary element looks beyond. */
static bool is_scope(enum html_tag tag)
{
    return tag == TAG_table || tag == TAG_td || tag == TAG_th || tag == TAG_caption ||
           tag == TAG_html || tag == TAG_template || tag == TAG_object || tag == TAG_applet;
}

/* Level of the innermost open `tag` that is within scope, or 0. */
static uint32_t level_in_scope(const struct builder *builder, enum html_tag tag)
{
    if (builder->count_open[tag] == 0)
        return 0;
    for (uint32_t level = builder->depth; level > 0; level--) {
        enum html_tag there = tag_at(builder, level);
        if (there == tag)
            return level;
        if (is_scope(there) && !(tag == TAG_table && there != TAG_template))
            return 0;
    }
    return 0;
}

static bool is_table_part(enum html_tag tag)
{
    return tag == TAG_td || tag == TAG_th || tag == TAG_tr || tag == TAG_tbody ||
           tag == TAG_thead || tag == TAG_tfoot || tag == TAG_caption || tag == TAG_colgroup;
}

/* Level of the innermost `tag` of the table that we are in, or 0. */
static uint32_t level_in_table(const struct builder *builder, enum html_tag tag)
{
    if (builder->count_open[tag] == 0)
        return 0;
    for (uint32_t level = builder->depth; level > 0; level--) {
        enum html_tag there = tag_at(builder, level);
        if (there == tag)
            return level;
        if (there == TAG_table || there == TAG_template)
            return 0;
    }
    return 0;
}

static bool is_heading(enum html_tag tag)
{
    return tag >= TAG_h1 && tag <= TAG_h6;
}

/* ---- start tags ---- */

/* Ends the nearest `tag` (or `other`) unless a `stop` or a block that is no div, p or address comes
 * first. */
static void end_item(struct builder *builder, enum html_tag tag, enum html_tag other)
{
    if (builder->count_open[tag] + builder->count_open[other] == 0)
        return;
    for (uint32_t level = builder->depth; level > 0; level--) {
        enum html_tag there = tag_at(builder, level);
        if (there == tag || there == other) {
            close_to(builder, level);
            return;
        }
        if ((html_tag_class(there) & HTML_SPECIAL) != 0 && there != TAG_div && there != TAG_p &&
            there != TAG_address)
            return;
    }
}

static void end_if_in_table(struct builder *builder, enum html_tag tag)
{
    uint32_t level = level_in_table(builder, tag);
    if (level > 0)
        close_to(builder, level);
}

static void end_cells(struct builder *builder)
{
    end_if_in_table(builder, TAG_td);
    end_if_in_table(builder, TAG_th);
    end_if_in_table(builder, TAG_caption);
}

static void end_rows(struct builder *builder, bool groups)
{
    end_cells(builder);
    end_if_in_table(builder, TAG_tr);
    if (groups) {
        end_if_in_table(builder, TAG_tbody);
        end_if_in_table(builder, TAG_thead);
        end_if_in_table(builder, TAG_tfoot);
    }
}

/* An inline element that may not hold itself: the open one ends, unless blocks stand between. */
static void end_same_inline(struct builder *builder, enum html_tag tag)
{
    if (builder->count_open[tag] == 0)
        return;
    for (uint32_t level = builder->depth; level > 0; level--) {
        enum html_tag there = tag_at(builder, level);
        if (there == tag) {
            close_to(builder, level);
            return;
        }
        if ((html_tag_class(there) & HTML_SPECIAL) != 0)
            return;
    }
}

static bool belongs_in_head(enum html_tag tag)
{
    return tag == TAG_title || tag == TAG_meta || tag == TAG_link || tag == TAG_script ||
           tag == TAG_style || tag == TAG_base || tag == TAG_noscript || tag == TAG_template;
}

/* Ends what elements of the same kind end: an item the item before it, a cell the cell. */
static void end_siblings(struct builder *builder, enum html_tag tag)
{
    switch ((int)tag) {
    case TAG_li:
        end_item(builder, TAG_li, TAG_li);
        break;
    case TAG_dd:
    case TAG_dt:
        end_item(builder, TAG_dd, TAG_dt);
        break;
    case TAG_option:
    case TAG_optgroup:
        end_same_inline(builder, TAG_option);
        break;
    case TAG_a:
        end_same_inline(builder, TAG_a);
        break;
    case TAG_td:
    case TAG_th:
        end_cells(builder);
        break;
    case TAG_tr:
        end_rows(builder, false);
        break;
    case TAG_tbody:
    case TAG_thead:
    case TAG_tfoot:
        end_rows(builder, true);
        break;
    default:
        break;
    }
}

/* Ends what the start of `tag` ends by itself. */
static void end_before(struct builder *builder, enum html_tag tag)
{
    if (builder->count_open[TAG_head] > 0 && !belongs_in_head(tag) &&
        tag_at(builder, builder->depth) == TAG_head)
        close_to(builder, builder->depth);
    end_siblings(builder, tag);
    if ((html_tag_class(tag) & HTML_CLOSES_P) != 0) {
        uint32_t level = level_in_scope(builder, TAG_p);
        if (level > 0)
            close_to(builder, level);
    }
    if (is_heading(tag) && builder->depth > 0 && is_heading(tag_at(builder, builder->depth)))
        close_to(builder, builder->depth);
}

static uint32_t node_add(struct builder *builder, struct slice where, enum html_tag tag,
                         unsigned flags)
{
    struct html_tree *tree = builder->tree;
    uint32_t parent = builder->open[builder->depth];
    uint32_t index = tree->count++;
    unsigned unseen = tree->nodes[parent].flags & NODE_UNSEEN;
    if ((html_tag_class((enum html_tag)tree->nodes[parent].tag) & HTML_UNSEEN) != 0)
        unseen = NODE_UNSEEN;
    tree->nodes[index] = (struct html_node){.parent = parent,
                                            .end = index + 1,
                                            .at = (uint32_t)(where.at - tree->page.at),
                                            .len = (uint32_t)where.len,
                                            .tag = (uint16_t)tag,
                                            .flags = (uint16_t)(flags | unseen)};
    return index;
}

static void start_take(struct builder *builder, const struct html_token *token)
{
    enum html_tag tag = token->tag;
    if ((tag == TAG_html || tag == TAG_body || tag == TAG_head) &&
        (builder->count_open[tag] > 0 || (tag == TAG_head && builder->count_open[TAG_body] > 0)))
        return;
    end_before(builder, tag);
    struct slice where =
        slice_make(token->name.at, (size_t)(token->attrs.at + token->attrs.len - token->name.at));
    uint32_t index = node_add(builder, where, tag, 0);
    bool leaf =
        (html_tag_class(tag) & HTML_VOID) != 0 ||
        (token->self_closing &&
         (tag == TAG_OTHER || builder->count_open[TAG_svg] + builder->count_open[TAG_math] > 0));
    if (leaf || builder->depth >= HTML_DEPTH_MAX)
        return;
    builder->open[++builder->depth] = index;
    builder->count_open[tag]++;
}

/* ---- end tags ---- */

static bool same_name(const struct builder *builder, uint32_t level, const struct html_token *token)
{
    return token->tag != TAG_OTHER ||
           slice_equal_nocase(html_node_name(builder->tree, builder->open[level]), token->name);
}

/* An inline or unknown element: the nearest one, if no block stands between. */
static void close_inline(struct builder *builder, const struct html_token *token)
{
    if (builder->count_open[token->tag] == 0)
        return;
    for (uint32_t level = builder->depth; level > 0; level--) {
        enum html_tag there = tag_at(builder, level);
        if (there == token->tag && same_name(builder, level, token)) {
            close_to(builder, level);
            return;
        }
        if ((html_tag_class(there) & HTML_SPECIAL) != 0 && token->tag != TAG_OTHER)
            return;
        if (is_scope(there))
            return;
    }
}

static void close_heading(struct builder *builder)
{
    for (uint32_t level = builder->depth; level > 0; level--) {
        enum html_tag there = tag_at(builder, level);
        if (is_heading(there)) {
            close_to(builder, level);
            return;
        }
        if (is_scope(there) || there == TAG_div || there == TAG_section || there == TAG_article)
            return;
    }
}

static void close_take(struct builder *builder, const struct html_token *token)
{
    enum html_tag tag = token->tag;
    if (tag == TAG_html || tag == TAG_body)
        return; /* what follows still belongs to the page */
    if (is_heading(tag)) {
        close_heading(builder);
        return;
    }
    if ((html_tag_class(tag) & HTML_SPECIAL) == 0) {
        close_inline(builder, token);
        return;
    }
    uint32_t level =
        is_table_part(tag) ? level_in_table(builder, tag) : level_in_scope(builder, tag);
    if (level > 0)
        close_to(builder, level);
    else if (tag == TAG_p) /* an empty paragraph, as browsers have it */
        node_add(builder, token->name, TAG_p, 0);
}

/* ---- text ---- */

static bool is_blank(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!html_is_space(text.at[i]))
            return false;
    return true;
}

static void text_take(struct builder *builder, const struct html_token *token)
{
    if (builder->depth > 0 && tag_at(builder, builder->depth) == TAG_head && !is_blank(token->text))
        close_to(builder, builder->depth);
    node_add(builder, token->text, TAG_OTHER, NODE_TEXT | (token->raw ? NODE_RAW : 0u));
}

/* At most one node for each "<", one for the text behind it, and the root. */
static uint32_t nodes_bound(struct slice page)
{
    size_t count = 2;
    const char *at = page.at, *end = page.at + page.len;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL &&
           count < HTML_NODES_MAX) {
        count += 2;
        at++;
    }
    return count < HTML_NODES_MAX ? (uint32_t)count : HTML_NODES_MAX;
}

int html_tree_build(struct arena *arena, struct slice page, struct html_tree *ret_tree)
{
    struct html_tree tree = {.page = page};
    struct html_scan scan;
    struct html_token token;
    struct builder *builder = arena_alloc(arena, sizeof *builder);
    uint32_t nodes_max = nodes_bound(page);
    tree.nodes = arena_calloc(arena, nodes_max, sizeof *tree.nodes);
    if (builder == NULL || tree.nodes == NULL)
        return ERR_NOMEM;
    builder->tree = &tree;
    tree.nodes[0] = (struct html_node){.end = 1, .tag = TAG_OTHER};
    tree.count = 1;
    html_scan_init(&scan, page);
    while (html_scan_next(&scan, &token)) {
        if (tree.count >= nodes_max) {
            tree.cut = true;
            break;
        }
        if (token.kind == HTML_TEXT)
            text_take(builder, &token);
        else if (token.kind == HTML_START)
            start_take(builder, &token);
        else if (token.kind == HTML_CLOSE)
            close_take(builder, &token);
    }
    close_to(builder, 1);
    tree.nodes[0].end = tree.count;
    tree.attrs_cut = scan.attrs_cut;
    *ret_tree = tree;
    return OK;
}
