/* Pictures of cases: one for several cases, and retention that goes by all of them. */
#include "tests/unit/storage_fixture.h"

#include "storage/picture_rows.h"
#include "storage/purge.h"

#define DAY_MS (24LL * 3600 * 1000)
#define OWN    "http://board.example/img/a.png"

static const struct url_link LINK = {
    .url = OWN PICTURE_MARK, .host = "board.example", .kind = URL_POSTING, .depth = 1};

static int64_t put(struct place *place, const char *url)
{
    struct ad ad;
    struct posting_stored stored = {0};
    make_ad(&ad, url);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored.case_id;
}

static bool add(struct place *place, int64_t case_id)
{
    bool waits = false;
    expect_ok(place->store, picture_add(place->store, "board", case_id, &LINK, &waits));
    return waits;
}

/* As a sweep does it: evidence and rows in one transaction. */
static void fetch(struct place *place)
{
    struct url_row url;
    struct evidence_ref ref;
    struct digest digest = digest_of(SLICE("the bytes"));
    const struct url_outcome done = {.state = URL_DONE, .fetched_unix_ms = NOW};
    const struct evidence_page page = {.url = OWN,
                                       .fetched_unix_ms = NOW,
                                       .response_head = SLICE("HTTP/1.1 200 OK\r\n\r\n"),
                                       .response_body = SLICE("the bytes"),
                                       .metadata = SLICE("{}")};
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, url_get(place->store, place->arena, LINK.url, &url));
    expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
    expect_ok(place->store, picture_keep(place->store, url.id, &digest, ref.metadata_id, NOW));
    expect_ok(place->store, url_finish(place->store, url.id, &done));
    expect_ok(place->store, store_commit(place->store));
}

static struct picture_row only(struct place *place, int64_t case_id)
{
    struct picture_row *rows = NULL;
    size_t count = 0;
    expect_ok(place->store, pictures_of_case(place->store, place->arena, case_id, &rows, &count));
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].url, OWN);
    return rows[0];
}

static void dismiss(struct place *place, int64_t case_id)
{
    const struct queue_act act = {"ani", "seen", NOW};
    expect_ok(place->store, queue_decide(place->store, case_id, CASE_DISMISSED, &act));
}

static void purge(struct place *place, int64_t now)
{
    const struct purge_rules rules = {.dismissed_ms = 30 * DAY_MS,
                                      .pending_ms = 3000 * DAY_MS,
                                      .exported_ms = 365 * DAY_MS,
                                      .watch_ms = 365 * DAY_MS,
                                      .sample_ms = 90 * DAY_MS};
    const struct purge_act act = {.who = "desk",
                                  .why = "as agreed",
                                  .now_unix_ms = now,
                                  .evidence_dir = place->evidence_dir,
                                  .machine = ""};
    struct purge_result result = {0};
    evidence_close(place->evidence);
    place->evidence = NULL;
    expect_ok(place->store, purge_rows(place->store, &rules, &act, true, &result));
    expect_ok(place->store, purge_segments(place->store, &act, NULL, NULL, &result));
    place->evidence = open_evidence(place);
}

static void a_mark_is_told_and_taken_off(void **state)
{
    size_t bytes = 0;
    (void)state;
    assert_true(picture_is_marked(OWN PICTURE_MARK, &bytes));
    assert_int_equal(bytes, strlen(OWN));
    assert_false(picture_is_marked(OWN, &bytes));
    assert_false(picture_is_marked(PICTURE_MARK, &bytes));
}

static void one_picture_is_fetched_once_for_its_cases(void **state)
{
    struct place *place = *state;
    int64_t one = put(place, "http://board.example/job/1");
    int64_t two = put(place, "http://board.example/job/2");
    assert_true(add(place, one));
    assert_false(add(place, one));
    assert_string_equal(only(place, one).record_id, "");
    fetch(place);
    assert_false(add(place, two));
    assert_string_equal(only(place, one).record_id, only(place, two).record_id);
    assert_int_equal(only(place, one).state, URL_DONE);
}

static void it_goes_with_the_last_of_its_cases(void **state)
{
    struct place *place = *state;
    int64_t one = put(place, "http://board.example/job/1");
    int64_t two = put(place, "http://board.example/job/2");
    (void)add(place, one);
    (void)add(place, two);
    fetch(place);
    dismiss(place, one);
    purge(place, NOW + 400 * DAY_MS); /* an open case keeps it, however old it is */
    assert_false(only(place, one).purged);
    dismiss(place, two);
    purge(place, NOW + 401 * DAY_MS);
    assert_true(only(place, two).purged);
    int64_t three = put(place, "http://board.example/job/3");
    assert_true(add(place, three)); /* what is gone is asked for again */
    fetch(place);
    assert_false(only(place, three).purged);
}

/* As `queue add --image` does it. */
static void send_in(struct place *place, int64_t case_id, const char *bytes, const char *url)
{
    struct evidence_ref ref;
    struct picture_sent sent = {
        .source = "sent-in", .digest = digest_of(slice_of(bytes)), .at_unix_ms = NOW};
    const struct evidence_page page = {.url = url,
                                       .fetched_unix_ms = NOW,
                                       .resource_type = "image/png",
                                       .response_body = slice_of(bytes),
                                       .metadata = SLICE("{}")};
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
    sent.record = ref.response_id;
    sent.record_id = ref.metadata_id;
    expect_ok(place->store, picture_put(place->store, case_id, &sent));
    expect_ok(place->store, store_commit(place->store));
}

static void what_is_sent_in_is_the_cases_own_and_never_fetched(void **state)
{
    struct place *place = *state;
    struct picture_row *rows = NULL;
    struct url_row *pending = NULL;
    size_t count = 0;
    int64_t one = put(place, "http://board.example/job/1");
    int64_t two = put(place, "http://board.example/job/2");
    send_in(place, one, "the bytes", "urn:one");
    send_in(place, one, "the bytes", "urn:one"); /* sent again: no second row */
    send_in(place, two, "the bytes", "urn:two");
    expect_ok(place->store, pictures_of_case(place->store, place->arena, one, &rows, &count));
    assert_int_equal(count, 1);
    assert_true(rows[0].state == URL_DONE && !rows[0].purged);
    assert_true(slice_starts(slice_of(rows[0].url), "urn:uuid:"));
    const char *record = rows[0].record_id;
    expect_ok(place->store, pictures_of_case(place->store, place->arena, two, &rows, &count));
    assert_int_equal(count, 1);
    assert_string_not_equal(rows[0].record_id, record); /* with its own words */
    for (char n = 'a'; n < 'a' + 2 * (int)PICTURES_CASE_MAX; n++)
        send_in(place, one, (char[]){n, '\0'}, "urn:more");
    expect_ok(place->store, pictures_of_case(place->store, place->arena, one, &rows, &count));
    assert_int_equal(count, PICTURES_CASE_MAX);
    const struct url_query query = {.source = "sent-in", .limit = 500};
    expect_ok(place->store, urls_pending(place->store, place->arena, &query, &pending, &count));
    assert_int_equal(count, 0);
    dismiss(place, two);
    purge(place, NOW + 400 * DAY_MS);
    expect_ok(place->store, pictures_of_case(place->store, place->arena, two, &rows, &count));
    assert_true(rows[0].purged);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_mark_is_told_and_taken_off),
                                       TEST(one_picture_is_fetched_once_for_its_cases),
                                       TEST(it_goes_with_the_last_of_its_cases),
                                       TEST(what_is_sent_in_is_the_cases_own_and_never_fetched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
