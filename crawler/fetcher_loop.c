/* fetcher_loop.c - libcurl's multi-socket API on libuv; see fetcher_inside.h.
 *
 * Rules that took others a long time to find: curl's callbacks only arm (they never call curl
 * back); after every curl_multi_socket_action() finished downloads are collected, also when none is
 * running any more; a poll handle is stopped before its socket closes and freed in its close
 * callback. */
#include "crawler/fetcher_inside.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <uv.h>

#define POLL_ERRORS_MAX 16u

struct socket_poll {
    uv_poll_t handle; /* first: a handle is its poll */
    struct fetcher *fetcher;
    struct socket_poll *prev, *next;
    curl_socket_t socket;
    int events;
    unsigned errors; /* in a row */
};

struct loop_side {
    struct socket_poll *polls; /* all that watch a socket */
    uv_timer_t curl_timer, tick, soon;
    unsigned closing; /* handles that still close */
    bool is_stopped;
};

static void on_handle_closed(struct fetcher *fetcher)
{
    struct loop_side *side = fetcher->side;
    side->closing--;
    if (!side->is_stopped || side->closing > 0)
        return;
    free(side);
    fetcher->side = NULL;
    fetcher_closed(fetcher);
}

/* ---- watching one socket ---- */

static void on_poll_closed(uv_handle_t *handle)
{
    struct socket_poll *poll = (struct socket_poll *)handle;
    struct fetcher *fetcher = poll->fetcher;
    free(poll);
    on_handle_closed(fetcher);
}

static void poll_end(struct socket_poll *poll)
{
    struct fetcher *fetcher = poll->fetcher;
    uv_poll_stop(&poll->handle);
    if (poll->prev != NULL)
        poll->prev->next = poll->next;
    else
        fetcher->side->polls = poll->next;
    if (poll->next != NULL)
        poll->next->prev = poll->prev;
    fetcher->side->closing++;
    uv_close((uv_handle_t *)&poll->handle, on_poll_closed);
}

static struct socket_poll *poll_begin(struct fetcher *fetcher, curl_socket_t socket)
{
    struct socket_poll *poll = calloc(1, sizeof *poll);
    if (poll == NULL)
        return NULL;
    if (uv_poll_init_socket(fetcher->loop, &poll->handle, socket) != 0) {
        free(poll);
        return NULL;
    }
    poll->fetcher = fetcher;
    poll->socket = socket;
    poll->next = fetcher->side->polls;
    if (poll->next != NULL)
        poll->next->prev = poll;
    fetcher->side->polls = poll;
    return poll;
}

/* Ends every download that curl has finished; also when none is running any more. */
static void reap(struct fetcher *fetcher)
{
    CURLMsg *message;
    int left = 0;
    while ((message = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct fetch *fetch = NULL;
        int code = (int)message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
        fetch_easy_ended(fetch, code);
        fetch_easy_stop(fetch);
        fetch_end(fetch);
    }
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct socket_poll *poll = (struct socket_poll *)handle;
    struct fetcher *fetcher = poll->fetcher;
    int running = 0, flags = 0;
    if ((events & UV_READABLE) != 0)
        flags |= CURL_CSELECT_IN;
    if ((events & UV_WRITABLE) != 0)
        flags |= CURL_CSELECT_OUT;
    poll->errors = status < 0 ? poll->errors + 1 : 0;
    if (poll->errors > POLL_ERRORS_MAX)
        flags = CURL_CSELECT_ERR;
    else if (status < 0)
        flags = CURL_CSELECT_IN | CURL_CSELECT_OUT; /* what came before the error is read, and then
                                                       the error itself, which says more than ours */
    curl_multi_socket_action(fetcher->multi, poll->socket, flags, &running);
    if (status < 0 && !uv_is_closing((uv_handle_t *)handle))
        uv_poll_start(handle, poll->events, on_poll); /* libuv stops at an error */
    reap(fetcher);
}

static int on_curl_socket(CURL *easy, curl_socket_t socket, int what, void *ctx, void *socket_ctx)
{
    struct fetcher *fetcher = ctx;
    struct socket_poll *poll = socket_ctx;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (poll != NULL)
            poll_end(poll);
        curl_multi_assign(fetcher->multi, socket, NULL);
        return 0;
    }
    if (poll == NULL) {
        poll = poll_begin(fetcher, socket);
        if (poll == NULL)
            return -1;
        curl_multi_assign(fetcher->multi, socket, poll);
    }
    int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                 ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    poll->events = events;
    return uv_poll_start(&poll->handle, events, on_poll) == 0 ? 0 : -1;
}

/* ---- curl's timer ---- */

static void on_timeout(uv_timer_t *timer)
{
    struct fetcher *fetcher = timer->data;
    int running = 0;
    curl_multi_socket_action(fetcher->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    reap(fetcher);
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct fetcher *fetcher = ctx;
    (void)multi;
    if (timeout_ms < 0) {
        uv_timer_stop(&fetcher->side->curl_timer);
        return 0;
    }
    uv_update_time(fetcher->loop); /* else it fires early after long work */
    return uv_timer_start(&fetcher->side->curl_timer, on_timeout, (uint64_t)timeout_ms, 0) == 0
               ? 0
               : -1;
}

/* ---- our own timers ---- */

static void on_tick(uv_timer_t *timer)
{
    fetcher_tick(timer->data);
}

static void on_soon(uv_timer_t *timer)
{
    fetcher_soon(timer->data);
}

void fetcher_loop_tick(struct fetcher *fetcher, bool on)
{
    if (on)
        uv_timer_start(&fetcher->side->tick, on_tick, fetcher->tick_ms, fetcher->tick_ms);
    else
        uv_timer_stop(&fetcher->side->tick);
}

void fetcher_loop_soon(struct fetcher *fetcher)
{
    uv_timer_start(&fetcher->side->soon, on_soon, 0, 0);
}

/* ---- birth and end ---- */

int fetcher_loop_start(struct fetcher *fetcher)
{
    struct loop_side *side = calloc(1, sizeof *side);
    if (side == NULL)
        return ERR_NOMEM;
    int rc = names_create(fetcher->loop, fetcher_names_ready, fetcher, &fetcher->names);
    if (rc != OK) {
        free(side);
        return rc;
    }
    uv_timer_t *timers[] = {&side->curl_timer, &side->tick, &side->soon};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        uv_timer_init(fetcher->loop, timers[i]); /* never fails */
        timers[i]->data = fetcher;
    }
    fetcher->side = side;
    curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
    curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
    return OK;
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_handle_closed(handle->data);
}

static void on_names_closed(void *ctx)
{
    on_handle_closed(ctx);
}

void fetcher_loop_stop(struct fetcher *fetcher)
{
    struct loop_side *side = fetcher->side;
    uv_timer_t *timers[] = {&side->curl_timer, &side->tick, &side->soon};
    curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, NULL);
    while (side->polls != NULL)
        poll_end(side->polls);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        side->closing++;
        uv_close((uv_handle_t *)timers[i], on_timer_closed);
    }
    side->closing++;
    names_close(fetcher->names, on_names_closed, fetcher);
    side->is_stopped = true;
}
