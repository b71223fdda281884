/* review/store_pool.h - store handles for the threads of a server, one a thread at a time.
 *
 * A handle is given out only while the file it has open is the one at the store's path: a file that
 * was moved or removed would take decisions that nobody ever reads. */
#ifndef LUREWATCH_STORE_POOL_H
#define LUREWATCH_STORE_POOL_H

#include "storage/queue_second.h"
#include "storage/store.h"

struct store_pool;

/* Copies url. second: what two people must decide. Nothing is opened yet. Gives *ret_pool, free with store_pool_free(), when every
 * handle was given back. Errors: ERR_NOMEM. */
MUST_USE int store_pool_create(const char *url, unsigned handles, enum queue_second second,
                               struct store_pool **ret_pool);
void store_pool_free(struct store_pool *pool); /* NULL is allowed */

/* Errors: ERR_BUSY (all are out), those of store_open(); the sentence says what to do. */
MUST_USE int store_pool_take(struct store_pool *pool, struct store **ret_store,
                             struct failure *reterr);
/* Is what was written with this handle where others will read it? */
bool store_pool_holds(struct store_pool *pool, const struct store *store);
/* sound false: the handle is closed, the next take opens another. */
void store_pool_give(struct store_pool *pool, struct store *store, bool sound);

#endif
