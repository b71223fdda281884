/* app/json_array.h - several ads in one JSON array, as browsers' tools and databases save them: taken
 * apart into the bytes of its items, each to be read as a line of JSON lines is. Pure. */
#ifndef LUREWATCH_JSON_ARRAY_H
#define LUREWATCH_JSON_ARRAY_H

#include "common/text.h"

struct json_array {
    struct slice rest; /* borrowed */
    size_t at;         /* bytes taken */
    uint64_t number;   /* of the item given last, from 1 */
    bool ended;
};

/* Does text begin with an array of objects, or is it an empty one? "[Urgent] ..." is words. */
bool json_array_looks(struct slice text);
/* Borrows text, for which json_array_looks() is true. */
void json_array_begin(struct slice text, struct json_array *ret_array);
/* The next item, as it stands there: its own grammar is not checked. ERR_NOT_FOUND: there is none
 * more. Errors: ERR_SYNTAX (what stands between items, or behind the array; no end; not one item),
 * after which there is none more. */
MUST_USE int json_array_next(struct json_array *array, struct slice *ret_item,
                             struct failure *reterr);

#endif
