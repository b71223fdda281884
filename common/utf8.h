/* common/utf8.h - UTF-8 as RFC 3629 and the WHATWG Encoding Standard define it. Pure. */
#ifndef LUREWATCH_UTF8_H
#define LUREWATCH_UTF8_H

#include "common/arena.h"
#include "common/text.h"

#define UTF8_REPLACEMENT 0xFFFDu

/* Code point at text.at (len > 0) and its length in *ret_len. An ill-formed sequence gives
 * UTF8_REPLACEMENT and the length of its maximal subpart (Unicode 15, 3.9, U+FFFD substitution). */
uint32_t utf8_decode(struct slice text, size_t *ret_len);
/* Writes code (a scalar value) to at[0..3], gives its length 1-4. */
size_t utf8_encode(uint32_t code, char at[4]);
bool utf8_is_valid(struct slice text);
/* Bad bytes become U+FFFD, NUL becomes U+FFFD too. Borrows text when it is already clean, else
 * copies into arena. Errors: ERR_NOMEM. */
MUST_USE int utf8_clean(struct arena *arena, struct slice text, struct slice *ret_text);
/* The longest start of text of at most len bytes that does not cut a character. */
struct slice utf8_cut(struct slice text, size_t len);
/* Code points first to last, both inside. */
struct code_range {
    uint32_t first, last;
};
/* Is code in one of the ranges? They are in ascending order. Cost: the logarithm of count. */
bool code_is_in(uint32_t code, const struct code_range *ranges, size_t count);

size_t utf8_count(struct slice text); /* code points; an ill-formed subpart counts one */

#endif
