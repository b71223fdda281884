/* storage/evidence_manifest.h - the evidence in one text: every record's digest and its place in the
 * chain, tombstones included, and what proves the folder without the store.
 *
 *     lurewatch-evidence 1
 *     segment NAME MACHINE BYTES
 *     record OFFSET LENGTH MEMBER CHAIN TYPE ID          (digests of 64 hexadecimal digits)
 *     gone TIME LENGTH MEMBER CHAIN TYPE ID why          (taken out: a tombstone; TIME in ms)
 *     stamp TIME AUTHORITY                               (a time stamp the store has of it)
 *     end SEGMENTS RECORDS DIGEST                        (SHA-256 over the chains' ends, in order)
 */
#ifndef LUREWATCH_EVIDENCE_MANIFEST_H
#define LUREWATCH_EVIDENCE_MANIFEST_H

#include "storage/evidence.h"

typedef int manifest_write_fn(void *ctx, struct slice text); /* an enum err */
/* Writes the manifest of all segments. Errors: those of store.h and write's. */
MUST_USE int evidence_manifest(struct store *store, manifest_write_fn *write, void *ctx);

/* Proves the folder check->dir by the manifest's text alone: the chain, and each record's bytes.
 * Segments of machines other than check->machine (where it is set): the chain alone.
 * Errors: ERR_SYNTAX (no manifest; the sentence has the line), ERR_NOMEM. */
MUST_USE int evidence_manifest_verify(struct slice manifest, const struct evidence_check *check,
                                      struct evidence_verified *ret_verified,
                                      struct failure *reterr);

#endif
