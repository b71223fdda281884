/* crawler/renderer.h - pages that need JavaScript: one browser, kept warm, on the loop. Loop thread.
 *
 * Debian's chromium-headless-shell (or chromium) is driven over --remote-debugging-pipe. It has no
 * network: its resolver knows no name, its proxy leads nowhere; every request of a page is paused
 * and given to the caller, who answers it (after gate, robots.txt and address policy) or refuses it.
 * Images, styles, fonts and media are refused here. One page at a time, the rest wait; a browser that
 * misbehaves is killed with all its processes, and another is started for the next page. As root it
 * runs as nobody; its own sandbox stays on.
 *
 * A renderer of pictures draws what it is given instead: scripts off, every request refused here, the
 * document under a policy that allows nothing; what comes out is a PNG. */
#ifndef LUREWATCH_RENDERER_H
#define LUREWATCH_RENDERER_H

#include "common/text.h"

struct renderer;
struct uv_loop_s;

#define RENDERER_REQUESTS_MAX 100u /* of a page; more are refused */

struct renderer_settings { /* copied */
    const char *browser;   /* a path; "" finds one */
    const char *user_agent;
    uint32_t page_ms_max;
    size_t dom_bytes_max;        /* of the document, or of the picture */
    uint32_t picture_width_px;   /* 0: documents are read; else pictures are drawn */
    uint32_t picture_height_max; /* px; what is lower on the page is left out */
};

/* The browser that would be used; NULL: none is installed (or asked is not there). Static or asked. */
const char *renderer_browser(const char *asked);

/* Starts nothing yet. Gives *ret_renderer, end it with renderer_close(). Errors: ERR_NOT_FOUND (no
 * browser: the sentence says what to install), ERR_IO (no folder for its profile), ERR_NOMEM. */
MUST_USE int renderer_create(struct uv_loop_s *loop, const struct renderer_settings *settings,
                             struct renderer **ret_renderer, struct failure *reterr);
/* Takes renderer; ends the browser. Pages that are under way end with ERR_CANCELLED. NULL is
 * allowed. */
void renderer_close(struct renderer *renderer);

/* Something the page asks for; texts borrowed for the call. Answer by renderer_fulfil() or
 * renderer_refuse() with the token, now or later, once. */
struct render_request {
    const char *token, *url, *method;
    bool is_script;
};
struct render_page { /* url, content_type and body borrowed until done */
    const char *url, *content_type;
    struct slice body;                                                /* not compressed */
    void (*request)(void *ctx, const struct render_request *request); /* not for pictures */
    /* Once, later. dom: the document as it stands, or the PNG; borrowed for the call. status: OK;
     * ERR_TIMEOUT; ERR_LIMIT (dom_bytes_max); ERR_IO (the browser cannot be started, or died);
     * ERR_CANCELLED. */
    void (*done)(void *ctx, int status, struct slice dom, const char *why);
    void *ctx;
};
/* Copies page. Errors: ERR_NOMEM. */
MUST_USE int renderer_show(struct renderer *renderer, const struct render_page *page);
/* What the browser that draws pictures calls itself, "HeadlessChrome/142.0.1.2"; "" before it said. */
const char *renderer_product(const struct renderer *renderer);

struct render_answer {
    int http_status;
    const char *content_type, *location; /* "" where there is none */
    struct slice body;                   /* not compressed */
};
/* A token of a page that has ended is passed over. */
void renderer_fulfil(struct renderer *renderer, const char *token,
                     const struct render_answer *answer);
void renderer_refuse(struct renderer *renderer, const char *token);

#endif
