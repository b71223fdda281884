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

int items_path_parse(struct slice text, struct items_path *ret_path)
{
    struct slice rest = text;
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
    const struct items_path *path;
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
    const struct items_columns *columns;
    unsigned item_depth; /* 0: outside */
    struct catcher field[ITEMS_COLUMNS_MAX];
    struct text_buf list; /* of struct items_row */
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
    if (catcher->depth > 0 || !path_matches(walk, catcher->path, walk->item_depth))
        return OK;
    catcher->is_next = true;
    if (catcher->path->attr.len == 0) {
        catcher->depth = walk->scan.open;
        return OK;
    }
    char name[64];
    size_t len = catcher->path->attr.len < sizeof name ? catcher->path->attr.len : sizeof name - 1;
    memcpy(name, catcher->path->attr.at, len);
    name[len] = '\0';
    int rc = xml_attr_text(&walk->scan, walk->arena, name, &value);
    if (rc == OK)
        catcher_add(catcher, value);
    return rc;
}

static int item_end(struct walk *walk)
{
    struct items_row item;
    int rc = OK;
    walk->item_depth = 0;
    for (unsigned i = 0; rc == OK && i < walk->columns->count; i++)
        rc = catcher_give(&walk->field[i], walk->arena, &item.column[i]);
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
        if (walk->columns->items.count == 0 || !path_matches(walk, &walk->columns->items, 0))
            return OK;
        walk->item_depth = walk->scan.open;
    }
    for (unsigned i = 0; rc == OK && i < walk->columns->count; i++)
        rc = field_open(walk, &walk->field[i]);
    return rc;
}

static int on_text(struct walk *walk)
{
    struct slice text = walk->scan.chars;
    bool wanted = false;
    for (unsigned i = 0; !wanted && i < walk->columns->count; i++)
        wanted = walk->field[i].depth > 0;
    if (!wanted)
        return OK;
    int rc = walk->scan.is_cdata ? OK : charref_decode(walk->arena, text, false, &text);
    for (unsigned i = 0; rc == OK && i < walk->columns->count; i++)
        if (walk->field[i].depth > 0)
            catcher_add(&walk->field[i], text);
    return rc;
}

static int on_close(struct walk *walk)
{
    for (unsigned i = 0; i < walk->columns->count; i++) {
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

int items_give(struct arena *arena, const struct text_buf *list, struct items_rows *rows)
{
    size_t count = list->len / sizeof(struct items_row);
    struct items_row *copy = arena_calloc(arena, count, sizeof *copy);
    if (copy == NULL)
        return ERR_NOMEM;
    if (count > 0)
        memcpy(copy, list->at, list->len);
    rows->list = copy;
    rows->count = count;
    return OK;
}

static int read_xml(struct arena *arena, struct slice text, const struct items_columns *columns,
                    struct items_rows *rows)
{
    struct walk walk = {.arena = arena, .columns = columns};
    text_buf_init(&walk.list, (ITEMS_MAX + 1) * sizeof(struct items_row));
    xml_scan_init(&walk.scan, text);
    for (unsigned i = 0; i < columns->count; i++) {
        walk.field[i].path = &columns->path[i];
        text_buf_init(&walk.field[i].buf, ITEMS_TEXT_BYTES_MAX);
    }
    int rc = walk_run(&walk);
    if (rc == OK)
        rc = items_give(arena, &walk.list, rows);
    rows->cut = walk.cut;
    rows->broken = walk.scan.broken;
    for (unsigned i = 0; i < columns->count; i++)
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

static int rows_read(struct arena *arena, struct slice text, const struct items_columns *columns,
                     struct items_rows *rows, struct failure *reterr)
{
    struct slice trimmed = slice_trim(text);
    if (slice_starts(trimmed, "{") || slice_starts(trimmed, "["))
        return items_read_json(arena, trimmed, columns, rows, reterr);
    if (slice_starts(trimmed, "<"))
        return read_xml(arena, trimmed, columns, rows);
    return failure_set(reterr, ERR_SYNTAX, "items: the body is neither XML nor JSON");
}

int items_read(struct arena *arena, struct slice text, const struct rule_items *rules,
               struct raw_items *ret_items, struct failure *reterr)
{
    struct items_rows rows = {0};
    struct items_plan *plan = arena_alloc(arena, sizeof *plan);
    int rc = plan != NULL ? items_plan_make(rules, plan) : ERR_NOMEM;
    if (rc == OK)
        rc = rows_read(arena, text, &plan->columns, &rows, reterr);
    if (rc == OK)
        rc = items_plan_give(arena, plan, &rows, ret_items);
    if (rc == ERR_NOMEM)
        failure_set(reterr, rc, "no memory to read items");
    else if (rc == ERR_LIMIT)
        rc = failure_set(reterr, ERR_SYNTAX,
                         "items: a path has more than %u steps, or the rules more than %u paths",
                         ITEMS_STEPS_MAX, ITEMS_COLUMNS_MAX);
    return rc;
}

int items_value(struct arena *arena, struct slice text, const char *path, struct slice *ret_value,
                struct failure *reterr)
{
    struct raw_items items = {0};
    struct rule_items rules = {.path = slice_starts(slice_trim(text), "<") ? "/*" : ""};
    rules.field[RULE_ID] = path;
    *ret_value = SLICE_EMPTY;
    int rc = items_read(arena, text, &rules, &items, reterr);
    if (rc == OK && items.count > 0)
        *ret_value = slice_trim(items.list[0].field[RULE_ID]);
    return rc;
}
