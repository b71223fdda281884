/* CSS selectors as source files have them, and the XPath they become. */
#include "crawler/extract/css.h"
#include "tests/unit/extract_fixture.h"

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>

static const char page[] =
    "<html><body><div id='top' class='list big'>"
    "<a class='job first' href='/job/1' title=\"it's\">One</a>"
    "<a class='job' href='/job/2'>Two <b>bold</b></a>"
    "<a class='other' href='/about.html' lang='en-GB'>About</a></div>"
    "<ul><li>1</li><li class='on'>2</li><li>3</li><li>4</li><li>5</li></ul>"
    "<p>first</p><p></p><span>s</span><p data-x='a b c'>last</p></body></html>";

/* Text of the nodes a selector finds in the page, each in brackets. */
static const char *found(struct arena *arena, const char *selector)
{
    const char *xpath = NULL;
    struct failure why = {0};
    struct text_buf out;
    if (css_to_xpath(arena, slice_of(selector), &xpath, &why) != OK)
        return arena_printf(arena, "%s", why.text);
    htmlDocPtr doc = htmlReadMemory(page, (int)sizeof page - 1, NULL, "UTF-8",
                                    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR);
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathObject *result = xmlXPathEvalExpression((const xmlChar *)xpath, context);
    text_buf_init(&out, 4096);
    if (result == NULL)
        text_buf_printf(&out, "no XPath: %s", xpath);
    for (int i = 0; result != NULL && result->nodesetval != NULL && i < result->nodesetval->nodeNr;
         i++) {
        xmlChar *text = xmlNodeGetContent(result->nodesetval->nodeTab[i]);
        text_buf_printf(&out, "[%s]", (const char *)text);
        xmlFree(text);
    }
    const char *copy = arena_copy(arena, text_buf_cstr(&out), out.len);
    text_buf_release(&out);
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return copy;
}

static void each_form_finds_what_css_would(void **state)
{
    static const struct {
        const char *selector, *wanted;
    } rows[] = {
        {"a.job", "[One][Two bold]"},
        {"A.job::attr(HREF)", "[/job/1][/job/2]"},
        {"a.job::text", "[One][Two ]"},
        {"a.job ::text", "[One][Two ][bold]"},
        {"#top > a:first-child", "[One]"},
        {"div.list.big a[href^='/job/']", "[One][Two bold]"},
        {"a[href$='.html']", "[About]"},
        {"a[href*=\"job/2\"]", "[Two bold]"},
        {"a[lang|=en]", "[About]"},
        {"p[data-x~=b]", "[last]"},
        {"a[title=\"it's\"]", "[One]"},
        {"[lang]", "[About]"},
        {"a:not(.job)", "[About]"},
        {"a:not([href^='/job'])", "[About]"},
        {"li:nth-child(2)", "[2]"},
        {"li:nth-child(odd)", "[1][3][5]"},
        {"li:nth-child( 2n + 1 )", "[1][3][5]"},
        {"li:nth-child(-n+2)", "[1][2]"},
        {"li:nth-last-child(1), li.on", "[2][5]"},
        {"li.on + li", "[3]"},
        {"li.on ~ li", "[3][4][5]"},
        {"p:first-of-type", "[first]"},
        {"p:last-of-type", "[last]"},
        {"p:nth-of-type(3)", "[last]"},
        {"p:empty", "[]"},
        {"a:contains('Two')", "[Two bold]"},
        {"*.on", "[2]"},
        {"ul li:last-child", "[5]"},
        {"//ul/li[1]", "[1]"},
        {"(//p)[1]", "[first]"},
        {"li:only-child", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = found(*state, rows[i].selector);
        if (strcmp(got, rows[i].wanted) != 0)
            fail_msg("%s: \"%s\" is not \"%s\"", rows[i].selector, got, rows[i].wanted);
    }
}

static void a_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *selector, *part;
    } rows[] = {{"", "empty"},
                {"a[", "byte 3"},
                {"a[href", "']' is wanted"},
                {"a[href='x]", "not closed"},
                {"a >", "an element name"},
                {"a::before", "only ::text"},
                {"a::text b", "nothing may follow"},
                {"a:hover", "pseudo-class is not read"},
                {"a,,b", "an element name"},
                {"0a", "begin with a letter"},
                {"a[\\:x]", "begin with a letter"},
                {"a{", "no part of a selector"},
                {"a:nth-child(x)", "a number, odd, even"},
                {"*:first-of-type", "needs an element name"},
                {"a:not(:not(b))", ":not() inside"},
                {"a:not(b c)", "one simple selector"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = found(*state, rows[i].selector);
        if (strstr(got, rows[i].part) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].selector, got, rows[i].part);
    }
}

static void both_quotes_in_one_value(void **state)
{
    const char *xpath = NULL;
    assert_int_equal(css_to_xpath(*state, SLICE("a:contains(it\\'s\\\"x)"), &xpath, NULL), OK);
    assert_string_equal(xpath, "//a[contains(.,concat('it',\"'\",'s\"x'))]");
}

static void too_long_is_a_limit(void **state)
{
    char selector[CSS_SELECTOR_BYTES_MAX + 2];
    const char *xpath = NULL;
    struct failure why = {0};
    memset(selector, 'a', sizeof selector);
    assert_int_equal(css_to_xpath(*state, slice_make(selector, sizeof selector), &xpath, &why),
                     ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(each_form_finds_what_css_would), WITH_ARENA(a_mistake_is_told_with_its_place),
        WITH_ARENA(both_quotes_in_one_value), WITH_ARENA(too_long_is_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
