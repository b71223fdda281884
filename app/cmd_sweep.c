/* cmd_sweep.c - `lurewatch sweep`: options and the checks before a sweep; the work is in sweep.c. */
#include "app/command.h"
#include "app/notify.h"
#include "app/rule_watch.h"
#include "app/sweep.h"
#include "app/verbs.h"
#include "classifiers/bank_pack.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"
#include "crawler/renderer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SOURCES_NAMED_MAX 256u

struct sweep_command {
    struct common_options common;
    const char *only[SOURCES_NAMED_MAX];
    size_t only_count;
    int64_t max_time_ms, max_pages;
    bool dry_run, quiet, politeness_off;
    struct address_policy policy;
};

enum {
    OPTION_MAX_TIME = 0x200,
    OPTION_MAX_PAGES,
    OPTION_SOURCE,
    OPTION_DRY_RUN,
    OPTION_QUIET,
    OPTION_TEST_ENDPOINT,
    OPTION_NO_POLITENESS,
    OPTION_LOG_JSON
};

static const struct argp_option sweep_options[] = {
    {"source", OPTION_SOURCE, "NAME", 0, "sweep this source, due or not; may be repeated", 0},
    {"max-time", OPTION_MAX_TIME, "DURATION", 0,
     "stop after 90s, 15m, 6h; what is in flight is finished and stored", 0},
    {"max-pages", OPTION_MAX_PAGES, "N", 0, "stop after N pages", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "show what would be fetched; fetch and store nothing", 0},
    {"log-json", OPTION_LOG_JSON, NULL, 0, "log lines on stderr are JSON objects", 0},
    {"quiet", OPTION_QUIET, NULL, 0, "print errors only", 0},
    {"test-endpoint", OPTION_TEST_ENDPOINT, "ADDRESS:PORT", 0,
     "for tests: every host name leads to this one server, such as 127.0.0.1:8080", 1},
    {"no-politeness", OPTION_NO_POLITENESS, NULL, 0,
     "for benches, only with --test-endpoint on loopback: no delay between requests", 1},
    {0}};

static error_t parse_source(struct sweep_command *command, const char *name,
                            struct argp_state *state)
{
    if (command->only_count == SOURCES_NAMED_MAX)
        argp_error(state, "--source can be given %u times", SOURCES_NAMED_MAX);
    command->only[command->only_count++] = name;
    return 0;
}

static error_t parse_number(int key, const char *value, struct sweep_command *command,
                            struct argp_state *state)
{
    struct failure why;
    if (key == OPTION_MAX_TIME &&
        (clock_parse_duration(slice_of(value), &command->max_time_ms) != OK ||
         command->max_time_ms <= 0))
        argp_error(state, "--max-time wants a duration such as 90s, 15m or 6h, not '%s'", value);
    if (key == OPTION_MAX_PAGES &&
        (slice_to_int64(slice_of(value), &command->max_pages) != OK || command->max_pages <= 0))
        argp_error(state, "--max-pages wants a number above 0, not '%s'", value);
    if (key == OPTION_TEST_ENDPOINT &&
        address_parse_endpoint(slice_of(value), &command->policy, &why) != OK)
        argp_error(state, "--test-endpoint: %s", why.text);
    return 0;
}

static error_t parse_sweep(int key, char *value, struct argp_state *state)
{
    struct sweep_command *command = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &command->common;
        return 0;
    case OPTION_SOURCE:
        return parse_source(command, value, state);
    case OPTION_MAX_TIME:
    case OPTION_MAX_PAGES:
    case OPTION_TEST_ENDPOINT:
        return parse_number(key, value, command, state);
    case OPTION_DRY_RUN:
        command->dry_run = true;
        return 0;
    case OPTION_QUIET:
        command->quiet = true;
        return 0;
    case OPTION_LOG_JSON:
        log_set_json(true);
        return 0;
    case OPTION_NO_POLITENESS:
        command->politeness_off = true;
        return 0;
    case ARGP_KEY_END:
        if (command->politeness_off && !command->policy.allow_test_endpoint)
            argp_error(state, "--no-politeness works only with --test-endpoint");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- checks ---- */

static bool is_asked(const struct sweep_command *command, const char *name)
{
    bool asked = command->only_count == 0;
    for (size_t i = 0; i < command->only_count; i++)
        asked |= strcmp(command->only[i], name) == 0;
    return asked;
}

static void say_off(const struct sweep_command *command, const char *name, const char *why)
{
    struct text_buf line;
    struct json_writer writer;
    if (!command->common.json) {
        if (!command->quiet)
            printf("%s: off: %s\n", name, why);
        return;
    }
    text_buf_init(&line, 1u << 16);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member(&writer, "source", slice_of(name));
    json_put_member(&writer, "status", SLICE("off"));
    json_put_member(&writer, "why", slice_of(why));
    json_close_object(&writer);
    printf("%s\n", text_buf_cstr(&line));
    text_buf_release(&line);
}

/* Names that are off, wrong files, names that are none. A wrong file does not stop the others. */
static int sources_check(const struct sweep_command *command, const struct settings *settings,
                         const struct source_set *sources)
{
    char why[SOURCE_WHY_BYTES];
    const char *wrong = NULL;
    int code = EXIT_DONE;
    for (size_t i = 0; (wrong = source_set_failure(sources, i)) != NULL; i++) {
        log_error("sweep: %s", wrong);
        code = EXIT_CONFIG;
    }
    for (size_t i = 0; source_set_at(sources, i) != NULL; i++) {
        const struct source *source = source_set_at(sources, i);
        if (is_asked(command, source->name) && source_off(source, clock_unix_ms(), why) != NULL)
            say_off(command, source->name, why);
        else if (is_asked(command, source->name) && source->render &&
                 renderer_browser(settings->browser) == NULL)
            say_off(
                command, source->name,
                "render: yes needs a browser: install Debian's chromium-headless-shell, or name "
                "one in the configuration (browser)");
    }
    for (size_t i = 0; i < command->only_count; i++)
        if (source_set_find(sources, command->only[i]) == NULL) {
            log_error("sweep: there is no source '%s'; `lurewatch sources list` shows them",
                      command->only[i]);
            code = EXIT_USAGE;
        }
    return code;
}

/* ---- the sweep ---- */

static int sweep_now(const struct sweep_command *command, const struct settings *settings,
                     const struct source_set *sources)
{
    char name[BANK_NAME_BYTES] = "";
    int64_t started = clock_unix_ms();
    struct bank_pack *pack = NULL;
    struct sweep_options options = {
        .settings = settings,
        .sources = sources,
        .only = command->only_count > 0 ? command->only : NULL,
        .only_count = command->only_count,
        .bank_name = name,
        .max_time_ms = command->max_time_ms,
        .max_pages = (uint64_t)(command->max_pages > 0 ? command->max_pages : settings->max_pages),
        .json = command->common.json,
        .quiet = command->quiet,
        .policy = command->policy,
        .politeness_off = command->politeness_off};
    if (command->dry_run)
        return sweep_dry_run(&options);
    int code = command_bank("sweep", settings, &pack);
    if (code == EXIT_DONE)
        code = command_bank_name("sweep", settings, pack, name, &options.watch);
    if (code == EXIT_DONE) {
        command_model(settings, &options.model);
        options.bank = bank_pack_bytes(pack);
        code = sweep_run(&options);
        notify_sweep(settings, started, code);
    }
    rule_watch_free(options.watch);
    bank_pack_free(pack);
    return code;
}

static int sweep_all(const struct sweep_command *command, const struct settings *settings)
{
    struct source_set *sources = NULL;
    struct failure why = {.code = OK};
    if (strcmp(settings->stop, "all") == 0) {
        say_off(command, "all sources",
                "'stop: all' stands in the configuration; take it out to "
                "sweep again");
        return EXIT_DONE;
    }
    int code = command->dry_run ? EXIT_DONE : command_contact("sweep", settings);
    if (code != EXIT_DONE)
        return code;
    if (source_set_load(settings->sources, &sources, &why) != OK)
        return command_config_failure("sweep", &why);
    code = sources_check(command, settings, sources);
    if (code != EXIT_USAGE) {
        int swept = sweep_now(command, settings, sources);
        code = swept != EXIT_DONE ? swept : code;
    }
    source_set_free(sources);
    return code;
}

int cmd_sweep(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = sweep_options,
        .parser = parse_sweep,
        .doc =
            "Fetch the sources that are due, judge their postings, and queue the few that matter, "
            "each with its evidence. Made for cron: it takes a lock, it is bounded, and a run that "
            "was stopped or killed is resumed by the next.\v"
            "Examples:\n"
            "  lurewatch sweep --max-time 50m          from cron, once an hour\n"
            "  lurewatch sweep --source example-board  one source, due or not\n"
            "  lurewatch sweep --dry-run               what would be fetched\n\n"
            "Exit: 0 done, or stopped by a signal or a limit; 74 the disk is full or the store "
            "failed; 75 another sweep holds the lock; 78 the configuration is wrong (of a wrong "
            "source file: the other sources were swept).",
        .children = children};
    struct sweep_command command = {.max_pages = 0};
    struct settings settings;
    if (verbs_parse(&argp, argc, argv, NULL, &command) != EXIT_DONE)
        return EXIT_USAGE;
    int code = command_settings("sweep", &command.common, &settings);
    if (code != EXIT_DONE)
        return code;
    if (strcmp(settings.log_json, "yes") == 0)
        log_set_json(true);
    if (command.policy.allow_test_endpoint)
        log_warn("sweep: every host name leads to the test endpoint%s",
                 command.politeness_off ? ", and politeness is off" : "");
    return sweep_all(&command, &settings);
}
