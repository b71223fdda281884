/* sweep_keep.c - the lock, the store and what a sweep begins and ends in it; see sweep_inside.h.
 * Before the store's thread starts and after it ended, so that one thread at a time has the handle. */
#include "app/sweep_care.h"
#include "app/sweep_local.h"
#include "app/sweep_parts.h"
#include "common/clock.h"
#include "common/file.h"
#include "storage/employer_rows.h"
#include "storage/recheck_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SEED_ARENA_BYTES_MAX (64u << 20)
#define DAY_MS               INT64_C(86400000)
#define RUNS_LOOKED_AT       STORE_PAGE_MAX

/* ---- the lock ---- */

/* Beside the store's file; of a store that machines share, beside the machine's evidence. */
static int lock_take(const struct settings *settings, int *ret_fd, struct failure *reterr)
{
    char path[SETTINGS_TEXT_BYTES + 8], text[32] = "";
    struct slice url = slice_of(settings->store);
    struct slice file =
        slice_starts(url, "sqlite:") ? slice_from(url, 7) : slice_of(settings->evidence);
    snprintf(path, sizeof path, "%.*s.lock", (int)file.len, file.at);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        int rc = file_failure(reterr, "cannot make the lock", path, errno);
        reterr->code = rc == ERR_NOT_FOUND ? ERR_IO : rc; /* no folder is no wrong data */
        return reterr->code;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t got = pread(fd, text, sizeof text - 1, 0);
        text[got > 0 ? strspn(text, "0123456789") : 0] = '\0';
        close(fd);
        return failure_set(reterr, ERR_BUSY, "another sweep holds the lock %s (pid %s)", path,
                           text[0] != '\0' ? text : "unknown");
    }
    int len = snprintf(text, sizeof text, "%" PRId64 "\n", (int64_t)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
        int saved = errno;
        close(fd);
        return file_failure(reterr, "cannot write the lock", path, saved);
    }
    *ret_fd = fd;
    return OK;
}

/* ---- open and close ---- */

int keeper_open(const struct sweep_options *options, struct keeper *keeper, struct failure *reterr)
{
    const struct settings *settings = options->settings;
    char agent[SWEEP_AGENT_BYTES];
    uint32_t ended = 0;
    *keeper = (struct keeper){.settings = settings,
                              .lock_fd = -1,
                              .rechecks = options->rechecks,
                              .watch = options->watch,
                              .shared = !slice_starts(slice_of(settings->store), "sqlite:")};
    int rc = keeper->shared ? dir_make(settings->evidence, 0700, reterr) : OK;
    if (rc == OK)
        rc = lock_take(settings, &keeper->lock_fd, reterr);
    if (rc == OK)
        rc = store_open(settings->store, STORE_CREATE, &keeper->store, reterr);
    if (rc == OK)
        rc = contact_key_load(settings->contact_key, true, &keeper->key, reterr);
    if (rc == OK)
        rc = dir_make(settings->evidence, 0700, reterr);
    if (rc == OK)
        rc = machine_name(settings->machine, settings->evidence, true, keeper->machine, reterr);
    if (rc == OK) {
        sweep_user_agent(settings, agent);
        const struct evidence_settings evidence = {.dir = settings->evidence,
                                                   .software = "lurewatch " LUREWATCH_VERSION,
                                                   .operator_name = settings->operator_name,
                                                   .user_agent = agent,
                                                   .machine = keeper->machine};
        rc = evidence_open(keeper->store, &evidence, &keeper->evidence, reterr);
    }
    if (rc == OK && employers_settle(keeper->store, clock_unix_ms(), &ended) != OK)
        rc = store_failed(keeper->store, store_failure(keeper->store)->code, reterr);
    if (rc != OK)
        keeper_close(keeper);
    return rc;
}

void keeper_close(struct keeper *keeper)
{
    evidence_close(keeper->evidence);
    store_close(keeper->store);
    if (keeper->lock_fd >= 0)
        close(keeper->lock_fd);
    *keeper = (struct keeper){.lock_fd = -1};
}

/* ---- transactions of the store's thread ---- */

static int ops_begin(void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    /* who holds the store for so long holds it for what is still to be told, too: wait once */
    if (keeper->locked_out)
        return failure_set(reterr, ERR_BUSY, "the store is locked by another process");
    int rc = store_begin(keeper->store);
    keeper->locked_out = rc == ERR_BUSY;
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

/* What the transaction's ads were told by, a row a source. */
static int hits_note(struct keeper *keeper)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < keeper->runs_count; i++)
        rc = rule_watch_note(keeper->watch, keeper->store, keeper->runs[i].source->name,
                             &keeper->runs[i].hits);
    return rc;
}

static int ops_commit(void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    int rc = hits_note(keeper);
    if (rc == OK)
        rc = store_commit(keeper->store);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

static void ops_rollback(void *ctx)
{
    struct keeper *keeper = ctx;
    store_rollback(keeper->store);
    for (size_t i = 0; i < keeper->runs_count; i++)
        rule_watch_drop(keeper->watch, &keeper->runs[i].hits);
}

const struct store_thread_ops KEEPER_OPS = {
    .begin = ops_begin, .commit = ops_commit, .rollback = ops_rollback};

/* ---- begin ---- */

static int seeds_add(struct keeper *keeper, const struct source *source)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < source->start_count; i++) {
        const struct source_start *start = &source->start[i];
        const struct url_link link = {
            .url = start->url, .host = start->host_port, .kind = (enum url_kind)start->kind};
        rc = urls_add(keeper->store, source->name, &link, 1, NULL);
    }
    return rc;
}

/* What its own limits leave it today; a source outside its hours has nothing. */
static int budget_find(struct keeper *keeper, struct source_run *run, int64_t now)
{
    const struct source *source = run->source;
    uint64_t today = 0;
    run->pages_left = source->pages_max;
    int64_t opens_ms = source_opens_ms(source, now);
    if (opens_ms > 0) {
        run->due = false;
        run->round.next_due_unix_ms = now + opens_ms;
        return OK;
    }
    if (source->pages_day == 0)
        return OK;
    int rc = fetches_count(keeper->store, source->name, now - now % DAY_MS, &today);
    uint64_t left = today < source->pages_day ? source->pages_day - today : 0;
    if (left < run->pages_left)
        run->pages_left = left;
    if (rc == OK && left == 0) {
        run->due = false;
        run->round.next_due_unix_ms = now - now % DAY_MS + DAY_MS;
    }
    return rc;
}

static int run_begin(struct keeper *keeper, struct source_run *run, int64_t now)
{
    const struct source *source = run->source;
    if (keeper->rechecks) {
        int rechecked = recheck_round(keeper->store, source->name, now, &run->round);
        run->due = rechecked == OK && run->round.due;
        return run->due ? budget_find(keeper, run, now) : rechecked;
    }
    int64_t every_ms = run->forced ? 0 : source->every_ms;
    int rc = round_begin(keeper->store, source->name, every_ms, now, &run->round);
    run->due = rc == OK && run->round.due;
    if (rc == OK && run->due)
        rc = budget_find(keeper, run, now);
    return rc == OK && run->due ? seeds_add(keeper, source) : rc;
}

int keeper_begin(struct keeper *keeper, const char *bank, struct source_run *runs, size_t count,
                 struct failure *reterr)
{
    int64_t now = clock_unix_ms();
    keeper->runs = runs;
    keeper->runs_count = count;
    int rc = store_begin(keeper->store);
    if (rc == OK)
        rc = sweep_run_begin(keeper->store, bank, keeper->machine, now, &keeper->run_id);
    if (rc == OK && keeper->watch != NULL)
        rc = rule_watch_begin(keeper->watch, keeper->store, keeper->run_id, now);
    if (rc == OK && keeper->shared) {
        const struct lease_ask ask = lease_ask_now(keeper);
        rc = host_leases_renew(keeper->store, &ask, &keeper->machines);
    }
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = run_begin(keeper, &runs[i], now);
    if (rc == OK)
        rc = store_commit(keeper->store);
    if (rc != OK)
        store_failed(keeper->store, rc, reterr);
    store_rollback(keeper->store);
    return rc;
}

/* ---- end ---- */

/* A URL that could be asked for by now: then the round is not over. */
static int round_has_more(struct keeper *keeper, const char *source, int64_t now, bool *ret_more)
{
    struct arena *arena = NULL;
    struct url_query query = {.source = source, .limit = STORE_PAGE_MAX};
    struct url_row *rows = NULL;
    size_t count = 0;
    int rc = arena_create(SEED_ARENA_BYTES_MAX, &arena);
    bool more = false;
    while (rc == OK && !more) {
        arena_reset(arena);
        rc = urls_pending(keeper->store, arena, &query, &rows, &count);
        for (size_t i = 0; rc == OK && i < count; i++)
            more |= rows[i].next_try_unix_ms <= now;
        if (rc != OK || count < STORE_PAGE_MAX)
            break;
        query.after_id = rows[count - 1].id;
    }
    arena_free(arena);
    *ret_more = more;
    return rc;
}

/* Every due round's alarms; it is finished where nothing of it is left. */
static int rounds_end(struct sweep *sweep, int64_t now)
{
    struct keeper *keeper = &sweep->keeper;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sweep->runs_count; i++) {
        const struct source_run *run = &sweep->runs[i];
        bool more = true;
        if (run->due && !keeper->rechecks)
            rc = round_has_more(keeper, run->source->name, now, &more);
        bool over = !more && !local_has_more(run);
        if (rc == OK && run->due)
            rc = alarms_find(sweep, &sweep->runs[i], over);
        if (rc == OK && over)
            rc = round_finish(keeper->store, run->round.id, now);
        if (rc == ERR_NOT_FOUND) /* another machine saw its end */
            rc = OK;
    }
    return rc;
}

void keeper_end(struct sweep *sweep, int exit_code)
{
    struct keeper *keeper = &sweep->keeper;
    int64_t now = clock_unix_ms();
    const struct sweep_counts *counts = &sweep->counts;
    int rc = rounds_end(sweep, now);
    if (rc == OK)
        rc = alarms_of_rules(sweep);
    if (rc == OK)
        rc = alarms_of_machine(sweep);
    char stopped[FAILURE_TEXT_BYTES];
    snprintf(stopped, sizeof stopped, "%s%.1000s", sweep_stop_name(sweep->stop),
             sweep->stop == STOP_ERROR ? sweep->why.text : "");
    const struct sweep_run run = {.id = keeper->run_id,
                                  .ended_unix_ms = now,
                                  .tally = {.pages = counts->pages,
                                            .bytes = counts->bytes,
                                            .postings = counts->postings,
                                            .flagged = counts->flagged,
                                            .failed = counts->failed,
                                            .denied = counts->denied,
                                            .poisoned = counts->poisoned},
                                  .exit_code = exit_code,
                                  .stopped_by = stopped};
    if (rc == OK && keeper->shared)
        rc = host_leases_end(keeper->store, keeper->machine);
    if (rc == OK)
        rc = sweep_run_end(keeper->store, &run);
    /* A store that refuses now refused before, and that was said; the next sweep goes on. */
    (void)rc;
}
