/* sweep_shares.c - how many pages each source may have: its own limits, its hours, and a fair share of
 * --max-pages; see sweep_parts.h.
 *
 * Each source that is due begins with an equal share of --max-pages. When no source may go on, what
 * is left is shared again among those that have more to fetch. */
#include "app/sweep_care.h"
#include "app/sweep_parts.h"

#define LOOK_MS 1000

static void budget_use(struct sweep *sweep, const struct source_run *run)
{
    uint64_t pages = run->share < run->pages_left ? run->share : run->pages_left;
    frontier_set_budget(sweep->frontier, run->source->name, pages);
}

void shares_begin(struct sweep *sweep)
{
    uint64_t due = 0;
    for (size_t i = 0; i < sweep->runs_count; i++)
        due += sweep->runs[i].due;
    for (size_t i = 0; i < sweep->runs_count; i++) {
        struct source_run *run = &sweep->runs[i];
        if (!run->due)
            continue;
        run->share = sweep->options->max_pages / due;
        if (run->share == 0)
            run->share = 1;
        budget_use(sweep, run);
    }
}

/* Has the run more to fetch than its share let it, though its own limits would? */
static bool wants_more(const struct sweep *sweep, const struct source_run *run)
{
    uint64_t given = frontier_given(sweep->frontier, run->source->name);
    return run->due && given >= run->share && run->share < run->pages_left;
}

bool shares_go_on(struct sweep *sweep)
{
    uint64_t wanting = 0, max = sweep->options->max_pages;
    for (size_t i = 0; i < sweep->runs_count; i++)
        wanting += wants_more(sweep, &sweep->runs[i]);
    if (wanting == 0 || sweep->started >= max)
        return false;
    uint64_t more = (max - sweep->started) / wanting;
    for (size_t i = 0; i < sweep->runs_count; i++) {
        struct source_run *run = &sweep->runs[i];
        if (!wants_more(sweep, run))
            continue;
        run->share += more > 0 ? more : 1;
        budget_use(sweep, run);
    }
    return true;
}

void shares_look(struct sweep *sweep, int64_t now_unix_ms)
{
    if (now_unix_ms - sweep->looked_unix_ms < LOOK_MS && now_unix_ms >= sweep->looked_unix_ms)
        return;
    sweep->looked_unix_ms = now_unix_ms;
    hosts_refresh(sweep, now_unix_ms);
    for (size_t i = 0; i < sweep->runs_count; i++) {
        struct source_run *run = &sweep->runs[i];
        if (!run->due || run->pages_left == 0 || source_opens_ms(run->source, now_unix_ms) == 0)
            continue;
        run->pages_left = 0; /* what waits is first when its hours begin again */
        budget_use(sweep, run);
        run_note(run, "its hours are over; the rest is for the next", run->source->name);
    }
}
