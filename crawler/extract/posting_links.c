/* posting_links.c - see posting_links.h. */
#include "crawler/extract/posting_links.h"

#include "common/utf8.h"
#include "crawler/extract/charref.h"
#include "crawler/extract/html_text.h"

#include <string.h>

#define LINK_TEXT_BYTES_MAX 300u
#define HREF_BYTES_MAX      2000u

struct lister {
    struct arena *arena;
    const struct html_tree *tree;
    const struct url *base; /* NULL: unknown */
    struct posting_link *links;
    size_t links_count;
    struct slice *images;
    size_t images_count;
};

static int attr_decoded(const struct lister *lister, uint32_t node, const char *name,
                        struct slice *ret_text)
{
    struct slice raw;
    *ret_text = SLICE_EMPTY;
    if (!html_node_attr(lister->tree, node, name, &raw))
        return OK;
    int rc = charref_decode(lister->arena, slice_sub(raw, 0, HREF_BYTES_MAX), true, ret_text);
    *ret_text = slice_trim(*ret_text);
    return rc;
}

/* Absolute for the web; other schemes as they are; script and data left out. */
static int href_resolve(const struct lister *lister, struct slice href, struct slice *ret_url)
{
    static const char *const kept[] = {"mailto:", "tel:",  "sms:",   "whatsapp:", "tg:",
                                       "viber:",  "line:", "skype:", "weixin:",   "zalo:"};
    struct url url;
    *ret_url = SLICE_EMPTY;
    if (href.len == 0 || href.at[0] == '#')
        return OK;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (slice_starts_nocase(href, kept[i])) {
            *ret_url = href;
            return OK;
        }
    int rc = url_parse(lister->arena, href, lister->base, &url, NULL);
    if (rc == OK)
        *ret_url = url.href;
    return rc == ERR_NOMEM ? rc : OK;
}

static int link_take(struct lister *lister, uint32_t node)
{
    struct slice href, url, text;
    if (lister->links_count == POSTING_LIST_MAX)
        return OK;
    int rc = attr_decoded(lister, node, "href", &href);
    if (rc == OK)
        rc = href_resolve(lister, href, &url);
    if (rc != OK || url.len == 0)
        return rc;
    for (size_t i = 0; i < lister->links_count; i++)
        if (slice_equal(lister->links[i].url, url))
            return OK;
    rc = html_text_line(lister->arena, lister->tree, node, LINK_TEXT_BYTES_MAX, &text);
    if (rc != OK)
        return rc;
    lister->links[lister->links_count++] = (struct posting_link){.url = url, .text = text};
    return OK;
}

static int image_take(struct lister *lister, uint32_t node)
{
    struct slice src, url, alt;
    if (lister->images_count == POSTING_LIST_MAX)
        return OK;
    int rc = attr_decoded(lister, node, "src", &src);
    if (rc == OK && (src.len == 0 || slice_starts_nocase(src, "data:")))
        rc = attr_decoded(lister, node, "data-src", &src);
    if (rc == OK)
        rc = href_resolve(lister, src, &url);
    if (rc == OK)
        rc = attr_decoded(lister, node, "alt", &alt);
    if (rc != OK || (url.len == 0 && alt.len == 0))
        return rc;
    struct slice kept = url;
    if (alt.len > 0) {
        const char *both = arena_printf(lister->arena, "%.*s%s%.*s", (int)url.len, url.at,
                                        url.len > 0 ? " " : "", (int)alt.len, alt.at);
        if (both == NULL)
            return ERR_NOMEM;
        kept = slice_of(both);
    }
    for (size_t i = 0; i < lister->images_count; i++)
        if (slice_equal(lister->images[i], kept))
            return OK;
    lister->images[lister->images_count++] = kept;
    return OK;
}

int posting_links_read(struct arena *arena, const struct html_tree *tree,
                       const struct content *content, const struct url *base, bool base_known,
                       struct posting *posting)
{
    struct lister lister = {.arena = arena, .tree = tree, .base = base_known ? base : NULL};
    int rc = OK;
    lister.links = arena_calloc(arena, POSTING_LIST_MAX, sizeof *lister.links);
    lister.images = arena_calloc(arena, POSTING_LIST_MAX, sizeof *lister.images);
    if (lister.links == NULL || lister.images == NULL)
        return ERR_NOMEM;
    for (uint32_t i = content->root; rc == OK && i < tree->nodes[content->root].end;) {
        const struct html_node *node = &tree->nodes[i];
        if ((content->drop[i] != 0 && content->drop[i] != CONTENT_DROP_TEXT) ||
            (node->flags & (NODE_UNSEEN | NODE_HIDDEN)) != 0) {
            i = node->end;
            continue;
        }
        if (node->tag == TAG_a)
            rc = link_take(&lister, i);
        else if (node->tag == TAG_img)
            rc = image_take(&lister, i);
        i++;
    }
    posting->links = lister.links;
    posting->links_count = lister.links_count;
    posting->images = lister.images;
    posting->images_count = lister.images_count;
    return rc;
}

bool content_has_picture(const struct html_tree *tree, const struct content *content)
{
    for (uint32_t i = content->root; i < tree->nodes[content->root].end;) {
        const struct html_node *node = &tree->nodes[i];
        if ((content->drop[i] != 0 && content->drop[i] != CONTENT_DROP_TEXT) ||
            (node->flags & (NODE_UNSEEN | NODE_HIDDEN)) != 0) {
            i = node->end;
            continue;
        }
        if ((node->flags & NODE_TEXT) == 0 && node->tag == TAG_img)
            return true;
        i++;
    }
    return false;
}
