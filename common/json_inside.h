/* common/json_inside.h - the tree that json.h shows, for the two files that make it. */
#ifndef LUREWATCH_JSON_INSIDE_H
#define LUREWATCH_JSON_INSIDE_H

#include "common/arena.h"
#include "common/json.h"

struct json {
    enum json_kind kind;
    bool truth;
    uint32_t count;           /* items of an array, members of an object */
    const char *key;          /* of a member, NUL behind it */
    struct slice text;        /* of a string; of a number, as written; NUL behind it */
    const struct json *items; /* count of them, in order; keys of an object differ */
};

/* Builds the tree of a text that json_check() has passed, in arena. *ret_done false: not this one,
 * for an object in it has a key twice or more members than BUILD_MEMBERS_MAX. Errors: ERR_NOMEM. */
MUST_USE int json_build(struct slice text, struct arena *arena, struct json *ret_root,
                        bool *ret_done);

#endif
