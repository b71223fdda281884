/* page_export.c - what leaves the house by the page: the same files `export` writes, with the same
 * rows in the histories; see view.h. Contacts in clear are a second reviewer's to take. */
#include "review/export.h"
#include "review/view_fail.h"
#include "review/view_wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct offer {
    enum export_format format;
    const char *type, *suffix;
};
static const struct offer OFFERS[] = {
    {EXPORT_DOSSIER, "application/zip", "zip"},
    {EXPORT_LETTER, "text/plain; charset=utf-8", "txt"},
    {EXPORT_CSV, "text/csv; charset=utf-8", "csv"},
    {EXPORT_JSONL, "application/x-ndjson", "jsonl"},
    {EXPORT_STIX, "application/json", "stix.json"},
    {EXPORT_MISP, "application/json", "misp.json"},
    {EXPORT_MISP_FLAT, "application/json", "misp-flat.json"},
    {EXPORT_XARF, "application/x-ndjson", "xarf.jsonl"},
};
#define OFFERS_COUNT (sizeof OFFERS / sizeof OFFERS[0])

static bool is_offered(const struct offer *offer, int64_t case_id)
{
    return case_id != 0 || !export_format_is_of_one_case(offer->format);
}

static const struct offer *offer_of(struct slice name, int64_t case_id)
{
    enum export_format format;
    for (size_t i = 0; export_format_from_name(name, &format) && i < OFFERS_COUNT; i++)
        if (OFFERS[i].format == format && is_offered(&OFFERS[i], case_id))
            return &OFFERS[i];
    return NULL;
}

/* ---- the form ---- */

static void format_choice(struct view *view, int64_t case_id)
{
    struct html *html = &view->html;
    html_open(html, "label");
    say(view, "export.format");
    html_str(html, " ");
    html_open(html, "select");
    html_put_attr(html, "name", "format");
    for (size_t i = 0; i < OFFERS_COUNT; i++) {
        const char *name = export_format_name(OFFERS[i].format);
        if (!is_offered(&OFFERS[i], case_id))
            continue;
        html_open(html, "option");
        html_put_attr(html, "value", name);
        html_text(html, said_of(view, "export", name));
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static void line_field(struct view *view, const char *name, const char *label, unsigned size)
{
    struct html *html = &view->html;
    html_open(html, "label");
    say(view, label);
    html_str(html, " ");
    html_void(html, "input");
    html_put_attr(html, "name", name);
    html_put_attr_int(html, "size", size);
    html_put_attr(html, "maxlength", "80");
    html_close(html);
}

static void tick(struct view *view, const char *name, const char *label)
{
    struct html *html = &view->html;
    html_open(html, "label");
    html_void(html, "input");
    html_put_attr(html, "type", "checkbox");
    html_put_attr(html, "name", name);
    html_put_attr(html, "value", "1");
    html_str(html, " ");
    say(view, label);
    html_close(html);
}

static void state_choice(struct view *view)
{
    struct form_choice choices[CASE_STATE_COUNT];
    view_state_choices(view, choices);
    form_select(view, "state", "filter.state", choices, CASE_STATE_COUNT);
}

void view_export_form(struct view *view, int64_t case_id)
{
    struct html *html = &view->html;
    if (view->settings->calls.export == NULL || !view_may(view, ROLE_REVIEWER))
        return;
    say_leaf(view, "h2", NULL, case_id != 0 ? "export.title" : "export.many");
    form_open_as(
        view, case_id != 0 ? view_format(view, "/case/%" PRId64 "/export", case_id).at : "/export",
        "export");
    html_open(html, "div");
    html_put_attr(html, "class", "filters");
    format_choice(view, case_id);
    if (case_id != 0) {
        line_field(view, "recipient", "export.recipient", 16);
        line_field(view, "language", "export.language", 4);
    } else {
        state_choice(view);
    }
    if (view_may(view, ROLE_SECOND_REVIEWER))
        tick(view, "unmask", "export.unmask");
    tick(view, "own-sites", "export.own-sites");
    form_button(view, NULL, NULL, "export.save");
    html_close(html);
    html_close(html);
    say_leaf(view, "p", "quiet", "export.noted");
}

/* ---- the file ---- */

static int save(struct view *view, const struct offer *offer, const struct site_export *what,
                struct failure *reterr)
{
    const struct site_calls *calls = &view->settings->calls;
    struct http_response *response = view->response;
    int rc = view_wait_begin(view, reterr);
    if (rc != OK)
        return rc;
    rc = calls->export(calls->ctx, what, view->arena, &response->body, reterr);
    view_wait_end(view);
    if (rc != OK) {
        view_failure(view, rc, "export.failed", reterr);
        return OK;
    }
    if (offer->format == EXPORT_XARF && response->body.len == 0)
        return view_fail(view, ERR_SYNTAX, "export.no-site", reterr);
    response->type = offer->type;
    if (what->case_id != 0)
        snprintf(response->file_name, sizeof response->file_name, "case-%" PRId64 ".%s",
                 what->case_id, offer->suffix);
    else
        snprintf(response->file_name, sizeof response->file_name, "lurewatch-cases.%s",
                 offer->suffix);
    return OK;
}

int page_case_export(struct view *view, int64_t id, struct failure *reterr)
{
    struct case_row row;
    const struct offer *offer = offer_of(form_get(&view->form, "format"), id);
    const struct site_export what = {.format = form_text(&view->form, view->arena, "format"),
                                     .state = form_text(&view->form, view->arena, "state"),
                                     .recipient = form_text(&view->form, view->arena, "recipient"),
                                     .language = form_text(&view->form, view->arena, "language"),
                                     .who = view->session.name,
                                     .case_id = id,
                                     .unmask = slice_is(form_get(&view->form, "unmask"), "1"),
                                     .own_sites =
                                         slice_is(form_get(&view->form, "own-sites"), "1")};
    if (what.format == NULL || what.state == NULL || what.recipient == NULL ||
        what.language == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (offer == NULL)
        return view_fail(view, ERR_SYNTAX, "error.what", reterr);
    if (what.unmask && !view_may(view, ROLE_SECOND_REVIEWER))
        return view_fail(view, ERR_DENIED, "error.role", reterr);
    if (what.own_sites && offer->format != EXPORT_XARF)
        return view_fail(view, ERR_SYNTAX, "export.own-only", reterr);
    int rc = id != 0 ? queue_get(view->store, view->arena, id, view->now_unix_ms, &row) : OK;
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    if (view->settings->calls.export == NULL)
        return view_fail(view, ERR_UNSUPPORTED, "export.off", reterr);
    return save(view, offer, &what, reterr);
}

int page_export(struct view *view, int64_t id, struct failure *reterr)
{
    (void)id;
    return page_case_export(view, 0, reterr);
}
