/* host_gate.c - politeness; see host_gate.h.
 *
 * A host's next-allowed time is all that is kept of the past: each answer moves it, and `why` says
 * which rule moved it last. Addresses hold their own count and time, shared by their hosts. */
#include "crawler/host_gate.h"

#include "common/clock.h"
#include "crawler/name_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

struct place { /* an address, and what its hosts do there */
    struct address address;
    uint32_t in_flight;
    int64_t next_unix_ms;
};

struct host {
    struct host_state state;
    uint32_t source_delay_ms, crawl_delay_ms;
    uint32_t in_flight;
    enum host_gate_why why; /* what next_allowed waits for */
    struct place *place;    /* NULL: not known yet */
    char name[];
};

struct host_gate {
    struct host_gate_settings settings;
    struct name_table hosts, places;
    uint64_t random;
};

void host_gate_settings_default(struct host_gate_settings *ret_settings)
{
    *ret_settings = (struct host_gate_settings){.in_flight_per_host_max = 1,
                                                .in_flight_per_address_max = 4,
                                                .delay_min_ms = 1000,
                                                .address_delay_ms = 250,
                                                .latency_multiple = 5,
                                                .latency_delay_ms_max = 30000,
                                                .backoff_first_ms = 5000,
                                                .backoff_ms_max = 30 * 60 * 1000,
                                                .rest_after_failures = 6,
                                                .rest_ms = 4 * 3600 * 1000,
                                                .jitter_seed = 1};
}

const char *host_gate_why_name(enum host_gate_why why)
{
    static const char *const names[HOST_GATE_WHY_COUNT] = {
        [HOST_GATE_READY] = "ready",
        [HOST_GATE_IN_FLIGHT] = "in flight",
        [HOST_GATE_ADDRESS] = "busy address",
        [HOST_GATE_DELAY] = "crawl delay",
        [HOST_GATE_RETRY_AFTER] = "Retry-After",
        [HOST_GATE_BACKOFF] = "back-off",
        [HOST_GATE_RESTING] = "resting after failures",
    };
    return why < HOST_GATE_WHY_COUNT ? names[why] : "unknown";
}

int host_gate_create(const struct host_gate_settings *settings, struct host_gate **ret_gate)
{
    if (settings->in_flight_per_host_max == 0 || settings->in_flight_per_address_max == 0)
        return ERR_LIMIT;
    struct host_gate *gate = calloc(1, sizeof *gate);
    if (gate == NULL)
        return ERR_NOMEM;
    gate->settings = *settings;
    gate->random = settings->jitter_seed;
    *ret_gate = gate;
    return OK;
}

void host_gate_free(struct host_gate *gate)
{
    if (gate == NULL)
        return;
    name_table_free_all(&gate->hosts);
    name_table_free_all(&gate->places);
    free(gate);
}

static struct host *host_of(const struct host_gate *gate, const char *name)
{
    struct host *host = name_table_get(&gate->hosts, slice_of(name));
    assert(host != NULL);
    return host;
}

bool host_gate_knows(const struct host_gate *gate, const char *host)
{
    return name_table_get(&gate->hosts, slice_of(host)) != NULL;
}

/* splitmix64: jitter only needs to be spread, and the same again for the same seed. */
static uint64_t next_random(struct host_gate *gate)
{
    uint64_t z = gate->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t gap_of(const struct host_gate *gate, const struct host *host)
{
    const struct host_gate_settings *settings = &gate->settings;
    uint64_t by_latency = (uint64_t)host->state.latency_ms * settings->latency_multiple;
    if (by_latency > settings->latency_delay_ms_max)
        by_latency = settings->latency_delay_ms_max;
    uint32_t gap = larger(settings->delay_min_ms, (uint32_t)by_latency);
    return larger(gap, larger(host->source_delay_ms, host->crawl_delay_ms));
}

int host_gate_add(struct host_gate *gate, const char *name)
{
    if (host_gate_knows(gate, name))
        return OK;
    size_t len = strlen(name);
    struct host *host = calloc(1, sizeof *host + len + 1);
    if (host == NULL)
        return ERR_NOMEM;
    memcpy(host->name, name, len + 1);
    host->why = HOST_GATE_DELAY;
    int rc = name_table_put(&gate->hosts, slice_make(host->name, len), host);
    if (rc != OK)
        free(host);
    return rc;
}

/* No wait of our own making is longer than this. */
static int64_t longest_wait(const struct host_gate *gate)
{
    int64_t longest = DAY_MS;
    int64_t backoff = (int64_t)gate->settings.backoff_ms_max * 3 / 2;
    longest = backoff > longest ? backoff : longest;
    return gate->settings.rest_ms > longest ? (int64_t)gate->settings.rest_ms : longest;
}

static enum host_gate_why why_of_state(const struct host_gate *gate, const struct host_state *state)
{
    uint32_t rest_after = gate->settings.rest_after_failures;
    if (rest_after != 0 && state->failures >= rest_after)
        return HOST_GATE_RESTING;
    return state->failures > 0 ? HOST_GATE_BACKOFF : HOST_GATE_DELAY;
}

int host_gate_restore(struct host_gate *gate, const char *name, const struct host_state *state,
                      int64_t now_unix_ms)
{
    int rc = host_gate_add(gate, name);
    if (rc != OK)
        return rc;
    struct host *host = host_of(gate, name);
    int64_t wait = state->next_allowed_unix_ms - now_unix_ms, longest = longest_wait(gate);
    host->state = *state;
    if (wait > longest && wait > HOST_GATE_RETRY_AFTER_MS_MAX)
        host->state.next_allowed_unix_ms = now_unix_ms + longest;
    host->why = why_of_state(gate, state);
    return OK;
}

void host_gate_set_source_delay(struct host_gate *gate, const char *name, uint32_t delay_ms)
{
    struct host *host = host_of(gate, name);
    host->source_delay_ms = larger(host->source_delay_ms, delay_ms);
    host->state.delay_ms = gap_of(gate, host);
}

void host_gate_set_crawl_delay(struct host_gate *gate, const char *name, uint32_t delay_ms)
{
    struct host *host = host_of(gate, name);
    host->crawl_delay_ms = delay_ms;
    host->state.delay_ms = gap_of(gate, host);
}

static struct slice key_of(const struct address *address)
{
    return slice_make((const char *)address, sizeof *address);
}

int host_gate_set_address(struct host_gate *gate, const char *name, const struct address *address)
{
    struct host *host = host_of(gate, name);
    const char *refusal = address_refusal(address);
    if (gate->settings.politeness_off && (refusal == NULL || strcmp(refusal, "loopback") != 0))
        return ERR_DENIED;
    struct place *place = name_table_get(&gate->places, key_of(address));
    if (place == NULL) {
        place = calloc(1, sizeof *place);
        if (place == NULL)
            return ERR_NOMEM;
        place->address = *address;
        int rc = name_table_put(&gate->places, key_of(&place->address), place);
        if (rc != OK) {
            free(place);
            return rc;
        }
    }
    if (host->place != NULL)
        host->place->in_flight -= host->in_flight;
    place->in_flight += host->in_flight;
    host->place = place;
    return OK;
}

static int64_t wait_of(const struct host_gate *gate, const struct host *host, int64_t now_unix_ms,
                       enum host_gate_why *ret_why)
{
    const struct place *place = host->place;
    *ret_why = HOST_GATE_IN_FLIGHT;
    if (host->in_flight >= gate->settings.in_flight_per_host_max)
        return -1;
    *ret_why = HOST_GATE_ADDRESS;
    if (place != NULL && place->in_flight >= gate->settings.in_flight_per_address_max)
        return -1;
    int64_t wait = host->state.next_allowed_unix_ms - now_unix_ms;
    int64_t wait_place = place != NULL ? place->next_unix_ms - now_unix_ms : 0;
    if (gate->settings.politeness_off || (wait <= 0 && wait_place <= 0)) {
        *ret_why = HOST_GATE_READY;
        return 0;
    }
    if (wait >= wait_place)
        *ret_why = host->why;
    return wait >= wait_place ? wait : wait_place;
}

int64_t host_gate_wait_ms(const struct host_gate *gate, const char *host, int64_t now_unix_ms,
                          enum host_gate_why *ret_why)
{
    enum host_gate_why why;
    int64_t wait = wait_of(gate, host_of(gate, host), now_unix_ms, &why);
    if (ret_why != NULL)
        *ret_why = why;
    return wait;
}

struct host_state host_gate_start(struct host_gate *gate, const char *name, int64_t now_unix_ms)
{
    struct host *host = host_of(gate, name);
    enum host_gate_why why;
    assert(wait_of(gate, host, now_unix_ms, &why) == 0);
    (void)why;
    host->in_flight++;
    if (host->place != NULL) {
        host->place->in_flight++;
        host->place->next_unix_ms = now_unix_ms + gate->settings.address_delay_ms;
    }
    host->state.delay_ms = gap_of(gate, host);
    host->state.next_allowed_unix_ms = now_unix_ms + host->state.delay_ms;
    host->why = HOST_GATE_DELAY;
    return host->state;
}

static bool is_failure(const struct host_outcome *outcome)
{
    if (outcome->status == ERR_NET || outcome->status == ERR_TLS || outcome->status == ERR_TIMEOUT)
        return true;
    int http = outcome->http_status;
    return http == 429 || http == 500 || http == 502 || http == 503 || http == 504;
}

/* After the failure that was just counted: how long, and why. */
static int64_t wait_after_failure(struct host_gate *gate, struct host *host)
{
    const struct host_gate_settings *settings = &gate->settings;
    uint64_t backoff = settings->backoff_first_ms;
    for (uint32_t n = 1; n < host->state.failures && backoff < settings->backoff_ms_max; n++)
        backoff *= 2;
    if (backoff > settings->backoff_ms_max)
        backoff = settings->backoff_ms_max;
    backoff += next_random(gate) % (backoff / 2 + 1);
    host->why = why_of_state(gate, &host->state);
    if (host->why == HOST_GATE_RESTING)
        backoff = settings->rest_ms;
    host->state.backoff_ms = (uint32_t)backoff;
    return (int64_t)backoff;
}

static int64_t wait_after(struct host_gate *gate, struct host *host,
                          const struct host_outcome *outcome)
{
    int64_t wait = 0;
    host->why = HOST_GATE_DELAY;
    if (is_failure(outcome)) {
        host->state.failures++;
        wait = wait_after_failure(gate, host);
        /* The host said when: that counts instead of our guess, unless it is to rest. */
        if (outcome->retry_after_ms >= 0 && host->why == HOST_GATE_BACKOFF)
            wait = 0;
    } else if (outcome->status != ERR_CANCELLED && outcome->status != ERR_DENIED) {
        host->state.failures = 0;
        host->state.backoff_ms = 0;
        uint32_t latency = host->state.latency_ms;
        host->state.latency_ms = latency == 0
                                     ? outcome->took_ms
                                     : (uint32_t)((3 * (uint64_t)latency + outcome->took_ms) / 4);
    }
    if (outcome->retry_after_ms >= 0 && outcome->retry_after_ms > wait) {
        wait = outcome->retry_after_ms;
        host->why = HOST_GATE_RETRY_AFTER;
    }
    host->state.delay_ms = gap_of(gate, host);
    if (wait < host->state.delay_ms) {
        wait = host->state.delay_ms;
        host->why = HOST_GATE_DELAY;
    }
    return wait;
}

struct host_state host_gate_done(struct host_gate *gate, const char *name,
                                 const struct host_outcome *outcome, int64_t now_unix_ms)
{
    struct host *host = host_of(gate, name);
    assert(host->in_flight > 0);
    host->in_flight--;
    if (host->place != NULL)
        host->place->in_flight--;
    int64_t next = now_unix_ms + wait_after(gate, host, outcome);
    if (next > host->state.next_allowed_unix_ms)
        host->state.next_allowed_unix_ms = next;
    return host->state;
}

struct host_state host_gate_state(const struct host_gate *gate, const char *host)
{
    return host_of(gate, host)->state;
}

static int64_t retry_after_of(struct slice value, int64_t now_unix_ms)
{
    int64_t seconds = 0, when = 0, wait;
    value = slice_trim(value);
    int rc = slice_to_int64(value, &seconds);
    if (rc == ERR_LIMIT)
        wait = value.at[0] == '-' ? -1 : HOST_GATE_RETRY_AFTER_MS_MAX;
    else if (rc == OK)
        wait = seconds < 0                                     ? -1
               : seconds > HOST_GATE_RETRY_AFTER_MS_MAX / 1000 ? HOST_GATE_RETRY_AFTER_MS_MAX
                                                               : seconds * 1000;
    else if (clock_parse_http(value, &when) == OK && when > now_unix_ms)
        wait = when - now_unix_ms;
    else
        return -1; /* a date that is past is a clock that is wrong: our back-off counts */
    return wait > HOST_GATE_RETRY_AFTER_MS_MAX ? HOST_GATE_RETRY_AFTER_MS_MAX : wait;
}

int64_t host_gate_retry_after(struct slice values, int64_t now_unix_ms)
{
    int64_t longest = -1;
    struct slice value;
    while (slice_next_line(&values, &value)) {
        int64_t wait = retry_after_of(value, now_unix_ms);
        longest = wait > longest ? wait : longest;
    }
    return longest;
}
