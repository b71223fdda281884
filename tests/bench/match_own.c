/* match_own.c - lurewatch's own matching, by itself: what the folded ad costs in the matcher.
 *
 *     match_own PATTERNS-FOLDER ADS ROUNDS
 *
 * ADS has a text a line. Folding is timed by itself; matching is all from the folded text to the list
 * of hits with their places in the original: the one search for literals, and every run of PCRE2.
 * Prints microseconds per ad of matching, the rules that matched, summed over ads, and microseconds
 * per ad of folding. CPU time; compilation is outside the clock. */
#include "classifiers/matcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ADS_MAX 20000u

struct bench {
    struct bank_pack *pack;
    struct pattern_bank *bank;
    struct normaliser *normaliser;
    struct matcher *matcher;
    struct arena *arena;
    char *lines[ADS_MAX];
    size_t bytes[ADS_MAX];
    struct folded (*folded)[POSTING_FIELD_COUNT];
    size_t ads;
};

static void die(const char *what)
{
    fprintf(stderr, "match_own: %s\n", what);
    exit(1);
}

static double now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void open_all(struct bench *bench, const char *patterns)
{
    struct failure why = {.code = OK};
    if (bank_pack_load(patterns, &bench->pack, &why) != OK ||
        pattern_bank_compile(bench->pack, &bench->bank, &why) != OK ||
        pattern_bank_ready(bench->bank, &why) != OK)
        die(why.text);
    if (normaliser_create(&bench->normaliser) != OK ||
        matcher_create(bench->bank, &MATCHER_LIMITS_DEFAULT, &bench->matcher) != OK ||
        arena_create(1u << 30, &bench->arena) != OK)
        die("no memory");
}

static void read_ads(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t got;
    if (file == NULL)
        die("cannot read the ads");
    while (bench->ads < ADS_MAX && (got = getline(&line, &room, file)) > 0) {
        size_t bytes = (size_t)got - (line[got - 1] == '\n');
        bench->lines[bench->ads] = strndup(line, bytes);
        bench->bytes[bench->ads++] = bytes;
    }
    free(line);
    fclose(file);
    bench->folded = calloc(bench->ads + 1, sizeof *bench->folded);
    if (bench->folded == NULL || bench->ads == 0)
        die("no ads");
}

static void fold(struct bench *bench, size_t ad, struct arena *arena,
                 struct folded ret_folded[POSTING_FIELD_COUNT])
{
    for (int field = 0; field < POSTING_FIELD_COUNT; field++) {
        struct slice text =
            field == POSTING_TEXT ? slice_make(bench->lines[ad], bench->bytes[ad]) : SLICE_EMPTY;
        if (normalise(bench->normaliser, text, arena, &ret_folded[field]) != OK)
            die("no memory");
    }
}

static size_t rules_of(const struct hits *hits)
{
    size_t rules = 0;
    for (size_t i = 0; i < hits->count; i++)
        rules += i == 0 || hits->list[i].rule != hits->list[i - 1].rule ? 1 : 0;
    return rules;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct arena *scratch = NULL;
    struct folded folded[POSTING_FIELD_COUNT];
    struct hits hits;
    size_t rules = 0;
    if (argc != 4 || arena_create(64u << 20, &scratch) != OK)
        die("usage: match_own PATTERNS-FOLDER ADS ROUNDS");
    int rounds = (int)strtol(argv[3], NULL, 10);
    open_all(&bench, argv[1]);
    read_ads(&bench, argv[2]);
    for (size_t ad = 0; ad < bench.ads; ad++)
        fold(&bench, ad, bench.arena, bench.folded[ad]);
    double from = now_us();
    for (int round = 0; round < rounds; round++)
        for (size_t ad = 0; ad < bench.ads; ad++) {
            arena_reset(scratch);
            if (matcher_run(bench.matcher, bench.folded[ad], scratch, &hits) != OK)
                die("no memory");
            rules += rules_of(&hits);
        }
    double matched = now_us();
    for (int round = 0; round < rounds; round++)
        for (size_t ad = 0; ad < bench.ads; ad++) {
            arena_reset(scratch);
            fold(&bench, ad, scratch, folded);
        }
    double per = 1.0 / ((double)bench.ads * rounds);
    printf("%.2f %zu %.2f\n", (matched - from) * per, rules / (size_t)rounds,
           (now_us() - matched) * per);
    return 0;
}
