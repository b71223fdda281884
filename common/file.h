/* common/file.h - whole files, folders, and writes that are there or not at all. */
#ifndef LUREWATCH_FILE_H
#define LUREWATCH_FILE_H

#include "common/arena.h"
#include "common/text.h"

#include <sys/types.h>

/* Appends the file's bytes to out, whose limit is the limit. Errors: ERR_NOT_FOUND, ERR_IO,
 * ERR_LIMIT, ERR_NOMEM; the sentence names the path. */
MUST_USE int file_read(const char *path, struct text_buf *out, struct failure *reterr);
/* Writes a temporary file beside path, syncs it, renames it, syncs the folder.
 * Errors: ERR_IO, ERR_FULL. */
MUST_USE int file_write_atomic(const char *path, struct slice bytes, mode_t mode,
                               struct failure *reterr);
/* Names in the folder, sorted by bytes, without those that begin with a dot; in arena.
 * Errors: ERR_NOT_FOUND, ERR_IO, ERR_NOMEM. */
MUST_USE int dir_list(struct arena *arena, const char *path, const char *const **ret_names,
                      size_t *ret_count, struct failure *reterr);
/* Makes the folder and those above it. Errors: ERR_IO, ERR_FULL. */
MUST_USE int dir_make(const char *path, mode_t mode, struct failure *reterr);
/* After a rename or a new file: syncs the folder path stands in. */
MUST_USE int dir_sync_of(const char *path, struct failure *reterr);
/* ERR_FULL for ENOSPC and EDQUOT, ERR_NOT_FOUND for ENOENT, else ERR_IO; the sentence says what to
 * do. what: "cannot write". */
int file_failure(struct failure *reterr, const char *what, const char *path, int errno_value);

#endif
