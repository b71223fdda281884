/* classifiers/bank_check.h - proves a pattern bank: every complaint of the compiler, every example
 * through the real normaliser, matcher and classifier, and texts made to be slow. For
 * `lurewatch patterns check` and the tests; the only reader of a bank that looks at the clock. */
#ifndef LUREWATCH_BANK_CHECK_H
#define LUREWATCH_BANK_CHECK_H

#include "classifiers/bank.h"

/* A rule that takes longer than this for a window of hostile text is told. */
#define BANK_CHECK_SLOW_US 20000

enum bank_check_kind {
    BANK_CHECK_COMPLAINT, /* the bank must not go into service */
    BANK_CHECK_WARNING    /* it works, and somebody should look */
};
/* text: "patterns/file:line: why", borrowed. */
typedef void bank_check_fn(void *ctx, enum bank_check_kind kind, const char *text);

struct bank_check_result {
    size_t files, rules, combos, signals; /* read */
    size_t examples;                      /* run, of rules and combos */
    size_t complaints, warnings;
    int64_t slowest_us; /* a rule over one window of hostile text */
    char slowest[128];  /* its id; "" when none ran */
};

/* Runs all of it and tells each finding as it comes; a bank that is wrong is an answer, not an
 * error. Errors: ERR_NOMEM, ERR_UNSUPPORTED (PCRE2 or ICU cannot run here). */
MUST_USE int bank_check(const struct bank_pack *pack, bank_check_fn *tell, void *ctx,
                        struct bank_check_result *ret_result, struct failure *reterr);

#endif
