/* sweep_lease.c - several machines over one store: which hosts are ours; see host_lease.h.
 *
 *   ASKED --ours--> KNOWN … OPEN        ASKED --another's, or we have our share--> LEASED
 *   LEASED --after a while--> ASKED, or, when nothing of it waits any more, LEFT
 *   OPEN --others have too few--> LEASED      OPEN --nothing left, we wait for others--> LEFT
 *
 * The machine says that it lives and counts who else does, and looks at hosts of others again: soon
 * in the beginning, when machines come together, then in growing steps up to STEP_MS_MAX, and each
 * quarter of a lease at least. Its share is the hosts it knows of, divided by the machines; what it
 * has beyond that it gives back when the pages under way have ended. A sweep waits while hosts that it wants are another's: when that machine ends or
 * dies, they are taken up. While it waits for nothing else it holds nothing, so two sweeps never
 * wait for one another. A store of one machine (SQLite) has its file lock instead. */
#include "app/sweep_parts.h"
#include "common/clock.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS_MIN 200
#define STEP_MS_MAX 5000

/* The nth step: 200 ms, twice as long each time. */
static int64_t step(const struct sweep *sweep, uint32_t n)
{
    int64_t quarter = sweep->options->settings->lease_ms / 4;
    int64_t max = quarter < STEP_MS_MAX ? quarter : STEP_MS_MAX;
    int64_t ms = (int64_t)LOOK_MS_MIN << (n < 8 ? n : 8);
    if (ms > max)
        ms = max;
    return ms > LOOK_MS_MIN ? ms : LOOK_MS_MIN;
}

static size_t share(const struct sweep *sweep)
{
    size_t machines = sweep->lease.machines > 0 ? sweep->lease.machines : 1;
    return (sweep->lease.wanted + machines - 1) / machines;
}

struct lease_ask lease_ask_now(const struct keeper *keeper)
{
    return (struct lease_ask){.machine = keeper->machine,
                              .now_unix_ms = clock_unix_ms(),
                              .lasts_ms = keeper->settings->lease_ms};
}

/* ---- a host comes and goes ---- */

static void look_later(struct sweep *sweep, struct sweep_host *host, int64_t at_unix_ms)
{
    host->lease.look_unix_ms = at_unix_ms;
    if (sweep->lease.look_unix_ms == 0 || at_unix_ms < sweep->lease.look_unix_ms)
        sweep->lease.look_unix_ms = at_unix_ms;
}

static void wanted_note(struct sweep *sweep, struct sweep_host *host, bool wanted)
{
    if (host->lease.wanted != wanted)
        sweep->lease.wanted += wanted ? 1 : (size_t)-1;
    host->lease.wanted = wanted;
}

static void held_note(struct sweep *sweep, struct sweep_host *host, bool held)
{
    if (host->lease.held != held)
        sweep->lease.held += held ? 1 : (size_t)-1;
    host->lease.held = held;
}

bool lease_may_ask(struct sweep *sweep, struct sweep_host *host)
{
    if (!sweep->keeper.shared)
        return true;
    wanted_note(sweep, host, true);
    if (host->lease.held || sweep->lease.held < share(sweep)) {
        held_note(sweep, host, true);
        return true;
    }
    host->phase = HOST_LEASED;
    look_later(sweep, host, clock_unix_ms() + step(sweep, host->lease.looks++));
    return false;
}

void lease_lost(struct sweep *sweep, struct sweep_host *host, const struct lease_answer *answer)
{
    int64_t look = clock_unix_ms() + step(sweep, host->lease.looks++);
    held_note(sweep, host, false);
    host->phase = HOST_LEASED;
    if (answer != NULL) {
        snprintf(host->lease.holder, sizeof host->lease.holder, "%s", answer->holder);
        host->lease.ends_unix_ms = answer->ends_unix_ms;
        if (answer->ends_unix_ms + LOOK_MS_MIN < look)
            look = answer->ends_unix_ms + LOOK_MS_MIN;
    }
    look_later(sweep, host, look);
    frontier_hold_host(sweep->frontier, host->name, true);
}

struct release {
    struct store_job job;
    struct sweep *sweep;
    char host[];
};

/* On the store's thread. */
static int release_run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    const struct release *release = (const struct release *)job;
    int rc = host_lease_release(keeper->store, release->host, keeper->machine);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

static void on_released(struct store_job *job, int rc, const struct failure *why)
{
    struct release *release = (struct release *)job;
    release->sweep->busy--;
    (void)sweep_store_failed(release->sweep, rc, why);
    free(release);
}

static void give_back(struct sweep *sweep, struct sweep_host *host, enum host_phase phase)
{
    size_t len = strlen(host->name) + 1;
    struct release *release = calloc(1, sizeof *release + len);
    if (release == NULL)
        return; /* it stays ours, or ends by itself */
    memcpy(release->host, host->name, len);
    release->sweep = sweep;
    release->job = (struct store_job){.run = release_run, .done = on_released};
    held_note(sweep, host, false);
    wanted_note(sweep, host, phase == HOST_LEASED);
    host->phase = phase;
    host->lease.holder[0] = '\0';
    frontier_hold_host(sweep->frontier, host->name, true);
    if (phase == HOST_LEASED)
        look_later(sweep, host, clock_unix_ms() + 2 * step(sweep, host->lease.looks++));
    sweep->busy++;
    store_thread_post(sweep->thread, &release->job);
}

void lease_regain(struct sweep *sweep, struct sweep_host *host)
{
    if (host->phase == HOST_LEFT && host_ask(sweep, host) != OK)
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
}

/* ---- the machine lives ---- */

struct beat {
    struct store_job job;
    struct sweep *sweep;
    uint32_t machines;
};

/* On the store's thread. */
static int beat_run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    struct beat *beat = (struct beat *)job;
    const struct lease_ask ask = lease_ask_now(keeper);
    int rc = host_leases_renew(keeper->store, &ask, &beat->machines);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

/* Those that no page is under way of go at once, the others when theirs have ended. */
static void leave(struct sweep *sweep)
{
    size_t cursor = 0;
    for (struct sweep_host *host;
         sweep->lease.leaving > 0 && (host = name_table_next(&sweep->hosts, &cursor)) != NULL;) {
        if (!host->lease.leaving || host->lease.pages > 0)
            continue;
        host->lease.leaving = false;
        sweep->lease.leaving--;
        if (host->phase == HOST_OPEN)
            give_back(sweep, host, HOST_LEASED);
    }
}

static void balance(struct sweep *sweep)
{
    size_t cursor = 0;
    struct sweep_host *host = NULL;
    while (sweep->lease.held > share(sweep) + sweep->lease.leaving &&
           (host = name_table_next(&sweep->hosts, &cursor)) != NULL) {
        if (host->phase != HOST_OPEN || host->lease.leaving)
            continue;
        host->lease.leaving = true;
        sweep->lease.leaving++;
        frontier_hold_host(sweep->frontier, host->name, true);
    }
    leave(sweep);
}

static void on_beat(struct store_job *job, int rc, const struct failure *why)
{
    struct beat *beat = (struct beat *)job;
    struct sweep *sweep = beat->sweep;
    sweep->busy--;
    sweep->lease.beating = false;
    if (!sweep_store_failed(sweep, rc, why) && sweep->stop == STOP_NOT) {
        sweep->lease.machines = beat->machines;
        balance(sweep);
    }
    free(beat);
}

static void beat_post(struct sweep *sweep, int64_t now)
{
    struct beat *beat = calloc(1, sizeof *beat);
    sweep->lease.beat_unix_ms = now + step(sweep, sweep->lease.beats++);
    if (beat == NULL)
        return;
    beat->sweep = sweep;
    beat->job = (struct store_job){.run = beat_run, .done = on_beat};
    sweep->lease.beating = true;
    sweep->busy++;
    store_thread_post(sweep->thread, &beat->job);
}

/* ---- is anything left of it? ---- */

struct glance {
    struct store_job job;
    struct sweep *sweep;
    struct sweep_host *host;
    bool pending;
};

/* On the store's thread. */
static int glance_run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    struct glance *glance = (struct glance *)job;
    int rc = host_has_pending(keeper->store, glance->host->name, &glance->pending);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

/* The others ended its last page: nothing to wait for. */
static void host_over(struct sweep *sweep, struct sweep_host *host)
{
    held_note(sweep, host, false);
    wanted_note(sweep, host, false);
    host->phase = HOST_LEFT;
    host->lease.looks = 0;
    frontier_hold_host(sweep->frontier, host->name, true);
}

static void on_glanced(struct store_job *job, int rc, const struct failure *why)
{
    struct glance *glance = (struct glance *)job;
    struct sweep *sweep = glance->sweep;
    struct sweep_host *host = glance->host;
    sweep->busy--;
    host->lease.glancing = false;
    if (!sweep_store_failed(sweep, rc, why) && sweep->stop == STOP_NOT &&
        host->phase == HOST_LEASED) {
        if (!glance->pending && sweep->waiting_count == 0)
            host_over(sweep, host);
        else if (host_ask(sweep, host) != OK)
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
    }
    free(glance);
}

static void glance_at(struct sweep *sweep, struct sweep_host *host)
{
    struct glance *glance = calloc(1, sizeof *glance);
    if (glance == NULL) {
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
        return;
    }
    *glance = (struct glance){
        .job = {.run = glance_run, .done = on_glanced}, .sweep = sweep, .host = host};
    host->lease.glancing = true;
    sweep->busy++;
    store_thread_post(sweep->thread, &glance->job);
}

/* ---- in the pump ---- */

static void look_again(struct sweep *sweep, int64_t now)
{
    size_t cursor = 0;
    sweep->lease.look_unix_ms = 0;
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, &cursor)) != NULL;) {
        if (host->phase != HOST_LEASED || host->lease.glancing)
            continue;
        if (host->lease.look_unix_ms > now)
            look_later(sweep, host, host->lease.look_unix_ms);
        else if (sweep->waiting_count == 0 && !sweep->keeper.rechecks)
            glance_at(sweep, host);
        else if (host_ask(sweep, host) != OK)
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
    }
}

int64_t leases_pump(struct sweep *sweep, int64_t now)
{
    if (!sweep->keeper.shared)
        return -1;
    if (now >= sweep->lease.beat_unix_ms && !sweep->lease.beating)
        beat_post(sweep, now);
    leave(sweep);
    if (sweep->lease.look_unix_ms != 0 && now >= sweep->lease.look_unix_ms)
        look_again(sweep, now);
    if (sweep->lease.look_unix_ms == 0)
        return -1;
    return sweep->lease.look_unix_ms > now ? sweep->lease.look_unix_ms - now : 0;
}

void leases_idle(struct sweep *sweep)
{
    size_t cursor = 0;
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, &cursor)) != NULL;)
        if (host->lease.held && host->lease.pages == 0 &&
            (host->phase == HOST_OPEN || host->phase == HOST_SHUT || host->phase == HOST_KNOWN))
            give_back(sweep, host, HOST_LEFT);
}

size_t leases_elsewhere(const struct sweep *sweep, struct source_run *note)
{
    size_t count = 0, cursor = 0;
    char when[CLOCK_RFC3339_BYTES], why[160];
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, &cursor)) != NULL;) {
        if (host->phase != HOST_LEASED)
            continue;
        count++;
        for (size_t i = 0; note != NULL && i < host->runs_count; i++) {
            if (host->runs[i] != note)
                continue;
            if (host->lease.holder[0] != '\0')
                snprintf(why, sizeof why, "leased by machine %s until %s", host->lease.holder,
                         clock_rfc3339(host->lease.ends_unix_ms, when));
            else
                snprintf(why, sizeof why, "left to the other machines");
            run_note(note, why, host->name);
        }
    }
    return count;
}
