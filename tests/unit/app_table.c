/* Tables fit the columns they are given, wide characters and hostile ones included. */
#include "app/command.h"
#include "app/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct table_column COLUMNS[] = {
    {"id", 0, true}, {"title", 6, false}, {"words", 8, false}};

static char *printed(const struct table *table, size_t columns)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    table_print(table, out, columns);
    fclose(out);
    return text;
}

static void rows_fit(void **state)
{
    struct arena *arena = NULL;
    struct table *table = NULL;
    (void)state;
    assert_int_equal(arena_create(16u << 20, &arena), OK);
    assert_int_equal(table_create(arena, COLUMNS, 3, &table), OK);
    for (int i = 0; i < 300; i++) {
        table_colour(table, "31");
        table_addf(table, "%d", i);
        table_add(table, SLICE("招聘柬埔寨西港客服 customer service \033[31m with a long title"));
        table_add(table, SLICE("one; two; three; four; five; six"));
    }
    assert_int_equal(table_rows(table), 300);
    char *text = printed(table, 40);
    struct slice rest = slice_of(text), line;
    size_t lines = 0;
    while (slice_next_line(&rest, &line)) {
        assert_true(text_cells(line) <= 40);
        assert_int_equal(slice_find_char(line, '\033'), SIZE_MAX);
        lines++;
    }
    assert_int_equal(lines, 301);
    assert_non_null(strstr(text, "299  "));
    assert_non_null(strstr(text, "…"));
    free(text);
    text = printed(table, 200);
    assert_null(strstr(text, "…"));
    free(text);
    arena_free(arena);
}

static void a_table_without_rows_has_its_head(void **state)
{
    struct arena *arena = NULL;
    struct table *table = NULL;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    assert_int_equal(table_create(arena, COLUMNS, 3, &table), OK);
    char *text = printed(table, 80);
    assert_string_equal(text, "id  title  words\n");
    free(text);
    arena_free(arena);
}

static void a_table_without_memory_says_so(void **state)
{
    struct arena *arena = NULL;
    struct table *table = NULL;
    (void)state;
    assert_int_equal(arena_create(64u << 10, &arena), OK);
    assert_int_equal(table_create(arena, COLUMNS, 3, &table), OK);
    for (int i = 0; i < 10000; i++)
        for (int column = 0; column < 3; column++)
            table_add(table, SLICE("a cell of some length"));
    char *text = printed(table, 80);
    assert_non_null(strstr(text, "the table is cut"));
    free(text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_fit),
        cmocka_unit_test(a_table_without_rows_has_its_head),
        cmocka_unit_test(a_table_without_memory_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
