/* JSON in, strictly and forgivingly, and JSON out. */
#include "common/json.h"
#include "tests/unit/unit.h"

static struct json_doc *read_json(const char *text, bool strict)
{
    struct json_doc *doc = NULL;
    struct failure why = {0};
    if (json_parse(slice_of(text), strict, 16, &doc, &why) != OK)
        fail_msg("%s: %s", text, why.text);
    return doc;
}

static void values_have_their_kinds(void **state)
{
    struct json_doc *doc = read_json("{\"a\":[1,-2.5,true,null,\"x\"],\"o\":{}}", true);
    const struct json *root = json_root(doc), *list = json_get(root, "a");
    static const enum json_kind wanted[] = {JSON_NUMBER, JSON_NUMBER, JSON_BOOL, JSON_NULL,
                                            JSON_STRING};
    (void)state;
    assert_int_equal(json_kind_of(root), JSON_OBJECT);
    assert_int_equal(json_count(list), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(json_kind_of(json_at(list, i)), wanted[i]);
    assert_null(json_at(list, 5));
    assert_null(json_get(list, "a"));
    assert_int_equal(json_count(json_get(root, "o")), 0);
    json_free(doc);
    json_free(NULL);
}

static void bare_values_are_documents(void **state)
{
    static const char *const rows[] = {"1", "-0.5", "true", "null", "\"x\"", " 12 ", "[]"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        json_free(read_json(rows[i], true));
}

static void strict_refuses_what_the_rfc_does_not_know(void **state)
{
    static const char *const rows[] = {"",          "{",       "[1,]",       "{'a':1}", "[1] 2",
                                       "{\"a\" 1}", "[1",      "\"open",     "nul",     "[01]",
                                       "[\"\t\"]",  "/*c*/[]", "{\"a\":1,}", "NaN",     "1 x"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_doc *doc = NULL;
        struct failure why = {0};
        int rc = json_parse(slice_of(rows[i]), true, 16, &doc, &why);
        if (rc != ERR_SYNTAX)
            fail_msg("'%s' gave %s", rows[i], err_name(rc));
        expect_says(&why, "byte ");
        assert_null(doc);
    }
}

static void forgiving_reads_what_pages_contain(void **state)
{
    static const char *const rows[] = {"[1,]", "{'a':1}", "/*c*/[]", "[\"\t\"]", "{\"a\":1,}"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        json_free(read_json(rows[i], false));
}

static void depth_is_limited(void **state)
{
    struct json_doc *doc = NULL;
    struct failure why = {0};
    (void)state;
    assert_int_equal(json_parse(SLICE("[[[[1]]]]"), true, 3, &doc, &why), ERR_LIMIT);
    expect_says(&why, "deep");
    assert_int_equal(json_parse(SLICE("[[[1]]]"), true, 4, &doc, &why), OK);
    json_free(doc);
}

static void numbers_clamp_and_cut(void **state)
{
    struct json_doc *doc =
        read_json("[99999999999999999999,-99999999999999999999,2.9,1e400]", true);
    const struct json *list = json_root(doc);
    (void)state;
    assert_true(json_int(json_at(list, 0), 0) == INT64_MAX);
    assert_true(json_int(json_at(list, 1), 0) == INT64_MIN);
    assert_int_equal(json_int(json_at(list, 2), 0), 2);
    assert_true(json_double(json_at(list, 3), 0) > 1e300);
    assert_int_equal(json_int(NULL, -7), -7);
    assert_int_equal(json_int(list, -7), -7);
    json_free(doc);
}

static void strings_keep_every_byte(void **state)
{
    struct json_doc *doc =
        read_json("{\"s\":\"a\\u0000b\\ud83d\\ude00\",\"n\":1.50,\"b\":true}", true);
    const struct json *root = json_root(doc);
    (void)state;
    struct slice text = json_get_string(root, "s");
    assert_int_equal(text.len, 7);
    assert_memory_equal(text.at, "a\0b\xF0\x9F\x98\x80", 7);
    expect_text(json_get_string(root, "n"), "");
    expect_text(json_scalar_text(json_get(root, "n")), "1.50");
    expect_text(json_scalar_text(json_get(root, "b")), "true");
    expect_text(json_scalar_text(root), "");
    json_free(doc);
}

static bool note_key(const char *key, const struct json *value, void *ctx)
{
    struct text_buf *keys = ctx;
    text_buf_add_str(keys, key);
    return json_truth(value, true);
}

static void members_come_in_order_until_told_to_stop(void **state)
{
    struct json_doc *doc = read_json("{\"z\":1,\"a\":2,\"m\":false,\"q\":1}", true);
    struct text_buf keys;
    (void)state;
    text_buf_init(&keys, 100);
    json_each(json_root(doc), note_key, &keys);
    assert_string_equal(text_buf_cstr(&keys), "zam");
    text_buf_release(&keys);
    json_free(doc);
}

static void writing_sets_commas_and_escapes(void **state)
{
    struct text_buf out;
    struct json_writer writer;
    (void)state;
    text_buf_init(&out, 1000);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_member(&writer, "t", SLICE("a\"\\\n\x01\xFF</"));
    json_put_member_if(&writer, "none", SLICE(""));
    json_key(&writer, "l");
    json_open_array(&writer);
    json_put_int(&writer, INT64_MIN);
    json_put_null(&writer);
    json_open_object(&writer);
    json_close_object(&writer);
    json_put_bool(&writer, false);
    json_put_raw(&writer, SLICE("[1]"));
    json_close_array(&writer);
    json_put_member_int(&writer, "n", 3);
    json_close_object(&writer);
    assert_int_equal(text_buf_status(&out), OK);
    assert_string_equal(text_buf_cstr(&out),
                        "{\"t\":\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD</\",\"l\":[-9223372036854775808,"
                        "null,{},false,[1]],\"n\":3}");
    text_buf_release(&out);
}

static void decimals_are_printed_exactly(void **state)
{
    static const struct {
        int64_t scaled;
        unsigned places;
        const char *text;
    } rows[] = {{24, 1, "2.4"}, {-24, 1, "-2.4"},   {-4, 1, "-0.4"},         {0, 1, "0.0"},
                {5, 0, "5"},    {7, 6, "0.000007"}, {1000000, 6, "1.000000"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text_buf out;
        struct json_writer writer;
        text_buf_init(&out, 100);
        json_writer_init(&writer, &out);
        json_put_decimal(&writer, rows[i].scaled, rows[i].places);
        assert_string_equal(text_buf_cstr(&out), rows[i].text);
        text_buf_release(&out);
    }
}

static void a_full_buffer_shows_in_its_status(void **state)
{
    struct text_buf out;
    struct json_writer writer;
    (void)state;
    text_buf_init(&out, 8);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_member(&writer, "key", SLICE("far too long"));
    json_close_object(&writer);
    assert_int_equal(text_buf_status(&out), ERR_LIMIT);
    text_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_their_kinds),
        cmocka_unit_test(bare_values_are_documents),
        cmocka_unit_test(strict_refuses_what_the_rfc_does_not_know),
        cmocka_unit_test(forgiving_reads_what_pages_contain),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(numbers_clamp_and_cut),
        cmocka_unit_test(strings_keep_every_byte),
        cmocka_unit_test(members_come_in_order_until_told_to_stop),
        cmocka_unit_test(writing_sets_commas_and_escapes),
        cmocka_unit_test(decimals_are_printed_exactly),
        cmocka_unit_test(a_full_buffer_shows_in_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
