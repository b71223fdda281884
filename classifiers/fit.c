/* fit.c - see fit.h. Newton steps on one weight at a time, each over the ads that have the rule;
 * some dozens of passes. Cost: passes x ads x rules an ad. */
#include "classifiers/fit.h"

#include <math.h>
#include <stdlib.h>

#define PASSES_MAX  200u
#define STEP_MAX    0.5
#define STEP_DONE   0.002
#define WEIGHT_MAX  5.0
#define LOGIT_BOUND 30.0

const struct fit_settings FIT_SETTINGS_DEFAULT = {.prior_sigma = 0.7, .folds = 5};

struct fitting {
    const struct pattern_bank *bank;
    const struct fit_sample *samples;
    size_t count;
    double lambda;
    unsigned folds, left_out;  /* left_out: the fold not trained on; folds: none */
    double constant, *weights; /* weights: one a rule, in log-odds */
    double *families;          /* scratch: sums of one ad */
    uint32_t **with_rule;      /* samples that have the rule */
    uint32_t *with_count;
};

/* A fold by the group alone, so that mates stay together and a rerun answers the same. */
static unsigned fold_of(const struct fit_sample *sample, unsigned folds)
{
    uint64_t mixed = (sample->group + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)((mixed >> 33) % folds);
}

static bool is_trained_on(const struct fitting *fitting, const struct fit_sample *sample)
{
    return fitting->left_out == fitting->folds ||
           fold_of(sample, fitting->folds) != fitting->left_out;
}

static double held(double sum, double cap)
{
    return sum > cap ? cap : sum < -cap ? -cap : sum;
}

/* The sums of the ad's families before their caps, in fitting->families; those not touched by the
 * ad are left as they are. */
static void sum_families(struct fitting *fitting, const struct fit_sample *sample)
{
    for (size_t i = 0; i < sample->rules_count; i++)
        fitting->families[bank_rule(fitting->bank, sample->rules[i])->family] = 0;
    for (size_t i = 0; i < sample->parts_count; i++)
        fitting->families[sample->parts[i].family] = 0;
    for (size_t i = 0; i < sample->rules_count; i++)
        fitting->families[bank_rule(fitting->bank, sample->rules[i])->family] +=
            fitting->weights[sample->rules[i]];
    for (size_t i = 0; i < sample->parts_count; i++)
        fitting->families[sample->parts[i].family] += sample->parts[i].tenths / 10.0;
}

/* Each family once: it is set to what is left, nothing, when it has been counted. */
static double count_family(struct fitting *fitting, uint32_t family)
{
    double sum = fitting->families[family];
    fitting->families[family] = 0;
    return held(sum, bank_family(fitting->bank, family)->cap_tenths / 10.0);
}

static double logit_of(struct fitting *fitting, const struct fit_sample *sample)
{
    double logit = fitting->constant + sample->combos_tenths / 10.0;
    sum_families(fitting, sample);
    for (size_t i = 0; i < sample->rules_count; i++)
        logit += count_family(fitting, bank_rule(fitting->bank, sample->rules[i])->family);
    for (size_t i = 0; i < sample->parts_count; i++)
        logit += count_family(fitting, sample->parts[i].family);
    return held(logit, LOGIT_BOUND);
}

static double probability_of(struct fitting *fitting, const struct fit_sample *sample)
{
    return 1 / (1 + exp(-logit_of(fitting, sample)));
}

/* Past its cap a family does not feel a weight. */
static bool feels(struct fitting *fitting, const struct fit_sample *sample, uint32_t rule)
{
    uint32_t family = bank_rule(fitting->bank, rule)->family;
    sum_families(fitting, sample);
    return fabs(fitting->families[family]) < bank_family(fitting->bank, family)->cap_tenths / 10.0;
}

static double fit_constant(struct fitting *fitting)
{
    double slope = 0, bend = 1e-6;
    for (size_t i = 0; i < fitting->count; i++) {
        const struct fit_sample *sample = &fitting->samples[i];
        if (!is_trained_on(fitting, sample))
            continue;
        double p = probability_of(fitting, sample);
        slope += sample->weight * (p - (sample->lure ? 1 : 0));
        bend += sample->weight * p * (1 - p);
    }
    double step = held(-slope / bend, 1);
    fitting->constant += step;
    return fabs(step);
}

static double fit_rule(struct fitting *fitting, uint32_t rule)
{
    double analyst = bank_rule(fitting->bank, rule)->analyst_tenths / 10.0;
    double before = fitting->weights[rule];
    double slope = fitting->lambda * (before - analyst), bend = fitting->lambda;
    for (uint32_t i = 0; i < fitting->with_count[rule]; i++) {
        const struct fit_sample *sample = &fitting->samples[fitting->with_rule[rule][i]];
        if (!is_trained_on(fitting, sample) || !feels(fitting, sample, rule))
            continue;
        double p = probability_of(fitting, sample);
        slope += sample->weight * (p - (sample->lure ? 1 : 0));
        bend += sample->weight * p * (1 - p);
    }
    double after = held(before + held(-slope / bend, STEP_MAX), WEIGHT_MAX);
    if ((analyst > 0 && after < 0) || (analyst < 0 && after > 0))
        after = 0;
    fitting->weights[rule] = after;
    return fabs(after - before);
}

static void start_at_analyst(struct fitting *fitting)
{
    fitting->constant = 0;
    for (size_t i = 0; i < bank_rules_count(fitting->bank); i++)
        fitting->weights[i] = bank_rule(fitting->bank, i)->analyst_tenths / 10.0;
    for (unsigned pass = 0; pass < PASSES_MAX && fit_constant(fitting) > STEP_DONE; pass++)
        ;
}

static void fit(struct fitting *fitting)
{
    for (unsigned pass = 0; pass < PASSES_MAX; pass++) {
        double moved = fit_constant(fitting);
        for (size_t i = 0; i < bank_rules_count(fitting->bank); i++) {
            double step =
                fitting->with_count[i] > 0 && bank_rule(fitting->bank, i)->analyst_tenths != 0
                    ? fit_rule(fitting, (uint32_t)i)
                    : 0;
            moved = step > moved ? step : moved;
        }
        if (moved < STEP_DONE)
            return;
    }
}

/* ---- quality ---- */

struct judged {
    double logit;
    bool lure;
};

static int by_logit(const void *a, const void *b)
{
    const struct judged *left = a, *right = b;
    return left->logit < right->logit ? -1 : left->logit > right->logit;
}

/* By ranks; equal logits share theirs. */
static double auc_of(struct judged *judged, size_t count)
{
    double ranks = 0, lures = 0;
    qsort(judged, count, sizeof *judged, by_logit);
    for (size_t i = 0, next; i < count; i = next) {
        size_t here = 0;
        for (next = i; next < count && judged[next].logit <= judged[i].logit; next++)
            here += judged[next].lure ? 1 : 0;
        ranks += (double)here * ((double)(i + next + 1) / 2);
        lures += (double)here;
    }
    double others = (double)count - lures;
    return lures == 0 || others == 0 ? 0.5 : (ranks - lures * (lures + 1) / 2) / (lures * others);
}

static double loss_of(const struct judged *judged)
{
    double signed_logit = judged->lure ? judged->logit : -judged->logit;
    return log1p(exp(-signed_logit));
}

static void judge_left_out(struct fitting *fitting, struct judged *judged)
{
    for (size_t i = 0; i < fitting->count; i++)
        if (!is_trained_on(fitting, &fitting->samples[i]))
            judged[i] =
                (struct judged){logit_of(fitting, &fitting->samples[i]), fitting->samples[i].lure};
}

static struct fit_quality quality_of(struct judged *judged, size_t count)
{
    struct fit_quality quality = {0, 0};
    for (size_t i = 0; i < count; i++)
        quality.log_loss += loss_of(&judged[i]) / (double)count;
    quality.auc = auc_of(judged, count);
    return quality;
}

static int hold_out(struct fitting *fitting, struct arena *arena, struct fit_result *result)
{
    struct judged *before = arena_calloc(arena, fitting->count, sizeof *before);
    struct judged *after = arena_calloc(arena, fitting->count, sizeof *after);
    if (before == NULL || after == NULL)
        return ERR_NOMEM;
    for (unsigned fold = 0; fold < fitting->folds; fold++) {
        fitting->left_out = fold;
        start_at_analyst(fitting);
        judge_left_out(fitting, before);
        fit(fitting);
        judge_left_out(fitting, after);
    }
    result->held_out_before = quality_of(before, fitting->count);
    result->held_out_after = quality_of(after, fitting->count);
    return OK;
}

/* ---- the whole ---- */

static int fitting_make(struct fitting *fitting, struct arena *arena, struct fit_result *result)
{
    size_t rules = bank_rules_count(fitting->bank);
    fitting->weights = arena_calloc(arena, rules + 1, sizeof *fitting->weights);
    fitting->families =
        arena_calloc(arena, bank_families_count(fitting->bank) + 1, sizeof *fitting->families);
    fitting->with_rule = arena_calloc(arena, rules + 1, sizeof *fitting->with_rule);
    fitting->with_count = arena_calloc(arena, rules + 1, sizeof *fitting->with_count);
    result->weights_tenths = arena_calloc(arena, rules + 1, sizeof *result->weights_tenths);
    result->ads = arena_calloc(arena, rules + 1, sizeof *result->ads);
    result->lures = arena_calloc(arena, rules + 1, sizeof *result->lures);
    if (fitting->weights == NULL || fitting->families == NULL || fitting->with_rule == NULL ||
        fitting->with_count == NULL || result->weights_tenths == NULL || result->ads == NULL ||
        result->lures == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < fitting->count; i++)
        for (size_t k = 0; k < fitting->samples[i].rules_count; k++) {
            result->ads[fitting->samples[i].rules[k]]++;
            result->lures[fitting->samples[i].rules[k]] += fitting->samples[i].lure ? 1 : 0;
        }
    for (size_t i = 0; i < rules; i++) {
        fitting->with_rule[i] =
            arena_calloc(arena, result->ads[i] + 1, sizeof **fitting->with_rule);
        if (fitting->with_rule[i] == NULL)
            return ERR_NOMEM;
    }
    for (size_t i = 0; i < fitting->count; i++)
        for (size_t k = 0; k < fitting->samples[i].rules_count; k++) {
            uint32_t rule = fitting->samples[i].rules[k];
            fitting->with_rule[rule][fitting->with_count[rule]++] = (uint32_t)i;
        }
    return OK;
}

static int check_enough(const struct fit_sample *samples, size_t count, struct failure *reterr)
{
    size_t lures = 0;
    for (size_t i = 0; i < count; i++)
        lures += samples[i].lure ? 1 : 0;
    if (count < FIT_DECISIONS_MIN)
        return failure_set(reterr, ERR_LIMIT,
                           "%zu decision%s too few to move a weight: at least %u are needed, "
                           "and none is ever made up",
                           count, count == 1 ? " is" : "s are", FIT_DECISIONS_MIN);
    if (lures < FIT_CLASS_MIN || count - lures < FIT_CLASS_MIN)
        return failure_set(reterr, ERR_LIMIT,
                           "of %zu decisions %zu say lure and %zu say ordinary: at least %u of "
                           "each are needed to tell them apart",
                           count, lures, count - lures, FIT_CLASS_MIN);
    return OK;
}

int fit_weights(const struct pattern_bank *bank, const struct fit_sample *samples, size_t count,
                const struct fit_settings *settings, struct arena *arena,
                struct fit_result *ret_result, struct failure *reterr)
{
    unsigned folds = settings->folds < 2               ? 2
                     : settings->folds > FIT_FOLDS_MAX ? FIT_FOLDS_MAX
                                                       : settings->folds;
    struct fit_result result = {.folds = folds};
    struct fitting fitting = {.bank = bank,
                              .samples = samples,
                              .count = count,
                              .lambda = 1 / (settings->prior_sigma * settings->prior_sigma),
                              .folds = folds};
    int rc = check_enough(samples, count, reterr);
    if (rc != OK)
        return rc;
    rc = fitting_make(&fitting, arena, &result);
    if (rc == OK)
        rc = hold_out(&fitting, arena, &result);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    fitting.left_out = folds;
    start_at_analyst(&fitting);
    fit(&fitting);
    for (size_t i = 0; i < bank_rules_count(bank); i++)
        result.weights_tenths[i] = (int32_t)lround(fitting.weights[i] * 10);
    *ret_result = result;
    return OK;
}
