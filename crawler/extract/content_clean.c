/* content_clean.c - what stands in the main element and is no part of the text; see
 * content_inside.h.
 *
 * After Readability's conditional cleaning: forms, lists, tables and blocks go when they hold more
 * links, images or controls than text. From the inside out, so that a block is judged by what is
 * left of it. */
#include "crawler/extract/content_inside.h"

#define BUTTON_CHARS_MAX  40u
#define CAPTION_CHARS_MAX 400u
#define SHARE_CHARS_MAX   500u

static bool is_heading(enum html_tag tag)
{
    return tag >= TAG_h1 && tag <= TAG_h6;
}

/* Tables of data, not of layout: with a caption, heads, or many short cells. */
static bool is_data_table(const struct content_work *work, uint32_t node)
{
    unsigned rows = 0, cells = 0, heads = 0;
    for (uint32_t i = node + 1; i < work->tree->nodes[node].end; i++) {
        enum html_tag tag = (enum html_tag)work->tree->nodes[i].tag;
        if (tag == TAG_table)
            return false;
        heads += tag == TAG_th || tag == TAG_caption || tag == TAG_thead || tag == TAG_colgroup;
        rows += tag == TAG_tr;
        cells += tag == TAG_td;
    }
    return heads > 0 || rows >= 10 || (rows > 1 && cells >= rows * 2 && rows + cells > 10) ||
           (rows >= 2 && cells >= rows * 2 && work->stats[node].text < 2000);
}

static bool in_data(const struct content_work *work, uint32_t node)
{
    for (uint32_t up = work->tree->nodes[node].parent; up > work->root;
         up = work->tree->nodes[up].parent) {
        enum html_tag tag = (enum html_tag)work->tree->nodes[up].tag;
        if (tag == TAG_code || (tag == TAG_table && is_data_table(work, up)))
            return true;
    }
    return false;
}

static bool has_ancestor(const struct content_work *work, uint32_t node, enum html_tag tag)
{
    for (uint32_t up = work->tree->nodes[node].parent; up > work->root;
         up = work->tree->nodes[up].parent)
        if (content_is_element(work, up, tag))
            return true;
    return false;
}

struct judged {
    const struct node_stat *stat;
    bool list, figure, is_ad;
    int weight;
    double links, headings; /* shares of the text */
};

/* More pictures, items or controls than paragraphs? */
static bool is_furniture(const struct judged *judged)
{
    const struct node_stat *stat = judged->stat;
    if (!judged->figure && stat->images > 1 && stat->paragraphs * 2 < stat->images)
        return true;
    if (!judged->list && stat->items > stat->paragraphs + 100)
        return true;
    if (stat->inputs > stat->paragraphs / 3)
        return !judged->is_ad || stat->inputs > 2;
    return (stat->embeds == 1 && stat->text < 75) || stat->embeds > 1;
}

/* More links than text? */
static bool is_linkage(const struct judged *judged)
{
    const struct node_stat *stat = judged->stat;
    if (judged->weight >= 25 && judged->links > 0.5)
        return true;
    if (judged->list)
        return false;
    if (!judged->figure && judged->headings < 0.9 && stat->text < 25 &&
        (stat->images == 0 || stat->images > 2) && judged->links > 0)
        return true;
    return judged->weight < 25 && judged->links > (judged->is_ad ? 0.5 : 0.2);
}

static bool is_trimming(const struct content_work *work, uint32_t node)
{
    const struct node_stat *stat = &work->stats[node];
    enum html_tag tag = (enum html_tag)work->tree->nodes[node].tag;
    struct judged judged = {
        .stat = stat,
        .list = tag == TAG_ul || tag == TAG_ol || stat->listed * 10 > stat->text * 9,
        .is_ad = work->is_ad,
        .figure = has_ancestor(work, node, TAG_figure),
        .weight = work->weigh_classes ? work->weight[node] : 0,
        .links = content_link_density(work, node),
        .headings = stat->text == 0 ? 0.0 : (double)stat->heading / (double)stat->text,
    };
    return is_furniture(&judged) || is_linkage(&judged);
}

static bool is_judged(enum html_tag tag)
{
    return tag == TAG_form || tag == TAG_fieldset || tag == TAG_table || tag == TAG_ul ||
           tag == TAG_ol || tag == TAG_div || tag == TAG_section;
}

static void judge(struct content_work *work, uint32_t node)
{
    enum html_tag tag = (enum html_tag)work->tree->nodes[node].tag;
    if (!is_judged(tag) || work->stats[node].text == 0 || in_data(work, node) ||
        (tag == TAG_table && is_data_table(work, node)))
        return;
    int weight = work->weigh_classes ? work->weight[node] : 0;
    if ((weight < 0 && !work->is_ad) || (work->stats[node].commas < 10 && is_trimming(work, node)))
        content_drop(work, node);
}

static bool has_digit(const struct content_work *work, uint32_t node)
{
    for (uint32_t i = node; i < work->tree->nodes[node].end; i++) {
        struct slice text = html_node_text(work->tree, i);
        for (size_t k = 0; k < text.len; k++)
            if (text.at[k] >= '0' && text.at[k] <= '9')
                return true;
    }
    return false;
}

/* A link that looks like a button: where it leads counts, what it says does not, unless that is a
 * number. */
static bool is_button(const struct content_work *work, uint32_t node)
{
    struct slice names;
    return content_is_element(work, node, TAG_a) && work->stats[node].text <= BUTTON_CHARS_MAX &&
           html_node_attr(work->tree, node, "class", &names) &&
           (slice_find_nocase(names, SLICE("btn")) != SIZE_MAX ||
            slice_find_nocase(names, SLICE("button")) != SIZE_MAX) &&
           !has_digit(work, node);
}

static bool is_control(enum html_tag tag)
{
    return tag == TAG_input || tag == TAG_textarea || tag == TAG_select || tag == TAG_button ||
           tag == TAG_object || tag == TAG_embed;
}

/* Says what a picture shows; in an ad that is wanted. */
static bool is_caption(const struct content_work *work, uint32_t node)
{
    return !work->is_ad && work->stats[node].text < CAPTION_CHARS_MAX &&
           (content_is_element(work, node, TAG_figcaption) ||
            (work->marks[node] & MARK_CAPTION) != 0);
}

static bool goes_always(const struct content_work *work, uint32_t node)
{
    enum html_tag tag = (enum html_tag)work->tree->nodes[node].tag;
    if (tag == TAG_footer || tag == TAG_aside || tag == TAG_nav || is_control(tag))
        return true;
    if ((work->marks[node] & MARK_SHARE) != 0 && work->stats[node].text < SHARE_CHARS_MAX)
        return true;
    return is_caption(work, node) ||
           (is_heading(tag) && work->weigh_classes && work->weight[node] < 0);
}

void content_clean(struct content_work *work)
{
    uint32_t end = work->tree->nodes[work->root].end;
    for (uint32_t i = work->root + 1; i < end;) {
        const struct html_node *node = &work->tree->nodes[i];
        if (work->drop[i] == 0 && (node->flags & NODE_TEXT) == 0 && goes_always(work, i))
            content_drop(work, i);
        else if (work->drop[i] == 0 && is_button(work, i)) {
            content_drop(work, i);
            work->drop[i] = CONTENT_DROP_TEXT;
        }
        i = work->drop[i] != 0 ? node->end : i + 1;
    }
    if (!work->clean)
        return;
    content_drop_related(work);
    for (uint32_t i = end - 1; i > work->root; i--)
        if (work->drop[i] == 0 && (work->tree->nodes[i].flags & NODE_TEXT) == 0)
            judge(work, i);
}
