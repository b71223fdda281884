/* board_rules.c - control files: "PATTERN BEHAVIOUR [ARGUMENT…]" a line; see --help.
 *
 * A file is read again whenever it has changed, so a test can turn a posting off and on while the
 * board runs. A file that is not there has no rules. Answers of "times" are counted for each host
 * and path. */
#include "tests/board/board.h"

#include "common/file.h"
#include "crawler/glob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX    16u
#define COUNTERS_MAX 4096u

struct control {
    const char *path;
    struct text_buf text;
    struct timespec changed;
    off_t size;
    ino_t inode;
};

struct counter {
    char *what; /* host and path */
    long count;
};

static struct control files[FILES_MAX];
static size_t files_count;
static struct counter counters[COUNTERS_MAX];
static size_t counters_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool rules_add_file(const char *path)
{
    if (files_count == FILES_MAX)
        return false;
    files[files_count].path = path;
    text_buf_init(&files[files_count].text, 4u << 20);
    files_count++;
    return true;
}

static void control_refresh(struct control *control)
{
    struct stat now;
    if (stat(control->path, &now) != 0) {
        text_buf_reset(&control->text);
        control->inode = 0;
        return;
    }
    if (now.st_ino == control->inode && now.st_size == control->size &&
        now.st_mtim.tv_sec == control->changed.tv_sec &&
        now.st_mtim.tv_nsec == control->changed.tv_nsec)
        return;
    text_buf_reset(&control->text);
    if (file_read(control->path, &control->text, NULL) != OK)
        text_buf_reset(&control->text);
    control->inode = now.st_ino;
    control->size = now.st_size;
    control->changed = now.st_mtim;
}

static bool next_word(struct slice *rest, struct slice *ret_word)
{
    *rest = slice_trim(*rest);
    size_t end = 0;
    while (end < rest->len && rest->at[end] != ' ' && rest->at[end] != '\t')
        end++;
    *ret_word = slice_sub(*rest, 0, end);
    *rest = slice_from(*rest, end);
    return end > 0;
}

static void word_add(struct behaviour *behaviour, struct slice word)
{
    if (behaviour->count == RULE_WORDS_MAX)
        return;
    size_t len = word.len < BOARD_FIELD_BYTES - 1 ? word.len : BOARD_FIELD_BYTES - 1;
    memcpy(behaviour->words[behaviour->count], word.at, len);
    behaviour->words[behaviour->count][len] = '\0';
    behaviour->count++;
}

/* Against host, path and query; a pattern that begins with "/" speaks of all hosts. */
static bool pattern_fits(struct slice pattern, const struct request *request)
{
    char whole[BOARD_HOST_BYTES + BOARD_TARGET_BYTES];
    if (pattern.len > 0 && pattern.at[0] == '/')
        return glob_matches(pattern, true, slice_of(request->target));
    snprintf(whole, sizeof whole, "%s%s", request->host, request->target);
    return glob_matches(pattern, true, slice_of(whole));
}

static bool rule_in(struct slice text, const struct request *request,
                    struct behaviour *ret_behaviour)
{
    struct slice line, word;
    while (slice_next_line(&text, &line)) {
        if (!next_word(&line, &word) || word.at[0] == '#' || !pattern_fits(word, request))
            continue;
        while (next_word(&line, &word))
            word_add(ret_behaviour, word);
        return true;
    }
    return false;
}

/* "/-/NAME/ARGUMENT/…", each decoded. */
static void rule_of_path(const struct request *request, struct behaviour *ret_behaviour)
{
    struct slice rest = slice_from(request->path, 3);
    while (rest.len > 0) {
        size_t end = slice_find_char(rest, '/');
        struct slice word = slice_sub(rest, 0, end == SIZE_MAX ? rest.len : end);
        char plain[BOARD_FIELD_BYTES];
        if (site_unescape(word, plain, sizeof plain))
            word_add(ret_behaviour, slice_of(plain));
        rest = end == SIZE_MAX ? SLICE_EMPTY : slice_from(rest, end + 1);
    }
}

static long count_up(const struct request *request)
{
    char what[BOARD_HOST_BYTES + BOARD_TARGET_BYTES];
    snprintf(what, sizeof what, "%s%s", request->host, request->target);
    for (size_t i = 0; i < counters_count; i++)
        if (strcmp(counters[i].what, what) == 0)
            return ++counters[i].count;
    if (counters_count < COUNTERS_MAX && (counters[counters_count].what = strdup(what)) != NULL) {
        counters[counters_count].count = 1;
        counters_count++;
    }
    return 1;
}

/* "times N BEHAVIOUR…" is BEHAVIOUR for the first N requests, then nothing. */
static void times_resolve(struct behaviour *behaviour, const struct request *request)
{
    if (behaviour->count < 3 || strcmp(behaviour->words[0], "times") != 0)
        return;
    if (count_up(request) > behaviour_number(behaviour, 1, 1)) {
        behaviour->count = 0;
        return;
    }
    behaviour->count -= 2;
    memmove(behaviour->words[0], behaviour->words[2], behaviour->count * BOARD_FIELD_BYTES);
}

void rules_find(const struct request *request, struct behaviour *ret_behaviour)
{
    ret_behaviour->count = 0;
    bool found = false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < files_count && !found; i++) {
        control_refresh(&files[i]);
        found = rule_in(text_buf_slice(&files[i].text), request, ret_behaviour);
    }
    if (!found && slice_starts(request->path, "/-/"))
        rule_of_path(request, ret_behaviour);
    times_resolve(ret_behaviour, request);
    if (ret_behaviour->count > 0 && strcmp(ret_behaviour->words[0], "ok") == 0)
        ret_behaviour->count = 0;
    pthread_mutex_unlock(&lock);
}

long behaviour_number(const struct behaviour *behaviour, size_t word, long otherwise)
{
    int64_t value;
    if (word >= behaviour->count || slice_to_int64(slice_of(behaviour->words[word]), &value) != OK)
        return otherwise;
    return (long)value;
}

const char *behaviour_word(const struct behaviour *behaviour, size_t word, const char *otherwise)
{
    return word < behaviour->count ? behaviour->words[word] : otherwise;
}
