/* review/form.h - names and values of a query or a posted form (application/x-www-form-urlencoded;
 * one with files: multipart.h). Pure. */
#ifndef LUREWATCH_FORM_H
#define LUREWATCH_FORM_H

#include "common/arena.h"
#include "common/text.h"

#define FORM_FIELDS_MAX 64u
#define FORM_FILES_MAX  4u

struct form_field {
    struct slice name, value; /* decoded, valid UTF-8, no NUL */
};
/* Why a form with files was read in part only. */
enum form_flaw { FORM_SOUND, FORM_UNFINISHED, FORM_MALFORMED, FORM_REPEATED };
struct form {
    struct form_field fields[FORM_FIELDS_MAX];
    size_t count;
    struct form_field files[FORM_FILES_MAX]; /* values: any bytes */
    size_t files_count;
    enum form_flaw flaw;
};

/* Bad bytes and bad %-signs become U+FFFD. What it decodes lives in arena.
 * Errors: ERR_LIMIT (over FORM_FIELDS_MAX fields), ERR_NOMEM. */
MUST_USE int form_parse(struct arena *arena, struct slice text, struct form *ret_form);
/* The first field of that name; the empty slice when there is none. */
struct slice form_get(const struct form *form, const char *name);
/* The first field of that name has that value from now on, borrowed; one is added where there is none
 * and room. */
void form_set(struct form *form, const char *name, struct slice value);
/* The bytes of the file in that field, borrowed from the body; false: none was chosen. */
bool form_file(const struct form *form, const char *name, struct slice *ret_bytes);
/* As text of its own in arena; NULL without memory. */
const char *form_text(const struct form *form, struct arena *arena, const char *name);
/* A whole number, else fallback. */
int64_t form_int(const struct form *form, const char *name, int64_t fallback);
/* The most bytes that what a browser counts as one letter of a field's length may have. */
#define UTF16_UNIT_BYTES_MAX 3
/* Appends text as a value in a query has it. */
void form_encode(struct text_buf *out, struct slice text);

#endif
