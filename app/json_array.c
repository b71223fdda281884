/* json_array.c - see json_array.h. Brackets and strings alone say where an item ends; bad bytes and bad
 * grammar within it are for whoever reads it, and cost that item only. */
#include "app/json_array.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip(struct json_array *array, size_t len)
{
    array->rest = slice_from(array->rest, len);
    array->at += len;
}

static void skip_space(struct json_array *array)
{
    size_t len = 0;
    while (len < array->rest.len && is_space(array->rest.at[len]))
        len++;
    skip(array, len);
}

static void skip_mark(struct json_array *array)
{
    if (slice_starts(array->rest, "\xEF\xBB\xBF"))
        skip(array, 3);
}

bool json_array_looks(struct slice text)
{
    struct json_array array = {.rest = text};
    skip_mark(&array);
    skip_space(&array);
    if (!slice_starts(array.rest, "["))
        return false;
    skip(&array, 1);
    skip_space(&array);
    return slice_starts(array.rest, "{") ||
           (slice_starts(array.rest, "]") && slice_trim(array.rest).len == 1);
}

void json_array_begin(struct slice text, struct json_array *ret_array)
{
    *ret_array = (struct json_array){.rest = text};
    skip_mark(ret_array);
    skip_space(ret_array);
    skip(ret_array, 1);
}

/* Bytes of the item that begins here. */
static size_t item_len(struct slice text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == ']' || c == '}')) {
            return i;
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                return i + 1;
        }
    }
    return text.len;
}

static int wrong(struct json_array *array, const char *why, struct failure *reterr)
{
    array->ended = true;
    return failure_set(reterr, ERR_SYNTAX, "the JSON array: byte %zu: %s", array->at, why);
}

/* Behind an item: a comma and another, or the end of it all. */
static int find_more(struct json_array *array, struct failure *reterr)
{
    if (slice_starts(array->rest, ",") && array->number > 0) {
        skip(array, 1);
        skip_space(array);
        return OK;
    }
    if (!slice_starts(array->rest, "]"))
        return array->number == 0 ? OK : wrong(array, "it does not end with ']'", reterr);
    skip(array, 1);
    skip_space(array);
    if (array->rest.len > 0)
        return wrong(array, "something stands behind its end", reterr);
    if (array->number == 0)
        return wrong(array, "it is empty; ads are wanted", reterr);
    array->ended = true;
    return ERR_NOT_FOUND;
}

int json_array_next(struct json_array *array, struct slice *ret_item, struct failure *reterr)
{
    if (array->ended)
        return ERR_NOT_FOUND;
    skip_space(array);
    int rc = find_more(array, reterr);
    if (rc != OK)
        return rc;
    struct slice item = slice_trim(slice_sub(array->rest, 0, item_len(array->rest)));
    if (item.len == 0)
        return wrong(array, "an ad is wanted here", reterr);
    skip(array, item.len);
    array->number++;
    *ret_item = item;
    return OK;
}
