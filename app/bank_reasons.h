/* app/bank_reasons.h - reasons in further languages (review/reasons.h) held against a bank. */
#ifndef LUREWATCH_BANK_REASONS_H
#define LUREWATCH_BANK_REASONS_H

#include "classifiers/bank.h"
#include "review/reasons.h"

/* As reasons_load(): an id that the bank does not have is an error. Borrows bank for the call. */
MUST_USE int bank_reasons_load(const struct pattern_bank *bank, const char *patterns,
                               struct reasons **ret_reasons, struct failure *reterr);

/* Calls each for every idea, combo, signal and family: there says whether the language has its
 * title, and its reason where the bank has a rationale. */
typedef void bank_reason_fn(void *ctx, const char *id, bool there);
void bank_reasons_each(const struct pattern_bank *bank, const struct reasons *reasons,
                       const char *tag, bank_reason_fn *each, void *ctx);

#endif
