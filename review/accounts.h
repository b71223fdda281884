/* review/accounts.h - who may use the page: a file of lines NAME:ROLE:HASH, mode 600.
 *
 * HASH is a yescrypt hash as crypt(5) has it; passwords are never kept. The file is read whole; who
 * holds an accounts object sees it as it was then (accounts_changed() tells that it is old). */
#ifndef LUREWATCH_ACCOUNTS_H
#define LUREWATCH_ACCOUNTS_H

#include "common/digest.h"
#include "common/text.h"

#define ACCOUNT_NAME_BYTES   65u /* with NUL */
#define ACCOUNT_PASSWORD_MIN 10u
#define ACCOUNT_PASSWORD_MAX 256u
#define ACCOUNTS_MAX         1000u

/* Each may do what those before it may. */
enum role { ROLE_VIEWER, ROLE_REVIEWER, ROLE_SECOND_REVIEWER, ROLE_ADMINISTRATOR, ROLE_COUNT };
const char *
role_name(enum role role); /* "viewer", "reviewer", "second-reviewer", "administrator" */
bool role_from_name(struct slice name, enum role *ret_role);

struct accounts;

/* Gives *ret_accounts, free with accounts_free(). Errors: ERR_NOT_FOUND, ERR_DENIED (others may
 * read the file; a symbolic link), ERR_SYNTAX (file:line: why), ERR_LIMIT, ERR_IO, ERR_NOMEM. */
MUST_USE int accounts_load(const char *path, struct accounts **ret_accounts,
                           struct failure *reterr);
void accounts_free(struct accounts *accounts); /* NULL is allowed */
size_t accounts_count(const struct accounts *accounts);
const char *accounts_name(const struct accounts *accounts, size_t index, enum role *ret_role);
/* Is the file at path another than the one read, or gone? */
bool accounts_changed(const struct accounts *accounts, const char *path);
/* Changes with the account's password. False: no such account. */
bool accounts_mark(const struct accounts *accounts, const char *name, struct digest *ret_mark);
bool accounts_role(const struct accounts *accounts, const char *name, enum role *ret_role);
/* Is that the password of that account? Takes as long for a name that is not there. */
bool accounts_check(const struct accounts *accounts, const char *name, const char *password);

/* Adds the account or gives it this role and password; makes the file when missing.
 * Errors: ERR_SYNTAX (name, or a password too short or too long), those of accounts_load(),
 * ERR_FULL. */
MUST_USE int accounts_put(const char *path, const char *name, enum role role, const char *password,
                          bool *ret_is_new, struct failure *reterr);
/* Errors: ERR_NOT_FOUND (no such account, no file), those of accounts_load(), ERR_FULL. */
MUST_USE int accounts_remove(const char *path, const char *name, struct failure *reterr);

#endif
