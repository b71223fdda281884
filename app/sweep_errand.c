/* sweep_errand.c - one polite request: wait for the host, commit its next-allowed time, send, tell
 * the gate; see sweep_inside.h. Pages and robots.txt both go through here, so that nothing is ever
 * asked past the gate. */
#include "app/sweep_parts.h"
#include "common/clock.h"

#include <stdlib.h>
#include <string.h>

static struct host_row politeness_row(const char *host, const struct host_state *state)
{
    return (struct host_row){.host = host,
                             .next_allowed_unix_ms = state->next_allowed_unix_ms,
                             .delay_ms = state->delay_ms,
                             .latency_ms = state->latency_ms,
                             .backoff_ms = state->backoff_ms,
                             .failures = state->failures};
}

void errand_wait(struct errand *errand)
{
    struct sweep *sweep = errand->sweep;
    sweep->busy++;
    sweep->waiting_count++;
    errand->next = NULL;
    if (sweep->waiting_last != NULL)
        sweep->waiting_last->next = errand;
    else
        sweep->waiting_first = errand;
    sweep->waiting_last = errand;
}

/* ---- sent and answered ---- */

static void host_answered(struct errand *errand, const struct fetch_result *result)
{
    struct sweep *sweep = errand->sweep;
    const struct address_policy *policy = &sweep->options->policy;
    int64_t now = clock_unix_ms();
    struct host_outcome outcome = {
        .status = result->http_status != 0 && result->status == ERR_LIMIT ? OK : result->status,
        .http_status = result->http_status,
        .took_ms = result->took_ms,
        .retry_after_ms = host_gate_retry_after(slice_of(result->retry_after), now)};
    errand->state = host_gate_done(sweep->gate, errand->host, &outcome, now);
    sweep->flying--;
    /* Names that all lead to the test endpoint stand for hosts with addresses of their own. */
    if (result->has_peer && (!policy->allow_test_endpoint || sweep->options->politeness_off) &&
        host_gate_set_address(sweep->gate, errand->host, &result->peer) == ERR_DENIED)
        sweep_fail(sweep, ERR_DENIED, "politeness is off, and an address is not loopback");
    host_wake(sweep, errand->host);
}

static void on_fetched(const struct fetch_result *result, void *ctx)
{
    struct errand *errand = ctx;
    struct sweep *sweep = errand->sweep;
    host_answered(errand, result);
    sweep->busy--;
    errand->fetched(errand, result);
}

static void refuse(struct errand *errand, int status, const char *why)
{
    struct sweep *sweep = errand->sweep;
    struct host_outcome outcome = {.status = ERR_CANCELLED, .retry_after_ms = -1};
    errand->state = host_gate_done(sweep->gate, errand->host, &outcome, clock_unix_ms());
    sweep->flying--;
    sweep->busy--;
    host_wake(sweep, errand->host);
    errand->refused(errand, status, why);
}

static void on_committed(struct store_job *job, int rc, const struct failure *why)
{
    struct errand *errand =
        (struct errand *)(void *)((char *)job - offsetof(struct errand, commit));
    struct sweep *sweep = errand->sweep;
    struct sweep_host *host = name_table_get(&sweep->hosts, slice_of(errand->host));
    bool stops = sweep->stop != STOP_NOT && sweep->stop != STOP_MAX_PAGES;
    sweep->committing--;
    if (sweep_store_failed(sweep, rc, why) || stops) {
        refuse(errand, ERR_CANCELLED, "the sweep stops");
        return;
    }
    if (errand->lost || errand->stale) {
        bool lost = errand->lost; /* refusing may end the errand */
        refuse(errand, lost ? ERR_CONFLICT : ERR_NOT_FOUND, "another machine has its host");
        if (lost && host != NULL)
            lease_lost(sweep, host, NULL);
        return;
    }
    struct fetch_request request = {.url = errand->url,
                                    .etag = errand->etag,
                                    .last_modified = errand->last_modified,
                                    .identity = errand->is_robots || errand->identity,
                                    .body_bytes_max = errand->is_robots ? ROBOTS_BYTES_MAX
                                                                        : errand->body_bytes_max};
    rc = fetcher_get(sweep->fetcher, &request, on_fetched, errand);
    if (rc != OK)
        refuse(errand, rc,
               rc == ERR_SYNTAX ? "the URL cannot be asked for" : "the request cannot be started");
}

/* On the store's thread. */
static int commit_state(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    struct errand *errand =
        (struct errand *)(void *)((char *)job - offsetof(struct errand, commit));
    struct host_row row = politeness_row(errand->host, &errand->state);
    const struct lease_ask ask = lease_ask_now(keeper);
    bool ours = true, pending = true;
    int rc = OK;
    if (keeper->shared && errand->url_id != 0)
        rc = url_is_pending(keeper->store, errand->url_id, &pending);
    if (rc == OK && !keeper->shared)
        rc = host_put_politeness(keeper->store, &row);
    else if (rc == OK)
        rc = host_lease_put(keeper->store, &row, &ask, &ours);
    errand->lost = !ours;
    errand->stale = !pending;
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

void errand_start(struct errand *errand)
{
    struct sweep *sweep = errand->sweep;
    sweep->flying++;
    sweep->committing++;
    sweep->busy++;
    errand->commit = (struct store_job){.run = commit_state, .done = on_committed};
    store_thread_post(sweep->thread, &errand->commit);
}

/* ---- waiting ---- */

/* OK: may go now; ERR_BUSY: *ret_wait_ms; else it is refused. */
static int errand_look(struct errand *errand, int64_t now, int64_t *ret_wait_ms,
                       const char **ret_why)
{
    struct sweep_host *host = host_need(errand->sweep, errand->host);
    *ret_wait_ms = -1;
    *ret_why = host == NULL ? "out of memory" : host->why;
    if (host == NULL)
        return ERR_NOMEM;
    if (!errand->is_robots && host->phase == HOST_SHUT)
        return ERR_NET;
    lease_regain(errand->sweep, host);
    if (!errand->is_robots && host->phase == HOST_LEASED)
        return ERR_CONFLICT;
    if (host->phase == HOST_ASKED || host->phase == HOST_LEASED ||
        (!errand->is_robots && host->phase != HOST_OPEN))
        return ERR_BUSY;
    *ret_wait_ms = host_gate_wait_ms(errand->sweep->gate, errand->host, now, NULL);
    return *ret_wait_ms == 0 ? OK : ERR_BUSY;
}

void errands_start_ready(struct sweep *sweep, int64_t now_unix_ms, int64_t *ret_wait_ms)
{
    struct errand *errand = sweep->waiting_first;
    *ret_wait_ms = -1;
    sweep->waiting_first = sweep->waiting_last = NULL;
    while (errand != NULL) {
        struct errand *next = errand->next;
        const char *why = "";
        int64_t wait_ms = -1;
        int rc = sweep->flying < (size_t)sweep->options->settings->in_flight
                     ? errand_look(errand, now_unix_ms, &wait_ms, &why)
                     : ERR_BUSY;
        sweep->busy--;
        sweep->waiting_count--;
        if (rc == OK && (errand->ready == NULL || errand->ready(errand))) {
            errand->state = host_gate_start(sweep->gate, errand->host, now_unix_ms);
            errand_start(errand);
        } else if (rc == ERR_BUSY) {
            errand_wait(errand);
            if (wait_ms >= 0 && (*ret_wait_ms < 0 || wait_ms < *ret_wait_ms))
                *ret_wait_ms = wait_ms;
        } else if (rc != OK) {
            errand->refused(errand, rc, why);
        }
        errand = next;
    }
}

void errands_drop(struct sweep *sweep)
{
    struct errand *errand = sweep->waiting_first;
    sweep->waiting_first = sweep->waiting_last = NULL;
    while (errand != NULL) {
        struct errand *next = errand->next;
        sweep->busy--;
        sweep->waiting_count--;
        errand->refused(errand, ERR_CANCELLED, "the sweep stops");
        errand = next;
    }
}

/* ---- for the store ---- */

static const char *outcome_text(struct arena *arena, const struct fetch_result *result)
{
    if (result->status == OK)
        return "ok";
    return arena_copy(arena, result->why, strlen(result->why));
}

struct visit *visit_make(struct arena *arena, const struct errand *errand,
                         const struct fetch_result *result)
{
    struct visit *visit = arena_alloc(arena, sizeof *visit);
    if (visit == NULL)
        return NULL;
    visit->entry =
        (struct fetch_entry){.started_unix_ms = result->started_unix_ms,
                             .host = arena_copy(arena, errand->host, strlen(errand->host)),
                             .url = arena_copy(arena, errand->url, strlen(errand->url)),
                             .outcome = outcome_text(arena, result),
                             .http_status = result->http_status,
                             .bytes = result->bytes_received,
                             .took_ms = result->took_ms};
    visit->politeness = politeness_row(visit->entry.host, &errand->state);
    bool whole = visit->entry.host != NULL && visit->entry.url != NULL;
    return whole ? visit : NULL;
}

int visits_store(struct keeper *keeper, const struct visit *visits)
{
    struct store *store = keeper->store;
    const struct lease_ask ask = lease_ask_now(keeper);
    int rc = OK;
    for (const struct visit *visit = visits; rc == OK && visit != NULL; visit = visit->next) {
        bool ours = true;
        rc = fetch_add(store, &visit->entry);
        if (rc == OK && !keeper->shared)
            rc = host_put_politeness(store, &visit->politeness);
        else if (rc == OK) /* another's by now: then its state is the newer */
            rc = host_lease_put(store, &visit->politeness, &ask, &ours);
    }
    return rc;
}
