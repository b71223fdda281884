/* digest.c - the one file that knows OpenSSL; see digest.h. A failure of EVP_Digest with SHA-256
 * can only be our mistake or lost memory inside OpenSSL, so it stops the process. */
#include "common/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct digest_stream {
    EVP_MD_CTX *context;
};

struct digest digest_of(struct slice bytes)
{
    struct digest out;
    if (EVP_Digest(bytes.at, bytes.len, out.bytes, NULL, EVP_sha256(), NULL) != 1)
        abort();
    return out;
}

struct digest digest_hmac(struct slice key, struct slice bytes)
{
    struct digest out;
    unsigned len = 0;
    if (HMAC(EVP_sha256(), key.at, (int)key.len, (const unsigned char *)bytes.at, bytes.len,
             out.bytes, &len) == NULL)
        abort();
    return out;
}

int digest_stream_create(struct digest_stream **ret_stream)
{
    struct digest_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return ERR_NOMEM;
    stream->context = EVP_MD_CTX_new();
    if (stream->context == NULL || EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL) != 1) {
        digest_stream_free(stream);
        return ERR_NOMEM;
    }
    *ret_stream = stream;
    return OK;
}

void digest_stream_add(struct digest_stream *stream, struct slice bytes)
{
    if (EVP_DigestUpdate(stream->context, bytes.at, bytes.len) != 1)
        abort();
}

struct digest digest_stream_end(struct digest_stream *stream)
{
    struct digest out;
    if (EVP_DigestFinal_ex(stream->context, out.bytes, NULL) != 1 ||
        EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL) != 1)
        abort();
    return out;
}

void digest_stream_free(struct digest_stream *stream)
{
    if (stream == NULL)
        return;
    EVP_MD_CTX_free(stream->context);
    free(stream);
}

char *digest_hex(const struct digest *digest, char at[DIGEST_HEX_BYTES])
{
    return hex_write(digest->bytes, DIGEST_BYTES, at);
}

char *digest_base32(const struct digest *digest, char at[DIGEST_BASE32_BYTES])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    size_t out = 0;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        held = (held << 8 | digest->bytes[i]) & 0xFFFFu;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            at[out++] = letters[held >> bits & 31];
        }
    }
    if (bits > 0)
        at[out++] = letters[held << (5 - bits) & 31];
    while (out < DIGEST_BASE32_BYTES - 1)
        at[out++] = '=';
    at[out] = '\0';
    return at;
}

void digest_random(void *at, size_t len)
{
    char *bytes = at;
    while (len > 0) {
        ssize_t got = getrandom(bytes, len, 0);
        if (got < 0)
            abort();
        bytes += got;
        len -= (size_t)got;
    }
}
