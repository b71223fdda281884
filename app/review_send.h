/* app/review_send.h - what reviewers send in by the page: handed to `lurewatch queue add` in a
 * process of its own, so that one code makes cases of it, with the locks and limits of a command. */
#ifndef LUREWATCH_REVIEW_SEND_H
#define LUREWATCH_REVIEW_SEND_H

#include "review/site.h"

/* config: the configuration file, NULL: as found. Runs for at most two minutes.
 * Errors: ERR_TIMEOUT, ERR_NOMEM, ERR_IO, ERR_LIMIT; what is wrong with what was sent is in
 * *ret_received, which must be zero. */
MUST_USE int review_send(const char *config, const struct site_sent *sent, struct arena *arena,
                         struct site_received *ret_received, struct failure *reterr);

#endif
