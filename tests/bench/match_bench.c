/* match_bench.c - the same phrases on the same ads: PCRE2 one by one, and Vectorscan, per number of rules.
 *
 *     match_bench pcre2|vectorscan PATTERNS ADS ROUNDS
 *
 * PATTERNS has a regular expression a line, ADS a text a line; both are folded already, so that only
 * matching is timed. Prints microseconds per ad and the rules that matched, summed over ads: both
 * engines must give the same number. Compilation is outside the clock. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs.h>
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES_MAX = 200000 };

struct lines {
    char **at;
    size_t *bytes;
    size_t count;
};

static void die(const char *what)
{
    fprintf(stderr, "match_bench: %s\n", what);
    exit(1);
}

static struct lines read_lines(const char *path)
{
    struct lines lines = {calloc(LINES_MAX, sizeof *lines.at),
                          calloc(LINES_MAX, sizeof *lines.bytes), 0};
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t got;
    if (file == NULL || lines.at == NULL || lines.bytes == NULL)
        die("cannot read the input");
    while (lines.count < LINES_MAX && (got = getline(&line, &room, file)) > 0) {
        size_t bytes = (size_t)got - (line[got - 1] == '\n');
        lines.at[lines.count] = strndup(line, bytes);
        lines.bytes[lines.count++] = bytes;
    }
    free(line);
    fclose(file);
    return lines;
}

static double now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static unsigned long run_pcre2(const struct lines *patterns, const struct lines *ads, int rounds,
                               double *ret_us)
{
    pcre2_code **codes = calloc(patterns->count, sizeof(pcre2_code *));
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    unsigned long hits = 0;
    if (codes == NULL || data == NULL)
        die("no memory");
    for (size_t i = 0; i < patterns->count; i++) {
        int code;
        PCRE2_SIZE at;
        codes[i] = pcre2_compile((PCRE2_SPTR)patterns->at[i], patterns->bytes[i],
                                 PCRE2_UTF | PCRE2_NO_UTF_CHECK, &code, &at, NULL);
        if (codes[i] == NULL || pcre2_jit_compile(codes[i], PCRE2_JIT_COMPLETE) != 0)
            die("a pattern does not compile");
    }
    double start = now_us();
    for (int round = 0; round < rounds; round++)
        for (size_t a = 0; a < ads->count; a++)
            for (size_t i = 0; i < patterns->count; i++)
                hits += pcre2_jit_match(codes[i], (PCRE2_SPTR)ads->at[a], ads->bytes[a], 0, 0, data,
                                        NULL) > 0;
    *ret_us = now_us() - start;
    return hits;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)id, (void)from, (void)to, (void)flags;
    ++*(unsigned long *)context;
    return 0;
}

static unsigned long run_vectorscan(const struct lines *patterns, const struct lines *ads,
                                    int rounds, double *ret_us)
{
    unsigned *flags = calloc(patterns->count, sizeof *flags),
             *ids = calloc(patterns->count, sizeof *ids);
    hs_database_t *database = NULL;
    hs_scratch_t *scratch = NULL;
    hs_compile_error_t *error = NULL;
    unsigned long hits = 0;
    if (flags == NULL || ids == NULL)
        die("no memory");
    for (size_t i = 0; i < patterns->count; i++) {
        flags[i] = HS_FLAG_SINGLEMATCH;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_multi((const char *const *)patterns->at, flags, ids, (unsigned)patterns->count,
                         HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS)
        die(error->message);
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS)
        die("no scratch");
    double start = now_us();
    for (int round = 0; round < rounds; round++)
        for (size_t a = 0; a < ads->count; a++)
            hs_scan(database, ads->at[a], (unsigned)ads->bytes[a], 0, scratch, on_match, &hits);
    *ret_us = now_us() - start;
    return hits;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        die("usage: match_bench pcre2|vectorscan PATTERNS ADS ROUNDS");
    struct lines patterns = read_lines(argv[2]), ads = read_lines(argv[3]);
    int rounds = (int)strtol(argv[4], NULL, 10);
    double us = 0;
    unsigned long hits = strcmp(argv[1], "pcre2") == 0
                             ? run_pcre2(&patterns, &ads, rounds, &us)
                             : run_vectorscan(&patterns, &ads, rounds, &us);
    printf("%.3f %lu\n", us / ((double)ads.count * rounds), hits / (unsigned long)rounds);
    return 0;
}
