/* classifiers/literals.h - finds any of many byte strings in one pass. Built once,
 * sealed, then shared by threads. Used by the matcher's prefilter and the gazetteer. */
#ifndef LUREWATCH_LITERALS_H
#define LUREWATCH_LITERALS_H

#include "common/text.h"

struct literals;
struct literals_builder;

MUST_USE int literals_begin(struct literals_builder **ret_builder);
/* Copies literal (not empty); tag comes back with each hit; the same literal may carry many tags.
 * Errors: ERR_NOMEM, ERR_LIMIT (over 16 Mi literals, or 1 GiB of them). */
MUST_USE int literals_add(struct literals_builder *builder, struct slice literal, uint32_t tag);
#define LITERAL_WORD_HEAD 1u /* hits only where no ASCII letter stands right before */
#define LITERAL_WORD_TAIL 2u /* hits only where none follows */
MUST_USE int literals_add_bounded(struct literals_builder *builder, struct slice literal,
                                  unsigned bounds, uint32_t tag);
/* Takes builder (also on failure); gives *ret_literals, free with literals_free(). */
MUST_USE int literals_end(struct literals_builder *builder, struct literals **ret_literals);
void literals_free(struct literals *literals); /* NULL is allowed */

/* start..end: bytes in text. Return false to stop. */
typedef bool literals_hit_fn(uint32_t tag, size_t start, size_t end, void *ctx);
/* Every occurrence of every literal, overlapping ones too, by ascending start. Pure. */
void literals_scan(const struct literals *literals, struct slice text, literals_hit_fn *hit,
                   void *ctx);

#endif
