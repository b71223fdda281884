/* Sums of the report: after each change they are what a count from nothing gives. */
#include "tests/unit/storage_fixture.h"

#include "common/clock.h"
#include "review/report.h"
#include "storage/purge.h"
#include "storage/store_copy.h"
#include "storage/store_inside.h"
#include "storage/tally_check.h"

#define DAY_MS   TALLY_DAY_MS
#define T(name)  cmocka_unit_test_setup_teardown(name, make_place, drop_place)
#define SUMS_MAX (64u << 10)

/* ---- sums as text ---- */

static void add_rows(struct store *store, const char *sql, int columns, struct text_buf *out)
{
    struct db_rows *rows = db_query(store_db(store), sql, DB_NONE);
    while (db_next(rows)) {
        for (int i = 0; i < columns; i++)
            text_buf_printf(out, "%.*s|", (int)row_slice(rows, i).len, row_slice(rows, i).at);
        text_buf_add_char(out, '\n');
    }
    expect_ok(store, db_end(store_db(store), rows));
}

static char *sums_of(struct place *place, struct store *store)
{
    struct text_buf out;
    text_buf_init(&out, SUMS_MAX);
    add_rows(store,
             "SELECT CAST(t.period AS TEXT), CAST(t.by_what AS TEXT), t.name,"
             " CAST(t.counted_as AS TEXT), CAST(t.ads AS TEXT) FROM tally t WHERE t.ads <> 0"
             " ORDER BY t.period, t.by_what, t.name, t.counted_as",
             5, &out);
    add_rows(store,
             "SELECT CAST(t.period AS TEXT), CAST(t.what AS TEXT), t.task, CAST(t.value AS TEXT),"
             " CAST(t.ads AS TEXT) FROM tally_pay t WHERE t.ads <> 0"
             " ORDER BY t.period, t.what, t.task, t.value",
             5, &out);
    char *copy = arena_copy(place->arena, out.at, out.len);
    assert_non_null(copy);
    text_buf_release(&out);
    return copy;
}

static uint64_t fill(struct store *store)
{
    uint32_t count = 1;
    uint64_t all = 0;
    while (count > 0) {
        expect_ok(store, tally_fill(store, 2, &count));
        all += count;
    }
    return all;
}

static void forget_sums(struct place *place)
{
    struct db *db = store_db(place->store);
    expect_ok(place->store, db_run(db, "DELETE FROM tally", DB_NONE));
    expect_ok(place->store, db_run(db, "DELETE FROM tally_pay", DB_NONE));
    expect_ok(place->store,
              db_run(db, "UPDATE postings SET tallied = 0, seen_as = 0, case_as = 0", DB_NONE));
}

static void expect_sums_hold(struct place *place)
{
    const char *kept = sums_of(place, place->store), *wrong = NULL;
    expect_ok(place->store, tally_check(place->store, &wrong));
    assert_string_equal(wrong, "");
    forget_sums(place);
    assert_true(fill(place->store) > 0);
    assert_string_equal(kept, sums_of(place, place->store));
}

/* ---- a store with some of everything ---- */

struct told {
    const char *url, *place;
    enum band band;
    enum task task;
    const char *language;
    int64_t seen_unix_ms, usd_cents;
    int32_t ratio;
};

static struct posting_stored tell(struct place *place, const struct told *told)
{
    struct ad ad;
    struct posting_stored stored = {0};
    make_ad(&ad, told->url);
    ad.verdict.band = told->band;
    ad.verdict.logit_tenths = told->band == BAND_CLEAR ? -50 : 32 + (int32_t)told->band;
    ad.verdict.task = told->task;
    ad.verdict.language = slice_of(told->language);
    ad.verdict.salary.usd_month_cents_min = ad.verdict.salary.usd_month_cents_max = told->usd_cents;
    ad.verdict.salary.ratio_source_hundredths = told->ratio;
    ad.places[0].id = slice_of(told->place);
    ad.seen.seen_unix_ms = told->seen_unix_ms;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored;
}

static const struct told ADS[] = {
    {"http://a.example/1", "KH-BAV", BAND_URGENT, TASK_GAMBLING, "id", NOW, 120000, 250},
    {"http://a.example/2", "MM", BAND_URGENT, TASK_SCAM, "th", NOW - 40 * DAY_MS, 90000, 0},
    {"http://a.example/3", "KH-PPN", BAND_REVIEW, TASK_GAMBLING, "id", NOW - 70 * DAY_MS, 0, 410},
    {"http://a.example/4", "LA", BAND_URGENT, TASK_GAMBLING, "id", NOW - DAY_MS, 150000, 300},
    {"http://a.example/5", "KH", BAND_CLEAR, TASK_NONE, "en", NOW, 50000, 90},
};
#define ADS_COUNT (sizeof ADS / sizeof ADS[0])

static void tell_all(struct place *place, int64_t case_ids[ADS_COUNT])
{
    for (size_t i = 0; i < ADS_COUNT; i++)
        case_ids[i] = tell(place, &ADS[i]).case_id;
}

static void decide(struct place *place, int64_t case_id, enum case_state state)
{
    const struct queue_act act = {"desk", "as seen", NOW};
    expect_ok(place->store, queue_decide(place->store, case_id, state, &act));
}

static struct report report_of(struct place *place, int64_t since, int64_t until)
{
    struct report report;
    const struct report_span span = {since, until};
    expect_ok(place->store, report_make(place->store, place->arena, &span, NOW, &report));
    return report;
}

static const struct report_group *group(const struct report *report, enum report_by by,
                                        const char *name)
{
    for (size_t i = 0; i < report->by[by].count; i++)
        if (strcmp(report->by[by].list[i].name, name) == 0)
            return &report->by[by].list[i];
    fail_msg("no group %s", name);
    return NULL;
}

/* ---- tests ---- */

static void each_change_keeps_the_sums_right(void **state)
{
    struct place *place = *state;
    const struct queue_act act = {"desk", "looked again", NOW};
    int64_t ids[ADS_COUNT];
    tell_all(place, ids);
    expect_sums_hold(place);
    decide(place, ids[0], CASE_CONFIRMED);
    decide(place, ids[1], CASE_DISMISSED);
    decide(place, ids[2], CASE_UNSURE);
    expect_sums_hold(place);
    expect_ok(place->store, queue_undo(place->store, ids[1], &act));
    expect_sums_hold(place);
    struct told again = ADS[3]; /* judged anew: another task, pay and place */
    again.task = TASK_SCAM;
    again.band = BAND_REVIEW;
    again.place = "TH";
    again.usd_cents = 70000;
    tell(place, &again);
    expect_sums_hold(place);
    again = ADS[4]; /* an ordinary ad is a case now */
    again.band = BAND_URGENT;
    assert_true(tell(place, &again).case_id > 0);
    expect_sums_hold(place);
    struct report report = report_of(place, NOW - 365 * DAY_MS, NOW + 1);
    assert_int_equal(report.total.seen, 5);
    assert_int_equal(report.total.flagged, 5);
    assert_int_equal(report.total.confirmed, 1);
    assert_int_equal(report.total.dismissed, 0);
    assert_int_equal(report.unflagged, 0);
    assert_int_equal(group(&report, REPORT_PLACE, "TH")->flagged, 1);
    assert_int_equal(group(&report, REPORT_PLACE, "KH")->flagged, 3);
    assert_int_equal(group(&report, REPORT_TASK, "scam")->seen, 2);
}

static void a_look_that_finds_it_gone_counts(void **state)
{
    struct place *place = *state;
    int64_t ids[ADS_COUNT];
    tell_all(place, ids);
    decide(place, ids[0], CASE_CONFIRMED);
    expect_ok(place->store,
              db_run(store_db(place->store),
                     "INSERT INTO rechecks (posting_id, case_id, url_id, version_id, asked, since,"
                     " first_gone) SELECT posting_id, id, 1, version_id, 1, 1, 5 FROM cases"
                     " WHERE id = ?1",
                     DB_WITH(db_int(ids[0]))));
    expect_ok(place->store, tally_put_case(place->store, ids[0]));
    expect_sums_hold(place);
    struct report report = report_of(place, 0, NOW + 1);
    assert_int_equal(report.total.confirmed, 1);
    assert_int_equal(report.total.removed, 1);
    const struct queue_act act = {"desk", "a mistake", NOW};
    expect_ok(place->store, queue_undo(place->store, ids[0], &act));
    expect_sums_hold(place);
    report = report_of(place, 0, NOW + 1);
    assert_int_equal(report.total.confirmed, 0);
    assert_int_equal(report.total.removed, 0);
}

static void what_is_purged_or_forgotten_keeps_no_place(void **state)
{
    struct place *place = *state;
    int64_t ids[ADS_COUNT];
    const struct purge_rules rules = {.dismissed_ms = 30 * DAY_MS,
                                      .pending_ms = 900 * DAY_MS,
                                      .exported_ms = 900 * DAY_MS,
                                      .watch_ms = 900 * DAY_MS,
                                      .sample_ms = 900 * DAY_MS};
    const struct purge_act act = {.who = "desk",
                                  .why = "as agreed",
                                  .now_unix_ms = NOW + 31 * DAY_MS,
                                  .evidence_dir = place->evidence_dir,
                                  .machine = ""};
    struct purge_result purged;
    struct forget_result forgotten;
    tell_all(place, ids);
    decide(place, ids[1], CASE_DISMISSED);
    const char *before = sums_of(place, place->store);
    expect_ok(place->store, purge_rows(place->store, &rules, &act, false, &purged));
    assert_string_equal(before, sums_of(place, place->store)); /* told, not done */
    expect_ok(place->store, purge_rows(place->store, &rules, &act, true, &purged));
    assert_int_equal(purged.dismissed, 1);
    expect_sums_hold(place);
    struct report report = report_of(place, 0, NOW + 1);
    assert_int_equal(group(&report, REPORT_PLACE, "unknown")->dismissed, 1);
    assert_int_equal(report.total.flagged, 4);
    struct digest hash = contact_key_hash(&place->key, CONTACT_TELEGRAM, SLICE("kerja_contoh99"));
    expect_ok(place->store, purge_contact(place->store, &hash, &act, &forgotten));
    expect_sums_hold(place);
    report = report_of(place, 0, NOW + 1);
    assert_int_equal(group(&report, REPORT_PLACE, "unknown")->flagged, 4);
    assert_int_equal(report.by[REPORT_PLACE].count, 1);
}

static void spans_are_whole_days_of_months(void **state)
{
    struct place *place = *state;
    static const char *const days[] = {"2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01",
                                       "2026-03-15", "2026-04-30", "2026-05-01"};
    const size_t count = sizeof days / sizeof days[0];
    int64_t at[8];
    for (size_t i = 0; i < count; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://a.example/%zu", i);
        assert_int_equal(clock_parse_iso(slice_of(days[i]), &at[i]), OK);
        struct told told = ADS[0];
        told.url = url;
        told.seen_unix_ms = at[i] + (i % 2 == 0 ? 0 : DAY_MS - 1);
        tell(place, &told);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i; k < count; k++) {
            struct report report = report_of(place, at[i], at[k] + DAY_MS);
            assert_int_equal(report.total.seen, k - i + 1);
            assert_int_equal(report.total.flagged, k - i + 1);
            assert_int_equal(report.pay[0].ads, k - i + 1);
        }
    }
    assert_int_equal(report_of(place, at[1] + 1000, at[1] + 2000).total.seen, 1); /* that day */
    assert_int_equal(report_of(place, at[4] + DAY_MS, at[5]).total.seen, 0);
    struct report all = report_of(place, at[0], at[6] + DAY_MS);
    assert_int_equal(all.by[REPORT_MONTH].count, 5);
    assert_string_equal(all.by[REPORT_MONTH].list[1].name, "2026-02");
    assert_int_equal(all.by[REPORT_MONTH].list[1].flagged, 2);
}

static void quartiles_are_those_of_each_ad(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 9; i++) { /* 100 100 100 400 500 600 700 800 900, over months */
        char url[64];
        snprintf(url, sizeof url, "http://a.example/%d", i);
        struct told told = ADS[0];
        told.url = url;
        told.task = i % 2 == 0 ? TASK_SCAM : TASK_GAMBLING;
        told.usd_cents = i < 3 ? 10000 : 10000 * (i + 1);
        told.ratio = i < 5 ? 0 : 100 * i;
        told.seen_unix_ms = NOW - (int64_t)(i * 17 % 9) * 20 * DAY_MS;
        tell(place, &told);
    }
    struct report report = report_of(place, 0, NOW + 1);
    assert_int_equal(report.pay[0].ads, 9);
    assert_int_equal(report.pay[0].usd[0].value, 100);
    assert_int_equal(report.pay[0].usd[1].value, 500);
    assert_int_equal(report.pay[0].usd[2].value, 700);
    assert_int_equal(report.pay[0].with_norm, 4);
    assert_int_equal(report.pay[0].ratio[1].value, 600);
    assert_int_equal(report.pay_count, 3);
}

static void a_store_that_is_not_counted_says_so_and_is_filled(void **state)
{
    struct place *place = *state;
    struct report report;
    const struct report_span span = {0, NOW + 1};
    int64_t ids[ADS_COUNT];
    tell_all(place, ids);
    const char *before = sums_of(place, place->store);
    forget_sums(place);
    assert_int_equal(report_make(place->store, place->arena, &span, NOW, &report), ERR_VERSION);
    assert_non_null(strstr(store_failure(place->store)->text, "lurewatch db migrate"));
    close_all(place);
    open_all(place);
    assert_string_equal(before, sums_of(place, place->store));
    assert_int_equal(report_of(place, 0, NOW + 1).total.seen, ADS_COUNT);
}

static void a_copy_counts_the_same(void **state)
{
    struct place *place = *state;
    struct store *copy = NULL;
    struct failure why = {0};
    char url[160];
    uint64_t rows = 0;
    int64_t ids[ADS_COUNT];
    tell_all(place, ids);
    decide(place, ids[0], CASE_CONFIRMED);
    snprintf(url, sizeof url, "sqlite:%s/copy.db", place->dir);
    assert_int_equal(store_copy(place->url, url, &rows, &why), OK);
    assert_int_equal(store_open(url, STORE_READ_ONLY, &copy, &why), OK);
    assert_string_equal(sums_of(place, place->store), sums_of(place, copy));
    store_close(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(each_change_keeps_the_sums_right),
        T(a_look_that_finds_it_gone_counts),
        T(what_is_purged_or_forgotten_keeps_no_place),
        T(spans_are_whole_days_of_months),
        T(quartiles_are_those_of_each_ad),
        T(a_store_that_is_not_counted_says_so_and_is_filled),
        T(a_copy_counts_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
