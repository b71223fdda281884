/* cmd_doctor.c - `lurewatch doctor`: is this installation sound, and why is nothing being fetched.
 * Changes nothing, fetches nothing. */
#include "app/doctor.h"
#include "app/table.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)
#define SWEEPS_SHOWN    5u

struct doctoring {
    struct common_options common;
    struct doctor doctor;
    struct text_buf out;
    struct sweep_run *runs;
    size_t runs_count;
};

static error_t parse_doctor(int key, char *value, struct argp_state *state)
{
    struct doctoring *doctoring = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &doctoring->common;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not expected here", value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char *state_name(enum doctor_state state)
{
    static const char *const names[] = {"ok", "note", "WRONG"};
    return names[state];
}

/* ---- for people ---- */

static void print_settings(struct doctoring *doctoring)
{
    static const struct table_column columns[] = {
        {"key", 0, false}, {"value", 12, false}, {"", 0, false}, {"what it is", 12, false}};
    struct doctor *doctor = &doctoring->doctor;
    struct settings_row row;
    struct table *table = NULL;
    if (table_create(doctor->arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return;
    for (size_t i = 0; settings_row(&doctor->settings, i, &row); i++) {
        table_add(table, slice_of(row.key));
        table_add(table, slice_of(row.value[0] == '\0' ? "(empty)" : row.value));
        table_add(table, slice_of(row.is_default ? "" : "set"));
        table_add(table, slice_of(row.help));
    }
    printf("\nconfiguration: %s\n", doctor->settings.file[0] != '\0'
                                        ? doctor->settings.file
                                        : "no file found, so every default in this folder");
    table_print(table, stdout, 0);
}

static void print_lines(const struct doctor *doctor)
{
    static const char *const colours[] = {"32", "33", "1;31"};
    bool colour = colour_wanted(stdout);
    for (size_t i = 0; i < doctor->lines_count; i++) {
        const struct doctor_line *line = &doctor->lines[i];
        if (colour)
            printf("\033[%sm%-5s\033[0m  %-12s ", colours[line->state], state_name(line->state),
                   line->what);
        else
            printf("%-5s  %-12s ", state_name(line->state), line->what);
        print_safe(stdout, slice_of(line->detail));
        putchar('\n');
    }
}

static void print_runs(struct doctoring *doctoring)
{
    static const struct table_column columns[] = {{"sweep began (UTC)", 0, false},
                                                  {"minutes", 0, true},
                                                  {"pages", 0, true},
                                                  {"ads", 0, true},
                                                  {"flagged", 0, true},
                                                  {"failed", 0, true},
                                                  {"denied", 0, true},
                                                  {"poison", 0, true},
                                                  {"ended by", 12, false}};
    struct table *table = NULL;
    char when[WHEN_BYTES];
    if (doctoring->runs_count == 0 ||
        table_create(doctoring->doctor.arena, columns, sizeof columns / sizeof columns[0],
                     &table) != OK)
        return;
    for (size_t i = 0; i < doctoring->runs_count; i++) {
        const struct sweep_run *run = &doctoring->runs[i];
        int64_t ended = run->ended_unix_ms == 0 ? run->started_unix_ms : run->ended_unix_ms;
        table_add(table, slice_of(when_text(run->started_unix_ms, when)));
        table_addf(table, "%" PRId64, (ended - run->started_unix_ms + 30000) / 60000);
        table_addf(table, "%" PRIu64, run->tally.pages);
        table_addf(table, "%" PRIu64, run->tally.postings);
        table_addf(table, "%" PRIu64, run->tally.flagged);
        table_addf(table, "%" PRIu64, run->tally.failed);
        table_addf(table, "%" PRIu64, run->tally.denied);
        table_addf(table, "%" PRIu64, run->tally.poisoned);
        table_add(table, slice_of(run->ended_unix_ms == 0 ? "(not ended)" : run->stopped_by));
    }
    putchar('\n');
    table_print(table, stdout, 0);
}

/* "libcurl/7.88.1 OpenSSL/3.0.19 …" -> "7.88.1" */
static struct slice short_version(const char *version)
{
    struct slice text = slice_of(version);
    text = slice_sub(text, 0, slice_find_char(text, ' '));
    size_t slash = slice_find_char(text, '/');
    return slash == SIZE_MAX ? text : slice_from(text, slash + 1);
}

static void print_libraries(void)
{
    const char *name = NULL, *between = "";
    char version[64];
    printf("\nlibraries: ");
    for (size_t i = 0; doctor_library(i, &name, version); i++) {
        struct slice shown = short_version(version);
        if (shown.len == 0)
            continue;
        printf("%s%s %.*s", between, name, (int)shown.len, shown.at);
        between = ", ";
    }
    putchar('\n');
}

/* ---- for programs ---- */

static void put_run(const struct sweep_run *run, struct json_writer *writer)
{
    char at[CLOCK_RFC3339_BYTES];
    json_open_object(writer);
    json_put_member(writer, "started", slice_of(clock_rfc3339(run->started_unix_ms, at)));
    if (run->ended_unix_ms != 0)
        json_put_member(writer, "ended", slice_of(clock_rfc3339(run->ended_unix_ms, at)));
    json_put_member_int(writer, "pages", (int64_t)run->tally.pages);
    json_put_member_int(writer, "postings", (int64_t)run->tally.postings);
    json_put_member_int(writer, "flagged", (int64_t)run->tally.flagged);
    json_put_member_int(writer, "failed", (int64_t)run->tally.failed);
    json_put_member_int(writer, "denied", (int64_t)run->tally.denied);
    json_put_member_int(writer, "poisoned", (int64_t)run->tally.poisoned);
    json_put_member_int(writer, "exit_code", run->exit_code);
    json_put_member_if(writer, "stopped_by", slice_of(run->stopped_by));
    json_close_object(writer);
}

static void put_settings(const struct settings *settings, struct json_writer *writer)
{
    struct settings_row row;
    json_put_member_if(writer, "configuration", slice_of(settings->file));
    json_key(writer, "settings");
    json_open_object(writer);
    for (size_t i = 0; settings_row(settings, i, &row); i++)
        json_put_member(writer, row.key, slice_of(row.value));
    json_close_object(writer);
}

static int print_json(struct doctoring *doctoring)
{
    const struct doctor *doctor = &doctoring->doctor;
    struct json_writer writer;
    const char *name = NULL;
    char version[64];
    json_writer_init(&writer, &doctoring->out);
    json_open_object(&writer);
    json_put_member(&writer, "version", SLICE(LUREWATCH_VERSION));
    put_settings(&doctor->settings, &writer);
    json_key(&writer, "checks");
    json_open_array(&writer);
    for (size_t i = 0; i < doctor->lines_count; i++) {
        const struct doctor_line *line = &doctor->lines[i];
        json_open_object(&writer);
        json_put_member(&writer, "what", slice_of(line->what));
        json_put_member(&writer, "state",
                        slice_of(line->state == DOCTOR_WRONG ? "wrong" : state_name(line->state)));
        json_put_member(&writer, "detail", slice_of(line->detail));
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_key(&writer, "sweeps");
    json_open_array(&writer);
    for (size_t i = 0; i < doctoring->runs_count; i++)
        put_run(&doctoring->runs[i], &writer);
    json_close_array(&writer);
    json_key(&writer, "libraries");
    json_open_object(&writer);
    for (size_t i = 0; doctor_library(i, &name, version); i++)
        json_put_member_if(&writer, name, slice_of(version));
    json_close_object(&writer);
    json_close_object(&writer);
    return command_print_line(&doctoring->out) == OK ? EXIT_DONE : EXIT_IO;
}

/* ---- all of it ---- */

static int doctor_run(struct doctoring *doctoring)
{
    struct doctor *doctor = &doctoring->doctor;
    size_t wrong = 0;
    int code = command_settings("doctor", &doctoring->common, &doctor->settings);
    if (code != EXIT_DONE)
        return code;
    doctor_settings(doctor);
    doctor_patterns(doctor);
    doctor_store(doctor);
    doctor_evidence(doctor);
    doctor_sources(doctor);
    doctor_alarms(doctor);
    doctor_rules(doctor);
    doctor_fetching(doctor);
    if (doctor->store != NULL && sweep_runs_last(doctor->store, doctor->arena, SWEEPS_SHOWN,
                                                 &doctoring->runs, &doctoring->runs_count) != OK)
        doctor_say(doctor, DOCTOR_WRONG, "store", "%s", store_failure(doctor->store)->text);
    for (size_t i = 0; i < doctor->lines_count; i++)
        wrong += doctor->lines[i].state == DOCTOR_WRONG;
    if (doctoring->common.json) {
        code = print_json(doctoring);
    } else {
        puts("lurewatch " LUREWATCH_VERSION);
        print_lines(doctor);
        print_runs(doctoring);
        print_settings(doctoring);
        print_libraries();
        if (wrong > 0)
            printf("\n%zu thing%s wrong, marked WRONG above\n", wrong,
                   wrong == 1 ? " is" : "s are");
    }
    return code == EXIT_DONE && wrong > 0 ? EXIT_UNAVAILABLE : code;
}

int cmd_doctor(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .parser = parse_doctor,
        .doc = "Is this installation sound, and why is nothing being fetched? Tries the bank and "
               "its canary, a worker, the store, the evidence folder, the contact key and the "
               "sources; shows the last sweeps and every key of the configuration. Changes "
               "nothing and fetches nothing.\v"
               "Examples:\n"
               "  lurewatch doctor\n"
               "  lurewatch doctor --json | jq '.checks[] | select(.state != \"ok\")'\n\n"
               "Exit: 0 sound; 69 something is wrong; 78 the configuration cannot be read.",
        .children = children};
    struct doctoring doctoring = {.runs = NULL};
    if (verbs_parse(&argp, argc, argv, NULL, &doctoring) != EXIT_DONE)
        return EXIT_USAGE;
    doctoring.doctor.now_unix_ms = clock_unix_ms();
    text_buf_init(&doctoring.out, 4u << 20);
    int code = arena_create(ARENA_BYTES_MAX, &doctoring.doctor.arena) == OK ? doctor_run(&doctoring)
                                                                            : EXIT_INTERNAL;
    store_close(doctoring.doctor.store);
    arena_free(doctoring.doctor.arena);
    text_buf_release(&doctoring.out);
    return command_end("doctor", code);
}
