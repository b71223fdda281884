/* json_read.c - JSON into the tree of json_inside.h, and what json.h asks of that; the one file that
 * knows json-c.
 *
 * A text that is JSON by the letter is built by json_build(); what only json-c forgives, and objects
 * that have a key twice (the last one counts), go through json-c and are copied from there. */
#include "common/json.h"

#include "common/json_check.h"
#include "common/json_inside.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_FIRST (64u << 20)
#define ARENA_BYTES_EACH  128u /* for each byte of the text: a node of two bytes has 64 */

struct json_doc {
    struct arena *arena;
    struct json root;
};

static int parse_failure(struct json_tokener *tokener, struct slice text, struct failure *reterr)
{
    enum json_tokener_error why = json_tokener_get_error(tokener);
    size_t at = json_tokener_get_parse_end(tokener);
    if (why == json_tokener_error_depth)
        return failure_set(reterr, ERR_LIMIT, "byte %zu: nested too deeply", at);
    if (why == json_tokener_continue || text.len == 0)
        return failure_set(reterr, ERR_SYNTAX, "byte %zu: the text ends too early", at);
    return failure_set(reterr, ERR_SYNTAX, "byte %zu: %s", at, json_tokener_error_desc(why));
}

/* ---- json-c's tree into ours ---- */

static bool copy_text(struct arena *arena, const char *at, size_t len, struct slice *ret_text)
{
    const char *copy = arena_copy(arena, at, len);
    *ret_text = slice_make(copy, len);
    return copy != NULL;
}

static bool copy_node(struct arena *arena, struct json_object *from, struct json *into);

static bool copy_array(struct arena *arena, struct json_object *from, struct json *into)
{
    size_t count = json_object_array_length(from);
    struct json *items = arena_calloc(arena, count, sizeof *items);
    bool good = items != NULL;
    for (size_t i = 0; good && i < count; i++)
        good = copy_node(arena, json_object_array_get_idx(from, i), &items[i]);
    into->items = items;
    into->count = (uint32_t)count;
    return good;
}

static bool copy_object(struct arena *arena, struct json_object *from, struct json *into)
{
    size_t count = (size_t)json_object_object_length(from), i = 0;
    struct json *items = arena_calloc(arena, count, sizeof *items);
    bool good = items != NULL;
    struct lh_entry *entry = json_object_get_object(from)->head;
    for (; good && entry != NULL && i < count; entry = entry->next, i++) {
        const char *key = lh_entry_k(entry);
        good = copy_node(arena, lh_entry_v(entry), &items[i]);
        items[i].key = arena_copy(arena, key, strlen(key));
        good = good && items[i].key != NULL;
    }
    into->items = items;
    into->count = (uint32_t)i;
    return good;
}

/* As deep as json-c's parser let it be. */
static bool copy_node(struct arena *arena, struct json_object *from, struct json *into)
{
    *into = (struct json){.kind = JSON_NULL, .key = "", .text = SLICE_EMPTY};
    switch (json_object_get_type(from)) {
    case json_type_boolean:
        into->kind = JSON_BOOL;
        into->truth = json_object_get_boolean(from);
        return true;
    case json_type_double:
    case json_type_int: {
        const char *text = json_object_get_string(from);
        into->kind = JSON_NUMBER;
        return text != NULL && copy_text(arena, text, strlen(text), &into->text);
    }
    case json_type_object:
        into->kind = JSON_OBJECT;
        return copy_object(arena, from, into);
    case json_type_array:
        into->kind = JSON_ARRAY;
        return copy_array(arena, from, into);
    case json_type_string:
        into->kind = JSON_STRING;
        return copy_text(arena, json_object_get_string(from),
                         (size_t)json_object_get_string_len(from), &into->text);
    case json_type_null:
        break;
    }
    return true;
}

static int forgive(struct json_doc *doc, struct slice text, int depth_max, struct failure *reterr)
{
    struct json_tokener *tokener = json_tokener_new_ex(depth_max);
    if (tokener == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    struct json_object *root = json_tokener_parse_ex(tokener, text.at, (int)text.len);
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        root = json_tokener_parse_ex(tokener, "", 1); /* a bare number ends with the text */
    int rc = OK;
    if (json_tokener_get_error(tokener) != json_tokener_success)
        rc = parse_failure(tokener, text, reterr);
    else if (!copy_node(doc->arena, root, &doc->root))
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
    json_object_put(root);
    json_tokener_free(tokener);
    return rc;
}

/* ---- parsing ---- */

int json_parse(struct slice text, bool strict, int depth_max, struct json_doc **ret_doc,
               struct failure *reterr)
{
    if (text.len >= INT_MAX)
        return failure_set(reterr, ERR_LIMIT, "the text is over 2 GiB");
    int rc = json_check(text, depth_max, strict ? reterr : NULL);
    if (rc != OK && strict)
        return rc;
    bool built = false, sound = rc == OK;
    struct json_doc *doc = calloc(1, sizeof *doc);
    if (doc == NULL ||
        arena_create(ARENA_BYTES_FIRST + text.len * ARENA_BYTES_EACH, &doc->arena) != OK) {
        free(doc);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    rc = sound ? json_build(text, doc->arena, &doc->root, &built) : OK;
    if (rc != OK)
        failure_set(reterr, rc, "out of memory");
    else if (!built)
        rc = forgive(doc, text, depth_max, reterr);
    if (rc == OK)
        *ret_doc = doc;
    else
        json_free(doc);
    return rc;
}

void json_free(struct json_doc *doc)
{
    if (doc == NULL)
        return;
    arena_free(doc->arena);
    free(doc);
}

/* ---- looking ---- */

/* Null and absent look alike. */
static const struct json *shown(const struct json *node)
{
    return node->kind == JSON_NULL ? NULL : node;
}

const struct json *json_root(const struct json_doc *doc)
{
    return shown(&doc->root);
}

enum json_kind json_kind_of(const struct json *node)
{
    return node == NULL ? JSON_NULL : node->kind;
}

const struct json *json_get(const struct json *object, const char *key)
{
    if (json_kind_of(object) != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++)
        if (strcmp(object->items[i].key, key) == 0)
            return shown(&object->items[i]);
    return NULL;
}

size_t json_count(const struct json *node)
{
    return node == NULL ? 0 : node->count;
}

const struct json *json_at(const struct json *array, size_t index)
{
    if (json_kind_of(array) != JSON_ARRAY || index >= array->count)
        return NULL;
    return shown(&array->items[index]);
}

void json_each(const struct json *object, json_each_fn *each, void *ctx)
{
    if (json_kind_of(object) != JSON_OBJECT)
        return;
    for (uint32_t i = 0; i < object->count; i++)
        if (!each(object->items[i].key, shown(&object->items[i]), ctx))
            return;
}

struct slice json_string(const struct json *node)
{
    return json_kind_of(node) == JSON_STRING ? node->text : SLICE_EMPTY;
}

struct slice json_get_string(const struct json *object, const char *key)
{
    return json_string(json_get(object, key));
}

int64_t json_int(const struct json *node, int64_t fallback)
{
    int64_t value = 0;
    if (json_kind_of(node) != JSON_NUMBER)
        return fallback;
    int rc = slice_to_int64(node->text, &value);
    if (rc == OK)
        return value;
    if (rc == ERR_LIMIT)
        return node->text.at[0] == '-' ? INT64_MIN : INT64_MAX;
    double real = json_double(node, 0);
    if (!(real > -9.2e18 && real < 9.2e18))
        return real > 0 ? INT64_MAX : real < 0 ? INT64_MIN : 0;
    return (int64_t)real;
}

double json_double(const struct json *node, double fallback)
{
    return json_kind_of(node) == JSON_NUMBER ? strtod(node->text.at, NULL) : fallback;
}

bool json_truth(const struct json *node, bool fallback)
{
    return json_kind_of(node) == JSON_BOOL ? node->truth : fallback;
}

struct slice json_scalar_text(const struct json *node)
{
    enum json_kind kind = json_kind_of(node);
    if (kind == JSON_STRING || kind == JSON_NUMBER)
        return node->text;
    if (kind == JSON_BOOL)
        return node->truth ? SLICE("true") : SLICE("false");
    return SLICE_EMPTY;
}
