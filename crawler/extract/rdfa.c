/* rdfa.c - RDFa Lite and the common core of RDFa to things; see thing.h.
 *
 * typeof begins a thing; property gives it a value, or another thing where typeof stands on the
 * same element; resource and about name it; content, href, src and datetime hold values, else the
 * text does. vocab and prefix are taken as schema.org's: names lose "schema:" or the address. rel
 * with an element of its own under it is read as property. */
#include "crawler/extract/charref.h"
#include "crawler/extract/html_text.h"
#include "crawler/extract/thing.h"

#include <string.h>

struct reader {
    struct things *things;
    const struct html_tree *tree;
    int rc;
};

/* Subjects that are open at a point of the page. */
struct subject {
    struct thing *thing;
    uint32_t end;
    struct slice rel; /* names that the next thing under it takes */
};

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

static struct slice text_of(struct reader *reader, uint32_t node)
{
    struct slice text;
    int rc = thing_text(reader->things, reader->tree, node, &text);
    if (rc != OK)
        reader->rc = rc;
    return text;
}

static struct slice value_of(struct reader *reader, uint32_t node)
{
    static const char *const attrs[] = {"content", "resource", "href", "src", "datetime"};
    for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++)
        if (has_attr(reader, node, attrs[i]))
            return attr_text(reader, node, attrs[i]);
    return text_of(reader, node);
}

/* Adds one property for each name of a list. */
static void props_add(struct reader *reader, struct thing *thing, struct slice names,
                      struct thing_prop prop)
{
    while ((names = slice_trim(names)).len > 0) {
        size_t end = 0;
        while (end < names.len && !html_is_space(names.at[end]))
            end++;
        prop.name = thing_short_name(slice_sub(names, 0, end));
        thing_add(reader->things, thing, prop);
        names = slice_from(names, end);
    }
}

static struct thing *thing_of(struct reader *reader, uint32_t node)
{
    struct thing *thing = things_add(reader->things, THING_RDFA);
    if (thing == NULL)
        return NULL;
    thing->types = thing_types(reader->things, attr_text(reader, node, "typeof"), &reader->rc);
    thing->id = attr_text(reader, node, has_attr(reader, node, "about") ? "about" : "resource");
    thing->node = node;
    return thing;
}

/* A thing that begins at element i, tied to the subject it stands in. */
static struct thing *thing_begin(struct reader *reader, uint32_t i, struct subject *top,
                                 struct slice property)
{
    struct thing *thing = thing_of(reader, i);
    if (thing == NULL || top == NULL)
        return thing;
    props_add(reader, top->thing, property.len > 0 ? property : top->rel,
              (struct thing_prop){.text = SLICE_EMPTY, .thing = thing});
    top->rel = SLICE_EMPTY;
    return thing;
}

/* Reads element i; `top` is the innermost subject or NULL. Gives the subject that it opens, or NULL. */
static struct thing *element_read(struct reader *reader, uint32_t i, struct subject *top)
{
    struct slice property = attr_text(reader, i, "property");
    bool links = reader->tree->nodes[i].tag == TAG_a || reader->tree->nodes[i].tag == TAG_link;
    if (has_attr(reader, i, "typeof")) {
        /* <span rel="audience" typeof="…">: the thing is what the relation leads to */
        bool related = property.len == 0 && !links && has_attr(reader, i, "rel");
        return thing_begin(reader, i, top, related ? attr_text(reader, i, "rel") : property);
    }
    if (top == NULL)
        return NULL;
    if (property.len > 0) {
        props_add(reader, top->thing, property, (struct thing_prop){.text = value_of(reader, i)});
        return NULL;
    }
    struct slice rel = attr_text(reader, i, "rel");
    if (rel.len == 0)
        return NULL;
    bool is_link = has_attr(reader, i, "href") || has_attr(reader, i, "resource");
    if (!is_link)
        top->rel = rel;
    else if (!links || slice_find_char(rel, ':') != SIZE_MAX) /* rel="nofollow" is no property */
        props_add(reader, top->thing, rel, (struct thing_prop){.text = value_of(reader, i)});
    return NULL;
}

int rdfa_read(struct things *things, const struct html_tree *tree)
{
    struct reader reader = {.things = things, .tree = tree, .rc = OK};
    struct subject open[THING_DEPTH_MAX];
    unsigned depth = 0;
    for (uint32_t i = 1; i < tree->count && reader.rc == OK && !things->cut; i++) {
        while (depth > 0 && open[depth - 1].end <= i)
            depth--;
        if ((tree->nodes[i].flags & NODE_TEXT) != 0 || html_node_attrs(tree, i).len == 0)
            continue;
        struct thing *thing = element_read(&reader, i, depth > 0 ? &open[depth - 1] : NULL);
        if (thing != NULL && depth < THING_DEPTH_MAX && tree->nodes[i].end > i + 1)
            open[depth++] =
                (struct subject){.thing = thing, .end = tree->nodes[i].end, .rel = SLICE_EMPTY};
    }
    return reader.rc;
}
