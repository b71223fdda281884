/* review_child.c - see review_child.h. */
#include "app/review_child.h"
#include "common/clock.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { FILE_IN, FILE_OUT, FILE_ERR, FILE_ATTACHED, FILE_COUNT };

struct child {
    int files[FILE_COUNT]; /* -1: none; the child has them by these numbers */
    pid_t pid;
};

static int file_fill(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.at, bytes.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return ERR_IO;
        bytes = slice_from(bytes, (size_t)written);
    }
    return lseek(fd, 0, SEEK_SET) == 0 ? OK : ERR_IO;
}

static int files_open(struct child *child, const struct child_words *words, struct slice input)
{
    int count = words->attaches ? FILE_COUNT : FILE_ATTACHED;
    for (int i = 0; i < count; i++) {
        child->files[i] = memfd_create("lurewatch-child", MFD_CLOEXEC);
        if (child->files[i] < 0)
            return ERR_IO;
    }
    int rc = file_fill(child->files[FILE_IN], input);
    if (rc == OK && words->attaches)
        rc = file_fill(child->files[FILE_ATTACHED], words->attached);
    return rc;
}

static void files_close(struct child *child)
{
    for (int i = 0; i < FILE_COUNT; i++)
        if (child->files[i] >= 0)
            close(child->files[i]);
}

static int start(struct child *child, char *const *words)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&actions) != 0)
        return ERR_NOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return ERR_NOMEM;
    }
    int failed = posix_spawnattr_setsigmask(&attributes, &none);
    failed |= posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    for (int i = 0; i < FILE_COUNT && child->files[i] >= 0; i++)
        failed |= posix_spawn_file_actions_adddup2(&actions, child->files[i], i);
    if (failed == 0)
        failed = posix_spawn(&child->pid, "/proc/self/exe", &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? OK : ERR_IO;
}

static atomic_llong all_end_mono_ms = INT64_MAX;

void child_end_all(int64_t ms_max)
{
    atomic_store(&all_end_mono_ms, clock_mono_ms() + ms_max);
}

static int wait_for(const struct child *child, int64_t ms_max, int *ret_code)
{
    int status = 0;
    const struct timespec while_ = {0, 20 * 1000 * 1000};
    int64_t ends = clock_mono_ms() + ms_max;
    pid_t ended = 0;
    while ((ended = waitpid(child->pid, &status, WNOHANG)) == 0 && clock_mono_ms() < ends &&
           clock_mono_ms() < atomic_load(&all_end_mono_ms))
        nanosleep(&while_, NULL);
    if (ended != 0) {
        *ret_code = ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return OK;
    }
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    return clock_mono_ms() < ends ? ERR_CANCELLED : ERR_TIMEOUT;
}

static int read_file(int fd, struct text_buf *out)
{
    char chunk[16384];
    ssize_t got = 0;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return ERR_IO;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        text_buf_add(out, chunk, (size_t)got);
    return got < 0 ? ERR_IO : text_buf_status(out);
}

/* ---- words ---- */

void child_word(struct child_words *words, const char *option, struct slice value)
{
    if (words->count == CHILD_WORDS_MAX)
        words->failed = true;
    if (words->failed)
        return;
    char *one = arena_printf(words->arena, "%s%.*s", option, (int)value.len, value.at);
    words->failed = one == NULL;
    if (one != NULL)
        words->list[words->count++] = one;
}

void child_attach(struct child_words *words, const char *option, struct slice bytes)
{
    assert(FILE_ATTACHED == 3);
    child_word(words, option, SLICE(CHILD_ATTACHED));
    words->attaches = true;
    words->attached = bytes;
}

int child_run(const struct child_words *words, struct slice input, int64_t ms_max,
              struct text_buf *out, struct text_buf *err, int *ret_code)
{
    struct child child = {.files = {-1, -1, -1, -1}};
    if (words->failed)
        return ERR_NOMEM;
    int rc = files_open(&child, words, input);
    if (rc == OK)
        rc = start(&child, words->list);
    if (rc == OK) {
        rc = wait_for(&child, ms_max, ret_code);
        int read = read_file(child.files[FILE_OUT], out);
        if (read == OK)
            read = read_file(child.files[FILE_ERR], err);
        rc = rc == OK ? read : rc;
    }
    files_close(&child);
    return rc;
}
