/* worker_client.c - a worker child over a blocking socketpair; see worker_client.h. */
#include "app/worker_client.h"

#include "app/frame.h"
#include "app/worker.h"
#include "common/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS INT64_C(30000)

struct worker_client {
    struct worker_client_settings settings;
    int bank_fd, socket_fd;
    pid_t child; /* 0: none */
    uint64_t next_id;
    struct text_buf in, out, payload;
};

int worker_bank_memfd(struct slice bank, int *ret_fd, struct failure *reterr)
{
    int fd = memfd_create("lurewatch-bank", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return failure_set(reterr, ERR_IO, "memfd_create: %s", strerror(errno));
    struct slice rest = bank;
    while (rest.len > 0) {
        ssize_t done = write(fd, rest.at, rest.len);
        if (done <= 0) {
            int rc = failure_set(reterr, ERR_IO, "cannot hand over the bank: %s", strerror(errno));
            close(fd);
            return rc;
        }
        rest = slice_from(rest, (size_t)done);
    }
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        int rc = failure_set(reterr, ERR_IO, "cannot seal the bank: %s", strerror(errno));
        close(fd);
        return rc;
    }
    *ret_fd = fd;
    return OK;
}

int worker_client_create(const struct worker_client_settings *settings,
                         struct worker_client **ret_client, struct failure *reterr)
{
    struct worker_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    client->settings = *settings;
    client->settings.bank = SLICE_EMPTY;
    client->socket_fd = -1;
    text_buf_init(&client->in, FRAME_PAYLOAD_BYTES_MAX + FRAME_HEAD_BYTES + (1u << 20));
    text_buf_init(&client->out, FRAME_PAYLOAD_BYTES_MAX + FRAME_HEAD_BYTES);
    text_buf_init(&client->payload, FRAME_PAYLOAD_BYTES_MAX);
    int rc = worker_bank_memfd(settings->bank, &client->bank_fd, reterr);
    if (rc != OK) {
        client->bank_fd = -1;
        worker_client_free(client);
        return rc;
    }
    *ret_client = client;
    return OK;
}

static void child_end(struct worker_client *client, bool kill_it)
{
    if (client->socket_fd >= 0)
        close(client->socket_fd);
    client->socket_fd = -1;
    if (client->child > 0) {
        if (kill_it)
            kill(client->child, SIGKILL);
        while (waitpid(client->child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    client->child = 0;
    text_buf_reset(&client->in);
}

void worker_client_free(struct worker_client *client)
{
    if (client == NULL)
        return;
    child_end(client, false);
    if (client->bank_fd >= 0)
        close(client->bank_fd);
    text_buf_release(&client->in);
    text_buf_release(&client->out);
    text_buf_release(&client->payload);
    free(client);
}

/* The child's descriptors 3 and 4; ours are close-on-exec and may have these very numbers. */
static int child_spawn(struct worker_client *client, int theirs, struct failure *reterr)
{
    struct worker_command command;
    worker_command_make(&client->settings.model, client->settings.memory_mib, &command);
    int socket_high = fcntl(theirs, F_DUPFD_CLOEXEC, 10);
    int bank_high = fcntl(client->bank_fd, F_DUPFD_CLOEXEC, 10);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket_high, WORKER_SOCKET_FD);
    posix_spawn_file_actions_adddup2(&actions, bank_high, WORKER_BANK_FD);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawn(&client->child, "/proc/self/exe", &actions, NULL, command.argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(socket_high);
    close(bank_high);
    if (rc != 0) {
        client->child = 0;
        return failure_set(reterr, ERR_UNSUPPORTED, "cannot start a worker: %s", strerror(rc));
    }
    return OK;
}

/* Waits until bytes or the deadline come. */
static int wait_for(struct worker_client *client, short events, int64_t deadline_ms,
                    struct failure *reterr)
{
    for (;;) {
        int64_t left = deadline_ms - clock_mono_ms();
        struct pollfd poll_fd = {.fd = client->socket_fd, .events = events};
        int rc = left <= 0 ? 0 : poll(&poll_fd, 1, (int)left);
        if (rc < 0 && errno == EINTR)
            continue;
        if (rc == 0)
            return failure_set(reterr, ERR_TIMEOUT, "the worker took over %lld ms and was ended",
                               (long long)client->settings.page_ms);
        return rc > 0 ? OK : failure_set(reterr, ERR_IO, "poll: %s", strerror(errno));
    }
}

static int read_more(struct worker_client *client, struct failure *reterr)
{
    static char chunk[256u << 10];
    ssize_t got = recv(client->socket_fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return OK;
    if (got <= 0)
        return failure_set(reterr, ERR_SYNTAX, "the worker died on these bytes");
    int rc = text_buf_add(&client->in, chunk, (size_t)got);
    return rc == OK ? OK : failure_set(reterr, rc, "the worker's answer is too long");
}

static int receive(struct worker_client *client, int64_t deadline_ms, struct frame *ret_frame,
                   struct failure *reterr)
{
    size_t used = 0;
    for (;;) {
        int rc = frame_read(text_buf_slice(&client->in), ret_frame, &used);
        if (rc != OK)
            return failure_set(reterr, rc, "the worker's answer is no frame");
        if (used > 0)
            return OK; /* one page in flight: nothing follows until we ask again */
        rc = wait_for(client, POLLIN, deadline_ms, reterr);
        if (rc == OK)
            rc = read_more(client, reterr);
        if (rc != OK)
            return rc;
    }
}

static int send_bytes(struct worker_client *client, struct slice bytes, int64_t deadline_ms,
                      struct failure *reterr)
{
    while (bytes.len > 0) {
        int rc = wait_for(client, POLLOUT, deadline_ms, reterr);
        if (rc != OK)
            return rc;
        ssize_t done = send(client->socket_fd, bytes.at, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (done <= 0)
            return failure_set(reterr, ERR_SYNTAX, "the worker died");
        bytes = slice_from(bytes, (size_t)done);
    }
    return OK;
}

static int child_start(struct worker_client *client, struct failure *reterr)
{
    int pair[2];
    struct frame frame;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return failure_set(reterr, ERR_IO, "socketpair: %s", strerror(errno));
    client->socket_fd = pair[0];
    int rc = child_spawn(client, pair[1], reterr);
    close(pair[1]);
    if (rc == OK)
        rc = receive(client, clock_mono_ms() + START_MS, &frame, reterr);
    if (rc == OK && frame.kind != FRAME_HELLO)
        rc = failure_set(reterr, ERR_UNSUPPORTED, "the worker cannot start: %.*s",
                         (int)frame.payload.len, frame.payload.at);
    if (rc != OK)
        child_end(client, true);
    text_buf_reset(&client->in);
    return rc;
}

int worker_client_ask(struct worker_client *client, struct slice head, struct slice body,
                      struct slice *ret_reply, struct failure *reterr)
{
    struct frame frame;
    int rc = client->child > 0 ? OK : child_start(client, reterr);
    if (rc != OK)
        return rc;
    text_buf_reset(&client->in);
    text_buf_reset(&client->out);
    text_buf_reset(&client->payload);
    uint64_t id = ++client->next_id;
    rc = frame_join_page(&client->payload, head, body);
    if (rc == OK)
        rc = frame_write(&client->out, FRAME_PAGE, id, text_buf_slice(&client->payload));
    if (rc != OK)
        return failure_set(reterr, rc, "the page is longer than %u bytes", FRAME_PAYLOAD_BYTES_MAX);
    int64_t deadline_ms = clock_mono_ms() + client->settings.page_ms;
    rc = send_bytes(client, text_buf_slice(&client->out), deadline_ms, reterr);
    if (rc == OK)
        rc = receive(client, deadline_ms, &frame, reterr);
    if (rc == OK && (frame.kind != FRAME_REPLY || frame.id != id))
        rc = failure_set(reterr, ERR_SYNTAX, "the worker answered something else");
    if (rc != OK) {
        child_end(client, true);
        return rc;
    }
    *ret_reply = frame.payload;
    return OK;
}
