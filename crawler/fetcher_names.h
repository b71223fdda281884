/* crawler/fetcher_names.h - names to addresses off the loop, with a bounded number of threads.
 *
 * libcurl starts a thread for each look-up and cannot stop it; a resolver that hangs would gather
 * them without end. Here a few threads serve all names, an answer serves all who ask for it, and
 * who asks decides what to do with the addresses before anything connects. */
#ifndef LUREWATCH_FETCHER_NAMES_H
#define LUREWATCH_FETCHER_NAMES_H

#include "crawler/address.h"

struct names;
struct uv_loop_s;

#define NAMES_ADDRESSES_MAX 16u

struct names_answer { /* borrowed until the next names_ call */
    const struct address *list;
    size_t count;
    const char *why; /* of a failure, for people */
};

/* ready(ctx) is called on the loop whenever a look-up has ended: ask again then.
 * Errors: ERR_NOMEM, ERR_IO (no handle). */
MUST_USE int names_create(struct uv_loop_s *loop, void (*ready)(void *ctx), void *ctx,
                          struct names **ret_names);
/* The addresses of host (shorter than 254 bytes). Errors: ERR_BUSY (being looked up: ready() will
 * be called), ERR_NET (there is no such name, or nobody answers; ret_answer->why), ERR_LIMIT (too
 * many look-ups wait), ERR_NOMEM. */
MUST_USE int names_ask(struct names *names, struct slice host, int64_t now_mono_ms,
                       struct names_answer *ret_answer);
/* Forgets what is known of host: its addresses did not answer. */
void names_forget(struct names *names, struct slice host);
/* Takes names. Threads that are inside the resolver end by themselves, later. closed(ctx) comes
 * once, from the loop. */
void names_close(struct names *names, void (*closed)(void *ctx), void *ctx);

#endif
