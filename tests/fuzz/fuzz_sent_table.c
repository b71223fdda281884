/* fuzz_sent_table.c - any bytes as a table that somebody sent in, in any encoding: rows are whole, their
 * bytes lie one behind the other, and what is left of a table reads as the same rows. */
#include "app/sent_table.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static size_t rows_of(struct slice bytes, struct arena *arena, uint64_t after_line, bool *ret_whole)
{
    struct sent_table table;
    struct complaint wrong = {.kind = "none"};
    const char *end = bytes.at;
    size_t count = 0;
    if (!sent_table_begin(&table, arena, bytes, &wrong)) {
        PROMISE(wrong.kind != NULL && wrong.why != NULL);
        *ret_whole = false;
        return 0;
    }
    PROMISE(utf8_is_valid(table.text));
    while (sent_table_next(&table, &wrong)) {
        PROMISE(table.raw.len == 0 || (table.raw.at >= end && table.raw.len <= bytes.len));
        end = table.raw.len > 0 ? table.raw.at + table.raw.len : end;
        PROMISE(end <= bytes.at + bytes.len);
        count += table.csv.line > after_line ? 1 : 0;
    }
    PROMISE(wrong.kind != NULL || table.csv.rest.len == 0);
    *ret_whole = wrong.kind == NULL;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = fuzz_slice(data, size), rest = SLICE_EMPTY;
    uint64_t after = 1 + fuzz_byte(&bytes) % 8, line = 0;
    struct arena *arena = NULL;
    bool whole = false, again = false;
    if (arena_create(64u << 20, &arena) != OK)
        return 0;
    size_t left = rows_of(bytes, arena, after, &whole);
    int rc = sent_table_rest(arena, bytes, after, &line, &rest);
    PROMISE(rc == OK || rc == ERR_SYNTAX);
    if (rc == OK && whole && left > 0) {
        PROMISE(line > after && rest.len > 0);
        PROMISE(rows_of(rest, arena, 0, &again) == left && again);
    }
    arena_free(arena);
    return 0;
}
