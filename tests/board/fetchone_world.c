/* fetchone_world.c - getaddrinfo() and connect() as this program and its libraries see them.
 *
 * A program's own functions come before those of the C library, for libcurl too; so a test can say
 * where names lead, how long that takes, and prove that nothing was connected to. */
#include "tests/board/fetchone_world.h"

#include "common/file.h"
#include "crawler/address.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef void freeaddrinfo_fn(struct addrinfo *);
typedef int connect_fn(int, const struct sockaddr *, socklen_t);

static struct text_buf names;
static bool has_names, watches_connect;

bool world_names(const char *path)
{
    text_buf_init(&names, 4u << 20);
    has_names = file_read(path, &names, NULL) == OK;
    return has_names;
}

void world_watch_connect(void)
{
    watches_connect = true;
}

/* POSIX lets a function pass through a void pointer; ISO C wants this detour. */
static void real(const char *name, void *ret_function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(ret_function, &found, sizeof found);
}

/* ---- names ---- */

static bool word_next(struct slice *rest, struct slice *ret_word)
{
    *rest = slice_trim(*rest);
    size_t end = slice_find_char(*rest, ' ');
    *ret_word = slice_sub(*rest, 0, end == SIZE_MAX ? rest->len : end);
    *rest = slice_from(*rest, ret_word->len);
    return ret_word->len > 0;
}

static struct addrinfo *info_make(struct slice word)
{
    struct {
        struct addrinfo info; /* first: freed as one */
        struct sockaddr_storage at;
    } *made = calloc(1, sizeof *made);
    char text[64];
    if (made == NULL)
        return NULL;
    snprintf(text, sizeof text, "%.*s", (int)word.len, word.at);
    struct sockaddr_in *v4 = (struct sockaddr_in *)&made->at;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&made->at;
    made->info.ai_socktype = SOCK_STREAM;
    made->info.ai_addr = (struct sockaddr *)&made->at;
    made->info.ai_addrlen = sizeof *v6;
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
        v6->sin6_family = AF_INET6;
    else if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        v4->sin_family = AF_INET;
    made->info.ai_family = made->at.ss_family;
    return &made->info;
}

static void sleep_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

static struct addrinfo *names_find(const char *host)
{
    struct slice rest = text_buf_slice(&names), line, word;
    struct addrinfo *first = NULL, **end = &first;
    int64_t ms = 0;
    while (slice_next_line(&rest, &line)) {
        if (!word_next(&line, &word) || !slice_is(word, host) || !word_next(&line, &word))
            continue;
        if (slice_to_int64(word, &ms) == OK)
            sleep_ms(ms);
        while (word_next(&line, &word) && (*end = info_make(word)) != NULL)
            end = &(*end)->ai_next;
        return first;
    }
    return NULL;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret_list)
{
    if (!has_names) {
        getaddrinfo_fn *function;
        real("getaddrinfo", &function);
        return function(host, service, hints, ret_list);
    }
    *ret_list = names_find(host);
    return *ret_list == NULL ? EAI_NONAME : 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    if (!has_names) {
        freeaddrinfo_fn *function;
        real("freeaddrinfo", &function);
        function(list);
        return;
    }
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;
        free(list);
        list = next;
    }
}

/* ---- connections ---- */

/* Under its own name the C library's header gives it a type that ISO C has not. */
int watched_connect(int fd, const struct sockaddr *to, socklen_t len) __asm__("connect");

int watched_connect(int fd, const struct sockaddr *to, socklen_t len)
{
    connect_fn *function;
    struct address address;
    char text[ADDRESS_TEXT_BYTES];
    uint16_t port = 0;
    if (watches_connect && address_from_sockaddr(to, &address, &port)) {
        printf("{\"connect\":\"%s:%u\"}\n", address_text(&address, text), (unsigned)port);
        if (address.family != 4 || address.bytes[0] != 127) {
            errno = ENETUNREACH;
            return -1;
        }
    }
    real("connect", &function);
    return function(fd, to, len);
}
