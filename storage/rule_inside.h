/* storage/rule_inside.h - a row of rules, for rule_*.c alone. */
#ifndef LUREWATCH_RULE_INSIDE_H
#define LUREWATCH_RULE_INSIDE_H

#include "storage/rule_rows.h"
#include "storage/store_inside.h"

struct rule_row {
    int64_t id, stands, first_run, changed_run, changed, last_run, last_hit, silent;
    struct digest digest;
    const char *name;
};

/* All of them, by id, as items of list. */
MUST_USE int rules_read(struct store *store, struct row_list *list);

#endif
