/* sweep_render.c - pages of sources with render: yes, in the browser; see crawler/renderer.h.
 *
 * The page itself was fetched like any other; the browser gets its body. Whatever its scripts ask for
 * comes here: only GET, only hosts of the source, address policy, robots.txt, the host's turn at the
 * gate, a row in the audit; then our own fetcher asks, and the browser gets the answer. Scripts are
 * kept for the sweep, so that a site's bundle costs one request. */
#include "app/sweep_render.h"

#include "common/clock.h"
#include "crawler/renderer.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPTS_BYTES_MAX (64u << 20)

struct rendering {
    struct page *page;
    void (*done)(struct page *page, const char *why);
};

struct kept_script {
    const char *content_type;
    struct slice body;
    char text[]; /* url, type, body */
};

/* One request of a page's scripts. */
struct render_hop {
    struct errand errand;
    struct sweep *sweep;
    struct page *page; /* NULL: it ended before */
    struct render_hop *next;
    bool is_script;
    const char *robots_rule;
    char token[256];
};

bool page_wants_browser(const struct page *page)
{
    struct slice type = slice_of(page->content_type);
    return page->run->source->render && page->content_encoding[0] == '\0' &&
           (page->kind == URL_LISTING || page->kind == URL_POSTING) &&
           (type.len == 0 || slice_starts_nocase(type, "text/html") ||
            slice_starts_nocase(type, "application/xhtml"));
}

/* ---- scripts ---- */

static void script_keep(struct sweep *sweep, const char *url, const struct fetch_result *result)
{
    size_t url_len = strlen(url) + 1, type_len = strlen(result->content_type) + 1;
    if (sweep->scripts_bytes + result->body.len > SCRIPTS_BYTES_MAX ||
        name_table_get(&sweep->scripts, slice_of(url)) != NULL)
        return;
    struct kept_script *script = malloc(sizeof *script + url_len + type_len + result->body.len);
    if (script == NULL)
        return; /* it is asked for again, no harm */
    memcpy(script->text, url, url_len);
    memcpy(script->text + url_len, result->content_type, type_len);
    memcpy(script->text + url_len + type_len, result->body.at, result->body.len);
    script->content_type = script->text + url_len;
    script->body = slice_make(script->text + url_len + type_len, result->body.len);
    if (name_table_put(&sweep->scripts, slice_make(script->text, url_len - 1), script) != OK)
        free(script);
    else
        sweep->scripts_bytes += result->body.len;
}

void renders_free(struct sweep *sweep)
{
    size_t cursor = 0;
    for (void *script; (script = name_table_next(&sweep->scripts, &cursor)) != NULL;)
        free(script);
    name_table_release(&sweep->scripts);
}

/* ---- one request ---- */

static bool hop_ready(struct errand *errand)
{
    struct render_hop *hop = (struct render_hop *)errand;
    const struct sweep_host *host = name_table_get(&hop->sweep->hosts, slice_of(errand->host));
    struct arena *arena = hop->page->arena;
    struct robots_answer answer = {.rule = SLICE_EMPTY};
    struct url url;
    bool parsed = url_parse(arena, slice_of(errand->url), NULL, &url, NULL) == OK;
    const struct robots *robots = parsed ? host_robots(host, slice_is(url.scheme, "http")) : NULL;
    bool allowed = robots != NULL && robots_allows(robots, url_path_query(&url), &answer);
    hop->robots_rule = arena_copy(arena, answer.rule.at, answer.rule.len);
    if (allowed)
        return true;
    hop->page->hops_open--;
    run_note(hop->page->run, "robots.txt forbids what a script asks for", errand->url);
    renderer_refuse(hop->sweep->renderer, hop->token);
    page_render_settle(hop->page);
    return false;
}

static void on_hop(struct errand *errand, const struct fetch_result *result)
{
    struct render_hop *hop = (struct render_hop *)errand;
    struct page *page = hop->page;
    const char *rule = page->robots_rule;
    page->hops_open--;
    page->robots_rule = hop->robots_rule != NULL ? hop->robots_rule : "";
    page_visit_note(page, errand, result, "script", page->url);
    page->robots_rule = rule;
    page->tally.bytes += result->bytes_received;
    if (result->status != OK || result->content_encoding[0] != '\0') {
        renderer_refuse(hop->sweep->renderer, hop->token);
    } else {
        const struct render_answer answer = {result->http_status, result->content_type,
                                             result->location, result->body};
        if (hop->is_script && result->http_status == 200)
            script_keep(hop->sweep, errand->url, result);
        renderer_fulfil(hop->sweep->renderer, hop->token, &answer);
    }
    page_render_settle(page);
}

static void on_hop_refused(struct errand *errand, int status, const char *why)
{
    struct render_hop *hop = (struct render_hop *)errand;
    (void)status;
    (void)why;
    hop->page->hops_open--;
    renderer_refuse(hop->sweep->renderer, hop->token);
    page_render_settle(hop->page);
}

/* NULL: it waits its turn; else why it is refused. */
static const char *hop_begin(struct page *page, const struct render_request *request)
{
    struct sweep *sweep = page->sweep;
    struct url url;
    if (sweep->stop != STOP_NOT)
        return "the sweep stops";
    if (strcmp(request->method, "GET") != 0)
        return "scripts of pages may only GET";
    if (url_read_canonical(page->arena, slice_of(request->url), &url, NULL) != OK ||
        !source_allows_url(page->run->source, &url) ||
        address_refuse_url(&sweep->options->policy, &url, NULL) != OK)
        return "scripts asked for what is no host of the source";
    const struct kept_script *kept = name_table_get(&sweep->scripts, url.href);
    if (kept != NULL && request->is_script) {
        renderer_fulfil(sweep->renderer, request->token,
                        &(struct render_answer){200, kept->content_type, "", kept->body});
        return NULL;
    }
    struct render_hop *hop = arena_alloc(page->arena, sizeof *hop);
    const char *host = arena_copy(page->arena, url.host_port.at, url.host_port.len);
    if (hop == NULL || host == NULL ||
        host_want(sweep, host, slice_is(url.scheme, "http"), page->run) != OK)
        return "out of memory";
    *hop = (struct render_hop){.sweep = sweep, .page = page, .is_script = request->is_script};
    snprintf(hop->token, sizeof hop->token, "%s", request->token);
    hop->errand = (struct errand){.sweep = sweep,
                                  .url = url.href.at,
                                  .host = host,
                                  .identity = true,
                                  .ready = hop_ready,
                                  .fetched = on_hop,
                                  .refused = on_hop_refused};
    page->hops_open++;
    errand_wait(&hop->errand);
    return NULL;
}

static void on_request(void *ctx, const struct render_request *request)
{
    struct rendering *rendering = ctx;
    struct page *page = rendering->page;
    const char *why = hop_begin(page, request);
    if (why == NULL)
        return;
    run_note(page->run, why, request->url);
    renderer_refuse(page->sweep->renderer, request->token);
}

/* ---- the page ---- */

/* The browser is done, but a request it made may still be under way: the page waits for it. */
void page_render_settle(struct page *page)
{
    struct rendering *rendering = page->rendering;
    if (rendering == NULL || !page->render_over || page->hops_open > 0)
        return;
    page->rendering = NULL;
    rendering->done(page, page->render_why);
}

static void on_shown(void *ctx, int status, struct slice dom, const char *why)
{
    struct rendering *rendering = ctx;
    struct page *page = rendering->page;
    page->render_over = true;
    page->render_why = NULL;
    if (status == OK) {
        const char *copy = arena_copy(page->arena, dom.at, dom.len);
        if (copy != NULL) {
            page->sweep->bodies_bytes += dom.len - page->body.len;
            page->body = slice_make(copy, dom.len);
            page->content_type = "text/html; charset=utf-8";
            page->resource_type = page->content_type;
            page->rendered = true;
        } else {
            page->render_why = "no memory for the document";
        }
    } else {
        page->render_why = arena_printf(page->arena, "rendering: %s", why);
        if (page->render_why == NULL)
            page->render_why = "rendering failed";
    }
    page_render_settle(page);
}

int page_render(struct page *page, void (*done)(struct page *page, const char *why))
{
    struct rendering *rendering = arena_alloc(page->arena, sizeof *rendering);
    if (rendering == NULL)
        return ERR_NOMEM;
    *rendering = (struct rendering){page, done};
    page->rendering = rendering;
    const struct render_page show = {.url = page->errand.url,
                                     .content_type = page->content_type,
                                     .body = page->body,
                                     .request = on_request,
                                     .done = on_shown,
                                     .ctx = rendering};
    return renderer_show(page->sweep->renderer, &show);
}
