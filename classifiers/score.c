/* score.c - the arithmetic of a verdict; see score.h.
 *
 * Order: rules (one finding an idea, its first words), facts, caps by family, combos and their cap,
 * voice, prior. Shadow rules are findings of 0 points and hold in no combo. */
#include "classifiers/score.h"

#include <stdlib.h>
#include <string.h>

struct scoring {
    const struct pattern_bank *bank;
    const struct posting *posting;
    const struct hits *hits;
    const struct facts *facts;
    struct finding *findings;
    size_t count, room;
    int32_t *family_tenths; /* sums before caps */
    bool *family_hit;
    bool *rule_hit;
    int32_t logit_tenths;
    unsigned marks[4]; /* findings that speak for each indicator level */
    int32_t task_tenths[TASK_COUNT];
};

static struct finding *finding_add(struct scoring *scoring, enum finding_kind kind, struct slice id,
                                   int32_t points_tenths)
{
    if (scoring->count == scoring->room)
        return NULL; /* room is made for all that can be */
    struct finding *finding = &scoring->findings[scoring->count++];
    *finding = (struct finding){.kind = kind,
                                .id = id,
                                .family = SLICE_EMPTY,
                                .title = SLICE_EMPTY,
                                .points_tenths = points_tenths,
                                .field = FINDING_NO_FIELD,
                                .quote = SLICE_EMPTY};
    scoring->logit_tenths += points_tenths;
    return finding;
}

static void finding_span(const struct scoring *scoring, struct finding *finding, int field,
                         uint32_t start, uint32_t end)
{
    if (field == FINDING_NO_FIELD)
        return;
    finding->field = field;
    finding->start_bytes = start;
    finding->end_bytes = end;
    finding->quote = slice_sub(scoring->posting->field[field], start, end - start);
}

/* One paid ticket or one messenger is what honest employers have too: level 2 needs two marks. */
static void note_level(struct scoring *scoring, int level, int32_t points_tenths)
{
    if (points_tenths > 0 && level > 0)
        scoring->marks[level]++;
}

static int level_of(const struct scoring *scoring)
{
    if (scoring->marks[3] > 0)
        return 3;
    if (scoring->marks[2] > 1)
        return 2;
    return scoring->marks[1] + scoring->marks[2] > 0 ? 1 : 0;
}

/* ---- rules ---- */

static void add_rule(struct scoring *scoring, const struct hit *hit)
{
    const struct rule *rule = hit->rule;
    bool active = rule->status == RULE_ACTIVE;
    int32_t points = active ? rule->weight_tenths : 0;
    struct finding *finding = finding_add(scoring, FINDING_RULE, rule->id, points);
    if (finding == NULL)
        return;
    finding->family = bank_family(scoring->bank, rule->family)->name;
    finding->title = rule->title;
    finding_span(scoring, finding, (int)hit->field, hit->start_bytes, hit->end_bytes);
    scoring->family_tenths[rule->family] += points;
    if (active) {
        scoring->rule_hit[rule->index] = true;
        scoring->family_hit[rule->family] = true;
        note_level(scoring, rule->level, points);
    }
}

/* A rule's "zh" means zh-Hans and zh-Hant. */
static bool language_is(struct slice language, struct slice rule_language)
{
    return slice_equal(slice_sub(language, 0, rule_language.len), rule_language);
}

static bool has_marks(const struct scoring *scoring, const struct hit *hit)
{
    struct slice words = slice_sub(scoring->posting->field[hit->field], hit->start_bytes,
                                   hit->end_bytes - hit->start_bytes);
    for (size_t i = 0; i < words.len; i++)
        if ((unsigned char)words.at[i] >= 0x80)
            return true;
    return false;
}

/* The language of the paragraphs that the hit stands in; the ad's own where they tell none. */
static struct slice language_at(const struct scoring *scoring, const struct hit *hit)
{
    const struct language_parts *parts = &scoring->facts->languages;
    for (size_t i = 0; i < parts->count; i++) {
        const struct language_part *part = &parts->list[i];
        if (part->field == (int)hit->field && part->start_bytes <= hit->start_bytes &&
            hit->start_bytes < part->end_bytes && part->language.len > 0)
            return part->language;
    }
    return scoring->facts->language;
}

static bool is_suited(struct slice language, bool iberian)
{
    return iberian ? slice_is(language, "es") || slice_is(language, "pt")
                   : slice_is(language, "vi");
}

/* Vietnamese without marks, Spanish and Portuguese share their short words with languages of Latin
 * script that nobody mixes them with: there such a rule's hit is chance, unless its own paragraph is
 * in that language. Indonesian, Malay, English
 * and Filipino are mixed within one ad, and other scripts and marks speak for themselves. */
static bool language_suits(const struct scoring *scoring, const struct hit *hit)
{
    struct slice ad = scoring->facts->language, own = hit->rule->language;
    bool iberian = slice_is(own, "es") || slice_is(own, "pt");
    if (slice_is(ad, "und") || (!iberian && !slice_is(own, "vi")) || has_marks(scoring, hit))
        return true;
    return is_suited(ad, iberian) || is_suited(language_at(scoring, hit), iberian);
}

/* Is `other` a better witness of the idea than `best`? An active rule is better than a shadow, the
 * ad's own language better than another, and then the heavier. */
static bool is_better(const struct scoring *scoring, const struct rule *other,
                      const struct rule *best)
{
    struct slice language = scoring->facts->language;
    bool active = other->status == RULE_ACTIVE, best_active = best->status == RULE_ACTIVE;
    if (active != best_active)
        return active;
    bool own = language_is(language, other->language);
    bool best_own = language_is(language, best->language);
    if (own != best_own)
        return own;
    return abs(other->weight_tenths) > abs(best->weight_tenths);
}

/* One finding an idea: "chat" is a word of six languages and still one indicator. Rules of an idea
 * stand side by side, and so do their hits. */
static void add_rules(struct scoring *scoring)
{
    const struct hits *hits = scoring->hits;
    for (size_t i = 0, next; i < hits->count; i = next) {
        const struct hit *best = NULL;
        for (next = i; next < hits->count &&
                       slice_equal(hits->list[next].rule->idea, hits->list[i].rule->idea);
             next++)
            if (language_suits(scoring, &hits->list[next]) &&
                (best == NULL || is_better(scoring, hits->list[next].rule, best->rule)))
                best = &hits->list[next];
        if (best != NULL)
            add_rule(scoring, best);
    }
}

/* ---- facts ---- */

static int32_t signal_points(const struct signal *signal, const struct fact_value *value)
{
    int32_t points = 0;
    if (!value->known)
        return 0;
    if (!signal->is_number)
        return value->hundredths != 0 ? signal->weight_tenths : 0;
    for (size_t i = 0; i < signal->steps_count; i++)
        if (value->hundredths >= signal->steps[i].at_hundredths)
            points = signal->steps[i].points_tenths;
    return points;
}

static void add_facts(struct scoring *scoring)
{
    for (size_t i = 0; i < bank_signals_count(scoring->bank); i++) {
        const struct signal *signal = bank_signal(scoring->bank, i);
        const struct fact_value *value = &scoring->facts->values[i];
        int32_t points = signal_points(signal, value);
        if (points == 0)
            continue;
        struct finding *finding = finding_add(scoring, FINDING_FACT, signal->id, points);
        if (finding == NULL)
            return;
        finding->family = bank_family(scoring->bank, signal->family)->name;
        finding->title = signal->title;
        finding_span(scoring, finding, value->field, value->start_bytes, value->end_bytes);
        scoring->family_tenths[signal->family] += points;
        note_level(scoring, signal->level, points);
    }
}

static void add_caps(struct scoring *scoring)
{
    for (size_t i = 0; i < bank_families_count(scoring->bank); i++) {
        const struct family *family = bank_family(scoring->bank, i);
        int32_t sum = scoring->family_tenths[i], held = sum;
        if (sum > family->cap_tenths)
            held = family->cap_tenths;
        if (sum < -family->cap_tenths)
            held = -family->cap_tenths;
        scoring->task_tenths[family->task] += family->task == TASK_AWARENESS ? -held
                                              : held > 0                     ? held
                                                                             : 0;
        scoring->family_tenths[i] = held;
        if (held == sum)
            continue;
        struct finding *finding = finding_add(scoring, FINDING_CAP, family->name, held - sum);
        if (finding == NULL)
            return;
        finding->family = family->name;
        finding->title = family->title;
    }
}

/* ---- combos ---- */

static bool compare(const struct term *term, const struct fact_value *value)
{
    if (!value->known)
        return false;
    switch (term->compare) {
    case TERM_TRUE:
        return value->hundredths != 0;
    case TERM_AT_LEAST:
        return value->hundredths >= term->value_hundredths;
    case TERM_AT_MOST:
        return value->hundredths <= term->value_hundredths;
    case TERM_MORE:
        return value->hundredths > term->value_hundredths;
    case TERM_LESS:
        return value->hundredths < term->value_hundredths;
    case TERM_EQUAL:
        return value->hundredths == term->value_hundredths;
    }
    return false;
}

static bool term_holds(const struct scoring *scoring, const struct term *term)
{
    switch (term->kind) {
    case TERM_RULE:
        return scoring->rule_hit[term->index];
    case TERM_IDEA:
        for (uint32_t i = 0; i < term->count; i++)
            if (scoring->rule_hit[term->index + i])
                return true;
        return false;
    case TERM_FAMILY:
        return scoring->family_hit[term->index];
    case TERM_SIGNAL:
        return compare(term, &scoring->facts->values[term->index]);
    }
    return false;
}

static uint32_t terms_holding(const struct scoring *scoring, const struct term *terms, size_t count)
{
    uint32_t holding = 0;
    for (size_t i = 0; i < count; i++)
        holding += term_holds(scoring, &terms[i]) ? 1 : 0;
    return holding;
}

static bool combo_holds(const struct scoring *scoring, const struct combo *combo)
{
    return terms_holding(scoring, combo->all, combo->all_count) == combo->all_count &&
           (combo->any_count == 0 ||
            terms_holding(scoring, combo->any, combo->any_count) >= combo->any_min) &&
           terms_holding(scoring, combo->none, combo->none_count) == 0;
}

static void add_combos(struct scoring *scoring)
{
    int32_t cap = bank_model(scoring->bank)->combos_cap_tenths, sum = 0;
    for (size_t i = 0; i < bank_combos_count(scoring->bank); i++) {
        const struct combo *combo = bank_combo(scoring->bank, i);
        bool runs = combo->status == RULE_ACTIVE || combo->status == RULE_SHADOW;
        if (!runs || !combo_holds(scoring, combo))
            continue;
        int32_t points = combo->status == RULE_ACTIVE ? combo->weight_tenths : 0;
        struct finding *finding = finding_add(scoring, FINDING_COMBO, combo->id, points);
        if (finding == NULL)
            return;
        finding->family = SLICE("combo");
        finding->title = combo->title;
        sum += points;
        scoring->task_tenths[combo->task] += points > 0 ? points : 0;
        note_level(scoring, combo->level, points);
    }
    if (sum > cap) {
        struct finding *finding = finding_add(scoring, FINDING_CAP, SLICE("combo"), cap - sum);
        if (finding != NULL) {
            finding->family = SLICE("combo");
            finding->title = SLICE("combos together");
        }
    }
}

/* ---- voice ---- */

#define VOICE_SURE_TENTHS   40 /* two witnesses, or a page that is an article */
#define VOICE_LIKELY_TENTHS 20

/* The news quotes every trigger word, so that voice decides before the sum does: what reports or
 * warns is held below review, however much it quotes. It stays watched, never cleared. A lone
 * warning in an ad that wants its answer by messenger is a recruiter's, and only costs points. */
static void add_voice(struct scoring *scoring, const struct classify_settings *settings)
{
    int32_t voice = scoring->task_tenths[TASK_AWARENESS];
    size_t messenger = bank_signal_find(scoring->bank, "fact.messenger-only");
    bool by_messenger = messenger != SIZE_MAX && scoring->facts->values[messenger].hundredths != 0;
    int32_t logit = scoring->logit_tenths + settings->prior_tenths;
    bool decides = voice >= VOICE_SURE_TENTHS || (voice >= VOICE_LIKELY_TENTHS && !by_messenger);
    if (!decides || logit < settings->review_tenths)
        return;
    struct finding *finding =
        finding_add(scoring, FINDING_CAP, SLICE("voice"), settings->review_tenths - 1 - logit);
    if (finding != NULL) {
        finding->family = SLICE("voice");
        finding->title = SLICE("what reports or warns is never flagged");
    }
}

/* ---- the verdict ---- */

static enum task task_of(const struct scoring *scoring, bool flagged)
{
    const int32_t *tenths = scoring->task_tenths;
    if (tenths[TASK_PERSON_TRADE] >= 20)
        return TASK_PERSON_TRADE;
    if (tenths[TASK_AWARENESS] >= VOICE_LIKELY_TENTHS && !flagged)
        return TASK_AWARENESS;
    if (tenths[TASK_SCAM] >= 15 && tenths[TASK_SCAM] >= tenths[TASK_GAMBLING])
        return TASK_SCAM;
    if (tenths[TASK_GAMBLING] >= 10)
        return TASK_GAMBLING;
    if (tenths[TASK_OPAQUE_OVERSEAS] > 0)
        return TASK_OPAQUE_OVERSEAS;
    if (tenths[TASK_OTHER_FRAUD] > 0)
        return TASK_OTHER_FRAUD;
    return flagged ? TASK_OPAQUE_OVERSEAS : TASK_NONE;
}

static enum band band_of(const struct classify_settings *model, int32_t logit_tenths)
{
    if (logit_tenths >= model->urgent_tenths)
        return BAND_URGENT;
    if (logit_tenths >= model->review_tenths)
        return BAND_REVIEW;
    return logit_tenths >= model->watch_tenths ? BAND_WATCH : BAND_CLEAR;
}

static int scoring_init(struct scoring *scoring, struct arena *arena)
{
    const struct pattern_bank *bank = scoring->bank;
    size_t families = bank_families_count(bank);
    scoring->room =
        scoring->hits->count + bank_signals_count(bank) + bank_combos_count(bank) + families + 4;
    scoring->findings = arena_calloc(arena, scoring->room, sizeof *scoring->findings);
    scoring->family_tenths = arena_calloc(arena, families, sizeof *scoring->family_tenths);
    scoring->family_hit = arena_calloc(arena, families, sizeof *scoring->family_hit);
    scoring->rule_hit = arena_calloc(arena, bank_rules_count(bank) + 1, sizeof *scoring->rule_hit);
    return scoring->findings == NULL || scoring->family_tenths == NULL ||
                   scoring->family_hit == NULL || scoring->rule_hit == NULL
               ? ERR_NOMEM
               : OK;
}

int score(const struct pattern_bank *bank, const struct classify_settings *settings,
          const struct posting *posting, const struct hits *hits, const struct facts *facts,
          struct arena *arena, struct verdict *ret_verdict)
{
    struct scoring scoring = {.bank = bank, .posting = posting, .hits = hits, .facts = facts};
    int rc = scoring_init(&scoring, arena);
    if (rc != OK)
        return rc;
    add_rules(&scoring);
    add_facts(&scoring);
    add_caps(&scoring);
    add_combos(&scoring);
    add_voice(&scoring, settings);
    struct finding *prior =
        finding_add(&scoring, FINDING_PRIOR, SLICE("prior"), settings->prior_tenths);
    if (prior != NULL) {
        prior->family = SLICE("prior");
        prior->title = SLICE("how rare lures are on a board");
    }
    ret_verdict->findings = scoring.findings;
    ret_verdict->findings_count = scoring.count;
    ret_verdict->logit_tenths = scoring.logit_tenths;
    ret_verdict->band = band_of(settings, scoring.logit_tenths);
    ret_verdict->task = task_of(&scoring, verdict_is_flagged(ret_verdict));
    ret_verdict->indicator_level = level_of(&scoring);
    return OK;
}
