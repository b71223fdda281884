/* app/evidence_prove.h - verbs of `lurewatch evidence` beyond the store's own words: the manifest, and
 * time stamps of an authority. For cmd_evidence.c. */
#ifndef LUREWATCH_EVIDENCE_PROVE_H
#define LUREWATCH_EVIDENCE_PROVE_H

#include "app/command.h"
#include "storage/evidence.h"

/* Prints the manifest of store. An exit code, the sentence printed. */
int evidence_print_manifest(struct store *store);
/* Proves check->dir by the manifest file at path. As evidence_verify(). */
MUST_USE int evidence_prove_manifest(const char *path, const struct evidence_check *check,
                                     struct evidence_verified *ret_verified,
                                     struct failure *reterr);
/* Gets a stamp for each segment of this machine whose end has none. An exit code. */
int evidence_stamp(struct store *store, const struct settings *settings, const char *machine);
/* Tells (check->bad) each stamp that is not of the segment's chain, or does not hold. */
MUST_USE int evidence_stamps_verify(struct store *store, const struct settings *settings,
                                    const struct evidence_check *check, uint64_t *ret_stamps,
                                    struct failure *reterr);

#endif
