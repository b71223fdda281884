/* sweep.c - birth, the pump, stops and death of a sweep; see sweep.h and sweep_inside.h.
 *
 * The pump runs once in each turn of the loop, before it sleeps: it feeds the frontier, starts what
 * may start, and says when to look again. Callbacks only change state. The sweep is over when
 * nothing is busy and nothing will ever be; a stop (signal, --max-time, --max-pages, error) starts
 * nothing new and waits until what is in flight is stored. */
#include "app/exit_code.h"
#include "app/sweep_care.h"
#include "app/sweep_local.h"
#include "app/sweep_parts.h"
#include "app/sweep_render.h"
#include "common/clock.h"
#include "common/log.h"
#include "crawler/renderer.h"
#include "storage/recheck_rows.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <uv.h>

#define TICK_MS              250u
#define POOL_QUEUE           32u /* pages that wait for a worker, for each worker */
#define STORE_JOBS           2048u
#define HEAD_BYTES           (64u << 10)
#define RUNS_BACK_MAX        500u
#define LOAD_ARENA_BYTES_MAX (UINT64_C(256) << 20)

struct sweep_loop {
    uv_loop_t loop;
    uv_prepare_t prepare;
    uv_timer_t timer, tick;
    uv_signal_t sigint, sigterm;
};

void sweep_user_agent(const struct settings *settings, char at[SWEEP_AGENT_BYTES])
{
    const char *contact = settings->operator_contact;
    bool mail = strchr(contact, '@') != NULL && strstr(contact, ":") == NULL;
    snprintf(at, SWEEP_AGENT_BYTES, "lurewatch/%s (%s%s+%s%s)", LUREWATCH_VERSION,
             settings->operator_name, settings->operator_name[0] != '\0' ? "; " : "",
             mail ? "mailto:" : "", contact);
    for (char *byte = at; *byte != '\0'; byte++)
        if ((unsigned char)*byte < 0x20 || (unsigned char)*byte >= 0x7F)
            *byte = '_';
}

struct source_run *run_find(struct sweep *sweep, const char *name)
{
    return name_table_get(&sweep->runs_by_name, slice_of(name));
}

/* ---- stops ---- */

const char *sweep_stop_name(enum sweep_stop stop)
{
    static const char *const names[] = {
        [STOP_NOT] = "running",       [STOP_DONE] = "done",           [STOP_SIGNAL] = "signal",
        [STOP_MAX_TIME] = "max-time", [STOP_MAX_PAGES] = "max-pages", [STOP_WAITS] = "waits",
        [STOP_ERROR] = "error: ",
    };
    return names[stop];
}

void sweep_stop(struct sweep *sweep, enum sweep_stop stop)
{
    if (sweep->stop == STOP_NOT || stop == STOP_ERROR)
        sweep->stop = stop;
}

void sweep_fail(struct sweep *sweep, int code, const char *why)
{
    if (sweep->stop == STOP_ERROR)
        return;
    failure_set(&sweep->why, code, "%s", why);
    sweep_stop(sweep, STOP_ERROR);
}

bool sweep_store_failed(struct sweep *sweep, int rc, const struct failure *why)
{
    if (rc != OK)
        sweep_fail(sweep, rc, why->text);
    return rc != OK;
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct sweep *sweep = handle->data;
    if (sweep->stop != STOP_NOT) {
        progress_clear(&sweep->progress);
        signal(number, SIG_DFL); /* asked twice: at once */
        raise(number);
        return;
    }
    sweep_stop(sweep, STOP_SIGNAL);
    if (!sweep->options->quiet) {
        progress_clear(&sweep->progress);
        log_info("sweep: stopping; what is in flight is finished and stored first");
    }
}

/* ---- death ---- */

static void close_handle(uv_handle_t *handle)
{
    if (handle->loop != NULL && !uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void sweep_close(struct sweep *sweep)
{
    if (sweep->closing)
        return;
    sweep->closing = true;
    close_handle((uv_handle_t *)&sweep->uv->prepare);
    close_handle((uv_handle_t *)&sweep->uv->timer);
    close_handle((uv_handle_t *)&sweep->uv->tick);
    close_handle((uv_handle_t *)&sweep->uv->sigint);
    close_handle((uv_handle_t *)&sweep->uv->sigterm);
    renderer_close(sweep->renderer);
    sweep->renderer = NULL;
    if (sweep->fetcher != NULL)
        fetcher_close(sweep->fetcher, NULL, NULL);
    worker_pool_close(sweep->pool, NULL, NULL);
    if (sweep->thread != NULL)
        store_thread_close(sweep->thread, NULL, NULL);
    sweep->fetcher = NULL;
    sweep->pool = NULL;
    sweep->thread = NULL;
}

/* ---- the pump ---- */

static bool has_room(const struct sweep *sweep)
{
    return sweep->stop == STOP_NOT && sweep->flying < (size_t)sweep->options->settings->in_flight &&
           sweep->bodies_bytes < SWEEP_BODIES_MAX &&
           worker_pool_waiting(sweep->pool) < POOL_QUEUE * sweep->workers &&
           store_thread_waiting(sweep->thread) < STORE_JOBS;
}

struct uv_loop_s *sweep_uv(struct sweep *sweep)
{
    return &sweep->uv->loop;
}

static void start_pages(struct sweep *sweep, int64_t now_unix_ms)
{
    struct frontier_item item;
    struct host_state state;
    while (has_room(sweep)) {
        if (sweep->started >= sweep->options->max_pages) {
            sweep_stop(sweep, STOP_MAX_PAGES);
            return;
        }
        if (frontier_next(sweep->frontier, now_unix_ms, &item, &state) != OK)
            return;
        page_begin(sweep, &item, &state);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static void on_time(uv_timer_t *timer)
{
    (void)timer; /* the pump runs in this turn of the loop */
}

/* Nothing is left as far as the frontier knows: what sitemaps revived, and what shares held back. */
static bool goes_on(struct sweep *sweep)
{
    bool more = sweep->revived > 0;
    if (more)
        frontier_rewind(sweep->frontier);
    sweep->revived = 0;
    return shares_go_on(sweep) || more;
}

/* Nothing is under way: does it pay to wait? True: it goes on at once. */
static bool consider_end(struct sweep *sweep, int64_t wait_ms, int64_t left_ms)
{
    if (sweep->busy > sweep->waiting_count)
        return false;
    if (wait_ms < 0 && sweep->busy == 0 && goes_on(sweep))
        return true;
    if (wait_ms < 0 && sweep->busy == 0)
        sweep_stop(sweep, STOP_DONE);
    else if (left_ms >= 0 && wait_ms > left_ms)
        sweep_stop(sweep, STOP_MAX_TIME);
    else if (wait_ms > SWEEP_WAIT_MS_MAX)
        sweep_stop(sweep, STOP_WAITS);
    return false;
}

static int64_t time_left(const struct sweep *sweep)
{
    if (sweep->ends_mono_ms == 0)
        return -1;
    int64_t left_ms = sweep->ends_mono_ms - clock_mono_ms();
    return left_ms > 0 ? left_ms : 0;
}

static int64_t until(int64_t unix_ms, int64_t now)
{
    return unix_ms > now ? unix_ms - now : 0;
}

static void pump_once(struct sweep *sweep)
{
    int64_t now = clock_unix_ms(), left_ms = time_left(sweep), errands_ms = -1;
    if (left_ms == 0)
        sweep_stop(sweep, STOP_MAX_TIME);
    if (sweep->stop != STOP_NOT)
        return;
    shares_look(sweep, now);
    sweep_feed(sweep);
    errands_start_ready(sweep, now, &errands_ms);
    start_pages(sweep, now);
    locals_pump(sweep, has_room(sweep) && sweep->started < sweep->options->max_pages);
    if (sweep->stop != STOP_NOT)
        return;
    int64_t wait_ms = has_room(sweep) ? frontier_wait_ms(sweep->frontier, now) : -1;
    wait_ms = earlier(wait_ms, errands_ms);
    int64_t leases_ms = leases_pump(sweep, now);
    if (wait_ms < 0 && leases_ms >= 0 && sweep->busy == sweep->waiting_count)
        leases_idle(sweep);
    wait_ms = earlier(wait_ms, leases_ms);
    if (consider_end(sweep, wait_ms, left_ms))
        wait_ms = 0;
    wait_ms = earlier(wait_ms, left_ms);
    if (sweep->keeper.shared)
        wait_ms = earlier(wait_ms, until(sweep->lease.beat_unix_ms, now));
    if (wait_ms >= 0)
        uv_timer_start(&sweep->uv->timer, on_time, (uint64_t)wait_ms, 0);
    else
        uv_timer_stop(&sweep->uv->timer);
}

/* What is under way waits for the store alone: no request is in the air, no page at a worker. */
static bool only_stores(const struct sweep *sweep)
{
    return sweep->flying == sweep->committing && worker_pool_waiting(sweep->pool) == 0;
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct sweep *sweep = prepare->data;
    pump_once(sweep);
    if (sweep->stop != STOP_NOT || only_stores(sweep))
        store_thread_hurry(sweep->thread);
    if (sweep->stop == STOP_NOT)
        return;
    errands_drop(sweep);
    if (sweep->busy == 0)
        sweep_close(sweep);
}

static void on_tick(uv_timer_t *tick)
{
    report_progress(tick->data);
}

/* ---- birth ---- */

static int gate_make(struct sweep *sweep)
{
    const struct sweep_options *options = sweep->options;
    const struct settings *settings = options->settings;
    struct host_gate_settings gate;
    host_gate_settings_default(&gate);
    gate.politeness_off = options->politeness_off;
    gate.in_flight_per_host_max = (uint32_t)settings->in_flight_per_host;
    gate.delay_min_ms = (uint32_t)settings->delay_min_ms;
    gate.jitter_seed = (uint64_t)uv_hrtime();
    if (options->politeness_off)
        gate.in_flight_per_address_max = (uint32_t)settings->in_flight;
    int rc = host_gate_create(&gate, &sweep->gate);
    if (rc == OK)
        rc = frontier_create(sweep->gate, FRONTIER_URLS_MAX, &sweep->frontier);
    for (size_t i = 0; rc == OK && i < sweep->runs_count; i++) {
        struct source_run *run = &sweep->runs[i];
        if (run->due)
            rc = frontier_add_source(sweep->frontier, run->source->name, (uint32_t)run->pages_left);
    }
    if (rc == OK)
        shares_begin(sweep);
    return rc;
}

/* Only where a source that is due wants it. */
static int renderer_make(struct sweep *sweep, struct failure *reterr)
{
    const struct settings *settings = sweep->options->settings;
    const struct renderer_settings renderer = {.browser = settings->browser,
                                               .user_agent = sweep->user_agent,
                                               .page_ms_max = (uint32_t)settings->render_ms,
                                               .dom_bytes_max = (size_t)settings->body_bytes};
    bool wanted = false;
    for (size_t i = 0; i < sweep->runs_count; i++)
        wanted |= sweep->runs[i].due && sweep->runs[i].source->render;
    return wanted ? renderer_create(&sweep->uv->loop, &renderer, &sweep->renderer, reterr) : OK;
}

static int network_make(struct sweep *sweep, struct failure *reterr)
{
    const struct sweep_options *options = sweep->options;
    const struct settings *settings = options->settings;
    const struct fetcher_settings fetcher = {
        .in_flight_max = (uint32_t)settings->in_flight,
        .in_flight_per_host_max = (uint32_t)settings->in_flight_per_host,
        .connect_ms_max = (uint32_t)settings->connect_ms,
        .total_ms_max = (uint32_t)settings->total_ms,
        .stall_ms_max = (uint32_t)settings->stall_ms,
        .head_bytes_max = HEAD_BYTES,
        .body_bytes_max = (size_t)settings->body_bytes,
        .user_agent = sweep->user_agent,
        .proxy = settings->proxy,
        .ca_file = settings->ca_file,
        .policy = options->policy,
        .all_names_are_test_endpoint = options->policy.allow_test_endpoint};
    sweep->workers =
        settings->workers > 0 ? (uint32_t)settings->workers : uv_available_parallelism();
    const struct worker_pool_settings pool = {.bank = options->bank,
                                              .model = options->model,
                                              .workers = sweep->workers,
                                              .memory_mib = settings->worker_memory_mib,
                                              .page_ms = settings->page_ms};
    struct store_thread_ops ops = KEEPER_OPS;
    ops.ctx = &sweep->keeper;
    int rc = store_thread_create(&sweep->uv->loop, &ops, &sweep->thread);
    if (rc != OK)
        return failure_set(reterr, rc, "cannot start the store's thread");
    rc = fetcher_create(&sweep->uv->loop, &fetcher, &sweep->fetcher, reterr);
    if (rc == OK)
        rc = worker_pool_create(&sweep->uv->loop, &pool, &sweep->pool, reterr);
    return rc == OK ? renderer_make(sweep, reterr) : rc;
}

static void handles_make(struct sweep *sweep)
{
    uv_loop_t *loop = &sweep->uv->loop;
    uv_prepare_init(loop, &sweep->uv->prepare);
    uv_timer_init(loop, &sweep->uv->timer);
    uv_timer_init(loop, &sweep->uv->tick);
    uv_signal_init(loop, &sweep->uv->sigint);
    uv_signal_init(loop, &sweep->uv->sigterm);
    sweep->uv->prepare.data = sweep->uv->tick.data = sweep->uv->sigint.data =
        sweep->uv->sigterm.data = sweep;
    uv_prepare_start(&sweep->uv->prepare, on_prepare);
    uv_signal_start(&sweep->uv->sigint, on_signal, SIGINT);
    uv_signal_start(&sweep->uv->sigterm, on_signal, SIGTERM);
    if (sweep->progress.live)
        uv_timer_start(&sweep->uv->tick, on_tick, TICK_MS, TICK_MS);
}

/* The hosts that have URLs waiting, by the scheme of the first of them. */
struct begun {
    struct begun *next;
    const char *host;
    struct source_run *run;
    bool plain_http;
};

static int hosts_find(struct sweep *sweep, struct arena *arena, struct source_run *run,
                      struct begun **first)
{
    struct host_pending *hosts = NULL;
    size_t count = 0;
    const char *source = run->source->name;
    bool wanted = sweep->options->rechecks;
    int rc = wanted ? hosts_wanted(sweep->keeper.store, arena, source, &hosts, &count)
                    : hosts_pending(sweep->keeper.store, arena, source, &hosts, &count);
    for (size_t i = 0; rc == OK && i < count; i++) {
        const struct url_query query = {
            .source = source, .host = hosts[i].host, .limit = 1, .wanted = wanted};
        struct url_row *rows = NULL;
        size_t rows_count = 0;
        struct begun *begun = arena_alloc(arena, sizeof *begun);
        if (begun == NULL)
            return ERR_NOMEM;
        if (strcmp(hosts[i].host, LOCAL_HOST) == 0)
            continue;
        rc = urls_pending(sweep->keeper.store, arena, &query, &rows, &rows_count);
        bool plain_http = rows_count > 0 && strncmp(rows[0].url, "http:", 5) == 0;
        *begun = (struct begun){*first, hosts[i].host, run, plain_http};
        *first = begun;
    }
    return rc;
}

/* Since when sweeps have used this bank without a break. */
static int bank_since(struct sweep *sweep, struct arena *arena)
{
    struct sweep_run *runs = NULL;
    size_t count = 0;
    int rc = sweep_runs_last(sweep->keeper.store, arena, RUNS_BACK_MAX, &runs, &count);
    sweep->bank_since_unix_ms = INT64_MAX;
    for (size_t i = 0; rc == OK && i < count; i++) {
        if (strcmp(runs[i].bank, sweep->options->bank_name) != 0)
            break;
        sweep->bank_since_unix_ms = runs[i].started_unix_ms;
    }
    return rc;
}

/* The last use of the store's handle by this thread before the store's thread has it. */
static int sweep_load(struct sweep *sweep, struct arena *arena, struct begun **ret_begun)
{
    int rc = bank_since(sweep, arena);
    for (size_t i = 0; rc == OK && i < sweep->runs_count; i++)
        if (sweep->runs[i].due)
            rc = hosts_find(sweep, arena, &sweep->runs[i], ret_begun);
    if (rc == OK && gate_make(sweep) != OK)
        return failure_set(&sweep->why, ERR_NOMEM, "out of memory");
    return rc == OK ? OK : store_failed(sweep->keeper.store, rc, &sweep->why);
}

static size_t runs_due(const struct sweep *sweep)
{
    size_t due = 0;
    for (size_t i = 0; i < sweep->runs_count; i++)
        due += sweep->runs[i].due;
    return due;
}

static void sweep_go(struct sweep *sweep)
{
    struct arena *arena = NULL;
    struct begun *begun = NULL;
    uv_loop_init(&sweep->uv->loop);
    int rc = arena_create(LOAD_ARENA_BYTES_MAX, &arena);
    if (rc == OK)
        rc = sweep_load(sweep, arena, &begun);
    if (rc == OK)
        rc = network_make(sweep, &sweep->why);
    if (rc == OK) {
        handles_make(sweep);
        for (; begun != NULL; begun = begun->next)
            if (host_want(sweep, begun->host, begun->plain_http, begun->run) != OK)
                sweep_fail(sweep, ERR_NOMEM, "out of memory");
    } else {
        sweep->why.code = rc;
        sweep->stop = STOP_ERROR;
        sweep_close(sweep);
    }
    arena_free(arena);
    uv_run(&sweep->uv->loop, UV_RUN_DEFAULT);
    rc = uv_loop_close(&sweep->uv->loop);
    assert(rc == 0);
    (void)rc;
    while (waitpid(-1, NULL, 0) > 0)
        ; /* workers that were just ended: their CPU time is ours, and no zombie is left */
}

static int runs_make(struct sweep *sweep)
{
    const struct sweep_options *options = sweep->options;
    char why[SOURCE_WHY_BYTES];
    size_t count = 0;
    while (source_set_at(options->sources, count) != NULL)
        count++;
    sweep->runs = calloc(count + 1, sizeof *sweep->runs);
    if (sweep->runs == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct source *source = source_set_at(options->sources, i);
        bool asked = options->only_count == 0;
        for (size_t k = 0; k < options->only_count; k++)
            asked |= strcmp(options->only[k], source->name) == 0;
        if (!asked || source_off(source, clock_unix_ms(), why) != NULL ||
            (source->render && renderer_browser(options->settings->browser) == NULL))
            continue; /* the command says why */
        struct source_run *run = &sweep->runs[sweep->runs_count++];
        run->source = source;
        run->forced = options->only_count > 0;
        if (name_table_put(&sweep->runs_by_name, slice_of(source->name), run) != OK)
            return ERR_NOMEM;
    }
    return OK;
}

static void sweep_free(struct sweep *sweep)
{
    keeper_close(&sweep->keeper);
    frontier_free(sweep->frontier);
    host_gate_free(sweep->gate);
    locals_free(sweep);
    renders_free(sweep);
    hosts_free(sweep);
    feed_free(sweep);
    name_table_release(&sweep->runs_by_name);
    for (size_t i = 0; i < sweep->runs_count; i++)
        free(sweep->runs[i].hits.hits);
    free(sweep->runs);
    free(sweep->uv);
    free(sweep);
}

int sweep_run(const struct sweep_options *options)
{
    const char *name = options->rechecks ? "recheck" : "sweep";
    struct failure why = {.code = OK};
    struct sweep *sweep = calloc(1, sizeof *sweep);
    struct sweep_loop *uv = calloc(1, sizeof *uv);
    if (sweep == NULL || uv == NULL) {
        free(sweep);
        free(uv);
        return EXIT_INTERNAL;
    }
    sweep->uv = uv;
    sweep->options = options;
    sweep->keeper.lock_fd = -1;
    sweep_user_agent(options->settings, sweep->user_agent);
    sweep->started_unix_ms = clock_unix_ms();
    sweep->started_mono_ms = clock_mono_ms();
    if (options->max_time_ms > 0)
        sweep->ends_mono_ms = sweep->started_mono_ms + options->max_time_ms;
    progress_init(&sweep->progress, stderr, options->quiet || options->json,
                  sweep->started_mono_ms);
    int code = EXIT_DONE, rc = runs_make(sweep);
    if (rc == OK)
        rc = keeper_open(options, &sweep->keeper, &why);
    if (rc == OK)
        rc = keeper_begin(&sweep->keeper, options->bank_name, sweep->runs, sweep->runs_count, &why);
    if (rc != OK) {
        code = exit_with(name, &why);
        sweep_free(sweep);
        return code;
    }
    sweep->lease.machines = sweep->keeper.machines;
    if (runs_due(sweep) == 0)
        sweep->stop = STOP_DONE;
    else
        sweep_go(sweep);
    progress_clear(&sweep->progress);
    for (size_t i = 0; i < sweep->runs_count; i++)
        (void)leases_elsewhere(sweep, &sweep->runs[i]);
    if (sweep->stop == STOP_ERROR)
        code = exit_with(name, &sweep->why);
    if (sweep->stop == STOP_ERROR && sweep->why.code == ERR_NET)
        code = EXIT_TRY_LATER; /* the database is away; what it has stands, the next goes on */
    keeper_end(sweep, code);
    metrics_write(sweep, code);
    report_end(sweep, code);
    sweep_free(sweep);
    return code;
}
