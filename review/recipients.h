/* review/recipients.h - whom a request about an ad goes to: recipients.yml of review/letters. */
#ifndef LUREWATCH_RECIPIENTS_H
#define LUREWATCH_RECIPIENTS_H

#include "common/arena.h"
#include "common/text.h"

#define RECIPIENTS_MAX      1000u
#define RECIPIENT_HOSTS_MAX 64u

enum letter_kind {
    LETTER_DSA16,
    LETTER_REQUEST,
    LETTER_ADUANKONTEN,
    LETTER_CORRECTION,
    LETTER_KIND_COUNT
};
const char *letter_kind_name(enum letter_kind kind);
bool letter_kind_from_name(struct slice name, enum letter_kind *ret_kind);

struct recipient { /* text is never NULL; address or form is set */
    const char *id, *name, *language, *address, *form, *source, *date;
    enum letter_kind kind;
    const char *const *hosts; /* "board.example", "*.board.example" */
    size_t hosts_count;
};

struct recipients {
    const struct recipient *list;
    size_t count;
};

/* Reads the directory (folder as letter_data_read()) into arena. Errors: ERR_SYNTAX (file:line:column,
 * the line and a caret), ERR_LIMIT, ERR_NOMEM, those of letter_data_read(). */
MUST_USE int recipients_load(struct arena *arena, const char *folder,
                             struct recipients *ret_recipients, struct failure *reterr);
/* The first whose hosts fit the host of url; NULL: none. */
const struct recipient *recipient_for_url(const struct recipients *recipients, struct slice url);
const struct recipient *recipient_by_id(const struct recipients *recipients, const char *id);
/* Is host what an entry calls "board.example", or below its "*.board.example"? */
bool host_fits(const char *wanted, struct slice host);
/* The host of an http(s) URL without port; empty when it has none. Borrowed from url. */
struct slice url_host_of(struct slice url);

#endif
