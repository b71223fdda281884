/* A caret stands under the place it means, whatever the letters before it. */
#include "common/cells.h"
#include "tests/unit/unit.h"

static void wide_letters_take_two_cells_and_marks_none(void **state)
{
    (void)state;
    assert_int_equal(text_cells(SLICE("abc")), 3);
    assert_int_equal(text_cells(SLICE("гр")), 2);
    assert_int_equal(text_cells(SLICE("客服")), 4);
    assert_int_equal(text_cells(SLICE("ที่")), 1);
    assert_int_equal(text_cells(SLICE("a\xFF")), 2);
}

static void expect_caret(const char *line, size_t at, const char *shown, size_t indent)
{
    char caret[CARET_BYTES];
    struct slice part;
    caret_show(slice_of(line), at, &part, caret);
    expect_text(part, shown);
    assert_int_equal(strlen(caret), indent + 1);
    assert_int_equal(strspn(caret, " "), indent);
    assert_int_equal(caret[indent], '^');
}

static void the_caret_counts_cells(void **state)
{
    (void)state;
    expect_caret("abc", 1, "abc", 1);
    expect_caret("abc", 3, "abc", 3);
    expect_caret("abc", 99, "abc", 3);
    expect_caret("", 0, "", 0);
    expect_caret("тур(", strlen("тур"), "тур(", 3);
    expect_caret("客服(", strlen("客服"), "客服(", 4);
    expect_caret("客服(", strlen("客") + 1, "客服(", 2); /* within a letter: its start */
}

static void a_long_line_is_cut_between_letters(void **state)
{
    char caret[CARET_BYTES];
    struct text_buf text;
    struct slice shown;
    (void)state;
    text_buf_init(&text, 4096);
    for (size_t i = 0; i < 100; i++)
        text_buf_add_str(&text, "客服ж");
    text_buf_add_char(&text, '!');
    caret_show(text_buf_slice(&text), text.len - 1, &shown, caret);
    assert_int_equal(text_cells(shown), strlen(caret)); /* the '!' is the last that is shown */
    assert_true(strlen(caret) >= 60 && strlen(caret) <= 62);
    assert_int_not_equal((unsigned char)shown.at[0] & 0xC0, 0x80);
    assert_int_equal(shown.at[shown.len - 1], '!');
    caret_show(text_buf_slice(&text), 0, &shown, caret);
    assert_true(text_cells(shown) >= 99 && text_cells(shown) <= 100);
    assert_string_equal(caret, "^");
    text_buf_release(&text);
}

static void a_column_is_a_byte_of_the_line(void **state)
{
    (void)state;
    assert_int_equal(column_byte(SLICE("abc"), 1), 0);
    assert_int_equal(column_byte(SLICE("客服x"), 3), 6);
    assert_int_equal(column_byte(SLICE("ab"), 9), 2);
    assert_int_equal(column_byte(SLICE("ab"), 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_letters_take_two_cells_and_marks_none),
        cmocka_unit_test(the_caret_counts_cells),
        cmocka_unit_test(a_long_line_is_cut_between_letters),
        cmocka_unit_test(a_column_is_a_byte_of_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
