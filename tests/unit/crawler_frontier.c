/* Which URL next: turns of sources and hosts, hunger, again, holds, budgets, the end. */
#include "crawler/frontier.h"
#include "tests/unit/unit.h"

#define T0 INT64_C(1795478400000)

struct scene {
    struct host_gate *gate;
    struct frontier *frontier;
    int64_t now_ms, next_id;
};

static int scene_open(void **state)
{
    struct host_gate_settings settings;
    struct scene *scene = calloc(1, sizeof *scene);
    *state = scene;
    host_gate_settings_default(&settings);
    scene->now_ms = T0;
    scene->next_id = 1;
    return host_gate_create(&settings, &scene->gate) != OK ||
           frontier_create(scene->gate, 5000, &scene->frontier) != OK ||
           frontier_add_source(scene->frontier, "one", 1000000) != OK ||
           frontier_add_source(scene->frontier, "two", 1000000) != OK;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    frontier_free(scene->frontier);
    host_gate_free(scene->gate);
    free(scene);
    return 0;
}

static int64_t add(struct scene *scene, const char *source, const char *host, enum source_kind kind)
{
    struct frontier_item item = {.id = scene->next_id++,
                                 .url = "https://x.test/",
                                 .host = host,
                                 .source = source,
                                 .kind = kind,
                                 .etag = "",
                                 .last_modified = ""};
    assert_int_equal(frontier_add_lane(scene->frontier, source, host), OK);
    assert_int_equal(frontier_add(scene->frontier, &item), OK);
    return item.id;
}

/* The next item, after as long a wait as it takes; its request ends at once. */
static struct frontier_item turn(struct scene *scene)
{
    struct frontier_item item = {0};
    struct host_state host;
    int64_t wait = frontier_wait_ms(scene->frontier, scene->now_ms);
    assert_true(wait >= 0);
    scene->now_ms += wait;
    assert_int_equal(frontier_next(scene->frontier, scene->now_ms, &item, &host), OK);
    assert_true(host.next_allowed_unix_ms >= scene->now_ms + 1000);
    struct host_outcome outcome = {OK, 200, 1, -1};
    host_gate_done(scene->gate, item.host, &outcome, scene->now_ms);
    frontier_done(scene->frontier, item.id);
    return item;
}

static void three_ways_then_a_posting(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 8; i++)
        add(scene, "one", "a.test", SOURCE_LISTING);
    for (int i = 0; i < 4; i++)
        add(scene, "one", "a.test", SOURCE_POSTING);
    static const char wanted[] = "wwwpwwwpwwpp";
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(turn(scene).kind == SOURCE_POSTING ? 'p' : 'w', wanted[i]);
}

static void sources_of_one_host_take_turns(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 50; i++)
        add(scene, "one", "a.test", SOURCE_POSTING);
    for (int i = 0; i < 3; i++)
        add(scene, "two", "a.test", SOURCE_POSTING);
    int twos = 0;
    for (int i = 0; i < 6; i++)
        twos += strcmp(turn(scene).source, "two") == 0;
    assert_int_equal(twos, 3);
}

static void a_slow_host_does_not_hold_up_the_others(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 5; i++) {
        add(scene, "one", "slow.test", SOURCE_POSTING);
        add(scene, "one", "b.test", SOURCE_POSTING);
        add(scene, "one", "c.test", SOURCE_POSTING);
    }
    host_gate_set_crawl_delay(scene->gate, "slow.test", 60000);
    int slow = 0;
    for (int i = 0; i < 11; i++)
        slow += strcmp(turn(scene).host, "slow.test") == 0;
    assert_int_equal(slow, 1);
    assert_true(scene->now_ms <= T0 + 10000);
}

static void the_longest_waiting_host_is_first(void **state)
{
    struct scene *scene = *state;
    static const char *const hosts[] = {"a.test", "b.test", "c.test"};
    for (int i = 0; i < 9; i++)
        add(scene, "one", hosts[i % 3], SOURCE_POSTING);
    for (int i = 0; i < 9; i++)
        assert_string_equal(turn(scene).host, hosts[i % 3]);
    assert_true(frontier_wait_ms(scene->frontier, scene->now_ms) == -1);
}

static void nothing_starts_before_its_time(void **state)
{
    struct scene *scene = *state;
    struct frontier_item item = {0};
    struct host_state host;
    add(scene, "one", "a.test", SOURCE_POSTING);
    add(scene, "one", "a.test", SOURCE_POSTING);
    turn(scene);
    assert_int_equal(frontier_wait_ms(scene->frontier, T0), 1000);
    assert_int_equal(frontier_next(scene->frontier, T0 + 999, &item, &host), ERR_NOT_FOUND);
    assert_int_equal(frontier_next(scene->frontier, T0 + 1000, &item, &host), OK);
    assert_int_equal(frontier_wait_ms(scene->frontier, T0 + 5000), -1);
}

static void an_item_put_back_waits_and_counts_its_attempts(void **state)
{
    struct scene *scene = *state;
    struct frontier_item item = {0};
    struct host_state host;
    struct host_outcome outcome = {OK, 200, 1, -1};
    int64_t id = add(scene, "one", "a.test", SOURCE_POSTING);
    assert_int_equal(frontier_next(scene->frontier, T0, &item, &host), OK);
    host_gate_done(scene->gate, "a.test", &outcome, T0);
    frontier_again(scene->frontier, id, T0 + 60000);
    assert_int_equal(frontier_wait_ms(scene->frontier, T0), 60000);
    scene->now_ms = T0 + 59999;
    assert_int_equal(frontier_next(scene->frontier, scene->now_ms, &item, &host), ERR_NOT_FOUND);
    item = turn(scene);
    assert_int_equal(scene->now_ms, T0 + 60000);
    assert_int_equal(item.id, id);
    assert_int_equal(item.attempts, 1);
}

static void a_held_host_waits_until_it_is_let_go(void **state)
{
    struct scene *scene = *state;
    struct frontier_item item = {0};
    struct host_state host;
    frontier_hold_host(scene->frontier, "nobody.test", true);
    add(scene, "one", "a.test", SOURCE_POSTING);
    frontier_hold_host(scene->frontier, "a.test", true);
    add(scene, "one", "a.test", SOURCE_POSTING); /* an arrival does not free it */
    assert_int_equal(frontier_next(scene->frontier, T0, &item, &host), ERR_NOT_FOUND);
    assert_int_equal(frontier_wait_ms(scene->frontier, T0), -1);
    assert_false(frontier_is_empty(scene->frontier));
    frontier_hold_host(scene->frontier, "a.test", false);
    assert_int_equal(frontier_next(scene->frontier, T0, &item, &host), OK);
}

static void hungry_lanes_are_named_once_in_order(void **state)
{
    struct scene *scene = *state;
    struct frontier_need first, second, third;
    assert_int_equal(frontier_add_lane(scene->frontier, "one", "a.test"), OK);
    assert_int_equal(frontier_add_lane(scene->frontier, "two", "a.test"), OK);
    assert_true(frontier_hungry(scene->frontier, &first));
    assert_string_equal(first.source, "one");
    assert_int_equal(first.after_id, 0);
    assert_true(first.room >= 1 && first.room <= 500);
    assert_true(frontier_hungry(scene->frontier, &second));
    assert_string_equal(second.source, "two");
    assert_false(frontier_hungry(scene->frontier, &third));
    frontier_fed(scene->frontier, &first, 77, false);
    assert_true(frontier_hungry(scene->frontier, &third));
    assert_int_equal(third.after_id, 77);
    frontier_fed(scene->frontier, &third, 77, true);
    frontier_fed(scene->frontier, &second, 0, true);
    assert_false(frontier_hungry(scene->frontier, &third));
    assert_true(frontier_is_empty(scene->frontier));
}

static void a_lane_that_grew_while_it_was_fed_is_hungry_again(void **state)
{
    struct scene *scene = *state;
    struct frontier_need need;
    assert_int_equal(frontier_add_lane(scene->frontier, "one", "a.test"), OK);
    assert_true(frontier_hungry(scene->frontier, &need));
    assert_int_equal(frontier_lane_grew(scene->frontier, "one", "a.test"), OK);
    frontier_fed(scene->frontier, &need, 5, true); /* the answer is older than the growth */
    assert_false(frontier_is_empty(scene->frontier));
    assert_true(frontier_hungry(scene->frontier, &need));
    assert_int_equal(need.after_id, 5);
}

static void a_full_lane_is_not_hungry(void **state)
{
    struct scene *scene = *state;
    struct frontier_need need;
    assert_int_equal(frontier_add_lane(scene->frontier, "one", "a.test"), OK);
    assert_true(frontier_hungry(scene->frontier, &need));
    for (uint32_t i = 0; i < FRONTIER_LANE_LOW; i++)
        add(scene, "one", "a.test", SOURCE_POSTING);
    frontier_fed(scene->frontier, &need, scene->next_id - 1, false);
    assert_false(frontier_hungry(scene->frontier, &need));
    turn(scene);
    assert_true(frontier_hungry(scene->frontier, &need));
}

static void a_source_that_spent_its_pages_stands_still(void **state)
{
    struct scene *scene = *state;
    struct frontier_counts counts;
    struct frontier_item item = {0};
    struct host_state host;
    assert_int_equal(frontier_add_source(scene->frontier, "small", 2), OK);
    for (int i = 0; i < 5; i++)
        add(scene, "small", "a.test", SOURCE_POSTING);
    turn(scene);
    turn(scene);
    assert_int_equal(frontier_next(scene->frontier, T0 + 999999, &item, &host), ERR_NOT_FOUND);
    frontier_count(scene->frontier, T0, &counts);
    assert_int_equal(counts.over_budget, 3);
    assert_int_equal(counts.given, 2);
    assert_true(frontier_is_empty(scene->frontier));
}

static void what_does_not_fit_stays_in_the_store(void **state)
{
    struct scene *scene = *state;
    struct frontier *small = NULL;
    struct frontier_item item = {.id = 1,
                                 .url = "u",
                                 .host = "a.test",
                                 .source = "one",
                                 .kind = SOURCE_FEED,
                                 .etag = "",
                                 .last_modified = ""};
    assert_int_equal(frontier_create(scene->gate, 0, &small), ERR_LIMIT);
    assert_int_equal(frontier_create(scene->gate, FRONTIER_URLS_MAX + 1, &small), ERR_LIMIT);
    assert_int_equal(frontier_create(scene->gate, 2, &small), OK);
    assert_int_equal(frontier_add(small, &item), ERR_NOT_FOUND);
    assert_int_equal(frontier_add_lane(small, "one", "a.test"), ERR_NOT_FOUND);
    assert_int_equal(frontier_add_source(small, "one", 10), OK);
    assert_int_equal(frontier_add_source(small, "one", 10), ERR_CONFLICT);
    assert_int_equal(frontier_add_lane(small, "one", "a.test"), OK);
    assert_int_equal(frontier_add(small, &item), OK);
    assert_int_equal(frontier_add(small, &item), ERR_CONFLICT);
    item.id = 2;
    assert_int_equal(frontier_add(small, &item), OK);
    item.id = 3;
    assert_int_equal(frontier_add(small, &item), ERR_LIMIT);
    frontier_free(small);
    frontier_free(NULL);
}

static void a_thousand_hosts_at_one_address_all_get_their_turn(void **state)
{
    struct scene *scene = *state;
    struct address address = {4, {192, 0, 43, 7}};
    char host[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(host, sizeof host, "h%d.test", i);
        add(scene, "one", host, SOURCE_POSTING);
        assert_int_equal(host_gate_set_address(scene->gate, host, &address), OK);
    }
    for (int i = 0; i < 1000; i++)
        turn(scene);
    assert_int_equal(scene->now_ms, T0 + 999 * 250); /* the address's own gap */
    struct frontier_counts counts;
    frontier_count(scene->frontier, scene->now_ms, &counts);
    assert_int_equal(counts.pending, 0);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(three_ways_then_a_posting),
        SCENE(sources_of_one_host_take_turns),
        SCENE(a_slow_host_does_not_hold_up_the_others),
        SCENE(the_longest_waiting_host_is_first),
        SCENE(nothing_starts_before_its_time),
        SCENE(an_item_put_back_waits_and_counts_its_attempts),
        SCENE(a_held_host_waits_until_it_is_let_go),
        SCENE(hungry_lanes_are_named_once_in_order),
        SCENE(a_lane_that_grew_while_it_was_fed_is_hungry_again),
        SCENE(a_full_lane_is_not_hungry),
        SCENE(a_source_that_spent_its_pages_stands_still),
        SCENE(what_does_not_fit_stays_in_the_store),
        SCENE(a_thousand_hosts_at_one_address_all_get_their_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
