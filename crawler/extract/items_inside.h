/* crawler/extract/items_inside.h - between items.c (XML) and items_json.c. */
#ifndef LUREWATCH_EXTRACT_ITEMS_INSIDE_H
#define LUREWATCH_EXTRACT_ITEMS_INSIDE_H

#include "crawler/extract/items.h"

#define ITEMS_STEPS_MAX      16u
#define ITEMS_TEXT_BYTES_MAX (1u << 20) /* of one field */
#define ITEMS_LOOK_BYTES     65536u     /* of a body, to see what it is */

struct items_path {
    struct slice step[ITEMS_STEPS_MAX]; /* borrowed from the rules */
    unsigned count;
    struct slice attr; /* behind '@' at the end, or empty */
    bool anywhere;     /* "//" at the start */
};

/* Errors: ERR_LIMIT (ITEMS_STEPS_MAX). */
MUST_USE int items_path_parse(const char *text, struct items_path *ret_path);
/* The list of struct raw_item to the arena. Errors: ERR_NOMEM. */
MUST_USE int items_give(struct arena *arena, const struct text_buf *list, struct raw_items *items);
/* Errors: ERR_SYNTAX (with its sentence), ERR_LIMIT (a path), ERR_NOMEM. */
MUST_USE int items_read_json(struct arena *arena, struct slice text, const struct rule_items *rules,
                             struct raw_items *items, struct failure *reterr);

#endif
