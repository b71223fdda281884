/* review/site.h - the review page: what an HTTP request is answered with.
 *
 * site_answer() and site_room() fit httpd.h and may run in several threads at once; each answer
 * takes a store handle, an arena and nothing else that lasts. What needs the classifiers, the
 * pattern files comes as calls from outside; they may be called by several threads,
 * too, and a NULL call leaves its part of the page out. */
#ifndef LUREWATCH_SITE_H
#define LUREWATCH_SITE_H

#include "common/verdict.h"
#include "review/httpd.h"
#include "storage/queue_second.h"

struct site;
struct citations;  /* citations.h */
struct recipients; /* recipients.h */
struct letter;     /* letter.h */
struct request_row;

enum sent_kind { SENT_TEXT, SENT_URL, SENT_CSV };
struct site_sent { /* what somebody sent in; borrowed for the call */
    enum sent_kind kind;
    struct slice text;    /* the ad, the address, or the table */
    struct slice picture; /* whose words the ad's text gives; may be empty */
    struct slice seen_at; /* the address a text was seen at; may be empty */
    struct slice note;    /* who reported it and how; may be empty */
    const char *who;      /* the account */
};
struct site_complaint { /* why something of it is no case, or less than it could be */
    const char *kind;   /* of `queue add --complaints`; the message is "sent.KIND" */
    struct slice what;  /* that it speaks of; may be empty */
    struct slice text;  /* the sentence of the command, in English */
    int64_t line;       /* of a table; 0: of all of it */
    bool is_note;       /* nothing was refused */
};
#define SITE_RECEIVED_MAX 50u
struct site_received_case {
    int64_t id, line; /* of a table, else 0 */
    int score;
    struct slice title;
};
struct site_received { /* text is in the arena given */
    uint32_t cases;    /* the first of them in list */
    struct site_received_case list[SITE_RECEIVED_MAX];
    uint32_t complaints_count;
    struct site_complaint complaints[SITE_RECEIVED_MAX]; /* the first of them, and what ended it */
    struct slice more; /* lines of a table that were refused, too: "52-61, 70" */
    /* Of a table that was not read to its end: the line from which on nothing is in, 0: all was read;
     * those rows under the first line, to be sent again, empty: too long for a form. */
    int64_t rest_line;
    struct slice rest;
};

struct site_meaning { /* borrowed from the bank or its reasons; any may be empty */
    struct slice title, meaning, rationale;
    const char *tag;       /* the language of these three; never NULL */
    struct slice language; /* of the rule's words */
};

struct site_export {
    const char *format;               /* a name of export.h */
    const char *state;                /* of many cases; "": any */
    const char *recipient, *language; /* of a letter or dossier; "": by the ad's host */
    const char *who;
    int64_t case_id; /* 0: many */
    bool unmask, own_sites;
};

struct site_draft { /* of a request */
    int64_t case_id;
    const char *recipient;
    const char *language; /* of the letter; "": the recipient's */
    const char *who;
    int64_t now_unix_ms;
};

struct site_calls {
    void *ctx;
    /* Makes cases of what was sent in. */
    int (*send)(void *ctx, const struct site_sent *sent, struct arena *arena,
                struct site_received *ret_received, struct failure *reterr);
    /* Judges an ad given as text; what it gives lives in arena. */
    int (*judge)(void *ctx, struct slice text, struct arena *arena, struct posting *ret_posting,
                 struct verdict *ret_verdict, struct failure *reterr);
    /* What a rule, combo, signal or "family:NAME" looks for and why it counts, in the page's
     * language, else in English; false: nothing is known. */
    bool (*meaning)(void *ctx, struct slice id, const char *tag, struct site_meaning *ret_meaning);
    /* What `export` writes, appended to out. */
    int (*export)(void *ctx, const struct site_export *what, struct arena *arena,
                  struct text_buf *out, struct failure *reterr);
    /* What each rule did, as `patterns stats --json` says it; again: counted anew. The lines are in
     * arena; *ret_at_unix_ms 0: never counted yet. */
    int (*rules)(void *ctx, bool again, struct arena *arena, struct slice *ret_lines,
                 int64_t *ret_at_unix_ms, struct failure *reterr);
    /* Each source's file: is it on, when is it due, why not; as `sources list --json` says it. */
    int (*sources)(void *ctx, struct arena *arena, struct slice *ret_lines, struct failure *reterr);
    /* What a changed pattern would do to a text, or where it is empty to the stored ads:
     * `patterns test --json`, `patterns backtest --json`. */
    int (*try_pattern)(void *ctx, struct slice text, struct slice pattern, struct arena *arena,
                       struct slice *ret_lines, struct failure *reterr);
    /* Whom a request may go to; a draft in the store's transaction; the letter of a request, of one
     * that is withdrawn the correction. All three or none. */
    int (*recipients)(void *ctx, struct arena *arena, struct recipients *ret_recipients,
                      struct failure *reterr);
    int (*draft)(void *ctx, struct store *store, const struct site_draft *draft, int64_t *ret_id,
                 struct failure *reterr);
    int (*letter)(void *ctx, struct store *store, const struct request_row *row,
                  int64_t now_unix_ms, struct arena *arena, struct letter *ret_letter,
                  struct failure *reterr);
};

struct site_settings {    /* text is copied */
    const char *store;    /* URL */
    const char *accounts; /* file */
    const char *evidence; /* folder */
    const char *messages; /* folder of further languages */
    const char *url;      /* "https://review.example.org" where a web server stands in front */
    unsigned answers;     /* made at a time; half of them may wait for calls that take long */
    int64_t claim_ms;
    enum queue_second second;          /* what two people must decide */
    unsigned approvals;                /* people that a request needs */
    const struct citations *citations; /* sources of findings; borrowed, NULL: none are known */
    struct site_calls calls;
};

/* Gives *ret_site, free with site_free(). Errors: those of accounts_load() (ERR_NOT_FOUND: no
 * account yet) and languages_load(), ERR_SYNTAX (url), ERR_NOMEM. */
MUST_USE int site_create(const struct site_settings *settings, struct site **ret_site,
                         struct failure *reterr);
void site_free(struct site *site); /* NULL is allowed */
/* The port it is reached at, for the Host header; 0: a Unix socket. ctx: the site, so this can be
 * httpd_settings.listens. Before the first answer. */
void site_set_port(void *ctx, unsigned port);

void site_answer(void *site, const struct http_request *request, struct http_response *response);
struct http_room site_room(void *site, const struct http_request *request);

#endif
