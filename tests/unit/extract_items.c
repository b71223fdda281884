/* Rules of `items` over XML and JSON: a board's own export becomes rows. */
#include "crawler/extract/items.h"
#include "tests/unit/extract_fixture.h"

static struct rule_items rules_make(const char *path, const char *title, const char *place)
{
    struct rule_items rules = {.path = path};
    rules.field[RULE_TITLE] = title;
    rules.field[RULE_PLACE] = place;
    return rules;
}

static struct raw_items read_ok(struct arena *arena, const char *text,
                                const struct rule_items *rules)
{
    struct raw_items items = {0};
    struct failure why = {0};
    int rc = items_read(arena, slice_of(text), rules, &items, &why);
    if (rc != OK)
        fail_msg("%s", why.text);
    return items;
}

static void assert_field(const struct raw_items *items, size_t i, enum rule_field field,
                         const char *wanted)
{
    assert_true(i < items->count);
    assert_slice(items->list[i].field[field], wanted);
}

static void xml_elements_become_rows(void **state)
{
    const struct rule_items rules = rules_make("/offers/offer", "position", "cities/city");
    struct raw_items items =
        read_ok(*state,
                "<?xml version='1.0'?><offers>"
                "<offer><position><![CDATA[Cook &amp; baker]]></position>"
                "<cities><city>Bavet</city><city>Poipet, KH</city></cities></offer>"
                "<offer><cities/><position>Driver &amp; guard</position></offer></offers>",
                &rules);
    assert_int_equal(items.count, 2);
    assert_false(items.broken);
    assert_field(&items, 0, RULE_TITLE, "Cook &amp; baker"); /* HTML inside CDATA stays HTML */
    assert_field(&items, 0, RULE_PLACE, "Bavet, Poipet, KH");
    assert_field(&items, 1, RULE_TITLE, "Driver & guard");
    assert_field(&items, 1, RULE_PLACE, "");
}

static void xml_attributes_prefixes_and_anywhere(void **state)
{
    struct rule_items rules = rules_make("//job", "t", "where/@name");
    rules.field[RULE_ID] = "@id";
    rules.field[RULE_TEXT] = ".";
    struct raw_items items = read_ok(*state,
                                     "<x:all xmlns:x='urn:x'><x:deep><x:job id=' 7 '>"
                                     "<x:where name='A&amp;B'/><x:t>one<b>two</b></x:t>"
                                     "</x:job></x:deep></x:all>",
                                     &rules);
    assert_int_equal(items.count, 1);
    assert_field(&items, 0, RULE_ID, "7");
    assert_field(&items, 0, RULE_PLACE, "A&B");
    assert_field(&items, 0, RULE_TITLE, "one two");
    assert_field(&items, 0, RULE_TEXT, "one two");
}

static void text_split_by_cdata_is_one(void **state)
{
    const struct rule_items rules = rules_make("a/b", "c", NULL);
    struct raw_items items = read_ok(*state, "<a><b><c>x <![CDATA[y]]>z</c></b></a>", &rules);
    assert_field(&items, 0, RULE_TITLE, "x yz");
}

static void broken_xml_gives_what_it_can(void **state)
{
    const struct rule_items rules = rules_make("/r/i", "t", "p");
    struct raw_items items = read_ok(*state,
                                     "<r><i><t>A & B</t><p>one</i>"
                                     "<i><t>C<D</t></i><i><t>last",
                                     &rules);
    assert_int_equal(items.count, 3);
    assert_true(items.broken);
    assert_field(&items, 0, RULE_TITLE, "A & B");
    assert_field(&items, 0, RULE_PLACE, "one");
    assert_field(&items, 2, RULE_TITLE, "last");
}

static void json_members_become_rows(void **state)
{
    struct rule_items rules = rules_make("/data/jobs", "name", "places");
    rules.field[RULE_ID] = "id";
    rules.field[RULE_PAY] = "pay/min";
    rules.field[RULE_EMPLOYER] = "company/0";
    struct raw_items items = read_ok(
        *state,
        "{\"data\":{\"jobs\":[{\"id\":17,\"name\":\"Cook\",\"places\":[\"A\",{\"city\":\"B\"}],"
        "\"pay\":{\"min\":1200.50},\"company\":[{\"id\":4,\"name\":\"Firm\"},{\"name\":\"Other\"}]}"
        ","
        "{\"id\":\"x\",\"name\":null}]}}",
        &rules);
    assert_int_equal(items.count, 2);
    assert_field(&items, 0, RULE_ID, "17");
    assert_field(&items, 0, RULE_TITLE, "Cook");
    assert_field(&items, 0, RULE_PLACE, "A, B");
    assert_field(&items, 0, RULE_PAY, "1200.50");
    assert_field(&items, 0, RULE_EMPLOYER, "Firm");
    assert_field(&items, 1, RULE_TITLE, "");
}

static void a_root_array_and_a_star(void **state)
{
    const struct rule_items root = rules_make("", "t", NULL), star = rules_make("/*/t", ".", NULL);
    struct raw_items items = read_ok(*state, " [{\"t\":\"a\"},{\"t\":\"b\"}] ", &root);
    assert_int_equal(items.count, 2);
    assert_field(&items, 1, RULE_TITLE, "b");
    items = read_ok(*state, "{\"x\":{\"t\":\"a\"},\"y\":{\"t\":\"b\"}}", &star);
    assert_int_equal(items.count, 2);
    assert_field(&items, 1, RULE_TITLE, "b");
}

static void nothing_at_the_path_is_no_error(void **state)
{
    const struct rule_items rules = rules_make("/no/such", "t", NULL);
    assert_int_equal(read_ok(*state, "<a><b/></a>", &rules).count, 0);
    assert_int_equal(read_ok(*state, "{\"a\":1}", &rules).count, 0);
}

static void too_many_items_are_cut(void **state)
{
    const struct rule_items rules = rules_make("/r/i", "t", NULL);
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    text_buf_add_str(&body, "<r>");
    for (unsigned i = 0; i < ITEMS_MAX + 5; i++)
        text_buf_add_str(&body, "<i><t>x</t></i>");
    text_buf_add_str(&body, "</r>");
    struct raw_items items = read_ok(*state, text_buf_cstr(&body), &rules);
    assert_int_equal(items.count, ITEMS_MAX);
    assert_true(items.cut);
    text_buf_release(&body);
}

static void what_cannot_be_read_is_said(void **state)
{
    const struct rule_items rules = rules_make("/a", "t", NULL);
    struct raw_items items = {0};
    struct failure why = {0};
    assert_int_equal(items_read(*state, SLICE("plain words"), &rules, &items, &why), ERR_SYNTAX);
    assert_non_null(strstr(why.text, "neither XML nor JSON"));
    assert_int_equal(items_read(*state, SLICE("{\"a\": "), &rules, &items, &why), ERR_SYNTAX);
    assert_true(items_can_read(SLICE(" [1]")));
    assert_true(items_can_read(SLICE("<?xml version='1.0'?><r/>")));
    assert_false(items_can_read(SLICE("<!doctype html><html>")));
    assert_false(items_can_read(SLICE("words")));
}

static void assert_guess(struct arena *arena, const char *text, const char *path, const char *title)
{
    struct rule_items rules = {.path = NULL};
    bool found = false;
    assert_int_equal(items_guess(arena, slice_of(text), &rules, &found), OK);
    if (found != (path != NULL))
        fail_msg("%s: %s", text, found ? rules.path : "nothing found");
    if (path == NULL)
        return;
    assert_string_equal(rules.path, path);
    struct raw_items items = read_ok(arena, text, &rules);
    assert_field(&items, items.count - 1, RULE_TITLE, title);
}

static void rules_are_guessed_from_usual_names(void **state)
{
    assert_guess(
        *state,
        "<?xml version='1.0'?><source><publisher>x</publisher><job><title>A</title></job><job>"
        "<title>Cook</title><url>https://x.example/1</url><company>Firm</company></job></source>",
        "/source/job", "Cook");
    assert_guess(
        *state,
        "{\"meta\":{\"total\":2},\"jobs\":[{\"id\":1,\"title\":\"A\",\"absolute_url\":\"u\"},"
        "{\"id\":2,\"title\":\"Cook\",\"location\":{\"name\":\"Bavet\"}}]}",
        "/jobs", "Cook");
    assert_guess(*state, "[{\"jobTitle\":\"Cook\",\"jobUrl\":\"u\",\"company_name\":\"F\"}]", "",
                 "Cook");
    assert_guess(*state, "{\"id\":1,\"title\":\"Cook\",\"description\":\"d\"}", "", "Cook");
    assert_guess(*state, "{\"a\":[{\"title\":\"x\",\"id\":1}]}", NULL, NULL);
    assert_guess(*state, "{\"a\": broken", NULL, NULL);
    assert_guess(*state, "<div><title>a</title><link>b</link><id>c</id></div>", NULL, NULL);
    assert_guess(*state, "<r><item><name>x</name></item></r>", NULL, NULL);
    assert_guess(*state, "words", NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_ARENA(xml_elements_become_rows),
                                       WITH_ARENA(xml_attributes_prefixes_and_anywhere),
                                       WITH_ARENA(text_split_by_cdata_is_one),
                                       WITH_ARENA(broken_xml_gives_what_it_can),
                                       WITH_ARENA(json_members_become_rows),
                                       WITH_ARENA(a_root_array_and_a_star),
                                       WITH_ARENA(nothing_at_the_path_is_no_error),
                                       WITH_ARENA(too_many_items_are_cut),
                                       WITH_ARENA(what_cannot_be_read_is_said),
                                       WITH_ARENA(rules_are_guessed_from_usual_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
