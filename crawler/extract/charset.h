/* crawler/extract/charset.h - bytes of a page to valid UTF-8 text.
 *
 * Names are those of the WHATWG Encoding Standard, static strings ("UTF-8", "gb18030",
 * "windows-1252", "Shift_JIS", …), so they may be compared by pointer or by text and never freed.
 * Pure, but the libraries behind it read their tables on first use: a process that locks itself in
 * calls charset_prepare() before. */
#ifndef LUREWATCH_EXTRACT_CHARSET_H
#define LUREWATCH_EXTRACT_CHARSET_H

#include "common/arena.h"
#include "common/text.h"

#define CHARSET_PRESCAN_BYTES 1024u  /* the standard's */
#define CHARSET_GUESS_BYTES   65536u /* what the guesser is shown */

struct charset_hint {
    const char *content_type; /* header's value, "" or NULL: none */
    bool is_xml; /* XML declaration counts, meta does not; UTF-8 when nothing is said */
};

/* Opens every converter and the guesser once. Errors: ERR_UNSUPPORTED (the ICU data lacks a
 * converter, named), ERR_NOMEM. */
MUST_USE int charset_prepare(struct failure *reterr);

/* WHATWG name of a label ("latin1" is "windows-1252", "gb2312" is "GBK"), or NULL. White space
 * around it and case do not matter. */
const char *charset_from_label(struct slice label);

/* Name of the charset parameter of a Content-Type value, or NULL: none, or unknown. */
const char *charset_from_content_type(const char *content_type);

/* What the first CHARSET_PRESCAN_BYTES of an HTML page declare by <meta> (HTML standard, "prescan a
 * byte stream"; UTF-16 means UTF-8 there), or NULL. */
const char *charset_prescan(struct slice bytes);

/* What the XML declaration says, by its bytes or in UTF-16; NULL: nothing. */
const char *charset_from_xml(struct slice bytes);

/* Never NULL. Order: byte order mark, Content-Type, meta (or XML declaration where the bytes begin
 * with one), valid UTF-8 with anything beyond ASCII in it, uchardet, windows-1252. */
const char *charset_sniff(struct slice bytes, const char *content_type);

/* bytes in the charset named (a WHATWG name or any label; unknown: windows-1252) to UTF-8: always
 * valid, bad bytes and NUL become U+FFFD, a byte order mark is left out and, as in browsers, beats
 * the name. Borrows bytes when they are UTF-8 already, else in arena. Errors: ERR_NOMEM. */
MUST_USE int charset_to_utf8(struct arena *arena, struct slice bytes, const char *whatwg_name,
                             struct slice *ret_text);

/* Sniffs and converts. hint NULL: nothing known. *ret_name (NULL is allowed) is the charset used.
 * Errors: ERR_NOMEM. */
MUST_USE int charset_decode(struct arena *arena, struct slice bytes,
                            const struct charset_hint *hint, struct slice *ret_text,
                            const char **ret_name);

#endif
