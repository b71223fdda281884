/* tests/pack.h - a packed bank made of texts in a test (the form of classifiers/bank_pack.h). */
#ifndef LUREWATCH_TESTS_PACK_H
#define LUREWATCH_TESTS_PACK_H

#include "common/text.h"

#include <string.h>

/* Files must come sorted by path. */
static inline void pack_add(struct text_buf *out, const char *path, struct slice bytes)
{
    text_buf_add(out, path, strlen(path) + 1);
    for (int shift = 56; shift >= 0; shift -= 8)
        text_buf_add_char(out, (char)((uint64_t)bytes.len >> shift & 0xFF));
    text_buf_add_slice(out, bytes);
}

#endif
