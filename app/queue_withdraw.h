/* app/queue_withdraw.h - what was asked of others about a case is asked no more. */
#ifndef LUREWATCH_QUEUE_WITHDRAW_H
#define LUREWATCH_QUEUE_WITHDRAW_H

#include "storage/request_rows.h"

/* Withdraws every request about the case that still stands, all or none, and names each on stderr.
 * act->why is what the corrections say. *ret_count: how many. Errors: ERR_NOT_FOUND (no such case),
 * and those of request_change(); the store has the sentence. */
MUST_USE int queue_withdraw(struct store *store, struct arena *arena, int64_t case_id,
                            const struct queue_act *act, size_t *ret_count);

#endif
