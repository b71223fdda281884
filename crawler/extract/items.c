/* items.c - `items` of the rules over XML: every field's path is followed while the tags go by.
 *
 * A field catches the text of the elements its path names; several fields may catch the same text.
 * An item's usual value is one run of text and borrowed from the body, not copied. */
#include "crawler/extract/items.h"

#include "crawler/extract/charref.h"
#include "crawler/extract/items_inside.h"
#include "crawler/extract/xml_scan.h"

#include <string.h>

/* ---- paths ---- */

int items_path_parse(const char *text, struct items_path *ret_path)
{
    struct slice rest = slice_of(text);
    memset(ret_path, 0, sizeof *ret_path);
    ret_path->attr = SLICE_EMPTY;
    ret_path->anywhere = slice_starts(rest, "//");
    while (rest.len > 0) {
        size_t end = slice_find_char(rest, '/');
        struct slice step = slice_trim(slice_sub(rest, 0, end));
        rest = end == SIZE_MAX ? SLICE_EMPTY : slice_from(rest, end + 1);
        if (step.len == 0 || slice_is(step, "."))
            continue;
        if (rest.len == 0 && slice_starts(step, "@")) {
            ret_path->attr = slice_from(step, 1);
            break;
        }
        if (ret_path->count == ITEMS_STEPS_MAX)
            return ERR_LIMIT;
        ret_path->step[ret_path->count++] = step;
    }
    return OK;
}

/* ---- one field ---- */

struct catcher {
    struct items_path path;
    bool is_mapped;
    unsigned depth; /* of the element whose text it takes now; 0: none */
    bool parted;    /* a tag stood since its last run of text */
    bool is_next;   /* an element of its own began since then */
    unsigned runs;
    struct slice only; /* the run, while there is one */
    struct text_buf buf;
};

static void trim_end(struct text_buf *buf)
{
    text_buf_truncate(buf, (size_t)(slice_trim(text_buf_slice(buf)).at - buf->at) +
                               slice_trim(text_buf_slice(buf)).len);
}

/* Runs that no tag parts are one text; past a tag comes a space, past an element that the path
 * names again ", ". */
static void catcher_add(struct catcher *catcher, struct slice text)
{
    bool is_blank = slice_trim(text).len == 0;
    if (is_blank && (catcher->runs == 0 || catcher->parted))
        return;
    if (catcher->runs == 1)
        text_buf_add_slice(&catcher->buf, catcher->only);
    if (catcher->runs > 0 && catcher->parted) {
        trim_end(&catcher->buf);
        text_buf_add_str(&catcher->buf, catcher->is_next ? ", " : " ");
        text = slice_trim(text);
    }
    if (catcher->runs++ == 0)
        catcher->only = text;
    else
        text_buf_add_slice(&catcher->buf, text);
    catcher->is_next = catcher->parted = false;
}

static int catcher_give(struct catcher *catcher, struct arena *arena, struct slice *ret_text)
{
    *ret_text = catcher->runs == 0 ? SLICE_EMPTY : catcher->only;
    if (catcher->runs > 1) {
        const char *copy = text_buf_status(&catcher->buf) == ERR_NOMEM
                               ? NULL
                               : arena_copy(arena, text_buf_cstr(&catcher->buf), catcher->buf.len);
        if (copy == NULL)
            return ERR_NOMEM;
        *ret_text = slice_make(copy, catcher->buf.len);
    }
    *ret_text = slice_trim(*ret_text);
    text_buf_reset(&catcher->buf);
    catcher->runs = 0;
    catcher->depth = 0;
    catcher->is_next = catcher->parted = false;
    return OK;
}

/* ---- the walk ---- */

struct walk {
    struct arena *arena;
    struct xml_scan scan;
    struct items_path items;
    unsigned item_depth; /* 0: outside */
    struct catcher field[RULE_FIELD_COUNT];
    struct text_buf list; /* of struct raw_item */
    bool cut;
};

static bool step_matches(struct slice step, struct slice qname)
{
    if (slice_is(step, "*") || slice_equal(step, qname))
        return true;
    size_t colon = slice_find_char(qname, ':');
    return colon != SIZE_MAX && slice_equal(step, slice_from(qname, colon + 1));
}

/* Do the elements open above `from`, and just these, go the path's way? */
static bool path_matches(const struct walk *walk, const struct items_path *path, unsigned from)
{
    const struct xml_scan *scan = &walk->scan;
    if (scan->open < from + path->count || (!path->anywhere && scan->open != from + path->count))
        return false;
    for (unsigned i = 0; i < path->count; i++)
        if (!step_matches(path->step[i], scan->stack[scan->open - path->count + i].qname))
            return false;
    return true;
}

static int field_open(struct walk *walk, struct catcher *catcher)
{
    struct slice value = SLICE_EMPTY;
    catcher->parted = true;
    if (!catcher->is_mapped || catcher->depth > 0 ||
        !path_matches(walk, &catcher->path, walk->item_depth))
        return OK;
    catcher->is_next = true;
    if (catcher->path.attr.len == 0) {
        catcher->depth = walk->scan.open;
        return OK;
    }
    char name[64];
    size_t len = catcher->path.attr.len < sizeof name ? catcher->path.attr.len : sizeof name - 1;
    memcpy(name, catcher->path.attr.at, len);
    name[len] = '\0';
    int rc = xml_attr_text(&walk->scan, walk->arena, name, &value);
    if (rc == OK)
        catcher_add(catcher, value);
    return rc;
}

static int item_end(struct walk *walk)
{
    struct raw_item item;
    int rc = OK;
    walk->item_depth = 0;
    for (unsigned i = 0; rc == OK && i < RULE_FIELD_COUNT; i++)
        rc = catcher_give(&walk->field[i], walk->arena, &item.field[i]);
    if (rc == OK && walk->list.len / sizeof item >= ITEMS_MAX)
        walk->cut = true;
    else if (rc == OK && text_buf_add(&walk->list, (const char *)&item, sizeof item) != OK)
        rc = ERR_NOMEM;
    return rc;
}

static int on_open(struct walk *walk)
{
    int rc = OK;
    if (walk->item_depth == 0) {
        if (walk->items.count == 0 || !path_matches(walk, &walk->items, 0))
            return OK;
        walk->item_depth = walk->scan.open;
    }
    for (unsigned i = 0; rc == OK && i < RULE_FIELD_COUNT; i++)
        rc = field_open(walk, &walk->field[i]);
    return rc;
}

static int on_text(struct walk *walk)
{
    struct slice text = walk->scan.chars;
    bool wanted = false;
    for (unsigned i = 0; !wanted && i < RULE_FIELD_COUNT; i++)
        wanted = walk->field[i].depth > 0;
    if (!wanted)
        return OK;
    int rc = walk->scan.is_cdata ? OK : charref_decode(walk->arena, text, false, &text);
    for (unsigned i = 0; rc == OK && i < RULE_FIELD_COUNT; i++)
        if (walk->field[i].depth > 0)
            catcher_add(&walk->field[i], text);
    return rc;
}

static int on_close(struct walk *walk)
{
    for (unsigned i = 0; i < RULE_FIELD_COUNT; i++) {
        walk->field[i].parted = true;
        if (walk->field[i].depth == walk->scan.depth)
            walk->field[i].depth = 0;
    }
    return walk->item_depth > 0 && walk->scan.depth == walk->item_depth ? item_end(walk) : OK;
}

static int walk_run(struct walk *walk)
{
    int rc = OK;
    while (rc == OK && !walk->cut) {
        enum xml_token token = xml_next(&walk->scan);
        if (token == XML_END)
            break;
        if (token == XML_OPEN)
            rc = on_open(walk);
        else if (walk->item_depth > 0)
            rc = token == XML_TEXT ? on_text(walk) : on_close(walk);
    }
    return rc;
}

int items_give(struct arena *arena, const struct text_buf *list, struct raw_items *items)
{
    size_t count = list->len / sizeof(struct raw_item);
    struct raw_item *copy = arena_calloc(arena, count, sizeof *copy);
    if (copy == NULL)
        return ERR_NOMEM;
    if (count > 0)
        memcpy(copy, list->at, list->len);
    items->list = copy;
    items->count = count;
    return OK;
}

static int read_xml(struct arena *arena, struct slice text, const struct rule_items *rules,
                    struct raw_items *items)
{
    struct walk walk = {.arena = arena};
    int rc = items_path_parse(rules->path, &walk.items);
    text_buf_init(&walk.list, (ITEMS_MAX + 1) * sizeof(struct raw_item));
    xml_scan_init(&walk.scan, text);
    for (unsigned i = 0; i < RULE_FIELD_COUNT; i++) {
        walk.field[i].is_mapped = rules->field[i] != NULL;
        text_buf_init(&walk.field[i].buf, ITEMS_TEXT_BYTES_MAX);
        if (rc == OK && rules->field[i] != NULL)
            rc = items_path_parse(rules->field[i], &walk.field[i].path);
    }
    if (rc == OK)
        rc = walk_run(&walk);
    if (rc == OK)
        rc = items_give(arena, &walk.list, items);
    items->cut = walk.cut;
    items->broken = walk.scan.broken;
    for (unsigned i = 0; i < RULE_FIELD_COUNT; i++)
        text_buf_release(&walk.field[i].buf);
    text_buf_release(&walk.list);
    return rc;
}

/* ---- the whole ---- */

bool items_can_read(struct slice text)
{
    text = slice_trim(text);
    if (slice_starts(text, "{") || slice_starts(text, "["))
        return true;
    struct slice root = xml_root_name(slice_sub(text, 0, ITEMS_LOOK_BYTES));
    return root.len > 0 && !slice_equal_nocase(root, SLICE("html"));
}

int items_read(struct arena *arena, struct slice text, const struct rule_items *rules,
               struct raw_items *ret_items, struct failure *reterr)
{
    struct raw_items items = {0};
    struct slice trimmed = slice_trim(text);
    int rc = OK;
    if (slice_starts(trimmed, "{") || slice_starts(trimmed, "["))
        rc = items_read_json(arena, trimmed, rules, &items, reterr);
    else if (slice_starts(trimmed, "<"))
        rc = read_xml(arena, trimmed, rules, &items);
    else
        return failure_set(reterr, ERR_SYNTAX, "items: the body is neither XML nor JSON");
    if (rc == ERR_NOMEM)
        failure_set(reterr, rc, "no memory to read items");
    else if (rc == ERR_LIMIT)
        rc = failure_set(reterr, ERR_SYNTAX, "items: a path has more than %u steps",
                         ITEMS_STEPS_MAX);
    if (rc == OK)
        *ret_items = items;
    return rc;
}
