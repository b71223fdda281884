/* crawler/extract/inflate.h - bodies as received to bytes as meant: gzip (several members), deflate
 * (zlib-wrapped and raw), br, zstd, several codings in a row. Pure; bomb-proof by its limit. */
#ifndef LUREWATCH_EXTRACT_INFLATE_H
#define LUREWATCH_EXTRACT_INFLATE_H

#include "common/arena.h"
#include "common/text.h"

#define INFLATE_CODINGS_MAX 4u

/* Undoes content_encoding (the header's value, "" for none; "a, b" was coded a first, so b is
 * undone first). "", "identity" and "none" leave the body as it is. A body that still begins like
 * gzip when all codings are undone (sitemap.xml.gz, a server that forgot the header) is unpacked
 * once more; one whose header says gzip and whose bytes are plainly not gzip is taken as it came:
 * servers lie both ways, and a page is worth more than the header.
 *
 * A body cut short, or with a wrong checksum, gives what could be read, if that is anything: half a
 * page is worth reading. Bytes behind the last member are passed over.
 *
 * *ret_bytes borrows body when nothing was coded, else lives in arena (reserved at the size known
 * or found, at most bytes_max). Errors: ERR_LIMIT (more than bytes_max comes out, or more than
 * INFLATE_CODINGS_MAX codings), ERR_SYNTAX (broken, nothing could be read), ERR_UNSUPPORTED (an
 * unknown coding, named), ERR_NOMEM (also: the arena's own limit). */
MUST_USE int inflate_body(struct arena *arena, struct slice body, const char *content_encoding,
                          size_t bytes_max, struct slice *ret_bytes, struct failure *reterr);

#endif
