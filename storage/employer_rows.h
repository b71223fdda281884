/* storage/employer_rows.h - employers that somebody checked and found genuine.
 *
 * A name can be borrowed, so nothing is cleared for it: the cases of its ads are opened, kept and
 * shown as ever, and ranked behind all others, as if no more than the prior spoke for them. Their
 * findings and the sum stay as they are. The strongest kinds (indicator level B3, person-trade) are
 * not touched. A check ends by itself on its day, or when somebody takes it back; the cases then
 * have the rank of their words again. Every step is an audit row: of the employer ("check",
 * "uncheck"), and of each case that was ranked anew ("rank"). Errors: those of store.h. */
#ifndef LUREWATCH_EMPLOYER_ROWS_H
#define LUREWATCH_EMPLOYER_ROWS_H

#include "storage/queue.h"

#define EMPLOYER_KEY_BYTES          256u
#define EMPLOYER_LOGIT_TENTHS       -69 /* the prior of 0.001 */
#define EMPLOYER_CHECKED_MS_DEFAULT (INT64_C(365) * 24 * 3600 * 1000)
#define EMPLOYER_CHECKED_MS_MAX     (INT64_C(3) * EMPLOYER_CHECKED_MS_DEFAULT)

/* Names that differ in ASCII case, spaces and signs are one. The key's length; 0: no name. */
size_t employer_key(struct slice name, char at[EMPLOYER_KEY_BYTES]);

struct employer_row { /* text in the arena */
    int64_t id;
    const char *name, *who, *why;
    int64_t since_unix_ms, until_unix_ms;
    uint32_t cases; /* that are ranked last for it */
};
/* Those whose check is in force, by name; at most STORE_PAGE_MAX. */
MUST_USE int employer_list(struct store *store, struct arena *arena, int64_t now_unix_ms,
                           struct employer_row **ret_rows, size_t *ret_count);
/* Checked, or checked anew, until a time; act->why is how. *ret_cases: open cases ranked last.
 * Errors: ERR_SYNTAX (no letter in the name, no who, no why, a time that is over or farther than
 * EMPLOYER_CHECKED_MS_MAX). */
MUST_USE int employer_check(struct store *store, const char *name, int64_t until_unix_ms,
                            const struct queue_act *act, uint32_t *ret_cases);
/* Takes the check back. *ret_cases: how many have their rank again. ERR_NOT_FOUND. */
MUST_USE int employer_uncheck(struct store *store, const char *name, const struct queue_act *act,
                              uint32_t *ret_cases);
/* Ends the checks whose day has come; *ret_ended: how many. */
MUST_USE int employers_settle(struct store *store, int64_t now_unix_ms, uint32_t *ret_ended);

/* The employer whose check is in force for a case with that version and verdict; *ret_id 0: none.
 * *logit becomes the rank. For queue.c. */
MUST_USE int employer_rank(struct store *store, int64_t version_id, const struct verdict *verdict,
                           int64_t now_unix_ms, int64_t *ret_id, int32_t *ret_logit_tenths);

#endif
