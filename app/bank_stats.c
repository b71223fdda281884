/* bank_stats.c - `patterns stats`: what each rule does: hits and precision from the store, cost
 * measured over ads, which rule stands beside it most, what a shadow rule would change.
 *
 * Hits and decisions come from the findings kept with every stored ad; the cost from running the
 * whole matcher, with its prefilter, over the stored texts or the ads of FILE. */
#include "app/bank_bench.h"

#include "app/judging.h"
#include "app/table.h"
#include "common/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEASURED_ADS_MAX 2000u
#define AD_RULES_MAX     256u
#define PAIRS_MAX        4096u /* a side of the table of pairs: rules^2 x 4 bytes */

struct rule_stats {
    uint64_t ads, lures, ordinary;
    uint64_t would_flag, would_flag_lures; /* of a shadow rule, were it active */
};

struct counting {
    struct bank_bench *bench;
    struct judge *judge;
    const struct pattern_bank *bank;
    struct rule_index *index;
    struct rule_stats *stats;
    uint32_t *pairs; /* rules x rules, or NULL where the bank is too large */
    size_t rules;
    uint64_t ads, judged;
    int32_t review_tenths;
    struct matcher_meter meter;
    uint64_t measured;
    struct arena *arena; /* of one ad */
    bool failed;
};

static uint64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

/* ---- from the store ---- */

static size_t rules_of_row(struct counting *counting, const struct judged_row *row,
                           uint32_t rules[AD_RULES_MAX])
{
    struct json_doc *doc = NULL;
    struct failure why = {.code = OK};
    size_t count = 0;
    if (json_parse(slice_of(row->rules), true, 8, &doc, &why) != OK)
        return 0;
    const struct json *list = json_root(doc);
    for (size_t i = 0; i < json_count(list) && count < AD_RULES_MAX; i++) {
        const struct rule *rule =
            rule_index_find(counting->index, json_string(json_at(json_at(list, i), 0)));
        if (rule != NULL)
            rules[count++] = rule->index;
    }
    json_free(doc);
    return count;
}

static void count_rule(struct counting *counting, const struct judged_row *row, uint32_t index)
{
    struct rule_stats *stats = &counting->stats[index];
    const struct rule *rule = bank_rule(counting->bank, index);
    stats->ads++;
    stats->lures += row->judged == JUDGED_LURE ? 1 : 0;
    stats->ordinary += row->judged == JUDGED_ORDINARY ? 1 : 0;
    if (rule->status != RULE_SHADOW)
        return;
    int32_t with = row->logit_tenths + rule->weight_tenths;
    bool flagged = row->logit_tenths >= counting->review_tenths;
    if (flagged != (with >= counting->review_tenths)) {
        stats->would_flag++;
        stats->would_flag_lures += row->judged == JUDGED_LURE ? 1 : 0;
    }
}

static void count_row(struct counting *counting, const struct judged_row *row)
{
    uint32_t rules[AD_RULES_MAX];
    size_t count = rules_of_row(counting, row, rules);
    counting->ads++;
    counting->judged += row->judged != JUDGED_NOT ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        count_rule(counting, row, rules[i]);
        for (size_t k = 0; counting->pairs != NULL && k < count; k++)
            counting->pairs[(size_t)rules[i] * counting->rules + rules[k]]++;
    }
}

static int each_row(struct counting *counting, struct store *store, bool with_text,
                    void (*take)(struct counting *counting, const struct judged_row *row))
{
    struct judged_query query = {.with_text = with_text, .limit = 200};
    struct judged_row *rows = NULL;
    size_t count = 0;
    do {
        arena_reset(counting->arena);
        int rc = judged_list(store, counting->arena, &query, &rows, &count);
        if (rc != OK)
            return command_store_failure("patterns", store, rc);
        for (size_t i = 0; i < count; i++) {
            take(counting, &rows[i]);
            query.after_version_id = rows[i].version_id;
        }
        if (with_text && counting->measured >= MEASURED_ADS_MAX)
            break;
    } while (count == query.limit);
    return EXIT_DONE;
}

/* ---- cost ---- */

static bool measure(struct counting *counting, const struct posting *posting)
{
    struct verdict verdict;
    if (counting->measured >= MEASURED_ADS_MAX)
        return false;
    counting->failed |= judge_posting(counting->judge, posting, counting->arena, &verdict) != OK;
    counting->measured++;
    return !counting->failed;
}

static bool measure_ad(void *ctx, const struct bench_ad *ad)
{
    struct counting *counting = ctx;
    arena_reset(counting->arena);
    return measure(counting, ad->posting);
}

static void measure_row(struct counting *counting, const struct judged_row *row)
{
    struct posting posting;
    bench_posting(row, &posting);
    measure(counting, &posting);
}

/* ---- what is printed ---- */

static const struct rule *beside(const struct counting *counting, size_t index,
                                 unsigned *ret_percent)
{
    const struct rule *best = NULL;
    uint32_t most = 0;
    for (size_t k = 0; counting->pairs != NULL && k < counting->rules; k++) {
        uint32_t together = counting->pairs[index * counting->rules + k];
        if (k != index && together > most) {
            most = together;
            best = bank_rule(counting->bank, k);
        }
    }
    *ret_percent = best != NULL ? (unsigned)(100ull * most / counting->stats[index].ads) : 0;
    return best;
}

static double us_an_ad(const struct counting *counting, size_t index)
{
    return counting->measured == 0
               ? 0
               : (double)counting->meter.rule_ns[index] / 1000 / (double)counting->measured;
}

static const char *status_of(const struct rule *rule)
{
    static const char *const names[] = {"draft", "shadow", "active", "retired"};
    return names[rule->status];
}

static void stats_row(const struct counting *counting, size_t index, struct table *table)
{
    const struct rule *rule = bank_rule(counting->bank, index);
    const struct rule_stats *stats = &counting->stats[index];
    uint64_t judged = stats->lures + stats->ordinary;
    unsigned percent = 0;
    const struct rule *other = beside(counting, index, &percent);
    table_colour(table, rule->status == RULE_ACTIVE ? NULL : "2");
    table_add(table, rule->id);
    table_add(table, slice_of(status_of(rule)));
    table_addf(table, "%+.1f", rule->weight_tenths / 10.0);
    table_addf(table, "%" PRIu64, stats->ads);
    table_addf(table, "%" PRIu64 "/%" PRIu64, stats->lures, judged);
    if (judged > 0)
        table_addf(table, "%.0f%%", 100.0 * (double)stats->lures / (double)judged);
    else
        table_add(table, SLICE("-"));
    table_addf(table, "%.2f", us_an_ad(counting, index));
    if (rule->status == RULE_SHADOW)
        table_addf(table, "%" PRIu64 " (%" PRIu64 ")", stats->would_flag, stats->would_flag_lures);
    else
        table_add(table, SLICE("-"));
    if (other != NULL)
        table_addf(table, "%u%% %.*s", percent, (int)other->id.len, other->id.at);
    else
        table_add(table, SLICE("-"));
}

static int stats_json(struct counting *counting, size_t index)
{
    const struct rule *rule = bank_rule(counting->bank, index);
    const struct rule_stats *stats = &counting->stats[index];
    struct json_writer writer;
    unsigned percent = 0;
    const struct rule *other = beside(counting, index, &percent);
    uint64_t judged = stats->lures + stats->ordinary;
    json_writer_init(&writer, counting->bench->out);
    json_open_object(&writer);
    json_put_member(&writer, "id", rule->id);
    json_put_member(&writer, "status", slice_of(status_of(rule)));
    json_key(&writer, "weight");
    json_put_decimal(&writer, rule->weight_tenths, 1);
    json_put_member_int(&writer, "ads", (int64_t)stats->ads);
    json_put_member_int(&writer, "lures", (int64_t)stats->lures);
    json_put_member_int(&writer, "ordinary", (int64_t)stats->ordinary);
    if (judged > 0) {
        json_key(&writer, "precision");
        json_put_decimal(&writer, (int64_t)(stats->lures * 1000 / judged), 3);
    }
    if (counting->measured > 0) {
        json_key(&writer, "us_an_ad");
        json_put_decimal(&writer, (int64_t)(us_an_ad(counting, index) * 1000), 3);
    }
    if (rule->status == RULE_SHADOW) {
        json_put_member_int(&writer, "would_change", (int64_t)stats->would_flag);
        json_put_member_int(&writer, "would_change_lures", (int64_t)stats->would_flag_lures);
    }
    if (other != NULL) {
        json_put_member(&writer, "beside", other->id);
        json_put_member_int(&writer, "beside_percent", percent);
    }
    json_close_object(&writer);
    return command_print_line(counting->bench->out);
}

static bool runs(const struct rule *rule)
{
    return rule->status == RULE_ACTIVE || rule->status == RULE_SHADOW;
}

static void print_never(const struct counting *counting)
{
    size_t never = 0, cells = 0;
    for (size_t i = 0; i < counting->rules; i++)
        never += runs(bank_rule(counting->bank, i)) && counting->stats[i].ads == 0 ? 1 : 0;
    printf("%zu rules never fired on %" PRIu64 " stored ads", never, counting->ads);
    if (never > 0)
        fputs(":\n ", stdout);
    for (size_t i = 0; i < counting->rules; i++) {
        const struct rule *rule = bank_rule(counting->bank, i);
        if (!runs(rule) || counting->stats[i].ads > 0)
            continue;
        if (cells + rule->id.len > 96) {
            fputs("\n ", stdout);
            cells = 0;
        }
        cells += rule->id.len + 1;
        printf(" %.*s", (int)rule->id.len, rule->id.at);
    }
    fputc('\n', stdout);
}

static int print_all(struct counting *counting)
{
    static const struct table_column columns[] = {
        {"rule", 16, false}, {"status", 0, false},      {"weight", 0, true},
        {"ads", 0, true},    {"lures", 0, true},        {"precision", 0, true},
        {"µs/ad", 0, true},  {"would change", 0, true}, {"most often beside", 16, false}};
    struct table *table = NULL;
    double all_us = 0;
    if (table_create(counting->bench->arena, columns, sizeof columns / sizeof columns[0], &table) !=
        OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < counting->rules; i++) {
        all_us += us_an_ad(counting, i);
        if (counting->bench->common->json && runs(bank_rule(counting->bank, i)) &&
            stats_json(counting, i) != OK)
            return EXIT_IO;
        if (counting->stats[i].ads > 0 && !counting->bench->common->json)
            stats_row(counting, i, table);
    }
    if (counting->bench->common->json)
        return EXIT_DONE;
    if (table_rows(table) > 0)
        table_print(table, stdout, 0);
    printf("%" PRIu64 " stored ads, %" PRIu64 " of them decided; programs of all rules: %.1f µs an "
           "ad over %" PRIu64 " ads, beside the prefilter\n",
           counting->ads, counting->judged, all_us, counting->measured);
    print_never(counting);
    return EXIT_DONE;
}

static int counting_open(struct counting *counting)
{
    struct arena *arena = counting->bench->arena;
    struct classify_settings model;
    int code = bench_judge(counting->bench, counting->bench->pack, &counting->judge);
    if (code != EXIT_DONE)
        return code;
    command_model(counting->bench->settings, &model);
    counting->bank = judge_pattern_bank(counting->judge);
    counting->rules = bank_rules_count(counting->bank);
    counting->review_tenths =
        classify_chosen(model.review_tenths, bank_model(counting->bank)->review_tenths);
    counting->stats = arena_calloc(arena, counting->rules + 1, sizeof *counting->stats);
    counting->meter.rule_ns = arena_calloc(arena, counting->rules + 1, sizeof(uint64_t));
    counting->meter.rule_runs = arena_calloc(arena, counting->rules + 1, sizeof(uint64_t));
    counting->meter.now_ns = now_ns;
    if (counting->rules <= PAIRS_MAX)
        counting->pairs = calloc(counting->rules * counting->rules + 1, sizeof *counting->pairs);
    if (counting->stats == NULL || counting->meter.rule_ns == NULL ||
        counting->meter.rule_runs == NULL ||
        rule_index_create(counting->bank, arena, &counting->index) != OK ||
        pattern_bank_ready(counting->bank, NULL) != OK || /* what a rule costs, not its start */
        arena_create(JUDGE_ARENA_BYTES_MAX, &counting->arena) != OK)
        return EXIT_INTERNAL;
    matcher_set_meter(judge_matcher(counting->judge), &counting->meter);
    return EXIT_DONE;
}

int bench_stats(struct bank_bench *bench)
{
    struct counting counting = {.bench = bench};
    struct store *store = NULL;
    int code = counting_open(&counting);
    if (code == EXIT_DONE)
        code = bench_store(bench, &store);
    if (code == EXIT_DONE)
        code = each_row(&counting, store, false, count_row);
    if (code == EXIT_DONE)
        code = bench->argument != NULL ? bench_read_ads(bench->argument, measure_ad, &counting)
                                       : each_row(&counting, store, true, measure_row);
    if (code == EXIT_DONE)
        code = counting.failed ? EXIT_INTERNAL : print_all(&counting);
    if (counting.judge != NULL)
        judge_tell_fused("patterns", counting.judge);
    store_close(store);
    judge_free(counting.judge);
    arena_free(counting.arena);
    free(counting.pairs);
    return code;
}
