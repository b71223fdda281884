/* Two people for the strongest cases; the random audit and what it says of recall. */
#include "tests/unit/storage_fixture.h"

#include "storage/campaigns.h"
#include "storage/db.h"
#include "storage/queue_second.h"
#include "storage/sample_rows.h"
#include "storage/store_inside.h"

static int64_t put_level(struct place *place, const char *url, int level)
{
    struct ad ad;
    struct posting_stored stored = {0};
    make_ad(&ad, url);
    ad.verdict.indicator_level = level;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored.case_id;
}

static int decide(struct place *place, int64_t id, enum case_state state, const char *who)
{
    const struct queue_act act = {who, "seen", NOW};
    return queue_decide(place->store, id, state, &act);
}

static enum case_state state_of(struct place *place, int64_t id)
{
    struct case_row row;
    expect_ok(place->store, queue_get(place->store, place->arena, id, NOW, &row));
    return row.state;
}

static void the_strongest_cases_want_two_people(void **state)
{
    struct place *place = *state;
    struct queue_first first;
    const struct queue_act undo = {"budi", "wrong", NOW};
    int64_t strong = put_level(place, "http://board.example/job/1", 3);
    int64_t other = put_level(place, "http://board.example/job/2", 1);
    queue_second_set(place->store, SECOND_STRONG);
    expect_ok(place->store, decide(place, other, CASE_CONFIRMED, "ani"));
    assert_int_equal(state_of(place, other), CASE_CONFIRMED);
    expect_ok(place->store, decide(place, strong, CASE_CONFIRMED, "ani"));
    assert_int_equal(state_of(place, strong), CASE_NEW);
    expect_ok(place->store, queue_first(place->store, place->arena, strong, &first));
    assert_string_equal(first.by, "ani");
    assert_int_equal(first.decision, CASE_CONFIRMED);
    assert_int_equal(decide(place, strong, CASE_CONFIRMED, "ani"), ERR_CONFLICT);
    expect_ok(place->store, decide(place, strong, CASE_CONFIRMED, "budi"));
    assert_int_equal(state_of(place, strong), CASE_CONFIRMED);
    expect_ok(place->store, queue_undo(place->store, strong, &undo));
    expect_ok(place->store, queue_first(place->store, place->arena, strong, &first));
    assert_string_equal(first.by, "");
    expect_ok(place->store, decide(place, strong, CASE_CONFIRMED, "budi"));
    assert_int_equal(state_of(place, strong), CASE_NEW);
    expect_ok(place->store, decide(place, strong, CASE_DISMISSED, "ani"));
    assert_int_equal(state_of(place, strong), CASE_UNSURE);
    struct case_full full;
    expect_ok(place->store, queue_show(place->store, place->arena, strong, NOW, &full));
    assert_string_equal(full.row.note, "budi says confirmed, ani says dismissed: seen");
}

static void another_version_wants_two_people_anew(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    struct queue_first first;
    int64_t id = put_level(place, "http://board.example/job/1", 3);
    queue_second_set(place->store, SECOND_STRONG);
    expect_ok(place->store, decide(place, id, CASE_CONFIRMED, "ani"));
    make_ad(&ad, "http://board.example/job/1");
    ad.verdict.indicator_level = 3;
    ad.posting.field[POSTING_TITLE] = SLICE("Cashier of a small shop");
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_int_equal(stored.case_id, id);
    expect_ok(place->store, queue_first(place->store, place->arena, id, &first));
    assert_string_equal(first.by, "");
    expect_ok(place->store, decide(place, id, CASE_CONFIRMED, "budi"));
    assert_int_equal(state_of(place, id), CASE_NEW);
    expect_ok(place->store, decide(place, id, CASE_CONFIRMED, "ani"));
    assert_int_equal(state_of(place, id), CASE_CONFIRMED);
}

static void a_named_firm_wants_two_where_it_is_asked_for(void **state)
{
    struct place *place = *state;
    int64_t id = put_level(place, "http://board.example/job/1", 1);
    queue_second_set(place->store, SECOND_FIRMS);
    expect_ok(place->store, decide(place, id, CASE_DISMISSED, "ani"));
    assert_int_equal(state_of(place, id), CASE_NEW);
    expect_ok(place->store, decide(place, id, CASE_UNSURE, "ani"));
    assert_int_equal(state_of(place, id), CASE_UNSURE);
}

static void who_may_not_be_the_second_is_refused_however_it_is_asked(void **state)
{
    struct place *place = *state;
    const struct queue_act ani = {"ani", "", NOW}, budi = {"budi", "", NOW};
    uint32_t decided = 0, waiting = 0, left = 0;
    int64_t strong = put_level(place, "http://board.example/job/1", 3);
    int64_t weak = put_level(place, "http://board.example/job/2", 1);
    queue_second_set(place->store, SECOND_STRONG);
    expect_ok(place->store, decide(place, strong, CASE_CONFIRMED, "ani"));
    queue_first_only_set(place->store, true);
    assert_int_equal(decide(place, strong, CASE_CONFIRMED, "budi"), ERR_CONFLICT);
    assert_int_equal(decide(place, strong, CASE_UNSURE, "budi"), ERR_CONFLICT);
    expect_ok(place->store,
              db_run(store_db(place->store), "UPDATE cases SET campaign = 1", DB_NONE));
    expect_ok(place->store, campaign_decide(place->store, weak, CASE_CONFIRMED, &budi, &decided,
                                            &waiting, &left));
    assert_int_equal(decided, 1);
    assert_int_equal(left, 1);
    assert_int_equal(state_of(place, strong), CASE_NEW);
    expect_ok(place->store, queue_undo(place->store, weak, &budi));
    /* nor does one's own first decision keep the others of a campaign from being decided */
    queue_first_only_set(place->store, false);
    expect_ok(place->store,
              campaign_decide(place->store, weak, CASE_CONFIRMED, &ani, &decided, &waiting, &left));
    assert_int_equal(decided, 1);
    assert_int_equal(left, 1);
    assert_int_equal(state_of(place, strong), CASE_NEW);
    expect_ok(place->store, decide(place, strong, CASE_CONFIRMED, "citra"));
    assert_int_equal(state_of(place, strong), CASE_CONFIRMED);
}

static void the_first_of_two_is_taken_back_by_who_made_it(void **state)
{
    struct place *place = *state;
    struct queue_first first;
    const struct queue_act ani = {"ani", "a slip", NOW}, budi = {"budi", "", NOW};
    int64_t id = put_level(place, "http://board.example/job/1", 3);
    queue_second_set(place->store, SECOND_STRONG);
    expect_ok(place->store, decide(place, id, CASE_CONFIRMED, "ani"));
    assert_int_equal(queue_undo(place->store, id, &budi), ERR_CONFLICT);
    expect_ok(place->store, queue_undo(place->store, id, &ani));
    expect_ok(place->store, queue_first(place->store, place->arena, id, &first));
    assert_string_equal(first.by, "");
    assert_int_equal(queue_undo(place->store, id, &ani), ERR_CONFLICT);
    expect_ok(place->store, decide(place, id, CASE_DISMISSED, "ani"));
    expect_ok(place->store, decide(place, id, CASE_DISMISSED, "budi"));
    assert_int_equal(state_of(place, id), CASE_DISMISSED);
}

static void what_was_exported_is_undone_on_record(void **state)
{
    struct place *place = *state;
    struct audit_entry *rows = NULL;
    size_t count = 0;
    const struct queue_act act = {"ani", "csv", NOW};
    int64_t id = put_level(place, "http://board.example/job/1", 1);
    expect_ok(place->store, decide(place, id, CASE_CONFIRMED, "ani"));
    expect_ok(place->store, queue_exported(place->store, id, &act));
    expect_ok(place->store, queue_undo(place->store, id, &act));
    const struct audit_query query = {.object = "case", .object_id = id, .limit = 500};
    expect_ok(place->store, audit_list(place->store, place->arena, &query, &rows, &count));
    assert_string_equal(rows[count - 1].action, "undo");
    assert_string_equal(rows[count - 1].from, "confirmed, exported");
}

static void put_clear(struct place *place, int n, bool sampled)
{
    struct ad ad;
    struct posting_stored stored;
    char url[64];
    snprintf(url, sizeof url, "http://board.example/clear/%d", n);
    make_ad(&ad, url);
    ad.verdict.band = BAND_CLEAR;
    ad.verdict.logit_tenths = -50;
    ad.seen.sampled = sampled;
    expect_ok(place->store, put_ad(place, &ad, &stored));
}

static void the_sample_says_what_is_missed(void **state)
{
    struct place *place = *state;
    struct sampled_ad *rows = NULL;
    struct recall_estimate estimate;
    size_t count = 0;
    const struct queue_act act = {"ani", "", NOW};
    for (int i = 0; i < 40; i++)
        put_clear(place, i, i < 10);
    for (int i = 0; i < 4; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://board.example/job/%d", i);
        int64_t id = put_level(place, url, 1);
        expect_ok(place->store, decide(place, id, i < 3 ? CASE_CONFIRMED : CASE_DISMISSED, "ani"));
    }
    expect_ok(place->store, sample_list(place->store, place->arena, 500, &rows, &count));
    assert_int_equal(count, 10);
    assert_true(strlen(rows[0].text) > 0);
    assert_null(strstr(rows[0].text, "kerja_contoh99"));
    for (size_t i = 0; i < count; i++)
        expect_ok(place->store, sample_mark(place->store, rows[i].posting_id, i == 0, &act));
    assert_int_equal(sample_mark(place->store, rows[0].posting_id, true, &act), ERR_CONFLICT);
    assert_int_equal(sample_mark(place->store, 99999, true, &act), ERR_NOT_FOUND);
    expect_ok(place->store, sample_list(place->store, place->arena, 500, &rows, &count));
    assert_int_equal(count, 0);
    expect_ok(place->store, sample_estimate(place->store, &estimate));
    assert_int_equal(estimate.looked_at, 10);
    assert_int_equal(estimate.lures, 1);
    assert_int_equal(estimate.unflagged, 40);
    /* 1 of 10, Wilson 95%: 0.0179 to 0.4042; missed 4 of 40, caught 3 */
    assert_true(estimate.missed.low > 0.0178 && estimate.missed.low < 0.0180);
    assert_true(estimate.missed.high > 0.404 && estimate.missed.high < 0.4043);
    assert_true(estimate.recall.share > 0.428 && estimate.recall.share < 0.429);
    assert_true(estimate.recall.low > 0.156 && estimate.recall.low < 0.157);
    assert_true(estimate.recall.high > 0.807 && estimate.recall.high < 0.808);
    struct interval precision;
    uint64_t decided = 0;
    expect_ok(place->store, queue_precision_from(place->store, 0, &precision, &decided));
    assert_int_equal(decided, 4);
    assert_true(precision.share > 0.749 && precision.share < 0.751);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_strongest_cases_want_two_people, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(another_version_wants_two_people_anew, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_named_firm_wants_two_where_it_is_asked_for, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(who_may_not_be_the_second_is_refused_however_it_is_asked,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(the_first_of_two_is_taken_back_by_who_made_it, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(what_was_exported_is_undone_on_record, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(the_sample_says_what_is_missed, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
