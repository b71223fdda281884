/* cmd_queue_add.c - `lurewatch queue add`: what people send in becomes cases with evidence.
 *
 * A text, a table, JSON lines, a saved page, or an address that is fetched once with all the manners
 * of a sweep (visitor.h). Each ad is judged like any other, but it is a case whatever its band: a
 * person thought it worth sending. What came is kept as a resource record, byte for byte, beside
 * the metadata; the note says who sent it. One transaction an ad. */
#include "app/adding.h"
#include "app/json_array.h"
#include "app/sent_fetch.h"
#include "app/sent_table.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/image_kind.h"
#include "storage/evidence.h"
#include "storage/look_rows.h"
#include "storage/machine_name.h"
#include "storage/picture_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (256u << 20)
#define SOURCE_DEFAULT  "sent-in"

enum {
    OPTION_URL = 0x200,
    OPTION_AS,
    OPTION_NOTE,
    OPTION_SOURCE,
    OPTION_INPUT,
    OPTION_ENDPOINT,
    OPTION_IMAGE,
    OPTION_COMPLAINTS,
    OPTION_MAX_TIME
};

static const char *const FORM_NAMES[] = {"auto", "text", "csv", "jsonl", "html"};

static enum add_form read_form(const char *value, struct argp_state *state)
{
    for (size_t i = 0; i < sizeof FORM_NAMES / sizeof FORM_NAMES[0]; i++)
        if (strcmp(value, FORM_NAMES[i]) == 0)
            return (enum add_form)i;
    argp_error(state, "--input is auto, text, csv, jsonl or html, not '%s'", value);
    return ADD_AUTO;
}

static error_t parse_add(int key, char *value, struct argp_state *state)
{
    struct adding *adding = state->input;
    struct failure why;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &adding->common;
        return 0;
    case OPTION_URL:
        adding->url = value;
        return 0;
    case OPTION_AS:
        adding->as = command_name(value, state);
        return 0;
    case OPTION_NOTE:
        adding->note = value;
        return 0;
    case OPTION_SOURCE:
        adding->source = value;
        return 0;
    case OPTION_IMAGE:
        adding->image = value;
        return 0;
    case OPTION_COMPLAINTS:
        adding->complaints = true;
        return 0;
    case OPTION_MAX_TIME:
        if (clock_parse_duration(slice_of(value), &adding->max_time_ms) != OK ||
            adding->max_time_ms <= 0)
            argp_error(state, "--max-time wants a duration such as 90s or 15m, not '%s'", value);
        return 0;
    case OPTION_INPUT:
        adding->form = read_form(value, state);
        return 0;
    case OPTION_ENDPOINT:
        if (address_parse_endpoint(slice_of(value), &adding->policy, &why) != OK)
            argp_error(state, "--test-endpoint: %s", why.text);
        return 0;
    case ARGP_KEY_ARG:
        if (adding->what != NULL)
            argp_error(state, "one file or address at a time, not '%s' too", value);
        adding->what = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option add_options[] = {
    {"url", OPTION_URL, "URL", 0, "where the ad stands, for one that is given as a file", 0},
    {"source", OPTION_SOURCE, "NAME", 0, "whose name the cases bear (default " SOURCE_DEFAULT ")",
     0},
    {"input", OPTION_INPUT, "FORM", 0, "auto, text, csv, jsonl or html (default auto)", 0},
    {"image", OPTION_IMAGE, "FILE", 0,
     "the picture whose words the text gives, at most 8 MiB: it is kept as the evidence", 0},
    {"complaints", OPTION_COMPLAINTS, NULL, 0,
     "with --json: a line {error, kind, what, line} in the place of what is not taken", 0},
    {"max-time", OPTION_MAX_TIME, "DURATION", 0,
     "a table, JSON lines: stop after 90s, 15m before the next row and say which it is", 0},
    {"as", OPTION_AS, "NAME", 0, "who adds it, for the history (default $USER)", 0},
    {"note", OPTION_NOTE, "TEXT", 0, "who sent it and why, for the history", 0},
    {"test-endpoint", OPTION_ENDPOINT, "ADDRESS:PORT", 0,
     "for tests: every request goes to this loopback address", 1},
    {0}};

/* ---- what was sent, ad by ad ---- */

static void judge_and_put(struct adding *adding, const struct posting *posting, const char *where,
                          uint64_t line)
{
    struct verdict verdict;
    struct failure why = {.code = OK};
    if (posting_check(posting) != OK)
        adding_tell_bad(adding, "no-words", where, line,
                        "neither title nor text: an ad has at least one of them");
    else if (judging_text(&adding->judging, posting, &verdict, &why) != OK)
        adding_tell_bad(adding, "other", where, line, why.text);
    else
        adding_put(adding, posting, &verdict);
}

/* What the bytes are, for the evidence; a guess is told. */
static bool is_typed(struct adding *adding, const char *type, const struct sent_text *text,
                     struct complaint *ret_wrong)
{
    struct complaint note;
    adding->raw_type = arena_printf(adding->arena, "%s; charset=%s", type, text->charset);
    if (adding->raw_type == NULL) {
        *ret_wrong = (struct complaint){.kind = "other", .why = "out of memory"};
        return false;
    }
    if (sent_text_note(text, adding->arena, &note))
        adding_tell(adding, &note);
    return true;
}

static void add_text(struct adding *adding, const char *where)
{
    struct posting posting;
    struct sent_text words;
    struct complaint wrong;
    struct failure why = {.code = OK};
    const struct slice whole = text_buf_slice(&adding->whole);
    const struct slice picture = text_buf_slice(&adding->picture);
    adding->raw = picture.len > 0 ? picture : whole;
    if (image_kind(whole) != NULL) {
        adding_tell_bad(
            adding, "picture", where, 0,
            "a picture, whose words are not read here: type them into a text file, and give "
            "both: lurewatch queue add words.txt --image FILE");
        return;
    }
    if (!sent_text_words(adding->arena, whole, &words, &wrong) ||
        !is_typed(adding, "text/plain", &words, &wrong)) {
        wrong.where = where;
        adding_tell_wrong(adding, &wrong);
        return;
    }
    adding->raw_type = picture.len > 0 ? image_kind(picture) : adding->raw_type;
    if (judging_posting_of_text(&adding->judging, words.text, &posting, &why) != OK)
        adding_tell_bad(adding, "no-words", where, 0, why.text);
    else
        judge_and_put(adding, &posting, where, 0);
}

/* Is the time over that was given? One row is always taken, so that whoever comes again gets on. */
static bool is_late(struct adding *adding, const char *where, uint64_t line)
{
    if (adding->max_time_ms == 0 || !adding->any_row ||
        clock_mono_ms() - adding->began_mono_ms < adding->max_time_ms)
        return false;
    adding_tell_bad(
        adding, "late", where, line,
        "the time given is over: what begins here is not in; send it again, which makes no "
        "second case of what is in");
    adding->code = EXIT_TRY_LATER;
    return true;
}

static void add_row(struct adding *adding, const struct sent_table *table, const char *where)
{
    struct posting posting;
    adding->raw = table->raw;
    adding->line = table->csv.line;
    adding->any_row = true;
    arena_reset(adding->judging.arena);
    if (sent_table_spills(table))
        adding_tell_bad(adding, "row-cells", where, adding->line,
                        "more cells than the first line names: put a cell that holds the separator "
                        "in quotation marks");
    else if (sent_table_ad(table, adding->judging.arena, &posting) != OK)
        adding_tell_bad(adding, "large", where, adding->line,
                        "the ad needs more memory than an ad may use");
    else
        judge_and_put(adding, &posting, where, adding->line);
}

static void add_csv(struct adding *adding, const char *where)
{
    struct sent_table *table = arena_alloc(adding->arena, sizeof *table);
    struct complaint wrong = {.kind = "other", .why = "out of memory"};
    if (table != NULL &&
        sent_table_begin(table, adding->arena, text_buf_slice(&adding->whole), &wrong) &&
        is_typed(adding, "text/csv", &table->sent, &wrong))
        while (adding->code == EXIT_DONE && sent_table_next(table, &wrong) &&
               !is_late(adding, where, table->csv.line))
            add_row(adding, table, where);
    wrong.where = where;
    if (wrong.kind != NULL)
        adding_tell_wrong(adding, &wrong);
    else if (adding->code == EXIT_DONE && !adding->any_row)
        adding_tell_bad(adding, "table-empty", where, 0,
                        "below the line that names the columns stands no row");
}

static void on_page_ad(void *ctx, const struct posting *posting, const struct verdict *verdict)
{
    struct adding *adding = ctx;
    if (verdict != NULL && adding->code == EXIT_DONE)
        adding_put(adding, posting, verdict);
}

static void ask_worker(struct adding *adding, struct slice head, const char *where, uint64_t line)
{
    struct failure why = {.code = OK};
    uint64_t before = adding->added;
    arena_reset(adding->judging.arena);
    if (judging_ask(&adding->judging, head, adding->raw, on_page_ad, adding, NULL, &why) != OK)
        adding_tell_bad(adding, "unreadable", where, line, why.text);
    else if (adding->added == before && adding->code == EXIT_DONE)
        adding_tell_bad(adding, "no-ad", where, line,
                        "no ad was found in it; its text can be given as a file");
}

static void add_json_line(struct adding *adding, struct slice line, const char *where,
                          uint64_t number)
{
    struct json_doc *doc = NULL;
    struct posting posting;
    struct slice html;
    struct failure why = {.code = OK};
    adding->raw = line;
    arena_reset(adding->judging.arena);
    int rc = json_parse(line, true, 32, &doc, &why);
    if (rc == OK)
        rc = posting_from_json(adding->judging.arena, json_root(doc), &posting, &html, &why);
    if (rc != OK)
        adding_tell_bad(adding, rc == ERR_NOMEM ? "other" : "unreadable", where, number,
                        rc == ERR_NOMEM ? "out of memory" : why.text);
    else if (html.len > 0)
        ask_worker(adding, SLICE("{\"want\":\"ad\"}"), where, number);
    else
        judge_and_put(adding, &posting, where, number);
    json_free(doc);
}

static void add_jsonl(struct adding *adding, const char *where)
{
    struct slice rest = text_buf_slice(&adding->whole), line;
    adding->raw_type = "application/json";
    while (adding->code == EXIT_DONE && slice_next_line(&rest, &line)) {
        adding->line++;
        if (slice_trim(line).len == 0)
            continue;
        if (is_late(adding, where, adding->line))
            break;
        add_json_line(adding, slice_trim(line), where, adding->line);
        adding->any_row = true;
    }
}

static void add_array(struct adding *adding, const char *where)
{
    struct json_array array;
    struct slice item;
    struct failure why = {.code = OK};
    int rc = OK;
    adding->raw_type = "application/json";
    json_array_begin(text_buf_slice(&adding->whole), &array);
    while (adding->code == EXIT_DONE && (rc = json_array_next(&array, &item, &why)) == OK) {
        adding->line = array.number;
        if (is_late(adding, where, adding->line))
            return;
        add_json_line(adding, item, where, adding->line);
        adding->any_row = true;
    }
    if (rc == ERR_SYNTAX)
        adding_tell_bad(adding, "unreadable", where, array.number + 1, why.text);
}

static void add_page(struct adding *adding, const char *where, const char *content_type,
                     const char *content_encoding)
{
    struct json_writer writer;
    struct text_buf head;
    text_buf_init(&head, 64u << 10);
    json_writer_init(&writer, &head);
    json_open_object(&writer);
    json_put_member(&writer, "want", SLICE("page"));
    json_put_member(&writer, "hint", SLICE("posting"));
    json_put_member_if(&writer, "url",
                       slice_of(adding->page_url != NULL ? adding->page_url : adding->url));
    json_put_member_if(&writer, "content_type", slice_of(content_type));
    json_put_member_if(&writer, "content_encoding", slice_of(content_encoding));
    json_close_object(&writer);
    adding->raw_type = content_type[0] != '\0' ? content_type : "application/octet-stream";
    if (text_buf_status(&head) != OK)
        adding_tell_bad(adding, "no-address", where, 0, "its address is too long");
    else
        ask_worker(adding, text_buf_slice(&head), where, 0);
    text_buf_release(&head);
}

/* ---- where it comes from ---- */

static int fetch_page(struct adding *adding, struct visitor_answer *ret_answer)
{
    const struct sent_address sent = {&adding->settings, &adding->policy, adding->what,
                                      adding->source};
    struct complaint complaint;
    struct failure why = {.code = OK};
    int rc = sent_fetch(&sent, adding->arena, ret_answer, &complaint, &why);
    if (rc != OK)
        adding_tell(adding, &complaint);
    return exit_code_of(rc);
}

static int read_whole(struct adding *adding, const char *where)
{
    struct failure why = {.code = OK};
    struct line_reader reader = {0};
    bool is_stdin = strcmp(where, "-") == 0;
    if (!is_stdin)
        return file_read(where, &adding->whole, &why) == OK ? EXIT_DONE
                                                            : adding_fail(adding, NULL, &why);
    if (line_reader_init(&reader, stdin, JUDGING_INPUT_BYTES_MAX) != OK)
        return EXIT_INTERNAL;
    int rc = judging_read_all(&reader, &adding->whole, &why);
    line_reader_release(&reader);
    return rc == OK ? EXIT_DONE : adding_fail(adding, NULL, &why);
}

static int read_picture(struct adding *adding, bool is_url)
{
    struct failure why = {.code = OK};
    int rc = file_read(adding->image, &adding->picture, &why);
    if (rc == OK && image_kind(text_buf_slice(&adding->picture)) == NULL)
        rc = failure_set(&why, ERR_SYNTAX, "%s is no PNG, JPEG, GIF or WebP", adding->image);
    if (rc == OK && (is_url || (adding->form != ADD_AUTO && adding->form != ADD_TEXT)))
        rc = failure_set(&why, ERR_SYNTAX, "--image goes with a text: the words of the picture");
    adding->form = ADD_TEXT;
    return rc == OK ? EXIT_DONE : adding_fail(adding, "no-picture", &why);
}

/* A picture without a look is evidence all the same. */
static int look_at_picture(struct adding *adding)
{
    struct failure why = {.code = OK};
    struct slice bytes = text_buf_slice(&adding->picture);
    int rc = judging_look(&adding->judging, bytes, &adding->look, &why);
    adding->has_look = rc == OK;
    const char *said =
        rc == OK ? ""
                 : arena_printf(adding->arena, "%s is kept, and found again by its bytes alone: %s",
                                adding->image, why.text);
    if (said == NULL)
        return EXIT_INTERNAL;
    if (rc != OK)
        adding_tell(adding,
                    &(const struct complaint){.kind = "no-look", .why = said, .is_note = true});
    return EXIT_DONE;
}

static int open_store(struct adding *adding)
{
    char agent[SWEEP_AGENT_BYTES], machine[MACHINE_NAME_BYTES];
    struct failure why = {.code = OK};
    const struct settings *settings = &adding->settings;
    int rc = store_open(settings->store, STORE_CREATE, &adding->store, &why);
    if (rc == OK)
        rc = contact_key_load(settings->contact_key, true, &adding->key, &why);
    if (rc == OK)
        rc = dir_make(settings->evidence, 0700, &why);
    if (rc == OK)
        rc = machine_name(settings->machine, settings->evidence, true, machine, &why);
    if (rc == OK) {
        sweep_user_agent(settings, agent);
        const struct evidence_settings evidence = {.dir = settings->evidence,
                                                   .software = "lurewatch " LUREWATCH_VERSION,
                                                   .operator_name = settings->operator_name,
                                                   .user_agent = agent,
                                                   .machine = machine};
        rc = evidence_open(adding->store, &evidence, &adding->evidence, &why);
    }
    return rc == OK ? EXIT_DONE : adding_fail(adding, NULL, &why);
}

static enum add_form guess(const struct adding *adding, const char *where)
{
    struct slice text = slice_trim(text_buf_slice(&adding->whole));
    if (adding->form != ADD_AUTO)
        return adding->form;
    if (slice_ends(slice_of(where), ".csv") || slice_ends(slice_of(where), ".tsv"))
        return ADD_CSV;
    if (json_array_looks(text))
        return ADD_ARRAY;
    if (slice_starts(text, "{\\rtf"))
        return ADD_TEXT;
    return slice_starts(text, "{") ? ADD_JSONL : slice_starts(text, "<") ? ADD_HTML : ADD_TEXT;
}

static void add_file(struct adding *adding, const char *where)
{
    switch (guess(adding, where)) {
    case ADD_CSV:
        add_csv(adding, where);
        break;
    case ADD_JSONL:
        add_jsonl(adding, where);
        break;
    case ADD_ARRAY:
        add_array(adding, where);
        break;
    case ADD_HTML:
        adding->raw = text_buf_slice(&adding->whole);
        add_page(adding, where, "text/html", "");
        break;
    case ADD_AUTO:
    case ADD_TEXT:
        add_text(adding, where);
        break;
    }
}

static int add_all(struct adding *adding)
{
    const char *where = adding->what != NULL ? adding->what : "-";
    bool is_url = slice_starts_nocase(slice_of(where), "http://") ||
                  slice_starts_nocase(slice_of(where), "https://");
    struct visitor_answer answer = {.url = NULL};
    int code = command_settings("queue add", &adding->common, &adding->settings);
    if (code == EXIT_DONE)
        code = is_url ? fetch_page(adding, &answer) : read_whole(adding, where);
    if (code == EXIT_DONE && adding->image != NULL)
        code = read_picture(adding, is_url);
    if (code == EXIT_DONE)
        code = judging_open("queue add", &adding->common, &adding->judging);
    if (code == EXIT_DONE && adding->picture.len > 0)
        code = look_at_picture(adding);
    if (code == EXIT_DONE)
        code = open_store(adding);
    if (code != EXIT_DONE)
        return code;
    if (is_url) {
        adding->page_url = answer.url;
        adding->raw = answer.body;
        add_page(adding, where, answer.content_type, answer.content_encoding);
    } else {
        add_file(adding, where);
    }
    if (adding->code != EXIT_DONE)
        return adding->code;
    return adding->bad ? EXIT_DATA : EXIT_DONE;
}

int cmd_queue_add(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = add_options,
        .parser = parse_add,
        .args_doc = "[FILE|URL]",
        .doc = "What somebody sent in becomes a case, with evidence, whatever its score: a text, a "
               "table with title, text, company, location, salary, url, JSON lines of the scan "
               "input form, a saved page, or an address, which is fetched once if its robots.txt "
               "allows it.\v"
               "Examples:\n"
               "  lurewatch queue add ad.txt --note 'from a caller on 24 November'\n"
               "  lurewatch queue add reports.csv --source hotline\n"
               "  lurewatch queue add https://board.example/job/12\n\n"
               "Exit: 0 done; 65 something of it was no ad (the rest is added); 69 not reachable; "
               "75 a sweep is running, the host wants to be left alone for now, or --max-time is "
               "over.",
        .children = children};
    static char name[] = "lurewatch queue add";
    argv[0] = name;
    struct adding adding = {
        .source = SOURCE_DEFAULT, .now_unix_ms = clock_unix_ms(), .began_mono_ms = clock_mono_ms()};
    if (verbs_parse(&argp, argc, argv, NULL, &adding) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&adding.whole, JUDGING_INPUT_BYTES_MAX);
    text_buf_init(&adding.out, 1u << 20);
    text_buf_init(&adding.picture, PICTURE_SENT_BYTES_MAX);
    int code =
        arena_create(ARENA_BYTES_MAX, &adding.arena) == OK ? add_all(&adding) : EXIT_INTERNAL;
    evidence_close(adding.evidence);
    store_close(adding.store);
    judging_close(&adding.judging);
    arena_free(adding.arena);
    text_buf_release(&adding.whole);
    text_buf_release(&adding.out);
    text_buf_release(&adding.picture);
    return command_end("queue", code);
}
