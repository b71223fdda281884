/* board.c - a loopback job board for tests and the demo; `board --help` is its manual.
 *
 * libmicrohttpd serves the files, on a thread of its own. A request that is to misbehave has its
 * connection suspended there; a thread (board_bad.c) writes to the socket what no HTTP library
 * would, and libmicrohttpd then closes it. Binds loopback alone; ends on SIGTERM, with its parent,
 * or when its lifetime is over. */
#include "tests/board/board.h"

#include "common/clock.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BAD_MS_MAX      60000
#define BAD_AT_ONCE_MAX 400
#define MEMORY_BYTES    (128u << 10) /* of a connection: heads as long as a test likes */

struct options {
    const char *root, *bind, *port_file, *log;
    long port, lifetime_s;
    bool orphan;
};

struct exchange { /* one request in libmicrohttpd */
    struct request request;
    struct behaviour behaviour;
    struct MHD_Connection *connection;
    int status;
    uint64_t bytes;
    bool is_bad, is_over, has_head;
};

static const char *root;
static atomic_int bad_running;

/* ---- a request ---- */

static void copy_header(struct MHD_Connection *connection, const char *name, char *out, size_t size)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    snprintf(out, size, "%s", value == NULL ? "" : value);
}

static void *on_request_line(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    (void)ctx;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    struct request *request = &exchange->request;
    exchange->connection = connection;
    request->start_unix_ms = clock_unix_ms();
    request->start_mono_ms = clock_mono_ms();
    snprintf(request->target, sizeof request->target, "%s", uri);
    struct slice target = slice_of(request->target);
    size_t question = slice_find_char(target, '?');
    request->path = question == SIZE_MAX ? target : slice_sub(target, 0, question);
    request->query = question == SIZE_MAX ? SLICE_EMPTY : slice_from(target, question + 1);
    return exchange;
}

static void request_fill(struct exchange *exchange, const char *method)
{
    struct request *request = &exchange->request;
    struct MHD_Connection *connection = exchange->connection;
    snprintf(request->method, sizeof request->method, "%s", method);
    log_request_begun();
    copy_header(connection, "Host", request->host, sizeof request->host);
    for (char *at = request->host; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + 32);
    copy_header(connection, "User-Agent", request->agent, sizeof request->agent);
    copy_header(connection, "Accept-Encoding", request->accept_encoding,
                sizeof request->accept_encoding);
    copy_header(connection, "If-None-Match", request->if_none_match, sizeof request->if_none_match);
    copy_header(connection, "If-Modified-Since", request->if_modified_since,
                sizeof request->if_modified_since);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct sockaddr_in peer = {0};
    if (info != NULL && info->client_addr != NULL && info->client_addr->sa_family == AF_INET) {
        memcpy(&peer, info->client_addr, sizeof peer);
        request->peer_port = ntohs(peer.sin_port);
    }
}

static void on_over(void *ctx, struct MHD_Connection *connection, void **con_cls,
                    enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *con_cls;
    (void)ctx;
    (void)connection;
    (void)code;
    *con_cls = NULL;
    if (exchange == NULL)
        return;
    if (exchange->request.method[0] != '\0') {
        if (!exchange->is_bad)
            log_request(&exchange->request, exchange->status, exchange->bytes, NULL);
        log_request_over();
    }
    free(exchange);
}

/* ---- misbehaving ---- */

static void *bad_main(void *arg)
{
    struct exchange *exchange = arg;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct bad bad = {.fd = info->connect_fd,
                      .root = root,
                      .request = exchange->request,
                      .behaviour = exchange->behaviour,
                      .ends_mono_ms = clock_mono_ms() + BAD_MS_MAX};
    /* the slices of the copy still lie in the exchange, which outlives this */
    bad_run(&bad);
    log_request(&bad.request, bad.status, bad.bytes, &bad.behaviour);
    shutdown(bad.fd, SHUT_WR);
    exchange->is_over = true;
    atomic_fetch_sub(&bad_running, 1);
    MHD_resume_connection(exchange->connection); /* which asks again, and is told to close */
    return NULL;
}

static enum MHD_Result bad_begin(struct exchange *exchange)
{
    pthread_t thread;
    pthread_attr_t attr;
    exchange->is_bad = true;
    if (atomic_fetch_add(&bad_running, 1) >= BAD_AT_ONCE_MAX || pthread_attr_init(&attr) != 0) {
        atomic_fetch_sub(&bad_running, 1);
        return MHD_NO;
    }
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    MHD_suspend_connection(exchange->connection);
    int rc = pthread_create(&thread, &attr, bad_main, exchange);
    pthread_attr_destroy(&attr);
    if (rc == 0)
        return MHD_YES;
    atomic_fetch_sub(&bad_running, 1);
    exchange->is_over = true;
    MHD_resume_connection(exchange->connection);
    return MHD_YES;
}

/* ---- files ---- */

static enum MHD_Result send_page(struct exchange *exchange, struct page *page)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(page->len, page->body, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        return MHD_NO;
    page->body = NULL;
    struct slice rest = text_buf_slice(&page->headers), line;
    while (slice_next_line(&rest, &line)) {
        char name[128], value[BOARD_FIELD_BYTES];
        size_t colon = slice_find_char(line, ':');
        struct slice v = slice_trim(slice_from(line, colon + 1));
        snprintf(name, sizeof name, "%.*s", (int)colon, line.at);
        snprintf(value, sizeof value, "%.*s", (int)v.len, v.at);
        MHD_add_response_header(response, name, value);
    }
    exchange->status = page->status;
    exchange->bytes = strcmp(exchange->request.method, "HEAD") == 0 ? 0 : page->len;
    exchange->request.sent_mono_ms = clock_mono_ms();
    enum MHD_Result rc = MHD_queue_response(exchange->connection, (unsigned)page->status, response);
    MHD_destroy_response(response);
    return rc;
}

static enum MHD_Result send_file(struct exchange *exchange)
{
    struct page page;
    site_answer(root, &exchange->request, &page);
    enum MHD_Result rc = send_page(exchange, &page);
    page_release(&page);
    return rc;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_data_size, void **con_cls)
{
    struct exchange *exchange = *con_cls;
    (void)ctx, (void)connection, (void)url, (void)version, (void)upload_data;
    if (exchange == NULL || exchange->is_over)
        return MHD_NO;
    if (!exchange->has_head || *upload_data_size > 0) { /* an early answer would cost keep-alive */
        exchange->has_head = true;
        *upload_data_size = 0;
        return MHD_YES;
    }
    request_fill(exchange, method);
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        struct page page;
        page_init(&page, 405);
        page_header(&page, "Allow", "GET, HEAD");
        enum MHD_Result rc = send_page(exchange, &page);
        page_release(&page);
        return rc;
    }
    rules_find(&exchange->request, &exchange->behaviour);
    return exchange->behaviour.count > 0 ? bad_begin(exchange) : send_file(exchange);
}

/* ---- the server ---- */

static int fail(const char *what)
{
    perror(what);
    return -1;
}

static int listen_on(const struct options *options, unsigned *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    socklen_t len = sizeof at;
    int one = 1;
    if (inet_pton(AF_INET, options->bind, &at.sin_addr) != 1 ||
        (ntohl(at.sin_addr.s_addr) >> 24) != 127) {
        fprintf(stderr, "board: --bind %s: only 127.0.0.0/8\n", options->bind);
        return -1;
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail("board: socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        close(fd);
        return fail("board: listening");
    }
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static bool port_tell(const struct options *options, unsigned port)
{
    printf("board: http://%s:%u/\n", options->bind, port);
    fflush(stdout);
    if (options->port_file == NULL)
        return true;
    char path[4096];
    snprintf(path, sizeof path, "%s.new", options->port_file);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fprintf(file, "%u\n", port);
    return fclose(file) == 0 && rename(path, options->port_file) == 0;
}

static int serve(const struct options *options)
{
    unsigned port = 0;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int fd = listen_on(options, &port);
    if (fd < 0)
        return 69;
    root = options->root;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
        on_request, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK,
        on_request_line, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_over, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        1000u, MHD_OPTION_CONNECTION_TIMEOUT, 120u, MHD_OPTION_END);
    if (daemon == NULL || !port_tell(options, port)) {
        fprintf(stderr, "board: cannot start\n");
        return 69;
    }
    struct timespec life = {.tv_sec = options->lifetime_s};
    sigtimedwait(&ends, NULL, &life);
    if (atomic_load(&bad_running) == 0)
        MHD_stop_daemon(daemon);
    return 0; /* threads that misbehave end with the process */
}

/* ---- options ---- */

enum option_code {
    OPT_HELP = 1,
    OPT_ROOT,
    OPT_PORT,
    OPT_BIND,
    OPT_PORT_FILE,
    OPT_LOG,
    OPT_BEHAVE,
    OPT_LIFETIME,
    OPT_ORPHAN
};

static const struct option option_table[] = {{"help", no_argument, NULL, OPT_HELP},
                                             {"root", required_argument, NULL, OPT_ROOT},
                                             {"port", required_argument, NULL, OPT_PORT},
                                             {"bind", required_argument, NULL, OPT_BIND},
                                             {"port-file", required_argument, NULL, OPT_PORT_FILE},
                                             {"log", required_argument, NULL, OPT_LOG},
                                             {"behave", required_argument, NULL, OPT_BEHAVE},
                                             {"lifetime", required_argument, NULL, OPT_LIFETIME},
                                             {"orphan", no_argument, NULL, OPT_ORPHAN},
                                             {NULL, 0, NULL, 0}};

static bool number_read(long most, long *ret_number)
{
    int64_t value = 0;
    if (slice_to_int64(slice_of(optarg), &value) != OK || value < 0 || value > most) {
        fprintf(stderr, "board: \"%s\" is not a number from 0 to %ld\n", optarg, most);
        return false;
    }
    *ret_number = (long)value;
    return true;
}

static bool take_option(int code, struct options *options)
{
    switch (code) {
    case OPT_ROOT:
        options->root = optarg;
        return true;
    case OPT_PORT:
        return number_read(65535, &options->port);
    case OPT_BIND:
        options->bind = optarg;
        return true;
    case OPT_PORT_FILE:
        options->port_file = optarg;
        return true;
    case OPT_LOG:
        options->log = optarg;
        return true;
    case OPT_BEHAVE:
        return rules_add_file(optarg);
    case OPT_LIFETIME:
        return number_read(86400, &options->lifetime_s);
    case OPT_ORPHAN:
        options->orphan = true;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    struct options options = {.bind = "127.0.0.1", .lifetime_s = 600};
    int code;
    while ((code = getopt_long(argc, argv, "", option_table, NULL)) != -1) {
        if (code == OPT_HELP) {
            board_help();
            return 0;
        }
        if (!take_option(code, &options))
            return 64;
    }
    if (options.root == NULL || optind != argc) {
        fprintf(stderr, "usage: board --root DIR [OPTION…]; board --help tells more\n");
        return 64;
    }
    if (!options.orphan && (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() == 1))
        fprintf(stderr, "board: nobody to end with\n");
    if (!log_open(options.log)) {
        perror(options.log);
        return 73;
    }
    signal(SIGPIPE, SIG_IGN);
    return serve(&options);
}
