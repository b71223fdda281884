/* review/form.h - names and values of a query or a posted form (application/x-www-form-urlencoded).
 * Pure. */
#ifndef LUREWATCH_FORM_H
#define LUREWATCH_FORM_H

#include "common/arena.h"
#include "common/text.h"

#define FORM_FIELDS_MAX 64u

struct form_field {
    struct slice name, value; /* decoded, valid UTF-8, no NUL */
};
struct form {
    struct form_field fields[FORM_FIELDS_MAX];
    size_t count;
};

/* Bad bytes and bad %-signs become U+FFFD. What it decodes lives in arena.
 * Errors: ERR_LIMIT (over FORM_FIELDS_MAX fields), ERR_NOMEM. */
MUST_USE int form_parse(struct arena *arena, struct slice text, struct form *ret_form);
/* The first field of that name; the empty slice when there is none. */
struct slice form_get(const struct form *form, const char *name);
/* As text of its own in arena; NULL without memory. */
const char *form_text(const struct form *form, struct arena *arena, const char *name);
/* A whole number, else fallback. */
int64_t form_int(const struct form *form, const char *name, int64_t fallback);
/* Appends text as a value in a query has it. */
void form_encode(struct text_buf *out, struct slice text);

#endif
