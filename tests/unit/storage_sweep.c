/* What a sweep finds again: rounds, URLs, hosts, requests, runs, health, poisoned pages. */
#include "tests/unit/storage_fixture.h"

#include "storage/db.h"
#include "storage/host_rows.h"
#include "storage/run_rows.h"
#include "storage/store_inside.h"

#define HOUR (3600 * 1000LL)

static void add(struct place *place, const char *url, enum url_kind kind, uint32_t depth)
{
    struct url_link link = {url, "board.example", kind, depth, 0};
    expect_ok(place->store, urls_add(place->store, "board", &link, 1, NULL));
}

static struct url_row get(struct place *place, const char *url)
{
    struct url_row row;
    expect_ok(place->store, url_get(place->store, place->arena, url, &row));
    return row;
}

static void finish(struct place *place, const char *url, enum url_state state, int64_t refetch)
{
    struct url_outcome outcome = {.state = state,
                                  .attempts = 1,
                                  .refetch_unix_ms = refetch,
                                  .fetched_unix_ms = NOW,
                                  .http_status = 200};
    expect_ok(place->store, url_finish(place->store, get(place, url).id, &outcome));
}

static void a_round_is_due_begun_resumed_and_finished(void **state)
{
    struct place *place = *state;
    struct round round, again;
    expect_ok(place->store, round_peek(place->store, "board", HOUR, NOW, &round));
    assert_true(round.due && !round.resumed && round.id == 0);
    expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW, &round));
    assert_true(round.due && !round.resumed && round.id > 0);
    add(place, "http://board.example/", URL_LISTING, 0);
    expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW + 2 * HOUR, &again));
    assert_true(again.due && again.resumed);
    assert_int_equal(again.id, round.id);
    assert_int_equal(again.started_unix_ms, NOW);
    expect_ok(place->store, round_peek(place->store, "board", HOUR, NOW + 2 * HOUR, &again));
    assert_int_equal(again.pending, 1);
    expect_ok(place->store, round_finish(place->store, round.id, NOW + 10));
    assert_int_equal(round_finish(place->store, round.id, NOW), ERR_NOT_FOUND);
    expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW + HOUR - 1, &again));
    assert_false(again.due);
    assert_int_equal(again.id, 0);
    assert_int_equal(again.next_due_unix_ms, NOW + HOUR);
    expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW + HOUR, &again));
    assert_true(again.due && !again.resumed && again.id != round.id);
    expect_ok(place->store, round_finish(place->store, again.id, NOW + HOUR));
    expect_ok(place->store, round_peek(place->store, "board", HOUR, NOW - 9 * HOUR, &again));
    assert_true(again.due); /* the clock was set back: better early than never */
}

static void a_new_round_asks_again_what_may_have_changed(void **state)
{
    struct place *place = *state;
    struct round round;
    static const struct {
        const char *url;
        enum url_kind kind;
        uint32_t depth;
        enum url_state state;
        int64_t refetch;
        bool again;
    } cases[] = {
        {"http://board.example/l1", URL_LISTING, 1, URL_DONE, 0, true},
        {"http://board.example/l2", URL_LISTING, 1, URL_FAILED, 0, true},
        {"http://board.example/l3", URL_LISTING, 1, URL_DENIED, 0, true},
        {"http://board.example/l4", URL_LISTING, 2, URL_GONE, 0, false},
        {"http://board.example/l5", URL_LISTING, 0, URL_GONE, 0, true},
        {"http://board.example/l6", URL_FEED, 0, URL_DONE, 0, true},
        {"http://board.example/p1", URL_POSTING, 1, URL_DONE, NOW + HOUR, true},
        {"http://board.example/p2", URL_POSTING, 1, URL_DONE, NOW + 9 * HOUR, false},
        {"http://board.example/p3", URL_POSTING, 1, URL_DONE, 0, false},
        {"http://board.example/p4", URL_POSTING, 1, URL_GONE, NOW, true},
        {"http://board.example/p5", URL_POSTING, 1, URL_POISONED, 0, false},
    };
    size_t count = sizeof cases / sizeof cases[0];
    expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW, &round));
    for (size_t i = 0; i < count; i++) {
        add(place, cases[i].url, cases[i].kind, cases[i].depth);
        finish(place, cases[i].url, cases[i].state, cases[i].refetch);
    }
    expect_ok(place->store, round_finish(place->store, round.id, NOW));
    expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW + 2 * HOUR, &round));
    for (size_t i = 0; i < count; i++) {
        struct url_row row = get(place, cases[i].url);
        if ((row.state == URL_PENDING) != cases[i].again)
            fail_msg("%s is %s", cases[i].url, url_state_name(row.state));
        assert_int_equal(row.attempts, cases[i].again ? 0 : 1);
    }
    expect_ok(place->store, round_peek(place->store, "board", HOUR, NOW + 2 * HOUR, &round));
    assert_int_equal(round.pending, 7);
}

static void links_are_new_once_over_all_sources(void **state)
{
    struct place *place = *state;
    bool is_new[3] = {false, false, false};
    struct url_link links[3] = {{"http://a.example/1", "a.example", URL_POSTING, 1, 0},
                                {"http://a.example/2", "a.example", URL_POSTING, 1, 0},
                                {"http://a.example/1", "a.example", URL_POSTING, 2, 0}};
    expect_ok(place->store, urls_add(place->store, "one", links, 3, is_new));
    assert_true(is_new[0] && is_new[1] && !is_new[2]);
    expect_ok(place->store, urls_add(place->store, "two", links, 2, is_new));
    assert_false(is_new[0] || is_new[1]);
    struct url_row row = get(place, "http://a.example/1");
    assert_string_equal(row.source, "one");
    assert_int_equal(row.depth, 1);
    struct url_row none;
    assert_int_equal(url_get(place->store, place->arena, "http://a.example/9", &none),
                     ERR_NOT_FOUND);
}

static void pending_comes_in_pages_by_host(void **state)
{
    struct place *place = *state;
    char url[64], host[32];
    for (int i = 0; i < 25; i++) {
        snprintf(host, sizeof host, "h%d.example", i % 2);
        snprintf(url, sizeof url, "http://%s/%d", host, i);
        struct url_link link = {url, host, URL_POSTING, 1, 0};
        expect_ok(place->store, urls_add(place->store, "board", &link, 1, NULL));
    }
    struct url_query query = {.source = "board", .host = "h0.example", .limit = 5};
    struct url_row *rows = NULL;
    size_t count = 5, seen = 0;
    while (count == 5) {
        expect_ok(place->store, urls_pending(place->store, place->arena, &query, &rows, &count));
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(rows[i].host, "h0.example");
            assert_true(rows[i].id > query.after_id);
            query.after_id = rows[i].id;
        }
        seen += count;
    }
    assert_int_equal(seen, 13);
    query = (struct url_query){.source = "board", .limit = 500};
    expect_ok(place->store, urls_pending(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 25);
    query.source = "nobody";
    expect_ok(place->store, urls_pending(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 0);
    struct host_pending *hosts = NULL;
    expect_ok(place->store, hosts_pending(place->store, place->arena, NULL, &hosts, &count));
    assert_int_equal(count, 2);
    assert_string_equal(hosts[1].host, "h1.example");
    assert_int_equal(hosts[1].pending, 12);
    expect_ok(place->store, hosts_pending(place->store, place->arena, "board", &hosts, &count));
    assert_int_equal(count, 2);
}

static void an_outcome_keeps_what_it_does_not_name(void **state)
{
    struct place *place = *state;
    add(place, "http://board.example/1", URL_POSTING, 1);
    int64_t id = get(place, "http://board.example/1").id;
    struct digest digest = digest_of(SLICE("body"));
    struct url_outcome outcome = {.state = URL_DONE,
                                  .attempts = 1,
                                  .fetched_unix_ms = NOW,
                                  .http_status = 200,
                                  .etag = "\"a\"",
                                  .last_modified = "Tue, 24 Nov 2026 09:27:03 GMT",
                                  .digest = &digest};
    expect_ok(place->store, url_finish(place->store, id, &outcome));
    outcome = (struct url_outcome){
        .state = URL_PENDING, .attempts = 2, .next_try_unix_ms = NOW + 5, .why = "503"};
    expect_ok(place->store, url_finish(place->store, id, &outcome));
    struct url_row row = get(place, "http://board.example/1");
    assert_int_equal(row.state, URL_PENDING);
    assert_int_equal(row.attempts, 2);
    assert_int_equal(row.next_try_unix_ms, NOW + 5);
    assert_string_equal(row.etag, "\"a\"");
    assert_string_equal(row.why, "503");
    assert_true(row.has_digest);
    assert_memory_equal(row.digest.bytes, digest.bytes, DIGEST_BYTES);
    assert_int_equal(row.kind, URL_POSTING);
    assert_int_equal(url_finish(place->store, 999, &outcome), ERR_NOT_FOUND);
    add(place, "http://board.example/2", URL_LISTING, 1);
    outcome = (struct url_outcome){.state = URL_DONE, .is_posting = true};
    id = get(place, "http://board.example/2").id;
    expect_ok(place->store, url_finish(place->store, id, &outcome));
    assert_int_equal(get(place, "http://board.example/2").kind, URL_POSTING);
    const char *text = NULL;
    expect_ok(place->store, url_text(place->store, place->arena, id, &text));
    assert_string_equal(text, "http://board.example/2");
    assert_int_equal(url_text(place->store, place->arena, 999, &text), ERR_NOT_FOUND);
}

static void hosts_remember_politeness_and_robots(void **state)
{
    struct place *place = *state;
    struct host_row row;
    assert_int_equal(host_get(place->store, place->arena, "a.example", &row), ERR_NOT_FOUND);
    assert_string_equal(row.host, "a.example");
    assert_int_equal(row.next_allowed_unix_ms, 0);
    row.robots_http_status = 200;
    row.robots_body = SLICE("User-agent: *\nDisallow: /x\0y");
    row.robots_fetched_unix_ms = NOW;
    row.robots_expires_unix_ms = NOW + 24 * HOUR;
    row.robots_why = "";
    expect_ok(place->store, host_put_robots(place->store, &row));
    row.next_allowed_unix_ms = NOW + 1000;
    row.delay_ms = 2000;
    row.backoff_ms = 5;
    row.failures = 1;
    expect_ok(place->store, host_put_politeness(place->store, &row));
    expect_ok(place->store, host_put_politeness(place->store, &row));
    struct host_row got, late = row;
    late.next_allowed_unix_ms = NOW + 400; /* of a page that was answered before, stored after */
    late.failures = 0;
    expect_ok(place->store, host_put_politeness(place->store, &late));
    expect_ok(place->store, host_get(place->store, place->arena, "a.example", &got));
    assert_int_equal(got.next_allowed_unix_ms, NOW + 1000);
    assert_int_equal(got.delay_ms, 2000);
    assert_int_equal(got.failures, 1);
    assert_int_equal(got.robots_http_status, 200);
    assert_true(slice_equal(got.robots_body, row.robots_body));
    struct host_row only = {
        .host = "b.example", .robots_body = SLICE_EMPTY, .robots_why = "timeout"};
    expect_ok(place->store, host_put_robots(place->store, &only));
    expect_ok(place->store, host_get(place->store, place->arena, "b.example", &got));
    assert_string_equal(got.robots_why, "timeout");
}

static void every_request_is_on_record(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 3; i++) {
        struct fetch_entry entry = {.started_unix_ms = NOW + i,
                                    .source = "board",
                                    .host = i == 1 ? "b.example" : "a.example",
                                    .url = "http://a.example/",
                                    .kind = "listing",
                                    .robots_rule = "Allow: /",
                                    .outcome = "ok",
                                    .http_status = 200,
                                    .bytes = 5000000000ULL,
                                    .took_ms = 31};
        expect_ok(place->store, fetch_add(place->store, &entry));
    }
    struct fetch_query query = {.host = "a.example", .limit = 10};
    struct fetch_entry *rows = NULL;
    size_t count = 0;
    expect_ok(place->store, fetch_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 2);
    assert_int_equal(rows[1].started_unix_ms, NOW + 2);
    assert_true(rows[0].bytes == 5000000000ULL);
    assert_string_equal(rows[0].robots_rule, "Allow: /");
    assert_string_equal(rows[0].referrer, "");
    query = (struct fetch_query){.since_unix_ms = NOW + 1, .limit = 10};
    expect_ok(place->store, fetch_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 2);
}

static void runs_and_health_are_kept_for_the_doctor(void **state)
{
    struct place *place = *state;
    int64_t run_id = 0;
    struct round round;
    for (unsigned i = 0; i < 4; i++) {
        struct round_tally tally = {.pages = 10 * (i + 1), .postings = 5, .flagged = i};
        expect_ok(place->store, round_begin(place->store, "board", HOUR, NOW + i * HOUR, &round));
        expect_ok(place->store, round_note(place->store, round.id, &tally));
        expect_ok(place->store, round_note(place->store, round.id, &tally));
        if (i < 3)
            expect_ok(place->store, round_finish(place->store, round.id, NOW + i * HOUR + 1));
    }
    add(place, "http://board.example/x", URL_POSTING, 1);
    struct url_outcome outcome = {.state = URL_FAILED, .why = "timeout after 30 s"};
    expect_ok(place->store,
              url_finish(place->store, get(place, "http://board.example/x").id, &outcome));
    struct source_health *health = NULL;
    size_t count = 0;
    expect_ok(place->store, sources_health(place->store, place->arena, &health, &count));
    assert_int_equal(count, 1);
    assert_int_equal(health[0].rounds, 4);
    assert_int_equal(health[0].last.pages, 80);
    assert_int_equal(health[0].last_finished_unix_ms, 0);
    assert_int_equal(health[0].usual.pages, 40);
    assert_int_equal(health[0].usual.postings, 10);
    assert_int_equal(health[0].urls[URL_FAILED], 1);
    assert_string_equal(health[0].last_why, "timeout after 30 s");
    expect_ok(place->store, sweep_run_begin(place->store, "1-ab", "desk", NOW, &run_id));
    struct sweep_run run = {.id = run_id,
                            .ended_unix_ms = NOW + 5,
                            .tally = {.pages = 3},
                            .exit_code = 74,
                            .stopped_by = "error: disk full"};
    expect_ok(place->store, sweep_run_end(place->store, &run));
    struct sweep_run *runs = NULL;
    expect_ok(place->store, sweep_runs_last(place->store, place->arena, 5, &runs, &count));
    assert_int_equal(count, 1);
    assert_int_equal(runs[0].tally.pages, 3);
    assert_int_equal(runs[0].exit_code, 74);
    assert_string_equal(runs[0].stopped_by, "error: disk full");
    assert_string_equal(runs[0].bank, "1-ab");
    run.id = 77;
    assert_int_equal(sweep_run_end(place->store, &run), ERR_NOT_FOUND);
}

static void poisoned_pages_are_kept_with_why(void **state)
{
    struct place *place = *state;
    add(place, "http://board.example/x", URL_POSTING, 1);
    struct poisoned_page page = {.url_id = get(place, "http://board.example/x").id,
                                 .at_unix_ms = NOW,
                                 .why = "worker died: signal 11",
                                 .evidence_id = "urn:uuid:x"};
    expect_ok(place->store, poisoned_add(place->store, &page));
    struct poisoned_page *pages = NULL;
    size_t count = 0;
    expect_ok(place->store, poisoned_last(place->store, place->arena, 10, &pages, &count));
    assert_int_equal(count, 1);
    assert_string_equal(pages[0].url, "http://board.example/x");
    assert_string_equal(pages[0].source, "board");
    assert_string_equal(pages[0].why, "worker died: signal 11");
}

static void the_trail_shows_every_change_and_gap(void **state)
{
    struct place *place = *state;
    int64_t bad = -1;
    uint64_t count = 0;
    for (int i = 0; i < 20; i++) {
        struct audit_entry entry = {.at_unix_ms = NOW + i,
                                    .object_id = i,
                                    .who = "ani",
                                    .action = "read",
                                    .object = "evidence",
                                    .why = i % 2 ? "asked by the board" : NULL};
        expect_ok(place->store, audit_add(place->store, &entry));
    }
    expect_ok(place->store, audit_verify(place->store, &bad, &count));
    assert_int_equal(bad, 0);
    assert_int_equal(count, 20);
    static const char *const harms[] = {
        "UPDATE audit SET who = 'budi' WHERE id = 7",
        "UPDATE audit SET at = at + 1 WHERE id = 7",
        "DELETE FROM audit WHERE id = 7",
    };
    static const int64_t shown[] = {7, 7, 8};
    for (size_t i = 0; i < 3; i++) {
        expect_ok(place->store, store_begin(place->store));
        expect_ok(place->store, db_script(store_db(place->store), harms[i]));
        expect_ok(place->store, audit_verify(place->store, &bad, &count));
        assert_int_equal(bad, shown[i]);
        store_rollback(place->store);
    }
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, db_script(store_db(place->store), "DELETE FROM audit WHERE id > 18"));
    expect_ok(place->store, audit_verify(place->store, &bad, &count));
    assert_int_equal(bad, 19);
    store_rollback(place->store);
    struct audit_query query = {.object = "evidence", .object_id = 3, .limit = 5};
    struct audit_entry *rows = NULL;
    size_t found = 0;
    expect_ok(place->store, audit_list(place->store, place->arena, &query, &rows, &found));
    assert_int_equal(found, 1);
    assert_string_equal(rows[0].why, "asked by the board");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        T(a_round_is_due_begun_resumed_and_finished),
        T(a_new_round_asks_again_what_may_have_changed),
        T(links_are_new_once_over_all_sources),
        T(pending_comes_in_pages_by_host),
        T(an_outcome_keeps_what_it_does_not_name),
        T(hosts_remember_politeness_and_robots),
        T(every_request_is_on_record),
        T(runs_and_health_are_kept_for_the_doctor),
        T(poisoned_pages_are_kept_with_why),
        T(the_trail_shows_every_change_and_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
