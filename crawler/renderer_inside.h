/* crawler/renderer_inside.h - renderer.c (pages) and renderer_browser.c (the process and its pipe). */
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

#endif
