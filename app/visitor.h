/* app/visitor.h - a few polite requests, one after the other, for commands that must look at a site:
 * `sources add`, `sources check --fetch`. The same lock, store, gate, robots.txt, address policy and
 * audit as a sweep; each call waits until it is done. Redirects are gated hop by hop. */
#ifndef LUREWATCH_VISITOR_H
#define LUREWATCH_VISITOR_H

#include "app/sweep.h"
#include "common/arena.h"

#define VISITOR_WAIT_MS_MAX                                                                        \
    (INT64_C(60) * 1000) /* a host that rests longer is told, not waited for */

struct visitor;

/* Borrows settings. Gives *ret_visitor, end it with visitor_close(). Errors: ERR_BUSY (a sweep holds
 * the lock), those of the store, ERR_NOMEM. */
MUST_USE int visitor_open(const struct settings *settings, const struct address_policy *policy,
                          struct visitor **ret_visitor, struct failure *reterr);
void visitor_close(struct visitor *visitor); /* NULL is allowed */

struct visitor_ask {
    const char *url;    /* canonical */
    const char *source; /* in whose name, for the audit */
    const char *kind;   /* "listing", "posting", … for the audit */
    uint32_t delay_ms;  /* the source's */
};
struct visitor_answer { /* in the arena */
    const char *url;    /* that answered */
    int http_status;
    const char *content_type, *content_encoding, *robots_rule;
    struct slice body; /* as received */
};
/* Errors: ERR_DENIED (address or robots.txt), ERR_BUSY (the host rests), ERR_NET, ERR_TLS,
 * ERR_TIMEOUT, ERR_LIMIT, ERR_SYNTAX (URL, redirect), those of the store: each with its sentence. */
MUST_USE int visitor_get(struct visitor *visitor, struct arena *arena,
                         const struct visitor_ask *ask, struct visitor_answer *ret_answer,
                         struct failure *reterr);
/* Which of the known failures the last visitor_get() ended with: "private", "robots", "robots-unread",
 * "rests", "redirects", "no-address"; NULL: its code says it. Static. */
const char *visitor_trouble(const struct visitor *visitor);
/* The index-th "Sitemap:" of the robots.txt last read for that host; NULL: none. Borrowed. */
const char *visitor_sitemap(const struct visitor *visitor, const char *host, size_t index);

#endif
