/* app/worker_client.h - one worker child, asked and waited for: for `scan` and `extract`, where
 * there is no loop. The sweep has worker_pool.h. */
#ifndef LUREWATCH_WORKER_CLIENT_H
#define LUREWATCH_WORKER_CLIENT_H

#include "classifiers/classify.h"
#include "common/text.h"

struct worker_client;

struct worker_client_settings {
    struct slice bank; /* a pack's bytes; copied */
    struct classify_settings model;
    int64_t memory_mib;
    int64_t page_ms; /* wall time a page may take */
};

/* A sealed memfd that holds bank, for a worker's descriptor 4. Gives *ret_fd. Errors: ERR_IO. */
MUST_USE int worker_bank_memfd(struct slice bank, int *ret_fd, struct failure *reterr);
/* Starts nothing yet. Copies settings. Gives *ret_client, free with worker_client_free(). */
MUST_USE int worker_client_create(const struct worker_client_settings *settings,
                                  struct worker_client **ret_client, struct failure *reterr);
/* Ends the child and waits for it. NULL is allowed. */
void worker_client_free(struct worker_client *client);
/* Sends head and body, waits for the answer; starts a child when there is none. *ret_reply is
 * borrowed until the next call. A child that dies or overruns is ended and replaced next time.
 * Errors: ERR_TIMEOUT, ERR_SYNTAX (it died: the page is poison), ERR_UNSUPPORTED (it cannot start:
 * its own sentence), ERR_LIMIT, ERR_IO, ERR_NOMEM. */
MUST_USE int worker_client_ask(struct worker_client *client, struct slice head, struct slice body,
                               struct slice *ret_reply, struct failure *reterr);

#endif
