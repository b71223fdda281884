/* app/sweep_lease.h - hosts shared with other machines (sweep_lease.c), for sweep*.c alone. */
#ifndef LUREWATCH_SWEEP_LEASE_H
#define LUREWATCH_SWEEP_LEASE_H

#include "app/sweep_inside.h"

struct lease_ask lease_ask_now(const struct keeper *keeper); /* any thread */
/* False: the host is left to others for now. */
bool lease_may_ask(struct sweep *sweep, struct sweep_host *host);
/* Another's: not ours any more. answer NULL: nobody said whose. */
void lease_lost(struct sweep *sweep, struct sweep_host *host, const struct lease_answer *answer);
void lease_regain(struct sweep *sweep, struct sweep_host *host); /* HOST_LEFT: asks again */
/* Says that we live, asks again for what others had. Milliseconds until it asks next; -1: never. */
int64_t leases_pump(struct sweep *sweep, int64_t now_unix_ms);
void leases_idle(struct sweep *sweep); /* nothing to do but wait for others: gives all back */
/* How many hosts are with others; note (NULL: none) gets the reason of each of its hosts. */
size_t leases_elsewhere(const struct sweep *sweep, struct source_run *note);

#endif
