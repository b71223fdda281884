/* The strict YAML of our own files: what is read, what is refused, and that each complaint says where. */
#include "common/yaml.h"
#include "tests/unit/unit.h"

#include <unistd.h>

static struct yaml_doc *read_yaml(const char *text)
{
    struct yaml_doc *doc = NULL;
    struct failure why = {0};
    if (yaml_parse(slice_of(text), "test.yml", &doc, &why) != OK)
        fail_msg("%s", why.text);
    return doc;
}

static void scalars_keep_text_and_quoting(void **state)
{
    struct yaml_doc *doc = read_yaml("a: plain # why\nb: 'it''s #1'\nc: \"\\x41\\n\"\nd: |-\n"
                                     "  two\n  lines\ne:\n");
    const struct yaml *root = yaml_root(doc);
    (void)state;
    expect_text(yaml_get_text(root, "a"), "plain");
    expect_text(yaml_get_text(root, "b"), "it's #1");
    expect_text(yaml_get_text(root, "c"), "A\n");
    expect_text(yaml_get_text(root, "d"), "two\nlines");
    expect_text(yaml_get_text(root, "e"), "");
    assert_int_equal(yaml_quoting_of(yaml_get(root, "a")), YAML_PLAIN);
    assert_int_equal(yaml_quoting_of(yaml_get(root, "b")), YAML_SINGLE);
    assert_int_equal(yaml_quoting_of(yaml_get(root, "c")), YAML_DOUBLE);
    assert_int_equal(yaml_quoting_of(yaml_get(root, "d")), YAML_BLOCK);
    assert_int_equal(yaml_line(yaml_get(root, "b")), 2);
    assert_int_equal(yaml_column(yaml_get(root, "b")), 5); /* behind the quote */
    assert_null(yaml_get(root, "z"));
    yaml_free(doc);
    yaml_free(NULL);
}

static void lists_and_mappings_nest(void **state)
{
    struct yaml_doc *doc = read_yaml("list:\n  - {k: [1, 2]}\n  - x\n");
    const struct yaml *list = yaml_get(yaml_root(doc), "list"), *key = NULL, *value = NULL;
    (void)state;
    assert_int_equal(yaml_kind_of(list), YAML_SEQUENCE);
    assert_int_equal(yaml_count(list), 2);
    assert_true(yaml_member(yaml_at(list, 0), 0, &key, &value));
    expect_text(yaml_text(key), "k");
    assert_int_equal(yaml_count(value), 2);
    assert_false(yaml_member(yaml_at(list, 0), 1, &key, &value));
    assert_false(yaml_member(list, 0, &key, &value));
    assert_null(yaml_at(list, 2));
    yaml_free(doc);
}

static void what_is_not_in_the_subset_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"a: &x 1\n", "test.yml:1:"},
        {"a: 1\nb: *a\n", "test.yml:2:"},
        {"a: !!str 1\n", "test.yml:1:"},
        {"a:\n\t- 1\n", "test.yml:2:1: a tab"},
        {"a: 'b\tc'\n", "test.yml:1:6: a tab"},
        {"a: 1\n\nb: 2\na: 3\n", "test.yml:4:1: duplicate key"},
        {"a: 1\n---\nb: 2\n", "test.yml:2:1: a second document"},
        {"", "test.yml:1:1: the file is empty"},
        {"\xFF\xFE", "test.yml:1:1: the file is not UTF-8"},
        {"a: [1, 2\n", "test.yml:"},
        {"a: \"open\n", "test.yml:"},
        {"[1, 2]: x\n", "a key must be a word"},
        {"a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}\n", "nested too deeply"},
        {"a: b\x01", "test.yml:1:5: a control character"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct yaml_doc *doc = NULL;
        struct failure why = {0};
        if (yaml_parse(slice_of(rows[i].text), "test.yml", &doc, &why) == OK)
            fail_msg("row %zu was read", i);
        expect_says(&why, rows[i].says);
        assert_null(doc);
    }
}

static void comments_alone_are_a_file_without_a_root(void **state)
{
    static const char *const keys[] = {"pattern", NULL};
    struct yaml_doc *doc = read_yaml("# a: 1\n\n  # b: 2\r\n#");
    struct failure why = {0};
    (void)state;
    assert_null(yaml_root(doc));
    assert_int_equal(yaml_known_keys(doc, yaml_root(doc), keys, &why), ERR_SYNTAX);
    expect_says(&why, "test.yml:1:1: ");
    yaml_free(doc);
}

static void a_complaint_shows_the_line_and_a_caret(void **state)
{
    struct yaml_doc *doc = read_yaml("one: 1\nlist: [a, bad, c]\n");
    struct failure why = {0};
    const struct yaml *bad = yaml_at(yaml_get(yaml_root(doc), "list"), 1);
    (void)state;
    assert_int_equal(yaml_fail(doc, bad, ERR_SYNTAX, &why, "not %s", "good"), ERR_SYNTAX);
    assert_string_equal(why.text, "test.yml:2:11: not good\n  list: [a, bad, c]\n            ^");
    yaml_fail(doc, NULL, ERR_LIMIT, &why, "a key is missing");
    expect_says(&why, "test.yml:1:1: a key is missing");
    yaml_free(doc);
}

static void a_place_is_counted_in_letters_and_shown_by_cells(void **state)
{
    struct yaml_doc *doc = read_yaml("list: [тур, x]\nwide: [客服, y]\n");
    struct failure why = {0};
    (void)state;
    yaml_fail(doc, yaml_at(yaml_get(yaml_root(doc), "list"), 1), ERR_SYNTAX, &why, "no");
    assert_string_equal(why.text, "test.yml:1:13: no\n  list: [тур, x]\n              ^");
    yaml_fail(doc, yaml_at(yaml_get(yaml_root(doc), "wide"), 1), ERR_SYNTAX, &why, "no");
    assert_string_equal(why.text, "test.yml:2:12: no\n  wide: [客服, y]\n               ^");
    yaml_free(doc);
    assert_int_equal(yaml_parse(SLICE("list: тур\t1\n"), "test.yml", &doc, &why), ERR_SYNTAX);
    expect_says(&why, "test.yml:1:10: a tab");
}

static void a_complaint_about_a_long_line_shows_its_part(void **state)
{
    char text[2000];
    struct failure why = {0};
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "a: ['", 5);
    memcpy(text + 1500, "', bad]\n", 9);
    struct yaml_doc *doc = read_yaml(text);
    yaml_fail(doc, yaml_at(yaml_get(yaml_root(doc), "a"), 1), ERR_SYNTAX, &why, "no");
    expect_says(&why, "bad]");
    assert_true(strlen(why.text) < 300);
    yaml_free(doc);
}

static void numbers_are_read_by_range_and_places(void **state)
{
    struct yaml_doc *doc =
        read_yaml("i: 7\nd: -0.5\nw: 2.25\nx: 1.\ny: +3\nz: 1e3\nb: yes\nq: maybe\n"
                  "h: 2.2\nbig: 1000000000\n");
    const struct yaml *root = yaml_root(doc);
    struct failure why = {0};
    int64_t value = 0;
    bool truth = false;
    (void)state;
    assert_int_equal(yaml_int(doc, yaml_get(root, "i"), 0, 7, &value, &why), OK);
    assert_int_equal(yaml_int(doc, yaml_get(root, "i"), 0, 6, &value, &why), ERR_SYNTAX);
    expect_says(&why, "7 is outside 0 to 6");
    assert_int_equal(yaml_int(doc, root, 0, 7, &value, &why), ERR_SYNTAX);
    assert_int_equal(yaml_int(doc, NULL, 0, 7, &value, &why), ERR_SYNTAX);
    assert_int_equal(yaml_decimal(doc, yaml_get(root, "d"), 1, &value, &why), OK);
    assert_int_equal(value, -5);
    assert_int_equal(yaml_decimal(doc, yaml_get(root, "h"), 2, &value, &why), OK);
    assert_int_equal(value, 220);
    static const char *const bad[] = {"w", "x", "y", "z", "q", "big"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(yaml_decimal(doc, yaml_get(root, bad[i]), 1, &value, &why), ERR_SYNTAX);
    assert_int_equal(yaml_bool(doc, yaml_get(root, "b"), &truth, &why), OK);
    assert_true(truth);
    assert_int_equal(yaml_bool(doc, yaml_get(root, "q"), &truth, &why), ERR_SYNTAX);
    yaml_free(doc);
}

static void an_unknown_key_names_the_nearest(void **state)
{
    static const char *const keys[] = {"pattern", "weight", NULL};
    struct yaml_doc *doc = read_yaml("weight: 1\npatern: x\n"), *far = read_yaml("zzzzzzzzzz: 1\n");
    struct failure why = {0};
    (void)state;
    assert_int_equal(yaml_known_keys(doc, yaml_root(doc), keys, &why), ERR_SYNTAX);
    expect_says(&why, "test.yml:2:1: unknown key 'patern', did you mean 'pattern'?");
    assert_int_equal(yaml_known_keys(far, yaml_root(far), keys, &why), ERR_SYNTAX);
    expect_says(&why, "unknown key 'zzzzzzzzzz'; known: pattern");
    assert_int_equal(yaml_known_keys(doc, yaml_get(yaml_root(doc), "weight"), keys, &why),
                     ERR_SYNTAX);
    yaml_free(doc);
    yaml_free(far);
}

static void a_mapping_of_too_many_keys_is_refused_at_once(void **state)
{
    struct text_buf text;
    struct yaml_doc *doc = NULL;
    struct failure why = {0};
    (void)state;
    text_buf_init(&text, YAML_FILE_BYTES_MAX);
    for (int i = 0; i < 2000; i++)
        text_buf_printf(&text, "k%d: 1\n", i);
    assert_int_equal(yaml_parse(text_buf_slice(&text), "test.yml", &doc, &why), ERR_SYNTAX);
    expect_says(&why, "too many keys");
    text_buf_release(&text);
}

static void a_file_that_is_missing_is_named(void **state)
{
    struct yaml_doc *doc = NULL;
    struct failure why = {0};
    (void)state;
    assert_int_equal(yaml_load("/nowhere/at/all.yml", &doc, &why), ERR_NOT_FOUND);
    expect_says(&why, "/nowhere/at/all.yml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_keep_text_and_quoting),
        cmocka_unit_test(lists_and_mappings_nest),
        cmocka_unit_test(what_is_not_in_the_subset_is_refused_with_its_place),
        cmocka_unit_test(comments_alone_are_a_file_without_a_root),
        cmocka_unit_test(a_complaint_shows_the_line_and_a_caret),
        cmocka_unit_test(a_place_is_counted_in_letters_and_shown_by_cells),
        cmocka_unit_test(a_complaint_about_a_long_line_shows_its_part),
        cmocka_unit_test(numbers_are_read_by_range_and_places),
        cmocka_unit_test(an_unknown_key_names_the_nearest),
        cmocka_unit_test(a_mapping_of_too_many_keys_is_refused_at_once),
        cmocka_unit_test(a_file_that_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
