/* app/out_file.h - the file that -o names: there whole, or not at all. What already stands under the
 * name is kept in kind: a symbolic link stays and the file it leads to is replaced, a pipe or a
 * character device is written into, and anything else is refused. */
#ifndef LUREWATCH_OUT_FILE_H
#define LUREWATCH_OUT_FILE_H

#include "common/err.h"

#include <stdio.h>
#include <sys/types.h>

struct out_file;

/* Copies path. Waits for a reader where path is a pipe. Gives *ret_out: end it with out_file_keep()
 * or out_file_drop(). Errors: ERR_IO, ERR_NOT_FOUND, ERR_FULL, ERR_CONFLICT (a folder, a socket, a
 * disk, a link that leads nowhere), ERR_NOMEM. */
MUST_USE int out_file_open(const char *path, mode_t mode, struct out_file **ret_out,
                           struct failure *reterr);
/* Borrowed until the end. */
FILE *out_file_stream(const struct out_file *out);
/* Everything written so far is on the disk, or through the pipe; the name is as it was before. */
MUST_USE int out_file_sync(struct out_file *out, struct failure *reterr);
/* After out_file_sync(): the file gets its name. Takes out, on failure, too; then nothing stays. */
MUST_USE int out_file_keep(struct out_file *out, struct failure *reterr);
/* Takes out; the name is as it was before. NULL is allowed. */
void out_file_drop(struct out_file *out);

/* ".docx" of "a/b.docx": the name is of a form that nothing here is written in, or that is asked for
 * by its name (a zip). Borrowed from path. NULL: the name promises nothing of the kind. */
const char *out_file_foreign(const char *path);

#endif
