/* crawler/fetcher.h - downloads public pages without blocking the loop. Loop thread only.
 *
 * One request, one answer: never retries, never follows a redirect (a 3xx is a result; its
 * Location is gated like a first request), never reads robots.txt or picks URLs. Bodies stay as
 * they came, still compressed: the worker inflates. Names are looked up off the loop; the address
 * is checked before the socket opens and again before each request is written (address.h). libcurl
 * (multi-socket) and libuv stay behind this header. */
#ifndef LUREWATCH_FETCHER_H
#define LUREWATCH_FETCHER_H

#include "common/text.h"
#include "crawler/address.h"

struct fetcher;
struct uv_loop_s; /* <uv.h> stays out of our headers */

/* Copied. Every number must be set: 0 is refused, there is no "unlimited". */
struct fetcher_settings {
    uint32_t in_flight_max, in_flight_per_host_max;
    uint32_t connect_ms_max; /* name look-up included */
    uint32_t total_ms_max;
    uint32_t stall_ms_max;  /* without a byte */
    size_t head_bytes_max;  /* of an answer, interim answers and trailers included */
    size_t body_bytes_max;  /* as received */
    const char *user_agent; /* not empty */
    const char *proxy;   /* "" or NULL: none; the environment's proxies never count. A proxy looks
                               names up itself: where they lead is then for it to refuse */
    const char *ca_file; /* "" or NULL: the system's certificates */
    struct address_policy policy;
    /* For tests: every name leads to the policy's test endpoint, and https is spoken to it as plain
     * http, but for policy.test_tls. Needs policy.allow_test_endpoint. */
    bool all_names_are_test_endpoint;
};

/* Copied. */
struct fetch_request {
    const char *url;                  /* absolute, http or https */
    const char *etag, *last_modified; /* NULL or "": not conditional */
    bool identity;                    /* ask for no compression: robots.txt */
    size_t body_bytes_max;            /* 0: the settings'; else the smaller counts */
};

/* Why a body is not whole; names are those of WARC-Truncated. */
enum fetch_cut { FETCH_WHOLE, FETCH_CUT_LENGTH, FETCH_CUT_TIME, FETCH_CUT_DISCONNECT };

/* What the server showed, as OpenSSL words it; pem is the certificate itself, sha256 the hex digest
 * of its DER bytes. */
struct fetch_certificate {
    const char *subject, *issuer, *valid_from, *valid_until, *pem, *sha256;
};

struct fetch_result { /* all borrowed: valid until the callback returns; texts are never NULL */
    int status;       /* OK: an answer came whole; else why not, see fetcher_get() */
    const char *why;  /* a sentence when status is not OK; names the limit that was reached */
    int http_status;  /* 0 when no status line arrived */
    enum fetch_cut cut;
    const char *url;
    const char *content_type, *content_encoding, *location, *etag, *last_modified, *retry_after;
    const char *robots_tag; /* X-Robots-Tag, several joined by ", "; of Retry-After a line each */
    struct slice request_head;  /* as sent, ends in an empty line */
    struct slice response_head; /* the last one, ends in an empty line */
    struct slice body;          /* what arrived, also when status is not OK */
    bool has_peer;
    struct address peer;
    const struct fetch_certificate *certificate; /* NULL: no TLS */
    int64_t started_unix_ms;
    uint32_t took_ms;
    uint64_t bytes_received; /* heads and body */
};
typedef void fetch_done_cb(const struct fetch_result *result, void *ctx);

/* Gives *ret_fetcher; end it with fetcher_close(). Borrows loop.
 * Errors: ERR_NOMEM, ERR_LIMIT (a number is 0), ERR_SYNTAX (no user agent). */
MUST_USE int fetcher_create(struct uv_loop_s *loop, const struct fetcher_settings *settings,
                            struct fetcher **ret_fetcher, struct failure *reterr);
/* Copies request. On OK, done comes exactly once, later; on failure, never.
 * Returns ERR_LIMIT (in_flight_max, or as many of that host: ask again after a done), ERR_SYNTAX
 * (not http or https), ERR_CANCELLED (is being closed), ERR_NOMEM. result->status: ERR_TIMEOUT (connect, total or stall), ERR_NET, ERR_TLS, ERR_LIMIT
 * (head or body), ERR_DENIED (address policy), ERR_SYNTAX (not HTTP), ERR_CANCELLED. */
MUST_USE int fetcher_get(struct fetcher *fetcher, const struct fetch_request *request,
                         fetch_done_cb *done, void *ctx);
size_t fetcher_in_flight(const struct fetcher *fetcher);
/* Takes fetcher. Downloads in flight end with ERR_CANCELLED, then closed(ctx) once. NULL is
 * allowed (closed is then called from inside). */
void fetcher_close(struct fetcher *fetcher, void (*closed)(void *ctx), void *ctx);

#endif
