/* cmd_report.c - `lurewatch report`: counts for the awareness team and its public. */
#include "app/command.h"
#include "app/out_file.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/file.h"
#include "review/report.h"

#include <errno.h>
#include <string.h>

#define ARENA_BYTES_MAX  (256u << 20)
#define REPORT_BYTES_MAX (64u << 20)
#define YEAR_MS          (INT64_C(365) * 86400000)

struct reporting {
    struct common_options common;
    enum report_format format;
    bool format_given;
    struct report_span span;
    int64_t now;
    const char *out, *language;
};

enum { OPTION_FORMAT = 0x200, OPTION_SINCE, OPTION_UNTIL, OPTION_LANGUAGE };

static void check_form(const struct reporting *reporting, struct argp_state *state)
{
    const char *foreign = reporting->out != NULL && !reporting->format_given
                              ? out_file_foreign(reporting->out)
                              : NULL;
    if (reporting->common.json)
        argp_error(state, "a report has no JSON form: --format csv is the one for programs");
    if (foreign != NULL)
        argp_error(state,
                   "no report is written as %s: name the file .html, .csv or .txt, or say --format "
                   "text, html or csv",
                   foreign);
}

static error_t parse_report(int key, char *value, struct argp_state *state)
{
    struct reporting *reporting = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &reporting->common;
        return 0;
    case OPTION_FORMAT:
        if (!report_format_from_name(slice_of(value), &reporting->format))
            argp_error(state, "--format is text, html or csv, not '%s'", value);
        reporting->format_given = true;
        return 0;
    case OPTION_SINCE:
        if (!command_since(value, reporting->now, &reporting->span.since_unix_ms))
            argp_error(state, "--since is a day (2026-01-01), or an age such as 30d");
        return 0;
    case OPTION_UNTIL:
        if (!command_since(value, reporting->now, &reporting->span.until_unix_ms))
            argp_error(state, "--until is a day (2026-07-01: not that day itself), or an age");
        return 0;
    case OPTION_LANGUAGE:
        reporting->language = value;
        return 0;
    case 'o':
        reporting->out = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not expected here; a file is named by -o FILE", value);
        return EINVAL;
    case ARGP_KEY_END:
        if (reporting->out != NULL && reporting->out[0] == '\0')
            argp_error(state, "-o wants the name of a file");
        check_form(reporting, state);
        if (reporting->span.since_unix_ms >= reporting->span.until_unix_ms)
            argp_error(state, "--since must lie before --until");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option report_options[] = {
    {"format", OPTION_FORMAT, "FORM", 0, "text (default, or by the name of -o), html or csv", 0},
    {"since", OPTION_SINCE, "WHEN", 0, "ads first seen since a day or an age (a year)", 0},
    {"until", OPTION_UNTIL, "WHEN", 0, "and before a day (now)", 0},
    {"language", OPTION_LANGUAGE, "CODE", 0, "text, html: their words (en, id, …; default en)", 0},
    {"output", 'o', "FILE", 0, "write FILE, whole or not at all; else standard output", 0},
    {0}};

static void put_report(const struct reporting *reporting, const struct messages *messages,
                       const struct report *report, struct text_buf *out)
{
    if (reporting->format == REPORT_HTML)
        report_html(report, messages, out);
    else if (reporting->format == REPORT_CSV)
        report_csv(report, out);
    else
        report_text(report, messages, out);
}

static int write_file(const char *path, struct slice text)
{
    struct failure why = {.code = OK};
    struct out_file *out = NULL;
    if (out_file_open(path, 0644, &out, &why) != OK) {
        exit_with("report", &why);
        return EXIT_CANNOT_CREATE;
    }
    int rc = fwrite(text.at, 1, text.len, out_file_stream(out)) == text.len
                 ? out_file_sync(out, &why)
                 : file_failure(&why, "cannot write", path, errno);
    if (rc != OK)
        out_file_drop(out);
    else
        rc = out_file_keep(out, &why);
    return rc == OK ? EXIT_DONE : exit_with("report", &why);
}

static int write_report(const struct reporting *reporting, const struct messages *messages,
                        const struct report *report)
{
    struct text_buf out;
    struct failure why = {.code = OK};
    int code = EXIT_DONE;
    text_buf_init(&out, REPORT_BYTES_MAX);
    put_report(reporting, messages, report, &out);
    int rc = text_buf_status(&out);
    if (rc != OK) {
        failure_set(&why, rc, "the report is too large: name a shorter time by --since");
        code = exit_with("report", &why);
    } else if (reporting->out != NULL) {
        code = write_file(reporting->out, text_buf_slice(&out));
    } else if (fwrite(out.at, 1, out.len, stdout) != out.len) {
        code = EXIT_IO;
    }
    text_buf_release(&out);
    return code;
}

/* Words in the language that is asked for; a wrong one is a word of the command line. */
static int find_language(const struct reporting *reporting, const struct settings *settings,
                         struct languages **ret_languages, const struct messages **ret_messages)
{
    struct failure why = {.code = OK};
    const char *wanted = reporting->language != NULL ? reporting->language : "en";
    if (languages_load(settings->messages, ret_languages, &why) != OK)
        return exit_with("report", &why);
    *ret_messages = languages_find(*ret_languages, slice_of(wanted));
    if (*ret_messages != NULL)
        return EXIT_DONE;
    fprintf(stderr, "lurewatch report: there is no language '%s'; there are", wanted);
    for (size_t i = 0; i < languages_count(*ret_languages); i++)
        fprintf(stderr, "%s %s", i == 0 ? "" : ",", messages_tag(languages_at(*ret_languages, i)));
    fprintf(stderr, "; a file %s/%s.txt adds it\n", settings->messages, wanted);
    return EXIT_USAGE;
}

static int report_run(const struct reporting *reporting, struct arena *arena)
{
    struct settings settings;
    struct languages *languages = NULL;
    const struct messages *messages = NULL;
    struct store *store = NULL;
    struct report report;
    int code = command_settings("report", &reporting->common, &settings);
    if (code == EXIT_DONE)
        code = find_language(reporting, &settings, &languages, &messages);
    if (code == EXIT_DONE)
        code = command_store("report", &settings, STORE_READ_ONLY, &store);
    if (code == EXIT_DONE) {
        int rc = report_make(store, arena, &reporting->span, reporting->now, &report);
        code = rc == OK ? write_report(reporting, messages, &report)
                        : command_store_failure("report", store, rc);
    }
    store_close(store);
    languages_free(languages);
    return code;
}

int cmd_report(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = report_options,
        .parser = parse_report,
        .doc =
            "Ads seen, flagged, confirmed and removed by month, board, place, task and language, "
            "promised pay against the norm, and time to removal. Counts alone: no ad's text, no "
            "contact, no person. Shares and quartiles of pay stand with 95% intervals. The HTML is "
            "one "
            "file without script, with charts, made to be printed. A day (UTC) that --since or "
            "--until falls into counts whole.\v"
            "Examples:\n"
            "  lurewatch report\n"
            "  lurewatch report --since 2026-01-01 --until 2026-07-01 -o half-year.html\n"
            "  lurewatch report --language id -o laporan.html\n"
            "  lurewatch report --format csv --since 90d | head\n\n"
            "Exit: 0 done; 69 no store; 73 the file cannot be made.",
        .children = children};
    int64_t now = clock_unix_ms();
    struct reporting reporting = {.now = now, .span = {now - YEAR_MS, now + 1}};
    struct arena *arena = NULL;
    if (verbs_parse(&argp, argc, argv, NULL, &reporting) != EXIT_DONE)
        return EXIT_USAGE;
    if (!reporting.format_given && reporting.out != NULL) {
        struct slice name = slice_of(reporting.out);
        reporting.format = slice_ends(name, ".html")  ? REPORT_HTML
                           : slice_ends(name, ".csv") ? REPORT_CSV
                                                      : REPORT_TEXT;
    }
    int code =
        arena_create(ARENA_BYTES_MAX, &arena) == OK ? report_run(&reporting, arena) : EXIT_INTERNAL;
    arena_free(arena);
    return command_end("report", code);
}
