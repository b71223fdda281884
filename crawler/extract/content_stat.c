/* content_stat.c - counts of text, links and elements for every subtree; see content_inside.h.
 *
 * Children come behind their parent in the array, so one loop from the end adds everything up.
 * Dropping a subtree subtracts it from its ancestors: the counts are always those of what is left. */
#include "crawler/extract/content_inside.h"

#include <math.h>
#include <string.h>

bool content_is_element(const struct content_work *work, uint32_t node, enum html_tag tag)
{
    return work->tree->nodes[node].tag == tag && (work->tree->nodes[node].flags & NODE_TEXT) == 0;
}

uint32_t content_next(const struct content_work *work, uint32_t child)
{
    return work->tree->nodes[child].end;
}

double content_link_density(const struct content_work *work, uint32_t node)
{
    const struct node_stat *stat = &work->stats[node];
    return stat->text == 0 ? 0.0 : (double)stat->linked / (double)stat->text;
}

/* ---- text ---- */

static bool is_comma(struct slice rest)
{
    return rest.at[0] == ',' || slice_starts(rest, "，") || slice_starts(rest, "、") ||
           slice_starts(rest, "،") || slice_starts(rest, "。") || slice_starts(rest, "﹐");
}

/* Bytes of the reference at rest.at[0] == '&' to its ';', which count as one character. */
static size_t reference_len(struct slice rest)
{
    size_t end = slice_find_char(slice_sub(rest, 0, 10), ';');
    return end == SIZE_MAX ? 1 : end + 1;
}

static uint32_t width_of(unsigned char byte)
{
    if (byte >= 0xE3 && byte < 0xF0)
        return 2;
    return (byte & 0xC0) != 0x80 ? 1 : 0;
}

static void text_count(struct slice text, struct node_stat *stat)
{
    bool space = true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (html_is_space((char)byte)) {
            stat->text += space ? 0 : 1;
            space = true;
            continue;
        }
        space = false;
        stat->text += width_of(byte);
        if (byte == '&')
            i += reference_len(slice_from(text, i)) - 1;
        else if (byte == ',' || byte == 0xE3 || byte == 0xEF || byte == 0xD8)
            stat->commas += is_comma(slice_from(text, i));
    }
    if (space && stat->text > 0)
        stat->text--;
}

/* ---- elements ---- */

static bool is_video(const struct content_work *work, uint32_t node)
{
    struct slice src;
    html_node_attr(work->tree, node, "src", &src);
    return slice_find_nocase(src, SLICE("youtube")) != SIZE_MAX ||
           slice_find_nocase(src, SLICE("vimeo")) != SIZE_MAX ||
           slice_find_nocase(src, SLICE("dailymotion")) != SIZE_MAX;
}

static void element_count(const struct content_work *work, uint32_t node, struct node_stat *stat)
{
    switch ((int)work->tree->nodes[node].tag) {
    case TAG_p:
        stat->paragraphs++;
        break;
    case TAG_img:
        stat->images++;
        break;
    case TAG_li:
        stat->items++;
        break;
    case TAG_input:
        stat->inputs++;
        break;
    case TAG_object:
    case TAG_embed:
    case TAG_iframe:
        stat->embeds += is_video(work, node) ? 0 : 1;
        break;
    default:
        break;
    }
}

static void stat_add(struct node_stat *into, const struct node_stat *from, bool subtract)
{
    uint32_t sign = subtract ? UINT32_MAX : 1;
    into->text += sign * from->text;
    into->linked += sign * from->linked;
    into->heading += sign * from->heading;
    into->listed += sign * from->listed;
    into->commas += sign * from->commas;
    into->paragraphs += sign * from->paragraphs;
    into->images += sign * from->images;
    into->items += sign * from->items;
    into->inputs += sign * from->inputs;
    into->embeds += sign * from->embeds;
}

/* ---- marks ---- */

static int weight_of(unsigned marks)
{
    return ((marks & MARK_POSITIVE) != 0 ? 25 : 0) - ((marks & MARK_NEGATIVE) != 0 ? 25 : 0);
}

/* Marks by attributes other than class and id. */
static unsigned attr_marks(struct slice name, struct slice value)
{
    value = slice_trim(value);
    if (slice_equal_nocase(name, SLICE("role")))
        return content_role_is_chrome(value) ? MARK_NEVER : 0;
    if (slice_equal_nocase(name, SLICE("rel")))
        return slice_equal_nocase(value, SLICE("author")) ? MARK_BYLINE : 0;
    if (slice_equal_nocase(name, SLICE("itemprop")))
        return slice_equal_nocase(value, SLICE("articleBody")) ||
                       slice_equal_nocase(value, SLICE("description"))
                   ? MARK_POSITIVE
                   : 0;
    return 0;
}

/* The names that style sheets of many sites hide by, unless another name shows it on some screen
 * ("d-none d-md-block", "hidden lg:flex"). */
static bool hides_by_name(struct slice names)
{
    static const char *const words[] = {"d-none", "hidden", "is-hidden", "hide", "u-hidden"};
    struct slice rest = names;
    bool hides = false;
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && !html_is_space(rest.at[end]))
            end++;
        struct slice one = slice_sub(rest, 0, end);
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            hides = hides || slice_is(one, words[i]);
        if (slice_starts(one, "d-") && !slice_is(one, "d-none") &&
            slice_find(one, SLICE("none")) == SIZE_MAX)
            return false;
        if (slice_find_char(one, ':') != SIZE_MAX)
            return false;
        rest = slice_from(rest, end + 1);
    }
    return hides;
}

/* A link to another page; one to a person (mail, telephone, chat) or a map is content. */
static bool leads_away(struct slice href)
{
    static const char *const contacts[] = {
        "mailto:",         "tel:",   "sms:",           "whatsapp:",     "tg:",
        "line:",           "viber:", "https://wa.me/", "https://t.me/", "https://api.whatsapp.com/",
        "https://line.me/"};
    href = slice_trim(href);
    if (href.len == 0 || href.at[0] == '#')
        return false;
    for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++)
        if (slice_starts_nocase(href, contacts[i]))
            return false;
    return slice_find(href, SLICE("://maps.")) == SIZE_MAX &&
           slice_find(href, SLICE("mapy.cz/")) == SIZE_MAX &&
           slice_find(href, SLICE(".com/maps")) == SIZE_MAX &&
           slice_find(href, SLICE("goo.gl/maps")) == SIZE_MAX;
}

static void attrs_read(struct content_work *work, uint32_t node)
{
    struct slice rest = html_node_attrs(work->tree, node), name, value;
    bool anchor = work->tree->nodes[node].tag == TAG_a;
    int weight = 0;
    while (rest.len > 0 && html_attr_next(&rest, &name, &value)) {
        if (strchr("cirhCIRH", name.at[0]) == NULL)
            continue;
        if (slice_equal_nocase(name, SLICE("class")) || slice_equal_nocase(name, SLICE("id"))) {
            unsigned marks = content_marks(value) | (hides_by_name(value) ? MARK_NEVER : 0u);
            work->marks[node] |= (uint16_t)marks;
            weight += weight_of(marks);
        } else if (anchor && slice_equal_nocase(name, SLICE("href"))) {
            work->link[node] = leads_away(value);
        } else {
            work->marks[node] |= (uint16_t)attr_marks(name, value);
        }
    }
    work->weight[node] = (int8_t)(weight > 50 ? 50 : weight < -50 ? -50 : weight);
}

int content_work_init(struct arena *arena, const struct html_tree *tree,
                      const struct html_facts *facts, struct content_work *ret_work)
{
    struct content_work work = {.arena = arena, .tree = tree, .facts = facts};
    work.stats = arena_calloc(arena, tree->count, sizeof *work.stats);
    work.drop = arena_alloc(arena, tree->count);
    work.marks = arena_calloc(arena, tree->count, sizeof *work.marks);
    work.weight = arena_alloc(arena, tree->count);
    work.link = arena_calloc(arena, tree->count, sizeof *work.link);
    work.score = arena_calloc(arena, tree->count, sizeof *work.score);
    work.taken = arena_calloc(arena, tree->count, sizeof *work.taken);
    if (work.stats == NULL || work.drop == NULL || work.marks == NULL || work.weight == NULL ||
        work.link == NULL || work.score == NULL || work.taken == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 1; i < tree->count; i++)
        if ((tree->nodes[i].flags & (NODE_TEXT | NODE_UNSEEN)) == 0)
            attrs_read(&work, i);
    *ret_work = work;
    return OK;
}

static bool is_unseen(const struct html_node *node)
{
    return (node->flags & (NODE_HIDDEN | NODE_UNSEEN)) != 0 ||
           ((node->flags & NODE_TEXT) == 0 &&
            (html_tag_class((enum html_tag)node->tag) & HTML_UNSEEN) != 0 &&
            node->tag != TAG_iframe);
}

void content_work_reset(struct content_work *work)
{
    const struct html_tree *tree = work->tree;
    memset(work->stats, 0, tree->count * sizeof *work->stats);
    memset(work->drop, 0, tree->count);
    memset(work->taken, 0, tree->count * sizeof *work->taken);
    for (uint32_t i = 0; i < tree->count; i++)
        work->score[i] = NAN;
    for (uint32_t i = tree->count - 1; i > 0; i--) {
        const struct html_node *node = &tree->nodes[i];
        struct node_stat *stat = &work->stats[i];
        if (is_unseen(node)) {
            work->drop[i] = 1;
            memset(stat, 0, sizeof *stat);
            continue;
        }
        struct node_stat own = {0};
        if (node->flags & NODE_TEXT)
            text_count(slice_sub(tree->page, node->at, node->len), stat);
        else
            element_count(work, i, &own);
        if (work->link[i])
            stat->linked = stat->text;
        if (node->tag >= TAG_h1 && node->tag <= TAG_h6)
            stat->heading = stat->text;
        if (node->tag == TAG_ul || node->tag == TAG_ol)
            stat->listed = stat->text;
        stat_add(&work->stats[node->parent], stat, false);
        stat_add(&work->stats[node->parent], &own, false); /* an element does not count itself */
    }
}

struct node_stat content_measure(const struct content_work *work, uint32_t node)
{
    const struct html_tree *tree = work->tree;
    struct node_stat all = {0};
    uint32_t link_end = 0;
    for (uint32_t i = node; i < tree->nodes[node].end; i++) {
        struct node_stat own = {0};
        if (work->link[i])
            link_end = tree->nodes[i].end;
        if ((tree->nodes[i].flags & NODE_TEXT) == 0)
            continue;
        text_count(html_node_text(tree, i), &own);
        all.text += own.text;
        all.linked += i < link_end ? own.text : 0;
    }
    return all;
}

void content_drop(struct content_work *work, uint32_t node)
{
    for (uint32_t up = node; up != 0; up = work->tree->nodes[up].parent)
        if (work->drop[up] != 0)
            return; /* it is out already, with what is around it */
    struct node_stat gone = work->stats[node];
    element_count(work, node, &gone);
    work->drop[node] = 1;
    for (uint32_t up = node; up != 0;) {
        up = work->tree->nodes[up].parent;
        stat_add(&work->stats[up], &gone, true);
    }
    memset(&work->stats[node], 0, sizeof gone);
}
