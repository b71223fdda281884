/* An ad's fields and their JSON; verdicts written, read back, and refused when anything is out of range. */
#include "common/posting.h"
#include "common/verdict.h"
#include "tests/unit/unit.h"

struct scene {
    struct arena *arena;
    struct json_doc *doc;
    struct posting posting;
    struct verdict verdict;
    struct slice html;
    struct failure why;
};

static int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    *state = scene;
    return scene == NULL || arena_create(8u << 20, &scene->arena) != OK;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    json_free(scene->doc);
    arena_free(scene->arena);
    free(scene);
    return 0;
}

static const struct json *node_of(struct scene *scene, const char *text)
{
    json_free(scene->doc);
    scene->doc = NULL;
    if (json_parse(slice_of(text), true, 32, &scene->doc, &scene->why) != OK)
        fail_msg("%s", scene->why.text);
    return json_root(scene->doc);
}

static int posting_read(struct scene *scene, const char *text)
{
    return posting_from_json(scene->arena, node_of(scene, text), &scene->posting, &scene->html,
                             &scene->why);
}

static void fields_are_cleaned_trimmed_and_kept(void **state)
{
    struct scene *scene = *state;
    char dirty[] = "  Admin\xFF\n ";
    posting_init(&scene->posting);
    assert_int_equal(posting_set(&scene->posting, scene->arena, POSTING_TITLE, slice_of(dirty)),
                     OK);
    memset(dirty, 'x', 5);
    expect_text(scene->posting.field[POSTING_TITLE], "Admin\xEF\xBF\xBD");
    assert_int_equal(posting_check(&scene->posting), OK);
    assert_false(scene->posting.cut);
}

static void a_field_too_long_is_cut_at_a_character(void **state)
{
    struct scene *scene = *state;
    char *text = malloc(POSTING_FIELD_BYTES_MAX + 8);
    memset(text, 'a', POSTING_FIELD_BYTES_MAX + 8);
    memcpy(text + POSTING_FIELD_BYTES_MAX - 1, "\xC3\xA9", 2);
    posting_init(&scene->posting);
    assert_int_equal(posting_set(&scene->posting, scene->arena, POSTING_TEXT,
                                 slice_make(text, POSTING_FIELD_BYTES_MAX + 8)),
                     OK);
    assert_int_equal(scene->posting.field[POSTING_TEXT].len, POSTING_FIELD_BYTES_MAX - 1);
    assert_true(scene->posting.cut);
    free(text);
}

static void scan_input_names_become_fields(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(posting_read(scene,
                                  "{\"id\":7,\"title\":\"T\",\"company\":\"C\",\"location\":\"L\","
                                  "\"salary\":1000,\"text\":\"X\",\"lang\":null,"
                                  "\"posted_at\":\"2026-11-01\",\"unknown\":{},"
                                  "\"links\":[\"https://a.test/\",{\"url\":\"https://b.test/\","
                                  "\"text\":\"apply\"},{\"text\":\"no address\"},7],"
                                  "\"images\":[\"https://a.test/i.png\",null]}"),
                     OK);
    expect_text(scene->posting.attr[POSTING_ID], "7");
    expect_text(scene->posting.field[POSTING_EMPLOYER], "C");
    expect_text(scene->posting.field[POSTING_PLACE], "L");
    expect_text(scene->posting.field[POSTING_PAY], "1000");
    expect_text(scene->posting.attr[POSTING_POSTED_AT], "2026-11-01");
    assert_int_equal(scene->posting.links_count, 2);
    expect_text(scene->posting.links[1].text, "apply");
    assert_int_equal(scene->posting.images_count, 1);
}

static void what_is_no_ad_is_refused_in_words(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *text, *says;
    } rows[] = {{"[]", "object"},
                {"{}", "title, text, html"},
                {"{\"title\":\"  \"}", "title, text, html"},
                {"{\"title\":[\"a\"]}", "\"title\" must be text"},
                {"{\"title\":\"a\",\"html\":{}}", "\"html\" must be text"},
                {"{\"title\":\"a\",\"lang\":[]}", "\"lang\" must be text"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(posting_read(scene, rows[i].text), ERR_SYNTAX);
        expect_says(&scene->why, rows[i].says);
    }
}

static void html_alone_is_enough(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(posting_read(scene, "{\"html\":\"<p>x\"}"), OK);
    expect_text(scene->html, "<p>x");
}

static void no_memory_is_no_posting(void **state)
{
    struct scene *scene = *state;
    struct arena *small = NULL;
    const struct json *node = node_of(
        scene, "{\"title\":\"abcdefghij\",\"text\":\"abcdefghij\",\"links\":[\"https://a.test\"],"
               "\"images\":[\"https://a.test\"]}");
    int rc = ERR_NOMEM;
    for (size_t bytes = 16; rc == ERR_NOMEM && bytes < 4096; bytes += 16) {
        assert_int_equal(arena_create(bytes, &small), OK);
        rc = posting_from_json(small, node, &scene->posting, &scene->html, &scene->why);
        arena_free(small);
    }
    assert_int_equal(rc, OK);
}

static void a_repost_has_the_same_fingerprint(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(posting_read(scene, "{\"title\":\"Admin  Slot\",\"text\":\"a\\n b\"}"), OK);
    struct digest one = posting_fingerprint(&scene->posting);
    assert_int_equal(
        posting_read(scene, "{\"title\":\"ADMIN slot\",\"text\":\"A b\",\"id\":\"9\"}"), OK);
    struct digest two = posting_fingerprint(&scene->posting);
    assert_memory_equal(one.bytes, two.bytes, DIGEST_BYTES);
    assert_int_equal(posting_read(scene, "{\"title\":\"admin\",\"text\":\"slot a b\"}"), OK);
    two = posting_fingerprint(&scene->posting); /* fields do not run into one another */
    assert_memory_not_equal(one.bytes, two.bytes, DIGEST_BYTES);
}

#define HEAD                                                                                       \
    "{\"id\":\"a\",\"band\":\"review\",\"score\":64,\"probability\":0.64,\"task\":\"gambling\","   \
    "\"indicator_level\":1,\"language\":\"id\",\"logit\":0.6,"
#define TAIL  "\"bank\":\"2026.11.1-0123456789ab\"}"
#define LISTS "\"findings\":[],\"salary\":null,\"places\":[],\"contacts\":[],"

static const char whole[] = HEAD
    "\"findings\":[{\"kind\":\"rule\",\"id\":\"gambling.x.id\",\"family\":\"gambling\","
    "\"title\":\"Slot\",\"points\":7.5,\"field\":\"title\",\"start\":0,\"end\":10,"
    "\"quote\":\"admin slot\"},{\"kind\":\"prior\",\"id\":\"prior\",\"family\":\"\","
    "\"title\":\"Before reading\",\"points\":-6.9}],"
    "\"salary\":{\"currency\":\"USD\",\"period\":\"month\",\"min\":800,\"max\":1200.50,"
    "\"bound\":\"from\",\"tax\":\"net\","
    "\"usd_month_min\":800,\"usd_month_max\":1200.50,\"ratio_source\":3.10,"
    "\"ratio_destination\":null,\"baseline\":\"ID office 2025\",\"field\":\"text\",\"start\":4,"
    "\"end\":12},"
    "\"places\":[{\"id\":\"KH-BAV\",\"role\":\"destination\",\"bait\":false,\"risk\":\"A\","
    "\"quote\":\"Bavet\",\"field\":\"place\",\"start\":0,\"end\":5}],"
    "\"contacts\":[{\"kind\":\"whatsapp\",\"value\":\"+62810000000\",\"country\":\"ID\"},"
    "{\"kind\":\"email\",\"value\":\"a@b.test\",\"country\":null}],\"voice\":\"applicant\","
    "\"conditions\":[{\"kind\":\"age\",\"min\":18,\"max\":35,\"field\":\"text\",\"start\":0,"
    "\"end\":4},"
    "{\"kind\":\"visa\",\"value\":\"tourist\"}],\"languages\":[{\"language\":\"zh-Hans\","
    "\"field\":\"text\",\"start\":0,\"end\":30}],\"rules_cut\":2," TAIL;

static int verdict_read(struct scene *scene, const char *text)
{
    return verdict_from_json(scene->arena, node_of(scene, text), &scene->verdict, &scene->why);
}

static void a_verdict_survives_its_round_trip(void **state)
{
    struct scene *scene = *state;
    struct text_buf out;
    struct json_writer writer;
    if (verdict_read(scene, whole) != OK)
        fail_msg("%s", scene->why.text);
    assert_int_equal(scene->verdict.findings[0].points_tenths, 75);
    assert_int_equal(scene->verdict.findings[1].points_tenths, -69);
    assert_int_equal(scene->verdict.findings[1].field, FINDING_NO_FIELD);
    assert_int_equal(scene->verdict.salary.cents_max, 120050);
    assert_int_equal(scene->verdict.salary.bound, PAY_FROM);
    assert_int_equal(scene->verdict.salary.tax, PAY_NET);
    assert_int_equal(scene->verdict.conditions.count, 2);
    assert_int_equal(scene->verdict.conditions.list[0].most, 35);
    assert_string_equal(scene->verdict.conditions.list[1].value, "tourist");
    assert_int_equal(scene->verdict.languages.count, 1);
    text_buf_init(&out, 10000);
    json_writer_init(&writer, &out);
    verdict_to_json(&scene->verdict, SLICE("a"), &writer);
    char *once = strdup(text_buf_cstr(&out));
    assert_int_equal(verdict_read(scene, once), OK);
    text_buf_reset(&out);
    json_writer_init(&writer, &out);
    verdict_to_json(&scene->verdict, SLICE("a"), &writer);
    assert_string_equal(text_buf_cstr(&out), once);
    free(once);
    text_buf_release(&out);
}

/* The writer may be a worker that hostile bytes took over. */
static void a_verdict_out_of_range_is_refused(void **state)
{
    struct scene *scene = *state;
    static const char *const rows[] = {
        "[]",
        "{}",
        HEAD TAIL,
        HEAD "\"findings\":{},\"salary\":null,\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[7],\"salary\":null,\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[{\"kind\":\"spell\"}],\"places\":[],\"contacts\":[]," TAIL,
        HEAD
        "\"findings\":[{\"kind\":\"rule\",\"points\":1e9}],\"places\":[],\"contacts\":[]," TAIL,
        HEAD
        "\"findings\":[{\"kind\":\"rule\",\"points\":1e99}],\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[{\"kind\":\"rule\",\"field\":\"title\",\"start\":5,\"end\":4}],"
             "\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[{\"kind\":\"rule\",\"field\":\"title\",\"start\":-1,\"end\":4}],"
             "\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[{\"kind\":\"rule\",\"field\":\"title\",\"start\":1,\"end\":99999999}],"
             "\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[{\"kind\":\"rule\",\"field\":\"footer\",\"start\":1,\"end\":2}],"
             "\"places\":[],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[],\"places\":[{\"role\":\"home\"}],\"contacts\":[]," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[{\"kind\":\"pigeon\"}]," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[{\"kind\":\"line\",\"country\":\"i\\\"\"}"
             "]," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[],\"salary\":{\"currency\":\"US\"}," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[],\"salary\":{\"currency\":\"u$d\","
             "\"period\":\"month\"}," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[],\"salary\":{\"currency\":\"USD\","
             "\"period\":\"moon\"}," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[],\"salary\":{\"currency\":\"USD\","
             "\"period\":\"month\",\"min\":5,\"max\":4}," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[],\"salary\":{\"currency\":\"USD\","
             "\"period\":\"month\",\"min\":-5,\"max\":4}," TAIL,
        HEAD "\"findings\":[],\"places\":[],\"contacts\":[],\"salary\":{\"currency\":\"USD\","
             "\"period\":\"month\",\"ratio_source\":1e12}," TAIL,
        HEAD LISTS "\"conditions\":{}," TAIL,
        HEAD LISTS "\"conditions\":[{\"kind\":\"wings\"}]," TAIL,
        HEAD LISTS "\"conditions\":[{\"kind\":\"age\",\"min\":40,\"max\":20}]," TAIL,
        HEAD LISTS "\"conditions\":[{\"kind\":\"visa\",\"value\":\"call +855 12\"}]," TAIL,
        HEAD LISTS "\"conditions\":[{\"kind\":\"visa\",\"field\":\"text\",\"start\":4}]," TAIL,
        HEAD LISTS "\"languages\":[{\"field\":\"text\",\"start\":0,\"end\":4}]," TAIL,
        "{\"band\":\"purple\",\"task\":\"none\",\"indicator_level\":1,\"logit\":0," LISTS TAIL,
        "{\"band\":\"clear\",\"task\":\"nap\",\"indicator_level\":1,\"logit\":0," LISTS TAIL,
        "{\"band\":\"clear\",\"task\":\"none\",\"indicator_level\":4,\"logit\":0," LISTS TAIL,
        "{\"band\":\"clear\",\"task\":\"none\",\"indicator_level\":1,\"logit\":1e6," LISTS TAIL,
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (verdict_read(scene, rows[i]) != ERR_SYNTAX)
            fail_msg("row %zu was read: %s", i, rows[i]);
        expect_says(&scene->why, "verdict:");
    }
    assert_int_equal(
        verdict_read(
            scene,
            "{\"band\":\"clear\",\"task\":\"none\",\"indicator_level\":1,\"logit\":0," LISTS TAIL),
        OK);
}

static void a_list_over_the_limit_is_refused(void **state)
{
    struct scene *scene = *state;
    struct text_buf text;
    text_buf_init(&text, 1u << 20);
    text_buf_add_str(&text, HEAD "\"findings\":[{\"kind\":\"rule\"}");
    for (int i = 0; i < 4096; i++)
        text_buf_add_str(&text, ",{\"kind\":\"rule\"}");
    text_buf_add_str(&text, "],\"places\":[],\"contacts\":[]," TAIL);
    assert_int_equal(verdict_read(scene, text_buf_cstr(&text)), ERR_LIMIT);
    text_buf_release(&text);
}

static void the_score_follows_the_logit(void **state)
{
    (void)state;
    assert_int_equal(verdict_probability_millionths(0), 500000);
    assert_int_equal(verdict_score(0), 50);
    assert_int_equal(verdict_score(-69), 0);
    assert_int_equal(verdict_probability_millionths(-69), 1007);
    assert_int_equal(verdict_score(100000), 100);
    assert_int_equal(verdict_score(-100000), 0);
    for (int32_t logit = -200; logit < 200; logit++)
        assert_true(verdict_probability_millionths(logit) <=
                    verdict_probability_millionths(logit + 1));
}

static void names_and_values_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < BAND_COUNT; i++) {
        enum band band;
        assert_true(band_from_name(slice_of(band_name((enum band)i)), &band) && (int)band == i);
    }
    for (int i = 0; i < TASK_COUNT; i++) {
        enum task task;
        assert_true(task_from_name(slice_of(task_name((enum task)i)), &task) && (int)task == i);
    }
    for (int i = 0; i < CONTACT_KIND_COUNT; i++) {
        enum contact_kind kind;
        assert_true(
            contact_kind_from_name(slice_of(contact_kind_name((enum contact_kind)i)), &kind) &&
            (int)kind == i);
    }
    for (int i = 0; i < POSTING_FIELD_COUNT; i++) {
        enum posting_field field;
        assert_true(
            posting_field_from_name(slice_of(posting_field_name((enum posting_field)i)), &field) &&
            (int)field == i);
    }
    enum band none = BAND_COUNT;
    assert_false(band_from_name(SLICE("Review"), &none));
    assert_int_equal(none, BAND_COUNT);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(fields_are_cleaned_trimmed_and_kept),
        SCENE(a_field_too_long_is_cut_at_a_character),
        SCENE(scan_input_names_become_fields),
        SCENE(what_is_no_ad_is_refused_in_words),
        SCENE(html_alone_is_enough),
        SCENE(no_memory_is_no_posting),
        SCENE(a_repost_has_the_same_fingerprint),
        SCENE(a_verdict_survives_its_round_trip),
        SCENE(a_verdict_out_of_range_is_refused),
        SCENE(a_list_over_the_limit_is_refused),
        SCENE(the_score_follows_the_logit),
        SCENE(names_and_values_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
