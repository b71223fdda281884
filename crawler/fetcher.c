/* fetcher.c - the life of a download; see fetcher.h and the map in fetcher_inside.h.
 *
 *   fetcher_get -> LOOKS_UP -> CONNECTS -> HEAD -> BODY -> done, once
 *        \-> OVER ----------------------------------------/
 *
 * Time limits are ours, not curl's: one timer looks at every download that runs, some ten times in
 * the shortest limit, so each end can name the limit that was reached. Downloads are kept after
 * their end, with curl's handle and their buffers: a page costs no memory that was not there. */
#include "crawler/fetcher_inside.h"

#include "common/clock.h"

#include <assert.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_KEPT_BYTES      (512u << 10)
#define FETCH_TEXT_BYTES_MAX (256u << 10) /* in the arena, beside what a head brings */
#define TICK_MS_MIN          5u
#define TICK_MS_MAX          250u

/* ---- lists ---- */

static void list_add(struct fetch_list *list, struct fetch *fetch)
{
    fetch->prev = list->last;
    fetch->next = NULL;
    if (list->last != NULL)
        list->last->next = fetch;
    else
        list->first = fetch;
    list->last = fetch;
    list->count++;
}

static void list_remove(struct fetch_list *list, struct fetch *fetch)
{
    if (fetch->prev != NULL)
        fetch->prev->next = fetch->next;
    else
        list->first = fetch->next;
    if (fetch->next != NULL)
        fetch->next->prev = fetch->prev;
    else
        list->last = fetch->prev;
    fetch->prev = fetch->next = NULL;
    list->count--;
}

/* ---- a download ends ---- */

int fetch_decide(struct fetch *fetch, int status, enum fetch_cut cut, const char *format, ...)
{
    if (fetch->status != OK)
        return fetch->status;
    va_list args;
    va_start(args, format);
    vsnprintf(fetch->why, sizeof fetch->why, format, args);
    va_end(args);
    fetch->status = status;
    fetch->cut = cut;
    return status;
}

bool fetch_has_head(const struct fetch *fetch)
{
    return fetch->head_ended && fetch->http_status >= 200;
}

static void fetch_free(struct fetch *fetch)
{
    fetch_easy_free(fetch);
    arena_free(fetch->arena);
    text_buf_release(&fetch->request_head);
    text_buf_release(&fetch->response_head);
    text_buf_release(&fetch->body);
    free(fetch);
}

/* Keeps a download for the next request, without the memory an unusual body took. */
static void fetch_keep(struct fetch *fetch)
{
    if (fetch->body.capacity > BODY_KEPT_BYTES)
        text_buf_release(&fetch->body);
    arena_reset(fetch->arena);
    list_add(&fetch->fetcher->idle, fetch);
}

static void result_fill(struct fetch *fetch, struct fetch_result *ret_result)
{
    int64_t now_mono_ms = clock_mono_ms();
    int64_t began = fetch->begun_mono_ms != 0 ? fetch->begun_mono_ms : fetch->accepted_mono_ms;
    *ret_result = (struct fetch_result){.http_status = fetch->http_status,
                                        .url = fetch->url,
                                        .content_type = "",
                                        .content_encoding = "",
                                        .location = "",
                                        .etag = "",
                                        .last_modified = "",
                                        .retry_after = "",
                                        .robots_tag = "",
                                        .request_head = SLICE_EMPTY,
                                        .response_head = SLICE_EMPTY,
                                        .body = text_buf_slice(&fetch->body),
                                        .has_peer = fetch->has_peer,
                                        .peer = fetch->peer,
                                        .certificate = fetch_certificate_of(fetch),
                                        .bytes_received = fetch->bytes_received};
    if (fetch->sent)
        ret_result->request_head = text_buf_slice(&fetch->request_head);
    if (fetch_has_head(fetch)) {
        ret_result->response_head = text_buf_slice(&fetch->response_head);
        if (fetch_head_read(ret_result->response_head, fetch->arena, ret_result) != OK)
            fetch_decide(fetch, ERR_NOMEM, FETCH_CUT_LENGTH, "no memory for the head");
    } else {
        ret_result->http_status = 0;
    }
    ret_result->took_ms = (uint32_t)(now_mono_ms - began);
    ret_result->started_unix_ms =
        fetch->begun_unix_ms != 0 ? fetch->begun_unix_ms : clock_unix_ms() - ret_result->took_ms;
    ret_result->status = fetch->status;
    ret_result->why = fetch->why;
    ret_result->cut = fetch->cut;
}

void fetch_end(struct fetch *fetch)
{
    struct fetcher *fetcher = fetch->fetcher;
    struct fetch_result result;
    result_fill(fetch, &result);
    if (fetch->phase == FETCH_CONNECTS && fetch->status != OK)
        names_forget(fetcher->names, fetch->parsed.host); /* perhaps it has moved */
    list_remove(&fetcher->active, fetch);
    if (fetcher->active.count == 0)
        fetcher_loop_tick(fetcher, false);
    fetch->done(&result, fetch->ctx);
    fetch_keep(fetch);
}

/* ---- time limits ---- */

static void seconds_text(uint32_t ms, char at[32])
{
    if (ms % 1000 == 0)
        snprintf(at, 32, "%u s", (unsigned)(ms / 1000));
    else
        snprintf(at, 32, "%u ms", (unsigned)ms);
}

/* Ends a download that is past a limit, by fetch_decide(). */
static void time_check(struct fetch *fetch, int64_t now_mono_ms)
{
    const struct fetcher_settings *settings = &fetch->fetcher->settings;
    enum fetch_cut cut = fetch->phase == FETCH_BODY ? FETCH_CUT_TIME : FETCH_WHOLE;
    int64_t all_ms = now_mono_ms - fetch->accepted_mono_ms;
    char limit[32];
    if (fetch->phase == FETCH_LOOKS_UP && all_ms >= settings->connect_ms_max) {
        seconds_text(settings->connect_ms_max, limit);
        fetch_decide(fetch, ERR_TIMEOUT, cut, "the name was not looked up within %s", limit);
    } else if (fetch->phase == FETCH_CONNECTS && all_ms >= settings->connect_ms_max) {
        seconds_text(settings->connect_ms_max, limit);
        fetch_decide(fetch, ERR_TIMEOUT, cut, "no connection within %s", limit);
    } else if (all_ms >= settings->total_ms_max) {
        seconds_text(settings->total_ms_max, limit);
        fetch_decide(fetch, ERR_TIMEOUT, cut, "not done within %s", limit);
    } else if (fetch->phase >= FETCH_HEAD &&
               now_mono_ms - fetch->last_byte_mono_ms >= settings->stall_ms_max) {
        seconds_text(settings->stall_ms_max, limit);
        fetch_decide(fetch, ERR_TIMEOUT, cut, "no %s for %s",
                     fetch->phase == FETCH_BODY ? "byte" : "line of the head", limit);
    }
}

/* Ends all that were decided outside of curl. done() may ask for more, which go behind. */
static void end_decided(struct fetcher *fetcher)
{
    struct fetch *fetch = fetcher->active.first;
    while (fetch != NULL && !fetcher->is_closing) {
        if (fetch->status == OK) {
            fetch = fetch->next;
            continue;
        }
        fetch_easy_stop(fetch);
        fetch_end(fetch);
        fetch = fetcher->active.first;
    }
}

void fetcher_tick(struct fetcher *fetcher)
{
    int64_t now_mono_ms = clock_mono_ms();
    for (struct fetch *fetch = fetcher->active.first; fetch != NULL; fetch = fetch->next)
        if (fetch->phase != FETCH_OVER)
            time_check(fetch, now_mono_ms);
    end_decided(fetcher);
}

static void end_soon(struct fetch *fetch)
{
    fetch->phase = FETCH_OVER;
    fetcher_loop_soon(fetch->fetcher);
}

/* ---- names ---- */

/* Leaves those of answer that may be connected to. */
static int addresses_allowed(struct fetch *fetch, const struct names_answer *answer,
                             struct address ret_list[NAMES_ADDRESSES_MAX], size_t *ret_count)
{
    const struct address_policy *policy = &fetch->fetcher->settings.policy;
    const char *why = NULL;
    size_t refused = 0;
    *ret_count = 0;
    for (size_t i = 0; i < answer->count; i++) {
        const char *refusal = address_refusal_for(policy, &answer->list[i], fetch->parsed.port);
        if (refusal == NULL)
            ret_list[(*ret_count)++] = answer->list[i];
        else if (why == NULL) {
            why = refusal;
            refused = i;
        }
    }
    if (*ret_count > 0)
        return OK;
    char text[ADDRESS_TEXT_BYTES];
    return fetch_decide(fetch, ERR_DENIED, FETCH_WHOLE, "%.*s leads to %s, which is refused: %s",
                        (int)fetch->parsed.host.len, fetch->parsed.host.at,
                        address_text(&answer->list[refused], text), why);
}

/* Goes on with a download that waits for its name, if the name is known by now. */
static void fetch_look_up(struct fetch *fetch)
{
    struct fetcher *fetcher = fetch->fetcher;
    struct names_answer answer = {.why = ""};
    struct address list[NAMES_ADDRESSES_MAX];
    struct slice host = fetch->parsed.host;
    struct address literal;
    bool needs_none = fetcher->settings.all_names_are_test_endpoint || fetcher->proxy[0] != '\0' ||
                      address_of_host(host, &literal);
    int rc = OK;
    if (!needs_none) {
        rc = names_ask(fetcher->names, host, clock_mono_ms(), &answer);
        if (rc == ERR_BUSY)
            return;
    }
    if (rc != OK) {
        fetch_decide(fetch, rc, FETCH_WHOLE, "%.*s could not be looked up: %s", (int)host.len,
                     host.at, rc == ERR_LIMIT ? "too many names wait" : answer.why);
    } else if (answer.count > 0) {
        size_t count = 0;
        rc = addresses_allowed(fetch, &answer, list, &count);
        answer = (struct names_answer){.list = list, .count = count, .why = ""};
    }
    if (rc == OK && fetch_easy_start(fetch, &answer) != OK)
        rc = fetch_decide(fetch, ERR_NOMEM, FETCH_WHOLE, "no memory for the request");
    if (rc != OK)
        end_soon(fetch);
}

void fetcher_names_ready(void *ctx)
{
    struct fetcher *fetcher = ctx;
    for (struct fetch *fetch = fetcher->active.first; fetch != NULL; fetch = fetch->next)
        if (fetch->phase == FETCH_LOOKS_UP)
            fetch_look_up(fetch);
}

/* ---- a download begins ---- */

static struct fetch *fetch_create(struct fetcher *fetcher)
{
    struct fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL)
        return NULL;
    fetch->fetcher = fetcher;
    text_buf_init(&fetch->response_head, fetcher->settings.head_bytes_max);
    text_buf_init(&fetch->body, fetcher->settings.body_bytes_max);
    size_t texts = FETCH_TEXT_BYTES_MAX + 4 * fetcher->settings.head_bytes_max;
    if (arena_create(texts, &fetch->arena) != OK || fetch_easy_create(fetch) != OK) {
        fetch_free(fetch);
        return NULL;
    }
    return fetch;
}

/* One that was kept, as new, or a new one. NULL: no memory. */
static struct fetch *fetch_take(struct fetcher *fetcher)
{
    struct fetch *fetch = fetcher->idle.last; /* the last one is warm */
    if (fetch == NULL)
        return fetch_create(fetcher);
    list_remove(&fetcher->idle, fetch);
    text_buf_reset(&fetch->request_head);
    text_buf_reset(&fetch->response_head);
    text_buf_reset(&fetch->body);
    struct fetch fresh = {.fetcher = fetcher,
                          .easy = fetch->easy,
                          .nodes = fetch->nodes,
                          .arena = fetch->arena,
                          .request_head = fetch->request_head,
                          .response_head = fetch->response_head,
                          .body = fetch->body};
    *fetch = fresh;
    return fetch;
}

static int fetch_fill(struct fetch *fetch, const struct fetch_request *request)
{
    struct fetcher *fetcher = fetch->fetcher;
    size_t most = fetcher->settings.body_bytes_max;
    int rc = url_parse(fetch->arena, slice_of(request->url), NULL, &fetch->parsed, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : ERR_SYNTAX;
    fetch->url = arena_copy(fetch->arena, request->url, strlen(request->url));
    if (fetch->url == NULL)
        return ERR_NOMEM;
    fetch->body_bytes_max = request->body_bytes_max != 0 && request->body_bytes_max < most
                                ? request->body_bytes_max
                                : most;
    return fetch_easy_headers(fetch, request);
}

/* How many downloads of the same host run. */
static size_t host_count(const struct fetcher *fetcher, struct slice host_port)
{
    size_t count = 0;
    for (const struct fetch *fetch = fetcher->active.first; fetch != NULL; fetch = fetch->next)
        count += slice_equal(fetch->parsed.host_port, host_port);
    return count;
}

int fetcher_get(struct fetcher *fetcher, const struct fetch_request *request, fetch_done_cb *done,
                void *ctx)
{
    assert(request->url != NULL && done != NULL);
    const struct fetcher_settings *settings = &fetcher->settings;
    if (fetcher->is_closing)
        return ERR_CANCELLED;
    if (fetcher->active.count >= settings->in_flight_max)
        return ERR_LIMIT;
    struct fetch *fetch = fetch_take(fetcher);
    if (fetch == NULL)
        return ERR_NOMEM;
    int rc = fetch_fill(fetch, request);
    if (rc == OK &&
        host_count(fetcher, fetch->parsed.host_port) >= settings->in_flight_per_host_max)
        rc = ERR_LIMIT;
    if (rc != OK) {
        fetch_keep(fetch);
        return rc;
    }
    fetch->done = done;
    fetch->ctx = ctx;
    fetch->accepted_mono_ms = clock_mono_ms();
    list_add(&fetcher->active, fetch);
    if (fetcher->active.count == 1)
        fetcher_loop_tick(fetcher, true);
    struct failure failure;
    if (address_refuse_url(&settings->policy, &fetch->parsed, &failure) != OK) {
        fetch_decide(fetch, ERR_DENIED, FETCH_WHOLE, "%s", failure.text);
        end_soon(fetch);
    } else {
        fetch_look_up(fetch);
    }
    return OK;
}

size_t fetcher_in_flight(const struct fetcher *fetcher)
{
    return fetcher->active.count;
}

/* ---- birth ---- */

static int settings_check(const struct fetcher_settings *settings, struct failure *reterr)
{
    const struct {
        const char *name;
        size_t value;
    } numbers[] = {
        {"in_flight_max", settings->in_flight_max},
        {"in_flight_per_host_max", settings->in_flight_per_host_max},
        {"connect_ms_max", settings->connect_ms_max},
        {"total_ms_max", settings->total_ms_max},
        {"stall_ms_max", settings->stall_ms_max},
        {"head_bytes_max", settings->head_bytes_max},
        {"body_bytes_max", settings->body_bytes_max},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].value == 0)
            return failure_set(reterr, ERR_LIMIT, "%s of the fetcher is 0: there is no unlimited",
                               numbers[i].name);
    if (settings->user_agent == NULL || settings->user_agent[0] == '\0')
        return failure_set(reterr, ERR_SYNTAX, "the fetcher needs a user agent");
    if (settings->all_names_are_test_endpoint && !settings->policy.allow_test_endpoint)
        return failure_set(reterr, ERR_SYNTAX, "names cannot lead to a test endpoint: none is set");
    return OK;
}

static int settings_copy(struct fetcher *fetcher, const struct fetcher_settings *settings)
{
    fetcher->settings = *settings;
    fetcher->user_agent = strdup(settings->user_agent);
    fetcher->proxy = strdup(settings->proxy != NULL ? settings->proxy : "");
    fetcher->ca_file = strdup(settings->ca_file != NULL ? settings->ca_file : "");
    if (fetcher->user_agent == NULL || fetcher->proxy == NULL || fetcher->ca_file == NULL)
        return ERR_NOMEM;
    fetcher->settings.user_agent = fetcher->user_agent;
    fetcher->settings.proxy = fetcher->proxy;
    fetcher->settings.ca_file = fetcher->ca_file;

    uint32_t least = settings->connect_ms_max;
    least = settings->total_ms_max < least ? settings->total_ms_max : least;
    least = settings->stall_ms_max < least ? settings->stall_ms_max : least;
    fetcher->tick_ms = least / 10;
    fetcher->tick_ms = fetcher->tick_ms < TICK_MS_MIN ? TICK_MS_MIN : fetcher->tick_ms;
    fetcher->tick_ms = fetcher->tick_ms > TICK_MS_MAX ? TICK_MS_MAX : fetcher->tick_ms;
    return OK;
}

static void fetcher_free(struct fetcher *fetcher)
{
    while (fetcher->idle.first != NULL) {
        struct fetch *fetch = fetcher->idle.first;
        list_remove(&fetcher->idle, fetch);
        fetch_free(fetch);
    }
    fetcher_curl_release(fetcher);
    free(fetcher->user_agent);
    free(fetcher->proxy);
    free(fetcher->ca_file);
    free(fetcher);
}

int fetcher_create(struct uv_loop_s *loop, const struct fetcher_settings *settings,
                   struct fetcher **ret_fetcher, struct failure *reterr)
{
    int rc = settings_check(settings, reterr);
    if (rc != OK)
        return rc;
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);
    if (fetcher == NULL)
        return failure_set(reterr, ERR_NOMEM, "no memory for the fetcher");
    fetcher->loop = loop;
    rc = settings_copy(fetcher, settings);
    if (rc == OK)
        rc = fetcher_curl_create(fetcher);
    if (rc == OK)
        rc = fetcher_loop_start(fetcher);
    if (rc != OK) {
        fetcher_free(fetcher);
        return failure_set(reterr, rc, "the fetcher could not be made: %s", err_name(rc));
    }
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN; /* OpenSSL writes to sockets that the peer has closed */
        sigaction(SIGPIPE, &action, NULL);
    }
    *ret_fetcher = fetcher;
    return OK;
}

/* ---- end ---- */

void fetcher_closed(struct fetcher *fetcher)
{
    void (*closed)(void *ctx) = fetcher->closed;
    void *ctx = fetcher->closed_ctx;
    fetcher_free(fetcher);
    if (closed != NULL)
        closed(ctx);
}

static void cancel_all(struct fetcher *fetcher)
{
    while (fetcher->active.first != NULL) {
        struct fetch *fetch = fetcher->active.first;
        fetch_decide(fetch, ERR_CANCELLED,
                     fetch->phase == FETCH_BODY ? FETCH_CUT_DISCONNECT : FETCH_WHOLE,
                     "stopped: the fetcher was closed");
        fetch_easy_stop(fetch);
        fetch_end(fetch);
    }
}

void fetcher_soon(struct fetcher *fetcher)
{
    if (!fetcher->is_closing) {
        end_decided(fetcher);
        return;
    }
    cancel_all(fetcher);
    fetcher_loop_stop(fetcher);
}

void fetcher_close(struct fetcher *fetcher, void (*closed)(void *ctx), void *ctx)
{
    if (fetcher == NULL) {
        if (closed != NULL)
            closed(ctx);
        return;
    }
    assert(!fetcher->is_closing);
    fetcher->is_closing = true;
    fetcher->closed = closed;
    fetcher->closed_ctx = ctx;
    fetcher_loop_soon(fetcher);
}
