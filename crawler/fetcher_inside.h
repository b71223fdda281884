/* crawler/fetcher_inside.h - a fetcher and its downloads, as the fetcher's own files see them.
 *
 *   fetcher.c        the life of a download: asked, looked up, given to curl, ended; the limits
 *   fetcher_curl.c   the easy handle: its options, what arrives, what an error means
 *   fetcher_tls.c    the certificate a server showed
 *   fetcher_loop.c   curl's sockets and timer on the loop
 *   fetcher_head.c   an answer's head to the texts of a result; pure
 *   fetcher_names.c  names to addresses
 */
#ifndef LUREWATCH_FETCHER_INSIDE_H
#define LUREWATCH_FETCHER_INSIDE_H

#include "common/arena.h"
#include "crawler/fetcher.h"
#include "crawler/fetcher_names.h"
#include "crawler/url.h"

struct curl_slist;

#define FETCH_WHY_BYTES      512u
#define FETCH_CURL_WHY_BYTES 256u /* curl asks for no less */

enum fetch_phase {
    FETCH_LOOKS_UP, /* waits for the addresses of the name */
    FETCH_CONNECTS, /* with curl, nothing sent yet */
    FETCH_HEAD,     /* asked; no whole head yet */
    FETCH_BODY,
    FETCH_OVER /* decided before curl saw it; the callback follows */
};

struct fetch {
    struct fetch *prev, *next; /* in one of the fetcher's lists */
    struct fetcher *fetcher;
    void *easy;          /* CURL */
    struct arena *arena; /* texts of this download; reset with it */
    fetch_done_cb *done;
    void *ctx;
    enum fetch_phase phase;

    const char *url; /* as asked for */
    struct url parsed;
    size_t body_bytes_max;
    struct curl_slist *nodes; /* conditions before the fetcher's own headers; the addresses */
    struct curl_slist *headers;

    int64_t accepted_mono_ms, begun_mono_ms, begun_unix_ms, last_byte_mono_ms;
    struct address peer;
    bool has_peer, sent, head_ended;
    int http_status;
    int status; /* decided by us; OK: what curl says counts */
    enum fetch_cut cut;
    uint64_t head_bytes, bytes_received;
    struct text_buf request_head, response_head, body;
    char why[FETCH_WHY_BYTES];
    char curl_why[FETCH_CURL_WHY_BYTES];
};

struct fetch_list {
    struct fetch *first, *last;
    size_t count;
};

struct loop_side;

struct fetcher {
    struct uv_loop_s *loop;
    struct fetcher_settings settings; /* texts are ours */
    char *user_agent, *proxy, *ca_file;
    void *multi, *share; /* CURLM, CURLSH */
    struct curl_slist *headers_coded, *headers_identity, *test_connect_to;
    struct names *names;
    struct fetch_certificates *certificates; /* fetcher_tls.c */
    struct fetch_list active, idle;
    struct loop_side *side;
    uint32_t tick_ms;
    bool is_closing, global;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

/* ---- fetcher.c ---- */

/* Says how it ended, unless that was said before. Returns status. */
int fetch_decide(struct fetch *fetch, int status, enum fetch_cut cut, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Is the head of the answer there, interim answers aside? */
bool fetch_has_head(const struct fetch *fetch);
/* Calls done and keeps the download for the next. Never from inside a callback of curl. */
void fetch_end(struct fetch *fetch);
/* The loop's turns: look at the limits; end what was decided; all handles are closed. */
void fetcher_tick(struct fetcher *fetcher);
void fetcher_soon(struct fetcher *fetcher);
void fetcher_names_ready(void *ctx); /* ctx: the fetcher; look-ups have ended */
void fetcher_closed(struct fetcher *fetcher);

/* ---- fetcher_curl.c ---- */

/* Gives fetcher->multi, share and headers. Errors: ERR_NOMEM. */
MUST_USE int fetcher_curl_create(struct fetcher *fetcher);
/* No download may be left with curl. */
void fetcher_curl_release(struct fetcher *fetcher);
/* Makes fetch->easy with what is the same for all downloads. Errors: ERR_NOMEM. */
MUST_USE int fetch_easy_create(struct fetch *fetch);
void fetch_easy_free(struct fetch *fetch);
/* The request's own headers; a value that is no single line is left out. Errors: ERR_NOMEM. */
MUST_USE int fetch_easy_headers(struct fetch *fetch, const struct fetch_request *request);
/* Hands the download to curl; addresses: where the name leads, already checked. */
MUST_USE int fetch_easy_start(struct fetch *fetch, const struct names_answer *addresses);
void fetch_easy_stop(struct fetch *fetch);
/* What curl's result (a CURLcode) means, by fetch_decide(). */
void fetch_easy_ended(struct fetch *fetch, int code);

/* ---- fetcher_tls.c ---- */

/* The certificate of the connection the download went over; borrowed until the next call. NULL: no
 * TLS, nothing sent, or no memory. */
const struct fetch_certificate *fetch_certificate_of(struct fetch *fetch);
void fetch_certificates_free(struct fetch_certificates *certificates); /* NULL is allowed */

/* ---- fetcher_loop.c ---- */

/* Makes names and timers, takes multi's sockets to the loop. Errors: ERR_NOMEM, ERR_IO. */
MUST_USE int fetcher_loop_start(struct fetcher *fetcher);
void fetcher_loop_tick(struct fetcher *fetcher, bool on); /* fetcher_tick() again and again */
void fetcher_loop_soon(struct fetcher *fetcher);          /* fetcher_soon() once, later */
/* Stops watching, closes names and all handles, then calls fetcher_closed(). */
void fetcher_loop_stop(struct fetcher *fetcher);

/* ---- fetcher_head.c ---- */

/* Texts of ret_result from a whole head; in arena. Errors: ERR_NOMEM. */
MUST_USE int fetch_head_read(struct slice head, struct arena *arena,
                             struct fetch_result *ret_result);
/* False: it states two lengths that differ, so nobody knows where the body ends. */
bool fetch_head_is_sound(struct slice head);
/* The status of "HTTP/1.1 200 OK"; 0: not a status line. */
int fetch_head_status(struct slice line);

#endif
