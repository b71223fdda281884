/* app/store_thread.h - the one thread that talks to the store, with group commit.
 *
 * The loop posts jobs; the thread waits a little for more of them (STORE_LINGER_MS, or until it is
 * told to hurry), takes all that wait (at most STORE_GROUP_MAX), opens one transaction, runs them in order, commits once, and then their done callbacks run on the loop. So
 * a done callback means: it is durable. When a group fails, its jobs are run again one by one, each
 * in a transaction of its own: only the job at fault fails. A job must therefore be able to run
 * twice. */
#ifndef LUREWATCH_STORE_THREAD_H
#define LUREWATCH_STORE_THREAD_H

#include "common/err.h"

#include <stddef.h>

struct store_thread;
struct uv_loop_s;

#define STORE_GROUP_MAX 256u
#define STORE_LINGER_MS 50u

/* The thread's view of the store; all run on the thread. Each returns an enum err and fills reterr.
 */
struct store_thread_ops {
    int (*begin)(void *ctx, struct failure *reterr);
    int (*commit)(void *ctx, struct failure *reterr); /* makes evidence durable first */
    void (*rollback)(void *ctx);
    void *ctx;
};

struct store_job {
    struct store_job *next; /* the thread's */
    /* On the thread, inside a transaction; may run twice. Touches only the job and the ops' ctx. */
    int (*run)(struct store_job *job, void *ctx, struct failure *reterr);
    /* On the loop, once. rc OK: committed. The job is the callback's to free. */
    void (*done)(struct store_job *job, int rc, const struct failure *why);
    int rc;              /* the thread's */
    struct failure *why; /* the thread's; allocated on failure only */
};

/* Starts the thread. Borrows loop; copies ops. Errors: ERR_NOMEM, ERR_UNSUPPORTED (no thread). */
MUST_USE int store_thread_create(struct uv_loop_s *loop, const struct store_thread_ops *ops,
                                 struct store_thread **ret_thread);
/* Takes job until its done callback. Loop thread only. */
void store_thread_post(struct store_thread *thread, struct store_job *job);
/* The loop has nothing under way that would post another job: what is posted is committed at once.
 * Loop thread only. */
void store_thread_hurry(struct store_thread *thread);
size_t store_thread_waiting(const struct store_thread *thread); /* posted and not done */
/* Takes thread. What was posted is still run, committed and answered; then closed(ctx) once. */
void store_thread_close(struct store_thread *thread, void (*closed)(void *ctx), void *ctx);

#endif
