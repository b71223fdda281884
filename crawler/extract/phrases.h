/* crawler/extract/phrases.h - which of a list of phrases stands in a text; one pass. */
#ifndef LUREWATCH_PHRASES_H
#define LUREWATCH_PHRASES_H

#include "common/text.h"

#define PHRASES_MAX   255u
#define PHRASES_CHAIN 64u

/* A prepared list: which hashed beginnings of four bytes it has, and the phrases of each. */
struct phrases {
    const char *const *list; /* borrowed */
    size_t count;
    uint8_t begins[8192];         /* one bit a hash */
    uint8_t first[PHRASES_CHAIN]; /* 1 + index of a phrase, 0: none */
    uint8_t next[PHRASES_MAX];
};

/* Borrows the list: at most PHRASES_MAX phrases (what is over is left out) of at least four bytes.
 * ASCII letter case matters not. */
void phrases_prepare(struct phrases *phrases, const char *const *list, size_t count);

/* Index of a phrase that stands in text, or the list's count. Cost: about 1 ns a byte. */
size_t phrases_first(const struct phrases *phrases, struct slice text);
/* How many phrases stand in text that were not in seen (one byte a phrase), which marks them; stops
 * when there are enough. */
size_t phrases_count(const struct phrases *phrases, struct slice text, uint8_t *seen,
                     size_t enough);

#endif
