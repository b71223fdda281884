/* site.c - the review page: routes and what every request must pass; see site.h.
 *
 * In this order: a file of ours, the Host, the session, the method, for a POST its Origin and its
 * token, the role, a store handle, the page. What fails says so in a sentence, in JSON where the
 * script asked. A page that fails half-way is thrown away whole. */
#include "review/site.h"
#include "common/clock.h"
#include "review/assets.h"
#include "review/multipart.h"
#include "review/site_inside.h"
#include "review/view_fail.h"
#include "review/view_request.h"
#include "storage/picture_rows.h"
#include "storage/queue_second.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (192u << 20)
#define ROOM_LOGIN      4096u
#define ROOM_ENDED      (256u << 10) /* of a session that ended: what was typed is shown again */
#define ROOM_FORM       (64u << 10)  /* a note whose bytes are three in a form each */
#define ROOM_PASTED     (1u << 20)
#define ROOM_SENT       (6u << 20)  /* 2 MiB of letters that take three bytes each in a form */
#define ROOM_DROPPED    (64u << 20) /* of what is too long, so that the page says so */
#define MINUTE_MS       60000LL

/* ---- routes ---- */

struct route {
    bool is_post, has_id, needs_store;
    enum role role;
    const char *path;  /* has_id: what stands before the number */
    const char *after; /* and behind it */
    page_fn *page;
};

static const struct route ROUTES[] = {
    {false, false, true, ROLE_VIEWER, "/", "", page_today},
    {false, true, true, ROLE_VIEWER, "/case/", "", page_case},
    {true, true, true, ROLE_REVIEWER, "/case/", "", page_case_act},
    {true, true, true, ROLE_SECOND_REVIEWER, "/case/", "/evidence", page_evidence},
    {true, true, true, ROLE_REVIEWER, "/case/", "/export", page_case_export},
    {false, true, true, ROLE_REVIEWER, "/case/", "/picture", page_picture},
    {true, true, true, ROLE_REVIEWER, "/case/", "/request", page_request_draft},
    {false, false, true, ROLE_VIEWER, "/requests", "", page_requests},
    {false, true, true, ROLE_VIEWER, "/request/", "", page_request},
    {true, true, true, ROLE_REVIEWER, "/request/", "", page_request_act},
    {true, false, false, ROLE_REVIEWER, "/export", "", page_export},
    {true, false, true, ROLE_REVIEWER, "/next", "", page_next},
    {true, false, true, ROLE_REVIEWER, "/undo", "", page_undo},
    {true, false, false, ROLE_VIEWER, "/rest", "", page_rest},
    {false, false, true, ROLE_VIEWER, "/changes", "", page_changes},
    {false, false, true, ROLE_VIEWER, "/sources", "", page_sources},
    {false, false, false, ROLE_VIEWER, "/patterns", "", page_patterns},
    {true, false, false, ROLE_VIEWER, "/patterns", "", page_patterns},
    {false, false, true, ROLE_VIEWER, "/audit", "", page_audit},
    {false, false, true, ROLE_VIEWER, "/report", "", page_report},
    {false, false, false, ROLE_VIEWER, "/send", "", page_send},
    {true, false, false, ROLE_REVIEWER, "/send", "", page_send_act},
};

static bool route_fits(const struct route *route, const struct http_request *request,
                       int64_t *ret_id)
{
    if (route->is_post != request->is_post)
        return false;
    if (!route->has_id)
        return slice_is(request->path, route->path);
    if (!slice_starts(request->path, route->path) || !slice_ends(request->path, route->after))
        return false;
    size_t before = strlen(route->path), after = strlen(route->after);
    if (request->path.len <= before + after)
        return false;
    struct slice number = slice_sub(request->path, before, request->path.len - before - after);
    return number.at[0] >= '1' && number.at[0] <= '9' && slice_to_int64(number, ret_id) == OK;
}

static const struct route *route_find(const struct http_request *request, int64_t *ret_id)
{
    for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++)
        if (route_fits(&ROUTES[i], request, ret_id))
            return &ROUTES[i];
    return NULL;
}

/* ---- files of ours ---- */

static bool answer_asset(const struct http_request *request, struct http_response *response)
{
    static const struct {
        const char *path, *type;
        struct slice (*bytes)(void);
    } assets[] = {{"/assets/review.js", "text/javascript; charset=utf-8", asset_script},
                  {"/assets/review.css", "text/css; charset=utf-8", asset_style},
                  {"/assets/icon.svg", "image/svg+xml", asset_icon},
                  {"/favicon.ico", "image/svg+xml", asset_icon}};
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
        char hex[DIGEST_HEX_BYTES];
        if (request->is_post || !slice_is(request->path, assets[i].path))
            continue;
        struct slice bytes = assets[i].bytes();
        struct digest digest = digest_of(bytes);
        snprintf(response->etag, sizeof response->etag, "\"%s\"", digest_hex(&digest, hex));
        response->type = assets[i].type;
        if (slice_find(request->if_none_match, slice_of(response->etag)) != SIZE_MAX)
            response->status = 304;
        else
            response->fixed = bytes;
        return true;
    }
    return false;
}

/* ---- what every request must pass ---- */

/* ERR_IO: the accounts cannot be read just now. */
static int who_asks(struct site *site, struct view *view)
{
    bool by_person = !slice_is(view->request->path, "/changes");
    struct slice token = cookie_get(view->request->cookie, COOKIE_SESSION);
    if (!sessions_find(site->sessions, token, view->now_unix_ms, by_person, &view->session))
        return OK;
    int rc = site_role(site, &view->session, &view->role);
    if (rc == OK)
        view->token = token;
    else if (rc == ERR_NOT_FOUND)
        sessions_end(site->sessions, token);
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* Is a POST from a form of ours? */
static bool is_forged(const struct site *site, struct view *view)
{
    if (!site_origin_is_ours(site, view->request))
        return true;
    return view->token.len > 0 && !session_csrf_is(&view->session, form_get(&view->form, "csrf"));
}

static int page_with_store(struct site *site, struct view *view, const struct route *route,
                           int64_t id, struct failure *reterr)
{
    int rc = store_pool_take(site->stores, &view->store, reterr);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? ERR_STORE : rc; /* the store, not a page of it */
    queue_first_only_set(view->store, !view_may(view, ROLE_SECOND_REVIEWER));
    rc = route->page(view, id, reterr);
    if (rc == ERR_DENIED && strcmp(store_failure(view->store)->text, reterr->text) == 0)
        rc = ERR_STORE; /* not the reader's rights; and a handle that cannot write never will */
    if (rc == OK && route->is_post && !store_pool_holds(site->stores, view->store))
        rc = view_fail(view, ERR_STORE, "error.store-moved", reterr);
    bool sound = rc != ERR_STORE && rc != ERR_IO && rc != ERR_FULL && rc != ERR_NOMEM;
    store_pool_give(site->stores, view->store, sound && rc != ERR_NET);
    view->store = NULL;
    return rc;
}

static void call_page(struct site *site, struct view *view, const struct route *route, int64_t id)
{
    struct failure why = {.code = OK};
    int rc = route->needs_store ? page_with_store(site, view, route, id, &why)
                                : route->page(view, id, &why);
    if (rc != OK)
        view_failure(view, rc, NULL, &why);
}

static void answer_known(struct site *site, struct view *view)
{
    int64_t id = 0;
    const struct http_request *request = view->request;
    const struct route *route = route_find(request, &id);
    if (request->is_post && slice_is(request->path, "/logout"))
        logout_act(site, view);
    else if (route == NULL)
        view_refuse(view, 404, "error.no-page");
    else if (view->role < route->role)
        view_refuse(view, 403, "error.role");
    else
        call_page(site, view, route, id);
}

/* Is it a POST that no page looks at? Then it is answered. */
static bool refuse_post(const struct site *site, struct view *view)
{
    const struct http_request *request = view->request;
    bool is_login = slice_is(request->path, "/login");
    bool is_sent = slice_is(request->path, "/send"); /* that page says itself that it is too long */
    if (request->is_cut && view->token.len == 0 && !is_login)
        view_refuse(view, 401, "error.session");
    else if (request->is_cut && !is_sent)
        view_refuse(view, 413, "error.too-long");
    else if (request->is_post && is_forged(site, view) && (view->token.len > 0 || is_login))
        view_refuse(view, 403, "error.forged");
    else
        return false;
    return true;
}

static void answer_login(struct site *site, struct view *view)
{
    if (view->request->is_post)
        login_act(site, view);
    else if (view->token.len == 0)
        login_page(site, view, NULL);
    else
        view_redirect(view, "/");
}

static void answer_view(struct site *site, struct view *view)
{
    const struct http_request *request = view->request;
    bool told = who_asks(site, view) == OK, is_login = slice_is(request->path, "/login");
    view->is_ours = request->is_post && site_origin_is_ours(site, request);
    if (!told && !is_login) {
        view_refuse(view, 503, "login.broken");
        return;
    }
    if (refuse_post(site, view))
        return;
    if (is_login)
        answer_login(site, view);
    else if (slice_starts(request->path, "/language/") && !request->is_post)
        language_set(site, view, slice_from(request->path, strlen("/language/")));
    else if (view->token.len > 0)
        answer_known(site, view);
    else if (view->wants_json || request->is_post)
        view_refuse(view, 401, "error.session");
    else
        view_redirect(view, "/login");
}

static const struct messages *language_of(const struct site *site,
                                          const struct http_request *request)
{
    const struct messages *chosen =
        languages_find(site->languages, cookie_get(request->cookie, COOKIE_LANGUAGE));
    return chosen != NULL ? chosen : languages_pick(site->languages, request->accept_language);
}

void site_answer(void *ctx, const struct http_request *request, struct http_response *response)
{
    struct site *site = ctx;
    struct arena *arena = NULL;
    struct view *view = NULL;
    if (answer_asset(request, response))
        return;
    if (!site_host_is_ours(site, request->host)) {
        response->status = 421;
        response->type = "text/plain; charset=utf-8";
        response->fixed =
            SLICE("This page is not reached by that name. Use the address that "
                  "`lurewatch review` printed, or set review_url in the configuration.\n");
        return;
    }
    int rc = arena_create(ARENA_BYTES_MAX, &arena);
    if (rc == OK && (view = arena_alloc(arena, sizeof *view)) == NULL)
        rc = ERR_NOMEM;
    if (rc == OK) {
        *view = (struct view){
            .settings = &site->settings,
            .sessions = site->sessions,
            .languages = site->languages,
            .stores = site->stores,
            .waiting = &site->waiting,
            .request = request,
            .response = response,
            .arena = arena,
            .messages = language_of(site, request),
            .token = SLICE_EMPTY,
            .now_unix_ms = clock_unix_ms(),
            .wants_json = slice_find(request->accept, SLICE("application/json")) != SIZE_MAX};
        html_init(&view->html, &response->body);
        rc = form_parse(arena, request->query, &view->query);
    }
    if (rc == OK && request->is_post)
        rc = slice_is(request->path, "/send") && multipart_is(request->content_type)
                 ? multipart_parse(arena, request->content_type, request->body, &view->form)
                 : form_parse(arena, request->body, &view->form);
    if (rc == OK) {
        answer_view(site, view);
    } else if (rc == ERR_LIMIT) { /* more fields than a form of ours has */
        view_refuse(view, 400, "error.too-long");
    } else {
        response->status = 503;
        response->type = "text/plain; charset=utf-8";
        response->fixed = SLICE("Out of memory: try again in a while.\n");
    }
    arena_free(arena);
}

struct http_room site_room(void *ctx, const struct http_request *request)
{
    struct site *site = ctx;
    struct session session;
    struct slice token = cookie_get(request->cookie, COOKIE_SESSION);
    if (!sessions_find(site->sessions, token, clock_unix_ms(), false, &session))
        return (struct http_room){token.len > 0 && site_origin_is_ours(site, request) ? ROOM_ENDED
                                                                                      : ROOM_LOGIN,
                                  ROOM_DROPPED};
    if (slice_is(request->path, "/send"))
        return multipart_is(request->content_type)
                   ? (struct http_room){ROOM_SENT + PICTURE_SENT_BYTES_MAX, ROOM_DROPPED}
                   : (struct http_room){ROOM_SENT, ROOM_DROPPED};
    return (struct http_room){slice_is(request->path, "/patterns") ? ROOM_PASTED : ROOM_FORM,
                              ROOM_DROPPED};
}

/* ---- begin and end ---- */

/* "https://review.example.org:8443/" gives the host and port as Host has them. */
static int read_url(struct site *site, struct failure *reterr)
{
    struct slice rest = slice_of(site->url);
    if (rest.len == 0)
        return OK;
    site->url_is_https = slice_starts(rest, "https://");
    if (!site->url_is_https && !slice_starts(rest, "http://"))
        return failure_set(reterr, ERR_SYNTAX,
                           "'%s' is no address of a page: https://review.example.org", site->url);
    rest = slice_from(rest, site->url_is_https ? 8 : 7);
    size_t slash = slice_find_char(rest, '/');
    site->url_host = slice_sub(rest, 0, slash == SIZE_MAX ? rest.len : slash);
    if (site->url_host.len == 0 || (slash != SIZE_MAX && slash + 1 < rest.len))
        return failure_set(reterr, ERR_SYNTAX,
                           "'%s': the page wants a host of its own, without a path", site->url);
    return OK;
}

static void copy_settings(struct site *site, const struct site_settings *settings)
{
    site->settings = *settings;
    snprintf(site->store, sizeof site->store, "%s", settings->store);
    snprintf(site->accounts_file, sizeof site->accounts_file, "%s", settings->accounts);
    snprintf(site->evidence, sizeof site->evidence, "%s", settings->evidence);
    snprintf(site->url, sizeof site->url, "%s", settings->url != NULL ? settings->url : "");
    site->settings.store = site->store;
    site->settings.accounts = site->accounts_file;
    site->settings.evidence = site->evidence;
    site->settings.url = site->url;
    site->settings.messages = NULL; /* read once */
    site->url_host = SLICE_EMPTY;
}

int site_create(const struct site_settings *settings, struct site **ret_site,
                struct failure *reterr)
{
    struct site *site = calloc(1, sizeof *site);
    if (site == NULL || pthread_mutex_init(&site->lock, NULL) != 0) {
        free(site);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    copy_settings(site, settings);
    int rc = read_url(site, reterr);
    if (rc == OK)
        rc = accounts_load(site->accounts_file, &site->accounts, reterr);
    if (rc == OK && accounts_count(site->accounts) == 0)
        rc = failure_set(reterr, ERR_NOT_FOUND, "%s holds no account", site->accounts_file);
    if (rc == OK)
        rc = languages_load(settings->messages, &site->languages, reterr);
    if (rc == OK &&
        (sessions_create(&site->sessions) != OK ||
         store_pool_create(site->store, settings->answers, settings->second, &site->stores) != OK))
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
    if (rc != OK) {
        site_free(site);
        return rc;
    }
    *ret_site = site;
    return OK;
}

void site_free(struct site *site)
{
    if (site == NULL)
        return;
    store_pool_free(site->stores);
    sessions_free(site->sessions);
    languages_free(site->languages);
    accounts_free(site->accounts);
    pthread_mutex_destroy(&site->lock);
    free(site);
}

void site_set_port(void *ctx, unsigned port)
{
    ((struct site *)ctx)->port = port;
}
