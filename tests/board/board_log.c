/* board_log.c - the board's access log: a JSON line a request, one write each.
 *
 * The line is written when the last byte was given away, so whoever asked may read the log before
 * it. LOG.open, four bytes mapped into the board, counts the requests whose line is still to come. */
#include "tests/board/board.h"

#include "common/clock.h"
#include "common/json.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int log_fd = -1;
static atomic_int no_file;
static atomic_int *open_requests = &no_file;

static bool count_open(const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s.open", path);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    void *mapped = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, sizeof *open_requests) == 0)
        mapped = mmap(NULL, sizeof *open_requests, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    if (mapped != MAP_FAILED)
        open_requests = mapped;
    return mapped != MAP_FAILED;
}

bool log_open(const char *path)
{
    if (path == NULL)
        return true;
    log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return log_fd >= 0 && count_open(path);
}

void log_request_begun(void)
{
    atomic_fetch_add(open_requests, 1);
}

void log_request_over(void)
{
    atomic_fetch_sub(open_requests, 1);
}

void log_request(const struct request *request, int status, uint64_t bytes,
                 const struct behaviour *behaviour)
{
    struct text_buf line;
    struct json_writer w;
    if (log_fd < 0)
        return;
    text_buf_init(&line, 64u << 10);
    json_writer_init(&w, &line);
    json_open_object(&w);
    json_put_member_int(&w, "start_ms", request->start_unix_ms);
    json_put_member_int(&w, "end_ms", clock_unix_ms());
    json_put_member_int(&w, "start_mono_ms", request->start_mono_ms);
    json_put_member_int(&w, "end_mono_ms", clock_mono_ms());
    json_put_member_int(&w, "sent_mono_ms", request->sent_mono_ms);
    json_put_member(&w, "host", slice_of(request->host));
    json_put_member(&w, "method", slice_of(request->method));
    json_put_member(&w, "path", slice_of(request->target));
    json_put_member_int(&w, "status", status);
    json_put_member_int(&w, "bytes", (int64_t)bytes);
    json_put_member(&w, "agent", slice_of(request->agent));
    json_put_member_if(&w, "accept_encoding", slice_of(request->accept_encoding));
    json_put_member_if(&w, "if_none_match", slice_of(request->if_none_match));
    json_put_member_if(&w, "if_modified_since", slice_of(request->if_modified_since));
    json_put_member_int(&w, "peer_port", request->peer_port);
    if (behaviour != NULL && behaviour->count > 0)
        json_put_member(&w, "behaviour", slice_of(behaviour->words[0]));
    json_close_object(&w);
    text_buf_add_char(&line, '\n');
    if (text_buf_status(&line) == OK && write(log_fd, line.at, line.len) < 0)
        log_fd = -1;
    text_buf_release(&line);
}
