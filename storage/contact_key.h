/* storage/contact_key.h - the secret that turns a contact into a keyed hash.
 *
 * Tables hold HMAC-SHA-256(key, name space and value) of a contact: equal contacts meet, nobody
 * without the key can try numbers against them. A value that is a phone number ("+62…") has one
 * name space whatever the messenger, so that a WhatsApp number finds the same phone. */
#ifndef LUREWATCH_CONTACT_KEY_H
#define LUREWATCH_CONTACT_KEY_H

#include "common/digest.h"
#include "common/verdict.h"

struct contact_key {
    uint8_t bytes[DIGEST_BYTES];
};

/* Reads the key file: 64 hexadecimal digits and a line end, mode 600 or tighter, a plain file.
 * create: a missing one is made with random bytes, synced, and never replaces one that appeared
 * meanwhile. Errors: ERR_NOT_FOUND, ERR_DENIED (readable by others, a symbolic link), ERR_SYNTAX
 * (not a key), ERR_IO, ERR_FULL. */
MUST_USE int contact_key_load(const char *path, bool create, struct contact_key *ret_key,
                              struct failure *reterr);
/* Of a value, whose ASCII letters may be of either case. */
struct digest contact_key_hash(const struct contact_key *key, enum contact_kind kind,
                               struct slice value);

#define CONTACT_TAIL_BYTES 16u
/* The last 2 characters of a value, 3 where it has more than 8; nothing of one under 5. */
char *contact_tail(struct slice value, char at[CONTACT_TAIL_BYTES]);

#endif
