/* cmd_sources.c - `lurewatch sources`: what is swept, what is off and why, and how each does. */
#include "app/command.h"
#include "app/sources.h"
#include "app/table.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/json.h"
#include "crawler/source.h"
#include "crawler/url.h"
#include "storage/host_rows.h"
#include "storage/run_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (128u << 20)
#define PENDING_SHOWN   10u

struct sources {
    struct common_options common;
    const char *verb, *name, *draft_name, *since;
    bool fetch;
    struct address_policy policy;
    struct settings settings;
    struct source_set *set;
    struct store *store; /* NULL: none yet */
    struct source_health *health;
    size_t health_count;
    struct arena *arena;
    struct text_buf out;
    int64_t now_unix_ms;
};

enum { OPTION_FETCH = 0x200, OPTION_NAME, OPTION_SINCE, OPTION_TEST_ENDPOINT };

static const struct argp_option sources_options[] = {
    {"fetch", OPTION_FETCH, NULL, 0,
     "check: fetch the first address and one posting, politely, and show what they yield", 0},
    {"name", OPTION_NAME, "NAME", 0, "add: the source's name; else made of the host", 0},
    {"since", OPTION_SINCE, "WHEN", 0, "audit: from a day or an age on: 2026-11-24, 30d", 0},
    {"test-endpoint", OPTION_TEST_ENDPOINT, "ADDRESS:PORT", 0,
     "for tests: every host name leads to this one server, such as 127.0.0.1:8080", 1},
    {0}};

static error_t parse_sources(int key, char *value, struct argp_state *state)
{
    struct sources *sources = state->input;
    struct failure why;
    switch (key) {
    case OPTION_FETCH:
        sources->fetch = true;
        return 0;
    case OPTION_NAME:
        sources->draft_name = value;
        return 0;
    case OPTION_SINCE:
        sources->since = value;
        return 0;
    case OPTION_TEST_ENDPOINT:
        if (address_parse_endpoint(slice_of(value), &sources->policy, &why) != OK)
            argp_error(state, "--test-endpoint: %s", why.text);
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &sources->common;
        return 0;
    case ARGP_KEY_ARG:
        if (sources->verb == NULL)
            sources->verb = value;
        else if (sources->name == NULL)
            sources->name = value;
        else
            argp_error(state, "'%s' is one word too many", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- what is known of a source ---- */

static const struct source_health *health_of(const struct sources *sources, const char *name)
{
    static const struct source_health none = {.source = "", .last_why = ""};
    for (size_t i = 0; i < sources->health_count; i++)
        if (strcmp(sources->health[i].source, name) == 0)
            return &sources->health[i];
    return &none;
}

/* When the next round is: "now", "in 3 h", "resumes", "-" when the source is off. */
static const char *due_text(struct sources *sources, const struct source *source,
                            char at[WHEN_BYTES])
{
    char off[SOURCE_WHY_BYTES];
    struct round round;
    if (source_off(source, sources->now_unix_ms, off) != NULL)
        return "-";
    if (sources->store == NULL)
        return "now";
    int rc =
        round_peek(sources->store, source->name, source->every_ms, sources->now_unix_ms, &round);
    if (rc != OK)
        return "?";
    if (!round.due) {
        char left[WHEN_BYTES];
        snprintf(at, WHEN_BYTES, "in %.24s",
                 ago_text(sources->now_unix_ms, round.next_due_unix_ms, left));
        return at;
    }
    return round.resumed ? "now, resumes" : "now";
}

/* 0: it is due, or off. */
static int64_t due_at(const struct sources *sources, const struct source *source)
{
    struct round round;
    if (sources->store == NULL || source_off_kind(source, sources->now_unix_ms) != NULL ||
        round_peek(sources->store, source->name, source->every_ms, sources->now_unix_ms, &round) !=
            OK)
        return 0;
    return round.due ? 0 : round.next_due_unix_ms;
}

static const char *yield_note(const struct source_health *health)
{
    bool much = health->usual.postings >= 10;
    if (health->last_finished_unix_ms != 0 && much &&
        health->last.postings * 2 < health->usual.postings)
        return "far less than usual";
    return "";
}

/* All that its last round would have read is not allowed. */
static bool is_refused(const struct source_health *health)
{
    return health->last.pages == 0 && health->last.denied > 0;
}

/* ---- list ---- */

static void list_row(struct sources *sources, struct table *table, const struct source *source)
{
    char off[SOURCE_WHY_BYTES], due[WHEN_BYTES], ago[WHEN_BYTES];
    const struct source_health *health = health_of(sources, source->name);
    const char *why = source_off(source, sources->now_unix_ms, off);
    table_colour(table, why != NULL ? "2" : NULL);
    table_add(table, slice_of(source->name));
    table_add(table, slice_of(why == NULL ? "on" : "off"));
    table_add(table, slice_of(due_text(sources, source, due)));
    table_add(table, slice_of(ago_text(health->last_started_unix_ms, sources->now_unix_ms, ago)));
    table_addf(table, "%" PRIu64, health->last.pages);
    table_addf(table, "%" PRIu64, health->last.postings);
    table_addf(table, "%" PRIu64, health->last.flagged);
    table_addf(table, "%" PRIu64, health->last.failed + health->last.denied);
    table_addf(table, "%" PRIu64, health->urls[URL_PENDING]);
    table_add(table, slice_of(why != NULL                                     ? why
                              : yield_note(health)[0] != '\0'                 ? yield_note(health)
                              : health->last.failed > 0 || is_refused(health) ? health->last_why
                                                                              : source->basis));
}

static void put_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    if (unix_ms != 0)
        json_put_member(writer, key, slice_of(clock_rfc3339(unix_ms, at)));
}

static void source_json(struct sources *sources, const struct source *source)
{
    char off[SOURCE_WHY_BYTES], due[WHEN_BYTES];
    struct json_writer writer;
    const struct source_health *health = health_of(sources, source->name);
    const char *why = source_off(source, sources->now_unix_ms, off);
    json_writer_init(&writer, &sources->out);
    json_open_object(&writer);
    json_put_member(&writer, "source", slice_of(source->name));
    json_put_member(&writer, "title", slice_of(source->title));
    json_key(&writer, "on");
    json_put_bool(&writer, why == NULL);
    json_put_member_if(&writer, "why_off", slice_of(why));
    json_put_member_if(&writer, "off", slice_of(source_off_kind(source, sources->now_unix_ms)));
    json_put_member_if(&writer, "file", slice_of(source->file));
    if (source->until_unix_ms != 0)
        put_time(&writer, "permission_until", source->until_unix_ms);
    json_put_member_if(&writer, "basis", slice_of(source->basis));
    json_put_member(&writer, "due", slice_of(due_text(sources, source, due)));
    put_time(&writer, "due_at", due_at(sources, source));
    put_time(&writer, "last_started", health->last_started_unix_ms);
    put_time(&writer, "last_finished", health->last_finished_unix_ms);
    json_put_member_int(&writer, "last_pages", (int64_t)health->last.pages);
    json_put_member_int(&writer, "last_postings", (int64_t)health->last.postings);
    json_put_member_int(&writer, "last_flagged", (int64_t)health->last.flagged);
    json_put_member_int(&writer, "last_failed", (int64_t)health->last.failed);
    json_put_member_int(&writer, "last_denied", (int64_t)health->last.denied);
    json_put_member_int(&writer, "usual_postings", (int64_t)health->usual.postings);
    json_put_member_int(&writer, "pending", (int64_t)health->urls[URL_PENDING]);
    json_put_member_int(&writer, "cases_open", (int64_t)health->cases_open);
    json_put_member_if(&writer, "last_why", slice_of(health->last_why));
    json_close_object(&writer);
}

static void failure_json(struct sources *sources, const char *why)
{
    struct json_writer writer;
    json_writer_init(&writer, &sources->out);
    json_open_object(&writer);
    json_put_member(&writer, "error", slice_of(why));
    json_close_object(&writer);
    int rc = command_print_line(&sources->out);
    (void)rc; /* standard error has it, and the end of the command finds a broken output */
}

/* Files that are wrong, on stderr; with --json as lines, too. */
static size_t tell_failures(struct sources *sources)
{
    size_t count = 0;
    const char *why;
    for (; (why = source_set_failure(sources->set, count)) != NULL; count++) {
        fprintf(stderr, "lurewatch sources: %s\n", why);
        if (sources->common.json)
            failure_json(sources, why);
    }
    return count;
}

static int verb_list(struct sources *sources)
{
    static const struct table_column columns[] = {
        {"source", 8, false}, {"", 0, false},    {"due", 0, false},    {"last", 0, true},
        {"pages", 0, true},   {"ads", 0, true},  {"flagged", 0, true}, {"failed", 0, true},
        {"pending", 0, true}, {"why", 12, false}};
    struct table *table = NULL;
    const struct source *source = NULL;
    if (table_create(sources->arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; (source = source_set_at(sources->set, i)) != NULL; i++) {
        if (!sources->common.json) {
            list_row(sources, table, source);
            continue;
        }
        source_json(sources, source);
        if (command_print_line(&sources->out) != OK)
            return EXIT_IO;
    }
    if (!sources->common.json && table_rows(table) > 0)
        table_print(table, stdout, 0);
    else if (!sources->common.json)
        printf("no source in %s: write one, see CONTRIBUTING.md, or copy from samples/\n",
               sources->settings.sources);
    return tell_failures(sources) > 0 ? EXIT_CONFIG : EXIT_DONE;
}

/* ---- check ---- */

static void print_host(struct sources *sources, const char *host)
{
    struct host_row row;
    char when[WHEN_BYTES];
    if (sources->store == NULL || host_get(sources->store, sources->arena, host, &row) != OK)
        return;
    printf("  %s: one request every %u.%03u s", host, row.delay_ms / 1000, row.delay_ms % 1000);
    if (row.next_allowed_unix_ms > sources->now_unix_ms)
        printf(", rests until %s UTC", when_text(row.next_allowed_unix_ms, when));
    if (row.failures > 0)
        printf(", %u failure%s in a row", row.failures, row.failures == 1 ? "" : "s");
    if (row.robots_fetched_unix_ms != 0)
        printf("; robots.txt answered %d %s UTC", row.robots_http_status,
               when_text(row.robots_fetched_unix_ms, when));
    if (row.robots_why[0] != '\0')
        printf(" (%s)", row.robots_why);
    putchar('\n');
}

static int print_pending(struct sources *sources, const struct source *source)
{
    struct url_query query = {.source = source->name, .limit = PENDING_SHOWN};
    struct url_row *rows = NULL;
    size_t count = 0;
    if (sources->store == NULL)
        return OK;
    int rc = urls_pending(sources->store, sources->arena, &query, &rows, &count);
    if (rc != OK)
        return rc;
    uint64_t pending = health_of(sources, source->name)->urls[URL_PENDING];
    printf("waiting to be fetched: %" PRIu64 "\n", pending);
    for (size_t i = 0; i < count; i++)
        printf("  %-8s %s\n", url_kind_name(rows[i].kind), rows[i].url);
    if (pending > count && count > 0)
        printf("  … and %" PRIu64 " more\n", pending - count);
    return OK;
}

static void print_rounds(struct sources *sources, const struct source *source)
{
    char when[WHEN_BYTES];
    const struct source_health *health = health_of(sources, source->name);
    if (health->rounds == 0) {
        puts("no round yet: `lurewatch sweep` begins one");
        return;
    }
    printf("last round: began %s UTC, %s\n", when_text(health->last_started_unix_ms, when),
           health->last_finished_unix_ms == 0 ? "not finished" : "finished");
    printf("  pages %" PRIu64 ", ads %" PRIu64 " (usual %" PRIu64 ")%s%s, flagged %" PRIu64
           ", failed %" PRIu64 ", denied %" PRIu64 ", poisoned %" PRIu64 "\n",
           health->last.pages, health->last.postings, health->usual.postings,
           yield_note(health)[0] != '\0' ? ": " : "", yield_note(health), health->last.flagged,
           health->last.failed, health->last.denied, health->last.poisoned);
    if (health->last_why[0] != '\0')
        printf("  last trouble: %s\n", health->last_why);
}

static void print_source(struct sources *sources, const struct source *source)
{
    char off[SOURCE_WHY_BYTES], due[WHEN_BYTES];
    const char *why = source_off(source, sources->now_unix_ms, off);
    printf("%s: %s\n", source->name, source->title);
    if (why != NULL)
        printf("off: %s\n", why);
    else
        printf("on: %s%s%s; due %s\n", source->basis, source->basis_note[0] != '\0' ? ", " : "",
               source->basis_note, due_text(sources, source, due));
    printf("limits: %u pages a sweep, depth %u, a round every %" PRId64 " min, %u.%03u s between "
           "requests at least\n",
           source->pages_max, source->depth_max, source->every_ms / 60000, source->delay_ms / 1000,
           source->delay_ms % 1000);
    puts("starts at:");
    for (size_t i = 0; i < source->start_count; i++)
        printf("  %-8s %s\n", source_kind_name(source->start[i].kind), source->start[i].url);
    for (size_t i = 0; i < source->paths_count; i++)
        printf("  %-8s %s\n", "files", source->paths[i]);
    for (size_t i = 0; i < source->start_count; i++) {
        bool told = false;
        for (size_t j = 0; j < i; j++)
            told |= strcmp(source->start[j].host_port, source->start[i].host_port) == 0;
        if (!told)
            print_host(sources, source->start[i].host_port);
    }
    if (source->extract_json[0] != '\0')
        printf("extract: %s\n", source->extract_json);
}

static int check_one(struct sources *sources, const struct source *source)
{
    if (sources->common.json) {
        source_json(sources, source);
        return command_print_line(&sources->out) == OK ? EXIT_DONE : EXIT_IO;
    }
    print_source(sources, source);
    print_rounds(sources, source);
    int rc = print_pending(sources, source);
    return rc == OK ? EXIT_DONE : command_store_failure("sources", sources->store, rc);
}

static struct sources_ask sources_ask_of(struct sources *sources)
{
    return (struct sources_ask){.common = &sources->common,
                                .settings = &sources->settings,
                                .arena = sources->arena,
                                .policy = sources->policy};
}

static int verb_check(struct sources *sources)
{
    const struct source *source = NULL;
    int code = EXIT_DONE;
    size_t bad = tell_failures(sources);
    if (sources->name != NULL) {
        source = source_set_find(sources->set, sources->name);
        if (source != NULL && sources->fetch) {
            const struct sources_ask ask = sources_ask_of(sources);
            return sources_fetch(&ask, source);
        }
        if (source != NULL)
            return check_one(sources, source);
        fprintf(stderr, "lurewatch sources: there is no %s/%s.yml%s\n", sources->settings.sources,
                sources->name, bad > 0 ? ", or it is one of the files above" : "");
        return bad > 0 ? EXIT_CONFIG : EXIT_DATA;
    }
    for (size_t i = 0; code == EXIT_DONE && (source = source_set_at(sources->set, i)) != NULL;
         i++) {
        if (i > 0 && !sources->common.json)
            putchar('\n');
        code = check_one(sources, source);
    }
    return code == EXIT_DONE && bad > 0 ? EXIT_CONFIG : code;
}

/* ---- what is asked ---- */

static int sources_open(struct sources *sources)
{
    struct failure why = {.code = OK};
    int code = command_settings("sources", &sources->common, &sources->settings);
    if (code != EXIT_DONE)
        return code;
    if (source_set_load(sources->settings.sources, &sources->set, &why) != OK)
        return command_config_failure("sources", &why);
    int rc = store_open(sources->settings.store, STORE_READ_ONLY, &sources->store, &why);
    if (rc == ERR_NOT_FOUND)
        return EXIT_DONE; /* nothing was swept yet */
    if (rc != OK)
        return exit_with("sources", &why);
    rc = sources_health(sources->store, sources->arena, &sources->health, &sources->health_count);
    return rc == OK ? EXIT_DONE : command_store_failure("sources", sources->store, rc);
}

static int sources_run(struct sources *sources)
{
    const char *verb = sources->verb == NULL ? "list" : sources->verb;
    bool list = strcmp(verb, "list") == 0;
    bool add = strcmp(verb, "add") == 0, audit = strcmp(verb, "audit") == 0;
    if (!list && !add && !audit && strcmp(verb, "check") != 0) {
        fprintf(stderr, "lurewatch sources: '%s' is none of list, check, add, audit\n", verb);
        return EXIT_USAGE;
    }
    if (sources->fetch && sources->name == NULL) {
        fputs("lurewatch sources: --fetch looks at one source: lurewatch sources check NAME "
              "--fetch\n",
              stderr);
        return EXIT_USAGE;
    }
    if (add || audit) {
        const struct sources_ask ask = sources_ask_of(sources);
        int made = command_settings("sources", &sources->common, &sources->settings);
        if (made != EXIT_DONE)
            return made;
        return add ? sources_add(&ask, sources->name, sources->draft_name)
                   : sources_audit(&ask, sources->name, sources->since);
    }
    int code = sources_open(sources);
    if (code != EXIT_DONE)
        return code;
    return list ? verb_list(sources) : verb_check(sources);
}

int cmd_sources(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = sources_options,
        .parser = parse_sources,
        .args_doc = "list\ncheck [NAME]\nadd URL\naudit HOST",
        .doc = "The sources: `list` shows which are on, due, and how the last round went; `check` "
               "reads the files strictly and shows what a sweep would fetch, without fetching "
               "anything, or with --fetch what its first pages yield; `add` looks at a site and "
               "writes "
               "a first draft; `audit` prints every request made to a host, for its owner.\v"
               "A source that does not state why it may be read is off, and says so.\n\n"
               "Examples:\n"
               "  lurewatch sources\n"
               "  lurewatch sources check example-board\n"
               "  lurewatch sources add https://board.example/jobs\n"
               "  lurewatch sources audit board.example --since 30d\n\n"
               "Exit: 0 done; 65 no such source; 69 the site cannot be read now; 73 the draft is "
               "there "
               "already; 75 a sweep is running; 78 a source file is wrong (file:line:column: why).",
        .children = children};
    struct sources sources = {.now_unix_ms = clock_unix_ms()};
    if (verbs_parse(&argp, argc, argv, NULL, &sources) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&sources.out, 1u << 20);
    int code =
        arena_create(ARENA_BYTES_MAX, &sources.arena) == OK ? sources_run(&sources) : EXIT_INTERNAL;
    source_set_free(sources.set);
    store_close(sources.store);
    arena_free(sources.arena);
    text_buf_release(&sources.out);
    return command_end("sources", code);
}
