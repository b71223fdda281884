/* classifiers/classify.h - posting in, verdict out: normalise, match, facts, score. Pure. */
#ifndef LUREWATCH_CLASSIFY_H
#define LUREWATCH_CLASSIFY_H

#include "classifiers/bank.h"
#include "classifiers/matcher.h"

struct classifier; /* a bank with one thread's scratch */

/* Configuration may override the bank's model; NULL, and 0 of each: as the bank says. */
struct classify_settings {
    int32_t prior_tenths, watch_tenths, review_tenths, urgent_tenths;
    const char *file; /* where they are set, for messages; NULL: nowhere. Borrowed for the call */
    unsigned watch_line, review_line, urgent_line; /* in file */
};

/* A band begins no lower than the one before it. Errors: ERR_SYNTAX (file:line: what to change). */
MUST_USE int classify_bands_check(const struct pattern_bank *bank,
                                  const struct classify_settings *settings, struct failure *reterr);

/* Borrows bank. Errors: those of classify_bands_check(), fact_reader_create(), normaliser_create(), matcher_create(). */
MUST_USE int classifier_create(const struct pattern_bank *bank,
                               const struct classify_settings *settings,
                               struct classifier **ret_classifier, struct failure *reterr);
/* Its scratch, for those who measure rules or ask which are fused off. Borrowed. */
struct matcher *classifier_matcher(struct classifier *classifier);
void classifier_free(struct classifier *classifier); /* NULL is allowed */
/* The verdict borrows arena, posting and bank. Errors: ERR_NOMEM. */
MUST_USE int classify(struct classifier *classifier, const struct posting *posting,
                      struct arena *arena, struct verdict *ret_verdict);

#endif
