/* view.c - the frame around every page, its words and forms; see view.h. */
#include "common/clock.h"
#include "review/site_inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

struct slice said(const struct view *view, const char *key)
{
    return messages_get(view->messages, key);
}

void say(struct view *view, const char *key)
{
    html_text(&view->html, said(view, key));
}

void say_with(struct view *view, const char *key, struct slice first, struct slice second)
{
    struct text_buf text;
    const struct slice values[] = {first, second};
    text_buf_init(&text, 64u << 10);
    messages_put(view->messages, key, values, 2, &text);
    html_text(&view->html, text_buf_slice(&text));
    text_buf_release(&text);
}

void say_leaf(struct view *view, const char *name, const char *class_name, const char *key)
{
    html_leaf(&view->html, name, class_name, said(view, key));
}

struct slice said_of(const struct view *view, const char *prefix, const char *name)
{
    return messages_get_of(view->messages, prefix, name);
}

struct slice view_format(struct view *view, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    const char *copy = len > 0 ? arena_copy(view->arena, line, strlen(line)) : NULL;
    return slice_of(copy);
}

void view_time(struct view *view, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    if (unix_ms == 0) {
        html_str(&view->html, "\xe2\x80\x93");
        return;
    }
    clock_rfc3339(unix_ms, at);
    html_open(&view->html, "time");
    html_put_attr(&view->html, "datetime", at);
    html_printf(&view->html, "%.10s %.5s", at, at + 11);
    html_close(&view->html);
}

static struct slice said_number(struct view *view, const char *key, int64_t number)
{
    struct text_buf text;
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    const struct slice value = slice_of(digits);
    text_buf_init(&text, 4096);
    messages_put(view->messages, key, &value, 1, &text);
    struct slice made = text_buf_slice(&text);
    const char *copy = arena_copy(view->arena, made.at, made.len);
    text_buf_release(&text);
    return slice_of(copy);
}

struct slice view_ago(struct view *view, int64_t unix_ms)
{
    int64_t minutes = (view->now_unix_ms - unix_ms) / 60000;
    if (unix_ms == 0)
        return SLICE("\xe2\x80\x93");
    if (minutes < 0)
        minutes = 0;
    if (minutes < 120)
        return said_number(view, "ago.minutes", minutes);
    if (minutes < 48 * 60)
        return said_number(view, "ago.hours", minutes / 60);
    return said_number(view, "ago.days", minutes / (24 * 60));
}

void view_act_why(struct view *view, const char *action, const char *why)
{
    static const char *const programs[] = {"open", "update", "reopen", "export",
                                           "read", "purge",  "forget", "request"};
    bool is_programs = false;
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        is_programs |= strcmp(action, programs[i]) == 0;
    struct slice band = is_programs ? said_of(view, "band", why) : slice_of(why);
    html_open(&view->html, "td");
    html_open(&view->html, "bdi");
    if (is_programs && band.at == why)
        html_put_attr(&view->html, "lang", "en");
    html_text(&view->html, band);
    html_close(&view->html);
    html_close(&view->html);
}

struct slice view_points(struct view *view, int32_t tenths)
{
    return view_format(view, "%s%d.%d", tenths < 0 ? "\xe2\x88\x92" : "+", abs(tenths) / 10,
                       abs(tenths) % 10);
}

void view_fact_in(struct view *view, const char *key, struct slice text, const char *language)
{
    if (text.len == 0)
        return;
    html_open(&view->html, "tr");
    html_open(&view->html, "th");
    html_put_attr(&view->html, "scope", "row");
    say(view, key);
    html_close(&view->html);
    html_open(&view->html, "td");
    html_open(&view->html, "bdi");
    if (language != NULL)
        html_put_attr(&view->html, "lang", language);
    html_text(&view->html, text);
    html_close(&view->html);
    html_close(&view->html);
    html_close(&view->html);
}

void view_fact(struct view *view, const char *key, struct slice text)
{
    view_fact_in(view, key, text, NULL);
}

bool view_may(const struct view *view, enum role role)
{
    return view->token.len > 0 && view->role >= role;
}

/* ---- forms ---- */

void form_hidden(struct view *view, const char *name, const char *value)
{
    html_void(&view->html, "input");
    html_put_attr(&view->html, "type", "hidden");
    html_put_attr(&view->html, "name", name);
    html_put_attr(&view->html, "value", value);
}

static void open_form(struct view *view, const char *action, const char *id, bool files)
{
    html_open(&view->html, "form");
    html_put_attr(&view->html, "method", "post");
    html_link(&view->html, "action", slice_of(action));
    if (files)
        html_put_attr(&view->html, "enctype", "multipart/form-data");
    if (id != NULL)
        html_put_attr(&view->html, "id", id);
    if (view->token.len > 0)
        form_hidden(view, "csrf", view->session.csrf);
}

void form_open_as(struct view *view, const char *action, const char *id)
{
    open_form(view, action, id, false);
}

void form_open_files(struct view *view, const char *action)
{
    open_form(view, action, NULL, true);
}

void form_open(struct view *view, const char *action)
{
    form_open_as(view, action, NULL);
}

void form_button(struct view *view, const char *name, const char *value, const char *key)
{
    html_open(&view->html, "button");
    if (name != NULL) {
        html_put_attr(&view->html, "name", name);
        html_put_attr(&view->html, "value", value);
    }
    say(view, key);
    html_close(&view->html);
}

void form_select(struct view *view, const char *name, const char *label_key,
                 const struct form_choice *choices, size_t count)
{
    struct html *html = &view->html;
    struct slice chosen = form_get(&view->query, name);
    html_open(html, "label");
    say(view, label_key);
    html_str(html, " ");
    html_open(html, "select");
    html_put_attr(html, "name", name);
    html_open(html, "option");
    html_put_attr(html, "value", "");
    say(view, "filter.any");
    html_close(html);
    for (size_t i = 0; i < count; i++) {
        html_open(html, "option");
        html_put_attr(html, "value", choices[i].value);
        html_flag(html, "selected", slice_is(chosen, choices[i].value));
        html_text(html, choices[i].label);
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

/* ---- frame ---- */

bool view_is_own_path(struct slice path)
{
    bool plain = path.len > 0 && path.len < 100 && path.at[0] == '/';
    for (size_t i = 1; plain && i < path.len; i++) {
        char one = path.at[i];
        bool slash = one == '/' && path.at[i - 1] != '/';
        plain = slash || (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
    }
    return plain;
}

/* "12" of "/case/12/evidence": windows of several cases are told apart. */
static struct slice case_of(const struct view *view, const char *here)
{
    if (strcmp(here, "/case") != 0)
        return SLICE_EMPTY;
    struct slice rest = slice_from(view->request->path, strlen("/case/"));
    return slice_sub(rest, 0, slice_find_char(rest, '/'));
}

static void head(struct view *view, const char *title, const char *here)
{
    struct html *html = &view->html;
    html_doctype(html);
    html_open(html, "html");
    html_put_attr(html, "lang", messages_tag(view->messages));
    html_open(html, "head");
    html_void(html, "meta");
    html_put_attr(html, "charset", "utf-8");
    html_void(html, "meta");
    html_put_attr(html, "name", "viewport");
    html_put_attr(html, "content", "width=device-width, initial-scale=1");
    html_open(html, "title");
    say(view, title);
    if (case_of(view, here).len > 0)
        html_str(html, " ");
    html_text(html, case_of(view, here));
    html_str(html, " \xc2\xb7 lurewatch");
    html_close(html);
    html_void(html, "link");
    html_put_attr(html, "rel", "stylesheet");
    html_link(html, "href", SLICE("/assets/review.css"));
    html_void(html, "link");
    html_put_attr(html, "rel", "icon");
    html_link(html, "href", SLICE("/assets/icon.svg"));
    html_open(html, "script");
    html_link(html, "src", SLICE("/assets/review.js"));
    html_flag(html, "defer", true);
    html_close(html);
    html_close(html);
}

/* Where a reader who chooses a language comes back to. */
static struct slice way_back(const struct view *view)
{
    const struct http_request *request = view->request;
    bool is_page = !request->is_post && view_is_own_path(request->path) && view->token.len > 0;
    return is_page && request->path.len > 1 ? request->path : SLICE_EMPTY;
}

static void languages_list(struct view *view)
{
    struct html *html = &view->html;
    struct slice back = way_back(view);
    html_open(html, "span");
    html_put_attr(html, "class", "languages");
    for (size_t i = 0; i < languages_count(view->languages); i++) {
        const struct messages *one = languages_at(view->languages, i);
        html_str(html, " ");
        html_open(html, "a");
        html_link(html, "href",
                  view_format(view, "/language/%s%s%.*s", messages_tag(one),
                              back.len > 0 ? "?back=" : "", (int)back.len, back.at));
        html_put_attr(html, "lang", messages_tag(one));
        html_put_attr(html, "hreflang", messages_tag(one));
        if (one == view->messages)
            html_put_attr(html, "aria-current", "true");
        html_str(html, messages_name(one));
        html_close(html);
    }
    html_close(html);
}

static void navigation(struct view *view, const char *here)
{
    static const char *const places[][2] = {
        {"/", "nav.today"},          {"/send", "nav.send"},         {"/requests", "nav.requests"},
        {"/sources", "nav.sources"}, {"/patterns", "nav.patterns"}, {"/report", "nav.report"},
        {"/audit", "nav.audit"}};
    struct html *html = &view->html;
    html_open(html, "nav");
    html_put_attr_slice(html, "aria-label", said(view, "nav.label"));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        html_open(html, "a");
        html_link(html, "href", slice_of(places[i][0]));
        if (strcmp(places[i][0], here) == 0)
            html_put_attr(html, "aria-current", "page");
        say(view, places[i][1]);
        html_close(html);
        html_str(html, " ");
    }
    html_close(html);
}

static void whose(struct view *view)
{
    struct html *html = &view->html;
    html_open(html, "div");
    html_put_attr(html, "class", "whose");
    if (view->token.len > 0) {
        html_leaf_str(html, "b", NULL, view->session.name);
        html_str(html, " ");
        html_leaf(html, "span", "quiet", said_of(view, "role", role_name(view->role)));
        form_open(view, "/logout");
        form_button(view, NULL, NULL, "nav.logout");
        html_close(html);
    }
    languages_list(view);
    html_close(html);
}

/* What a redirect said was done. */
static void done_banner(struct view *view)
{
    static const char *const known[] = {
        "confirmed", "dismissed", "unsure",       "undone",  "noted",    "claimed", "released",
        "none",      "rested",    "skipped",      "nothing", "whole",    "first",   "drafted",
        "approved",  "sent",      "acknowledged", "refused", "withdrawn"};
    struct slice done = form_get(&view->query, "done");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!slice_is(done, known[i]))
            continue;
        html_open(&view->html, "p");
        html_put_attr(&view->html, "class", "done");
        html_put_attr(&view->html, "role", "status");
        struct slice which = view_format(view, "%" PRId64, form_int(&view->query, "was", 0));
        say_with(view, view_format(view, "done.%s", known[i]).at, which, SLICE_EMPTY);
        html_close(&view->html);
    }
}

static void break_banner(struct view *view)
{
    if (view->token.len == 0 ||
        view->now_unix_ms - view->session.works_since_unix_ms < SESSION_WORK_MS)
        return;
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "rest");
    html_put_attr(&view->html, "role", "status");
    say(view, "rest.ask");
    form_open(view, "/rest");
    form_button(view, NULL, NULL, "rest.done");
    html_close(&view->html);
    html_close(&view->html);
}

void view_begin(struct view *view, const char *title, const char *here)
{
    struct html *html = &view->html;
    head(view, title, here);
    html_open(html, "body");
    if (view->token.len > 0) {
        html_put_attr(html, "data-csrf", view->session.csrf);
        html_put_attr(html, "data-may", view_may(view, ROLE_REVIEWER) ? "decide" : "read");
        html_put_attr_slice(html, "data-ended", said(view, "script.ended"));
        html_put_attr_slice(html, "data-fresh", said(view, "script.fresh"));
        html_put_attr_slice(html, "data-lost", said(view, "script.lost"));
        html_put_attr_slice(html, "data-undone", said(view, "script.undone"));
        html_put_attr_slice(html, "data-none", said(view, "script.none"));
    }
    html_open(html, "a");
    html_put_attr(html, "class", "skip");
    html_link(html, "href", SLICE("#main"));
    say(view, "nav.skip");
    html_close(html);
    html_open(html, "header");
    html_leaf_str(html, "b", "name", "lurewatch");
    if (view->token.len > 0)
        navigation(view, here);
    whose(view);
    html_close(html);
    html_open(html, "main");
    html_put_attr(html, "id", "main");
    say_leaf(view, "h1", NULL, title);
    break_banner(view);
    done_banner(view);
}

static void key_row(struct view *view, const char *key, const char *meaning)
{
    html_open(&view->html, "tr");
    html_open(&view->html, "td");
    html_leaf_str(&view->html, "kbd", NULL, key);
    html_close(&view->html);
    say_leaf(view, "td", NULL, meaning);
    html_close(&view->html);
}

static void cheat_sheet(struct view *view)
{
    static const char *const keys[][2] = {
        {"j", "keys.next"},    {"k", "keys.previous"}, {"Enter", "keys.open"},
        {"c", "keys.confirm"}, {"d", "keys.dismiss"},  {"u", "keys.unsure"},
        {"w", "keys.whole"},   {"z", "keys.undo"},     {"l", "keys.claim"},
        {"n", "keys.note"},    {"t", "keys.today"},    {"/", "keys.search"},
        {"?", "keys.sheet"}};
    html_open(&view->html, "details");
    html_put_attr(&view->html, "id", "keys");
    say_leaf(view, "summary", NULL, "keys.title");
    html_open(&view->html, "table");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        key_row(view, keys[i][0], keys[i][1]);
    html_close(&view->html);
    html_close(&view->html);
}

void view_end(struct view *view)
{
    struct html *html = &view->html;
    html_close(html); /* main */
    html_open(html, "footer");
    if (view->token.len > 0)
        cheat_sheet(view);
    say_leaf(view, "p", "quiet", "footer.care");
    html_close(html);
    html_open(html, "div");
    html_put_attr(html, "id", "tell");
    html_put_attr(html, "role", "status");
    html_put_attr(html, "aria-live", "polite");
    html_close_to(html, 0);
    text_buf_add_char(view->html.buf, '\n');
}

void view_open_wide(struct view *view)
{
    html_open(&view->html, "div");
    html_put_attr(&view->html, "class", "wide");
    html_put_attr(&view->html, "tabindex", "0");
    html_put_attr(&view->html, "role", "group");
    html_put_attr_slice(&view->html, "aria-label", said(view, "table.label"));
}

void view_heads(struct view *view, const char *const *heads, size_t count)
{
    html_open(&view->html, "tr");
    for (size_t i = 0; i < count; i++) {
        html_open(&view->html, "th");
        html_put_attr(&view->html, "scope", "col");
        say(view, heads[i]);
        html_close(&view->html);
    }
    html_close(&view->html);
}

void view_open_table(struct view *view, const char *const *heads, size_t count)
{
    view_open_wide(view);
    html_open(&view->html, "table");
    view_heads(view, heads, count);
}

void view_close_table(struct view *view)
{
    html_close(&view->html);
    html_close(&view->html);
}

void view_state_choices(struct view *view, struct form_choice *choices)
{
    for (unsigned i = 0; i < CASE_STATE_COUNT; i++) {
        const char *name = case_state_name((enum case_state)i);
        choices[i] = (struct form_choice){name, said_of(view, "state", name)};
    }
}

void view_redirect(struct view *view, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(view->response->location, sizeof view->response->location, format, args);
    va_end(args);
    text_buf_reset(&view->response->body);
    view->response->status = 303;
    view->response->type = "text/plain; charset=utf-8";
    text_buf_printf(&view->response->body, "%s\n", view->response->location);
}
