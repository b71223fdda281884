/* bank_tune.c - `patterns tune` and `patterns thresholds`: what decisions and figures say of weights
 * and of where a band begins. Both only print; --write writes the weights for a person to accept. */
#include "app/bank_bench.h"

#include "app/table.h"
#include "classifiers/fit.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 200000u

struct tuning {
    struct bank_bench *bench;
    struct judge *judge;
    const struct pattern_bank *bank;
    struct rule_index *index;
    struct arena *page; /* of one page of rows */
    struct fit_sample *samples;
    size_t count;
};

/* ---- decisions ---- */

static const struct signal *signal_of(const struct pattern_bank *bank, struct slice id)
{
    for (size_t i = 0; i < bank_signals_count(bank); i++)
        if (slice_equal(bank_signal(bank, i)->id, id))
            return bank_signal(bank, i);
    return NULL;
}

static bool is_combo(const struct pattern_bank *bank, struct slice id)
{
    for (size_t i = 0; i < bank_combos_count(bank); i++)
        if (slice_equal(bank_combo(bank, i)->id, id))
            return true;
    return false;
}

/* The findings as they were then; rules that are gone since count no more. */
static bool sample_fill(struct tuning *tuning, const struct json *list, struct fit_sample *sample)
{
    size_t count = json_count(list);
    int32_t cap = bank_model(tuning->bank)->combos_cap_tenths;
    uint32_t *rules = arena_calloc(tuning->bench->arena, count + 1, sizeof *rules);
    struct fit_part *parts = arena_calloc(tuning->bench->arena, count + 1, sizeof *parts);
    if (rules == NULL || parts == NULL)
        return false;
    sample->rules = rules;
    sample->parts = parts;
    for (size_t i = 0; i < count; i++) {
        const struct json *pair = json_at(list, i);
        struct slice id = json_string(json_at(pair, 0));
        int32_t tenths = (int32_t)json_int(json_at(pair, 1), 0);
        const struct rule *rule = rule_index_find(tuning->index, id);
        const struct signal *signal = rule == NULL ? signal_of(tuning->bank, id) : NULL;
        if (rule != NULL && rule->status == RULE_ACTIVE)
            rules[sample->rules_count++] = rule->index;
        else if (signal != NULL)
            parts[sample->parts_count++] = (struct fit_part){signal->family, tenths};
        else if (rule == NULL && is_combo(tuning->bank, id))
            sample->combos_tenths += tenths;
    }
    sample->combos_tenths = sample->combos_tenths > cap ? cap : sample->combos_tenths;
    return true;
}

static bool sample_add(struct tuning *tuning, const struct judged_row *row)
{
    struct json_doc *doc = NULL;
    struct failure why = {.code = OK};
    if (tuning->count == SAMPLES_MAX || json_parse(slice_of(row->rules), true, 8, &doc, &why) != OK)
        return true;
    struct fit_sample *sample = &tuning->samples[tuning->count++];
    *sample = (struct fit_sample){.lure = row->judged == JUDGED_LURE,
                                  .weight = 1,
                                  .group = row->campaign != 0
                                               ? (uint64_t)row->campaign
                                               : (uint64_t)row->version_id | UINT64_C(1) << 62};
    bool well = sample_fill(tuning, json_root(doc), sample);
    json_free(doc);
    return well;
}

static int by_group(const void *a, const void *b)
{
    const struct fit_sample *left = a, *right = b;
    return left->group < right->group ? -1 : left->group > right->group;
}

/* A campaign decided at once is worth one decision, not as many as it has ads. */
static void share_weights(struct tuning *tuning)
{
    if (tuning->count > 1)
        qsort(tuning->samples, tuning->count, sizeof *tuning->samples, by_group);
    for (size_t i = 0, next; i < tuning->count; i = next) {
        for (next = i;
             next < tuning->count && tuning->samples[next].group == tuning->samples[i].group;
             next++)
            ;
        for (size_t k = i; k < next; k++)
            tuning->samples[k].weight = 1 / (double)(next - i);
    }
}

static int load_decisions(struct tuning *tuning, struct store *store)
{
    struct judged_query query = {.only_judged = true, .limit = STORE_PAGE_MAX};
    struct judged_row *rows = NULL;
    size_t count = 0;
    do {
        arena_reset(tuning->page);
        int rc = judged_list(store, tuning->page, &query, &rows, &count);
        if (rc != OK)
            return command_store_failure("patterns", store, rc);
        for (size_t i = 0; i < count; i++) {
            query.after_version_id = rows[i].version_id;
            if (!sample_add(tuning, &rows[i]))
                return EXIT_INTERNAL;
        }
    } while (count == query.limit);
    share_weights(tuning);
    return EXIT_DONE;
}

/* ---- what is proposed ---- */

static bool is_moved(const struct tuning *tuning, const struct fit_result *fit, size_t index)
{
    const struct rule *rule = bank_rule(tuning->bank, index);
    return rule->status == RULE_ACTIVE && fit->weights_tenths[index] != rule->analyst_tenths;
}

static int diff_table(struct tuning *tuning, const struct fit_result *fit)
{
    static const struct table_column columns[] = {{"rule", 20, false}, {"decided ads", 0, true},
                                                  {"lures", 0, true},  {"analyst", 0, true},
                                                  {"now", 0, true},    {"proposed", 0, true}};
    struct table *table = NULL;
    if (table_create(tuning->bench->arena, columns, sizeof columns / sizeof columns[0], &table) !=
        OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < bank_rules_count(tuning->bank); i++) {
        const struct rule *rule = bank_rule(tuning->bank, i);
        if (!is_moved(tuning, fit, i))
            continue;
        table_colour(table, fit->weights_tenths[i] > rule->analyst_tenths ? "31" : "32");
        table_add(table, rule->id);
        table_addf(table, "%u", fit->ads[i]);
        table_addf(table, "%u", fit->lures[i]);
        table_addf(table, "%+.1f", rule->analyst_tenths / 10.0);
        table_addf(table, "%+.1f", rule->weight_tenths / 10.0);
        table_addf(table, "%+.1f", fit->weights_tenths[i] / 10.0);
    }
    if (table_rows(table) == 0)
        puts("the decisions move no weight");
    else
        table_print(table, stdout, 0);
    return EXIT_DONE;
}

static void put_quality(struct json_writer *writer, const char *key,
                        const struct fit_quality *quality)
{
    json_key(writer, key);
    json_open_object(writer);
    json_key(writer, "log_loss");
    json_put_decimal(writer, lround(quality->log_loss * 10000), 4);
    json_key(writer, "auc");
    json_put_decimal(writer, lround(quality->auc * 10000), 4);
    json_close_object(writer);
}

static int diff_json(struct tuning *tuning, const struct fit_result *fit)
{
    struct json_writer writer;
    json_writer_init(&writer, tuning->bench->out);
    json_open_object(&writer);
    json_put_member_int(&writer, "decisions", (int64_t)tuning->count);
    json_put_member_int(&writer, "folds", fit->folds);
    put_quality(&writer, "held_out_analyst", &fit->held_out_before);
    put_quality(&writer, "held_out_fitted", &fit->held_out_after);
    json_key(&writer, "weights");
    json_open_array(&writer);
    for (size_t i = 0; i < bank_rules_count(tuning->bank); i++) {
        const struct rule *rule = bank_rule(tuning->bank, i);
        if (!is_moved(tuning, fit, i))
            continue;
        json_open_object(&writer);
        json_put_member(&writer, "id", rule->id);
        json_put_member_int(&writer, "ads", fit->ads[i]);
        json_put_member_int(&writer, "lures", fit->lures[i]);
        json_key(&writer, "analyst");
        json_put_decimal(&writer, rule->analyst_tenths, 1);
        json_key(&writer, "proposed");
        json_put_decimal(&writer, fit->weights_tenths[i], 1);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    return command_print_line(tuning->bench->out) == OK ? EXIT_DONE : EXIT_IO;
}

static int write_weights(struct tuning *tuning, const struct fit_result *fit)
{
    struct text_buf text;
    struct failure why = {.code = OK};
    char path[SETTINGS_TEXT_BYTES + 64], at[CLOCK_RFC3339_BYTES];
    text_buf_init(&text, 4u << 20);
    text_buf_printf(
        &text,
        "# Written by `lurewatch patterns tune --write`; accept it by committing it, or "
        "delete it. The analyst's\n# weights stay in the rules' own files and are what "
        "the next fit starts from.\ndecisions: %zu\ndate: %.10s\nweights:\n",
        tuning->count, clock_rfc3339(tuning->bench->now_unix_ms, at));
    size_t before = text.len;
    for (size_t i = 0; i < bank_rules_count(tuning->bank); i++) {
        const struct rule *rule = bank_rule(tuning->bank, i);
        if (is_moved(tuning, fit, i))
            text_buf_printf(&text, "  %.*s: %.1f # analyst %.1f, %u decided ads, %u lures\n",
                            (int)rule->id.len, rule->id.at, fit->weights_tenths[i] / 10.0,
                            rule->analyst_tenths / 10.0, fit->ads[i], fit->lures[i]);
    }
    if (text.len == before) {
        text_buf_truncate(&text, before - 1);
        text_buf_add_str(&text, " {}\n");
    }
    snprintf(path, sizeof path, "%s/%s", bank_pack_origin(tuning->bench->pack), BANK_WEIGHTS_FILE);
    int rc = text_buf_status(&text);
    if (rc == OK)
        rc = file_write_atomic(path, text_buf_slice(&text), 0644, &why);
    text_buf_release(&text);
    if (rc != OK)
        return exit_with("patterns", &why);
    fprintf(tuning->bench->common->json ? stderr : stdout, "written: %s\n", path);
    return EXIT_DONE;
}

static int propose(struct tuning *tuning)
{
    struct fit_result fit;
    struct failure why = {.code = OK};
    int rc = fit_weights(tuning->bank, tuning->samples, tuning->count, &FIT_SETTINGS_DEFAULT,
                         tuning->bench->arena, &fit, &why);
    if (rc != OK)
        return exit_with("patterns", &why);
    int code = tuning->bench->common->json ? diff_json(tuning, &fit) : diff_table(tuning, &fit);
    if (code == EXIT_DONE && !tuning->bench->common->json)
        printf("%zu decisions; held out in %u folds: log loss %.4f with the analyst's weights, "
               "%.4f with the fitted; pairs in order %.4f, %.4f\n%s",
               tuning->count, fit.folds, fit.held_out_before.log_loss, fit.held_out_after.log_loss,
               fit.held_out_before.auc, fit.held_out_after.auc,
               tuning->bench->write ? ""
                                    : "nothing is changed; --write writes " BANK_WEIGHTS_FILE
                                      " for you to accept\n");
    if (code == EXIT_DONE && tuning->bench->write)
        code = write_weights(tuning, &fit);
    return code;
}

int bench_tune(struct bank_bench *bench)
{
    struct tuning tuning = {.bench = bench};
    struct store *store = NULL;
    int code = bench_judge(bench, bench->pack, &tuning.judge);
    if (code == EXIT_DONE) {
        tuning.bank = judge_pattern_bank(tuning.judge);
        tuning.samples = calloc(SAMPLES_MAX, sizeof *tuning.samples);
        if (tuning.samples == NULL || arena_create(256u << 20, &tuning.page) != OK ||
            rule_index_create(tuning.bank, bench->arena, &tuning.index) != OK)
            code = EXIT_INTERNAL;
    }
    if (code == EXIT_DONE)
        code = bench_store(bench, &store);
    if (code == EXIT_DONE)
        code = load_decisions(&tuning, store);
    if (code == EXIT_DONE)
        code = propose(&tuning);
    store_close(store);
    arena_free(tuning.page);
    judge_free(tuning.judge);
    free(tuning.samples);
    return code;
}
