/* review_desk.c - see review_desk.h. */
#include "app/review_desk.h"
#include "app/bank_bench.h"
#include "app/bank_reasons.h"
#include "app/bank_sources.h"
#include "app/exit_code.h"
#include "app/review_child.h"
#include "common/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDEX_ARENA_BYTES_MAX (16u << 20)
#define EXPORT_MS_MAX         60000
#define TRY_MS_MAX            30000
#define COUNT_MS_MAX          120000
#define LINES_BYTES_MAX       (16u << 20)
#define SAID_BYTES_MAX        (64u << 10)
#define TURN_S_MAX            5

struct review_desk {
    const char *config;
    const struct pattern_bank *bank;
    struct arena *arena;
    struct rule_index *index;
    struct reasons *reasons;
    struct citations *citations;
    pthread_mutex_t export_lock, patterns_lock, counted_lock;
    struct text_buf counted; /* what `patterns stats` said */
    int64_t counted_unix_ms;
};

int review_desk_create(const char *config, const struct pattern_bank *bank, const char *patterns,
                       struct review_desk **ret_desk, struct failure *reterr)
{
    struct review_desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    desk->config = config;
    desk->bank = bank;
    pthread_mutex_init(&desk->export_lock, NULL);
    pthread_mutex_init(&desk->patterns_lock, NULL);
    pthread_mutex_init(&desk->counted_lock, NULL);
    text_buf_init(&desk->counted, LINES_BYTES_MAX);
    int rc = arena_create(INDEX_ARENA_BYTES_MAX, &desk->arena);
    if (rc == OK)
        rc = rule_index_create(bank, desk->arena, &desk->index);
    if (rc != OK)
        failure_set(reterr, rc, "out of memory");
    else
        rc = bank_reasons_load(bank, patterns, &desk->reasons, reterr);
    if (rc == OK)
        rc = bank_sources_load(bank_pack_of(bank), patterns, &desk->citations, reterr);
    if (rc != OK) {
        review_desk_free(desk);
        return rc;
    }
    *ret_desk = desk;
    return OK;
}

void review_desk_free(struct review_desk *desk)
{
    if (desk == NULL)
        return;
    reasons_free(desk->reasons);
    citations_free(desk->citations);
    arena_free(desk->arena);
    text_buf_release(&desk->counted);
    pthread_mutex_destroy(&desk->export_lock);
    pthread_mutex_destroy(&desk->patterns_lock);
    pthread_mutex_destroy(&desk->counted_lock);
    free(desk);
}

/* ---- why it counts ---- */

/* What the bank itself says, in English. */
static bool own_meaning(const struct review_desk *desk, struct slice id,
                        struct site_meaning *ret_meaning)
{
    const struct rule *rule = rule_index_find(desk->index, id);
    *ret_meaning = (struct site_meaning){SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY, "en", SLICE_EMPTY};
    if (rule != NULL) {
        ret_meaning->title = rule->title;
        ret_meaning->meaning = rule->meaning;
        ret_meaning->rationale = rule->rationale;
        ret_meaning->language = rule->language;
        return true;
    }
    for (size_t i = 0; i < bank_combos_count(desk->bank); i++) {
        const struct combo *combo = bank_combo(desk->bank, i);
        if (!slice_equal(combo->id, id))
            continue;
        ret_meaning->title = combo->title;
        ret_meaning->meaning = combo->description;
        ret_meaning->rationale = combo->rationale;
        return true;
    }
    return false;
}

const struct citations *desk_citations(const struct review_desk *desk)
{
    return desk->citations;
}

bool desk_meaning(const struct review_desk *desk, struct slice id, const char *tag,
                  struct site_meaning *ret_meaning)
{
    struct reason said;
    bool known = own_meaning(desk, id, ret_meaning);
    if (!reasons_find(desk->reasons, tag, id, &said))
        return known;
    if (ret_meaning->rationale.len > 0 && said.reason.len == 0)
        return known; /* half a translation: all of it in English */
    ret_meaning->title = said.title;
    ret_meaning->rationale = said.reason;
    ret_meaning->meaning = said.meaning.len > 0 ? said.meaning : said.title;
    ret_meaning->tag = tag;
    return true;
}

/* ---- a command ---- */

/* The last line of what it said by its own name, else the last at all, without the command's name in front. */
static struct slice last_line(struct slice said)
{
    struct slice line, last = SLICE_EMPTY;
    while (slice_next_line(&said, &line))
        if (slice_starts(line, "lurewatch ") ||
            (slice_trim(line).len > 0 && !slice_starts(last, "lurewatch ")))
            last = slice_trim(line);
    if (slice_starts(last, "lurewatch ")) {
        size_t colon = slice_find(last, SLICE(": "));
        last = colon != SIZE_MAX ? slice_from(last, colon + 2) : last;
    }
    if (slice_starts(last, CHILD_ATTACHED)) { /* a name that only the child knows */
        last = slice_from(last, sizeof CHILD_ATTACHED - 1);
        last = slice_trim(slice_starts(last, ":") ? slice_from(last, 1) : last);
    }
    return last;
}

static int command_failed(int rc, int code, const struct text_buf *said, struct failure *reterr)
{
    struct slice last = last_line(text_buf_slice(said));
    if (rc == ERR_CANCELLED)
        return failure_set(reterr, rc, "the page was stopped meanwhile: try again when it is back");
    if (rc == ERR_TIMEOUT)
        return failure_set(reterr, rc, "it took too long and was stopped");
    if (rc == ERR_LIMIT)
        return failure_set(reterr, rc, "what came is larger than a page takes: use the command");
    if (rc != OK)
        return failure_set(reterr, rc, "the command could not be run");
    if (last.len == 0)
        return failure_set(reterr, ERR_IO, "the command ended with %d", code);
    return failure_set(reterr, code == EXIT_DATA ? ERR_NOT_FOUND : ERR_SYNTAX, "%.*s",
                       (int)(last.len < 400 ? last.len : 400), last.at);
}

static int run(const struct child_words *words, struct slice input, int64_t ms_max,
               struct text_buf *out, struct failure *reterr)
{
    struct text_buf said;
    int code = -1;
    text_buf_init(&said, SAID_BYTES_MAX);
    int rc = child_run(words, input, ms_max, out, &said, &code);
    if (rc != OK || code != EXIT_DONE)
        rc = command_failed(rc, code, &said, reterr);
    text_buf_release(&said);
    return rc;
}

/* Waits a while for the one before. */
static int turn_take(pthread_mutex_t *lock, struct failure *reterr)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TURN_S_MAX;
    if (pthread_mutex_timedlock(lock, &until) != 0)
        return failure_set(reterr, ERR_BUSY,
                           "somebody else has this done just now: try again in a while");
    return OK;
}

static void begin(const struct review_desk *desk, struct child_words *words, const char *command,
                  const char *verb)
{
    child_word(words, "lurewatch", SLICE_EMPTY);
    child_word(words, command, SLICE_EMPTY);
    if (verb != NULL)
        child_word(words, verb, SLICE_EMPTY);
    if (desk->config != NULL)
        child_word(words, "--config=", slice_of(desk->config));
}

static void word_if(struct child_words *words, const char *option, const char *value)
{
    if (value[0] != '\0')
        child_word(words, option, slice_of(value));
}

/* ---- exports ---- */

int desk_export(struct review_desk *desk, const struct site_export *what, struct arena *arena,
                struct text_buf *out, struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    char id[32];
    bool one = what->case_id != 0;
    begin(desk, &words, "export", NULL);
    child_word(&words, "--format=", slice_of(what->format));
    child_word(&words, "--as=", slice_of(what->who));
    child_word(&words, "--to=", SLICE("a browser, by the page"));
    snprintf(id, sizeof id, "%lld", (long long)what->case_id);
    if (one)
        child_word(&words, "--case=", slice_of(id));
    bool letter = strcmp(what->format, "letter") == 0 || strcmp(what->format, "dossier") == 0;
    if (one && letter)
        word_if(&words, "--recipient=", what->recipient);
    if (one && letter)
        word_if(&words, "--language=", what->language);
    if (!one)
        word_if(&words, "--state=", what->state);
    if (what->unmask)
        child_word(&words, "--unmask", SLICE_EMPTY);
    if (what->own_sites)
        child_word(&words, "--own-sites", SLICE_EMPTY);
    int rc = turn_take(&desk->export_lock, reterr);
    if (rc != OK)
        return rc;
    rc = run(&words, SLICE_EMPTY, EXPORT_MS_MAX, out, reterr);
    pthread_mutex_unlock(&desk->export_lock);
    return rc;
}

/* ---- what the rules did ---- */

static int count_again(struct review_desk *desk, struct arena *arena, struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    struct text_buf lines;
    begin(desk, &words, "patterns", "stats");
    child_word(&words, "--json", SLICE_EMPTY);
    int rc = turn_take(&desk->patterns_lock, reterr);
    if (rc != OK)
        return rc;
    text_buf_init(&lines, LINES_BYTES_MAX);
    rc = run(&words, SLICE_EMPTY, COUNT_MS_MAX, &lines, reterr);
    pthread_mutex_unlock(&desk->patterns_lock);
    if (rc == OK) {
        pthread_mutex_lock(&desk->counted_lock);
        text_buf_release(&desk->counted);
        desk->counted = lines;
        desk->counted_unix_ms = clock_unix_ms();
        pthread_mutex_unlock(&desk->counted_lock);
        return OK;
    }
    text_buf_release(&lines);
    return rc;
}

static int copy_lines(const struct text_buf *lines, struct arena *arena, struct slice *ret_lines,
                      struct failure *reterr)
{
    struct slice text = text_buf_slice(lines);
    const char *copy = arena_copy(arena, text.at, text.len);
    if (copy == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    *ret_lines = slice_make(copy, text.len);
    return OK;
}

int desk_rules(struct review_desk *desk, bool again, struct arena *arena, struct slice *ret_lines,
               int64_t *ret_at_unix_ms, struct failure *reterr)
{
    int rc = again ? count_again(desk, arena, reterr) : OK;
    if (rc != OK)
        return rc;
    pthread_mutex_lock(&desk->counted_lock);
    *ret_at_unix_ms = desk->counted_unix_ms;
    rc = copy_lines(&desk->counted, arena, ret_lines, reterr);
    pthread_mutex_unlock(&desk->counted_lock);
    return rc;
}

/* ---- the sources' files ---- */

int desk_sources(struct review_desk *desk, struct arena *arena, struct slice *ret_lines,
                 struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    struct text_buf lines;
    begin(desk, &words, "sources", "list");
    child_word(&words, "--json", SLICE_EMPTY);
    text_buf_init(&lines, LINES_BYTES_MAX);
    int rc = run(&words, SLICE_EMPTY, TRY_MS_MAX, &lines, reterr);
    if (rc == OK || lines.len > 0) /* a file that is wrong has its line */
        rc = copy_lines(&lines, arena, ret_lines, reterr);
    text_buf_release(&lines);
    return rc;
}

/* ---- a changed pattern ---- */

int desk_try_pattern(struct review_desk *desk, struct slice text, struct slice pattern,
                     struct arena *arena, struct slice *ret_lines, struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    struct text_buf lines;
    bool stored = text.len == 0, is_idea = slice_find(pattern, SLICE("idea:")) != SIZE_MAX;
    if (stored && !is_idea)
        return failure_set(reterr, ERR_SYNTAX,
                           "the stored ads are judged with a whole idea file, one that begins "
                           "with \"idea:\"");
    int rc = turn_take(&desk->patterns_lock, reterr);
    if (rc != OK)
        return rc;
    begin(desk, &words, "patterns", stored ? "backtest" : "test");
    child_word(&words, "--json", SLICE_EMPTY);
    if (is_idea)
        child_attach(&words, "--rule=", pattern);
    else
        child_word(&words, "--pattern=", pattern);
    if (!stored)
        child_word(&words, "-", SLICE_EMPTY);
    text_buf_init(&lines, LINES_BYTES_MAX);
    rc = run(&words, text, stored ? COUNT_MS_MAX : TRY_MS_MAX, &lines, reterr);
    pthread_mutex_unlock(&desk->patterns_lock);
    if (rc == OK)
        rc = copy_lines(&lines, arena, ret_lines, reterr);
    text_buf_release(&lines);
    return rc;
}
