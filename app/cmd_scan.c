/* cmd_scan.c - `lurewatch scan`: ads in, verdicts out, order kept; see DESIGN section 5.
 *
 * Text and JSON are judged in this process; html members, pages and WARC records in a worker child.
 * Memory stays constant: one ad at a time, its arena reset. */
#include "app/command.h"
#include "app/json_array.h"
#include "app/judging.h"
#include "app/scan_warc.h"
#include "app/verbs.h"
#include "classifiers/explain.h"
#include "common/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define LINE_BYTES_MAX JUDGING_INPUT_BYTES_MAX
#define OUT_BYTES_MAX  (64u << 20)

enum input_form { INPUT_AUTO, INPUT_JSONL, INPUT_TEXT, INPUT_HTML, INPUT_WARC, INPUT_ARRAY };

struct scan {
    struct common_options common;
    enum input_form input;
    bool text_output, keep_bad_lines;
    struct judging judging;
    struct text_buf out;
    uint64_t bad_lines;
    bool write_failed;
};

enum { OPTION_INPUT = 0x200, OPTION_OUTPUT, OPTION_BAD_LINES };

static int choice(const char *value, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(value, names[i]) == 0)
            return i;
    return -1;
}

static error_t parse_scan(int key, char *value, struct argp_state *state)
{
    static const char *const inputs[] = {"auto", "jsonl", "text", "html", "warc", NULL};
    static const char *const outputs[] = {"jsonl", "text", NULL};
    static const char *const bad_lines[] = {"report", "keep", NULL};
    struct scan *scan = state->input;
    int chosen = 0;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &scan->common;
        return 0;
    case OPTION_INPUT:
        if ((chosen = choice(value, inputs)) < 0)
            argp_error(state, "--input is auto, jsonl, text, html or warc, not '%s'", value);
        scan->input = (enum input_form)chosen;
        return 0;
    case OPTION_OUTPUT:
        if ((chosen = choice(value, outputs)) < 0)
            argp_error(state, "--output is jsonl or text, not '%s'", value);
        scan->text_output = chosen == 1;
        return 0;
    case OPTION_BAD_LINES:
        if ((chosen = choice(value, bad_lines)) < 0)
            argp_error(state, "--bad-lines is report or keep, not '%s'", value);
        scan->keep_bad_lines = chosen == 1;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option scan_options[] = {
    {"input", OPTION_INPUT, "FORM", 0,
     "jsonl (one ad a line), text (the input is one ad), html (a saved page), warc, or auto", 0},
    {"output", OPTION_OUTPUT, "FORM", 0, "jsonl (a verdict a line) or text (a line for people)", 0},
    {"bad-lines", OPTION_BAD_LINES, "WHAT", 0,
     "report: a line that is no ad ends the run with exit 65; keep: with exit 0", 0},
    {0}};

/* ---- output ---- */

static void emit(struct scan *scan)
{
    int rc = command_print(&scan->out, !scan->text_output);
    scan->write_failed = scan->write_failed || rc != OK;
}

static void emit_error(struct scan *scan, uint64_t line, const char *why)
{
    struct json_writer writer;
    scan->bad_lines++;
    text_buf_reset(&scan->out);
    if (scan->text_output) {
        text_buf_printf(&scan->out, "line %" PRIu64 ": %s", line, why);
    } else {
        json_writer_init(&writer, &scan->out);
        json_open_object(&writer);
        json_put_member(&writer, "error", slice_of(why));
        json_put_member_int(&writer, "line", (int64_t)line);
        json_close_object(&writer);
    }
    emit(scan);
}

static void emit_verdict(struct scan *scan, const struct posting *posting,
                         const struct verdict *verdict)
{
    struct json_writer writer;
    if (scan->text_output) {
        explain_line(posting, verdict, &scan->out);
    } else {
        json_writer_init(&writer, &scan->out);
        verdict_to_json(verdict, posting->attr[POSTING_ID], &writer);
    }
    emit(scan);
}

/* ---- judging ---- */

static int judge_here(struct scan *scan, const struct posting *posting, struct failure *reterr)
{
    struct verdict verdict;
    int rc = judging_text(&scan->judging, posting, &verdict, reterr);
    if (rc == OK)
        emit_verdict(scan, posting, &verdict);
    return rc;
}

static void emit_ad(void *ctx, const struct posting *posting, const struct verdict *verdict)
{
    if (verdict != NULL)
        emit_verdict(ctx, posting, verdict);
}

static int judge_away(struct scan *scan, struct slice head, struct slice body, size_t *ret_ads,
                      struct failure *reterr)
{
    struct judging_page page;
    int rc = judging_ask(&scan->judging, head, body, emit_ad, scan, &page, reterr);
    *ret_ads = page.ads;
    json_free(page.doc);
    return rc;
}

static int scan_ad(struct scan *scan, struct slice line, struct failure *reterr)
{
    struct json_doc *doc = NULL;
    struct posting posting;
    struct slice html, clean;
    size_t ads = 0;
    if (utf8_clean(scan->judging.arena, line, &clean) != OK)
        return failure_set(reterr, ERR_NOMEM, "the line needs more memory than an ad may use");
    int rc = json_parse(clean, true, 32, &doc, reterr);
    if (rc != OK)
        return failure_prefix(reterr, "not JSON, and one ad a line is wanted");
    rc = posting_from_json(scan->judging.arena, json_root(doc), &posting, &html, reterr);
    if (rc == OK && html.len > 0)
        rc = judge_away(scan, SLICE("{\"want\":\"ad\"}"), clean, &ads, reterr);
    else if (rc == OK)
        rc = judge_here(scan, &posting, reterr);
    json_free(doc);
    return rc;
}

/* An array's items are counted as lines are. */
static void scan_array(struct scan *scan, struct slice whole)
{
    struct json_array array;
    struct slice item;
    struct failure why = {.code = OK};
    int rc = OK;
    json_array_begin(whole, &array);
    while (!scan->write_failed && (rc = json_array_next(&array, &item, &why)) == OK) {
        arena_reset(scan->judging.arena);
        if (scan_ad(scan, item, &why) != OK)
            emit_error(scan, array.number, why.text);
    }
    if (rc == ERR_SYNTAX)
        emit_error(scan, array.number + 1, why.text);
}

static int scan_lines(struct scan *scan, struct line_reader *reader)
{
    struct slice line;
    while (line_reader_next(reader, &line)) {
        struct failure why = {.code = OK};
        arena_reset(scan->judging.arena);
        if (reader->too_long)
            failure_set(&why, ERR_LIMIT, "the line is longer than %u bytes", LINE_BYTES_MAX);
        else if (slice_trim(line).len == 0)
            failure_set(&why, ERR_SYNTAX, "the line is empty; one ad a line is wanted");
        else if (scan_ad(scan, line, &why) == OK)
            why.code = OK;
        if (why.code != OK)
            emit_error(scan, reader->number, why.text);
        if (scan->write_failed)
            return ERR_IO;
    }
    return reader->failed ? ERR_IO : OK;
}

static int scan_text(struct scan *scan, struct slice whole, struct failure *reterr)
{
    struct posting posting;
    int rc = judging_posting_of_file(&scan->judging, "scan", whole, &posting, reterr);
    return rc == OK ? judge_here(scan, &posting, reterr) : rc;
}

static int scan_whole(struct scan *scan, struct line_reader *reader, enum input_form form)
{
    struct failure why = {.code = OK};
    struct text_buf whole;
    size_t ads = 0;
    text_buf_init(&whole, LINE_BYTES_MAX);
    arena_reset(scan->judging.arena);
    int rc = judging_read_all(reader, &whole, &why);
    if (rc == OK && form == INPUT_ARRAY)
        scan_array(scan, text_buf_slice(&whole));
    else if (rc == OK && form == INPUT_TEXT)
        rc = scan_text(scan, text_buf_slice(&whole), &why);
    else if (rc == OK)
        rc = judge_away(scan, SLICE("{\"want\":\"page\",\"content_type\":\"text/html\"}"),
                        text_buf_slice(&whole), &ads, &why);
    if (rc == OK && form == INPUT_HTML && ads == 0)
        rc = failure_set(&why, ERR_SYNTAX, "no posting was found in the page");
    if (rc != OK)
        emit_error(scan, 1, why.text);
    text_buf_release(&whole);
    return scan->write_failed ? ERR_IO : OK;
}

/* ---- files ---- */

static enum input_form guess(struct slice start)
{
    struct slice text = slice_trim(start);
    if (slice_starts(start, "WARC/") || slice_starts(start, "\x1f\x8b"))
        return INPUT_WARC;
    if (slice_starts(text, "{"))
        return INPUT_JSONL;
    if (json_array_looks(start))
        return INPUT_ARRAY;
    return slice_starts(text, "<") ? INPUT_HTML : INPUT_TEXT;
}

static int warc_page(void *ctx, const struct scan_warc_page *page, struct failure *reterr)
{
    struct scan *scan = ctx;
    struct failure why = {.code = OK};
    size_t ads = 0;
    arena_reset(scan->judging.arena);
    if (judge_away(scan, page->head, page->body, &ads, &why) != OK) {
        failure_prefix(&why, "record at byte %" PRIu64, page->offset);
        emit_error(scan, page->record, why.text);
    }
    return scan->write_failed ? failure_set(reterr, ERR_IO, "standard output: %s", strerror(errno))
                              : OK;
}

static void warc_bad(void *ctx, uint64_t record, const char *why)
{
    emit_error(ctx, record, why);
}

static void warc_odd(void *ctx, uint64_t record, const char *why)
{
    (void)ctx;
    fprintf(stderr, "lurewatch scan: warning: record %" PRIu64 ": %s\n", record, why);
}

static int scan_records(struct scan *scan, struct line_reader *reader, struct failure *reterr)
{
    const struct scan_warc_sink sink = {
        .want = "page", .page = warc_page, .bad = warc_bad, .odd = warc_odd, .ctx = scan};
    return scan_warc(reader, &sink, NULL, reterr);
}

/* A cluster gives a share of no ads to a process now and then; where nobody said what comes, an empty
 * input is a mistake. */
static bool may_be_empty(enum input_form asked)
{
    return asked == INPUT_JSONL || asked == INPUT_WARC;
}

static int scan_stream(struct scan *scan, FILE *in, const char *name)
{
    struct line_reader reader;
    struct failure why = {.code = OK};
    int rc = line_reader_init(&reader, in, LINE_BYTES_MAX);
    if (rc == OK) {
        enum input_form form = scan->input;
        struct slice start = line_reader_peek(&reader);
        if (form == INPUT_AUTO)
            form = guess(start);
        if (reader.failed)
            rc = ERR_IO;
        else if (start.len == 0 && may_be_empty(scan->input))
            rc = OK;
        else if (start.len == 0)
            emit_error(scan, 1, "the input is empty; one ad a line is wanted");
        else if (form == INPUT_JSONL)
            rc = scan_lines(scan, &reader);
        else if (form == INPUT_WARC)
            rc = scan_records(scan, &reader, &why);
        else
            rc = scan_whole(scan, &reader, form);
    }
    line_reader_release(&reader);
    if (rc == OK)
        return EXIT_DONE;
    if (why.code == OK)
        failure_set(&why, rc, "%s: %s", scan->write_failed ? "standard output" : name,
                    strerror(errno));
    return exit_with("scan", &why);
}

static int scan_file(struct scan *scan, const char *name)
{
    struct failure why;
    if (strcmp(name, "-") == 0)
        return scan_stream(scan, stdin, "standard input");
    FILE *in = fopen(name, "rbe");
    if (in == NULL) {
        failure_set(&why, ERR_IO, "%s: %s", name, strerror(errno));
        return exit_with("scan", &why);
    }
    int code = scan_stream(scan, in, name);
    fclose(in);
    return code;
}

int cmd_scan(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = scan_options,
        .parser = parse_scan,
        .args_doc = "[FILE…]",
        .doc =
            "Score ads. Reads files, or standard input, and prints one verdict per ad in the "
            "same order.\v"
            "An ad is a JSON object a line, all optional but one of title, text, html:\n"
            "  {\"id\",\"url\",\"title\",\"company\",\"location\",\"salary\",\"text\",\"html\","
            "\"lang\",\"posted_at\"}\n\n"
            "Example:\n"
            "  echo '{\"text\":\"Lowongan admin slot Kamboja, tiket ditanggung\"}' | lurewatch "
            "scan\n\n"
            "Exit: 0 done; 65 a line was no ad (its place holds {\"error\",\"line\"}); 74 a file "
            "could not be read, and the others were.",
        .children = children};
    struct scan scan = {0};
    int first = argc;
    if (verbs_parse(&argp, argc, argv, &first, &scan) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&scan.out, OUT_BYTES_MAX);
    int code = judging_open("scan", &scan.common, &scan.judging);
    if (code == EXIT_DONE && first == argc)
        code = scan_file(&scan, "-");
    bool opened = code == EXIT_DONE;
    for (int i = first; opened && !scan.write_failed && i < argc; i++) {
        int one = scan_file(&scan, argv[i]); /* one that cannot be read costs the others nothing */
        code = code == EXIT_DONE ? one : code;
    }
    if (!scan.write_failed) /* which was said */
        code = command_end("scan", code);
    if (code == EXIT_DONE && scan.bad_lines > 0 && !scan.keep_bad_lines) {
        fprintf(stderr,
                "lurewatch scan: %" PRIu64 " ad(s) could not be read; see \"error\" in the "
                "output\n",
                scan.bad_lines);
        code = EXIT_DATA;
    }
    if (scan.judging.judge != NULL)
        judging_tell_fused("scan", &scan.judging);
    judging_close(&scan.judging);
    text_buf_release(&scan.out);
    return code;
}
