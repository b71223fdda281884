/* content_score.c - which element holds the main text; see content_inside.h.
 *
 * After Readability: each paragraph of 25 characters gives points to its parent, half to the one
 * above, less further up; points fall with the share of links. The best element is widened to the
 * parent that holds it and its equals, and to the siblings that look like it. */
#include "crawler/extract/charref.h"
#include "crawler/extract/content_inside.h"

#include <math.h>

#define PARAGRAPH_CHARS_MIN 25u
#define LEVELS_MAX          5u
#define TOP_COUNT           5u
#define BYLINE_CHARS_MAX    100u

/* ---- what is left out at once ---- */

static bool has_ancestor(const struct content_work *work, uint32_t node, enum html_tag tag)
{
    for (uint32_t up = work->tree->nodes[node].parent; up != 0; up = work->tree->nodes[up].parent)
        if (content_is_element(work, up, tag))
            return true;
    return false;
}

/* Frame of the page around a <main>. */
static bool is_frame(const struct content_work *work, uint32_t node, enum html_tag tag)
{
    return work->has_main && (tag == TAG_nav || tag == TAG_footer || tag == TAG_aside) &&
           !has_ancestor(work, node, TAG_main) && !has_ancestor(work, node, TAG_article);
}

static bool is_never_dropped(enum html_tag tag)
{
    return tag == TAG_body || tag == TAG_html || tag == TAG_a || tag == TAG_article ||
           tag == TAG_main;
}

static bool is_unlikely(const struct content_work *work, uint32_t node)
{
    enum html_tag tag = (enum html_tag)work->tree->nodes[node].tag;
    unsigned marks = work->marks[node];
    if (is_never_dropped(tag))
        return false;
    if (is_frame(work, node, tag))
        return true;
    if (marks & MARK_NEVER)
        return work->stats[node].text * 2 < work->stats[0].text;
    if (!work->strip_unlikely)
        return false;
    if (tag == TAG_nav || tag == TAG_aside)
        return true;
    return (marks & MARK_UNLIKELY) != 0 && (marks & MARK_MAYBE) == 0 &&
           !has_ancestor(work, node, TAG_table) && !has_ancestor(work, node, TAG_code);
}

/* Does the heading repeat the page's title? */
static bool repeats_title(const struct content_work *work, uint32_t node)
{
    struct slice title = work->facts->title, raw = SLICE_EMPTY;
    uint32_t end = work->tree->nodes[node].end;
    if (!content_is_element(work, node, TAG_h1) && !content_is_element(work, node, TAG_h2))
        return false;
    for (uint32_t i = node + 1; i < end; i++)
        if (work->tree->nodes[i].flags & NODE_TEXT) {
            struct slice text = slice_trim(html_node_text(work->tree, i));
            if (text.len > raw.len)
                raw = text;
        }
    if (slice_find_char(raw, '&') != SIZE_MAX &&
        charref_decode(work->arena, raw, false, &raw) != OK)
        return false;
    return raw.len > 10 && slice_find_nocase(title, raw) != SIZE_MAX &&
           raw.len * 10 > title.len * 6;
}

void content_drop_unlikely(struct content_work *work)
{
    bool byline = false, title = false;
    for (uint32_t i = 1; i < work->tree->count;) {
        const struct html_node *node = &work->tree->nodes[i];
        if (work->drop[i] != 0) {
            i = node->end;
            continue;
        }
        if ((node->flags & NODE_TEXT) == 0) {
            uint32_t text = work->stats[i].text;
            bool is_byline = !byline && (work->marks[i] & MARK_BYLINE) != 0 && text > 0 &&
                             text < BYLINE_CHARS_MAX;
            bool is_title = !title && repeats_title(work, i);
            byline = byline || is_byline;
            title = title || is_title;
            if (is_byline || is_title || is_unlikely(work, i)) {
                content_drop(work, i);
                i = node->end;
                continue;
            }
        }
        i++;
    }
}

/* ---- points ---- */

static float points_of_tag(enum html_tag tag)
{
    switch ((int)tag) {
    case TAG_div:
        return 5;
    case TAG_pre:
    case TAG_td:
    case TAG_blockquote:
        return 3;
    case TAG_address:
    case TAG_ol:
    case TAG_ul:
    case TAG_dl:
    case TAG_dd:
    case TAG_dt:
    case TAG_li:
    case TAG_form:
        return -3;
    case TAG_h1:
    case TAG_h2:
    case TAG_h3:
    case TAG_h4:
    case TAG_h5:
    case TAG_h6:
    case TAG_th:
        return -5;
    default:
        return 0;
    }
}

static int class_weight(const struct content_work *work, uint32_t node)
{
    return work->weigh_classes ? work->weight[node] : 0;
}

static void points_give(struct content_work *work, uint32_t from, const struct node_stat *stat)
{
    float points = 2.0f + (float)stat->commas;
    points += stat->text >= 300 ? 3.0f : (float)(stat->text / 100);
    uint32_t up = from;
    for (unsigned level = 0; level < LEVELS_MAX && up != 0; level++) {
        enum html_tag tag = (enum html_tag)work->tree->nodes[up].tag;
        if (tag == TAG_html)
            break;
        if (isnan(work->score[up]))
            work->score[up] = points_of_tag(tag) + (float)class_weight(work, up);
        work->score[up] += level == 0 ? points : points / (float)(level == 1 ? 2 : level * 3);
        up = work->tree->nodes[up].parent;
    }
}

static bool is_block(const struct html_node *node)
{
    return (node->flags & NODE_TEXT) == 0 &&
           ((html_tag_class((enum html_tag)node->tag) & (HTML_BLOCK | HTML_PARA)) != 0 ||
            node->tag == TAG_td || node->tag == TAG_th || node->tag == TAG_img);
}

static bool has_block(const struct content_work *work, uint32_t node)
{
    for (uint32_t i = node + 1; i < work->tree->nodes[node].end; i++)
        if (work->drop[i] == 0 && is_block(&work->tree->nodes[i]) &&
            work->tree->nodes[i].tag != TAG_img)
            return true;
    return false;
}

/* Runs of text that stand in a block beside other blocks are paragraphs too. */
static void runs_score(struct content_work *work, uint32_t node)
{
    struct node_stat run = {0};
    for (uint32_t i = node + 1; i < work->tree->nodes[node].end; i = content_next(work, i)) {
        const struct html_node *child = &work->tree->nodes[i];
        if (work->drop[i] != 0)
            continue;
        if (is_block(child)) {
            if (run.text >= PARAGRAPH_CHARS_MIN)
                points_give(work, node, &run);
            run = (struct node_stat){0};
            continue;
        }
        run.text += work->stats[i].text;
        run.commas += work->stats[i].commas;
    }
    if (run.text >= PARAGRAPH_CHARS_MIN)
        points_give(work, node, &run);
}

static void node_score(struct content_work *work, uint32_t node)
{
    const struct node_stat *stat = &work->stats[node];
    enum html_tag tag = (enum html_tag)work->tree->nodes[node].tag;
    bool scored = tag == TAG_p || tag == TAG_td || tag == TAG_pre || tag == TAG_section ||
                  (tag >= TAG_h2 && tag <= TAG_h6);
    if (stat->text < PARAGRAPH_CHARS_MIN)
        return;
    if (tag == TAG_div || tag == TAG_article || tag == TAG_main || tag == TAG_li) {
        if (tag != TAG_li && has_block(work, node))
            runs_score(work, node);
        else if (tag == TAG_div)
            scored = true;
    }
    if (scored)
        points_give(work, work->tree->nodes[node].parent, stat);
}

/* ---- the choice ---- */

struct top_list {
    uint32_t node[TOP_COUNT];
    float score[TOP_COUNT];
    unsigned count;
};

static void top_add(struct top_list *top, uint32_t node, float score)
{
    unsigned at = top->count;
    while (at > 0 && top->score[at - 1] < score)
        at--;
    if (at == TOP_COUNT)
        return;
    if (top->count < TOP_COUNT)
        top->count++;
    for (unsigned i = top->count - 1; i > at; i--) {
        top->node[i] = top->node[i - 1];
        top->score[i] = top->score[i - 1];
    }
    top->node[at] = node;
    top->score[at] = score;
}

static bool is_ancestor(const struct content_work *work, uint32_t up, uint32_t node)
{
    return up < node && work->tree->nodes[up].end > node;
}

/* A parent that holds at least three of the best, when they are near equals. */
static uint32_t widen_to_equals(const struct content_work *work, const struct top_list *top)
{
    uint32_t near[TOP_COUNT];
    unsigned count = 0;
    for (unsigned i = 1; i < top->count; i++)
        if (top->score[i] >= top->score[0] * 0.75f)
            near[count++] = top->node[i];
    if (count < 3)
        return top->node[0];
    for (uint32_t up = work->tree->nodes[top->node[0]].parent;
         up != 0 && !content_is_element(work, up, TAG_body); up = work->tree->nodes[up].parent) {
        unsigned holds = 0;
        for (unsigned i = 0; i < count; i++)
            holds += is_ancestor(work, up, near[i]);
        if (holds >= 3)
            return up;
    }
    return top->node[0];
}

static float score_or(const struct content_work *work, uint32_t node, float otherwise)
{
    return isnan(work->score[node]) ? otherwise : work->score[node];
}

static bool is_page_frame(const struct content_work *work, uint32_t node)
{
    return node == 0 || content_is_element(work, node, TAG_body) ||
           content_is_element(work, node, TAG_html);
}

static uint32_t widen(const struct content_work *work, uint32_t best)
{
    float last = score_or(work, best, 0), least = last / 3;
    for (uint32_t up = work->tree->nodes[best].parent; !is_page_frame(work, up);
         up = work->tree->nodes[up].parent) {
        if (isnan(work->score[up]))
            continue;
        if (work->score[up] < least)
            break;
        if (work->score[up] > last) {
            best = up;
            break;
        }
        last = work->score[up];
    }
    /* an only child says no more than its parent */
    for (;;) {
        uint32_t up = work->tree->nodes[best].parent;
        if (is_page_frame(work, up) || work->stats[up].text != work->stats[best].text)
            return best;
        best = up;
    }
}

/* ---- siblings ---- */

static bool is_like_text(const struct content_work *work, uint32_t node)
{
    const struct node_stat *stat = &work->stats[node];
    double density = content_link_density(work, node);
    if (!content_is_element(work, node, TAG_p) &&
        (has_block(work, node) || (work->tree->nodes[node].flags & NODE_TEXT) != 0))
        return false;
    return (stat->text > 80 && density < 0.25) ||
           (stat->text > 0 && stat->text <= 80 && stat->linked == 0 && stat->commas > 0);
}

/* In an ad, any block with text of its own goes with the rest. */
static bool is_part_of_ad(const struct content_work *work, uint32_t node)
{
    return work->is_ad && work->stats[node].text > 0 && content_link_density(work, node) < 0.4;
}

static bool same_class(const struct content_work *work, uint32_t a, uint32_t b)
{
    struct slice left, right;
    return html_node_attr(work->tree, a, "class", &left) && left.len > 0 &&
           html_node_attr(work->tree, b, "class", &right) && slice_equal(left, right);
}

/* Marks best and those of its siblings that go with it; the root is then their parent. */
static void siblings_take(struct content_work *work, uint32_t best)
{
    uint32_t parent = work->tree->nodes[best].parent;
    float least = score_or(work, best, 0) * 0.2f;
    unsigned others = 0;
    if (least < 10)
        least = 10;
    for (uint32_t i = parent + 1; i < work->tree->nodes[parent].end; i = content_next(work, i)) {
        float bonus = i != best && same_class(work, i, best) ? score_or(work, best, 0) * 0.2f : 0;
        bool taken = i == best;
        if (!taken && work->drop[i] == 0)
            taken = (!isnan(work->score[i]) && work->score[i] + bonus >= least) ||
                    is_like_text(work, i) || is_part_of_ad(work, i);
        work->taken[i] = taken;
        others += taken && i != best;
    }
    work->root = others > 0 ? parent : best;
    if (others == 0)
        return;
    for (uint32_t i = parent + 1; i < work->tree->nodes[parent].end; i = content_next(work, i))
        if (!work->taken[i])
            content_drop(work, i);
}

void content_choose(struct content_work *work)
{
    struct top_list top = {.count = 0};
    const struct html_tree *tree = work->tree;
    content_drop_unlikely(work);
    for (uint32_t i = 1; i < tree->count;) {
        if (work->drop[i] != 0) {
            i = tree->nodes[i].end;
            continue;
        }
        if ((tree->nodes[i].flags & NODE_TEXT) == 0)
            node_score(work, i);
        i++;
    }
    for (uint32_t i = 1; i < tree->count; i++)
        if (!isnan(work->score[i]) && work->drop[i] == 0) {
            work->score[i] *= (float)(1.0 - content_link_density(work, i));
            top_add(&top, i, work->score[i]);
        }
    uint32_t body = html_tree_find(tree, 1, tree->count, TAG_body);
    if (top.count == 0 || is_page_frame(work, top.node[0])) {
        work->root = body;
        return;
    }
    siblings_take(work, widen(work, widen_to_equals(work, &top)));
}
