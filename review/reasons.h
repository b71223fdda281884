/* review/reasons.h - titles and reasons of the pattern bank in further languages.
 *
 * patterns/reasons/TAG.yml (id.yml, zh-Hans.yml), beside the bank and no part of it: a translation
 * changes no verdict, so it is not in the digest that verdicts name. The form: patterns/README.md.
 * What a language lacks is shown in English, as the bank has it. Read once, then shared by
 * threads. */
#ifndef LUREWATCH_REASONS_H
#define LUREWATCH_REASONS_H

#include "common/text.h"

#define REASONS_LANGUAGES_MAX 32u
#define REASONS_FOLDER        "reasons"

struct reasons; /* of every language there is */

struct reason { /* borrowed from reasons; reason and meaning may be empty */
    struct slice title, reason, meaning;
};

/* Is there such an idea, combo, signal or "family:NAME"? */
typedef bool reasons_known_fn(const void *ctx, struct slice id);

/* The files of patterns/reasons (no such folder: none). An id that known does not know is an error;
 * known NULL: all are taken. Copies all. Gives *ret_reasons, free with reasons_free().
 * Errors: ERR_SYNTAX (file:line: why), ERR_LIMIT, ERR_IO, ERR_NOMEM. */
MUST_USE int reasons_load(const char *patterns, reasons_known_fn *known, const void *ctx,
                          struct reasons **ret_reasons, struct failure *reterr);
void reasons_free(struct reasons *reasons); /* NULL is allowed */
size_t reasons_count(const struct reasons *reasons);
const char *reasons_tag(const struct reasons *reasons, size_t language);
/* Of an idea, a combo, a signal or "family:NAME"; a rule's id, "coercion.passport-held.zh", finds
 * that of its idea. False: the language has none, or there is no such language (NULL is allowed). */
MUST_USE bool reasons_find(const struct reasons *reasons, const char *tag, struct slice id,
                           struct reason *ret_reason);

#endif
