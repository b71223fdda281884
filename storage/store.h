/* storage/store.h - the database that keeps what must last: one handle, transactions, failures.
 *
 * A store is named by URL: "sqlite:PATH". Behind this header stands one engine at a time (db.h);
 * nothing here or in the row headers (sweep_rows.h, host_rows.h, run_rows.h, posting_rows.h,
 * queue.h, evidence.h, audit.h) speaks of it. All calls block: one handle a thread, never on the
 * event loop.
 *
 * Failures: every call that takes a store returns an enum err and, when it is not OK, leaves the
 * sentence at store_failure(). Codes common to all of them, not repeated in each header:
 *   ERR_STORE  the database refused, or its file is damaged (the sentence names file and remedy)
 *   ERR_FULL   no space left
 *   ERR_BUSY   another process held the write lock longer than STORE_BUSY_MS
 *   ERR_IO     reading or writing the file failed; ERR_DENIED the store is read-only
 *   ERR_NOMEM  memory, or the arena's limit
 *
 * Durability: a call outside a transaction is a transaction of its own. After store_commit() (or
 * such a call) returned OK, a kill or a power cut loses nothing of it; before, nothing of it stays.
 * A commit that fails left all of it or none: the disk's last word came too late to tell. So run
 * the same again: calls that put something are made to be repeated. A call that fails inside a
 * transaction may have done a part of its work: roll back.
 * SQLite: rollback journal (TRUNCATE) with synchronous FULL, never WAL, whose reset bug (SQLite
 * 3.7.0 to 3.51.2) can corrupt a store that two processes write. */
#ifndef LUREWATCH_STORE_H
#define LUREWATCH_STORE_H

#include "common/arena.h"
#include "common/text.h"

#define STORE_BUSY_MS  20000
#define STORE_PAGE_MAX 500u /* rows a list call gives at most */

struct store;

enum store_flag {
    STORE_CREATE = 1,    /* make a store that is not there, migrate an older one */
    STORE_READ_ONLY = 2, /* refuse every write with ERR_DENIED */
    STORE_AT_ONCE = 4,   /* somebody waits: a server that is lost is not waited for */
};

/* Opens the store at url. Without STORE_CREATE a missing one is ERR_NOT_FOUND and an older one
 * ERR_VERSION. A new file gets mode 600. Migrations run in one transaction, on
 * SQLite after a copy was made beside the file (FILE.vN.SECONDS). Copies url; gives
 * *ret_store, end it with store_close().
 * Errors: ERR_SYNTAX (no such kind of URL), ERR_UNSUPPORTED (an engine this build lacks),
 * ERR_VERSION (made by a newer lurewatch), and the common ones. */
MUST_USE int store_open(const char *url, unsigned flags, struct store **ret_store,
                        struct failure *reterr);
/* Rolls back what is open. NULL is allowed. */
void store_close(struct store *store);
/* What the last failed call on this handle said; borrowed until the next failed call. */
const struct failure *store_failure(const struct store *store);
/* As store_failure(), copied to *reterr (NULL is allowed); returns code. */
int store_failed(const struct store *store, int code, struct failure *reterr);

/* One transaction a handle, no nesting (asserted). begin takes the write lock at once, so that a
 * transaction never fails half-way for a lock. After a failed commit the transaction is rolled
 * back. Where evidence is open on this handle (evidence.h) commit first makes it durable, and
 * rollback cuts off what the transaction had appended. */
MUST_USE int store_begin(struct store *store);
MUST_USE int store_commit(struct store *store);
void store_rollback(struct store *store); /* allowed when nothing is open */
bool store_in_transaction(const struct store *store);

/* The copy that was made before this opening brought an older store up to date; "" none. */
const char *store_copy_made(const struct store *store);
/* Schema version of the open store, and the one this program writes. */
uint32_t store_version(const struct store *store);
uint32_t store_version_ours(void);
/* The file behind the store, or the address of its server. Borrowed. */
const char *store_path(const struct store *store);
bool store_is_file(const struct store *store);
/* Asks the engine whether the store is sound. Reads all of it. ERR_STORE says what is broken. */
MUST_USE int store_check(struct store *store);

/* The version of the store at url, whatever it is, changing nothing; 0: there is an empty file.
 * Errors: as store_open() without flags, but for ERR_VERSION. */
MUST_USE int store_look(const char *url, uint32_t *ret_version, struct failure *reterr);
/* Copies the store at url, of any version and while others use it, to a new file at path (mode 600),
 * there whole or not at all, and checks the copy. Errors: ERR_CONFLICT (path is there already),
 * ERR_IO, ERR_FULL, ERR_BUSY, and as store_look(). */
MUST_USE int store_backup(const char *url, const char *path, struct failure *reterr);

/* For tests: the nth write or sync of this handle's files from now on, and all after it, fail with
 * code (ERR_IO or ERR_FULL); 0 ends that. store_writes() counts them since the store was opened. */
void store_fail_nth_write(struct store *store, uint64_t nth, int code);
uint64_t store_writes(const struct store *store);

#endif
