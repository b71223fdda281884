/* Source files: what is read, every mistake with its place and a caret, hosts, globs, permission. */
#include "crawler/source.h"
#include "crawler/url.h"
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#define T0 INT64_C(1795478400000) /* 2026-11-24 */

#define HEAD  "name: board\n"
#define START "start:\n  - {url: 'https://board.example/jobs', as: listing}\n"

static struct source *read_source(const char *text)
{
    struct source *source = NULL;
    struct failure why = {0};
    if (source_read(slice_of(text), "sources/board.yml", &source, &why) != OK)
        fail_msg("%s", why.text);
    return source;
}

static void a_short_file_has_careful_defaults(void **state)
{
    struct source *source = read_source(HEAD START);
    char at[SOURCE_WHY_BYTES];
    (void)state;
    assert_string_equal(source->start[0].url, "https://board.example/jobs");
    assert_string_equal(source->start[0].host_port, "board.example");
    assert_int_equal(source->every_ms, 86400000);
    assert_int_equal(source->pages_max, 1000);
    assert_int_equal(source->depth_max, 5);
    assert_true(source->enabled);
    assert_string_equal(source->extract_json, "");
    assert_non_null(strstr(source_off(source, T0, at), "no permission is stated"));
    source_free(source);
    source_free(NULL);
}

static void each_mistake_is_shown_where_it_stands(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"title: x\n", "sources/board.yml:1:1: 'name' is missing"},
        {HEAD, "'start' is missing"},
        {"name: other\n" START, ":1:7: the name must be the file's own, 'board'"},
        {"name: Board\n" START, "a-z, 0-9"},
        {HEAD START "evry: 6h\n", ":4:1: unknown key 'evry', did you mean 'every'?"},
        {HEAD START "every: 6\n", "a time is wanted"},
        {HEAD START "delay: 2d\n", "outside"},
        {HEAD START "pages_max: 0\n", "0 is outside 1"},
        {HEAD START "country: id\n", "two capital letters"},
        {HEAD START "language: EN\n", "BCP 47"},
        {HEAD START "enabled: perhaps\n", ":4:10:"},
        {HEAD START "permission: {note: x}\n", "permission needs a basis"},
        {HEAD START "permission: {basis: hope}\n", "the basis is one of"},
        {HEAD START "permission: {basis: api, until: 2026-02-30}\n", "a day is wanted"},
        {HEAD "start: []\n", "start is a list"},
        {HEAD "start:\n  - {url: 'ftp://x.example/', as: feed}\n", "ftp"},
        {HEAD "start:\n  - {url: '/jobs', as: feed}\n", ":3:"},
        {HEAD "start:\n  - {url: 'https://u:p@x.example/', as: feed}\n", "user name"},
        {HEAD "start:\n  - {url: 'https://x.example/', as: page}\n", "as is one of"},
        {HEAD "start:\n  - {url: 'https://x.example/'}\n", "an item of start is"},
        {HEAD START "hosts: ['*.*.example']\n", "a host is wanted"},
        {HEAD START "hosts: ['*.example']\n", "a host is wanted"},
        {HEAD START "hosts: ['board.example/jobs']\n", "a host is wanted"},
        {HEAD START "extract: 7\n", "extract is a mapping"},
        {HEAD START "extract: {follow: }\n", "follow is a mapping"},
        {HEAD START "extract: {fields: {title: ''}}\n", "a text is wanted"},
        {HEAD START "extract: {expired: [x, ]}\nextract: 1\n", "duplicate key"},
        {HEAD START "extract: {follow: {posting: ['jobs/*']}}\n", "begins with '/'"},
        {HEAD START "extract: {items: {title: x}}\n", "items needs 'path'"},
        {HEAD START "extract: {links: 'a['}\n", "'links': selector \"a[\""},
        {HEAD START "extract: {next: '//a['}\n", "no XPath"},
        {HEAD START "extract:\n  links: a\n  fields: {title: 'h1['}\n", ":6:"},
        {HEAD START "extract: {paging: {template: 'https://x.example/2'}}\n", "needs {page}"},
        {HEAD START "extract: {paging: {parameter: p, step: 0}}\n", "from 1 to"},
        {HEAD "start: []\n", ":2:"},
        {HEAD "start: [{path: x, as: listing}]\n", "or a path alone"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct source *source = NULL;
        struct failure why = {0};
        if (source_read(slice_of(rows[i].text), "sources/board.yml", &source, &why) == OK)
            fail_msg("row %zu was read", i);
        expect_says(&why, rows[i].says);
        expect_says(&why, "sources/board.yml:");
        expect_says(&why, "^");
    }
}

static void permission_ends_with_its_day(void **state)
{
    struct source *source = read_source(HEAD START "permission: {basis: api, until: 2026-11-24}\n");
    char at[SOURCE_WHY_BYTES];
    (void)state;
    assert_null(source_off(source, T0 + 86399999, at));
    assert_non_null(strstr(source_off(source, T0 + 86400000, at), "ended on 2026-11-24"));
    source_free(source);
    source = read_source(HEAD START "permission: {basis: api}\nrender: yes\n");
    assert_null(
        source_off(source, T0, at)); /* whether a browser is there is the sweep's business */
    source_free(source);
    source = read_source(HEAD START "permission: {basis: api}\nenabled: no\n");
    assert_non_null(strstr(source_off(source, T0, at), "enabled: no"));
    source_free(source);
}

static bool allows(const struct source *source, struct arena *arena, const char *text)
{
    struct url url;
    assert_int_equal(url_parse(arena, slice_of(text), NULL, &url, NULL), OK);
    return source_allows_url(source, &url);
}

static void links_stay_on_the_hosts_of_the_source(void **state)
{
    struct source *source =
        read_source(HEAD START "hosts: ['*.board.example', 'cdn.example:8080']\n");
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    assert_true(allows(source, arena, "http://board.example/x"));
    assert_true(allows(source, arena, "https://BOARD.example:443/x"));
    assert_true(allows(source, arena, "https://id.board.example/"));
    assert_true(allows(source, arena, "http://cdn.example:8080/"));
    assert_false(allows(source, arena, "http://cdn.example/"));
    assert_false(allows(source, arena, "http://board.example:8080/"));
    assert_false(allows(source, arena, "https://notboard.example/"));
    assert_false(allows(source, arena, "https://id.board.example:8443/"));
    assert_false(allows(source, arena, "https://board.example.evil.test/"));
    arena_free(arena);
    source_free(source);
}

static void follow_globs_tell_what_a_link_is(void **state)
{
    struct source *source = read_source(
        HEAD START "extract:\n  follow: {posting: ['/jobs/*'], listing: ['/jobs?page=*', "
                   "'https://board.example/all*']}\n");
    static const struct {
        const char *url;
        int kind; /* -1: none matches */
    } rows[] = {{"https://board.example/jobs/7", SOURCE_POSTING},
                {"https://board.example/jobs?page=2", SOURCE_LISTING},
                {"https://board.example/all/x?y#z", SOURCE_LISTING},
                {"https://board.example/about", -1}};
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    assert_true(source_has_follow(source));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url;
        enum source_kind kind = SOURCE_KIND_COUNT;
        assert_int_equal(url_parse(arena, slice_of(rows[i].url), NULL, &url, NULL), OK);
        assert_int_equal(source_link_kind(source, &url, &kind), rows[i].kind >= 0);
        if (rows[i].kind >= 0)
            assert_int_equal(kind, rows[i].kind);
    }
    assert_string_equal(source->extract_json,
                        "{\"follow\":{\"posting\":[\"/jobs/*\"],\"listing\":[\"/jobs?page=*\","
                        "\"https://board.example/all*\"]}}");
    arena_free(arena);
    source_free(source);
}

static void put_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void one_bad_file_does_not_stop_the_others(void **state)
{
    char dir[] = "/tmp/lw_sources_XXXXXX", path[64];
    struct source_set *set = NULL;
    struct failure why = {0};
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/board.yml", dir);
    put_file(path, HEAD START);
    snprintf(path, sizeof path, "%s/bad.yml", dir);
    put_file(path, "name: [\n");
    snprintf(path, sizeof path, "%s/notes.txt", dir);
    put_file(path, "not a source");
    assert_int_equal(source_set_load(dir, &set, &why), OK);
    assert_string_equal(source_set_at(set, 0)->name, "board");
    assert_null(source_set_at(set, 1));
    assert_non_null(source_set_find(set, "board"));
    assert_null(source_set_find(set, "bad"));
    assert_non_null(strstr(source_set_failure(set, 0), "bad.yml:"));
    assert_null(source_set_failure(set, 1));
    source_set_free(set);
    snprintf(path, sizeof path, "%s/board.yml", dir);
    remove(path);
    snprintf(path, sizeof path, "%s/bad.yml", dir);
    remove(path);
    snprintf(path, sizeof path, "%s/notes.txt", dir);
    remove(path);
    rmdir(dir);
    assert_int_equal(source_set_load(dir, &set, &why), ERR_NOT_FOUND);
    expect_says(&why, dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_file_has_careful_defaults),
        cmocka_unit_test(each_mistake_is_shown_where_it_stands),
        cmocka_unit_test(permission_ends_with_its_day),
        cmocka_unit_test(links_stay_on_the_hosts_of_the_source),
        cmocka_unit_test(follow_globs_tell_what_a_link_is),
        cmocka_unit_test(one_bad_file_does_not_stop_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
