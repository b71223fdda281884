/* visitor.c - a few polite requests; see visitor.h.
 *
 *   for each hop: address policy -> robots.txt (the store's, or asked for) -> wait for the gate ->
 *   politeness committed -> request -> gate, politeness and audit row committed */
#include "app/visitor.h"

#include "app/sweep_lease.h"
#include "common/clock.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define HEAD_BYTES (64u << 10)

struct visited { /* a host */
    struct robots *robots;
    char name[];
};

struct visitor {
    const struct settings *settings;
    struct address_policy policy;
    struct keeper keeper;
    uv_loop_t loop;
    bool loop_made;
    struct fetcher *fetcher;
    struct host_gate *gate;
    struct name_table hosts;
    char user_agent[SWEEP_AGENT_BYTES];
    const char *trouble; /* see visitor_trouble() */
};

/* One request while it is under way. */
struct hop {
    struct visitor *visitor;
    struct arena *arena;
    const struct visitor_ask *ask;
    const char *url, *host, *kind, *referrer, *robots_rule, *location;
    struct host_state state;
    struct visitor_answer answer;
    int status;
    struct failure *reterr;
};

/* ---- birth and death ---- */

static int network_make(struct visitor *visitor, struct failure *reterr)
{
    const struct settings *settings = visitor->settings;
    const struct fetcher_settings fetcher = {.in_flight_max = 1,
                                             .in_flight_per_host_max = 1,
                                             .connect_ms_max = (uint32_t)settings->connect_ms,
                                             .total_ms_max = (uint32_t)settings->total_ms,
                                             .stall_ms_max = (uint32_t)settings->stall_ms,
                                             .head_bytes_max = HEAD_BYTES,
                                             .body_bytes_max = (size_t)settings->body_bytes,
                                             .user_agent = visitor->user_agent,
                                             .proxy = settings->proxy,
                                             .ca_file = settings->ca_file,
                                             .policy = visitor->policy,
                                             .all_names_are_test_endpoint =
                                                 visitor->policy.allow_test_endpoint};
    struct host_gate_settings gate;
    host_gate_settings_default(&gate);
    gate.delay_min_ms = (uint32_t)settings->delay_min_ms;
    gate.jitter_seed = (uint64_t)clock_mono_us();
    if (uv_loop_init(&visitor->loop) != 0)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    visitor->loop_made = true;
    if (host_gate_create(&gate, &visitor->gate) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    return fetcher_create(&visitor->loop, &fetcher, &visitor->fetcher, reterr);
}

int visitor_open(const struct settings *settings, const struct address_policy *policy,
                 struct visitor **ret_visitor, struct failure *reterr)
{
    const struct sweep_options options = {.settings = settings};
    struct visitor *visitor = calloc(1, sizeof *visitor);
    if (visitor == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    visitor->settings = settings;
    visitor->policy = *policy;
    visitor->keeper.lock_fd = -1;
    sweep_user_agent(settings, visitor->user_agent);
    int rc = keeper_open(&options, &visitor->keeper, reterr);
    if (rc == OK)
        rc = network_make(visitor, reterr);
    if (rc != OK) {
        visitor_close(visitor);
        return rc;
    }
    *ret_visitor = visitor;
    return OK;
}

void visitor_close(struct visitor *visitor)
{
    size_t cursor = 0;
    if (visitor == NULL)
        return;
    if (visitor->fetcher != NULL)
        fetcher_close(visitor->fetcher, NULL, NULL);
    if (visitor->loop_made) {
        uv_run(&visitor->loop, UV_RUN_DEFAULT);
        int rc = uv_loop_close(&visitor->loop);
        assert(rc == 0);
        (void)rc;
    }
    for (struct visited *host; (host = name_table_next(&visitor->hosts, &cursor)) != NULL;) {
        robots_free(host->robots);
        free(host);
    }
    name_table_release(&visitor->hosts);
    host_gate_free(visitor->gate);
    if (visitor->keeper.store != NULL && visitor->keeper.shared &&
        host_leases_end(visitor->keeper.store, visitor->keeper.machine) != OK)
        visitor->keeper.locked_out = true; /* they end by themselves */
    keeper_close(&visitor->keeper);
    free(visitor);
}

/* ---- the store ---- */

static int commit_state(struct hop *hop, bool with_entry, const struct fetch_result *result)
{
    struct visitor *visitor = hop->visitor;
    struct store *store = visitor->keeper.store;
    struct host_row row = {.host = hop->host,
                           .next_allowed_unix_ms = hop->state.next_allowed_unix_ms,
                           .delay_ms = hop->state.delay_ms,
                           .latency_ms = hop->state.latency_ms,
                           .backoff_ms = hop->state.backoff_ms,
                           .failures = hop->state.failures};
    int rc = store_begin(store);
    if (rc == OK)
        rc = host_put_politeness(store, &row);
    if (rc == OK && with_entry)
        rc = fetch_add(store,
                       &(struct fetch_entry){.started_unix_ms = result->started_unix_ms,
                                             .source = hop->ask->source,
                                             .host = hop->host,
                                             .url = hop->url,
                                             .kind = hop->kind,
                                             .referrer = hop->referrer,
                                             .robots_rule = hop->robots_rule,
                                             .outcome = result->status == OK ? "ok" : result->why,
                                             .http_status = result->http_status,
                                             .bytes = result->bytes_received,
                                             .took_ms = result->took_ms});
    if (rc == OK)
        rc = store_commit(store);
    if (rc != OK)
        store_failed(store, rc, hop->reterr);
    store_rollback(store);
    return rc;
}

/* failure_set() of a failure that is known by name. */
static int trouble(struct hop *hop, const char *name, int rc, const char *format, ...)
    PRINTF_LIKE(4, 5);
static int trouble(struct hop *hop, const char *name, int rc, const char *format, ...)
{
    va_list args;
    hop->visitor->trouble = name;
    va_start(args, format);
    failure_set_v(hop->reterr, rc, format, args);
    va_end(args);
    return rc;
}

static int lease_take(struct hop *hop)
{
    struct keeper *keeper = &hop->visitor->keeper;
    const struct lease_ask ask = lease_ask_now(keeper);
    struct lease_answer answer = {.ours = true};
    if (!keeper->shared)
        return OK;
    int rc = host_lease_take(keeper->store, hop->host, &ask, &answer);
    if (rc != OK)
        return store_failed(keeper->store, rc, hop->reterr);
    return answer.ours ? OK
                       : trouble(hop, "rests", ERR_BUSY, "%s: machine %s is reading it now",
                                 hop->host, answer.holder);
}

/* ---- one request ---- */

static const char *keep(struct hop *hop, const char *text)
{
    const char *copy = arena_copy(hop->arena, text, strlen(text));
    return copy != NULL ? copy : "";
}

static void on_fetched(const struct fetch_result *result, void *ctx)
{
    struct hop *hop = ctx;
    int64_t now = clock_unix_ms();
    const struct host_outcome outcome = {
        .status = result->http_status != 0 && result->status == ERR_LIMIT ? OK : result->status,
        .http_status = result->http_status,
        .took_ms = result->took_ms,
        .retry_after_ms = host_gate_retry_after(slice_of(result->retry_after), now)};
    hop->state = host_gate_done(hop->visitor->gate, hop->host, &outcome, now);
    hop->status = commit_state(hop, true, result);
    if (hop->status != OK)
        return;
    const char *body = arena_copy(hop->arena, result->body.at, result->body.len);
    hop->answer = (struct visitor_answer){.url = hop->url,
                                          .http_status = result->http_status,
                                          .content_type = keep(hop, result->content_type),
                                          .content_encoding = keep(hop, result->content_encoding),
                                          .robots_rule = hop->robots_rule};
    hop->answer.body = body != NULL ? slice_make(body, result->body.len) : SLICE_EMPTY;
    hop->location = keep(hop, result->location);
    hop->status = body == NULL ? ERR_NOMEM : result->status;
    if (hop->status != OK)
        trouble(hop, hop->status == ERR_DENIED ? "private" : NULL, hop->status, "%s: %s", hop->url,
                result->why);
}

static int wait_turn(struct hop *hop)
{
    enum host_gate_why why = HOST_GATE_READY;
    for (;;) {
        int64_t now = clock_unix_ms();
        int64_t wait_ms = host_gate_wait_ms(hop->visitor->gate, hop->host, now, &why);
        if (wait_ms == 0)
            break;
        if (wait_ms < 0 || wait_ms > VISITOR_WAIT_MS_MAX)
            return trouble(hop, "rests", ERR_BUSY, "%s rests for another %lld s (%s); try later",
                           hop->host, (long long)(wait_ms / 1000), host_gate_why_name(why));
        usleep((useconds_t)(wait_ms * 1000));
    }
    hop->state = host_gate_start(hop->visitor->gate, hop->host, clock_unix_ms());
    return commit_state(hop, false, NULL);
}

static int hop_go(struct hop *hop, bool is_robots)
{
    const struct fetch_request request = {
        .url = hop->url, .identity = is_robots, .body_bytes_max = is_robots ? ROBOTS_BYTES_MAX : 0};
    int rc = lease_take(hop);
    if (rc == OK)
        rc = wait_turn(hop);
    if (rc != OK)
        return rc;
    rc = fetcher_get(hop->visitor->fetcher, &request, on_fetched, hop);
    if (rc != OK)
        return failure_set(hop->reterr, rc, "%s: the request cannot be started", hop->url);
    while (fetcher_in_flight(hop->visitor->fetcher) > 0)
        uv_run(&hop->visitor->loop, UV_RUN_ONCE);
    return hop->status;
}

/* ---- hosts and their robots.txt ---- */

/* The status that counts, 0 where there is no file to read, and the file. */
static int robots_answer(struct hop *hop, int rc, struct slice *ret_file)
{
    const struct visitor_answer *answer = &hop->answer;
    if (rc != OK && !(rc == ERR_LIMIT && answer->body.len > 0))
        return 0;
    rc = robots_unpack(hop->arena, answer->body, answer->content_encoding, ret_file, hop->reterr);
    return rc == OK ? answer->http_status : 0;
}

static int robots_fetch(struct hop *page, struct visited *host, bool plain_http)
{
    struct failure why = {.code = OK};
    struct hop hop = *page;
    struct visitor *visitor = page->visitor;
    hop.kind = "robots";
    hop.robots_rule = "robots.txt itself";
    hop.referrer = "";
    hop.reterr = &why;
    hop.url =
        arena_printf(page->arena, "%s://%s/robots.txt", plain_http ? "http" : "https", page->host);
    if (hop.url == NULL)
        return ERR_NOMEM;
    int rc = hop_go(&hop, true);
    if (rc == ERR_BUSY || rc == ERR_STORE || rc == ERR_NOMEM)
        return failure_set(page->reterr, rc, "%s", why.text);
    struct slice body = SLICE_EMPTY;
    int http = robots_answer(&hop, rc, &body);
    rc = robots_from_answer(http, body, robots_product_token(slice_of(visitor->user_agent)),
                            &host->robots);
    if (rc != OK)
        return rc;
    bool shut = robots_state(host->robots) == ROBOTS_DISALLOW_ALL;
    int64_t now = clock_unix_ms();
    const struct host_row row = {.host = page->host,
                                 .robots_http_status = http,
                                 .robots_fetched_unix_ms = now,
                                 .robots_expires_unix_ms = now + robots_fresh_ms(host->robots),
                                 .robots_body = http >= 200 && http <= 299 ? body : SLICE_EMPTY,
                                 .robots_why = shut ? "robots.txt cannot be read" : ""};
    rc = host_put_robots(visitor->keeper.store, &row);
    return rc == OK ? OK : store_failed(visitor->keeper.store, rc, page->reterr);
}

static int host_load(struct hop *hop, bool plain_http, struct visited **ret_host)
{
    struct visitor *visitor = hop->visitor;
    struct visited *host = name_table_get(&visitor->hosts, slice_of(hop->host));
    struct host_row row;
    int64_t now = clock_unix_ms();
    *ret_host = host;
    if (host != NULL)
        return OK;
    host = calloc(1, sizeof *host + strlen(hop->host) + 1);
    if (host == NULL)
        return ERR_NOMEM;
    memcpy(host->name, hop->host, strlen(hop->host) + 1);
    if (name_table_put(&visitor->hosts, slice_of(host->name), host) != OK) {
        free(host);
        return ERR_NOMEM;
    }
    int rc = host_get(visitor->keeper.store, hop->arena, hop->host, &row);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return store_failed(visitor->keeper.store, rc, hop->reterr);
    const struct host_state state = {row.next_allowed_unix_ms, row.delay_ms, row.latency_ms,
                                     row.backoff_ms, row.failures};
    rc = host_gate_restore(visitor->gate, hop->host, &state, now);
    host_gate_set_source_delay(visitor->gate, hop->host, hop->ask->delay_ms);
    bool fresh = row.robots_expires_unix_ms > now && row.robots_fetched_unix_ms <= now;
    if (rc == OK && fresh)
        rc = robots_from_answer(row.robots_http_status, row.robots_body,
                                robots_product_token(slice_of(visitor->user_agent)), &host->robots);
    else if (rc == OK)
        rc = robots_fetch(hop, host, plain_http);
    if (rc == OK)
        host_gate_set_crawl_delay(visitor->gate, hop->host, robots_crawl_delay_ms(host->robots));
    *ret_host = host;
    return rc;
}

static int robots_ask(struct hop *hop, const struct url *url)
{
    struct visited *host = NULL;
    struct robots_answer answer = {.rule = SLICE_EMPTY};
    int rc = host_load(hop, slice_is(url->scheme, "http"), &host);
    if (rc == ERR_NOMEM)
        failure_set(hop->reterr, rc, "out of memory");
    if (rc != OK)
        return rc;
    if (host->robots == NULL)
        return failure_set(hop->reterr, ERR_DENIED, "%s: robots.txt was not read", hop->host);
    bool allowed = robots_allows(host->robots, url_path_query(url), &answer);
    hop->robots_rule = arena_copy(hop->arena, answer.rule.at, answer.rule.len);
    if (hop->robots_rule == NULL)
        return failure_set(hop->reterr, ERR_NOMEM, "out of memory");
    if (allowed)
        return OK;
    bool unread = robots_state(host->robots) == ROBOTS_DISALLOW_ALL;
    return trouble(hop,
                   !unread                         ? "robots"
                   : hop->visitor->trouble != NULL ? hop->visitor->trouble /* of the file */
                                                   : "robots-unread",
                   ERR_DENIED, "%s: robots.txt does not allow it (%s)", hop->url, hop->robots_rule);
}

/* ---- a page, hop by hop ---- */

static int hop_prepare(struct hop *hop, struct slice text, const struct url *base, struct url *url)
{
    int rc = url_parse(hop->arena, text, base, url, hop->reterr);
    hop->visitor->trouble = base != NULL ? "redirects" : "no-address";
    if (rc == OK && url_canonical(hop->arena, url, url) != OK)
        rc = failure_set(hop->reterr, ERR_NOMEM, "out of memory");
    if (rc == OK && (rc = address_refuse_url(&hop->visitor->policy, url, hop->reterr)) != OK)
        hop->visitor->trouble = "private";
    if (rc != OK)
        return rc;
    hop->visitor->trouble = NULL;
    hop->url = url->href.at;
    hop->host = arena_copy(hop->arena, url->host_port.at, url->host_port.len);
    return hop->host != NULL ? robots_ask(hop, url)
                             : failure_set(hop->reterr, ERR_NOMEM, "out of memory");
}

int visitor_get(struct visitor *visitor, struct arena *arena, const struct visitor_ask *ask,
                struct visitor_answer *ret_answer, struct failure *reterr)
{
    struct hop hop = {.visitor = visitor,
                      .arena = arena,
                      .ask = ask,
                      .kind = ask->kind,
                      .referrer = "",
                      .reterr = reterr};
    struct url url, base;
    struct slice next = slice_of(ask->url);
    int rc = OK;
    for (unsigned hops = 0; rc == OK; hops++) {
        if (hops > SWEEP_HOPS_MAX)
            return trouble(&hop, "redirects", ERR_SYNTAX, "%s: more than %u redirects", ask->url,
                           SWEEP_HOPS_MAX);
        rc = hop_prepare(&hop, next, hops > 0 ? &base : NULL, &url);
        if (rc == OK)
            rc = hop_go(&hop, false);
        int http = hop.answer.http_status;
        if (rc != OK || http < 300 || http > 399 || http == 304)
            break;
        if (hop.location[0] == '\0')
            return trouble(&hop, "redirects", ERR_SYNTAX, "%s redirects without saying where to",
                           hop.url);
        base = url;
        hop.referrer = hop.url;
        hop.kind = "redirect";
        next = slice_of(hop.location);
    }
    if (rc == OK)
        *ret_answer = hop.answer;
    return rc;
}

const char *visitor_trouble(const struct visitor *visitor)
{
    return visitor->trouble;
}

const char *visitor_sitemap(const struct visitor *visitor, const char *host, size_t index)
{
    const struct visited *found = name_table_get(&visitor->hosts, slice_of(host));
    return found != NULL && found->robots != NULL ? robots_sitemap(found->robots, index) : NULL;
}
