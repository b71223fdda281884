/* Files that are there or not at all, on a full disk too; folders made and listed. */
#include "common/file.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int enter(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/lw_file_XXXXXX");
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state)
{
    static const char *const names[] = {"a/b/c", "a/b", "a", "one", "two", ".hidden", "x", "new"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove(names[i]);
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void write_then_read(const char *path, const char *text)
{
    struct failure why = {0};
    struct text_buf found;
    assert_int_equal(file_write_atomic(path, slice_of(text), 0600, &why), OK);
    text_buf_init(&found, 1000);
    assert_int_equal(file_read(path, &found, &why), OK);
    assert_string_equal(text_buf_cstr(&found), text);
    text_buf_release(&found);
}

static void what_is_written_is_read(void **state)
{
    struct stat about;
    (void)state;
    write_then_read("one", "first");
    write_then_read("one", "second, longer");
    write_then_read("one", "");
    assert_int_equal(stat("one", &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void a_file_over_the_limit_is_refused_by_name(void **state)
{
    struct failure why = {0};
    struct text_buf found;
    (void)state;
    write_then_read("two", "0123456789");
    text_buf_init(&found, 9);
    assert_int_equal(file_read("two", &found, &why), ERR_LIMIT);
    expect_says(&why, "two: the file is longer than 9 bytes");
    text_buf_release(&found);
}

static void reading_what_is_no_file_fails_in_words(void **state)
{
    struct failure why = {0};
    struct text_buf found;
    (void)state;
    text_buf_init(&found, 9);
    assert_int_equal(file_read("missing", &found, &why), ERR_NOT_FOUND);
    expect_says(&why, "missing");
    assert_int_equal(file_read("/", &found, &why), ERR_IO);
    assert_int_equal(file_failure(&why, "cannot write", "x", ENOSPC), ERR_FULL);
    expect_says(&why, "free some");
    assert_int_equal(file_failure(&why, "cannot write", "x", EDQUOT), ERR_FULL);
    assert_int_equal(file_failure(&why, "cannot write", "x", EIO), ERR_IO);
    text_buf_release(&found);
}

static size_t entries(void)
{
    struct arena *arena = NULL;
    struct failure why = {0};
    const char *const *names = NULL;
    size_t count = 0;
    assert_int_equal(arena_create(1u << 16, &arena), OK);
    assert_int_equal(dir_list(arena, ".", &names, &count, &why), OK);
    arena_free(arena);
    return count;
}

/* A file size limit stands in for a full disk: the write fails half-way. */
static void a_write_that_fails_leaves_the_old_file(void **state)
{
    char large[5000];
    struct failure why = {0};
    struct text_buf found;
    struct rlimit before, small = {1000, RLIM_INFINITY};
    (void)state;
    memset(large, 'x', sizeof large);
    write_then_read("one", "old");
    size_t names = entries();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = file_write_atomic("one", slice_make(large, sizeof large), 0600, &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, ERR_IO);
    expect_says(&why, "cannot write one");
    text_buf_init(&found, 1000);
    assert_int_equal(file_read("one", &found, &why), OK);
    assert_string_equal(text_buf_cstr(&found), "old");
    text_buf_release(&found);
    assert_int_equal(entries(), names); /* nothing half-written stays behind */
}

static void writing_where_no_folder_is_fails(void **state)
{
    struct failure why = {0};
    char far[5000];
    (void)state;
    assert_int_equal(file_write_atomic("no/such/x", SLICE("x"), 0600, &why), ERR_NOT_FOUND);
    memset(far, 'x', sizeof far - 1);
    far[sizeof far - 1] = '\0';
    assert_int_equal(file_write_atomic(far, SLICE("x"), 0600, &why), ERR_IO);
    assert_int_equal(dir_make(far, 0700, &why), ERR_IO);
    assert_int_equal(dir_make("", 0700, &why), ERR_IO);
}

static void folders_are_made_with_those_above(void **state)
{
    struct failure why = {0};
    struct stat about;
    (void)state;
    assert_int_equal(dir_make("a/b/c", 0700, &why), OK);
    assert_int_equal(dir_make("a/b/c", 0700, &why), OK);
    assert_int_equal(stat("a/b/c", &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    write_then_read("x", "a file");
    assert_int_equal(dir_make("x/y", 0700, &why), ERR_IO);
    assert_int_equal(dir_sync_of("a/b/c", &why), OK);
    assert_int_equal(dir_sync_of("no/c", &why), ERR_NOT_FOUND);
}

static void names_come_sorted_without_hidden_ones(void **state)
{
    struct arena *arena = NULL;
    struct failure why = {0};
    const char *const *names = NULL;
    size_t count = 0;
    (void)state;
    write_then_read(".hidden", "x");
    assert_int_equal(arena_create(1u << 16, &arena), OK);
    assert_int_equal(dir_list(arena, ".", &names, &count, &why), OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(names[i][0], '.');
        assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
    }
    assert_int_equal(dir_list(arena, "no/such", &names, &count, &why), ERR_NOT_FOUND);
    arena_free(arena);
    assert_int_equal(arena_create(600, &arena), OK); /* room for the table, not for the names */
    assert_int_equal(dir_list(arena, "/proc", &names, &count, &why), ERR_NOMEM);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_over_the_limit_is_refused_by_name),
        cmocka_unit_test(reading_what_is_no_file_fails_in_words),
        cmocka_unit_test(a_write_that_fails_leaves_the_old_file),
        cmocka_unit_test(writing_where_no_folder_is_fails),
        cmocka_unit_test(folders_are_made_with_those_above),
        cmocka_unit_test(names_come_sorted_without_hidden_ones),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
