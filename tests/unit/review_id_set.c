/* Ids of a file, each once. */
#include "common/err.h"
#include "review/id_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void each_is_new_once(void **state)
{
    struct id_set set = {.slots = NULL};
    char id[32];
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 20000; i++) {
            bool is_new = round != 0;
            snprintf(id, sizeof id, "url--%d", i);
            assert_int_equal(id_set_add(&set, slice_of(id), &is_new), OK);
            assert_int_equal(is_new, round == 0);
        }
    assert_int_equal(set.count, 20000);
    id_set_release(&set);
    assert_int_equal(set.count, 0);
}

static void release_of_an_empty_one_does_no_harm(void **state)
{
    struct id_set set = {.slots = NULL};
    (void)state;
    id_set_release(&set);
    id_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_new_once),
        cmocka_unit_test(release_of_an_empty_one_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
