/* bank_thresholds.c - `patterns thresholds`: where band review should begin, by what reviewers can
 * take or by what mistakes cost.
 *
 * By capacity: the lowest logit at which the ads first seen in the last --days were at most so many
 * a day. By cost: a flag is right where the chance of a lure times the cost of a miss is more than
 * the chance of an ordinary ad times the cost of a false alarm, so p = false / (miss + false); that
 * holds as far as probabilities mean what they say, which the table's precision column shows. */
#include "app/bank_bench.h"

#include "app/table.h"
#include "common/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define DAY_MS       (24LL * 3600 * 1000)
#define TENTHS_BOUND 300 /* logits beyond +-30 count as that */
#define STEPS        (2 * TENTHS_BOUND + 1)
#define TABLE_STEP   5
#define WRITTEN_MAX  138 /* logit of 0.999999, the most that lurewatch.yml can say */

struct spread {
    uint64_t ads[STEPS], lures[STEPS], ordinary[STEPS]; /* by logit in tenths; then at or above */
    uint64_t all;
    int64_t first_unix_ms;
    double days;
    const struct model *model; /* the bank's */
};

static int place_of(int32_t tenths)
{
    return (tenths < -TENTHS_BOUND  ? -TENTHS_BOUND
            : tenths > TENTHS_BOUND ? TENTHS_BOUND
                                    : tenths) +
           TENTHS_BOUND;
}

static int load_spread(struct bank_bench *bench, struct store *store, struct spread *spread)
{
    struct judged_query query = {.limit = STORE_PAGE_MAX,
                                 .since_unix_ms = bench->now_unix_ms - bench->days * DAY_MS};
    struct judged_row *rows = NULL;
    struct arena *page = NULL;
    size_t count = 0;
    int rc = arena_create(64u << 20, &page);
    while (rc == OK) {
        arena_reset(page);
        rc = judged_list(store, page, &query, &rows, &count);
        for (size_t i = 0; rc == OK && i < count; i++) {
            int place = place_of(rows[i].logit_tenths);
            spread->ads[place]++;
            spread->lures[place] += rows[i].judged == JUDGED_LURE ? 1 : 0;
            spread->ordinary[place] += rows[i].judged == JUDGED_ORDINARY ? 1 : 0;
            spread->all++;
            if (spread->first_unix_ms == 0 || rows[i].first_seen_unix_ms < spread->first_unix_ms)
                spread->first_unix_ms = rows[i].first_seen_unix_ms;
            query.after_version_id = rows[i].version_id;
        }
        if (rc == OK && count < query.limit)
            break;
    }
    arena_free(page);
    return rc == OK ? EXIT_DONE : command_store_failure("patterns", store, rc);
}

/* Counts become "so many at or above"; a store younger than the days asked for has fewer. */
static void sum_up(struct bank_bench *bench, struct spread *spread)
{
    for (int i = STEPS - 2; i >= 0; i--) {
        spread->ads[i] += spread->ads[i + 1];
        spread->lures[i] += spread->lures[i + 1];
        spread->ordinary[i] += spread->ordinary[i + 1];
    }
    spread->days = (double)(bench->now_unix_ms - spread->first_unix_ms) / DAY_MS;
    if (spread->days < 1)
        spread->days = 1;
}

static double probability(int tenths)
{
    return 1 / (1 + exp(-tenths / 10.0));
}

/* As lurewatch.yml says it, so that no more ads come than at tenths. */
static double written(int tenths)
{
    double value = ceil(probability(tenths) * 1e6 - 1e-3) / 1e6;
    return value > 0.999999 ? 0.999999 : value;
}

static double a_day(const struct spread *spread, int tenths)
{
    return (double)spread->ads[place_of(tenths)] / spread->days;
}

static int by_capacity(const struct spread *spread, double cases_per_day)
{
    int tenths = WRITTEN_MAX;
    while (tenths > -WRITTEN_MAX && a_day(spread, tenths - 1) <= cases_per_day)
        tenths--;
    return tenths;
}

/* Confirmed among the decided at or above; below 0: none decided. */
static double precision(const struct spread *spread, int tenths)
{
    int place = place_of(tenths);
    uint64_t judged = spread->lures[place] + spread->ordinary[place];
    return judged == 0 ? -1 : (double)spread->lures[place] / (double)judged;
}

static uint64_t decided(const struct spread *spread, int place)
{
    return spread->lures[place] + spread->ordinary[place];
}

static uint64_t undecided(const struct spread *spread, int tenths)
{
    int place = place_of(tenths);
    return spread->ads[place] - decided(spread, place);
}

/* The weakest ad that somebody decided on; INT32_MAX: none. */
static int weakest_decided(const struct spread *spread)
{
    int place = 0;
    if (decided(spread, 0) == 0)
        return INT32_MAX;
    while (place + 1 < STEPS && decided(spread, place + 1) == decided(spread, 0))
        place++;
    return place - TENTHS_BOUND;
}

static int bounded(int tenths)
{
    return tenths < -WRITTEN_MAX ? -WRITTEN_MAX : tenths > WRITTEN_MAX ? WRITTEN_MAX : tenths;
}

static void add_row(const struct spread *spread, int tenths, bool chosen, struct table *table)
{
    double right = precision(spread, tenths);
    int place = place_of(tenths);
    table_colour(table, chosen ? "1" : NULL);
    table_addf(table, "%+.1f%s", tenths / 10.0, chosen ? " *" : "");
    table_addf(table, "%.6f", probability(tenths));
    table_addf(table, "%.1f", a_day(spread, tenths));
    table_addf(table, "%" PRIu64, spread->lures[place]);
    table_addf(table, "%" PRIu64, spread->ordinary[place]);
    table_addf(table, "%" PRIu64, undecided(spread, tenths));
    if (right >= 0)
        table_addf(table, "%.0f%%", 100 * right);
    else
        table_add(table, SLICE("-"));
}

/* What the precision does not speak of. */
static void print_unknown(const struct spread *spread, int chosen)
{
    int weakest = weakest_decided(spread);
    uint64_t open = undecided(spread, chosen);
    if (open == 0)
        return;
    printf("precision is that of the decided ads alone: of the %" PRIu64 " from %+.1f on, %" PRIu64
           " are undecided\n",
           spread->ads[place_of(chosen)], chosen / 10.0, open);
    if (weakest == INT32_MAX)
        puts("none of them was decided: how many are lures, nobody knows yet");
    else if (chosen < weakest)
        printf("none below %+.1f was decided: how many lures are there, nobody knows yet; decide "
               "on some (`lurewatch queue audit`) before review begins there\n",
               weakest / 10.0);
}

/* A band begins where it does only if the next one begins above it. */
static void put_keys(const struct bank_bench *bench, const struct model *own, int chosen)
{
    struct classify_settings model;
    command_model(bench->settings, &model);
    int32_t watch = classify_chosen(model.watch_tenths, own->watch_tenths);
    int32_t urgent = classify_chosen(model.urgent_tenths, own->urgent_tenths);
    puts("in lurewatch.yml:");
    if (chosen < watch)
        printf("watch: %.6f\n", written(chosen));
    printf("review: %.6f\n", written(chosen));
    if (chosen > urgent)
        printf("urgent: %.6f\n", written(chosen));
}

static int print_table(struct bank_bench *bench, const struct spread *spread, int chosen)
{
    static const struct table_column columns[] = {{"from logit", 0, true}, {"probability", 0, true},
                                                  {"ads a day", 0, true},  {"lures", 0, true},
                                                  {"ordinary", 0, true},   {"undecided", 0, true},
                                                  {"precision", 0, true}};
    struct table *table = NULL;
    int low = (chosen / TABLE_STEP - 5) * TABLE_STEP, high = low + 11 * TABLE_STEP;
    if (table_create(bench->arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return EXIT_INTERNAL;
    for (int tenths = low; tenths <= high; tenths++)
        if (tenths == chosen || tenths % TABLE_STEP == 0)
            add_row(spread, tenths, tenths == chosen, table);
    table_print(table, stdout, 0);
    printf("%" PRIu64 " ads first seen in %.1f days\n", spread->all, spread->days);
    print_unknown(spread, chosen);
    if (bench->cases_per_day >= 0 && a_day(spread, chosen) > bench->cases_per_day)
        printf("no threshold keeps it to %g a day: that many are all but certain to the bank; the "
               "queue shows the strongest first\n",
               bench->cases_per_day);
    put_keys(bench, spread->model, chosen);
    return EXIT_DONE;
}

static int print_json(struct bank_bench *bench, const struct spread *spread, int chosen)
{
    struct json_writer writer;
    double right = precision(spread, chosen);
    json_writer_init(&writer, bench->out);
    json_open_object(&writer);
    json_key(&writer, "logit");
    json_put_decimal(&writer, chosen, 1);
    json_key(&writer, "review");
    json_put_decimal(&writer, lround(written(chosen) * 1e6), 6);
    json_key(&writer, "ads_a_day");
    json_put_decimal(&writer, lround(a_day(spread, chosen) * 100), 2);
    json_put_member_int(&writer, "ads", (int64_t)spread->all);
    json_key(&writer, "days");
    json_put_decimal(&writer, lround(spread->days * 100), 2);
    json_put_member_int(&writer, "undecided", (int64_t)undecided(spread, chosen));
    int weakest = weakest_decided(spread);
    if (weakest != INT32_MAX) {
        json_key(&writer, "weakest_decided");
        json_put_decimal(&writer, weakest, 1);
    }
    if (right >= 0) {
        json_key(&writer, "precision");
        json_put_decimal(&writer, lround(right * 1000), 3);
    }
    json_close_object(&writer);
    return command_print_line(bench->out) == OK ? EXIT_DONE : EXIT_IO;
}

int bench_thresholds(struct bank_bench *bench)
{
    struct store *store = NULL;
    struct judge *judge = NULL;
    struct spread *spread = calloc(1, sizeof *spread);
    int code = spread != NULL ? bench_judge(bench, bench->pack, &judge) : EXIT_INTERNAL;
    if (code == EXIT_DONE)
        code = bench_store(bench, &store);
    if (code == EXIT_DONE) {
        spread->model = bank_model(judge_pattern_bank(judge));
        code = load_spread(bench, store, spread);
    }
    if (code == EXIT_DONE && spread->all == 0) {
        fprintf(stderr,
                "lurewatch patterns: no ad was first seen in the last %" PRId64
                " days: sweep first, or give --days\n",
                bench->days);
        code = EXIT_DATA;
    }
    if (code == EXIT_DONE) {
        sum_up(bench, spread);
        double odds = log(bench->false_cost / bench->miss_cost);
        int chosen = bench->cases_per_day >= 0 ? by_capacity(spread, bench->cases_per_day)
                                               : bounded((int)ceil(odds * 10));
        code = bench->common->json ? print_json(bench, spread, chosen)
                                   : print_table(bench, spread, chosen);
    }
    store_close(store);
    judge_free(judge);
    free(spread);
    return code;
}
