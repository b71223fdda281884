/* html_hidden.c - which elements a reader does not see; see html_text.h.
 *
 * By attribute (hidden, aria-hidden="true", <dialog> that is not open), by inline style (display,
 * visibility, font-size 0, opacity 0, no height, far off the screen, ink of the paper's colour) and by the simple rules (.name, #name) of
 * the page's own <style>, not in @media. A style sheet that is another file is not known here.
 * Pages that hide everything until a script shows it are read as if nothing were hidden. */
#include "crawler/extract/html_text.h"

#include <string.h>

#define HIDING_NAMES_MAX  256u
#define STYLE_BYTES_MAX   (512u << 10)
#define SHOWN_PERCENT_MIN 10u

struct hiding_name {
    struct slice name;
    bool is_id;
};

struct hiding {
    struct hiding_name names[HIDING_NAMES_MAX];
    size_t count;
    uint64_t first_letters; /* bit (byte & 63): some name begins so */
};

/* ---- declarations ---- */

static bool value_is(struct slice value, const char *word)
{
    size_t bang = slice_find_char(value, '!');
    if (bang != SIZE_MAX)
        value = slice_sub(value, 0, bang);
    return slice_equal_nocase(slice_trim(value), slice_of(word));
}

/* "0", "0px", "0.0em", "1px" with most 1. */
static bool is_tiny(struct slice value, char most)
{
    value = slice_trim(value);
    if (value.len == 0 || value.at[0] < '0' || value.at[0] > most)
        return false;
    for (size_t i = 1; i < value.len; i++)
        if (value.at[i] >= '1' && value.at[i] <= '9')
            return false;
    return value.len < 2 || value.at[1] < '0' || value.at[1] > '9';
}

/* "-999px" or more to the left or above. */
static bool is_far_off(struct slice value)
{
    value = slice_trim(value);
    if (value.len < 4 || value.at[0] != '-')
        return false;
    size_t digits = 0;
    while (1 + digits < value.len && value.at[1 + digits] >= '0' && value.at[1 + digits] <= '9')
        digits++;
    return digits >= 3 && digits + 1 < value.len && value.at[1 + digits] != '%';
}

static bool declaration_hides(struct slice name, struct slice value)
{
    name = slice_trim(name);
    if (slice_equal_nocase(name, SLICE("display")))
        return value_is(value, "none");
    if (slice_equal_nocase(name, SLICE("visibility")))
        return value_is(value, "hidden") || value_is(value, "collapse");
    if (slice_equal_nocase(name, SLICE("font-size")) || slice_equal_nocase(name, SLICE("opacity")))
        return is_tiny(value, '0') && slice_find_char(value, '.') == SIZE_MAX;
    if (slice_equal_nocase(name, SLICE("left")) || slice_equal_nocase(name, SLICE("top")) ||
        slice_equal_nocase(name, SLICE("text-indent")) ||
        slice_equal_nocase(name, SLICE("margin-left")))
        return is_far_off(value);
    return false;
}

/* What hides only together: no height and what is over it cut off; ink of the paper's colour. */
struct style_pairs {
    struct slice ink, paper;
    bool flat, cut;
};

static void pairs_read(struct style_pairs *pairs, struct slice name, struct slice value)
{
    name = slice_trim(name);
    value = slice_trim(slice_sub(value, 0, slice_find_char(value, '!')));
    if (slice_equal_nocase(name, SLICE("color")))
        pairs->ink = value;
    else if (slice_equal_nocase(name, SLICE("background")) ||
             slice_equal_nocase(name, SLICE("background-color")))
        pairs->paper = value;
    else if (slice_equal_nocase(name, SLICE("height")) ||
             slice_equal_nocase(name, SLICE("max-height")) ||
             slice_equal_nocase(name, SLICE("width")) ||
             slice_equal_nocase(name, SLICE("max-width")))
        pairs->flat =
            pairs->flat || (is_tiny(value, '0') && slice_find_char(value, '.') == SIZE_MAX);
    else if (slice_equal_nocase(name, SLICE("overflow")))
        pairs->cut = value_is(value, "hidden");
}

static bool style_hides(struct slice style)
{
    struct style_pairs pairs = {.ink = SLICE_EMPTY, .paper = SLICE_EMPTY};
    for (size_t end = 0; style.len > 0 && end != SIZE_MAX; style = slice_from(style, end + 1)) {
        end = slice_find_char(style, ';');
        struct slice one = slice_sub(style, 0, end);
        size_t colon = slice_find_char(one, ':');
        if (colon == SIZE_MAX)
            continue;
        struct slice name = slice_sub(one, 0, colon), value = slice_from(one, colon + 1);
        if (declaration_hides(name, value))
            return true;
        pairs_read(&pairs, name, value);
        if (end == SIZE_MAX)
            break;
    }
    return (pairs.flat && pairs.cut) ||
           (pairs.ink.len > 0 && slice_equal_nocase(pairs.ink, pairs.paper) &&
            !value_is(pairs.ink, "inherit"));
}

/* ---- <style> ---- */

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || (byte & 0x80) != 0;
}

/* ".name" or "#name" and nothing else. */
static void selector_add(struct hiding *hiding, struct slice selector)
{
    selector = slice_trim(selector);
    if (selector.len < 2 || (selector.at[0] != '.' && selector.at[0] != '#') ||
        hiding->count == HIDING_NAMES_MAX)
        return;
    for (size_t i = 1; i < selector.len; i++)
        if (!is_name_byte(selector.at[i]))
            return;
    struct hiding_name *name = &hiding->names[hiding->count++];
    name->name = slice_from(selector, 1);
    name->is_id = selector.at[0] == '#';
    hiding->first_letters |= UINT64_C(1) << ((unsigned char)name->name.at[0] & 63);
}

static void rule_take(struct hiding *hiding, struct slice selectors, struct slice body)
{
    if (!style_hides(body))
        return;
    while (selectors.len > 0) {
        size_t comma = slice_find_char(selectors, ',');
        selector_add(hiding, slice_sub(selectors, 0, comma));
        if (comma == SIZE_MAX)
            return;
        selectors = slice_from(selectors, comma + 1);
    }
}

/* Offset behind the block whose "{" is at `at`. */
static size_t block_end(struct slice css, size_t at)
{
    unsigned depth = 0;
    for (; at < css.len; at++) {
        if (css.at[at] == '{')
            depth++;
        else if (css.at[at] == '}' && --depth == 0)
            return at + 1;
    }
    return css.len;
}

static void sheet_read(struct hiding *hiding, struct slice css)
{
    size_t from = 0;
    css = slice_sub(css, 0, STYLE_BYTES_MAX);
    while (from < css.len) {
        size_t brace = slice_find_char(slice_from(css, from), '{');
        if (brace == SIZE_MAX)
            return;
        brace += from;
        size_t end = block_end(css, brace);
        struct slice head = slice_trim(slice_sub(css, from, brace - from));
        size_t comment = slice_find(head, SLICE("*/"));
        if (comment != SIZE_MAX)
            head = slice_trim(slice_from(head, comment + 2));
        if (head.len > 0 && head.at[0] != '@')
            rule_take(hiding, head, slice_sub(css, brace + 1, end - brace - 2));
        from = end;
    }
}

static bool name_hides(const struct hiding *hiding, struct slice name, bool is_id)
{
    if (name.len == 0 || (hiding->first_letters >> ((unsigned char)name.at[0] & 63) & 1) == 0)
        return false;
    for (size_t i = 0; i < hiding->count; i++)
        if (hiding->names[i].is_id == is_id && slice_equal(hiding->names[i].name, name))
            return true;
    return false;
}

static bool class_hides(const struct hiding *hiding, struct slice classes)
{
    size_t at = 0;
    while (at < classes.len) {
        while (at < classes.len && html_is_space(classes.at[at]))
            at++;
        size_t from = at;
        while (at < classes.len && !html_is_space(classes.at[at]))
            at++;
        if (name_hides(hiding, slice_sub(classes, from, at - from), false))
            return true;
    }
    return false;
}

/* ---- elements ---- */

static bool attr_hides(const struct hiding *hiding, struct slice name, struct slice value)
{
    switch (name.at[0] | 0x20) {
    case 's':
        return slice_equal_nocase(name, SLICE("style")) && style_hides(value);
    case 'h':
        return slice_equal_nocase(name, SLICE("hidden")) && !value_is(value, "until-found");
    case 'a':
        return slice_equal_nocase(name, SLICE("aria-hidden")) && value_is(value, "true");
    case 'c':
        return hiding->count > 0 && slice_equal_nocase(name, SLICE("class")) &&
               class_hides(hiding, value);
    case 'i':
        return hiding->count > 0 && slice_equal_nocase(name, SLICE("id")) &&
               name_hides(hiding, slice_trim(value), true);
    default:
        return false;
    }
}

static bool element_hides(const struct html_tree *tree, uint32_t i, const struct hiding *hiding)
{
    struct slice rest = html_node_attrs(tree, i), name, value;
    bool is_dialog = tree->nodes[i].tag == TAG_dialog, open = false;
    while (rest.len > 0 && html_attr_next(&rest, &name, &value)) {
        if (attr_hides(hiding, name, value))
            return true;
        open = open || (is_dialog && slice_equal_nocase(name, SLICE("open")));
    }
    return is_dialog && !open;
}

/* Body elements that hide the whole page are a script's curtain, not a secret. */
static bool is_frame_of_page(enum html_tag tag)
{
    return tag == TAG_html || tag == TAG_body;
}

static void mark(struct html_tree *tree, const struct hiding *hiding, size_t *ret_shown,
                 size_t *ret_hidden)
{
    size_t shown = 0, hidden = 0;
    for (uint32_t i = 1; i < tree->count; i++) {
        struct html_node *node = &tree->nodes[i];
        unsigned parent = tree->nodes[node->parent].flags & NODE_HIDDEN;
        if (node->flags & NODE_UNSEEN)
            continue;
        if (parent)
            node->flags |= NODE_HIDDEN;
        else if ((node->flags & NODE_TEXT) == 0 && !is_frame_of_page((enum html_tag)node->tag) &&
                 element_hides(tree, i, hiding))
            node->flags |= NODE_HIDDEN;
        if (node->flags & NODE_TEXT)
            *(node->flags & NODE_HIDDEN ? &hidden : &shown) += node->len > 8 ? node->len : 0;
    }
    *ret_shown = shown;
    *ret_hidden = hidden;
}

int html_hidden_mark(struct arena *arena, struct html_tree *tree)
{
    size_t shown, hidden;
    struct hiding *hiding = arena_alloc(arena, sizeof *hiding);
    if (hiding == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 1; i < tree->count; i++)
        if (tree->nodes[i].tag == TAG_style && tree->nodes[i].end > i + 1)
            sheet_read(hiding, html_node_text(tree, i + 1));
    mark(tree, hiding, &shown, &hidden);
    if (hidden > 400 && shown * 100 < (shown + hidden) * SHOWN_PERCENT_MIN)
        for (uint32_t i = 1; i < tree->count; i++)
            tree->nodes[i].flags &= (uint16_t)~NODE_HIDDEN;
    return OK;
}
