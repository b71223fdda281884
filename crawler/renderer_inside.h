/* crawler/renderer_inside.h - what renderer.c (pages), renderer_picture.c (what is drawn of them) and
 * renderer_browser.c (the process and its pipe) share. */
#ifndef LUREWATCH_RENDERER_INSIDE_H
#define LUREWATCH_RENDERER_INSIDE_H

#include "common/json.h"
#include "crawler/renderer.h"

struct browser;

/* A whole message; NULL: the browser has ended, why says how. */
typedef void browser_message_fn(void *ctx, const struct json *message, const char *why);

/* Starts path. Gives *ret_browser, end it with browser_kill(). Errors: ERR_IO, ERR_NOMEM. */
MUST_USE int browser_start(struct uv_loop_s *loop, const char *path, const char *user_agent,
                           browser_message_fn *message, void *ctx, struct browser **ret_browser,
                           struct failure *reterr);
/* Kills it with all its processes; frees it later, and its profile. No message comes any more. */
void browser_kill(struct browser *browser);
/* Sends text and a NUL; a browser that is gone is told by message. Errors: ERR_NOMEM. */
int browser_send(struct browser *browser, struct slice text);

/* ---- renderer.c ---- */

/* {"id":…,"method":…,"sessionId":…,"params":{ — the caller adds members and sends it. Where that
 * fails, nothing is sent: the deadline sees it. Gives the command's id. */
int64_t renderer_begin(struct renderer *renderer, struct text_buf *text, struct json_writer *writer,
                       const char *method);
void renderer_send(struct renderer *renderer, struct text_buf *text, struct json_writer *writer);

/* ---- renderer_picture.c ---- */

/* The document's policy: nothing may be loaded, run, sent or left. */
#define PICTURE_POLICY                                                                             \
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox"

struct picture_limits {
    uint32_t width_px, height_max; /* width 0: no pictures */
    size_t bytes_max;
};
/* Before the page is loaded: no scripts, a window of the picture's width. */
void picture_prepare(struct renderer *renderer, const struct picture_limits *limits);
/* Asks for the picture of a page as long as metrics (Page.getLayoutMetrics) say. Gives the
 * command's id. */
int64_t picture_ask(struct renderer *renderer, const struct picture_limits *limits,
                    const struct json *metrics);
/* The PNG of the answer, to be freed by free(). Errors: ERR_LIMIT, ERR_IO (it is none), ERR_NOMEM; why
 * is a fixed sentence. */
int picture_read(const struct json *result, const struct picture_limits *limits, char **ret_bytes,
                 size_t *ret_len, const char **ret_why);

#endif
