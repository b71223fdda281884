/* cmd_recheck.c - `lurewatch recheck`: are the ads that somebody was asked about still there?
 *
 * Pages are fetched by the sweep's own machinery, its gate, robots.txt and audit, under its lock;
 * only which pages differs. What they say is read from what the sweep stored. */
#include "app/command.h"
#include "app/notify.h"
#include "app/sweep.h"
#include "app/table.h"
#include "app/verbs.h"
#include "classifiers/bank_pack.h"
#include "common/clock.h"
#include "review/removal.h"
#include "storage/recheck_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (256u << 20)

struct rechecking {
    struct common_options common;
    struct settings settings;
    int64_t case_id, max_time_ms, now, looked_before;
    bool list, times;
    struct address_policy policy;
    struct store *store;
    struct arena *arena;
    struct recheck_row *changed;
    size_t changed_count;
    struct ad_copy *copies;
    size_t copies_count;
    uint64_t wanted, unreached;
    const char *unreached_why; /* of one of them */
};

enum { OPTION_CASE = 0x200, OPTION_LIST, OPTION_TIMES, OPTION_MAX_TIME, OPTION_TEST_ENDPOINT };

static error_t parse_recheck(int key, char *value, struct argp_state *state)
{
    struct rechecking *rechecking = state->input;
    struct failure why;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &rechecking->common;
        return 0;
    case OPTION_CASE:
        if (slice_to_int64(slice_of(value), &rechecking->case_id) != OK || rechecking->case_id <= 0)
            argp_error(state, "--case is the number of a case, not '%s'", value);
        return 0;
    case OPTION_LIST:
        rechecking->list = true;
        return 0;
    case OPTION_TIMES:
        rechecking->times = true;
        return 0;
    case OPTION_MAX_TIME:
        if (clock_parse_duration(slice_of(value), &rechecking->max_time_ms) != OK ||
            rechecking->max_time_ms <= 0)
            argp_error(state, "--max-time wants a duration such as 90s, 15m or 6h, not '%s'",
                       value);
        return 0;
    case OPTION_TEST_ENDPOINT:
        if (address_parse_endpoint(slice_of(value), &rechecking->policy, &why) != OK)
            argp_error(state, "--test-endpoint: %s", why.text);
        return 0;
    case ARGP_KEY_END:
        if (rechecking->list && rechecking->times)
            argp_error(state, "--list or --times: one of them");
        if (rechecking->times && rechecking->case_id != 0)
            argp_error(state, "--times is of all ads: it takes no --case; --list does");
        if ((rechecking->list || rechecking->times) && rechecking->max_time_ms != 0)
            argp_error(state, "--list and --times fetch nothing: they take no --max-time");
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not expected here; one case is named by --case", value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option recheck_options[] = {
    {"case", OPTION_CASE, "ID", 0, "look at this one, due or not", 0},
    {"list", OPTION_LIST, NULL, 0, "print what is known; fetch nothing", 0},
    {"times", OPTION_TIMES, NULL, 0, "print times to removal by platform; fetch nothing", 0},
    {"max-time", OPTION_MAX_TIME, "DURATION", 0, "stop after 90s, 15m, 6h", 0},
    {"test-endpoint", OPTION_TEST_ENDPOINT, "ADDRESS:PORT", 0,
     "for tests: every host name leads to this one server", 1},
    {0}};

/* ---- what is known ---- */

static void put_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    if (unix_ms != 0)
        json_put_member(writer, key, slice_of(clock_rfc3339(unix_ms, at)));
}

static int print_json(const struct recheck_row *row, const char *was)
{
    struct text_buf line;
    struct json_writer writer;
    text_buf_init(&line, 1u << 20);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member_int(&writer, "case", row->case_id);
    json_put_member(&writer, "state", slice_of(recheck_state_name(row->state)));
    if (was != NULL)
        json_put_member(&writer, "was", slice_of(was));
    json_put_member(&writer, "url", slice_of(row->url));
    json_put_member(&writer, "source", slice_of(row->source));
    put_time(&writer, "asked_at", row->asked_unix_ms);
    put_time(&writer, "since", row->since_unix_ms);
    put_time(&writer, "checked_at", row->checked_unix_ms);
    put_time(&writer, "first_gone_at", row->first_gone_unix_ms);
    json_put_member_int(&writer, "failures", row->failures);
    json_put_member_if(&writer, "why", slice_of(row->why));
    json_close_object(&writer);
    int rc = command_print_line(&line);
    text_buf_release(&line);
    return rc;
}

static void add_row(struct table *table, const struct recheck_row *row, int64_t now)
{
    char since[WHEN_BYTES], checked[WHEN_BYTES];
    table_colour(table, row->state == RECHECK_BACK ? "31" : NULL);
    table_addf(table, "%" PRId64, row->case_id);
    table_addf(table, "%s%s", recheck_state_name(row->state),
               row->failures > 0 ? ", not reached" : "");
    table_add(table, slice_of(ago_text(row->since_unix_ms, now, since)));
    table_add(table, slice_of(ago_text(row->checked_unix_ms, now, checked)));
    table_add(table, slice_of(row->url));
    table_add(table, slice_of(row->why));
}

static int no_such_case(void)
{
    const struct failure none = {ERR_NOT_FOUND,
                                 "no such case is looked at again: only confirmed ones that were "
                                 "exported or asked about are"};
    return exit_with("recheck", &none);
}

static int print_list(struct rechecking *rechecking)
{
    static const struct table_column columns[] = {
        {"case", 0, true},   {"state", 0, false}, {"since", 0, true},
        {"looked", 0, true}, {"ad", 16, false},   {"last look failed", 0, false}};
    struct recheck_query query = {.case_id = rechecking->case_id, .limit = STORE_PAGE_MAX};
    struct recheck_row *rows = NULL;
    struct table *table = NULL;
    size_t count = STORE_PAGE_MAX;
    if (table_create(rechecking->arena, columns, 6, &table) != OK)
        return EXIT_INTERNAL;
    while (count == STORE_PAGE_MAX) {
        int rc = rechecks_list(rechecking->store, rechecking->arena, &query, &rows, &count);
        if (rc != OK)
            return command_store_failure("recheck", rechecking->store, rc);
        for (size_t i = 0; i < count; i++) {
            query.after_case_id = rows[i].case_id;
            if (!rechecking->common.json)
                add_row(table, &rows[i], rechecking->now);
            else if (print_json(&rows[i], NULL) != OK)
                return EXIT_IO;
        }
    }
    if (rechecking->case_id != 0 && query.after_case_id == 0)
        return no_such_case();
    if (!rechecking->common.json)
        table_print(table, stdout, 0);
    return EXIT_DONE;
}

static void add_hours(struct table *table, int64_t ms, bool known)
{
    if (known)
        table_addf(table, "%" PRId64 ".%" PRId64 " h", ms / 3600000, ms % 3600000 / 360000);
    else
        table_add(table, SLICE("-"));
}

static int print_times_json(const struct removal *row)
{
    struct text_buf line;
    struct json_writer writer;
    text_buf_init(&line, 1u << 16);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member(&writer, "platform", slice_of(row->platform));
    json_put_member_int(&writer, "asked", (int64_t)row->asked);
    json_put_member_int(&writer, "removed", (int64_t)row->removed);
    json_put_member_int(&writer, "back", (int64_t)row->back);
    json_put_member_int(&writer, "up", (int64_t)row->up);
    json_put_member_int(&writer, "not_reached", (int64_t)row->unreachable);
    if (row->removed > 0) {
        json_put_member_int(&writer, "median_ms", row->median_ms);
        json_put_member_int(&writer, "nine_of_ten_ms", row->slow_ms);
    }
    json_put_member(&writer, "definition", SLICE(REMOVAL_DEFINITION));
    json_close_object(&writer);
    int rc = command_print_line(&line);
    text_buf_release(&line);
    return rc;
}

static int print_times(struct rechecking *rechecking)
{
    static const struct table_column columns[] = {
        {"platform", 12, false}, {"asked", 0, true},      {"removed", 0, true},
        {"back", 0, true},       {"still up", 0, true},   {"not reached", 0, true},
        {"half", 0, true},       {"nine of ten", 0, true}};
    struct removal *rows = NULL;
    struct table *table = NULL;
    size_t count = 0;
    int rc = removals(rechecking->store, rechecking->arena, &rows, &count);
    if (rc != OK)
        return command_store_failure("recheck", rechecking->store, rc);
    if (table_create(rechecking->arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < count; i++) {
        if (rechecking->common.json && print_times_json(&rows[i]) != OK)
            return EXIT_IO;
        table_add(table, slice_of(rows[i].platform));
        table_addf(table, "%" PRIu64, rows[i].asked);
        table_addf(table, "%" PRIu64, rows[i].removed);
        table_addf(table, "%" PRIu64, rows[i].back);
        table_addf(table, "%" PRIu64, rows[i].up);
        table_addf(table, "%" PRIu64, rows[i].unreachable);
        add_hours(table, rows[i].median_ms, rows[i].removed > 0);
        add_hours(table, rows[i].slow_ms, rows[i].removed > 0);
    }
    if (rechecking->common.json)
        return EXIT_DONE;
    table_print(table, stdout, 0);
    puts("\nTime to removal: " REMOVAL_DEFINITION ".");
    return EXIT_DONE;
}

/* ---- a look ---- */

static int fetch_with(struct rechecking *rechecking, const struct source_set *sources,
                      const char *const *names, size_t count)
{
    char name[BANK_NAME_BYTES] = "";
    struct bank_pack *pack = NULL;
    struct sweep_options options = {.settings = &rechecking->settings,
                                    .sources = sources,
                                    .only = names,
                                    .only_count = count,
                                    .bank_name = name,
                                    .max_time_ms = rechecking->max_time_ms,
                                    .max_pages = (uint64_t)rechecking->settings.max_pages,
                                    .quiet = true,
                                    .rechecks = true,
                                    .policy = rechecking->policy};
    int code = command_bank("recheck", &rechecking->settings, &pack);
    if (code == EXIT_DONE)
        code = command_bank_name("recheck", &rechecking->settings, pack, name, NULL);
    if (code == EXIT_DONE) {
        command_model(&rechecking->settings, &options.model);
        options.bank = bank_pack_bytes(pack);
        code = sweep_run(&options);
    }
    bank_pack_free(pack);
    return code;
}

static int fetch(struct rechecking *rechecking)
{
    struct source_set *sources = NULL;
    struct failure why = {.code = OK};
    const char *const *names = NULL;
    size_t count = 0;
    int rc = rechecks_sources(rechecking->store, rechecking->arena, &names, &count);
    if (rc != OK)
        return command_store_failure("recheck", rechecking->store, rc);
    if (source_set_load(rechecking->settings.sources, &sources, &why) != OK)
        return command_config_failure("recheck", &why);
    int code = count > 0 ? fetch_with(rechecking, sources, names, count) : EXIT_DONE;
    source_set_free(sources);
    return code;
}

static int mark(struct rechecking *rechecking)
{
    int rc = rechecks_last_look(rechecking->store, &rechecking->looked_before);
    if (rc == OK)
        rc = rechecks_enrol(rechecking->store, rechecking->now);
    if (rc == OK)
        rc = rechecks_want(rechecking->store, rechecking->case_id, rechecking->now,
                           &rechecking->wanted);
    if (rc != OK)
        return command_store_failure("recheck", rechecking->store, rc);
    return rechecking->case_id != 0 && rechecking->wanted == 0 ? no_such_case() : EXIT_DONE;
}

static int settle(struct rechecking *rechecking)
{
    int rc = rechecks_settle(rechecking->store, rechecking->arena, rechecking->now,
                             rechecking->settings.recheck_ms, &rechecking->changed,
                             &rechecking->changed_count);
    if (rc == OK)
        rc = rechecks_copies(rechecking->store, rechecking->arena, 0, &rechecking->copies,
                             &rechecking->copies_count);
    if (rc == OK)
        rc = rechecks_unreached(rechecking->store, rechecking->arena, rechecking->now,
                                &rechecking->unreached, &rechecking->unreached_why);
    return rc == OK ? EXIT_DONE : command_store_failure("recheck", rechecking->store, rc);
}

/* ---- what came of it ---- */

static const char *likeness_name(enum copy_likeness likeness)
{
    return likeness == COPY_SAME_TEXT      ? "the same text"
           : likeness == COPY_SAME_CONTACT ? "the same contact"
                                           : "nearly the same text";
}

static int tell_copy(const struct rechecking *rechecking, const struct ad_copy *copy)
{
    if (!rechecking->common.json) {
        printf("ALARM: case %" PRId64 " was removed, and case %" PRId64 " has %s: ",
               copy->gone_case_id, copy->case_id, likeness_name(copy->likeness));
        print_safe(stdout, slice_of(copy->url));
        putchar('\n');
        return OK;
    }
    struct text_buf line;
    struct json_writer writer;
    text_buf_init(&line, 1u << 20);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member(&writer, "alarm", SLICE("copy"));
    json_put_member_int(&writer, "case", copy->gone_case_id);
    json_put_member_int(&writer, "again_as", copy->case_id);
    json_put_member(&writer, "likeness", slice_of(likeness_name(copy->likeness)));
    json_put_member(&writer, "url", slice_of(copy->url));
    put_time(&writer, "seen_at", copy->seen_unix_ms);
    json_close_object(&writer);
    int rc = command_print_line(&line);
    text_buf_release(&line);
    return rc;
}

static int tell_change(const struct rechecking *rechecking, const struct recheck_row *row)
{
    if (rechecking->common.json)
        return print_json(row, recheck_state_name(row->before));
    printf("%scase %" PRId64 " is %s (was %s): ", row->state == RECHECK_BACK ? "ALARM: " : "",
           row->case_id, recheck_state_name(row->state), recheck_state_name(row->before));
    print_safe(stdout, slice_of(row->url));
    putchar('\n');
    return OK;
}

/* Whoever reads cron's mail: some that were not reached are a line, none reached is a failure. */
static int tell_unreached(const struct rechecking *rechecking)
{
    bool none = rechecking->unreached == rechecking->wanted;
    if (rechecking->unreached == 0)
        return EXIT_DONE;
    fflush(stdout);
    fprintf(stderr,
            "lurewatch recheck: %s%" PRIu64 " of %" PRIu64 " ads not reached, one of them: ",
            none ? "nothing is known anew, " : "", rechecking->unreached, rechecking->wanted);
    print_safe(stderr, slice_of(rechecking->unreached_why));
    fputs("; `lurewatch recheck --list` says why of each\n", stderr);
    return none ? EXIT_UNAVAILABLE : EXIT_DONE;
}

static int tell(const struct rechecking *rechecking)
{
    for (size_t i = 0; i < rechecking->changed_count; i++)
        if (tell_change(rechecking, &rechecking->changed[i]) != OK)
            return EXIT_IO;
    for (size_t i = 0; i < rechecking->copies_count; i++)
        if (tell_copy(rechecking, &rechecking->copies[i]) != OK)
            return EXIT_IO;
    if (!rechecking->common.json)
        printf("%" PRIu64 " ad%s looked at, %zu changed, %" PRIu64 " not reached\n",
               rechecking->wanted, rechecking->wanted == 1 ? "" : "s", rechecking->changed_count,
               rechecking->unreached);
    return tell_unreached(rechecking);
}

/* What came back is news for the desk, too. */
static void tell_desk(const struct rechecking *rechecking)
{
    struct text_buf body, json;
    struct json_writer writer;
    char id[64];
    size_t alarms = 0;
    text_buf_init(&body, 1u << 20);
    text_buf_init(&json, 1u << 20);
    for (size_t i = 0; i < rechecking->changed_count; i++) {
        const struct recheck_row *row = &rechecking->changed[i];
        alarms += row->state == RECHECK_BACK;
        text_buf_printf(&body, "case %" PRId64 ": %s, was %s: %s\n", row->case_id,
                        recheck_state_name(row->state), recheck_state_name(row->before), row->url);
    }
    for (size_t i = 0; i < rechecking->copies_count; i++) {
        const struct ad_copy *copy = &rechecking->copies[i];
        if (copy->seen_unix_ms < rechecking->looked_before)
            continue; /* told after the look before */
        alarms++;
        text_buf_printf(&body, "case %" PRId64 " was removed; case %" PRId64 " has %s: %s\n",
                        copy->gone_case_id, copy->case_id, likeness_name(copy->likeness),
                        copy->url);
    }
    snprintf(id, sizeof id, "recheck-%" PRId64, rechecking->now);
    json_writer_init(&writer, &json);
    json_open_object(&writer);
    json_put_member(&writer, "event", SLICE("recheck"));
    json_put_member_int(&writer, "alarms", (int64_t)alarms);
    json_put_member(&writer, "text", text_buf_slice(&body));
    json_close_object(&writer);
    const struct notice notice = {id, "lurewatch: removed ads are back", text_buf_cstr(&body),
                                  text_buf_slice(&json)};
    if (alarms > 0 && text_buf_status(&body) == OK && text_buf_status(&json) == OK)
        notify(&rechecking->settings, &notice);
    text_buf_release(&json);
    text_buf_release(&body);
}

static int recheck_run(struct rechecking *rechecking)
{
    int code = command_settings("recheck", &rechecking->common, &rechecking->settings);
    bool reads = rechecking->list || rechecking->times;
    if (code == EXIT_DONE)
        code = command_store("recheck", &rechecking->settings, reads ? STORE_READ_ONLY : 0,
                             &rechecking->store);
    if (code != EXIT_DONE)
        return code;
    if (reads)
        return rechecking->times ? print_times(rechecking) : print_list(rechecking);
    if (strcmp(rechecking->settings.stop, "all") == 0) {
        puts("'stop: all' stands in the configuration: nothing is looked at");
        return EXIT_DONE;
    }
    code = command_contact("recheck", &rechecking->settings);
    if (code == EXIT_DONE)
        code = mark(rechecking);
    if (code == EXIT_DONE)
        code = fetch(rechecking);
    if (code == EXIT_DONE)
        code = settle(rechecking);
    if (code == EXIT_DONE)
        tell_desk(rechecking);
    return code == EXIT_DONE ? tell(rechecking) : code;
}

int cmd_recheck(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = recheck_options,
        .parser = parse_recheck,
        .doc =
            "Look again at confirmed ads that were exported or asked about: up, changed, gone, or "
            "back. Made for cron: only what is due ('recheck' in the configuration, 1d), as "
            "politely as a sweep and under its lock. A removed ad that is back, or a new ad like "
            "it, is an alarm.\v"
            "Examples:\n"
            "  lurewatch recheck              from cron, once an hour\n"
            "  lurewatch recheck --list\n"
            "  lurewatch recheck --times      time to removal by platform\n\n"
            "Time to removal: " REMOVAL_DEFINITION ".\n\n"
            "Exit: 0 done; 65 no such case; 69 no store, or no ad was reached; 75 a sweep holds "
            "the lock.",
        .children = children};
    struct rechecking rechecking = {.now = clock_unix_ms()};
    if (verbs_parse(&argp, argc, argv, NULL, &rechecking) != EXIT_DONE)
        return EXIT_USAGE;
    int code = arena_create(ARENA_BYTES_MAX, &rechecking.arena) == OK ? recheck_run(&rechecking)
                                                                      : EXIT_INTERNAL;
    store_close(rechecking.store);
    arena_free(rechecking.arena);
    return command_end("recheck", code);
}
