/* One posting in three syntaxes gives the same fields; what each syntax says is joined by
 * precedence, and where it came from is told. */
#include "crawler/extract/page.h"
#include "tests/unit/extract_fixture.h"

#define JSONLD_BLOCKS_MAX_IN_TEST 50000u

static const char JSONLD[] =
    "<html><head><title>Kasir</title><script type='application/ld+json'>{\"@context\":"
    "\"https://schema.org\",\"@type\":\"JobPosting\",\"title\":\"Kasir toko\",\"description\":"
    "\"<p>Melayani pembeli di toko kami.</p><ul><li>Usia 18-30</li><li>Jujur</li></ul>\","
    "\"identifier\":{\"@type\":\"PropertyValue\",\"value\":\"K-17\"},\"datePosted\":\"2026-11-01\","
    "\"validThrough\":\"2026-12-01\",\"employmentType\":\"FULL_TIME\",\"hiringOrganization\":{"
    "\"@type\":\"Organization\",\"name\":\"Toko Contoh\"},\"jobLocation\":{\"@type\":\"Place\","
    "\"address\":{\"@type\":\"PostalAddress\",\"streetAddress\":\"Jalan Contoh 1\","
    "\"addressLocality\":\"Solo\",\"addressCountry\":\"ID\"}},\"baseSalary\":{\"@type\":"
    "\"MonetaryAmount\",\"currency\":\"IDR\",\"value\":{\"@type\":\"QuantitativeValue\","
    "\"minValue\":"
    "3000000,\"maxValue\":4000000,\"unitText\":\"MONTH\"}}}</script></head><body></body></html>";

static const char MICRODATA[] =
    "<title>Kasir</title><div itemscope itemtype='https://schema.org/JobPosting'>"
    "<h1 itemprop='title'>Kasir toko</h1><div itemprop='description'><p>Melayani pembeli di toko "
    "kami.</p><ul><li>Usia 18-30</li><li>Jujur</li></ul></div>"
    "<span itemprop='identifier' itemscope itemtype='https://schema.org/PropertyValue'><meta "
    "itemprop='value' content='K-17'></span><time itemprop='datePosted' datetime='2026-11-01'>1 "
    "Nov</time><meta itemprop='validThrough' content='2026-12-01'><meta itemprop='employmentType' "
    "content='FULL_TIME'><div itemprop='hiringOrganization' itemscope "
    "itemtype='https://schema.org/Organization'><b itemprop='name'>Toko Contoh</b></div>"
    "<div itemprop='jobLocation' itemscope itemtype='https://schema.org/Place'><p "
    "itemprop='address' "
    "itemscope itemtype='https://schema.org/PostalAddress'><span itemprop='streetAddress'>Jalan "
    "Contoh 1</span> <span itemprop='addressLocality'>Solo</span> <meta itemprop='addressCountry' "
    "content='ID'></p></div><div itemprop='baseSalary' itemscope "
    "itemtype='https://schema.org/MonetaryAmount'><meta itemprop='currency' content='IDR'><span "
    "itemprop='value' itemscope itemtype='https://schema.org/QuantitativeValue'><meta "
    "itemprop='minValue' content='3000000'><meta itemprop='maxValue' content='4000000'><meta "
    "itemprop='unitText' content='MONTH'></span></div></div>";

static const char RDFA[] =
    "<title>Kasir</title><div vocab='https://schema.org/' typeof='JobPosting'>"
    "<h1 property='title'>Kasir toko</h1><div property='description'><p>Melayani pembeli di toko "
    "kami.</p><ul><li>Usia 18-30</li><li>Jujur</li></ul></div>"
    "<span property='identifier' typeof='PropertyValue'><meta property='value' "
    "content='K-17'></span><time property='datePosted' datetime='2026-11-01'>1 Nov</time><meta "
    "property='validThrough' content='2026-12-01'><meta property='employmentType' "
    "content='FULL_TIME'><div property='hiringOrganization' typeof='Organization'><b "
    "property='name'>Toko Contoh</b></div><div property='jobLocation' typeof='Place'><p "
    "property='address' typeof='PostalAddress'><span property='streetAddress'>Jalan Contoh "
    "1</span> "
    "<span property='addressLocality'>Solo</span> <meta property='addressCountry' "
    "content='ID'></p></div><div property='baseSalary' typeof='MonetaryAmount'><meta "
    "property='currency' content='IDR'><span property='value' typeof='QuantitativeValue'><meta "
    "property='minValue' content='3000000'><meta property='maxValue' content='4000000'><meta "
    "property='unitText' content='MONTH'></span></div></div>";

static struct page_output page_of(struct arena *arena, const char *html)
{
    struct page_output output = {0};
    struct failure why = {0};
    struct page_input input = {.body = slice_of(html),
                               .url = "https://board.example/job/17-kasir-toko",
                               .content_type = "text/html; charset=utf-8",
                               .content_encoding = ""};
    if (extract_page(arena, &input, &output, &why) != OK)
        fail_msg("%s", why.text);
    return output;
}

static void expect_fields(struct arena *arena, const char *html, const char *source)
{
    struct page_output page = page_of(arena, html);
    assert_int_equal(page.type, PAGE_JOB);
    assert_int_equal(page.postings_count, 1);
    const struct posting *posting = &page.postings[0];
    assert_slice(posting->field[POSTING_TITLE], "Kasir toko");
    assert_slice(posting->field[POSTING_TEXT],
                 "Melayani pembeli di toko kami.\n\n- Usia 18-30\n- Jujur");
    assert_slice(posting->field[POSTING_EMPLOYER], "Toko Contoh");
    assert_slice(posting->field[POSTING_PLACE], "Jalan Contoh 1, Solo, ID");
    assert_slice(posting->field[POSTING_PAY], "IDR 3000000-4000000 per month");
    assert_slice(posting->attr[POSTING_ID], "K-17");
    assert_slice(posting->attr[POSTING_POSTED_AT], "2026-11-01");
    assert_slice(posting->attr[POSTING_VALID_THROUGH], "2026-12-01");
    assert_slice(posting->attr[POSTING_EMPLOYMENT], "FULL_TIME");
    assert_slice(posting->attr[POSTING_URL], "https://board.example/job/17-kasir-toko");
    assert_slice(posting->attr[POSTING_SOURCE_TYPE], source);
}

static void three_syntaxes_give_the_same_fields(void **state)
{
    expect_fields(*state, JSONLD, "json-ld");
    expect_fields(*state, MICRODATA, "microdata");
    expect_fields(*state, RDFA, "rdfa");
}

static void fields_are_joined_by_precedence(void **state)
{
    const char *html = arena_printf(
        *state,
        "<script type='application/ld+json'>{\"@type\":\"JobPosting\",\"title\":\"Judul "
        "JSON\"}</script>%s",
        MICRODATA);
    struct page_output page = page_of(*state, html);
    assert_int_equal(page.postings_count, 1);
    assert_slice(page.postings[0].field[POSTING_TITLE], "Judul JSON");
    assert_slice(page.postings[0].field[POSTING_EMPLOYER], "Toko Contoh");
    assert_slice(page.postings[0].attr[POSTING_SOURCE_TYPE], "json-ld+microdata");
}

/* JSON-LD has title and text, so no tree is needed but for what it leaves out. */
static void markup_tells_what_json_ld_leaves_out(void **state)
{
    struct page_output page = page_of(
        *state, "<title>Kasir</title><script "
                "type='application/ld+json'>{\"@type\":\"JobPosting\",\"title\":"
                "\"Kasir toko\",\"description\":\"Melayani pembeli dan menghitung kas pada akhir "
                "giliran.\"}</script><div itemscope itemtype='https://schema.org/JobPosting'><h1 "
                "itemprop=title>Kasir</h1><p itemprop=baseSalary>Rp 3 juta</p></div>");
    assert_int_equal(page.postings_count, 1);
    assert_slice(page.postings[0].field[POSTING_TITLE], "Kasir toko");
    assert_slice(page.postings[0].field[POSTING_PAY], "Rp 3 juta");
    assert_slice(page.postings[0].attr[POSTING_SOURCE_TYPE], "json-ld+microdata");
}

static void rdfa_relations_lead_to_things(void **state)
{
    struct page_output page = page_of(
        *state, "<title>Kasir</title><div vocab='https://schema.org/' typeof=JobPosting><h1 "
                "property=title>Kasir toko</h1><div rel=hiringOrganization typeof=Organization><b "
                "property=name>PT Contoh</b></div><p property=description>Melayani pembeli dan "
                "menghitung kas pada akhir giliran.</p></div>");
    assert_int_equal(page.postings_count, 1);
    assert_slice(page.postings[0].field[POSTING_EMPLOYER], "PT Contoh");
}

static void several_postings_have_addresses_of_their_own(void **state)
{
    struct page_output page = page_of(
        *state,
        "<script type='application/ld+json'>[{\"@type\":\"JobPosting\",\"title\":\"Satu\","
        "\"description\":\"Pekerjaan yang pertama, di toko kami di kota Solo.\"},{\"@type\":"
        "\"JobPosting\",\"title\":\"Dua\",\"url\":\"/job/2\",\"description\":\"Pekerjaan yang "
        "kedua, di toko kami di kota Solo.\"}]</script>");
    assert_int_equal(page.postings_count, 2);
    assert_slice(page.postings[0].attr[POSTING_URL], "https://board.example/job/17-kasir-toko#1");
    assert_slice(page.postings[1].attr[POSTING_URL], "https://board.example/job/2");
}

static void itemref_is_followed_once(void **state)
{
    struct page_output page = page_of(
        *state, "<div itemscope itemtype='http://schema.org/JobPosting' itemref='a b a'>"
                "<p itemprop=title>Kasir</div><p id=a itemprop=description>Teks<div id=b "
                "itemref=b itemscope itemprop=hiringOrganization><b itemprop=name>Toko</div>");
    assert_int_equal(page.postings_count, 1);
    assert_slice(page.postings[0].field[POSTING_TEXT], "Teks");
    assert_slice(page.postings[0].field[POSTING_EMPLOYER], "Toko");
}

#define JOB_TEXT                                                                                   \
    "\"@type\":\"JobPosting\",\"title\":\"Kasir toko\",\"description\":\"Melayani pembeli dan "    \
    "menghitung kas pada akhir giliran.\""

static struct posting posting_of(struct arena *arena, const char *html)
{
    struct page_output page = page_of(arena, html);
    assert_int_equal(page.postings_count, 1);
    return page.postings[0];
}

static void pictures_of_json_ld_are_listed(void **state)
{
    struct posting posting = posting_of(
        *state, "<title>Kasir</title><script type='application/ld+json'>{" JOB_TEXT
                ",\"image\":[\"/img/poster.jpg\",{\"@type\":\"ImageObject\",\"url\":"
                "\"https://img.example/2.png\"},{\"@id\":\"#three\"},\"/img/poster.jpg\","
                "\"/img/logo.png\",\"data:image/png;base64,AAAA\",{},\"mailto:a@b.example\"],"
                "\"hiringOrganization\":{\"name\":\"PT Contoh\",\"logo\":\"/img/logo.png\"}}"
                "</script><script type='application/ld+json'>{\"@id\":\"#three\",\"@type\":"
                "\"ImageObject\",\"contentUrl\":\"/img/3.webp\"}</script>");
    assert_int_equal(posting.images_count, 3);
    assert_slice(posting.images[0], "https://board.example/img/poster.jpg");
    assert_slice(posting.images[1], "https://img.example/2.png");
    assert_slice(posting.images[2], "https://board.example/img/3.webp");
}

static void the_heads_picture_stands_in(void **state)
{
    static const char head[] =
        "<title>Kasir</title><meta property='og:image' content='/img/%s'>"
        "<script type='application/ld+json'>{" JOB_TEXT "%s,\"hiringOrganization\":{\"name\":"
        "\"PT Contoh\",\"logo\":{\"url\":\"/img/logo.png\"}}}</script>";
    struct posting posting = posting_of(*state, arena_printf(*state, head, "poster.png", ""));
    assert_int_equal(posting.images_count, 1);
    assert_slice(posting.images[0], "https://board.example/img/poster.png");
    posting = posting_of(*state, arena_printf(*state, head, "logo.png", ""));
    assert_int_equal(posting.images_count, 0);
    posting =
        posting_of(*state, arena_printf(*state, head, "poster.png", ",\"image\":\"/img/own.png\""));
    assert_int_equal(posting.images_count, 1);
    assert_slice(posting.images[0], "https://board.example/img/own.png");
}

/* The markup has the pay that JSON-LD lacks, so there is a tree with pictures of its own. */
static void pictures_of_all_sources_are_joined(void **state)
{
    struct posting posting = posting_of(
        *state, "<title>Kasir</title><script type='application/ld+json'>{" JOB_TEXT
                ",\"image\":\"/img/poster.jpg\"}</script><main><div itemscope "
                "itemtype='https://schema.org/JobPosting'><h1 itemprop=title>Kasir</h1>"
                "<p>Melayani pembeli dan menghitung kas pada akhir giliran.</p>"
                "<img src='/img/poster.jpg' alt='Lowongan kasir'><img src='/img/map.png'>"
                "<p itemprop=baseSalary>Rp 3 juta</p></div></main>");
    assert_int_equal(posting.images_count, 2);
    assert_slice(posting.images[0], "https://board.example/img/poster.jpg");
    assert_slice(posting.images[1], "https://board.example/img/map.png");
}

static void too_many_blocks_are_named(void **state)
{
    struct text_buf html;
    text_buf_init(&html, 8u << 20);
    for (unsigned i = 0; i < JSONLD_BLOCKS_MAX_IN_TEST; i++)
        text_buf_add_str(&html,
                         "<script type=application/ld+json>{\"@type\":\"JobPosting\"}</script>");
    struct page_output page = page_of(*state, text_buf_cstr(&html));
    assert_true(slice_find(page.note, SLICE("JSONLD_BLOCKS_MAX")) != SIZE_MAX);
    text_buf_release(&html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(three_syntaxes_give_the_same_fields),
        WITH_ARENA(fields_are_joined_by_precedence),
        WITH_ARENA(markup_tells_what_json_ld_leaves_out),
        WITH_ARENA(rdfa_relations_lead_to_things),
        WITH_ARENA(several_postings_have_addresses_of_their_own),
        WITH_ARENA(itemref_is_followed_once),
        WITH_ARENA(pictures_of_json_ld_are_listed),
        WITH_ARENA(the_heads_picture_stands_in),
        WITH_ARENA(pictures_of_all_sources_are_joined),
        WITH_ARENA(too_many_blocks_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
