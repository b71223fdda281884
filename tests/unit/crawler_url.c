/* URLs and their canonical form; robots.txt read and asked; globs; the table of names. */
#include "crawler/glob.h"
#include "crawler/name_table.h"
#include "crawler/robots.h"
#include "crawler/url.h"
#include "tests/unit/unit.h"

static void references_resolve_as_browsers_do(void **state)
{
    static const char *const rows[][3] = {
        {"https://a.test/b/c?d", "../e", "https://a.test/e"},
        {"https://a.test/b/c?d", "?x", "https://a.test/b/c?x"},
        {"https://a.test/b/c?d", "#f", "https://a.test/b/c?d#f"},
        {"https://a.test/b/c", "//B.test:443/x", "https://b.test/x"},
        {"http://a.test/", " ja\tva\nx ", "http://a.test/javax"},
        {"http://a.test/", "\\\\b.test\\x", "http://b.test/x"},
        {"http://a.test/", "/%7e/\xC3\xBC", "http://a.test/%7e/%C3%BC"},
        {"http://a.test/",
         "http://b\xC3\xBC"
         "cher.test/",
         "http://xn--bcher-kva.test/"},
        {"http://a.test/x", "", "http://a.test/x"},
    };
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url base, url;
        assert_int_equal(url_parse(arena, slice_of(rows[i][0]), NULL, &base, NULL), OK);
        assert_int_equal(url_parse(arena, slice_of(rows[i][1]), &base, &url, NULL), OK);
        expect_text(url.href, rows[i][2]);
    }
    arena_free(arena);
}

static void what_is_no_web_address_is_refused_in_words(void **state)
{
    static const struct {
        const char *text;
        int rc;
    } rows[] = {{"javascript:alert(1)", ERR_UNSUPPORTED},
                {"mailto:a@b.test", ERR_UNSUPPORTED},
                {"/relative", ERR_SYNTAX},
                {"http://", ERR_SYNTAX},
                {"http://a b/", ERR_SYNTAX},
                {"http://a.test:99999/", ERR_SYNTAX},
                {"http://[::1/", ERR_SYNTAX},
                {"http://1.2.3.4.5/", ERR_SYNTAX}};
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url;
        struct failure why = {0};
        if (url_parse(arena, slice_of(rows[i].text), NULL, &url, &why) != rows[i].rc)
            fail_msg("%s", rows[i].text);
        assert_true(why.text[0] != '\0');
    }
    char *far = calloc(1, URL_BYTES_MAX + 100);
    memset(far, 'a', URL_BYTES_MAX + 99);
    memcpy(far, "http://a.test/", 14);
    struct url url;
    assert_int_equal(url_parse(arena, slice_of(far), NULL, &url, NULL), ERR_LIMIT);
    free(far);
    arena_free(arena);
}

static void two_spellings_of_a_page_are_one(void **state)
{
    static const char *const rows[][2] = {
        {"HTTP://A.test:80/%7Ejob/#top", "http://a.test/~job/"},
        {"https://a.test./x?", "https://a.test/x"},
        {"https://u:p@a.test/", "https://a.test/"},
        {"https://a.test/x?utm_source=n&id=7&fbclid=z", "https://a.test/x?id=7"},
        {"https://a.test/x;jsessionid=1A?PHPSESSID=2&b=1&a=2", "https://a.test/x?b=1&a=2"},
        {"https://a.test/x?a=1&&b=2&", "https://a.test/x?a=1&b=2"},
        {"https://a.test/%2f%c3%bc%41", "https://a.test/%2F%C3%BCA"},
        {"https://a.test/%%37e", "https://a.test/%%37e"},
        {"https://a.test/x/..;jsessionid=1/y", "https://a.test/y"},
        {"http://x.2../", "http://x.2../"},
    };
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url, again;
        assert_int_equal(url_read_canonical(arena, slice_of(rows[i][0]), &url, NULL), OK);
        expect_text(url.href, rows[i][1]);
        assert_int_equal(url_canonical(arena, &url, &again), OK);
        expect_text(again.href, rows[i][1]);
    }
    arena_free(arena);
}

static bool asks(const char *file, const char *agent, const char *path)
{
    struct robots *robots = NULL;
    struct robots_answer answer;
    assert_int_equal(robots_parse(slice_of(file), slice_of(agent), &robots), OK);
    bool allowed = robots_allows(robots, slice_of(path), &answer);
    robots_free(robots);
    return allowed;
}

static void the_longest_rule_of_our_group_decides(void **state)
{
    static const char file[] = "User-agent: *\nDisallow: /\n\nUser-agent: Lurewatch\n"
                               "Disallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\n";
    (void)state;
    assert_true(asks(file, "lurewatch", "/jobs"));
    assert_true(asks(file, "lurewatch/1.0 (+https://x.test)", "/jobs"));
    assert_false(asks(file, "lurewatch", "/private/x"));
    assert_true(asks(file, "lurewatch", "/private/open/x"));
    assert_false(asks(file, "lurewatch", "/a.pdf"));
    assert_true(asks(file, "lurewatch", "/a.pdf?x"));
    assert_false(asks(file, "otherbot", "/jobs"));
    assert_true(asks(file, "otherbot", "/robots.txt"));
    assert_true(asks("", "lurewatch", "/x"));
    assert_true(asks("User-agent: *\nDisallow:\n", "lurewatch", "/x"));
}

static void a_robots_answer_names_its_line(void **state)
{
    struct robots *robots = NULL;
    struct robots_answer answer;
    (void)state;
    assert_int_equal(robots_parse(SLICE("User-agent: *\n# why\nDisallow: /a\nCrawl-delay: 2.5\n"
                                        "Sitemap: https://a.test/s.xml\n"),
                                  SLICE("lurewatch"), &robots),
                     OK);
    assert_false(robots_allows(robots, SLICE("/a/b"), &answer));
    assert_int_equal(answer.line, 3);
    expect_text(answer.rule, "Disallow: /a");
    assert_int_equal(robots_crawl_delay_ms(robots), 2500);
    assert_string_equal(robots_sitemap(robots, 0), "https://a.test/s.xml");
    assert_null(robots_sitemap(robots, 1));
    robots_free(robots);
    robots_free(NULL);
}

static void no_file_allows_and_no_answer_forbids(void **state)
{
    static const struct {
        int http;
        bool allowed;
    } rows[] = {{404, true},  {401, true},  {403, true},  {410, true}, {301, true},
                {429, false}, {500, false}, {503, false}, {0, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct robots *robots = NULL;
        assert_int_equal(robots_from_answer(rows[i].http, SLICE("User-agent: *\nDisallow: /\n"),
                                            SLICE("lurewatch"), &robots),
                         OK);
        assert_int_equal(robots_allows(robots, SLICE("/x"), NULL), rows[i].allowed);
        assert_int_equal(robots_fresh_ms(robots),
                         rows[i].allowed ? ROBOTS_FRESH_MS_MAX : ROBOTS_RETRY_MS);
        robots_free(robots);
    }
}

static void a_glob_of_stars_is_no_trap(void **state)
{
    char text[20001], stars[2001];
    (void)state;
    assert_true(glob_matches(SLICE("/jobs/*"), true, SLICE("/jobs/")));
    assert_false(glob_matches(SLICE("/jobs"), true, SLICE("/jobs/7")));
    assert_true(glob_matches(SLICE("/jobs"), false, SLICE("/jobs/7")));
    assert_true(glob_matches(SLICE("*a*b*"), true, SLICE("xxaxxbxx")));
    memset(text, 'a', 20000);
    for (size_t i = 0; i < 2000; i++)
        stars[i] = i % 2 ? 'a' : '*';
    assert_false(glob_matches(slice_make(stars, 2000), true, slice_make("b", 1)));
    text[20000 - 1] = 'b';
    assert_false(glob_matches(slice_make(stars, 2000), true, slice_make(text, 20000)));
}

static void names_are_found_after_others_were_removed(void **state)
{
    static char keys[2000][8];
    struct name_table table = {0};
    size_t cursor = 0, walked = 0;
    (void)state;
    for (size_t i = 0; i < 2000; i++) {
        snprintf(keys[i], sizeof keys[i], "k%zu", i);
        assert_int_equal(name_table_put(&table, slice_of(keys[i]), keys[i]), OK);
    }
    for (size_t i = 0; i < 2000; i += 3)
        assert_ptr_equal(name_table_remove(&table, slice_of(keys[i])), keys[i]);
    assert_null(name_table_remove(&table, slice_of("k0")));
    for (size_t i = 0; i < 2000; i++)
        assert_ptr_equal(name_table_get(&table, slice_of(keys[i])), i % 3 == 0 ? NULL : keys[i]);
    while (name_table_next(&table, &cursor) != NULL)
        walked++;
    assert_int_equal(walked, table.count);
    name_table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_resolve_as_browsers_do),
        cmocka_unit_test(what_is_no_web_address_is_refused_in_words),
        cmocka_unit_test(two_spellings_of_a_page_are_one),
        cmocka_unit_test(the_longest_rule_of_our_group_decides),
        cmocka_unit_test(a_robots_answer_names_its_line),
        cmocka_unit_test(no_file_allows_and_no_answer_forbids),
        cmocka_unit_test(a_glob_of_stars_is_no_trap),
        cmocka_unit_test(names_are_found_after_others_were_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
