/* The store's handle: made, refused, migrated, damaged, full, rolled back. */
#include "storage/db.h"
#include "storage/migrations.h"
#include "storage/store_inside.h"
#include "storage/sweep_rows.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char dir[64], file[96], url[128];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->dir, sizeof place->dir, "/tmp/lurewatch-store-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->file, sizeof place->file, "%s/store.db", place->dir);
    snprintf(place->url, sizeof place->url, "sqlite:%s", place->file);
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;
    char journal[128];
    snprintf(journal, sizeof journal, "%s-journal", place->file);
    unlink(journal);
    unlink(place->file);
    rmdir(place->dir);
    free(place);
    return 0;
}

static struct store *open_store(const struct place *place)
{
    struct store *store = NULL;
    struct failure why = {0};
    int rc = store_open(place->url, STORE_CREATE, &store, &why);
    if (rc != OK)
        fail_msg("%s", why.text);
    return store;
}

static void a_new_store_is_private_and_at_our_version(void **state)
{
    struct place *place = *state;
    struct store *store = open_store(place);
    struct stat about;
    assert_int_equal(stat(place->file, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(store_version(store), store_version_ours());
    assert_string_equal(store_path(store), place->file);
    assert_int_equal(store_check(store), OK);
    store_close(store);
    store_close(NULL);
}

static void a_missing_store_is_not_made_unasked(void **state)
{
    struct place *place = *state;
    struct store *store = NULL;
    struct failure why = {0};
    assert_int_equal(store_open(place->url, 0, &store, &why), ERR_NOT_FOUND);
    assert_non_null(strstr(why.text, place->file));
    assert_int_equal(access(place->file, F_OK), -1);
    assert_int_equal(store_open("file:x", 0, &store, &why), ERR_SYNTAX);
    assert_int_equal(store_open("sqlite:", 0, &store, &why), ERR_SYNTAX);
    assert_int_equal(store_open("mysql://h/d", 0, &store, &why), ERR_SYNTAX);
    assert_int_equal(
        store_open("postgresql:///d?host=/nonexistent&password=secret", 0, &store, &why), ERR_NET);
    assert_non_null(strstr(why.text, "postgresql:///nonexistent/d"));
    assert_null(strstr(why.text, "secret"));
}

static void an_empty_file_is_version_0_and_migrated(void **state)
{
    struct place *place = *state;
    struct store *store = NULL;
    struct failure why = {0};
    close(open(place->file, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(store_open(place->url, 0, &store, &why), ERR_VERSION);
    assert_non_null(strstr(why.text, "db migrate"));
    store_close(open_store(place));
    assert_int_equal(store_open(place->url, 0, &store, &why), OK);
    store_close(store);
}

static void a_store_from_a_newer_program_is_refused(void **state)
{
    struct place *place = *state;
    struct store *store = open_store(place);
    struct failure why = {0};
    assert_int_equal(
        db_run(store_db(store), "UPDATE meta SET value = '9999' WHERE name = 'schema'", DB_NONE),
        OK);
    store_close(store);
    assert_int_equal(store_open(place->url, STORE_CREATE, &store, &why), ERR_VERSION);
    assert_non_null(strstr(why.text, "9999"));
    assert_non_null(strstr(why.text, "newer"));
}

static void a_database_of_others_is_refused(void **state)
{
    struct place *place = *state;
    struct db *db = NULL;
    struct store *store = NULL;
    struct failure why = {0};
    assert_int_equal(db_open(place->url, STORE_CREATE, &db, &why), OK);
    assert_int_equal(db_script(db, "CREATE TABLE meta (name TEXT, value TEXT);"
                                   "INSERT INTO meta VALUES ('schema', 'blue')"),
                     OK);
    db_close(db);
    assert_int_equal(store_open(place->url, STORE_CREATE, &store, &why), ERR_STORE);
    assert_non_null(strstr(why.text, "not a lurewatch store"));
}

static void text_that_is_no_database_is_refused(void **state)
{
    struct place *place = *state;
    struct store *store = NULL;
    struct failure why = {0};
    FILE *out = fopen(place->file, "w");
    for (int i = 0; i < 400; i++)
        fputs("this is no database\n", out);
    fclose(out);
    assert_int_equal(store_open(place->url, STORE_CREATE, &store, &why), ERR_STORE);
    assert_non_null(strstr(why.text, place->file));
}

static void a_damaged_page_is_told_with_its_remedy(void **state)
{
    struct place *place = *state;
    struct store *store = open_store(place);
    char url[128];
    for (int i = 0; i < 2000; i++) {
        snprintf(url, sizeof url, "http://board.example/job/%d", i);
        struct url_link link = {url, "board.example", URL_POSTING, 1, 0};
        if (i == 0)
            assert_int_equal(store_begin(store), OK);
        assert_int_equal(urls_add(store, "board", &link, 1, NULL), OK);
    }
    assert_int_equal(store_commit(store), OK);
    store_close(store);
    int fd = open(place->file, O_WRONLY);
    off_t size = lseek(fd, 0, SEEK_END);
    char noise[4096];
    memset(noise, 0xa5, sizeof noise);
    for (off_t page = size / 4096 - 40; page < size / 4096; page++)
        assert_int_equal(pwrite(fd, noise, sizeof noise, page * 4096), (ssize_t)sizeof noise);
    close(fd);
    struct failure why = {0};
    assert_int_equal(store_open(place->url, 0, &store, &why), OK);
    assert_int_equal(store_check(store), ERR_STORE);
    assert_non_null(strstr(store_failure(store)->text, "db restore"));
    assert_non_null(strstr(store_failure(store)->text, place->file));
    store_close(store);
}

static void a_reader_cannot_write(void **state)
{
    struct place *place = *state;
    struct store *store = NULL;
    struct failure why = {0};
    struct round round;
    store_close(open_store(place));
    assert_int_equal(store_open(place->url, STORE_READ_ONLY, &store, &why), OK);
    assert_int_equal(store_begin(store), ERR_DENIED);
    assert_int_equal(round_begin(store, "board", 1000, 1, &round), ERR_DENIED);
    store_close(store);
}

static void what_is_rolled_back_is_not_there(void **state)
{
    struct store *store = open_store(*state);
    struct url_link link = {"http://a.example/", "a.example", URL_LISTING, 0, 0};
    uint64_t counts[URL_STATE_COUNT];
    assert_int_equal(store_begin(store), OK);
    assert_true(store_in_transaction(store));
    assert_int_equal(urls_add(store, "a", &link, 1, NULL), OK);
    store_rollback(store);
    store_rollback(store);
    assert_false(store_in_transaction(store));
    assert_int_equal(urls_count(store, NULL, counts), OK);
    assert_int_equal(counts[URL_PENDING], 0);
    store_close(store);
}

/* Every write and sync of a transaction fails in turn. It is there wholly or not at all (the very
 * last sync may fail after the commit took place), and can be run again. */
static void each_failing_write(const struct place *place, int code)
{
    struct store *store = open_store(place);
    struct url_link links[3] = {{"http://a.example/1", "a.example", URL_LISTING, 0, 0},
                                {"http://a.example/2", "a.example", URL_POSTING, 1, 0},
                                {"http://b.example/", "b.example", URL_FEED, 0, 0}};
    uint64_t counts[URL_STATE_COUNT], nth = 1;
    unsigned whole = 0;
    int rc = code;
    for (; rc != OK && nth < 100; nth++) {
        store_fail_nth_write(store, nth, code);
        rc = urls_add(store, "a", links, 3, NULL);
        store_fail_nth_write(store, 0, 0);
        assert_true(rc == OK || rc == code);
        if (rc != OK)
            assert_non_null(strstr(store_failure(store)->text, place->file));
        assert_int_equal(urls_count(store, NULL, counts), OK);
        if (counts[URL_PENDING] != 0)
            whole++;
        assert_true(counts[URL_PENDING] == 3 || (rc != OK && counts[URL_PENDING] == 0));
    }
    assert_true(nth > 4 && nth < 100 && whole <= 2);
    store_close(store);
}

static void io_errors_leave_nothing_half_written(void **state)
{
    each_failing_write(*state, ERR_IO);
}

static void a_full_disk_leaves_nothing_half_written(void **state)
{
    each_failing_write(*state, ERR_FULL);
}

static void creation_survives_each_failing_write(void **state)
{
    struct place *place = *state;
    struct db *db = NULL;
    struct failure why = {0};
    int rc = ERR_IO;
    for (uint64_t nth = 1; rc != OK && nth < 500; nth++) {
        assert_int_equal(db_open(place->url, STORE_CREATE, &db, &why), OK);
        struct db_faults *faults = db_faults(db);
        faults->fail_at = faults->writes + nth;
        faults->code = ERR_FULL;
        rc = migrations_run(db);
        faults->fail_at = 0;
        db_close(db);
        assert_int_equal(db_open(place->url, 0, &db, &why), OK);
        uint32_t version = 7;
        assert_int_equal(migrations_read(db, &version), OK);
        assert_true(version == migrations_version() || (rc != OK && version == 0));
        db_close(db);
    }
    assert_int_equal(rc, OK);
}

static void after_a_failure_inside_nothing_more_is_written(void **state)
{
    struct store *store = open_store(*state);
    struct url_link link = {"http://a.example/", "a.example", URL_LISTING, 0, 0};
    uint64_t counts[URL_STATE_COUNT];
    assert_int_equal(store_begin(store), OK);
    assert_int_equal(urls_add(store, "a", &link, 1, NULL), OK);
    db_rollback(store_db(store)); /* as SQLite does by itself when the disk is full */
    assert_int_equal(urls_count(store, NULL, counts), OK);
    assert_int_equal(counts[URL_PENDING], 0);
    store_close(store);
}

/* A process dies in the middle of its commit: whoever opens next, even to read, rolls it back. */
static void a_reader_repairs_what_a_crash_left(void **state)
{
    struct place *place = *state;
    char journal[128];
    snprintf(journal, sizeof journal, "%s-journal", place->file);
    store_close(open_store(place));
    struct url_link link = {"http://a.example/", "a.example", URL_LISTING, 0, 0};
    struct stat about;
    unsigned hot = 0;
    for (uint64_t nth = 1; nth < 12; nth++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct store *store = open_store(place);
            store_fail_nth_write(store, nth, ERR_IO);
            _exit(urls_add(store, "a", &link, 1, NULL) == OK ? 1 : 0);
        }
        int status = -1;
        waitpid(pid, &status, 0);
        if (status != 0)
            break;
        hot += stat(journal, &about) == 0 && about.st_size > 0;
        struct store *store = NULL;
        struct failure why = {0};
        uint64_t counts[URL_STATE_COUNT];
        assert_int_equal(store_open(place->url, STORE_READ_ONLY, &store, &why), OK);
        assert_int_equal(urls_count(store, NULL, counts), OK);
        assert_int_equal(store_check(store), OK);
        assert_true(counts[URL_PENDING] <= 1);
        assert_int_equal(urls_add(store, "a", &link, 1, NULL), ERR_DENIED);
        store_close(store);
    }
    assert_true(hot > 0);
}

static void two_handles_meet_at_the_lock(void **state)
{
    struct place *place = *state;
    struct store *one = open_store(place), *two = open_store(place);
    struct url_link link = {"http://a.example/", "a.example", URL_LISTING, 0, 0};
    bool is_new = true;
    assert_int_equal(urls_add(one, "a", &link, 1, &is_new), OK);
    assert_true(is_new);
    assert_int_equal(urls_add(two, "b", &link, 1, &is_new), OK);
    assert_false(is_new);
    store_close(one);
    store_close(two);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        T(a_new_store_is_private_and_at_our_version),
        T(a_missing_store_is_not_made_unasked),
        T(an_empty_file_is_version_0_and_migrated),
        T(a_store_from_a_newer_program_is_refused),
        T(a_database_of_others_is_refused),
        T(text_that_is_no_database_is_refused),
        T(a_damaged_page_is_told_with_its_remedy),
        T(a_reader_cannot_write),
        T(what_is_rolled_back_is_not_there),
        T(io_errors_leave_nothing_half_written),
        T(a_full_disk_leaves_nothing_half_written),
        T(creation_survives_each_failing_write),
        T(after_a_failure_inside_nothing_more_is_written),
        T(a_reader_repairs_what_a_crash_left),
        T(two_handles_meet_at_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
