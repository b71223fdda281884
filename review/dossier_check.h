/* review/dossier_check.h - is a dossier what was packed? Needs no store: the zip, or the folder it
 * was unpacked to, must prove itself. */
#ifndef LUREWATCH_DOSSIER_CHECK_H
#define LUREWATCH_DOSSIER_CHECK_H

#include "common/digest.h"

struct dossier_checked {
    uint64_t files, records, bad;   /* looked at; told */
    char stamped[DIGEST_HEX_BYTES]; /* the hash that a time stamp is of; "": there is none */
};
typedef void dossier_bad_fn(void *ctx, const char *why); /* why is borrowed */

/* Checks every digest of SHA256SUMS and every record of the excerpt against the manifest: place,
 * member and block digest, chain, the digests the records themselves hold; of a time stamp, that it
 * is of a chain which holds the excerpt's records (its signature is for `openssl ts`). What is wrong
 * is told, not returned. Errors: ERR_NOT_FOUND, ERR_SYNTAX (path is no dossier), ERR_LIMIT, ERR_IO. */
MUST_USE int dossier_check(const char *path, dossier_bad_fn *bad, void *ctx,
                           struct dossier_checked *ret_checked, struct failure *reterr);

#endif
