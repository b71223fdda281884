/* classifiers/facts.h - what an ad states, or fails to state, as values: language, pay, places,
 * contacts, voice, missing items, obfuscation. Each signal of patterns/signals.yml gets its value.
 *
 * Order: facts_create() once from the bank's pack (places.yml, wages.yml, rates.yml, …), then
 * facts_read() per posting. Pure but for the arena. */
#ifndef LUREWATCH_FACTS_H
#define LUREWATCH_FACTS_H

#include "classifiers/bank.h"
#include "classifiers/normalise.h"

struct fact_reader;

/* One signal's value. For a truth: 0 or 100. For a number: hundredths (3.1 -> 310). */
struct fact_value {
    int64_t hundredths;
    bool known; /* false: the ad does not tell, a comparison with it is false */
    int field;  /* where the words stand, or FINDING_NO_FIELD */
    uint32_t start_bytes, end_bytes;
    struct slice note; /* for people: "3.1 x ordinary pay in Jakarta (2026)"; may be empty */
};

struct facts {
    struct slice language; /* BCP 47, "und" when not told */
    struct language_parts languages;
    struct salary salary;
    const struct place_found *places;
    size_t places_count;
    const struct contact_found *contacts;
    size_t contacts_count;
    uint32_t items_missing;          /* bits of common/items.h */
    struct slice employer;           /* its name as written, "" when none is named */
    struct slice licences;           /* in words */
    const struct fact_value *values; /* one per signal of the bank, by its index */
};

/* Borrows bank (and its pack). Errors: ERR_SYNTAX (a data file is wrong: file:line, or a signal of
 * signals.yml that no code computes, or the other way round), ERR_NOT_FOUND, ERR_NOMEM. */
MUST_USE int fact_reader_create(const struct pattern_bank *bank, struct fact_reader **ret_reader,
                                struct failure *reterr);
void fact_reader_free(struct fact_reader *reader); /* NULL is allowed */
/* folded: one per posting field, from normalise(). Errors: ERR_NOMEM. */
MUST_USE int facts_read(struct fact_reader *reader, const struct posting *posting,
                        const struct folded folded[POSTING_FIELD_COUNT], struct arena *arena,
                        struct facts *ret_facts);

#endif
