/* app/sent_fetch.h - the page behind an address that somebody sent in: fetched once, with all the
 * manners of a sweep (visitor.h). */
#ifndef LUREWATCH_SENT_FETCH_H
#define LUREWATCH_SENT_FETCH_H

#include "app/complaint.h"
#include "app/visitor.h"

struct sent_address { /* borrowed */
    const struct settings *settings;
    const struct address_policy *policy;
    const char *address, *source;
};

/* The answer is in the arena, and its HTTP status 2xx. Errors: as visitor_get(), and ERR_NET (another
 * status): the sentence in reterr, and what a page needs to say it in ret_complaint, whose why
 * borrows reterr's. The store and the sweep's lock are free again when it returns. */
MUST_USE int sent_fetch(const struct sent_address *sent, struct arena *arena,
                        struct visitor_answer *ret_answer, struct complaint *ret_complaint,
                        struct failure *reterr);

#endif
