/* Memory that is freed at once: limits, alignment, reuse. */
#include "common/arena.h"
#include "tests/unit/unit.h"

#include <stdalign.h>

static struct arena *arena_of(size_t bytes_max)
{
    struct arena *arena = NULL;
    assert_int_equal(arena_create(bytes_max, &arena), OK);
    return arena;
}

static void no_arena_without_a_limit(void **state)
{
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(arena_create(0, &arena), ERR_LIMIT);
    assert_null(arena);
}

static void memory_is_zeroed_and_aligned(void **state)
{
    struct arena *arena = arena_of(1u << 20);
    (void)state;
    for (size_t size = 0; size < 100; size++) {
        unsigned char *at = arena_alloc(arena, size);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xAA, size);
    }
    arena_free(arena);
}

static void the_limit_counts_everything(void **state)
{
    struct arena *arena = arena_of(1000);
    (void)state;
    assert_null(arena_alloc(arena, 1001));
    assert_non_null(arena_alloc(arena, 500));
    assert_null(arena_alloc(arena, 600));
    assert_non_null(arena_alloc(arena, 400));
    assert_true(arena_used(arena) <= 1000);
    assert_null(arena_alloc(arena, SIZE_MAX));
    arena_free(arena);
}

static void a_product_that_overflows_is_refused(void **state)
{
    struct arena *arena = arena_of(SIZE_MAX);
    (void)state;
    assert_null(arena_calloc(arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_calloc(arena, 10, 0));
    arena_free(arena);
}

static void reset_gives_the_room_back(void **state)
{
    struct arena *arena = arena_of(300000);
    (void)state;
    for (int round = 0; round < 20; round++) {
        assert_non_null(arena_alloc(arena, 100000)); /* larger than a block */
        assert_non_null(arena_alloc(arena, 100000));
        assert_non_null(arena_copy(arena, "text", 4));
        arena_reset(arena);
        assert_int_equal(arena_used(arena), 0);
    }
    arena_free(arena);
}

static void reset_memory_is_zeroed_again(void **state)
{
    struct arena *arena = arena_of(1u << 16);
    (void)state;
    memset(arena_alloc(arena, 64), 0xFF, 64);
    arena_reset(arena);
    const unsigned char *again = arena_alloc(arena, 64);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(again[i], 0);
    arena_free(arena);
}

static void copies_end_in_nul(void **state)
{
    struct arena *arena = arena_of(1000);
    (void)state;
    char *copy = arena_copy(arena, "abcdef", 3);
    assert_string_equal(copy, "abc");
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_null(arena_copy(arena, "x", SIZE_MAX));
    arena_free(arena);
}

static void printf_ends_at_the_limit(void **state)
{
    struct arena *arena = arena_of(64);
    (void)state;
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_null(arena_printf(arena, "%100d", 1));
    arena_free(arena);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_arena_without_a_limit),
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(the_limit_counts_everything),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(reset_gives_the_room_back),
        cmocka_unit_test(reset_memory_is_zeroed_again),
        cmocka_unit_test(copies_end_in_nul),
        cmocka_unit_test(printf_ends_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
