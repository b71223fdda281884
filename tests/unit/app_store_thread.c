/* The storage thread: groups, one failure alone, order, durable before done; lines and frames besides. */
#include "app/frame.h"
#include "app/lines.h"
#include "app/store_thread.h"
#include "tests/unit/unit.h"

#include <uv.h>

/* A store that only counts; everything in it is the thread's until the thread has ended. */
struct store {
    unsigned begins, commits, rollbacks, fail_commit, fail_begin;
    int open, staged, durable;
};

struct job {
    struct store_job job;
    struct scene *scene;
    int number, fails; /* fails: what run() returns */
    bool done;
};

struct scene {
    uv_loop_t loop;
    struct store store;
    struct store_thread *thread;
    struct job jobs[600];
    int done_order[600], done_rc[600], done_count;
    bool closed;
};

static int on_begin(void *ctx, struct failure *reterr)
{
    struct store *store = ctx;
    store->begins++;
    if (store->fail_begin > 0) {
        store->fail_begin--;
        return failure_set(reterr, ERR_STORE, "begin failed");
    }
    store->open++;
    store->staged = 0;
    return OK;
}

static int on_commit(void *ctx, struct failure *reterr)
{
    struct store *store = ctx;
    store->commits++;
    if (store->fail_commit > 0) {
        store->fail_commit--;
        return failure_set(reterr, ERR_FULL, "the disk is full");
    }
    store->open--;
    store->durable += store->staged;
    return OK;
}

static void on_rollback(void *ctx)
{
    struct store *store = ctx;
    store->rollbacks++;
    store->open--;
}

static int run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct job *own = (struct job *)(void *)job;
    struct store *store = ctx;
    if (own->fails != OK)
        return failure_set(reterr, own->fails, "job %d failed", own->number);
    store->staged++;
    return OK;
}

static void done(struct store_job *job, int rc, const struct failure *why)
{
    struct job *own = (struct job *)(void *)job;
    struct scene *scene = own->scene;
    assert_false(own->done); /* once */
    own->done = true;
    if (rc != OK && rc != ERR_BUSY && rc != ERR_FULL) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "job %d failed", own->number);
        assert_string_equal(why->text, wanted);
    }
    scene->done_order[scene->done_count] = own->number;
    scene->done_rc[scene->done_count++] = rc;
}

static void on_closed(void *ctx)
{
    ((struct scene *)ctx)->closed = true;
}

static int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    *state = scene;
    return scene == NULL || uv_loop_init(&scene->loop) != 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    int rc = uv_loop_close(&scene->loop);
    free(scene);
    return rc;
}

/* Posts count jobs, closes, and runs the loop to its end. */
static void play(struct scene *scene, int count)
{
    const struct store_thread_ops ops = {on_begin, on_commit, on_rollback, &scene->store};
    assert_int_equal(store_thread_create(&scene->loop, &ops, &scene->thread), OK);
    for (int i = 0; i < count; i++) {
        scene->jobs[i].job.run = run;
        scene->jobs[i].job.done = done;
        scene->jobs[i].scene = scene;
        scene->jobs[i].number = i;
        store_thread_post(scene->thread, &scene->jobs[i].job);
    }
    assert_int_equal(store_thread_waiting(scene->thread), (size_t)count);
    store_thread_close(scene->thread, on_closed, scene);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_true(scene->closed);
    assert_int_equal(scene->done_count, count);
    assert_int_equal(scene->store.open, scene->store.fail_begin == 0 ? 0 : scene->store.open);
}

static void jobs_are_committed_in_groups_and_answered_in_order(void **state)
{
    struct scene *scene = *state;
    play(scene, 600);
    for (int i = 0; i < 600; i++) {
        assert_int_equal(scene->done_order[i], i);
        assert_int_equal(scene->done_rc[i], OK);
    }
    assert_int_equal(scene->store.durable, 600);
    assert_true(scene->store.commits >= 3); /* STORE_GROUP_MAX at once at most */
}

static void only_the_job_at_fault_fails(void **state)
{
    struct scene *scene = *state;
    scene->jobs[3].fails = ERR_CONFLICT;
    scene->jobs[40].fails = ERR_SYNTAX;
    play(scene, 50);
    for (int i = 0; i < 50; i++)
        assert_int_equal(scene->done_rc[i], scene->jobs[i].fails);
    assert_int_equal(scene->store.durable, 48);
}

static void a_full_disk_is_told_to_every_job(void **state)
{
    struct scene *scene = *state;
    scene->store.fail_commit = 1000;
    play(scene, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(scene->done_rc[i], ERR_FULL);
    assert_int_equal(scene->store.durable, 0);
}

static void a_passing_failure_costs_nothing(void **state)
{
    struct scene *scene = *state;
    scene->store.fail_commit = 1;
    play(scene, 10);
    int failed = 0;
    for (int i = 0; i < 10; i++)
        failed += scene->done_rc[i] != OK;
    assert_true(failed <= 1); /* a group of one is not tried again */
    assert_int_equal(scene->store.durable, 10 - failed);
}

static void a_busy_store_is_not_asked_once_for_each_job(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 20; i++)
        scene->jobs[i].fails = ERR_BUSY;
    play(scene, 20);
    assert_true(scene->store.begins <= 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(scene->done_rc[i], ERR_BUSY);
}

static void closing_without_work_ends(void **state)
{
    play(*state, 0);
}

static void lines_come_one_by_one_and_long_ones_are_passed_over(void **state)
{
    static const char text[] = "one\r\n\ntwo\n0123456789abcdef\nthree\nlast";
    static const char *const wanted[] = {"one", "", "two", NULL, "three", "last"};
    struct line_reader reader;
    struct slice line;
    FILE *in = fmemopen((char *)(uintptr_t)text, sizeof text - 1, "r");
    (void)state;
    assert_non_null(in);
    assert_int_equal(line_reader_init(&reader, in, 10), OK);
    assert_true(slice_starts(line_reader_peek(&reader), "one"));
    for (size_t i = 0; i < 6; i++) {
        assert_true(line_reader_next(&reader, &line));
        assert_int_equal(reader.number, i + 1);
        assert_int_equal(reader.too_long, wanted[i] == NULL);
        if (wanted[i] != NULL)
            expect_text(line, wanted[i]);
    }
    assert_false(line_reader_next(&reader, &line));
    assert_false(reader.failed);
    line_reader_release(&reader);
    fclose(in);
}

static void a_frame_in_pieces_is_read_when_it_is_whole(void **state)
{
    struct text_buf out;
    struct frame frame;
    size_t used = 1;
    (void)state;
    text_buf_init(&out, 1000);
    assert_int_equal(frame_write(&out, FRAME_REPLY, UINT64_C(0x0102030405060708), SLICE("{}")), OK);
    for (size_t len = 0; len < out.len; len++) {
        assert_int_equal(frame_read(slice_make(out.at, len), &frame, &used), OK);
        assert_int_equal(used, 0);
    }
    assert_int_equal(frame_read(text_buf_slice(&out), &frame, &used), OK);
    assert_int_equal(used, out.len);
    assert_true(frame.id == UINT64_C(0x0102030405060708) && frame.kind == FRAME_REPLY);
    expect_text(frame.payload, "{}");
    text_buf_release(&out);
}

static void a_frame_that_lies_is_refused(void **state)
{
    struct frame frame;
    size_t used = 0;
    struct slice head, body;
    (void)state;
    assert_int_equal(frame_read(SLICE("\xff\xff\xff\xffR\0\0\0\0\0\0\0\1"), &frame, &used),
                     ERR_LIMIT);
    assert_int_equal(frame_read(SLICE("\0\0\0\x09Z\0\0\0\0\0\0\0\1"), &frame, &used), ERR_SYNTAX);
    assert_int_equal(frame_read(SLICE("\0\0\0\x03R\0\0\0\0\0\0\0\1"), &frame, &used), ERR_SYNTAX);
    assert_int_equal(frame_split_page(SLICE("\0\0\0\x05{}"), &head, &body), ERR_SYNTAX);
    assert_int_equal(frame_split_page(SLICE("\0\0"), &head, &body), ERR_SYNTAX);
    assert_int_equal(frame_split_page(SLICE("\0\0\0\x02{}body"), &head, &body), OK);
    expect_text(body, "body");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(jobs_are_committed_in_groups_and_answered_in_order),
        SCENE(only_the_job_at_fault_fails),
        SCENE(a_full_disk_is_told_to_every_job),
        SCENE(a_passing_failure_costs_nothing),
        SCENE(a_busy_store_is_not_asked_once_for_each_job),
        SCENE(closing_without_work_ends),
        cmocka_unit_test(lines_come_one_by_one_and_long_ones_are_passed_over),
        cmocka_unit_test(a_frame_in_pieces_is_read_when_it_is_whole),
        cmocka_unit_test(a_frame_that_lies_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
