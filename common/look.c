/* look.c - see look.h. Whole numbers only, so that a picture looks the same on every machine. */
#include "common/look.h"

#include <stdlib.h>
#include <string.h>

#define WAVES     16u
#define STEP_GREY (8 << 8) /* a change that an eye sees */
#define BAND_BITS LOOK_BAND_SHIFT

/* cos(i * pi / 128) * 16384 */
static const int16_t COSINES[LOOK_GRID + 1] = {
    16384, 16379, 16364, 16340, 16305, 16261, 16207, 16143, 16069, 15986, 15893, 15791, 15679,
    15557, 15426, 15286, 15137, 14978, 14811, 14635, 14449, 14256, 14053, 13842, 13623, 13395,
    13160, 12916, 12665, 12406, 12140, 11866, 11585, 11297, 11003, 10702, 10394, 10080, 9760,
    9434,  9102,  8765,  8423,  8076,  7723,  7366,  7005,  6639,  6270,  5897,  5520,  5139,
    4756,  4370,  3981,  3590,  3196,  2801,  2404,  2006,  1606,  1205,  804,   402,   0};

/* cos(i * pi / 128) for any i. */
static int32_t cosine(uint32_t i)
{
    i %= 4 * LOOK_GRID;
    if (i > 2 * LOOK_GRID)
        i = 4 * LOOK_GRID - i;
    return i > LOOK_GRID ? -(int32_t)COSINES[2 * LOOK_GRID - i] : COSINES[i];
}

/* One line's waves 1 to WAVES. */
static void waves_of(const int32_t line[LOOK_GRID], int32_t ret_waves[WAVES])
{
    for (uint32_t k = 0; k < WAVES; k++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < LOOK_GRID; i++)
            sum += (int64_t)line[i] * cosine((k + 1) * (2 * i + 1));
        ret_waves[k] = (int32_t)(sum / (16384 * 8));
    }
}

static unsigned steps_of(const uint16_t *grey)
{
    unsigned steps = 0;
    for (uint32_t y = 0; y < LOOK_GRID; y++)
        for (uint32_t x = 0; x + 1 < LOOK_GRID; x++) {
            steps += abs(grey[y * LOOK_GRID + x] - grey[y * LOOK_GRID + x + 1]) >= STEP_GREY;
            steps += abs(grey[x * LOOK_GRID + y] - grey[(x + 1) * LOOK_GRID + y]) >= STEP_GREY;
        }
    return steps;
}

static int by_value(const void *a, const void *b)
{
    const int32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

bool look_of(const uint16_t grey[LOOK_GRID * LOOK_GRID], struct look *ret_look)
{
    int32_t across[WAVES][LOOK_GRID], line[LOOK_GRID], waves[LOOK_BITS], sorted[LOOK_BITS];
    if (steps_of(grey) < LOOK_STEPS_MIN)
        return false;
    for (uint32_t y = 0; y < LOOK_GRID; y++) {
        int32_t row[WAVES];
        for (uint32_t x = 0; x < LOOK_GRID; x++)
            line[x] = grey[y * LOOK_GRID + x];
        waves_of(line, row);
        for (uint32_t k = 0; k < WAVES; k++)
            across[k][y] = row[k];
    }
    for (uint32_t k = 0; k < WAVES; k++)
        waves_of(across[k], &waves[k * WAVES]);
    memcpy(sorted, waves, sizeof sorted);
    qsort(sorted, LOOK_BITS, sizeof *sorted, by_value);
    memset(ret_look, 0, sizeof *ret_look);
    for (uint32_t i = 0; i < LOOK_BITS; i++)
        if (waves[i] > sorted[LOOK_BITS / 2 - 1])
            ret_look->bytes[i / 8] |= (uint8_t)(1u << i % 8);
    return true;
}

int look_distance(const struct look *a, const struct look *b)
{
    int bits = 0;
    for (size_t i = 0; i < LOOK_BYTES; i++)
        bits += __builtin_popcount((unsigned)(a->bytes[i] ^ b->bytes[i]));
    return bits;
}

/* 17 bands of 15 bits; the last bit is in none. 16 bits that differ leave one band whole. */
void look_bands(const struct look *look, int64_t ret_bands[LOOK_BANDS])
{
    for (uint32_t band = 0; band < LOOK_BANDS; band++) {
        uint32_t bits = 0;
        for (uint32_t i = band * BAND_BITS; i < (band + 1) * BAND_BITS; i++)
            bits = bits << 1 | ((uint32_t)look->bytes[i / 8] >> i % 8 & 1u);
        ret_bands[band] = (int64_t)band << LOOK_BAND_SHIFT | bits;
    }
}

char *look_hex(const struct look *look, char at[LOOK_HEX_BYTES])
{
    return hex_write(look->bytes, LOOK_BYTES, at);
}

bool look_from_hex(struct slice hex, struct look *ret_look)
{
    return hex_read(hex, ret_look->bytes, LOOK_BYTES);
}
