/* app/rule_watch.h - the rules of a sweep's bank and what the store is told of them (rule_rows.h). */
#ifndef LUREWATCH_RULE_WATCH_H
#define LUREWATCH_RULE_WATCH_H

#include "classifiers/bank.h"
#include "storage/rule_rows.h"

/* Hits of one source that are not in the store yet; {0} is none. The store's thread alone. */
struct rule_hits {
    uint32_t *hits; /* one a rule */
    uint64_t ads;
};

struct rule_watch;
/* The rules of bank that run. Copies what it needs of it. Gives *ret_watch, free with
 * rule_watch_free(). Errors: ERR_NOMEM. */
MUST_USE int rule_watch_create(const struct pattern_bank *bank, struct rule_watch **ret_watch);
void rule_watch_free(struct rule_watch *watch); /* NULL is allowed */
/* Before any other call. Errors: those of rules_stand(). */
MUST_USE int rule_watch_begin(struct rule_watch *watch, struct store *store, int64_t run_id,
                              int64_t now_unix_ms);
/* One more ad, read anew: each of its rules counts once. Names that no rule has are left out: they are
 * a worker's word. Errors: ERR_NOMEM. */
MUST_USE int rule_watch_ad(struct rule_watch *watch, const struct verdict *verdict,
                           struct rule_hits *hits);
/* Notes what hits holds and empties it; with nothing in it, nothing. Errors: those of rule_note(). */
MUST_USE int rule_watch_note(struct rule_watch *watch, struct store *store, const char *source,
                             struct rule_hits *hits);
void rule_watch_drop(const struct rule_watch *watch, struct rule_hits *hits); /* empties it */

#endif
