/* crawler/extract/items_inside.h - between items.c (XML), items_json.c and items_fields.c. */
#ifndef LUREWATCH_EXTRACT_ITEMS_INSIDE_H
#define LUREWATCH_EXTRACT_ITEMS_INSIDE_H

#include "crawler/extract/items.h"

#define ITEMS_STEPS_MAX      16u
#define ITEMS_COLUMNS_MAX    40u
#define ITEMS_PARTS_MAX      12u
#define ITEMS_TEXT_BYTES_MAX (1u << 20) /* of one field */
#define ITEMS_LOOK_BYTES     65536u     /* of a body, to see what it is */

struct items_path {
    struct slice step[ITEMS_STEPS_MAX]; /* borrowed from the rules */
    unsigned count;
    struct slice attr; /* behind '@' at the end, or empty */
    bool anywhere;     /* "//" at the start */
};

/* What the readers look for: the item's place and a column for each path a field names. */
struct items_columns {
    struct items_path items, path[ITEMS_COLUMNS_MAX];
    unsigned count;
};
struct items_row {
    struct slice column[ITEMS_COLUMNS_MAX];
};
struct items_rows {
    const struct items_row *list;
    size_t count;
    bool cut, broken;
};

/* Errors: ERR_LIMIT (ITEMS_STEPS_MAX). */
MUST_USE int items_path_parse(struct slice text, struct items_path *ret_path);
/* The list of struct items_row to the arena. Errors: ERR_NOMEM. */
MUST_USE int items_give(struct arena *arena, const struct text_buf *list, struct items_rows *rows);
/* Errors: ERR_SYNTAX (with its sentence), ERR_LIMIT (a path), ERR_NOMEM. */
MUST_USE int items_read_json(struct arena *arena, struct slice text,
                             const struct items_columns *columns, struct items_rows *rows,
                             struct failure *reterr);

/* ---- items_fields.c: a field's rule is a path, several with " + ", or words around {paths} ---- */

struct items_part {
    struct slice words; /* of a template, between its paths */
    unsigned column;    /* ITEMS_COLUMNS_MAX: words */
};
struct items_field {
    struct items_part part[ITEMS_PARTS_MAX];
    unsigned count;
    bool is_template;
};
struct items_plan {
    struct items_columns columns;
    struct items_field field[RULE_FIELD_COUNT];
};
/* Borrows the rules' texts. Errors: ERR_LIMIT (steps, parts or columns). */
MUST_USE int items_plan_make(const struct rule_items *rules, struct items_plan *ret_plan);
/* Rows to items. Errors: ERR_NOMEM. */
MUST_USE int items_plan_give(struct arena *arena, const struct items_plan *plan,
                             const struct items_rows *rows, struct raw_items *ret_items);

#endif
