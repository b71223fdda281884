/* storage/posting_words.h - a verdict's findings in the short forms that rows keep. Pure. */
#ifndef LUREWATCH_POSTING_WORDS_H
#define LUREWATCH_POSTING_WORDS_H

#include "common/verdict.h"

#define WORDS_STRONGEST_MAX 6u
#define WORDS_REASONS_MAX   12u

/* The quotes with most points, each once, "; " between; at most WORDS_STRONGEST_MAX. */
MUST_USE int words_strongest(struct arena *arena, const struct verdict *verdict,
                             const char **ret_text);
/* The titles of rules, combos and facts with points above 0, most first, each once, a line each. */
MUST_USE int words_reasons(struct arena *arena, const struct verdict *verdict,
                           const char **ret_text);
/* Every finding as ["id",points in tenths], JSON. */
MUST_USE int words_rules(struct arena *arena, const struct verdict *verdict, const char **ret_text);

#endif
