/* storage/audit.h - what people (and the program for them) did: rows that are only ever added,
 * each carrying the hash of the one before, so that a change or a gap shows.
 *
 * hash = SHA-256(previous hash, then each field as its length in decimal, ':', its bytes, in the
 * order at, who, action, object, object_id, from, to, why). The first row's previous hash is 32
 * zero bytes. Errors: those of store.h. */
#ifndef LUREWATCH_AUDIT_H
#define LUREWATCH_AUDIT_H

#include "common/digest.h"
#include "storage/store.h"

#define AUDIT_TEXT_BYTES_MAX 4096u /* longer text is cut at a character */

struct audit_entry { /* text lives in the arena given; NULL is stored as "" */
    int64_t id, at_unix_ms, object_id;
    const char *who;    /* account, or "lurewatch" */
    const char *action; /* open, update, reopen, claim, release, decide, undo, note, export, read,
                           request */
    const char *object; /* "case", "evidence", "store" */
    const char *from, *to, *why;
    struct digest hash; /* set by the store */
};

/* entry->id and hash are not read. Must stand in the transaction of the change it tells of. */
MUST_USE int audit_add(struct store *store, const struct audit_entry *entry);
/* Rows of one object, oldest first, after after_id, at most limit (1-500). object NULL: all. */
struct audit_query {
    const char *object;
    int64_t object_id, after_id;
    uint32_t limit;
};
MUST_USE int audit_list(struct store *store, struct arena *arena, const struct audit_query *query,
                        struct audit_entry **ret_rows, size_t *ret_count);
/* The id of the newest row; 0: there is none. */
MUST_USE int audit_last(struct store *store, int64_t *ret_id);
/* Walks the whole chain. OK with *ret_bad_id 0: it holds; else the id of the first row that does
 * not fit. *ret_count: rows seen. */
MUST_USE int audit_verify(struct store *store, int64_t *ret_bad_id, uint64_t *ret_count);

#endif
