/* Tables that people send: separators, quotes, line ends within cells, broken ones. */
#include "app/csv.h"
#include "tests/unit/unit.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    return arena_create(1u << 20, &arena);
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void cells_are(struct csv *csv, uint64_t line, const char *one, const char *two)
{
    struct csv_row row;
    int rc = OK;
    assert_true(csv_next(csv, &row, &rc));
    assert_int_equal(row.count, 2);
    assert_int_equal(csv->line, line);
    assert_true(slice_is(row.cell[0], one));
    assert_true(slice_is(row.cell[1], two));
}

static void separators_are_told_by_the_head(void **state)
{
    static const char *const texts[] = {"a,b\r\n1, 2 \r\n", "a;b\n1;2\n", "a\tb\n1\t2",
                                        "\xEF\xBB\xBF"
                                        "a,b\n\n\n1,2\n"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct csv csv;
        struct csv_row row;
        int rc = OK;
        csv_begin(&csv, arena, slice_of(texts[i]));
        cells_are(&csv, 1, "a", "b");
        cells_are(&csv, i == 3 ? 4 : 2, "1", "2");
        assert_false(csv_next(&csv, &row, &rc));
        assert_int_equal(rc, OK);
    }
}

static void a_separator_is_named_before_the_head(void **state)
{
    struct csv csv;
    (void)state;
    csv_begin(&csv, arena, SLICE("\xEF\xBB\xBFsep=|\r\na,x|b\n1|2\n"));
    cells_are(&csv, 2, "a,x", "b");
    cells_are(&csv, 3, "1", "2");
}

static void quotes_hold_separators_lines_and_quotes(void **state)
{
    struct csv csv;
    (void)state;
    csv_begin(&csv, arena, SLICE("a,b\n\"x, y\",\"he said \"\"no\"\"\nthen\"\nlast,\"\"\n"));
    cells_are(&csv, 1, "a", "b");
    cells_are(&csv, 2, "x, y", "he said \"no\"\nthen");
    cells_are(&csv, 4, "last", "");
}

static void broken_tables_are_told(void **state)
{
    struct csv csv;
    struct csv_row row;
    struct text_buf wide;
    int rc = OK;
    (void)state;
    csv_begin(&csv, arena, SLICE("a,\"b\n1,2\n"));
    assert_false(csv_next(&csv, &row, &rc));
    assert_int_equal(rc, ERR_SYNTAX);
    text_buf_init(&wide, 1024);
    for (unsigned i = 0; i < CSV_COLUMNS_MAX + 1; i++)
        text_buf_add_char(&wide, ',');
    csv_begin(&csv, arena, text_buf_slice(&wide));
    assert_false(csv_next(&csv, &row, &rc));
    assert_int_equal(rc, ERR_LIMIT);
    text_buf_release(&wide);
    csv_begin(&csv, arena, SLICE_EMPTY);
    assert_false(csv_next(&csv, &row, &rc));
    assert_int_equal(rc, OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(separators_are_told_by_the_head),
        TEST(a_separator_is_named_before_the_head),
        TEST(quotes_hold_separators_lines_and_quotes),
        TEST(broken_tables_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
