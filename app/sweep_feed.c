/* sweep_feed.c - from the store's pending rows to the frontier; see frontier.h for the order.
 *
 * URLs that robots.txt or the address policy refuses are finished here as denied, with the reason,
 * and cost no turn at their host. */
#include "app/sweep_parts.h"
#include "app/sweep_picture.h"
#include "common/clock.h"

#include <stdlib.h>
#include <string.h>

#define FEED_ARENA_BYTES_MAX (64u << 20)

struct denied {
    int64_t id;
    struct url_outcome outcome;
};

struct feed {
    struct store_job job;
    struct sweep *sweep;
    struct frontier_need need;
    struct arena *arena;
    struct url_row *rows;
    size_t rows_count;
    struct denied *denied;
    size_t denied_count;
    int64_t round_id;
};

/* ---- digests of bodies that this bank has judged ---- */

struct digest_note {
    int64_t id;
    struct digest digest;
};

static struct slice key_of(const int64_t *id)
{
    return slice_make((const char *)id, sizeof *id);
}

static void digest_keep(struct sweep *sweep, const struct url_row *row)
{
    struct digest_note *note = malloc(sizeof *note);
    if (note == NULL)
        return; /* the page is judged once more, no harm */
    *note = (struct digest_note){row->id, row->digest};
    if (name_table_get(&sweep->digests, key_of(&note->id)) != NULL ||
        name_table_put(&sweep->digests, key_of(&note->id), note) != OK)
        free(note);
}

struct digest *feed_take_digest(struct sweep *sweep, int64_t id)
{
    struct digest_note *note = name_table_remove(&sweep->digests, key_of(&id));
    struct digest *digest = note != NULL ? malloc(sizeof *digest) : NULL;
    if (digest != NULL)
        *digest = note->digest;
    free(note);
    return digest;
}

void feed_free(struct sweep *sweep)
{
    size_t cursor = 0;
    for (void *note; (note = name_table_next(&sweep->digests, &cursor)) != NULL;)
        free(note);
    name_table_release(&sweep->digests);
}

/* ---- rows ---- */

const char *page_denial(struct sweep *sweep, const struct sweep_host *host, const struct url *url,
                        struct arena *arena)
{
    struct failure why;
    struct robots_answer answer;
    if (address_refuse_url(&sweep->options->policy, url, &why) != OK)
        return arena_copy(arena, why.text, strlen(why.text));
    const struct robots *robots = host_robots(host, slice_is(url->scheme, "http"));
    if (robots == NULL || robots_allows(robots, url_path_query(url), &answer))
        return NULL; /* not read yet: its page asks again before it starts */
    const char *text =
        answer.line == 0
            ? arena_printf(arena, "robots.txt: %.*s", (int)answer.rule.len, answer.rule.at)
            : arena_printf(arena, "robots.txt line %u: %.*s", answer.line, (int)answer.rule.len,
                           answer.rule.at);
    return text != NULL ? text : "robots.txt";
}

static const char *row_denial(struct feed *feed, const struct url_row *row)
{
    struct sweep *sweep = feed->sweep;
    struct url url;
    struct failure why;
    struct sweep_host *host = name_table_get(&sweep->hosts, slice_of(row->host));
    const struct source_run *run = run_find(sweep, feed->need.source);
    if (url_parse(feed->arena, slice_of(row->url), NULL, &url, &why) != OK)
        return arena_copy(feed->arena, why.text, strlen(why.text));
    if (!source_allows_url(run->source, &url))
        return "the source's file no longer names this host";
    if (picture_unwanted(sweep, row->url))
        return "keep_pictures is 0";
    host_want_scheme(sweep, host, slice_is(url.scheme, "http"));
    return page_denial(sweep, host, &url, feed->arena);
}

/* False: the frontier has no room for more. */
static bool row_take(struct feed *feed, const struct url_row *row)
{
    struct sweep *sweep = feed->sweep;
    struct source_run *run = run_find(sweep, feed->need.source);
    bool judged = row->fetched_unix_ms >= sweep->bank_since_unix_ms && row->state == URL_PENDING;
    const char *why = row_denial(feed, row);
    if (why != NULL) {
        run->counts.denied++;
        sweep->counts.denied++;
        run_note(run, why, row->url);
        feed->denied[feed->denied_count++] = (struct denied){
            row->id,
            {.state = URL_DENIED,
             .attempts = row->attempts,
             .refetch_unix_ms = clock_unix_ms() + sweep->options->settings->refetch_ms,
             .fetched_unix_ms = row->fetched_unix_ms,
             .why = why}};
        return true;
    }
    const struct frontier_item item = {.id = row->id,
                                       .url = row->url,
                                       .host = row->host,
                                       .source = row->source,
                                       .kind = (enum source_kind)row->kind,
                                       .depth = row->depth,
                                       .attempts = row->attempts,
                                       .referrer_id = row->referrer_id,
                                       .not_before_unix_ms = row->next_try_unix_ms,
                                       .etag = judged ? row->etag : "",
                                       .last_modified = judged ? row->last_modified : "",
                                       .known = row->fetched_unix_ms > 0,
                                       .revisit_ms =
                                           row->refetch_unix_ms > row->fetched_unix_ms
                                               ? row->refetch_unix_ms - row->fetched_unix_ms
                                               : 0};
    int rc = frontier_add(sweep->frontier, &item);
    if (rc == OK && judged && row->has_digest)
        digest_keep(sweep, row);
    if (rc == ERR_NOMEM)
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
    return rc == OK || rc == ERR_CONFLICT;
}

/* ---- jobs ---- */

static void feed_end(struct feed *feed)
{
    feed->sweep->busy--;
    arena_free(feed->arena);
    free(feed);
}

/* On the store's thread. */
static int deny_run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    const struct feed *feed = (const struct feed *)job;
    const struct round_tally tally = {.denied = feed->denied_count};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < feed->denied_count; i++)
        rc = url_finish(keeper->store, feed->denied[i].id, &feed->denied[i].outcome);
    if (rc == OK)
        rc = round_note(keeper->store, feed->round_id, &tally);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

static void on_denied(struct store_job *job, int rc, const struct failure *why)
{
    struct feed *feed = (struct feed *)job;
    (void)sweep_store_failed(feed->sweep, rc, why);
    feed_end(feed);
}

/* On the store's thread. */
static int feed_run(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct keeper *keeper = ctx;
    struct feed *feed = (struct feed *)job;
    const struct url_query query = {.source = feed->need.source,
                                    .host = feed->need.host,
                                    .after_id = feed->need.after_id,
                                    .limit = feed->need.room,
                                    .wanted = feed->sweep->options->rechecks};
    arena_reset(feed->arena);
    feed->rows = NULL;
    feed->rows_count = 0;
    int rc = urls_pending(keeper->store, feed->arena, &query, &feed->rows, &feed->rows_count);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

static void on_fed(struct store_job *job, int rc, const struct failure *why)
{
    struct feed *feed = (struct feed *)job;
    struct sweep *sweep = feed->sweep;
    int64_t last_id = feed->need.after_id;
    size_t taken = 0;
    bool failed = sweep_store_failed(sweep, rc, why);
    if (!failed)
        feed->denied = arena_calloc(feed->arena, feed->rows_count, sizeof *feed->denied);
    if (!failed && feed->denied != NULL)
        for (; taken < feed->rows_count && row_take(feed, &feed->rows[taken]); taken++)
            last_id = feed->rows[taken].id;
    bool complete = taken == feed->rows_count && feed->rows_count < feed->need.room;
    frontier_fed(sweep->frontier, &feed->need, last_id, failed || complete);
    if (feed->denied_count == 0) {
        feed_end(feed);
        return;
    }
    feed->round_id = run_find(sweep, feed->need.source)->round.id;
    feed->job = (struct store_job){.run = deny_run, .done = on_denied};
    store_thread_post(sweep->thread, &feed->job);
}

void sweep_feed(struct sweep *sweep)
{
    struct frontier_need need;
    while (frontier_hungry(sweep->frontier, &need)) {
        struct feed *feed = calloc(1, sizeof *feed);
        if (feed == NULL || arena_create(FEED_ARENA_BYTES_MAX, &feed->arena) != OK) {
            free(feed);
            frontier_fed(sweep->frontier, &need, need.after_id, true);
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
            return;
        }
        feed->sweep = sweep;
        feed->need = need;
        feed->job = (struct store_job){.run = feed_run, .done = on_fed};
        sweep->busy++;
        store_thread_post(sweep->thread, &feed->job);
    }
}
