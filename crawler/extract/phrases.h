/* crawler/extract/phrases.h - which of a list of phrases stands in a text; one pass. */
#ifndef LUREWATCH_PHRASES_H
#define LUREWATCH_PHRASES_H

#include "common/text.h"

/* Index of a phrase that stands in text, or count. ASCII letter case matters not. With ret_seen
 * (one byte a phrase, zeroed by the caller) all are found and marked, and the first found is
 * returned. Phrases have at least four bytes. Cost: about 1 ns a byte. */
size_t phrases_find(struct slice text, const char *const *phrases, size_t count, uint8_t *ret_seen);

#endif
