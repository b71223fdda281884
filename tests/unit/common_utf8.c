/* UTF-8: maximal subparts, cleaning, cutting; sketches of texts. */
#include "common/sketch.h"
#include "common/utf8.h"
#include "tests/unit/unit.h"

static void ill_formed_bytes_are_replaced_by_subparts(void **state)
{
    static const struct {
        struct slice text;
        size_t codes;
    } rows[] = {
        /* Unicode 15, tables 3-8 to 3-11 */
        {{"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 9}, 9},
        {{"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 9}, 9},
        {{"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 9}, 9},
        {{"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9}, 5},
    };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(utf8_count(rows[i].text), rows[i].codes);
        assert_false(utf8_is_valid(rows[i].text));
    }
}

static void every_scalar_value_comes_back(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 17) {
        char bytes[4];
        size_t used = 0;
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        size_t len = utf8_encode(code, bytes);
        assert_int_equal(utf8_decode(slice_make(bytes, len), &used), code);
        assert_int_equal(used, len);
        assert_true(utf8_is_valid(slice_make(bytes, len)));
    }
}

static void clean_text_is_borrowed_dirty_text_is_copied(void **state)
{
    struct arena *arena = NULL;
    struct slice text = SLICE("plain \xC3\xA9"), clean;
    (void)state;
    assert_int_equal(arena_create(1000, &arena), OK);
    assert_int_equal(utf8_clean(arena, text, &clean), OK);
    assert_ptr_equal(clean.at, text.at);
    assert_int_equal(utf8_clean(arena, SLICE("a\xFFz\0e"), &clean), OK);
    expect_text(clean, "a\xEF\xBF\xBDz\xEF\xBF\xBD"
                       "e");
    arena_free(arena);
}

static void cleaning_without_room_fails(void **state)
{
    struct arena *arena = NULL;
    struct slice clean = SLICE("untouched");
    char dirty[200];
    (void)state;
    memset(dirty, 0xFF, sizeof dirty);
    assert_int_equal(arena_create(64, &arena), OK);
    assert_int_equal(utf8_clean(arena, slice_make(dirty, sizeof dirty), &clean), ERR_NOMEM);
    expect_text(clean, "untouched");
    arena_free(arena);
}

static void a_cut_splits_no_character(void **state)
{
    struct slice text = SLICE("a\xE4\xBD\x9C\xF0\x9F\x98\x80");
    static const size_t wanted[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 8};
    (void)state;
    for (size_t len = 0; len < 10; len++)
        assert_int_equal(utf8_cut(text, len).len, wanted[len]);
}

static void ranges_hold_both_ends(void **state)
{
    static const struct code_range ranges[] = {{5, 5}, {10, 20}, {0x10FFFF, 0x10FFFF}};
    (void)state;
    for (uint32_t code = 0; code < 30; code++)
        assert_int_equal(code_is_in(code, ranges, 3), code == 5 || (code >= 10 && code <= 20));
    assert_true(code_is_in(0x10FFFF, ranges, 3));
    assert_false(code_is_in(5, ranges, 0));
}

static const char ad[] =
    "Customer service wanted in Bavet, ticket and room are paid, 1,000 dollars, "
    "no experience, write to our desk today and leave tomorrow";

static unsigned bands_shared(const char *one, const char *other)
{
    struct sketch a = sketch_of(slice_of(one)), b = sketch_of(slice_of(other));
    int64_t bands[2][SKETCH_BANDS];
    unsigned shared = 0;
    assert_true(sketch_bands(&a, bands[0]) && sketch_bands(&b, bands[1]));
    for (unsigned i = 0; i < SKETCH_BANDS; i++) {
        assert_int_equal(bands[0][i] >> SKETCH_BAND_SHIFT, i);
        shared += bands[0][i] == bands[1][i] ? 1 : 0;
    }
    return shared;
}

static void near_equal_texts_share_bands(void **state)
{
    (void)state;
    const char *shop =
        "Dibutuhkan kasir toko di Bandung, gaji bulanan, libur hari Minggu, lamaran ke toko";
    struct sketch thin = sketch_of(SLICE("kasir toko"));
    int64_t bands[SKETCH_BANDS];
    assert_int_equal(bands_shared(shop, shop), SKETCH_BANDS);
    assert_true(bands_shared(shop,
                             "Dibutuhkan kasir toko di Bandung, gaji bulanan, libur hari Minggu, "
                             "lamaran ke kios") > 0);
    assert_int_equal(
        bands_shared(shop, "Nurse for a clinic, certificate required, monthly wage by law"), 0);
    assert_false(sketch_bands(&thin, bands));
}

static void near_equal_texts_have_near_equal_sketches(void **state)
{
    (void)state;
    struct sketch same = sketch_of(slice_of(ad)), loud, other;
    char changed[sizeof ad];
    memcpy(changed, ad, sizeof ad);
    for (char *at = changed; *at != '\0'; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 32) : *at == ' ' ? '\n' : *at;
    loud = sketch_of(slice_of(changed));
    assert_int_equal(sketch_similarity(&same, &loud), 100);
    memcpy(changed, ad, sizeof ad);
    memcpy(strstr(changed, "1,000"), "1,500", 5);
    other = sketch_of(slice_of(changed));
    assert_true(sketch_similarity(&same, &other) > 70);
    other = sketch_of(SLICE("Nurse for a clinic in Surabaya, certificate required, monthly wage by "
                            "the province's norm, apply at the front office with two photographs"));
    assert_true(sketch_similarity(&same, &other) < 30);
}

static void a_text_of_nothing_resembles_nothing(void **state)
{
    (void)state;
    struct sketch none = sketch_of(SLICE("-- !!")), some = sketch_of(slice_of(ad));
    assert_int_equal(sketch_similarity(&none, &none), 0);
    assert_int_equal(sketch_similarity(&none, &some), 0);
}

static void sketches_survive_hexadecimal(void **state)
{
    char hex[SKETCH_HEX_BYTES];
    struct sketch some = sketch_of(slice_of(ad)), again;
    (void)state;
    sketch_hex(&some, hex);
    assert_true(sketch_from_hex(slice_of(hex), &again));
    assert_memory_equal(some.bin, again.bin, SKETCH_BINS);
    assert_false(sketch_from_hex(slice_make(hex, SKETCH_HEX_BYTES - 2), &again));
    hex[7] = 'g';
    assert_false(sketch_from_hex(slice_of(hex), &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ill_formed_bytes_are_replaced_by_subparts),
        cmocka_unit_test(every_scalar_value_comes_back),
        cmocka_unit_test(clean_text_is_borrowed_dirty_text_is_copied),
        cmocka_unit_test(cleaning_without_room_fails),
        cmocka_unit_test(a_cut_splits_no_character),
        cmocka_unit_test(ranges_hold_both_ends),
        cmocka_unit_test(near_equal_texts_share_bands),
        cmocka_unit_test(near_equal_texts_have_near_equal_sketches),
        cmocka_unit_test(a_text_of_nothing_resembles_nothing),
        cmocka_unit_test(sketches_survive_hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
