/* review/view_fail.h - what could not be done, said in the reader's language.
 *
 * A page that knows why fails by view_fail(). What fails below it (the store, a command) is said by
 * its kind, and what the program said stands behind it, marked as English. */
#ifndef LUREWATCH_VIEW_FAIL_H
#define LUREWATCH_VIEW_FAIL_H

#include "review/view.h"

/* Fails with the text of a message. Returns rc. */
int view_fail(struct view *view, int rc, const char *key, struct failure *reterr);
/* As view_fail(), with {1} and {2}. */
int view_fail_with(struct view *view, int rc, const char *key, const struct slice values[2],
                   struct failure *reterr);

/* The status of the answer for that error; with ERR_BUSY, when to come again. */
void view_failed(struct view *view, int err);
/* A link to a case. */
void view_back_to_case(struct view *view, int64_t id);
/* A paragraph in a page: why. key: the message where it was not said by view_fail(); NULL: the one
 * of rc's kind. The status is set, too. */
void view_put_why(struct view *view, int rc, const char *key, const struct failure *why);
/* The whole answer: a page, or {"error"} where the script asked. Takes back what was written. */
void view_failure(struct view *view, int rc, const char *key, const struct failure *why);
/* The same of a message and a status. */
void view_refuse(struct view *view, int status, const char *key);

#endif
