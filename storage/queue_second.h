/* storage/queue_second.h - cases that two people decide: the strongest kinds, and those that name a
 * firm. The first decision is noted and the case waits on; a second person's decides when it is the
 * same, else the case becomes unsure, both on record. Another version of the ad wants both anew. */
#ifndef LUREWATCH_QUEUE_SECOND_H
#define LUREWATCH_QUEUE_SECOND_H

#include "storage/queue.h"

enum queue_second {
    SECOND_NONE,
    SECOND_STRONG, /* indicator level B3, or the task person-trade */
    SECOND_FIRMS   /* those, and ads that name their employer */
};
bool queue_second_from_name(struct slice name,
                            enum queue_second *ret_second); /* none strong firms */

/* What queue_decide() on this handle asks for; SECOND_NONE at its birth. */
void queue_second_set(struct store *store, enum queue_second second);
/* Whoever decides on this handle from now on may not be the second of two: deciding a case whose
 * first decision is made is ERR_CONFLICT. false at its birth. */
void queue_first_only_set(struct store *store, bool first_only);

struct queue_first { /* the decision that waits for a second; by "" when none does */
    enum case_state decision;
    const char *by; /* in the arena */
};
MUST_USE int queue_first(struct store *store, struct arena *arena, int64_t case_id,
                         struct queue_first *ret_first);

#endif
