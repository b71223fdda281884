/* cmd_patterns.c - `lurewatch patterns`: is the bank sound, what is in it, and what it does
 * (bank_bench.h). */
#include "app/bank_bench.h"
#include "app/command.h"
#include "app/table.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)

struct patterns {
    struct common_options common;
    const char *verb, *argument; /* argument: a folder or file, as the verb takes it, or NULL */
    struct bank_bench bench;
    const char *family, *language, *status;
    struct settings settings;
    struct bank_pack *pack;
    struct arena *arena;
    struct text_buf out;
};

enum {
    OPTION_FAMILY = 0x200,
    OPTION_LANGUAGE,
    OPTION_STATUS,
    OPTION_RULE,
    OPTION_PATTERN,
    OPTION_WRITE,
    OPTION_CASES,
    OPTION_MISS,
    OPTION_FALSE,
    OPTION_DAYS,
    OPTION_SUMMARY
};

static double read_number(const char *value, const char *name, struct argp_state *state)
{
    char *end = NULL;
    double number = strtod(value, &end);
    if (end == value || *end != '\0' || !(number > 0) || number > 1e9)
        argp_error(state, "--%s is a number above 0, not '%s'", name, value);
    return number;
}

/* Options of the bench. */
static error_t parse_bench(int key, char *value, struct argp_state *state)
{
    struct bank_bench *bench = &((struct patterns *)state->input)->bench;
    switch (key) {
    case OPTION_RULE:
        bench->rule_file = value;
        return 0;
    case OPTION_PATTERN:
        bench->pattern = value;
        return 0;
    case OPTION_SUMMARY:
        bench->summary = true;
        return 0;
    case OPTION_WRITE:
        bench->write = true;
        return 0;
    case OPTION_CASES:
        bench->cases_per_day = read_number(value, "cases-per-day", state);
        return 0;
    case OPTION_MISS:
        bench->miss_cost = read_number(value, "miss-cost", state);
        return 0;
    case OPTION_FALSE:
        bench->false_cost = read_number(value, "false-cost", state);
        return 0;
    case OPTION_DAYS:
        if (slice_to_int64(slice_of(value), &bench->days) != OK || bench->days < 1 ||
            bench->days > 36500)
            argp_error(state, "--days is a whole number from 1 to 36500, not '%s'", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char *status_name(enum rule_status status)
{
    static const char *const names[] = {"draft", "shadow", "active", "retired"};
    return names[status];
}

static bool is_status(const char *name)
{
    for (int status = RULE_DRAFT; status <= RULE_RETIRED; status++)
        if (strcmp(status_name((enum rule_status)status), name) == 0)
            return true;
    return false;
}

/* The verb, then a folder or a file; `test` takes many. */
static void take_word(struct patterns *patterns, const char *word, struct argp_state *state)
{
    struct bank_bench *bench = &patterns->bench;
    if (patterns->verb == NULL) {
        patterns->verb = word;
        return;
    }
    bool many = strcmp(patterns->verb, "test") == 0;
    if (bench->files_count == (many ? BENCH_FILES_MAX : 1))
        argp_error(state, "'%s' is one word too many", word);
    if (patterns->argument == NULL)
        patterns->argument = word;
    bench->files[bench->files_count++] = word;
}

static error_t parse_patterns(int key, char *value, struct argp_state *state)
{
    struct patterns *patterns = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &patterns->common;
        return 0;
    case OPTION_FAMILY:
        patterns->family = value;
        return 0;
    case OPTION_LANGUAGE:
        patterns->language = value;
        return 0;
    case OPTION_STATUS:
        if (!is_status(value))
            argp_error(state, "--status is draft, shadow, active or retired, not '%s'", value);
        patterns->status = value;
        return 0;
    case ARGP_KEY_ARG:
        take_word(patterns, value, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state,
                   "check, list, stats, test, backtest, tune or thresholds? For example: lurewatch "
                   "patterns check");
        return EINVAL;
    default:
        return parse_bench(key, value, state);
    }
}

static const struct argp_option patterns_options[] = {
    {"family", OPTION_FAMILY, "NAME", 0, "list: of one family, e.g. gambling", 0},
    {"language", OPTION_LANGUAGE, "TAG", 0, "list: in one language, e.g. id", 0},
    {"status", OPTION_STATUS, "STATUS", 0, "list: draft, shadow, active or retired", 0},
    {NULL, 0, NULL, 0, "For trying a change:", 1},
    {"rule", OPTION_RULE, "FILE.yml", 0,
     "test, backtest: an idea file beside the bank's of the same name", 0},
    {"pattern", OPTION_PATTERN, "REGEX", 0, "test: a pattern by itself, beside the bank", 0},
    {"summary", OPTION_SUMMARY, NULL, 0,
     "test: only the table of probability against labels, no ad by itself", 0},
    {NULL, 0, NULL, 0, "For weights and thresholds:", 2},
    {"write", OPTION_WRITE, NULL, 0, "tune: write " BANK_WEIGHTS_FILE " into the bank's folder", 0},
    {"cases-per-day", OPTION_CASES, "N", 0, "thresholds: what reviewers can take", 0},
    {"miss-cost", OPTION_MISS, "A", 0, "thresholds: what a missed lure costs", 0},
    {"false-cost", OPTION_FALSE, "B", 0, "thresholds: what a false alarm costs, in the same unit",
     0},
    {"days", OPTION_DAYS, "N", 0, "thresholds: of ads first seen in the last N days (30)", 0},
    {0}};

/* ---- list ---- */

/* A name that no rule has is a slip of the pen, not an empty list. */
static bool filters_known(const struct patterns *patterns, const struct pattern_bank *bank)
{
    bool family = patterns->family == NULL, language = patterns->language == NULL;
    for (size_t i = 0; i < bank_rules_count(bank); i++) {
        const struct rule *rule = bank_rule(bank, i);
        family = family || slice_is(bank_family(bank, rule->family)->name, patterns->family);
        language = language || slice_is(rule->language, patterns->language);
    }
    if (!family) {
        fprintf(stderr,
                "lurewatch patterns: no rule is of family '%s'; there are:", patterns->family);
        for (size_t i = 0; i < bank_families_count(bank); i++)
            fprintf(stderr, " %.*s", (int)bank_family(bank, i)->name.len,
                    bank_family(bank, i)->name.at);
        fputc('\n', stderr);
    } else if (!language) {
        fprintf(stderr,
                "lurewatch patterns: no rule is in language '%s': a tag such as id, zh, vi\n",
                patterns->language);
    }
    return family && language;
}

static bool is_wanted(const struct patterns *patterns, const struct pattern_bank *bank,
                      const struct rule *rule)
{
    if (patterns->family != NULL &&
        !slice_is(bank_family(bank, rule->family)->name, patterns->family))
        return false;
    if (patterns->language != NULL && !slice_is(rule->language, patterns->language))
        return false;
    return patterns->status == NULL || strcmp(status_name(rule->status), patterns->status) == 0;
}

static const char *field_of(const struct rule *rule)
{
    return rule->field == RULE_FIELD_ANY ? "any"
                                         : posting_field_name((enum posting_field)rule->field);
}

static void rule_json(struct patterns *patterns, const struct pattern_bank *bank,
                      const struct rule *rule)
{
    struct json_writer writer;
    json_writer_init(&writer, &patterns->out);
    json_open_object(&writer);
    json_put_member(&writer, "id", rule->id);
    json_put_member(&writer, "family", bank_family(bank, rule->family)->name);
    json_put_member(&writer, "title", rule->title);
    json_put_member(&writer, "language", rule->language);
    json_put_member(&writer, "status", slice_of(status_name(rule->status)));
    json_key(&writer, "weight");
    json_put_decimal(&writer, rule->weight_tenths, 1);
    if (rule->is_tuned) {
        json_key(&writer, "analyst_weight");
        json_put_decimal(&writer, rule->analyst_tenths, 1);
    }
    json_put_member(&writer, "field", slice_of(field_of(rule)));
    json_put_member_int(&writer, "level", rule->level);
    json_put_member_if(&writer, "code", rule->code);
    json_put_member(&writer, "file", rule->file);
    json_put_member_int(&writer, "line", rule->line);
    json_close_object(&writer);
}

static void rule_row(struct table *table, const struct pattern_bank *bank, const struct rule *rule)
{
    int tenths = rule->weight_tenths, analyst = rule->analyst_tenths;
    table_colour(table, rule->status == RULE_ACTIVE ? NULL : "2");
    table_add(table, rule->id);
    table_add(table, bank_family(bank, rule->family)->name);
    if (rule->is_tuned)
        table_addf(table, "%+.1f (%+.1f)", tenths / 10.0, analyst / 10.0);
    else
        table_addf(table, "%+.1f", tenths / 10.0);
    table_add(table, slice_of(status_name(rule->status)));
    table_add(table, slice_of(field_of(rule)));
    table_addf(table, "%s%.0d", rule->level > 0 ? "B" : "-", rule->level);
    table_add(table, rule->title);
}

static int list_rules(struct patterns *patterns, const struct pattern_bank *bank)
{
    static const struct table_column columns[] = {
        {"rule", 16, false}, {"family", 0, false}, {"weight", 0, true}, {"status", 0, false},
        {"field", 0, false}, {"level", 0, false},  {"title", 10, false}};
    struct table *table = NULL;
    if (table_create(patterns->arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < bank_rules_count(bank); i++) {
        const struct rule *rule = bank_rule(bank, i);
        if (!is_wanted(patterns, bank, rule))
            continue;
        if (!patterns->common.json) {
            rule_row(table, bank, rule);
            continue;
        }
        rule_json(patterns, bank, rule);
        if (command_print_line(&patterns->out) != OK)
            return EXIT_IO;
    }
    if (patterns->common.json)
        return EXIT_DONE;
    table_print(table, stdout, 0);
    size_t tuned = 0;
    for (size_t i = 0; i < bank_rules_count(bank); i++)
        tuned += bank_rule(bank, i)->is_tuned ? 1 : 0;
    if (tuned > 0)
        printf("%zu weights are fitted to decisions (%s); the analyst's stand in brackets\n", tuned,
               BANK_WEIGHTS_FILE);
    printf("%zu of %zu rules; bank %.*s\n", table_rows(table), bank_rules_count(bank),
           (int)bank_version(bank).len, bank_version(bank).at);
    return EXIT_DONE;
}

static int verb_list(struct patterns *patterns)
{
    struct pattern_bank *bank = NULL;
    struct failure why = {.code = OK};
    if (pattern_bank_compile(patterns->pack, &bank, &why) != OK)
        return command_config_failure("patterns", &why);
    int code = filters_known(patterns, bank) ? list_rules(patterns, bank) : EXIT_USAGE;
    pattern_bank_free(bank);
    return code;
}

/* ---- the bench ---- */

static int verb_check(struct patterns *patterns)
{
    return bench_check(&patterns->bench);
}

static int usage(const char *why)
{
    fprintf(stderr, "lurewatch patterns: %s\n", why);
    return EXIT_USAGE;
}

static int verb_test(struct patterns *patterns)
{
    if (patterns->argument == NULL)
        return usage("test wants a file of ads: lurewatch patterns test ads.jsonl ('-': standard "
                     "input)");
    if (patterns->bench.pattern != NULL && slice_trim(slice_of(patterns->bench.pattern)).len == 0)
        return usage("--pattern is empty; for example --pattern 'admin slot'");
    return bench_test(&patterns->bench);
}

static int verb_backtest(struct patterns *patterns)
{
    if ((patterns->argument == NULL) == (patterns->bench.rule_file == NULL))
        return usage("backtest wants a changed bank: lurewatch patterns backtest FOLDER, or --rule "
                     "FILE.yml");
    return bench_backtest(&patterns->bench);
}

static int verb_stats(struct patterns *patterns)
{
    return bench_stats(&patterns->bench);
}

static int verb_tune(struct patterns *patterns)
{
    if (patterns->argument != NULL)
        return usage("tune takes no word: it goes by the store of the configuration");
    return bench_tune(&patterns->bench);
}

static int verb_thresholds(struct patterns *patterns)
{
    const struct bank_bench *bench = &patterns->bench;
    bool by_cost = bench->miss_cost > 0 && bench->false_cost > 0;
    bool half = (bench->miss_cost > 0) != (bench->false_cost > 0);
    if (patterns->argument != NULL)
        return usage("thresholds takes no word: it goes by the store of the configuration");
    if (half || by_cost == (bench->cases_per_day > 0))
        return usage("thresholds wants --cases-per-day N, or --miss-cost A with --false-cost B");
    return bench_thresholds(&patterns->bench);
}

static const struct {
    const char *name;
    int (*run)(struct patterns *patterns);
    bool takes_dir; /* the word behind it is the bank's folder */
} VERBS[] = {
    {"check", verb_check, true},
    {"list", verb_list, true},
    {"stats", verb_stats, false},
    {"test", verb_test, false},
    {"backtest", verb_backtest, false},
    {"tune", verb_tune, false},
    {"thresholds", verb_thresholds, false},
};

static int run_verb(struct patterns *patterns, size_t verb)
{
    struct failure why = {.code = OK};
    bool own_dir = VERBS[verb].takes_dir && patterns->argument != NULL;
    int code =
        own_dir ? EXIT_DONE : command_settings("patterns", &patterns->common, &patterns->settings);
    if (code != EXIT_DONE)
        return code;
    const char *dir = own_dir ? patterns->argument : patterns->settings.patterns;
    if (bank_pack_load(dir, &patterns->pack, &why) != OK)
        return command_config_failure("patterns", &why);
    patterns->bench.common = &patterns->common;
    patterns->bench.settings = &patterns->settings;
    patterns->bench.pack = patterns->pack;
    patterns->bench.arena = patterns->arena;
    patterns->bench.out = &patterns->out;
    patterns->bench.argument = patterns->argument;
    patterns->bench.now_unix_ms = clock_unix_ms();
    return VERBS[verb].run(patterns);
}

static int patterns_run(struct patterns *patterns)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (strcmp(patterns->verb, VERBS[i].name) == 0)
            return run_verb(patterns, i);
    fprintf(stderr,
            "lurewatch patterns: '%s' is none of check, list, stats, test, backtest, tune and "
            "thresholds\n",
            patterns->verb);
    return EXIT_USAGE;
}

int cmd_patterns(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = patterns_options,
        .parser = parse_patterns,
        .args_doc = "check [DIR]\nlist [DIR]\nstats [FILE]\ntest FILE…\nbacktest DIR\ntune\n"
                    "thresholds",
        .doc =
            "The pattern bank. `check` reads every file, runs every example through the real "
            "matcher, and tries each rule on texts made to be slow; `list` shows the rules. "
            "`stats` tells what each rule does in the store and what it costs; `test` what fires "
            "on the ads of files and, where they bear labels, how far probabilities hold; "
            "`backtest` what a changed bank would flag of the stored ads; "
            "`tune` proposes weights from reviewers' decisions; `thresholds` where band review "
            "should begin.\v"
            "DIR is a bank's folder; without it the one of the configuration. FILE holds ads as "
            "JSON lines of the scan input form, or one ad as text. A member \"label\" says what an "
            "ad "
            "is: lure or fraud-lure, benign; other words are counted apart.\n\n"
            "Examples:\n"
            "  lurewatch patterns check\n"
            "  lurewatch patterns list --family gambling --language id\n"
            "  lurewatch patterns test ads.jsonl --rule my/admin-slot.yml\n"
            "  lurewatch patterns test --summary labelled/*.jsonl\n"
            "  lurewatch patterns backtest my-patterns/\n"
            "  lurewatch patterns thresholds --cases-per-day 40\n"
            "  lurewatch patterns tune\n\n"
            "Exit: 0 done; 65 check found something wrong (each line: file:line: why), or there is "
            "too little to go by; 69 no store; 78 the folder cannot be read.",
        .children = children};
    struct patterns patterns = {.bench = {.cases_per_day = -1, .days = 30}};
    if (verbs_parse(&argp, argc, argv, NULL, &patterns) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&patterns.out, 64u << 20);
    int code = arena_create(ARENA_BYTES_MAX, &patterns.arena) == OK ? patterns_run(&patterns)
                                                                    : EXIT_INTERNAL;
    bank_pack_free(patterns.pack);
    arena_free(patterns.arena);
    text_buf_release(&patterns.out);
    return command_end("patterns", code);
}
