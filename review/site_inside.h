/* review/site_inside.h - the site as its own files see it. */
#ifndef LUREWATCH_SITE_INSIDE_H
#define LUREWATCH_SITE_INSIDE_H

#include "review/view.h"

#include <pthread.h>
#include <stdatomic.h>

#define SITE_TEXT_BYTES 1024u
#define COOKIE_SESSION  "lurewatch"
#define COOKIE_LANGUAGE "lurewatch_language"
#define COOKIE_DEVICE   "lurewatch_device" /* device.h */

struct site {
    struct site_settings settings; /* texts point into the arrays below */
    char store[SITE_TEXT_BYTES], accounts_file[SITE_TEXT_BYTES], evidence[SITE_TEXT_BYTES];
    char url[SITE_TEXT_BYTES];
    struct slice url_host; /* of url; empty where none was given */
    bool url_is_https;
    unsigned port;
    atomic_uint waiting;  /* answers that wait for a call */
    pthread_mutex_t lock; /* of accounts */
    struct accounts *accounts;
    struct sessions *sessions;
    struct languages *languages;
    struct store_pool *stores;
};

/* The value of a cookie, empty when it is not there. Pure. */
struct slice cookie_get(struct slice cookies, const char *name);
/* Is that a Host this page is reached at? An Origin that is this host? */
bool site_host_is_ours(const struct site *site, struct slice host);
bool site_origin_is_ours(const struct site *site, const struct http_request *request);
/* The role of a session's account as the file says now. Errors: ERR_NOT_FOUND (there is none, or it
 * has another password by now: the session is to end), ERR_IO (the file cannot be read). */
int site_role(struct site *site, const struct session *session, enum role *ret_role);

/* "/case/12", in letters that no browser reads as another site's. Pure. */
bool view_is_own_path(struct slice path);
void login_page(struct site *site, struct view *view, const char *complaint);
void login_act(struct site *site, struct view *view);
void logout_act(struct site *site, struct view *view);
void language_set(struct site *site, struct view *view, struct slice tag);

#endif
