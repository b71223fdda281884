/* When is a rule silent: the bounds of each of the conditions in storage/rule_silence.h. */
#include "storage/rule_silence.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct rule_cell cell(int64_t source, int64_t day, uint64_t ads, uint64_t hits,
                             uint64_t since)
{
    return (struct rule_cell){
        .source_id = source, .day = day, .ads_before = ads, .hits = hits, .ads_since = since};
}

#define JUDGE(...)                                                                                 \
    rule_silence((struct rule_cell[]){__VA_ARGS__},                                                \
                 sizeof((struct rule_cell[]){__VA_ARGS__}) / sizeof(struct rule_cell))

static bool nearly(double a, double b)
{
    double off = a - b;
    return off < 1e-6 && off > -1e-6;
}

static void a_hit_is_missed_ten_times(void **state)
{
    (void)state;
    struct rule_silence silence =
        JUDGE(cell(1, 1, 100, 10, 0), cell(1, 2, 100, 10, 0), cell(1, 3, 0, 0, 100));
    assert_true(silence.is_silent);
    assert_true(nearly(silence.expected, 10));
    assert_true(nearly(silence.spread, 1));
    assert_int_equal(silence.hits, 20);
    assert_int_equal(silence.hit_days, 2);
    assert_int_equal(silence.ads_since, 100);
    silence = JUDGE(cell(1, 1, 100, 10, 0), cell(1, 2, 100, 10, 0), cell(1, 3, 0, 0, 99));
    assert_false(silence.is_silent);
    assert_true(nearly(silence.expected, 9.9));
}

static void few_hits_or_one_day_tell_nothing(void **state)
{
    (void)state;
    assert_false(
        JUDGE(cell(1, 1, 100, 10, 0), cell(1, 2, 100, 9, 0), cell(1, 3, 0, 0, 1000)).is_silent);
    assert_true(
        JUDGE(cell(1, 1, 100, 11, 0), cell(1, 2, 100, 9, 0), cell(1, 3, 0, 0, 1000)).is_silent);
    assert_false(JUDGE(cell(1, 1, 200, 20, 0), cell(1, 3, 0, 0, 1000)).is_silent);
    assert_false(JUDGE(cell(1, 1, 200, 20, 1000)).is_silent);
    assert_false(rule_silence(NULL, 0).is_silent);
}

static void no_source_is_expected_to_give_more_than_it_gave(void **state)
{
    (void)state;
    /* one ad of a new board that was a hit, and then a thousand that are not */
    struct rule_silence silence =
        JUDGE(cell(1, 1, 100, 10, 0), cell(1, 2, 100, 10, 0), cell(2, 2, 1, 1, 1000));
    assert_false(silence.is_silent);
    assert_true(nearly(silence.expected, 1));
    silence = JUDGE(cell(1, 1, 100, 10, 0), cell(1, 2, 100, 10, 0), cell(1, 3, 0, 0, 100000));
    assert_true(nearly(silence.expected, 20));
}

static void boards_without_hits_foretell_none(void **state)
{
    (void)state;
    /* the board that gave the hits is silent itself; another goes on, on which the rule never fired */
    struct rule_silence silence =
        JUDGE(cell(1, 1, 100, 50, 0), cell(1, 2, 100, 50, 0), cell(2, 1, 100, 0, 0),
              cell(2, 2, 100, 0, 0), cell(2, 3, 0, 0, 5000), cell(3, 3, 0, 0, 5000));
    assert_false(silence.is_silent);
    assert_true(nearly(silence.expected, 0));
    assert_int_equal(silence.ads_since, 10000);
}

static void each_board_has_its_own_rate(void **state)
{
    (void)state;
    /* 30 in 100 of one, 2 in 1000 of the other: 20 and 1000 more ads make 6 + 2 */
    struct rule_silence silence =
        JUDGE(cell(2, 3, 0, 0, 1000), cell(1, 2, 50, 15, 0), cell(2, 1, 500, 1, 0),
              cell(1, 1, 50, 15, 0), cell(1, 3, 0, 0, 20), cell(2, 2, 500, 1, 0));
    assert_true(nearly(silence.expected, 8));
    assert_false(silence.is_silent);
}

static void hits_that_come_in_bursts_are_waited_for_longer(void **state)
{
    (void)state;
    struct rule_cell cells[32];
    size_t count = 0;
    /* 60 hits on each of 2 days of 30; regular ones would be missed after 3 days, these are not */
    for (int64_t day = 0; day < 30; day++)
        cells[count++] = cell(1, day, 100, day < 2 ? 60 : 0, 0);
    cells[count++] = cell(1, 30, 0, 0, 1000);
    struct rule_silence silence = rule_silence(cells, count);
    assert_true(nearly(silence.expected, 40));
    /* e is 4 a day: 30/29 * (2 * 56^2 + 28 * 4^2) / 120 */
    assert_true(nearly(silence.spread, 30.0 / 29.0 * (2 * 56.0 * 56.0 + 28 * 16.0) / 120.0));
    assert_false(silence.is_silent);
    for (size_t i = 0; i < 30; i++)
        cells[i] = cell(1, (int64_t)i, 100, 4, 0);
    silence = rule_silence(cells, count);
    assert_true(nearly(silence.spread, 1));
    assert_true(silence.is_silent);
}

static void a_day_with_more_ads_is_no_burst(void **state)
{
    (void)state;
    struct rule_silence silence = JUDGE(cell(1, 1, 1000, 100, 0), cell(1, 2, 10, 1, 0),
                                        cell(1, 3, 10, 1, 0), cell(1, 4, 0, 0, 150));
    assert_true(nearly(silence.spread, 1));
    assert_true(silence.is_silent);
}

static void a_rule_with_pauses_is_waited_for_twice_as_long(void **state)
{
    (void)state;
    struct rule_cell cells[32];
    size_t count = 0;
    /* 5 hits a day for 16 days, but for 4 in a row: 3.75 expected a day, 15 in the pause */
    for (int64_t day = 0; day < 16; day++)
        cells[count++] = cell(1, day, 100, day >= 5 && day < 9 ? 0 : 5, 0);
    cells[count++] = cell(1, 16, 0, 0, 799);
    struct rule_silence silence = rule_silence(cells, count);
    assert_true(nearly(silence.pause, 15));
    assert_true(silence.expected > RULE_EXPECTED_MIN * silence.spread);
    assert_false(silence.is_silent);
    cells[16] = cell(1, 16, 0, 0, 801);
    assert_true(rule_silence(cells, 17).is_silent);
    /* what came before its first hit is a pause, too */
    for (int64_t day = 0; day < 16; day++)
        cells[day] = cell(1, day, 100, day < 4 ? 0 : 5, 0);
    assert_true(nearly(rule_silence(cells, 17).pause, 15));
}

/* ---- years by chance ---- */

#define YEAR  365
#define YEARS 100

struct chance {
    uint64_t state;
};

static double chance_next(struct chance *chance) /* xorshift64*; 0 to 1 */
{
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return (double)((chance->state * UINT64_C(2685821657736338717)) >> 11) / 9007199254740992.0;
}

static uint64_t poisson(struct chance *chance, double mean)
{
    double p = exp(-mean), sum = p, drawn = chance_next(chance);
    uint64_t count = 0;
    while (drawn > sum && count < 1000)
        sum += p *= mean / (double)++count;
    return count;
}

/* The day, from `from` on, on which a sweep a day finds the rule silent; -1: none. */
static int silent_day(const uint64_t hits[YEAR], int from)
{
    int last = -1;
    for (int day = 0; day < YEAR; day++) {
        struct rule_cell cells[RULE_DAYS + 1];
        size_t count = 0;
        last = hits[day] > 0 ? day : last;
        if (day < from || last < 0 || last == day)
            continue;
        for (int then = day > RULE_DAYS ? day - RULE_DAYS : 0; then <= day; then++)
            cells[count++] =
                then <= last ? cell(1, then, 200, hits[then], 0) : cell(1, then, 0, 0, 200);
        if (rule_silence(cells, count).is_silent)
            return day;
    }
    return -1;
}

static void chance_alone_hardly_ever_alarms_and_a_broken_rule_does(void **state)
{
    (void)state;
    static const struct {
        double a_day;
        int days_max; /* on an average, until it is told */
    } rules[] = {{1, 16}, {3, 6}, {10, 3}};
    struct chance chance = {UINT64_C(88172645463325252)};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        int alarms = 0, waited = 0;
        for (int year = 0; year < YEARS; year++) {
            uint64_t hits[YEAR];
            for (int day = 0; day < YEAR; day++)
                hits[day] = poisson(&chance, rules[i].a_day);
            alarms += silent_day(hits, 0) >= 0;
            const int broken = YEAR - 90;
            for (int day = broken; day < YEAR; day++)
                hits[day] = 0;
            int told = silent_day(hits, broken);
            assert_true(told >= broken);
            waited += told - broken + 1;
        }
        assert_true(alarms <= YEARS / 20);
        assert_true(waited <= YEARS * rules[i].days_max);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hit_is_missed_ten_times),
        cmocka_unit_test(few_hits_or_one_day_tell_nothing),
        cmocka_unit_test(no_source_is_expected_to_give_more_than_it_gave),
        cmocka_unit_test(boards_without_hits_foretell_none),
        cmocka_unit_test(each_board_has_its_own_rate),
        cmocka_unit_test(hits_that_come_in_bursts_are_waited_for_longer),
        cmocka_unit_test(a_day_with_more_ads_is_no_burst),
        cmocka_unit_test(a_rule_with_pauses_is_waited_for_twice_as_long),
        cmocka_unit_test(chance_alone_hardly_ever_alarms_and_a_broken_rule_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
