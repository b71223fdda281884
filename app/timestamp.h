/* app/timestamp.h - asks a time stamp authority (RFC 3161, over HTTP) and proves its answers. OpenSSL
 * and libcurl stay behind this header. Blocks. */
#ifndef LUREWATCH_TIMESTAMP_H
#define LUREWATCH_TIMESTAMP_H

#include "common/digest.h"
#include "common/text.h"

#define TIMESTAMP_BYTES_MAX (1u << 20)

/* Asks url for a stamp of digest; appends the answer (DER of TimeStampResp) to ret_token and gives
 * the time it states. ca_file: certificates that the stamp must lead to; "" or NULL: the signature is
 * not proved now. Errors: ERR_NET, ERR_TIMEOUT, ERR_SYNTAX (no stamp of this digest), ERR_NOMEM. */
MUST_USE int timestamp_ask(const char *url, const char *ca_file, const struct digest *digest,
                           struct text_buf *ret_token, int64_t *ret_unix_ms,
                           struct failure *reterr);
/* Is token a granted stamp of digest (and, with ca_file, signed by whom it should be)? ERR_SYNTAX. */
MUST_USE int timestamp_check(struct slice token, const char *ca_file, const struct digest *digest,
                             int64_t *ret_unix_ms, struct failure *reterr);

#endif
