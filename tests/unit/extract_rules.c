/* Reading rules of a source: their JSON form, what is asked of them, and mistakes in them. */
#include "crawler/extract/rules_inside.h"
#include "tests/unit/extract_fixture.h"

static int load(const char *text, struct extract_rules **ret_rules, struct failure *why)
{
    struct json_doc *doc = NULL;
    if (json_parse(slice_of(text), true, 32, &doc, why) != OK)
        fail_msg("%s", why->text);
    int rc = extract_rules_from_json(json_root(doc), ret_rules, why);
    json_free(doc);
    return rc;
}

static void all_members_are_kept(void **state)
{
    struct extract_rules *rules = NULL;
    struct failure why = {0};
    const struct slice *words = NULL;
    (void)state;
    assert_int_equal(
        load("{\"links\":\"a.job\",\"next\":\"//a[@rel='next']\",\"fields\":{\"title\":\"h1\"},"
             "\"follow\":{\"posting\":[\"/job/*\"],\"listing\":[\"/jobs?page=*\",\"https://"
             "x.example/all\"]},"
             "\"expired\":[\"no longer open\"],"
             "\"items\":{\"path\":\"/a/b\",\"url\":\"@href\",\"text\":\"t\"}}",
             &rules, &why),
        OK);
    assert_string_equal(extract_rules_links(rules)->xpath,
                        "//a[contains(concat(' ',normalize-space(@class),' '),' job ')]");
    assert_non_null(extract_rules_links(rules)->compiled);
    assert_string_equal(extract_rules_next(rules)->xpath, "//a[@rel='next']");
    assert_string_equal(extract_rules_field(rules, RULE_TITLE)->xpath, "//h1");
    assert_null(extract_rules_field(rules, RULE_TEXT));
    assert_true(extract_rules_has_fields(rules));
    assert_int_equal(extract_rules_expired(rules, &words), 1);
    assert_slice(words[0], "no longer open");
    assert_string_equal(extract_rules_items(rules)->path, "/a/b");
    assert_string_equal(extract_rules_items(rules)->field[RULE_URL], "@href");
    assert_null(extract_rules_items(rules)->field[RULE_PAY]);
    extract_rules_free(rules);
}

static void follow_sorts_links(void **state)
{
    struct extract_rules *rules = NULL;
    struct failure why = {0};
    (void)state;
    assert_int_equal(load("{\"follow\":{\"posting\":[\"/job/*\",\"/công-việc/*\"],"
                          "\"listing\":[\"/jobs?page=*\",\"https://x.example/all\"]}}",
                          &rules, &why),
                     OK);
    assert_true(extract_rules_has_follow(rules));
    assert_int_equal(extract_rules_follow(rules, SLICE("https://x.example/job/1#top")), 'p');
    assert_int_equal(
        extract_rules_follow(rules, SLICE("https://x.example/c%C3%B4ng-vi%E1%BB%87c/5")), 'p');
    assert_int_equal(extract_rules_follow(rules, SLICE("https://x.example/jobs?page=2")), 'l');
    assert_int_equal(extract_rules_follow(rules, SLICE("https://x.example/all")), 'l');
    assert_int_equal(extract_rules_follow(rules, SLICE("https://y.example/all")), 0);
    assert_int_equal(extract_rules_follow(rules, SLICE("https://x.example/about")), 0);
    extract_rules_free(rules);
}

static void no_rules_answer_nothing(void **state)
{
    struct extract_rules *rules = NULL;
    const struct slice *words = NULL;
    (void)state;
    assert_int_equal(extract_rules_from_json(NULL, &rules, NULL), OK);
    for (int i = 0; i < 2; i++) {
        const struct extract_rules *asked = i == 0 ? rules : NULL;
        assert_null(extract_rules_links(asked));
        assert_null(extract_rules_next(asked));
        assert_null(extract_rules_items(asked));
        assert_false(extract_rules_has_fields(asked));
        assert_false(extract_rules_has_follow(asked));
        assert_int_equal(extract_rules_expired(asked, &words), 0);
        assert_int_equal(extract_rules_follow(asked, SLICE("https://x.example/")), 0);
    }
    extract_rules_free(rules);
    extract_rules_free(NULL);
}

static void a_mistake_is_named(void **state)
{
    static const struct {
        const char *json, *part;
    } rows[] = {{"[]", "must be a mapping"},
                {"{\"lnks\":\"a\"}", "'lnks' is no rule"},
                {"{\"links\":3}", "'links' must be a text"},
                {"{\"links\":\"a[\"}", "'links': selector \"a[\""},
                {"{\"next\":\"//a[\"}", "no XPath 1.0"},
                {"{\"fields\":{\"titel\":\"h1\"}}", "'titel' is no field"},
                {"{\"fields\":{\"url\":\"a\"}}", "'url' is no field"},
                {"{\"items\":{\"url\":\"a\"}}", "needs 'path'"},
                {"{\"items\":{\"path\":\"/a\",\"salary\":\"a\"}}", "'salary' is no member"},
                {"{\"follow\":{\"post\":[\"/a\"]}}", "'post' is no member"},
                {"{\"follow\":{\"posting\":\"/a\"}}", "must be a list"},
                {"{\"expired\":\"gone\"}", "must be a list"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct extract_rules *rules = NULL;
        struct failure why = {0};
        assert_int_equal(load(rows[i].json, &rules, &why), ERR_SYNTAX);
        assert_null(rules);
        if (strstr(why.text, rows[i].part) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].json, why.text, rows[i].part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_members_are_kept), cmocka_unit_test(follow_sorts_links),
        cmocka_unit_test(no_rules_answer_nothing), cmocka_unit_test(a_mistake_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
