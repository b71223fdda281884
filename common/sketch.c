/* sketch.c - one permutation MinHash; see sketch.h.
 *
 * A gram's hash mixes its codes in one after another. The grams that a code is part of go forward
 * together, one step each, so their multiplications do not wait for one another.
 * Cost: five steps a code point, no allocation. */
#include "common/sketch.h"

#include "common/utf8.h"

#include <string.h>

#define GRAM 5u

static uint64_t mix(uint64_t x)
{
    x ^= x >> 33; /* the finaliser of MurmurHash3, public domain */
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

static bool counts(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
           (code >= 0xC0 && code != 0x3000 && !(code >= 0x2000 && code <= 0x206F));
}

/* begun[k]: the hash of the last k codes, if a gram begins with them. */
static void gram_step(uint64_t begun[GRAM + 1], uint32_t code)
{
    for (unsigned k = GRAM; k > 0; k--)
        begun[k] = mix(begun[k - 1] ^ (code + UINT64_C(0x9e3779b97f4a7c15) * k));
}

struct sketch sketch_of(struct slice text)
{
    uint64_t least[SKETCH_BINS], begun[GRAM + 1] = {0};
    size_t seen = 0;
    memset(least, 0xFF, sizeof least);
    for (size_t i = 0, used; i < text.len; i += used) {
        uint32_t code = (unsigned char)text.at[i];
        used = 1;
        if (code >= 0x80)
            code = utf8_decode(slice_from(text, i), &used);
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        if (!counts(code))
            continue;
        gram_step(begun, code);
        if (++seen < GRAM)
            continue;
        uint64_t hash = begun[GRAM];
        uint64_t *slot = &least[hash % SKETCH_BINS];
        if (hash < *slot)
            *slot = hash;
    }
    struct sketch sketch;
    for (unsigned i = 0; i < SKETCH_BINS; i++) /* 0 means: nothing fell into the bin */
        sketch.bin[i] = least[i] == UINT64_MAX ? 0 : (uint8_t)(1 + (least[i] >> 20) % 255);
    return sketch;
}

int sketch_similarity(const struct sketch *a, const struct sketch *b)
{
    int both = 0, equal = 0;
    for (unsigned i = 0; i < SKETCH_BINS; i++) {
        if (a->bin[i] == 0 && b->bin[i] == 0)
            continue;
        both++;
        equal += a->bin[i] == b->bin[i] ? 1 : 0;
    }
    return both == 0 ? 0 : 100 * equal / both;
}

bool sketch_bands(const struct sketch *sketch, int64_t ret_bands[SKETCH_BANDS])
{
    uint8_t dense[SKETCH_BINS];
    unsigned full = 0;
    for (unsigned i = 0; i < SKETCH_BINS; i++)
        full += sketch->bin[i] != 0 ? 1 : 0;
    if (full < SKETCH_FULL_MIN)
        return false;
    for (unsigned i = 0; i < SKETCH_BINS; i++) {
        unsigned away = 0;
        while (sketch->bin[(i + away) % SKETCH_BINS] == 0)
            away++;
        dense[i] = (uint8_t)(sketch->bin[(i + away) % SKETCH_BINS] + 37 * away);
    }
    const unsigned width = SKETCH_BINS / SKETCH_BANDS;
    for (unsigned band = 0; band < SKETCH_BANDS; band++) {
        int64_t key = band;
        for (unsigned k = 0; k < width; k++)
            key = key << 8 | dense[band * width + k];
        ret_bands[band] = key;
    }
    return true;
}

char *sketch_hex(const struct sketch *sketch, char at[SKETCH_HEX_BYTES])
{
    return hex_write(sketch->bin, SKETCH_BINS, at);
}

bool sketch_from_hex(struct slice hex, struct sketch *ret_sketch)
{
    return hex_read(hex, ret_sketch->bin, SKETCH_BINS);
}
