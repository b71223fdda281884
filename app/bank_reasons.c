/* bank_reasons.c - see bank_reasons.h. */
#include "app/bank_reasons.h"

#include <stdio.h>

#define ID_BYTES      256u
#define COMBOS_FAMILY "combo" /* what the score calls the cap of all combos */

static bool is_first_of_idea(const struct pattern_bank *bank, size_t index)
{
    return index == 0 ||
           !slice_equal(bank_rule(bank, index)->idea, bank_rule(bank, index - 1)->idea);
}

/* ---- what there is ---- */

static bool knows(const void *ctx, struct slice id)
{
    const struct pattern_bank *bank = ctx;
    for (size_t i = 0; i < bank_rules_count(bank); i++)
        if (slice_equal(bank_rule(bank, i)->idea, id))
            return true;
    for (size_t i = 0; i < bank_combos_count(bank); i++)
        if (slice_equal(bank_combo(bank, i)->id, id))
            return true;
    for (size_t i = 0; i < bank_signals_count(bank); i++)
        if (slice_equal(bank_signal(bank, i)->id, id))
            return true;
    for (size_t i = 0; slice_starts(id, "family:") && i < bank_families_count(bank); i++)
        if (slice_equal(bank_family(bank, i)->name, slice_from(id, 7)))
            return true;
    return slice_is(id, "family:" COMBOS_FAMILY);
}

int bank_reasons_load(const struct pattern_bank *bank, const char *patterns,
                      struct reasons **ret_reasons, struct failure *reterr)
{
    return reasons_load(patterns, knows, bank, ret_reasons, reterr);
}

/* ---- what is missing ---- */

struct asking {
    const struct reasons *reasons;
    const char *tag;
    bank_reason_fn *each;
    void *ctx;
};

static void ask(const struct asking *asking, const char *before, struct slice id,
                struct slice rationale)
{
    char name[ID_BYTES];
    struct reason reason;
    snprintf(name, sizeof name, "%s%.*s", before, (int)id.len, id.at);
    bool there = reasons_find(asking->reasons, asking->tag, slice_of(name), &reason) &&
                 (rationale.len == 0 || reason.reason.len > 0);
    asking->each(asking->ctx, name, there);
}

void bank_reasons_each(const struct pattern_bank *bank, const struct reasons *reasons,
                       const char *tag, bank_reason_fn *each, void *ctx)
{
    const struct asking asking = {reasons, tag, each, ctx};
    for (size_t i = 0; i < bank_rules_count(bank); i++)
        if (is_first_of_idea(bank, i))
            ask(&asking, "", bank_rule(bank, i)->idea, bank_rule(bank, i)->rationale);
    for (size_t i = 0; i < bank_combos_count(bank); i++)
        ask(&asking, "", bank_combo(bank, i)->id, bank_combo(bank, i)->rationale);
    for (size_t i = 0; i < bank_signals_count(bank); i++)
        ask(&asking, "", bank_signal(bank, i)->id, SLICE_EMPTY);
    for (size_t i = 0; i < bank_families_count(bank); i++)
        ask(&asking, "family:", bank_family(bank, i)->name, SLICE_EMPTY);
    ask(&asking, "family:", SLICE(COMBOS_FAMILY), SLICE_EMPTY);
}
