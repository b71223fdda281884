/* review/citations.h - the published sources behind the bank: who published what, and where to read it;
 * and why, in the bank's own words, what it finds counts.
 *
 * Rules, combos, places, wages and licences name their sources by key (ID5, KR1) or in free words;
 * patterns/sources.yml says what a key stands for. It lies beside the bank and is no part of it: an
 * address that moved changes no verdict, so the file is not in the digest that verdicts name. The
 * form: patterns/README.md. Read once, then shared by threads. */
#ifndef LUREWATCH_CITATIONS_H
#define LUREWATCH_CITATIONS_H

#include "common/verdict.h"

#define CITATIONS_FILE "sources.yml"

enum citation_kind {
    CITATION_OFFICIAL,   /* a state or an international body */
    CITATION_PRESS,      /* a newsroom of its own */
    CITATION_SPECIALIST, /* who works on the subject: research, trade, help, wage tables */
    CITATION_REPOST,     /* a copy of another's text: weighs less */
    CITATION_BLOG,       /* weighs less */
    CITATION_GENERAL,    /* no page: general knowledge or own reading, not verified */
    CITATION_KIND_COUNT
};
const char *citation_kind_name(enum citation_kind kind);

struct citation { /* borrowed from citations */
    struct slice key, publisher;
    enum citation_kind kind;
    struct slice url, also; /* http or https; empty: none, or none that anybody should be sent to */
    struct slice date;      /* "2022-08-05", "2022-08", "2022", or empty */
    bool visit;             /* false: read once, not to be visited; url and also are empty */
};

struct citations;

/* Reads patterns/sources.yml; no such file: none are known. Copies all. Gives *ret_citations, free
 * with citations_free(). Errors: ERR_SYNTAX (file:line: why), ERR_LIMIT, ERR_IO, ERR_NOMEM. */
MUST_USE int citations_load(const char *patterns, struct citations **ret_citations,
                            struct failure *reterr);
void citations_free(struct citations *citations); /* NULL is allowed */
size_t citations_count(const struct citations *citations);
bool citations_find(const struct citations *citations, struct slice key,
                    struct citation *ret_citation); /* citations NULL: false */

/* Is text shaped like a key: two capital letters, then at most three digits? The rest is free words. */
bool citation_is_key(struct slice text);
/* The next source of a list "GZ6, NP4; closed in 2024"; false: there is none left. */
bool citation_next(struct slice *rest, struct slice *ret_source);

/* Notes that id, a rule's idea, a combo, "place:ID" or "wage:WORDS", names these sources; copies both.
 * Before the citations are shared. Errors: ERR_NOMEM, ERR_LIMIT. */
MUST_USE int citations_note(struct citations *citations, struct slice id, struct slice sources);
/* Notes why what id names counts, in English. As above. */
MUST_USE int citations_note_reason(struct citations *citations, struct slice id,
                                   struct slice reason);
/* Why it counts; finds as citations_of(). Empty: the bank does not say. */
struct slice citations_reason(const struct citations *citations, struct slice id);
/* The sources that id names, as a list; a rule's id, "pay.step-pay.zh", finds those of its idea.
 * Empty: none. citations NULL is allowed. */
struct slice citations_of(const struct citations *citations, struct slice id);

/* Appends the sources of what a finding rests on, as a list, each once: those of its rule or combo; of
 * a fact those of the places and wages it was told by. */
void citations_of_finding(const struct citations *citations, const struct verdict *verdict,
                          const struct finding *finding, struct text_buf *out);

/* Those of the list that are pages anybody may read, each once: official ones first, then by kind. Gives how
 * many, at most max. citations NULL: none. */
size_t citations_pages(const struct citations *citations, struct slice sources,
                       struct citation *ret_pages, size_t max);
/* "Suara (press, 2022-08-05): https://…"; kind: what the page's kind is called, empty: in English. */
void citation_print(const struct citation *page, struct slice kind, struct text_buf *out);

/* Each source of the list on a line of its own behind before: "Suara (press, 2022-08-05):
 * https://… [ID5]"; what is no known key as it stands. */
void citations_print(const struct citations *citations, struct slice sources, const char *before,
                     struct text_buf *out);

#endif
