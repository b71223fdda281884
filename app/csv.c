/* csv.c - see csv.h. */
#include "app/csv.h"

#include "common/err.h"

#include <string.h>

static size_t count_of(struct slice line, char wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < line.len; i++)
        count += line.at[i] == wanted ? 1 : 0;
    return count;
}

/* What ends the first line ends all of them: so what is left of a table reads like the whole. */
static char line_end_of(struct slice text)
{
    size_t at = 0;
    while (at < text.len && text.at[at] != '\r' && text.at[at] != '\n')
        at++;
    bool is_old = at < text.len && text.at[at] == '\r';
    return is_old && (at + 1 == text.len || text.at[at + 1] != '\n') ? '\r' : '\n';
}

/* "sep=;" before the heads, as a spreadsheet reads it; '\0': there is none. */
static char named_separator(struct slice *text, char line_end)
{
    size_t end = slice_find_char(*text, line_end);
    struct slice line = slice_sub(*text, 0, end);
    line.len -= line.len > 0 && line.at[line.len - 1] == '\r' ? 1 : 0;
    if (line.len != 5 || !slice_starts_nocase(line, "sep="))
        return '\0';
    *text = end == SIZE_MAX ? SLICE_EMPTY : slice_from(*text, end + 1);
    return line.at[4];
}

void csv_begin(struct csv *csv, struct arena *arena, struct slice text)
{
    while (slice_starts(text, "\xEF\xBB\xBF"))
        text = slice_from(text, 3);
    char line_end = line_end_of(text), named = named_separator(&text, line_end);
    struct slice first = slice_sub(text, 0, slice_find_char(text, line_end));
    size_t commas = count_of(first, ','), semicolons = count_of(first, ';');
    size_t tabs = count_of(first, '\t');
    *csv = (struct csv){.rest = text,
                        .separator = ',',
                        .line_end = line_end,
                        .next_line = named != '\0' ? 2 : 1,
                        .arena = arena};
    if (named != '\0')
        csv->separator = named;
    else if (semicolons > commas && semicolons >= tabs)
        csv->separator = ';';
    else if (tabs > commas)
        csv->separator = '\t';
}

/* A cell in quotes; rest begins behind the first one. Doubled quotes stand for one. */
static int quoted(struct csv *csv, struct slice *ret_cell)
{
    size_t end = 0, doubled = 0;
    while (end < csv->rest.len) {
        if (csv->rest.at[end] == '"' && end + 1 < csv->rest.len && csv->rest.at[end + 1] == '"') {
            doubled++;
            end++;
        } else if (csv->rest.at[end] == '"') {
            break;
        }
        csv->next_line += csv->rest.at[end] == csv->line_end ? 1 : 0;
        end++;
    }
    if (end == csv->rest.len)
        return ERR_SYNTAX;
    struct slice raw = slice_sub(csv->rest, 0, end);
    csv->rest = slice_from(csv->rest, end + 1);
    *ret_cell = raw;
    if (doubled == 0)
        return OK;
    char *plain = arena_alloc(csv->arena, raw.len + 1);
    size_t len = 0;
    if (plain == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < raw.len; i++) {
        plain[len++] = raw.at[i];
        i += raw.at[i] == '"' ? 1 : 0;
    }
    *ret_cell = slice_make(plain, len);
    return OK;
}

static struct slice bare(struct csv *csv)
{
    size_t end = 0;
    while (end < csv->rest.len && csv->rest.at[end] != csv->separator &&
           csv->rest.at[end] != csv->line_end)
        end++;
    struct slice cell = slice_trim(slice_sub(csv->rest, 0, end));
    csv->rest = slice_from(csv->rest, end);
    return cell;
}

static int read_cell(struct csv *csv, struct slice *ret_cell)
{
    if (csv->rest.len == 0 || csv->rest.at[0] != '"') {
        *ret_cell = bare(csv);
        return OK;
    }
    csv->rest = slice_from(csv->rest, 1);
    int rc = quoted(csv, ret_cell);
    if (rc == OK)
        (void)bare(csv); /* what stands between a closing quote and the separator is noise */
    return rc;
}

/* Behind the sign at the end of a row, and behind any '\n' that lines of a mixed table have in addition. */
static void pass_end(struct csv *csv)
{
    csv->rest = slice_from(csv->rest, 1);
    while (csv->line_end == '\r' && csv->rest.len > 0 && csv->rest.at[0] == '\n')
        csv->rest = slice_from(csv->rest, 1);
}

static int read_row(struct csv *csv, struct csv_row *row)
{
    row->count = 0;
    csv->line = csv->next_line;
    for (;;) {
        if (row->count == CSV_COLUMNS_MAX)
            return ERR_LIMIT;
        int rc = read_cell(csv, &row->cell[row->count++]);
        if (rc != OK)
            return rc;
        if (csv->rest.len > 0 && csv->rest.at[0] != csv->line_end) {
            csv->rest = slice_from(csv->rest, 1);
            continue;
        }
        if (csv->rest.len > 0)
            pass_end(csv);
        csv->next_line++;
        return OK;
    }
}

static bool is_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cell[i].len > 0)
            return false;
    return true;
}

bool csv_next(struct csv *csv, struct csv_row *ret_row, int *ret_rc)
{
    *ret_rc = OK;
    while (csv->rest.len > 0) {
        *ret_rc = read_row(csv, ret_row);
        if (*ret_rc != OK)
            return false;
        if (!is_empty(ret_row))
            return true;
    }
    return false;
}
