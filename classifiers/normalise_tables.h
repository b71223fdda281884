/* classifiers/normalise_tables.h - the data of normalise.c. Static, sorted where it says so. */
#ifndef LUREWATCH_NORMALISE_TABLES_H
#define LUREWATCH_NORMALISE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* A Traditional character and its Simplified one; sorted by from. */
struct han_pair {
    uint16_t from, to;
};
extern const struct han_pair HAN_PAIRS[];
extern const size_t HAN_PAIRS_COUNT;

/* A letter and the ASCII letter it is mistaken for; sorted by code. always: folded wherever it
 * stands (small capitals, letterlike signs); else only in words that mix scripts. */
struct lookalike {
    uint32_t code;
    char ascii;
    unsigned char always;
};
extern const struct lookalike LOOKALIKES[];
extern const size_t LOOKALIKES_COUNT;

/* A sign that stands for a word; "" drops it. Sorted by code. */
struct emoji_word {
    uint32_t code;
    const char *word;
};
extern const struct emoji_word EMOJI_WORDS[];
extern const size_t EMOJI_WORDS_COUNT;

#endif
