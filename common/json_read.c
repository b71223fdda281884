/* json_read.c - the one file that knows json-c; see json.h.
 *
 * json-c numbers may be out of int64; it clamps, and so do we. A NUL inside a key or string
 * survives as bytes of the slice. */
#include "common/json.h"

#include "common/json_check.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct json_doc {
    struct json_object *root;
};

/* struct json is json-c's object under our name: a view, never defined. */
static struct json_object *inside(const struct json *node)
{
    return (struct json_object *)(uintptr_t)node;
}

static const struct json *outside(struct json_object *object)
{
    return (const struct json *)object;
}

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

int json_parse(struct slice text, bool strict, int depth_max, struct json_doc **ret_doc,
               struct failure *reterr)
{
    if (text.len >= INT_MAX)
        return failure_set(reterr, ERR_LIMIT, "the text is over 2 GiB");
    int rc = strict ? json_check(text, depth_max, reterr) : OK;
    if (rc != OK)
        return rc;
    struct json_object *root = NULL;
    struct json_doc *doc = calloc(1, sizeof *doc);
    struct json_tokener *tokener = json_tokener_new_ex(depth_max);
    if (doc == NULL || tokener == NULL) {
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
        goto out;
    }
    root = json_tokener_parse_ex(tokener, text.at, (int)text.len);
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        root = json_tokener_parse_ex(tokener, "", 1); /* a bare number ends with the text */
    if (json_tokener_get_error(tokener) != json_tokener_success) {
        rc = parse_failure(tokener, text, reterr);
        goto out;
    }
    doc->root = root;
    *ret_doc = doc;
    doc = NULL;
    root = NULL;
out:
    json_object_put(root);
    if (tokener != NULL)
        json_tokener_free(tokener);
    free(doc);
    return rc;
}

void json_free(struct json_doc *doc)
{
    if (doc == NULL)
        return;
    json_object_put(doc->root);
    free(doc);
}

const struct json *json_root(const struct json_doc *doc)
{
    return outside(doc->root);
}

enum json_kind json_kind_of(const struct json *node)
{
    switch (json_object_get_type(inside(node))) {
    case json_type_boolean:
        return JSON_BOOL;
    case json_type_double:
    case json_type_int:
        return JSON_NUMBER;
    case json_type_object:
        return JSON_OBJECT;
    case json_type_array:
        return JSON_ARRAY;
    case json_type_string:
        return JSON_STRING;
    case json_type_null:
        break;
    }
    return JSON_NULL; /* json-c keeps null as NULL, so absent and null look alike */
}

const struct json *json_get(const struct json *object, const char *key)
{
    struct json_object *value = NULL;
    if (json_kind_of(object) != JSON_OBJECT)
        return NULL;
    return json_object_object_get_ex(inside(object), key, &value) ? outside(value) : NULL;
}

size_t json_count(const struct json *node)
{
    enum json_kind kind = json_kind_of(node);
    if (kind == JSON_ARRAY)
        return json_object_array_length(inside(node));
    return kind == JSON_OBJECT ? (size_t)json_object_object_length(inside(node)) : 0;
}

const struct json *json_at(const struct json *array, size_t index)
{
    if (json_kind_of(array) != JSON_ARRAY || index >= json_object_array_length(inside(array)))
        return NULL;
    return outside(json_object_array_get_idx(inside(array), index));
}

void json_each(const struct json *object, json_each_fn *each, void *ctx)
{
    if (json_kind_of(object) != JSON_OBJECT)
        return;
    struct lh_entry *entry = NULL;
    for (entry = json_object_get_object(inside(object))->head; entry != NULL; entry = entry->next)
        if (!each((const char *)lh_entry_k(entry), (const struct json *)lh_entry_v(entry), ctx))
            return;
}

struct slice json_string(const struct json *node)
{
    if (json_kind_of(node) != JSON_STRING)
        return SLICE_EMPTY;
    return slice_make(json_object_get_string(inside(node)),
                      (size_t)json_object_get_string_len(inside(node)));
}

struct slice json_get_string(const struct json *object, const char *key)
{
    return json_string(json_get(object, key));
}

int64_t json_int(const struct json *node, int64_t fallback)
{
    return json_kind_of(node) == JSON_NUMBER ? json_object_get_int64(inside(node)) : fallback;
}

double json_double(const struct json *node, double fallback)
{
    return json_kind_of(node) == JSON_NUMBER ? json_object_get_double(inside(node)) : fallback;
}

bool json_truth(const struct json *node, bool fallback)
{
    return json_kind_of(node) == JSON_BOOL ? json_object_get_boolean(inside(node)) : fallback;
}

struct slice json_scalar_text(const struct json *node)
{
    enum json_kind kind = json_kind_of(node);
    if (kind == JSON_STRING)
        return json_string(node);
    if (kind == JSON_NUMBER || kind == JSON_BOOL)
        return slice_of(json_object_get_string(inside(node)));
    return SLICE_EMPTY;
}
