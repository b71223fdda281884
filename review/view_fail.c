/* view_fail.c - see view_fail.h. */
#include "review/view_fail.h"

#include <inttypes.h>
#include <string.h>

#define BUSY_S 5u /* then it is worth another try */

int view_fail_with(struct view *view, int rc, const char *key, const struct slice values[2],
                   struct failure *reterr)
{
    struct text_buf text;
    text_buf_init(&text, FAILURE_TEXT_BYTES);
    messages_put(view->messages, key, values, 2, &text);
    failure_set(reterr, rc, "%s", text_buf_cstr(&text));
    text_buf_release(&text);
    view->told = true;
    return rc;
}

int view_fail(struct view *view, int rc, const char *key, struct failure *reterr)
{
    const struct slice none[2] = {SLICE_EMPTY, SLICE_EMPTY};
    return view_fail_with(view, rc, key, none, reterr);
}

static int http_status_of(int err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        return 404;
    case ERR_CONFLICT:
        return 409;
    case ERR_DENIED:
        return 403;
    case ERR_SYNTAX:
    case ERR_LIMIT:
        return 400;
    case ERR_FULL:
        return 507;
    case ERR_BUSY:
    case ERR_STORE:
    case ERR_IO:
    case ERR_NET:
    case ERR_CANCELLED:
    case ERR_VERSION:
    case ERR_TIMEOUT:
        return 503;
    default:
        return 500;
    }
}

void view_failed(struct view *view, int err)
{
    view->response->status = http_status_of(err);
    view->response->retry_after_s = err == ERR_BUSY || err == ERR_NET ? BUSY_S : 0;
}

static const char *key_of(int rc)
{
    switch (rc) {
    case ERR_NOT_FOUND:
        return "error.not-found";
    case ERR_BUSY:
        return "error.busy";
    case ERR_NOMEM:
        return "error.memory";
    case ERR_FULL:
        return "error.full";
    case ERR_LIMIT:
        return "error.too-long";
    case ERR_TIMEOUT:
        return "error.late";
    case ERR_STORE:
    case ERR_IO:
    case ERR_NET:
    case ERR_VERSION:
        return "error.store";
    default:
        return "error.other";
    }
}

static void put_words(struct view *view, int rc, const char *key, const struct failure *why)
{
    bool says_all = rc == ERR_BUSY || rc == ERR_NOMEM || (rc == ERR_NOT_FOUND && key == NULL);
    if (view->told) {
        html_str(&view->html, why->text);
        view->told = false;
        return;
    }
    say(view, key != NULL && !says_all ? key : key_of(rc));
    if (says_all || why->text[0] == '\0')
        return;
    html_str(&view->html, " ");
    html_open(&view->html, "span");
    html_put_attr(&view->html, "lang", "en");
    html_put_attr(&view->html, "class", "quiet");
    html_str(&view->html, why->text);
    html_close(&view->html);
}

void view_put_why(struct view *view, int rc, const char *key, const struct failure *why)
{
    view_failed(view, rc);
    html_open(&view->html, "p");
    html_put_attr(&view->html, "class", "wrong");
    html_put_attr(&view->html, "role", "alert");
    put_words(view, rc, key, why);
    html_close(&view->html);
}

static void json_error(struct view *view, struct slice sentence)
{
    struct json_writer writer;
    text_buf_reset(&view->response->body);
    view->response->type = "application/json";
    json_writer_init(&writer, &view->response->body);
    json_open_object(&writer);
    json_put_member(&writer, "error", sentence);
    json_close_object(&writer);
}

static void page_begin(struct view *view)
{
    text_buf_reset(&view->response->body);
    html_init(&view->html, &view->response->body);
    view->response->type = "text/html; charset=utf-8";
    view_begin(view, "error.title", "");
}

void view_back_to_case(struct view *view, int64_t id)
{
    struct html *html = &view->html;
    html_open(html, "p");
    html_open(html, "a");
    html_link(html, "href", view_format(view, "/case/%" PRId64, id));
    say(view, "case.title");
    html_printf(html, " %" PRId64, id);
    html_close(html);
    html_close(html);
}

/* The case that the request was about, 0: none. */
static int64_t case_asked(const struct view *view)
{
    int64_t id = 0;
    const struct slice before = SLICE("/case/");
    if (!slice_starts(view->request->path, before.at) || view->token.len == 0)
        return 0;
    struct slice rest = slice_from(view->request->path, before.len);
    return slice_to_int64(slice_sub(rest, 0, slice_find_char(rest, '/')), &id) == OK ? id : 0;
}

/* What somebody typed is not lost because it could not be taken. */
static void typed_words(struct view *view)
{
    static const char *const names[] = {"note", "text", "pattern", "seen", "from"};
    struct html *html = &view->html;
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice words = form_get(&view->form, names[i]);
        bool of_case = strcmp(names[i], "seen") == 0 && slice_starts(view->request->path, "/case/");
        if (!view->is_ours || of_case || slice_trim(words).len == 0)
            continue;
        if (!any)
            say_leaf(view, "p", NULL, view->request->is_cut ? "error.typed-cut" : "error.typed");
        any = true;
        html_open(html, "textarea");
        html_put_attr_slice(html, "aria-label", said(view, "error.typed"));
        html_put_attr(html, "rows", words.len > 200 ? "10" : "2");
        html_flag(html, "readonly", true);
        html_text(html, words);
        html_close(html);
    }
}

static void page_end(struct view *view)
{
    typed_words(view);
    if (case_asked(view) > 0 && view->response->status != 404)
        view_back_to_case(view, case_asked(view));
    html_open(&view->html, "p");
    html_open(&view->html, "a");
    html_link(&view->html, "href", SLICE("/"));
    say(view, "error.back");
    html_close_to(&view->html, 3); /* html, body, main */
    view_end(view);
}

void view_failure(struct view *view, int rc, const char *key, const struct failure *why)
{
    view->response->location[0] = '\0';
    view_failed(view, rc);
    if (view->wants_json) {
        json_error(view, view->told ? slice_of(why->text) : said(view, key_of(rc)));
        return;
    }
    page_begin(view);
    view_put_why(view, rc, key, why);
    page_end(view);
}

void view_refuse(struct view *view, int status, const char *key)
{
    view->response->status = status;
    if (view->wants_json) {
        json_error(view, said(view, key));
        return;
    }
    page_begin(view);
    say_leaf(view, "p", NULL, key);
    page_end(view);
}
