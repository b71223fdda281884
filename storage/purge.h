/* storage/purge.h - what must not last: text and evidence whose time is over, or of a person who
 * asked. Features, decisions and the audit trail stay.
 *
 * Two steps, each crash-safe. First, in one transaction, text leaves the rows and the records that
 * nothing needs any more are marked. Then each segment of this machine with marked records is
 * written anew without them, beside the old one, and takes its place with the commit; a marked
 * record's row becomes a tombstone (id, digest, why, when), so the chain is verified as before.
 * Segments that a sweep holds are left for the next time; other machines purge their own. */
#ifndef LUREWATCH_PURGE_H
#define LUREWATCH_PURGE_H

#include "storage/contact_key.h"
#include "storage/machine_name.h"
#include "storage/store.h"

struct purge_rules {      /* how long text and evidence stay, each from its event */
    int64_t dismissed_ms; /* the decision */
    int64_t pending_ms;   /* the last change of a case nobody confirmed or dismissed */
    int64_t exported_ms;  /* the export, or the decision of a confirmed case not exported */
    int64_t watch_ms;     /* last seen, of ads without a case */
    int64_t sample_ms;    /* seen, of the sample of unflagged ads */
};

struct purge_act {
    const char *who, *why; /* for the audit trail; why may be NULL */
    int64_t now_unix_ms;
    const char *evidence_dir;
    const char *machine; /* machine_name.h */
};

struct purged_record { /* borrowed for the call */
    const char *record_id, *url, *why;
    struct digest member;
    int64_t at_unix_ms;
};
typedef void purge_told_fn(void *ctx, const struct purged_record *record);

struct purge_result {
    uint64_t dismissed, pending, exported; /* cases whose text went */
    uint64_t versions;                     /* texts that went, of ads with and without a case */
    uint64_t marked;                       /* records that are to go */
    uint64_t records, bytes, segments;     /* gone from the segments */
    uint64_t segments_held;                /* left for the next time */
};

/* The first step; keep false: rolls back, to see what would go. ret_result's first half is set. */
MUST_USE int purge_rows(struct store *store, const struct purge_rules *rules,
                        const struct purge_act *act, bool keep, struct purge_result *ret_result);
/* The second step; tells each record that went. Adds to *result. Not inside a transaction. */
MUST_USE int purge_segments(struct store *store, const struct purge_act *act, purge_told_fn *told,
                            void *ctx, struct purge_result *result);

struct forget_result {
    uint64_t postings, cases, versions, contacts, marked;
};
/* A person's request: the text of every ad that names the contact goes, its evidence is marked for
 * purge_segments(), the contact's row goes; an audit row a case, and one for the request, remain. */
MUST_USE int purge_contact(struct store *store, const struct digest *contact,
                           const struct purge_act *act, struct forget_result *ret_result);
/* The note beside the case's decision goes; its row in the audit trail stays. */
MUST_USE int purge_case_note(struct store *store, int64_t case_id);

#endif
