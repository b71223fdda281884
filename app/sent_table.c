/* sent_table.c - see sent_table.h. */
#include "app/sent_table.h"

#include "app/csv_ad.h"

#include <string.h>

#define REST_ARENA_BYTES_MAX (64u << 20)

static size_t line_ends(const struct sent_table *table, const char *to)
{
    size_t count = 0;
    for (const char *at = table->from; at < to; at++)
        count += *at == table->csv.line_end ? 1 : 0;
    return count;
}

/* A row ends where its last line does, in the bytes as in the text. */
static void take_raw(struct sent_table *table, size_t lines)
{
    size_t len = table->csv.rest.len == 0
                     ? table->raw_rest.len
                     : sent_text_raw_lines(table->raw_rest, &table->sent,
                                           (struct line_count){lines, table->csv.line_end});
    table->raw = slice_sub(table->raw_rest, 0, len);
    table->raw_rest = slice_from(table->raw_rest, len);
}

bool sent_table_begin(struct sent_table *table, struct arena *arena, struct slice bytes,
                      struct complaint *ret_wrong)
{
    int rc = OK;
    memset(table, 0, sizeof *table);
    if (!sent_text_read(arena, bytes, &table->sent, ret_wrong))
        return false;
    csv_begin(&table->csv, arena, table->sent.text);
    table->text = table->sent.text;
    if (!csv_next(&table->csv, &table->heads, &rc) || !csv_heads_known(&table->heads)) {
        *ret_wrong = (struct complaint){
            .kind = "table-heads",
            .line = 1,
            .why = "the first line must name the columns, with title or text among them: title, "
                   "text, company, location, salary, url, id"};
        return false;
    }
    table->from = table->csv.rest.at;
    table->raw_rest = table->sent.raw;
    take_raw(table, table->csv.next_line - 1);
    return true;
}

bool sent_table_next(struct sent_table *table, struct complaint *ret_wrong)
{
    int rc = OK;
    *ret_wrong = (struct complaint){.kind = NULL};
    if (!csv_next(&table->csv, &table->row, &rc)) {
        if (rc == ERR_SYNTAX)
            *ret_wrong = (struct complaint){.kind = "table-quote",
                                            .why = "a quote is opened and never closed"};
        else if (rc == ERR_LIMIT)
            *ret_wrong = (struct complaint){.kind = "table-columns", .why = "too many columns"};
        else if (rc != OK)
            *ret_wrong = (struct complaint){.kind = "other", .why = "out of memory"};
        ret_wrong->line = table->csv.line;
        return false;
    }
    take_raw(table, line_ends(table, table->csv.rest.at));
    table->from = table->csv.rest.at;
    return true;
}

int sent_table_ad(const struct sent_table *table, struct arena *arena, struct posting *ret_posting)
{
    return csv_ad(arena, &table->heads, &table->row, ret_posting);
}

bool sent_table_spills(const struct sent_table *table)
{
    for (size_t i = table->heads.count; i < table->row.count; i++)
        if (table->row.cell[i].len > 0)
            return true;
    return false;
}

/* Of a table whose first line was read: up to the first row behind that line. */
static struct slice rows_behind(struct sent_table *table, uint64_t after_line, uint64_t *ret_line)
{
    struct complaint wrong;
    const char *begins = table->from;
    while (sent_table_next(table, &wrong)) {
        if (table->csv.line > after_line) {
            *ret_line = table->csv.line;
            break;
        }
        begins = table->from;
    }
    if (wrong.kind != NULL) /* from there on nothing is read */
        *ret_line = wrong.line;
    return slice_from(table->text, (size_t)(begins - table->text.at));
}

int sent_table_rest(struct arena *arena, struct slice bytes, uint64_t after_line,
                    uint64_t *ret_line, struct slice *ret_rest)
{
    struct sent_table table;
    struct complaint wrong;
    struct arena *own = NULL;
    *ret_line = 0;
    int rc = arena_create(REST_ARENA_BYTES_MAX, &own);
    if (rc != OK)
        return rc;
    if (!sent_table_begin(&table, own, bytes, &wrong)) {
        rc = ERR_SYNTAX;
        goto out;
    }
    struct slice heads = slice_sub(table.text, 0, (size_t)(table.from - table.text.at));
    struct slice rows = rows_behind(&table, after_line, ret_line);
    if (*ret_line == 0)
        goto out;
    char *rest = arena_alloc(arena, heads.len + rows.len + 1);
    if (rest == NULL) {
        rc = ERR_NOMEM;
        goto out;
    }
    memcpy(rest, heads.at, heads.len);
    memcpy(rest + heads.len, rows.at, rows.len);
    *ret_rest = slice_make(rest, heads.len + rows.len);
out:
    arena_free(own);
    return rc;
}
