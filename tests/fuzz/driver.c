/* driver.c - runs a fuzz target without libFuzzer: every seed, then mutations of them.
 *
 *   fuzz_NAME [--runs N] [--seconds N] [FILE…]
 *
 * Without files the seeds are those of tests/fuzz/seeds/NAME; with files only these run, to repeat a
 * finding. The mutations come from a fixed start, so a failure comes back. The input in work stands
 * in NAME.input beside the program (a mapped file: it survives the crash it caused). */
#include "tests/fuzz/fuzz.h"

#include "common/clock.h"
#include "common/file.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INPUT_BYTES_MAX (256u << 10)
#define MUTANT_BYTES    4096u /* mutations stay short: quick, and just as able */
#define INPUTS_MAX      4096u

struct inputs {
    struct slice list[INPUTS_MAX];
    size_t count;
};

struct run {
    struct arena *arena;
    struct inputs seeds, words;
    char *shown; /* INPUT_BYTES_MAX bytes of NAME.input, after its length in text */
    uint64_t random;
};

static uint64_t next_random(struct run *run)
{
    uint64_t z = (run->random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(struct run *run, size_t bound)
{
    return bound == 0 ? 0 : (size_t)(next_random(run) % bound);
}

static void inputs_add(struct run *run, struct inputs *inputs, struct slice bytes)
{
    if (inputs->count == INPUTS_MAX)
        return;
    char *copy = arena_copy(run->arena, bytes.at, bytes.len);
    if (copy != NULL)
        inputs->list[inputs->count++] = slice_make(copy, bytes.len);
}

static bool seed_add(struct run *run, const char *path)
{
    struct text_buf bytes;
    struct failure why = {0};
    text_buf_init(&bytes, INPUT_BYTES_MAX);
    int rc = file_read(path, &bytes, &why);
    if (rc == OK)
        inputs_add(run, &run->seeds, text_buf_slice(&bytes));
    else
        fprintf(stderr, "%s\n", why.text);
    text_buf_release(&bytes);
    return rc == OK;
}

static bool seeds_add(struct run *run, const char *name)
{
    const char *const *names = NULL;
    size_t count = 0;
    struct failure why;
    const char *dir = arena_printf(run->arena, "tests/fuzz/seeds/%s", name);
    if (dir == NULL || dir_list(run->arena, dir, &names, &count, &why) != OK)
        return true; /* no folder: only what mutation makes of nothing */
    for (size_t i = 0; i < count; i++)
        if (!seed_add(run, arena_printf(run->arena, "%s/%s", dir, names[i])))
            return false;
    return true;
}

/* "text\x0A\"more" as libFuzzer's dictionaries write it. */
static void word_add(struct run *run, struct slice line)
{
    char word[256];
    size_t len = 0, first = slice_find_char(line, '"');
    if (line.len < 3 || line.at[0] == '#' || first == SIZE_MAX || line.at[line.len - 1] != '"')
        return;
    for (size_t i = first + 1; i + 1 < line.len && len < sizeof word; i++) {
        if (line.at[i] == '\\' && i + 3 < line.len && line.at[i + 1] == 'x') {
            word[len++] = (char)((unsigned)hex_value(line.at[i + 2]) << 4 |
                                 (unsigned)hex_value(line.at[i + 3]));
            i += 3;
        } else {
            i += line.at[i] == '\\' ? 1 : 0;
            word[len++] = line.at[i];
        }
    }
    inputs_add(run, &run->words, slice_make(word, len));
}

static void words_add(struct run *run, const char *name)
{
    struct text_buf bytes;
    struct failure why;
    struct slice line;
    const char *path = arena_printf(run->arena, "tests/fuzz/%s.dict", name);
    text_buf_init(&bytes, INPUT_BYTES_MAX);
    if (path != NULL && file_read(path, &bytes, &why) == OK) {
        struct slice rest = text_buf_slice(&bytes);
        while (slice_next_line(&rest, &line))
            word_add(run, slice_trim(line));
    }
    text_buf_release(&bytes);
}

/* The target gets exactly as many bytes as there are, so that reading past them is seen. */
static void feed(struct run *run, struct slice input)
{
    uint8_t *exact = malloc(input.len > 0 ? input.len : 1);
    if (exact == NULL)
        return;
    memcpy(exact, input.at, input.len);
    if (run->shown != NULL) {
        memcpy(run->shown, &input.len, sizeof input.len);
        memcpy(run->shown + sizeof input.len, input.at, input.len);
    }
    LLVMFuzzerTestOneInput(exact, input.len);
    free(exact);
}

/* Puts bytes over [from, from + cut) of the mutant; false: it would grow too long. */
static bool graft(char *mutant, size_t *len, size_t from, size_t cut, struct slice bytes)
{
    cut = cut < *len - from ? cut : *len - from;
    if (*len - cut + bytes.len > MUTANT_BYTES)
        return false;
    memmove(mutant + from + bytes.len, mutant + from + cut, *len - from - cut);
    memcpy(mutant + from, bytes.at, bytes.len);
    *len = *len - cut + bytes.len;
    return true;
}

static void mutate_once(struct run *run, char *mutant, size_t *len)
{
    static const char odd[] = {0, 1, 127, (char)128, (char)255, '\n', '"', '%', '0', '-'};
    size_t from = below(run, *len + 1);
    char byte = (char)next_random(run);
    switch (below(run, 8)) {
    case 0: /* flip a bit */
        if (from < *len)
            mutant[from] = (char)(mutant[from] ^ (1 << below(run, 8)));
        break;
    case 1:
        byte = odd[below(run, sizeof odd)];
        graft(mutant, len, from, below(run, 2), slice_make(&byte, 1));
        break;
    case 2:
        graft(mutant, len, from, below(run, 2), slice_make(&byte, 1));
        break;
    case 3: /* drop a run */
        graft(mutant, len, from, 1 + below(run, 32), SLICE_EMPTY);
        break;
    case 4: /* a piece of itself, elsewhere */
    {
        char piece[64];
        size_t at = below(run, *len + 1), size = below(run, sizeof piece);
        size = size < *len - at ? size : *len - at;
        memcpy(piece, mutant + at, size);
        graft(mutant, len, from, below(run, 8), slice_make(piece, size));
        break;
    }
    case 5: /* a piece of another seed */
        if (run->seeds.count > 0) {
            struct slice other = run->seeds.list[below(run, run->seeds.count)];
            struct slice piece = slice_from(other, below(run, other.len));
            graft(mutant, len, from, below(run, 8), slice_sub(piece, 0, below(run, 256)));
        }
        break;
    default: /* a word of the format */
        if (run->words.count > 0)
            graft(mutant, len, from, below(run, 4), run->words.list[below(run, run->words.count)]);
        break;
    }
}

static void feed_mutant(struct run *run)
{
    char mutant[MUTANT_BYTES];
    size_t len = 0;
    if (run->seeds.count > 0) {
        struct slice seed = run->seeds.list[below(run, run->seeds.count)];
        len = seed.len < MUTANT_BYTES ? seed.len : MUTANT_BYTES;
        memcpy(mutant, seed.at, len);
    }
    for (size_t i = 0, times = 1 + below(run, 6); i < times; i++)
        mutate_once(run, mutant, &len);
    feed(run, slice_make(mutant, len));
}

static void show_at(struct run *run, const char *program)
{
    const char *path = arena_printf(run->arena, "%s.input", program);
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (ftruncate(fd, INPUT_BYTES_MAX + 64) == 0) {
        void *at = mmap(NULL, INPUT_BYTES_MAX + 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        run->shown = at == MAP_FAILED ? NULL : at;
    }
    close(fd);
}

struct options {
    int64_t runs, seconds;
    int files;
};

/* Reads the files given, or the seeds of name. False: something is wrong, and was said. */
static bool inputs_read(struct run *run, int argc, char **argv, const char *name,
                        struct options *ret_options)
{
    struct options options = {.runs = 5000, .seconds = 10};
    for (int i = 1; i < argc; i++) {
        int64_t *number = NULL;
        if (strcmp(argv[i], "--runs") == 0)
            number = &options.runs;
        else if (strcmp(argv[i], "--seconds") == 0)
            number = &options.seconds;
        if (number == NULL && !seed_add(run, argv[i]))
            return false;
        options.files += number == NULL ? 1 : 0;
        if (number != NULL && (++i >= argc || slice_to_int64(slice_of(argv[i]), number) != OK)) {
            fprintf(stderr, "usage: fuzz_NAME [--runs N] [--seconds N] [FILE…]\n");
            return false;
        }
    }
    *ret_options = options;
    return options.files > 0 || seeds_add(run, name);
}

int main(int argc, char **argv)
{
    static struct run run;
    struct options options;
    const char *slash = strrchr(argv[0], '/');
    const char *program = slash == NULL ? argv[0] : slash + 1;
    const char *name = strncmp(program, "fuzz_", 5) == 0 ? program + 5 : program;
    if (arena_create(64u << 20, &run.arena) != OK || !inputs_read(&run, argc, argv, name, &options))
        return 1;
    words_add(&run, name);
    show_at(&run, argv[0]);
    feed(&run, SLICE_EMPTY);
    for (size_t i = 0; i < run.seeds.count; i++)
        feed(&run, run.seeds.list[i]);
    printf("ok %s: %zu seeds\n", program, run.seeds.count);
    int64_t end_ms = clock_mono_ms() + options.seconds * 1000, done = 0;
    for (; options.files == 0 && done < options.runs && clock_mono_ms() < end_ms; done++)
        feed_mutant(&run);
    if (options.files == 0)
        printf("ok %s: mutations\n", program);
    arena_free(run.arena);
    return 0;
}
