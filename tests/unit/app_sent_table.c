/* Tables that people send in, row by row, and what is left of one that was not read to its end. */
#include "app/sent_table.h"
#include "tests/unit/unit.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    return arena_create(8u << 20, &arena);
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void each_row_has_its_bytes(void **state)
{
    static const char *const raws[] = {"\r\n a,\"1\n2\"\r\n", "b,3\r\n", "c,4"};
    struct sent_table table;
    struct complaint wrong;
    size_t count = 0;
    (void)state;
    assert_true(sent_table_begin(
        &table, arena, SLICE("\xEF\xBB\xBFtitle,text\r\n\r\n a,\"1\n2\"\r\nb,3\r\nc,4"), &wrong));
    while (sent_table_next(&table, &wrong))
        assert_true(slice_is(table.raw, raws[count++]));
    assert_int_equal(count, 3);
    assert_null(wrong.kind);
}

/* As spreadsheets of old Macintoshes save: '\r' alone, and '\n' within a cell. */
static void lines_may_end_in_carriage_returns(void **state)
{
    static const char *const raws[] = {"a,\"1\n2\"\r", "\r,\rb,3"};
    struct sent_table table;
    struct complaint wrong;
    struct slice rest;
    uint64_t line;
    const struct slice text = SLICE("sep=,\rtitle,text\ra,\"1\n2\"\r\r,\rb,3");
    size_t count = 0;
    (void)state;
    assert_true(sent_table_begin(&table, arena, text, &wrong));
    while (sent_table_next(&table, &wrong))
        assert_true(slice_is(table.raw, raws[count++]));
    assert_int_equal(count, 2);
    assert_null(wrong.kind);
    assert_int_equal(table.csv.line, 6);
    assert_int_equal(sent_table_rest(arena, text, 3, &line, &rest), OK);
    assert_int_equal(line, 6);
    assert_true(slice_is(rest, "sep=,\rtitle,text\r\r,\rb,3"));
}

static void what_is_left_stands_under_the_first_line(void **state)
{
    static const struct {
        const char *text;
        uint64_t after, line;
        const char *rest;
    } cases[] = {{"title,text\na,1\nb,2\n", 0, 2, "title,text\na,1\nb,2\n"},
                 {"title,text\na,1\nb,2\n", 2, 3, "title,text\nb,2\n"},
                 {"title,text\na,1\nb,2\n", 3, 0, ""},
                 {"title;text\r\n\"a\nb\";1\r\n\r\nb;2", 2, 5, "title;text\r\n\r\nb;2"},
                 {"title,text\na,1\nb,\"2\nc,3\n", 2, 3, "title,text\nb,\"2\nc,3\n"},
                 {"\xEF\xBB\xBFtitle\na\nb\n", 2, 3, "title\nb\n"},
                 {"title\ra\r\n\n\"b\nc\"\r\n", 2, 3, "title\r\"b\nc\"\r\n"},
                 {"title\r\r\na\r\r\nb\r\r\n", 3, 5, "title\r\r\nb\r\r\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice rest = SLICE_EMPTY;
        uint64_t line = 99;
        assert_int_equal(
            sent_table_rest(arena, slice_of(cases[i].text), cases[i].after, &line, &rest), OK);
        assert_int_equal(line, cases[i].line);
        assert_true(slice_is(rest, cases[i].rest));
    }
}

static void what_is_no_table_is_told(void **state)
{
    struct sent_table table;
    struct complaint wrong;
    struct slice rest;
    uint64_t line;
    (void)state;
    assert_false(sent_table_begin(&table, arena, SLICE("name,phone\na,1\n"), &wrong));
    assert_string_equal(wrong.kind, "table-heads");
    assert_int_equal(sent_table_rest(arena, SLICE_EMPTY, 0, &line, &rest), ERR_SYNTAX);
    /* an archive behind a mark would be a table whose rest is none */
    assert_false(
        sent_table_begin(&table, arena, SLICE("\xEF\xBB\xBFPK\x03\x04,text\na,b\n"), &wrong));
    assert_string_equal(wrong.kind, "archive");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_row_has_its_bytes),
        TEST(lines_may_end_in_carriage_returns),
        TEST(what_is_left_stands_under_the_first_line),
        TEST(what_is_no_table_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
