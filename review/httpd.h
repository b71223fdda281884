/* review/httpd.h - an HTTP server for loopback: requests in, answers out, everything limited.
 *
 * Each connection is a thread of libmicrohttpd, so one whose answer takes long keeps no other
 * waiting; answer() is called by several of them at a time. A request is handed over whole.
 * Listens on an address of this machine's loopback or on a Unix socket, nothing else. */
#ifndef LUREWATCH_HTTPD_H
#define LUREWATCH_HTTPD_H

#include "common/text.h"

#define HTTPD_URI_BYTES_MAX  8192u
#define HTTPD_BODY_BYTES_MAX (64u << 20) /* of an answer */

struct httpd;

struct http_request { /* borrowed until the answer is given; fields that are missing are "" */
    bool is_post;     /* else GET (or HEAD, which is answered alike) */
    bool is_cut;      /* the body was longer than its room: this is its beginning */
    struct slice path, query, body;
    struct slice host, origin, fetch_site, cookie, accept, accept_language, content_type;
    struct slice if_none_match;
};

struct http_response {
    int status;           /* 200 unless set */
    const char *type;     /* static */
    struct text_buf body; /* limit HTTPD_BODY_BYTES_MAX; taken */
    struct slice fixed;   /* static bytes in place of body, when not empty */
    char location[512];   /* "": none */
    char cookies[2][256]; /* Set-Cookie values; "": none */
    char etag[80];        /* quoted; may then be kept by the browser. "": must not be kept */
    char file_name[96];   /* to be saved as; "": shown */
    unsigned retry_after_s;
};

typedef void httpd_answer_fn(void *ctx, const struct http_request *request,
                             struct http_response *response);
struct http_room {
    size_t bytes; /* of a body are kept */
    size_t
        dropped_bytes; /* may come after them; is_cut says so then. 0: a longer body is refused */
};
/* For a request whose body is not there yet. */
typedef struct http_room httpd_room_fn(void *ctx, const struct http_request *request);

struct httpd_settings {
    const char *listen; /* "127.0.0.1:8417", "[::1]:8417", or "unix:/path" */
    unsigned answers;   /* made at a time, 1-64; further requests wait */
    unsigned connections_max;
    unsigned idle_s_max;    /* without a byte */
    unsigned request_s_max; /* from a connection's last answer to the end of the next */
    void (*listens)(void *ctx, unsigned port); /* before the first request; NULL: nobody asks */
    httpd_answer_fn *answer;
    httpd_room_fn *room;
    void *ctx; /* borrowed */
};

/* Gives *ret_httpd, end it with httpd_stop(). Errors: ERR_SYNTAX (not such an address), ERR_DENIED
 * (an address others can reach; a port that is not ours), ERR_BUSY (in use), ERR_IO, ERR_NOMEM. */
MUST_USE int httpd_start(const struct httpd_settings *settings, struct httpd **ret_httpd,
                         struct failure *reterr);
/* The port, 0 for a Unix socket. Port 0 asked for: the one given. */
unsigned httpd_port(const struct httpd *httpd);
/* Cuts connections that are over request_s_max; call it every second or so. */
void httpd_tick(struct httpd *httpd);
/* Nobody comes in any more; requests that are being answered are answered, for up to 10 s. NULL is
 * allowed. */
void httpd_stop(struct httpd *httpd);

#endif
