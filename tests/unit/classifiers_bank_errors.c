/* What is wrong in a pattern is shown in the pattern as its writer wrote it. */
#include "classifiers/bank.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

static const char FAMILIES[] =
    "version: 't1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.95}\n"
    "combos_cap: 3.0\nfamilies:\n"
    "  - {name: gambling, title: G, cap: 3.0, task: gambling}\n";

/* The complaint about a rule with that pattern, whose lines stand from line 14 of its file. */
static void complaint_of(const char *language, const char *pattern, struct failure *why)
{
    struct bank_pack *pack = NULL;
    struct pattern_bank *bank = NULL;
    struct text_buf bytes, rule;
    struct slice rest = slice_of(pattern), line;
    text_buf_init(&bytes, 1u << 16);
    text_buf_init(&rule, 1u << 16);
    text_buf_printf(&rule,
                    "idea: gambling.one\ntitle: T\ndescription: D\nrationale: R\nsources: [S]\n"
                    "weight: 1\nfield: any\nlevel: none\nlanguages:\n  %s:\n    status: active\n"
                    "    date: 2026-11-25\n    pattern: |-\n",
                    language);
    while (slice_next_line(&rest, &line))
        text_buf_printf(&rule, "      %.*s\n", (int)line.len, line.at);
    text_buf_add_str(&rule, "    examples:\n      match: ['a', 'b', 'c']\n"
                            "      not_match: ['d', 'e', 'f']\n");
    pack_add(&bytes, "families.yml", slice_of(FAMILIES));
    pack_add(&bytes, "gambling/one.yml", text_buf_slice(&rule));
    pack_add(&bytes, "lists/towns.txt", SLICE("north town\nsouth town\nwest town\n"));
    pack_add(
        &bytes, "signals.yml",
        SLICE("signals:\n  - {id: fact.m, title: M, kind: truth, family: gambling, weight: 0}\n"));
    *why = (struct failure){.code = OK};
    assert_int_equal(bank_pack_from(text_buf_slice(&bytes), &pack, why), OK);
    if (pattern_bank_compile(pack, &bank, why) == OK)
        fail_msg("'%s' compiles", pattern);
    bank_pack_free(pack);
    text_buf_release(&bytes);
    text_buf_release(&rule);
}

static void expect_place(const char *pattern, unsigned line, const char *shown, size_t indent)
{
    struct failure why;
    char place[64], end[512];
    complaint_of("en", pattern, &why);
    snprintf(place, sizeof place, "gambling/one.yml:%u: ", line);
    snprintf(end, sizeof end, "\n  %s\n  %*s^", shown, (int)indent, "");
    expect_says(&why, place);
    expect_says(&why, end);
}

static void a_place_behind_a_gap_is_that_of_the_file(void **state)
{
    (void)state;
    expect_place("slot{1,2}(?gap:3)[z-a]", 14, "slot{1,2}(?gap:3)[z-a]", 20);
    expect_place("slot(?gap:2)bar\n|tour(?gap:9)cat(?gap:1)x**+\n|other", 15,
                 "|tour(?gap:9)cat(?gap:1)x**+", 26);
    expect_place("тур(?gap:3)[я-а]", 14, "тур(?gap:3)[я-а]", 14);
    expect_place("[z-a](?gap:3)slot", 14, "[z-a](?gap:3)slot", 3);
    expect_place("slot(?gap:3)(room\n|b(?gap:3)c", 15, "|b(?gap:3)c", 11);
}

static void a_place_behind_a_list_is_that_of_the_file(void **state)
{
    (void)state;
    expect_place("slot\n|(?list:towns)(?gap:4)(?list:towns)x(?<=a+)", 15,
                 "|(?list:towns)(?gap:4)(?list:towns)x(?<=a+)", 36);
}

static void a_list_or_gap_that_is_wrong_is_pointed_at(void **state)
{
    (void)state;
    expect_place("slot\n|tour(?list:nowhere)", 15, "|tour(?list:nowhere)", 5);
    expect_place("slot(?gap:2)tour(?gap:12)", 14, "slot(?gap:2)tour(?gap:12)", 16);
    expect_place("slot(?list:towns", 14, "slot(?list:towns", 4);
}

static void a_pattern_widened_for_plain_letters_tells_its_own_place(void **state)
{
    struct failure why;
    (void)state;
    complaint_of("vi", "công(?gap:2)việc[z-a]\n|khác", &why);
    expect_says(&why, "gambling/one.yml:14: ");
    expect_says(&why, "\n  công(?gap:2)việc[z-a]\n                     ^");
    complaint_of("vi", "(công(?gap:2)việc\n|khác", &why);
    expect_says(&why, "gambling/one.yml:15: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_behind_a_gap_is_that_of_the_file),
        cmocka_unit_test(a_place_behind_a_list_is_that_of_the_file),
        cmocka_unit_test(a_list_or_gap_that_is_wrong_is_pointed_at),
        cmocka_unit_test(a_pattern_widened_for_plain_letters_tells_its_own_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
