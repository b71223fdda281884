/* Politeness, to the millisecond: gaps, addresses, back-off, Retry-After, rest, and what outlives a kill. */
#include "crawler/host_gate.h"
#include "tests/unit/unit.h"

#define T0 INT64_C(1795478400000) /* 2026-11-24T00:00:00Z */

static struct host_gate *gate_of(const struct host_gate_settings *settings)
{
    struct host_gate *gate = NULL;
    assert_int_equal(host_gate_create(settings, &gate), OK);
    assert_int_equal(host_gate_add(gate, "a.test"), OK);
    assert_int_equal(host_gate_add(gate, "b.test"), OK);
    return gate;
}

static struct host_gate_settings plain(void)
{
    struct host_gate_settings settings;
    host_gate_settings_default(&settings);
    return settings;
}

static void expect_wait(const struct host_gate *gate, const char *host, int64_t now_ms,
                        int64_t wait_ms, enum host_gate_why wanted)
{
    enum host_gate_why why = HOST_GATE_WHY_COUNT;
    assert_int_equal(host_gate_wait_ms(gate, host, now_ms, &why), wait_ms);
    assert_string_equal(host_gate_why_name(why), host_gate_why_name(wanted));
}

static struct host_state answer(struct host_gate *gate, const char *host, int http,
                                uint32_t took_ms, int64_t retry_after_ms, int64_t now_ms)
{
    struct host_outcome outcome = {http == 0 ? ERR_NET : OK, http, took_ms, retry_after_ms};
    return host_gate_done(gate, host, &outcome, now_ms);
}

static void the_gap_runs_from_the_end_of_a_request(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    expect_wait(gate, "a.test", T0, 0, HOST_GATE_READY);
    struct host_state started = host_gate_start(gate, "a.test", T0);
    assert_int_equal(started.next_allowed_unix_ms, T0 + 1000);
    expect_wait(gate, "a.test", T0 + 5000, -1, HOST_GATE_IN_FLIGHT);
    answer(gate, "a.test", 200, 100, -1, T0 + 100);
    expect_wait(gate, "a.test", T0 + 100, 1000, HOST_GATE_DELAY);
    expect_wait(gate, "a.test", T0 + 1099, 1, HOST_GATE_DELAY);
    expect_wait(gate, "a.test", T0 + 1100, 0, HOST_GATE_READY);
    host_gate_free(gate);
    host_gate_free(NULL);
}

static void the_largest_of_the_delays_counts(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    host_gate_set_source_delay(gate, "a.test", 2000);
    host_gate_set_source_delay(gate, "a.test", 1500); /* of several sources the largest */
    assert_int_equal(host_gate_state(gate, "a.test").delay_ms, 2000);
    host_gate_set_crawl_delay(gate, "a.test", 10000);
    assert_int_equal(host_gate_state(gate, "a.test").delay_ms, 10000);
    host_gate_set_crawl_delay(gate, "a.test", 0); /* robots.txt changed */
    assert_int_equal(host_gate_state(gate, "a.test").delay_ms, 2000);
    host_gate_start(gate, "a.test", T0);
    answer(gate, "a.test", 200, 700, -1, T0 + 700); /* five latencies: 3.5 s */
    expect_wait(gate, "a.test", T0 + 700, 3500, HOST_GATE_DELAY);
    expect_wait(gate, "b.test", T0 + 700, 0, HOST_GATE_READY);
    host_gate_free(gate);
}

static void latency_is_smoothed_and_its_delay_bounded(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    host_gate_start(gate, "a.test", T0);
    struct host_state now = answer(gate, "a.test", 200, 60000, -1, T0 + 60000);
    assert_int_equal(now.latency_ms, 60000);
    assert_int_equal(now.delay_ms, 30000);
    host_gate_start(gate, "a.test", T0 + 90000);
    now = answer(gate, "a.test", 200, 1000, -1, T0 + 91000);
    assert_int_equal(now.latency_ms, 45250);
    host_gate_free(gate);
}

static void hosts_behind_one_address_share_its_limits(void **state)
{
    struct host_gate_settings settings = plain();
    struct address address = {4, {192, 0, 43, 7}};
    settings.in_flight_per_address_max = 2;
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    assert_int_equal(host_gate_add(gate, "c.test"), OK);
    assert_int_equal(host_gate_set_address(gate, "a.test", &address), OK);
    assert_int_equal(host_gate_set_address(gate, "b.test", &address), OK);
    assert_int_equal(host_gate_set_address(gate, "c.test", &address), OK);
    host_gate_start(gate, "a.test", T0);
    expect_wait(gate, "b.test", T0, 250, HOST_GATE_ADDRESS);
    expect_wait(gate, "b.test", T0 + 250, 0, HOST_GATE_READY);
    host_gate_start(gate, "b.test", T0 + 250);
    expect_wait(gate, "c.test", T0 + 9000, -1, HOST_GATE_ADDRESS);
    answer(gate, "a.test", 200, 10, -1, T0 + 9000);
    expect_wait(gate, "c.test", T0 + 9000, 0, HOST_GATE_READY);
    host_gate_free(gate);
}

static void an_address_learnt_in_flight_counts_from_then_on(void **state)
{
    struct host_gate_settings settings = plain();
    struct address first = {4, {192, 0, 43, 7}}, second = {4, {192, 0, 43, 8}};
    settings.in_flight_per_address_max = 1;
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    host_gate_start(gate, "a.test", T0);
    assert_int_equal(host_gate_set_address(gate, "a.test", &first), OK);
    assert_int_equal(host_gate_set_address(gate, "b.test", &first), OK);
    expect_wait(gate, "b.test", T0 + 1, -1, HOST_GATE_ADDRESS);
    assert_int_equal(host_gate_set_address(gate, "a.test", &second), OK); /* it moved */
    expect_wait(gate, "b.test", T0 + 1, 0, HOST_GATE_READY);
    answer(gate, "a.test", 200, 10, -1, T0 + 10);
    host_gate_free(gate);
}

static void back_off_doubles_with_jitter_up_to_its_end(void **state)
{
    struct host_gate_settings settings = plain();
    settings.rest_after_failures = 0;
    struct host_gate *gate = gate_of(&settings);
    int64_t now = T0, base = 5000;
    (void)state;
    for (int n = 0; n < 20; n++) {
        host_gate_start(gate, "a.test", now);
        struct host_state after = answer(gate, "a.test", n % 2 ? 503 : 0, 10, -1, now);
        int64_t wait = after.next_allowed_unix_ms - now;
        assert_true(wait >= base && wait <= base + base / 2);
        assert_int_equal(after.failures, n + 1);
        expect_wait(gate, "a.test", now, wait, HOST_GATE_BACKOFF);
        now += wait;
        base = base * 2 > 30 * 60 * 1000 ? 30 * 60 * 1000 : base * 2;
    }
    host_gate_start(gate, "a.test", now);
    assert_int_equal(answer(gate, "a.test", 404, 10, -1, now).failures, 0);
    host_gate_free(gate);
}

static void retry_after_is_obeyed(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    host_gate_start(gate, "a.test", T0);
    answer(gate, "a.test", 429, 10, 120000, T0);
    expect_wait(gate, "a.test", T0, 120000, HOST_GATE_RETRY_AFTER);
    host_gate_start(gate, "b.test", T0);
    answer(gate, "b.test", 503, 10, 0, T0); /* "now": our gap still stands */
    expect_wait(gate, "b.test", T0, 1000, HOST_GATE_DELAY);
    host_gate_free(gate);
}

static void a_host_that_keeps_failing_rests(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    int64_t now = T0;
    (void)state;
    for (int n = 0; n < 5; n++) {
        host_gate_start(gate, "a.test", now);
        now = answer(gate, "a.test", 500, 10, 1000, now).next_allowed_unix_ms;
    }
    host_gate_start(gate, "a.test", now);
    answer(gate, "a.test", 500, 10, 1000, now);
    expect_wait(gate, "a.test", now, 4 * 3600 * 1000, HOST_GATE_RESTING);
    host_gate_free(gate);
}

static void what_we_stopped_ourselves_is_no_failure(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    static const int ours[] = {ERR_CANCELLED, ERR_DENIED};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct host_outcome outcome = {ours[i], 0, 5, -1};
        int64_t now = T0 + (int64_t)i * 100000;
        host_gate_start(gate, "a.test", now);
        struct host_state after = host_gate_done(gate, "a.test", &outcome, now);
        assert_int_equal(after.failures, 0);
        assert_int_equal(after.latency_ms, 0);
    }
    host_gate_free(gate);
}

static void a_killed_process_comes_back_no_earlier(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *before = gate_of(&settings), *after = gate_of(&settings);
    (void)state;
    host_gate_set_crawl_delay(before, "a.test", 7000);
    struct host_state stored = host_gate_start(before, "a.test", T0); /* and then: kill -9 */
    assert_int_equal(host_gate_restore(after, "a.test", &stored, T0 + 10), OK);
    expect_wait(after, "a.test", T0 + 10, 6990, HOST_GATE_DELAY);
    answer(before, "a.test", 500, 10, -1, T0 + 10);
    stored = host_gate_state(before, "a.test");
    assert_int_equal(host_gate_restore(after, "a.test", &stored, T0 + 10), OK);
    expect_wait(after, "a.test", T0 + 10, stored.next_allowed_unix_ms - T0 - 10, HOST_GATE_BACKOFF);
    host_gate_free(before);
    host_gate_free(after);
}

static void a_week_that_was_asked_for_outlives_the_process(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *before = gate_of(&settings), *after = gate_of(&settings);
    (void)state;
    host_gate_start(before, "a.test", T0);
    answer(before, "a.test", 429, 10, INT64_C(604800000), T0);
    expect_wait(before, "a.test", T0, 604800000, HOST_GATE_RETRY_AFTER);
    struct host_state stored = host_gate_state(before, "a.test");
    assert_int_equal(host_gate_restore(after, "a.test", &stored, T0), OK);
    expect_wait(after, "a.test", T0, 604800000, HOST_GATE_BACKOFF);
    host_gate_free(before);
    host_gate_free(after);
}

static void a_clock_set_back_waits_a_day_at_most(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = gate_of(&settings);
    struct host_state stored = {.next_allowed_unix_ms = T0 + INT64_C(400) * 86400000};
    (void)state;
    assert_int_equal(host_gate_restore(gate, "a.test", &stored, T0), OK);
    expect_wait(gate, "a.test", T0, 86400000, HOST_GATE_DELAY);
    host_gate_free(gate);
}

static void without_politeness_only_loopback_is_asked(void **state)
{
    struct host_gate_settings settings = plain();
    struct address loopback = {4, {127, 0, 0, 1}}, public = {4, {192, 0, 43, 7}};
    settings.politeness_off = true;
    struct host_gate *gate = gate_of(&settings);
    (void)state;
    assert_int_equal(host_gate_set_address(gate, "a.test", &public), ERR_DENIED);
    assert_int_equal(host_gate_set_address(gate, "a.test", &loopback), OK);
    host_gate_start(gate, "a.test", T0);
    expect_wait(gate, "a.test", T0, -1, HOST_GATE_IN_FLIGHT);
    answer(gate, "a.test", 503, 10, 60000, T0);
    expect_wait(gate, "a.test", T0, 0, HOST_GATE_READY);
    host_gate_free(gate);
}

static void retry_after_is_read_in_seconds_or_as_a_date(void **state)
{
    static const struct {
        const char *value;
        int64_t ms;
    } rows[] = {{"120", 120000},
                {" 0 ", 0},
                {"-1", -1},
                {"", -1},
                {"soon", -1},
                {"1.5", -1},
                {"99999999999999999999", HOST_GATE_RETRY_AFTER_MS_MAX},
                {"604800", INT64_C(604800000)},
                {"2592001", HOST_GATE_RETRY_AFTER_MS_MAX},
                {"Tue, 01 Dec 2026 00:00:00 GMT", INT64_C(604800000)},
                {"1\n4", 4000},
                {"4\nsoon\n1", 4000},
                {"Tue, 24 Nov 2026 00:01:00 GMT", 60000},
                {"Mon, 23 Nov 2026 00:00:00 GMT", -1},
                {"Tue, 24 Nov 2099 00:01:00 GMT", HOST_GATE_RETRY_AFTER_MS_MAX}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (host_gate_retry_after(slice_of(rows[i].value), T0) != rows[i].ms)
            fail_msg("'%s'", rows[i].value);
}

static void a_gate_without_numbers_is_refused(void **state)
{
    struct host_gate_settings settings = plain();
    struct host_gate *gate = NULL;
    (void)state;
    settings.in_flight_per_host_max = 0;
    assert_int_equal(host_gate_create(&settings, &gate), ERR_LIMIT);
    settings = plain();
    settings.in_flight_per_address_max = 0;
    assert_int_equal(host_gate_create(&settings, &gate), ERR_LIMIT);
    assert_null(gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gap_runs_from_the_end_of_a_request),
        cmocka_unit_test(the_largest_of_the_delays_counts),
        cmocka_unit_test(latency_is_smoothed_and_its_delay_bounded),
        cmocka_unit_test(hosts_behind_one_address_share_its_limits),
        cmocka_unit_test(an_address_learnt_in_flight_counts_from_then_on),
        cmocka_unit_test(back_off_doubles_with_jitter_up_to_its_end),
        cmocka_unit_test(retry_after_is_obeyed),
        cmocka_unit_test(a_host_that_keeps_failing_rests),
        cmocka_unit_test(what_we_stopped_ourselves_is_no_failure),
        cmocka_unit_test(a_killed_process_comes_back_no_earlier),
        cmocka_unit_test(a_week_that_was_asked_for_outlives_the_process),
        cmocka_unit_test(a_clock_set_back_waits_a_day_at_most),
        cmocka_unit_test(without_politeness_only_loopback_is_asked),
        cmocka_unit_test(retry_after_is_read_in_seconds_or_as_a_date),
        cmocka_unit_test(a_gate_without_numbers_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
