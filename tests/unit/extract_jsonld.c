/* JSON-LD as pages really have it: what is broken is mended and counted, and the same posting comes
 * out. */
#include "crawler/extract/jobposting.h"
#include "tests/unit/extract_fixture.h"

#define TITLE "\"title\":\"Operator\""
#define TEXT  "\"description\":\"<p>Kerja malam</p><p>Gaji 5 juta</p>\""

/* The posting that body gives; fails the test when there is none. */
static struct posting posting_of(struct arena *arena, const char *body, uint32_t *ret_repairs)
{
    struct things things;
    struct posting posting;
    things_init(&things, arena);
    assert_int_equal(jsonld_read(&things, slice_of(body)), OK);
    if (ret_repairs != NULL)
        *ret_repairs = things.repairs;
    for (size_t i = 0; i < things.count; i++)
        if (thing_is_job(things.list[i]) && things.list[i]->first != NULL) {
            assert_int_equal(jobposting_read(arena, &things, things.list[i], NULL, &posting), OK);
            return posting;
        }
    fail_msg("no posting in %s", body);
    return posting;
}

static void strict_json_needs_no_repair(void **state)
{
    uint32_t repairs = 9;
    struct posting posting =
        posting_of(*state, "{\"@type\":\"JobPosting\"," TITLE "," TEXT "}", &repairs);
    assert_slice(posting.field[POSTING_TITLE], "Operator");
    assert_slice(posting.field[POSTING_TEXT], "Kerja malam\n\nGaji 5 juta");
    assert_slice(posting.attr[POSTING_SOURCE_TYPE], "json-ld");
    assert_int_equal(repairs, 0);
}

static void broken_json_is_mended(void **state)
{
    static const char *const bodies[] = {
        "\xEF\xBB\xBF{\"@type\":\"JobPosting\"," TITLE "," TEXT "}",
        "<!-- {\"@type\":\"JobPosting\"," TITLE "," TEXT "} -->",
        "//<![CDATA[\n{\"@type\":\"JobPosting\"," TITLE "," TEXT "}\n//]]>",
        "/* <![CDATA[ */{\"@type\":\"JobPosting\"," TITLE "," TEXT "}/* ]]> */",
        "{\"@type\":\"JobPosting\"," TITLE "," TEXT ",}",
        "{\"@type\":\"JobPosting\",// note\n" TITLE "," TEXT "}",
        "{\"@type\":\"JobPosting\"," TITLE "," TEXT "};",
        "{'@type':'JobPosting','title':'Operator','description':'<p>Kerja malam</p><p>Gaji 5 "
        "juta</p>'}",
        "{'@type':'JobPosting',title:'Operator',description:'<p>Kerja malam</p><p>Gaji 5 "
        "juta</p>'}",
        "{\"@type\":\"JobPosting\"," TITLE
        ",\"description\":\"<p>Kerja malam</p>\n<p>Gaji 5 juta</p>\"}",
        "{\"@type\":\"JobPosting\"," TITLE " " TEXT "}",
        "{\"@type\":\"JobPosting\"," TITLE "," TEXT,
        "{\"@type\":\"JobPosting\"," TITLE
        ",\"description\":\"<p class=\"x\">Kerja malam</p><p>Gaji 5 "
        "juta</p>\"}",
        "{\"@type\":\"JobPosting\"," TITLE
        ",,\"description\":\"<p>Kerja malam<\\/p><p>Gaji 5 juta<\\/p>\"}",
        "{\n\xC2\xA0\"@type\":\"JobPosting\",\n\xC2\xA0\xC2\xA0" TITLE ",\xE2\x80\x8B" TEXT "}",
        "{&quot;@type&quot;:&quot;JobPosting&quot;,&quot;title&quot;:&quot;Operator&quot;,"
        "&quot;description&quot;:&quot;<p>Kerja malam</p><p>Gaji 5 juta</p>&quot;}",
        "{\"@type\":\"JobPosting\",\"jobLocation\":undefined,\"directApply\":True," TITLE "," TEXT
        "}",
        "{\"@type\":\"WebSite\"}\n{\"@type\":\"JobPosting\"," TITLE "," TEXT "}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        uint32_t repairs = 0;
        struct posting posting = posting_of(*state, bodies[i], &repairs);
        assert_slice(posting.field[POSTING_TITLE], "Operator");
        assert_slice(posting.field[POSTING_TEXT], "Kerja malam\n\nGaji 5 juta");
        if (repairs != 1)
            fail_msg("%u repairs counted for %s", repairs, bodies[i]);
    }
}

/* A block is counted once: as mended, or as broken. */
static void a_block_is_counted_once(void **state)
{
    struct things things;
    things_init(&things, *state);
    assert_int_equal(jsonld_read(&things, SLICE("The( a.'&quot;at anp")), OK);
    assert_true(things.repairs + things.broken <= 1);
}

static void unescaped_quotes_stay_text(void **state)
{
    struct posting posting = posting_of(
        *state,
        "{\"@type\":\"JobPosting\",\"title\":\"Staf \"senior\" kantor\",\"description\":\"ya\"}",
        NULL);
    assert_slice(posting.field[POSTING_TITLE], "Staf \"senior\" kantor");
}

static void nested_forms_are_found(void **state)
{
    static const char *const bodies[] = {
        "[{\"@type\":\"WebSite\"},{\"@type\":\"JobPosting\"," TITLE "," TEXT "}]",
        "{\"@graph\":[{\"@type\":\"WebPage\"},{\"@type\":[\"JobPosting\",\"Thing\"]," TITLE "," TEXT
        "}]}",
        "{\"@type\":\"WebPage\",\"mainEntity\":{\"@type\":\"http://schema.org/JobPosting\"," TITLE
        "," TEXT "}}",
        "{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\"ListItem\",\"item\":{\"@type\":"
        "\"schema:JobPosting\",\"schema:title\":{\"@value\":\"Operator\"}," TEXT "}}]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct posting posting = posting_of(*state, bodies[i], NULL);
        assert_slice(posting.field[POSTING_TITLE], "Operator");
        assert_slice(posting.field[POSTING_TEXT], "Kerja malam\n\nGaji 5 juta");
    }
}

static void all_fields_are_read(void **state)
{
    struct posting posting = posting_of(
        *state,
        "{\"@type\":\"JobPosting\"," TITLE "," TEXT ",\"responsibilities\":\"Menjawab chat\","
        "\"identifier\":{\"@type\":\"PropertyValue\",\"name\":\"PT Contoh\",\"value\":4711},"
        "\"datePosted\":\"2026-11-02\",\"validThrough\":\"2026-12-01\",\"employmentType\":[\"FULL_"
        "TIME\",\"CONTRACTOR\"],\"hiringOrganization\":{\"@id\":\"#org\"},"
        "\"jobLocation\":[{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\","
        "\"streetAddress\":\"Jalan Contoh "
        "1\",\"addressLocality\":\"Solo\",\"addressRegion\":\"Solo\","
        "\"addressCountry\":{\"@type\":\"Country\",\"name\":\"ID\"}}},{\"@type\":\"Place\","
        "\"address\":\"Bavet, KH\"}],\"salaryCurrency\":\"IDR\",\"baseSalary\":{\"@type\":"
        "\"MonetaryAmount\",\"value\":{\"@type\":\"QuantitativeValue\",\"minValue\":5000000.00,"
        "\"maxValue\":7000000,\"unitText\":\"MONTH\"}},\"applicationContact\":{\"telephone\":"
        "\"+62 800 0000\"},\"@graph\":[{\"@id\":\"#org\",\"@type\":\"Organization\",\"name\":\"PT "
        "Contoh &amp; Anak\",\"sameAs\":\"https://contoh.example/\"}]}",
        NULL);
    assert_slice(posting.field[POSTING_EMPLOYER], "PT Contoh & Anak");
    assert_slice(posting.field[POSTING_PLACE], "Jalan Contoh 1, Solo, ID; Bavet, KH");
    assert_slice(posting.field[POSTING_PAY], "IDR 5000000-7000000 per month");
    assert_slice(posting.field[POSTING_TEXT],
                 "Kerja malam\n\nGaji 5 juta\n\nResponsibilities: Menjawab chat");
    assert_slice(posting.attr[POSTING_ID], "4711");
    assert_slice(posting.attr[POSTING_POSTED_AT], "2026-11-02");
    assert_slice(posting.attr[POSTING_VALID_THROUGH], "2026-12-01");
    assert_slice(posting.attr[POSTING_EMPLOYMENT], "FULL_TIME, CONTRACTOR");
    assert_int_equal(posting.links_count, 2);
    assert_slice(posting.links[0].url, "tel:+62 800 0000");
    assert_slice(posting.links[1].url, "https://contoh.example/");
}

static void pay_is_written_as_people_do(void **state)
{
    static const char *const rows[][2] = {
        {"\"baseSalary\":\"Rp 5 juta\"", "Rp 5 juta"},
        {"\"baseSalary\":800,\"salaryCurrency\":\"USD\"", "USD 800"},
        {"\"baseSalary\":{\"currency\":\"USD\",\"value\":{\"value\":40.5,\"unitText\":\"HOUR\"}}",
         "USD 40.5 per hour"},
        {"\"baseSalary\":{\"currency\":\"VND\",\"value\":\"20000000\",\"unitText\":\"MONTH\"}",
         "VND 20000000 per month"},
        {"\"baseSalary\":{\"currency\":\"USD\",\"minValue\":800,\"maxValue\":1200}",
         "USD 800-1200"},
        {"\"baseSalary\":{\"currency\":\"USD\",\"value\":{\"minValue\":800,\"unitText\":\"MONTH\"}"
         "}",
         "USD 800 per month"},
        {"\"estimatedSalary\":[{\"currency\":\"PHP\",\"value\":{\"value\":90000}}]", "PHP 90000"},
        {"\"baseSalary\":{\"currency\":\"USD\"}", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *body =
            arena_printf(*state, "{\"@type\":\"JobPosting\"," TITLE "," TEXT ",%s}", rows[i][0]);
        struct posting posting = posting_of(*state, body, NULL);
        assert_slice(posting.field[POSTING_PAY], rows[i][1]);
    }
}

/* Rubbish, depth and a thousand nested things: no posting, no harm. */
static void rubbish_is_passed_over(void **state)
{
    static const char *const bodies[] = {"",      "{",      "[",      "null",
                                         "\"x\"", "}{",     "<html>", "{\"@type\":}",
                                         "{{{{",  "[[[[\"", "'",      "{'a':'"};
    struct things things;
    struct text_buf deep;
    things_init(&things, *state);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_int_equal(jsonld_read(&things, slice_of(bodies[i])), OK);
    text_buf_init(&deep, 1u << 20);
    for (int i = 0; i < 50000; i++)
        text_buf_add_str(&deep, "{\"a\":[");
    assert_int_equal(jsonld_read(&things, text_buf_slice(&deep)), OK);
    text_buf_release(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(strict_json_needs_no_repair), WITH_ARENA(broken_json_is_mended),
        WITH_ARENA(a_block_is_counted_once),     WITH_ARENA(unescaped_quotes_stay_text),
        WITH_ARENA(nested_forms_are_found),      WITH_ARENA(all_fields_are_read),
        WITH_ARENA(pay_is_written_as_people_do), WITH_ARENA(rubbish_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
