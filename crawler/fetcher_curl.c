/* fetcher_curl.c - one download as libcurl sees it; see fetcher_inside.h.
 *
 * What is the same for all downloads is set once, when a handle is made; a request sets its URL,
 * its headers and where its name leads. Limits are counted where bytes arrive, because curl checks
 * only what a server declares. Addresses are checked when a socket opens and again before the
 * request is written, which also covers connections that were kept.
 * Cost: about 26 microseconds a page on a kept connection, most of it the kernel's. */
#include "crawler/fetcher_inside.h"

#include "common/clock.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define CONNECTIONS_KEPT_MIN 128u
#define CONNECTIONS_KEPT_MAX 512u
#define REQUEST_HEAD_MAX     (64u << 10)
#define HEAD_LINE_BYTES_MAX  (100u << 10) /* curl's own */
#define CONDITION_BYTES_MAX  1024u
#define NAMES_CACHED_S       3600L /* in curl, where each request brings its addresses anew */
#define CHECK_CURL(call)     ((call) == CURLE_OK)

_Static_assert(FETCH_CURL_WHY_BYTES >= CURL_ERROR_SIZE, "curl writes more than there is room");

enum { NODE_IF_MODIFIED, NODE_IF_NONE, NODE_HOST, NODE_RESOLVE, NODE_COUNT };

/* ---- what arrives ---- */

static size_t on_body(char *bytes, size_t one, size_t count, void *ctx)
{
    struct fetch *fetch = ctx;
    size_t len = one * count;
    size_t room = fetch->body_bytes_max - fetch->body.len;
    fetch->last_byte_mono_ms = clock_mono_ms();
    fetch->bytes_received += len;
    if (text_buf_add(&fetch->body, bytes, len < room ? len : room) != OK) {
        fetch_decide(fetch, ERR_NOMEM, FETCH_CUT_LENGTH, "no memory for the body");
        return CURL_WRITEFUNC_ERROR;
    }
    if (len <= room)
        return len;
    fetch_decide(fetch, ERR_LIMIT, FETCH_CUT_LENGTH, "over the body limit of %zu bytes",
                 fetch->body_bytes_max);
    return CURL_WRITEFUNC_ERROR;
}

/* Keeps the last answer's head; lines after it are trailers, which only count. */
static int head_line(struct fetch *fetch, struct slice line)
{
    if (fetch_has_head(fetch))
        return OK;
    if (fetch->head_ended || fetch->response_head.len == 0) {
        text_buf_reset(&fetch->response_head);
        fetch->http_status = fetch_head_status(line);
        fetch->head_ended = false;
    }
    if (text_buf_add_slice(&fetch->response_head, line) != OK)
        return ERR_NOMEM;
    fetch->head_ended = slice_trim(line).len == 0;
    if (!fetch_has_head(fetch))
        return OK;
    fetch->phase = FETCH_BODY;
    return fetch_head_is_sound(text_buf_slice(&fetch->response_head)) ? OK : ERR_SYNTAX;
}

static size_t on_head(char *bytes, size_t one, size_t count, void *ctx)
{
    struct fetch *fetch = ctx;
    struct slice line = slice_make(bytes, one * count);
    size_t limit = fetch->fetcher->settings.head_bytes_max;
    fetch->last_byte_mono_ms = clock_mono_ms();
    fetch->bytes_received += line.len;
    fetch->head_bytes += line.len;
    if (fetch->head_bytes > limit)
        fetch_decide(fetch, ERR_LIMIT, FETCH_CUT_LENGTH, "over the head limit of %zu bytes", limit);
    else if (slice_find_char(line, '\0') != SIZE_MAX)
        fetch_decide(fetch, ERR_SYNTAX, FETCH_WHOLE, "not HTTP: a NUL byte in the head");
    else
        switch (head_line(fetch, line)) {
        case OK:
            return line.len;
        case ERR_SYNTAX:
            fetch_decide(fetch, ERR_SYNTAX, FETCH_WHOLE, "not HTTP: two lengths in the head");
            break;
        default:
            fetch_decide(fetch, ERR_NOMEM, FETCH_CUT_LENGTH, "no memory for the head");
        }
    return CURL_WRITEFUNC_ERROR;
}

/* The request as it was written. One that curl repeats, because a kept connection had died, begins
 * a new head. */
static int on_debug(CURL *easy, curl_infotype what, char *bytes, size_t len, void *ctx)
{
    struct fetch *fetch = ctx;
    (void)easy;
    if (what != CURLINFO_HEADER_OUT)
        return 0;
    if (slice_ends(text_buf_slice(&fetch->request_head), "\r\n\r\n"))
        text_buf_reset(&fetch->request_head);
    text_buf_add(&fetch->request_head, bytes, len);
    return 0;
}

/* ---- where it may go ---- */

static bool has_proxy(const struct fetcher *fetcher)
{
    return fetcher->proxy[0] != '\0';
}

static bool refuse(struct fetch *fetch, const struct address *address, uint16_t port)
{
    char text[ADDRESS_TEXT_BYTES];
    const char *why = address_refusal_for(&fetch->fetcher->settings.policy, address, port);
    if (why == NULL)
        return false;
    fetch_decide(fetch, ERR_DENIED, FETCH_WHOLE, "%.*s leads to %s, which is refused: %s",
                 (int)fetch->parsed.host.len, fetch->parsed.host.at, address_text(address, text),
                 why);
    return true;
}

static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *wanted)
{
    struct fetch *fetch = ctx;
    struct address address = {0};
    uint16_t port = 0;
    (void)purpose;
    if (!has_proxy(fetch->fetcher)) {
        if (!address_from_sockaddr(&wanted->addr, &address, &port) || refuse(fetch, &address, port))
            return CURL_SOCKET_BAD;
    }
    int fd =
        socket(wanted->family, wanted->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, wanted->protocol);
    if (fd < 0 && errno != EAFNOSUPPORT)
        fetch_decide(fetch, ERR_NET, FETCH_WHOLE, "this machine has no socket left: %s",
                     strerror(errno));
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static bool peer_read(const char *text, struct address *ret_peer)
{
    struct slice slice = slice_of(text);
    return address_parse_ipv4(slice, ret_peer) == OK || address_parse_ipv6(slice, ret_peer) == OK;
}

static int on_before_request(void *ctx, char *peer_ip, char *local_ip, int peer_port,
                             int local_port)
{
    struct fetch *fetch = ctx;
    (void)local_ip;
    (void)local_port;
    fetch->last_byte_mono_ms = clock_mono_ms();
    if (!has_proxy(fetch->fetcher)) {
        struct address peer = {0};
        if (!peer_read(peer_ip, &peer)) {
            fetch_decide(fetch, ERR_DENIED, FETCH_WHOLE, "connected to no address: %s", peer_ip);
            return CURL_PREREQFUNC_ABORT;
        }
        if (refuse(fetch, &peer, (uint16_t)peer_port))
            return CURL_PREREQFUNC_ABORT;
        fetch->peer = peer;
        fetch->has_peer = true;
    }
    fetch->phase = FETCH_HEAD;
    fetch->sent = true;
    return CURL_PREREQFUNC_OK;
}

/* ---- a handle ---- */

static bool set_callbacks(CURL *easy, struct fetch *fetch)
{
    return CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_DEBUGDATA, fetch)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_before_request)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PREREQDATA, fetch)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->curl_why));
}

static bool set_http(CURL *easy, const struct fetcher *fetcher)
{
    return CHECK_CURL(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https")) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_USERAGENT, fetcher->user_agent)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PROXY, fetcher->proxy)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_NOPROXY, "")) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, NAMES_CACHED_S));
}

static bool set_tls(CURL *easy, const struct fetcher *fetcher)
{
    if (!CHECK_CURL(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_SHARE, fetcher->share)))
        return false;
    if (fetcher->ca_file[0] == '\0')
        return true;
    return CHECK_CURL(curl_easy_setopt(easy, CURLOPT_CAINFO, fetcher->ca_file)) &&
           CHECK_CURL(curl_easy_setopt(easy, CURLOPT_CAPATH, NULL));
}

int fetch_easy_create(struct fetch *fetch)
{
    text_buf_init(&fetch->request_head, REQUEST_HEAD_MAX);
    fetch->nodes = calloc(NODE_COUNT, sizeof *fetch->nodes);
    CURL *easy = curl_easy_init();
    if (easy == NULL || fetch->nodes == NULL) {
        curl_easy_cleanup(easy);
        return ERR_NOMEM;
    }
    if (!set_callbacks(easy, fetch) || !set_http(easy, fetch->fetcher) ||
        !set_tls(easy, fetch->fetcher)) {
        curl_easy_cleanup(easy);
        return ERR_NOMEM;
    }
    fetch->easy = easy;
    return OK;
}

void fetch_easy_free(struct fetch *fetch)
{
    curl_easy_cleanup(fetch->easy);
    free(fetch->nodes);
}

/* Puts "name: value" before the headers. */
static int condition_add(struct fetch *fetch, const char *name, const char *value,
                         struct curl_slist *node)
{
    struct slice text = slice_of(value);
    if (text.len == 0 || text.len > CONDITION_BYTES_MAX)
        return OK;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7F)
            return OK;
    node->data = arena_printf(fetch->arena, "%s: %s", name, value);
    if (node->data == NULL)
        return ERR_NOMEM;
    node->next = fetch->headers;
    fetch->headers = node;
    return OK;
}

int fetch_easy_headers(struct fetch *fetch, const struct fetch_request *request)
{
    const struct fetcher *fetcher = fetch->fetcher;
    fetch->headers = request->identity ? fetcher->headers_identity : fetcher->headers_coded;
    int rc = condition_add(fetch, "If-Modified-Since", request->last_modified,
                           &fetch->nodes[NODE_IF_MODIFIED]);
    if (rc == OK)
        rc = condition_add(fetch, "If-None-Match", request->etag, &fetch->nodes[NODE_IF_NONE]);
    return rc;
}

/* "+host:port:address,address": good until the next request of that name. */
static char *resolve_text(const struct fetch *fetch, uint16_t port, const struct address *list,
                          size_t count)
{
    struct slice host = fetch->parsed.host;
    char *text = arena_printf(fetch->arena, "+%.*s:%u:", (int)host.len, host.at, (unsigned)port);
    for (size_t i = 0; text != NULL && i < count; i++) {
        char one[ADDRESS_TEXT_BYTES];
        bool is_6 = list[i].family == 6;
        text = arena_printf(fetch->arena, "%s%s%s%s%s", text, i == 0 ? "" : ",", is_6 ? "[" : "",
                            address_text(&list[i], one), is_6 ? "]" : "");
    }
    return text;
}

/* What curl is told: where, and that the name leads there. */
struct target {
    char *url;
    struct curl_slist *resolve, *connect_to; /* NULL: none */
    bool may_be_http2;
};

static int target_usual(struct fetch *fetch, const struct names_answer *addresses,
                        struct target *ret_target)
{
    struct slice href = url_without_fragment(&fetch->parsed);
    struct curl_slist *resolve = &fetch->nodes[NODE_RESOLVE];
    *ret_target = (struct target){.url = arena_copy(fetch->arena, href.at, href.len),
                                  .may_be_http2 = slice_is(fetch->parsed.scheme, "https")};
    if (addresses->count > 0) {
        resolve->data = resolve_text(fetch, fetch->parsed.port, addresses->list, addresses->count);
        if (resolve->data == NULL)
            return ERR_NOMEM;
        ret_target->resolve = resolve;
    }
    return ret_target->url == NULL ? ERR_NOMEM : OK;
}

/* The test endpoint: plain http (or TLS, where it speaks that) to its port under the name of the URL, so that each name has its
 * own connections; the Host header says what the URL says. */
static int target_test(struct fetch *fetch, struct target *ret_target)
{
    struct fetcher *fetcher = fetch->fetcher;
    const struct address_policy *policy = &fetcher->settings.policy;
    const struct url *url = &fetch->parsed;
    struct slice path = url_path_query(url);
    struct curl_slist *resolve = &fetch->nodes[NODE_RESOLVE], *host = &fetch->nodes[NODE_HOST];
    *ret_target = (struct target){
        .url = arena_printf(fetch->arena, "http%s://%.*s:%u%.*s", policy->test_tls ? "s" : "",
                            (int)url->host.len, url->host.at, (unsigned)policy->test_port,
                            (int)path.len, path.at)};
    host->data =
        arena_printf(fetch->arena, "Host: %.*s", (int)url->host_port.len, url->host_port.at);
    host->next = fetch->headers;
    fetch->headers = host;
    resolve->data = resolve_text(fetch, policy->test_port, &policy->test_address, 1);
    if (url->host.at[0] == '[') /* no name: curl would not look for it in its table */
        ret_target->connect_to = fetcher->test_connect_to;
    else
        ret_target->resolve = resolve;
    return ret_target->url == NULL || host->data == NULL || resolve->data == NULL ? ERR_NOMEM : OK;
}

int fetch_easy_start(struct fetch *fetch, const struct names_answer *addresses)
{
    struct fetcher *fetcher = fetch->fetcher;
    CURL *easy = fetch->easy;
    struct target target = {0};
    int rc = fetcher->settings.all_names_are_test_endpoint
                 ? target_test(fetch, &target)
                 : target_usual(fetch, addresses, &target);
    if (rc != OK)
        return rc;
    fetch->curl_why[0] = '\0';
    if (!CHECK_CURL(curl_easy_setopt(easy, CURLOPT_URL, target.url)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->headers)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_RESOLVE, target.resolve)) ||
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_CONNECT_TO, target.connect_to)) ||
        /* Waiting for a connection that may be shared; over plain http it never will be, and curl
         * wakes those that wait one by one, behind a stalled answer too. */
        !CHECK_CURL(curl_easy_setopt(easy, CURLOPT_PIPEWAIT, target.may_be_http2 ? 1L : 0L)))
        return ERR_NOMEM;
    fetch->phase = FETCH_CONNECTS;
    fetch->begun_mono_ms = clock_mono_ms();
    fetch->begun_unix_ms = clock_unix_ms();
    return curl_multi_add_handle(fetcher->multi, easy) == CURLM_OK ? OK : ERR_NOMEM;
}

void fetch_easy_stop(struct fetch *fetch)
{
    if (fetch->phase == FETCH_CONNECTS || fetch->phase == FETCH_HEAD || fetch->phase == FETCH_BODY)
        curl_multi_remove_handle(fetch->fetcher->multi, fetch->easy);
}

/* ---- what an error means ---- */

static const struct {
    CURLcode code;
    int status;
} meanings[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_SYNTAX}, /* HTTP/0.9 */
    {CURLE_URL_MALFORMAT, ERR_SYNTAX},         {CURLE_WEIRD_SERVER_REPLY, ERR_SYNTAX},
    {CURLE_BAD_CONTENT_ENCODING, ERR_SYNTAX},  {CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, ERR_TLS},        {CURLE_PEER_FAILED_VERIFICATION, ERR_TLS},
    {CURLE_SSL_CERTPROBLEM, ERR_TLS},          {CURLE_SSL_CIPHER, ERR_TLS},
    {CURLE_USE_SSL_FAILED, ERR_TLS},           {CURLE_SSL_ENGINE_INITFAILED, ERR_TLS},
    {CURLE_SSL_CACERT_BADFILE, ERR_TLS},       {CURLE_SSL_SHUTDOWN_FAILED, ERR_TLS},
    {CURLE_SSL_CRL_BADFILE, ERR_TLS},          {CURLE_SSL_ISSUER_ERROR, ERR_TLS},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, ERR_TLS}, {CURLE_SSL_INVALIDCERTSTATUS, ERR_TLS},
    {CURLE_SSL_CLIENTCERT, ERR_TLS},
};

static int meaning_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].code == code)
            return meanings[i].status;
    return ERR_NET;
}

void fetch_easy_ended(struct fetch *fetch, int result)
{
    CURLcode code = (CURLcode)result;
    const char *why = fetch->curl_why[0] != '\0' ? fetch->curl_why : curl_easy_strerror(code);
    enum fetch_cut cut = fetch_has_head(fetch) ? FETCH_CUT_DISCONNECT : FETCH_WHOLE;
    if (code == CURLE_OK && !fetch_has_head(fetch))
        fetch_decide(fetch, ERR_NET, FETCH_WHOLE, "the connection ended before the head did");
    else if (code == CURLE_OUT_OF_MEMORY && fetch->phase == FETCH_HEAD)
        fetch_decide(fetch, ERR_LIMIT, FETCH_CUT_LENGTH, "over %u bytes in one line of the head",
                     HEAD_LINE_BYTES_MAX);
    else if (code == CURLE_OUT_OF_MEMORY)
        fetch_decide(fetch, ERR_NOMEM, FETCH_WHOLE, "no memory");
    else if (code != CURLE_OK)
        fetch_decide(fetch, meaning_of(code), cut, "%s", why);
}

/* ---- the handle of all ---- */

static struct curl_slist *headers_make(const char *encoding)
{
    struct curl_slist *list = curl_slist_append(
        NULL, "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    if (list != NULL && curl_slist_append(list, encoding) == NULL) {
        curl_slist_free_all(list);
        return NULL;
    }
    return list;
}

/* "::address:port": whatever the URL says, there. */
static struct curl_slist *connect_to_make(const struct address_policy *policy)
{
    char address[ADDRESS_TEXT_BYTES], text[ADDRESS_TEXT_BYTES + 16];
    bool is_6 = policy->test_address.family == 6;
    snprintf(text, sizeof text, "::%s%s%s:%u", is_6 ? "[" : "",
             address_text(&policy->test_address, address), is_6 ? "]" : "",
             (unsigned)policy->test_port);
    return curl_slist_append(NULL, text);
}

static unsigned clamp(unsigned value, unsigned low, unsigned high)
{
    return value < low ? low : value > high ? high : value;
}

/* Connections kept for later: hosts are asked again after seconds. A quarter of the files we may
 * open at most. */
static unsigned connections_kept(const struct fetcher *fetcher)
{
    unsigned in_flight = clamp(fetcher->settings.in_flight_max, 1, CONNECTIONS_KEPT_MAX);
    unsigned kept = clamp(8 * in_flight, CONNECTIONS_KEPT_MIN, CONNECTIONS_KEPT_MAX);
    struct rlimit files = {0};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / 4 < kept)
        kept = (unsigned)(files.rlim_cur / 4);
    return clamp(kept, in_flight, CONNECTIONS_KEPT_MAX);
}

int fetcher_curl_create(struct fetcher *fetcher)
{
    unsigned kept = connections_kept(fetcher);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return ERR_NOMEM;
    fetcher->global = true;
    fetcher->multi = curl_multi_init();
    fetcher->share = curl_share_init();
    fetcher->headers_coded = headers_make("Accept-Encoding: gzip, br, zstd");
    fetcher->headers_identity = headers_make("Accept-Encoding: identity");
    fetcher->test_connect_to = connect_to_make(&fetcher->settings.policy);
    if (fetcher->multi == NULL || fetcher->share == NULL || fetcher->headers_coded == NULL ||
        fetcher->headers_identity == NULL || fetcher->test_connect_to == NULL)
        return ERR_NOMEM;
    curl_share_setopt(fetcher->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(fetcher->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, (long)kept);
    return OK;
}

void fetcher_curl_release(struct fetcher *fetcher)
{
    if (fetcher->multi != NULL)
        curl_multi_cleanup(fetcher->multi);
    if (fetcher->share != NULL)
        curl_share_cleanup(fetcher->share);
    fetch_certificates_free(fetcher->certificates);
    curl_slist_free_all(fetcher->headers_coded);
    curl_slist_free_all(fetcher->headers_identity);
    curl_slist_free_all(fetcher->test_connect_to);
    if (fetcher->global)
        curl_global_cleanup();
}
