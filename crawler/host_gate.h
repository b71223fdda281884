/* crawler/host_gate.h - when may a host be asked again? Politeness in one place, in memory alone:
 * no clock, no socket; times are passed in, as Unix milliseconds.
 *
 * For each host (the politeness key of url.h: host, or host:port) and each address behind hosts:
 *   - so many requests at once, one as a rule;
 *   - a gap from the end of one request to the start of the next: the largest of the setting, the
 *     source's delay, robots' Crawl-delay and a multiple of the measured latency;
 *   - after 429 and 503 at least what Retry-After asks, else back-off;
 *   - after each failure in a row twice the wait, with jitter; after several the host rests.
 * Order: host_gate_add() or _restore(), host_gate_wait_ms() is 0, host_gate_start(), the caller
 * stores the state it gave, sends the request, host_gate_done(), stores that state. So a process
 * killed at any instant comes back no earlier than it might have asked.
 * Cost: a hash look-up a call; about 200 bytes a host. Not thread-safe: the loop's thread. */
#ifndef LUREWATCH_HOST_GATE_H
#define LUREWATCH_HOST_GATE_H

#include "crawler/address.h"

struct host_gate;

struct host_gate_settings {
    bool politeness_off; /* for benches: no gap, no back-off; numbers at once still count,
                            and only loopback addresses may be asked */
    uint32_t in_flight_per_host_max;    /* 1 as a rule; 0 is refused */
    uint32_t in_flight_per_address_max; /* 0 is refused */
    uint32_t delay_min_ms;              /* gap of a host at least */
    uint32_t address_delay_ms;          /* gap between starts at one address, whatever the host */
    uint32_t latency_multiple;          /* gap of this many latencies (0: off), … */
    uint32_t latency_delay_ms_max;      /* … at most so long */
    uint32_t backoff_first_ms, backoff_ms_max;
    uint32_t rest_after_failures; /* this many in a row, and the host rests … */
    uint32_t rest_ms;             /* … so long. 0 failures: never */
    uint64_t jitter_seed;         /* the same seed gives the same jitter */
};
/* 1 at a host, 4 at an address, gap 1 s, 250 ms at an address, 5 latencies up to 30 s, back-off
 * from 5 s to 30 min, rest 4 h after 6 failures. */
void host_gate_settings_default(struct host_gate_settings *ret_settings);

/* What must outlive the process: the store's host_row has the same members. */
struct host_state {
    int64_t next_allowed_unix_ms;
    uint32_t delay_ms;   /* gap in force */
    uint32_t latency_ms; /* smoothed */
    uint32_t backoff_ms; /* 0: none */
    uint32_t failures;   /* in a row */
};

/* Copies settings. Gives *ret_gate, end it with host_gate_free(). Errors: ERR_LIMIT (a number at
 * once is 0), ERR_NOMEM. */
MUST_USE int host_gate_create(const struct host_gate_settings *settings,
                              struct host_gate **ret_gate);
void host_gate_free(struct host_gate *gate); /* NULL is allowed */

/* Makes the host known; again is allowed and changes nothing. Copies host. Errors: ERR_NOMEM. All
 * calls below assert that the host is known. */
MUST_USE int host_gate_add(struct host_gate *gate, const char *host);
/* As host_gate_add() with what the store remembers. A next-allowed time further off than any wait
 * (the clock was set back) is cut to a day, or to our own longest wait. */
MUST_USE int host_gate_restore(struct host_gate *gate, const char *host,
                               const struct host_state *state, int64_t now_unix_ms);
bool host_gate_knows(const struct host_gate *gate, const char *host);
/* The source's delay (the largest of several counts) and robots' Crawl-delay (the last counts). */
void host_gate_set_source_delay(struct host_gate *gate, const char *host, uint32_t delay_ms);
void host_gate_set_crawl_delay(struct host_gate *gate, const char *host, uint32_t delay_ms);
/* The address the host answered from; joins the limits of that address. Errors: ERR_NOMEM,
 * ERR_DENIED (politeness is off, and this is not loopback). */
MUST_USE int host_gate_set_address(struct host_gate *gate, const char *host,
                                   const struct address *address);

enum host_gate_why {
    HOST_GATE_READY,
    HOST_GATE_IN_FLIGHT, /* as many as allowed at the host */
    HOST_GATE_ADDRESS,   /* the address is as busy as allowed, or asked a moment ago */
    HOST_GATE_DELAY,     /* the gap */
    HOST_GATE_RETRY_AFTER,
    HOST_GATE_BACKOFF,
    HOST_GATE_RESTING,
    HOST_GATE_WHY_COUNT
};
const char *host_gate_why_name(enum host_gate_why why); /* for people: "crawl delay", … */

/* Milliseconds until a request to host may start: 0 now; -1 not before one in flight has ended.
 * ret_why may be NULL. */
int64_t host_gate_wait_ms(const struct host_gate *gate, const char *host, int64_t now_unix_ms,
                          enum host_gate_why *ret_why);
/* A request starts: asserts host_gate_wait_ms() is 0. The state already holds the next-allowed time
 * of a request that never comes back. */
struct host_state host_gate_start(struct host_gate *gate, const char *host, int64_t now_unix_ms);

struct host_outcome {
    int status;             /* OK: an answer came; else the enum err of the fetch */
    int http_status;        /* 0: none */
    uint32_t took_ms;       /* until the last byte */
    int64_t retry_after_ms; /* host_gate_retry_after(); -1: none */
};
/* The request that host_gate_start() began has ended. Failures are: no answer, 429, 500, 502, 503,
 * 504. ERR_CANCELLED and ERR_DENIED say nothing about the host. */
struct host_state host_gate_done(struct host_gate *gate, const char *host,
                                 const struct host_outcome *outcome, int64_t now_unix_ms);
struct host_state host_gate_state(const struct host_gate *gate, const char *host);

/* Retry-After, in seconds or as a date (RFC 9110 10.2.3), as milliseconds from now, at most
 * HOST_GATE_RETRY_AFTER_MS_MAX; of several, a line each, the longest. -1: absent, not readable, or
 * a date that is past. */
#define HOST_GATE_RETRY_AFTER_MS_MAX (INT64_C(30) * 24 * 3600 * 1000)
int64_t host_gate_retry_after(struct slice values, int64_t now_unix_ms);

#endif
