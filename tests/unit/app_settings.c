/* lurewatch.yml: where it is found, what it may say, and every mistake with its place. */
#include "app/settings.h"
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[64], file[80];

static int enter(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/lw_settings_XXXXXX");
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;
    snprintf(file, sizeof file, "%s/other.yml", folder);
    unsetenv("LUREWATCH_CONFIG");
    return 0;
}

static int leave(void **state)
{
    (void)state;
    remove(file);
    remove("lurewatch.yml");
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void put(const char *path, const char *text)
{
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static struct settings load(const char *text)
{
    struct settings settings;
    struct failure why = {0};
    put(file, text);
    if (settings_load(file, &settings, &why) != OK)
        fail_msg("%s", why.text);
    return settings;
}

static void without_a_file_the_defaults_hold(void **state)
{
    struct settings settings;
    struct failure why = {0};
    (void)state;
    assert_int_equal(settings_load(NULL, &settings, &why), OK);
    assert_string_equal(settings.file, "");
    assert_string_equal(settings.store, "sqlite:lurewatch.db");
    assert_int_equal(settings.delay_min_ms, 1000);
    assert_int_equal(settings.in_flight_per_host, 1);
    assert_int_equal(settings.prior_millionths, 0);
}

static void a_file_of_comments_alone_leaves_the_defaults(void **state)
{
    struct settings settings = load("# max_pages: 7\n\n#\n");
    (void)state;
    assert_string_equal(settings.file, file);
    assert_int_equal(settings.delay_min_ms, 1000);
    assert_int_equal(settings.in_flight_per_host, 1);
}

static void a_file_is_found_in_its_order(void **state)
{
    struct settings settings;
    struct failure why = {0};
    (void)state;
    put("lurewatch.yml", "max_pages: 7\n");
    assert_int_equal(settings_load(NULL, &settings, &why), OK);
    assert_int_equal(settings.max_pages, 7);
    put(file, "max_pages: 8\n");
    setenv("LUREWATCH_CONFIG", file, 1);
    assert_int_equal(settings_load(NULL, &settings, &why), OK);
    assert_int_equal(settings.max_pages, 8);
    assert_int_equal(settings_load("lurewatch.yml", &settings, &why), OK);
    assert_int_equal(settings.max_pages, 7);
    unsetenv("LUREWATCH_CONFIG");
    remove("lurewatch.yml");
}

static void a_file_asked_for_by_name_must_be_there(void **state)
{
    struct settings settings;
    struct failure why = {0};
    (void)state;
    assert_int_equal(settings_load("/nowhere/x.yml", &settings, &why), ERR_NOT_FOUND);
    expect_says(&why, "/nowhere/x.yml");
}

static void paths_count_from_the_folder_of_the_file(void **state)
{
    char wanted[160];
    struct settings settings = load("store: sqlite:a.db\npatterns: 'p'\nevidence: /var/e\n");
    (void)state;
    snprintf(wanted, sizeof wanted, "sqlite:%s/a.db", folder);
    assert_string_equal(settings.store, wanted);
    snprintf(wanted, sizeof wanted, "%s/p", folder);
    assert_string_equal(settings.patterns, wanted);
    snprintf(wanted, sizeof wanted, "%s/sources", folder);
    assert_string_equal(settings.sources, wanted);
    assert_string_equal(settings.evidence, "/var/e");
}

static void values_are_read_by_their_kind(void **state)
{
    struct settings settings = load("delay_min: 1500ms\nrefetch: 3d\nprior: 0.002\nreview: '0.5'\n"
                                    "stop: all\nsample_per_mille: 0\nurgent: ''\n");
    (void)state;
    assert_int_equal(settings.delay_min_ms, 1500);
    assert_int_equal(settings.refetch_ms, 3 * 86400000);
    assert_int_equal(settings.prior_millionths, 2000);
    assert_int_equal(settings.review_millionths, 500000);
    assert_int_equal(settings.urgent_millionths, 0);
    assert_string_equal(settings.stop, "all");
}

static void each_mistake_is_shown_where_it_stands(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"delay: 1s\n", "unknown key 'delay'"},
        {"in_flight: 64\ndelay_mim: 1s\n",
         ":2:1: unknown key 'delay_mim', did you mean 'delay_min'?"},
        {"delay_min: 1\n", "'delay_min' wants a duration"},
        {"in_flight: 0\n", "'in_flight' is out of bounds"},
        {"in_flight: [1]\n", "'in_flight' wants a whole number"},
        {"workers: -1\n", "out of bounds"},
        {"prior: 1.5\n", "'prior' is out of bounds: a probability such as 0.5, with at most "
                         "six decimals, between 0.000001 and 0.999999"},
        {"prior: 0.1234567\n", "at most six decimals"},
        {"store: mysql:x\n", "'store' wants a store"},
        {"store: 'sqlite:'\n", "'store' wants a store"},
        {"patterns: ''\n", "'patterns' wants text"},
        {"stop: some\n", "'stop' is 'all' or left out"},
        {"- a\n", "'key: value' lines"},
        {"max_pages: 1\nmax_pages: 2\n", ":2:1: duplicate key"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct settings settings = {.max_pages = 77};
        struct failure why = {0};
        put(file, rows[i].text);
        assert_int_equal(settings_load(file, &settings, &why), ERR_SYNTAX);
        expect_says(&why, rows[i].says);
        expect_says(&why, "other.yml:");
        assert_int_equal(settings.max_pages, 77); /* nothing half-read */
    }
}

static void the_table_shows_values_that_read_back(void **state)
{
    struct settings settings = load("delay_min: 90s\nprior: 0.25\nmax_pages: 5\n"), again;
    struct settings_row row;
    struct text_buf text;
    struct failure why = {0};
    (void)state;
    text_buf_init(&text, 1u << 16);
    for (size_t i = 0; settings_row(&settings, i, &row); i++) {
        assert_true(row.key[0] != '\0' && row.help[0] != '\0');
        text_buf_printf(&text, "%s: '%s'\n", row.key, row.value);
    }
    put(file, text_buf_cstr(&text));
    assert_int_equal(settings_load(file, &again, &why), OK);
    assert_memory_equal(&settings, &again, sizeof settings);
    text_buf_release(&text);
}

static void the_installed_bank_stands_in_for_one_that_is_not_there(void **state)
{
    char share[80], installed[100], own[100];
    (void)state;
    snprintf(share, sizeof share, "%s/share", folder);
    snprintf(installed, sizeof installed, "%s/patterns", share);
    snprintf(own, sizeof own, "%s/patterns", folder);
    struct settings settings = load("patterns: patterns\n"), named = load("patterns: rules\n");
    snprintf(settings.patterns, sizeof settings.patterns, "%s", own);
    settings_patterns_installed(&settings, share); /* neither is there */
    assert_string_equal(settings.patterns, own);
    assert_int_equal(mkdir(share, 0700), 0);
    assert_int_equal(mkdir(installed, 0700), 0);
    char rules[SETTINGS_TEXT_BYTES];
    snprintf(rules, sizeof rules, "%s", named.patterns);
    settings_patterns_installed(&named, share); /* named by the file: an error that names it */
    assert_string_equal(named.patterns, rules);
    settings_patterns_installed(&settings, share);
    assert_string_equal(settings.patterns, installed);
    snprintf(settings.patterns, sizeof settings.patterns, "%s", own);
    assert_int_equal(mkdir(own, 0700), 0);
    settings_patterns_installed(&settings, share); /* one's own comes first */
    assert_string_equal(settings.patterns, own);
    assert_int_equal(rmdir(own), 0);
    assert_int_equal(rmdir(installed), 0);
    assert_int_equal(rmdir(share), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_the_defaults_hold),
        cmocka_unit_test(a_file_of_comments_alone_leaves_the_defaults),
        cmocka_unit_test(a_file_is_found_in_its_order),
        cmocka_unit_test(a_file_asked_for_by_name_must_be_there),
        cmocka_unit_test(paths_count_from_the_folder_of_the_file),
        cmocka_unit_test(values_are_read_by_their_kind),
        cmocka_unit_test(each_mistake_is_shown_where_it_stands),
        cmocka_unit_test(the_table_shows_values_that_read_back),
        cmocka_unit_test(the_installed_bank_stands_in_for_one_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
