/* content.c - from a tree to its main text; see content.h. */
#include "crawler/extract/content.h"

#include "crawler/extract/html_text.h"

#include <string.h>

static void drop_chrome(const struct html_tree *tree, uint8_t *drop)
{
    for (uint32_t i = 1; i < tree->count; i++) {
        enum html_tag tag = (enum html_tag)tree->nodes[i].tag;
        if (tag == TAG_nav || tag == TAG_header || tag == TAG_footer || tag == TAG_aside)
            drop[i] = 1;
    }
}

static int text_of(struct arena *arena, const struct html_tree *tree, uint32_t node,
                   const struct html_text_options *options, size_t bytes_max,
                   struct slice *ret_text)
{
    struct text_buf buf;
    text_buf_init(&buf, bytes_max);
    html_text_append(tree, node, options, &buf);
    struct slice text = slice_trim(text_buf_slice(&buf));
    char *copy = buf.status == ERR_NOMEM ? NULL : arena_copy(arena, text.at, text.len);
    if (copy != NULL)
        *ret_text = slice_make(copy, text.len);
    text_buf_release(&buf);
    return copy == NULL ? ERR_NOMEM : OK;
}

int content_find(struct arena *arena, const struct html_tree *tree, const struct html_facts *facts,
                 struct content *ret_content)
{
    struct content content = {.drop = arena_alloc(arena, tree->count)};
    if (content.drop == NULL)
        return ERR_NOMEM;
    (void)facts;
    drop_chrome(tree, content.drop);
    content.root = html_tree_find(tree, 1, tree->count, TAG_main);
    if (content.root == 0)
        content.root = html_tree_find(tree, 1, tree->count, TAG_body);
    struct html_text_options shown = {.drop = content.drop};
    struct html_text_options hidden = {.drop = content.drop, .hidden_only = true, .one_line = true};
    int rc = text_of(arena, tree, content.root, &shown, CONTENT_TEXT_BYTES_MAX, &content.text);
    if (rc == OK)
        rc = text_of(arena, tree, content.root, &hidden, CONTENT_HIDDEN_BYTES_MAX, &content.hidden);
    if (rc == OK)
        *ret_content = content;
    return rc;
}

/* ---- title ---- */

/* " | ", " - ", " – ", " :: ": where a site's name begins or ends; SIZE_MAX: nowhere. */
static size_t separator_last(struct slice title, size_t *ret_len)
{
    static const char *const marks[] = {" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • "};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t from = 0, at;
        while ((at = slice_find(slice_from(title, from), slice_of(marks[i]))) != SIZE_MAX) {
            from += at;
            if (best == SIZE_MAX || from > best) {
                best = from;
                *ret_len = strlen(marks[i]);
            }
            from++;
        }
    }
    return best;
}

static struct slice title_cut(struct slice title, struct slice site)
{
    size_t len = 0, at = separator_last(title, &len);
    if (at == SIZE_MAX || at < 8)
        return title;
    struct slice tail = slice_trim(slice_from(title, at + len));
    bool is_site = site.len > 0 && slice_find_nocase(tail, site) != SIZE_MAX;
    return is_site || tail.len <= 30 ? slice_trim(slice_sub(title, 0, at)) : title;
}

int content_title(struct arena *arena, const struct html_facts *facts, struct slice *ret_title)
{
    struct slice title = facts->title.len > 0 ? facts->title : facts->og_title;
    (void)arena;
    if (facts->h1.len > 3 && facts->h1.len < 300 &&
        (title.len == 0 || slice_find_nocase(title, facts->h1) != SIZE_MAX || facts->h1.len > 15))
        *ret_title = facts->h1;
    else
        *ret_title = title_cut(title, facts->og_site_name);
    return OK;
}
