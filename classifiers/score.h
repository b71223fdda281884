/* classifiers/score.h - hits and facts in, findings, logit, band, task and level out. Pure.
 *
 * logit = prior + sums by family (each held within its cap) + combos. All in tenths, as integers:
 * the findings, caps and prior included, sum to the logit exactly. */
#ifndef LUREWATCH_SCORE_H
#define LUREWATCH_SCORE_H

#include "classifiers/classify.h"
#include "classifiers/facts.h"

/* model: the bank's, or what configuration made of it. Fills findings, logit, band, task and level
 * of *ret_verdict; leaves the rest. folded and posting are read for quotes. Errors: ERR_NOMEM. */
MUST_USE int score(const struct pattern_bank *bank, const struct classify_settings *settings,
                   const struct posting *posting, const struct hits *hits,
                   const struct facts *facts, struct arena *arena, struct verdict *ret_verdict);

#endif
