/* The server of the page: who reads a long answer slowly gets all of it, who owes a request is cut. */
#include "common/clock.h"
#include "review/httpd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES  (16u << 20)
#define REQUEST_S_MAX 1u
#define READING_MS    2500

static void answer(void *ctx, const struct http_request *request, struct http_response *response)
{
    static const char line[1024];
    (void)ctx;
    (void)request;
    for (size_t i = 0; i < ANSWER_BYTES / sizeof line; i++)
        text_buf_add(&response->body, line, sizeof line);
}

static unsigned told_port;

static void listens(void *ctx, unsigned port)
{
    (void)ctx;
    told_port = port;
}

static struct http_room room(void *ctx, const struct http_request *request)
{
    (void)ctx;
    (void)request;
    return (struct http_room){1024, 0};
}

static struct httpd *start(void)
{
    struct httpd *httpd = NULL;
    struct failure why = {0};
    const struct httpd_settings settings = {.listen = "127.0.0.1:0",
                                            .answers = 2,
                                            .connections_max = 8,
                                            .idle_s_max = 20,
                                            .request_s_max = REQUEST_S_MAX,
                                            .listens = listens,
                                            .answer = answer,
                                            .room = room};
    told_port = 0;
    assert_int_equal(httpd_start(&settings, &httpd, &why), OK);
    assert_true(told_port != 0 && told_port == httpd_port(httpd)); /* a request may come now */
    return httpd;
}

static int connected(const struct httpd *httpd)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096;
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)httpd_port(httpd)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* Until the other side ends; as slowly as makes READING_MS of an answer. */
static size_t read_slowly(struct httpd *httpd, int fd)
{
    char bytes[16384];
    size_t got = 0;
    int64_t began = clock_mono_ms(), ticked = began;
    for (;;) {
        int64_t now = clock_mono_ms();
        if (now - ticked >= 100) {
            httpd_tick(httpd);
            ticked = now;
        }
        if ((int64_t)got > (now - began) * (int64_t)ANSWER_BYTES / READING_MS) {
            poll(NULL, 0, 5);
            continue;
        }
        ssize_t more = read(fd, bytes, sizeof bytes);
        if (more <= 0)
            return got;
        got += (size_t)more;
    }
}

static void a_long_answer_is_read_to_its_end(void **state)
{
    static const char head[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct httpd *httpd = start();
    int fd = connected(httpd);
    (void)state;
    assert_int_equal(write(fd, head, sizeof head - 1), sizeof head - 1);
    assert_true(read_slowly(httpd, fd) > ANSWER_BYTES);
    close(fd);
    httpd_stop(httpd);
}

static void who_owes_a_request_is_cut(void **state)
{
    static const char head[] = "GET / HTTP/1.1\r\nHost";
    struct httpd *httpd = start();
    int fd = connected(httpd);
    (void)state;
    assert_int_equal(write(fd, head, sizeof head - 1), sizeof head - 1);
    struct pollfd end = {.fd = fd, .events = POLLIN};
    int64_t began = clock_mono_ms();
    while (poll(&end, 1, 100) == 0 && clock_mono_ms() - began < 20000)
        httpd_tick(httpd);
    assert_true(clock_mono_ms() - began >= 1000 * (int64_t)REQUEST_S_MAX - 100);
    assert_true(clock_mono_ms() - began < 20000);
    close(fd);
    httpd_stop(httpd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_answer_is_read_to_its_end),
        cmocka_unit_test(who_owes_a_request_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
