/* common/digest.h - SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104) and their spellings. OpenSSL
 * stays behind this header. */
#ifndef LUREWATCH_DIGEST_H
#define LUREWATCH_DIGEST_H

#include "common/text.h"

#define DIGEST_BYTES        32u
#define DIGEST_HEX_BYTES    65u /* with NUL */
#define DIGEST_BASE32_BYTES 57u /* with NUL; RFC 4648, padded */

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

struct digest digest_of(struct slice bytes);
struct digest digest_hmac(struct slice key, struct slice bytes);

/* For bytes that come in pieces. Gives *ret_stream, end it with digest_stream_free().
 * Errors: ERR_NOMEM. */
struct digest_stream;
MUST_USE int digest_stream_create(struct digest_stream **ret_stream);
void digest_stream_add(struct digest_stream *stream, struct slice bytes);
struct digest digest_stream_end(struct digest_stream *stream); /* starts anew afterwards */
void digest_stream_free(struct digest_stream *stream);         /* NULL is allowed */

char *digest_hex(const struct digest *digest, char at[DIGEST_HEX_BYTES]);
/* The spelling WARC files use after "sha256:". */
char *digest_base32(const struct digest *digest, char at[DIGEST_BASE32_BYTES]);
/* len random bytes of the system; aborts when the kernel has none, which Linux does not do. */
void digest_random(void *at, size_t len);

#endif
