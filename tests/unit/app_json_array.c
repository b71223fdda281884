/* JSON arrays of ads taken apart: items as they stand, words that are no array, broken ones. */
#include "app/json_array.h"
#include "tests/unit/unit.h"

#include <string.h>

static void words_are_no_array(void **state)
{
    static const char *const words[] = {"",        "[",  "[Urgent] kasir", "[1]",
                                        "[\"a\"]", "{}", "[] kasir",       "x [{"};
    static const char *const arrays[] = {"[{}]", " \n[ \t{", "\xEF\xBB\xBF[{\"a\":1}]", "[]",
                                         "[ ]\n"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_false(json_array_looks(slice_of(words[i])));
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        assert_true(json_array_looks(slice_of(arrays[i])));
}

static void items_come_as_they_stand(void **state)
{
    static const char *const items[] = {"{\"a\":\"],[\\\"\"}", "{\"b\":[1,{\"c\":2}]}", "\"x,]\"",
                                        "-1.5", "{\"d\": \xFF}"};
    struct json_array array;
    struct slice item;
    struct failure why = {.code = OK};
    char text[256];
    (void)state;
    snprintf(text, sizeof text, "\xEF\xBB\xBF [ %s ,%s,\n%s, %s,%s ] \n", items[0], items[1],
             items[2], items[3], items[4]);
    json_array_begin(slice_of(text), &array);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        assert_int_equal(json_array_next(&array, &item, &why), OK);
        assert_true(slice_is(item, items[i]));
        assert_int_equal(array.number, i + 1);
    }
    assert_int_equal(json_array_next(&array, &item, &why), ERR_NOT_FOUND);
    assert_int_equal(json_array_next(&array, &item, &why), ERR_NOT_FOUND);
}

static void broken_arrays_are_told(void **state)
{
    static const struct {
        const char *text;
        unsigned items;
        const char *why;
    } wrong[] = {{"[{},{}", 2, "does not end"},   {"[{}{}]", 1, "does not end"},
                 {"[{},]", 1, "an ad is wanted"}, {"[{}] x", 1, "behind its end"},
                 {"[]", 0, "it is empty"},        {"[{}}", 1, "does not end"},
                 {"[{},,{}]", 1, "an ad is"},     {"[{\"a\":\"", 1, "does not"},
                 {"[", 0, "an ad is wanted"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct json_array array;
        struct slice item;
        struct failure why = {.code = OK};
        json_array_begin(slice_of(wrong[i].text), &array);
        for (unsigned k = 0; k < wrong[i].items; k++)
            assert_int_equal(json_array_next(&array, &item, &why), OK);
        assert_int_equal(json_array_next(&array, &item, &why), ERR_SYNTAX);
        assert_non_null(strstr(why.text, wrong[i].why));
        assert_int_equal(json_array_next(&array, &item, &why), ERR_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_no_array),
        cmocka_unit_test(items_come_as_they_stand),
        cmocka_unit_test(broken_arrays_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
