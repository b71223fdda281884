/* app/table.h - a table for people: columns as wide as their words, cut so that a row fits the
 * terminal. Texts are made safe for a terminal as they are printed. */
#ifndef LUREWATCH_TABLE_H
#define LUREWATCH_TABLE_H

#include "common/arena.h"
#include "common/text.h"

#include <stdio.h>

#define TABLE_COLUMNS_MAX 12u

struct table_column {
    const char *head;
    size_t cells_min; /* a column is never cut below this; 0: it is never cut at all */
    bool right;       /* numbers */
};

struct table;

/* Borrows arena and columns. Gives *ret_table, which lives in arena. Errors: ERR_NOMEM, ERR_LIMIT
 * (over TABLE_COLUMNS_MAX). */
MUST_USE int table_create(struct arena *arena, const struct table_column *columns, size_t count,
                          struct table **ret_table);
/* Cells go row by row, from left to right. Copies text. A table without memory prints what it
 * has and says so at the end. */
void table_add(struct table *table, struct slice text);
void table_addf(struct table *table, const char *format, ...) PRINTF_LIKE(2, 3);
/* Colour of the row that is being filled: an ANSI code such as "31"; NULL: none. Static text. */
void table_colour(struct table *table, const char *code);
size_t table_rows(const struct table *table);
/* Prints head and rows to out in at most columns cells, 0: as wide as the terminal. */
void table_print(const struct table *table, FILE *out, size_t columns);

#endif
