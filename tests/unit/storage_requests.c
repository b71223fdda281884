/* Requests: the drawing of request_rows.h, two people, and the history of the case. */
#include "storage/request_rows.h"
#include "tests/unit/storage_fixture.h"

static const struct queue_act ani = {"ani", "", NOW}, budi = {"budi", "", NOW + 1000};

static int64_t confirmed_case(struct place *place)
{
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, "http://board.example/job/7");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    expect_ok(place->store, queue_decide(place->store, stored.case_id, CASE_CONFIRMED, &ani));
    return stored.case_id;
}

static struct request_draft draft_of(int64_t case_id)
{
    return (struct request_draft){case_id, "board",           "Board", "request",
                                  "id",    "a@board.example", ""};
}

static void a_request_goes_its_way(void **state)
{
    struct place *place = *state;
    struct request_row row;
    struct case_full full;
    int64_t id = 0;
    const struct request_draft draft = draft_of(confirmed_case(place));
    expect_ok(place->store, request_draft(place->store, &draft, &ani, &id));
    assert_int_equal(request_draft(place->store, &draft, &ani, &id), ERR_CONFLICT);
    assert_int_equal(request_change(place->store, id, REQUEST_SENT, &budi), ERR_CONFLICT);
    assert_non_null(strstr(store_failure(place->store)->text, "not approved"));
    assert_int_equal(request_approve(place->store, id, 2, &ani), ERR_CONFLICT);
    expect_ok(place->store, request_approve(place->store, id, 2, &budi));
    assert_int_equal(request_approve(place->store, id, 1, &budi), ERR_CONFLICT);
    expect_ok(place->store, request_change(place->store, id, REQUEST_SENT, &ani));
    assert_int_equal(request_change(place->store, id, REQUEST_SENT, &ani), ERR_CONFLICT);
    expect_ok(place->store, request_change(place->store, id, REQUEST_REFUSED, &ani));
    expect_ok(place->store, request_change(place->store, id, REQUEST_ACKNOWLEDGED, &ani));
    expect_ok(place->store, request_get(place->store, place->arena, id, &row));
    assert_int_equal(row.state, REQUEST_ACKNOWLEDGED);
    assert_int_equal(row.sent_unix_ms, NOW);
    assert_string_equal(row.approved_by, "budi");
    assert_string_equal(row.url, "http://board.example/job/7");
    expect_ok(place->store, queue_show(place->store, place->arena, draft.case_id, NOW, &full));
    unsigned requests = 0;
    for (size_t i = 0; i < full.history_count; i++)
        requests += strcmp(full.history[i].action, "request") == 0;
    assert_int_equal(requests, 5);
}

static void an_ad_that_changed_takes_its_approval_back(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    struct request_row row;
    struct case_full full;
    int64_t id = 0;
    const struct request_draft draft = draft_of(confirmed_case(place));
    expect_ok(place->store, request_draft(place->store, &draft, &ani, &id));
    expect_ok(place->store, request_approve(place->store, id, 2, &budi));
    make_ad(&ad, "http://board.example/job/7");
    expect_ok(place->store, put_ad(place, &ad, &stored)); /* the same: approved it stays */
    expect_ok(place->store, request_get(place->store, place->arena, id, &row));
    assert_string_equal(row.approved_by, "budi");
    ad.posting.field[POSTING_TITLE] = SLICE("Cashier of a small shop");
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    expect_ok(place->store, request_get(place->store, place->arena, id, &row));
    assert_int_equal(row.approved_unix_ms, 0);
    assert_string_equal(row.approved_by, "");
    assert_int_equal(request_begin_mail(place->store, id, &ani), ERR_CONFLICT);
    expect_ok(place->store, queue_show(place->store, place->arena, draft.case_id, NOW, &full));
    const struct audit_entry *last = &full.history[full.history_count - 1];
    assert_string_equal(last->from, "approved");
    assert_string_equal(last->to, "drafted");
    assert_non_null(strstr(last->why, "another version of the ad"));
    expect_ok(place->store, request_approve(place->store, id, 2, &budi));
    expect_ok(place->store, request_begin_mail(place->store, id, &ani));
}

/* Two processes, and people between them. */
static void only_what_one_began_to_mail_it_ends(void **state)
{
    struct place *place = *state;
    const struct queue_act because = {"ani", "a genuine employer", NOW + 2000};
    struct request_row row;
    struct case_full full;
    int64_t id = 0;
    const struct request_draft draft = draft_of(confirmed_case(place));
    expect_ok(place->store, request_draft(place->store, &draft, &ani, &id));
    expect_ok(place->store, request_approve(place->store, id, 2, &budi));
    expect_ok(place->store, request_begin_mail(place->store, id, &ani));
    expect_ok(place->store, request_approve(place->store, id, 2, &budi)); /* "it did not arrive" */
    expect_ok(place->store, request_begin_mail(place->store, id, &budi));
    expect_ok(place->store, request_end_mail(place->store, id, &ani));
    expect_ok(place->store, request_get(place->store, place->arena, id, &row));
    assert_int_equal(row.mailing_unix_ms, budi.now_unix_ms);
    expect_ok(place->store, request_change(place->store, id, REQUEST_WITHDRAWN, &because));
    expect_ok(place->store, request_end_mail(place->store, id, &budi));
    expect_ok(place->store, request_get(place->store, place->arena, id, &row));
    assert_int_equal(row.state, REQUEST_WITHDRAWN);
    assert_int_equal(row.mailing_unix_ms, 0); /* nobody got it: no correction says so */
    expect_ok(place->store, queue_show(place->store, place->arena, draft.case_id, NOW, &full));
    const struct audit_entry *last = &full.history[full.history_count - 1];
    assert_string_equal(last->from, "mailing");
    assert_string_equal(last->to, "withdrawn");
}

static void withdrawn_is_the_end_and_wants_a_reason(void **state)
{
    struct place *place = *state;
    const struct queue_act because = {"ani", "a genuine employer", NOW};
    int64_t id = 0;
    const struct request_draft draft = draft_of(confirmed_case(place));
    expect_ok(place->store, request_draft(place->store, &draft, &ani, &id));
    assert_int_equal(request_change(place->store, id, REQUEST_WITHDRAWN, &ani), ERR_SYNTAX);
    expect_ok(place->store, request_change(place->store, id, REQUEST_WITHDRAWN, &because));
    for (int state_to = 0; state_to < REQUEST_STATE_COUNT; state_to++)
        assert_int_equal(request_change(place->store, id, (enum request_state)state_to, &because),
                         ERR_CONFLICT);
}

static void only_a_confirmed_case_is_asked_about(void **state)
{
    struct place *place = *state;
    int64_t id = 0, case_id = confirmed_case(place);
    const struct request_draft draft = draft_of(case_id), none = draft_of(77);
    expect_ok(place->store, request_draft(place->store, &draft, &ani, &id));
    expect_ok(place->store, request_approve(place->store, id, 1, &ani));
    expect_ok(place->store, queue_undo(place->store, case_id, &ani));
    assert_int_equal(request_change(place->store, id, REQUEST_SENT, &ani), ERR_CONFLICT);
    assert_int_equal(request_draft(place->store, &none, &ani, &id), ERR_NOT_FOUND);
    assert_int_equal(request_approve(place->store, 99, 1, &ani), ERR_NOT_FOUND);
    const struct queue_act nobody = {"", "", NOW};
    assert_int_equal(request_draft(place->store, &draft, &nobody, &id), ERR_SYNTAX);
}

static void lists_are_filtered_and_paged(void **state)
{
    struct place *place = *state;
    struct request_row *rows = NULL;
    size_t count = 0;
    int64_t id = 0, case_id = confirmed_case(place);
    static const char *const to[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; i++) {
        struct request_draft draft = draft_of(case_id);
        draft.recipient = to[i];
        expect_ok(place->store, request_draft(place->store, &draft, &ani, &id));
    }
    expect_ok(place->store, request_approve(place->store, 2, 1, &ani));
    struct request_query query = {.limit = 2};
    expect_ok(place->store, request_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 2);
    query.after_id = rows[1].id;
    expect_ok(place->store, request_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 1);
    query =
        (struct request_query){.states = 1u << REQUEST_DRAFTED, .only_approved = true, .limit = 9};
    expect_ok(place->store, request_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].recipient, "b");
    query = (struct request_query){.case_id = case_id + 1, .limit = 9};
    expect_ok(place->store, request_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_goes_its_way, make_place, drop_place),
        cmocka_unit_test_setup_teardown(an_ad_that_changed_takes_its_approval_back, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(only_what_one_began_to_mail_it_ends, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(withdrawn_is_the_end_and_wants_a_reason, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(only_a_confirmed_case_is_asked_about, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(lists_are_filtered_and_paged, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
