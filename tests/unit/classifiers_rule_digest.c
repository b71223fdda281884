/* A rule's digest changes with what decides where it fires, and with nothing else. */
#include "classifiers/bank.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

static const char FAMILIES[] =
    "version: 't1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.95}\n"
    "combos_cap: 3.0\nfamilies:\n"
    "  - {name: gambling, title: G, cap: 3.0, task: gambling}\n";

struct idea {
    const char *title, *weight, *field, *status, *pattern, *towns;
};

static struct digest digest_with(const struct idea *idea)
{
    struct bank_pack *pack = NULL;
    struct pattern_bank *bank = NULL;
    struct text_buf bytes, rule;
    struct failure why = {.code = OK};
    text_buf_init(&bytes, 1u << 16);
    text_buf_init(&rule, 1u << 16);
    text_buf_printf(&rule,
                    "idea: gambling.one\ntitle: %s\ndescription: D\nrationale: R\nsources: [S]\n"
                    "weight: %s\nfield: %s\nlevel: none\nlanguages:\n  en:\n    status: %s\n"
                    "    date: 2026-11-25\n    pattern: '%s'\n"
                    "    examples:\n      match: ['a', 'b', 'c']\n"
                    "      not_match: ['d', 'e', 'f']\n",
                    idea->title, idea->weight, idea->field, idea->status, idea->pattern);
    pack_add(&bytes, "families.yml", slice_of(FAMILIES));
    pack_add(&bytes, "gambling/one.yml", text_buf_slice(&rule));
    pack_add(&bytes, "lists/towns.txt", slice_of(idea->towns));
    pack_add(
        &bytes, "signals.yml",
        SLICE("signals:\n  - {id: fact.m, title: M, kind: truth, family: gambling, weight: 0}\n"));
    assert_int_equal(bank_pack_from(text_buf_slice(&bytes), &pack, &why), OK);
    if (pattern_bank_compile(pack, &bank, &why) != OK)
        fail_msg("%s", why.text);
    assert_int_equal(bank_rules_count(bank), 1);
    struct digest digest;
    assert_int_equal(bank_rule_digest(bank, 0, &digest), OK);
    pattern_bank_free(bank);
    bank_pack_free(pack);
    text_buf_release(&bytes);
    text_buf_release(&rule);
    return digest;
}

static bool same(const struct idea *one, const struct idea *other)
{
    struct digest left = digest_with(one), right = digest_with(other);
    return memcmp(left.bytes, right.bytes, sizeof left.bytes) == 0;
}

static const struct idea PLAIN = {
    "T", "1", "any", "active", "slot (?list:towns)", "north\nsouth\n"};

static void what_it_matches_is_in_it(void **state)
{
    (void)state;
    struct idea other = PLAIN;
    assert_true(same(&PLAIN, &other));
    other.pattern = "slots (?list:towns)";
    assert_false(same(&PLAIN, &other));
    other = PLAIN;
    other.towns = "north\nwest\n";
    assert_false(same(&PLAIN, &other));
    other = PLAIN;
    other.field = "title";
    assert_false(same(&PLAIN, &other));
}

static void what_it_says_and_weighs_is_not(void **state)
{
    (void)state;
    struct idea other = {"Other", "2.5", "any", "shadow", PLAIN.pattern, "# new\nnorth\nsouth\n"};
    assert_true(same(&PLAIN, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_matches_is_in_it),
        cmocka_unit_test(what_it_says_and_weighs_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
