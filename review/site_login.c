/* site_login.c - login, logout, the choice of a language, and who may ask at all; see
 * site_inside.h. */
#include "review/device.h"
#include "review/site_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- pure ---- */

struct slice cookie_get(struct slice cookies, const char *name)
{
    size_t len = strlen(name);
    while (cookies.len > 0) {
        size_t end = slice_find_char(cookies, ';');
        struct slice one = slice_trim(slice_sub(cookies, 0, end == SIZE_MAX ? cookies.len : end));
        cookies = end == SIZE_MAX ? SLICE_EMPTY : slice_from(cookies, end + 1);
        if (slice_starts(one, name) && one.len > len && one.at[len] == '=')
            return slice_from(one, len + 1);
    }
    return SLICE_EMPTY;
}

/* Against DNS rebinding: a page of another site whose name is pointed at this machine has that
 * name in Host. */
bool site_host_is_ours(const struct site *site, struct slice host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    char text[300];
    if (site->url_host.len > 0 && slice_equal_nocase(host, site->url_host))
        return true;
    if (site->port == 0)
        return slice_is(host, "localhost");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(text, sizeof text, "%s:%u", names[i], site->port);
        if (slice_equal_nocase(host, slice_of(text)))
            return true;
    }
    return false;
}

bool site_origin_is_ours(const struct site *site, const struct http_request *request)
{
    struct slice origin = request->origin;
    if (slice_starts(origin, "http://"))
        origin = slice_from(origin, strlen("http://"));
    else if (slice_starts(origin, "https://"))
        origin = slice_from(origin, strlen("https://"));
    else
        return false;
    bool same_site = request->fetch_site.len == 0 || slice_is(request->fetch_site, "same-origin");
    return same_site && slice_equal_nocase(origin, request->host) &&
           site_host_is_ours(site, origin);
}

/* ---- login ---- */

static void input(struct view *view, const char *name, const char *type, const char *label,
                  const char *complete)
{
    struct html *html = &view->html;
    html_open(html, "p");
    html_open(html, "label");
    say(view, label);
    html_void(html, "input");
    html_put_attr(html, "name", name);
    html_put_attr(html, "type", type);
    html_put_attr(html, "autocomplete", complete);
    html_put_attr(html, "maxlength", "256");
    html_flag(html, "required", true);
    html_close(html);
    html_close(html);
}

void login_page(struct site *site, struct view *view, const char *complaint)
{
    (void)site;
    view->token = SLICE_EMPTY;
    view_begin(view, "login.title", "/login");
    if (complaint != NULL) {
        html_open(&view->html, "p");
        html_put_attr(&view->html, "class", "wrong");
        html_put_attr(&view->html, "role", "alert");
        say(view, complaint);
        html_close(&view->html);
    }
    form_open(view, "/login");
    input(view, "name", "text", "login.name", "username");
    input(view, "password", "password", "login.password", "current-password");
    form_button(view, NULL, NULL, "login.enter");
    html_close(&view->html);
    view_end(view);
}

struct cookie {
    const char *name, *value, *path;
    int64_t age_s;
};

static void set_cookie(const struct site *site, struct view *view, const struct cookie *cookie)
{
    char *at = view->response->cookies[view->response->cookies[0][0] == '\0' ? 0 : 1];
    snprintf(at, sizeof view->response->cookies[0],
             "%s=%s; Path=%s; Max-Age=%" PRId64 "; SameSite=Strict; HttpOnly%s", cookie->name,
             cookie->value, cookie->path, cookie->age_s, site->url_is_https ? "; Secure" : "");
}

/* Reads the file anew, so that an account just made can log in, and one just removed cannot. */
static bool password_is_right(struct site *site, const char *name, const char *password,
                              struct digest *ret_mark, struct failure *reterr)
{
    struct accounts *accounts = NULL;
    reterr->code = OK;
    if (accounts_load(site->accounts_file, &accounts, reterr) != OK)
        return false;
    bool right =
        accounts_check(accounts, name, password) && accounts_mark(accounts, name, ret_mark);
    accounts_free(accounts);
    return right;
}

/* The accounts as the file says now, NULL: it cannot be read. With the lock held. */
static const struct accounts *accounts_now(struct site *site)
{
    struct accounts *fresh = NULL;
    struct failure why;
    if (site->accounts == NULL || accounts_changed(site->accounts, site->accounts_file)) {
        if (accounts_load(site->accounts_file, &fresh, &why) != OK)
            fresh = NULL; /* nobody can be told from a file that cannot be read */
        accounts_free(site->accounts);
        site->accounts = fresh;
    }
    return site->accounts;
}

/* The cookie of a browser that logged in to that account before; else the empty slice. */
static struct slice known_device(struct site *site, const struct view *view, const char *name)
{
    struct digest mark;
    struct slice cookie = cookie_get(view->request->cookie, COOKIE_DEVICE);
    if (cookie.len == 0)
        return SLICE_EMPTY;
    pthread_mutex_lock(&site->lock);
    const struct accounts *accounts = accounts_now(site);
    bool known = accounts != NULL && accounts_mark(accounts, name, &mark);
    pthread_mutex_unlock(&site->lock);
    return known && device_is(&mark, cookie) ? cookie : SLICE_EMPTY;
}

/* Logs in: a session, and the browser is known from now on. */
static void let_in(struct site *site, struct view *view, const struct login_from *from,
                   const struct digest *mark)
{
    char token[SESSION_TOKEN_BYTES], device[DEVICE_BYTES];
    sessions_end(site->sessions, cookie_get(view->request->cookie, COOKIE_SESSION));
    sessions_begin(site->sessions, from->name, view->now_unix_ms, token);
    sessions_mark(site->sessions, slice_of(token), mark);
    if (device_is(mark, from->device))
        snprintf(device, sizeof device, "%.*s", (int)from->device.len, from->device.at);
    else
        device_make(mark, device);
    set_cookie(site, view,
               &(const struct cookie){COOKIE_SESSION, token, "/", SESSION_LIFE_MS / 1000});
    set_cookie(site, view, &(const struct cookie){COOKIE_DEVICE, device, "/login", DEVICE_LIFE_S});
    explicit_bzero(token, sizeof token);
    view_redirect(view, "/");
}

void login_act(struct site *site, struct view *view)
{
    struct failure why = {.code = OK};
    struct digest mark;
    const char *name = form_text(&view->form, view->arena, "name");
    const char *password = form_text(&view->form, view->arena, "password");
    if (name == NULL || password == NULL || strlen(name) >= ACCOUNT_NAME_BYTES) {
        view->response->status = 403;
        login_page(site, view, "login.wrong");
        return;
    }
    const struct login_from from = {name, known_device(site, view, name)};
    int64_t wait_ms = login_wait_ms(site->sessions, &from, view->now_unix_ms);
    if (wait_ms > 0) {
        view->response->status = 429;
        view->response->retry_after_s = (unsigned)(wait_ms / 1000 + 1);
        login_page(site, view, "login.wait");
        return;
    }
    /* counted before it is looked at, so that many at once are no more tries than one by one */
    login_note(site->sessions, &from, false, view->now_unix_ms);
    bool right = password_is_right(site, name, password, &mark, &why);
    if (right || why.code != OK)
        login_note(site->sessions, &from, true, view->now_unix_ms);
    if (right) {
        let_in(site, view, &from, &mark);
        return;
    }
    view->response->status = why.code != OK ? 503 : 403;
    login_page(site, view, why.code != OK ? "login.broken" : "login.wrong");
}

void logout_act(struct site *site, struct view *view)
{
    sessions_end(site->sessions, view->token);
    set_cookie(site, view, &(const struct cookie){COOKIE_SESSION, "", "/", 0});
    view_redirect(view, "/login");
}

void language_set(struct site *site, struct view *view, struct slice tag)
{
    const struct messages *found = languages_find(view->languages, tag);
    if (found != NULL)
        set_cookie(
            site, view,
            &(const struct cookie){COOKIE_LANGUAGE, messages_tag(found), "/", 365LL * 24 * 3600});
    struct slice back = form_get(&view->query, "back");
    if (view_is_own_path(back))
        view_redirect(view, "%.*s", (int)back.len, back.at);
    else
        view_redirect(view, "/");
}

int site_role(struct site *site, const struct session *session, enum role *ret_role)
{
    struct digest mark;
    int rc = ERR_NOT_FOUND;
    pthread_mutex_lock(&site->lock);
    const struct accounts *accounts = accounts_now(site);
    if (accounts == NULL)
        rc = ERR_IO;
    else if (accounts_role(accounts, session->name, ret_role) &&
             accounts_mark(accounts, session->name, &mark) &&
             memcmp(mark.bytes, session->mark.bytes, sizeof mark.bytes) == 0)
        rc = OK;
    pthread_mutex_unlock(&site->lock);
    return rc;
}
