/* Exports: the columns, spreadsheet safety, JSON lines, filters, the note in the history. */
#include "review/export.h"
#include "tests/unit/storage_fixture.h"

static void fill(struct place *place, int count)
{
    struct ad ad;
    struct posting_stored stored;
    char url[64];
    for (int i = 0; i < count; i++) {
        snprintf(url, sizeof url, "http://board.example/job/%d", i);
        make_ad(&ad, url);
        ad.verdict.logit_tenths = 30 + i % 50;
        expect_ok(place->store, put_ad(place, &ad, &stored));
    }
}

static struct export_more masked; /* nothing but the store's */
static struct failure why;

static uint64_t export_all(struct place *place, enum export_format format,
                           const struct export_filter *filter, struct text_buf *out)
{
    uint64_t count = 0;
    struct export_sink sink = export_to_buf(out);
    text_buf_init(out, 64u << 20);
    expect_ok(place->store,
              export_cases(place->store, format, filter, &masked, &sink, &count, &why));
    return count;
}

static void csv_is_what_a_desk_can_open(void **state)
{
    struct place *place = *state;
    struct text_buf out;
    const struct export_filter all = {.now_unix_ms = NOW};
    fill(place, 1);
    assert_int_equal(export_all(place, EXPORT_CSV, &all, &out), 1);
    const char *text = text_buf_cstr(&out);
    assert_int_equal(strncmp(text,
                             "\xef\xbb\xbf"
                             "case_id,state,band,score,probability,task,",
                             45),
                     0);
    const char *row = strstr(text, "\r\n");
    assert_non_null(row);
    assert_int_equal(
        strncmp(row + 2, "1,new,urgent,95,0.952574,gambling,2,id,Customer Service,", 56), 0);
    assert_non_null(strstr(row, ",'=PT Contoh,Bavet,1200 USD,1200,1200,"));
    assert_non_null(strstr(row, "\"tiket ditanggung; Admin slot; Hub *******************\""));
    assert_non_null(strstr(row, "\"Ticket paid; Slot operator; Answer by messenger only\""));
    assert_non_null(strstr(row, ",http://board.example/job/0,"));
    assert_non_null(strstr(row, ",2026-11-24T"));
    assert_non_null(strstr(row, ",urn:uuid:"));
    assert_non_null(
        strstr(row, ",1-abcdef012345,\"package.ticket-paid.id; gambling.admin-slot.id; "));
    assert_null(strstr(text, "kerja_contoh99"));
    assert_null(strstr(text, "trafficker"));
    text_buf_release(&out);
}

static void an_empty_queue_is_a_head_alone(void **state)
{
    struct place *place = *state;
    struct text_buf out;
    const struct export_filter all = {.now_unix_ms = NOW};
    assert_int_equal(export_all(place, EXPORT_CSV, &all, &out), 0);
    assert_string_equal(strstr(text_buf_cstr(&out), "\r\n"), "\r\n");
    text_buf_release(&out);
    assert_int_equal(export_all(place, EXPORT_JSONL, &all, &out), 0);
    assert_int_equal(out.len, 0);
    text_buf_release(&out);
}

static void json_lines_parse_and_have_stable_names(void **state)
{
    struct place *place = *state;
    struct text_buf out;
    const struct export_filter all = {.now_unix_ms = NOW};
    fill(place, 450); /* three pages */
    assert_int_equal(export_all(place, EXPORT_JSONL, &all, &out), 450);
    struct slice rest = text_buf_slice(&out), line;
    unsigned lines = 0;
    bool seen[451] = {false};
    while (slice_next_line(&rest, &line)) {
        struct json_doc *doc = NULL;
        assert_int_equal(json_parse(line, true, 8, &doc, &why), OK);
        const struct json *root = json_root(doc);
        int64_t id = json_int(json_get(root, "case_id"), 0);
        assert_in_range(id, 1, 450);
        assert_false(seen[id]);
        seen[id] = true;
        assert_int_equal(json_count(json_get(root, "indicators")), 3);
        assert_true(slice_is(json_get_string(root, "employer"), "=PT Contoh"));
        assert_int_equal(json_int(json_get(root, "usd_month_max"), 0), 1200);
        assert_null(json_get(root, "decided_at"));
        json_free(doc);
        lines++;
    }
    assert_int_equal(lines, 450);
    text_buf_release(&out);
}

static void filters_choose_the_cases(void **state)
{
    struct place *place = *state;
    struct text_buf out;
    const struct queue_act ani = {"ani", "yes", NOW + 5000};
    fill(place, 5);
    expect_ok(place->store, queue_decide(place->store, 2, CASE_CONFIRMED, &ani));
    struct export_filter filter = {.states = 1u << CASE_CONFIRMED, .now_unix_ms = NOW};
    assert_int_equal(export_all(place, EXPORT_JSONL, &filter, &out), 1);
    assert_non_null(strstr(text_buf_cstr(&out), "\"decided_by\":\"ani\""));
    text_buf_release(&out);
    filter = (struct export_filter){.since_unix_ms = NOW + 1, .now_unix_ms = NOW};
    assert_int_equal(export_all(place, EXPORT_CSV, &filter, &out), 1);
    text_buf_release(&out);
    filter = (struct export_filter){.case_id = 3, .now_unix_ms = NOW};
    assert_int_equal(export_all(place, EXPORT_CSV, &filter, &out), 1);
    text_buf_release(&out);
    filter.states = 1u << CASE_CONFIRMED;
    assert_int_equal(export_all(place, EXPORT_CSV, &filter, &out), 0);
    text_buf_release(&out);
    struct export_sink sink = export_to_buf(&out);
    filter.case_id = 77;
    text_buf_init(&out, 1000);
    assert_int_equal(export_cases(place->store, EXPORT_CSV, &filter, &masked, &sink, NULL, &why),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(why.text, "there is no case 77"));
    assert_int_equal(out.len, 0);
    text_buf_release(&out);
}

static void what_left_the_house_is_on_record(void **state)
{
    struct place *place = *state;
    struct case_full full;
    const struct queue_act act = {"ani", "csv for the desk", NOW};
    const struct export_filter all = {.now_unix_ms = NOW};
    fill(place, 3);
    expect_ok(place->store, export_note(place->store, &all, &act));
    expect_ok(place->store, queue_show(place->store, place->arena, 2, NOW, &full));
    assert_int_equal(full.history_count, 2);
    assert_string_equal(full.history[1].action, "export");
    assert_string_equal(full.history[1].why, "csv for the desk");
    assert_int_equal(full.row.state, CASE_NEW);
}

static int refuses(void *ctx, const char *bytes, size_t len)
{
    (void)bytes;
    unsigned *left = ctx;
    return len > 0 && (*left)-- == 0 ? ERR_FULL : OK;
}

static void a_sink_that_fails_ends_the_export(void **state)
{
    struct place *place = *state;
    const struct export_filter all = {.now_unix_ms = NOW};
    fill(place, 201); /* two pages, a write each */
    for (unsigned after = 0; after < 2; after++) {
        unsigned left = after;
        struct export_sink sink = {refuses, &left};
        assert_int_equal(export_cases(place->store, EXPORT_CSV, &all, &masked, &sink, NULL, &why),
                         ERR_FULL);
    }
    FILE *full = fopen("/dev/full", "w");
    if (full != NULL) {
        struct export_sink sink = export_to_file(full);
        assert_int_equal(export_cases(place->store, EXPORT_CSV, &all, &masked, &sink, NULL, &why),
                         ERR_FULL);
        fclose(full);
    }
}

static void cells_are_safe_in_spreadsheets(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cells[] = {
        {"plain text", "plain text"},
        {"", ""},
        {"=1+1", "'=1+1"},
        {"+62 812 0000 0000", "'+62 812 0000 0000"},
        {"-5", "'-5"},
        {"@SUM(1)", "'@SUM(1)"},
        {"\t=1+1", "\"'\t'=1+1\""},
        {"\r=1+1", "\"'\r'=1+1\""},
        {"\n=1+1", "\"'\n'=1+1\""},
        {"  =1+1", "'  =1+1"},
        {"\xef\xbc\x9d"
         "1+1",
         "'\xef\xbc\x9d"
         "1+1"},
        {"\xef\xbc\xa0SUM(1)", "'\xef\xbc\xa0SUM(1)"},
        {"=1+2\";=1+2", "\"'=1+2\"\";'=1+2\""},
        {"a\",=1+1", "\"a\"\",'=1+1\""},
        {"a;=1+1", "\"a;'=1+1\""},
        {"a; \"@SUM(1)\"", "\"a; \"\"'@SUM(1)\"\"\""},
        {"a\t-1+1", "\"a\t'-1+1\""},
        {"\xe2\x80\x8b=1+1", "'\xe2\x80\x8b=1+1"},
        {"\xef\xb9\xa6"
         "1+1",
         "'\xef\xb9\xa6"
         "1+1"},
        {"https://x.example/a;=cmd|'/C%20calc'!A0",
         "\"https://x.example/a;%3Dcmd|'/C%20calc'!A0\""},
        {"https://x.example/a?b=1&c=+2", "https://x.example/a?b=1&c=+2"},
        {"Rp 5.000.000,- per bulan", "\"Rp 5.000.000,- per bulan\""},
        {"gaji, tiket - mess; sorter", "\"gaji, tiket - mess; sorter\""},
        {"5-1", "5-1"},
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        struct text_buf out;
        text_buf_init(&out, 1000);
        export_csv_cell(&out, slice_of(cells[i].in));
        assert_string_equal(text_buf_cstr(&out), cells[i].out);
        text_buf_release(&out);
    }
    enum export_format format;
    assert_true(export_format_from_name(SLICE("csv"), &format) && format == EXPORT_CSV);
    assert_true(export_format_from_name(SLICE("jsonl"), &format) && format == EXPORT_JSONL);
    assert_false(export_format_from_name(SLICE("xls"), &format));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        T(csv_is_what_a_desk_can_open),
        T(an_empty_queue_is_a_head_alone),
        T(json_lines_parse_and_have_stable_names),
        T(filters_choose_the_cases),
        T(what_left_the_house_is_on_record),
        T(a_sink_that_fails_ends_the_export),
        T(cells_are_safe_in_spreadsheets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
