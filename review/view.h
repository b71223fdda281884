/* review/view.h - one request being answered: what the pages share. For review/ alone. */
#ifndef LUREWATCH_VIEW_H
#define LUREWATCH_VIEW_H

#include "review/form.h"
#include "review/html_writer.h"
#include "review/messages.h"
#include "review/sessions.h"
#include "review/site.h"
#include "review/store_pool.h"
#include "storage/queue.h"

struct view {
    const struct site_settings *settings;
    struct sessions *sessions;
    const struct languages *languages;
    struct store_pool *stores;
    _Atomic unsigned *waiting; /* answers that wait for a call, of all */
    const struct http_request *request;
    struct http_response *response;
    struct arena *arena;
    struct form query, form; /* form: what was posted */
    struct html html;
    const struct messages *messages;
    struct slice token; /* of the session; empty: nobody is logged in */
    struct session session;
    enum role role;
    struct store *store; /* NULL where the route needs none */
    int64_t now_unix_ms;
    bool wants_json, is_ours; /* is_ours: sent by a form of ours: what was typed may be shown */
    bool told;                /* the failure at hand is in the reader's language: view_fail.h */
};

/* An enum err: not OK means that nothing was written that counts; the caller shows why. */
typedef int page_fn(struct view *view, int64_t id, struct failure *reterr);

page_fn page_today, page_case, page_case_act, page_evidence, page_next, page_undo, page_rest;
page_fn page_export, page_case_export, page_picture, page_report;
page_fn page_changes, page_sources, page_patterns, page_audit, page_send, page_send_act;

/* ---- frame ---- */

/* Head, navigation, banners; leaves <main> open. title: a message. here: the path. */
void view_begin(struct view *view, const char *title, const char *here);
void view_end(struct view *view);
/* A <div> for what may be wider than the window: it scrolls by itself, by keyboard, too. */
void view_open_wide(struct view *view);
/* A row of messages that name the columns. */
void view_heads(struct view *view, const char *const *heads, size_t count);
/* A table in one, with such a row; close takes both. */
void view_open_table(struct view *view, const char *const *heads, size_t count);
void view_close_table(struct view *view);
/* 303 to one of our own paths. */
void view_redirect(struct view *view, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- words ---- */

void say(struct view *view, const char *key);
struct slice said(const struct view *view, const char *key);
/* With {1} and {2}. */
void say_with(struct view *view, const char *key, struct slice first, struct slice second);
/* <name class="class">message</name> */
void say_leaf(struct view *view, const char *name, const char *class_name, const char *key);
/* The message "prefix.name"; name itself when there is none. */
struct slice said_of(const struct view *view, const char *prefix, const char *name);
/* "2026-11-24 09:27"; a dash for 0. */
void view_time(struct view *view, int64_t unix_ms);
/* "3 d", "5 h", "12 min" since. */
struct slice view_ago(struct view *view, int64_t unix_ms);
/* A cell: why an act was done, as recorded; what the program itself writes there is English. */
void view_act_why(struct view *view, const char *action, const char *why);
/* "+2.4" */
struct slice view_points(struct view *view, int32_t tenths);
/* Formatted text in the arena. */
struct slice view_format(struct view *view, const char *format, ...) PRINTF_LIKE(2, 3);
/* A table row of a message and a text; nothing where the text is empty. In: in that language. */
void view_fact(struct view *view, const char *key, struct slice text);
void view_fact_in(struct view *view, const char *key, struct slice text, const char *language);

/* ---- forms ---- */

/* Opens a form that posts to a path, with its token; files: that files may go with. */
void form_open(struct view *view, const char *action);
void form_open_as(struct view *view, const char *action, const char *id);
void form_open_files(struct view *view, const char *action);
void form_hidden(struct view *view, const char *name, const char *value);
/* A button; name NULL: none. key: a message. */
void form_button(struct view *view, const char *name, const char *value, const char *key);
/* A select: the first row is "any"; rows of value and label. */
struct form_choice {
    const char *value;
    struct slice label;
};
/* A choice for each state of a case; choices has CASE_STATE_COUNT places or more. */
void view_state_choices(struct view *view, struct form_choice *choices);
void form_select(struct view *view, const char *name, const char *label_key,
                 const struct form_choice *choices, size_t count);

bool view_may(const struct view *view, enum role role);

/* ---- ads ---- */

/* The five fields, words of findings marked and numbered; whole: without a cut. */
void view_ad(struct view *view, const struct slice field[POSTING_FIELD_COUNT],
             const struct verdict *verdict, bool whole);
/* Findings, their points and the sum; the sources of one, with links that lead outside. */
void view_findings(struct view *view, const struct verdict *verdict);
void view_sources(struct view *view, const struct verdict *verdict, const struct finding *finding);
/* What the rules of the words that were found look for, word by word. */
void view_glossary(struct view *view, const struct verdict *verdict);
/* The pictures of the case, behind a blur. */
void view_pictures(struct view *view, const struct case_full *full);
/* Which cases show a picture of this one, or one that looks the same. Errors: those of store.h. */
MUST_USE int view_same_pictures(struct view *view, int64_t case_id);
MUST_USE bool view_meaning(const struct view *view, const struct finding *finding,
                           struct site_meaning *ret_meaning);
/* A finding's name in the page's language, else as judged; *ret_tag (may be NULL): its language. */
struct slice view_title(struct view *view, const struct finding *finding, const char **ret_tag);
/* Pay against both norms, places, what is missing. */
void view_facts(struct view *view, const struct slice field[POSTING_FIELD_COUNT],
                const struct verdict *verdict);

/* ---- the queue ---- */

#define HOLD_MS (15LL * 60 * 1000) /* a case that is open in somebody's window */

/* Claims the next case that nobody holds, after the row given (NULL: from the top); 0: none. */
MUST_USE int view_next_case(struct view *view, const struct case_row *after, int64_t *ret_case_id,
                            struct failure *reterr);
struct queue_act view_act(const struct view *view, const char *why);
/* What a form says of the case it was made for: its ad's version and its decision. */
struct slice view_seen(struct view *view, const struct case_row *row);
/* A box to tick: the cases of the campaign, too. Nothing where there is no other. */
void view_whole_choice(struct view *view, const struct case_row *row);
/* One decision for all of them; row was read in the same transaction. ERR_CONFLICT: another's. */
MUST_USE int view_decide_whole(struct view *view, const struct case_row *row,
                               enum case_state decision, const char *note, uint32_t *ret_decided);
/* Takes it back with all that were decided by the same act; row was read in the same transaction. */
MUST_USE int view_undo_act(struct view *view, const struct case_row *row, const char *note);
/* Where the first of two decisions is made: why this account may not make the second; else NULL. */
const char *view_not_second(const struct view *view, const struct case_row *row);
/* What may be saved of one case; of the cases of a state (case_id 0). */
void view_export_form(struct view *view, int64_t case_id);
/* What a case is now, in the words of the page: "Confirmed by ani". */
struct slice view_state(struct view *view, const struct case_row *row);
/* {"case","state","label","by"} */
void view_case_json(struct view *view, struct json_writer *writer, const struct case_row *row);

#endif
