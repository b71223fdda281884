/* store_thread.c - group commit on a thread of its own; see store_thread.h.
 *
 * Two lists under one mutex: posted (loop -> thread) and finished (thread -> loop). uv_async wakes
 * the loop; a condition variable wakes the thread, another one ends its waiting for company.
 * Cost: a commit of SQLite is five syncs and four writes a database page that it touched, whether
 * for one job or for many: so most of what a sweep of few jobs a commit costs is commits. */
#include "app/store_thread.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

struct job_list {
    struct store_job *first, *last;
};

struct store_thread {
    uv_loop_t *loop;
    uv_thread_t thread;
    uv_mutex_t mutex;
    uv_cond_t posted_some, hurried;
    uv_async_t wake;
    struct store_thread_ops ops;
    struct job_list posted, finished;
    bool stop;      /* under the mutex */
    bool hurry;     /* under the mutex: nobody is coming */
    size_t waiting; /* loop thread only */
    bool closing;   /* loop thread only */
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void list_add(struct job_list *list, struct store_job *job)
{
    job->next = NULL;
    if (list->last != NULL)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
}

static struct store_job *list_take_all(struct job_list *list)
{
    struct store_job *first = list->first;
    *list = (struct job_list){0};
    return first;
}

/* At most STORE_GROUP_MAX jobs off the front of the list. */
static struct store_job *list_take_group(struct job_list *list)
{
    struct store_job *first = list->first, *last = first;
    if (first == NULL)
        return NULL;
    for (unsigned i = 1; i < STORE_GROUP_MAX && last->next != NULL; i++)
        last = last->next;
    list->first = last->next;
    if (list->first == NULL)
        list->last = NULL;
    last->next = NULL;
    return first;
}

/* Runs jobs first … before end in one transaction. */
static int group_try(struct store_thread *thread, struct store_job *first, struct store_job *end,
                     struct failure *reterr)
{
    int rc = thread->ops.begin(thread->ops.ctx, reterr);
    if (rc != OK)
        return rc;
    for (struct store_job *job = first; rc == OK && job != end; job = job->next)
        rc = job->run(job, thread->ops.ctx, reterr);
    if (rc == OK)
        rc = thread->ops.commit(thread->ops.ctx, reterr);
    if (rc != OK)
        thread->ops.rollback(thread->ops.ctx);
    return rc;
}

static void job_failed(struct store_job *job, int rc, const struct failure *why)
{
    job->rc = rc;
    job->why = malloc(sizeof *job->why);
    if (job->why != NULL)
        *job->why = *why;
}

static void group_run(struct store_thread *thread, struct store_job *first)
{
    struct failure why = {.code = OK};
    int rc = group_try(thread, first, NULL, &why);
    for (struct store_job *job = first; job != NULL; job = job->next) {
        job->rc = OK;
        job->why = NULL;
        if (rc == OK)
            continue;
        /* a lock that somebody else holds is no job's fault, and costs a long wait each time */
        bool tried = first->next == NULL || rc == ERR_BUSY;
        int own = tried ? rc : group_try(thread, job, job->next, &why);
        if (own != OK)
            job_failed(job, own, &why);
    }
}

/* Under the mutex, a job is posted. The first waits for company. */
static void linger(struct store_thread *thread)
{
    uint64_t now = uv_hrtime(), until = now + STORE_LINGER_MS * UINT64_C(1000000);
    while (!thread->stop && !thread->hurry && now < until) {
        uv_cond_timedwait(&thread->hurried, &thread->mutex, until - now);
        now = uv_hrtime();
    }
    thread->hurry = false;
}

static void thread_main(void *argument)
{
    struct store_thread *thread = argument;
    uv_mutex_lock(&thread->mutex);
    for (;;) {
        if (thread->posted.first == NULL && thread->stop)
            break;
        if (thread->posted.first == NULL) {
            uv_cond_wait(&thread->posted_some, &thread->mutex);
            continue;
        }
        linger(thread);
        struct store_job *group = list_take_group(&thread->posted);
        uv_mutex_unlock(&thread->mutex);
        group_run(thread, group);
        uv_mutex_lock(&thread->mutex);
        while (group != NULL) {
            struct store_job *next = group->next;
            list_add(&thread->finished, group);
            group = next;
        }
        uv_async_send(&thread->wake);
    }
    uv_mutex_unlock(&thread->mutex);
}

static void on_wake_closed(uv_handle_t *handle)
{
    struct store_thread *thread = handle->data;
    void (*closed)(void *ctx) = thread->closed;
    void *ctx = thread->closed_ctx;
    uv_cond_destroy(&thread->posted_some);
    uv_cond_destroy(&thread->hurried);
    uv_mutex_destroy(&thread->mutex);
    free(thread);
    if (closed != NULL)
        closed(ctx);
}

static void thread_end(struct store_thread *thread)
{
    uv_mutex_lock(&thread->mutex);
    thread->stop = true;
    uv_cond_signal(&thread->posted_some);
    uv_cond_signal(&thread->hurried);
    uv_mutex_unlock(&thread->mutex);
    uv_thread_join(&thread->thread);
    uv_close((uv_handle_t *)&thread->wake, on_wake_closed);
}

static void on_wake(uv_async_t *wake)
{
    struct store_thread *thread = wake->data;
    uv_mutex_lock(&thread->mutex);
    struct store_job *job = list_take_all(&thread->finished);
    uv_mutex_unlock(&thread->mutex);
    while (job != NULL) {
        struct store_job *next = job->next;
        struct failure *why = job->why;
        static const struct failure unsaid = {.code = ERR_NOMEM, .text = "out of memory"};
        thread->waiting--;
        job->done(job, job->rc, why != NULL || job->rc == OK ? why : &unsaid);
        free(why);
        job = next;
    }
    if (thread->closing && thread->waiting == 0 && !uv_is_closing((uv_handle_t *)wake))
        thread_end(thread);
}

int store_thread_create(struct uv_loop_s *loop, const struct store_thread_ops *ops,
                        struct store_thread **ret_thread)
{
    struct store_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return ERR_NOMEM;
    thread->loop = loop;
    thread->ops = *ops;
    thread->wake.data = thread;
    uv_mutex_init(&thread->mutex);
    uv_cond_init(&thread->posted_some);
    uv_cond_init(&thread->hurried);
    if (uv_thread_create(&thread->thread, thread_main, thread) != 0) {
        uv_cond_destroy(&thread->posted_some);
        uv_cond_destroy(&thread->hurried);
        uv_mutex_destroy(&thread->mutex);
        free(thread);
        return ERR_UNSUPPORTED;
    }
    uv_async_init(loop, &thread->wake, on_wake);
    *ret_thread = thread;
    return OK;
}

void store_thread_post(struct store_thread *thread, struct store_job *job)
{
    assert(!uv_is_closing((uv_handle_t *)&thread->wake));
    thread->waiting++;
    uv_mutex_lock(&thread->mutex);
    list_add(&thread->posted, job);
    uv_cond_signal(&thread->posted_some);
    uv_mutex_unlock(&thread->mutex);
}

void store_thread_hurry(struct store_thread *thread)
{
    if (thread->waiting == 0)
        return;
    uv_mutex_lock(&thread->mutex);
    thread->hurry = thread->posted.first != NULL;
    if (thread->hurry)
        uv_cond_signal(&thread->hurried);
    uv_mutex_unlock(&thread->mutex);
}

size_t store_thread_waiting(const struct store_thread *thread)
{
    return thread->waiting;
}

void store_thread_close(struct store_thread *thread, void (*closed)(void *ctx), void *ctx)
{
    thread->closing = true;
    thread->closed = closed;
    thread->closed_ctx = ctx;
    store_thread_hurry(thread);
    uv_async_send(&thread->wake);
}
