/* page_send.c - what the public reports: an address, the words of an ad with the picture they stand
 * in, a table; see view.h. What makes cases of it comes from outside (site.h).
 *
 * What cannot be taken is said above the form, and what was typed stays in it: no browser lets a
 * page put a chosen file back. */
#include "common/image_kind.h"
#include "common/utf8.h"
#include "review/view_fail.h"
#include "review/view_wait.h"

#include "storage/picture_rows.h"

#include <inttypes.h>
#include <string.h>

#define NOTE_BYTES_MAX (QUEUE_NOTE_BYTES_MAX - 16u) /* "sent in: " stands before it */

static struct slice most_shown(struct view *view)
{
    return view_format(view, "%u", PICTURE_SENT_BYTES_MAX >> 20);
}

/* "It is larger than 8 MiB" */
static struct slice large(struct view *view)
{
    struct text_buf text;
    const struct slice values[] = {most_shown(view)};
    text_buf_init(&text, 4096);
    messages_put(view->messages, "send.large", values, 1, &text);
    struct slice made = text_buf_slice(&text);
    const char *copy = arena_copy(view->arena, made.at, made.len);
    text_buf_release(&text);
    return slice_of(copy);
}

static void kind_choice(struct view *view, const char *value, const char *label, bool chosen)
{
    struct html *html = &view->html;
    html_open(html, "div");
    html_open(html, "label");
    html_void(html, "input");
    html_put_attr(html, "type", "radio");
    html_put_attr(html, "name", "kind");
    html_put_attr(html, "value", value);
    html_flag(html, "checked", chosen);
    html_str(html, " ");
    say(view, label);
    html_close(html);
    html_close(html);
}

static void line_field(struct view *view, const char *name, const char *label, int64_t most)
{
    struct html *html = &view->html;
    html_open(html, "p");
    html_open(html, "label");
    say(view, label);
    html_str(html, " ");
    html_void(html, "input");
    html_put_attr(html, "name", name);
    html_put_attr_int(html, "maxlength", most);
    html_put_attr_slice(html, "value", form_get(&view->form, name));
    html_close(html);
    html_close(html);
}

/* The script looks at the size before it is sent. */
static void file_field(struct view *view)
{
    struct html *html = &view->html;
    html_open(html, "p");
    html_open(html, "label");
    say_with(view, "send.file", most_shown(view), SLICE_EMPTY);
    html_str(html, " ");
    html_void(html, "input");
    html_put_attr(html, "type", "file");
    html_put_attr(html, "name", "file");
    html_put_attr(html, "accept",
                  "image/png,image/jpeg,image/gif,image/webp,text/csv,.csv,.tsv,.txt");
    html_put_attr_int(html, "data-most", PICTURE_SENT_BYTES_MAX);
    html_put_attr_slice(html, "data-large", large(view));
    html_close(html);
    html_close(html);
}

static void send_form(struct view *view)
{
    struct html *html = &view->html;
    struct slice kind = form_get(&view->form, "kind");
    say_leaf(view, "p", NULL, "send.what");
    form_open_files(view, "/send");
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
    file_field(view);
    line_field(view, "seen", "send.seen", 2000);
    line_field(view, "from", "send.from", NOTE_BYTES_MAX / UTF16_UNIT_BYTES_MAX);
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
        if (one->line > 0) {
            say_with(view, "sent.line", view_format(view, "%" PRId64, one->line), SLICE_EMPTY);
            html_str(html, " ");
        }
        html_leaf(html, "bdi", NULL, utf8_cut(one->title, 240));
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

/* Kinds whose sentence leaves open what is wrong. */
static bool tells_more(const char *kind)
{
    return strcmp(kind, "broken") == 0 || strcmp(kind, "unreadable") == 0 ||
           strcmp(kind, "store") == 0 || strcmp(kind, "full") == 0 || strcmp(kind, "other") == 0;
}

/* "Line 3: a quote is opened and never closed." A kind without a message of its own is said as the
 * command said it. */
static void show_complaint(struct view *view, const struct site_complaint *complaint)
{
    struct html *html = &view->html;
    struct slice message = said_of(view, "sent", complaint->kind);
    bool known = !slice_is(message, complaint->kind);
    const char *key = known ? view_format(view, "sent.%s", complaint->kind).at : "sent.other";
    html_open(html, "li");
    if (complaint->line > 0) {
        say_with(view, "sent.line", view_format(view, "%" PRId64, complaint->line), SLICE_EMPTY);
        html_str(html, " ");
    }
    say_with(view, key, utf8_cut(complaint->what, 240), SLICE_EMPTY);
    if (complaint->text.len > 0 && (!known || tells_more(complaint->kind))) {
        html_str(html, " ");
        html_open(html, "bdi");
        html_put_attr(html, "lang", "en");
        html_text(html, utf8_cut(complaint->text, 600));
        html_close(html);
    }
    html_close(html);
}

static void show_complaints(struct view *view, const struct site_received *received, bool notes)
{
    uint32_t shown = 0;
    for (uint32_t i = 0; i < received->complaints_count && i < SITE_RECEIVED_MAX; i++) {
        if (received->complaints[i].is_note != notes)
            continue;
        if (shown++ == 0) {
            html_open(&view->html, "ul");
            html_put_attr(&view->html, "class", notes ? "done" : "wrong");
            html_put_attr(&view->html, "role", notes ? "status" : "alert");
        }
        show_complaint(view, &received->complaints[i]);
    }
    if (shown > 0)
        html_close(&view->html);
    if (received->more.len > 0 && !notes) {
        html_open(&view->html, "p");
        say_with(view, "sent.more", received->more, SLICE_EMPTY);
        html_close(&view->html);
    }
}

static bool was_refused(const struct site_received *received)
{
    for (uint32_t i = 0; i < received->complaints_count && i < SITE_RECEIVED_MAX; i++)
        if (!received->complaints[i].is_note)
            return true;
    return false;
}

/* ---- what came ---- */

static enum sent_kind kind_of(const struct view *view)
{
    struct slice kind = form_get(&view->form, "kind");
    return slice_is(kind, "url") ? SENT_URL : slice_is(kind, "csv") ? SENT_CSV : SENT_TEXT;
}

/* Why the form itself cannot be taken, whatever it says. */
static struct slice form_wrong(struct view *view)
{
    if (view->request->is_cut)
        return large(view);
    switch (view->form.flaw) {
    case FORM_UNFINISHED:
        return said(view, "send.unfinished");
    case FORM_MALFORMED:
        return said(view, "send.malformed");
    case FORM_REPEATED:
        return said(view, "send.repeated");
    case FORM_SOUND:
        break;
    }
    return SLICE_EMPTY;
}

/* The file's place in sent; why it has none there. */
static struct slice take_file(struct view *view, struct slice file, struct site_sent *sent)
{
    bool typed = slice_trim(sent->text).len > 0, is_picture = image_kind(file) != NULL;
    if (file.len > PICTURE_SENT_BYTES_MAX)
        return large(view);
    if (file.len == 0)
        return said(view, "send.empty");
    if (sent->kind == SENT_URL)
        return said(view, "send.url-file");
    if (sent->kind == SENT_CSV && is_picture)
        return said(view, "send.no-table");
    if (sent->kind == SENT_CSV && typed)
        return said(view, "send.two-tables");
    if (sent->kind == SENT_TEXT && !is_picture)
        return said(view, "send.no-picture");
    if (sent->kind == SENT_TEXT && !typed)
        return said(view, "send.no-words");
    *(sent->kind == SENT_CSV ? &sent->text : &sent->picture) = file;
    return SLICE_EMPTY;
}

/* What keeps it from being taken, in a sentence; empty: nothing. */
static struct slice take_form(struct view *view, struct site_sent *ret_sent)
{
    struct slice file, wrong = form_wrong(view);
    *ret_sent = (struct site_sent){.kind = kind_of(view),
                                   .text = form_get(&view->form, "text"),
                                   .picture = SLICE_EMPTY,
                                   .seen_at = slice_trim(form_get(&view->form, "seen")),
                                   .note = utf8_cut(form_get(&view->form, "from"), NOTE_BYTES_MAX),
                                   .who = view->session.name};
    if (wrong.len == 0 && form_file(&view->form, "file", &file))
        wrong = take_file(view, file, ret_sent);
    return wrong;
}

static int send_it(struct view *view, const struct site_sent *sent, struct site_received *received,
                   struct failure *reterr)
{
    const struct site_calls *calls = &view->settings->calls;
    if (calls->send == NULL)
        return view_fail(view, ERR_UNSUPPORTED, "send.off", reterr);
    int rc = view_wait_begin(view, reterr);
    if (rc != OK)
        return rc;
    rc = calls->send(calls->ctx, sent, view->arena, received, reterr);
    view_wait_end(view);
    return rc;
}

static bool ended_early(const struct site_received *received)
{
    static const char *const kinds[] = {"late", "hung", "stopped"};
    for (uint32_t i = 0; i < received->complaints_count && i < SITE_RECEIVED_MAX; i++)
        for (size_t at = 0; at < sizeof kinds / sizeof kinds[0]; at++)
            if (strcmp(received->complaints[i].kind, kinds[at]) == 0)
                return true;
    return false;
}

/* What was sent is at fault, or the house: a disk that is full, a store that cannot be used. */
static int status_of(const struct site_received *received)
{
    static const struct {
        const char *kind;
        int status;
    } of_the_house[] = {{"full", 507}, {"store", 503}, {"broken", 503}};
    if (received->cases == 0 && ended_early(received))
        return 503;
    for (uint32_t i = 0; i < received->complaints_count && i < SITE_RECEIVED_MAX; i++)
        for (size_t at = 0; at < sizeof of_the_house / sizeof of_the_house[0]; at++)
            if (strcmp(received->complaints[i].kind, of_the_house[at].kind) == 0)
                return of_the_house[at].status;
    return received->cases == 0 ? 400 : 200;
}

/* Of a table that was not read to its end: which rows are in, and the others in the form. */
static void show_rest(struct view *view, const struct site_received *received)
{
    struct html *html = &view->html;
    bool fits = received->rest.len > 0;
    html_open(html, "p");
    html_put_attr(html, "class", "wrong");
    html_put_attr(html, "role", "alert");
    say_with(view, "send.rest", view_format(view, "%" PRId64, received->rest_line), SLICE_EMPTY);
    html_str(html, " ");
    say(view, fits ? "send.rest-form" : "send.rest-file");
    html_close(html);
    if (!fits)
        return;
    form_set(&view->form, "text", received->rest);
    view->form.files_count = 0;
}

static void show_outcome(struct view *view, const struct site_received *received)
{
    view->response->status = status_of(received);
    if (received->cases > 0)
        show_received(view, received);
    show_complaints(view, received, true);
    show_complaints(view, received, false);
    if (received->rest_line > 0)
        show_rest(view, received);
    else if (!was_refused(received))
        view->form.count = view->form.files_count = 0; /* an empty form for the next */
}

/* What keeps the form from being taken, as a failure. */
static int refuse_form(struct view *view, struct slice wrong, struct failure *reterr)
{
    view->told = true;
    return failure_set(reterr, ERR_SYNTAX, "%.*s", (int)wrong.len, wrong.at);
}

int page_send_act(struct view *view, int64_t id, struct failure *reterr)
{
    struct site_received *received = arena_calloc(view->arena, 1, sizeof *received);
    struct site_sent sent;
    (void)id;
    if (received == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    struct slice wrong = take_form(view, &sent);
    int rc =
        wrong.len > 0 ? refuse_form(view, wrong, reterr) : send_it(view, &sent, received, reterr);
    view_begin(view, "send.title", "/send");
    if (rc != OK)
        view_put_why(view, rc, rc == ERR_IO ? "sent.broken" : NULL, reterr);
    else
        show_outcome(view, received);
    if (view->form.files_count > 0 || view->form.flaw != FORM_SOUND)
        say_leaf(view, "p", NULL, "send.choose-again");
    send_form(view);
    view_end(view);
    return OK;
}
