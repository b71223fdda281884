/* storage/queue_inside.h - how an ad's row becomes a case; for posting_rows.c. */
#ifndef LUREWATCH_QUEUE_INSIDE_H
#define LUREWATCH_QUEUE_INSIDE_H

#include "storage/queue.h"

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

#endif
