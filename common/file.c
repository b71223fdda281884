/* file.c - files and folders; see file.h. */
#include "common/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_failure(struct failure *reterr, const char *what, const char *path, int errno_value)
{
    if (errno_value == ENOSPC || errno_value == EDQUOT)
        return failure_set(reterr, ERR_FULL,
                           "%s %s: no space left on the device; free some and run again", what,
                           path);
    if (errno_value == ENOENT)
        return failure_set(reterr, ERR_NOT_FOUND, "%s %s: there is no such file or folder", what,
                           path);
    return failure_set(reterr, ERR_IO, "%s %s: %s", what, path, strerror(errno_value));
}

int file_read(const char *path, struct text_buf *out, struct failure *reterr)
{
    char chunk[64u << 10];
    FILE *in = fopen(path, "rbe");
    if (in == NULL)
        return file_failure(reterr, "cannot read", path, errno);
    int rc = OK;
    size_t got = 0;
    while (rc == OK && (got = fread(chunk, 1, sizeof chunk, in)) > 0)
        rc = text_buf_add(out, chunk, got);
    if (rc != OK)
        failure_set(reterr, rc, "%s: the file is longer than %zu bytes", path, out->limit);
    else if (ferror(in))
        rc = file_failure(reterr, "cannot read", path, errno == 0 ? EIO : errno);
    fclose(in);
    return rc;
}

int dir_sync_of(const char *path, struct failure *reterr)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len >= sizeof folder)
        return failure_set(reterr, ERR_IO, "%s: the path is too long", path);
    memcpy(folder, path, len);
    folder[len] = '\0';
    const char *name = slash == NULL ? "." : len == 0 ? "/" : folder;
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return file_failure(reterr, "cannot open", name, errno);
    int rc = fsync(fd) == 0 ? OK : file_failure(reterr, "cannot sync", name, errno);
    close(fd);
    return rc;
}

static int write_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t done = write(fd, bytes.at, bytes.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return errno;
        bytes = slice_from(bytes, (size_t)done);
    }
    return fsync(fd) == 0 ? 0 : errno;
}

int file_write_atomic(const char *path, struct slice bytes, mode_t mode, struct failure *reterr)
{
    char temporary[4096];
    int len = snprintf(temporary, sizeof temporary, "%s.tmp%ld", path, (long)getpid());
    if (len < 0 || (size_t)len >= sizeof temporary)
        return failure_set(reterr, ERR_IO, "%s: the path is too long", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return file_failure(reterr, "cannot write", path, errno);
    int failed = write_all(fd, bytes);
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    if (failed == 0 && rename(temporary, path) != 0)
        failed = errno;
    if (failed != 0) {
        unlink(temporary);
        return file_failure(reterr, "cannot write", path, failed);
    }
    return dir_sync_of(path, reterr);
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

int dir_list(struct arena *arena, const char *path, const char *const **ret_names,
             size_t *ret_count, struct failure *reterr)
{
    size_t count = 0, room = 64;
    const char **names = arena_calloc(arena, room, sizeof *names);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return file_failure(reterr, "cannot read", path, errno);
    for (struct dirent *entry = NULL; names != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        if (count == room) {
            const char **more = arena_calloc(arena, room * 2, sizeof *more);
            if (more != NULL)
                memcpy(more, names, count * sizeof *more);
            names = more;
            room *= 2;
        }
        if (names != NULL)
            names[count++] = arena_copy(arena, entry->d_name, strlen(entry->d_name));
        if (names != NULL && names[count - 1] == NULL)
            names = NULL;
    }
    closedir(dir);
    if (names == NULL)
        return failure_set(reterr, ERR_NOMEM, "%s: out of memory", path);
    qsort(names, count, sizeof *names, by_bytes);
    *ret_names = names;
    *ret_count = count;
    return OK;
}

int dir_make(const char *path, mode_t mode, struct failure *reterr)
{
    char part[4096];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part)
        return failure_set(reterr, ERR_IO, "%s: the path is empty or too long", path);
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char held = part[i];
        part[i] = '\0';
        if (mkdir(part, held == '\0' ? mode : 0755) != 0 && errno != EEXIST)
            return file_failure(reterr, "cannot make the folder", part, errno);
        part[i] = held;
    }
    return OK;
}
