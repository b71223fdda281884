/* classifiers/explain.h - a verdict in words for people: every finding, its quote, its points, and
 * the sum. Appends UTF-8 text; errors show in text_buf_status(). */
#ifndef LUREWATCH_EXPLAIN_H
#define LUREWATCH_EXPLAIN_H

#include "common/verdict.h"

/* Many lines: head, findings by points, pay, places, contacts, the arithmetic. */
void explain_verdict(const struct posting *posting, const struct verdict *verdict,
                     struct text_buf *out);
/* One line, without its end: band, score, task, title, strongest words. */
void explain_line(const struct posting *posting, const struct verdict *verdict,
                  struct text_buf *out);
/* The quotes that weigh most, "; " between, at most `most` of them. */
void explain_strongest(const struct verdict *verdict, size_t most, struct text_buf *out);

#endif
