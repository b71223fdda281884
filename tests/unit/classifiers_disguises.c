/* Spellings that only whole words show: Chinese apart, leet, Vietnamese without marks, open ends. */
#include "classifiers/bank_parts.h"
#include "classifiers/facts_parts.h"
#include "classifiers/matcher.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

struct scene {
    struct arena *arena;
    struct normaliser *normaliser;
};

static int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    *state = scene;
    return normaliser_create(&scene->normaliser) != OK ||
           arena_create(8u << 20, &scene->arena) != OK;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    normaliser_free(scene->normaliser);
    arena_free(scene->arena);
    free(scene);
    return 0;
}

static void expect_fold(struct scene *scene, const char *text, const char *wanted)
{
    struct folded folded;
    assert_int_equal(normalise(scene->normaliser, slice_of(text), scene->arena, &folded), OK);
    expect_text(folded.text, wanted);
}

static void chinese_characters_apart_are_joined(void **state)
{
    expect_fold(*state, "招 聘 客 服 包 住", "招聘客服包住");
    expect_fold(*state, "招.聘.出.入.款", "招聘出入款");
    expect_fold(*state, "包*吃*住!", "包吃住!");
}

static void chinese_words_keep_their_blanks(void **state)
{
    expect_fold(*state, "中文 客服 专员 好", "中文 客服 专员 好");
    expect_fold(*state, "招 人 了", "招 人 了");
    expect_fold(*state, "1.人 2.事", "1.人 2.事");
}

static void joined_characters_know_where_they_stood(void **state)
{
    struct scene *scene = *state;
    struct folded folded;
    uint32_t start = 0, end = 0;
    assert_int_equal(normalise(scene->normaliser, SLICE("x 招 聘 客 服"), scene->arena, &folded),
                     OK);
    expect_text(folded.text, "x 招聘客服");
    folded_span(&folded, 8, 11, &start, &end); /* 客 */
    assert_int_equal(start, 10);
    assert_int_equal(folded.obfuscation.spaced_out, 1);
}

static void leet_is_read_in_words_with_marks(void **state)
{
    expect_fold(*state, "kh0ng c0c, đ4nh b4c 0nl1ne", "khong coc, đanh bac online");
    expect_fold(*state, "tik3t fr33, m3ss", "tiket free, mess");
}

static void short_words_are_leet_only_among_others(void **state)
{
    expect_fold(*state, "L0k3r ju d0l K4mb0dja", "loker ju dol kambodja");
    expect_fold(*state, "b2b d0l", "b2b d0l");
    expect_fold(*state, "P3MI dan tur 5D4N", "p3mi dan tur 5d4n");
}

static const char FAMILIES[] =
    "version: 't1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.95}\n"
    "combos_cap: 3.0\nfamilies:\n  - {name: role, title: R, cap: 3.0, task: none}\n";
static const char ROLE[] =
    "idea: role.clerk\ntitle: t\ndescription: d\nrationale: r\nsources: ['s']\nweight: 1.0\n"
    "field: any\nlanguages:\n  vi:\n    status: active\n    date: 2026-11-25\n"
    "    pattern: 'nhân viên(?gap:2)gõ phím'\n    examples:\n      match: ['a', 'b', 'c']\n"
    "      not_match: ['x', 'y', 'z']\n";

static bool rule_matches(struct scene *scene, const struct pattern_bank *bank, const char *text)
{
    struct matcher *matcher = NULL;
    struct folded folded;
    bool cut = false;
    assert_int_equal(matcher_create(bank, &MATCHER_LIMITS_DEFAULT, &matcher), OK);
    assert_int_equal(normalise(scene->normaliser, slice_of(text), scene->arena, &folded), OK);
    bool found = matcher_try(matcher, bank_rule(bank, 0), folded.text, &cut);
    matcher_free(matcher);
    return found;
}

static void vietnamese_matches_without_its_marks(void **state)
{
    struct scene *scene = *state;
    struct bank_pack *pack = NULL;
    struct pattern_bank *bank = NULL;
    struct text_buf bytes;
    struct failure why = {0};
    text_buf_init(&bytes, 1u << 16);
    pack_add(&bytes, "families.yml", slice_of(FAMILIES));
    pack_add(&bytes, "role/clerk.yml", slice_of(ROLE));
    pack_add(&bytes, "signals.yml", SLICE("signals: []\n"));
    assert_int_equal(bank_pack_from(text_buf_slice(&bytes), &pack, &why), OK);
    if (pattern_bank_compile(pack, &bank, &why) != OK)
        fail_msg("%s", why.text);
    assert_true(rule_matches(scene, bank, "Tuyển nhân viên biết gõ phím"));
    assert_true(rule_matches(scene, bank, "tuyen nhan vien biet go phim"));
    assert_true(rule_matches(scene, bank, "nhân viên, gõ phím"));
    assert_false(rule_matches(scene, bank, "nhân viên. Biết gõ phím"));      /* another sentence */
    assert_false(rule_matches(scene, bank, "nhân viên một hai ba gõ phím")); /* three between */
    pattern_bank_free(bank);
    bank_pack_free(pack);
    text_buf_release(&bytes);
}

static const char PLACES[] = "date: 2026-11-24\nplaces:\n"
                             "  - {id: TH, name: Thailand, risk: 'B', bait: yes, source: 'GK', "
                             "aliases: ['таиланд*', '*ታይላንድ', 'ປະເທດໄທ', 'bangkok']}\n";

static size_t places_in(struct scene *scene, const struct gazetteer *places, const char *text)
{
    struct posting posting;
    struct folded folded[POSTING_FIELD_COUNT];
    struct fact_input input = {
        .posting = &posting, .folded = folded, .arena = scene->arena, .language = SLICE("und")};
    const struct place_found *found = NULL;
    size_t count = 0;
    posting_init(&posting);
    assert_int_equal(posting_set(&posting, scene->arena, POSTING_TEXT, slice_of(text)), OK);
    for (size_t i = 0; i < POSTING_FIELD_COUNT; i++)
        assert_int_equal(normalise(scene->normaliser, posting.field[i], scene->arena, &folded[i]),
                         OK);
    assert_int_equal(places_find(places, &input, &found, &count), OK);
    return count;
}

static void spellings_may_have_open_ends(void **state)
{
    struct scene *scene = *state;
    struct gazetteer *places = NULL;
    struct bank_pack *pack = NULL;
    struct text_buf bytes;
    struct failure why = {0};
    text_buf_init(&bytes, 1u << 12);
    pack_add(&bytes, "places.yml", slice_of(PLACES));
    assert_int_equal(bank_pack_from(text_buf_slice(&bytes), &pack, &why), OK);
    assert_int_equal(gazetteer_create(pack, &places, &why), OK);
    assert_int_equal(places_in(scene, places, "Работа в Таиланде"), 1);
    assert_int_equal(places_in(scene, places, "በታይላንድ ሥራ"), 1);
    assert_int_equal(places_in(scene, places, "bangkokian"), 0);
    assert_int_equal(places_in(scene, places, "office in Bangkok."), 1);
    assert_int_equal(places_in(scene, places, "Bangkok customers"), 0); /* served from elsewhere */
    gazetteer_free(places);
    bank_pack_free(pack);
    text_buf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_characters_apart_are_joined),
        cmocka_unit_test(chinese_words_keep_their_blanks),
        cmocka_unit_test(joined_characters_know_where_they_stood),
        cmocka_unit_test(leet_is_read_in_words_with_marks),
        cmocka_unit_test(short_words_are_leet_only_among_others),
        cmocka_unit_test(vietnamese_matches_without_its_marks),
        cmocka_unit_test(spellings_may_have_open_ends),
    };
    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
