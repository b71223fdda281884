/* app/bank_bench.h - the analyst's bench: what `lurewatch patterns` measures of a bank on ads in a
 * file and in the store. cmd_patterns.c owns the options. */
#ifndef LUREWATCH_BANK_BENCH_H
#define LUREWATCH_BANK_BENCH_H

#include "app/command.h"
#include "app/judge.h"
#include "storage/judged_rows.h"

#define BENCH_AD_BYTES_MAX (4u << 20)
#define BENCH_FILES_MAX    256u

struct bank_bench { /* of one run; all borrowed */
    const struct common_options *common;
    const struct settings *settings;
    struct bank_pack *pack; /* the bank in service */
    struct arena *arena;    /* of the run */
    struct text_buf *out;
    const char *argument;               /* the word behind the verb, or NULL */
    const char *files[BENCH_FILES_MAX]; /* test: the words behind it */
    size_t files_count;
    bool summary; /* test: no ad by itself */
    const char *rule_file, *pattern;
    char tried_path[256]; /* what of the changed bank comes from the above */
    unsigned tried_lines; /* lines of it that stand before the analyst's own */
    bool write;
    double cases_per_day, miss_cost, false_cost; /* 0 or below: not given */
    int64_t days;
    int64_t now_unix_ms;
};

/* Each returns an exit code; errors are printed. */
int bench_check(struct bank_bench *bench); /* bank_proof.c */
int bench_test(struct bank_bench *bench);
int bench_backtest(struct bank_bench *bench);
int bench_stats(struct bank_bench *bench);
int bench_tune(struct bank_bench *bench);
int bench_thresholds(struct bank_bench *bench);

/* ---- shared by the above ---- */

/* A judge of pack with the settings' thresholds. Errors printed, with the files named as pack names
 * them; an exit code. */
int bench_judge(struct bank_bench *bench, const struct bank_pack *pack, struct judge **ret_judge);
/* A copy of the store where the engine has one to give (its file is gone when it is closed), so that
 * a long job holds no lock; else the store itself, read in pages. Errors printed; an exit code. */
int bench_store(struct bank_bench *bench, struct store **ret_store);

struct bench_ad {
    const char *name;   /* in messages: "line 3", or what its id says */
    struct slice label; /* what its member "label" says; empty: it has none */
    const struct posting *posting;
};
/* One ad of a file. False: stop. */
typedef bool bench_ad_fn(void *ctx, const struct bench_ad *ad);
/* Ads of a file ("-": standard input): JSON lines of the scan input form, or one ad as text. The
 * ad lives until each returns. Errors printed; an exit code; a bad line is told and passed
 * over, and the code is EXIT_DATA at the end. */
int bench_read_ads(const char *path, bench_ad_fn *each, void *ctx);

/* A stored row as an ad to be judged. Borrows row. */
void bench_posting(const struct judged_row *row, struct posting *ret_posting);

/* Rule by id, in the logarithm of their number. Lives in arena. */
struct rule_index;
MUST_USE int rule_index_create(const struct pattern_bank *bank, struct arena *arena,
                               struct rule_index **ret_index);
/* NULL: no such rule. */
const struct rule *rule_index_find(const struct rule_index *index, struct slice id);

#endif
