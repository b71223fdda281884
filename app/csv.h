/* app/csv.h - reads tables that people send: RFC 4180 with a head line, separated by commas,
 * semicolons or tabs, quotes and line ends within cells. */
#ifndef LUREWATCH_CSV_H
#define LUREWATCH_CSV_H

#include "common/arena.h"
#include "common/text.h"

#define CSV_COLUMNS_MAX 64u

struct csv { /* over a text that outlives it */
    struct slice rest;
    char separator, line_end; /* '\r' where the first line ends so, as old spreadsheets wrote */
    uint64_t line;            /* at which the row just read begins, from 1 */
    uint64_t next_line;
    struct arena *arena;
};
struct csv_row {
    struct slice cell[CSV_COLUMNS_MAX];
    size_t count;
};

/* The separator is the one the first line has most of, or that a line "sep=;" before it names; a byte
 * order mark is passed over. */
void csv_begin(struct csv *csv, struct arena *arena, struct slice text);
/* False at the end. Blank lines, and rows whose cells are all empty, are passed over. Cells live in the text or the arena.
 * Errors in *ret_rc: ERR_SYNTAX (a quote that is not closed), ERR_LIMIT (columns), ERR_NOMEM. */
bool csv_next(struct csv *csv, struct csv_row *ret_row, int *ret_rc);

#endif
