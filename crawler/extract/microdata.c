/* microdata.c - HTML microdata to things; see thing.h.
 *
 * As the HTML standard has it: an item's properties are the elements under it with itemprop that
 * belong to no item between; itemref adds elements from elsewhere by id (once each, so a ring
 * ends). Values: content of meta, addresses of links and media, datetime of time, value of data and
 * meter, else the text, with its lines kept. */
#include "crawler/extract/charref.h"
#include "crawler/extract/html_text.h"
#include "crawler/extract/thing.h"

#include <string.h>

#define ITEMREFS_MAX 32u  /* of one item */
#define LOOKUPS_MAX  200u /* of ids, on one page */

struct reader {
    struct things *things;
    const struct html_tree *tree;
    int depth;
    unsigned lookups;
    int rc;
};

static void item_read(struct reader *reader, uint32_t node, struct thing *thing);

static struct slice attr_text(struct reader *reader, uint32_t node, const char *name)
{
    struct slice raw, text = SLICE_EMPTY;
    if (html_node_attr(reader->tree, node, name, &raw) &&
        charref_decode(reader->things->arena, raw, true, &text) != OK) {
        reader->rc = ERR_NOMEM;
        return SLICE_EMPTY;
    }
    return slice_trim(text);
}

static bool has_attr(const struct reader *reader, uint32_t node, const char *name)
{
    struct slice value;
    return html_node_attr(reader->tree, node, name, &value);
}

/* Attribute that holds the value of such an element; NULL: its text does. */
static const char *value_attr(enum html_tag tag)
{
    switch ((int)tag) {
    case TAG_meta:
        return "content";
    case TAG_a:
    case TAG_area:
    case TAG_link:
        return "href";
    case TAG_img:
    case TAG_audio:
    case TAG_embed:
    case TAG_iframe:
    case TAG_source:
    case TAG_track:
    case TAG_video:
        return "src";
    case TAG_object:
        return "data";
    case TAG_time:
        return "datetime";
    default:
        return NULL;
    }
}

static struct slice value_of(struct reader *reader, uint32_t node)
{
    enum html_tag tag = (enum html_tag)reader->tree->nodes[node].tag;
    const char *attr = value_attr(tag);
    if (attr != NULL && has_attr(reader, node, attr))
        return attr_text(reader, node, attr);
    if (has_attr(reader, node, "content"))
        return attr_text(reader, node, "content");
    struct slice name = html_node_name(reader->tree, node);
    if (slice_equal_nocase(name, SLICE("data")) || slice_equal_nocase(name, SLICE("meter")))
        return attr_text(reader, node, "value");
    struct slice text;
    int rc = thing_text(reader->things, reader->tree, node, &text);
    if (rc != OK)
        reader->rc = rc;
    return text;
}

static struct thing *thing_of(struct reader *reader, uint32_t node)
{
    struct thing *thing = things_add(reader->things, THING_MICRODATA);
    if (thing == NULL)
        return NULL;
    thing->types = thing_types(reader->things, attr_text(reader, node, "itemtype"), &reader->rc);
    thing->id = attr_text(reader, node, "itemid");
    thing->node = node;
    return thing;
}

/* An element with itemprop: a value, or an item of its own. */
static void prop_read(struct reader *reader, uint32_t node, struct thing *thing, struct slice names)
{
    struct thing_prop prop = {.text = SLICE_EMPTY};
    if (has_attr(reader, node, "itemscope")) {
        struct thing *inner = thing_of(reader, node);
        if (inner == NULL || reader->depth >= THING_DEPTH_MAX)
            return;
        reader->depth++;
        item_read(reader, node, inner);
        reader->depth--;
        prop.thing = inner;
    } else {
        prop.text = value_of(reader, node);
    }
    while ((names = slice_trim(names)).len > 0) {
        size_t end = 0;
        while (end < names.len && !html_is_space(names.at[end]))
            end++;
        prop.name = thing_short_name(slice_sub(names, 0, end));
        thing_add(reader->things, thing, prop);
        names = slice_from(names, end);
    }
}

/* Properties in the subtree of node, from `from` on. */
static void subtree_read(struct reader *reader, uint32_t from, uint32_t end, struct thing *thing)
{
    struct slice names;
    for (uint32_t i = from; i < end && reader->rc == OK && !reader->things->cut;) {
        const struct html_node *node = &reader->tree->nodes[i];
        bool element = (node->flags & NODE_TEXT) == 0;
        if (element && html_node_attr(reader->tree, i, "itemprop", &names))
            prop_read(reader, i, thing, names);
        i = element && has_attr(reader, i, "itemscope") ? node->end : i + 1;
    }
}

static uint32_t node_by_id(struct reader *reader, struct slice id)
{
    struct slice there;
    if (reader->lookups++ >= LOOKUPS_MAX) {
        reader->things->cut = true;
        return 0;
    }
    for (uint32_t i = 1; i < reader->tree->count; i++)
        if (html_node_attr(reader->tree, i, "id", &there) && slice_equal(there, id))
            return i;
    return 0;
}

static void item_read(struct reader *reader, uint32_t node, struct thing *thing)
{
    subtree_read(reader, node + 1, reader->tree->nodes[node].end, thing);
    struct slice refs = attr_text(reader, node, "itemref");
    for (unsigned count = 0; count < ITEMREFS_MAX && (refs = slice_trim(refs)).len > 0; count++) {
        size_t end = 0;
        while (end < refs.len && !html_is_space(refs.at[end]))
            end++;
        uint32_t there = node_by_id(reader, slice_sub(refs, 0, end));
        if (there != 0 && !(there <= node && reader->tree->nodes[there].end > node))
            subtree_read(reader, there, reader->tree->nodes[there].end, thing);
        refs = slice_from(refs, end);
    }
}

int microdata_read(struct things *things, const struct html_tree *tree)
{
    struct reader reader = {.things = things, .tree = tree, .rc = OK};
    for (uint32_t i = 1; i < tree->count && reader.rc == OK && !things->cut; i++) {
        if ((tree->nodes[i].flags & NODE_TEXT) != 0 || !has_attr(&reader, i, "itemscope") ||
            has_attr(&reader, i, "itemprop"))
            continue;
        struct thing *thing = thing_of(&reader, i);
        if (thing != NULL)
            item_read(&reader, i, thing);
    }
    return reader.rc;
}
