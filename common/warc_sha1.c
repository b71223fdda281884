/* warc_sha1.c - SHA-1 and the check of a digest field; see warc_inside.h. We write SHA-256; the
 * archives of others carry SHA-1, and a flipped bit must be found in those too. */
#include "common/warc_inside.h"

#include <string.h>

static uint32_t turn(uint32_t word, unsigned by)
{
    return word << by | word >> (32 - by);
}

static void mix(struct sha1 *sha1)
{
    uint32_t w[80], a = sha1->h[0], b = sha1->h[1], c = sha1->h[2], d = sha1->h[3], e = sha1->h[4];
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)sha1->block[4 * i] << 24 | (uint32_t)sha1->block[4 * i + 1] << 16 |
               (uint32_t)sha1->block[4 * i + 2] << 8 | sha1->block[4 * i + 3];
    for (unsigned i = 16; i < 80; i++)
        w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (unsigned i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999u
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1u
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu
                              : (b ^ c ^ d) + 0xca62c1d6u;
        uint32_t next = turn(a, 5) + f + e + w[i];
        e = d;
        d = c;
        c = turn(b, 30);
        b = a;
        a = next;
    }
    sha1->h[0] += a;
    sha1->h[1] += b;
    sha1->h[2] += c;
    sha1->h[3] += d;
    sha1->h[4] += e;
}

void sha1_init(struct sha1 *sha1)
{
    static const uint32_t start[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u,
                                      0xc3d2e1f0u};
    memset(sha1, 0, sizeof *sha1);
    memcpy(sha1->h, start, sizeof start);
}

void sha1_add(struct sha1 *sha1, struct slice bytes)
{
    while (bytes.len > 0) {
        size_t at = (size_t)(sha1->bytes % 64), room = 64 - at;
        size_t take = bytes.len < room ? bytes.len : room;
        memcpy(sha1->block + at, bytes.at, take);
        sha1->bytes += take;
        bytes = slice_from(bytes, take);
        if (at + take == 64)
            mix(sha1);
    }
}

void sha1_end(struct sha1 *sha1, uint8_t ret_digest[SHA1_BYTES])
{
    uint64_t bits = sha1->bytes * 8;
    char tail[72] = {(char)0x80};
    size_t pad = (sha1->bytes % 64 < 56 ? 56 : 120) - (size_t)(sha1->bytes % 64);
    for (size_t i = 0; i < 8; i++)
        tail[pad + i] = (char)(bits >> (56 - 8 * i) & 0xff);
    sha1_add(sha1, slice_make(tail, pad + 8));
    for (size_t i = 0; i < SHA1_BYTES; i++)
        ret_digest[i] = (uint8_t)(sha1->h[i / 4] >> (24 - 8 * (i % 4)) & 0xff);
}

/* ---- the check ---- */

static struct slice without_padding(struct slice text)
{
    while (text.len > 0 && text.at[text.len - 1] == '=')
        text.len--;
    return text;
}

static bool length_fits(struct slice value, size_t digest_bytes)
{
    return value.len == 2 * digest_bytes || value.len == (digest_bytes * 8 + 4) / 5;
}

bool warc_check_begin(struct warc_check *check, struct slice field)
{
    check->algorithm = WARC_NO_DIGEST;
    if (field.len == 0)
        return true;
    size_t colon = slice_find_char(field, ':');
    if (colon == SIZE_MAX || colon == 0 || slice_find_char(field, ' ') != SIZE_MAX)
        return false;
    struct slice label = slice_sub(field, 0, colon);
    struct slice value = without_padding(slice_from(field, colon + 1));
    if (value.len == 0)
        return false;
    bool is_sha1 =
        slice_equal_nocase(label, SLICE("sha1")) || slice_equal_nocase(label, SLICE("sha-1"));
    bool is_sha256 =
        slice_equal_nocase(label, SLICE("sha256")) || slice_equal_nocase(label, SLICE("sha-256"));
    if (!is_sha1 && !is_sha256)
        return true;
    if (!length_fits(value, is_sha1 ? SHA1_BYTES : DIGEST_BYTES))
        return false;
    memcpy(check->expected, value.at, value.len);
    check->expected[value.len] = '\0';
    if (is_sha1) {
        sha1_init(&check->sha1);
        check->algorithm = WARC_SHA1;
    } else if (check->sha256 != NULL || digest_stream_create(&check->sha256) == OK) {
        digest_stream_end(check->sha256); /* starts anew */
        check->algorithm = WARC_SHA256;
    }
    return true;
}

void warc_check_add(struct warc_check *check, struct slice bytes)
{
    if (check->algorithm == WARC_SHA1)
        sha1_add(&check->sha1, bytes);
    if (check->algorithm == WARC_SHA256)
        digest_stream_add(check->sha256, bytes);
}

/* Base32 without padding, and hexadecimal: the two spellings in use. */
static void spell(const uint8_t *digest, size_t len, char *base32, char *hex)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", digits[] = "0123456789abcdef";
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len; i++) {
        *hex++ = digits[digest[i] >> 4];
        *hex++ = digits[digest[i] & 15];
        held = held << 8 | digest[i];
        for (bits += 8; bits >= 5; bits -= 5)
            *base32++ = letters[held >> (bits - 5) & 31];
        held &= (1u << bits) - 1;
    }
    if (bits > 0)
        *base32++ = letters[held << (5 - bits) & 31];
    *base32 = *hex = '\0';
}

bool warc_check_end(struct warc_check *check)
{
    uint8_t digest[DIGEST_BYTES];
    char base32[64], hex[2 * DIGEST_BYTES + 1];
    size_t len = SHA1_BYTES;
    if (check->algorithm == WARC_NO_DIGEST)
        return true;
    if (check->algorithm == WARC_SHA1) {
        sha1_end(&check->sha1, digest);
    } else {
        struct digest found = digest_stream_end(check->sha256);
        memcpy(digest, found.bytes, sizeof digest);
        len = DIGEST_BYTES;
    }
    check->algorithm = WARC_NO_DIGEST;
    spell(digest, len, base32, hex);
    struct slice expected = slice_of(check->expected);
    return slice_equal_nocase(expected, slice_of(base32)) ||
           slice_equal_nocase(expected, slice_of(hex));
}
