/* device.c - see device.h. */
#include "review/device.h"

#include <stdio.h>
#include <string.h>

#define NONCE_LETTERS 32u

/* What signs the letters of the random part. */
static void sign(const struct digest *mark, struct slice nonce, char ret_hex[DIGEST_HEX_BYTES])
{
    char message[sizeof "lurewatch device " + NONCE_LETTERS];
    int len = snprintf(message, sizeof message, "lurewatch device %.*s", (int)nonce.len, nonce.at);
    struct digest made = digest_hmac(slice_make((const char *)mark->bytes, sizeof mark->bytes),
                                     slice_make(message, (size_t)len));
    digest_hex(&made, ret_hex);
    explicit_bzero(&made, sizeof made);
}

void device_make(const struct digest *mark, char ret_cookie[DEVICE_BYTES])
{
    struct digest random = {{0}};
    char nonce[DIGEST_HEX_BYTES], hex[DIGEST_HEX_BYTES];
    digest_random(random.bytes, sizeof random.bytes);
    digest_hex(&random, nonce);
    sign(mark, slice_make(nonce, NONCE_LETTERS), hex);
    snprintf(ret_cookie, DEVICE_BYTES, "%.*s%s", (int)NONCE_LETTERS, nonce, hex);
}

bool device_is(const struct digest *mark, struct slice cookie)
{
    char hex[DIGEST_HEX_BYTES];
    unsigned differs = 0;
    if (cookie.len != DEVICE_BYTES - 1)
        return false;
    sign(mark, slice_sub(cookie, 0, NONCE_LETTERS), hex);
    for (size_t i = NONCE_LETTERS; i < cookie.len; i++)
        differs |= (unsigned char)cookie.at[i] ^ (unsigned char)hex[i - NONCE_LETTERS];
    return differs == 0;
}
