/* Retention: what goes, what stays, and that evidence is verified as before; kills in between. */
#include "tests/unit/storage_fixture.h"

#include "storage/purge.h"
#include "storage/store_inside.h"

#define DAY_MS (24LL * 3600 * 1000)

static const struct purge_rules RULES = {.dismissed_ms = 30 * DAY_MS,
                                         .pending_ms = 90 * DAY_MS,
                                         .exported_ms = 365 * DAY_MS,
                                         .watch_ms = 365 * DAY_MS,
                                         .sample_ms = 90 * DAY_MS};

static struct purge_act act_at(const struct place *place, int64_t now)
{
    return (struct purge_act){.who = "desk",
                              .why = "as agreed",
                              .now_unix_ms = now,
                              .evidence_dir = place->evidence_dir,
                              .machine = ""};
}

static int64_t number(struct place *place, const char *sql)
{
    int64_t value = -1;
    expect_ok(place->store, db_number(store_db(place->store), &value, sql, DB_NONE));
    return value;
}

static void bad(void *ctx, const char *why)
{
    (void)ctx;
    fail_msg("%s", why);
}

static struct evidence_verified verify(struct place *place)
{
    struct evidence_verified found = {0};
    struct failure why = {0};
    int64_t bad_id = 0;
    uint64_t rows = 0;
    const struct evidence_check check = {.dir = place->evidence_dir, .bad = bad};
    if (evidence_verify(place->store, &check, &found, &why) != OK)
        fail_msg("%s", why.text);
    expect_ok(place->store, audit_verify(place->store, &bad_id, &rows));
    assert_int_equal(bad_id, 0);
    return found;
}

static int64_t put(struct place *place, const char *url)
{
    struct ad ad;
    struct posting_stored stored = {0};
    make_ad(&ad, url);
    expect_ok(place->store, put_ad(place, &ad, &stored));
    return stored.case_id;
}

static void decide(struct place *place, int64_t case_id, enum case_state state)
{
    const struct queue_act act = {"ani", "seen", NOW};
    expect_ok(place->store, queue_decide(place->store, case_id, state, &act));
}

static struct purge_result purge(struct place *place, int64_t now)
{
    struct purge_result result = {0};
    const struct purge_act act = act_at(place, now);
    evidence_close(place->evidence);
    place->evidence = NULL;
    expect_ok(place->store, purge_rows(place->store, &RULES, &act, true, &result));
    expect_ok(place->store, purge_segments(place->store, &act, NULL, NULL, &result));
    place->evidence = open_evidence(place);
    return result;
}

static void a_dismissed_case_loses_text_and_evidence_after_its_time(void **state)
{
    struct place *place = *state;
    struct case_full full;
    int64_t gone = put(place, "http://board.example/job/1");
    int64_t kept = put(place, "http://board.example/job/2");
    decide(place, gone, CASE_DISMISSED);
    decide(place, kept, CASE_CONFIRMED);
    struct purge_result early = purge(place, NOW + 29 * DAY_MS);
    assert_int_equal(early.versions + early.records, 0);
    struct purge_result result = purge(place, NOW + 31 * DAY_MS);
    assert_int_equal(result.dismissed, 1);
    assert_int_equal(result.versions, 1);
    assert_int_equal(result.records, 3);
    assert_int_equal(result.segments, 1);
    struct evidence_verified found = verify(place);
    assert_int_equal(found.purged, 3);
    assert_int_equal(found.records, 7);
    expect_ok(place->store, queue_show(place->store, place->arena, gone, NOW, &full));
    assert_int_equal(full.field[POSTING_TEXT].len, 0);
    assert_int_equal(full.row.state, CASE_DISMISSED);
    assert_true(strlen(full.row.reasons) > 0);
    assert_string_equal(full.contacts[0].tail, "");
    assert_string_equal(full.text_gone, "retention");
    assert_int_equal(full.verdict.band, full.row.band);
    assert_int_equal(full.verdict.logit_tenths, full.row.logit_tenths);
    assert_int_equal(full.verdict.task, full.row.task);
    expect_ok(place->store, queue_show(place->store, place->arena, kept, NOW, &full));
    assert_true(full.field[POSTING_TEXT].len > 0);
    assert_string_equal(full.text_gone, "");
    struct text_buf block;
    struct failure why = {0};
    text_buf_init(&block, 1u << 20);
    assert_int_equal(
        evidence_read(place->store, place->evidence_dir, full.row.evidence_id, &block, &why), OK);
    text_buf_release(&block);
    struct purge_result again = purge(place, NOW + 32 * DAY_MS);
    assert_int_equal(again.versions + again.records, 0);
    int64_t more = put(place, "http://board.example/job/3");
    assert_true(more > kept);
    assert_int_equal(verify(place).purged, 3);
}

static void pending_cases_lapse_and_exports_have_a_year(void **state)
{
    struct place *place = *state;
    struct case_row row;
    int64_t open = put(place, "http://board.example/job/1");
    int64_t sent = put(place, "http://board.example/job/2");
    decide(place, sent, CASE_CONFIRMED);
    const struct queue_act act = {"ani", "csv to desk", NOW + 10 * DAY_MS};
    expect_ok(place->store, queue_exported(place->store, sent, &act));
    struct purge_result result = purge(place, NOW + 91 * DAY_MS);
    assert_int_equal(result.pending, 1);
    assert_int_equal(result.exported, 0);
    expect_ok(place->store, queue_get(place->store, place->arena, open, NOW, &row));
    assert_int_equal(row.state, CASE_UNSURE);
    assert_string_equal(row.title, "");
    assert_int_equal(purge(place, NOW + 370 * DAY_MS).exported, 0);
    assert_int_equal(purge(place, NOW + 376 * DAY_MS).exported, 1);
    assert_int_equal(number(place, "SELECT count(*) FROM versions WHERE verdict IS NOT NULL"), 0);
    assert_int_equal(number(place, "SELECT count(*) FROM records WHERE purged = 0"), 1);
    verify(place);
}

static void a_dry_purge_changes_nothing(void **state)
{
    struct place *place = *state;
    struct purge_result result = {0};
    decide(place, put(place, "http://board.example/job/1"), CASE_DISMISSED);
    const struct purge_act act = act_at(place, NOW + 31 * DAY_MS);
    expect_ok(place->store, purge_rows(place->store, &RULES, &act, false, &result));
    assert_int_equal(result.marked, 3);
    assert_int_equal(number(place, "SELECT count(*) FROM versions WHERE verdict IS NULL"), 0);
    assert_int_equal(number(place, "SELECT count(*) FROM records WHERE purged_why <> ''"), 0);
}

static void a_segment_that_is_written_to_waits(void **state)
{
    struct place *place = *state;
    struct purge_result result = {0};
    decide(place, put(place, "http://board.example/job/1"), CASE_DISMISSED);
    const struct purge_act act = act_at(place, NOW + 31 * DAY_MS);
    expect_ok(place->store, purge_rows(place->store, &RULES, &act, true, &result));
    expect_ok(place->store, purge_segments(place->store, &act, NULL, NULL, &result));
    assert_int_equal(result.segments_held, 1);
    assert_int_equal(result.records, 0);
    verify(place);
    result = purge(place, NOW + 31 * DAY_MS);
    assert_int_equal(result.records, 3);
    verify(place);
}

static size_t files_in(const char *path)
{
    size_t count = 0;
    DIR *dir = opendir(path);
    for (struct dirent *entry = NULL; dir != NULL && (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    if (dir != NULL)
        closedir(dir);
    return count;
}

static void what_a_killed_purge_left_is_settled(void **state)
{
    struct place *place = *state;
    char from[512], to[512], name[128] = "";
    decide(place, put(place, "http://board.example/job/1"), CASE_DISMISSED);
    struct db_rows *rows = db_query(store_db(place->store), "SELECT name FROM segments", DB_NONE);
    if (db_next(rows))
        snprintf(name, sizeof name, "%.*s", (int)row_slice(rows, 0).len, row_slice(rows, 0).at);
    expect_ok(place->store, db_end(store_db(place->store), rows));
    (void)purge(place, NOW + 31 * DAY_MS);
    evidence_close(place->evidence);
    /* the old file is there still, the new one has not got its name */
    snprintf(from, sizeof from, "%s/%s", place->evidence_dir, name);
    name[strlen(name) - strlen(".warc.gz")] = '\0';
    snprintf(to, sizeof to, "%s/%s.p1.warc.gz.begun", place->evidence_dir, name);
    FILE *old = fopen(from, "w");
    assert_non_null(old);
    fclose(old);
    snprintf(from, sizeof from, "%s/%s.p1.warc.gz", place->evidence_dir, name);
    assert_int_equal(rename(from, to), 0);
    /* and one that never committed */
    snprintf(to, sizeof to, "%s/%s.p2.warc.gz.begun", place->evidence_dir, name);
    old = fopen(to, "w");
    assert_non_null(old);
    fclose(old);
    place->evidence = open_evidence(place);
    assert_int_equal(files_in(place->evidence_dir), 1);
    assert_int_equal(verify(place).purged, 3);
}

static void a_person_who_asks_is_forgotten(void **state)
{
    struct place *place = *state;
    struct forget_result result = {0};
    struct purge_result purged = {0};
    int64_t first = put(place, "http://board.example/job/1");
    (void)put(place, "http://board.example/job/2");
    decide(place, first, CASE_CONFIRMED);
    struct digest hash = contact_key_hash(&place->key, CONTACT_TELEGRAM, SLICE("kerja_contoh99"));
    const struct purge_act act = act_at(place, NOW + DAY_MS);
    evidence_close(place->evidence);
    place->evidence = NULL;
    expect_ok(place->store, purge_contact(place->store, &hash, &act, &result));
    assert_int_equal(result.postings, 2);
    assert_int_equal(result.cases, 2);
    assert_int_equal(result.contacts, 2);
    assert_int_equal(result.marked, 6);
    expect_ok(place->store, purge_segments(place->store, &act, NULL, NULL, &purged));
    assert_int_equal(purged.records, 6);
    assert_int_equal(number(place, "SELECT count(*) FROM contacts"), 0);
    assert_int_equal(number(place, "SELECT count(*) FROM campaign_edges WHERE kind = 0"), 0);
    assert_int_equal(number(place, "SELECT count(*) FROM versions WHERE text IS NOT NULL"), 0);
    assert_int_equal(
        number(place, "SELECT count(*) FROM records WHERE purged_why = 'a person''s request'"), 6);
    assert_int_equal(number(place, "SELECT count(*) FROM audit WHERE action = 'forget'"), 3);
    assert_int_equal(number(place, "SELECT count(*) FROM cases WHERE state = 2"), 1);
    place->evidence = open_evidence(place);
    verify(place);
    expect_ok(place->store, purge_contact(place->store, &hash, &act, &result));
    assert_int_equal(result.postings, 0);
}

/* Each write of the database fails in its turn, for ever from then on: what stands is sound, and the
 * same again ends the work. */
static void each_failing_write_leaves_sound_evidence(void **state)
{
    struct place *place = *state;
    const struct purge_act act = act_at(place, NOW + 31 * DAY_MS);
    decide(place, put(place, "http://board.example/job/1"), CASE_DISMISSED);
    (void)put(place, "http://board.example/job/2");
    bool done = false;
    for (uint64_t nth = 1; !done && nth < 200; nth++) {
        struct purge_result result = {0};
        evidence_close(place->evidence);
        place->evidence = NULL;
        store_fail_nth_write(place->store, nth, ERR_FULL);
        int rc = purge_rows(place->store, &RULES, &act, true, &result);
        if (rc == OK)
            rc = purge_segments(place->store, &act, NULL, NULL, &result);
        store_fail_nth_write(place->store, 0, OK);
        done = rc == OK;
        place->evidence = open_evidence(place);
        verify(place);
    }
    assert_true(done);
    assert_int_equal(number(place, "SELECT count(*) FROM records WHERE purged > 0"), 3);
    assert_int_equal(number(place, "SELECT count(*) FROM cases"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_dismissed_case_loses_text_and_evidence_after_its_time,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(pending_cases_lapse_and_exports_have_a_year, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_dry_purge_changes_nothing, make_place, drop_place),
        cmocka_unit_test_setup_teardown(a_segment_that_is_written_to_waits, make_place, drop_place),
        cmocka_unit_test_setup_teardown(what_a_killed_purge_left_is_settled, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(each_failing_write_leaves_sound_evidence, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_person_who_asks_is_forgotten, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
