/* storage/request_rows.h - what was asked of whom: one request a case and recipient.
 *
 *     drafted --approve--> drafted, approved --sent--> sent --> acknowledged | refused
 *        \________________________\___________________\____________\__> withdrawn, which is the end
 *
 * Only a confirmed case is asked about, and only what a person approved is sent. That mailing begins is
 * written down before it does: what was cut off there may have arrived, so it is never mailed again by
 * itself; a person says that it was sent, or approves it once more. An ad that changed takes its approvals
 * back. Every change adds a row "request"
 * to the history of the case, in the same transaction. Text lives in the arena given and is never NULL.
 * Errors: those of store.h, and what a call adds. */
#ifndef LUREWATCH_REQUEST_ROWS_H
#define LUREWATCH_REQUEST_ROWS_H

#include "storage/queue.h"

enum request_state {
    REQUEST_DRAFTED,
    REQUEST_SENT,
    REQUEST_ACKNOWLEDGED,
    REQUEST_REFUSED,
    REQUEST_WITHDRAWN,
    REQUEST_STATE_COUNT
};
const char *request_state_name(enum request_state state);
bool request_state_from_name(struct slice name, enum request_state *ret_state);

struct request_draft { /* borrowed; copied from the directory, which may change later */
    int64_t case_id;
    const char *recipient, *name, *kind, *language, *address, *form;
};
struct request_row {
    int64_t id, case_id;
    enum request_state state;
    enum case_state case_state;
    const char *recipient, *name, *kind, *language, *address, *form;
    const char *url, *source, *decided_by; /* of the case */
    const char *drafted_by, *approved_by, *sent_by, *why;
    int64_t drafted_unix_ms, approved_unix_ms, sent_unix_ms; /* 0: not yet */
    int64_t mailing_unix_ms; /* when mailing began whose end nobody knows; 0: none */
    int64_t changed_unix_ms; /* of the last change of state */
};

/* Errors: ERR_NOT_FOUND (no such case), ERR_CONFLICT (the case is not confirmed; there is a request
 * to that recipient already), ERR_SYNTAX (nobody acts). */
MUST_USE int request_draft(struct store *store, const struct request_draft *draft,
                           const struct queue_act *act, int64_t *ret_id);
/* A person read it and says that it may be sent. people: 2 wants another than who drafted it.
 * Errors: ERR_NOT_FOUND, ERR_CONFLICT (not drafted, approved already and mailing was not cut off, the
 * case is not confirmed any more, or the same person), ERR_SYNTAX. */
MUST_USE int request_approve(struct store *store, int64_t id, unsigned people,
                             const struct queue_act *act);
/* The ad reads otherwise than when it was approved: what is approved about the case and not on its way
 * is drafted again, since nobody read what would be sent. Inside the transaction of the change. */
MUST_USE int request_ad_changed(struct store *store, int64_t case_id, const struct queue_act *act);
/* Mailing begins: for one process only. Errors: ERR_NOT_FOUND, ERR_CONFLICT (not approved, sent, begun
 * already, the case is not confirmed any more), ERR_SYNTAX. */
MUST_USE int request_begin_mail(struct store *store, int64_t id, const struct queue_act *act);
/* Mailing that began at act->now_unix_ms failed for certain: it may be tried again. Nothing where another
 * mailing has begun since. Errors: as above. */
MUST_USE int request_end_mail(struct store *store, int64_t id, const struct queue_act *act);
/* Brings it to state; act->why is noted, and must be there to withdraw.
 * Errors: ERR_NOT_FOUND, ERR_CONFLICT (the drawing above; sent without approval), ERR_SYNTAX. */
MUST_USE int request_change(struct store *store, int64_t id, enum request_state state,
                            const struct queue_act *act);
MUST_USE int request_get(struct store *store, struct arena *arena, int64_t id,
                         struct request_row *ret_row);

struct request_query {
    unsigned states;    /* bits 1u << enum request_state; 0: all */
    int64_t case_id;    /* 0: all */
    bool only_approved; /* drafted ones only when approved */
    int64_t after_id;
    uint32_t limit; /* 1-500 */
};
/* By id. A page shorter than limit is the last. */
MUST_USE int request_list(struct store *store, struct arena *arena,
                          const struct request_query *query, struct request_row **ret_rows,
                          size_t *ret_count);

#endif
