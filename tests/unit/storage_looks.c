/* Pictures that look the same join cases, unless so many unlike ads show them that they say nothing. */
#include "storage/campaigns.h"
#include "storage/look_rows.h"
#include "storage/store_inside.h"
#include "tests/unit/storage_fixture.h"

/* A text of its own for each number. */
static const char *text_of(unsigned seed, char at[400])
{
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (size_t len = 0; len < 300; len++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        at[len] = len % 7 == 6 ? ' ' : (char)('a' + state % 26);
    }
    at[300] = '\0';
    return at;
}

static int64_t tell_ad(struct place *place, unsigned number, const char *employer)
{
    struct ad ad;
    struct posting_stored stored;
    char url[64], words[400];
    snprintf(url, sizeof url, "http://b.example/%u", number);
    make_ad(&ad, url);
    ad.posting.field[POSTING_TEXT] = slice_of(text_of(number, words));
    ad.posting.field[POSTING_EMPLOYER] = slice_of(employer);
    ad.posting.field[POSTING_TITLE] = SLICE("Staff wanted");
    ad.verdict.findings = &ad.findings[3];
    ad.verdict.findings_count = 1;
    ad.verdict.contacts_count = 0;
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    ad.seen.sketch = sketch_of(ad.posting.field[POSTING_TEXT]);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored.case_id;
}

static struct look look_seeded(uint32_t seed)
{
    struct look look;
    for (size_t i = 0; i < LOOK_BYTES; i++) {
        seed = seed * 1664525u + 1013904223u;
        look.bytes[i] = (uint8_t)(seed >> 16);
    }
    return look;
}

/* The first `bits` bits are turned over. */
static struct look turned(struct look look, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++)
        look.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    return look;
}

/* The case shows a picture of these bytes that looks so; NULL: it has no look. */
static void show(struct place *place, int64_t case_id, const char *bytes, const struct look *look)
{
    struct digest digest = digest_of(slice_of(bytes));
    if (look != NULL)
        expect_ok(place->store, look_put(place->store, &digest, look));
    expect_ok(place->store, campaign_tie_image(place->store, case_id, &digest, NOW));
}

static struct case_row row_of(struct place *place, int64_t id)
{
    struct case_row row;
    expect_ok(place->store, queue_get(place->store, place->arena, id, NOW, &row));
    return row;
}

static size_t likes_of(struct place *place, int64_t id, struct picture_like **ret_likes)
{
    size_t count = 0;
    expect_ok(place->store, pictures_like(place->store, place->arena, id, ret_likes, &count));
    return count;
}

static void like_pictures_join_and_say_how_like(void **state)
{
    struct place *place = *state;
    const struct look look = look_seeded(1), like = turned(look, LOOK_LIKE_BITS);
    const struct look unlike = turned(look, LOOK_LIKE_BITS + 1), none = look_seeded(9);
    struct picture_like *likes = NULL;
    int64_t one = tell_ad(place, 1, ""), two = tell_ad(place, 2, ""), three = tell_ad(place, 3, "");
    int64_t four = tell_ad(place, 4, ""), five = tell_ad(place, 5, "");
    show(place, one, "poster", &look);
    show(place, two, "poster, packed anew", &like);
    show(place, three, "poster with other words", &unlike);
    show(place, four, "poster", NULL); /* the very bytes, whose look is known */
    show(place, five, "another", &none);
    assert_int_equal(row_of(place, one).campaign_cases, 3);
    assert_int_equal(row_of(place, two).campaign, row_of(place, one).campaign);
    assert_int_equal(row_of(place, four).campaign, row_of(place, one).campaign);
    assert_int_equal(row_of(place, three).campaign_cases, 1);
    assert_int_equal(row_of(place, five).campaign_cases, 1);
    assert_int_equal(likes_of(place, one, &likes), 2);
    assert_int_equal(likes[0].case_id, two);
    assert_int_equal(likes[0].bits, LOOK_LIKE_BITS);
    assert_int_equal(likes[1].case_id, four);
    assert_int_equal(likes[1].bits, -1);
    assert_int_equal(likes_of(place, five, &likes), 0);
}

static void a_family_does_not_drift(void **state)
{
    struct place *place = *state;
    struct look look = look_seeded(2);
    int64_t first = tell_ad(place, 1, "");
    show(place, first, "0", &look);
    for (unsigned i = 1; i < 4; i++) {
        char bytes[8];
        struct look next = turned(look, i * 10);
        snprintf(bytes, sizeof bytes, "%u", i);
        show(place, tell_ad(place, 1 + i, ""), bytes, &next);
    }
    /* 10 bits away; 20 away begins a family, of which 30 away is */
    assert_int_equal(row_of(place, first).campaign_cases, 2);
}

static void the_same_again_changes_nothing(void **state)
{
    struct place *place = *state;
    const struct look look = look_seeded(3);
    struct case_look *looks = NULL;
    size_t count = 0;
    int64_t id = tell_ad(place, 1, "");
    for (int i = 0; i < 3; i++)
        show(place, id, "poster", &look);
    expect_ok(place->store, looks_of_case(place->store, place->arena, id, &looks, &count));
    assert_int_equal(count, 1);
    assert_true(looks[0].has_look && !looks[0].joins_nobody);
    assert_memory_equal(&looks[0].look, &look, sizeof look);
    assert_int_equal(row_of(place, id).campaign_cases, 1);
}

/* A board's banner: 60 ads without a firm, no two of the same words. */
static void a_picture_of_many_unlike_ads_joins_nobody(void **state)
{
    struct place *place = *state;
    const struct look look = look_seeded(4);
    struct case_look *looks = NULL;
    size_t count = 0;
    int64_t first = 0, last = 0;
    for (unsigned i = 0; i < 60; i++) {
        char bytes[16];
        struct look next = turned(look, i % 5);
        snprintf(bytes, sizeof bytes, "packed %u", i % 7);
        last = tell_ad(place, 1 + i, "");
        show(place, last, bytes, &next);
        first = i == 0 ? last : first;
        if (i == 10)
            assert_int_equal(row_of(place, first).campaign_cases, 11);
    }
    assert_true(row_of(place, first).campaign_cases <= 9); /* those of its very bytes */
    expect_ok(place->store, looks_of_case(place->store, place->arena, last, &looks, &count));
    assert_int_equal(count, 1);
    assert_true(looks[0].joins_nobody);
}

/* Firms that each write their own words, and have a stock photograph in common. */
static void a_picture_of_many_firms_joins_nobody(void **state)
{
    struct place *place = *state;
    const struct look look = look_seeded(5);
    for (unsigned i = 0; i < CAMPAIGN_STRANGERS_MAX + 2; i++) {
        char firm[] = "Firm A";
        firm[5] = (char)('A' + i);
        show(place, tell_ad(place, 1 + i, firm), "photo", &look);
    }
    assert_int_equal(row_of(place, 1).campaign_cases, 1);
}

/* More families in a band than it takes. */
static void a_full_band_takes_no_more(void **state)
{
    struct place *place = *state;
    struct look_place found;
    const struct look base = look_seeded(6);
    for (unsigned i = 0; i < 70; i++) {
        char bytes[16];
        struct look look = look_seeded(1000 + i);
        memcpy(look.bytes, base.bytes, 4);
        snprintf(bytes, sizeof bytes, "%u", i);
        show(place, tell_ad(place, 1 + i, ""), bytes, &look);
    }
    expect_ok(place->store, look_find(place->store, &base, &found));
    assert_int_equal(found.edge_id, 0);
    assert_int_equal(found.full & 3, 3);
    /* yet the last is found again by its other bands */
    struct look last = look_seeded(1069);
    memcpy(last.bytes, base.bytes, 4);
    expect_ok(place->store, look_find(place->store, &last, &found));
    assert_int_not_equal(found.edge_id, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(like_pictures_join_and_say_how_like),  TEST(a_family_does_not_drift),
        TEST(the_same_again_changes_nothing),       TEST(a_picture_of_many_unlike_ads_joins_nobody),
        TEST(a_picture_of_many_firms_joins_nobody), TEST(a_full_band_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
