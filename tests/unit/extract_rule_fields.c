/* A source's own selectors over a page: its fields win, its links are the postings, its words say
 * that an ad is over. */
#include "crawler/extract/page.h"
#include "tests/unit/extract_fixture.h"

static const char PAGE[] =
    "<html lang=id><title>Loker</title><h1>Judul halaman</h1><div class=kotak><b class=nama>Kasir "
    "toko</b><span class=pt> PT Contoh </span><ul class=kota><li>Solo<li>Klaten</ul><div class=isi>"
    "<p>Melayani pembeli.</p><ul><li>Usia 18-30</ul></div><div class=isi>Kirim lamaran.</div>"
    "<a class=ad href='/a?id=1'>Satu</a><a class=ad href='/a?id=2#x'>Dua</a><a href='/b'>Lain</a>"
    "<a class=lagi href='?hal=2'>Berikut</a><i data-id=K-17></i></div>"
    "<script type='application/ld+json'>{\"@type\":\"JobPosting\",\"title\":\"Judul JSON\","
    "\"description\":\"Teks JSON yang cukup panjang untuk dianggap lengkap.\",\"baseSalary\":\"Rp "
    "3 "
    "juta\"}</script>";

static struct page_output page_with(struct arena *arena, const char *rules_json, const char *html,
                                    struct extract_rules **ret_rules)
{
    struct page_output output = {0};
    struct failure why = {0};
    struct json_doc *doc = NULL;
    assert_int_equal(json_parse(slice_of(rules_json), true, 8, &doc, &why), OK);
    if (extract_rules_from_json(json_root(doc), ret_rules, &why) != OK)
        fail_msg("%s", why.text);
    json_free(doc);
    struct page_input input = {.body = slice_of(html),
                               .url = "https://board.example/loker",
                               .content_type = "text/html; charset=utf-8",
                               .content_encoding = "",
                               .rules = *ret_rules};
    if (extract_page(arena, &input, &output, &why) != OK)
        fail_msg("%s", why.text);
    return output;
}

static enum link_kind kind_of(const struct page_output *page, const char *url)
{
    for (size_t i = 0; i < page->links_count; i++)
        if (slice_is(page->links[i].url, url))
            return page->links[i].kind;
    fail_msg("%s is not among the links", url);
    return LINK_OTHER;
}

static void selected_fields_win(void **state)
{
    struct extract_rules *rules = NULL;
    struct page_output page = page_with(
        *state,
        "{\"fields\":{\"title\":\".nama\",\"employer\":\"span.pt\",\"place\":\".kota li\","
        "\"text\":\".isi\",\"id\":\"//i/@data-id\"}}",
        PAGE, &rules);
    assert_int_equal(page.type, PAGE_JOB);
    assert_int_equal(page.postings_count, 1);
    const struct posting *posting = &page.postings[0];
    assert_slice(posting->field[POSTING_TITLE], "Kasir toko");
    assert_slice(posting->field[POSTING_EMPLOYER], "PT Contoh");
    assert_slice(posting->field[POSTING_PLACE], "Solo, Klaten");
    assert_slice(posting->field[POSTING_TEXT],
                 "Melayani pembeli.\n\n- Usia 18-30\n\nKirim lamaran.");
    assert_slice(posting->field[POSTING_PAY], "Rp 3 juta");
    assert_slice(posting->attr[POSTING_ID], "K-17");
    assert_true(slice_starts(posting->attr[POSTING_SOURCE_TYPE], "rules"));
    extract_rules_free(rules);
}

static void selected_links_are_the_postings(void **state)
{
    struct extract_rules *rules = NULL;
    struct page_output page =
        page_with(*state, "{\"links\":\"a.ad\",\"next\":\"a.lagi::attr(href)\"}", PAGE, &rules);
    assert_int_equal(kind_of(&page, "https://board.example/a?id=1"), LINK_POSTING);
    assert_int_equal(kind_of(&page, "https://board.example/a?id=2"), LINK_POSTING);
    assert_int_equal(kind_of(&page, "https://board.example/b"), LINK_OTHER);
    assert_int_equal(kind_of(&page, "https://board.example/loker?hal=2"), LINK_NEXT);
    extract_rules_free(rules);
}

static void followed_paths_are_told_by_the_source(void **state)
{
    struct extract_rules *rules = NULL;
    struct page_output page = page_with(
        *state, "{\"follow\":{\"posting\":[\"/b\"],\"listing\":[\"/loker?hal=*\"]}}", PAGE, &rules);
    assert_int_equal(kind_of(&page, "https://board.example/b"), LINK_POSTING);
    assert_int_equal(kind_of(&page, "https://board.example/loker?hal=2"), LINK_LISTING);
    assert_int_equal(kind_of(&page, "https://board.example/a?id=1"), LINK_OTHER);
    extract_rules_free(rules);
}

static void its_words_say_that_an_ad_is_over(void **state)
{
    struct extract_rules *rules = NULL;
    struct page_output page =
        page_with(*state, "{\"expired\":[\"sudah terisi\"]}",
                  "<title>Kasir</title><h1>Kasir</h1><p>Posisi ini SUDAH TERISI.</p>", &rules);
    assert_int_equal(page.type, PAGE_EXPIRED);
    extract_rules_free(rules);
}

/* libxml2's attribute check is quadratic: such a page does without selectors, and says so. */
static void a_monstrous_tag_is_not_given_to_xpath(void **state)
{
    struct extract_rules *rules = NULL;
    struct text_buf html;
    text_buf_init(&html, 4u << 20);
    text_buf_add_str(&html, "<h1>Kasir</h1><p");
    for (int i = 0; i < 120000; i++)
        text_buf_printf(&html, " a%d", i);
    text_buf_add_str(&html, ">lowongan kerja, gaji 3 juta, di kota Solo, untuk kasir</p>");
    struct page_output page =
        page_with(*state, "{\"fields\":{\"title\":\"h1\"}}", text_buf_cstr(&html), &rules);
    assert_true(slice_find(page.note, SLICE("HTML_ATTRS_BYTES_MAX")) != SIZE_MAX);
    text_buf_release(&html);
    extract_rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(selected_fields_win),
        WITH_ARENA(selected_links_are_the_postings),
        WITH_ARENA(followed_paths_are_told_by_the_source),
        WITH_ARENA(its_words_say_that_an_ad_is_over),
        WITH_ARENA(a_monstrous_tag_is_not_given_to_xpath),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
