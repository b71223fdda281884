/* page_case.c - one case: its ad, why it was flagged, what is known beside it, what was done; see
 * view.h. */
#include "common/clock.h"
#include "common/utf8.h"
#include "review/view_fail.h"
#include "review/view_request.h"
#include "storage/evidence.h"

#include <inttypes.h>
#include <string.h>

#define TITLE_BYTES   240u
#define MATES_SHOWN   20u
#define HISTORY_SHOWN 60u
#define CLEAR_BYTES   (256u << 10)

/* ---- what may be done ---- */

static void act_buttons(struct view *view, const struct case_row *row, bool may_decide)
{
    static const char *const decide[][2] = {{"confirmed", "act.confirm"},
                                            {"dismissed", "act.dismiss"},
                                            {"unsure", "act.unsure"},
                                            {"skip", "act.skip"}};
    bool is_decided = row->state != CASE_NEW && row->state != CASE_CLAIMED;
    if (is_decided || strcmp(row->first_by, view->session.name) == 0)
        form_button(view, "do", "undo", "act.undo");
    if (is_decided)
        form_button(view, "do", "skip", "act.next");
    size_t first = may_decide ? 0 : 3; /* "later" alone */
    for (size_t i = first; !is_decided && i < sizeof decide / sizeof decide[0]; i++)
        form_button(view, "do", decide[i][0], decide[i][1]);
    if (!is_decided) {
        form_button(view, "do", "claim", "act.claim");
        form_button(view, "do", "release", "act.release");
    }
    form_button(view, "do", "note", "act.note");
}

static void acts(struct view *view, const struct case_row *row)
{
    struct html *html = &view->html;
    bool anothers = row->state == CASE_CLAIMED && strcmp(row->claimed_by, view->session.name) != 0;
    if (anothers) {
        html_open(html, "p");
        html_put_attr(html, "class", "wrong");
        say_with(view, "case.anothers", slice_of(row->claimed_by), SLICE_EMPTY);
        html_close(html);
    }
    const char *not_second = view_not_second(view, row);
    if (row->first_by[0] != '\0') {
        html_open(html, "p");
        html_put_attr(html, "class", "rest");
        say_with(view, "case.first", slice_of(row->first_by), SLICE_EMPTY);
        if (not_second != NULL && view_may(view, ROLE_REVIEWER)) {
            html_str(html, " ");
            say(view, not_second);
        }
        html_close(html);
    }
    if (!view_may(view, ROLE_REVIEWER) || anothers)
        return;
    form_open_as(view, view_format(view, "/case/%" PRId64, row->id).at, "acts");
    form_hidden(view, "seen", view_seen(view, row).at);
    html_open(html, "label");
    say(view, "case.note");
    html_open(html, "textarea");
    html_put_attr(html, "name", "note");
    html_put_attr(html, "id", "note");
    html_put_attr(html, "rows", "2");
    html_put_attr_int(html, "maxlength", QUEUE_NOTE_BYTES_MAX / UTF16_UNIT_BYTES_MAX);
    html_close(html);
    html_close(html);
    html_open(html, "div");
    html_put_attr(html, "class", "acts");
    bool is_decided = row->state != CASE_NEW && row->state != CASE_CLAIMED;
    act_buttons(view, row, not_second == NULL);
    if (!is_decided && not_second == NULL)
        view_whole_choice(view, row);
    html_close(html);
    html_close(html);
}

/* ---- what is known ---- */

static void case_head(struct view *view, const struct case_row *row)
{
    struct html *html = &view->html;
    html_open(html, "p");
    html_put_attr(html, "class", "case-head");
    html_leaf(html, "b", band_name(row->band), said_of(view, "band", band_name(row->band)));
    html_str(html, " ");
    say_with(view, "case.score", view_format(view, "%d", verdict_score(row->logit_tenths)),
             said_of(view, "task", task_name(row->task)));
    html_str(html, " \xc2\xb7 ");
    html_leaf(html, "span", "state", view_state(view, row));
    if (row->band_now != row->band) {
        html_str(html, " \xc2\xb7 ");
        say_with(view, "case.band-now", said_of(view, "band", band_name(row->band_now)),
                 SLICE_EMPTY);
    }
    html_close(html);
    html_open(html, "p");
    html_put_attr(html, "class", "quiet");
    html_open(html, "bdi");
    html_str(html, row->url);
    html_close(html);
    html_str(html, " \xc2\xb7 ");
    html_str(html, row->source);
    html_str(html, " \xc2\xb7 ");
    view_time(view, row->first_seen_unix_ms);
    html_str(html, " \xe2\x80\x93 ");
    view_time(view, row->last_seen_unix_ms);
    html_str(html, " UTC");
    html_close(html);
    if (row->checked_by[0] != '\0') {
        char until[CLOCK_RFC3339_BYTES];
        html_open(html, "p");
        say_with(view, "case.checked", slice_of(row->checked_by),
                 slice_sub(slice_of(clock_rfc3339(row->checked_until_unix_ms, until)), 0, 10));
        html_close(html);
    }
}

static void contacts_table(struct view *view, const struct case_full *full)
{
    struct html *html = &view->html;
    if (full->contacts_count == 0)
        return;
    say_leaf(view, "h2", NULL, "case.contacts");
    html_open(html, "table");
    for (size_t i = 0; i < full->contacts_count; i++) {
        const struct case_contact *contact = &full->contacts[i];
        html_open(html, "tr");
        html_leaf(html, "td", NULL, said_of(view, "contact", contact_kind_name(contact->kind)));
        html_leaf(html, "td", NULL,
                  view_format(view, "%s \xe2\x80\xa6%s", contact->country, contact->tail));
        html_open(html, "td");
        say_with(view, "case.contact-cases", view_format(view, "%u", contact->cases), SLICE_EMPTY);
        html_close(html);
        html_close(html);
    }
    html_close(html);
}

static void evidence_table(struct view *view, const struct case_full *full)
{
    struct html *html = &view->html;
    const struct case_row *row = &full->row;
    say_leaf(view, "h2", NULL, "case.evidence");
    html_open(html, "table");
    html_put_attr(html, "class", "facts");
    view_fact(view, "evidence.file", slice_of(row->evidence_file));
    view_fact(view, "evidence.record", slice_of(row->evidence_id));
    view_fact(view, "evidence.sha256", slice_of(row->evidence_sha256));
    view_fact(view, "evidence.fingerprint", slice_of(full->fingerprint));
    view_fact(view, "evidence.bank", slice_of(row->bank));
    html_close(html);
    if (!view_may(view, ROLE_SECOND_REVIEWER) || row->evidence_id[0] == '\0')
        return;
    form_open(view, view_format(view, "/case/%" PRId64 "/evidence", row->id).at);
    form_button(view, NULL, NULL, "evidence.clear");
    html_str(html, " ");
    html_leaf(html, "span", "quiet", said(view, "evidence.noted"));
    html_close(html);
}

static int mates_table(struct view *view, int64_t id)
{
    struct html *html = &view->html;
    struct case_list mates;
    int rc = queue_mates(view->store, view->arena, id, view->now_unix_ms, MATES_SHOWN, &mates);
    if (rc != OK || mates.count == 0)
        return rc;
    say_leaf(view, "h2", NULL, "case.mates");
    html_open(html, "table");
    for (size_t i = 0; i < mates.count; i++) {
        const struct case_row *row = &mates.rows[i];
        html_open(html, "tr");
        html_put_attr_int(html, "data-case", row->id);
        html_open(html, "td");
        html_open(html, "a");
        html_link(html, "href", view_format(view, "/case/%" PRId64, row->id));
        html_int(html, row->id);
        html_close(html);
        html_close(html);
        html_leaf(html, "td", "state", view_state(view, row));
        html_open(html, "td");
        html_leaf(html, "bdi", NULL, utf8_cut(slice_of(row->title), TITLE_BYTES));
        html_leaf_str(html, "div", "quiet", row->note);
        html_close(html);
        html_leaf_str(html, "td", NULL, row->source);
        html_close(html);
    }
    html_close(html);
    return OK;
}

static void history_row(struct view *view, const struct audit_entry *entry)
{
    struct html *html = &view->html;
    html_open(html, "tr");
    html_open(html, "td");
    view_time(view, entry->at_unix_ms);
    html_close(html);
    html_leaf_str(html, "td", NULL, entry->who);
    html_leaf(html, "td", NULL, said_of(view, "action", entry->action));
    html_open(html, "td");
    if (entry->to[0] != '\0' && strcmp(entry->action, "update") != 0)
        html_text(html, said_of(view, "state", entry->to));
    html_close(html);
    view_act_why(view, entry->action, entry->why);
    html_close(html);
}

static void history_table(struct view *view, const struct case_full *full)
{
    struct html *html = &view->html;
    size_t from = full->history_count > HISTORY_SHOWN ? full->history_count - HISTORY_SHOWN : 0;
    say_leaf(view, "h2", NULL, "case.history");
    view_open_wide(view);
    html_open(html, "table");
    for (size_t i = full->history_count; i > from; i--)
        history_row(view, &full->history[i - 1]);
    html_close(html);
    html_close(html);
}

/* Where the text is gone, a row of facts would say that nothing was stated. */
static void what_is_left(struct view *view, const struct case_full *full)
{
    struct html *html = &view->html;
    struct slice rest = slice_of(full->row.reasons), line;
    html_open(html, "p");
    html_put_attr(html, "class", "rest");
    html_text(html, said_of(view, "text-gone", full->text_gone));
    html_close(html);
    if (rest.len == 0)
        return;
    say_leaf(view, "h2", NULL, "case.findings");
    html_open(html, "ul");
    html_put_attr(html, "lang", "en");
    while (slice_next_line(&rest, &line))
        html_leaf(html, "li", NULL, line);
    html_close(html);
}

int page_case(struct view *view, int64_t id, struct failure *reterr)
{
    struct html *html = &view->html;
    struct case_full full;
    int64_t last = 0;
    int rc = audit_last(view->store, &last);
    if (rc == OK)
        rc = queue_show(view->store, view->arena, id, view->now_unix_ms, &full);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    view_begin(view, "case.title", "/case");
    html_open(html, "div");
    html_put_attr_int(html, "data-case", id);
    html_put_attr(html, "data-state", case_state_name(full.row.state));
    html_put_attr_int(html, "data-after", last);
    html_put_attr(html, "id", "changes");
    html_open(html, "h2");
    html_printf(html, "%" PRId64 ": ", id);
    html_leaf(html, "bdi", NULL,
              full.row.title[0] != '\0' ? utf8_cut(slice_of(full.row.title), TITLE_BYTES)
                                        : said(view, "case.untitled"));
    html_close(html);
    case_head(view, &full.row);
    acts(view, &full.row);
    html_open(html, "div");
    html_put_attr(html, "class", "columns");
    html_open(html, "div");
    bool is_gone = full.text_gone[0] != '\0';
    if (is_gone)
        what_is_left(view, &full);
    else
        view_ad(view, full.field, &full.verdict, form_get(&view->query, "whole").len > 0);
    view_glossary(view, &full.verdict);
    view_pictures(view, &full);
    html_close(html);
    html_open(html, "div");
    if (!is_gone)
        view_facts(view, full.field, &full.verdict);
    contacts_table(view, &full);
    rc = mates_table(view, id);
    if (rc == OK)
        rc = view_same_pictures(view, id);
    html_close(html);
    html_close(html);
    if (!is_gone)
        view_findings(view, &full.verdict);
    evidence_table(view, &full);
    if (rc == OK)
        rc = view_case_requests(view, &full.row);
    view_export_form(view, id);
    history_table(view, &full);
    html_close(html);
    view_end(view);
    return rc == OK ? OK : store_failed(view->store, rc, reterr);
}

/* ---- the page's text in clear ---- */

int page_evidence(struct view *view, int64_t id, struct failure *reterr)
{
    struct case_row row;
    struct text_buf block;
    int rc = queue_get(view->store, view->arena, id, view->now_unix_ms, &row);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    const struct audit_entry entry = {.at_unix_ms = view->now_unix_ms,
                                      .object_id = id,
                                      .who = view->session.name,
                                      .action = "read",
                                      .object = "case",
                                      .why = row.evidence_id};
    text_buf_init(&block, WARC_BLOCK_BYTES_MAX);
    rc = evidence_read(view->store, view->settings->evidence, row.evidence_id, &block, reterr);
    if (rc == OK) {
        rc = audit_add(view->store, &entry);
        if (rc != OK)
            store_failed(view->store, rc, reterr);
    }
    if (rc == OK) {
        view_begin(view, "evidence.title", "/case");
        say_leaf(view, "p", "quiet", "evidence.noted");
        view_back_to_case(view, id);
        html_open(&view->html, "pre");
        html_put_attr(&view->html, "class", "words");
        html_text(&view->html, slice_sub(text_buf_slice(&block), 0, CLEAR_BYTES));
        html_close(&view->html);
        view_end(view);
    }
    text_buf_release(&block);
    return rc;
}
