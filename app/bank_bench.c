/* bank_bench.c - what the parts of the analyst's bench share; see bank_bench.h. */
#include "app/bank_bench.h"

#include "app/json_array.h"
#include "app/lines.h"
#include "common/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The analyst's file, or pattern, in place of the path that it took in the bank. */
static void name_tried(const struct bank_bench *bench, const struct bank_pack *pack,
                       struct failure *why)
{
    char place[sizeof why->text];
    unsigned line = 0;
    int read = 0;
    int len = snprintf(place, sizeof place, "%s/%s:", bank_pack_origin(pack), bench->tried_path);
    if (bench->tried_path[0] == '\0' || len < 0 || !slice_starts(slice_of(why->text), place) ||
        sscanf(why->text + len, "%u%n", &line, &read) != 1)
        return;
    line -= line > bench->tried_lines ? bench->tried_lines : 0;
    snprintf(place, sizeof place, "%s", why->text + len + read);
    failure_set(why, why->code, "%s:%u%s",
                bench->rule_file != NULL ? bench->rule_file : "--pattern", line, place);
}

int bench_judge(struct bank_bench *bench, const struct bank_pack *pack, struct judge **ret_judge)
{
    struct classify_settings model;
    struct failure why = {.code = OK};
    command_model(bench->settings, &model);
    if (judge_create(bank_pack_bytes(pack), &model, ret_judge, &why) == OK)
        return EXIT_DONE;
    /* bytes have no folder: the pack itself tells where the complaint stands */
    struct pattern_bank *bank = NULL;
    struct failure placed = {.code = OK};
    bool is_placed = pattern_bank_compile(pack, &bank, &placed) != OK;
    pattern_bank_free(bank);
    name_tried(bench, pack, &placed);
    return command_config_failure("patterns", is_placed ? &placed : &why);
}

/* ---- the store ---- */

int bench_store(struct bank_bench *bench, struct store **ret_store)
{
    struct failure why = {.code = OK};
    const char *tmp = getenv("TMPDIR");
    char path[SETTINGS_TEXT_BYTES], url[SETTINGS_TEXT_BYTES + 16];
    uint32_t version = 0;
    if (store_look(bench->settings->store, &version, &why) != OK || version != store_version_ours())
        return command_store("patterns", bench->settings, STORE_READ_ONLY, ret_store);
    int len = snprintf(path, sizeof path, "%s/lurewatch-bench-%ld.db", tmp != NULL ? tmp : "/tmp",
                       (long)getpid());
    if (len < 0 || (size_t)len >= sizeof path)
        return command_store("patterns", bench->settings, STORE_READ_ONLY, ret_store);
    int rc = store_backup(bench->settings->store, path, &why);
    if (rc == ERR_UNSUPPORTED)
        return command_store("patterns", bench->settings, STORE_READ_ONLY, ret_store);
    if (rc != OK)
        return exit_with("patterns", &why);
    snprintf(url, sizeof url, "sqlite:%s", path);
    rc = store_open(url, STORE_READ_ONLY, ret_store, &why);
    unlink(path);
    return rc == OK ? EXIT_DONE : exit_with("patterns", &why);
}

void bench_posting(const struct judged_row *row, struct posting *ret_posting)
{
    posting_init(ret_posting);
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        ret_posting->field[i] = row->field[i];
    ret_posting->attr[POSTING_URL] = slice_of(row->url);
}

/* ---- ads of a file ---- */

struct reading {
    const char *path;
    bench_ad_fn *each;
    void *ctx;
    struct arena *arena; /* of one ad */
    bool bad, stopped;
};

static void tell_bad(struct reading *reading, uint64_t number, const char *why)
{
    fprintf(stderr, "lurewatch patterns: %s: line %" PRIu64 ": %s\n", reading->path, number, why);
    reading->bad = true;
}

/* A label that is a number or a list is told as it stands. */
static int label_of(struct arena *arena, const struct json *ad, struct slice *ret_label)
{
    const struct json *label = json_get(ad, "label");
    struct slice text = json_scalar_text(label);
    enum json_kind kind = json_kind_of(label);
    if (kind == JSON_ARRAY || kind == JSON_OBJECT)
        text = SLICE("(a list)");
    char *copy = arena_copy(arena, text.at, text.len);
    if (copy == NULL)
        return ERR_NOMEM;
    *ret_label = slice_make(copy, text.len);
    return OK;
}

static void take_line(struct reading *reading, struct slice line, uint64_t number)
{
    struct json_doc *doc = NULL;
    struct posting posting;
    struct slice html, clean, label = SLICE_EMPTY;
    struct failure why = {.code = OK};
    char name[128];
    arena_reset(reading->arena);
    int rc = utf8_clean(reading->arena, line, &clean);
    if (rc == OK)
        rc = json_parse(clean, true, 32, &doc, &why);
    if (rc == OK)
        rc = posting_from_json(reading->arena, json_root(doc), &posting, &html, &why);
    if (rc == OK)
        rc = label_of(reading->arena, json_root(doc), &label);
    json_free(doc);
    if (rc == OK && posting_check(&posting) != OK)
        rc = failure_set(&why, ERR_SYNTAX, "neither title nor text (html is not read here)");
    if (rc != OK) {
        tell_bad(reading, number, rc == ERR_NOMEM ? "out of memory" : why.text);
        return;
    }
    struct slice id = posting.attr[POSTING_ID];
    if (id.len > 0)
        snprintf(name, sizeof name, "%.*s", (int)id.len, id.at);
    else
        snprintf(name, sizeof name, "line %" PRIu64, number);
    reading->stopped = !reading->each(reading->ctx, &(struct bench_ad){name, label, &posting});
}

static void take_array(struct reading *reading, struct slice whole)
{
    struct json_array array;
    struct slice item;
    struct failure why = {.code = OK};
    int rc = OK;
    json_array_begin(whole, &array);
    while (!reading->stopped && (rc = json_array_next(&array, &item, &why)) == OK)
        take_line(reading, item, array.number);
    if (rc == ERR_SYNTAX)
        tell_bad(reading, array.number + 1, why.text);
}

static void take_text(struct reading *reading, struct line_reader *reader, struct slice first)
{
    struct text_buf whole;
    struct posting posting;
    struct slice line = first;
    text_buf_init(&whole, BENCH_AD_BYTES_MAX);
    do {
        text_buf_add_slice(&whole, line);
        text_buf_add_char(&whole, '\n');
    } while (line_reader_next(reader, &line));
    posting_init(&posting);
    if (text_buf_status(&whole) == OK && json_array_looks(text_buf_slice(&whole)))
        take_array(reading, text_buf_slice(&whole));
    else if (posting_set(&posting, reading->arena, POSTING_TEXT, text_buf_slice(&whole)) != OK ||
             posting_check(&posting) != OK)
        tell_bad(reading, 1, "no ad: the text is empty or too long");
    else
        reading->each(reading->ctx, &(struct bench_ad){reading->path, SLICE_EMPTY, &posting});
    text_buf_release(&whole);
}

static int read_stream(struct reading *reading, FILE *in)
{
    struct line_reader reader = {0};
    struct slice line;
    bool first = true;
    if (line_reader_init(&reader, in, BENCH_AD_BYTES_MAX) != OK)
        return EXIT_INTERNAL;
    while (!reading->stopped && line_reader_next(&reader, &line)) {
        if (reader.too_long)
            tell_bad(reading, reader.number, "longer than an ad may be");
        else if (slice_trim(line).len == 0)
            continue;
        else if (first && !slice_starts(slice_trim(line), "{"))
            take_text(reading, &reader, line);
        else
            take_line(reading, line, reader.number);
        first = false;
    }
    bool failed = reader.failed;
    line_reader_release(&reader);
    if (failed)
        fprintf(stderr, "lurewatch patterns: %s: cannot read: %s\n", reading->path,
                strerror(errno));
    return failed ? EXIT_IO : reading->bad ? EXIT_DATA : EXIT_DONE;
}

int bench_read_ads(const char *path, bench_ad_fn *each, void *ctx)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct reading reading = {.path = is_stdin ? "standard input" : path, .each = each, .ctx = ctx};
    FILE *in = is_stdin ? stdin : fopen(path, "rbe");
    if (in == NULL) {
        fprintf(stderr, "lurewatch patterns: %s: %s\n", path, strerror(errno));
        return EXIT_DATA;
    }
    int code =
        arena_create(64u << 20, &reading.arena) == OK ? read_stream(&reading, in) : EXIT_INTERNAL;
    arena_free(reading.arena);
    if (!is_stdin)
        fclose(in);
    return code;
}

/* ---- rules by id ---- */

struct rule_index {
    const struct rule **sorted;
    size_t count;
};

static int order_of(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.at, b.at, len) : 0;
    return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int by_id(const void *a, const void *b)
{
    const struct rule *const *left = a, *const *right = b;
    return order_of((*left)->id, (*right)->id);
}

int rule_index_create(const struct pattern_bank *bank, struct arena *arena,
                      struct rule_index **ret_index)
{
    struct rule_index *index = arena_calloc(arena, 1, sizeof *index);
    if (index == NULL)
        return ERR_NOMEM;
    index->count = bank_rules_count(bank);
    index->sorted = arena_calloc(arena, index->count + 1, sizeof *index->sorted);
    if (index->sorted == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < index->count; i++)
        index->sorted[i] = bank_rule(bank, i);
    qsort(index->sorted, index->count, sizeof *index->sorted, by_id);
    *ret_index = index;
    return OK;
}

const struct rule *rule_index_find(const struct rule_index *index, struct slice id)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = order_of(index->sorted[middle]->id, id);
        if (order == 0)
            return index->sorted[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
