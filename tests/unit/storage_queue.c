/* Cases: made once, claimed by one, decided, undone, reopened, listed, counted, never lost. */
#include "tests/unit/storage_fixture.h"

static const struct queue_act ani = {"ani", "clear enough", NOW + 1000};
static const struct queue_act budi = {"budi", NULL, NOW + 2000};

static int64_t one_case(struct place *place, struct ad *ad)
{
    struct posting_stored stored;
    make_ad(ad, "http://board.example/job/1");
    expect_ok(place->store, put_ad(place, ad, &stored));
    assert_true(stored.case_id > 0);
    return stored.case_id;
}

static enum case_state state_of(struct place *place, int64_t id, int64_t now)
{
    struct case_row row;
    expect_ok(place->store, queue_get(place->store, place->arena, id, now, &row));
    return row.state;
}

static void a_flagged_ad_is_one_case_however_often_it_is_put(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, "http://board.example/job/1");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_true(stored.is_new && stored.is_new_version && stored.case_is_new);
    int64_t first = stored.case_id;
    expect_ok(place->store, posting_put(place->store, &place->key, &ad.seen, &stored));
    assert_false(stored.is_new || stored.is_new_version || stored.case_is_new);
    assert_int_equal(stored.case_id, first);
    assert_int_equal(count_cases(place), 1);
}

static void an_id_in_one_place_and_none_in_another_is_one_case(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored feed, page, other;
    make_ad(&ad, "http://board.example/job/1");
    ad.posting.attr[POSTING_ID] = SLICE("lk-1");
    expect_ok(place->store, put_ad(place, &ad, &feed));
    ad.posting.attr[POSTING_ID] = SLICE_EMPTY;
    expect_ok(place->store, put_ad(place, &ad, &page));
    assert_int_equal(page.posting_id, feed.posting_id);
    ad.posting.attr[POSTING_ID] = SLICE("1");
    expect_ok(place->store, put_ad(place, &ad, &page));
    assert_int_equal(page.posting_id, feed.posting_id);
    assert_int_equal(count_cases(place), 1);
    /* places on a page that holds several move: there the id alone counts */
    ad.posting.attr[POSTING_URL] = SLICE("http://board.example/jobs#1");
    ad.posting.attr[POSTING_ID] = SLICE("2");
    expect_ok(place->store, put_ad(place, &ad, &page));
    ad.posting.attr[POSTING_ID] = SLICE("3");
    expect_ok(place->store, put_ad(place, &ad, &other));
    assert_int_not_equal(other.posting_id, page.posting_id);
    assert_int_equal(count_cases(place), 3);
}

static void flagged_without_evidence_is_refused(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, "http://board.example/job/1");
    assert_int_equal(posting_put(place->store, &place->key, &ad.seen, &stored), ERR_CONFLICT);
    ad.seen.evidence_id = "urn:uuid:00000000-0000-4000-8000-000000000000";
    assert_int_equal(posting_put(place->store, &place->key, &ad.seen, &stored), ERR_NOT_FOUND);
    assert_int_equal(count_cases(place), 0);
    struct posting_counts counts;
    expect_ok(place->store, postings_count(place->store, &counts));
    assert_int_equal(counts.postings, 0);
}

static void a_case_shows_what_was_seen_with_contacts_masked(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct case_full full;
    int64_t id = one_case(place, &ad);
    expect_ok(place->store, queue_show(place->store, place->arena, id, NOW, &full));
    assert_int_equal(full.row.band, BAND_URGENT);
    assert_int_equal(full.row.task, TASK_GAMBLING);
    assert_int_equal(full.row.logit_tenths, 32);
    assert_int_equal(full.row.usd_month_cents_max, 120000);
    assert_string_equal(full.row.title, "Customer Service");
    assert_string_equal(full.row.source_key, "http://board.example/job/1");
    assert_string_equal(full.row.strongest,
                        "tiket ditanggung; Admin slot; Hub *******************");
    assert_string_equal(full.row.reasons, "Ticket paid\nSlot operator\nAnswer by messenger only");
    assert_int_equal(full.field[POSTING_TEXT].len, strlen(AD_TEXT));
    assert_null(strstr(full.field[POSTING_TEXT].at, "kerja_contoh99"));
    assert_int_equal(full.verdict.findings_count, 4);
    assert_true(slice_is(full.verdict.findings[1].quote, "Hub *******************"));
    assert_true(slice_is(full.verdict.contacts[0].value, "h99"));
    assert_int_equal(full.contacts_count, 1);
    assert_string_equal(full.contacts[0].tail, "h99");
    assert_int_equal(full.contacts[0].cases, 1);
    assert_int_equal(full.history_count, 1);
    assert_string_equal(full.history[0].action, "open");
    assert_int_equal(strlen(full.row.evidence_sha256), 64);
    assert_non_null(strstr(full.row.evidence_file, ".warc.gz"));
    struct text_buf block;
    struct failure why = {0};
    text_buf_init(&block, 1u << 20);
    assert_int_equal(
        evidence_read(place->store, place->evidence_dir, full.row.evidence_id, &block, &why), OK);
    assert_string_equal(text_buf_cstr(&block), "{\"text\":\"Admin slot\"}");
    text_buf_release(&block);
}

static void nothing_in_clear_is_in_the_database_file(void **state)
{
    SKIP_ON_POSTGRES();
    struct place *place = *state;
    struct ad ad;
    one_case(place, &ad);
    assert_false(file_holds(place, "kerja_contoh99"));
    assert_true(file_holds(place, "tiket ditanggung"));
}

static void a_claim_keeps_others_out_until_its_lease_ends(void **state)
{
    struct place *place = *state;
    struct ad ad;
    int64_t id = one_case(place, &ad), got = 0;
    expect_ok(place->store, queue_claim(place->store, 0, &ani, 60000, &got));
    assert_int_equal(got, id);
    assert_int_equal(queue_claim(place->store, id, &budi, 60000, &got), ERR_CONFLICT);
    assert_non_null(strstr(store_failure(place->store)->text, "ani"));
    assert_int_equal(queue_claim(place->store, 0, &budi, 60000, &got), ERR_NOT_FOUND);
    assert_int_equal(queue_decide(place->store, id, CASE_CONFIRMED, &budi), ERR_CONFLICT);
    assert_int_equal(queue_release(place->store, id, &budi), ERR_CONFLICT);
    expect_ok(place->store, queue_claim(place->store, id, &ani, 90000, &got));
    assert_int_equal(state_of(place, id, ani.now_unix_ms + 90000 - 1), CASE_CLAIMED);
    assert_int_equal(state_of(place, id, ani.now_unix_ms + 90000), CASE_NEW);
    struct queue_act later = {"budi", NULL, ani.now_unix_ms + 90000};
    expect_ok(place->store, queue_claim(place->store, 0, &later, 60000, &got));
    assert_int_equal(queue_release(place->store, id, &ani), ERR_CONFLICT);
    expect_ok(place->store, queue_release(place->store, id, &later));
    assert_int_equal(state_of(place, id, later.now_unix_ms), CASE_NEW);
}

static void a_decision_stands_until_it_is_undone(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct case_full full;
    int64_t id = one_case(place, &ad);
    assert_int_equal(queue_undo(place->store, id, &ani), ERR_CONFLICT);
    assert_int_equal(queue_decide(place->store, id, CASE_NEW, &ani), ERR_SYNTAX);
    expect_ok(place->store, queue_decide(place->store, id, CASE_DISMISSED, &ani));
    assert_int_equal(queue_decide(place->store, id, CASE_CONFIRMED, &budi), ERR_CONFLICT);
    assert_int_equal(queue_claim(place->store, id, &budi, 1000, &id), ERR_CONFLICT);
    expect_ok(place->store, queue_undo(place->store, id, &budi));
    expect_ok(place->store, queue_decide(place->store, id, CASE_CONFIRMED, &budi));
    expect_ok(place->store, queue_note(place->store, id, &ani));
    expect_ok(place->store, queue_exported(place->store, id, &ani));
    expect_ok(place->store, queue_show(place->store, place->arena, id, NOW, &full));
    assert_int_equal(full.row.state, CASE_CONFIRMED);
    assert_string_equal(full.row.decided_by, "budi");
    assert_int_equal(full.history_count, 6);
    assert_string_equal(full.history[1].to, "dismissed");
    assert_string_equal(full.history[1].why, "clear enough");
    assert_string_equal(full.history[5].action, "export");
    int64_t bad = -1;
    uint64_t count = 0;
    expect_ok(place->store, audit_verify(place->store, &bad, &count));
    assert_int_equal(bad, 0);
    assert_int_equal(count, 6);
}

static void wrong_acts_get_a_sentence(void **state)
{
    struct place *place = *state;
    struct ad ad;
    int64_t id = one_case(place, &ad);
    char *note = malloc(QUEUE_NOTE_BYTES_MAX + 2);
    memset(note, 'x', QUEUE_NOTE_BYTES_MAX + 1);
    note[QUEUE_NOTE_BYTES_MAX + 1] = '\0';
    const struct queue_act longer = {"ani", note, NOW}, nobody = {"", NULL, NOW};
    const struct queue_act broken = {"ani", "\xff", NOW}, empty = {"ani", "  ", NOW};
    assert_int_equal(queue_decide(place->store, id, CASE_UNSURE, &longer), ERR_LIMIT);
    assert_int_equal(queue_decide(place->store, id, CASE_UNSURE, &nobody), ERR_SYNTAX);
    assert_int_equal(queue_decide(place->store, id, CASE_UNSURE, &broken), ERR_SYNTAX);
    assert_int_equal(queue_note(place->store, id, &empty), ERR_SYNTAX);
    assert_int_equal(queue_decide(place->store, 99, CASE_UNSURE, &ani), ERR_NOT_FOUND);
    assert_non_null(strstr(store_failure(place->store)->text, "99"));
    assert_int_equal(state_of(place, id, NOW), CASE_NEW);
    free(note);
}

static void a_new_version_updates_and_a_higher_band_reopens(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, "http://board.example/job/1");
    ad.verdict.band = BAND_REVIEW;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    int64_t id = stored.case_id;
    expect_ok(place->store, queue_decide(place->store, id, CASE_DISMISSED, &ani));
    ad.posting.field[POSTING_TITLE] = SLICE("Customer Service 2");
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_true(stored.is_new_version && !stored.case_reopened);
    assert_int_equal(stored.case_id, id);
    assert_int_equal(state_of(place, id, NOW), CASE_DISMISSED);
    ad.posting.field[POSTING_TITLE] = SLICE("Customer Service 3");
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    ad.verdict.band = BAND_URGENT;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_true(stored.case_reopened);
    assert_int_equal(state_of(place, id, NOW), CASE_NEW);
    assert_int_equal(count_cases(place), 1);
}

static void an_ad_made_harmless_keeps_its_case_and_text(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    struct case_full full;
    int64_t id = one_case(place, &ad);
    ad.verdict.band = BAND_CLEAR; /* the same words, another bank */
    ad.verdict.bank = SLICE("2-abcdef");
    ad.verdict.logit_tenths = -50;
    expect_ok(place->store, posting_put(place->store, &place->key, &ad.seen, &stored));
    assert_false(stored.is_new_version);
    expect_ok(place->store, queue_show(place->store, place->arena, id, NOW, &full));
    assert_int_equal(full.row.band, BAND_URGENT);
    assert_int_equal(full.row.band_now, BAND_CLEAR);
    assert_int_equal(full.field[POSTING_TEXT].len, strlen(AD_TEXT));
}

static void clear_ads_keep_no_words_unless_sampled(void **state)
{
    SKIP_ON_POSTGRES();
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    struct posting_counts counts;
    make_ad(&ad, "http://board.example/job/7");
    ad.verdict.band = BAND_CLEAR;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_int_equal(stored.case_id, 0);
    close_all(place);
    char *bytes = malloc(4u << 20);
    FILE *in = fopen(place->file, "rb");
    size_t got = fread(bytes, 1, 4u << 20, in);
    fclose(in);
    assert_null(memmem(bytes, got, "tiket ditanggung", 16));
    assert_non_null(memmem(bytes, got, "gambling.admin-slot.id", 22));
    open_all(place);
    ad.posting.attr[POSTING_URL] = SLICE("http://board.example/job/8");
    ad.seen.sampled = true;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    close_all(place);
    in = fopen(place->file, "rb");
    got = fread(bytes, 1, 4u << 20, in);
    fclose(in);
    assert_non_null(memmem(bytes, got, "tiket ditanggung", 16));
    assert_null(memmem(bytes, got, "kerja_contoh99", 14));
    free(bytes);
    open_all(place);
    expect_ok(place->store, postings_count(place->store, &counts));
    assert_int_equal(counts.postings, 2);
    assert_int_equal(counts.sampled, 1);
}

static void the_sample_is_uniform_and_repeatable(void **state)
{
    (void)state;
    unsigned taken = 0;
    for (int i = 0; i < 20000; i++) {
        struct posting posting;
        char url[64];
        snprintf(url, sizeof url, "http://board.example/%d", i);
        posting_init(&posting);
        posting.attr[POSTING_URL] = slice_of(url);
        bool in = posting_in_sample("board", &posting, 10);
        assert_true(in == posting_in_sample("board", &posting, 10));
        taken += in;
        assert_false(posting_in_sample("board", &posting, 0));
        assert_true(posting_in_sample("board", &posting, 1000));
    }
    assert_in_range(taken, 150, 250);
}

static void what_is_known_is_told_before_evidence_is_written(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_known known;
    make_ad(&ad, "http://board.example/job/1");
    expect_ok(place->store, posting_look(place->store, &ad.seen, &known));
    assert_false(known.known || known.version_known || known.has_evidence || known.same_bank);
    one_case(place, &ad);
    expect_ok(place->store, posting_look(place->store, &ad.seen, &known));
    assert_true(known.known && known.version_known && known.has_evidence && known.same_bank);
    ad.verdict.bank = SLICE("3-x");
    expect_ok(place->store, posting_look(place->store, &ad.seen, &known));
    assert_true(known.version_known && !known.same_bank);
}

static void lists_page_by_rank_and_filter(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    char urls[30][64];
    for (int i = 0; i < 30; i++) {
        snprintf(urls[i], sizeof urls[i], "http://board.example/job/%d", i);
        make_ad(&ad, urls[i]);
        ad.verdict.logit_tenths = (i * 7) % 11;
        ad.verdict.band = i % 2 ? BAND_REVIEW : BAND_URGENT;
        ad.verdict.task = i % 3 ? TASK_GAMBLING : TASK_SCAM;
        ad.seen.source = i < 20 ? "board" : "other";
        expect_ok(place->store, put_ad(place, &ad, &stored));
    }
    struct case_query query = {.task = -1, .band = -1, .now_unix_ms = NOW, .limit = 7};
    struct case_row *rows = NULL;
    size_t count = 7, seen = 0;
    int32_t last = INT32_MAX;
    while (count == 7) {
        expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
        for (size_t i = 0; i < count; i++) {
            assert_true(rows[i].logit_tenths <= last);
            last = rows[i].logit_tenths;
        }
        seen += count;
        if (count > 0) {
            query.after_id = rows[count - 1].id;
            query.after_logit_tenths = rows[count - 1].logit_tenths;
        }
    }
    assert_int_equal(seen, 30);
    query = (struct case_query){.task = TASK_SCAM, .band = -1, .now_unix_ms = NOW, .limit = 500};
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 10);
    query = (struct case_query){
        .task = -1, .band = BAND_REVIEW, .source = "other", .now_unix_ms = NOW, .limit = 500};
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 5);
    query.source = "nowhere";
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 0);
    query = (struct case_query){
        .task = -1, .band = -1, .states = 1u << CASE_CONFIRMED, .now_unix_ms = NOW, .limit = 500};
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 0);
    query.states = 0;
    query.language = "vi";
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
    assert_int_equal(count, 0);
}

static size_t found_by(struct place *place, const char *search, const char *place_words)
{
    const struct case_query query = {.task = -1,
                                     .band = -1,
                                     .search = search,
                                     .place = place_words,
                                     .now_unix_ms = NOW,
                                     .limit = 500};
    struct case_row *rows = NULL;
    size_t count = 0;
    expect_ok(place->store, queue_list(place->store, place->arena, &query, &rows, &count));
    return count;
}

static void lists_are_searched_in_any_script(void **state)
{
    struct place *place = *state;
    struct posting_stored stored;
    struct ad ad;
    make_ad(&ad, "http://board.example/job/1");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    make_ad(&ad, "http://board.example/job/2");
    ad.posting.field[POSTING_TITLE] = SLICE("\xe5\xae\xa2\xe6\x9c\x8d 100% _pasti_");
    ad.posting.field[POSTING_PLACE] = SLICE("Poipet");
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    ad.verdict.places_count = 0;
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_int_equal(found_by(place, NULL, NULL), 2);
    assert_int_equal(found_by(place, "", ""), 2);
    assert_int_equal(found_by(place, "ADMIN slot", NULL), 2);
    assert_int_equal(found_by(place, "\xe6\x9c\x8d", NULL), 1);
    assert_int_equal(found_by(place, "100% _Pa", NULL), 1);
    assert_int_equal(found_by(place, "100% _P", NULL), 0); /* one letter is a word of its own */
    assert_int_equal(found_by(place, "0%", NULL), 0);      /* words are found by their starts */
    assert_int_equal(found_by(place, "%", NULL), 0);
    assert_int_equal(found_by(place, "a_min", NULL), 0);
    assert_int_equal(found_by(place, "!", NULL), 0);
    assert_int_equal(found_by(place, "/job/2", NULL), 1);
    assert_int_equal(found_by(place, NULL, "poipet"), 1);
    assert_int_equal(found_by(place, "bavet", "poipet"), 1);
    assert_int_equal(found_by(place, "'; DROP TABLE cases; --", NULL), 0);
}

static void mates_are_of_the_same_campaign(void **state)
{
    struct place *place = *state;
    struct posting_stored first, same, other;
    struct case_list list;
    struct ad ad;
    int64_t last = 0;
    make_ad(&ad, "http://board.example/job/1");
    expect_ok(place->store, put_ad(place, &ad, &first));
    make_ad(&ad, "http://board.example/job/2");
    expect_ok(place->store, put_ad(place, &ad, &same));
    make_ad(&ad, "http://board.example/job/3");
    ad.posting.field[POSTING_TEXT] = SLICE("Penjaga toko siang di Surabaya, ada uang makan dan "
                                           "libur. Hub t.me/kerja_contoh77 segera");
    ad.seen.fingerprint = posting_fingerprint(&ad.posting);
    ad.seen.sketch = sketch_of(ad.posting.field[POSTING_TEXT]);
    ad.contacts[0].value = SLICE("kerja_contoh77");
    expect_ok(place->store, put_ad(place, &ad, &other));
    expect_ok(place->store, queue_mates(place->store, place->arena, first.case_id, NOW, 20, &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].id, same.case_id);
    assert_int_equal(list.rows[0].campaign, first.case_id);
    expect_ok(place->store, queue_mates(place->store, place->arena, other.case_id, NOW, 20, &list));
    assert_int_equal(list.count, 0);
    expect_ok(place->store, audit_last(place->store, &last));
    assert_int_equal(last, 3);
}

static void cases_are_found_by_contact(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct posting_stored stored;
    struct case_list found;
    one_case(place, &ad);
    make_ad(&ad, "http://board.example/job/2");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    make_ad(&ad, "http://board.example/job/3");
    ad.contacts[0].value = SLICE("lain_orang77");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    struct digest hash = contact_key_hash(&place->key, CONTACT_TELEGRAM, SLICE("kerja_contoh99"));
    expect_ok(place->store, queue_find_contact(place->store, place->arena, &hash, NOW, &found));
    assert_int_equal(found.count, 2);
    assert_string_equal(found.rows[1].url, "http://board.example/job/2");
    hash = contact_key_hash(&place->key, CONTACT_TELEGRAM, SLICE("nobody_at_all"));
    expect_ok(place->store, queue_find_contact(place->store, place->arena, &hash, NOW, &found));
    assert_int_equal(found.count, 0);
}

static void counts_say_how_it_stands(void **state)
{
    struct place *place = *state;
    struct ad ad;
    struct queue_stats stats;
    int64_t first = one_case(place, &ad);
    struct posting_stored stored;
    make_ad(&ad, "http://board.example/job/2");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    expect_ok(place->store, queue_decide(place->store, first, CASE_CONFIRMED, &ani));
    expect_ok(place->store, queue_stats(place->store, NOW + 5000, &stats));
    assert_int_equal(stats.by_state[CASE_NEW], 1);
    assert_int_equal(stats.by_state[CASE_CONFIRMED], 1);
    assert_int_equal(stats.open_by_band[BAND_URGENT], 1);
    assert_int_equal(stats.open_by_task[TASK_GAMBLING], 1);
    assert_int_equal(stats.decided_day, 1);
    assert_int_equal(stats.precision_per_mille, 1000);
    assert_int_equal(stats.oldest_new_unix_ms, NOW);
    struct queue_day day;
    expect_ok(place->store, queue_day(place->store, NOW + 5000, &day));
    assert_int_equal(day.open, 1);
    assert_int_equal(day.decided, 1);
    assert_int_equal(day.precision_per_mille, 1000);
}

/* Every write and sync of store and evidence fails in turn, for ever: after each there is no case,
 * or one whole case; put again there is exactly one. */
static void each_failing_write(struct place *place, bool of_evidence, int code)
{
    struct ad ad;
    struct posting_stored stored;
    struct case_full full;
    uint64_t nth = 1;
    int rc = code;
    make_ad(&ad, "http://board.example/job/1");
    for (; rc != OK && nth < 200; nth++) {
        if (of_evidence)
            evidence_fail_nth_write(place->evidence, nth, code);
        else
            store_fail_nth_write(place->store, nth, code);
        rc = put_ad(place, &ad, &stored);
        evidence_fail_nth_write(place->evidence, 0, 0);
        store_fail_nth_write(place->store, 0, 0);
        assert_true(rc == OK || rc == code);
        uint64_t cases = count_cases(place);
        assert_true(cases == 1 || (rc != OK && cases == 0));
        if (cases == 1)
            break;
    }
    assert_true(nth > 2 && nth < 200);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_int_equal(count_cases(place), 1);
    close_all(place);
    open_all(place);
    struct text_buf block;
    struct failure why = {0};
    text_buf_init(&block, 1u << 20);
    expect_ok(place->store, queue_show(place->store, place->arena, stored.case_id, NOW, &full));
    if (evidence_read(place->store, place->evidence_dir, full.row.evidence_id, &block, &why) != OK)
        fail_msg("%s", why.text);
    text_buf_release(&block);
}

static void no_case_is_lost_or_doubled_by_io_errors_of_the_store(void **state)
{
    each_failing_write(*state, false, ERR_IO);
}

static void no_case_is_lost_or_doubled_by_a_full_disk(void **state)
{
    each_failing_write(*state, false, ERR_FULL);
}

static void no_case_is_lost_or_doubled_by_failing_evidence(void **state)
{
    each_failing_write(*state, true, ERR_FULL);
}

static void each_failing_write_of_a_decision(void **state)
{
    struct place *place = *state;
    struct ad ad;
    int64_t id = one_case(place, &ad);
    int rc = ERR_IO;
    for (uint64_t nth = 1; rc != OK && nth < 100; nth++) {
        store_fail_nth_write(place->store, nth, ERR_IO);
        rc = queue_decide(place->store, id, CASE_CONFIRMED, &ani);
        store_fail_nth_write(place->store, 0, 0);
        enum case_state now = state_of(place, id, NOW);
        assert_true(now == CASE_CONFIRMED || (rc != OK && now == CASE_NEW));
        int64_t bad = -1;
        uint64_t count = 0;
        expect_ok(place->store, audit_verify(place->store, &bad, &count));
        assert_int_equal(bad, 0);
        assert_int_equal(count, now == CASE_CONFIRMED ? 2 : 1);
        if (now == CASE_CONFIRMED)
            break;
    }
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        T(a_flagged_ad_is_one_case_however_often_it_is_put),
        T(an_id_in_one_place_and_none_in_another_is_one_case),
        T(flagged_without_evidence_is_refused),
        T(a_case_shows_what_was_seen_with_contacts_masked),
        T(nothing_in_clear_is_in_the_database_file),
        T(a_claim_keeps_others_out_until_its_lease_ends),
        T(a_decision_stands_until_it_is_undone),
        T(wrong_acts_get_a_sentence),
        T(a_new_version_updates_and_a_higher_band_reopens),
        T(an_ad_made_harmless_keeps_its_case_and_text),
        T(clear_ads_keep_no_words_unless_sampled),
        T(the_sample_is_uniform_and_repeatable),
        T(what_is_known_is_told_before_evidence_is_written),
        T(lists_page_by_rank_and_filter),
        T(lists_are_searched_in_any_script),
        T(mates_are_of_the_same_campaign),
        T(cases_are_found_by_contact),
        T(counts_say_how_it_stands),
        T(no_case_is_lost_or_doubled_by_io_errors_of_the_store),
        T(no_case_is_lost_or_doubled_by_a_full_disk),
        T(no_case_is_lost_or_doubled_by_failing_evidence),
        T(each_failing_write_of_a_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
