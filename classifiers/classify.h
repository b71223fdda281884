/* classifiers/classify.h - posting in, verdict out: normalise, match, facts, score. Pure. */
#ifndef LUREWATCH_CLASSIFY_H
#define LUREWATCH_CLASSIFY_H

#include "classifiers/bank.h"
#include "classifiers/matcher.h"

struct classifier; /* a bank with one thread's scratch */

/* Configuration may override the bank's model; NULL, and CLASSIFY_AS_BANK of each: as the bank says. (0 is
 * a value: the logit of 0.5.) */
#define CLASSIFY_AS_BANK INT32_MIN
struct classify_settings {
    int32_t prior_tenths, watch_tenths, review_tenths, urgent_tenths;
    const char *file; /* where they are set, for messages; NULL: nowhere. Borrowed for the call */
    unsigned watch_line, review_line, urgent_line; /* in file */
};

#define CLASSIFY_ALL_AS_BANK                                                                       \
    {                                                                                              \
        .prior_tenths = CLASSIFY_AS_BANK, .watch_tenths = CLASSIFY_AS_BANK,                        \
        .review_tenths = CLASSIFY_AS_BANK, .urgent_tenths = CLASSIFY_AS_BANK                       \
    }
/* One of these values, where the configuration does not say it the bank's. */
static inline int32_t classify_chosen(int32_t own, int32_t of_bank)
{
    return own != CLASSIFY_AS_BANK ? own : of_bank;
}

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
