/* storage/evidence_copy.h - the records of a case as they lie in their segment, for a copy that
 * leaves the house. The bytes are those that were written: gzip members, each with its digests. */
#ifndef LUREWATCH_EVIDENCE_COPY_H
#define LUREWATCH_EVIDENCE_COPY_H

#include "storage/evidence.h"

struct evidence_record { /* text is in the arena */
    const char *id, *type, *url;
    int64_t at_unix_ms;
    struct evidence_place place;
};
#define EVIDENCE_GROUP_MAX 3u

/* The records written for the same page as record_id, in the order of writing.
 * Errors: ERR_NOT_FOUND (unknown, or taken out by retention), those of store.h. */
MUST_USE int evidence_records(struct store *store, struct arena *arena, const char *record_id,
                              struct evidence_record ret_records[EVIDENCE_GROUP_MAX],
                              size_t *ret_count);
/* Appends the record's member to out, its digest checked. Errors: ERR_SYNTAX (damaged: the sentence
 * names file and offset), ERR_LIMIT (out), ERR_IO, ERR_NOMEM. */
MUST_USE int evidence_copy(const char *dir, const struct evidence_record *record,
                           struct text_buf *out, struct failure *reterr);

/* A time stamp that covers a record: the digests of its segment's members from the first on, whose
 * chain ends in the hash that was stamped. */
struct evidence_stamp { /* in the arena */
    int64_t at_unix_ms;
    const char *authority;
    struct digest chain;
    struct slice token; /* DER of TimeStampResp */
    const struct digest *members;
    size_t members_count;
};
#define EVIDENCE_STAMP_MEMBERS_MAX 200000u
/* The first stamp behind the record. ERR_NOT_FOUND (no sentence): there is none, or its segment has
 * more members than EVIDENCE_STAMP_MEMBERS_MAX. Errors: those of store.h. */
MUST_USE int evidence_stamp_of(struct store *store, struct arena *arena, const char *record_id,
                               struct evidence_stamp *ret_stamp);

#endif
