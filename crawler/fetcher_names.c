/* fetcher_names.c - the resolver's threads and what they found; see fetcher_names.h.
 *
 * Jobs go to the threads and come back through two lists under one lock; an async handle wakes the
 * loop. Answers are kept for minutes, as getaddrinfo() tells no time to live; failures for seconds.
 * The lists belong to `shared`, which lives until the last thread has left it: a thread may be
 * stuck in getaddrinfo() for longer than the fetcher lives. */
#include "crawler/fetcher_names.h"
#include "crawler/name_table.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#define THREADS_MAX  16u
#define THREAD_STACK (512u << 10)
#define JOBS_MAX     4096u
#define ENTRIES_MAX  8192u
#define HOST_BYTES   256u
#define FOUND_MS_MAX 300000
#define NOT_FOUND_MS 10000

struct job {
    struct job *next;
    char host[HOST_BYTES];
    int failure; /* of getaddrinfo */
    size_t count;
    struct address list[NAMES_ADDRESSES_MAX];
};

struct shared {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *todo, **todo_end, *finished;
    unsigned threads, idle, users, waiting; /* waiting: jobs in todo */
    bool closed;
    uv_async_t *async; /* not to be touched once closed */
};

struct entry {
    char host[HOST_BYTES];
    bool pending;
    int64_t until_mono_ms;
    int failure;
    size_t count;
    struct address list[NAMES_ADDRESSES_MAX];
};

struct names {
    struct shared *shared;
    struct name_table table;
    size_t pending;
    uv_async_t async;
    void (*ready)(void *ctx);
    void *ready_ctx;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

/* ---- the threads ---- */

static void shared_leave(struct shared *shared) /* with the lock held; gives it back */
{
    bool last = --shared->users == 0;
    pthread_mutex_unlock(&shared->lock);
    if (!last)
        return;
    while (shared->finished != NULL) {
        struct job *job = shared->finished;
        shared->finished = job->next;
        free(job);
    }
    pthread_cond_destroy(&shared->wake);
    pthread_mutex_destroy(&shared->lock);
    free(shared);
}

static void job_run(struct job *job)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    job->failure = getaddrinfo(job->host, NULL, &hints, &found);
    if (job->failure != 0)
        return;
    for (const struct addrinfo *at = found; at != NULL && job->count < NAMES_ADDRESSES_MAX;
         at = at->ai_next)
        if (address_from_sockaddr(at->ai_addr, &job->list[job->count], NULL))
            job->count++;
    freeaddrinfo(found);
    if (job->count == 0)
        job->failure = EAI_NONAME;
}

static void *thread_main(void *arg)
{
    struct shared *shared = arg;
    pthread_mutex_lock(&shared->lock);
    for (;;) {
        while (shared->todo == NULL && !shared->closed) {
            shared->idle++;
            pthread_cond_wait(&shared->wake, &shared->lock);
            shared->idle--;
        }
        if (shared->closed)
            break;
        struct job *job = shared->todo;
        shared->todo = job->next;
        shared->waiting--;
        if (shared->todo == NULL)
            shared->todo_end = &shared->todo;
        pthread_mutex_unlock(&shared->lock);
        job_run(job);
        pthread_mutex_lock(&shared->lock);
        job->next = shared->finished;
        shared->finished = job;
        if (!shared->closed)
            uv_async_send(shared->async);
    }
    shared_leave(shared);
    return NULL;
}

/* With the lock held. One more thread, with every signal left to the others. */
static void thread_start(struct shared *shared)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, before;
    if (pthread_attr_init(&attr) != 0)
        return;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, &attr, thread_main, shared) == 0) {
        shared->threads++;
        shared->users++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
}

/* False: no thread could be had. */
static bool job_give(struct shared *shared, struct job *job)
{
    pthread_mutex_lock(&shared->lock);
    if (shared->waiting >= shared->idle && shared->threads < THREADS_MAX)
        thread_start(shared);
    bool given = shared->threads > 0;
    if (given) {
        *shared->todo_end = job;
        shared->todo_end = &job->next;
        shared->waiting++;
        pthread_cond_signal(&shared->wake);
    }
    pthread_mutex_unlock(&shared->lock);
    return given;
}

/* ---- the loop's side ---- */

static void entry_learn(struct names *names, const struct job *job, int64_t now_mono_ms)
{
    struct entry *entry = name_table_get(&names->table, slice_of(job->host));
    if (entry == NULL)
        return;
    entry->pending = false;
    entry->failure = job->failure;
    entry->count = job->count;
    memcpy(entry->list, job->list, sizeof entry->list);
    entry->until_mono_ms = now_mono_ms + (job->failure == 0 ? FOUND_MS_MAX : NOT_FOUND_MS);
}

static void on_async(uv_async_t *async)
{
    struct names *names = async->data;
    struct shared *shared = names->shared;
    pthread_mutex_lock(&shared->lock);
    struct job *job = shared->finished;
    shared->finished = NULL;
    pthread_mutex_unlock(&shared->lock);
    if (job == NULL)
        return;
    uv_update_time(async->loop);
    int64_t now_mono_ms = (int64_t)(uv_hrtime() / 1000000u);
    while (job != NULL) {
        struct job *next = job->next;
        entry_learn(names, job, now_mono_ms);
        free(job);
        names->pending--;
        job = next;
    }
    names->ready(names->ready_ctx);
}

static int shared_create(struct shared **ret_shared)
{
    struct shared *shared = calloc(1, sizeof *shared);
    if (shared == NULL)
        return ERR_NOMEM;
    shared->users = 1;
    shared->todo_end = &shared->todo;
    if (pthread_mutex_init(&shared->lock, NULL) != 0) {
        free(shared);
        return ERR_NOMEM;
    }
    if (pthread_cond_init(&shared->wake, NULL) != 0) {
        pthread_mutex_destroy(&shared->lock);
        free(shared);
        return ERR_NOMEM;
    }
    *ret_shared = shared;
    return OK;
}

int names_create(struct uv_loop_s *loop, void (*ready)(void *ctx), void *ctx,
                 struct names **ret_names)
{
    struct names *names = calloc(1, sizeof *names);
    if (names == NULL)
        return ERR_NOMEM;
    int rc = shared_create(&names->shared);
    if (rc == OK && uv_async_init(loop, &names->async, on_async) != 0) {
        pthread_mutex_lock(&names->shared->lock);
        shared_leave(names->shared);
        rc = ERR_IO;
    }
    if (rc != OK) {
        free(names);
        return rc;
    }
    uv_unref((uv_handle_t *)&names->async); /* who waits keeps the loop going */
    names->async.data = names;
    names->shared->async = &names->async;
    names->ready = ready;
    names->ready_ctx = ctx;
    *ret_names = names;
    return OK;
}

/* Makes room: what has run out first, then all that nobody waits for. */
static void entries_shrink(struct names *names, int64_t now_mono_ms)
{
    for (int round = 0; round < 2 && names->table.count >= ENTRIES_MAX; round++) {
        struct entry *gone[256];
        size_t count;
        do {
            size_t cursor = 0;
            count = 0;
            struct entry *entry = name_table_next(&names->table, &cursor);
            for (; entry != NULL && count < 256; entry = name_table_next(&names->table, &cursor))
                if (!entry->pending && (round == 1 || entry->until_mono_ms <= now_mono_ms))
                    gone[count++] = entry;
            for (size_t i = 0; i < count; i++) {
                name_table_remove(&names->table, slice_of(gone[i]->host));
                free(gone[i]);
            }
        } while (count == 256);
    }
}

static int entry_of(struct names *names, struct slice host, int64_t now_mono_ms,
                    struct entry **ret_entry)
{
    *ret_entry = name_table_get(&names->table, host);
    if (*ret_entry != NULL)
        return OK;
    entries_shrink(names, now_mono_ms);
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return ERR_NOMEM;
    memcpy(entry->host, host.at, host.len);
    int rc = name_table_put(&names->table, slice_of(entry->host), entry);
    if (rc != OK)
        free(entry);
    else
        *ret_entry = entry;
    return rc;
}

static int entry_look_up(struct names *names, struct entry *entry)
{
    if (names->pending >= JOBS_MAX)
        return ERR_LIMIT;
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return ERR_NOMEM;
    memcpy(job->host, entry->host, sizeof job->host);
    if (!job_give(names->shared, job)) {
        free(job);
        return ERR_NOMEM;
    }
    entry->pending = true;
    names->pending++;
    return ERR_BUSY;
}

int names_ask(struct names *names, struct slice host, int64_t now_mono_ms,
              struct names_answer *ret_answer)
{
    *ret_answer = (struct names_answer){.why = ""};
    struct entry *entry = NULL;
    if (host.len == 0 || host.len >= HOST_BYTES - 2) {
        ret_answer->why = "the name is too long to be one";
        return ERR_NET;
    }
    int rc = entry_of(names, host, now_mono_ms, &entry);
    if (rc != OK)
        return rc;
    if (entry->pending)
        return ERR_BUSY;
    if (entry->until_mono_ms <= now_mono_ms)
        return entry_look_up(names, entry);
    if (entry->failure != 0) {
        ret_answer->why = gai_strerror(entry->failure);
        return ERR_NET;
    }
    ret_answer->list = entry->list;
    ret_answer->count = entry->count;
    return OK;
}

void names_forget(struct names *names, struct slice host)
{
    struct entry *entry = name_table_get(&names->table, host);
    if (entry != NULL)
        entry->until_mono_ms = 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct names *names = handle->data;
    void (*closed)(void *ctx) = names->closed;
    void *ctx = names->closed_ctx;
    free(names);
    closed(ctx);
}

void names_close(struct names *names, void (*closed)(void *ctx), void *ctx)
{
    struct shared *shared = names->shared;
    pthread_mutex_lock(&shared->lock);
    shared->closed = true;
    while (shared->todo != NULL) {
        struct job *job = shared->todo;
        shared->todo = job->next;
        free(job);
    }
    shared->todo_end = &shared->todo;
    pthread_cond_broadcast(&shared->wake);
    shared_leave(shared);

    size_t cursor = 0;
    struct entry *entry;
    while ((entry = name_table_next(&names->table, &cursor)) != NULL)
        free(entry);
    name_table_release(&names->table);
    names->closed = closed;
    names->closed_ctx = ctx;
    uv_close((uv_handle_t *)&names->async, on_closed);
}
