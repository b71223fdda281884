/* renderer.c - pages in the browser, one after the other; see renderer.h.
 *
 *   createTarget -> attachToTarget -> Page.enable, Fetch.enable -> Page.navigate
 *     -> requestPaused*: the page itself from its body, the rest by the caller
 *     -> domContentEventFired, and nothing asked for a while (or the time is over)
 *     -> Runtime.evaluate: the document -> closeTarget -> the next page
 *        (or, of a picture: renderer_picture.c)
 *
 * A page that is late is asked once for what there is; a browser that does not answer then is killed. */
#include "crawler/renderer.h"

#include "crawler/renderer_inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define QUIET_MS          400u  /* without a request, and the page is read */
#define QUIET_STILL_MS    100u  /* the same where nothing is answered and no script runs */
#define ANSWER_MS         5000u /* for the document to come */
#define PAGES_PER_BROWSER 200u
#define COMMAND_BYTES_MAX (48u << 20)
#define TOKEN_BYTES       96u
#define ID_BYTES          96u

enum step { STEP_IDLE, STEP_CREATE, STEP_ATTACH, STEP_PREPARE, STEP_LOAD, STEP_MEASURE, STEP_READ };

struct showing {
    struct showing *next;
    struct render_page page;
};

struct renderer {
    uv_loop_t *loop;
    char browser_path[256], user_agent[2304];
    uint32_t page_ms_max;
    size_t dom_bytes_max;
    struct picture_limits picture;
    int64_t asked_product; /* the id of Browser.getVersion */
    char product[96];
    struct browser *browser;
    unsigned pages; /* of this browser */
    struct showing *first, *last;
    enum step step;
    int64_t command; /* the last one's id */
    int64_t awaited; /* the answer that moves the step on; STEP_PREPARE: the last of several */
    int64_t prepare_after; /* the id before them */
    unsigned prepare_left; /* how many of them are to come */
    char target[ID_BYTES], session[ID_BYTES];
    bool body_given, content_ready;
    unsigned asked, outstanding;
    uv_timer_t timer, deadline;
    unsigned open; /* timers */
    bool closing;
};

static void next_page(struct renderer *renderer);
static void on_turn(uv_timer_t *timer);

const char *renderer_browser(const char *asked)
{
    static const char *const known[] = {"/usr/bin/chromium-headless-shell", "/usr/bin/chromium"};
    if (asked[0] != '\0')
        return access(asked, X_OK) == 0 ? asked : NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (access(known[i], X_OK) == 0)
            return known[i];
    return NULL;
}

/* ---- commands ---- */

/* {"id":…,"method":…,"sessionId":…,"params":{ — the caller adds members and ends it. */
int64_t renderer_begin(struct renderer *renderer, struct text_buf *text, struct json_writer *writer,
                       const char *method)
{
    text_buf_init(text, COMMAND_BYTES_MAX);
    json_writer_init(writer, text);
    json_open_object(writer);
    json_put_member_int(writer, "id", ++renderer->command);
    json_put_member(writer, "method", slice_of(method));
    if (renderer->session[0] != '\0' && strncmp(method, "Target.", 7) != 0)
        json_put_member(writer, "sessionId", slice_of(renderer->session));
    json_key(writer, "params");
    json_open_object(writer);
    return renderer->command;
}

void renderer_send(struct renderer *renderer, struct text_buf *text, struct json_writer *writer)
{
    json_close_object(writer);
    json_close_object(writer);
    if (renderer->browser != NULL && text_buf_status(text) == OK)
        browser_send(renderer->browser, text_buf_slice(text)); /* lost: the deadline sees it */
    text_buf_release(text);
}

static void command(struct renderer *renderer, const char *method, const char *key,
                    const char *value)
{
    struct text_buf text;
    struct json_writer writer;
    renderer_begin(renderer, &text, &writer, method);
    if (key != NULL)
        json_put_member(&writer, key, slice_of(value));
    renderer_send(renderer, &text, &writer);
}

/* ---- the end of a page ---- */

static void page_end(struct renderer *renderer, int status, struct slice dom, const char *why)
{
    struct showing *showing = renderer->first;
    uv_timer_stop(&renderer->timer);
    uv_timer_stop(&renderer->deadline);
    renderer->step = STEP_IDLE;
    renderer->session[0] = '\0';
    if (renderer->target[0] != '\0')
        command(renderer, "Target.closeTarget", "targetId", renderer->target);
    renderer->target[0] = '\0';
    if (showing == NULL)
        return;
    renderer->first = showing->next;
    if (renderer->first == NULL)
        renderer->last = NULL;
    showing->page.done(showing->page.ctx, status, dom, why);
    free(showing);
}

static void browser_drop(struct renderer *renderer)
{
    browser_kill(renderer->browser);
    renderer->browser = NULL;
    renderer->target[0] = '\0';
    renderer->pages = 0;
}

static void page_fail(struct renderer *renderer, int status, const char *why)
{
    browser_drop(renderer);
    page_end(renderer, status, SLICE_EMPTY, why);
    if (!renderer->closing)
        next_page(renderer);
}

/* ---- reading the document ---- */

static void read_document(struct renderer *renderer)
{
    struct text_buf text;
    struct json_writer writer;
    if (renderer->step != STEP_LOAD)
        return;
    if (renderer->picture.width_px > 0) {
        renderer->step = STEP_MEASURE;
        command(renderer, "Page.getLayoutMetrics", NULL, NULL);
        renderer->awaited = renderer->command;
        return;
    }
    renderer->step = STEP_READ;
    renderer_begin(renderer, &text, &writer, "Runtime.evaluate");
    json_put_member(&writer, "expression",
                    SLICE("'<!doctype html>'+document.documentElement.outerHTML"));
    json_key(&writer, "returnByValue");
    json_put_bool(&writer, true);
    renderer_send(renderer, &text, &writer);
    renderer->awaited = renderer->command;
}

static void on_quiet(uv_timer_t *timer)
{
    read_document(timer->data);
}

static void on_deadline(uv_timer_t *timer)
{
    struct renderer *renderer = timer->data;
    if (renderer->step != STEP_LOAD || !renderer->content_ready) {
        page_fail(renderer, ERR_TIMEOUT, "the browser took too long");
        return;
    }
    uv_timer_stop(&renderer->timer);
    read_document(renderer);
    uv_timer_start(&renderer->deadline, on_deadline, ANSWER_MS, 0);
}

static void quiet_look(struct renderer *renderer)
{
    if (renderer->step == STEP_LOAD && renderer->content_ready && renderer->outstanding == 0)
        uv_timer_start(&renderer->timer, on_quiet,
                       renderer->picture.width_px > 0 ? QUIET_STILL_MS : QUIET_MS, 0);
    else
        uv_timer_stop(&renderer->timer);
}

/* ---- what a page asks for ---- */

static void add_base64(struct text_buf *out, struct slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        unsigned a = (unsigned char)bytes.at[i], b = left > 1 ? (unsigned char)bytes.at[i + 1] : 0;
        unsigned c = left > 2 ? (unsigned char)bytes.at[i + 2] : 0, three = a << 16 | b << 8 | c;
        const char four[4] = {digits[three >> 18 & 63], digits[three >> 12 & 63],
                              left > 1 ? digits[three >> 6 & 63] : '=',
                              left > 2 ? digits[three & 63] : '='};
        text_buf_add(out, four, sizeof four);
    }
}

static void put_header(struct json_writer *writer, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    json_open_object(writer);
    json_put_member(writer, "name", slice_of(name));
    json_put_member(writer, "value", slice_of(value));
    json_close_object(writer);
}

static void answer_send(struct renderer *renderer, const char *token,
                        const struct render_answer *answer)
{
    struct text_buf text, body;
    struct json_writer writer;
    text_buf_init(&body, COMMAND_BYTES_MAX);
    add_base64(&body, answer->body);
    renderer_begin(renderer, &text, &writer, "Fetch.fulfillRequest");
    json_put_member(&writer, "requestId", slice_of(token));
    json_put_member_int(&writer, "responseCode", answer->http_status);
    json_key(&writer, "responseHeaders");
    json_open_array(&writer);
    put_header(&writer, "Content-Type", answer->content_type);
    put_header(&writer, "Location", answer->location);
    put_header(&writer, "Access-Control-Allow-Origin", renderer->picture.width_px > 0 ? "" : "*");
    put_header(&writer, "Content-Security-Policy",
               renderer->picture.width_px > 0 ? PICTURE_POLICY : "");
    json_close_array(&writer);
    json_put_member(&writer, "body", text_buf_slice(&body));
    renderer_send(renderer, &text, &writer);
    text_buf_release(&body);
}

/* A page that wants to go elsewhere stays: an aborted document leaves the one that stands. */
static void refuse(struct renderer *renderer, const char *token, bool is_document)
{
    struct text_buf text;
    struct json_writer writer;
    renderer_begin(renderer, &text, &writer, "Fetch.failRequest");
    json_put_member(&writer, "requestId", slice_of(token));
    json_put_member(&writer, "errorReason",
                    is_document ? SLICE("Aborted") : SLICE("BlockedByClient"));
    renderer_send(renderer, &text, &writer);
}

/* Tokens carry the page's session, so that an answer that comes late finds no page of others. */
static const char *token_of(const struct renderer *renderer, const char *token)
{
    size_t len = strlen(renderer->session);
    bool ours = len > 0 && strncmp(token, renderer->session, len) == 0 && token[len] == '/';
    return ours ? token + len + 1 : NULL;
}

void renderer_fulfil(struct renderer *renderer, const char *token,
                     const struct render_answer *answer)
{
    const char *request = token_of(renderer, token);
    if (request == NULL)
        return;
    renderer->outstanding--;
    answer_send(renderer, request, answer);
    quiet_look(renderer);
}

void renderer_refuse(struct renderer *renderer, const char *token)
{
    const char *request = token_of(renderer, token);
    if (request == NULL)
        return;
    renderer->outstanding--;
    refuse(renderer, request, false);
    quiet_look(renderer);
}

static bool is_wanted(struct slice type)
{
    return slice_is(type, "Script") || slice_is(type, "XHR") || slice_is(type, "Fetch") ||
           slice_is(type, "Document");
}

static void on_paused(struct renderer *renderer, const struct json *params)
{
    const struct json *request = json_get(params, "request");
    struct slice id = json_get_string(params, "requestId"), url = json_get_string(request, "url");
    struct slice type = json_get_string(params, "resourceType");
    struct slice method = json_get_string(request, "method");
    char token[TOKEN_BYTES + ID_BYTES], plain[TOKEN_BYTES], verb[16];
    struct text_buf address;
    const struct render_page *page = &renderer->first->page;
    if (id.len == 0 || id.len >= TOKEN_BYTES)
        return;
    snprintf(plain, sizeof plain, "%.*s", (int)id.len, id.at);
    if (!renderer->body_given && slice_is(type, "Document")) {
        renderer->body_given = true;
        answer_send(renderer, plain,
                    &(struct render_answer){200, page->content_type, "", page->body});
        return;
    }
    if (!is_wanted(type) || renderer->asked >= RENDERER_REQUESTS_MAX ||
        renderer->picture.width_px > 0) {
        refuse(renderer, plain, renderer->picture.width_px > 0 && slice_is(type, "Document"));
        return;
    }
    renderer->asked++;
    renderer->outstanding++;
    quiet_look(renderer);
    snprintf(token, sizeof token, "%s/%s", renderer->session, plain);
    snprintf(verb, sizeof verb, "%.*s", (int)method.len, method.at);
    text_buf_init(&address, 64u << 10);
    text_buf_add_slice(&address, url);
    page->request(page->ctx, &(struct render_request){token, text_buf_cstr(&address), verb,
                                                      slice_is(type, "Script")});
    text_buf_release(&address);
}

/* ---- what the browser says ---- */

static void copy_id(char at[ID_BYTES], struct slice text)
{
    snprintf(at, ID_BYTES, "%.*s", (int)(text.len < ID_BYTES ? text.len : 0), text.at);
}

/* All of it is answered before the page is loaded: a browser that is busy may else show the page before it
 * tells of events, and then never tells. */
static void page_prepare(struct renderer *renderer)
{
    struct text_buf text;
    struct json_writer writer;
    renderer->step = STEP_PREPARE;
    renderer->prepare_after = renderer->command;
    command(renderer, "Page.enable", NULL, NULL);
    if (renderer->picture.width_px > 0)
        picture_prepare(renderer, &renderer->picture);
    renderer_begin(renderer, &text, &writer, "Fetch.enable");
    json_key(&writer, "patterns");
    json_open_array(&writer);
    json_open_object(&writer);
    json_put_member(&writer, "urlPattern", SLICE("*"));
    json_close_object(&writer);
    json_close_array(&writer);
    renderer_send(renderer, &text, &writer);
    renderer->awaited = renderer->command;
    renderer->prepare_left = (unsigned)(renderer->awaited - renderer->prepare_after);
}

static void page_load(struct renderer *renderer)
{
    renderer->step = STEP_LOAD;
    command(renderer, "Page.navigate", "url", renderer->first->page.url);
}

static void document_take(struct renderer *renderer, const struct json *result)
{
    struct slice dom = json_get_string(json_get(result, "result"), "value");
    if (dom.len == 0)
        page_end(renderer, ERR_IO, SLICE_EMPTY, "the browser gave no document");
    else if (dom.len > renderer->dom_bytes_max)
        page_end(renderer, ERR_LIMIT, SLICE_EMPTY, "the document is longer than body_bytes");
    else
        page_end(renderer, OK, dom, "");
}

static void picture_end(struct renderer *renderer, const struct json *result)
{
    char *bytes = NULL;
    size_t len = 0;
    const char *why = "";
    int rc = picture_read(result, &renderer->picture, &bytes, &len, &why);
    page_end(renderer, rc, rc == OK ? slice_make(bytes, len) : SLICE_EMPTY, rc == OK ? "" : why);
    free(bytes);
}

static void on_answer(struct renderer *renderer, const struct json *message)
{
    const struct json *result = json_get(message, "result");
    int64_t id = json_int(json_get(message, "id"), 0);
    if (id != 0 && id == renderer->asked_product) {
        struct slice product = json_get_string(result, "product");
        snprintf(renderer->product, sizeof renderer->product, "%.*s",
                 (int)(product.len < sizeof renderer->product ? product.len : 0), product.at);
    }
    if (renderer->step == STEP_PREPARE && id > renderer->prepare_after && id <= renderer->awaited &&
        --renderer->prepare_left == 0)
        page_load(renderer);
    if (id != renderer->awaited)
        return;
    switch (renderer->step) {
    case STEP_CREATE: {
        struct text_buf text;
        struct json_writer writer;
        copy_id(renderer->target, json_get_string(result, "targetId"));
        renderer->step = STEP_ATTACH;
        renderer_begin(renderer, &text, &writer, "Target.attachToTarget");
        json_put_member(&writer, "targetId", slice_of(renderer->target));
        json_key(&writer, "flatten");
        json_put_bool(&writer, true);
        renderer_send(renderer, &text, &writer);
        renderer->awaited = renderer->command;
        break;
    }
    case STEP_ATTACH:
        copy_id(renderer->session, json_get_string(result, "sessionId"));
        if (renderer->session[0] == '\0')
            page_fail(renderer, ERR_IO, "the browser opened no page");
        else
            page_prepare(renderer);
        break;
    case STEP_MEASURE:
        renderer->step = STEP_READ;
        renderer->awaited = picture_ask(renderer, &renderer->picture, result);
        break;
    case STEP_READ:
        if (renderer->picture.width_px > 0)
            picture_end(renderer, result);
        else
            document_take(renderer, result);
        if (!renderer->closing)
            next_page(renderer);
        break;
    case STEP_IDLE:
    case STEP_PREPARE:
    case STEP_LOAD:
        break;
    }
}

static void on_message(void *ctx, const struct json *message, const char *why)
{
    struct renderer *renderer = ctx;
    if (message == NULL) {
        renderer->browser = NULL;
        renderer->target[0] = '\0';
        renderer->pages = 0;
        if (renderer->step != STEP_IDLE)
            page_fail(renderer, ERR_IO, why);
        return;
    }
    struct slice method = json_get_string(message, "method");
    if (method.len == 0) {
        on_answer(renderer, message);
        return;
    }
    if (renderer->session[0] == '\0' ||
        !slice_is(json_get_string(message, "sessionId"), renderer->session))
        return;
    if (slice_is(method, "Fetch.requestPaused")) {
        on_paused(renderer, json_get(message, "params"));
    } else if (slice_is(method, "Page.domContentEventFired")) {
        renderer->content_ready = true;
        quiet_look(renderer);
    } else if (slice_is(method, "Page.javascriptDialogOpening")) {
        struct text_buf text;
        struct json_writer writer;
        renderer_begin(renderer, &text, &writer, "Page.handleJavaScriptDialog");
        json_key(&writer, "accept");
        json_put_bool(&writer, false);
        renderer_send(renderer, &text, &writer);
    } else if (slice_is(method, "Inspector.targetCrashed")) {
        page_fail(renderer, ERR_IO, "the page crashed the browser");
    }
}

/* ---- the queue ---- */

static void next_page(struct renderer *renderer)
{
    struct failure why = {.code = OK};
    if (renderer->first == NULL || renderer->step != STEP_IDLE || renderer->closing)
        return;
    if (renderer->browser != NULL && renderer->pages >= PAGES_PER_BROWSER)
        browser_drop(renderer);
    if (renderer->browser == NULL &&
        browser_start(renderer->loop, renderer->browser_path, renderer->user_agent, on_message,
                      renderer, &renderer->browser, &why) != OK) {
        renderer->browser = NULL;
        renderer->step = STEP_CREATE;
        page_end(renderer, ERR_IO, SLICE_EMPTY, why.text);
        uv_timer_start(&renderer->timer, on_turn, 0, 0);
        return;
    }
    renderer->pages++;
    renderer->body_given = renderer->content_ready = false;
    renderer->asked = renderer->outstanding = 0;
    renderer->step = STEP_CREATE;
    if (renderer->picture.width_px > 0) {
        command(renderer, "Browser.getVersion", NULL, NULL);
        renderer->asked_product = renderer->command;
    }
    command(renderer, "Target.createTarget", "url", "about:blank");
    renderer->awaited = renderer->command;
    uv_timer_start(&renderer->deadline, on_deadline, renderer->page_ms_max, 0);
}

static void on_turn(uv_timer_t *timer)
{
    next_page(timer->data);
}

int renderer_show(struct renderer *renderer, const struct render_page *page)
{
    struct showing *showing = calloc(1, sizeof *showing);
    if (showing == NULL)
        return ERR_NOMEM;
    showing->page = *page;
    if (renderer->last != NULL)
        renderer->last->next = showing;
    else
        renderer->first = showing;
    renderer->last = showing;
    if (renderer->step == STEP_IDLE) /* later: done never comes from inside this call */
        uv_timer_start(&renderer->timer, on_turn, 0, 0);
    return OK;
}

const char *renderer_product(const struct renderer *renderer)
{
    return renderer->product;
}

/* ---- birth and death ---- */

int renderer_create(struct uv_loop_s *loop, const struct renderer_settings *settings,
                    struct renderer **ret_renderer, struct failure *reterr)
{
    const char *path = renderer_browser(settings->browser);
    if (path == NULL)
        return failure_set(
            reterr, ERR_NOT_FOUND, "%s a browser: install Debian's chromium-headless-shell",
            settings->picture_width_px > 0 ? "a picture needs" : "render: yes needs");
    struct renderer *renderer = calloc(1, sizeof *renderer);
    if (renderer == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    renderer->loop = loop;
    snprintf(renderer->browser_path, sizeof renderer->browser_path, "%s", path);
    snprintf(renderer->user_agent, sizeof renderer->user_agent, "%s", settings->user_agent);
    renderer->page_ms_max = settings->page_ms_max;
    renderer->dom_bytes_max = settings->dom_bytes_max;
    renderer->picture = (struct picture_limits){
        settings->picture_width_px, settings->picture_height_max, settings->dom_bytes_max};
    uv_timer_init(loop, &renderer->timer);
    uv_timer_init(loop, &renderer->deadline);
    renderer->timer.data = renderer->deadline.data = renderer;
    renderer->open = 2;
    *ret_renderer = renderer;
    return OK;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct renderer *renderer = handle->data;
    if (--renderer->open == 0)
        free(renderer);
}

void renderer_close(struct renderer *renderer)
{
    if (renderer == NULL)
        return;
    renderer->closing = true;
    browser_drop(renderer);
    while (renderer->first != NULL)
        page_end(renderer, ERR_CANCELLED, SLICE_EMPTY, "the sweep stops");
    uv_close((uv_handle_t *)&renderer->timer, on_timer_closed);
    uv_close((uv_handle_t *)&renderer->deadline, on_timer_closed);
}
