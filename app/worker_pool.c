/* worker_pool.c - worker processes by uv_spawn, frames over uv pipes; see worker_pool.h.
 *
 * A slot is a place for a worker: its process, its pipe, its timer and the page it has. A slot
 * whose worker ended is closed (three handles, counted) and then started anew. uv_spawn makes the
 * socketpair: stdio 3 is a pipe both ways, 4 inherits the sealed bank. */
#include "app/worker_pool.h"

#include "app/frame.h"
#include "app/worker.h"
#include "app/worker_client.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define START_MS          30000u
#define STARTS_IN_ROW_MAX 5u

struct job {
    struct job *next;
    struct text_buf frame; /* ready to send */
    uint64_t id;
    worker_done_cb *done;
    void *ctx;
};

enum slot_state { SLOT_EMPTY, SLOT_STARTING, SLOT_IDLE, SLOT_BUSY, SLOT_CLOSING };

struct slot {
    struct worker_pool *pool;
    enum slot_state state;
    uv_process_t process;
    uv_pipe_t pipe;
    uv_timer_t timer;
    uv_write_t write;
    bool spawned;
    unsigned handles_open;
    uint32_t pages_done;
    struct job *job;
    struct text_buf in;
    char *chunk;
};

struct worker_pool {
    uv_loop_t *loop;
    struct worker_pool_settings settings;
    int bank_fd;
    uint64_t next_id;
    struct job *first, *last;
    size_t waiting;
    uint32_t starts_failed; /* in a row, over all slots */
    char why[FAILURE_TEXT_BYTES];
    bool closing;
    void (*closed)(void *ctx);
    void *closed_ctx;
    uv_async_t wake; /* jobs that end without a worker end from here, never inside ask() */
    struct slot *slots;
};

#define CHUNK_BYTES (256u << 10)

static void slot_start(struct slot *slot);
static void slot_close(struct slot *slot);
static void pool_feed(struct worker_pool *pool);

static void job_end(struct worker_pool *pool, struct job *job, int status, struct slice reply,
                    const char *why)
{
    pool->waiting--;
    job->done(status, reply, why, job->ctx);
    text_buf_release(&job->frame);
    free(job);
}

static void slot_fail_job(struct slot *slot, int status, const char *why)
{
    struct job *job = slot->job;
    slot->job = NULL;
    if (job != NULL)
        job_end(slot->pool, job, status, SLICE_EMPTY, why);
}

/* ---- the end of a slot's worker, and of the pool ---- */

static void pool_free(struct worker_pool *pool)
{
    for (uint32_t i = 0; pool->slots != NULL && i < pool->settings.workers; i++) {
        text_buf_release(&pool->slots[i].in);
        free(pool->slots[i].chunk);
    }
    if (pool->bank_fd >= 0)
        close(pool->bank_fd);
    free(pool->slots);
    free(pool);
}

static void on_wake_closed(uv_handle_t *handle)
{
    struct worker_pool *pool = handle->data;
    void (*closed)(void *ctx) = pool->closed;
    void *ctx = pool->closed_ctx;
    pool_free(pool);
    if (closed != NULL)
        closed(ctx);
}

static void pool_maybe_closed(struct worker_pool *pool)
{
    for (uint32_t i = 0; i < pool->settings.workers; i++)
        if (pool->slots[i].state != SLOT_EMPTY)
            return;
    if (uv_is_closing((uv_handle_t *)&pool->wake))
        return;
    uv_close((uv_handle_t *)&pool->wake, on_wake_closed);
}

static void on_slot_handle_closed(uv_handle_t *handle)
{
    struct slot *slot = handle->data;
    if (--slot->handles_open > 0)
        return;
    slot->state = SLOT_EMPTY;
    slot->spawned = false;
    text_buf_reset(&slot->in);
    if (slot->pool->closing)
        uv_async_send(&slot->pool->wake);
    else if (slot->pool->starts_failed < STARTS_IN_ROW_MAX)
        slot_start(slot);
    else
        uv_async_send(&slot->pool->wake);
}

static void slot_close(struct slot *slot)
{
    if (slot->state == SLOT_CLOSING || slot->state == SLOT_EMPTY)
        return;
    slot->state = SLOT_CLOSING;
    if (slot->spawned)
        uv_process_kill(&slot->process, SIGKILL);
    slot->handles_open = 2;
    uv_close((uv_handle_t *)&slot->pipe, on_slot_handle_closed);
    uv_close((uv_handle_t *)&slot->timer, on_slot_handle_closed);
    if (slot->process.data != NULL) {
        slot->handles_open++;
        uv_close((uv_handle_t *)&slot->process, on_slot_handle_closed);
    }
}

static void slot_broke(struct slot *slot, int status, const char *why)
{
    struct worker_pool *pool = slot->pool;
    if (slot->state == SLOT_STARTING) {
        pool->starts_failed++;
        snprintf(pool->why, sizeof pool->why, "%s", why);
    }
    slot_close(slot);
    slot_fail_job(slot, status, why);
}

/* ---- talking ---- */

static void slot_take_hello(struct slot *slot, const struct frame *frame)
{
    char why[FAILURE_TEXT_BYTES];
    if (frame->kind != FRAME_HELLO) {
        snprintf(why, sizeof why, "a worker cannot start: %.*s", (int)frame->payload.len,
                 frame->payload.at);
        slot_broke(slot, ERR_UNSUPPORTED, why);
        return;
    }
    slot->pool->starts_failed = 0;
    slot->state = SLOT_IDLE;
    uv_timer_stop(&slot->timer);
    pool_feed(slot->pool);
}

static void slot_take_reply(struct slot *slot, const struct frame *frame)
{
    if (frame->kind != FRAME_REPLY || slot->job == NULL || frame->id != slot->job->id) {
        slot_broke(slot, ERR_SYNTAX, "the worker answered something else");
        return;
    }
    struct job *job = slot->job;
    slot->job = NULL;
    slot->state = SLOT_IDLE;
    uv_timer_stop(&slot->timer);
    if (++slot->pages_done >= POOL_PAGES_PER_WORKER)
        slot_close(slot);
    pool_feed(slot->pool); /* the worker has its next page while we read this answer */
    job_end(slot->pool, job, OK, frame->payload, "");
}

static void slot_take(struct slot *slot)
{
    struct frame frame;
    size_t used = 0;
    if (frame_read(text_buf_slice(&slot->in), &frame, &used) != OK) {
        slot_broke(slot, ERR_SYNTAX, "the worker sent no frame");
        return;
    }
    if (used == 0)
        return;
    if (used != slot->in.len) {
        slot_broke(slot, ERR_SYNTAX, "the worker sent more than was asked");
        return;
    }
    /* the payload is read in the callback, so the bytes leave the slot first */
    struct text_buf held = slot->in;
    text_buf_init(&slot->in, held.limit);
    if (slot->state == SLOT_STARTING)
        slot_take_hello(slot, &frame);
    else
        slot_take_reply(slot, &frame);
    if (slot->in.at == NULL && held.capacity <= CHUNK_BYTES) {
        slot->in = held;
        text_buf_reset(&slot->in);
    } else {
        text_buf_release(&held);
    }
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *ret_buf)
{
    struct slot *slot = handle->data;
    (void)wanted;
    *ret_buf = uv_buf_init(slot->chunk, CHUNK_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct slot *slot = stream->data;
    if (slot->state == SLOT_CLOSING || got == 0)
        return;
    if (got < 0) {
        slot_broke(slot, ERR_SYNTAX, "the worker died on these bytes");
        return;
    }
    if (text_buf_add(&slot->in, buf->base, (size_t)got) != OK) {
        slot_broke(slot, ERR_LIMIT, "the worker's answer is too long");
        return;
    }
    slot_take(slot);
}

static void on_slot_time(uv_timer_t *timer)
{
    struct slot *slot = timer->data;
    slot_broke(slot, ERR_TIMEOUT,
               slot->state == SLOT_STARTING ? "a worker did not start in time"
                                            : "the worker took too long over the page");
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct slot *slot = process->data;
    (void)status;
    (void)signal_number;
    slot->spawned = false; /* the pipe's end tells the rest */
}

/* ---- starting ---- */

static int slot_spawn(struct slot *slot)
{
    struct worker_command command;
    worker_command_make(&slot->pool->settings.model, slot->pool->settings.memory_mib, &command);
    uv_stdio_container_t stdio[5] = {
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
        {.flags = (uv_stdio_flags)(UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE),
         .data.stream = (uv_stream_t *)&slot->pipe},
        {.flags = UV_INHERIT_FD, .data.fd = slot->pool->bank_fd},
    };
    uv_process_options_t options = {
        .exit_cb = on_process_exit,
        .file = "/proc/self/exe",
        .args = command.argv,
        .stdio_count = 5,
        .stdio = stdio,
    };
    slot->process.data = slot;
    return uv_spawn(slot->pool->loop, &slot->process, &options);
}

static void slot_start(struct slot *slot)
{
    assert(slot->state == SLOT_EMPTY);
    slot->pages_done = 0;
    slot->state = SLOT_STARTING;
    uv_pipe_init(slot->pool->loop, &slot->pipe, 0);
    uv_timer_init(slot->pool->loop, &slot->timer);
    slot->pipe.data = slot->timer.data = slot;
    int rc = slot_spawn(slot);
    slot->spawned = rc == 0;
    if (rc == 0)
        rc = uv_read_start((uv_stream_t *)&slot->pipe, on_alloc, on_read);
    if (rc != 0) {
        slot_broke(slot, ERR_UNSUPPORTED, uv_strerror(rc));
        return;
    }
    uv_timer_start(&slot->timer, on_slot_time, START_MS, 0);
}

/* ---- jobs ---- */

static void on_written(uv_write_t *write, int status)
{
    struct slot *slot = write->data;
    if (status != 0 && slot->state == SLOT_BUSY)
        slot_broke(slot, ERR_SYNTAX, "the worker died");
}

static void slot_give(struct slot *slot, struct job *job)
{
    uv_buf_t bytes = uv_buf_init(job->frame.at, (unsigned)job->frame.len);
    slot->job = job;
    slot->state = SLOT_BUSY;
    slot->write.data = slot;
    int rc = uv_write(&slot->write, (uv_stream_t *)&slot->pipe, &bytes, 1, on_written);
    if (rc != 0) {
        slot_broke(slot, ERR_SYNTAX, uv_strerror(rc));
        return;
    }
    uv_timer_start(&slot->timer, on_slot_time, (uint64_t)slot->pool->settings.page_ms, 0);
}

static struct job *pool_take(struct worker_pool *pool)
{
    struct job *job = pool->first;
    if (job != NULL)
        pool->first = job->next;
    if (pool->first == NULL)
        pool->last = NULL;
    return job;
}

static void pool_feed(struct worker_pool *pool)
{
    for (uint32_t i = 0; i < pool->settings.workers && pool->first != NULL; i++)
        if (pool->slots[i].state == SLOT_IDLE && !pool->closing)
            slot_give(&pool->slots[i], pool_take(pool));
}

static void on_wake(uv_async_t *wake)
{
    struct worker_pool *pool = wake->data;
    bool hopeless = pool->starts_failed >= STARTS_IN_ROW_MAX;
    while ((pool->closing || hopeless) && pool->first != NULL)
        job_end(pool, pool_take(pool), pool->closing ? ERR_CANCELLED : ERR_UNSUPPORTED, SLICE_EMPTY,
                pool->closing ? "the sweep stops" : pool->why);
    if (!pool->closing) {
        pool_feed(pool);
        return;
    }
    for (uint32_t i = 0; i < pool->settings.workers; i++) {
        slot_fail_job(&pool->slots[i], ERR_CANCELLED, "the sweep stops");
        slot_close(&pool->slots[i]);
    }
    pool_maybe_closed(pool);
}

int worker_pool_ask(struct worker_pool *pool, struct slice head, struct slice body,
                    worker_done_cb *done, void *ctx)
{
    struct text_buf payload;
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return ERR_NOMEM;
    job->id = ++pool->next_id;
    job->done = done;
    job->ctx = ctx;
    text_buf_init(&payload, FRAME_PAYLOAD_BYTES_MAX);
    text_buf_init(&job->frame, FRAME_PAYLOAD_BYTES_MAX + FRAME_HEAD_BYTES);
    int rc = frame_join_page(&payload, head, body);
    if (rc == OK)
        rc = frame_write(&job->frame, FRAME_PAGE, job->id, text_buf_slice(&payload));
    text_buf_release(&payload);
    if (rc != OK) {
        text_buf_release(&job->frame);
        free(job);
        return rc;
    }
    if (pool->last != NULL)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    pool->waiting++;
    uv_async_send(&pool->wake);
    return OK;
}

size_t worker_pool_waiting(const struct worker_pool *pool)
{
    return pool->waiting;
}

/* ---- life ---- */

static int pool_prepare(struct worker_pool *pool, struct failure *reterr)
{
    pool->slots = calloc(pool->settings.workers, sizeof *pool->slots);
    if (pool->slots == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    for (uint32_t i = 0; i < pool->settings.workers; i++) {
        pool->slots[i].pool = pool;
        text_buf_init(&pool->slots[i].in, FRAME_PAYLOAD_BYTES_MAX + FRAME_HEAD_BYTES);
        pool->slots[i].chunk = malloc(CHUNK_BYTES);
        if (pool->slots[i].chunk == NULL)
            return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    return OK;
}

int worker_pool_create(struct uv_loop_s *loop, const struct worker_pool_settings *settings,
                       struct worker_pool **ret_pool, struct failure *reterr)
{
    struct worker_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    pool->loop = loop;
    pool->settings = *settings;
    pool->settings.bank = SLICE_EMPTY;
    pool->bank_fd = -1;
    int rc = pool_prepare(pool, reterr);
    if (rc == OK)
        rc = worker_bank_memfd(settings->bank, &pool->bank_fd, reterr);
    if (rc != OK) {
        pool_free(pool);
        return rc;
    }
    uv_async_init(loop, &pool->wake, on_wake);
    pool->wake.data = pool;
    for (uint32_t i = 0; i < settings->workers; i++)
        slot_start(&pool->slots[i]);
    *ret_pool = pool;
    return OK;
}

void worker_pool_close(struct worker_pool *pool, void (*closed)(void *ctx), void *ctx)
{
    if (pool == NULL)
        return;
    pool->closing = true;
    pool->closed = closed;
    pool->closed_ctx = ctx;
    uv_async_send(&pool->wake);
}
