/* app/worker_pool.h - the sweep's worker processes on its loop. Loop thread only.
 *
 * Each worker has one page in flight; a worker is replaced after POOL_PAGES_PER_WORKER pages, after
 * it died, and when it overran the wall time a page may take. What it answers is outside bytes. */
#ifndef LUREWATCH_WORKER_POOL_H
#define LUREWATCH_WORKER_POOL_H

#include "classifiers/classify.h"
#include "common/text.h"

struct worker_pool;
struct uv_loop_s; /* <uv.h> stays out of our headers */

#define POOL_PAGES_PER_WORKER 1000u

struct worker_pool_settings {
    struct slice bank; /* a pack's bytes; copied */
    struct classify_settings model;
    uint32_t workers; /* 1-64 */
    int64_t memory_mib, page_ms;
};

/* status OK: reply is the worker's JSON, borrowed until the callback returns. Else the page is
 * poison (ERR_SYNTAX: the worker died; ERR_TIMEOUT; ERR_LIMIT) or ours is the fault
 * (ERR_UNSUPPORTED: workers cannot start; ERR_CANCELLED: the pool closes), and why says it. */
typedef void worker_done_cb(int status, struct slice reply, const char *why, void *ctx);

/* Starts the workers. Borrows loop. Errors: ERR_IO, ERR_NOMEM, ERR_UNSUPPORTED. */
MUST_USE int worker_pool_create(struct uv_loop_s *loop, const struct worker_pool_settings *settings,
                                struct worker_pool **ret_pool, struct failure *reterr);
/* Copies head and body. done comes exactly once, later; on failure, never. Pages wait their turn in
 * memory: keep the number in bounds by worker_pool_waiting(). Errors: ERR_LIMIT, ERR_NOMEM. */
MUST_USE int worker_pool_ask(struct worker_pool *pool, struct slice head, struct slice body,
                             worker_done_cb *done, void *ctx);
size_t worker_pool_waiting(const struct worker_pool *pool); /* asked and not done */
/* Takes pool. Pages not done end with ERR_CANCELLED; then closed(ctx) once. NULL is allowed. */
void worker_pool_close(struct worker_pool *pool, void (*closed)(void *ctx), void *ctx);

#endif
