/* review/letter.h - a letter about one ad, out of a text template; review/letters/README.md is the
 * manual of the templates. A letter says that an ad matches published indicators: it accuses nobody,
 * and holds no contact in clear. */
#ifndef LUREWATCH_LETTER_H
#define LUREWATCH_LETTER_H

#include "review/citations.h"
#include "review/recipients.h"
#include "storage/queue.h"

struct letter_desk { /* borrowed; NULL counts as "" */
    const char *folder;
    const char *operator_name, *contact;
    const char *patterns; /* folder of the bank: titles in further languages (reasons.h) */
    const struct citations *citations; /* who published what findings rest on; NULL: not known */
};

struct letter_about { /* borrowed; text may be NULL, times 0: the field is empty */
    const struct case_full *full;
    const struct recipient *recipient;
    enum letter_kind kind; /* LETTER_CORRECTION, or the recipient's */
    const char *request, *reviewer, *capture, *picture, *reason;
    int64_t date_unix_ms, captured_unix_ms, sent_unix_ms;
};

struct letter {                 /* in the arena */
    const char *subject, *body; /* lines end in \n; the subject is one line */
};

/* Fills the template of about->kind in the recipient's language, else in English.
 * Errors: ERR_NOT_FOUND (no such template), ERR_CONFLICT (nothing was found in the ad, or what was is gone
 * by retention: only a correction needs no reasons), ERR_SYNTAX (file:line: why), ERR_LIMIT, ERR_NOMEM. */
MUST_USE int letter_write(struct arena *arena, const struct letter_desk *desk,
                          const struct letter_about *about, struct letter *ret_letter,
                          struct failure *reterr);
/* What letters call the task, in that language (en where there is none). Errors as above. */
MUST_USE int letter_task_words(struct arena *arena, const struct letter_desk *desk,
                               const char *language, enum task task, const char **ret_words,
                               struct failure *reterr);

/* Who decided a confirmed case, both where two did, and who approved the request (NULL or "": nobody),
 * each once: "ani, budi". "" for a case that is not confirmed. In arena; NULL: no memory. */
const char *letter_reviewers(struct arena *arena, const struct case_full *full,
                             const char *approved_by);

#define LETTER_FINDINGS_MAX 12u
#define LETTER_QUOTES_MAX   3u
#define LETTER_SOURCES_MAX  8u
/* The findings that speak for the verdict, most points first, each title once; at most max. Borrowed
 * from the verdict; the list is in arena. NULL: no memory. */
const struct finding **letter_findings(struct arena *arena, const struct verdict *verdict,
                                       size_t max, size_t *ret_count);
/* The pages that the first findings_max of them rest on; as citations_pages(). 0 without memory. */
size_t letter_pages(struct arena *arena, const struct citations *citations,
                    const struct verdict *verdict, size_t findings_max,
                    struct citation ret_pages[LETTER_SOURCES_MAX]);
/* text on one line: control characters and line ends become blanks, marks that turn the order of what
 * follows go. In arena; NULL: no memory. */
const char *letter_line(struct arena *arena, struct slice text);

#endif
