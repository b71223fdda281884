/* review/sessions.h - who is logged in: tokens in memory, and how often a login may be tried.
 *
 * A token is 32 random bytes in hexadecimal; the table keeps its SHA-256, so that a look at the
 * memory or the time of a comparison gives no token away. A session ends when idle for
 * SESSION_IDLE_MS, after SESSION_LIFE_MS, at logout, and with the process. Thread-safe: one mutex,
 * held for a walk over the table. */
#ifndef LUREWATCH_SESSIONS_H
#define LUREWATCH_SESSIONS_H

#include "review/accounts.h"

#define SESSION_TOKEN_BYTES 65u /* with NUL */
#define SESSION_IDLE_MS     (60LL * 60 * 1000)
#define SESSION_LIFE_MS     (12LL * 60 * 60 * 1000)
#define SESSIONS_MAX        512u
#define SESSIONS_OF_ONE_MAX 32u  /* of an account: its many end none of others */
#define SESSION_UNDO_MAX    128u /* decisions that can be taken back one after another */
/* Reading for so long without a gap of SESSION_REST_MS asks for a break. */
#define SESSION_WORK_MS (50LL * 60 * 1000)
#define SESSION_REST_MS (8LL * 60 * 1000)

struct sessions;

struct session { /* a copy */
    char name[ACCOUNT_NAME_BYTES];
    char csrf[SESSION_TOKEN_BYTES]; /* goes into every form */
    struct digest mark;             /* accounts_mark() at the login; zeros until sessions_mark() */
    int64_t started_unix_ms;
    int64_t works_since_unix_ms; /* without a rest */
    uint32_t decisions;
};

/* Gives *ret_sessions, free with sessions_free(). Errors: ERR_NOMEM. */
MUST_USE int sessions_create(struct sessions **ret_sessions);
void sessions_free(struct sessions *sessions); /* NULL is allowed */

/* When the table is full, the session that was idle longest ends; when the account has
 * SESSIONS_OF_ONE_MAX, its own. */
void sessions_begin(struct sessions *sessions, const char *name, int64_t now_unix_ms,
                    char ret_token[SESSION_TOKEN_BYTES]);
/* What the account was when it logged in. */
void sessions_mark(struct sessions *sessions, struct slice token, const struct digest *mark);
/* False: no such session, or it has ended. by_person: counts as use; a page's own polling does
 * not. */
bool sessions_find(struct sessions *sessions, struct slice token, int64_t now_unix_ms,
                   bool by_person, struct session *ret_session);
void sessions_end(struct sessions *sessions, struct slice token);
/* All of an account. */
void sessions_end_all(struct sessions *sessions, const char *name);
/* Compares in constant time. */
bool session_csrf_is(const struct session *session, struct slice csrf);

/* Remembers a decision, for undo. */
void sessions_decided(struct sessions *sessions, struct slice token, int64_t case_id);
/* The last decision not taken back yet, which is forgotten; 0: none. */
int64_t sessions_undo(struct sessions *sessions, struct slice token);
/* It could not be taken back: it is the last one again. */
void sessions_undo_failed(struct sessions *sessions, struct slice token, int64_t case_id);
void sessions_rested(struct sessions *sessions, struct slice token, int64_t now_unix_ms);

/* ---- tries ---- */

struct login_from {
    const char *name;
    struct slice
        device; /* a cookie that device_is() of that account; empty: a stranger's browser */
};

/* How long until it may be tried, 0: now. After 3 failures each one doubles the wait, from 1 s to 5 min.
 * A browser that logged in before is counted by itself; strangers by the name, and for all names
 * together after 30. Each try is noted as failed before its password is looked at, and again as well
 * where it was right. */
int64_t login_wait_ms(struct sessions *sessions, const struct login_from *from,
                      int64_t now_unix_ms);
void login_note(struct sessions *sessions, const struct login_from *from, bool well,
                int64_t now_unix_ms);

#endif
