/* classifiers/explain_parts.h - lines of the facts table; for explain*.c only. */
#ifndef LUREWATCH_EXPLAIN_PARTS_H
#define LUREWATCH_EXPLAIN_PARTS_H

#include "common/verdict.h"

/* A quote on one line, cut at a character after `most` bytes. */
void explain_quote(struct text_buf *out, struct slice quote, size_t most);
void explain_conditions(const struct posting *posting, const struct verdict *verdict,
                        struct text_buf *out);
void explain_languages(const struct posting *posting, const struct verdict *verdict,
                       struct text_buf *out);
void explain_voice(const struct verdict *verdict, struct text_buf *out);

#endif
