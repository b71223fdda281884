/* cmd_patterns.c - `lurewatch patterns`: is the bank sound, and what is in it. */
#include "app/command.h"
#include "app/table.h"
#include "classifiers/bank_check.h"
#include "common/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)

struct patterns {
    struct common_options common;
    const char *verb, *dir; /* dir NULL: of the settings */
    const char *family, *language, *status;
    struct settings settings;
    struct bank_pack *pack;
    struct arena *arena;
    struct text_buf out;
    struct json_writer writer; /* of check --json: inside its array */
};

enum { OPTION_FAMILY = 0x200, OPTION_LANGUAGE, OPTION_STATUS };

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
        patterns->status = value;
        return 0;
    case ARGP_KEY_ARG:
        if (patterns->verb == NULL)
            patterns->verb = value;
        else if (patterns->dir == NULL)
            patterns->dir = value;
        else
            argp_error(state, "'%s' is one word too many", value);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "check or list? For example: lurewatch patterns check");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option patterns_options[] = {
    {"family", OPTION_FAMILY, "NAME", 0, "list: of one family, e.g. gambling", 0},
    {"language", OPTION_LANGUAGE, "TAG", 0, "list: in one language, e.g. id", 0},
    {"status", OPTION_STATUS, "STATUS", 0, "list: draft, shadow, active or retired", 0},
    {0}};

/* ---- check ---- */

static void tell(void *ctx, enum bank_check_kind kind, const char *text)
{
    struct patterns *patterns = ctx;
    if (!patterns->common.json) {
        fputs(kind == BANK_CHECK_WARNING ? "warning: " : "", stdout);
        print_safe(stdout, slice_of(text));
        fputc('\n', stdout);
        return;
    }
    json_open_object(&patterns->writer);
    json_put_member(&patterns->writer, "kind",
                    slice_of(kind == BANK_CHECK_WARNING ? "warning" : "complaint"));
    json_put_member(&patterns->writer, "text", slice_of(text));
    json_close_object(&patterns->writer);
}

static void put_result(struct patterns *patterns, const struct bank_check_result *result)
{
    struct json_writer *writer = &patterns->writer;
    json_close_array(writer);
    json_put_member_int(writer, "files", (int64_t)result->files);
    json_put_member_int(writer, "rules", (int64_t)result->rules);
    json_put_member_int(writer, "combos", (int64_t)result->combos);
    json_put_member_int(writer, "signals", (int64_t)result->signals);
    json_put_member_int(writer, "examples", (int64_t)result->examples);
    json_put_member_int(writer, "complaints", (int64_t)result->complaints);
    json_put_member_int(writer, "warnings", (int64_t)result->warnings);
    json_put_member_int(writer, "slowest_us", result->slowest_us);
    json_put_member(writer, "slowest_rule", slice_of(result->slowest));
    json_close_object(writer);
}

static int verb_check(struct patterns *patterns)
{
    struct bank_check_result result = {0};
    struct failure why = {.code = OK};
    json_writer_init(&patterns->writer, &patterns->out);
    json_open_object(&patterns->writer);
    json_key(&patterns->writer, "findings");
    json_open_array(&patterns->writer);
    if (bank_check(patterns->pack, tell, patterns, &result, &why) != OK)
        return exit_with("patterns", &why);
    if (patterns->common.json) {
        put_result(patterns, &result);
        if (command_print_line(&patterns->out) != OK)
            return EXIT_IO;
    } else {
        printf("%s: %zu rules, %zu combos, %zu signals in %zu files; %zu examples run: "
               "%zu complaint%s, %zu warning%s\n",
               bank_pack_origin(patterns->pack), result.rules, result.combos, result.signals,
               result.files, result.examples, result.complaints, result.complaints == 1 ? "" : "s",
               result.warnings, result.warnings == 1 ? "" : "s");
        if (result.slowest[0] != '\0')
            printf("slowest on hostile text: %s, %" PRId64 " µs for 16 KiB\n", result.slowest,
                   result.slowest_us);
    }
    return result.complaints > 0 ? EXIT_DATA : EXIT_DONE;
}

/* ---- list ---- */

static const char *status_name(enum rule_status status)
{
    static const char *const names[] = {"draft", "shadow", "active", "retired"};
    return names[status];
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
    json_put_member(&writer, "field", slice_of(field_of(rule)));
    json_put_member_int(&writer, "level", rule->level);
    json_put_member_if(&writer, "code", rule->code);
    json_put_member(&writer, "file", rule->file);
    json_put_member_int(&writer, "line", rule->line);
    json_close_object(&writer);
}

static void rule_row(struct table *table, const struct pattern_bank *bank, const struct rule *rule)
{
    int tenths = rule->weight_tenths;
    table_colour(table, rule->status == RULE_ACTIVE ? NULL : "2");
    table_add(table, rule->id);
    table_add(table, bank_family(bank, rule->family)->name);
    table_addf(table, "%c%d.%d", tenths < 0 ? '-' : '+', abs(tenths) / 10, abs(tenths) % 10);
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
    int code = list_rules(patterns, bank);
    pattern_bank_free(bank);
    return code;
}

static int patterns_run(struct patterns *patterns)
{
    bool check = strcmp(patterns->verb, "check") == 0;
    if (!check && strcmp(patterns->verb, "list") != 0) {
        fprintf(stderr, "lurewatch patterns: '%s' is neither check nor list\n", patterns->verb);
        return EXIT_USAGE;
    }
    int code = EXIT_DONE;
    struct failure why = {.code = OK};
    if (patterns->dir == NULL)
        code = command_settings("patterns", &patterns->common, &patterns->settings);
    if (code != EXIT_DONE)
        return code;
    const char *dir = patterns->dir != NULL ? patterns->dir : patterns->settings.patterns;
    if (bank_pack_load(dir, &patterns->pack, &why) != OK)
        return command_config_failure("patterns", &why);
    return check ? verb_check(patterns) : verb_list(patterns);
}

int cmd_patterns(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = patterns_options,
        .parser = parse_patterns,
        .args_doc = "check [DIR]\nlist [DIR]",
        .doc = "The pattern bank. `check` reads every file, runs every example through the real "
               "matcher, and tries each rule on texts made to be slow; `list` shows the rules.\v"
               "DIR is the bank's folder; without it the one of the configuration.\n\n"
               "Examples:\n"
               "  lurewatch patterns check\n"
               "  lurewatch patterns list --family gambling --language id\n\n"
               "Exit: 0 sound; 65 check found something wrong (each line: file:line: why); 78 the "
               "folder cannot be read.",
        .children = children};
    struct patterns patterns = {.verb = NULL};
    if (argp_parse(&argp, argc, argv, 0, NULL, &patterns) != 0)
        return EXIT_USAGE;
    text_buf_init(&patterns.out, 64u << 20);
    int code = arena_create(ARENA_BYTES_MAX, &patterns.arena) == OK ? patterns_run(&patterns)
                                                                    : EXIT_INTERNAL;
    bank_pack_free(patterns.pack);
    arena_free(patterns.arena);
    text_buf_release(&patterns.out);
    return command_end("patterns", code);
}
