/* storage/host_lease.h - which machine may ask a host, where several sweep over one store.
 *
 * A lease is a machine's name and an end in the host's row, taken and renewed under the store's
 * write lock: so a site never sees two of us, and its politeness state goes over with the lease.
 * A machine renews all it holds at every quarter of a lease; one that dies stops, and after the end
 * anybody takes its hosts up. The clocks of the machines must agree to within a quarter of a lease.
 * All in the caller's transaction, or one of their own. Errors: those of store.h. */
#ifndef LUREWATCH_HOST_LEASE_H
#define LUREWATCH_HOST_LEASE_H

#include "storage/host_rows.h"
#include "storage/machine_name.h"

struct lease_ask {
    const char *machine;
    int64_t now_unix_ms, lasts_ms;
};
struct lease_answer {
    bool ours;
    char holder[MACHINE_NAME_BYTES]; /* of another's; "" */
    int64_t ends_unix_ms;
};

/* Takes the host, or prolongs what the machine holds; a host never seen gets its row. */
MUST_USE int host_lease_take(struct store *store, const char *host, const struct lease_ask *ask,
                             struct lease_answer *ret_answer);
/* As host_put_politeness(), and prolongs the lease, if it is the machine's still; *ret_ours says. */
MUST_USE int host_lease_put(struct store *store, const struct host_row *row,
                            const struct lease_ask *ask, bool *ret_ours);
/* The machine lives: prolongs all it holds. *ret_machines: how many live now, it included. */
MUST_USE int host_leases_renew(struct store *store, const struct lease_ask *ask,
                               uint32_t *ret_machines);
/* Does any URL of the host wait? */
MUST_USE int host_has_pending(struct store *store, const char *host, bool *ret_has);
/* Gives one host back. */
MUST_USE int host_lease_release(struct store *store, const char *host, const char *machine);
/* The machine goes: gives all back. */
MUST_USE int host_leases_end(struct store *store, const char *machine);

struct leased_host {
    const char *host, *machine; /* in the arena */
    int64_t ends_unix_ms;
};
/* Hosts that are leased now, by name, at most STORE_PAGE_MAX. */
MUST_USE int host_leases(struct store *store, struct arena *arena, int64_t now_unix_ms,
                         struct leased_host **ret_rows, size_t *ret_count);

#endif
