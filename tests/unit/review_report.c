/* Intervals at their ends and in the middle: Wilson's of shares, ranks of quartiles. */
#include "review/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void intervals_are_wilsons(void **state)
{
    (void)state;
    static const struct {
        uint64_t part, of;
        int low, middle, high;
    } known[] = {{0, 0, 0, 0, 0},      {0, 10, 0, 0, 278},       {10, 10, 722, 1000, 1000},
                 {1, 2, 95, 500, 905}, {81, 263, 255, 308, 366}, {500, 1000, 469, 500, 531}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct report_share share = report_share_of(known[i].part, known[i].of);
        assert_int_equal(share.low, known[i].low);
        assert_int_equal(share.middle, known[i].middle);
        assert_int_equal(share.high, known[i].high);
    }
}

static void quartiles_have_ranks(void **state)
{
    (void)state;
    static const struct {
        uint64_t ads;
        unsigned quarter;
        uint64_t low, high; /* as tables of the binomial distribution give them; 0: none */
    } known[] = {{0, 2, 0, 0},        {1, 2, 0, 0},
                 {5, 2, 0, 0},        {6, 2, 1, 6},
                 {10, 2, 2, 9},       {100, 2, 40, 61},
                 {12, 1, 0, 0},       {12, 3, 0, 0},
                 {13, 1, 1, 7},       {13, 3, 7, 13},
                 {999, 2, 469, 531},  {1000, 2, 469, 532},
                 {1000, 1, 223, 278}, {1000000, 2, 499020, 500981}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t low = 0, high = 0;
        bool bounded = report_quarter_ranks(known[i].ads, known[i].quarter, &low, &high);
        assert_int_equal(bounded, known[i].low > 0);
        assert_int_equal(low, known[i].low);
        assert_int_equal(high, known[i].high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_are_wilsons),
                                       cmocka_unit_test(quartiles_have_ranks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
