/* Evidence: written, synced before its rows, cut after a crash, found again, damage told. */
#include "tests/unit/storage_fixture.h"

#include "storage/db.h"
#include "storage/store_inside.h"

#include <fcntl.h>
#include <sys/wait.h>

static struct evidence_ref append_one(struct place *place)
{
    struct evidence_ref ref;
    struct evidence_page page = page_of("http://board.example/job/1");
    expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
    return ref;
}

static struct evidence_ref append_committed(struct place *place)
{
    expect_ok(place->store, store_begin(place->store));
    struct evidence_ref ref = append_one(place);
    expect_ok(place->store, store_commit(place->store));
    return ref;
}

static bool reads(struct place *place, const char *id, const char *wanted)
{
    struct text_buf block;
    struct failure why = {0};
    text_buf_init(&block, 1u << 20);
    int rc = evidence_read(place->store, place->evidence_dir, id, &block, &why);
    bool well = rc == OK && (wanted == NULL || strstr(text_buf_cstr(&block), wanted) != NULL);
    text_buf_release(&block);
    return well;
}

static unsigned count_files(struct place *place, const char *ending)
{
    unsigned count = 0;
    DIR *dir = opendir(place->evidence_dir);
    assert_non_null(dir);
    for (struct dirent *entry = NULL; (entry = readdir(dir)) != NULL;)
        count += slice_ends(slice_of(entry->d_name), ending);
    closedir(dir);
    return count;
}

static void path_of(struct place *place, const char *record_id, char at[512])
{
    struct evidence_place where;
    expect_ok(place->store, evidence_find(place->store, place->arena, record_id, &where));
    snprintf(at, 512, "%s/%s", place->evidence_dir, where.file);
}

static off_t size_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_size;
}

static void run(const char *command, const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execlp("gzip", "gzip", command, path, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void a_page_comes_back_byte_for_byte(void **state)
{
    struct place *place = *state;
    char path[512];
    struct evidence_ref ref = append_committed(place);
    assert_true(reads(place, ref.request_id, "GET /job/1 HTTP/1.1\r\nHost"));
    assert_true(reads(place, ref.response_id,
                      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Admin slot"));
    assert_true(reads(place, ref.metadata_id, "{\"text\":"));
    assert_false(reads(place, "urn:uuid:none", NULL));
    path_of(place, ref.response_id, path);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(stat(place->evidence_dir, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    run("-t", path);
    assert_int_equal(count_files(place, ".warc.gz"), 1);
    assert_int_equal(count_files(place, ".begun"), 0);
}

static void the_records_of_a_page_are_found_together(void **state)
{
    struct place *place = *state;
    struct evidence_ref refs[3], group;
    struct evidence_totals totals;
    expect_ok(place->store, store_begin(place->store));
    for (int i = 0; i < 3; i++)
        refs[i] = append_one(place); /* the same page at the same time, thrice */
    expect_ok(place->store, store_commit(place->store));
    for (int i = 0; i < 3; i++) {
        expect_ok(place->store, evidence_group(place->store, refs[i].metadata_id, &group));
        assert_memory_equal(&group, &refs[i], sizeof group);
        expect_ok(place->store, evidence_group(place->store, refs[i].request_id, &group));
        assert_string_equal(group.metadata_id, refs[i].metadata_id);
    }
    assert_int_equal(evidence_group(place->store, "urn:uuid:none", &group), ERR_NOT_FOUND);
    expect_ok(place->store, evidence_count(place->store, &totals));
    assert_int_equal(totals.segments, 1);
    assert_int_equal(totals.records, 10);
    char path[512];
    path_of(place, refs[0].request_id, path);
    assert_int_equal(totals.bytes, size_of(path));
}

static void heads_are_spelled_as_archives_read_them(void **state)
{
    struct place *place = *state;
    struct evidence_ref ref;
    struct evidence_page page = page_of("https://board.example/job/2");
    page.response_head = SLICE("HTTP/2 200 \r\nserver: x\r\n\r\n");
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
    assert_int_equal(store_commit(place->store), OK);
    assert_true(reads(place, ref.response_id, "HTTP/1.1 200 \r\nserver: x\r\n\r\n<p>"));
    page.response_head = SLICE("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n");
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
    assert_int_equal(store_commit(place->store), OK);
    assert_true(reads(place, ref.response_id,
                      "OK\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\n\r\n<p>"));
}

static void parts_may_be_left_out_and_bad_urls_are_refused(void **state)
{
    struct place *place = *state;
    struct evidence_ref ref;
    struct evidence_page page = page_of("http://board.example/a b");
    expect_ok(place->store, store_begin(place->store));
    assert_int_equal(evidence_append(place->evidence, &page, &ref), ERR_SYNTAX);
    assert_int_equal(store_commit(place->store), ERR_IO); /* half a page never commits */
    page.url = "http://board.example/ab";
    page.request = page.metadata = SLICE_EMPTY;
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
    expect_ok(place->store, store_commit(place->store));
    assert_string_equal(ref.request_id, "");
    assert_string_equal(ref.metadata_id, "");
    assert_true(reads(place, ref.response_id, "<p>"));
}

static void a_rollback_takes_the_records_away(void **state)
{
    struct place *place = *state;
    char path[512];
    struct evidence_ref first = append_committed(place);
    path_of(place, first.response_id, path);
    off_t before = size_of(path);
    expect_ok(place->store, store_begin(place->store));
    struct evidence_ref lost = append_one(place);
    assert_true(size_of(path) > before);
    store_rollback(place->store);
    assert_false(reads(place, lost.response_id, NULL));
    struct evidence_ref second = append_committed(place);
    assert_true(reads(place, first.metadata_id, NULL) && reads(place, second.metadata_id, NULL));
    run("-t", path);
    struct evidence_place where;
    expect_ok(place->store, evidence_find(place->store, place->arena, second.request_id, &where));
    assert_int_equal(where.offset_bytes, before);
}

static void a_first_transaction_rolled_back_leaves_no_segment(void **state)
{
    struct place *place = *state;
    expect_ok(place->store, store_begin(place->store));
    append_one(place);
    assert_int_equal(count_files(place, ".begun"), 1);
    store_rollback(place->store);
    close_all(place);
    open_all(place);
    assert_int_equal(count_files(place, ".begun"), 0);
    assert_int_equal(count_files(place, ".warc.gz"), 0);
    struct evidence_ref ref = append_committed(place);
    assert_true(reads(place, ref.response_id, NULL));
}

/* Another transaction's commit, one without evidence, names nothing of the one before. */
static void a_commit_of_other_rows_names_no_segment_rolled_back(void **state)
{
    struct place *place = *state;
    int64_t segments = -1;
    expect_ok(place->store, store_begin(place->store));
    append_one(place);
    store_rollback(place->store);
    expect_ok(place->store, store_begin(place->store));
    expect_ok(place->store, store_commit(place->store));
    assert_int_equal(count_files(place, ".warc.gz"), 0);
    close_all(place);
    open_all(place);
    assert_int_equal(count_files(place, ".begun") + count_files(place, ".warc.gz"), 0);
    expect_ok(place->store, db_number(store_db(place->store), &segments,
                                      "SELECT count(*) FROM segments", DB_NONE));
    assert_int_equal(segments, 0);
    struct evidence_ref ref = append_committed(place);
    assert_true(reads(place, ref.response_id, NULL));
}

/* The process is killed, here by a child that leaves without a word. */
static void die_while(struct place *place, void (*doing)(struct place *place))
{
    close_all(place);
    pid_t pid = fork();
    if (pid == 0) {
        open_all(place);
        doing(place);
        _exit(0);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    open_all(place);
}

static void append_and_go(struct place *place)
{
    expect_ok(place->store, store_begin(place->store));
    append_one(place);
}

static void a_killed_transaction_is_cut_off(void **state)
{
    struct place *place = *state;
    char path[512];
    die_while(place, append_and_go); /* it had begun the first segment */
    assert_int_equal(count_files(place, ".begun"), 0);
    assert_int_equal(count_files(place, ".warc.gz"), 0);
    struct evidence_ref first = append_committed(place);
    path_of(place, first.response_id, path);
    off_t before = size_of(path);
    die_while(place, append_and_go); /* it had appended to a committed one */
    assert_int_equal(size_of(path), before);
    struct evidence_ref second = append_committed(place);
    assert_true(reads(place, first.response_id, NULL) && reads(place, second.response_id, NULL));
    run("-t", path);
}

static void a_torn_tail_is_cut_off(void **state)
{
    struct place *place = *state;
    char path[512];
    struct evidence_ref first = append_committed(place);
    path_of(place, first.response_id, path);
    off_t before = size_of(path);
    close_all(place);
    FILE *out = fopen(path, "ab");
    fwrite("\x1f\x8b\x08\x00torn", 1, 8, out);
    fclose(out);
    open_all(place);
    assert_int_equal(size_of(path), before);
    assert_true(reads(place, first.metadata_id, NULL));
    run("-t", path);
}

static void a_name_not_given_yet_is_given_at_the_next_opening(void **state)
{
    struct place *place = *state;
    char path[512], begun[600];
    struct evidence_ref first = append_committed(place);
    path_of(place, first.response_id, path);
    close_all(place);
    snprintf(begun, sizeof begun, "%s.begun", path);
    assert_int_equal(rename(path, begun), 0); /* killed between commit and naming */
    struct failure why = {0};
    assert_int_equal(store_open(place->url, STORE_READ_ONLY, &place->store, &why), OK);
    assert_true(reads(place, first.response_id, NULL));
    store_close(place->store);
    open_all(place);
    assert_int_equal(access(path, F_OK), 0);
    assert_true(reads(place, first.response_id, NULL));
}

static void missing_evidence_is_told(void **state)
{
    struct place *place = *state;
    char path[512];
    struct evidence *evidence = NULL;
    struct failure why = {0};
    const struct evidence_settings settings = {.dir = place->evidence_dir};
    struct evidence_ref first = append_committed(place);
    path_of(place, first.response_id, path);
    evidence_close(place->evidence);
    place->evidence = NULL;
    assert_int_equal(truncate(path, size_of(path) - 10), 0);
    assert_int_equal(evidence_open(place->store, &settings, &evidence, &why), ERR_IO);
    assert_non_null(strstr(why.text, path));
    assert_non_null(strstr(why.text, "backup"));
}

static void one_flipped_bit_is_found(void **state)
{
    struct place *place = *state;
    char path[512];
    struct evidence_ref ref = append_committed(place);
    struct evidence_place where;
    path_of(place, ref.response_id, path);
    expect_ok(place->store, evidence_find(place->store, place->arena, ref.response_id, &where));
    int fd = open(path, O_RDWR);
    unsigned char byte = 0;
    off_t at = where.offset_bytes + where.length_bytes / 2;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
    struct text_buf block;
    struct failure why = {0};
    text_buf_init(&block, 1u << 20);
    assert_int_equal(
        evidence_read(place->store, place->evidence_dir, ref.response_id, &block, &why),
        ERR_SYNTAX);
    assert_non_null(strstr(why.text, path));
    assert_int_equal(block.len, 0);
    text_buf_release(&block);
    assert_true(reads(place, ref.request_id, NULL));
}

static void an_older_store_cuts_nothing(void **state)
{
    SKIP_ON_POSTGRES();
    struct place *place = *state;
    char path[512], copy[600], later[600];
    struct evidence_ref first = append_committed(place);
    path_of(place, first.response_id, path);
    close_all(place);
    snprintf(copy, sizeof copy, "%s/backup.db", place->dir);
    assert_int_equal(link(place->file, copy), 0);
    assert_int_equal(unlink(place->file), 0);
    FILE *in = fopen(copy, "rb"), *out = fopen(place->file, "wb");
    for (int byte = 0; (byte = fgetc(in)) != EOF;)
        fputc(byte, out);
    fclose(in);
    fclose(out);
    open_all(place);
    append_committed(place);
    off_t grown = size_of(path);
    close_all(place);
    snprintf(later, sizeof later, "%s/lurewatch-20990101-0001.warc.gz", place->evidence_dir);
    assert_int_equal(link(path, later), 0); /* a segment of a day the backup does not know */
    assert_int_equal(rename(copy, place->file), 0);
    open_all(place);
    assert_int_equal(size_of(path), grown);
    struct evidence_ref next = append_committed(place);
    assert_true(reads(place, first.response_id, NULL) && reads(place, next.response_id, NULL));
    assert_int_equal(size_of(path), grown);
}

static void segments_end_by_size_and_by_day(void **state)
{
    struct place *place = *state;
    struct evidence_ref ref;
    evidence_close(place->evidence);
    const struct evidence_settings small = {
        .dir = place->evidence_dir, .segment_bytes_max = 1, .software = "lurewatch"};
    struct failure why = {0};
    assert_int_equal(evidence_open(place->store, &small, &place->evidence, &why), OK);
    append_committed(place);
    append_committed(place);
    assert_int_equal(count_files(place, ".warc.gz"), 2);
    evidence_close(place->evidence);
    place->evidence = open_evidence(place);
    struct evidence_page page = page_of("http://board.example/");
    for (int day = 2; day < 4; day++) {
        page.fetched_unix_ms = NOW + day * 24LL * 3600 * 1000;
        expect_ok(place->store, store_begin(place->store));
        expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
        expect_ok(place->store, evidence_append(place->evidence, &page, &ref));
        expect_ok(place->store, store_commit(place->store));
    }
    assert_int_equal(count_files(place, ".warc.gz"), 4);
    char path[512];
    path_of(place, ref.metadata_id, path);
    assert_non_null(strstr(path, "lurewatch-20261127-0001.warc.gz"));
}

static void two_writers_have_two_segments(void **state)
{
    struct place *place = *state;
    struct place other = *place;
    struct failure why = {0};
    struct evidence_ref first = append_committed(place);
    assert_int_equal(store_open(place->url, 0, &other.store, &why), OK);
    other.evidence = open_evidence(&other);
    struct evidence_ref second = append_committed(&other);
    struct evidence_ref third = append_committed(place);
    assert_int_equal(count_files(place, ".warc.gz"), 2);
    assert_true(reads(place, first.response_id, NULL) && reads(place, second.response_id, NULL) &&
                reads(place, third.response_id, NULL));
    close_all(&other);
}

static void each_failing_write_leaves_readable_evidence(void **state)
{
    struct place *place = *state;
    struct evidence_page page = page_of("http://board.example/job/1");
    struct evidence_ref ref;
    int rc = ERR_IO;
    struct evidence_ref kept = append_committed(place);
    for (uint64_t nth = 1; rc != OK && nth < 50; nth++) {
        evidence_fail_nth_write(place->evidence, nth, ERR_FULL);
        expect_ok(place->store, store_begin(place->store));
        rc = evidence_append(place->evidence, &page, &ref);
        if (rc == OK)
            rc = store_commit(place->store);
        else
            store_rollback(place->store);
        assert_true(rc == OK || rc == ERR_FULL);
        evidence_fail_nth_write(place->evidence, 0, 0);
        assert_int_equal(reads(place, ref.response_id, NULL), rc == OK);
        assert_true(reads(place, kept.response_id, NULL));
    }
    assert_int_equal(rc, OK);
    char path[512];
    path_of(place, kept.response_id, path);
    run("-t", path);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        T(a_page_comes_back_byte_for_byte),
        T(the_records_of_a_page_are_found_together),
        T(heads_are_spelled_as_archives_read_them),
        T(parts_may_be_left_out_and_bad_urls_are_refused),
        T(a_rollback_takes_the_records_away),
        T(a_first_transaction_rolled_back_leaves_no_segment),
        T(a_killed_transaction_is_cut_off),
        T(a_commit_of_other_rows_names_no_segment_rolled_back),
        T(a_torn_tail_is_cut_off),
        T(a_name_not_given_yet_is_given_at_the_next_opening),
        T(missing_evidence_is_told),
        T(one_flipped_bit_is_found),
        T(an_older_store_cuts_nothing),
        T(segments_end_by_size_and_by_day),
        T(two_writers_have_two_segments),
        T(each_failing_write_leaves_readable_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
