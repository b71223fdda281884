/* review/zip.h - zip archives of a few files in memory. Written: the same files give the same bytes
 * (one fixed time, one mode, the order given), on any machine. Read: with limits, never to disk.
 * libarchive and zlib stay behind this header. */
#ifndef LUREWATCH_ZIP_H
#define LUREWATCH_ZIP_H

#include "common/arena.h"
#include "common/text.h"

#define ZIP_FILES_MAX 64u
#define ZIP_BYTES_MAX (512u << 20) /* of all files, unpacked */

struct packed_file {
    const char *name; /* ASCII, '/' between folders, never absolute, no ".." */
    struct slice bytes;
};

/* Appends the archive to out. unix_ms: the time every file carries.
 * Errors: ERR_LIMIT (over ZIP_FILES_MAX, ZIP_BYTES_MAX, out's limit), ERR_NOMEM. */
MUST_USE int zip_write(struct text_buf *out, const struct packed_file *files, size_t count,
                       int64_t unix_ms, struct failure *reterr);
/* Is archive what zip_write() makes of these files? *ret_differs: the first byte that is not, or
 * SIZE_MAX. Errors: ERR_LIMIT, ERR_NOMEM. */
MUST_USE int zip_compare(struct slice archive, const struct packed_file *files, size_t count,
                         size_t *ret_differs, struct failure *reterr);
/* The files of an archive; copies into arena, whose limit holds for them. Folders are passed over.
 * Errors: ERR_SYNTAX (no zip, damaged, a name that leads elsewhere, twice the same name),
 * ERR_LIMIT, ERR_NOMEM. */
MUST_USE int zip_read(struct arena *arena, struct slice archive, struct packed_file **ret_files,
                      size_t *ret_count, struct failure *reterr);

#endif
