/* board_bad.c - answers that are slow, broken or unwelcome; see --help for what each name does.
 *
 * A thread owns the connection while one of these runs and writes to the socket itself. Nothing
 * here is without end: the peer leaves, a minute passes, or a gigabyte is written. */
#include "tests/board/board.h"

#include "common/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BAD_BYTES_MAX (1u << 30)

/* ---- writing ---- */

bool bad_write(struct bad *bad, const char *bytes, size_t len)
{
    if (bad->bytes == 0 && len > 12 && memcmp(bytes, "HTTP/1.", 7) == 0)
        bad->status = (int)strtol(bytes + 9, NULL, 10);
    while (len > 0) {
        if (bad->bytes > BAD_BYTES_MAX || clock_mono_ms() > bad->ends_mono_ms)
            return false;
        bad->request.sent_mono_ms = clock_mono_ms();
        ssize_t sent = send(bad->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            struct pollfd wait = {.fd = bad->fd, .events = POLLOUT};
            poll(&wait, 1, 200);
            continue;
        }
        if (sent < 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
        bad->bytes += (uint64_t)sent;
    }
    return true;
}

bool bad_print(struct bad *bad, const char *format, ...)
{
    va_list args;
    char *line = NULL;
    va_start(args, format);
    int len = vasprintf(&line, format, args);
    va_end(args);
    bool ok = len >= 0 && bad_write(bad, line, (size_t)len);
    free(line);
    return ok;
}

bool bad_wait(struct bad *bad, int64_t ms)
{
    int64_t until = clock_mono_ms() + ms;
    if (until > bad->ends_mono_ms)
        until = bad->ends_mono_ms;
    for (;;) {
        int64_t left = until - clock_mono_ms();
        if (left <= 0)
            return clock_mono_ms() < bad->ends_mono_ms;
        struct pollfd wait = {.fd = bad->fd, .events = POLLRDHUP};
        if (poll(&wait, 1, (int)left) > 0 && wait.revents != 0)
            return false;
    }
}

static void wait_for_ever(struct bad *bad)
{
    while (bad_wait(bad, 1000))
        continue;
}

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {301, "Moved Permanently"},
                   {302, "Found"},
                   {303, "See Other"},
                   {304, "Not Modified"},
                   {307, "Temporary Redirect"},
                   {308, "Permanent Redirect"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {410, "Gone"},
                   {429, "Too Many Requests"},
                   {451, "Unavailable For Legal Reasons"},
                   {500, "Internal Server Error"},
                   {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

void bad_send(struct bad *bad, int status, const char *headers, struct slice body)
{
    if (bad_print(bad, "HTTP/1.1 %d %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
                  status, http_reason(status), headers, body.len) &&
        strcmp(bad->request.method, "HEAD") != 0)
        bad_write(bad, body.at, body.len);
}

/* The head of the file's page, stating a length that is as many bytes off. */
static bool page_head(struct bad *bad, const struct page *page, long off)
{
    return bad_print(bad, "HTTP/1.1 %d %s\r\n%sContent-Length: %ld\r\nConnection: close\r\n\r\n",
                     page->status, http_reason(page->status), text_buf_cstr(&page->headers),
                     (long)page->len + off);
}

/* ---- the file, late or in part ---- */

static void do_slow(struct bad *bad, struct page *page)
{
    if (bad_wait(bad, behaviour_number(&bad->behaviour, 1, 2000)) && page_head(bad, page, 0))
        bad_write(bad, page->body, page->len);
}

static void do_drip(struct bad *bad, struct page *page)
{
    int64_t ms = behaviour_number(&bad->behaviour, 1, 1000);
    size_t piece = (size_t)behaviour_number(&bad->behaviour, 2, 1);
    if (!page_head(bad, page, 0))
        return;
    for (size_t at = 0; at < page->len; at += piece) {
        size_t left = page->len - at;
        if (!bad_write(bad, page->body + at, left < piece ? left : piece) || !bad_wait(bad, ms))
            return;
    }
}

static void do_stall_body(struct bad *bad, struct page *page)
{
    size_t half = (size_t)behaviour_number(&bad->behaviour, 1, (long)page->len / 2);
    if (page_head(bad, page, 0) && bad_write(bad, page->body, half < page->len ? half : page->len))
        wait_for_ever(bad);
}

static void do_cut_body(struct bad *bad, struct page *page)
{
    size_t half = (size_t)behaviour_number(&bad->behaviour, 1, (long)page->len / 2);
    if (page_head(bad, page, 0))
        bad_write(bad, page->body, half < page->len ? half : page->len);
}

static void do_length_long(struct bad *bad, struct page *page)
{
    if (page_head(bad, page, behaviour_number(&bad->behaviour, 1, 500)))
        bad_write(bad, page->body, page->len);
}

static void do_length_short(struct bad *bad, struct page *page)
{
    long less = behaviour_number(&bad->behaviour, 1, (long)page->len / 2);
    if (page_head(bad, page, -(less < (long)page->len ? less : (long)page->len)))
        bad_write(bad, page->body, page->len);
}

static void do_charset(struct bad *bad, struct page *page)
{
    char type[BOARD_FIELD_BYTES + 32];
    snprintf(type, sizeof type, "text/html; charset=%s",
             behaviour_word(&bad->behaviour, 1, "koi8-r"));
    page_header(page, "Content-Type", type);
    if (page_head(bad, page, 0))
        bad_write(bad, page->body, page->len);
}

/* A validator that never fits, though the body is the same. */
static void do_etag_new(struct bad *bad, struct page *page)
{
    char etag[64];
    snprintf(etag, sizeof etag, "\"%llx\"", (unsigned long long)clock_unix_ms());
    page_header(page, "ETag", etag);
    page_header(page, "Last-Modified", "");
    if (page_head(bad, page, 0))
        bad_write(bad, page->body, page->len);
}

/* A new body under the old validator. */
static void do_etag_stuck(struct bad *bad, struct page *page)
{
    page_header(page, "ETag", "\"for-ever\"");
    page_header(page, "Last-Modified", "");
    if (strstr(bad->request.if_none_match, "for-ever") != NULL) {
        bad_send(bad, 304, "ETag: \"for-ever\"\r\n", SLICE_EMPTY);
        return;
    }
    if (page_head(bad, page, 24) && bad_write(bad, page->body, page->len))
        bad_print(bad, "<!-- %013lld ... -->", (long long)clock_unix_ms());
}

/* ---- answers without the file ---- */

static void do_status(struct bad *bad)
{
    int status = (int)behaviour_number(&bad->behaviour, 1, 500);
    bad_send(bad, status, "Content-Type: text/html\r\n", SLICE("<h1>As asked for</h1>\n"));
}

/* retry CODE WHEN; WHEN: seconds, "date:SECONDS", "-" (none), or a text as it is */
static void do_retry(struct bad *bad)
{
    int status = (int)behaviour_number(&bad->behaviour, 1, 503);
    const char *when = behaviour_word(&bad->behaviour, 2, "-");
    char headers[BOARD_FIELD_BYTES + 64] = "Content-Type: text/html\r\n", date[64];
    size_t len = strlen(headers);
    if (strncmp(when, "date:", 5) == 0) {
        time_t at = (time_t)(clock_unix_ms() / 1000) + strtol(when + 5, NULL, 10);
        struct tm tm;
        gmtime_r(&at, &tm);
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        when = date;
    }
    if (strcmp(when, "-") != 0)
        snprintf(headers + len, sizeof headers - len, "Retry-After: %s\r\n", when);
    bad_send(bad, status, headers, SLICE("<h1>Later</h1>\n"));
}

static void send_redirect(struct bad *bad, int status, const char *location, int64_t retry_s)
{
    char headers[BOARD_TARGET_BYTES + 96];
    int len = snprintf(headers, sizeof headers, "Location: %s\r\n", location);
    if (retry_s > 0 && len > 0 && (size_t)len < sizeof headers)
        snprintf(headers + len, sizeof headers - (size_t)len, "Retry-After: %lld\r\n",
                 (long long)retry_s);
    bad_send(bad, status, headers, SLICE("moved\n"));
}

static void do_redirect(struct bad *bad)
{
    send_redirect(bad, (int)behaviour_number(&bad->behaviour, 1, 302),
                  behaviour_word(&bad->behaviour, 2, "/"), behaviour_number(&bad->behaviour, 3, 0));
}

static void do_redirect_loop(struct bad *bad)
{
    send_redirect(bad, 302, bad->request.target, 0);
}

/* chain N: N redirects by "?hop=", each to a new URL, then the file */
static void do_redirect_chain(struct bad *bad, struct page *page)
{
    struct slice query = bad->request.query;
    int64_t hop = 0;
    char to[BOARD_TARGET_BYTES + 32];
    if (slice_starts(query, "hop=") && slice_to_int64(slice_from(query, 4), &hop) != OK)
        hop = 0;
    if (hop >= behaviour_number(&bad->behaviour, 1, 1000000)) {
        if (page_head(bad, page, 0))
            bad_write(bad, page->body, page->len);
        return;
    }
    snprintf(to, sizeof to, "%.*s?hop=%lld", (int)bad->request.path.len, bad->request.path.at,
             (long long)hop + 1);
    send_redirect(bad, 302, to, 0);
}

/* ---- broken HTTP ---- */

#define HEAD_200 "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

static void do_silent(struct bad *bad)
{
    wait_for_ever(bad);
}

static void do_stall_head(struct bad *bad)
{
    if (bad_print(bad, HEAD_200 "X-Never"))
        wait_for_ever(bad);
}

static void do_cut_before(struct bad *bad)
{
    (void)bad; /* the connection ends without a byte */
}

static void do_cut_head(struct bad *bad)
{
    bad_print(bad, HEAD_200 "X-Never");
}

static void do_reset(struct bad *bad)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    bad_print(bad, HEAD_200 "Content-Length: 100\r\n\r\nhalf");
    setsockopt(bad->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void do_no_head(struct bad *bad)
{
    bad_print(bad, "<html>neither status nor head</html>\n");
}

static void do_nul_head(struct bad *bad)
{
    static const char head[] = HEAD_200 "X-Nul: a\0b\r\nContent-Length: 2\r\n\r\nok";
    bad_write(bad, head, sizeof head - 1);
}

static void do_two_lengths(struct bad *bad)
{
    bad_print(bad, HEAD_200 "Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello..");
}

static void do_bad_chunk(struct bad *bad)
{
    bad_print(bad, HEAD_200 "Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n");
}

static void do_cut_chunk(struct bad *bad)
{
    bad_print(bad, HEAD_200 "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n40\r\nhalf");
}

/* ---- by name ---- */

static const struct {
    const char *name;
    void (*with_page)(struct bad *bad, struct page *page);
    void (*without)(struct bad *bad);
} doers[] = {
    {"slow", do_slow, NULL},
    {"drip", do_drip, NULL},
    {"stall-body", do_stall_body, NULL},
    {"cut-body", do_cut_body, NULL},
    {"length-long", do_length_long, NULL},
    {"length-short", do_length_short, NULL},
    {"charset", do_charset, NULL},
    {"etag-new", do_etag_new, NULL},
    {"etag-stuck", do_etag_stuck, NULL},
    {"redirect-chain", do_redirect_chain, NULL},
    {"status", NULL, do_status},
    {"retry", NULL, do_retry},
    {"redirect", NULL, do_redirect},
    {"redirect-loop", NULL, do_redirect_loop},
    {"silent", NULL, do_silent},
    {"stall-head", NULL, do_stall_head},
    {"cut-before", NULL, do_cut_before},
    {"cut-head", NULL, do_cut_head},
    {"reset", NULL, do_reset},
    {"no-head", NULL, do_no_head},
    {"nul-head", NULL, do_nul_head},
    {"two-lengths", NULL, do_two_lengths},
    {"bad-chunk", NULL, do_bad_chunk},
    {"cut-chunk", NULL, do_cut_chunk},
};

/* The file of the request; under "/-/" there is none, and a paragraph stands for it. */
static void page_of(struct bad *bad, struct page *page)
{
    static const char text[] = "<!doctype html><title>A page</title><p>A page of the board that "
                               "is served as its address says: late, in part, or wrongly.</p>\n";
    if (!slice_starts(bad->request.path, "/-/")) {
        site_answer(bad->root, &bad->request, page);
        return;
    }
    page_init(page, 200);
    page_header(page, "Content-Type", "text/html; charset=utf-8");
    page->body = strdup(text);
    page->len = page->body == NULL ? 0 : sizeof text - 1;
}

void bad_run(struct bad *bad)
{
    const char *name = bad->behaviour.words[0];
    for (size_t i = 0; i < sizeof doers / sizeof doers[0]; i++) {
        if (strcmp(doers[i].name, name) != 0)
            continue;
        if (doers[i].without != NULL) {
            doers[i].without(bad);
            return;
        }
        struct page page;
        page_of(bad, &page);
        doers[i].with_page(bad, &page);
        page_release(&page);
        return;
    }
    if (!bad_made_up(bad))
        bad_send(bad, 500, "Content-Type: text/plain\r\n",
                 SLICE("board: no such behaviour; see board --help\n"));
}
