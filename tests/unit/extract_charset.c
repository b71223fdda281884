/* Charsets: labels, the order of evidence, and text that is always valid UTF-8. */
#include "common/utf8.h"
#include "crawler/extract/charset.h"
#include "tests/unit/extract_fixture.h"

static void labels_mean_what_the_web_means(void **state)
{
    static const struct {
        const char *label, *name;
    } rows[] = {{"utf-8", "UTF-8"},
                {" Latin1 ", "windows-1252"},
                {"ISO-8859-1", "windows-1252"},
                {"us-ascii", "windows-1252"},
                {"gb2312", "GBK"},
                {"x-gbk", "GBK"},
                {"GB18030", "gb18030"},
                {"tis-620", "windows-874"},
                {"ks_c_5601-1987", "EUC-KR"},
                {"shift-jis", "Shift_JIS"},
                {"big5-hkscs", "Big5"},
                {"unicode", "UTF-16LE"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(charset_from_label(slice_of(rows[i].label)), rows[i].name);
    assert_null(charset_from_label(SLICE("")));
    assert_null(charset_from_label(SLICE("utf-7")));
    assert_null(charset_from_label(slice_make("utf-8\0x", 7)));
}

static void content_type_parameters(void **state)
{
    (void)state;
    assert_string_equal(charset_from_content_type("text/html; charset=gbk"), "GBK");
    assert_string_equal(charset_from_content_type("text/html;Charset=\"utf-8\"; x=y"), "UTF-8");
    assert_null(charset_from_content_type("text/html"));
    assert_null(charset_from_content_type(NULL));
    assert_null(charset_from_content_type("text/html; charset=nonsense"));
}

static void evidence_in_its_order(void **state)
{
    static const char meta[] = "<meta charset=\"gbk\">";
    static const char late[] = "<title>x</title>";
    char page[4096];
    (void)state;
    assert_string_equal(
        charset_sniff(SLICE("\xEF\xBB\xBF<meta charset=gbk>"), "text/html; charset=big5"), "UTF-8");
    assert_string_equal(charset_sniff(slice_of(meta), "text/html; charset=big5"), "Big5");
    assert_string_equal(charset_sniff(slice_of(meta), "text/html"), "GBK");
    assert_string_equal(charset_sniff(SLICE("kerja di luar negeri \xE2\x80\x93 gaji"), ""),
                        "UTF-8");
    assert_string_equal(charset_sniff(SLICE("plain"), ""), "windows-1252");
    memset(page, ' ', sizeof page);
    memcpy(page, late, sizeof late - 1);
    memcpy(page + 2000, meta, sizeof meta - 1);
    assert_string_equal(charset_sniff(slice_make(page, sizeof page), ""), "GBK");
    assert_null(charset_prescan(slice_make(page, sizeof page)));
}

static void prescan_reads_tags_as_the_standard_does(void **state)
{
    static const struct {
        const char *html, *name;
    } rows[] = {
        {"<meta http-equiv=Content-Type content='text/html; charset=windows-874'>", "windows-874"},
        {"<meta content='text/html; charset=windows-874'>", NULL},
        {"<!-- <meta charset=gbk> --><meta charset=big5>", "Big5"},
        {"<a title='<meta charset=gbk>'><meta charset=big5>", "Big5"},
        {"<meta charset=utf-16>", "UTF-8"},
        {"<meta charset=x-user-defined>", "windows-1252"},
        {"<metadata charset=gbk>", NULL},
        {"</p <meta charset=gbk>>", NULL},
        {"<meta charset=gbk", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *name = charset_prescan(slice_of(rows[i].html));
        if (rows[i].name == NULL ? name != NULL : name == NULL || strcmp(name, rows[i].name) != 0)
            fail_msg("%s: %s", rows[i].html, name == NULL ? "none" : name);
    }
}

static void assert_text(struct arena *arena, struct slice bytes, const char *name,
                        const char *wanted)
{
    struct slice text = SLICE_EMPTY;
    assert_int_equal(charset_to_utf8(arena, bytes, name, &text), OK);
    assert_true(utf8_is_valid(text));
    assert_slice(text, wanted);
}

static void bytes_become_text(void **state)
{
    assert_text(*state, SLICE("\x80 5"), "windows-1252", "\xE2\x82\xAC 5");
    assert_text(*state, SLICE("\x81"), "windows-1252", "\xC2\x81");
    assert_text(*state, SLICE("\x80 5"), "iso-8859-1", "\xE2\x82\xAC 5");
    assert_text(*state, SLICE("\xB8\xDF\xD0\xBD"), "GBK", "\xE9\xAB\x98\xE8\x96\xAA");
    assert_text(*state, SLICE("\xA7\xD2\xB9"), "windows-874",
                "\xE0\xB8\x87\xE0\xB8\xB2\xE0\xB8\x99");
    assert_text(*state, SLICE("\xFE\xFF\0A\0B"), "windows-1252", "AB");
    assert_text(*state, SLICE("A\0=\xD8\0\xDE"), "UTF-16LE", "A\xF0\x9F\x98\x80");
    assert_text(*state, SLICE("A\0=\xD8"), "UTF-16LE", "A\xEF\xBF\xBD");
    assert_text(*state, SLICE("\xEF\xBB\xBFok"), "UTF-8", "ok");
    assert_text(*state,
                SLICE("a\xFF"
                      "b"),
                "UTF-8",
                "a\xEF\xBF\xBD"
                "b");
    assert_text(*state, SLICE("a\0b"), "Shift_JIS",
                "a\xEF\xBF\xBD"
                "b");
    assert_text(*state, SLICE("a\xE9"), "no such thing", "a\xC3\xA9");
    assert_text(*state, SLICE("a\x81"), "x-user-defined", "a\xEF\x9E\x81");
    assert_text(*state, SLICE("a\xAA"), "iso-8859-16", "a\xC8\x98");
    assert_text(*state, SLICE("a\xE9"), "ibm-1008", "a\xC3\xA9"); /* a name without a table */
    assert_text(*state, SLICE("anything"), "iso-2022-cn", "\xEF\xBF\xBD");
}

static void long_text_keeps_its_surrogates_whole(void **state)
{
    char bytes[4 * 5000 + 2];
    struct slice text = SLICE_EMPTY;
    memcpy(bytes, "x\0", 2);
    for (size_t i = 0; i < 5000; i++)
        memcpy(bytes + 2 + 4 * i, "=\xD8\0\xDE", 4);
    assert_int_equal(charset_to_utf8(*state, slice_make(bytes, sizeof bytes), "UTF-16LE", &text),
                     OK);
    assert_int_equal(text.len, 1 + 4 * 5000);
    assert_true(slice_find(text, SLICE("\xEF\xBF\xBD")) == SIZE_MAX);
}

static void clean_bytes_are_borrowed(void **state)
{
    const struct slice bytes = SLICE("plain ascii text");
    struct slice text = SLICE_EMPTY;
    assert_int_equal(charset_to_utf8(*state, bytes, "GBK", &text), OK);
    assert_ptr_equal(text.at, bytes.at);
}

static void xml_declares_itself(void **state)
{
    const struct charset_hint hint = {"", true}, named = {"text/xml; charset=utf-8", true};
    const struct slice thai =
        SLICE("<?xml version=\"1.0\" encoding='tis-620'?><a>\xA7\xD2\xB9</a>");
    struct slice text = SLICE_EMPTY;
    const char *name = NULL;
    assert_int_equal(charset_decode(*state, thai, &hint, &text, &name), OK);
    assert_string_equal(name, "windows-874");
    assert_true(slice_find(text, SLICE("\xE0\xB8\x87")) != SIZE_MAX);
    assert_int_equal(charset_decode(*state, thai, &named, &text, &name), OK);
    assert_string_equal(name, "UTF-8");
    assert_int_equal(charset_decode(*state, SLICE("<\0?\0x\0"), &hint, &text, &name), OK);
    assert_string_equal(name, "UTF-16LE");
    assert_int_equal(charset_decode(*state, SLICE("<a/>"), &hint, &text, &name), OK);
    assert_string_equal(name, "UTF-8");
    assert_string_equal(charset_from_xml(SLICE("<?xml version='1.0' encoding='utf-16'?>")),
                        "UTF-8");
}

static void mostly_utf8_is_utf8(void **state)
{
    struct text_buf page;
    (void)state;
    text_buf_init(&page, 4096);
    for (int i = 0; i < 40; i++)
        text_buf_add_str(&page, "l\xC6\xB0\xC6\xA1ng cao ");
    text_buf_add_str(&page, "\xA0 one stray byte, and a cut end \xE2\x80");
    assert_string_equal(charset_sniff(text_buf_slice(&page), ""), "UTF-8");
    text_buf_release(&page);
}

static void prepare_finds_every_converter(void **state)
{
    struct failure why = {0};
    (void)state;
    if (charset_prepare(&why) != OK)
        fail_msg("%s", why.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(labels_mean_what_the_web_means),
                                       cmocka_unit_test(content_type_parameters),
                                       cmocka_unit_test(evidence_in_its_order),
                                       cmocka_unit_test(prescan_reads_tags_as_the_standard_does),
                                       WITH_ARENA(bytes_become_text),
                                       WITH_ARENA(long_text_keeps_its_surrogates_whole),
                                       WITH_ARENA(clean_bytes_are_borrowed),
                                       WITH_ARENA(xml_declares_itself),
                                       cmocka_unit_test(mostly_utf8_is_utf8),
                                       cmocka_unit_test(prepare_finds_every_converter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
