/* crawler/extract/charset_inside.h - between charset.c, which knows the libraries, and
 * charset_sniff.c, which knows the order of evidence. */
#ifndef LUREWATCH_EXTRACT_CHARSET_INSIDE_H
#define LUREWATCH_EXTRACT_CHARSET_INSIDE_H

#include "crawler/extract/charset.h"

/* The guesser's opinion as a WHATWG name, or NULL. */
const char *charset_guess(struct slice bytes);
/* A name ICU knows beyond the standard ("UTF-32BE", "IBM037", "IBM850"), for XML that says so;
 * static, or NULL. like_ascii: only one in which ASCII bytes mean themselves. */
const char *charset_beyond_standard(struct slice label, bool like_ascii);
/* bytes, at most 512, of some EBCDIC as ASCII to at, which has as much room; gives the length. */
size_t charset_ebcdic_start(struct slice bytes, char *at);
/* By its byte order mark, whose length goes to *ret_len (0: none); or NULL. */
const char *charset_from_bom(struct slice bytes, size_t *ret_len);

#endif
