/* bank_reliability.c - ten bins of probability against labels; see bank_reliability.h.
 *
 * In a bin stand the ads that were given 0.3 to 0.4, say, and beside them how many of these are
 * lures. In a set that people labelled lures are far more common than on a board, so that share is
 * above the probability even where the model is right. The last column weighs the same ads as the
 * model's prior has them: the bin's part of all lures times the prior, against its part of all
 * benign ads times the rest. Its interval joins the Wilson bound of either part that is worse. */
#include "app/bank_reliability.h"

#include "app/table.h"
#include "common/json.h"
#include "common/utf8.h"
#include "storage/sample_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define BINS             10u
#define APART_MAX        8u
#define APART_NAME_BYTES 40u

struct bin {
    uint64_t ads, lures;
    double probability_sum;
};

struct reliability {
    double prior;
    struct bin bins[BINS];
    uint64_t ads, lures, flagged_lures, flagged_benign;
    double brier_sum;
    struct {
        char name[APART_NAME_BYTES];
        uint64_t ads;
    } apart[APART_MAX]; /* by label, as they came */
    size_t apart_count;
    uint64_t apart_ads, unlabelled;
};

static double probability(int32_t logit_tenths)
{
    return verdict_probability_millionths(logit_tenths) / 1e6;
}

int reliability_create(const struct bank_bench *bench, const struct judge *judge,
                       struct reliability **ret_reliability)
{
    struct classify_settings model;
    struct reliability *reliability = arena_calloc(bench->arena, 1, sizeof *reliability);
    if (reliability == NULL)
        return ERR_NOMEM;
    command_model(bench->settings, &model);
    reliability->prior = probability(
        classify_chosen(model.prior_tenths, bank_model(judge_pattern_bank(judge))->prior_tenths));
    *ret_reliability = reliability;
    return OK;
}

/* ---- counting ---- */

static void add_apart(struct reliability *reliability, struct slice label)
{
    size_t i = 0;
    if (label.len == 0) {
        reliability->unlabelled++;
        return;
    }
    reliability->apart_ads++;
    label = utf8_cut(label, APART_NAME_BYTES - 1);
    while (i < reliability->apart_count && !slice_is(label, reliability->apart[i].name))
        i++;
    if (i == APART_MAX)
        return;
    if (i == reliability->apart_count) {
        snprintf(reliability->apart[i].name, APART_NAME_BYTES, "%.*s", (int)label.len, label.at);
        reliability->apart_count++;
    }
    reliability->apart[i].ads++;
}

void reliability_add(struct reliability *reliability, struct slice label,
                     const struct verdict *verdict)
{
    bool lure = slice_is(label, "lure") || slice_is(label, "fraud-lure");
    if (!lure && !slice_is(label, "benign")) {
        add_apart(reliability, label);
        return;
    }
    int32_t millionths = verdict_probability_millionths(verdict->logit_tenths);
    size_t place = (size_t)millionths / (1000000 / BINS);
    struct bin *bin = &reliability->bins[place < BINS ? place : BINS - 1];
    double error = millionths / 1e6 - (lure ? 1 : 0);
    bin->ads++;
    bin->lures += lure ? 1 : 0;
    bin->probability_sum += millionths / 1e6;
    reliability->ads++;
    reliability->lures += lure ? 1 : 0;
    reliability->brier_sum += error * error;
    if (verdict_is_flagged(verdict))
        ++*(lure ? &reliability->flagged_lures : &reliability->flagged_benign);
}

bool reliability_has_labels(const struct reliability *reliability)
{
    return reliability->ads > 0;
}

/* ---- what the counts say ---- */

static double brier(const struct reliability *reliability)
{
    return reliability->brier_sum / (double)reliability->ads;
}

/* Mean distance of a bin's share of lures from its mean probability, bins weighted by their ads. */
static double calibration_error(const struct reliability *reliability)
{
    double sum = 0;
    for (size_t i = 0; i < BINS; i++)
        sum += fabs((double)reliability->bins[i].lures - reliability->bins[i].probability_sum);
    return sum / (double)reliability->ads;
}

static double weighed(double prior, double of_lures, double of_benign)
{
    double lures = prior * of_lures, benign = (1 - prior) * of_benign;
    return lures + benign > 0 ? lures / (lures + benign) : 0;
}

/* The bin's share of lures where lures are as rare as the prior says. False: a kind is missing. */
static bool share_at_prior(const struct reliability *reliability, const struct bin *bin,
                           struct interval *ret_share)
{
    uint64_t benign = reliability->ads - reliability->lures;
    if (bin->ads == 0 || reliability->lures == 0 || benign == 0)
        return false;
    struct interval of_lures = wilson(bin->lures, reliability->lures),
                    of_benign = wilson(bin->ads - bin->lures, benign);
    ret_share->share = weighed(reliability->prior, of_lures.share, of_benign.share);
    ret_share->low = weighed(reliability->prior, of_lures.low, of_benign.high);
    ret_share->high = weighed(reliability->prior, of_lures.high, of_benign.low);
    return true;
}

int reliability_tell_none(const struct reliability *reliability, bool wanted)
{
    if (!wanted && reliability->apart_ads == 0)
        return EXIT_DONE;
    fputs(
        "lurewatch patterns: no ad has the label lure, fraud-lure or benign, so there is no table "
        "of probability against labels",
        stderr);
    for (size_t i = 0; i < reliability->apart_count; i++) {
        fputs(i == 0 ? "; there is: " : ", ", stderr);
        print_safe(stderr, slice_of(reliability->apart[i].name));
    }
    fputc('\n', stderr);
    return wanted ? EXIT_DATA : EXIT_DONE;
}

/* ---- for people ---- */

static void add_row(const struct reliability *reliability, size_t index, struct table *table)
{
    const struct bin *bin = &reliability->bins[index];
    struct interval share = wilson(bin->lures, bin->ads), rare;
    table_colour(table, bin->ads == 0 ? "2" : NULL);
    table_addf(table, "%.1f-%.1f", (double)index / BINS, (double)(index + 1) / BINS);
    table_addf(table, "%" PRIu64, bin->ads);
    table_addf(table, "%" PRIu64, bin->lures);
    if (bin->ads == 0) {
        for (size_t i = 0; i < 5; i++)
            table_add(table, SLICE("-"));
        return;
    }
    table_addf(table, "%.3f", bin->probability_sum / (double)bin->ads);
    table_addf(table, "%.3f", share.share);
    table_addf(table, "%.3f-%.3f", share.low, share.high);
    if (share_at_prior(reliability, bin, &rare)) {
        table_addf(table, "%.3f", rare.share);
        table_addf(table, "%.3f-%.3f", rare.low, rare.high);
    } else {
        table_add(table, SLICE("-"));
        table_add(table, SLICE("-"));
    }
}

static void print_apart(const struct reliability *reliability)
{
    if (reliability->apart_ads + reliability->unlabelled == 0)
        return;
    printf("counted apart: %" PRIu64 " ads without a label, %" PRIu64 " with another",
           reliability->unlabelled, reliability->apart_ads);
    for (size_t i = 0; i < reliability->apart_count; i++) {
        fputs(i == 0 ? ": " : ", ", stdout);
        print_safe(stdout, slice_of(reliability->apart[i].name));
        printf(" %" PRIu64, reliability->apart[i].ads);
    }
    puts(reliability->apart_count == APART_MAX ? ", …" : "");
}

static int print_text(const struct reliability *reliability, const char *which, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"probability", 0, true}, {"ads", 0, true}, {"lures", 0, true},          {"mean", 0, true},
        {"share", 0, true},       {"95%", 0, true}, {"share at prior", 0, true}, {"95%", 0, true}};
    struct table *table = NULL;
    uint64_t benign = reliability->ads - reliability->lures;
    if (table_create(arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < BINS; i++)
        add_row(reliability, i, table);
    fputc('\n', stdout);
    if (which != NULL)
        printf("%s:\n", strcmp(which, "changed") == 0 ? "the changed bank" : "the bank in service");
    table_print(table, stdout, 0);
    printf("%" PRIu64 " labelled ads; flagged: %" PRIu64 " of %" PRIu64 " lures, %" PRIu64
           " of %" PRIu64 " benign; Brier score %.4f, expected calibration error %.4f\n",
           reliability->ads, reliability->flagged_lures, reliability->lures,
           reliability->flagged_benign, benign, brier(reliability), calibration_error(reliability));
    printf("of these ads %.2f%% are lures, on a board about %.2f%% (the prior): 'share at prior' "
           "weighs the same ads so\n",
           100.0 * (double)reliability->lures / (double)reliability->ads, 100 * reliability->prior);
    print_apart(reliability);
    return EXIT_DONE;
}

/* ---- as JSON ---- */

static void put_part(struct json_writer *writer, const char *key, double value)
{
    json_key(writer, key);
    json_put_decimal(writer, lround(value * 1e6), 6);
}

static void put_bin(struct json_writer *writer, const struct reliability *reliability, size_t index)
{
    const struct bin *bin = &reliability->bins[index];
    struct interval share = wilson(bin->lures, bin->ads), rare;
    json_open_object(writer);
    json_key(writer, "from");
    json_put_decimal(writer, (int64_t)index, 1);
    json_key(writer, "to");
    json_put_decimal(writer, (int64_t)index + 1, 1);
    json_put_member_int(writer, "ads", (int64_t)bin->ads);
    json_put_member_int(writer, "lures", (int64_t)bin->lures);
    if (bin->ads > 0) {
        put_part(writer, "probability", bin->probability_sum / (double)bin->ads);
        put_part(writer, "share", share.share);
        put_part(writer, "low", share.low);
        put_part(writer, "high", share.high);
    }
    if (share_at_prior(reliability, bin, &rare)) {
        put_part(writer, "share_at_prior", rare.share);
        put_part(writer, "low_at_prior", rare.low);
        put_part(writer, "high_at_prior", rare.high);
    }
    json_close_object(writer);
}

static int print_json(const struct reliability *reliability, const char *which,
                      struct text_buf *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_key(&writer, "reliability");
    json_open_array(&writer);
    for (size_t i = 0; i < BINS; i++)
        put_bin(&writer, reliability, i);
    json_close_array(&writer);
    json_put_member_if(&writer, "bank", slice_of(which));
    json_put_member_int(&writer, "ads", (int64_t)reliability->ads);
    json_put_member_int(&writer, "lures", (int64_t)reliability->lures);
    json_put_member_int(&writer, "flagged_lures", (int64_t)reliability->flagged_lures);
    json_put_member_int(&writer, "flagged_benign", (int64_t)reliability->flagged_benign);
    put_part(&writer, "brier", brier(reliability));
    put_part(&writer, "calibration_error", calibration_error(reliability));
    put_part(&writer, "prior", reliability->prior);
    json_put_member_int(&writer, "unlabelled", (int64_t)reliability->unlabelled);
    json_put_member_int(&writer, "apart", (int64_t)reliability->apart_ads);
    json_key(&writer, "apart_labels");
    json_open_object(&writer);
    for (size_t i = 0; i < reliability->apart_count; i++)
        json_put_member_int(&writer, reliability->apart[i].name,
                            (int64_t)reliability->apart[i].ads);
    json_close_object(&writer);
    json_close_object(&writer);
    return command_print_line(out) == OK ? EXIT_DONE : EXIT_IO;
}

int reliability_print(const struct reliability *reliability, const char *which,
                      const struct bank_bench *bench)
{
    return bench->common->json ? print_json(reliability, which, bench->out)
                               : print_text(reliability, which, bench->arena);
}
