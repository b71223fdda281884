/* Character references as the HTML standard's tokenizer reads them. */
#include "crawler/extract/charref.h"
#include "tests/unit/extract_fixture.h"

static void references_are_decoded(void **state)
{
    static const struct {
        const char *html, *text, *attribute; /* NULL: the same */
    } rows[] = {
        {"a &amp; b", "a & b", NULL},
        {"&lt;b&gt;&quot;&apos;", "<b>\"'", NULL},
        {"caf&eacute", "caf\xC3\xA9", NULL},
        {"&notit; &notin;", "\xC2\xACit; \xE2\x88\x89", "&notit; \xE2\x88\x89"},
        {"?a=1&copy=2", "?a=1\xC2\xA9=2", "?a=1&copy=2"},
        {"&ampx", "&x", "&ampx"},
        {"&amp;amp;", "&amp;", NULL},
        {"&NotEqualTilde;", "\xE2\x89\x82\xCC\xB8", NULL},
        {"&nGt;", "\xE2\x89\xAB\xE2\x83\x92", NULL},
        {"&CounterClockwiseContourIntegral;", "\xE2\x88\xB3", NULL},
        {"&CounterClockwiseContourIntegral", "&CounterClockwiseContourIntegral", NULL},
        {"&#9731;&#x2603;&#X2603", "\xE2\x98\x83\xE2\x98\x83\xE2\x98\x83", NULL},
        {"&#128;&#0;&#xD800;&#x110000;", "\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", NULL},
        {"&#99999999999999999999;", "\xEF\xBF\xBD", NULL},
        {"&#;&#x;&#xg", "&#;&#x;&#xg", NULL},
        {"& &; &unknown; &1", "& &; &unknown; &1", NULL},
        {"tail &", "tail &", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice got = SLICE_EMPTY;
        const char *attribute = rows[i].attribute == NULL ? rows[i].text : rows[i].attribute;
        assert_int_equal(charref_decode(*state, slice_of(rows[i].html), false, &got), OK);
        assert_slice(got, rows[i].text);
        assert_int_equal(charref_decode(*state, slice_of(rows[i].html), true, &got), OK);
        assert_slice(got, attribute);
    }
}

static void text_without_references_is_borrowed(void **state)
{
    const struct slice html = SLICE("nothing to do here");
    struct slice got = SLICE_EMPTY;
    assert_int_equal(charref_decode(*state, html, false, &got), OK);
    assert_ptr_equal(got.at, html.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_ARENA(references_are_decoded),
                                       WITH_ARENA(text_without_references_is_borrowed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
