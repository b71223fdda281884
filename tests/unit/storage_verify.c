/* Evidence verified: every single flipped bit of a segment is found and placed; rows that lie too. */
#include "tests/unit/storage_fixture.h"

#include "storage/store_inside.h"

#include <fcntl.h>

struct told {
    uint64_t count;
    char last[1024];
};

static void tell(void *ctx, const char *why)
{
    struct told *told = ctx;
    told->count++;
    snprintf(told->last, sizeof told->last, "%s", why);
}

static uint64_t verify(struct place *place, struct told *told)
{
    struct evidence_verified found = {0};
    struct failure why = {0};
    const struct evidence_check check = {.dir = place->evidence_dir, .bad = tell, .ctx = told};
    *told = (struct told){0};
    if (evidence_verify(place->store, &check, &found, &why) != OK)
        fail_msg("%s", why.text);
    assert_int_equal(found.bad, told->count);
    return found.records;
}

/* Two pages, six records and the head of the segment. */
static void fill(struct place *place)
{
    for (int i = 0; i < 2; i++) {
        struct evidence_ref ref;
        struct evidence_page page = page_of("http://board.example/job/1");
        expect_ok(place->store, store_begin(place->store));
        expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
        expect_ok(place->store, store_commit(place->store));
    }
}

static void segment_path_of(struct place *place, char at[512])
{
    struct db_rows *rows = db_query(store_db(place->store), "SELECT name FROM segments", DB_NONE);
    assert_true(db_next(rows));
    struct slice name = row_slice(rows, 0);
    snprintf(at, 512, "%s/%.*s", place->evidence_dir, (int)name.len, name.at);
    expect_ok(place->store, db_end(store_db(place->store), rows));
}

static void what_was_written_is_sound(void **state)
{
    struct place *place = *state;
    struct told told;
    assert_int_equal(verify(place, &told), 0);
    fill(place);
    assert_int_equal(verify(place, &told), 7);
    if (told.count != 0)
        fail_msg("%s", told.last);
}

static void every_flipped_bit_is_found(void **state)
{
    struct place *place = *state;
    struct told told;
    struct stat about;
    char path[512];
    fill(place);
    segment_path_of(place, path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &about), 0);
    for (off_t at = 0; at < about.st_size; at++) {
        unsigned char byte = 0, flipped = 0;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        flipped = (unsigned char)(byte ^ (1u << (at % 8)));
        assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
        verify(place, &told);
        if (told.count != 1 || strstr(told.last, path) == NULL ||
            strstr(told.last, "the record at byte ") == NULL)
            fail_msg("byte %lld: %llu told: %s", (long long)at, (unsigned long long)told.count,
                     told.last);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    verify(place, &told);
    assert_int_equal(told.count, 0);
}

static void a_changed_row_is_found(void **state)
{
    static const char *const changes[] = {
        "UPDATE records SET member = block WHERE id = 3",
        "UPDATE records SET chain = member WHERE id = 3",
        "UPDATE records SET block = member WHERE id = 3",
        "UPDATE records SET payload = member WHERE payload IS NOT NULL",
        "UPDATE records SET url = 'http://board.example/job/2' WHERE id = 3",
        "UPDATE records SET type = 'metadata' WHERE id = 3",
        "UPDATE records SET record_id = 'urn:uuid:other' WHERE id = 3",
        "UPDATE records SET offset_bytes = offset_bytes + 1 WHERE id = 3",
        "UPDATE records SET length_bytes = length_bytes - 1 WHERE id = 3",
        "UPDATE segments SET bytes = bytes - 1",
        "DELETE FROM records WHERE id = 3",
        "DELETE FROM records WHERE id = 7",
    };
    struct place *place = *state;
    struct told told;
    fill(place);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct db *db = store_db(place->store);
        expect_ok(place->store, db_begin(db));
        expect_ok(place->store, db_run(db, changes[i], DB_NONE));
        verify(place, &told);
        if (told.count == 0)
            fail_msg("not found: %s", changes[i]);
        db_rollback(db);
    }
    verify(place, &told);
    assert_int_equal(told.count, 0);
}

static void files_that_are_short_or_strange_are_found(void **state)
{
    struct place *place = *state;
    struct told told;
    struct stat about;
    char path[512], other[600];
    fill(place);
    segment_path_of(place, path);
    assert_int_equal(stat(path, &about), 0);
    snprintf(other, sizeof other, "%s/lurewatch-20200101-0001.warc.gz", place->evidence_dir);
    int fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    verify(place, &told);
    assert_int_equal(told.count, 1);
    assert_non_null(strstr(told.last, "knows no such segment"));
    unlink(other);
    snprintf(other, sizeof other, "%s.away", path);
    assert_int_equal(rename(path, other), 0);
    verify(place, &told);
    assert_int_equal(told.count, 1);
    assert_non_null(strstr(told.last, "cannot be read"));
    assert_int_equal(rename(other, path), 0);
    assert_int_equal(truncate(path, about.st_size - 1), 0);
    verify(place, &told);
    assert_int_equal(told.count, 2); /* the record, and the file's length */
}

static void a_backup_is_a_store_of_its_own(void **state)
{
    struct place *place = *state;
    struct failure why = {0};
    struct store *copy = NULL;
    struct evidence_totals totals;
    char path[128], url[160];
    uint32_t version = 0;
    fill(place);
    snprintf(path, sizeof path, "%s/copy.db", place->dir);
    snprintf(url, sizeof url, "sqlite:%s", path);
    if (store_backup(place->url, path, &why) != OK)
        fail_msg("%s", why.text);
    assert_int_equal(store_backup(place->url, path, &why), ERR_CONFLICT);
    assert_int_equal(store_look(url, &version, &why), OK);
    assert_int_equal(version, store_version_ours());
    assert_int_equal(store_open(url, STORE_READ_ONLY, &copy, &why), OK);
    expect_ok(copy, evidence_count(copy, &totals));
    assert_int_equal(totals.records, 7);
    store_close(copy);
    snprintf(path, sizeof path, "%s/no/folder/copy.db", place->dir);
    assert_int_equal(store_backup(place->url, path, &why), ERR_NOT_FOUND);
    assert_int_equal(store_look("sqlite:/nowhere/x.db", &version, &why), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_sound, make_place, drop_place),
        cmocka_unit_test_setup_teardown(every_flipped_bit_is_found, make_place, drop_place),
        cmocka_unit_test_setup_teardown(a_changed_row_is_found, make_place, drop_place),
        cmocka_unit_test_setup_teardown(files_that_are_short_or_strange_are_found, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_backup_is_a_store_of_its_own, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
