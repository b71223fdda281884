/* out_file.c - the file that -o names; see out_file.h.
 *
 * A file is written beside its target under a name of its own and renamed in the end: rename() acts
 * on the name itself, so the target is found behind the links first, and what rename() would
 * take away (a pipe, a device) is opened instead. */
#include "app/out_file.h"
#include "common/file.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct out_file {
    char *path;      /* as given, for sentences */
    char *target;    /* the name the file gets, behind links; NULL: written into as it is */
    char *temporary; /* NULL: as target */
    FILE *stream;
    mode_t mode;
};

static void out_file_free(struct out_file *out)
{
    if (out == NULL)
        return;
    if (out->stream != NULL)
        fclose(out->stream);
    free(out->path);
    free(out->target);
    free(out->temporary);
    free(out);
}

static int refused(const char *path, const char *why, struct failure *reterr)
{
    return failure_set(reterr, ERR_CONFLICT, "cannot write %s: %s", path, why);
}

/* Where the file goes: *ret_target stays NULL where the name is a pipe or a device. */
static int find_target(const char *path, char **ret_target, struct failure *reterr)
{
    struct stat at;
    if (stat(path, &at) != 0) {
        if (errno != ENOENT)
            return file_failure(reterr, "cannot write", path, errno);
        if (lstat(path, &at) == 0)
            return refused(path, "it is a link that leads nowhere; name the file itself", reterr);
        *ret_target = strdup(path);
    } else if (S_ISDIR(at.st_mode)) {
        return refused(path, "it is a folder; name a file in it", reterr);
    } else if (S_ISFIFO(at.st_mode) || S_ISCHR(at.st_mode)) {
        return OK;
    } else if (!S_ISREG(at.st_mode)) {
        return refused(path, "it is a disk or a socket; name a file", reterr);
    } else {
        *ret_target = realpath(path, NULL);
    }
    return *ret_target != NULL ? OK : file_failure(reterr, "cannot write", path, errno);
}

static int open_stream(struct out_file *out, struct failure *reterr)
{
    int fd = -1;
    if (out->target == NULL) {
        fd = open(out->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    } else {
        if (asprintf(&out->temporary, "%s.XXXXXX", out->target) < 0) {
            out->temporary = NULL;
            return failure_set(reterr, ERR_NOMEM, "out of memory");
        }
        fd = mkostemp(out->temporary, O_CLOEXEC);
    }
    if (fd >= 0 && (out->stream = fdopen(fd, "w")) == NULL)
        close(fd);
    return out->stream != NULL ? OK : file_failure(reterr, "cannot write", out->path, errno);
}

int out_file_open(const char *path, mode_t mode, struct out_file **ret_out, struct failure *reterr)
{
    struct out_file *out = calloc(1, sizeof *out);
    if (out == NULL || (out->path = strdup(path)) == NULL) {
        free(out);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    out->mode = mode;
    int rc = find_target(path, &out->target, reterr);
    if (rc == OK)
        rc = open_stream(out, reterr);
    if (rc != OK) {
        out_file_free(out);
        return rc;
    }
    *ret_out = out;
    return OK;
}

FILE *out_file_stream(const struct out_file *out)
{
    return out->stream;
}

int out_file_sync(struct out_file *out, struct failure *reterr)
{
    int fd = fileno(out->stream);
    bool done = fflush(out->stream) == 0;
    if (done && out->target != NULL)
        done = fsync(fd) == 0 && fchmod(fd, out->mode) == 0;
    return done ? OK : file_failure(reterr, "cannot write", out->path, errno);
}

int out_file_keep(struct out_file *out, struct failure *reterr)
{
    int rc = OK;
    if (out->target != NULL && rename(out->temporary, out->target) != 0) {
        rc = file_failure(reterr, "cannot write", out->path, errno);
        unlink(out->temporary);
    } else if (out->target != NULL) {
        rc = dir_sync_of(out->target, reterr);
    }
    out_file_free(out);
    return rc;
}

void out_file_drop(struct out_file *out)
{
    if (out != NULL && out->temporary != NULL)
        unlink(out->temporary);
    out_file_free(out);
}

const char *out_file_foreign(const char *path)
{
    static const char *const forms[] = {".doc", ".docx", ".odt", ".rtf",  ".pdf",   ".xls", ".xlsx",
                                        ".ods", ".zip",  ".gz",  ".json", ".xml",   ".yml", ".yaml",
                                        ".md",  ".png",  ".eml", ".mbox", ".jsonl", ".tsv"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (slice_ends(slice_of(path), forms[i]))
            return path + strlen(path) - strlen(forms[i]);
    return NULL;
}
