/* classifiers/normalise_words.h - the second half of folding: what only a whole word shows. Inner
 * header of normalise.c: bytes with their origins, folded in place, never growing. */
#ifndef LUREWATCH_NORMALISE_WORDS_H
#define LUREWATCH_NORMALISE_WORDS_H

#include "classifiers/normalise.h"
#include "classifiers/normalise_tables.h"

struct word_buf {
    char *bytes;
    uint32_t *origin; /* one a byte */
    size_t len, room, limit;
};

void word_buf_reset(struct word_buf *buf, size_t limit); /* keeps memory */
void word_buf_release(struct word_buf *buf);
bool word_buf_reserve(struct word_buf *buf, size_t room);
/* All bytes get the same origin. False: out of memory or over the limit. */
bool word_buf_add(struct word_buf *buf, const char *bytes, size_t len, uint32_t origin);
void word_buf_drop_last(struct word_buf *buf);

/* NULL: the code is no look-alike. */
const struct lookalike *lookalike_find(uint32_t code);

/* Look-alikes in words that mix scripts, letters spaced or dotted apart, leet. */
void words_fold(struct word_buf *buf, struct obfuscation *seen);

#endif
