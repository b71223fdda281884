/* classify.c - posting in, verdict out; see classify.h. */
#include "classifiers/classify.h"

#include "classifiers/facts_parts.h"
#include "classifiers/score.h"

#include <stdio.h>
#include <stdlib.h>

#define VOICE_BYTES_MIN 16u /* less speaks to nobody */

struct classifier {
    const struct pattern_bank *bank;
    struct classify_settings settings;
    struct normaliser *normaliser;
    struct matcher *matcher;
    struct fact_reader *facts;
};

struct band_start {
    const char *name;
    int32_t tenths;
    unsigned line; /* of the configuration; 0: the bank's */
};

static int bands_crossed(const struct pattern_bank *bank, const struct classify_settings *settings,
                         const struct band_start *lower, const struct band_start *upper,
                         struct failure *reterr)
{
    const struct band_start *set = lower->line != 0 ? lower : upper;
    const struct band_start *other = set == lower ? upper : lower;
    char where[64];
    if (other->line != 0)
        snprintf(where, sizeof where, "line %u", other->line);
    else
        snprintf(where, sizeof where, "%s/families.yml", bank_pack_origin(bank_pack_of(bank)));
    double p_set = verdict_probability_millionths(set->tenths) / 1e6;
    double p_other = verdict_probability_millionths(other->tenths) / 1e6;
    return failure_set(reterr, ERR_SYNTAX,
                       "%s:%u: '%s' %.3f is %s '%s' %.3f (%s), so no ad could be in band %s: "
                       "watch, review and urgent begin in this order",
                       settings->file != NULL ? settings->file : "lurewatch.yml", set->line,
                       set->name, p_set, set == lower ? "above" : "below", other->name, p_other,
                       where, lower->name);
}

int classify_bands_check(const struct pattern_bank *bank, const struct classify_settings *settings,
                         struct failure *reterr)
{
    const struct model *model = bank_model(bank);
    const struct band_start starts[] = {
        {"watch", classify_chosen(settings->watch_tenths, model->watch_tenths),
         settings->watch_line},
        {"review", classify_chosen(settings->review_tenths, model->review_tenths),
         settings->review_line},
        {"urgent", classify_chosen(settings->urgent_tenths, model->urgent_tenths),
         settings->urgent_line}};
    for (size_t i = 0; i + 1 < sizeof starts / sizeof starts[0]; i++)
        if (starts[i].tenths > starts[i + 1].tenths)
            return bands_crossed(bank, settings, &starts[i], &starts[i + 1], reterr);
    return OK;
}

int classifier_create(const struct pattern_bank *bank, const struct classify_settings *settings,
                      struct classifier **ret_classifier, struct failure *reterr)
{
    const struct model *model = bank_model(bank);
    struct classify_settings own = CLASSIFY_ALL_AS_BANK;
    struct classifier *classifier = calloc(1, sizeof *classifier);
    if (classifier == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (settings != NULL)
        own = *settings;
    classifier->bank = bank;
    classifier->settings = (struct classify_settings){
        .prior_tenths = classify_chosen(own.prior_tenths, model->prior_tenths),
        .watch_tenths = classify_chosen(own.watch_tenths, model->watch_tenths),
        .review_tenths = classify_chosen(own.review_tenths, model->review_tenths),
        .urgent_tenths = classify_chosen(own.urgent_tenths, model->urgent_tenths),
    };
    int rc = classify_bands_check(bank, &own, reterr);
    if (rc == OK)
        rc = normaliser_create(&classifier->normaliser);
    if (rc == OK)
        rc = matcher_create(bank, &MATCHER_LIMITS_DEFAULT, &classifier->matcher);
    if (rc == ERR_NOMEM)
        failure_set(reterr, rc, "the classifier cannot start: %s", err_name(rc));
    if (rc == OK)
        rc = fact_reader_create(bank, &classifier->facts, reterr);
    if (rc != OK) {
        classifier_free(classifier);
        return rc;
    }
    *ret_classifier = classifier;
    return OK;
}

struct matcher *classifier_matcher(struct classifier *classifier)
{
    return classifier->matcher;
}

void classifier_free(struct classifier *classifier)
{
    if (classifier == NULL)
        return;
    fact_reader_free(classifier->facts);
    matcher_free(classifier->matcher);
    normaliser_free(classifier->normaliser);
    free(classifier);
}

/* Who the text speaks to, by the heaviest rule of the family that says so; an ad that says how to
 * answer speaks to applicants. */
static struct slice voice_of(const struct verdict *verdict, const struct posting *posting)
{
    const struct finding *best = NULL;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->kind == FINDING_RULE && slice_starts(finding->id, "voice.") &&
            (best == NULL || abs(finding->points_tenths) > abs(best->points_tenths)))
            best = finding;
    }
    if (best != NULL) {
        struct slice idea = slice_from(best->id, 6);
        size_t dot = slice_find_char(idea, '.');
        return slice_sub(idea, 0, dot == SIZE_MAX ? idea.len : dot);
    }
    if (posting->origin == ORIGIN_ARTICLE)
        return SLICE("reports");
    if (posting->field[POSTING_TEXT].len + posting->field[POSTING_TITLE].len < VOICE_BYTES_MIN)
        return SLICE_EMPTY;
    return verdict->task != TASK_AWARENESS ? SLICE("applicant") : SLICE("reports");
}

int classify(struct classifier *classifier, const struct posting *posting, struct arena *arena,
             struct verdict *ret_verdict)
{
    struct folded folded[POSTING_FIELD_COUNT];
    struct hits hits;
    struct facts facts;
    struct verdict verdict = {0};
    int rc = OK;
    for (int i = 0; rc == OK && i < POSTING_FIELD_COUNT; i++)
        rc = normalise(classifier->normaliser, posting->field[i], arena, &folded[i]);
    if (rc == OK)
        rc = matcher_run(classifier->matcher, folded, arena, &hits);
    if (rc == OK)
        rc = facts_read(classifier->facts, posting, folded, arena, &facts);
    if (rc == OK)
        rc =
            score(classifier->bank, &classifier->settings, posting, &hits, &facts, arena, &verdict);
    if (rc == OK)
        rc = conditions_find(
            &(struct fact_input){.posting = posting, .folded = folded, .arena = arena},
            verdict.findings, verdict.findings_count, &verdict.conditions);
    if (rc != OK)
        return rc;
    verdict.voice = voice_of(&verdict, posting);
    verdict.language = facts.language;
    verdict.languages = facts.languages;
    verdict.salary = facts.salary;
    verdict.places = facts.places;
    verdict.places_count = facts.places_count;
    verdict.contacts = facts.contacts;
    verdict.contacts_count = facts.contacts_count;
    verdict.items_missing = facts.items_missing;
    verdict.employer = facts.employer;
    verdict.licences = facts.licences;
    verdict.rules_cut_count = hits.rules_cut_count;
    verdict.bank = bank_version(classifier->bank);
    *ret_verdict = verdict;
    return OK;
}
