/* storage/queue_inside.h - how an ad's row becomes a case, for posting_rows.c; what the
 * files of the queue share. */
#ifndef LUREWATCH_QUEUE_INSIDE_H
#define LUREWATCH_QUEUE_INSIDE_H

#include "storage/queue.h"

/* A case's state as of ?1, the time asked with: a lease that is over is none. */
#define STATE_NOW "(CASE WHEN c.state = 1 AND c.lease_ends <= ?1 THEN 0 ELSE c.state END)"

struct case_put { /* all borrowed */
    int64_t posting_id, version_id, source_id;
    const struct verdict *verdict;
    int64_t now_unix_ms;
};
struct case_change {
    int64_t case_id;
    bool is_new, reopened;
    bool is_changed; /* new, or another version, or judged anew */
};
/* Makes the posting's case or brings it to this version, with its audit rows; inside the caller's
 * transaction. The same again changes nothing. */
MUST_USE int case_put(struct store *store, const struct case_put *put,
                      struct case_change *ret_change);

struct second_asked {
    enum case_state decision; /* asked for; unsure where two people disagree */
    bool waits;               /* it was noted as the first of two */
    char why[1024];           /* "" or what they said */
};
/* Before a decision, in its transaction. ERR_CONFLICT: the same person again. */
MUST_USE int second_ask(struct store *store, int64_t case_id, const struct queue_act *act,
                        struct second_asked *asked);

#endif
