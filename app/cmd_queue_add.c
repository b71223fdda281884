/* cmd_queue_add.c - `lurewatch queue add`: what people send in becomes cases with evidence.
 *
 * A text, a table, JSON lines, a saved page, or an address that is fetched once with all the manners
 * of a sweep (visitor.h). Each ad is judged like any other, but it is a case whatever its band: a
 * person thought it worth sending. What came is kept as a resource record, byte for byte, beside
 * the metadata; the note says who sent it. One transaction an ad. */
#include "app/csv_ad.h"
#include "app/judging.h"
#include "app/queue_print.h"
#include "app/sent_fetch.h"
#include "app/sent_record.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/image_kind.h"
#include "common/utf8.h"
#include "storage/evidence.h"
#include "storage/look_rows.h"
#include "storage/machine_name.h"
#include "storage/picture_rows.h"
#include "storage/posting_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX    (256u << 20)
#define METADATA_BYTES_MAX (64u << 20)
#define SOURCE_DEFAULT     "sent-in"

enum add_form { ADD_AUTO, ADD_TEXT, ADD_CSV, ADD_JSONL, ADD_HTML };

struct adding {
    struct common_options common;
    struct settings settings;
    struct address_policy policy;
    const char *what; /* a file, an address, "-" or NULL */
    const char *url, *as, *note, *source, *image;
    bool complaints;
    enum add_form form;
    struct judging judging;
    struct arena *arena; /* of the run */
    struct store *store;
    struct evidence *evidence;
    struct contact_key key;
    struct text_buf whole, out, picture;
    int64_t now_unix_ms;
    uint64_t added;
    int code;
    bool bad;
    /* the bytes that the ad at hand came in, and what they are */
    struct slice raw;
    const char *raw_type, *page_url;
    struct look look; /* of the picture */
    bool has_look;
};

enum {
    OPTION_URL = 0x200,
    OPTION_AS,
    OPTION_NOTE,
    OPTION_SOURCE,
    OPTION_INPUT,
    OPTION_ENDPOINT,
    OPTION_IMAGE,
    OPTION_COMPLAINTS
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
        adding->as = value;
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
    {"as", OPTION_AS, "NAME", 0, "who adds it, for the history (default $USER)", 0},
    {"note", OPTION_NOTE, "TEXT", 0, "who sent it and why, for the history", 0},
    {"test-endpoint", OPTION_ENDPOINT, "ADDRESS:PORT", 0,
     "for tests: every request goes to this loopback address", 1},
    {0}};

static void tell(const struct adding *adding, const struct complaint *complaint)
{
    complaint_tell("queue add", adding->common.json && adding->complaints, complaint);
}

static void tell_bad(struct adding *adding, const char *kind, const char *where, uint64_t line,
                     const char *why)
{
    tell(adding, &(const struct complaint){.kind = kind, .where = where, .line = line, .why = why});
    adding->bad = true;
}

/* The end of the command. kind NULL: by the code. */
static int fail(const struct adding *adding, const char *kind, const struct failure *why)
{
    tell(adding, &(const struct complaint){.kind = kind, .code = why->code, .why = why->text});
    return exit_code_of(why->code);
}

static int fail_store(const struct adding *adding, int rc)
{
    struct failure why = {.code = OK};
    store_failed(adding->store, rc, &why);
    why.code = rc;
    return fail(adding, NULL, &why);
}

/* ---- one ad into the store ---- */

static int put_inside(struct adding *adding, const struct posting_seen *ad,
                      struct posting_stored *ret_stored)
{
    struct text_buf metadata;
    struct evidence_ref ref = {"", "", ""};
    struct posting_seen seen = *ad;
    char why[QUEUE_NOTE_BYTES_MAX + 1];
    text_buf_init(&metadata, METADATA_BYTES_MAX);
    const struct sent_record record = {.source = adding->source,
                                       .note = adding->note,
                                       .who = command_who(adding->as),
                                       .at_unix_ms = adding->now_unix_ms};
    int rc = sent_record_write(&record, seen.posting, seen.verdict, &seen.fingerprint, &metadata);
    const struct evidence_page page = {.url = seen.posting->attr[POSTING_URL].at,
                                       .fetched_unix_ms = adding->now_unix_ms,
                                       .response_body = adding->raw,
                                       .resource_type = adding->raw_type,
                                       .metadata = text_buf_slice(&metadata)};
    if (rc == OK)
        rc = evidence_append(adding->evidence, &page, &ref);
    text_buf_release(&metadata);
    seen.evidence_id = ref.metadata_id;
    if (rc == OK)
        rc = posting_put(adding->store, &adding->key, &seen, ret_stored);
    struct slice note = utf8_cut(slice_of(adding->note), QUEUE_NOTE_BYTES_MAX - 16);
    snprintf(why, sizeof why, "sent in%s%.*s", note.len > 0 ? ": " : "", (int)note.len, note.at);
    const struct queue_act act = {command_who(adding->as), why, adding->now_unix_ms};
    const struct picture_sent sent = {.source = adding->source,
                                      .record = ref.response_id,
                                      .record_id = ref.metadata_id,
                                      .digest = digest_of(text_buf_slice(&adding->picture)),
                                      .at_unix_ms = adding->now_unix_ms};
    if (rc == OK && adding->has_look)
        rc = look_put(adding->store, &sent.digest, &adding->look);
    if (rc == OK && adding->picture.len > 0)
        rc = picture_put(adding->store, ret_stored->case_id, &sent);
    return rc == OK ? queue_note(adding->store, ret_stored->case_id, &act) : rc;
}

static int tell_case(struct adding *adding, const struct posting_stored *stored)
{
    struct case_row row;
    struct json_writer writer;
    int rc =
        queue_get(adding->store, adding->judging.arena, stored->case_id, adding->now_unix_ms, &row);
    if (rc != OK)
        return fail_store(adding, rc);
    if (adding->common.json) {
        json_writer_init(&writer, &adding->out);
        queue_row_json(&row, &writer);
    } else {
        text_buf_printf(&adding->out, "case %" PRId64 " %s, %s %d: %s", row.id,
                        stored->case_is_new ? "is new" : "was there already", band_name(row.band),
                        verdict_score(row.logit_tenths), row.title);
        if (row.campaign_cases > 1)
            text_buf_printf(&adding->out, " (%u others like it)", row.campaign_cases - 1);
    }
    return command_print_line(&adding->out) == OK ? EXIT_DONE : EXIT_IO;
}

/* An ad without an address is named by what it says. */
static int name_it(struct adding *adding, struct posting *posting, const struct digest *fingerprint)
{
    char hex[DIGEST_HEX_BYTES];
    const char *url = adding->url != NULL ? adding->url : adding->page_url;
    if (posting->attr[POSTING_URL].len == 0 && url != NULL)
        posting->attr[POSTING_URL] = slice_of(url);
    if (posting->attr[POSTING_URL].len > 0)
        url = arena_copy(adding->judging.arena, posting->attr[POSTING_URL].at,
                         posting->attr[POSTING_URL].len);
    else
        url = arena_printf(adding->judging.arena, "urn:sha256:%s", digest_hex(fingerprint, hex));
    posting->attr[POSTING_URL] = slice_of(url);
    return url != NULL ? OK : ERR_NOMEM;
}

static void put_ad(struct adding *adding, const struct posting *given,
                   const struct verdict *verdict)
{
    struct posting posting = *given;
    struct posting_stored stored = {0};
    struct posting_seen seen = {.source = adding->source,
                                .posting = &posting,
                                .verdict = verdict,
                                .fingerprint = posting_fingerprint(given),
                                .sketch = sketch_of(given->field[POSTING_TEXT]),
                                .seen_unix_ms = adding->now_unix_ms,
                                .sent_in = true};
    int rc = name_it(adding, &posting, &seen.fingerprint);
    if (rc == OK)
        rc = store_begin(adding->store);
    if (rc == OK)
        rc = put_inside(adding, &seen, &stored);
    if (rc == OK)
        rc = store_commit(adding->store);
    store_rollback(adding->store);
    adding->code = rc == OK ? tell_case(adding, &stored) : fail_store(adding, rc);
    adding->added += rc == OK ? 1 : 0;
}

/* ---- what was sent, ad by ad ---- */

static void judge_and_put(struct adding *adding, const struct posting *posting, const char *where,
                          uint64_t line)
{
    struct verdict verdict;
    struct failure why = {.code = OK};
    if (posting_check(posting) != OK)
        tell_bad(adding, "no-words", where, line,
                 "neither title nor text: an ad has at least one of them");
    else if (judging_text(&adding->judging, posting, &verdict, &why) != OK)
        tell_bad(adding, "other", where, line, why.text);
    else
        put_ad(adding, posting, &verdict);
}

static void add_text(struct adding *adding, const char *where)
{
    struct posting posting;
    struct failure why = {.code = OK};
    bool pictured = adding->picture.len > 0;
    adding->raw = text_buf_slice(pictured ? &adding->picture : &adding->whole);
    adding->raw_type = pictured ? image_kind(adding->raw) : "text/plain; charset=utf-8";
    if (image_kind(text_buf_slice(&adding->whole)) != NULL)
        tell_bad(adding, "picture", where, 0,
                 "a picture, whose words are not read here: type them into a text file, and give "
                 "both: lurewatch queue add words.txt --image FILE");
    else if (judging_posting_of_text(&adding->judging, text_buf_slice(&adding->whole), &posting,
                                     &why) != OK)
        tell_bad(adding, "no-words", where, 0, why.text);
    else
        judge_and_put(adding, &posting, where, 0);
}

static void add_csv(struct adding *adding, const char *where)
{
    struct csv csv;
    struct csv_row heads, row;
    struct posting posting;
    int rc = OK;
    adding->raw_type = "text/csv; charset=utf-8";
    csv_begin(&csv, adding->arena, text_buf_slice(&adding->whole));
    if (!csv_next(&csv, &heads, &rc) || !csv_heads_known(&heads)) {
        tell_bad(
            adding, "table-heads", where, 1,
            "the first line must name the columns, with title or text among them: title, text, "
            "company, location, salary, url, id");
        return;
    }
    const char *from = csv.rest.at;
    while (adding->code == EXIT_DONE && csv_next(&csv, &row, &rc)) {
        adding->raw = slice_make(from, (size_t)(csv.rest.at - from));
        from = csv.rest.at;
        arena_reset(adding->judging.arena);
        if (csv_ad(adding->judging.arena, &heads, &row, &posting) != OK)
            tell_bad(adding, "large", where, csv.line,
                     "the ad needs more memory than an ad may use");
        else
            judge_and_put(adding, &posting, where, csv.line);
    }
    if (rc != OK)
        tell_bad(adding,
                 rc == ERR_SYNTAX  ? "table-quote"
                 : rc == ERR_LIMIT ? "table-columns"
                                   : "other",
                 where, csv.line,
                 rc == ERR_SYNTAX  ? "a quote is opened and never closed"
                 : rc == ERR_LIMIT ? "too many columns"
                                   : "out of memory");
}

static void on_page_ad(void *ctx, const struct posting *posting, const struct verdict *verdict)
{
    struct adding *adding = ctx;
    if (verdict != NULL && adding->code == EXIT_DONE)
        put_ad(adding, posting, verdict);
}

static void ask_worker(struct adding *adding, struct slice head, const char *where, uint64_t line)
{
    struct failure why = {.code = OK};
    uint64_t before = adding->added;
    arena_reset(adding->judging.arena);
    if (judging_ask(&adding->judging, head, adding->raw, on_page_ad, adding, NULL, &why) != OK)
        tell_bad(adding, "unreadable", where, line, why.text);
    else if (adding->added == before && adding->code == EXIT_DONE)
        tell_bad(adding, "no-ad", where, line,
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
        tell_bad(adding, rc == ERR_NOMEM ? "other" : "unreadable", where, number,
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
    for (uint64_t number = 1; adding->code == EXIT_DONE && slice_next_line(&rest, &line); number++)
        if (slice_trim(line).len > 0)
            add_json_line(adding, slice_trim(line), where, number);
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
        tell_bad(adding, "no-address", where, 0, "its address is too long");
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
        tell(adding, &complaint);
    return exit_code_of(rc);
}

static int read_whole(struct adding *adding, const char *where)
{
    struct failure why = {.code = OK};
    struct line_reader reader = {0};
    bool is_stdin = strcmp(where, "-") == 0;
    if (!is_stdin)
        return file_read(where, &adding->whole, &why) == OK ? EXIT_DONE : fail(adding, NULL, &why);
    if (line_reader_init(&reader, stdin, JUDGING_INPUT_BYTES_MAX) != OK)
        return EXIT_INTERNAL;
    int rc = judging_read_all(&reader, &adding->whole, &why);
    line_reader_release(&reader);
    return rc == OK ? EXIT_DONE : fail(adding, NULL, &why);
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
    return rc == OK ? EXIT_DONE : fail(adding, "no-picture", &why);
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
        tell(adding, &(const struct complaint){.kind = "no-look", .why = said, .is_note = true});
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
    return rc == OK ? EXIT_DONE : fail(adding, NULL, &why);
}

static enum add_form guess(const struct adding *adding, const char *where)
{
    struct slice text = slice_trim(text_buf_slice(&adding->whole));
    if (adding->form != ADD_AUTO)
        return adding->form;
    if (slice_ends(slice_of(where), ".csv") || slice_ends(slice_of(where), ".tsv"))
        return ADD_CSV;
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
               "75 a sweep is running, or the host wants to be left alone for now.",
        .children = children};
    static char name[] = "lurewatch queue add";
    argv[0] = name;
    struct adding adding = {.source = SOURCE_DEFAULT, .now_unix_ms = clock_unix_ms()};
    if (argp_parse(&argp, argc, argv, 0, NULL, &adding) != 0)
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
