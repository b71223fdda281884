/* Looks: their hexadecimal form, distances, and bands that like pictures share. */
#include "common/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static struct look any_look(uint32_t seed)
{
    struct look look;
    for (size_t i = 0; i < LOOK_BYTES; i++)
        look.bytes[i] = (uint8_t)next(&seed);
    return look;
}

/* Exactly count different bits of it are turned over. */
static struct look turned(struct look look, int count, uint32_t seed)
{
    const struct look before = look;
    while (look_distance(&before, &look) < count) {
        uint32_t bit = next(&seed) % LOOK_BITS;
        struct look other = look;
        other.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (look_distance(&before, &other) > look_distance(&before, &look))
            look = other;
    }
    return look;
}

static bool share_a_band(const struct look *a, const struct look *b)
{
    int64_t left[LOOK_BANDS], right[LOOK_BANDS];
    look_bands(a, left);
    look_bands(b, right);
    for (size_t i = 0; i < LOOK_BANDS; i++)
        if (left[i] == right[i])
            return true;
    return false;
}

static void like_looks_share_a_band(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed < 300; seed++) {
        struct look look = any_look(seed);
        for (int bits = 0; bits <= LOOK_LIKE_BITS; bits++) {
            struct look like = turned(look, bits, seed * 31 + (uint32_t)bits);
            assert_int_equal(look_distance(&look, &like), bits);
            assert_true(share_a_band(&look, &like));
        }
    }
}

static void bands_differ_by_their_number(void **state)
{
    struct look none;
    int64_t bands[LOOK_BANDS];
    (void)state;
    memset(&none, 0, sizeof none);
    look_bands(&none, bands);
    for (size_t i = 0; i < LOOK_BANDS; i++)
        assert_int_equal(bands[i] >> LOOK_BAND_SHIFT, i);
}

static void looks_survive_hexadecimal(void **state)
{
    char hex[LOOK_HEX_BYTES];
    struct look look = any_look(7), again;
    (void)state;
    assert_true(look_from_hex(slice_of(look_hex(&look, hex)), &again));
    assert_memory_equal(&look, &again, sizeof look);
    assert_false(look_from_hex(slice_sub(slice_of(hex), 0, LOOK_HEX_BYTES - 2), &again));
    hex[9] = 'g';
    assert_false(look_from_hex(slice_of(hex), &again));
}

static void a_grid_of_one_grey_has_no_look(void **state)
{
    uint16_t grey[LOOK_GRID * LOOK_GRID];
    struct look look;
    (void)state;
    for (size_t i = 0; i < LOOK_GRID * LOOK_GRID; i++)
        grey[i] = 65280;
    assert_false(look_of(grey, &look));
    for (size_t i = 0; i < LOOK_GRID * LOOK_GRID; i += 3)
        grey[i] = 0;
    assert_true(look_of(grey, &look));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_looks_share_a_band),
        cmocka_unit_test(bands_differ_by_their_number),
        cmocka_unit_test(looks_survive_hexadecimal),
        cmocka_unit_test(a_grid_of_one_grey_has_no_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
