/* storage/posting_rows.h - ads, their versions, and how much of each is kept.
 *
 * Identity: source and the source's own id, else source and canonical URL (#n where a page holds
 * several). A version is a fingerprint. Kept by band:
 *   review, urgent   everything, contacts masked; evidence; a case (queue.h)
 *   watch            everything, contacts masked
 *   clear            fingerprint, sketch, rule ids and points
 *   clear or watch in the sample: text and evidence too, until POSTING_SAMPLE_KEEP_MS later
 * Errors: those of store.h, and what a call adds. */
#ifndef LUREWATCH_POSTING_ROWS_H
#define LUREWATCH_POSTING_ROWS_H

#include "common/sketch.h"
#include "common/verdict.h"
#include "storage/contact_key.h"
#include "storage/store.h"

#define POSTING_SAMPLE_KEEP_MS (90LL * 24 * 3600 * 1000)

struct posting_seen { /* all borrowed for the call */
    const char *source;
    const struct posting *posting; /* attr URL is set, with #n where needed; ID may be empty */
    const struct verdict *verdict;
    struct digest fingerprint;
    struct sketch sketch;
    int64_t seen_unix_ms;
    int64_t url_id;          /* the page it was on; 0: none */
    bool sent_in;            /* a person sent it: a case whatever its band */
    bool sampled;            /* posting_in_sample() said so and evidence was written */
    const char *evidence_id; /* WARC record id of the metadata record; NULL: none */
};

struct posting_stored {
    int64_t posting_id, version_id;
    bool is_new, is_new_version;
    int64_t case_id; /* 0: none */
    bool case_is_new, case_reopened;
};

/* What the store knows of an ad, before evidence is written for it. */
struct posting_known {
    bool known, version_known;
    bool has_evidence; /* of this version */
    bool same_bank;    /* this version was judged by this bank */
};

/* In the uniform sample? Depends on source and identity alone, so a rerun answers the same. */
bool posting_in_sample(const char *source, const struct posting *posting, int64_t per_mille);
MUST_USE int posting_look(struct store *store, const struct posting_seen *seen,
                          struct posting_known *ret_known);
/* Stores the ad, its version and, when flagged, its case. Safe to call twice with the same: the
 * second changes nothing but last_seen. A known version judged anew takes the new verdict.
 * Errors: ERR_CONFLICT (flagged, and neither evidence_id nor evidence from before),
 * ERR_NOT_FOUND (evidence_id names no record). */
MUST_USE int posting_put(struct store *store, const struct contact_key *key,
                         const struct posting_seen *seen, struct posting_stored *ret_stored);
/* The ad was not changed (304, or the same bytes): moves last_seen of all ads of that page. */
MUST_USE int postings_touch(struct store *store, int64_t url_id, int64_t now_unix_ms);

struct posting_counts {
    uint64_t postings, versions, by_band[BAND_COUNT], sampled;
};
MUST_USE int postings_count(struct store *store, struct posting_counts *ret_counts);

#endif
