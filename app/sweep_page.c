/* sweep_page.c - one URL from the frontier's item to the transaction that stores its outcome.
 *
 *   begin -> request -> 3xx: the next hop, gated like a first request
 *                    -> 304, same bytes: its ads were seen as they were
 *                    -> 404, 410: gone; 429, 5xx, no answer: again later, at most 3 times
 *                    -> 2xx: to a worker -> reply -> page_store()
 * The URL stays pending in the store until page_store() commits, whatever happens before. */
#include "app/sweep_care.h"
#include "app/sweep_local.h"
#include "app/sweep_parts.h"
#include "app/sweep_picture.h"
#include "app/sweep_render.h"
#include "common/clock.h"
#include "common/json.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES_MAX (1u << 20)

/* ---- the end ---- */

static void page_end(struct page *page)
{
    struct sweep *sweep = page->sweep;
    sweep->busy--;
    sweep->bodies_bytes -= page->body.len;
    page->home->lease.pages--;
    free(page->digest_before);
    arena_free(page->arena);
}

static void page_land(struct page *page)
{
    if (!page->local)
        frontier_done(page->sweep->frontier, page->id);
}

/* Nothing of it is stored: it stays pending. */
void page_drop(struct page *page)
{
    page_land(page);
    page_end(page);
}

static void counts_add(struct sweep_counts *counts, const struct page *page)
{
    const struct round_tally *tally = &page->tally;
    counts->pages += tally->pages;
    counts->bytes += tally->bytes;
    counts->postings += tally->postings;
    counts->postings_new += tally->postings_new;
    for (size_t i = 0; i < page->links_count; i++)
        counts->listed += page->links[i].kind == URL_POSTING;
    counts->flagged += tally->flagged;
    counts->failed += tally->failed;
    counts->denied += tally->denied;
    counts->poisoned += tally->poisoned;
    counts->cases_new += page->cases_new;
    counts->watch += page->watch;
    counts->not_modified += page->unchanged;
    counts->expired += page->expired;
    counts->shells += page->shell;
}

/* Lanes of the links that were new. */
static void links_follow(struct page *page)
{
    struct sweep *sweep = page->sweep;
    const char *last = "";
    for (size_t i = 0; i < page->links_count; i++) {
        const struct url_link *link = &page->links[i];
        if (!page->links_new[i] || strcmp(link->host, last) == 0)
            continue;
        last = link->host;
        bool plain_http = strncmp(link->url, "http:", 5) == 0;
        if (host_want(sweep, link->host, plain_http, page->run) != OK)
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
    }
    pictures_follow(page);
}

static void page_post(struct page *page);

static void on_stored(struct store_job *job, int rc, const struct failure *why)
{
    struct page *page = (struct page *)(void *)((char *)job - offsetof(struct page, job));
    struct sweep *sweep = page->sweep;
    bool own_fault = rc == ERR_CONFLICT || rc == ERR_NOT_FOUND || rc == ERR_LIMIT ||
                     rc == ERR_SYNTAX || rc == ERR_UNSUPPORTED;
    if (own_fault && page->outcome.state != URL_FAILED) {
        /* this page cannot be stored: say so instead, and go on */
        page->ads_count = page->links_count = page->links_sure = 0;
        page->poison = NULL;
        page->outcome.state = URL_FAILED;
        page->outcome.why = arena_printf(page->arena, "cannot be stored: %.500s", why->text);
        page_post(page);
        return;
    }
    if (!sweep_store_failed(sweep, rc, why)) {
        sweep->revived += page->revived;
        alarms_count(page->run, page);
        counts_add(&sweep->counts, page);
        counts_add(&page->run->counts, page);
        if (page->outcome.why != NULL)
            run_note(page->run, page->outcome.why, page->url);
        if (page->noindex)
            run_note(page->run, "asks not to be indexed: noted", page->url);
        if (sweep->stop == STOP_NOT)
            links_follow(page);
    }
    page_end(page);
}

static void page_post(struct page *page)
{
    page->lease_lost = page->sweep->keeper.shared && !page->home->lease.held;
    page->job = (struct store_job){.run = page_store, .done = on_stored};
    store_thread_post(page->sweep->thread, &page->job);
}

/* The URL's outcome stands; its host is free. */
static void page_conclude(struct page *page, enum url_state state, const char *why)
{
    const struct settings *settings = page->sweep->options->settings;
    page->outcome.state = state;
    page->outcome.attempts = page->attempts + 1;
    page->outcome.why = why;
    if (page->outcome.fetched_unix_ms == 0)
        page->outcome.fetched_unix_ms = clock_unix_ms();
    if (page->kind == URL_POSTING && state != URL_GONE && !page->local)
        page->outcome.refetch_unix_ms = page->outcome.fetched_unix_ms + settings->refetch_ms;
    page_post(page);
}

void page_finish(struct page *page, enum url_state state, const char *why)
{
    page_land(page);
    page_conclude(page, state, why);
}

static void page_retry(struct page *page, const char *why)
{
    struct sweep *sweep = page->sweep;
    if (page->attempts + 1 >= SWEEP_ATTEMPTS_MAX) {
        page_finish(page, URL_FAILED,
                    arena_printf(page->arena, "%s, %u times", why, page->attempts + 1));
        return;
    }
    int64_t next_try = page->errand.state.next_allowed_unix_ms;
    frontier_again(sweep->frontier, page->id, next_try);
    page->outcome = (struct url_outcome){.state = URL_PENDING,
                                         .attempts = page->attempts + 1,
                                         .next_try_unix_ms = next_try,
                                         .fetched_unix_ms = page->outcome.fetched_unix_ms,
                                         .http_status = page->outcome.http_status};
    page_post(page);
}

/* Its host, or that of a hop, is with another machine. */
static void page_wait(struct page *page)
{
    int64_t next_try = clock_unix_ms() + page->sweep->options->settings->lease_ms / 2;
    frontier_again(page->sweep->frontier, page->id, next_try);
    page_end(page);
}

/* ---- to a worker ---- */

static void on_judged(int status, struct slice reply, const char *why, void *ctx)
{
    struct page *page = ctx;
    struct failure failure = {.code = OK};
    if (status == ERR_CANCELLED || status == ERR_UNSUPPORTED) {
        if (status == ERR_UNSUPPORTED)
            sweep_fail(page->sweep, ERR_UNSUPPORTED, why);
        page_end(page);
        return;
    }
    if (status == OK && page_read_reply(page, reply, &failure) == OK) {
        if (page->sweep->options->rechecks) /* one ad is looked at; where it leads is a sweep's */
            page->links_count = page->links_sure = 0;
        pictures_find(page);
        page_conclude(page, page->outcome.state, page->outcome.why);
        return;
    }
    page->ads_count = page->links_count = page->links_sure = 0;
    page->poison = status == OK ? arena_printf(page->arena, "the worker's answer is wrong: %.300s",
                                               failure.text)
                                : arena_copy(page->arena, why, strlen(why));
    if (page->poison == NULL)
        page->poison = "a worker failed on it";
    page_conclude(page, URL_POISONED, page->poison);
}

static int head_write(const struct page *page, struct text_buf *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_member(&writer, "url", slice_of(page->errand.url));
    json_put_member_if(&writer, "content_type", slice_of(page->content_type));
    json_put_member_if(&writer, "content_encoding", slice_of(page->content_encoding));
    if (!page->local)
        json_put_member(&writer, "hint", slice_of(url_kind_name(page->kind)));
    json_put_member_if(&writer, "rules", slice_of(page->run->source->extract_json));
    json_put_member(&writer, "want", SLICE("page"));
    json_close_object(&writer);
    return text_buf_status(out);
}

static void page_judge(struct page *page)
{
    struct text_buf head;
    page_land(page);
    text_buf_init(&head, HEAD_BYTES_MAX);
    int rc = head_write(page, &head);
    if (rc == OK)
        rc = worker_pool_ask(page->sweep->pool, text_buf_slice(&head), page->body, on_judged, page);
    text_buf_release(&head);
    if (rc != OK)
        page_conclude(page, URL_FAILED, "too large for a worker");
}

/* ---- the answer ---- */

static const char *keep(struct page *page, const char *text)
{
    const char *copy = arena_copy(page->arena, text, strlen(text));
    return copy != NULL ? copy : "";
}

static struct slice keep_slice(struct page *page, struct slice text)
{
    const char *copy = arena_copy(page->arena, text.at, text.len);
    return copy != NULL ? slice_make(copy, text.len) : SLICE_EMPTY;
}

static const struct fetch_certificate *keep_certificate(struct page *page,
                                                        const struct fetch_certificate *shown)
{
    struct fetch_certificate *kept = shown == NULL ? NULL : arena_alloc(page->arena, sizeof *kept);
    if (kept != NULL)
        *kept = (struct fetch_certificate){.subject = keep(page, shown->subject),
                                           .issuer = keep(page, shown->issuer),
                                           .valid_from = keep(page, shown->valid_from),
                                           .valid_until = keep(page, shown->valid_until),
                                           .pem = keep(page, shown->pem),
                                           .sha256 = keep(page, shown->sha256)};
    return kept;
}

static void answer_keep(struct page *page, const struct fetch_result *result)
{
    char ip[ADDRESS_TEXT_BYTES];
    page->outcome.http_status = result->http_status;
    page->outcome.fetched_unix_ms = result->started_unix_ms;
    page->tally.bytes += result->bytes_received;
    page->content_type = keep(page, result->content_type);
    page->content_encoding = keep(page, result->content_encoding);
    page->robots_tag = keep(page, result->robots_tag);
    page->request_head = keep_slice(page, result->request_head);
    page->response_head = keep_slice(page, result->response_head);
    page->ip = result->has_peer ? keep(page, address_text(&result->peer, ip)) : NULL;
    page->certificate = keep_certificate(page, result->certificate);
}

static void on_rendered(struct page *page, const char *why)
{
    if (why == NULL)
        page_judge(page);
    else if (page->sweep->stop != STOP_NOT)
        page_drop(page);
    else
        page_retry(page, why);
}

static void page_take_body(struct page *page, const struct fetch_result *result)
{
    page->digest = digest_of(result->body);
    page->outcome.digest = &page->digest;
    page->outcome.etag = keep(page, result->etag);
    page->outcome.last_modified = keep(page, result->last_modified);
    if (page->digest_before != NULL &&
        memcmp(page->digest_before, &page->digest, sizeof page->digest) == 0) {
        page->unchanged = true;
        page_finish(page, URL_DONE, NULL);
        return;
    }
    page->body = keep_slice(page, result->body);
    page->sweep->bodies_bytes += page->body.len;
    if (page->body.len != result->body.len)
        page_finish(page, URL_FAILED, "no memory for its body");
    else if (page->kind == URL_PICTURE)
        picture_take(page);
    else if (!page_wants_browser(page))
        page_judge(page);
    else if (page_render(page, on_rendered) != OK)
        page_finish(page, URL_FAILED, "no memory to render it");
}

/* ---- redirects ---- */

/* NULL: the hop waits its turn; else why it is not followed. */
static const char *page_hop(struct page *page, const char *location)
{
    struct sweep *sweep = page->sweep;
    struct url base, url;
    struct failure why;
    if (location[0] == '\0')
        return "redirects without saying where to";
    if (url_parse(page->arena, slice_of(page->errand.url), NULL, &base, &why) != OK ||
        url_parse(page->arena, slice_of(location), &base, &url, &why) != OK ||
        url_canonical(page->arena, &url, &url) != OK)
        return "redirects to what is no URL of the web";
    if (address_refuse_url(&sweep->options->policy, &url, &why) != OK)
        return arena_printf(page->arena, "redirects to a refused address: %.300s", why.text);
    if (!source_allows_url(page->run->source, &url))
        return arena_printf(page->arena, "redirects to %.*s, which is no host of the source",
                            (int)url.host_port.len, url.host_port.at);
    for (uint32_t i = 0; i < page->hops_count; i++)
        if (slice_is(url.href, page->hops[i]))
            return "redirect loop";
    if (page->hops_count > SWEEP_HOPS_MAX)
        return "more than 5 redirects";
    const char *host = arena_copy(page->arena, url.host_port.at, url.host_port.len);
    if (host == NULL || host_want(sweep, host, slice_is(url.scheme, "http"), page->run) != OK)
        return "out of memory";
    page->hops[page->hops_count++] = url.href.at;
    page->errand.url = url.href.at;
    page->errand.host = host;
    page->errand.etag = page->errand.last_modified = NULL;
    errand_wait(&page->errand);
    return NULL;
}

/* ---- outcomes of a request ---- */

static void page_http(struct page *page, const struct fetch_result *result)
{
    int http = result->http_status;
    const char *why = NULL;
    if (http == 304) {
        page->unchanged = true;
        page_finish(page, URL_DONE, NULL);
    } else if (http >= 200 && http <= 299) {
        page_take_body(page, result);
    } else if (http >= 300 && http <= 399) {
        if ((why = page_hop(page, result->location)) != NULL)
            page_finish(page, URL_FAILED, why);
    } else if (http == 404 || http == 410) {
        page->expired = page->kind == URL_POSTING;
        page_finish(page, URL_GONE, NULL);
    } else if (http == 408 || http == 425 || http == 429 || http >= 500) {
        page_retry(page, arena_printf(page->arena, "answered %d", http));
    } else {
        page_finish(page, URL_FAILED, arena_printf(page->arena, "answered %d", http));
    }
}

void page_visit_note(struct page *page, const struct errand *errand,
                     const struct fetch_result *result, const char *kind, const char *referrer)
{
    struct visit *visit = visit_make(page->arena, errand, result);
    if (visit == NULL)
        return;
    visit->entry.kind = kind;
    visit->entry.referrer = referrer;
    visit->entry.robots_rule = page->robots_rule;
    visit->entry.source = page->run->source->name;
    if (page->visits == NULL)
        page->visits = visit;
    else
        page->visits_last->next = visit;
    page->visits_last = visit;
}

static void visit_note(struct page *page, const struct fetch_result *result)
{
    bool first = page->visits == NULL;
    page_visit_note(page, &page->errand, result, first ? url_kind_name(page->kind) : "redirect",
                    first ? "" : page->hops[page->hops_count - 2]);
}

static void on_page(struct errand *errand, const struct fetch_result *result)
{
    struct page *page = (struct page *)errand;
    visit_note(page, result);
    answer_keep(page, result);
    const char *why = arena_printf(page->arena, "%s", result->why);
    switch (result->status) {
    case OK:
        page_http(page, result);
        break;
    case ERR_CANCELLED:
        page_drop(page);
        break;
    case ERR_NET:
    case ERR_TLS:
    case ERR_TIMEOUT:
        page_retry(page, why);
        break;
    case ERR_DENIED:
        page->tally.denied = 1;
        page_finish(page, URL_DENIED, why);
        break;
    default:
        page_finish(page, URL_FAILED, why);
    }
}

static void on_page_refused(struct errand *errand, int status, const char *why)
{
    struct page *page = (struct page *)errand;
    why = keep(page, why);
    if (status == ERR_CANCELLED)
        page_drop(page);
    else if (status == ERR_CONFLICT)
        page_wait(page);
    else if (status == ERR_NOT_FOUND)
        page_drop(page); /* another machine has settled it */
    else if (status == ERR_NET)
        page_retry(page, why);
    else
        page_finish(page, URL_FAILED, why);
}

/* ---- the beginning ---- */

/* What robots.txt said, for the record; false: it forbids this hop. */
static bool robots_ask_page(struct page *page)
{
    const struct sweep_host *host =
        name_table_get(&page->sweep->hosts, slice_of(page->errand.host));
    struct url url;
    struct robots_answer answer = {.rule = SLICE_EMPTY};
    page->robots_rule = "";
    if (url_parse(page->arena, slice_of(page->errand.url), NULL, &url, NULL) != OK)
        return false;
    const struct robots *robots = host_robots(host, slice_is(url.scheme, "http"));
    bool allowed = robots != NULL && robots_allows(robots, url_path_query(&url), &answer);
    page->robots_rule = arena_copy(page->arena, answer.rule.at, answer.rule.len);
    return allowed;
}

static bool page_ready(struct errand *errand)
{
    struct page *page = (struct page *)errand;
    if (robots_ask_page(page))
        return true;
    page->tally.denied = 1;
    page_finish(page, URL_DENIED, arena_printf(page->arena, "robots.txt: %s", page->robots_rule));
    return false;
}

/* The gate was told of a request that is not made. */
static void page_unsent(struct page *page)
{
    struct sweep *sweep = page->sweep;
    const struct host_outcome nothing = {.status = ERR_CANCELLED, .retry_after_ms = -1};
    (void)host_gate_done(sweep->gate, page->errand.host, &nothing, clock_unix_ms());
    host_wake(sweep, page->errand.host);
}

void page_begin(struct sweep *sweep, const struct frontier_item *item,
                const struct host_state *state)
{
    struct arena *arena = NULL;
    struct page *page = NULL;
    if (arena_create(PAGE_ARENA_BYTES_MAX, &arena) == OK)
        page = arena_alloc(arena, sizeof *page);
    if (page == NULL) {
        arena_free(arena);
        const struct host_outcome nothing = {.status = ERR_CANCELLED, .retry_after_ms = -1};
        (void)host_gate_done(sweep->gate, item->host, &nothing, clock_unix_ms());
        frontier_done(sweep->frontier, item->id);
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
        return;
    }
    page->sweep = sweep;
    page->arena = arena;
    page->run = run_find(sweep, item->source);
    page->id = item->id;
    page->home = name_table_get(&sweep->hosts, slice_of(item->host));
    page->home->lease.pages++;
    page->url = keep(page, item->url);
    page->kind = (enum url_kind)item->kind;
    page->depth = item->depth;
    page->attempts = item->attempts;
    page->referrer_id = item->referrer_id;
    page->revisit_ms = item->revisit_ms;
    page->page_type = "";
    page->digest_before = feed_take_digest(sweep, item->id);
    page->hops[page->hops_count++] = page->url;
    page->errand = (struct errand){.sweep = sweep,
                                   .url = page->url,
                                   .host = keep(page, item->host),
                                   .etag = keep(page, item->etag),
                                   .last_modified = keep(page, item->last_modified),
                                   .state = *state,
                                   .url_id = item->id,
                                   .identity = page->run->source->render,
                                   .ready = page_ready,
                                   .fetched = on_page,
                                   .refused = on_page_refused};
    picture_begin(page);
    sweep->busy++;
    sweep->started++;
    if (robots_ask_page(page)) { /* the feed asked, too; but robots.txt may be a newer one by now */
        errand_start(&page->errand);
        return;
    }
    page_unsent(page);
    page->tally.denied = 1;
    page_finish(page, URL_DENIED, arena_printf(page->arena, "robots.txt: %s", page->robots_rule));
}

/* ---- a file ---- */

/* On the store's thread: its row, and whether it was judged as it is. */
static int local_row(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct page *page = (struct page *)(void *)((char *)job - offsetof(struct page, job));
    struct keeper *keeper = ctx;
    struct url_row row;
    const struct url_link link = {
        .url = page->url, .host = LOCAL_HOST, .kind = URL_POSTING, .depth = 1};
    int rc = urls_add(keeper->store, page->run->source->name, &link, 1, NULL);
    if (rc == OK)
        rc = url_get(keeper->store, page->arena, page->url, &row);
    if (rc != OK)
        return store_failed(keeper->store, rc, reterr);
    page->id = row.id;
    page->unchanged = !page->run->source->canary && row.state == URL_DONE && row.has_digest &&
                      row.fetched_unix_ms >= page->sweep->bank_since_unix_ms &&
                      memcmp(&row.digest, &page->digest, sizeof row.digest) == 0;
    if (row.state == URL_PENDING)
        return OK;
    const struct url_outcome again = {.state = URL_PENDING, .fetched_unix_ms = row.fetched_unix_ms};
    rc = url_finish(keeper->store, page->id, &again);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}

static void on_local_row(struct store_job *job, int rc, const struct failure *why)
{
    struct page *page = (struct page *)(void *)((char *)job - offsetof(struct page, job));
    if (rc == ERR_NOT_FOUND) { /* too long for a row */
        run_note(page->run, "the path is too long to be kept", page->url);
        page_end(page);
        return;
    }
    if (sweep_store_failed(page->sweep, rc, why)) {
        page_end(page);
        return;
    }
    if (page->unchanged)
        page_conclude(page, URL_DONE, NULL);
    else if (page->outcome.why != NULL)
        page_conclude(page, URL_FAILED, page->outcome.why);
    else
        page_judge(page);
}

void page_begin_local(struct sweep *sweep, struct source_run *run, const struct local_page *file)
{
    struct page *page = arena_alloc(file->arena, sizeof *page);
    if (page == NULL) {
        arena_free(file->arena);
        sweep_fail(sweep, ERR_NOMEM, "out of memory");
        return;
    }
    page->sweep = sweep;
    page->arena = file->arena;
    page->run = run;
    page->local = true;
    page->home = sweep->local_home;
    page->home->lease.pages++;
    page->url = file->url;
    page->kind = URL_POSTING;
    page->depth = 1;
    page->page_type = "";
    page->errand = (struct errand){.sweep = sweep, .url = file->target, .host = LOCAL_HOST};
    page->content_type = file->content_type;
    page->content_encoding = file->content_encoding;
    page->archived_at = file->archived_at;
    page->resource_type = file->resource_type;
    page->response_head = file->head;
    page->body = file->body;
    page->digest = digest_of(file->body);
    page->outcome = (struct url_outcome){
        .fetched_unix_ms = clock_unix_ms(), .digest = &page->digest, .why = file->why};
    page->tally.bytes = file->body.len;
    sweep->bodies_bytes += page->body.len;
    sweep->busy++;
    sweep->started++;
    page->job = (struct store_job){.run = local_row, .done = on_local_row};
    store_thread_post(sweep->thread, &page->job);
}
