/* storage/rule_rows.h - how often each rule fires on ads that were newly read, so that one which fired
 * regularly and then stops is told (rule_silence.h). Errors: those of store.h.
 *
 *     rules_stand()   once, when a sweep begins: which rules there are, by their digests
 *     rule_note()     in the transaction that stores the ads, a row a source
 *     rules_count()   once, at its end: notes become counts; who is silent now?
 *
 * So a killed sweep loses no hit: the next one's end counts what it noted. A hit is an ad that a rule
 * fired on, flagged or not, shadow rules too; an ad counts when its version is new to the store. Counts
 * are kept for RULE_DAYS days by source and day, of ads by source and sweep. No words of ads are in
 * them. Machines that share a store have the same bank: one that comes and goes begins anew. */
#ifndef LUREWATCH_RULE_ROWS_H
#define LUREWATCH_RULE_ROWS_H

#include "common/digest.h"
#include "storage/store.h"

struct rule_stand {
    struct slice name;    /* "gambling.admin-slot.id" */
    struct digest digest; /* of all that decides where it fires */
    int64_t id;           /* in the store: rules_stand() sets it */
};
/* The bank's rules that run, of which no two have one name; sorts them by name. What is not among
 * them is no longer watched; what was away, or is new, is counted from this sweep on. */
MUST_USE int rules_stand(struct store *store, struct rule_stand *rules, size_t count,
                         int64_t run_id, int64_t now_unix_ms);

/* That many ads of source were read anew; hits[i]: on how many of them rules[i] fired. */
MUST_USE int rule_note(struct store *store, const char *source, uint64_t ads,
                       const struct rule_stand *rules, const uint32_t *hits, size_t count);

struct rule_quiet {
    const char *name; /* in the arena */
    int64_t last_hit_unix_ms, silent_unix_ms;
    int64_t
        changed_unix_ms; /* when a sweep first saw it changed after its last hit; 0: it is as it was */
    uint64_t ads;        /* read since, when it was found silent */
    int64_t expected_hundredths; /* hits in them */
};
/* Counts what was noted, forgets what is too old, and gives the rules that are found silent now and
 * were not before, the one most missed first. Such a rule is not given again until it has fired. A
 * transaction of its own, or the caller's. */
MUST_USE int rules_count(struct store *store, struct arena *arena, int64_t run_id,
                         int64_t now_unix_ms, struct rule_quiet **ret_rules, size_t *ret_count);
/* The silent ones among those that stand, the latest first, at most limit (1-500). */
MUST_USE int rules_quiet(struct store *store, struct arena *arena, uint32_t limit,
                         struct rule_quiet **ret_rules, size_t *ret_count);

#endif
