/* classifiers/matcher.h - runs a sealed bank over folded fields. The bank is shared by threads; one
 * matcher (scratch) for each thread. */
#ifndef LUREWATCH_MATCHER_H
#define LUREWATCH_MATCHER_H

#include "classifiers/bank.h"
#include "classifiers/normalise.h"

struct matcher;
struct matcher_limits { /* all must be set: 0 is refused */
    uint32_t steps_per_pattern_max, heap_kib_per_pattern_max, hits_per_rule_max;
    uint32_t window_bytes_max; /* a field is matched in windows of this many folded bytes */
};
extern const struct matcher_limits MATCHER_LIMITS_DEFAULT;

#define MATCHER_FUSE_CUTS                                                                          \
    20u /* a rule that reached a limit so often runs no more in this matcher */

/* Who wants to know what a rule costs: a clock in nanoseconds, and sums a rule. */
struct matcher_meter {
    uint64_t (*now_ns)(void);
    uint64_t *rule_ns;
    uint64_t *rule_runs;
};

struct hit {
    const struct rule *rule;
    enum posting_field field;
    uint32_t start_bytes, end_bytes; /* in the field as extracted, not as folded */
};
struct hits {
    const struct hit *list; /* by rule index, then field, then start; in the arena */
    size_t count;
    uint32_t
        rules_cut_count; /* patterns that reached a limit, or are fused off for it: the score is
                                 a lower bound */
};

/* Borrows bank. Errors: ERR_NOMEM, ERR_LIMIT (a limit is 0). */
MUST_USE int matcher_create(const struct pattern_bank *bank, const struct matcher_limits *limits,
                            struct matcher **ret_matcher);
void matcher_free(struct matcher *matcher); /* NULL is allowed */
/* Borrows meter, whose tables have a place for each rule; NULL: no more. */
void matcher_set_meter(struct matcher *matcher, const struct matcher_meter *meter);
/* The nth rule that was fused off, by index; NULL: there are no more. */
const struct rule *matcher_fused(const struct matcher *matcher, size_t nth);
/* Pure: no I/O, no clock. folded: one per posting field. Draft and retired rules do not run, shadow
 * rules do. A pattern that reaches a limit is counted, not an error; after MATCHER_FUSE_CUTS
 * times it is out. Errors: ERR_NOMEM. */
MUST_USE int matcher_run(struct matcher *matcher, const struct folded folded[POSTING_FIELD_COUNT],
                         struct arena *arena, struct hits *ret_hits);
/* Does one rule match text (already folded)? For examples. False too when a limit was reached, then
 * *ret_cut is true. */
bool matcher_try(struct matcher *matcher, const struct rule *rule, struct slice folded,
                 bool *ret_cut);

#endif
