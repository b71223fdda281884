/* classifiers/bank.h - rules, combos, families and signals, read by schema and compiled. Sealed
 * after compiling; shared by threads. The form of the files: patterns/README.md. */
#ifndef LUREWATCH_BANK_H
#define LUREWATCH_BANK_H

#include "classifiers/bank_pack.h"
#include "common/verdict.h"

enum rule_status { RULE_DRAFT, RULE_SHADOW, RULE_ACTIVE, RULE_RETIRED };

#define RULE_FIELD_ANY    (-1)
#define BANK_WEIGHTS_FILE "weights.generated.yml" /* bank_weights.c */

/* One idea in one language: gambling.admin-slot.id */
struct rule {
    uint32_t index; /* 0 … bank_rules_count()-1 */
    struct slice id, idea, language, title, code;
    uint32_t family; /* index into families */
    enum rule_status status;
    int32_t weight_tenths;  /* -50 … 50; a shadow rule gives 0 */
    int32_t analyst_tenths; /* as its file says; weight_tenths may come from BANK_WEIGHTS_FILE */
    bool is_tuned;
    int field;                       /* enum posting_field or RULE_FIELD_ANY */
    int level;                       /* indicator level it speaks for, 0-3 */
    struct slice pattern;            /* as written */
    struct slice file;               /* "gambling/admin-slot.yml" */
    struct slice meaning, rationale; /* of the idea */
    uint32_t line;                   /* of the pattern */
};

struct family {
    struct slice name, title;
    int32_t cap_tenths; /* its rules and facts add at most this (and at least -cap) */
    enum task task;     /* what its hits say the ad recruits for, or TASK_NONE */
};

/* From `at` on (hundredths), a number gives these points; the highest step reached counts. */
struct signal_step {
    int64_t at_hundredths;
    int32_t points_tenths;
};

/* Number or truth about an ad that is no rule: fact.pay-ratio-source. From signals.yml. */
struct signal {
    struct slice id, title, code;
    bool is_number;
    int level;
    uint32_t family;
    int32_t weight_tenths;           /* points of a truth that holds; may be 0: only for combos */
    const struct signal_step *steps; /* of a number, ascending */
    size_t steps_count;
};

/* One operand of a combo: a rule id, an idea (any language of it), a family ("family:package"), or
 * a signal, compared or not. */
enum term_kind { TERM_RULE, TERM_IDEA, TERM_FAMILY, TERM_SIGNAL };
enum term_compare { TERM_TRUE, TERM_AT_LEAST, TERM_AT_MOST, TERM_MORE, TERM_LESS, TERM_EQUAL };
struct term {
    enum term_kind kind;
    uint32_t index;            /* rule, family or signal; for an idea: first rule of it */
    uint32_t count;            /* rules of the idea, side by side by index */
    enum term_compare compare; /* signals only, else TERM_TRUE */
    int64_t value_hundredths;
    struct slice words; /* as written */
};

struct combo {
    struct slice id, title, description, rationale, file;
    int32_t weight_tenths;
    int level;
    enum task task; /* what it says the ad recruits for, or TASK_NONE */
    enum rule_status status;
    const struct term *all, *any, *none;
    size_t all_count, any_count, none_count;
    uint32_t any_min; /* how many of `any` must hold, 1 by default */
};

/* families.yml: the rest of the model */
struct model {
    struct slice version; /* of the bank, e.g. "2026.11.1" */
    int32_t prior_tenths; /* log-odds of a lure before reading: ln(0.001/0.999) = -6.9 */
    int32_t watch_tenths, review_tenths, urgent_tenths; /* logit at which a band begins */
    int32_t combos_cap_tenths;
};

struct pattern_bank;
/* Checks every file before it fails: reterr holds the first complaint and how many more there are.
 * Borrows pack until pattern_bank_free(). Errors: ERR_SYNTAX, ERR_NOT_FOUND (families.yml),
 * ERR_NOMEM, ERR_UNSUPPORTED (PCRE2 without JIT). */
MUST_USE int pattern_bank_compile(const struct bank_pack *pack, struct pattern_bank **ret_bank,
                                  struct failure *reterr);
/* Rules become machine code when they are first run, from any thread; after this, no more executable
 * memory is asked for: wanted before a sandbox. Errors: ERR_UNSUPPORTED (the system refuses it). */
MUST_USE int pattern_bank_ready(const struct pattern_bank *bank, struct failure *reterr);
void pattern_bank_free(struct pattern_bank *bank); /* no matcher of it may be left */

const struct bank_pack *bank_pack_of(const struct pattern_bank *bank);
/* "<version>-<12 hex digits of the pack's SHA-256>" */
struct slice bank_version(const struct pattern_bank *bank);
const struct model *bank_model(const struct pattern_bank *bank);
size_t bank_rules_count(const struct pattern_bank *bank);
const struct rule *bank_rule(const struct pattern_bank *bank, size_t index);
/* Of all that decides where the rule fires: its field, its pattern with the lists it names. Errors:
 * ERR_NOMEM. */
MUST_USE int bank_rule_digest(const struct pattern_bank *bank, size_t index,
                              struct digest *ret_digest);
size_t bank_families_count(const struct pattern_bank *bank);
const struct family *bank_family(const struct pattern_bank *bank, size_t index);
size_t bank_signals_count(const struct pattern_bank *bank);
const struct signal *bank_signal(const struct pattern_bank *bank, size_t index);
/* SIZE_MAX: no such signal. */
size_t bank_signal_find(const struct pattern_bank *bank, const char *id);
size_t bank_combos_count(const struct pattern_bank *bank);
const struct combo *bank_combo(const struct pattern_bank *bank, size_t index);

#endif
