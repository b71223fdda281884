/* fuzz_csv.c - any bytes as a table that somebody sent in. */
#include "app/csv.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size);
    struct arena *arena = NULL;
    struct csv csv;
    struct csv_row row;
    uint64_t last = 0;
    int rc = OK;
    if (arena_create(16u << 20, &arena) != OK)
        return 0;
    csv_begin(&csv, arena, text);
    while (csv_next(&csv, &row, &rc)) {
        PROMISE(row.count >= 1 && row.count <= CSV_COLUMNS_MAX);
        PROMISE(csv.line > last);
        last = csv.line;
        for (size_t i = 0; i < row.count; i++)
            PROMISE(row.cell[i].len <= text.len);
    }
    PROMISE(rc == OK || rc == ERR_SYNTAX || rc == ERR_LIMIT || rc == ERR_NOMEM);
    PROMISE(rc != OK || csv.rest.len == 0);
    arena_free(arena);
    return 0;
}
