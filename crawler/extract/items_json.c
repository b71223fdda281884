/* items_json.c - `items` of the rules over JSON: paths step through members, and into arrays by
 * themselves. The document is a tree of json-c's for as long as the call; texts are copied. */
#include "common/json.h"
#include "crawler/extract/items_inside.h"

#define DEPTH_MAX      64
#define LEAF_DEPTH_MAX 3u /* an object or list as a value gives the texts in it, this deep */
#define VALUES_MAX     256u
#define VISITS_MAX     4000000u

struct walk {
    struct arena *arena;
    const struct items_columns *columns;
    struct items_path items, field[ITEMS_COLUMNS_MAX]; /* "@name" as a step */
    struct text_buf list, value;
    unsigned values; /* of the field being read */
    uint32_t visits;
    bool cut;
    int status;
};

/* What to do with a node at the end of a path. */
typedef void on_node(struct walk *walk, const struct json *node);

static void follow(struct walk *walk, const struct json *node, const struct items_path *path,
                   unsigned at, on_node *found);

struct each {
    struct walk *walk;
    const struct items_path *path;
    unsigned at;
    on_node *found;
};

static bool follow_each(const char *key, const struct json *value, void *ctx)
{
    struct each *each = ctx;
    (void)key;
    follow(each->walk, value, each->path, each->at, each->found);
    return each->walk->status == OK && !each->walk->cut;
}

static void follow_array(struct walk *walk, const struct json *node, const struct items_path *path,
                         unsigned at, on_node *found)
{
    int64_t index = 0;
    bool numbered = at < path->count && slice_to_int64(path->step[at], &index) == OK && index >= 0;
    if (numbered) {
        follow(walk, json_at(node, (size_t)index), path, at + 1, found);
        return;
    }
    if (at < path->count && slice_is(path->step[at], "*"))
        at++;
    for (size_t i = 0; i < json_count(node) && walk->status == OK && !walk->cut; i++)
        follow(walk, json_at(node, i), path, at, found);
}

/* Depth is bounded by the parser's, work by VISITS_MAX. */
static void follow(struct walk *walk, const struct json *node, const struct items_path *path,
                   unsigned at, on_node *found)
{
    enum json_kind kind = json_kind_of(node);
    if (kind == JSON_ABSENT || kind == JSON_NULL || ++walk->visits > VISITS_MAX)
        return;
    if (kind == JSON_ARRAY) {
        follow_array(walk, node, path, at, found);
        return;
    }
    if (at == path->count) {
        found(walk, node);
        return;
    }
    if (slice_is(path->step[at], "*")) {
        struct each each = {walk, path, at + 1, found};
        json_each(node, follow_each, &each);
        return;
    }
    const char *key = arena_copy(walk->arena, path->step[at].at, path->step[at].len);
    if (key == NULL)
        walk->status = ERR_NOMEM;
    else
        follow(walk, json_get(node, key), path, at + 1, found);
}

/* ---- fields ---- */

static void add_text(struct walk *walk, const struct json *node, unsigned depth);

struct leaves {
    struct walk *walk;
    unsigned depth;
};

static bool add_each(const char *key, const struct json *value, void *ctx)
{
    struct leaves *leaves = ctx;
    if (key[0] != '@' && key[0] != '_')
        add_text(leaves->walk, value, leaves->depth);
    return true;
}

static void add_text(struct walk *walk, const struct json *node, unsigned depth)
{
    struct slice text = slice_trim(json_scalar_text(node));
    struct leaves leaves = {walk, depth + 1};
    const struct json *name =
        json_get(node, "name"); /* a firm, a town: not its number and street */
    if (text.len == 0)
        text = slice_trim(json_scalar_text(name));
    if (walk->values >= VALUES_MAX || ++walk->visits > VISITS_MAX)
        return;
    if (text.len > 0) {
        if (walk->values++ > 0)
            text_buf_add_str(&walk->value, ", ");
        text_buf_add_slice(&walk->value, text);
    } else if (depth < LEAF_DEPTH_MAX && json_kind_of(node) == JSON_OBJECT) {
        json_each(node, add_each, &leaves);
    } else if (depth < LEAF_DEPTH_MAX) {
        for (size_t i = 0; i < json_count(node); i++)
            add_text(walk, json_at(node, i), depth + 1);
    }
}

static void on_value(struct walk *walk, const struct json *node)
{
    add_text(walk, node, 0);
}

static void on_item(struct walk *walk, const struct json *node)
{
    struct items_row row;
    if (walk->list.len / sizeof row >= ITEMS_MAX) {
        walk->cut = true;
        return;
    }
    for (unsigned i = 0; i < walk->columns->count && walk->status == OK; i++) {
        text_buf_reset(&walk->value);
        walk->values = 0;
        follow(walk, node, &walk->field[i], 0, on_value);
        const char *copy =
            text_buf_status(&walk->value) == ERR_NOMEM
                ? NULL
                : arena_copy(walk->arena, text_buf_cstr(&walk->value), walk->value.len);
        if (copy == NULL)
            walk->status = ERR_NOMEM;
        else
            row.column[i] = slice_make(copy, walk->value.len);
    }
    if (walk->status == OK && text_buf_add(&walk->list, (const char *)&row, sizeof row) != OK)
        walk->status = ERR_NOMEM;
}

/* A path's "@name" at the end is the member of that name, "@" included. */
static int with_attr(const struct items_path *asked, struct items_path *path)
{
    *path = *asked;
    if (path->attr.len == 0)
        return OK;
    if (path->count == ITEMS_STEPS_MAX)
        return ERR_LIMIT;
    path->step[path->count++] = slice_make(path->attr.at - 1, path->attr.len + 1);
    return OK;
}

int items_read_json(struct arena *arena, struct slice text, const struct items_columns *columns,
                    struct items_rows *rows, struct failure *reterr)
{
    struct walk *walk = arena_alloc(arena, sizeof *walk);
    struct json_doc *doc = NULL;
    if (walk == NULL)
        return ERR_NOMEM;
    walk->arena = arena;
    walk->columns = columns;
    int rc = with_attr(&columns->items, &walk->items);
    for (unsigned i = 0; rc == OK && i < columns->count; i++)
        rc = with_attr(&columns->path[i], &walk->field[i]);
    if (rc != OK)
        return rc;
    rc = json_parse(text, false, DEPTH_MAX, &doc, reterr);
    if (rc != OK) {
        failure_prefix(reterr, "items: JSON");
        return rc != ERR_LIMIT ? rc
                               : failure_set(reterr, ERR_SYNTAX,
                                             "items: JSON nested deeper than %d", DEPTH_MAX);
    }
    text_buf_init(&walk->list, (ITEMS_MAX + 1) * sizeof(struct items_row));
    text_buf_init(&walk->value, ITEMS_TEXT_BYTES_MAX);
    follow(walk, json_root(doc), &walk->items, 0, on_item);
    rc = walk->status == OK ? items_give(arena, &walk->list, rows) : walk->status;
    rows->cut = walk->cut;
    text_buf_release(&walk->value);
    text_buf_release(&walk->list);
    json_free(doc);
    return rc;
}
