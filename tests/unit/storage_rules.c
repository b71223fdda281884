/* What is kept of rules: notes that become counts, who is silent and told once, who comes and goes. */
#include "storage/rule_rows.h"
#include "storage/rule_silence.h"
#include "storage/store_inside.h"
#include "storage_fixture.h"

#define DAY_MS INT64_C(86400000)

/* A desk whose sweeps are numbered, one a day. */
struct desk {
    struct place *place;
    struct rule_stand rules[4];
    size_t rules_count;
    int64_t run;
};

static struct rule_stand stand(const char *name, const char *text)
{
    return (struct rule_stand){.name = slice_of(name), .digest = digest_of(slice_of(text))};
}

static int64_t now_of(const struct desk *desk)
{
    return NOW + desk->run * DAY_MS;
}

static void begin(struct desk *desk)
{
    desk->run++;
    expect_ok(desk->place->store, rules_stand(desk->place->store, desk->rules, desk->rules_count,
                                              desk->run, now_of(desk)));
}

/* The rules are sorted by name. */
static void note(struct desk *desk, const char *source, uint64_t ads, const uint32_t *hits)
{
    expect_ok(desk->place->store,
              rule_note(desk->place->store, source, ads, desk->rules, hits, desk->rules_count));
}

static size_t end(struct desk *desk, struct rule_quiet **ret_rules)
{
    size_t count = 0;
    struct rule_quiet *rules = NULL;
    expect_ok(desk->place->store, rules_count(desk->place->store, desk->place->arena, desk->run,
                                              now_of(desk), &rules, &count));
    if (ret_rules != NULL)
        *ret_rules = rules;
    return count;
}

static size_t count_quiet(struct desk *desk, struct rule_quiet **ret_rules)
{
    size_t count = 0;
    expect_ok(desk->place->store, rules_quiet(desk->place->store, desk->place->arena,
                                              STORE_PAGE_MAX, ret_rules, &count));
    return count;
}

/* A sweep of 100 ads of one board. How many rules are told. */
static size_t sweep(struct desk *desk, uint32_t first, uint32_t second)
{
    begin(desk);
    note(desk, "board", 60, (const uint32_t[4]){first / 2, second, 0, 0});
    note(desk, "board", 40, (const uint32_t[4]){first - first / 2, 0, 0, 0});
    return end(desk, NULL);
}

static struct desk desk_of(void **state)
{
    return (struct desk){.place = *state,
                         .rules = {stand("pay.top.id", "top"), stand("gambling.slot.id", "slot")},
                         .rules_count = 2};
}

static int64_t number(struct desk *desk, const char *sql)
{
    int64_t found = -1;
    expect_ok(desk->place->store, db_number(store_db(desk->place->store), &found, sql, DB_NONE));
    return found;
}

static void a_rule_that_stops_is_told_once_and_again_after_it_fired(void **state)
{
    struct desk desk = desk_of(state);
    struct rule_quiet *quiet = NULL;
    for (int i = 0; i < 10; i++)
        assert_int_equal(sweep(&desk, 12, 3), 0);
    assert_string_equal(desk.rules[0].name.at, "gambling.slot.id");
    int64_t last = now_of(&desk);
    begin(&desk);
    note(&desk, "board", 100, (const uint32_t[4]){0, 3, 0, 0});
    assert_int_equal(end(&desk, &quiet), 1);
    assert_string_equal(quiet[0].name, "gambling.slot.id");
    assert_int_equal(quiet[0].last_hit_unix_ms, last);
    assert_int_equal(quiet[0].silent_unix_ms, now_of(&desk));
    assert_int_equal(quiet[0].changed_unix_ms, 0);
    assert_int_equal(quiet[0].ads, 100);
    assert_int_equal(quiet[0].expected_hundredths, 1200);
    assert_int_equal(sweep(&desk, 0, 3), 0);
    assert_int_equal(count_quiet(&desk, &quiet), 1);
    assert_string_equal(quiet[0].name, "gambling.slot.id");
    assert_int_equal(quiet[0].expected_hundredths, 1200);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sweep(&desk, 12, 3), 0);
    assert_int_equal(count_quiet(&desk, &quiet), 0);
    /* it has paused for two days: it is told when it has for more than twice as long, and once */
    size_t told = 0;
    for (int i = 0; i < 3; i++)
        told += sweep(&desk, 0, 3);
    assert_int_equal(told, 0);
    for (int i = 0; i < 6; i++)
        told += sweep(&desk, 0, 3);
    assert_int_equal(told, 1);
}

static void ads_that_were_not_read_anew_tell_nothing(void **state)
{
    struct desk desk = desk_of(state);
    sweep(&desk, 12, 0);
    sweep(&desk, 12, 0);
    begin(&desk);
    assert_int_equal(end(&desk, NULL), 0);
    assert_int_equal(number(&desk, "SELECT count(DISTINCT run_id) FROM rule_runs"), 2);
}

static void what_a_killed_sweep_noted_is_counted_by_the_next(void **state)
{
    struct desk desk = desk_of(state);
    begin(&desk);
    note(&desk, "board", 100, (const uint32_t[4]){12, 0, 0, 0});
    begin(&desk);
    note(&desk, "other", 50, (const uint32_t[4]){1, 0, 0, 0});
    assert_int_equal(end(&desk, NULL), 0);
    assert_int_equal(number(&desk, "SELECT count(*) FROM rule_notes"), 0);
    assert_int_equal(number(&desk, "SELECT sum(ads) FROM rule_runs WHERE run_id = 2"), 150);
    assert_int_equal(number(&desk, "SELECT sum(hits) FROM rule_days"), 13);
    assert_int_equal(number(&desk, "SELECT count(*) FROM rule_days"), 2);
}

static void a_note_goes_with_its_transaction(void **state)
{
    struct desk desk = desk_of(state);
    begin(&desk);
    expect_ok(desk.place->store, store_begin(desk.place->store));
    note(&desk, "board", 100, (const uint32_t[4]){12, 0, 0, 0});
    store_rollback(desk.place->store);
    assert_int_equal(number(&desk, "SELECT count(*) FROM rule_notes"), 0);
}

static void a_rule_that_left_the_bank_is_not_dead(void **state)
{
    struct desk desk = desk_of(state);
    struct rule_quiet *quiet = NULL;
    sweep(&desk, 12, 12);
    sweep(&desk, 12, 12);
    desk.rules_count = 1; /* pay.top.id went */
    begin(&desk);
    note(&desk, "board", 100, (const uint32_t[4]){0, 0, 0, 0});
    assert_int_equal(end(&desk, &quiet), 1);
    assert_string_equal(quiet[0].name, "gambling.slot.id");
    /* it comes back: what was read meanwhile is not held against it */
    desk.rules[1] = stand("pay.top.id", "top");
    desk.rules_count = 2;
    assert_int_equal(sweep(&desk, 0, 0), 0);
    assert_int_equal(sweep(&desk, 0, 0), 0);
    assert_int_equal(number(&desk, "SELECT count(*) FROM rules WHERE stands = 1"), 2);
    /* one that is silent and goes is shown no more */
    desk.rules[0] = stand("pay.top.id", "top");
    desk.rules_count = 1;
    begin(&desk);
    assert_int_equal(count_quiet(&desk, &quiet), 0);
}

static void a_change_is_told_with_its_day(void **state)
{
    struct desk desk = desk_of(state);
    struct rule_quiet *quiet = NULL;
    sweep(&desk, 12, 12);
    sweep(&desk, 12, 12);
    desk.rules[0].digest = digest_of(SLICE("narrower"));
    begin(&desk);
    note(&desk, "board", 100, (const uint32_t[4]){0, 12, 0, 0});
    assert_int_equal(end(&desk, &quiet), 1);
    assert_string_equal(quiet[0].name, "gambling.slot.id");
    assert_int_equal(quiet[0].changed_unix_ms, now_of(&desk));
}

static void a_changed_rule_that_fires_is_held_against_itself_as_it_is_now(void **state)
{
    struct desk desk = desk_of(state);
    for (int i = 0; i < 4; i++)
        assert_int_equal(sweep(&desk, 40, 0), 0);
    desk.rules[0].digest = digest_of(SLICE("narrower"));
    /* one in a hundred instead of forty: rare from now on, and not silent between its hits */
    assert_int_equal(sweep(&desk, 1, 0), 0);
    assert_int_equal(number(&desk, "SELECT sum(hits) FROM rule_days"), 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(sweep(&desk, i == 2, 0), 0);
}

static void a_board_that_is_silent_itself_is_not_held_against_its_rules(void **state)
{
    struct desk desk = desk_of(state);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sweep(&desk, 12, 0), 0);
    for (int i = 0; i < 3; i++) {
        begin(&desk);
        note(&desk, "elsewhere", 1000, (const uint32_t[4]){0, 0, 0, 0});
        assert_int_equal(end(&desk, NULL), 0);
    }
}

static void what_is_old_is_forgotten(void **state)
{
    struct desk desk = desk_of(state);
    sweep(&desk, 12, 1);
    desk.rules_count = 1;
    desk.run += RULE_DAYS;
    assert_int_equal(sweep(&desk, 12, 0), 0);
    assert_int_equal(number(&desk, "SELECT count(DISTINCT day) FROM rule_days"), 1);
    assert_int_equal(number(&desk, "SELECT count(*) FROM rule_runs"), 1);
    assert_int_equal(number(&desk, "SELECT count(*) FROM rules"), 1);
    /* a clock that was years ahead leaves nothing of then */
    desk.run += 3000;
    sweep(&desk, 12, 0);
    desk.run -= 2999;
    sweep(&desk, 12, 0);
    assert_int_equal(number(&desk, "SELECT count(DISTINCT day) FROM rule_days"), 1);
}

static void hits_that_are_not_ours_are_left_out(void **state)
{
    struct desk desk = desk_of(state);
    begin(&desk);
    note(&desk, "board", 10, (const uint32_t[4]){1, 0, 0, 0});
    expect_ok(desk.place->store, db_run(store_db(desk.place->store),
                                        "INSERT INTO rule_notes (source_id, ads, hits)"
                                        " SELECT id, 5, '99:4 x:1 1 :2 1:-7 1:' FROM sources",
                                        DB_NONE));
    assert_int_equal(end(&desk, NULL), 0);
    assert_int_equal(number(&desk, "SELECT sum(ads) FROM rule_runs"), 15);
    assert_int_equal(number(&desk, "SELECT sum(hits) FROM rule_days"), 1);
}

static void a_disk_that_fails_while_it_is_counted_changes_nothing(void **state)
{
    struct desk desk = desk_of(state);
    struct rule_quiet *quiet = NULL;
    size_t count = 0;
    int rc = ERR_IO;
    SKIP_ON_POSTGRES();
    sweep(&desk, 12, 12);
    sweep(&desk, 12, 12);
    begin(&desk);
    note(&desk, "board", 100, (const uint32_t[4]){0, 12, 0, 0});
    for (uint64_t nth = 1; rc != OK; nth++) {
        assert_true(nth < 200);
        store_fail_nth_write(desk.place->store, nth, ERR_IO);
        rc = rules_count(desk.place->store, desk.place->arena, desk.run, now_of(&desk), &quiet,
                         &count);
        store_fail_nth_write(desk.place->store, 0, OK);
        if (rc == OK)
            break;
        close_all(desk.place);
        open_all(desk.place);
        int64_t notes = number(&desk, "SELECT count(*) FROM rule_notes");
        if (notes == 0) { /* the last word alone was lost: all of it stands */
            assert_int_equal(number(&desk, "SELECT count(*) FROM rules WHERE silent > 0"), 1);
            return;
        }
        assert_int_equal(number(&desk, "SELECT count(*) FROM rules WHERE silent > 0"), 0);
        assert_int_equal(number(&desk, "SELECT count(*) FROM rule_runs"), 2);
    }
    assert_int_equal(count, 1);
    assert_string_equal(quiet[0].name, "gambling.slot.id");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        T(a_rule_that_stops_is_told_once_and_again_after_it_fired),
        T(ads_that_were_not_read_anew_tell_nothing),
        T(what_a_killed_sweep_noted_is_counted_by_the_next),
        T(a_note_goes_with_its_transaction),
        T(a_rule_that_left_the_bank_is_not_dead),
        T(a_change_is_told_with_its_day),
        T(a_changed_rule_that_fires_is_held_against_itself_as_it_is_now),
        T(a_board_that_is_silent_itself_is_not_held_against_its_rules),
        T(what_is_old_is_forgotten),
        T(hits_that_are_not_ours_are_left_out),
        T(a_disk_that_fails_while_it_is_counted_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
