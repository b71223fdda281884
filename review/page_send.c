/* page_send.c - what the public reports: an address, the words of an ad, a table; see view.h. What
 * makes cases of it comes from outside (site.h). */
#include "common/utf8.h"
#include "review/view.h"

#include <inttypes.h>

#define NOTE_BYTES_MAX 400u

static void kind_choice(struct view *view, const char *value, const char *label, bool chosen)
{
    struct html *html = &view->html;
    html_open(html, "label");
    html_void(html, "input");
    html_put_attr(html, "type", "radio");
    html_put_attr(html, "name", "kind");
    html_put_attr(html, "value", value);
    html_flag(html, "checked", chosen);
    html_str(html, " ");
    say(view, label);
    html_close(html);
    html_str(html, " ");
}

static void line_field(struct view *view, const char *name, const char *label)
{
    struct html *html = &view->html;
    html_open(html, "p");
    html_open(html, "label");
    say(view, label);
    html_str(html, " ");
    html_void(html, "input");
    html_put_attr(html, "name", name);
    html_put_attr(html, "maxlength", "2000");
    html_put_attr_slice(html, "value", form_get(&view->form, name));
    html_close(html);
    html_close(html);
}

static void send_form(struct view *view)
{
    struct html *html = &view->html;
    struct slice kind = form_get(&view->form, "kind");
    say_leaf(view, "p", NULL, "send.what");
    form_open(view, "/send");
    html_open(html, "fieldset");
    say_leaf(view, "legend", NULL, "send.kind");
    kind_choice(view, "text", "send.text", !slice_is(kind, "url") && !slice_is(kind, "csv"));
    kind_choice(view, "url", "send.url", slice_is(kind, "url"));
    kind_choice(view, "csv", "send.csv", slice_is(kind, "csv"));
    html_close(html);
    html_open(html, "label");
    say(view, "send.words");
    html_open(html, "textarea");
    html_put_attr(html, "name", "text");
    html_put_attr(html, "rows", "10");
    html_text(html, form_get(&view->form, "text"));
    html_close(html);
    html_close(html);
    line_field(view, "seen", "send.seen");
    line_field(view, "from", "send.from");
    form_button(view, NULL, NULL, "send.send");
    html_close(html);
    say_leaf(view, "p", "quiet", "send.columns");
}

int page_send(struct view *view, int64_t id, struct failure *reterr)
{
    (void)id;
    (void)reterr;
    view_begin(view, "send.title", "/send");
    if (view->settings->calls.send == NULL)
        say_leaf(view, "p", NULL, "send.off");
    else if (!view_may(view, ROLE_REVIEWER))
        say_leaf(view, "p", NULL, "error.role");
    else
        send_form(view);
    view_end(view);
    return OK;
}

static void show_received(struct view *view, const struct site_received *received)
{
    struct html *html = &view->html;
    html_open(html, "div");
    html_put_attr(html, "class", "done");
    html_put_attr(html, "role", "status");
    html_open(html, "p");
    say_with(view, "send.received", view_format(view, "%u", received->cases), SLICE_EMPTY);
    html_close(html);
    html_open(html, "ul");
    for (uint32_t i = 0; i < received->cases && i < SITE_RECEIVED_MAX; i++) {
        const struct site_received_case *one = &received->list[i];
        html_open(html, "li");
        html_open(html, "a");
        html_link(html, "href", view_format(view, "/case/%" PRId64, one->id));
        html_int(html, one->id);
        html_close(html);
        html_str(html, " \xc2\xb7 ");
        html_int(html, one->score);
        html_str(html, " \xc2\xb7 ");
        html_leaf(html, "bdi", NULL, utf8_cut(one->title, 240));
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static void show_complaints(struct view *view, const struct site_received *received)
{
    if (received->complaints_count == 0)
        return;
    html_open(&view->html, "ul");
    html_put_attr(&view->html, "class", "wrong");
    html_put_attr(&view->html, "role", "alert");
    for (uint32_t i = 0; i < received->complaints_count; i++)
        html_leaf(&view->html, "li", NULL, utf8_cut(received->complaints[i], 600));
    html_close(&view->html);
}

int page_send_act(struct view *view, int64_t id, struct failure *reterr)
{
    const struct site_calls *calls = &view->settings->calls;
    struct slice kind = form_get(&view->form, "kind");
    struct site_received *received = arena_alloc(view->arena, sizeof *received);
    const struct site_sent sent = {.kind = slice_is(kind, "url")   ? SENT_URL
                                           : slice_is(kind, "csv") ? SENT_CSV
                                                                   : SENT_TEXT,
                                   .text = form_get(&view->form, "text"),
                                   .seen_at = slice_trim(form_get(&view->form, "seen")),
                                   .note = utf8_cut(form_get(&view->form, "from"), NOTE_BYTES_MAX),
                                   .who = view->session.name};
    (void)id;
    if (received == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (calls->send == NULL)
        return failure_set(reterr, ERR_UNSUPPORTED, "nothing can be sent in here");
    int rc = calls->send(calls->ctx, &sent, view->arena, received, reterr);
    view_begin(view, "send.title", "/send");
    if (rc != OK) {
        view->response->status = http_status_of(rc);
        html_leaf_str(&view->html, "p", "wrong", reterr->text);
    } else {
        if (received->cases == 0)
            view->response->status = 400;
        else
            show_received(view, received);
        show_complaints(view, received);
        if (received->complaints_count == 0)
            view->form.count = 0; /* an empty form for the next */
    }
    send_form(view);
    view_end(view);
    return OK;
}
