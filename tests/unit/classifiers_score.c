/* The arithmetic of a verdict: sums exact, caps, combos, one finding an idea, voice, levels. */
#include "classifiers/score.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

static const char FAMILIES[] =
    "version: 't1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.95}\n"
    "combos_cap: 3.0\nfamilies:\n"
    "  - {name: gambling, title: G, cap: 3.0, task: gambling}\n"
    "  - {name: package, title: P, cap: 1.5, task: none}\n"
    "  - {name: person-trade, title: T, cap: 9.0, task: person-trade}\n"
    "  - {name: genuine, title: N, cap: 2.0, task: none}\n"
    "  - {name: voice, title: V, cap: 5.0, task: awareness}\n";
static const char SIGNALS[] =
    "signals:\n"
    "  - {id: fact.ratio, title: R, kind: number, family: package, level: B1,\n"
    "     steps: [{at: 2, points: 0.4}, {at: 3, points: 0.8}]}\n"
    "  - {id: fact.messenger-only, title: M, kind: truth, family: package, weight: 0.0}\n";

#define EXAMPLES                                                                                   \
    "    examples:\n      match: ['aaa', 'aaa b', 'b aaa']\n      not_match: ['x', 'y', 'z']\n"
#define IDEA(name, weight, level)                                                                  \
    "idea: " name "\ntitle: t\ndescription: d\nrationale: r\nsources: ['s']\nlevel: " level        \
    "\nweight: " weight "\nfield: any\nlanguages:\n"
#define LANGUAGE(code, status)                                                                     \
    "  " code ":\n    status: " status "\n    date: 2026-11-25\n    pattern: 'aaa'\n" EXAMPLES

static const char COMBOS[] =
    "combos:\n"
    "  - id: combo.two\n    title: two\n    rationale: r\n    weight: 2.0\n    status: active\n"
    "    all: [gambling.named, 'fact.ratio >= 2']\n    any: [package.room, package.ticket]\n"
    "    any_min: 1\n    none: [genuine.licence]\n"
    "    examples: {match: ['a', 'b'], not_match: ['c', 'd']}\n"
    "  - id: combo.more\n    title: more\n    rationale: r\n    weight: 2.5\n    status: active\n"
    "    all: ['family:gambling', 'fact.messenger-only']\n"
    "    examples: {match: ['a', 'b'], not_match: ['c', 'd']}\n";

/* Rules by their place in the bank: files come sorted by path. */
enum {
    NAMED_EN,
    NAMED_ID,
    SLOT_ID,
    LICENCE_EN,
    ROOM_EN,
    TICKET_EN,
    VISIT_ES,
    SOLD_EN,
    REPORTS_EN,
    WARNS_EN
};

struct scene {
    struct bank_pack *pack;
    struct pattern_bank *bank;
    struct arena *arena;
    struct posting posting;
    struct fact_value values[2];
    struct facts facts;
    struct hit list[16];
    size_t count;
};

static int scene_open(void **state)
{
    static const struct {
        const char *path, *text;
    } files[] = {
        {"combos/all.yml", COMBOS},
        {"families.yml", FAMILIES},
        {"gambling/named.yml",
         IDEA("gambling.named", "2.0", "none") LANGUAGE("en", "active") LANGUAGE("id", "active")},
        {"gambling/slot.yml", IDEA("gambling.slot", "1.8", "none") LANGUAGE("id", "active")},
        {"genuine/licence.yml", IDEA("genuine.licence", "-1.5", "none") LANGUAGE("en", "active")},
        {"package/room.yml", IDEA("package.room", "0.5", "B2") LANGUAGE("en", "active")},
        {"package/ticket.yml", IDEA("package.ticket", "1.2", "B2") LANGUAGE("en", "active")},
        {"package/visit.yml", IDEA("package.visit", "0.7", "none") LANGUAGE("es", "active")},
        {"person-trade/sold.yml", IDEA("person-trade.sold", "4.5", "B3") LANGUAGE("en", "shadow")},
        {"signals.yml", SIGNALS},
        {"voice/reports.yml", IDEA("voice.reports", "-2.6", "none") LANGUAGE("en", "active")},
        {"voice/warns.yml", IDEA("voice.warns", "-2.6", "none") LANGUAGE("en", "active")},
    };
    struct scene *scene = calloc(1, sizeof *scene);
    struct text_buf bytes;
    struct failure why = {0};
    *state = scene;
    text_buf_init(&bytes, 1u << 16);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        pack_add(&bytes, files[i].path, slice_of(files[i].text));
    if (bank_pack_from(text_buf_slice(&bytes), &scene->pack, &why) != OK ||
        pattern_bank_compile(scene->pack, &scene->bank, &why) != OK)
        fail_msg("%s", why.text);
    text_buf_release(&bytes);
    scene->facts.values = scene->values;
    return arena_create(4u << 20, &scene->arena);
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    pattern_bank_free(scene->bank);
    bank_pack_free(scene->pack);
    arena_free(scene->arena);
    free(scene);
    return 0;
}

static void ad_begin(struct scene *scene, const char *language)
{
    posting_init(&scene->posting);
    assert_int_equal(posting_set(&scene->posting, scene->arena, POSTING_TEXT, SLICE("aaa b")), OK);
    scene->facts.language = slice_of(language);
    scene->count = 0;
    for (size_t i = 0; i < 2; i++)
        scene->values[i] = (struct fact_value){.known = true, .field = FINDING_NO_FIELD};
}

static void hit(struct scene *scene, size_t rule)
{
    scene->list[scene->count++] =
        (struct hit){.rule = bank_rule(scene->bank, rule), .field = POSTING_TEXT, .end_bytes = 3};
}

static struct verdict judge(struct scene *scene)
{
    const struct model *model = bank_model(scene->bank);
    struct classify_settings settings = {.prior_tenths = model->prior_tenths,
                                         .watch_tenths = model->watch_tenths,
                                         .review_tenths = model->review_tenths,
                                         .urgent_tenths = model->urgent_tenths};
    struct hits hits = {scene->list, scene->count, 0};
    struct verdict verdict = {0};
    assert_int_equal(score(scene->bank, &settings, &scene->posting, &hits, &scene->facts,
                           scene->arena, &verdict),
                     OK);
    int32_t sum = 0;
    for (size_t i = 0; i < verdict.findings_count; i++)
        sum += verdict.findings[i].points_tenths;
    assert_int_equal(sum, verdict.logit_tenths); /* always: what is shown is the arithmetic */
    return verdict;
}

static bool points_of(const struct verdict *verdict, enum finding_kind kind, const char *id,
                      int32_t *ret_tenths)
{
    for (size_t i = 0; i < verdict->findings_count; i++)
        if (verdict->findings[i].kind == kind && slice_is(verdict->findings[i].id, id)) {
            *ret_tenths = verdict->findings[i].points_tenths;
            return true;
        }
    return false;
}

static void expect_points(const struct verdict *verdict, enum finding_kind kind, const char *id,
                          int32_t tenths)
{
    int32_t found = 0;
    if (!points_of(verdict, kind, id, &found))
        fail_msg("no finding %s", id);
    assert_int_equal(found, tenths);
}

static void nothing_found_is_the_prior(void **state)
{
    struct scene *scene = *state;
    ad_begin(scene, "en");
    struct verdict verdict = judge(scene);
    assert_int_equal(verdict.logit_tenths, -69);
    assert_int_equal(verdict.band, BAND_CLEAR);
    assert_int_equal(verdict.task, TASK_NONE);
    assert_int_equal(verdict.indicator_level, 0);
}

static void a_family_is_held_within_its_cap(void **state)
{
    struct scene *scene = *state;
    ad_begin(scene, "id");
    hit(scene, NAMED_ID);
    hit(scene, SLOT_ID);
    struct verdict verdict = judge(scene);
    expect_points(&verdict, FINDING_RULE, "gambling.named.id", 20);
    expect_points(&verdict, FINDING_RULE, "gambling.slot.id", 18);
    expect_points(&verdict, FINDING_CAP, "gambling", -8);
    assert_int_equal(verdict.logit_tenths, 30 - 69);
    assert_int_equal(verdict.task, TASK_GAMBLING);
}

static void an_idea_counts_once_in_the_ads_language(void **state)
{
    struct scene *scene = *state;
    ad_begin(scene, "id");
    hit(scene, NAMED_EN);
    hit(scene, NAMED_ID);
    struct verdict verdict = judge(scene);
    int32_t ignored = 0;
    expect_points(&verdict, FINDING_RULE, "gambling.named.id", 20);
    assert_false(points_of(&verdict, FINDING_RULE, "gambling.named.en", &ignored));
    ad_begin(scene, "th"); /* neither is of the ad's language: the first stands */
    hit(scene, NAMED_EN);
    hit(scene, NAMED_ID);
    verdict = judge(scene);
    expect_points(&verdict, FINDING_RULE, "gambling.named.en", 20);
}

static void a_spanish_paragraph_counts_in_an_english_ad(void **state)
{
    struct scene *scene = *state;
    struct language_part part = {SLICE("es"), POSTING_TEXT, 0, 5};
    int32_t ignored = 0;
    ad_begin(scene, "en");
    hit(scene, VISIT_ES);
    struct verdict verdict = judge(scene); /* by chance: nobody mixes the two in a sentence */
    assert_false(points_of(&verdict, FINDING_RULE, "package.visit.es", &ignored));
    scene->facts.languages = (struct language_parts){&part, 1};
    verdict = judge(scene);
    expect_points(&verdict, FINDING_RULE, "package.visit.es", 7);
    part.field = POSTING_TITLE; /* of another field */
    verdict = judge(scene);
    assert_false(points_of(&verdict, FINDING_RULE, "package.visit.es", &ignored));
    scene->facts.languages = (struct language_parts){NULL, 0};
}

static void steps_of_a_number(void **state)
{
    struct scene *scene = *state;
    static const struct {
        int64_t hundredths;
        int32_t tenths;
    } rows[] = {{200, 4}, {299, 4}, {300, 8}, {100000, 8}};
    int32_t ignored = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ad_begin(scene, "en");
        scene->values[0].hundredths = rows[i].hundredths;
        struct verdict verdict = judge(scene);
        expect_points(&verdict, FINDING_FACT, "fact.ratio", rows[i].tenths);
    }
    ad_begin(scene, "en");
    scene->values[0].hundredths = 199;
    struct verdict verdict = judge(scene);
    assert_false(points_of(&verdict, FINDING_FACT, "fact.ratio", &ignored));
    scene->values[0] = (struct fact_value){.hundredths = 500, .field = FINDING_NO_FIELD};
    verdict = judge(scene); /* not known: no points */
    assert_false(points_of(&verdict, FINDING_FACT, "fact.ratio", &ignored));
}

static void a_combo_wants_all_any_and_none(void **state)
{
    struct scene *scene = *state;
    int32_t ignored = 0;
    ad_begin(scene, "en");
    hit(scene, NAMED_EN);
    hit(scene, ROOM_EN);
    struct verdict verdict = judge(scene); /* the ratio is missing */
    assert_false(points_of(&verdict, FINDING_COMBO, "combo.two", &ignored));
    scene->values[0].hundredths = 250;
    verdict = judge(scene);
    expect_points(&verdict, FINDING_COMBO, "combo.two", 20);
    scene->values[1].hundredths = 100;
    verdict = judge(scene); /* both combos: 4.5, held at 3.0 */
    expect_points(&verdict, FINDING_COMBO, "combo.more", 25);
    expect_points(&verdict, FINDING_CAP, "combo", -15);
    ad_begin(scene, "en");
    hit(scene, NAMED_EN);
    hit(scene, LICENCE_EN);
    hit(scene, ROOM_EN);
    scene->values[0].hundredths = 250;
    verdict = judge(scene); /* none: a licence */
    assert_false(points_of(&verdict, FINDING_COMBO, "combo.two", &ignored));
}

static void a_shadow_rule_is_seen_and_weighs_nothing(void **state)
{
    struct scene *scene = *state;
    ad_begin(scene, "en");
    hit(scene, SOLD_EN);
    struct verdict verdict = judge(scene);
    expect_points(&verdict, FINDING_RULE, "person-trade.sold.en", 0);
    assert_int_equal(verdict.logit_tenths, -69);
    assert_int_equal(verdict.indicator_level, 0);
}

static void level_two_wants_two_marks(void **state)
{
    struct scene *scene = *state;
    ad_begin(scene, "en");
    hit(scene, TICKET_EN);
    assert_int_equal(judge(scene).indicator_level, 1);
    ad_begin(scene, "en");
    hit(scene, ROOM_EN);
    hit(scene, TICKET_EN);
    assert_int_equal(judge(scene).indicator_level, 2);
}

/* Family and combos at their caps: over the threshold without a voice. */
static void strong_ad(struct scene *scene, bool messenger)
{
    ad_begin(scene, "en");
    scene->values[0].hundredths = 300;
    scene->values[1].hundredths = messenger ? 100 : 0;
    hit(scene, NAMED_EN);
    hit(scene, SLOT_ID);
    hit(scene, ROOM_EN);
    hit(scene, TICKET_EN);
}

static void what_reports_is_held_below_review(void **state)
{
    struct scene *scene = *state;
    strong_ad(scene, true);
    assert_true(judge(scene).logit_tenths > 0);
    hit(scene, REPORTS_EN);
    hit(scene, WARNS_EN);
    struct verdict verdict = judge(scene);
    assert_true(verdict.logit_tenths < 0);
    assert_false(verdict_is_flagged(&verdict));
    assert_int_equal(verdict.task, TASK_AWARENESS);
}

static void a_lone_warning_beside_a_messenger_only_costs(void **state)
{
    struct scene *scene = *state;
    int32_t ignored = 0;
    strong_ad(scene, true);
    hit(scene, WARNS_EN);
    struct verdict verdict = judge(scene);
    assert_false(points_of(&verdict, FINDING_CAP, "voice", &ignored));
    expect_points(&verdict, FINDING_RULE, "voice.warns.en", -26);
}

static void evidence_for_honesty_subtracts(void **state)
{
    struct scene *scene = *state;
    ad_begin(scene, "en");
    hit(scene, LICENCE_EN);
    struct verdict verdict = judge(scene);
    assert_int_equal(verdict.logit_tenths, -69 - 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_found_is_the_prior),
        cmocka_unit_test(a_family_is_held_within_its_cap),
        cmocka_unit_test(an_idea_counts_once_in_the_ads_language),
        cmocka_unit_test(a_spanish_paragraph_counts_in_an_english_ad),
        cmocka_unit_test(steps_of_a_number),
        cmocka_unit_test(a_combo_wants_all_any_and_none),
        cmocka_unit_test(a_shadow_rule_is_seen_and_weighs_nothing),
        cmocka_unit_test(level_two_wants_two_marks),
        cmocka_unit_test(what_reports_is_held_below_review),
        cmocka_unit_test(a_lone_warning_beside_a_messenger_only_costs),
        cmocka_unit_test(evidence_for_honesty_subtracts),
    };
    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
