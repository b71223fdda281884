/* Reasons in further languages: found by idea and by rule, and what is wrong is told by its place. */
#include "common/file.h"
#include "review/reasons.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], file[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/lurewatch-reasons-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    char inside[96];
    snprintf(inside, sizeof inside, "%s/reasons", folder);
    snprintf(file, sizeof file, "%s/xx.yml", inside);
    return mkdir(inside, 0700);
}

static int remove_folder(void **state)
{
    char inside[96];
    (void)state;
    snprintf(inside, sizeof inside, "%s/reasons", folder);
    unlink(file);
    return rmdir(inside) != 0 || rmdir(folder) != 0;
}

static void put(const char *text)
{
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static bool knows_coercion(const void *ctx, struct slice id)
{
    (void)ctx;
    return slice_starts(id, "coercion.") || slice_is(id, "family:pay");
}

static void an_idea_is_found_by_its_rules(void **state)
{
    struct reasons *reasons = NULL;
    struct reason said;
    struct failure why = {0};
    (void)state;
    put("language: xx\nreasons:\n  coercion.held:\n    title: 'Paspor'\n    reason: |-\n"
        "      Satu\n      dua.\n  'family:pay': {title: 'Upah'}\n");
    if (reasons_load(folder, knows_coercion, NULL, &reasons, &why) != OK)
        fail_msg("%s", why.text);
    assert_int_equal(reasons_count(reasons), 1);
    assert_string_equal(reasons_tag(reasons, 0), "xx");
    assert_true(reasons_find(reasons, "xx", SLICE("coercion.held.zh"), &said));
    assert_true(slice_is(said.reason, "Satu dua."));
    assert_true(reasons_find(reasons, "xx", SLICE("coercion.held"), &said));
    assert_true(reasons_find(reasons, "xx", SLICE("family:pay"), &said));
    assert_true(slice_is(said.title, "Upah") && said.reason.len == 0);
    assert_false(reasons_find(reasons, "xx", SLICE("coercion"), &said));
    assert_false(reasons_find(reasons, "xx", SLICE("held"), &said));
    assert_false(reasons_find(reasons, "xx", SLICE_EMPTY, &said));
    assert_false(reasons_find(reasons, "yy", SLICE("coercion.held"), &said));
    assert_false(reasons_find(NULL, "xx", SLICE("coercion.held"), &said));
    reasons_free(reasons);
}

static void each_mistake_is_shown_where_it_stands(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"language: xx\nreasons:\n  coercion.a: {title: 'A'}\n  coercino.b: {title: 'B'}\n",
         "xx.yml:4:3: 'coercino.b' is no idea, combo, signal"},
        {"language: yy\nreasons: {}\n", "xx.yml:1:11: 'language' must be as the file is called"},
        {"language: xx\n", "'reasons' is missing"},
        {"language: xx\nreasons: [a]\n", "'reasons' is missing"},
        {"language: xx\nreasons:\n  coercion.a: 'A'\n", "xx.yml:3:3: an entry wants a title"},
        {"language: xx\nreasons:\n  coercion.a: {title: ''}\n", "'title' is empty"},
        {"language: xx\nreasons:\n  coercion.a: {title: [1]}\n", "'title' is empty"},
        {"language: xx\nreasons:\n  coercion.a: {titel: 'A', title: 'B'}\n", "'titel'"},
        {"language: xx\nreasons:\n  coercion.a: {title: 'A'}\n  coercion.a: {title: 'A'}\n",
         "duplicate"},
        {"language: xx\nrules: {}\n", "unknown key 'rules'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reasons *reasons = NULL;
        struct failure why = {0};
        put(rows[i].text);
        assert_int_equal(reasons_load(folder, knows_coercion, NULL, &reasons, &why), ERR_SYNTAX);
        assert_null(reasons);
        expect_says(&why, rows[i].says);
    }
}

static void without_a_folder_there_are_none(void **state)
{
    struct reasons *reasons = NULL;
    struct failure why = {0};
    (void)state;
    assert_int_equal(reasons_load("/nowhere", NULL, NULL, &reasons, &why), OK);
    assert_int_equal(reasons_count(reasons), 0);
    reasons_free(reasons);
    put("language: xx\nreasons: {}\n");
    assert_int_equal(reasons_load(folder, NULL, NULL, &reasons, &why), OK);
    assert_int_equal(reasons_count(reasons), 1);
    struct reason said;
    assert_false(reasons_find(reasons, "xx", SLICE("a"), &said));
    reasons_free(reasons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idea_is_found_by_its_rules),
        cmocka_unit_test(each_mistake_is_shown_where_it_stands),
        cmocka_unit_test(without_a_folder_there_are_none),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
