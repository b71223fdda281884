/* fuzz.h - what fuzz targets share: a promise that must hold, and bytes taken off the input.
 *
 * A target is tests/fuzz/fuzz_NAME.c with LLVMFuzzerTestOneInput(). `make check` runs it under
 * driver.c (seeds, then mutations from a fixed start), `make fuzz` under libFuzzer. Seeds stand in
 * tests/fuzz/seeds/NAME/, words of the format in tests/fuzz/NAME.dict. */
#ifndef LUREWATCH_FUZZ_H
#define LUREWATCH_FUZZ_H

#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(holds)                                                                             \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #holds);            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline struct slice fuzz_slice(const uint8_t *data, size_t size)
{
    return slice_make((const char *)data, size);
}

/* One byte off the front, 0 when there is none. */
static inline uint8_t fuzz_byte(struct slice *rest)
{
    uint8_t byte = rest->len > 0 ? (uint8_t)rest->at[0] : 0;
    *rest = slice_from(*rest, 1);
    return byte;
}

/* The bytes before the next line end, which is dropped. */
static inline struct slice fuzz_line(struct slice *rest)
{
    struct slice line = SLICE_EMPTY;
    if (!slice_next_line(rest, &line))
        return SLICE_EMPTY;
    return line;
}

/* Is inner a part of outer's bytes? An empty slice may stand anywhere. */
static inline bool fuzz_inside(struct slice inner, struct slice outer)
{
    return inner.len == 0 || (inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len);
}

#endif
