/* app/review_send.h - what reviewers send in by the page: handed to `lurewatch queue add` in a
 * process of its own, so that one code makes cases of it, with the locks and limits of a command. */
#ifndef LUREWATCH_REVIEW_SEND_H
#define LUREWATCH_REVIEW_SEND_H

#include "review/site.h"

struct review_sending {
    const char *config; /* the configuration file, NULL: as found */
    int64_t ms_max;     /* then a table ends before its next row; what hangs is ended soon after */
};
/* Errors: ERR_NOMEM, ERR_IO, ERR_LIMIT; what is wrong with what was sent, or was not read to its end,
 * is in *ret_received, which must be zero. */
MUST_USE int review_send(const struct review_sending *how, const struct site_sent *sent,
                         struct arena *arena, struct site_received *ret_received,
                         struct failure *reterr);

#endif
