/* Hosts leased to machines, and how machines are named. */
#include "tests/unit/storage_fixture.h"

#include "common/clock.h"
#include "storage/host_lease.h"
#include "storage/store_inside.h"

#include <sys/stat.h>

#define LEASE_MS 120000

static struct lease_ask ask(const char *machine, int64_t now)
{
    return (struct lease_ask){machine, now, LEASE_MS};
}

static bool take(struct place *place, const char *machine, int64_t now, struct lease_answer *answer)
{
    const struct lease_ask how = ask(machine, now);
    expect_ok(place->store, host_lease_take(place->store, "board.example", &how, answer));
    return answer->ours;
}

static void a_host_is_one_machines_until_its_lease_ends(void **state)
{
    struct place *place = *state;
    struct lease_answer answer;
    assert_true(take(place, "one", NOW, &answer));
    assert_false(take(place, "two", NOW + 1, &answer));
    assert_string_equal(answer.holder, "one");
    assert_int_equal(answer.ends_unix_ms, NOW + LEASE_MS);
    assert_true(take(place, "one", NOW + 1000, &answer));
    assert_false(take(place, "two", NOW + LEASE_MS, &answer));
    assert_true(take(place, "two", NOW + LEASE_MS + 1000, &answer));
    assert_false(take(place, "one", NOW + LEASE_MS + 1001, &answer));
}

static void politeness_is_written_by_the_holder_alone(void **state)
{
    struct place *place = *state;
    struct lease_answer answer;
    struct host_row row = {.host = "board.example", .next_allowed_unix_ms = NOW + 500}, read;
    const struct lease_ask one = ask("one", NOW), two = ask("two", NOW);
    bool ours = false;
    assert_true(take(place, "one", NOW, &answer));
    expect_ok(place->store, host_lease_put(place->store, &row, &one, &ours));
    assert_true(ours);
    row.next_allowed_unix_ms = NOW + 1;
    expect_ok(place->store, host_lease_put(place->store, &row, &two, &ours));
    assert_false(ours);
    expect_ok(place->store, host_get(place->store, place->arena, "board.example", &read));
    assert_int_equal(read.next_allowed_unix_ms, NOW + 500);
}

static void machines_that_live_are_counted_and_what_they_hold_goes_on(void **state)
{
    struct place *place = *state;
    struct lease_answer answer;
    struct leased_host *rows = NULL;
    size_t count = 0;
    uint32_t machines = 0;
    const struct lease_ask one = ask("one", NOW), two = ask("two", NOW + 1000);
    const struct lease_ask late = ask("two", NOW + LEASE_MS + 500);
    assert_true(take(place, "one", NOW, &answer));
    expect_ok(place->store, host_leases_renew(place->store, &one, &machines));
    assert_int_equal(machines, 1);
    expect_ok(place->store, host_leases_renew(place->store, &two, &machines));
    assert_int_equal(machines, 2);
    expect_ok(place->store, host_leases_renew(place->store, &late, &machines));
    assert_int_equal(machines, 1); /* "one" fell silent */
    expect_ok(place->store, host_leases(place->store, place->arena, NOW + 1, &rows, &count));
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].machine, "one");
    expect_ok(place->store, host_lease_release(place->store, "board.example", "two"));
    assert_false(take(place, "two", NOW + 1, &answer));
    expect_ok(place->store, host_leases_end(place->store, "one"));
    assert_true(take(place, "two", NOW + 1, &answer));
}

static void a_machine_keeps_its_name(void **state)
{
    struct place *place = *state;
    char first[MACHINE_NAME_BYTES], again[MACHINE_NAME_BYTES];
    char path[160];
    struct failure why = {0};
    assert_int_equal(machine_name("", place->evidence_dir, false, first, &why), OK);
    assert_string_equal(first, "");
    assert_int_equal(machine_name(NULL, place->evidence_dir, true, first, &why), OK);
    assert_true(strlen(first) > 6);
    assert_int_equal(machine_name("", place->evidence_dir, true, again, &why), OK);
    assert_string_equal(first, again);
    assert_int_equal(machine_name("desk-2.example", place->evidence_dir, true, again, &why), OK);
    assert_string_equal(again, "desk-2.example");
    static const char *const wrong[] = {"Desk", "a b", "a/b",
                                        "-a",   ".a",  "0123456789012345678901234567890123456789x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(machine_name(wrong[i], place->evidence_dir, true, again, &why),
                         ERR_SYNTAX);
    snprintf(path, sizeof path, "%s.machine", place->evidence_dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("No Name\n", file);
    fclose(file);
    assert_int_equal(machine_name("", place->evidence_dir, true, again, &why), ERR_SYNTAX);
    assert_non_null(strstr(why.text, path));
}

/* Two machines, two folders, one store: neither repairs nor misses the other's, names differ. */
static void two_folders_are_kept_apart(void **state)
{
    struct place *place = *state;
    char other_dir[128];
    struct store *store = NULL;
    struct evidence *evidence = NULL;
    struct evidence_ref ref;
    struct failure why = {0};
    struct evidence_verified found = {0};
    struct evidence_page page = page_of("http://board.example/job/1");
    page.fetched_unix_ms = clock_unix_ms(); /* the day its segment is of */
    snprintf(other_dir, sizeof other_dir, "%s-b", place->evidence_dir);
    evidence_close(place->evidence);
    place->evidence = NULL;
    assert_int_equal(store_open(place->url, 0, &store, &why), OK);
    const char *const names[] = {"one", "two"}, *const dirs[] = {place->evidence_dir, other_dir};
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 2; i++) {
            const struct evidence_settings settings = {
                .dir = dirs[i], .machine = names[i], .software = "lurewatch"};
            assert_int_equal(evidence_open(store, &settings, &evidence, &why), OK);
            expect_ok(store, store_begin(store));
            expect_ok(store, evidence_append(evidence, &page, &ref));
            expect_ok(store, store_commit(store));
            evidence_close(evidence);
        }
    int64_t segments = 0;
    expect_ok(store,
              db_number(store_db(store), &segments, "SELECT count(*) FROM segments", DB_NONE));
    assert_int_equal(segments, 2);
    for (int i = 0; i < 2; i++) {
        const struct evidence_check check = {.dir = dirs[i], .machine = names[i]};
        assert_int_equal(evidence_verify(store, &check, &found, &why), OK);
        assert_int_equal(found.bad, 0);
        assert_int_equal(found.elsewhere, 1);
        assert_int_equal(found.segments, 2);
    }
    struct text_buf block;
    text_buf_init(&block, 1u << 20);
    assert_int_equal(evidence_read(store, dirs[0], ref.response_id, &block, &why), ERR_NOT_FOUND);
    assert_non_null(strstr(why.text, "the machine two"));
    text_buf_release(&block);
    store_close(store);
    empty_folder(other_dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_host_is_one_machines_until_its_lease_ends, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(politeness_is_written_by_the_holder_alone, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(machines_that_live_are_counted_and_what_they_hold_goes_on,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(a_machine_keeps_its_name, make_place, drop_place),
        cmocka_unit_test_setup_teardown(two_folders_are_kept_apart, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
