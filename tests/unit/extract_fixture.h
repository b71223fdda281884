/* tests/unit/extract_fixture.h - an arena for each test of crawler/extract, and slices compared. */
#ifndef LUREWATCH_TESTS_EXTRACT_FIXTURE_H
#define LUREWATCH_TESTS_EXTRACT_FIXTURE_H

#include "common/arena.h"
#include "common/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURE_ARENA_BYTES_MAX (64u << 20)

static inline int fixture_begin(void **state)
{
    struct arena *arena = NULL;
    int rc = arena_create(FIXTURE_ARENA_BYTES_MAX, &arena);
    *state = arena;
    return rc;
}

static inline int fixture_end(void **state)
{
    arena_free(*state);
    return 0;
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, fixture_begin, fixture_end)

#define assert_slice(got, wanted)                                                                  \
    do {                                                                                           \
        struct slice got_ = (got);                                                                 \
        const char *wanted_ = (wanted);                                                            \
        if (!slice_is(got_, wanted_))                                                              \
            fail_msg("\"%.*s\" is not \"%s\"", (int)got_.len, got_.at, wanted_);                   \
    } while (0)

#endif
