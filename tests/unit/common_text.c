/* Slices and growing buffers: clamping, searching, numbers, limits; failures in words. */
#include "common/text.h"
#include "tests/unit/unit.h"

static void slices_clamp_instead_of_running_out(void **state)
{
    struct slice text = SLICE("abcdef");
    (void)state;
    expect_text(slice_from(text, 4), "ef");
    expect_text(slice_from(text, 60), "");
    expect_text(slice_sub(text, 2, 3), "cde");
    expect_text(slice_sub(text, 4, SIZE_MAX), "ef");
    expect_text(slice_sub(text, 7, 1), "");
    expect_text(slice_of(NULL), "");
    assert_non_null(slice_make(NULL, 0).at);
}

static void comparing_folds_ascii_alone(void **state)
{
    (void)state;
    assert_true(slice_equal_nocase(SLICE("Content-TYPE"), SLICE("content-type")));
    assert_false(slice_equal_nocase(SLICE("\xC3\x9C"), SLICE("\xC3\xBC")));
    assert_false(slice_equal_nocase(SLICE("@"), SLICE("`")));
    assert_true(slice_starts(SLICE("http://x"), "http:"));
    assert_false(slice_starts(SLICE("ht"), "http:"));
    assert_true(slice_starts_nocase(SLICE("HTTP:"), "http:"));
    assert_true(slice_ends(SLICE("a.yml"), ".yml"));
    assert_false(slice_ends(SLICE("yml"), ".yml"));
    assert_true(slice_is(SLICE(""), ""));
    assert_false(slice_is(SLICE("a\0b"), "a"));
}

static void searching_finds_the_first(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("aabaab"), SLICE("ab")), 1);
    assert_int_equal(slice_find(SLICE("aab"), SLICE("abc")), SIZE_MAX);
    assert_int_equal(slice_find_nocase(SLICE("xx;JSessionID=1"), SLICE(";jsessionid=")), 2);
    assert_int_equal(slice_find_char(SLICE("a\0b"), '\0'), 1);
    assert_int_equal(slice_find_char(SLICE(""), 'a'), SIZE_MAX);
}

static void lines_end_in_either_way(void **state)
{
    struct slice rest = SLICE("one\r\n\ntwo\rx\nlast"), line;
    (void)state;
    const char *const wanted[] = {"one", "", "two\rx", "last"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(slice_next_line(&rest, &line));
        expect_text(line, wanted[i]);
    }
    assert_false(slice_next_line(&rest, &line));
}

static void numbers_are_whole_and_in_range(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t value;
    } rows[] = {
        {"0", OK, 0},
        {"-7", OK, -7},
        {"9223372036854775807", OK, INT64_MAX},
        {"-9223372036854775808", OK, INT64_MIN},
        {"9223372036854775808", ERR_LIMIT, 0},
        {"99999999999999999999", ERR_LIMIT, 0},
        {"", ERR_SYNTAX, 0},
        {"-", ERR_SYNTAX, 0},
        {"+1", ERR_SYNTAX, 0},
        {"1 ", ERR_SYNTAX, 0},
        {"--1", ERR_SYNTAX, 0},
        {"1e3", ERR_SYNTAX, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 0;
        assert_int_equal(slice_to_int64(slice_of(rows[i].text), &value), rows[i].rc);
        assert_true(value == rows[i].value);
    }
}

static void trimming_takes_ascii_space(void **state)
{
    (void)state;
    expect_text(slice_trim(SLICE(" \t\r\n a b \v\f")), "a b");
    expect_text(slice_trim(SLICE("   ")), "");
}

static void a_buffer_past_its_limit_keeps_what_it_had(void **state)
{
    struct text_buf buf;
    (void)state;
    text_buf_init(&buf, 5);
    assert_string_equal(text_buf_cstr(&buf), "");
    assert_int_equal(text_buf_add_str(&buf, "abc"), OK);
    assert_int_equal(text_buf_add_str(&buf, "def"), ERR_LIMIT);
    assert_string_equal(text_buf_cstr(&buf), "abc");
    assert_int_equal(text_buf_add_str(&buf, "d"), ERR_LIMIT); /* the first failure stays */
    assert_int_equal(text_buf_status(&buf), ERR_LIMIT);
    text_buf_reset(&buf);
    assert_int_equal(text_buf_printf(&buf, "%05d", 42), OK);
    assert_int_equal(text_buf_printf(&buf, "%d", 1), ERR_LIMIT);
    assert_string_equal(text_buf_cstr(&buf), "00042");
    text_buf_release(&buf);
    assert_string_equal(text_buf_cstr(&buf), "");
}

static void a_buffer_grows_to_its_limit_exactly(void **state)
{
    struct text_buf buf;
    (void)state;
    text_buf_init(&buf, 100000);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(text_buf_add_char(&buf, 'x'), OK);
    assert_int_equal(text_buf_add_char(&buf, 'x'), ERR_LIMIT);
    assert_int_equal(buf.len, 100000);
    text_buf_truncate(&buf, 3);
    text_buf_truncate(&buf, 30);
    expect_text(text_buf_slice(&buf), "xxx");
    text_buf_release(&buf);
}

static void taking_leaves_the_buffer_empty(void **state)
{
    struct text_buf buf;
    size_t len = 0;
    (void)state;
    text_buf_init(&buf, 100);
    char *empty = text_buf_take(&buf, &len);
    assert_string_equal(empty, "");
    text_buf_add_str(&buf, "kept");
    char *taken = text_buf_take(&buf, &len);
    assert_string_equal(taken, "kept");
    assert_int_equal(len, 4);
    assert_int_equal(buf.len, 0);
    free(empty);
    free(taken);
    text_buf_release(&buf);
}

static void a_failure_is_a_sentence(void **state)
{
    struct failure why = {0};
    (void)state;
    assert_int_equal(failure_set(&why, ERR_IO, "cannot read %s", "x.yml"), ERR_IO);
    assert_int_equal(failure_prefix(&why, "sources/%s", "a"), ERR_IO);
    assert_string_equal(why.text, "sources/a: cannot read x.yml");
    assert_int_equal(failure_set(NULL, ERR_LIMIT, "nobody listens"), ERR_LIMIT);
    failure_prefix(NULL, "x");
}

static void a_long_sentence_is_cut(void **state)
{
    struct failure why = {0};
    (void)state;
    failure_set(&why, ERR_IO, "%5000d", 1);
    assert_int_equal(strlen(why.text), FAILURE_TEXT_BYTES - 1);
    failure_prefix(&why, "%5000d", 1);
    assert_int_equal(strlen(why.text), FAILURE_TEXT_BYTES - 1);
}

static void every_code_has_a_name(void **state)
{
    (void)state;
    for (int code = OK; code < ERR_COUNT; code++) {
        assert_non_null(err_name(code));
        assert_string_not_equal(err_name(code), "unknown");
    }
    assert_string_equal(err_name(-1), "unknown");
    assert_string_equal(err_name(ERR_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_clamp_instead_of_running_out),
        cmocka_unit_test(comparing_folds_ascii_alone),
        cmocka_unit_test(searching_finds_the_first),
        cmocka_unit_test(lines_end_in_either_way),
        cmocka_unit_test(numbers_are_whole_and_in_range),
        cmocka_unit_test(trimming_takes_ascii_space),
        cmocka_unit_test(a_buffer_past_its_limit_keeps_what_it_had),
        cmocka_unit_test(a_buffer_grows_to_its_limit_exactly),
        cmocka_unit_test(taking_leaves_the_buffer_empty),
        cmocka_unit_test(a_failure_is_a_sentence),
        cmocka_unit_test(a_long_sentence_is_cut),
        cmocka_unit_test(every_code_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
