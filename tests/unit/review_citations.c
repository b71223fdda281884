/* Published sources: keys found, what is wrong told by its place, who names what, and a finding's own. */
#include "common/file.h"
#include "review/citations.h"
#include "tests/unit/unit.h"

#include <unistd.h>

static char folder[64], file[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/lurewatch-sources-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/" CITATIONS_FILE, folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static struct citations *loaded(const char *text)
{
    struct citations *citations = NULL;
    struct failure why = {0};
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    if (citations_load(folder, &citations, &why) != OK)
        fail_msg("%s", why.text);
    return citations;
}

static const char two[] =
    "sources:\n"
    "  ID5: {publisher: 'Suara', kind: press, date: 2022-08-05, url: 'https://a.example/x?y=%41',"
    " also: 'http://b.example'}\n"
    "  CN2: {publisher: 'A post', kind: blog, url: 'https://c.example/', visit: no}\n"
    "  GK: {publisher: 'General knowledge', kind: general}\n";

static void a_key_says_who_published_and_where(void **state)
{
    struct citations *citations = loaded(two);
    struct citation found;
    (void)state;
    assert_int_equal(citations_count(citations), 3);
    assert_true(citations_find(citations, SLICE("ID5"), &found));
    expect_text(found.publisher, "Suara");
    expect_text(found.url, "https://a.example/x?y=%41");
    expect_text(found.also, "http://b.example");
    expect_text(found.date, "2022-08-05");
    assert_true(found.kind == CITATION_PRESS && found.visit);
    assert_true(citations_find(citations, SLICE("GK"), &found));
    assert_int_equal(found.url.len, 0);
    assert_false(citations_find(citations, SLICE("ID"), &found));
    assert_false(citations_find(citations, SLICE_EMPTY, &found));
    assert_false(citations_find(NULL, SLICE("ID5"), &found));
    citations_free(citations);
    citations_free(NULL);
}

static void what_nobody_should_visit_has_no_address(void **state)
{
    struct citations *citations = loaded(two);
    struct citation found;
    struct text_buf out;
    (void)state;
    assert_true(citations_find(citations, SLICE("CN2"), &found));
    assert_true(found.url.len == 0 && !found.visit);
    text_buf_init(&out, 4096);
    citations_print(citations, SLICE("CN2, ID5; ILO indicators (2012), XX9"), "  - ", &out);
    expect_text(
        text_buf_slice(&out),
        "  - A post (blog; not to be visited) [CN2]\n"
        "  - Suara (press, 2022-08-05): https://a.example/x?y=%41 and http://b.example [ID5]\n"
        "  - ILO indicators (2012)\n"
        "  - XX9\n");
    text_buf_release(&out);
    citations_free(citations);
}

static void each_mistake_is_shown_where_it_stands(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"rows: {}\n", "unknown key 'rows'"},
        {"sources: [ID5]\n", "'sources' is missing"},
        {"sources:\n  id5: {publisher: 'A', kind: press, url: 'https://a.example'}\n",
         "sources.yml:2:3: a key is two capital letters"},
        {"sources:\n  ID1234: {publisher: 'A', kind: press, url: 'https://a.example'}\n",
         "a key is two capital letters"},
        {"sources:\n  ID5: 'A'\n", "wants a publisher"},
        {"sources:\n  ID5: {publisher: ' ', kind: press, url: 'https://a.example'}\n",
         "wants a publisher"},
        {"sources:\n  ID5: {publisher: 'A', url: 'https://a.example'}\n", "'kind' is official"},
        {"sources:\n  ID5: {publisher: 'A', kind: rumour, url: 'https://a.example'}\n",
         "sources.yml:2:31: 'kind' is official"},
        {"sources:\n  ID5: {publisher: 'A', kind: press}\n", "'url' is missing"},
        {"sources:\n  GK: {publisher: 'A', kind: general, url: 'https://a.example'}\n",
         "is not of kind general"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'javascript:alert(1)'}\n",
         "sources.yml:2:44: 'url' is an address that begins"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'ftp://a.example'}\n", "begins with"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://'}\n", "begins with"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https:///x'}\n", "begins with"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://a.example/\"x'}\n",
         "begins with"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://a.example/a b'}\n",
         "no blanks"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://a.example', also: 'x'}\n",
         "'also' is an address"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://a.example', date: May}\n",
         "'date' is a year"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://a.example', "
         "visit: maybe}\n",
         "sources.yml:2:"},
        {"sources:\n  ID5: {publisher: 'A', kind: press, url: 'https://a.example', link: 'x'}\n",
         "unknown key 'link'"},
        {"sources:\n  GK: {publisher: 'A', kind: general}\n  GK: {publisher: 'B', kind: general}\n",
         "duplicate"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct citations *citations = NULL;
        struct failure why = {0};
        FILE *out = fopen(file, "w");
        assert_non_null(out);
        assert_true(fputs(rows[i].text, out) >= 0);
        assert_int_equal(fclose(out), 0);
        if (citations_load(folder, &citations, &why) != ERR_SYNTAX)
            fail_msg("taken: %s", rows[i].text);
        assert_null(citations);
        expect_says(&why, rows[i].says);
    }
}

static void without_a_file_none_are_known(void **state)
{
    struct citations *citations = NULL;
    struct failure why = {0};
    (void)state;
    assert_int_equal(citations_load("/nowhere", &citations, &why), OK);
    assert_int_equal(citations_count(citations), 0);
    citations_free(citations);
}

static void keys_are_told_from_free_words(void **state)
{
    static const char *const keys[] = {"ID5", "GK", "KR12", "XX999"};
    static const char *const words[] = {"", "I", "I5", "Id5", "ID 5", "ID5a", "ID1234", "CONASAMI"};
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_true(citation_is_key(slice_of(keys[i])));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_false(citation_is_key(slice_of(words[i])));
    struct slice rest = SLICE(" ,GZ6,, NP4 ; closed in 2024;"), source;
    assert_true(citation_next(&rest, &source) && slice_is(source, "GZ6"));
    assert_true(citation_next(&rest, &source) && slice_is(source, "NP4"));
    assert_true(citation_next(&rest, &source) && slice_is(source, "closed in 2024"));
    assert_false(citation_next(&rest, &source));
}

static void a_finding_has_the_sources_of_what_it_rests_on(void **state)
{
    struct citations *citations = loaded(two);
    const struct place_found places[] = {
        {.id = SLICE("KH-far"), .field = POSTING_TITLE, .start_bytes = 0, .end_bytes = 6},
        {.id = SLICE("KH-near"), .field = POSTING_TEXT, .start_bytes = 5, .end_bytes = 9},
        {.id = SLICE("KH-next"), .field = POSTING_TEXT, .start_bytes = 9, .end_bytes = 12}};
    const struct verdict verdict = {
        .places = places,
        .places_count = 3,
        .salary = {.baseline = SLICE("ID minimum wage IDR 1 2026; KH office work USD 2 2025")}};
    const struct {
        struct finding finding;
        const char *wanted;
    } rows[] = {
        {{.kind = FINDING_RULE, .id = SLICE("pay.step.zh")}, "ID5, some words"},
        {{.kind = FINDING_RULE, .id = SLICE("pay.step")}, "ID5, some words"},
        {{.kind = FINDING_RULE, .id = SLICE("pay.step.a.b")}, ""},
        {{.kind = FINDING_RULE, .id = SLICE("pay.steps.zh")}, ""},
        {{.kind = FINDING_CAP, .id = SLICE("pay.step")}, ""},
        {{.kind = FINDING_FACT, .id = SLICE("fact.pay-ratio-source")}, "ID5, GK"},
        {{.kind = FINDING_FACT,
          .id = SLICE("fact.place-risk"),
          .field = POSTING_TEXT,
          .start_bytes = 5,
          .end_bytes = 9},
         "CN2"},
        {{.kind = FINDING_FACT,
          .id = SLICE("fact.emoji"),
          .field = POSTING_TEXT,
          .start_bytes = 5,
          .end_bytes = 9},
         ""},
    };
    (void)state;
    assert_int_equal(citations_note(citations, SLICE("pay.step"), SLICE("ID5; some words")), OK);
    assert_int_equal(citations_note(citations, SLICE("place:KH-near"), SLICE("CN2")), OK);
    assert_int_equal(citations_note(citations, SLICE("place:KH-far"), SLICE("ID5")), OK);
    assert_int_equal(
        citations_note(citations, SLICE("wage:ID minimum wage IDR 1 2026"), SLICE("ID5")), OK);
    assert_int_equal(
        citations_note(citations, SLICE("wage:KH office work USD 2 2025"), SLICE("GK, ID5")), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text_buf out;
        text_buf_init(&out, 4096);
        citations_of_finding(citations, &verdict, &rows[i].finding, &out);
        expect_text(text_buf_slice(&out), rows[i].wanted);
        citations_of_finding(NULL, &verdict, &rows[i].finding, &out);
        expect_text(text_buf_slice(&out), rows[i].wanted);
        text_buf_release(&out);
    }
    citations_free(citations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_says_who_published_and_where),
        cmocka_unit_test(what_nobody_should_visit_has_no_address),
        cmocka_unit_test(each_mistake_is_shown_where_it_stands),
        cmocka_unit_test(without_a_file_none_are_known),
        cmocka_unit_test(keys_are_told_from_free_words),
        cmocka_unit_test(a_finding_has_the_sources_of_what_it_rests_on),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
