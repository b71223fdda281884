/* table.c - tables for people; see table.h.
 *
 * Widths: each column as wide as its widest cell; while the row is too wide, the widest column that
 * may be cut gives up a cell. */
#include "app/table.h"

#include "app/command.h"

#include <stdarg.h>
#include <string.h>

#define GAP_CELLS      2u
#define CELL_BYTES_MAX 4096u
#define BLOCK_ROWS     64u

struct row {
    struct slice cell[TABLE_COLUMNS_MAX];
    const char *colour;
};

struct block {
    struct block *next;
    struct row rows[BLOCK_ROWS];
};

struct table {
    struct arena *arena;
    const struct table_column *columns;
    size_t count;                      /* of columns */
    size_t rows, rows_room, next_cell; /* whole rows; room made; cells filled of the next */
    size_t cells_max[TABLE_COLUMNS_MAX];
    struct block *first, *last;
    bool failed;
};

int table_create(struct arena *arena, const struct table_column *columns, size_t count,
                 struct table **ret_table)
{
    if (count > TABLE_COLUMNS_MAX)
        return ERR_LIMIT;
    struct table *table = arena_alloc(arena, sizeof *table);
    if (table == NULL)
        return ERR_NOMEM;
    *table = (struct table){.arena = arena, .columns = columns, .count = count};
    for (size_t i = 0; i < count; i++)
        table->cells_max[i] = text_cells(slice_of(columns[i].head));
    *ret_table = table;
    return OK;
}

static struct row *row_now(struct table *table)
{
    if (table->rows == table->rows_room) {
        struct block *block = arena_alloc(table->arena, sizeof *block);
        if (block == NULL)
            return NULL;
        if (table->last == NULL)
            table->first = block;
        else
            table->last->next = block;
        table->last = block;
        table->rows_room += BLOCK_ROWS;
    }
    return &table->last->rows[table->rows % BLOCK_ROWS];
}

void table_add(struct table *table, struct slice text)
{
    struct row *row = table->failed ? NULL : row_now(table);
    struct slice kept = slice_sub(text, 0, CELL_BYTES_MAX);
    const char *copy = row == NULL ? NULL : arena_copy(table->arena, kept.at, kept.len);
    if (copy == NULL) {
        table->failed = true;
        return;
    }
    size_t cells = text_cells(kept);
    row->cell[table->next_cell] = (struct slice){copy, kept.len};
    if (cells > table->cells_max[table->next_cell])
        table->cells_max[table->next_cell] = cells;
    if (++table->next_cell == table->count) {
        table->next_cell = 0;
        table->rows++;
    }
}

void table_addf(struct table *table, const char *format, ...)
{
    char text[CELL_BYTES_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    table_add(table, len < 0 ? SLICE_EMPTY : slice_of(text));
}

void table_colour(struct table *table, const char *code)
{
    struct row *row = table->failed ? NULL : row_now(table);
    if (row != NULL)
        row->colour = code;
}

size_t table_rows(const struct table *table)
{
    return table->rows;
}

static void widths_fit(const struct table *table, size_t columns, size_t widths[])
{
    size_t total = 0;
    for (size_t i = 0; i < table->count; i++) {
        widths[i] = table->cells_max[i];
        total += widths[i] + (i > 0 ? GAP_CELLS : 0);
    }
    while (total > columns) {
        size_t widest = table->count;
        for (size_t i = 0; i < table->count; i++)
            if (table->columns[i].cells_min > 0 && widths[i] > table->columns[i].cells_min &&
                (widest == table->count || widths[i] > widths[widest]))
                widest = i;
        if (widest == table->count)
            return; /* nothing left to give */
        widths[widest]--;
        total--;
    }
}

static void cell_print(FILE *out, const struct table_column *column, struct slice text,
                       size_t width, bool last)
{
    size_t cells = text_cells(text);
    if (column->right && cells < width) {
        fprintf(out, "%*s", (int)(width - cells), "");
        width = cells;
    }
    print_cell(out, text, last && cells < width ? cells : width);
}

static void row_print(const struct table *table, FILE *out, const struct slice *cells,
                      const size_t widths[])
{
    for (size_t i = 0; i < table->count; i++) {
        if (i > 0)
            fprintf(out, "%*s", (int)GAP_CELLS, "");
        cell_print(out, &table->columns[i], cells[i], widths[i], i + 1 == table->count);
    }
}

void table_print(const struct table *table, FILE *out, size_t columns)
{
    size_t widths[TABLE_COLUMNS_MAX];
    struct slice heads[TABLE_COLUMNS_MAX];
    bool colour = colour_wanted(out);
    widths_fit(table, columns > 0 ? columns : terminal_columns(out), widths);
    for (size_t i = 0; i < table->count; i++)
        heads[i] = slice_of(table->columns[i].head);
    fputs(colour ? "\033[1m" : "", out);
    row_print(table, out, heads, widths);
    fputs(colour ? "\033[0m\n" : "\n", out);
    const struct block *block = table->first;
    for (size_t i = 0; i < table->rows; i++) {
        const struct row *row = &block->rows[i % BLOCK_ROWS];
        bool painted = colour && row->colour != NULL;
        if (painted)
            fprintf(out, "\033[%sm", row->colour);
        row_print(table, out, row->cell, widths);
        fputs(painted ? "\033[0m\n" : "\n", out);
        if (i % BLOCK_ROWS == BLOCK_ROWS - 1)
            block = block->next;
    }
    if (table->failed)
        fputs("(the table is cut: out of memory)\n", out);
}
