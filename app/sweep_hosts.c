/* sweep_hosts.c - the hosts of a sweep and their robots.txt; see sweep_inside.h.
 *
 * Where machines share the store, sweep_lease.c says whether a host may be asked for at all.
 *
 *   ASKED --store--> KNOWN --wanted--> ROBOTS --answer--> OPEN (its lanes stand) | SHUT
 *
 * A lane stands in the frontier only when its host is OPEN, so nothing is ever asked of a host
 * whose robots.txt we do not have. An answer is kept in the store for up to 24 hours. SHUT means
 * that robots.txt could not be read (RFC 9309 2.3.1.4: then all is disallowed): the host's URLs
 * stay pending for a later sweep. */
#include "app/sweep_parts.h"
#include "common/clock.h"

#include <stdlib.h>
#include <string.h>

#define ROBOTS_ATTEMPTS_MAX  2u
#define HOST_ARENA_BYTES_MAX (4u << 20)

/* ---- opening and shutting ---- */

static int lane_add(struct sweep *sweep, const struct sweep_host *host, struct source_run *run)
{
    int rc = frontier_add_lane(sweep->frontier, run->source->name, host->name);
    if (rc == OK)
        rc = frontier_lane_grew(sweep->frontier, run->source->name, host->name);
    return rc;
}

/* The robots.txt that asks for the delay was a request, too. */
static int crawl_delay_use(struct sweep *sweep, const struct sweep_host *host)
{
    uint32_t delay_ms = robots_crawl_delay_ms(host->robots);
    int64_t now = clock_unix_ms();
    host_gate_set_crawl_delay(sweep->gate, host->name, delay_ms);
    struct host_state state = host_gate_state(sweep->gate, host->name);
    if (host->robots_attempts == 0 || state.next_allowed_unix_ms >= now + delay_ms)
        return OK;
    state.next_allowed_unix_ms = now + delay_ms;
    return host_gate_restore(sweep->gate, host->name, &state, now);
}

static void other_ask(struct sweep *sweep, struct sweep_host *host);

static bool other_missing(const struct sweep_host *host)
{
    return host->other_wanted &&
           (host->other == NULL || host->other_expires_unix_ms <= clock_unix_ms());
}

const struct robots *host_robots(const struct sweep_host *host, bool plain_http)
{
    return plain_http == host->plain_http ? host->robots : host->other;
}

void host_want_scheme(struct sweep *sweep, struct sweep_host *host, bool plain_http)
{
    if (plain_http == host->plain_http)
        return;
    host->other_wanted = true;
    if (host->phase == HOST_OPEN && other_missing(host))
        other_ask(sweep, host);
}

static void host_open(struct sweep *sweep, struct sweep_host *host)
{
    if (other_missing(host)) {
        other_ask(sweep, host);
        return;
    }
    host->phase = HOST_OPEN;
    frontier_hold_host(sweep->frontier, host->name, false);
    if (crawl_delay_use(sweep, host) != OK)
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < host->runs_count; i++)
        if (lane_add(sweep, host, host->runs[i]) != OK)
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
}

void host_wake(struct sweep *sweep, const char *name)
{
    const struct sweep_host *host = name_table_get(&sweep->hosts, slice_of(name));
    if (host != NULL && host->phase == HOST_OPEN)
        frontier_hold_host(sweep->frontier, name, false);
}

static void host_shut(struct sweep_host *host)
{
    host->phase = HOST_SHUT;
    for (size_t i = 0; i < host->runs_count; i++)
        run_note(host->runs[i], host->why, host->name);
}

static void host_settle(struct sweep *sweep, struct sweep_host *host)
{
    if (robots_state(host->robots) == ROBOTS_DISALLOW_ALL)
        host_shut(host);
    else
        host_open(sweep, host);
}

/* ---- asking for robots.txt ---- */

struct robots_errand {
    struct errand errand;
    struct sweep_host *host;
    bool other; /* of the other scheme: not kept in the store, asked for in each sweep */
    struct arena *arena;
    const char *hops[ROBOTS_REDIRECTS_MAX + 1];
    uint32_t hops_count;
    struct visit *visits, *visits_last;
    struct host_row row;
    struct url_link *links; /* of its sitemaps, for runs that want them */
    size_t links_count;
    struct store_job job;
};

static void robots_ask(struct sweep *sweep, struct sweep_host *host);
static void robots_send(struct sweep *sweep, struct sweep_host *host, bool other);

static void robots_end(struct robots_errand *robots)
{
    robots->errand.sweep->busy--;
    arena_free(robots->arena);
}

/* On the store's thread. */
static int robots_store(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    struct robots_errand *robots =
        (struct robots_errand *)(void *)((char *)job - offsetof(struct robots_errand, job));
    const struct sweep_host *host = robots->host;
    int rc = visits_store(keeper, robots->visits);
    if (rc == OK && !robots->other)
        rc = host_put_robots(keeper->store, &robots->row);
    for (size_t i = 0; rc == OK && robots->links_count > 0 && i < host->runs_count; i++)
        rc = urls_add(keeper->store, host->runs[i]->source->name, robots->links,
                      robots->links_count, NULL);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

static void on_robots_stored(struct store_job *job, int rc, const struct failure *why)
{
    struct robots_errand *robots =
        (struct robots_errand *)(void *)((char *)job - offsetof(struct robots_errand, job));
    struct sweep *sweep = robots->errand.sweep;
    struct sweep_host *host = robots->host;
    if (!sweep_store_failed(sweep, rc, why)) {
        bool again = !robots->other && robots_state(host->robots) == ROBOTS_DISALLOW_ALL &&
                     host->robots_attempts < ROBOTS_ATTEMPTS_MAX && sweep->stop == STOP_NOT;
        if (again)
            robots_ask(sweep, host);
        else
            host_settle(sweep, host);
    }
    robots_end(robots);
}

static bool wants_sitemaps(const struct source *source)
{
    for (size_t i = 0; i < source->start_count; i++)
        if (source->start[i].kind == SOURCE_SITEMAP)
            return true;
    return false;
}

/* The sitemaps that robots.txt names, on hosts of a source that starts from sitemaps. */
static int sitemaps_collect(struct robots_errand *robots)
{
    struct sweep_host *host = robots->host;
    const struct source *source = host->runs_count > 0 ? host->runs[0]->source : NULL;
    if (source == NULL || !wants_sitemaps(source))
        return OK;
    robots->links = arena_calloc(robots->arena, ROBOTS_SITEMAPS_MAX, sizeof *robots->links);
    const char *text = "";
    for (size_t i = 0; robots->links != NULL && i < ROBOTS_SITEMAPS_MAX &&
                       (text = robots_sitemap(host->robots, i)) != NULL;
         i++) {
        struct url url;
        if (url_read_canonical(robots->arena, slice_of(text), &url, NULL) != OK ||
            !source_allows_url(source, &url) || !slice_is(url.host_port, host->name))
            continue;
        robots->links[robots->links_count++] = (struct url_link){
            .url = url.href.at, .host = host->name, .kind = URL_SITEMAP, .depth = 1};
    }
    return robots->links != NULL ? OK : ERR_NOMEM;
}

/* An answer for the other scheme: one that cannot be read shuts that scheme alone. */
static void other_conclude(struct robots_errand *robots, int http_status, struct slice body)
{
    struct sweep *sweep = robots->errand.sweep;
    struct sweep_host *host = robots->host;
    struct slice agent = robots_product_token(slice_of(sweep->user_agent));
    robots_free(host->other);
    host->other = NULL;
    if (robots_from_answer(http_status, body, agent, &host->other) != OK) {
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
        robots_end(robots);
        return;
    }
    host->other_expires_unix_ms = clock_unix_ms() + robots_fresh_ms(host->other);
    robots->job = (struct store_job){.run = robots_store, .done = on_robots_stored};
    store_thread_post(sweep->thread, &robots->job);
}

static void robots_conclude(struct robots_errand *robots, int http_status, struct slice body,
                            const char *why)
{
    if (robots->other) {
        other_conclude(robots, http_status, body);
        return;
    }
    struct sweep *sweep = robots->errand.sweep;
    struct sweep_host *host = robots->host;
    struct slice agent = robots_product_token(slice_of(sweep->user_agent));
    int64_t now = clock_unix_ms();
    robots_free(host->robots);
    host->robots = NULL;
    int rc = robots_from_answer(http_status, body, agent, &host->robots);
    const char *copy = arena_copy(robots->arena, body.at, body.len);
    if (rc == OK)
        rc = copy != NULL ? sitemaps_collect(robots) : ERR_NOMEM;
    if (rc != OK) {
        sweep_fail(sweep, rc, "out of memory");
        robots_end(robots);
        return;
    }
    if (http_status != 0)
        snprintf(host->why, sizeof host->why, "robots.txt answered %d: nothing may be fetched",
                 http_status);
    else
        snprintf(host->why, sizeof host->why, "robots.txt cannot be read: %.180s", why);
    bool shut = robots_state(host->robots) == ROBOTS_DISALLOW_ALL;
    host->robots_expires_unix_ms = now + robots_fresh_ms(host->robots);
    robots->row = (struct host_row){.host = host->name,
                                    .robots_http_status = http_status,
                                    .robots_fetched_unix_ms = now,
                                    .robots_expires_unix_ms = host->robots_expires_unix_ms,
                                    .robots_body = slice_make(copy, body.len),
                                    .robots_why = shut ? host->why : ""};
    if (http_status < 200 || http_status > 299)
        robots->row.robots_body = SLICE_EMPTY;
    robots->job = (struct store_job){.run = robots_store, .done = on_robots_stored};
    store_thread_post(sweep->thread, &robots->job);
}

/* Follows a redirect as a request of its own. False: it leads nowhere. */
static bool robots_hop(struct robots_errand *robots, const char *location)
{
    struct sweep *sweep = robots->errand.sweep;
    struct url base, url;
    if (location[0] == '\0' || robots->hops_count > ROBOTS_REDIRECTS_MAX ||
        url_parse(robots->arena, slice_of(robots->errand.url), NULL, &base, NULL) != OK ||
        url_parse(robots->arena, slice_of(location), &base, &url, NULL) != OK ||
        address_refuse_url(&sweep->options->policy, &url, NULL) != OK)
        return false;
    const char *href =
        arena_copy(robots->arena, url_without_fragment(&url).at, url_without_fragment(&url).len);
    const char *host = arena_copy(robots->arena, url.host_port.at, url.host_port.len);
    if (href == NULL || host == NULL)
        return false;
    for (uint32_t i = 0; i < robots->hops_count; i++)
        if (strcmp(robots->hops[i], href) == 0)
            return false;
    robots->hops[robots->hops_count++] = href;
    robots->errand.url = href;
    robots->errand.host = host;
    errand_wait(&robots->errand);
    return true;
}

static void on_robots(struct errand *errand, const struct fetch_result *result)
{
    struct robots_errand *robots = (struct robots_errand *)errand;
    struct visit *visit = visit_make(robots->arena, errand, result);
    int http = result->http_status;
    if (visit != NULL) {
        const struct sweep_host *host = robots->host;
        visit->entry.kind = "robots";
        visit->entry.robots_rule = "robots.txt itself";
        visit->entry.source = host->runs_count > 0 ? host->runs[0]->source->name : "";
        if (robots->visits_last != NULL)
            robots->visits_last->next = visit;
        else
            robots->visits = visit;
        robots->visits_last = visit;
    }
    if (result->status == ERR_CANCELLED) {
        robots_end(robots);
        return;
    }
    if (result->status == OK && http >= 300 && http <= 399 && robots_hop(robots, result->location))
        return;
    /* of a file that is too long, what came counts; an answer cut short is no answer */
    bool whole = result->status == OK || (result->status == ERR_LIMIT && result->body.len > 0);
    struct slice file = SLICE_EMPTY;
    struct failure why = {.code = OK};
    failure_set(&why, OK, "%s", result->why);
    if (whole)
        whole =
            robots_unpack(robots->arena, result->body, result->content_encoding, &file, &why) == OK;
    robots_conclude(robots, whole ? http : 0, file, why.text);
}

static void on_robots_refused(struct errand *errand, int status, const char *why)
{
    struct robots_errand *robots = (struct robots_errand *)errand;
    struct sweep_host *host = robots->host;
    if (status == ERR_CONFLICT && host->phase == HOST_ROBOTS)
        lease_lost(errand->sweep, host, NULL);
    if (status == ERR_CANCELLED || status == ERR_CONFLICT)
        robots_end(robots);
    else
        robots_conclude(robots, 0, SLICE_EMPTY, why);
}

static void robots_send(struct sweep *sweep, struct sweep_host *host, bool other)
{
    struct arena *arena = NULL;
    struct robots_errand *robots = NULL;
    struct url url;
    struct failure why = {.code = OK};
    if (arena_create(HOST_ARENA_BYTES_MAX, &arena) == OK)
        robots = arena_alloc(arena, sizeof *robots);
    const char *text = robots == NULL
                           ? NULL
                           : arena_printf(arena, "%s://%s/robots.txt",
                                          host->plain_http != other ? "http" : "https", host->name);
    if (text == NULL) {
        arena_free(arena);
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
        return;
    }
    *robots = (struct robots_errand){.host = host, .other = other, .arena = arena};
    robots->errand = (struct errand){.sweep = sweep,
                                     .url = text,
                                     .host = host->name,
                                     .is_robots = true,
                                     .fetched = on_robots,
                                     .refused = on_robots_refused};
    robots->hops[robots->hops_count++] = text;
    sweep->busy++;
    if (url_parse(arena, slice_of(text), NULL, &url, &why) != OK ||
        address_refuse_url(&sweep->options->policy, &url, &why) != OK)
        robots_conclude(robots, 0, SLICE_EMPTY, why.text);
    else
        errand_wait(&robots->errand);
}

static void robots_ask(struct sweep *sweep, struct sweep_host *host)
{
    host->phase = HOST_ROBOTS;
    host->robots_attempts++;
    robots_send(sweep, host, false);
}

static void other_ask(struct sweep *sweep, struct sweep_host *host)
{
    host->phase = HOST_ROBOTS;
    frontier_hold_host(sweep->frontier, host->name, true);
    robots_send(sweep, host, true);
}

void hosts_refresh(struct sweep *sweep, int64_t now_unix_ms)
{
    size_t cursor = 0;
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, &cursor)) != NULL;) {
        if (host->phase != HOST_OPEN || host->robots_expires_unix_ms > now_unix_ms)
            continue;
        frontier_hold_host(sweep->frontier, host->name, true);
        host->robots_attempts = 0;
        robots_ask(sweep, host);
    }
}

/* ---- what the store remembers ---- */

struct host_load {
    struct store_job job;
    struct sweep *sweep;
    struct sweep_host *host;
    struct arena *arena;
    struct host_row row;
    struct lease_answer lease;
};

/* On the store's thread. */
static int load_run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    struct host_load *load = (struct host_load *)job;
    arena_reset(load->arena);
    const struct lease_ask ask = lease_ask_now(keeper);
    int rc = OK;
    load->lease.ours = true;
    if (keeper->shared)
        rc = host_lease_take(keeper->store, load->host->name, &ask, &load->lease);
    if (rc == OK)
        rc = host_get(keeper->store, load->arena, load->host->name, &load->row);
    return rc == OK || rc == ERR_NOT_FOUND ? OK : store_failed(keeper->store, rc, reterr);
}

static int restore(struct host_load *load, int64_t now)
{
    const struct host_row *row = &load->row;
    struct sweep *sweep = load->sweep;
    struct sweep_host *host = load->host;
    const struct host_state state = {.next_allowed_unix_ms = row->next_allowed_unix_ms,
                                     .delay_ms = row->delay_ms,
                                     .latency_ms = row->latency_ms,
                                     .backoff_ms = row->backoff_ms,
                                     .failures = row->failures};
    int rc = host_gate_restore(sweep->gate, host->name, &state, now);
    bool fresh = row->robots_expires_unix_ms > now && row->robots_fetched_unix_ms <= now &&
                 row->robots_expires_unix_ms - now <= ROBOTS_FRESH_MS_MAX;
    host->phase = HOST_KNOWN;
    host->robots_attempts = 0;
    robots_free(host->robots);
    host->robots = NULL;
    if (rc == OK && fresh) {
        rc = robots_from_answer(row->robots_http_status, row->robots_body,
                                robots_product_token(slice_of(sweep->user_agent)), &host->robots);
        snprintf(host->why, sizeof host->why, "%s", row->robots_why);
        host->robots_expires_unix_ms = row->robots_expires_unix_ms;
    }
    return rc;
}

static void host_go_on(struct sweep *sweep, struct sweep_host *host)
{
    if (host->phase == HOST_ASKED || host->phase == HOST_LEASED || host->phase == HOST_LEFT)
        return;
    for (size_t i = 0; i < host->runs_count; i++)
        host_gate_set_source_delay(sweep->gate, host->name, host->runs[i]->source->delay_ms);
    if (host->phase != HOST_KNOWN || host->runs_count == 0)
        return;
    if (host->robots != NULL)
        host_settle(sweep, host);
    else
        robots_ask(sweep, host);
}

static void on_loaded(struct store_job *job, int rc, const struct failure *why)
{
    struct host_load *load = (struct host_load *)job;
    struct sweep *sweep = load->sweep;
    sweep->busy--;
    if (!sweep_store_failed(sweep, rc, why)) {
        if (!load->lease.ours)
            lease_lost(sweep, load->host, &load->lease);
        else if (restore(load, clock_unix_ms()) != OK)
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
        else if (sweep->stop == STOP_NOT)
            host_go_on(sweep, load->host);
    }
    arena_free(load->arena);
    free(load);
}

static int load_post(struct sweep *sweep, struct sweep_host *host)
{
    struct host_load *load = calloc(1, sizeof *load);
    if (load == NULL || arena_create(HOST_ARENA_BYTES_MAX, &load->arena) != OK) {
        free(load);
        return ERR_NOMEM;
    }
    load->sweep = sweep;
    load->host = host;
    load->job = (struct store_job){.run = load_run, .done = on_loaded};
    sweep->busy++;
    store_thread_post(sweep->thread, &load->job);
    return OK;
}

int host_ask(struct sweep *sweep, struct sweep_host *host)
{
    if (!lease_may_ask(sweep, host))
        return OK;
    host->phase = HOST_ASKED;
    return load_post(sweep, host);
}

struct sweep_host *host_need(struct sweep *sweep, const char *name)
{
    struct slice key = slice_of(name);
    struct sweep_host *host = name_table_get(&sweep->hosts, key);
    if (host != NULL)
        return host;
    host = calloc(1, sizeof *host + key.len + 1);
    if (host == NULL)
        return NULL;
    memcpy(host->name, name, key.len + 1);
    if (name_table_put(&sweep->hosts, slice_make(host->name, key.len), host) != OK) {
        free(host);
        return NULL;
    }
    return host_ask(sweep, host) == OK ? host : NULL;
}

int host_want(struct sweep *sweep, const char *name, bool plain_http, struct source_run *run)
{
    struct sweep_host *host = host_need(sweep, name);
    if (host == NULL)
        return ERR_NOMEM;
    if (host->runs_count == 0)
        host->plain_http = plain_http;
    lease_regain(sweep, host);
    host_want_scheme(sweep, host, plain_http);
    for (size_t i = 0; i < host->runs_count; i++)
        if (host->runs[i] == run)
            return host->phase == HOST_OPEN ? lane_add(sweep, host, run) : OK;
    struct source_run **runs = realloc(host->runs, (host->runs_count + 1) * sizeof(*runs));
    if (runs == NULL)
        return ERR_NOMEM;
    host->runs = runs;
    host->runs[host->runs_count++] = run;
    if (host->phase == HOST_SHUT)
        run_note(run, host->why, host->name);
    host_go_on(sweep, host);
    return host->phase == HOST_OPEN ? lane_add(sweep, host, run) : OK;
}

void hosts_free(struct sweep *sweep)
{
    size_t cursor = 0;
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, &cursor)) != NULL;) {
        robots_free(host->robots);
        robots_free(host->other);
        free(host->runs);
        free(host);
    }
    name_table_release(&sweep->hosts);
}
