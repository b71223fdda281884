/* jsonld.c - JSON-LD script bodies to things; see thing.h.
 *
 * Contexts are not fetched: names are taken as schema.org's. A block is tried as it is, then as
 * json-c forgives it, then mended; each step behind the first counts as a repair. */
#include "crawler/extract/charref.h"
#include "crawler/extract/thing.h"

#include "common/json.h"

#include <string.h>

#define JSONLD_JSON_DEPTH_MAX  128
#define JSONLD_BLOCK_BYTES_MAX (4u << 20)

struct walk {
    struct things *things;
    struct thing *thing;   /* whose members are being read; NULL: none */
    struct slice property; /* of an array's items */
    int depth;
};

static void value_take(struct walk *walk, const struct json *node);

static struct slice keep(struct things *things, struct slice text)
{
    char *copy = arena_copy(things->arena, text.at, text.len);
    if (copy == NULL) {
        things->cut = true;
        return SLICE_EMPTY;
    }
    return slice_make(copy, text.len);
}

static struct slice types_of(struct things *things, const struct json *type)
{
    if (json_kind_of(type) == JSON_STRING)
        return keep(things, thing_short_name(json_string(type)));
    struct text_buf buf;
    text_buf_init(&buf, 1024);
    for (size_t i = 0; i < json_count(type) && i < 16; i++) {
        if (buf.len > 0)
            text_buf_add_char(&buf, ' ');
        text_buf_add_slice(&buf, thing_short_name(json_string(json_at(type, i))));
    }
    struct slice kept = keep(things, text_buf_slice(&buf));
    text_buf_release(&buf);
    return kept;
}

static bool member_take(const char *key, const struct json *value, void *ctx)
{
    struct walk *walk = ctx;
    if (key[0] == '@') {
        if (strcmp(key, "@graph") == 0 || strcmp(key, "@included") == 0) {
            struct walk inner = {.things = walk->things, .depth = walk->depth + 1};
            value_take(&inner, value);
        }
        return !walk->things->cut;
    }
    struct walk inner = {.things = walk->things,
                         .thing = walk->thing,
                         .property = keep(walk->things, thing_short_name(slice_of(key))),
                         .depth = walk->depth + 1};
    value_take(&inner, value);
    return !walk->things->cut;
}

/* {"@value": …} is its value, {"@list": […]} and {"@set": […]} are theirs. */
static const struct json *unwrap(const struct json *node)
{
    static const char *const wrappers[] = {"@value", "@list", "@set"};
    for (size_t i = 0; i < 3; i++) {
        const struct json *inner = json_get(node, wrappers[i]);
        if (inner != NULL)
            return inner;
    }
    return NULL;
}

static void object_take(struct walk *walk, const struct json *node)
{
    const struct json *inner = unwrap(node);
    if (inner != NULL && walk->depth < THING_DEPTH_MAX) {
        walk->depth++;
        value_take(walk, inner);
        return;
    }
    struct thing *thing = things_add(walk->things, THING_JSONLD);
    if (thing == NULL) {
        walk->things->cut = true;
        return;
    }
    const struct json *type = json_get(node, "@type");
    const struct json *id = json_get(node, "@id");
    thing->types = types_of(walk->things, type != NULL ? type : json_get(node, "type"));
    thing->id = keep(walk->things, json_string(id != NULL ? id : json_get(node, "id")));
    if (walk->thing != NULL)
        thing_add(walk->things, walk->thing,
                  (struct thing_prop){.name = walk->property, .text = SLICE_EMPTY, .thing = thing});
    struct walk members = {.things = walk->things, .thing = thing, .depth = walk->depth};
    json_each(node, member_take, &members);
}

static void value_take(struct walk *walk, const struct json *node)
{
    if (walk->depth >= THING_DEPTH_MAX) {
        walk->things->cut = true;
        return;
    }
    enum json_kind kind = json_kind_of(node);
    if (kind == JSON_ARRAY) {
        size_t count = json_count(node);
        walk->depth++;
        for (size_t i = 0; i < count && !walk->things->cut; i++) {
            struct walk item = *walk;
            value_take(&item, json_at(node, i));
        }
    } else if (kind == JSON_OBJECT) {
        object_take(walk, node);
    } else if (walk->thing != NULL && kind != JSON_NULL && kind != JSON_ABSENT) {
        thing_add(walk->things, walk->thing,
                  (struct thing_prop){.name = walk->property,
                                      .text = keep(walk->things, json_scalar_text(node)),
                                      .is_html = true});
    }
}

/* "{…} {…}": two values with nothing between, of which json-c would read the first. */
static bool is_run_on(struct slice body)
{
    for (size_t i = 0; i + 1 < body.len; i++) {
        if (body.at[i] != '}')
            continue;
        size_t next = i + 1;
        while (next < body.len && html_is_space(body.at[next]))
            next++;
        if (next < body.len && body.at[next] == '{')
            return true;
    }
    return false;
}

static int block_parse(struct things *things, struct slice body, struct json_doc **ret_doc)
{
    struct slice mended;
    /* the whole block went through an escaper: no quote but &quot; */
    bool escaped =
        slice_find_char(body, '"') == SIZE_MAX && slice_find(body, SLICE("&quot;")) != SIZE_MAX;
    if (escaped && charref_decode(things->arena, body, false, &body) != OK)
        return ERR_NOMEM;
    int rc = json_parse(body, true, JSONLD_JSON_DEPTH_MAX, ret_doc, NULL);
    if (rc == OK)
        things->repairs += escaped ? 1 : 0;
    if (rc == OK || rc == ERR_NOMEM)
        return rc;
    if (!is_run_on(body))
        rc = json_parse(body, false, JSONLD_JSON_DEPTH_MAX, ret_doc, NULL);
    if (rc != OK && rc != ERR_NOMEM && rc != ERR_LIMIT) {
        rc = jsonld_repair(things->arena, body, &mended);
        if (rc == OK)
            rc = json_parse(mended, false, JSONLD_JSON_DEPTH_MAX, ret_doc, NULL);
    }
    if (rc == OK)
        things->repairs++;
    return rc;
}

int jsonld_read(struct things *things, struct slice body)
{
    struct json_doc *doc = NULL;
    body = slice_trim(body);
    if (body.len == 0)
        return OK;
    if (body.len > JSONLD_BLOCK_BYTES_MAX) {
        things->cut = true;
        return OK;
    }
    int rc = block_parse(things, body, &doc);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc != OK) {
        things->broken++;
        return OK;
    }
    struct walk walk = {.things = things, .property = SLICE_EMPTY};
    value_take(&walk, json_root(doc));
    json_free(doc);
    return OK;
}
