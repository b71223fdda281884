/* Campaigns: what joins cases, what joins too much, one decision for all, what was seen before. */
#include "storage/campaigns.h"
#include "storage/store_inside.h"
#include "tests/unit/storage_fixture.h"

static const struct queue_act ani = {"ani", "one crew", NOW + 1000};
static const struct queue_act budi = {"budi", "mine", NOW + 500};

/* A flagged ad of its own words, employer and contact. */
struct told {
    const char *url, *text, *employer, *contact;
    int64_t seen_unix_ms;
};

static int64_t tell_ad(struct place *place, const struct told *told)
{
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, told->url);
    ad.posting.field[POSTING_TEXT] = slice_of(told->text);
    ad.posting.field[POSTING_EMPLOYER] = slice_of(told->employer);
    ad.posting.field[POSTING_TITLE] = SLICE("Staff wanted");
    ad.verdict.findings = &ad.findings[3];
    ad.verdict.findings_count = 1;
    ad.contacts[0] = (struct contact_found){.kind = CONTACT_TELEGRAM,
                                            .value = slice_of(told->contact),
                                            .country = "",
                                            .field = FINDING_NO_FIELD};
    ad.verdict.contacts_count = told->contact[0] != '\0' ? 1 : 0;
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    ad.seen.sketch = sketch_of(ad.posting.field[POSTING_TEXT]);
    ad.seen.seen_unix_ms = told->seen_unix_ms != 0 ? told->seen_unix_ms : NOW;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_true(stored.case_id > 0);
    return stored.case_id;
}

static struct case_row row_of(struct place *place, int64_t id)
{
    struct case_row row;
    expect_ok(place->store, queue_get(place->store, place->arena, id, NOW + 2000, &row));
    return row;
}

static int64_t campaign_of(struct place *place, int64_t id)
{
    return row_of(place, id).campaign;
}

/* A text of its own for each number: no two share five letters often. */
static const char *text_of(unsigned seed, char at[400])
{
    size_t len = 0;
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    while (len < 300) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        at[len] = len % 7 == 6 ? ' ' : (char)('a' + state % 26);
        len++;
    }
    at[len] = '\0';
    return at;
}

static const char thai[] = "รับสมัครแอดมินออนไลน์ ทำงานที่ปอยเปต เงินเดือนสามหมื่นบาท ฟรีที่พักและตั๋วเครื่องบิน "
                           "ไม่ต้องมีประสบการณ์ สนใจติดต่อทางไลน์ได้เลย";
static const char thai_again[] =
    "ด่วน! รับสมัครแอดมินออนไลน์ ทำงานที่ปอยเปต เงินเดือนสี่หมื่นบาท ฟรีที่พักและตั๋วเครื่องบิน "
    "ไม่ต้องมีประสบการณ์ สนใจติดต่อทางไลน์ได้เลยค่ะ";

static void near_equal_words_join_in_any_script(void **state)
{
    struct place *place = *state;
    char words[400];
    int64_t first = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "", 0});
    int64_t other =
        tell_ad(place, &(struct told){"http://b.example/2", text_of(1, words), "", "", 0});
    assert_int_equal(campaign_of(place, first), first);
    assert_int_equal(campaign_of(place, other), other);
    int64_t again = tell_ad(place, &(struct told){"http://b.example/3", thai_again, "", "", 0});
    assert_int_equal(campaign_of(place, again), first);
    assert_int_equal(row_of(place, again).campaign_cases, 2);
    assert_int_equal(row_of(place, other).campaign_cases, 1);
}

static void a_contact_joins_campaigns_of_different_words(void **state)
{
    struct place *place = *state;
    char words[400];
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "crew_contoh", 0});
    int64_t two = tell_ad(
        place, &(struct told){"http://b.example/2", text_of(2, words), "", "other_contoh", 0});
    assert_int_not_equal(campaign_of(place, one), campaign_of(place, two));
    int64_t bridge = tell_ad(
        place, &(struct told){"http://b.example/3", text_of(2, words), "", "crew_contoh", 0});
    assert_int_equal(campaign_of(place, one), campaign_of(place, two));
    assert_int_equal(campaign_of(place, one), campaign_of(place, bridge));
    assert_int_equal(row_of(place, one).campaign_cases, 3);
}

static void the_same_again_changes_nothing(void **state)
{
    struct place *place = *state;
    int64_t id = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "crew_contoh", 0});
    expect_ok(place->store, campaign_join(place->store, id, NOW));
    expect_ok(place->store, campaign_join(place->store, id, NOW));
    assert_int_equal(row_of(place, id).campaign_cases, 1);
}

static void an_image_joins(void **state)
{
    struct place *place = *state;
    char words[400];
    struct digest image = digest_of(SLICE("poster"));
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "", 0});
    int64_t two =
        tell_ad(place, &(struct told){"http://b.example/2", text_of(2, words), "", "", 0});
    expect_ok(place->store, campaign_tie_image(place->store, one, &image, NOW));
    expect_ok(place->store, campaign_tie_image(place->store, two, &image, NOW));
    assert_int_equal(campaign_of(place, one), campaign_of(place, two));
}

/* A dozen firms of one hotline in a young store: two of them are one crew by their words, the others are strangers. */
static void a_hotline_that_meets_too_many_employers_is_dropped(void **state)
{
    struct place *place = *state;
    int64_t ids[CAMPAIGN_STRANGERS_MAX + 6];
    const unsigned count = sizeof ids / sizeof ids[0];
    char url[64], words[400], employer[32];
    for (unsigned i = 0; i < count; i++) {
        snprintf(url, sizeof url, "http://b.example/%u", i);
        snprintf(employer, sizeof employer, "PT Contoh %u", i);
        ids[i] = tell_ad(place, &(struct told){url, text_of(i == 1 ? 0 : i, words), employer,
                                               "bank_hotline", 0});
        if (i == CAMPAIGN_STRANGERS_MAX - 1)
            assert_int_equal(row_of(place, ids[0]).campaign_cases, CAMPAIGN_STRANGERS_MAX);
    }
    assert_int_equal(campaign_of(place, ids[0]), ids[0]);
    assert_int_equal(campaign_of(place, ids[1]), ids[0]);
    assert_int_equal(row_of(place, ids[0]).campaign_cases, 2);
    for (unsigned i = 2; i < count; i++) {
        assert_int_equal(campaign_of(place, ids[i]), ids[i]);
        assert_int_equal(row_of(place, ids[i]).campaign_cases, 1);
    }
}

static void a_template_of_many_employers_and_contacts_is_dropped(void **state)
{
    struct place *place = *state;
    const unsigned count = CAMPAIGN_EMPLOYERS_MAX + 4;
    char url[64], text[800], words[400], employer[32], contact[32];
    int64_t last = 0, before = 0;
    text_of(1, words);
    for (unsigned i = 0; i < count; i++) {
        snprintf(url, sizeof url, "http://b.example/%u", i);
        snprintf(employer, sizeof employer, "PT Contoh %u", i);
        snprintf(contact, sizeof contact, "contoh_%u", i);
        snprintf(text, sizeof text, "%s and number %u of the firm", words, i * 7919);
        before = last;
        last = tell_ad(place, &(struct told){url, text, employer, contact, 0});
        if (i == CAMPAIGN_EMPLOYERS_MAX - 1)
            assert_int_equal(row_of(place, last).campaign_cases, CAMPAIGN_EMPLOYERS_MAX);
    }
    assert_int_equal(row_of(place, last).campaign_cases, 1);
    assert_int_equal(row_of(place, before).campaign_cases, 1);
}

/* A crew posts its text under many names, and answers by one handle: that is no template. */
static void many_employers_of_one_contact_and_one_text_stay(void **state)
{
    struct place *place = *state;
    const unsigned count = CAMPAIGN_EMPLOYERS_MAX + 4;
    char url[64], words[400], employer[32];
    int64_t last = 0;
    for (unsigned i = 0; i < count; i++) {
        snprintf(url, sizeof url, "http://b.example/%u", i);
        snprintf(employer, sizeof employer, "PT Contoh %u", i);
        last = tell_ad(place, &(struct told){url, text_of(3, words), employer, "crew_contoh", 0});
    }
    assert_int_equal(row_of(place, last).campaign_cases, count);
}

static enum case_state state_of(struct place *place, int64_t id)
{
    return row_of(place, id).state;
}

static void one_decision_for_all_each_with_an_undo(void **state)
{
    struct place *place = *state;
    char words[400];
    int64_t ids[4], claimed = 0, last = 0;
    const char *const urls[4] = {"http://b.example/1", "http://b.example/2", "http://b.example/3",
                                 "http://b.example/4"};
    uint32_t waiting = 0, decided = 0, left = 0;
    for (unsigned i = 0; i < 3; i++)
        ids[i] = tell_ad(place, &(struct told){urls[i], thai, "", "", 0});
    ids[3] = tell_ad(place, &(struct told){urls[3], text_of(2, words), "", "", 0});
    expect_ok(place->store, queue_claim(place->store, ids[1], &budi, 60000, &claimed));
    expect_ok(place->store, audit_last(place->store, &last));
    expect_ok(place->store, campaign_decide(place->store, ids[0], CASE_CONFIRMED, &ani, &decided,
                                            &waiting, &left));
    assert_int_equal(decided, 2);
    assert_int_equal(left, 1);
    int64_t audit = 0;
    expect_ok(place->store, audit_last(place->store, &audit));
    assert_int_equal(audit, last + 2);
    assert_int_equal(state_of(place, ids[0]), CASE_CONFIRMED);
    assert_int_equal(state_of(place, ids[1]), CASE_CLAIMED);
    assert_int_equal(state_of(place, ids[2]), CASE_CONFIRMED);
    assert_int_equal(state_of(place, ids[3]), CASE_NEW);
    expect_ok(place->store, queue_undo(place->store, ids[2], &ani));
    assert_int_equal(state_of(place, ids[2]), CASE_NEW);
    assert_int_equal(state_of(place, ids[0]), CASE_CONFIRMED);
    assert_int_equal(
        campaign_decide(place->store, 999, CASE_CONFIRMED, &ani, &decided, &waiting, &left),
        ERR_NOT_FOUND);
    assert_int_equal(
        campaign_decide(place->store, ids[0], CASE_NEW, &ani, &decided, &waiting, &left),
        ERR_SYNTAX);
}

static void campaigns_are_listed_strongest_first(void **state)
{
    struct place *place = *state;
    char words[400];
    struct campaign_row *rows = NULL;
    size_t count = 0;
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "PT A", "", 0});
    tell_ad(place, &(struct told){"http://b.example/2", thai, "PT B", "", 0});
    int64_t alone =
        tell_ad(place, &(struct told){"http://b.example/3", text_of(1, words), "", "", 0});
    struct campaign_query query = {.now_unix_ms = NOW, .limit = 10};
    expect_ok(place->store, campaign_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].id, one);
    assert_int_equal(rows[0].cases, 2);
    assert_int_equal(rows[0].employers, 2);
    assert_int_equal(rows[0].strongest.id, one);
    assert_int_equal(rows[1].employers, 0);
    query.after_logit_tenths = rows[0].strongest.logit_tenths;
    query.after_id = rows[0].id;
    expect_ok(place->store, campaign_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].id, alone);
    expect_ok(place->store, queue_decide(place->store, alone, CASE_DISMISSED, &ani));
    expect_ok(place->store, campaign_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 0);
}

static void what_was_dismissed_before_is_told(void **state)
{
    struct place *place = *state;
    struct campaign_past past;
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "", 0});
    expect_ok(place->store, campaign_past(place->store, one, &past));
    assert_int_equal(past.cases, 1);
    assert_int_equal(past.dismissed_case_id, 0);
    expect_ok(place->store, queue_decide(place->store, one, CASE_DISMISSED, &ani));
    int64_t two = tell_ad(place, &(struct told){"http://b.example/2", thai_again, "", "", 0});
    expect_ok(place->store, campaign_past(place->store, two, &past));
    assert_int_equal(past.cases, 2);
    assert_int_equal(past.dismissed_case_id, one);
    assert_int_equal(past.confirmed_case_id, 0);
    assert_int_equal(past.gone_case_id, 0);
}

/* The store as one that knows no campaigns; open again without being filled. */
static void forget_campaigns(struct place *place)
{
    struct db *db = NULL;
    struct failure why = {0};
    close_all(place);
    assert_int_equal(db_open(place->url, 0, &db, &why), OK);
    assert_int_equal(db_script(db, "UPDATE cases SET campaign = 0; DELETE FROM campaigns;"
                                   "DELETE FROM campaign_edges; DELETE FROM campaign_ties;"
                                   "DELETE FROM campaign_meets; DELETE FROM text_bands;"
                                   "DELETE FROM campaign_sketches;"),
                     OK);
    db_close(db);
    assert_int_equal(store_open(place->url, 0, &place->store, &why), OK);
}

static void a_store_without_campaigns_is_filled(void **state)
{
    struct place *place = *state;
    uint32_t count = 0;
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "", 0});
    int64_t two = tell_ad(place, &(struct told){"http://b.example/2", thai_again, "", "", 0});
    forget_campaigns(place);
    assert_int_equal(campaign_of(place, two), 0);
    expect_ok(place->store, campaigns_fill(place->store, 1, NOW, &count));
    assert_int_equal(count, 1);
    store_close(place->store);
    open_all(place); /* whoever may make a store fills it */
    expect_ok(place->store, campaigns_fill(place->store, 100, NOW, &count));
    assert_int_equal(count, 0);
    assert_int_equal(campaign_of(place, two), one);
}

static int64_t number(struct place *place, const char *sql)
{
    int64_t value = -1;
    expect_ok(place->store, db_number(store_db(place->store), &value, sql, DB_NONE));
    return value;
}

/* 8 texts, told 5 times each with more and more of the next one's letters at the end. */
#define TEXTS   8u
#define TELLING 5u

static void tell_families(struct place *place)
{
    for (unsigned i = 0; i < TEXTS * TELLING; i++) {
        char url[64], words[400], others[400];
        size_t kept = 300 - 20 * (size_t)(i / TEXTS);
        text_of(i % TEXTS, words);
        text_of(i % TEXTS + 1, others);
        memcpy(words + kept, others + kept, 300 - kept);
        snprintf(url, sizeof url, "http://b.example/%u", i);
        tell_ad(place, &(struct told){url, words, "", "", 0});
    }
}

static void a_batch_joins_as_one_at_a_time_does(void **state)
{
    static const uint32_t batches[] = {100, 7, 1};
    struct place *place = *state;
    int64_t alone[TEXTS * TELLING];
    tell_families(place);
    for (unsigned i = 0; i < TEXTS * TELLING; i++)
        alone[i] = campaign_of(place, i + 1);
    int64_t bands = number(place, "SELECT count(*) FROM text_bands");
    int64_t sketches = number(place, "SELECT count(*) FROM campaign_sketches");
    assert_int_equal(number(place, "SELECT count(*) FROM campaigns"), TEXTS);
    assert_true(sketches > TEXTS); /* texts drift */
    assert_int_equal(bands, sketches * 25);
    for (size_t k = 0; k < sizeof batches / sizeof batches[0]; k++) {
        uint32_t count = 1;
        forget_campaigns(place);
        while (count > 0)
            expect_ok(place->store, campaigns_fill(place->store, batches[k], NOW, &count));
        for (unsigned i = 0; i < TEXTS * TELLING; i++)
            assert_int_equal(campaign_of(place, i + 1), alone[i]);
        assert_int_equal(number(place, "SELECT count(*) FROM text_bands"), bands);
        assert_int_equal(number(place, "SELECT count(*) FROM campaign_sketches"), sketches);
    }
}

/* Version 8 kept the bands in a table with an index. */
static void bands_of_an_older_store_are_carried_over(void **state)
{
    struct place *place = *state;
    struct db *db = NULL;
    struct failure why = {0};
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "", 0});
    close_all(place);
    assert_int_equal(db_open(place->url, 0, &db, &why), OK);
    assert_int_equal(
        db_script(
            db,
            "CREATE TABLE campaign_bands (id INTEGER PRIMARY KEY, band INTEGER NOT NULL,"
            " sketch_id INTEGER NOT NULL) STRICT;"
            "CREATE INDEX campaign_bands_like ON campaign_bands (band, sketch_id);"
            "INSERT INTO campaign_bands (band, sketch_id)"
            " SELECT band, sketch_id FROM text_bands;"
            "DROP INDEX cases_in_state; DROP INDEX cases_half_decided;"
            "DROP INDEX cases_open_of_source; DROP INDEX cases_open_of_task;"
            "DROP INDEX cases_open_of_language;"
            "CREATE INDEX cases_judged ON cases (state) WHERE state IN (2, 3);"
            "DROP TABLE rule_days; DROP TABLE rule_runs; DROP TABLE rule_notes; DROP TABLE rules;"
            "DROP TABLE image_cases; DROP TABLE images; DROP TABLE look_bands;"
            "DROP TABLE pictures; DROP TABLE text_bands; DROP TABLE tally; DROP TABLE "
            "tally_pay; DROP INDEX rechecks_of_case; DROP INDEX postings_untallied;"
            "ALTER TABLE postings DROP COLUMN tallied;"
            "ALTER TABLE postings DROP COLUMN seen_as;"
            "ALTER TABLE postings DROP COLUMN seen_task;"
            "ALTER TABLE postings DROP COLUMN seen_language;"
            "ALTER TABLE postings DROP COLUMN case_as;"
            "ALTER TABLE postings DROP COLUMN case_task;"
            "ALTER TABLE postings DROP COLUMN case_language;"
            "ALTER TABLE postings DROP COLUMN case_place;"
            "ALTER TABLE postings DROP COLUMN case_usd;"
            "ALTER TABLE postings DROP COLUMN case_ratio;"
            "UPDATE meta SET value = '8' "
            "WHERE name = 'schema';"),
        OK);
    db_close(db);
    open_all(place);
    assert_int_equal(number(place, "SELECT count(*) FROM text_bands"), 25);
    int64_t two = tell_ad(place, &(struct told){"http://b.example/2", thai_again, "", "", 0});
    assert_int_equal(campaign_of(place, two), one);
}

static void a_forgotten_contact_joins_no_more(void **state)
{
    struct place *place = *state;
    char words[400];
    struct digest hash = contact_key_hash(&place->key, CONTACT_TELEGRAM, SLICE("crew_contoh"));
    int64_t one = tell_ad(place, &(struct told){"http://b.example/1", thai, "", "crew_contoh", 0});
    expect_ok(place->store, campaign_forget_contact(place->store, &hash));
    int64_t two = tell_ad(
        place, &(struct told){"http://b.example/2", text_of(2, words), "", "crew_contoh", 0});
    assert_int_not_equal(campaign_of(place, one), campaign_of(place, two));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(near_equal_words_join_in_any_script),
        TEST(a_contact_joins_campaigns_of_different_words),
        TEST(the_same_again_changes_nothing),
        TEST(an_image_joins),
        TEST(a_hotline_that_meets_too_many_employers_is_dropped),
        TEST(a_template_of_many_employers_and_contacts_is_dropped),
        TEST(many_employers_of_one_contact_and_one_text_stay),
        TEST(one_decision_for_all_each_with_an_undo),
        TEST(campaigns_are_listed_strongest_first),
        TEST(what_was_dismissed_before_is_told),
        TEST(a_store_without_campaigns_is_filled),
        TEST(a_batch_joins_as_one_at_a_time_does),
        TEST(bands_of_an_older_store_are_carried_over),
        TEST(a_forgotten_contact_joins_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
