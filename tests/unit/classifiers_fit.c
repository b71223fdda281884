/* Weights from decisions, the file that keeps them, and rules that run away. */
#include "classifiers/fit.h"
#include "classifiers/matcher.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

static const char FAMILIES[] =
    "version: 't1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.95}\n"
    "combos_cap: 3.0\nfamilies:\n"
    "  - {name: gambling, title: G, cap: 3.0, task: gambling}\n"
    "  - {name: package, title: P, cap: 2.0, task: none}\n";

#define RULE(idea, weight, pattern)                                                                \
    "idea: " idea "\ntitle: t\ndescription: d\nrationale: r\nsources: ['s']\nlevel: none\n"        \
    "weight: " weight "\nfield: any\nlanguages:\n  en:\n    status: active\n"                      \
    "    date: 2026-11-25\n    pattern: '" pattern "'\n"                                           \
    "    examples:\n      match: ['aaa', 'aaa b', 'b aaa']\n      not_match: ['x', 'y', 'z']\n"

enum { GOOD, RUNAWAY, NOISE, RULES };

struct bench {
    struct bank_pack *pack;
    struct pattern_bank *bank;
    struct arena *arena;
    struct fit_sample samples[200];
    size_t count;
};

static struct bank_pack *pack_of(const char *weights)
{
    struct bank_pack *pack = NULL;
    struct text_buf bytes;
    struct failure why = {0};
    text_buf_init(&bytes, 1u << 16);
    pack_add(&bytes, "families.yml", slice_of(FAMILIES));
    pack_add(&bytes, "gambling/good.yml", SLICE(RULE("gambling.good", "1.0", "slot")));
    pack_add(&bytes, "gambling/runaway.yml", SLICE(RULE("gambling.runaway", "2.0", "(?:a+)+b")));
    pack_add(&bytes, "package/noise.yml", SLICE(RULE("package.noise", "1.5", "room")));
    pack_add(
        &bytes, "signals.yml",
        SLICE("signals:\n  - {id: fact.m, title: M, kind: truth, family: package, weight: 0}\n"));
    if (weights != NULL)
        pack_add(&bytes, "weights.generated.yml", slice_of(weights));
    if (bank_pack_from(text_buf_slice(&bytes), &pack, &why) != OK)
        fail_msg("%s", why.text);
    text_buf_release(&bytes);
    return pack;
}

static int bench_open(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct failure why = {0};
    *state = bench;
    bench->pack = pack_of(NULL);
    if (pattern_bank_compile(bench->pack, &bench->bank, &why) != OK)
        fail_msg("%s", why.text);
    return arena_create(16u << 20, &bench->arena);
}

static int bench_close(void **state)
{
    struct bench *bench = *state;
    pattern_bank_free(bench->bank);
    bank_pack_free(bench->pack);
    arena_free(bench->arena);
    free(bench);
    return 0;
}

static const uint32_t only_good[] = {GOOD}, only_noise[] = {NOISE}, both[] = {GOOD, NOISE};

static void decide(struct bench *bench, const uint32_t *rules, size_t count, bool lure)
{
    bench->samples[bench->count] = (struct fit_sample){
        .rules = rules, .rules_count = count, .lure = lure, .weight = 1, .group = bench->count};
    bench->count++;
}

static int run_fit(struct bench *bench, struct fit_result *fit, struct failure *why)
{
    return fit_weights(bench->bank, bench->samples, bench->count, &FIT_SETTINGS_DEFAULT,
                       bench->arena, fit, why);
}

static void few_or_one_sided_decisions_are_refused(void **state)
{
    struct bench *bench = *state;
    struct fit_result fit;
    struct failure why = {0};
    for (int i = 0; i < 49; i++)
        decide(bench, only_good, 1, i % 2 == 0);
    assert_int_equal(run_fit(bench, &fit, &why), ERR_LIMIT);
    assert_non_null(strstr(why.text, "49 decisions are too few"));
    for (int i = 0; i < 60; i++)
        decide(bench, only_good, 1, true);
    bench->samples[0].lure = true;
    bench->count = 0;
    for (int i = 0; i < 60; i++)
        decide(bench, only_good, 1, i > 5);
    assert_int_equal(run_fit(bench, &fit, &why), ERR_LIMIT);
    assert_non_null(strstr(why.text, "6 say ordinary"));
}

static void a_rule_that_tells_gains_and_one_that_does_not_loses(void **state)
{
    struct bench *bench = *state;
    struct fit_result fit;
    struct failure why = {0};
    for (int i = 0; i < 60; i++) {
        decide(bench, i % 2 == 0 ? only_good : both, i % 2 == 0 ? 1 : 2, true);
        decide(bench, only_noise, 1, false);
    }
    assert_int_equal(run_fit(bench, &fit, &why), OK);
    assert_true(fit.weights_tenths[GOOD] > 10);
    assert_true(fit.weights_tenths[NOISE] < 15);
    assert_in_range(fit.weights_tenths[NOISE], 0, 14); /* it keeps its sign */
    assert_int_equal(fit.weights_tenths[RUNAWAY], 20); /* nobody decided on it */
    assert_int_equal(fit.ads[GOOD], 60);
    assert_int_equal(fit.lures[GOOD], 60);
    assert_int_equal(fit.lures[NOISE], 30);
    assert_true(fit.held_out_after.log_loss < fit.held_out_before.log_loss);
    assert_true(fit.held_out_after.auc > 0.9);
}

static void a_family_at_its_cap_feels_nothing(void **state)
{
    struct bench *bench = *state;
    static const struct fit_part full[] = {{1, 30}}; /* package: cap 2.0 */
    struct fit_result fit;
    struct failure why = {0};
    for (int i = 0; i < 80; i++) {
        decide(bench, only_noise, 1, i % 4 != 0);
        bench->samples[bench->count - 1].parts = full;
        bench->samples[bench->count - 1].parts_count = 1;
    }
    assert_int_equal(run_fit(bench, &fit, &why), OK);
    assert_int_equal(fit.weights_tenths[NOISE], 15);
}

static void one_campaign_moves_less_than_many_decisions(void **state)
{
    struct bench *bench = *state;
    struct fit_result many, one;
    struct failure why = {0};
    for (int i = 0; i < 60; i++) {
        decide(bench, only_good, 1, true);
        decide(bench, only_noise, 1, false);
    }
    assert_int_equal(run_fit(bench, &many, &why), OK);
    for (size_t i = 0; i < bench->count; i++) {
        bench->samples[i].weight = 1.0 / 60;
        bench->samples[i].group = i % 2;
    }
    assert_int_equal(run_fit(bench, &one, &why), OK);
    assert_true(one.weights_tenths[GOOD] < many.weights_tenths[GOOD]);
}

static void a_generated_file_wins_over_the_rules_weight(void **state)
{
    struct pattern_bank *bank = NULL;
    struct failure why = {0};
    (void)state;
    struct bank_pack *pack =
        pack_of("decisions: 80\ndate: 2026-11-25\nweights:\n  gambling.good.en: 2.7\n");
    assert_int_equal(pattern_bank_compile(pack, &bank, &why), OK);
    assert_int_equal(bank_rule(bank, GOOD)->weight_tenths, 27);
    assert_int_equal(bank_rule(bank, GOOD)->analyst_tenths, 10);
    assert_true(bank_rule(bank, GOOD)->is_tuned);
    assert_false(bank_rule(bank, NOISE)->is_tuned);
    pattern_bank_free(bank);
    bank_pack_free(pack);
    static const char *const wrong[] = {"decisions: 80\nweights:\n  gambling.none.en: 2.7\n",
                                        "decisions: 80\nweights:\n  gambling.good.en: 7\n",
                                        "weight: {}\n"};
    for (size_t i = 0; i < 3; i++) {
        pack = pack_of(wrong[i]);
        assert_int_equal(pattern_bank_compile(pack, &bank, &why), ERR_SYNTAX);
        assert_non_null(strstr(why.text, "weights.generated.yml"));
        bank_pack_free(pack);
    }
}

static void a_file_of_a_pack_is_replaced_or_added(void **state)
{
    struct bench *bench = *state;
    struct bank_pack *with = NULL;
    struct failure why = {0};
    struct slice bytes;
    static const char *const paths[] = {"families.yml", "aaa.yml", "zzz.yml", "package/b.yml"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(bank_pack_with(bench->pack, paths[i], SLICE("x: 1\n"), &with, &why), OK);
        assert_int_equal(bank_pack_count(with), bank_pack_count(bench->pack) + (i > 0 ? 1 : 0));
        assert_true(bank_pack_find(with, paths[i], &bytes) && slice_is(bytes, "x: 1\n"));
        for (size_t k = 1; k < bank_pack_count(with); k++)
            assert_true(strcmp(bank_pack_at(with, k - 1).path.at, bank_pack_at(with, k).path.at) <
                        0);
        bank_pack_free(with);
    }
}

static void a_rule_that_runs_away_is_fused_off(void **state)
{
    struct bench *bench = *state;
    struct matcher_limits limits = MATCHER_LIMITS_DEFAULT;
    struct normaliser *normaliser = NULL;
    struct matcher *matcher = NULL;
    struct hits hits;
    static const char slow[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! slot, not ab";
    limits.steps_per_pattern_max = 50;
    assert_int_equal(normaliser_create(&normaliser), OK);
    assert_int_equal(matcher_create(bench->bank, &limits, &matcher), OK);
    for (unsigned i = 0; i < MATCHER_FUSE_CUTS + 5; i++) {
        struct folded folded[POSTING_FIELD_COUNT];
        for (int field = 0; field < POSTING_FIELD_COUNT; field++)
            assert_int_equal(normalise(normaliser,
                                       field == POSTING_TEXT ? slice_of(slow) : SLICE_EMPTY,
                                       bench->arena, &folded[field]),
                             OK);
        const struct rule *fused = matcher_fused(matcher, 0);
        if (i < MATCHER_FUSE_CUTS)
            assert_null(fused);
        else
            assert_true(slice_is(fused->id, "gambling.runaway.en"));
        assert_int_equal(matcher_run(matcher, folded, bench->arena, &hits), OK);
        assert_int_equal(hits.rules_cut_count, 1); /* still a lower bound */
        assert_int_equal(hits.count, 1);           /* the others go on */
    }
    assert_null(matcher_fused(matcher, 1));
    matcher_free(matcher);
    normaliser_free(normaliser);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(few_or_one_sided_decisions_are_refused),
        TEST(a_rule_that_tells_gains_and_one_that_does_not_loses),
        TEST(a_family_at_its_cap_feels_nothing),
        TEST(one_campaign_moves_less_than_many_decisions),
        TEST(a_generated_file_wins_over_the_rules_weight),
        TEST(a_file_of_a_pack_is_replaced_or_added),
        TEST(a_rule_that_runs_away_is_fused_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
