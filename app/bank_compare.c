/* bank_compare.c - `patterns test` and `patterns backtest`: a changed bank beside the one in service.
 *
 * test runs both over the ads of files, shows what fires, and holds probability against the labels
 * (bank_reliability.h); backtest over every stored ad whose
 * text is kept, and shows what would newly be flagged and what no longer. Stored text has its
 * contacts masked, so both banks read it so: only the difference between them says something. */
#include "app/bank_bench.h"

#include "app/bank_reliability.h"
#include "app/judging.h"
#include "app/table.h"
#include "common/file.h"
#include "common/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DIFFERENCES_MAX 12u
#define SHOWN_MAX       200u /* changed ads in the table; --json has all */

/* ---- a changed bank ---- */

/* The value of a top-level key that stands on one line. */
static struct slice head_value(struct slice text, const char *key)
{
    struct slice line;
    while (slice_next_line(&text, &line))
        if (slice_starts(line, key)) {
            struct slice value = slice_trim(slice_from(line, strlen(key)));
            size_t comment = slice_find(value, SLICE(" #"));
            return slice_trim(slice_sub(value, 0, comment));
        }
    return SLICE_EMPTY;
}

/* gambling.admin-slot -> gambling/admin-slot.yml */
static bool path_of_idea(struct slice idea, char path[256])
{
    size_t dot = slice_find_char(idea, '.');
    if (dot == SIZE_MAX || idea.len > 200)
        return false;
    snprintf(path, 256, "%.*s/%.*s.yml", (int)dot, idea.at, (int)(idea.len - dot - 1),
             idea.at + dot + 1);
    return true;
}

static int pack_with_file(struct bank_bench *bench, const char *file, struct bank_pack **ret_pack)
{
    struct text_buf text;
    struct failure why = {.code = OK};
    char *path = bench->tried_path;
    text_buf_init(&text, 1u << 20);
    int rc = file_read(file, &text, &why);
    if (rc == OK && !path_of_idea(head_value(text_buf_slice(&text), "idea:"), path))
        rc = failure_set(&why, ERR_SYNTAX, "%s: no 'idea: family.name' line: is this an idea file?",
                         file);
    if (rc == OK)
        rc = bank_pack_with(bench->pack, path, text_buf_slice(&text), ret_pack, &why);
    text_buf_release(&text);
    return rc == OK ? EXIT_DONE : exit_with("patterns", &why);
}

#define PATTERN_LINE 14 /* where it stands in the file made for it */

/* A pattern by itself: a shadow rule of an idea of its own in the first family there is. */
static int pack_with_pattern(struct bank_bench *bench, struct judge *shipped,
                             struct bank_pack **ret_pack)
{
    struct text_buf text;
    struct failure why = {.code = OK};
    struct slice rest = slice_of(bench->pattern), line;
    const struct pattern_bank *bank = judge_pattern_bank(shipped);
    struct slice family = bank_family(bank, bank_rule(bank, 0)->family)->name;
    text_buf_init(&text, 1u << 20);
    text_buf_printf(
        &text,
        "idea: %.*s.tried\ntitle: 'The pattern tried'\ndescription: 'tried'\n"
        "rationale: 'tried'\nsources: ['tried']\nweight: 1\nfield: any\nlevel: none\n"
        "languages:\n  en:\n    status: shadow\n    date: 2026-01-01\n    pattern: |-\n",
        (int)family.len, family.at);
    while (slice_next_line(&rest, &line))
        text_buf_printf(&text, "      %.*s\n", (int)line.len, line.at);
    text_buf_add_str(&text, "    examples:\n      match: ['a', 'b', 'c']\n"
                            "      not_match: ['d', 'e', 'f']\n");
    bench->tried_lines = PATTERN_LINE - 1;
    snprintf(bench->tried_path, sizeof bench->tried_path, "%.*s/tried.yml", (int)family.len,
             family.at);
    int rc = text_buf_status(&text);
    if (rc == OK)
        rc = bank_pack_with(bench->pack, bench->tried_path, text_buf_slice(&text), ret_pack, &why);
    text_buf_release(&text);
    return rc == OK ? EXIT_DONE : exit_with("patterns", &why);
}

/* ---- two verdicts ---- */

struct comparing {
    struct bank_bench *bench;
    struct judge *shipped, *changed; /* changed NULL: only the shipped bank */
    struct arena *arena;             /* of one ad */
    struct table *table;
    struct reliability *reliable, *reliable_changed; /* test; the latter with a changed bank */
    uint64_t ads, flagged_before, flagged_after, newly, no_longer;
    uint64_t newly_judged[3], no_longer_judged[3]; /* by enum judged_as */
    bool failed;
};

static const struct finding *finding_of(const struct verdict *verdict, struct slice id)
{
    for (size_t i = 0; i < verdict->findings_count; i++)
        if (slice_equal(verdict->findings[i].id, id))
            return &verdict->findings[i];
    return NULL;
}

static bool is_of_ads(const struct finding *finding)
{
    return finding->kind == FINDING_RULE || finding->kind == FINDING_COMBO ||
           finding->kind == FINDING_FACT;
}

static bool same_result(const struct verdict *before, const struct verdict *after)
{
    return before->logit_tenths == after->logit_tenths && before->band == after->band;
}

/* What the later verdict lacks; gives how many differences there are with the count before. */
static unsigned put_gone(const struct verdict *before, const struct verdict *after, unsigned count,
                         struct text_buf *out)
{
    for (size_t i = 0; i < before->findings_count; i++) {
        const struct finding *finding = &before->findings[i];
        if (is_of_ads(finding) && finding_of(after, finding->id) == NULL &&
            ++count <= DIFFERENCES_MAX)
            text_buf_printf(out, "%s-%.*s %+.1f", out->len > 0 ? "; " : "", (int)finding->id.len,
                            finding->id.at, -finding->points_tenths / 10.0);
    }
    return count;
}

/* "+id +2.4; -id" : what one has and the other has not, or weighs otherwise. */
static void put_differences(const struct verdict *before, const struct verdict *after,
                            struct text_buf *out)
{
    unsigned count = 0;
    for (size_t i = 0; i < after->findings_count; i++) {
        const struct finding *finding = &after->findings[i];
        const struct finding *old = finding_of(before, finding->id);
        int32_t was = old != NULL ? old->points_tenths : 0;
        if (!is_of_ads(finding) || (old != NULL && was == finding->points_tenths) ||
            ++count > DIFFERENCES_MAX)
            continue;
        text_buf_printf(out, "%s%s%.*s %+.1f", out->len > 0 ? "; " : "", old == NULL ? "+" : "",
                        (int)finding->id.len, finding->id.at,
                        (finding->points_tenths - was) / 10.0);
    }
    count = put_gone(before, after, count, out);
    if (count == 0 && !same_result(before, after))
        text_buf_add_str(out, "the same findings; the prior, a cap or a band is another");
}

static int judge_both(struct comparing *comparing, const struct posting *posting,
                      struct verdict *ret_before, struct verdict *ret_after)
{
    int rc = judge_posting(comparing->shipped, posting, comparing->arena, ret_before);
    if (rc != OK || comparing->changed == NULL)
        *ret_after = *ret_before;
    else
        rc = judge_posting(comparing->changed, posting, comparing->arena, ret_after);
    if (rc != OK)
        comparing->failed = true;
    return rc;
}

static void put_verdict(struct json_writer *writer, const char *key, const struct verdict *verdict)
{
    json_key(writer, key);
    json_open_object(writer);
    json_put_member(writer, "band", slice_of(band_name(verdict->band)));
    json_put_member_int(writer, "score", verdict_score(verdict->logit_tenths));
    json_key(writer, "logit");
    json_put_decimal(writer, verdict->logit_tenths, 1);
    json_close_object(writer);
}

/* ---- test ---- */

static void test_findings_text(const struct verdict *verdict, FILE *out)
{
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (!is_of_ads(finding))
            continue;
        fprintf(out, "  %+5.1f  %.*s", finding->points_tenths / 10.0, (int)finding->id.len,
                finding->id.at);
        if (finding->quote.len > 0) {
            fputs("  \"", out);
            print_safe(out, slice_sub(finding->quote, 0, 120));
            fputc('"', out);
        }
        fputc('\n', out);
    }
}

static void test_findings_json(struct json_writer *writer, const char *key,
                               const struct verdict *verdict)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < verdict->findings_count; i++) {
        if (!is_of_ads(&verdict->findings[i]))
            continue;
        json_open_object(writer);
        json_put_member(writer, "id", verdict->findings[i].id);
        json_key(writer, "points");
        json_put_decimal(writer, verdict->findings[i].points_tenths, 1);
        json_put_member_if(writer, "quote", verdict->findings[i].quote);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void test_text(struct comparing *comparing, const char *name, const struct verdict *before,
                      const struct verdict *after)
{
    struct text_buf differences;
    print_safe(stdout, slice_of(name));
    printf(": %s %d", band_name(before->band), verdict_score(before->logit_tenths));
    if (comparing->changed != NULL)
        printf(" -> %s %d", band_name(after->band), verdict_score(after->logit_tenths));
    fputc('\n', stdout);
    test_findings_text(after, stdout);
    text_buf_init(&differences, 64u << 10);
    put_differences(before, after, &differences);
    if (comparing->changed != NULL)
        printf("  changed: %s\n", differences.len > 0 ? text_buf_cstr(&differences) : "nothing");
    text_buf_release(&differences);
}

static bool test_ad(void *ctx, const struct bench_ad *ad)
{
    struct comparing *comparing = ctx;
    struct verdict before, after;
    struct json_writer writer;
    arena_reset(comparing->arena);
    if (judge_both(comparing, ad->posting, &before, &after) != OK)
        return false;
    comparing->ads++;
    reliability_add(comparing->reliable, ad->label, &before);
    if (comparing->changed != NULL)
        reliability_add(comparing->reliable_changed, ad->label, &after);
    if (comparing->bench->summary)
        return true;
    if (!comparing->bench->common->json) {
        test_text(comparing, ad->name, &before, &after);
        return true;
    }
    json_writer_init(&writer, comparing->bench->out);
    json_open_object(&writer);
    json_put_member(&writer, "ad", slice_of(ad->name));
    put_verdict(&writer, "before", &before);
    test_findings_json(&writer, "findings_before", &before);
    if (comparing->changed != NULL) {
        put_verdict(&writer, "after", &after);
        test_findings_json(&writer, "findings_after", &after);
    }
    json_close_object(&writer);
    return command_print_line(comparing->bench->out) == OK;
}

static int open_changed(struct comparing *comparing, struct bank_pack **ret_pack)
{
    struct bank_bench *bench = comparing->bench;
    int code = EXIT_DONE;
    if (bench->rule_file != NULL)
        code = pack_with_file(bench, bench->rule_file, ret_pack);
    else if (bench->pattern != NULL)
        code = pack_with_pattern(bench, comparing->shipped, ret_pack);
    if (code == EXIT_DONE && *ret_pack != NULL)
        code = bench_judge(bench, *ret_pack, &comparing->changed);
    return code;
}

static int comparing_open(struct comparing *comparing)
{
    int code = bench_judge(comparing->bench, comparing->bench->pack, &comparing->shipped);
    if (code == EXIT_DONE && arena_create(JUDGE_ARENA_BYTES_MAX, &comparing->arena) != OK)
        code = EXIT_INTERNAL;
    return code;
}

static void comparing_end(struct comparing *comparing)
{
    const struct judge *last = comparing->changed != NULL ? comparing->changed : comparing->shipped;
    if (last != NULL) /* the changed bank has what the other has, and what is tried */
        judge_tell_fused("patterns", last);
    judge_free(comparing->shipped);
    judge_free(comparing->changed);
    arena_free(comparing->arena);
}

/* Every file is read; one that cannot be does not keep the others from it. */
static int test_files(struct comparing *comparing)
{
    const struct bank_bench *bench = comparing->bench;
    int worst = EXIT_DONE;
    for (size_t i = 0; i < bench->files_count && !comparing->failed; i++) {
        int code = bench_read_ads(bench->files[i], test_ad, comparing);
        if (code == EXIT_IO || code == EXIT_INTERNAL)
            return code;
        worst = code != EXIT_DONE ? code : worst;
    }
    return comparing->failed ? EXIT_INTERNAL : worst;
}

static int test_reliability(struct comparing *comparing)
{
    const struct bank_bench *bench = comparing->bench;
    bool both = comparing->changed != NULL;
    if (!reliability_has_labels(comparing->reliable))
        return reliability_tell_none(comparing->reliable, bench->summary);
    int code = reliability_print(comparing->reliable, both ? "in service" : NULL, bench);
    if (code == EXIT_DONE && both)
        code = reliability_print(comparing->reliable_changed, "changed", bench);
    return code;
}

int bench_test(struct bank_bench *bench)
{
    struct comparing comparing = {.bench = bench};
    struct bank_pack *changed = NULL;
    int code = comparing_open(&comparing);
    if (code == EXIT_DONE)
        code = open_changed(&comparing, &changed);
    if (code == EXIT_DONE &&
        (reliability_create(bench, comparing.shipped, &comparing.reliable) != OK ||
         (comparing.changed != NULL &&
          reliability_create(bench, comparing.changed, &comparing.reliable_changed) != OK)))
        code = EXIT_INTERNAL;
    if (code == EXIT_DONE)
        code = test_files(&comparing);
    bool tested = comparing.reliable != NULL; /* EXIT_DATA may be of the changed rule, too */
    if (tested && (code == EXIT_DONE || code == EXIT_DATA)) {
        int told = test_reliability(&comparing);
        code = told != EXIT_DONE ? told : code;
    }
    comparing_end(&comparing);
    bank_pack_free(changed);
    return code;
}

/* ---- backtest ---- */

static const char *judged_name(enum judged_as judged)
{
    static const char *const names[] = {"-", "lure", "ordinary"};
    return names[judged];
}

static void change_row(struct comparing *comparing, const struct judged_row *row,
                       const struct verdict *before, const struct verdict *after)
{
    struct text_buf differences;
    text_buf_init(&differences, 64u << 10);
    put_differences(before, after, &differences);
    table_colour(comparing->table, verdict_is_flagged(after) ? "31" : "32");
    table_add(comparing->table, slice_of(verdict_is_flagged(after) ? "newly" : "no longer"));
    if (row->case_id != 0)
        table_addf(comparing->table, "%" PRId64, row->case_id);
    else
        table_add(comparing->table, SLICE("-"));
    table_add(comparing->table, slice_of(judged_name(row->judged)));
    table_addf(comparing->table, "%s %d", band_name(before->band),
               verdict_score(before->logit_tenths));
    table_addf(comparing->table, "%s %d", band_name(after->band),
               verdict_score(after->logit_tenths));
    table_add(comparing->table, slice_of(row->url));
    table_add(comparing->table, text_buf_slice(&differences));
    text_buf_release(&differences);
}

static int change_json(struct comparing *comparing, const struct judged_row *row,
                       const struct verdict *before, const struct verdict *after)
{
    struct json_writer writer;
    struct text_buf differences;
    text_buf_init(&differences, 64u << 10);
    put_differences(before, after, &differences);
    json_writer_init(&writer, comparing->bench->out);
    json_open_object(&writer);
    json_put_member(&writer, "change", slice_of(verdict_is_flagged(after) ? "newly" : "no longer"));
    if (row->case_id != 0)
        json_put_member_int(&writer, "case", row->case_id);
    json_put_member(&writer, "decided", slice_of(judged_name(row->judged)));
    json_put_member(&writer, "url", slice_of(row->url));
    put_verdict(&writer, "before", before);
    put_verdict(&writer, "after", after);
    json_put_member(&writer, "differences", text_buf_slice(&differences));
    json_close_object(&writer);
    text_buf_release(&differences);
    return command_print_line(comparing->bench->out);
}

static int backtest_row(struct comparing *comparing, const struct judged_row *row)
{
    struct posting posting;
    struct verdict before, after;
    bench_posting(row, &posting);
    if (posting_check(&posting) != OK)
        return OK;
    int rc = judge_both(comparing, &posting, &before, &after);
    if (rc != OK)
        return rc;
    bool was = verdict_is_flagged(&before), is = verdict_is_flagged(&after);
    comparing->ads++;
    comparing->flagged_before += was;
    comparing->flagged_after += is;
    if (was == is)
        return OK;
    ++*(is ? &comparing->newly : &comparing->no_longer);
    (is ? comparing->newly_judged : comparing->no_longer_judged)[row->judged]++;
    if (comparing->bench->common->json)
        return change_json(comparing, row, &before, &after);
    if (table_rows(comparing->table) < SHOWN_MAX)
        change_row(comparing, row, &before, &after);
    return OK;
}

static int backtest_all(struct comparing *comparing, struct store *store)
{
    struct judged_query query = {.with_text = true, .limit = 200};
    struct judged_row *rows = NULL;
    size_t count = 0;
    do {
        arena_reset(comparing->arena);
        int rc = judged_list(store, comparing->arena, &query, &rows, &count);
        if (rc != OK)
            return command_store_failure("patterns", store, rc);
        for (size_t i = 0; i < count; i++) {
            rc = backtest_row(comparing, &rows[i]);
            if (rc != OK)
                return rc == ERR_NOMEM ? EXIT_INTERNAL : EXIT_IO;
            query.after_version_id = rows[i].version_id;
        }
    } while (count == query.limit);
    return EXIT_DONE;
}

static int backtest_end(struct comparing *comparing)
{
    struct json_writer writer;
    const uint64_t *newly = comparing->newly_judged, *lost = comparing->no_longer_judged;
    if (comparing->bench->common->json) {
        json_writer_init(&writer, comparing->bench->out);
        json_open_object(&writer);
        json_put_member_int(&writer, "ads", (int64_t)comparing->ads);
        json_put_member_int(&writer, "flagged_before", (int64_t)comparing->flagged_before);
        json_put_member_int(&writer, "flagged_after", (int64_t)comparing->flagged_after);
        json_put_member_int(&writer, "newly", (int64_t)comparing->newly);
        json_put_member_int(&writer, "newly_lures", (int64_t)newly[JUDGED_LURE]);
        json_put_member_int(&writer, "newly_ordinary", (int64_t)newly[JUDGED_ORDINARY]);
        json_put_member_int(&writer, "no_longer", (int64_t)comparing->no_longer);
        json_put_member_int(&writer, "no_longer_lures", (int64_t)lost[JUDGED_LURE]);
        json_put_member_int(&writer, "no_longer_ordinary", (int64_t)lost[JUDGED_ORDINARY]);
        json_close_object(&writer);
        return command_print_line(comparing->bench->out) == OK ? EXIT_DONE : EXIT_IO;
    }
    if (table_rows(comparing->table) > 0)
        table_print(comparing->table, stdout, 0);
    if (comparing->newly + comparing->no_longer > SHOWN_MAX)
        printf("the first %u changes; --json shows every one\n", SHOWN_MAX);
    printf("%" PRIu64 " stored ads with text (contacts masked for both banks): flagged %" PRIu64
           " before, %" PRIu64 " after\n",
           comparing->ads, comparing->flagged_before, comparing->flagged_after);
    printf("newly flagged %" PRIu64 " (decided lure %" PRIu64 ", ordinary %" PRIu64
           "), no longer %" PRIu64 " (decided lure %" PRIu64 ", ordinary %" PRIu64 ")\n",
           comparing->newly, newly[JUDGED_LURE], newly[JUDGED_ORDINARY], comparing->no_longer,
           lost[JUDGED_LURE], lost[JUDGED_ORDINARY]);
    return EXIT_DONE;
}

int bench_backtest(struct bank_bench *bench)
{
    static const struct table_column columns[] = {
        {"flagged", 0, false}, {"case", 0, true},  {"decided", 0, false}, {"before", 0, false},
        {"after", 0, false},   {"url", 20, false}, {"why", 20, false}};
    struct comparing comparing = {.bench = bench};
    struct bank_pack *changed = NULL;
    struct store *store = NULL;
    struct failure why = {.code = OK};
    int code = comparing_open(&comparing);
    if (code == EXIT_DONE && bench->argument != NULL &&
        bank_pack_load(bench->argument, &changed, &why) != OK)
        code = command_config_failure("patterns", &why);
    else if (code == EXIT_DONE && changed == NULL && bench->rule_file != NULL)
        code = pack_with_file(bench, bench->rule_file, &changed);
    if (code == EXIT_DONE)
        code = bench_judge(bench, changed, &comparing.changed);
    if (code == EXIT_DONE)
        code = bench_store(bench, &store);
    if (code == EXIT_DONE && table_create(bench->arena, columns, sizeof columns / sizeof columns[0],
                                          &comparing.table) != OK)
        code = EXIT_INTERNAL;
    if (code == EXIT_DONE)
        code = backtest_all(&comparing, store);
    if (code == EXIT_DONE)
        code = backtest_end(&comparing);
    store_close(store);
    comparing_end(&comparing);
    bank_pack_free(changed);
    return code;
}
