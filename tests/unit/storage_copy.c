/* A store copied into another engine, and back: every row, every column, ids that go on. */
#include "tests/unit/storage_fixture.h"

#include "storage/host_lease.h"
#include "storage/store_copy.h"
#include "storage/store_inside.h"

static int64_t number(struct store *store, const char *sql)
{
    int64_t value = -1;
    expect_ok(store, db_number(store_db(store), &value, sql, DB_NONE));
    return value;
}

static void fill(struct place *place)
{
    struct ad ad;
    struct posting_stored stored;
    for (int i = 0; i < 3; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://board.example/job/%d", i);
        make_ad(&ad, url);
        expect_ok(place->store, put_ad(place, &ad, &stored));
    }
    const struct url_link link = {
        .url = "http://board.example/job/9", .host = "board.example", .kind = URL_POSTING};
    expect_ok(place->store, urls_add(place->store, "board", &link, 1, NULL));
}

static void copy(const char *from, const char *to, uint64_t *ret_rows)
{
    struct failure why = {0};
    if (store_copy(from, to, ret_rows, &why) != OK)
        fail_msg("%s", why.text);
}

static void check_copy(struct place *place, const char *url, const char *evidence_dir)
{
    struct store *store = NULL;
    struct failure why = {0};
    struct evidence_verified found = {0};
    int64_t bad_id = 0;
    uint64_t rows = 0;
    struct case_full full;
    assert_int_equal(store_open(url, 0, &store, &why), OK);
    assert_int_equal(number(store, "SELECT count(*) FROM cases"), 3);
    assert_int_equal(number(store, "SELECT count(*) FROM records"), 10);
    expect_ok(store, audit_verify(store, &bad_id, &rows));
    assert_int_equal(bad_id, 0);
    assert_true(rows >= 3);
    const struct evidence_check check = {.dir = evidence_dir};
    assert_int_equal(evidence_verify(store, &check, &found, &why), OK);
    assert_int_equal(found.bad, 0);
    expect_ok(store, queue_show(store, place->arena, 2, NOW, &full));
    assert_int_equal(full.verdict.findings_count, 4);
    store_close(store);
}

static void a_copy_is_whole_and_goes_both_ways(void **state)
{
    struct place *place = *state;
    char one[160], two[160];
    uint64_t rows = 0, again = 0;
    struct failure why = {0};
    fill(place);
    snprintf(one, sizeof one, "sqlite:%s/one.db", place->dir);
    snprintf(two, sizeof two, "sqlite:%s/two.db", place->dir);
    copy(place->url, one, &rows);
    assert_true(rows > 20);
    check_copy(place, one, place->evidence_dir);
    copy(one, two, &again);
    assert_int_equal(rows, again);
    check_copy(place, two, place->evidence_dir);
    assert_int_equal(store_copy(place->url, one, &rows, &why), ERR_CONFLICT);
    assert_non_null(strstr(why.text, "holds rows already"));
    /* back into the engine of this run: its place is emptied first */
    close_all(place);
    if (test_postgres() != NULL) {
        schema_run(place, "DROP");
        schema_run(place, "CREATE");
    } else {
        unlink(place->file);
    }
    copy(two, place->url, &again);
    open_all(place);
    check_copy(place, place->url, place->evidence_dir);
    /* ids go on behind what was copied */
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, "http://board.example/job/new");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    assert_int_equal(stored.case_id, 4);
}

/* Statements are known by their address, so each stays in the arena. */
static void compare(struct place *place, const char *table)
{
    if (strcmp(table, "machines") == 0)
        return;
    const char *all = arena_printf(place->arena, "SELECT count(*) FROM main.%s", table);
    const char *other = arena_printf(place->arena,
                                     "SELECT count(*) FROM (SELECT * FROM main.%s"
                                     " EXCEPT SELECT * FROM copy.%s)",
                                     table, table);
    if (number(place->store, all) == 0)
        fail_msg("%s is empty: nothing was tried", table);
    if (number(place->store, other) != 0)
        fail_msg("%s was not copied as it was", table);
}

/* Every column of every table is copied, but for what lives only with its machines. */
static void every_column_is_known_to_the_copy(void **state)
{
    struct place *place = *state;
    char path[160], url[200];
    uint64_t rows = 0;
    SKIP_ON_POSTGRES();
    fill(place);
    struct db *db = store_db(place->store);
    static const char *const statements[] = {
        "UPDATE hosts SET lease_owner = 'a', lease_ends = 3, next_allowed = 4",
        "UPDATE cases SET first_by = 'b', first_state = 2, exported = 5, note = 'n'",
        "UPDATE segments SET machine = 'c'",
        "INSERT INTO stamps (segment_id, at, bytes, chain, authority, token)"
        " VALUES (1, 2, 3, x'04', 'u', x'05')",
        "INSERT INTO employers (key, name, since, until, who, why)"
        " VALUES ('a', 'b', 1, 2, 'c', 'd')",
        "UPDATE cases SET employer_id = 1 WHERE id = 1",
        "INSERT INTO checks (posting_id, at, who, lure, why) VALUES (1, 2, 'w', 1, 'y')",
        "INSERT INTO robots (host_id, status, fetched, expires, body, why)"
        " VALUES (1, 200, 2, 3, x'41', 'w')",
        "INSERT INTO poisoned (url_id, at, why, evidence_id) VALUES (1, 2, 'w', 'e')",
        "INSERT INTO rounds (source_id, started) VALUES (1, 2)",
        "INSERT INTO requests (case_id, recipient, name, kind, language, address, form, state,"
        " drafted, drafted_by, approved, approved_by, sent, sent_by, changed, why)"
        " VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 1, 2, 'g', 3, 'h', 4, 'i', 5, 'j')",
        "INSERT INTO rechecks (posting_id, case_id, url_id, version_id, asked, state, since,"
        " checked, next, wanted, first_gone, failures, why)"
        " VALUES (1, 1, 2, 3, 4, 1, 5, 6, 7, 8, 9, 10, 'w')",
        "INSERT INTO pictures (case_id, url_id, digest, record_id) VALUES (1, 1, x'41', 'r')",
        "INSERT INTO images (digest, look, edge_id) VALUES (x'41', x'42', 1)",
        "INSERT INTO images (digest) VALUES (x'43')",
        "INSERT INTO image_cases (case_id, image_id) VALUES (1, 1)",
        "INSERT INTO look_bands (band, edge_id) VALUES (1, 1)",
        "INSERT INTO alarms (run_id, at, source, kind, why) VALUES (1, 2, 's', 'k', 'w')",
        "INSERT INTO round_shapes VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)",
        "INSERT INTO rules VALUES (1, 'n', x'41', 1, 2, 3, 4, 5, 6, 7, 8, 9)",
        "INSERT INTO rule_notes (source_id, ads, hits) VALUES (1, 2, '1:2')",
        "INSERT INTO rule_runs VALUES (1, 1, 2, 3)",
        "INSERT INTO rule_days VALUES (1, 1, 2, 3)",
        "INSERT INTO sweep_runs (started, bank, process_id, machine) VALUES (1, 'b', 2, 'm')",
        "INSERT INTO fetches (at, source_id, host_id, url, kind, referrer, robots_rule, outcome,"
        " http_status, bytes, took_ms) VALUES (1, 1, 1, 'u', 'k', 'r', 'o', 'c', 200, 2, 3)"};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        expect_ok(place->store, db_run(db, statements[i], DB_NONE));
    snprintf(path, sizeof path, "%s/copy.db", place->dir);
    snprintf(url, sizeof url, "sqlite:%s", path);
    copy(place->url, url, &rows);
    snprintf(url, sizeof url, "ATTACH '%s' AS copy", path);
    expect_ok(place->store, db_script(db, url));
    struct db_rows *tables = db_query(db,
                                      "SELECT name FROM main.sqlite_master WHERE type = 'table'"
                                      " AND name NOT LIKE 'case!_words%' ESCAPE '!'",
                                      DB_NONE);
    while (db_next(tables))
        compare(place, row_text(tables, 0, place->arena));
    expect_ok(place->store, db_end(db, tables));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_is_whole_and_goes_both_ways, make_place, drop_place),
        cmocka_unit_test_setup_teardown(every_column_is_known_to_the_copy, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
