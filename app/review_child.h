/* app/review_child.h - this program run again by the page: what the commands do, the page does by
 * the same code.
 *
 * The child reads from and writes to files in memory: nobody waits for anybody's pipe. Every value
 * is one word behind its own option ("--note=..."), so none can become an option. */
#ifndef LUREWATCH_REVIEW_CHILD_H
#define LUREWATCH_REVIEW_CHILD_H

#include "common/arena.h"
#include "common/err.h"
#include "common/text.h"

#define CHILD_WORDS_MAX 16u

struct child_words {
    struct arena *arena;
    char *list[CHILD_WORDS_MAX + 1];
    size_t count;
    bool failed;
    bool attaches;
    struct slice attached; /* borrowed until child_run() */
};
/* Adds option and value as one word. Where there is no room, or no memory, child_run() says so. */
void child_word(struct child_words *words, const char *option, struct slice value);

#define CHILD_ATTACHED "/proc/self/fd/3" /* as the child names it */
/* Adds option and the path of a file in memory that holds bytes. Once. */
void child_attach(struct child_words *words, const char *option, struct slice bytes);

/* Runs the words with input, at most ms_max long. What it wrote is appended to out and err; *ret_code
 * is its exit code, -1: a signal. Errors: ERR_NOMEM, ERR_IO, ERR_TIMEOUT, ERR_LIMIT (of the two),
 * ERR_CANCELLED; what it wrote until then is there all the same. */
MUST_USE int child_run(const struct child_words *words, struct slice input, int64_t ms_max,
                       struct text_buf *out, struct text_buf *err, int *ret_code);

/* The page ends: programs at work have ms_max from now on, then child_run() is ERR_CANCELLED. */
void child_end_all(int64_t ms_max);

#endif
