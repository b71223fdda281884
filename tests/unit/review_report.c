/* Shares: Wilson's interval at its ends and in the middle. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_are_wilsons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
