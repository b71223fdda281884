/* Sitemaps of every form, broken ones, and XML bombs that do not go off. */
#include "crawler/extract/sitemap.h"
#include "tests/unit/extract_fixture.h"

static struct sitemap read_ok(struct arena *arena, const char *text)
{
    struct sitemap sitemap = {0};
    struct failure why = {0};
    if (sitemap_read(arena, slice_of(text), 100, &sitemap, &why) != OK)
        fail_msg("%s", why.text);
    return sitemap;
}

static void assert_url(const struct sitemap *sitemap, size_t i, const char *loc,
                       const char *lastmod)
{
    assert_true(i < sitemap->urls_count);
    assert_slice(sitemap->urls[i].loc, loc);
    assert_slice(sitemap->urls[i].lastmod, lastmod);
}

static void urlset_with_other_vocabularies(void **state)
{
    struct sitemap sitemap = read_ok(
        *state,
        "<?xml version='1.0'?><s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9' "
        "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
        "<s:url><s:loc> https://x.example/1?a=1&amp;b=2 </s:loc><s:lastmod>2026-01-02</s:lastmod>"
        "<image:image><image:loc>https://x.example/i.png</image:loc></image:image></s:url>"
        "<s:url><s:lastmod>2026-01-03</s:lastmod><s:loc><![CDATA[https://x.example/2]]></s:loc>"
        "</s:url></s:urlset>");
    assert_int_equal(sitemap.type, SITEMAP_URLSET);
    assert_int_equal(sitemap.urls_count, 2);
    assert_false(sitemap.broken);
    assert_url(&sitemap, 0, "https://x.example/1?a=1&b=2", "2026-01-02");
    assert_url(&sitemap, 1, "https://x.example/2", "2026-01-03");
}

static void index_names_sitemaps(void **state)
{
    struct sitemap sitemap =
        read_ok(*state, "<sitemapindex><sitemap><loc>https://x.example/a.xml</loc></sitemap>"
                        "<sitemap>https://x.example/b.xml</sitemap></sitemapindex>");
    assert_int_equal(sitemap.type, SITEMAP_INDEX);
    assert_int_equal(sitemap.urls_count, 2);
    assert_url(&sitemap, 1, "https://x.example/b.xml", "");
}

static void text_rss_and_atom(void **state)
{
    struct sitemap text =
        read_ok(*state, "\nhttps://x.example/1\r\n\nnonsense\nHTTPS://x.example/2\n");
    struct sitemap rss =
        read_ok(*state, "<rss><channel><link>https://x.example/</link><item><link>"
                        "https://x.example/1</link><pubDate>d</pubDate></item><item>"
                        "<guid>https://x.example/2</guid></item></channel></rss>");
    struct sitemap atom = read_ok(*state, "<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
                                          "<link rel='edit' href='https://x.example/e'/>"
                                          "<link href='https://x.example/1'/><updated>u</updated>"
                                          "</entry></feed>");
    assert_int_equal(text.type, SITEMAP_TEXT);
    assert_int_equal(text.urls_count, 2);
    assert_int_equal(rss.type, SITEMAP_RSS);
    assert_int_equal(rss.urls_count, 2);
    assert_url(&rss, 0, "https://x.example/1", "d");
    assert_url(&rss, 1, "https://x.example/2", "");
    assert_int_equal(atom.type, SITEMAP_ATOM);
    assert_url(&atom, 0, "https://x.example/1", "u");
}

static void broken_xml_gives_what_stands(void **state)
{
    struct sitemap sitemap =
        read_ok(*state, "<urlset><url><loc>https://x.example/1?a=1&b=2<lastmod>2026</url>"
                        "<loc>https://x.example/2</loc></url><url><loc>https://x.example/3");
    assert_true(sitemap.broken);
    assert_int_equal(sitemap.urls_count, 3);
    assert_url(&sitemap, 0, "https://x.example/1?a=1&b=2", "2026");
    assert_url(&sitemap, 2, "https://x.example/3", "");
}

static void a_row_of_open_elements_is_read_to_its_end(void **state)
{
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    text_buf_add_str(&body, "<urlset>");
    for (int i = 0; i < 50; i++)
        text_buf_printf(&body, "<url><loc>https://x.example/%d<lastmod>d<a><b><c>", i);
    struct sitemap sitemap = read_ok(*state, text_buf_cstr(&body));
    assert_int_equal(sitemap.urls_count, 50);
    assert_url(&sitemap, 49, "https://x.example/49", "d");
    text_buf_release(&body);
}

static void bombs_and_external_entities_are_text(void **state)
{
    struct sitemap sitemap = read_ok(
        *state, "<!DOCTYPE urlset [<!-- don't --><!ENTITY a \"aaaa>aaaa\"><!ENTITY b '&a;&a;&a;'>"
                "<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                "<urlset><url><loc>https://x.example/&x;</loc></url>"
                "<url><loc>&b;&b;</loc></url></urlset>");
    assert_int_equal(sitemap.urls_count, 2);
    assert_url(&sitemap, 0, "https://x.example/&x;", "");
    assert_url(&sitemap, 1, "&b;&b;", "");
}

static void limits_cut(void **state)
{
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    text_buf_add_str(&body, "<urlset>");
    for (int i = 0; i < 150; i++)
        text_buf_printf(&body, "<url><loc>https://x.example/%d</loc></url>", i);
    struct sitemap sitemap = read_ok(*state, text_buf_cstr(&body));
    assert_int_equal(sitemap.urls_count, 100);
    assert_true(sitemap.cut);
    text_buf_release(&body);
}

static void what_is_none_is_said(void **state)
{
    struct sitemap sitemap = {0};
    struct failure why = {0};
    assert_int_equal(sitemap_read(*state, SLICE("<html><body/></html>"), 9, &sitemap, &why),
                     ERR_SYNTAX);
    assert_int_equal(sitemap_read(*state, SLICE(""), 9, &sitemap, &why), ERR_SYNTAX);
    assert_true(sitemap_detect(SLICE("<html>")) == SITEMAP_NONE);
}

static void a_sitemap_speaks_for_its_directory(void **state)
{
    static const char at[] = "https://x.example/jobs/sitemap.xml?v=2";
    (void)state;
    assert_true(sitemap_covers(at, SLICE("https://X.example/jobs/1")));
    assert_false(sitemap_covers(at, SLICE("https://x.example/1")));
    assert_false(sitemap_covers(at, SLICE("http://x.example/jobs/1")));
    assert_false(sitemap_covers(at, SLICE("https://x.example.org/jobs/1")));
    assert_true(sitemap_covers("https://x.example/sitemap.xml", SLICE("https://x.example")));
    assert_false(sitemap_covers("https://x.example", SLICE("https://x.example.org/")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_ARENA(urlset_with_other_vocabularies),
                                       WITH_ARENA(index_names_sitemaps),
                                       WITH_ARENA(text_rss_and_atom),
                                       WITH_ARENA(broken_xml_gives_what_stands),
                                       WITH_ARENA(a_row_of_open_elements_is_read_to_its_end),
                                       WITH_ARENA(bombs_and_external_entities_are_text),
                                       WITH_ARENA(limits_cut),
                                       WITH_ARENA(what_is_none_is_said),
                                       cmocka_unit_test(a_sitemap_speaks_for_its_directory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
