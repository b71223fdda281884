/* httpd.c - libmicrohttpd behind httpd.h; the only file that knows it.
 *
 * Its threads, one a connection, collect a request in a struct exchange and call answer() with it, a
 * few at a time. (Threads that share an epoll loop between connections are no good here: an answer
 * may wait for minutes for a page to be fetched, and would hold up readers that the kernel gave to
 * the same thread.) A body is refused by its announced length before a byte is taken, and while it
 * comes when no length was announced. Slow peers: libmicrohttpd ends a
 * connection without a byte for idle_s_max; one that drips is cut by httpd_tick(), which knows
 * since when each connection owes a request. Answers carry the headers that keep a browser from
 * running or embedding anything that is not ours. */
#include "review/httpd.h"
#include "common/clock.h"
#include "review/httpd_listen.h"

#include <microhttpd.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTION_BYTES_MAX (32u << 10) /* head of a request, buffers */
#define STACK_BYTES          (2u << 20)
#define BODIES_BYTES_MAX     (256u << 20) /* of all requests at a time */
#define BUSY_S               5u
#define STOP_MS_MAX          10000       /* for answers that are owed, at the end */
#define DRAIN_BYTES_MAX      (16u << 20) /* of a body that is too long, before the line is cut */
#define SLOWEST_BYTES_PER_S  (16u << 10) /* a reader of a long answer, by a poor line */

struct line { /* a connection */
    struct line *next, *previous;
    int fd;
    int64_t since_mono_ms; /* INT64_MAX: the answer is ours to make */
};

struct httpd {
    struct httpd_settings settings;
    char listen[256];
    struct MHD_Daemon *daemon;
    unsigned port;
    sem_t answers;
    atomic_size_t bodies; /* room that was given */
    atomic_uint owed;     /* answers that are made or sent */
    pthread_mutex_t lock;
    struct line lines; /* a ring; this one is its head */
};

struct exchange {
    char uri[HTTPD_URI_BYTES_MAX];
    bool began, uri_too_long, too_long, is_owed;
    struct text_buf body;
    size_t given; /* of httpd.bodies */
    size_t dropped_max, dropped;
};

/* ---- connections ---- */

static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct httpd *httpd = ctx;
    struct line *line = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        line = info != NULL ? calloc(1, sizeof *line) : NULL;
        *socket_context = line;
        if (line == NULL)
            return; /* then idle_s_max alone guards it */
        line->fd = info->connect_fd;
        line->since_mono_ms = clock_mono_ms();
        pthread_mutex_lock(&httpd->lock);
        line->next = &httpd->lines;
        line->previous = httpd->lines.previous;
        line->previous->next = line->next->previous = line;
        pthread_mutex_unlock(&httpd->lock);
    } else if (line != NULL) {
        pthread_mutex_lock(&httpd->lock);
        line->previous->next = line->next;
        line->next->previous = line->previous;
        pthread_mutex_unlock(&httpd->lock);
        free(line);
        *socket_context = NULL;
    }
}

void httpd_tick(struct httpd *httpd)
{
    int64_t before = clock_mono_ms() - 1000LL * httpd->settings.request_s_max;
    pthread_mutex_lock(&httpd->lock);
    for (struct line *line = httpd->lines.next; line != &httpd->lines; line = line->next)
        if (line->since_mono_ms < before)
            shutdown(line->fd, SHUT_RDWR);
    pthread_mutex_unlock(&httpd->lock);
}

static void line_since(struct httpd *httpd, struct MHD_Connection *connection, int64_t mono_ms)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct line *line = info != NULL ? info->socket_context : NULL;
    if (line == NULL)
        return;
    pthread_mutex_lock(&httpd->lock);
    line->since_mono_ms = mono_ms;
    pthread_mutex_unlock(&httpd->lock);
}

/* ---- one request ---- */

static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    (void)ctx;
    (void)connection;
    if (exchange == NULL)
        return NULL;
    int len = snprintf(exchange->uri, sizeof exchange->uri, "%s", uri);
    exchange->uri_too_long = len < 0 || (size_t)len >= sizeof exchange->uri;
    text_buf_init(&exchange->body, 1);
    return exchange;
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *con_cls;
    (void)code;
    line_since(ctx, connection, clock_mono_ms());
    if (exchange == NULL)
        return;
    text_buf_release(&exchange->body);
    atomic_fetch_sub(&((struct httpd *)ctx)->bodies, exchange->given);
    atomic_fetch_sub(&((struct httpd *)ctx)->owed, exchange->is_owed);
    free(exchange);
    *con_cls = NULL;
}

static struct slice field(struct MHD_Connection *connection, const char *name)
{
    return slice_of(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static struct http_request request_of(struct MHD_Connection *connection,
                                      const struct exchange *exchange, const char *method)
{
    struct slice uri = slice_of(exchange->uri);
    size_t mark = slice_find_char(uri, '?');
    return (struct http_request){
        .is_post = strcmp(method, "POST") == 0,
        .is_cut = exchange->too_long,
        .path = slice_sub(uri, 0, mark == SIZE_MAX ? uri.len : mark),
        .query = mark == SIZE_MAX ? SLICE_EMPTY : slice_from(uri, mark + 1),
        .body = text_buf_slice(&exchange->body),
        .host = field(connection, "Host"),
        .origin = field(connection, "Origin"),
        .fetch_site = field(connection, "Sec-Fetch-Site"),
        .cookie = field(connection, "Cookie"),
        .accept = field(connection, "Accept"),
        .accept_language = field(connection, "Accept-Language"),
        .content_type = field(connection, "Content-Type"),
        .if_none_match = field(connection, "If-None-Match"),
    };
}

static void add_headers(struct MHD_Response *made, const struct http_response *response)
{
    static const char *const always[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
        {"X-Robots-Tag", "noindex, nofollow"},
        {"X-DNS-Prefetch-Control", "off"}, /* a look at a case asks for no name it links to */
    };
    char text[512];
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        MHD_add_response_header(made, always[i][0], always[i][1]);
    MHD_add_response_header(made, "Content-Type", response->type);
    MHD_add_response_header(made, "Cache-Control",
                            response->etag[0] != '\0' ? "no-cache" : "no-store");
    if (response->etag[0] != '\0')
        MHD_add_response_header(made, "ETag", response->etag);
    if (response->location[0] != '\0')
        MHD_add_response_header(made, "Location", response->location);
    for (size_t i = 0; i < sizeof response->cookies / sizeof response->cookies[0]; i++)
        if (response->cookies[i][0] != '\0')
            MHD_add_response_header(made, "Set-Cookie", response->cookies[i]);
    if (response->file_name[0] != '\0') {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"", response->file_name);
        MHD_add_response_header(made, "Content-Disposition", text);
    }
    if (response->retry_after_s > 0) {
        snprintf(text, sizeof text, "%u", response->retry_after_s);
        MHD_add_response_header(made, "Retry-After", text);
    }
}

static enum MHD_Result send_response(struct MHD_Connection *connection,
                                     struct http_response *response, bool ends)
{
    struct MHD_Response *made = NULL;
    size_t len = 0;
    if (text_buf_status(&response->body) != OK) { /* half a page is no page */
        text_buf_release(&response->body);
        response->status = 500;
        response->type = "text/plain; charset=utf-8";
        response->fixed = SLICE("The page is larger than a page may be.\n");
    }
    if (response->fixed.len > 0) {
        union {
            const char *from;
            char *to;
        } bytes = {response->fixed.at}; /* persistent: it is only read */
        made =
            MHD_create_response_from_buffer(response->fixed.len, bytes.to, MHD_RESPMEM_PERSISTENT);
    } else {
        char *body = text_buf_take(&response->body, &len);
        if (body != NULL)
            made = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
        if (made == NULL)
            free(body);
    }
    text_buf_release(&response->body);
    if (made == NULL)
        return MHD_NO;
    add_headers(made, response);
    if (ends)
        MHD_add_response_header(made, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}

static struct http_response new_response(void)
{
    struct http_response response = {
        .status = 200, .type = "text/html; charset=utf-8", .fixed = SLICE_EMPTY};
    text_buf_init(&response.body, HTTPD_BODY_BYTES_MAX);
    return response;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, int status, struct slice sentence)
{
    struct http_response response = new_response();
    response.status = status;
    response.type = "text/plain; charset=utf-8";
    response.fixed = sentence;
    response.retry_after_s = status == 503 ? BUSY_S : 0;
    return send_response(connection, &response, true);
}

#define TOO_LONG SLICE("What was sent is longer than this page takes. Send less at a time.\n")

static enum MHD_Result count_value(void *ctx, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    unsigned *counts = ctx;
    (void)kind;
    (void)value;
    counts[0] += strcasecmp(name, "Host") == 0;
    counts[1] += strcasecmp(name, "Content-Length") == 0;
    counts[1] += strcasecmp(name, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* Two ways to say whose page it is, or where its body ends: a server in front of us may have taken
 * the other (RFC 9112, 3.2 and 6.3). */
static bool is_ambiguous(struct MHD_Connection *connection)
{
    unsigned counts[2] = {0, 0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_value, counts);
    return counts[0] > 1 || counts[1] > 1;
}

/* The head is there: may the rest come? */
static enum MHD_Result begin(struct httpd *httpd, struct MHD_Connection *connection,
                             struct exchange *exchange, const char *method)
{
    int64_t announced = 0;
    exchange->began = true;
    if (is_ambiguous(connection))
        return refuse(connection, 400, SLICE("A head that can be read in two ways is not read.\n"));
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 && strcmp(method, "POST") != 0)
        return refuse(connection, 405, SLICE("This page knows GET, HEAD and POST.\n"));
    if (exchange->uri_too_long)
        return refuse(connection, 414, SLICE("The address is too long.\n"));
    if (strcmp(method, "POST") != 0)
        return MHD_YES;
    struct http_request request = request_of(connection, exchange, method);
    struct http_room room = httpd->settings.room(httpd->settings.ctx, &request);
    text_buf_init(&exchange->body, room.bytes > 0 ? room.bytes : 1);
    exchange->dropped_max = room.dropped_bytes;
    struct slice length = field(connection, "Content-Length");
    if (length.len > 0 && (slice_to_int64(length, &announced) != OK || announced < 0 ||
                           (uint64_t)announced > exchange->body.limit + room.dropped_bytes))
        return refuse(connection, 413, TOO_LONG);
    exchange->given = length.len > 0 && (uint64_t)announced < exchange->body.limit
                          ? (size_t)announced
                          : exchange->body.limit;
    if (atomic_fetch_add(&httpd->bodies, exchange->given) > BODIES_BYTES_MAX - exchange->given)
        return refuse(connection, 503,
                      SLICE("Much is being sent to this page just now. Try again in a moment.\n"));
    return MHD_YES;
}

static enum MHD_Result take(struct exchange *exchange, const char *data, size_t *size)
{
    size_t room = exchange->body.limit - exchange->body.len;
    size_t kept = exchange->too_long ? 0 : *size < room ? *size : room;
    size_t most = exchange->dropped_max > 0 ? exchange->dropped_max : DRAIN_BYTES_MAX;
    if (text_buf_add(&exchange->body, data, kept) != OK)
        return MHD_NO;
    exchange->too_long = exchange->too_long || kept < *size;
    exchange->dropped += *size - kept;
    *size = 0;
    return exchange->dropped > most ? MHD_NO : MHD_YES;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_size, void **con_cls)
{
    struct httpd *httpd = ctx;
    struct exchange *exchange = *con_cls;
    (void)url;
    (void)version;
    if (exchange == NULL)
        return MHD_NO;
    if (!exchange->began)
        return begin(httpd, connection, exchange, method);
    if (*data_size > 0)
        return take(exchange, data, data_size);
    if (exchange->too_long && exchange->dropped_max == 0)
        return refuse(connection, 413, TOO_LONG);
    struct http_request request = request_of(connection, exchange, method);
    struct http_response response = new_response();
    line_since(httpd, connection, INT64_MAX);
    exchange->is_owed = true;
    atomic_fetch_add(&httpd->owed, 1);
    while (sem_wait(&httpd->answers) != 0)
        ; /* a signal */
    httpd->settings.answer(httpd->settings.ctx, &request, &response);
    sem_post(&httpd->answers);
    line_since(httpd, connection,
               clock_mono_ms() + 1000LL * (int64_t)(response.body.len / SLOWEST_BYTES_PER_S));
    return send_response(connection, &response, false);
}

/* ---- start and stop ---- */

static void on_error(void *ctx, const char *format, va_list args)
{
    (void)ctx; /* peers' mistakes: nobody here can do anything about them */
    (void)format;
    (void)args;
}

static struct MHD_Daemon *start_daemon(struct httpd *httpd, int fd)
{
    const struct httpd_settings *settings = &httpd->settings;
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, httpd, MHD_OPTION_EXTERNAL_LOGGER, on_error, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
        MHD_OPTION_CONNECTION_LIMIT, settings->connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
        settings->idle_s_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES_MAX,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_uri, httpd,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, httpd, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, httpd, MHD_OPTION_END);
}

int httpd_start(const struct httpd_settings *settings, struct httpd **ret_httpd,
                struct failure *reterr)
{
    int fd = -1;
    struct httpd *httpd = calloc(1, sizeof *httpd);
    if (httpd == NULL || pthread_mutex_init(&httpd->lock, NULL) != 0 ||
        sem_init(&httpd->answers, 0, settings->answers) != 0) {
        free(httpd);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    httpd->settings = *settings;
    httpd->lines.next = httpd->lines.previous = &httpd->lines;
    snprintf(httpd->listen, sizeof httpd->listen, "%s", settings->listen);
    int rc = listen_on(httpd->listen, &fd, &httpd->port, reterr);
    if (rc == OK && settings->listens != NULL)
        settings->listens(settings->ctx, httpd->port);
    if (rc == OK && (httpd->daemon = start_daemon(httpd, fd)) == NULL) {
        close(fd);
        rc = failure_set(reterr, ERR_IO, "cannot start the threads of the web server");
    }
    if (rc != OK) {
        sem_destroy(&httpd->answers);
        pthread_mutex_destroy(&httpd->lock);
        free(httpd);
        return rc;
    }
    *ret_httpd = httpd;
    return OK;
}

unsigned httpd_port(const struct httpd *httpd)
{
    return httpd->port;
}

void httpd_stop(struct httpd *httpd)
{
    const struct timespec while_ = {0, 20 * 1000 * 1000};
    if (httpd == NULL)
        return;
    int fd = MHD_quiesce_daemon(httpd->daemon), turns = STOP_MS_MAX / 20;
    while (atomic_load(&httpd->owed) > 0 && turns-- > 0)
        nanosleep(&while_, NULL);
    MHD_stop_daemon(httpd->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    listen_done(httpd->listen);
    sem_destroy(&httpd->answers);
    pthread_mutex_destroy(&httpd->lock);
    free(httpd);
}
