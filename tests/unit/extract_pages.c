/* What kind of page it is, where it leads, and the main text of one that marks nothing. */
#include "crawler/extract/page.h"
#include "tests/unit/extract_fixture.h"

static struct page_output page_with(struct arena *arena, const char *html, const char *url,
                                    enum page_hint hint)
{
    struct page_output output = {0};
    struct failure why = {0};
    struct page_input input = {.body = slice_of(html),
                               .url = url,
                               .content_type = "text/html; charset=utf-8",
                               .content_encoding = "",
                               .hint = hint};
    if (extract_page(arena, &input, &output, &why) != OK)
        fail_msg("%s", why.text);
    return output;
}

static struct page_output page_of(struct arena *arena, const char *html)
{
    return page_with(arena, html, "https://board.example/x", PAGE_HINT_NONE);
}

static enum link_kind kind_of(const struct page_output *page, const char *url)
{
    for (size_t i = 0; i < page->links_count; i++)
        if (slice_is(page->links[i].url, url))
            return page->links[i].kind;
    fail_msg("%s is not among the links", url);
    return LINK_OTHER;
}

static const char LIST[] =
    "<title>Lowongan</title><link rel=canonical href='/loker?utm_source=x'><meta name=robots "
    "content='noindex, nofollow'><header><nav><a href=/>Beranda</a><a href=/tentang-kami-semua-1>"
    "Tentang kami</a></nav></header><main><ul>"
    "<li><a href='/iklan/1001-kasir-toko#lihat'>Kasir toko di Solo</a> <a "
    "href='/simpan?id=1001'>+</a>"
    "<li><a href='/iklan/1002-supir-truk'>Supir truk antar kota</a>"
    "<li><a href='https://board.example/iklan/1003-koki-hotel'>Koki hotel bintang tiga</a>"
    "<li><a href='../iklan/1004-guru-les?a=1&amp;b=2'>Guru les matematika</a>"
    "<li><a href='/iklan/1005-satpam-malam'>Satpam jaga malam</a>"
    "<li><a href='/iklan/1006-admin-kantor'>Admin kantor pusat</a>"
    "<li><a href='/iklan/1001-kasir-toko'>lagi</a></ul>"
    "<a href='javascript:void(0)'>x</a><a href='data:text/html,x'>y</a><a "
    "href='mailto:a@b.example'>z</a>"
    "<a href='ftp://board.example/'>f</a><a href='#top'>atas</a><a href='/x'>ini</a>"
    "<a rel=next href='/loker?page=2'>2</a><a href='/loker?page=3'>3</a>"
    "<a href='/login?next=/iklan/1001-kasir-toko'>Masuk</a></main>"
    "<footer><a href='https://other.example/job/99999-x-y-z'>Rekan</a></footer>";

static void links_are_absolute_and_told_apart(void **state)
{
    struct page_output page = page_of(*state, LIST);
    assert_int_equal(page.type, PAGE_LISTING);
    assert_slice(page.canonical, "https://board.example/loker?utm_source=x");
    assert_true(page.noindex && page.nofollow);
    assert_int_equal(kind_of(&page, "https://board.example/iklan/1001-kasir-toko"), LINK_POSTING);
    assert_int_equal(kind_of(&page, "https://board.example/iklan/1003-koki-hotel"), LINK_POSTING);
    assert_int_equal(kind_of(&page, "https://board.example/iklan/1004-guru-les?a=1&b=2"),
                     LINK_POSTING);
    assert_int_equal(kind_of(&page, "https://board.example/loker?page=2"), LINK_LISTING);
    assert_int_equal(kind_of(&page, "https://board.example/loker?page=3"), LINK_LISTING);
    assert_int_equal(kind_of(&page, "https://board.example/login?next=/iklan/1001-kasir-toko"),
                     LINK_OTHER);
    assert_int_equal(kind_of(&page, "https://other.example/job/99999-x-y-z"), LINK_OTHER);
    for (size_t i = 0; i < page.links_count; i++) {
        assert_true(slice_starts(page.links[i].url, "http"));
        assert_true(slice_find_char(page.links[i].url, '#') == SIZE_MAX);
        for (size_t k = 0; k < i; k++)
            assert_false(slice_equal(page.links[i].url, page.links[k].url));
    }
}

static void base_and_refresh_count(void **state)
{
    struct page_output page = page_of(
        *state, "<base href='https://board.example/a/b/'><meta http-equiv=refresh content='3; "
                "URL=\"../neu\"'><a href='c'>c</a><p>teks yang cukup panjang untuk dibaca");
    assert_int_equal(kind_of(&page, "https://board.example/a/neu"), LINK_OTHER);
    assert_int_equal(kind_of(&page, "https://board.example/a/b/c"), LINK_OTHER);
}

static void many_links_are_bounded(void **state)
{
    struct text_buf html;
    text_buf_init(&html, 16u << 20);
    for (int i = 0; i < 100000; i++)
        text_buf_printf(&html, "<a href='/iklan/%d-nama-kerja'>Lowongan nomor %d</a>", i, i);
    struct page_output page = page_of(*state, text_buf_cstr(&html));
    assert_int_equal(page.links_count, PAGE_LINKS_MAX);
    assert_true(slice_find(page.note, SLICE("FACTS_LINKS_MAX")) != SIZE_MAX);
    text_buf_release(&html);
}

#define AD_TEXT                                                                                    \
    "<h1>Kasir toko</h1><div class=gaji>Rp 3 juta</div><p>Toko Contoh mencari kasir yang jujur, "  \
    "rajin, dan mau belajar, untuk kerja di pusat kota Solo, enam hari seminggu.</p><p>Lokasi: "   \
    "Solo</p><h3>Kualifikasi</h3><ul><li>Usia 18-30</li><li>Pengalaman tidak perlu</li></ul>"      \
    "<p>Kirim lamaran ke <a href='mailto:hr@contoh.example'>hr@contoh.example</a> atau <a "        \
    "href='https://wa.me/620000000000'>WhatsApp</a>.</p>"

#define AD_PAGE                                                                                    \
    "<html lang=id><title>Kasir toko - Papan Kerja</title><nav><a href=/>Beranda</a><a "           \
    "href=/jobs>Semua lowongan</a></nav><div class=cookie-banner>Kami memakai cookie agar situs "  \
    "ini jalan, setuju?</div><main>" AD_TEXT "<img src=/poster.jpg alt='Poster lowongan'><span "   \
    "style='display:none'>slot gacor</span><section class='similar-jobs'><h2>Lowongan "            \
    "serupa</h2><ul><li><a href=/iklan/2-x-y>Supir truk antar kota "                               \
    "besar</a></ul></section></main>"                                                              \
    "<footer>Hak cipta Papan Kerja, semua lowongan di sini contoh saja.</footer>"

static void plain_ad_gives_text_and_fields(void **state)
{
    struct page_output page = page_of(*state, AD_PAGE);
    assert_int_equal(page.type, PAGE_JOB);
    assert_int_equal(page.postings_count, 1);
    const struct posting *posting = &page.postings[0];
    assert_slice(posting->field[POSTING_TITLE], "Kasir toko");
    assert_slice(
        posting->field[POSTING_TEXT],
        "Toko Contoh mencari kasir yang jujur, rajin, dan mau belajar, untuk kerja di pusat "
        "kota Solo, enam hari seminggu.\n\nLokasi: Solo\n\nKualifikasi\n- Usia 18-30\n- "
        "Pengalaman tidak perlu\n\nKirim lamaran ke hr@contoh.example atau WhatsApp.");
    assert_slice(posting->field[POSTING_PAY], "Rp 3 juta");
    assert_slice(posting->field[POSTING_PLACE], "Solo");
    assert_slice(posting->attr[POSTING_LANG], "id");
    assert_slice(posting->attr[POSTING_SOURCE_TYPE], "html");
    assert_slice(posting->hidden, "slot gacor");
    assert_int_equal(posting->links_count, 2);
    assert_slice(posting->links[0].url, "mailto:hr@contoh.example");
    assert_slice(posting->links[1].url, "https://wa.me/620000000000");
    assert_slice(posting->links[1].text, "WhatsApp");
    assert_int_equal(posting->images_count, 1);
    assert_slice(posting->images[0], "https://board.example/poster.jpg Poster lowongan");
    assert_int_equal(posting->origin, ORIGIN_JOB_PAGE);
}

static void kinds_of_pages_are_known(void **state)
{
    static const struct {
        const char *html;
        enum page_type type;
    } rows[] = {
        {"", PAGE_EMPTY},
        {"<html><body>  </body></html>", PAGE_EMPTY},
        {"<div id=root></div><script src=/app.js></script>", PAGE_SHELL},
        {"<p>Loading</p><noscript>Please enable JavaScript</noscript><script src=a.js></script>",
         PAGE_SHELL},
        {"<title>Kasir</title>" AD_TEXT "<p class=alert>Lowongan ini sudah ditutup.</p>",
         PAGE_EXPIRED},
        {"<title>Kuchař</title><h1>Kuchař</h1><p>Tato nabídka již není aktuální.", PAGE_EXPIRED},
        {"<title>x</title><h1>Chef</h1><p>This job is no longer available.", PAGE_EXPIRED},
        {"<meta property='og:type' content=article><title>Berita</title><p>Polisi menangkap tiga "
         "orang "
         "yang merekrut warga, kata juru bicara, pada hari Senin di kota itu.</p>",
         PAGE_ARTICLE},
        {"<script "
         "type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\"}</script>"
         "<p>Polisi menangkap tiga orang yang merekrut warga, kata juru bicara, pada hari "
         "Senin.</p>",
         PAGE_ARTICLE},
        {"<title>Tentang</title><p>Kami sebuah papan yang dikelola oleh warga, sejak tahun lalu, "
         "dan "
         "kami senang berbagi cerita tentang kota kami.</p>",
         PAGE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct page_output page = page_of(*state, rows[i].html);
        if (page.type != rows[i].type)
            fail_msg("%s is not %s: %s", page_type_name(page.type), page_type_name(rows[i].type),
                     rows[i].html);
    }
}

static void an_article_gives_a_posting_that_reports(void **state)
{
    struct page_output page = page_of(
        *state, "<meta property='og:type' content=article><title>Berita kota</title><p>Polisi "
                "menangkap tiga orang yang merekrut warga, kata juru bicara, Senin.</p>");
    assert_int_equal(page.postings_count, 1);
    assert_int_equal(page.postings[0].origin, ORIGIN_ARTICLE);
}

static void script_data_of_a_shell_are_read(void **state)
{
    static const char table[] =
        "[[\"Reactive\",1],{\"offer\":2},{\"status\":3,\"name\":4,\"description\":7,\"company\":8,"
        "\"salary\":10},\"published\",{\"id\":5,\"en\":6},\"Kasir toko\",\"Cashier\",\"<p>Toko "
        "Contoh "
        "mencari kasir yang jujur, rajin, dan mau belajar, di Solo, enam hari "
        "seminggu.</p>\",{\"name\":9},\"Toko "
        "Contoh\",{\"minimum\":11,\"maximum\":12,\"currency\":13},"
        "3000000,4000000,\"IDR\"]";
    const char *html = arena_printf(
        *state, "<html lang=id><div id=__nuxt></div><script type='application/json'>%s</script>",
        table);
    struct page_output page = page_of(*state, html);
    assert_int_equal(page.type, PAGE_JOB);
    assert_slice(page.postings[0].field[POSTING_TITLE], "Kasir toko");
    assert_slice(page.postings[0].field[POSTING_EMPLOYER], "Toko Contoh");
    assert_slice(page.postings[0].field[POSTING_PAY], "IDR 3000000-4000000");
    html =
        "<html><div id=__next></div><script id=__NEXT_DATA__ type='application/json'>{\"props\":{"
        "\"pageProps\":{\"job\":{\"title\":\"Kasir\",\"companyName\":\"Toko\",\"status\":"
        "\"expired\"}}}}"
        "</script>";
    page = page_of(*state, html);
    assert_int_equal(page.type, PAGE_EXPIRED);
}

static void messages_of_a_channel_are_postings(void **state)
{
    static const char html[] =
        "<title>Loker Contoh</title><a class=tme_messages_more "
        "href='/s/loker_contoh?before=100'></a>"
        "<div class='tgme_widget_message js-widget_message' data-post='loker_contoh/101'><a "
        "class=tgme_widget_message_owner_name href='https://t.me/loker_contoh'>Loker</a><div "
        "class='tgme_widget_message_text js-message_text'>DIBUTUHKAN ADMIN<br>Gaji 800 "
        "USD<br><br>Hub <a href='https://t.me/hr_contoh'>@hr_contoh</a></div><time "
        "datetime='2026-11-01T10:00:00+00:00'>10:00</time></div><div class=tgme_widget_message "
        "data-post='loker_contoh/102'><a class=tgme_widget_message_photo_wrap style=\"width:8px;"
        "background-image:url('https://cdn.example/p.jpg')\"></a></div>";
    struct page_output page =
        page_with(*state, html, "https://t.me/s/loker_contoh", PAGE_HINT_LISTING);
    assert_int_equal(page.type, PAGE_FEED);
    assert_int_equal(page.postings_count, 2);
    const struct posting *first = &page.postings[0], *second = &page.postings[1];
    assert_slice(first->field[POSTING_TITLE], "DIBUTUHKAN ADMIN");
    assert_slice(first->field[POSTING_TEXT], "DIBUTUHKAN ADMIN\nGaji 800 USD\n\nHub @hr_contoh");
    assert_slice(first->attr[POSTING_URL], "https://t.me/loker_contoh/101");
    assert_slice(first->attr[POSTING_POSTED_AT], "2026-11-01T10:00:00+00:00");
    assert_int_equal(first->links_count, 1);
    assert_slice(first->links[0].url, "https://t.me/hr_contoh");
    assert_int_equal(second->images_count, 1);
    assert_slice(second->images[0], "https://cdn.example/p.jpg");
    assert_int_equal(kind_of(&page, "https://t.me/s/loker_contoh?before=100"), LINK_LISTING);
}

static void bodies_that_are_no_page(void **state)
{
    struct page_output output = {0};
    struct failure why = {0};
    struct page_input input = {.body = SLICE("%PDF-1.4"),
                               .url = "https://board.example/a.pdf",
                               .content_type = "application/pdf",
                               .content_encoding = ""};
    assert_int_equal(extract_page(*state, &input, &output, &why), ERR_UNSUPPORTED);
    struct text_buf big;
    text_buf_init(&big, 64u << 20);
    while (big.len <= PAGE_INFLATED_BYTES_MAX)
        text_buf_add_str(&big, "<p>lowongan kerja, gaji besar, mess gratis, tiket ditanggung");
    input.body = text_buf_slice(&big);
    input.content_type = "text/html";
    assert_int_equal(extract_page(*state, &input, &output, &why), ERR_LIMIT);
    assert_non_null(strstr(why.text, "PAGE_INFLATED_BYTES_MAX"));
    text_buf_release(&big);
    struct page_output page =
        page_with(*state, "{\"@type\":\"JobPosting\",\"title\":\"Kasir\",\"description\":\"Toko\"}",
                  "https://board.example/api/1", PAGE_HINT_NONE);
    assert_int_equal(page.type, PAGE_JOB);
    assert_slice(page.postings[0].field[POSTING_TITLE], "Kasir");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(links_are_absolute_and_told_apart),
        WITH_ARENA(base_and_refresh_count),
        WITH_ARENA(many_links_are_bounded),
        WITH_ARENA(plain_ad_gives_text_and_fields),
        WITH_ARENA(kinds_of_pages_are_known),
        WITH_ARENA(an_article_gives_a_posting_that_reports),
        WITH_ARENA(script_data_of_a_shell_are_read),
        WITH_ARENA(messages_of_a_channel_are_postings),
        WITH_ARENA(bodies_that_are_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
