/* crawler/extract/css.h - CSS selectors to XPath 1.0, as analysts write them in source files. Pure.
 *
 * type, *, #id, .class, [attr], [attr=v] and ~= |= ^= $= *=, descendant, '>', '+', '~', comma
 * lists, :first-child :last-child :only-child :first-of-type :last-of-type :nth-child(n | odd |
 * even | an+b) :nth-last-child(...) :nth-of-type(...) :not(simple) :empty :root :contains("text"),
 * and at the end, as Scrapy has it, ::text (the element's own text nodes) or ::attr(name). Names
 * are ASCII case-insensitive as in HTML. A selector that begins with '/', './' or '(' is XPath
 * already and is copied. */
#ifndef LUREWATCH_EXTRACT_CSS_H
#define LUREWATCH_EXTRACT_CSS_H

#include "common/arena.h"
#include "common/text.h"

#define CSS_SELECTOR_BYTES_MAX 2048u
#define CSS_XPATH_BYTES_MAX    16384u

/* Gives NUL-terminated XPath in arena, to be evaluated at the document. Errors: ERR_SYNTAX ("byte
 * N: what is wrong"), ERR_LIMIT (longer than CSS_SELECTOR_BYTES_MAX or as XPath
 * CSS_XPATH_BYTES_MAX), ERR_NOMEM. */
MUST_USE int css_to_xpath(struct arena *arena, struct slice selector, const char **ret_xpath,
                          struct failure *reterr);

#endif
