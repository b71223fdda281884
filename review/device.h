/* review/device.h - browsers that logged in before: a signed cookie, so that what strangers try under a
 * name keeps none of its owner's browsers out (OWASP, "Slow Down Online Guessing Attacks with Device
 * Cookies").
 *
 * The value is 16 random bytes and an HMAC-SHA-256 of them, in hexadecimal; the key comes of the
 * account's password hash. So it is of one account, needs no store, outlives the process, and ends
 * with the password. Pure but for the random bytes. */
#ifndef LUREWATCH_DEVICE_H
#define LUREWATCH_DEVICE_H

#include "common/digest.h"
#include "common/err.h"
#include "common/text.h"

#include <stdbool.h>

#define DEVICE_BYTES  (2u * (16u + 32u) + 1u) /* with NUL */
#define DEVICE_LIFE_S (180LL * 24 * 3600)

/* mark: accounts_mark() of the account. */
void device_make(const struct digest *mark, char ret_cookie[DEVICE_BYTES]);
/* Is it a browser of that account? Compares in constant time. */
bool device_is(const struct digest *mark, struct slice cookie);

#endif
