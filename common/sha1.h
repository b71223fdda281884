/* common/sha1.h - SHA-1 (FIPS 180-4): only to check what others wrote and for UUIDs that standards want
 * made so. Nothing of ours rests on it. Lives in warc_sha1.c. */
#ifndef LUREWATCH_SHA1_H
#define LUREWATCH_SHA1_H

#include "common/text.h"

#define SHA1_BYTES 20u
struct sha1 {
    uint32_t h[5];
    uint64_t bytes;
    uint8_t block[64];
};
void sha1_init(struct sha1 *sha1);
void sha1_add(struct sha1 *sha1, struct slice bytes);
void sha1_end(struct sha1 *sha1, uint8_t ret_digest[SHA1_BYTES]);

#endif
