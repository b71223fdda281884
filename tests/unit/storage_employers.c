/* Employers that were checked: their cases are ranked last, never cleared, and only for a time. */
#include "tests/unit/storage_fixture.h"

#include "storage/employer_rows.h"
#include "storage/store_inside.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static const struct queue_act check = {"ani", "register number 12, called", NOW};

static int64_t put_firm(struct place *place, const char *url, const char *firm, int level)
{
    struct ad ad;
    struct posting_stored stored = {0};
    make_ad(&ad, url);
    ad.posting.field[POSTING_EMPLOYER] = slice_of(firm);
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    ad.verdict.indicator_level = level;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored.case_id;
}

static struct case_row row_of(struct place *place, int64_t id)
{
    struct case_row row;
    expect_ok(place->store, queue_get(place->store, place->arena, id, NOW, &row));
    return row;
}

static int64_t last_of_list(struct place *place, size_t *ret_count)
{
    struct case_row *rows = NULL;
    const struct case_query query = {.task = -1, .band = -1, .now_unix_ms = NOW, .limit = 50};
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, ret_count));
    return rows[*ret_count - 1].id;
}

static void its_cases_are_ranked_last_and_stay_cases(void **state)
{
    struct place *place = *state;
    uint32_t cases = 0;
    size_t count = 0;
    int64_t before = put_firm(place, "http://board.example/job/1", "PT. Contoh Jaya", 2);
    int64_t other = put_firm(place, "http://board.example/job/2", "PT Lain", 2);
    expect_ok(place->store,
              employer_check(place->store, "pt contoh jaya", NOW + DAY_MS, &check, &cases));
    assert_int_equal(cases, 1);
    int64_t after = put_firm(place, "http://board.example/job/3", "PT Contoh-Jaya", 2);
    struct case_row row = row_of(place, after);
    assert_int_equal(row.state, CASE_NEW);
    assert_int_equal(row.band, BAND_URGENT);
    assert_int_equal(row.logit_tenths, EMPLOYER_LOGIT_TENTHS);
    assert_int_equal(row.verdict_logit_tenths, 32);
    assert_string_equal(row.checked_by, "ani");
    assert_int_equal(row.checked_until_unix_ms, NOW + DAY_MS);
    assert_int_equal(row_of(place, before).logit_tenths, EMPLOYER_LOGIT_TENTHS);
    assert_int_equal(row_of(place, other).logit_tenths, 32);
    assert_int_equal(last_of_list(place, &count), after);
    assert_int_equal(count, 3);
    struct case_full full;
    expect_ok(place->store, queue_show(place->store, place->arena, before, NOW, &full));
    assert_string_equal(full.history[full.history_count - 1].action, "rank");
    assert_string_equal(full.history[full.history_count - 1].who, "ani");
    assert_string_equal(full.history[full.history_count - 1].why, check.why);
    /* judged again, nothing changes */
    int64_t again = put_firm(place, "http://board.example/job/3", "PT Contoh-Jaya", 2);
    assert_int_equal(again, after);
    assert_int_equal(row_of(place, after).logit_tenths, EMPLOYER_LOGIT_TENTHS);
}

static void the_strongest_kinds_are_not_held_back(void **state)
{
    struct place *place = *state;
    uint32_t cases = 0;
    int64_t strong = put_firm(place, "http://board.example/job/1", "PT Contoh", 3);
    expect_ok(place->store,
              employer_check(place->store, "PT Contoh", NOW + DAY_MS, &check, &cases));
    assert_int_equal(cases, 0);
    assert_int_equal(row_of(place, strong).logit_tenths, 32);
    int64_t later = put_firm(place, "http://board.example/job/2", "PT Contoh", 3);
    assert_int_equal(row_of(place, later).logit_tenths, 32);
}

static void a_check_ends_by_hand_and_by_its_day(void **state)
{
    struct place *place = *state;
    uint32_t cases = 0, ended = 0;
    struct employer_row *rows = NULL;
    size_t count = 0;
    int64_t id = put_firm(place, "http://board.example/job/1", "PT Contoh", 2);
    expect_ok(place->store,
              employer_check(place->store, "PT Contoh", NOW + DAY_MS, &check, &cases));
    expect_ok(place->store, employer_list(place->store, place->arena, NOW, &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].cases, 1);
    assert_string_equal(rows[0].name, "PT Contoh");
    expect_ok(place->store, employer_uncheck(place->store, "PT CONTOH", &check, &cases));
    assert_int_equal(cases, 1);
    assert_int_equal(row_of(place, id).logit_tenths, 32);
    assert_string_equal(row_of(place, id).checked_by, "");
    assert_int_equal(employer_uncheck(place->store, "PT CONTOH", &check, &cases), ERR_NOT_FOUND);

    expect_ok(place->store,
              employer_check(place->store, "PT Contoh", NOW + DAY_MS, &check, &cases));
    expect_ok(place->store, employers_settle(place->store, NOW, &ended));
    assert_int_equal(ended, 0);
    expect_ok(place->store, employers_settle(place->store, NOW + DAY_MS, &ended));
    assert_int_equal(ended, 1);
    assert_int_equal(row_of(place, id).logit_tenths, 32);
    int64_t bad = 0;
    uint64_t rows_seen = 0;
    expect_ok(place->store, audit_verify(place->store, &bad, &rows_seen));
    assert_int_equal(bad, 0);
}

static void a_check_says_who_how_and_until_when(void **state)
{
    struct place *place = *state;
    uint32_t cases = 0;
    const struct queue_act silent = {"ani", "", NOW}, nobody = {"", "called", NOW};
    assert_int_equal(employer_check(place->store, "PT Contoh", NOW + 1, &silent, &cases),
                     ERR_SYNTAX);
    assert_int_equal(employer_check(place->store, "PT Contoh", NOW + 1, &nobody, &cases),
                     ERR_SYNTAX);
    assert_int_equal(employer_check(place->store, " - ", NOW + 1, &check, &cases), ERR_SYNTAX);
    assert_int_equal(employer_check(place->store, "PT Contoh", NOW, &check, &cases), ERR_SYNTAX);
    assert_int_equal(employer_check(place->store, "PT Contoh", NOW + EMPLOYER_CHECKED_MS_MAX + 1,
                                    &check, &cases),
                     ERR_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_cases_are_ranked_last_and_stay_cases, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(the_strongest_kinds_are_not_held_back, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_check_ends_by_hand_and_by_its_day, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_check_says_who_how_and_until_when, make_place,
                                        drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
