/* faults.so: preloaded into the program, counts what it does to files of one folder and makes the nth
 * of it fail, for fault_all.py.
 *
 *     FAULT_DIR    only files below it count
 *     FAULT_TRACE  a file that gets a line a call: what, path (its lines are the calls to try)
 *     FAULT_AT     the nth call (from 1), over all threads
 *     FAULT_KIND   full   it and all that follow fail with ENOSPC
 *                  broken it and all that follow fail with EIO
 *                  once   it alone fails with EIO
 *                  short  a write takes half of its bytes; another call passes
 *                  kill   the process dies before it
 *                  torn   a write takes half of its bytes, then the process dies
 *
 * What counts: write, pwrite, ftruncate, fsync, fdatasync, rename, unlink, and open of a file to be
 * made. Bytes that stdio writes from inside libc are not seen; their fsync and rename are. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define PATH_BYTES 4096

enum fault { NO_FAULT, FAULT_FULL, FAULT_BROKEN, FAULT_ONCE, FAULT_SHORT, FAULT_KILL, FAULT_TORN };

static const char *folder, *trace;
static unsigned long fail_at;
static enum fault kind;
static atomic_ulong calls;
static int trace_fd = -1;

static enum fault kind_of(const char *name)
{
    static const char *const names[] = {"", "full", "broken", "once", "short", "kill", "torn"};
    for (size_t i = 1; name != NULL && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return (enum fault)i;
    return NO_FAULT;
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT");
    folder = getenv("FAULT_DIR");
    trace = getenv("FAULT_TRACE");
    fail_at = at != NULL ? strtoul(at, NULL, 10) : 0;
    kind = kind_of(getenv("FAULT_KIND"));
}

static bool is_ours(const char *path)
{
    return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static bool fd_is_ours(int fd, char path[PATH_BYTES])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = folder == NULL ? -1 : readlink(link, path, PATH_BYTES - 1);
    if (len < 0)
        return false;
    path[len] = '\0';
    return is_ours(path);
}

static void note(const char *what, const char *path)
{
    char line[PATH_BYTES + 64];
    if (trace == NULL)
        return;
    if (trace_fd < 0)
        trace_fd = (int)syscall(SYS_openat, AT_FDCWD, trace,
                                O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int len = snprintf(line, sizeof line, "%s %s\n", what, path);
    syscall(SYS_write, trace_fd, line, (size_t)len);
}

/* Counts the call. What is to become of it: 0 it goes on, else an errno; *ret_half: half of the
 * bytes are to be written, *ret_die: and then the end. */
static int turn(const char *what, const char *path, bool *ret_half, bool *ret_die)
{
    unsigned long n = atomic_fetch_add(&calls, 1) + 1;
    *ret_half = *ret_die = false;
    note(what, path);
    if (fail_at == 0 || n < fail_at || kind == NO_FAULT)
        return 0;
    if (kind == FAULT_FULL || kind == FAULT_BROKEN)
        return kind == FAULT_FULL ? ENOSPC : EIO;
    if (n > fail_at)
        return 0;
    *ret_half = kind == FAULT_SHORT || kind == FAULT_TORN;
    *ret_die = kind == FAULT_TORN;
    if (kind == FAULT_KILL)
        kill(getpid(), SIGKILL);
    return kind == FAULT_ONCE ? EIO : 0;
}

/* For calls without bytes: true when they must not take place; errno is set. */
static bool refused(const char *what, const char *path)
{
    bool half, die;
    int code = turn(what, path, &half, &die);
    if (die)
        kill(getpid(), SIGKILL);
    errno = code;
    return code != 0;
}

static size_t cut(size_t len, bool half)
{
    return half && len > 1 ? len / 2 : len;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    char path[PATH_BYTES];
    bool half = false, die = false;
    int code = fd_is_ours(fd, path) ? turn("write", path, &half, &die) : 0;
    if (code != 0) {
        errno = code;
        return -1;
    }
    ssize_t done = syscall(SYS_write, fd, bytes, cut(len, half));
    if (die)
        kill(getpid(), SIGKILL);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    char path[PATH_BYTES];
    bool half = false, die = false;
    int code = fd_is_ours(fd, path) ? turn("pwrite", path, &half, &die) : 0;
    if (code != 0) {
        errno = code;
        return -1;
    }
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, cut(len, half), at);
    if (die)
        kill(getpid(), SIGKILL);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite(fd, bytes, len, at);
}

static int sync_call(const char *what, long number, int fd)
{
    char path[PATH_BYTES];
    if (fd_is_ours(fd, path) && refused(what, path))
        return -1;
    return (int)syscall(number, fd);
}

int fsync(int fd)
{
    return sync_call("fsync", SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_call("fdatasync", SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t len)
{
    char path[PATH_BYTES];
    if (fd_is_ours(fd, path) && refused("ftruncate", path))
        return -1;
    return (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate64(int fd, off_t len)
{
    return ftruncate(fd, len);
}

int rename(const char *from, const char *to)
{
    if (is_ours(to) && refused("rename", to))
        return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    if (is_ours(path) && refused("unlink", path))
        return -1;
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static int open_call(const char *path, int flags, mode_t mode)
{
    bool makes = (flags & O_CREAT) != 0 && is_ours(path) && access(path, F_OK) != 0;
    if (makes && refused("open", path))
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_call(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_call(path, flags, mode);
}
