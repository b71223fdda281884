/* Search in the queue, in any script: what is found, what is not, and what goes with the text. */
#include "tests/unit/storage_fixture.h"

#include "storage/case_words.h"
#include "storage/migrations.h"
#include "storage/purge.h"
#include "storage/store_inside.h"

#define T(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

static int64_t put(struct place *place, const char *number, const char *title)
{
    char url[96];
    struct ad ad;
    struct posting_stored stored = {0};
    snprintf(url, sizeof url, "http://board.example/job/%s", number);
    make_ad(&ad, url);
    ad.posting.field[POSTING_TITLE] = slice_of(title);
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored.case_id;
}

static size_t listed(struct place *place, const struct case_query *query)
{
    struct case_row *rows = NULL;
    size_t count = 0;
    expect_ok(place->store, queue_list(place->store, place->arena, query, &rows, &count));
    return count;
}

static size_t found(struct place *place, const char *search, const char *where)
{
    const struct case_query query = {
        .task = -1, .band = -1, .search = search, .place = where, .now_unix_ms = NOW, .limit = 50};
    return listed(place, &query);
}

static void words_are_found_in_every_script(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *title, *hits[6], *misses[3];
    } cases[] = {
        {"Operator GUDANG malam", {"gudang", "Gud", "malam operator"}, {"udang", "gudangnya"}},
        {"Tuyển nhân viên Đà Nẵng", {"tuyen", "TUYỂN", "da nang", "đà"}, {"tuyenx"}},
        {"柬埔寨客服招聘", {"柬埔寨", "客服", "招", "埔寨客", "聘"}, {"服客", "泰国"}},
        {"งานแอดมินปอยเปต", {"แอดมิน", "ปอยเปต"}, {"กัมพูชา"}},
        {"ကမ္ဘောဒီးယား အလုပ်", {"အလုပ်", "ကမ္ဘော"}, {"ထိုင်း"}},
        {"캄보디아 상담원", {"캄보", "상담원"}, {"담원"}},
        {"\xef\xbc\xa1\xef\xbc\xa4\xef\xbc\xad\xef\xbc\xa9\xef\xbc\xae 7 \xd9\xa1\xd9\xa2", /* ADMIN wide */
         {"admin", "7"},
         {"8"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char number[8];
        snprintf(number, sizeof number, "n%zu", i);
        put(place, number, cases[i].title);
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t k = 0; k < 6 && cases[i].hits[k] != NULL; k++)
            if (found(place, cases[i].hits[k], NULL) < 1)
                fail_msg("'%s' is not found in '%s'", cases[i].hits[k], cases[i].title);
        for (size_t k = 0; k < 3 && cases[i].misses[k] != NULL; k++)
            if (found(place, cases[i].misses[k], NULL) != 0)
                fail_msg("'%s' is found", cases[i].misses[k]);
    }
}

static void what_is_no_word_is_no_pattern(void **state)
{
    struct place *place = *state;
    put(place, "1", "Operator");
    put(place, "2", "Kasir");
    assert_int_equal(found(place, "", NULL), 2);
    assert_int_equal(found(place, "\"' * & | ! () : --", NULL), 0);
    assert_int_equal(found(place, "kasir\" OR operator", NULL), 0);
    assert_int_equal(found(place, "kasir' | 'operator", NULL), 0);
    assert_int_equal(found(place, "NEAR(kasir)", NULL), 0);
    assert_int_equal(found(place, "kasir\xff*", NULL), 1);
    assert_int_equal(found(place, "kasir", "bav"), 1);
    assert_int_equal(found(place, NULL, "Bavet"), 2);
    assert_int_equal(found(place, NULL, "kasir"), 0); /* a word of the title is no place */
    assert_int_equal(found(place, "board.example/job/2", NULL), 1);
    assert_int_equal(found(place, "contoh99", NULL), 0); /* a contact's letters are masked */
    char longest[4096];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(found(place, longest, NULL), 0);
}

static void another_version_has_other_words(void **state)
{
    struct place *place = *state;
    int64_t id = put(place, "1", "Operator");
    assert_int_equal(put(place, "1", "Kasir"), id);
    assert_int_equal(found(place, "operator", NULL), 0);
    assert_int_equal(found(place, "kasir", NULL), 1);
}

static void words_go_with_the_text(void **state)
{
    struct place *place = *state;
    struct forget_result result = {0};
    const struct queue_act seen = {"ani", "seen", NOW};
    const struct purge_act act = {
        .evidence_dir = place->evidence_dir, .who = "ani", .why = "asked", .now_unix_ms = NOW};
    int64_t kept = 0;
    put(place, "1", "Operator");
    expect_ok(place->store,
              queue_decide(place->store, put(place, "2", "Kasir"), CASE_CONFIRMED, &seen));
    assert_true(test_postgres() != NULL || file_holds(place, "kasir"));
    struct db *db = store_db(place->store);
    struct digest contact;
    struct db_rows *rows = db_query(db, "SELECT hash FROM contacts LIMIT 1", DB_NONE);
    assert_true(db_next(rows) && row_digest(rows, 0, &contact));
    expect_ok(place->store, db_end(db, rows));
    expect_ok(place->store, purge_contact(place->store, &contact, &act, &result));
    assert_int_equal(result.cases, 2);
    expect_ok(place->store, db_number(db, &kept, "SELECT count(*) FROM case_words", DB_NONE));
    assert_int_equal(kept, 0);
    if (test_postgres() == NULL) {
        assert_false(file_holds(place, "Kasir"));
        assert_false(file_holds(place, "kasir"));
        assert_false(file_holds(place, "ditanggung"));
    }
    uint32_t count = 0;
    expect_ok(place->store, case_words_fill(place->store, 500, &count));
    assert_int_equal(count, 0);
}

static void a_store_from_before_is_filled(void **state)
{
    struct place *place = *state;
    put(place, "1", "Operator");
    put(place, "2", "Kasir");
    struct db *db = store_db(place->store);
    expect_ok(place->store, db_run(db, "DELETE FROM case_words", DB_NONE));
    expect_ok(place->store, db_run(db, "UPDATE cases SET worded = 0", DB_NONE));
    assert_int_equal(found(place, "kasir", NULL), 0);
    close_all(place);
    open_all(place);
    assert_int_equal(found(place, "kasir", NULL), 1);
}

/* Of many cases by a walk down the ranks, of few by ranking them: the same rows, page by page. */
static void many_and_few_are_ranked_alike(void **state)
{
    enum { MANY = 520 };
    struct place *place = *state;
    struct case_query query = {.task = -1, .band = -1, .now_unix_ms = NOW, .limit = 50};
    static const char *const searches[] = {"gudang", "gudang malam", "tidak"};
    static const size_t counts[] = {MANY, MANY / 5, 0};
    for (int i = 0; i < MANY; i++) {
        char number[16], title[64];
        snprintf(number, sizeof number, "n%d", i);
        snprintf(title, sizeof title, "Gudang %s", i % 5 == 0 ? "malam" : "siang");
        put(place, number, title);
    }
    expect_ok(place->store,
              db_run(store_db(place->store), "UPDATE cases SET logit = id * 37 % 11", DB_NONE));
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        struct case_row *rows = NULL, last = {0};
        size_t count = 0, all = 0;
        query.search = searches[i];
        query.after_id = 0;
        do {
            expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
            for (size_t k = 0; k < count; k++, all++) {
                if (all > 0)
                    assert_true(
                        rows[k].logit_tenths < last.logit_tenths ||
                        (rows[k].logit_tenths == last.logit_tenths && rows[k].id > last.id));
                last = rows[k];
            }
            query.after_logit_tenths = last.logit_tenths;
            query.after_id = last.id;
        } while (count == query.limit);
        assert_int_equal(all, counts[i]);
    }
    query.search = "gudang malam";
    query.states = 1u << CASE_CONFIRMED;
    query.after_id = 0;
    assert_int_equal(listed(place, &query), 0);
    query.states = (1u << CASE_STATE_COUNT) - 1;
    assert_int_equal(listed(place, &query), 50);
    query.language = "th";
    assert_int_equal(listed(place, &query), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(words_are_found_in_every_script), T(what_is_no_word_is_no_pattern),
        T(another_version_has_other_words), T(words_go_with_the_text),
        T(a_store_from_before_is_filled),   T(many_and_few_are_ranked_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
