/* storage/store_copy.h - a whole store into another, of the other engine or the same: from one
 * machine's SQLite file to the PostgreSQL that several share, and back. */
#ifndef LUREWATCH_STORE_COPY_H
#define LUREWATCH_STORE_COPY_H

#include "storage/store.h"

/* Makes the store at to_url, which must not be there or hold nothing, and copies every row of the
 * one at from_url in one transaction; ids stay, so evidence and the audit chain stay valid. Holds
 * the write lock of both. *ret_rows: copied, and counted again in the copy.
 * Errors: ERR_CONFLICT (the target holds rows), ERR_VERSION (the source is older: migrate it), and
 * those of store.h. */
MUST_USE int store_copy(const char *from_url, const char *to_url, uint64_t *ret_rows,
                        struct failure *reterr);

#endif
