/* httpd_listen.c - the socket a server listens on; see httpd_listen.h. */
#include "review/httpd_listen.h"
#include "common/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 512

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static int not_an_address(const char *where, struct failure *reterr)
{
    return failure_set(reterr, ERR_SYNTAX,
                       "'%s' is no address to listen on: 127.0.0.1:8417, [::1]:8417 or unix:/path",
                       where);
}

/* "127.0.0.1:8417" or "[::1]:8417" */
static int read_internet(const char *where, union any_address *address, socklen_t *ret_len,
                         struct failure *reterr)
{
    char host[INET6_ADDRSTRLEN];
    struct slice text = slice_of(where);
    bool v6 = slice_starts(text, "[");
    size_t end = v6 ? slice_find(text, SLICE("]:")) : slice_find_char(text, ':');
    int64_t port = -1;
    if (end == SIZE_MAX || end - v6 >= sizeof host ||
        slice_to_int64(slice_from(text, end + (v6 ? 2 : 1)), &port) != OK || port < 0 ||
        port > 65535)
        return not_an_address(where, reterr);
    snprintf(host, sizeof host, "%.*s", (int)(end - v6), where + v6);
    bool loopback = false;
    memset(address, 0, sizeof *address);
    if (v6) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons((uint16_t)port);
        if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) != 1)
            return not_an_address(where, reterr);
        loopback = IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
        *ret_len = sizeof address->v6;
    } else {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons((uint16_t)port);
        if (inet_pton(AF_INET, host, &address->v4.sin_addr) != 1)
            return not_an_address(where, reterr);
        loopback = ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
        *ret_len = sizeof address->v4;
    }
    if (loopback)
        return OK;
    return failure_set(reterr, ERR_DENIED,
                       "%s could be reached by others: the page listens on loopback (127.0.0.1, "
                       "[::1]) or a Unix socket; put a web server with TLS in front and name its "
                       "address in the configuration (review_url)",
                       where);
}

static int read_local(const char *where, union any_address *address, socklen_t *ret_len,
                      struct failure *reterr)
{
    const char *path = where + strlen("unix:");
    memset(address, 0, sizeof *address);
    address->local.sun_family = AF_UNIX;
    if (path[0] != '/' || strlen(path) >= sizeof address->local.sun_path)
        return failure_set(reterr, ERR_SYNTAX,
                           "'%s': the path of a Unix socket begins with / and has under %zu bytes",
                           where, sizeof address->local.sun_path);
    memcpy(address->local.sun_path, path, strlen(path) + 1);
    *ret_len = sizeof address->local;
    return OK;
}

/* A socket file that nobody answers on is what a killed process left. */
static void remove_dead(const union any_address *address, socklen_t len)
{
    struct stat found;
    if (lstat(address->local.sun_path, &found) != 0 || !S_ISSOCK(found.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, &address->any, len) != 0 && errno == ECONNREFUSED)
        unlink(address->local.sun_path);
    close(fd);
}

static int bind_failure(const char *where, int errno_value, struct failure *reterr)
{
    if (errno_value == EADDRINUSE)
        return failure_set(reterr, ERR_BUSY,
                           "%s is in use: another program, or another `lurewatch review`, listens "
                           "there; end it or choose another with --listen",
                           where);
    int code = errno_value == EACCES || errno_value == EPERM ? ERR_DENIED : ERR_IO;
    return failure_set(reterr, code, "cannot listen on %s: %s", where, strerror(errno_value));
}

static unsigned port_of(int fd)
{
    union any_address bound;
    socklen_t len = sizeof bound;
    if (getsockname(fd, &bound.any, &len) != 0 || bound.any.sa_family == AF_UNIX)
        return 0;
    return ntohs(bound.any.sa_family == AF_INET ? bound.v4.sin_port : bound.v6.sin6_port);
}

static int read_address(const char *where, union any_address *address, socklen_t *ret_len,
                        struct failure *reterr)
{
    return slice_starts(slice_of(where), "unix:") ? read_local(where, address, ret_len, reterr)
                                                  : read_internet(where, address, ret_len, reterr);
}

int listen_check(const char *where, struct failure *reterr)
{
    union any_address address;
    socklen_t len = 0;
    return read_address(where, &address, &len, reterr);
}

int listen_on(const char *where, int *ret_fd, unsigned *ret_port, struct failure *reterr)
{
    union any_address address;
    socklen_t len = 0;
    int one = 1;
    bool local = slice_starts(slice_of(where), "unix:");
    int rc = read_address(where, &address, &len, reterr);
    if (rc != OK)
        return rc;
    if (local)
        remove_dead(&address, len);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return bind_failure(where, errno, reterr);
    if (!local && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
        rc = bind_failure(where, errno, reterr);
    mode_t before = umask(0117);
    if (rc == OK && bind(fd, &address.any, len) != 0)
        rc = bind_failure(where, errno, reterr);
    umask(before);
    if (rc == OK && listen(fd, BACKLOG) != 0)
        rc = bind_failure(where, errno, reterr);
    if (rc != OK) {
        close(fd);
        return rc;
    }
    *ret_port = port_of(fd);
    *ret_fd = fd;
    return OK;
}

void listen_done(const char *where)
{
    if (slice_starts(slice_of(where), "unix:"))
        unlink(where + strlen("unix:"));
}
