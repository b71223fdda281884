/* review_send.c - what is sent in by the page, given to `lurewatch queue add`; see review_send.h.
 *
 * The child reads from and writes to files in memory: nobody waits for anybody's pipe. Every value
 * from the form is one word behind its own option ("--note=…"), so none can become an option. */
#include "app/review_send.h"
#include "common/clock.h"
#include "common/json.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS_MAX   120000
#define OUT_BYTES_MAX (16u << 20)
#define WORDS_MAX     12u

extern char **environ;

struct child {
    int files[3]; /* standard input, output, error */
    pid_t pid;
};

static int files_open(struct child *child, struct slice input)
{
    for (int i = 0; i < 3; i++)
        child->files[i] = memfd_create("lurewatch-sent", MFD_CLOEXEC);
    if (child->files[0] < 0 || child->files[1] < 0 || child->files[2] < 0)
        return ERR_IO;
    while (input.len > 0) {
        ssize_t written = write(child->files[0], input.at, input.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return ERR_IO;
        input = slice_from(input, (size_t)written);
    }
    return lseek(child->files[0], 0, SEEK_SET) == 0 ? OK : ERR_IO;
}

static void files_close(struct child *child)
{
    for (int i = 0; i < 3; i++)
        if (child->files[i] >= 0)
            close(child->files[i]);
}

static int start(struct child *child, char **words)
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
    for (int i = 0; i < 3; i++)
        failed |= posix_spawn_file_actions_adddup2(&actions, child->files[i], i);
    if (failed == 0)
        failed = posix_spawn(&child->pid, "/proc/self/exe", &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? OK : ERR_IO;
}

static int wait_for(const struct child *child)
{
    const struct timespec while_ = {0, 20 * 1000 * 1000};
    int64_t ends = clock_mono_ms() + WAIT_MS_MAX;
    pid_t ended = 0;
    while ((ended = waitpid(child->pid, NULL, WNOHANG)) == 0 && clock_mono_ms() < ends)
        nanosleep(&while_, NULL);
    if (ended != 0)
        return OK;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    return ERR_TIMEOUT;
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

/* ---- what it said ---- */

static void take_case(struct slice line, struct arena *arena, struct site_received *received)
{
    struct json_doc *doc = NULL;
    struct failure why;
    if (json_parse(line, true, 16, &doc, &why) != OK)
        return;
    const struct json *root = json_root(doc);
    if (received->cases < SITE_RECEIVED_MAX) {
        struct site_received_case *one = &received->list[received->cases];
        struct slice title = json_get_string(root, "title");
        const char *copy = arena_copy(arena, title.at, title.len);
        one->id = json_int(json_get(root, "case"), 0);
        one->score = (int)json_int(json_get(root, "score"), 0);
        one->title = slice_of(copy);
    }
    received->cases++;
    json_free(doc);
}

/* "lurewatch queue add: -: line 2: why" without what only a terminal needs. */
static void take_complaint(struct slice line, struct arena *arena, struct site_received *received)
{
    static const char *const before[] = {"lurewatch queue add: ", "-: "};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (slice_starts(line, before[i]))
            line = slice_from(line, strlen(before[i]));
    if (line.len == 0 || received->complaints_count == SITE_RECEIVED_MAX)
        return;
    const char *copy = arena_copy(arena, line.at, line.len);
    received->complaints[received->complaints_count++] = slice_of(copy);
}

static int take_all(const struct child *child, struct arena *arena, struct site_received *received)
{
    struct text_buf text;
    struct slice rest, line;
    text_buf_init(&text, OUT_BYTES_MAX);
    int rc = read_file(child->files[1], &text);
    for (rest = text_buf_slice(&text); rc == OK && slice_next_line(&rest, &line);)
        take_case(line, arena, received);
    text_buf_reset(&text);
    if (rc == OK)
        rc = read_file(child->files[2], &text);
    for (rest = text_buf_slice(&text); rc == OK && slice_next_line(&rest, &line);)
        take_complaint(line, arena, received);
    text_buf_release(&text);
    return rc;
}

/* ---- the words of the command ---- */

struct words {
    struct arena *arena;
    char *list[WORDS_MAX + 1];
    size_t count;
    bool failed;
};

static void word(struct words *words, const char *option, struct slice value)
{
    if (words->count == WORDS_MAX)
        words->failed = true;
    if (words->failed)
        return;
    char *one = arena_printf(words->arena, "%s%.*s", option, (int)value.len, value.at);
    words->failed = one == NULL;
    if (one != NULL)
        words->list[words->count++] = one;
}

static bool is_address(struct slice text)
{
    bool web = slice_starts_nocase(text, "http://") || slice_starts_nocase(text, "https://");
    return web && text.len < 4096 && slice_find_char(text, ' ') == SIZE_MAX &&
           slice_find_char(text, '\n') == SIZE_MAX;
}

static void command_words(const char *config, const struct site_sent *sent, struct words *words)
{
    bool is_url = sent->kind == SENT_URL;
    word(words, "lurewatch", SLICE_EMPTY);
    word(words, "queue", SLICE_EMPTY);
    word(words, "add", SLICE_EMPTY);
    word(words, "--json", SLICE_EMPTY);
    word(words, "--as=", slice_of(sent->who));
    if (config != NULL)
        word(words, "--config=", slice_of(config));
    if (sent->note.len > 0)
        word(words, "--note=", sent->note);
    if (sent->seen_at.len > 0 && !is_url)
        word(words, "--url=", sent->seen_at);
    if (!is_url)
        word(words, "--input=", sent->kind == SENT_CSV ? SLICE("csv") : SLICE("text"));
    word(words, "", is_url ? slice_trim(sent->text) : SLICE("-"));
}

static int check(const struct site_sent *sent, struct failure *reterr)
{
    bool is_url = sent->kind == SENT_URL;
    struct slice address = is_url ? slice_trim(sent->text) : sent->seen_at;
    if (slice_trim(sent->text).len == 0)
        return failure_set(reterr, ERR_SYNTAX, "nothing was given");
    if ((is_url || address.len > 0) && !is_address(address))
        return failure_set(reterr, ERR_SYNTAX, "'%.*s' is no address: https://board.example/job/12",
                           (int)(address.len < 200 ? address.len : 200), address.at);
    return OK;
}

int review_send(const char *config, const struct site_sent *sent, struct arena *arena,
                struct site_received *ret_received, struct failure *reterr)
{
    struct child child = {.files = {-1, -1, -1}};
    struct words words = {.arena = arena};
    int rc = check(sent, reterr);
    if (rc != OK)
        return rc;
    command_words(config, sent, &words);
    if (words.failed)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    rc = files_open(&child, sent->kind == SENT_URL ? SLICE_EMPTY : sent->text);
    if (rc == OK)
        rc = start(&child, words.list);
    if (rc == OK)
        rc = wait_for(&child);
    if (rc == OK)
        rc = take_all(&child, arena, ret_received);
    files_close(&child);
    if (rc == ERR_TIMEOUT)
        return failure_set(reterr, rc, "it took longer than %d s: send less at a time",
                           WAIT_MS_MAX / 1000);
    return rc == OK ? OK : failure_set(reterr, rc, "`lurewatch queue add` could not be run");
}
