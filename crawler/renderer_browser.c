/* renderer_browser.c - the browser's process, its two pipes, its profile; see renderer_inside.h.
 *
 * Descriptor 3 is what it reads, 4 what it writes: JSON objects that end in a NUL. Its group is its
 * own, so that one signal ends all its processes. */
#include "crawler/renderer_inside.h"

#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define MESSAGE_BYTES_MAX (96u << 20)
#define NOBODY            65534u
#define JSON_DEPTH_MAX    128
#define PROFILE_BYTES     64u
#define ARGUMENT_BYTES    2400u
#define REMOVE_TRIES      10u
#define REMOVE_WAIT_MS    10

struct browser {
    uv_process_t process;
    uv_pipe_t to, from;
    browser_message_fn *message; /* NULL: nobody listens any more */
    void *ctx;
    struct text_buf in;
    char profile[PROFILE_BYTES];
    unsigned open; /* handles */
    bool exited;
};

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    (void)remove(path); /* what is gone already, or fills again: the next try sees it */
    return 0;
}

/* The browser's other processes were killed with it, but may not have ended yet, and write still. */
static void profile_remove(const char *path)
{
    for (unsigned i = 0; i < REMOVE_TRIES && access(path, F_OK) == 0; i++) {
        if (i > 0)
            poll(NULL, 0, REMOVE_WAIT_MS);
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct browser *browser = handle->data;
    if (--browser->open > 0)
        return;
    profile_remove(browser->profile);
    text_buf_release(&browser->in);
    free(browser);
}

static void close_all(struct browser *browser)
{
    uv_handle_t *handles[] = {(uv_handle_t *)&browser->process, (uv_handle_t *)&browser->to,
                              (uv_handle_t *)&browser->from};
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++)
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], on_closed);
}

static void tell_end(struct browser *browser, const char *why)
{
    browser_message_fn *message = browser->message;
    browser->message = NULL;
    if (message != NULL)
        message(browser->ctx, NULL, why);
}

static void on_exit_of(uv_process_t *process, int64_t status, int term_signal)
{
    struct browser *browser = process->data;
    char why[128];
    browser->exited = true;
    snprintf(why, sizeof why, "the browser ended (status %lld, signal %d)", (long long)status,
             term_signal);
    kill(-process->pid, SIGKILL);
    tell_end(browser, why);
    close_all(browser);
}

void browser_kill(struct browser *browser)
{
    if (browser == NULL)
        return;
    browser->message = NULL;
    if (browser->exited)
        return; /* it closes already */
    kill(-browser->process.pid, SIGKILL);
    uv_process_kill(&browser->process, SIGKILL); /* on_exit_of() closes */
}

/* ---- what it says ---- */

/* Every whole message in `in`. */
static void messages_take(struct browser *browser)
{
    size_t at = 0;
    const char *end = NULL;
    while (browser->message != NULL &&
           (end = memchr(browser->in.at + at, '\0', browser->in.len - at)) != NULL) {
        struct json_doc *doc = NULL;
        size_t len = (size_t)(end - browser->in.at) - at;
        int rc =
            json_parse(slice_make(browser->in.at + at, len), false, JSON_DEPTH_MAX, &doc, NULL);
        at += len + 1;
        if (rc == OK)
            browser->message(browser->ctx, json_root(doc), "");
        json_free(doc);
    }
    memmove(browser->in.at, browser->in.at + at, browser->in.len - at);
    text_buf_truncate(&browser->in, browser->in.len - at);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle;
    *buf = uv_buf_init(malloc(suggested), (unsigned)suggested);
    if (buf->base == NULL)
        buf->len = 0;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct browser *browser = stream->data;
    int rc = OK;
    if (got > 0) {
        rc = text_buf_add(&browser->in, buf->base, (size_t)got);
        if (rc == OK && browser->in.len > 0)
            messages_take(browser);
    }
    free(buf->base);
    if (got >= 0 && rc == OK)
        return;
    uv_read_stop(stream);
    kill(-browser->process.pid, SIGKILL);
    tell_end(browser, rc != OK ? "a message of the browser is too long" : "the browser hung up");
}

/* ---- what it is told ---- */

struct sending {
    uv_write_t request;
    char *bytes;
};

static void on_sent(uv_write_t *request, int status)
{
    (void)status; /* a browser that hung up is told by on_read() */
    struct sending *sending = (struct sending *)request;
    free(sending->bytes);
    free(sending);
}

int browser_send(struct browser *browser, struct slice text)
{
    struct sending *sending = calloc(1, sizeof *sending);
    char *bytes = malloc(text.len + 1);
    if (sending == NULL || bytes == NULL) {
        free(sending);
        free(bytes);
        return ERR_NOMEM;
    }
    memcpy(bytes, text.at, text.len);
    bytes[text.len] = '\0';
    sending->bytes = bytes;
    uv_buf_t buf = uv_buf_init(bytes, (unsigned)(text.len + 1));
    int rc = browser->exited || uv_is_closing((uv_handle_t *)&browser->to)
                 ? UV_EPIPE
                 : uv_write(&sending->request, (uv_stream_t *)&browser->to, &buf, 1, on_sent);
    if (rc != 0) {
        free(bytes);
        free(sending);
    }
    return OK; /* that it is gone is told by on_read() or on_exit_of() */
}

/* ---- start ---- */

static int profile_make(struct browser *browser, struct failure *reterr)
{
    snprintf(browser->profile, sizeof browser->profile, "/tmp/lurewatch-browser-XXXXXX");
    if (mkdtemp(browser->profile) == NULL ||
        (geteuid() == 0 && chown(browser->profile, NOBODY, NOBODY) != 0))
        return failure_set(reterr, ERR_IO, "cannot make a folder for the browser in /tmp");
    return OK;
}

static int spawn(struct browser *browser, uv_loop_t *loop, const char *path, const char *user_agent)
{
    char data[ARGUMENT_BYTES], agent[ARGUMENT_BYTES], home[ARGUMENT_BYTES];
    snprintf(data, sizeof data, "--user-data-dir=%s", browser->profile);
    snprintf(agent, sizeof agent, "--user-agent=%s", user_agent);
    snprintf(home, sizeof home, "HOME=%s", browser->profile);
    const char *arguments[] = {path,
                               "--headless=new",
                               "--remote-debugging-pipe",
                               data,
                               agent,
                               "--host-resolver-rules=MAP * ~NOTFOUND",
                               "--proxy-server=socks5://127.0.0.1:1",
                               "--proxy-bypass-list=<-loopback>",
                               "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
                               "--blink-settings=imagesEnabled=false",
                               "--disable-gpu",
                               "--disable-extensions",
                               "--disable-sync",
                               "--disable-background-networking",
                               "--disable-component-update",
                               "--disable-default-apps",
                               "--mute-audio",
                               "--no-first-run",
                               "--no-default-browser-check",
                               "about:blank",
                               NULL};
    const char *environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", home, NULL};
    uv_stdio_container_t stdio[5] = {
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&browser->to},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&browser->from}};
    uv_process_options_t options = {.file = path,
                                    .args = (char **)(uintptr_t)arguments,
                                    .env = (char **)(uintptr_t)environment,
                                    .cwd = browser->profile,
                                    .stdio_count = 5,
                                    .stdio = stdio,
                                    .flags = UV_PROCESS_DETACHED,
                                    .exit_cb = on_exit_of};
    if (geteuid() == 0) {
        options.flags |= UV_PROCESS_SETUID | UV_PROCESS_SETGID;
        options.uid = options.gid = NOBODY;
    }
    uv_pipe_init(loop, &browser->to, 0);
    uv_pipe_init(loop, &browser->from, 0);
    browser->to.data = browser->from.data = browser->process.data = browser;
    browser->open = 3;
    return uv_spawn(loop, &browser->process, &options);
}

int browser_start(struct uv_loop_s *loop, const char *path, const char *user_agent,
                  browser_message_fn *message, void *ctx, struct browser **ret_browser,
                  struct failure *reterr)
{
    struct browser *browser = calloc(1, sizeof *browser);
    if (browser == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    text_buf_init(&browser->in, MESSAGE_BYTES_MAX);
    int rc = profile_make(browser, reterr);
    if (rc != OK) {
        free(browser);
        return rc;
    }
    int status = spawn(browser, loop, path, user_agent);
    if (status != 0) {
        browser->exited = true;
        close_all(browser);
        return failure_set(reterr, ERR_IO, "%s: cannot be started: %s", path, uv_strerror(status));
    }
    browser->message = message;
    browser->ctx = ctx;
    uv_read_start((uv_stream_t *)&browser->from, on_alloc, on_read);
    *ret_browser = browser;
    return OK;
}
