/* classifiers/fit.h - weights refitted to decisions: logistic regression whose prior is the analyst.
 *
 * The logit of an ad is what score.h makes of it: a sum a family, held within the family's cap, plus
 * what is not fitted (facts, combos). Each rule's weight is moved towards what reviewers decided and
 * held back by an L2 prior centred on the analyst's weight; it keeps its sign and stays in -5..5. The
 * decided ads are no sample of a board, so a free constant takes the place of the prior; it is
 * thrown away. Pure. */
#ifndef LUREWATCH_FIT_H
#define LUREWATCH_FIT_H

#include "classifiers/bank.h"
#include "common/arena.h"

#define FIT_DECISIONS_MIN 50u /* fewer say nothing */
#define FIT_CLASS_MIN     10u /* of lures and of ordinary ads each */
#define FIT_FOLDS_MAX     20u

struct fit_part { /* a fact's points, which count within its family's cap */
    uint32_t family;
    int32_t tenths;
};

/* One decided ad; all borrowed. */
struct fit_sample {
    const uint32_t *rules; /* indexes of active rules that are findings of it */
    size_t rules_count;
    const struct fit_part *parts;
    size_t parts_count;
    int32_t combos_tenths; /* within their cap */
    bool lure;
    double weight;  /* above 0; ads of one campaign share one decision's worth */
    uint64_t group; /* ads of one group are never on both sides of a fold */
};

struct fit_settings {
    double prior_sigma; /* how far a weight may lie from the analyst's, in log-odds */
    unsigned folds;     /* 2 - FIT_FOLDS_MAX */
};
extern const struct fit_settings FIT_SETTINGS_DEFAULT;

struct fit_quality {
    double log_loss; /* mean, natural; lower is better */
    double auc;      /* share of pairs of lure and ordinary ad in the right order */
};

struct fit_result {
    int32_t *weights_tenths; /* one a rule, in the arena */
    uint32_t *ads, *lures;   /* one a rule: decided ads that have it, and those that are lures */
    struct fit_quality held_out_before, held_out_after; /* analyst's weights, fitted ones */
    unsigned folds;
};

/* Errors: ERR_LIMIT (fewer than FIT_DECISIONS_MIN samples or FIT_CLASS_MIN of a kind; the sentence
 * says which), ERR_NOMEM. */
MUST_USE int fit_weights(const struct pattern_bank *bank, const struct fit_sample *samples,
                         size_t count, const struct fit_settings *settings, struct arena *arena,
                         struct fit_result *ret_result, struct failure *reterr);

#endif
