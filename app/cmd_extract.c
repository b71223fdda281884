/* cmd_extract.c - `lurewatch extract`: the postings found in saved pages, feeds and answers.
 *
 * JSON lines always: one posting a line, in the form that `scan` takes. The bytes are hostile, so
 * a worker child reads them. With --page, one object a page: what it is, its links, its postings.
 */
#include "app/judging.h"
#include "app/scan_warc.h"
#include "app/verbs.h"
#include "crawler/source.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define OUT_BYTES_MAX (64u << 20)

struct extract {
    struct common_options common;
    const char *url, *content_type, *kind; /* kind NULL: no hint */
    bool page, warc;
    struct judging judging;
    struct text_buf out;
    const char *file;  /* being read */
    uint64_t unread;   /* pages and records that gave nothing for being broken */
    uint64_t unopened; /* files that could not be read at all */
    bool write_failed;
};

enum { OPTION_URL = 0x200, OPTION_PAGE, OPTION_TYPE, OPTION_WARC, OPTION_AS };

static error_t parse_extract(int key, char *value, struct argp_state *state)
{
    struct extract *extract = state->input;
    enum source_kind kind = SOURCE_POSTING;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &extract->common;
        return 0;
    case OPTION_URL:
        extract->url = value;
        return 0;
    case OPTION_PAGE:
        extract->page = true;
        return 0;
    case OPTION_TYPE:
        extract->content_type = value;
        return 0;
    case OPTION_WARC:
        extract->warc = true;
        return 0;
    case OPTION_AS:
        if (!source_kind_from_name(slice_of(value), &kind))
            argp_error(state, "--as is listing, posting, feed or sitemap, not '%s'", value);
        extract->kind = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option extract_options[] = {
    {"url", OPTION_URL, "BASE", 0, "where the page came from: the base of its relative links", 0},
    {"content-type", OPTION_TYPE, "TYPE", 0,
     "what the server called it, e.g. 'text/html; charset=gbk'; else the bytes tell", 0},
    {"as", OPTION_AS, "KIND", 0,
     "what a source file would expect here: listing, posting, feed or sitemap; may be wrong", 0},
    {"page", OPTION_PAGE, NULL, 0,
     "one object a page instead: its type, why, its links and its postings", 0},
    {"warc", OPTION_WARC, NULL, 0, "the input is WARC; known by itself for names with '.warc'", 0},
    {0}};

/* ---- output ---- */

static void print_out(struct extract *extract)
{
    if (command_print_line(&extract->out) != OK)
        extract->write_failed = true;
}

static void print_posting(void *ctx, const struct posting *posting, const struct verdict *verdict)
{
    struct extract *extract = ctx;
    struct json_writer writer;
    (void)verdict;
    if (extract->page)
        return;
    json_writer_init(&writer, &extract->out);
    posting_to_json(posting, &writer);
    print_out(extract);
}

static void put_links(const struct json *links, struct json_writer *writer)
{
    json_key(writer, "links");
    json_open_array(writer);
    for (size_t i = 0; i < json_count(links); i++) {
        const struct json *link = json_at(links, i);
        json_open_object(writer);
        json_put_member(writer, "url", json_get_string(link, "u"));
        json_put_member(writer, "kind", json_get_string(link, "k"));
        json_put_member_if(writer, "lastmod", json_get_string(link, "m"));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static int put_postings(struct extract *extract, const struct json *ads, struct json_writer *writer,
                        struct failure *reterr)
{
    struct posting posting;
    struct slice html;
    int rc = OK;
    json_key(writer, "postings");
    json_open_array(writer);
    for (size_t i = 0; rc == OK && i < json_count(ads); i++) {
        rc = posting_from_json(extract->judging.arena, json_get(json_at(ads, i), "posting"),
                               &posting, &html, reterr);
        if (rc == OK)
            posting_to_json(&posting, writer);
    }
    json_close_array(writer);
    return rc;
}

static int print_page(struct extract *extract, const struct json *root, struct slice url,
                      struct failure *reterr)
{
    static const char *const texts[] = {"type", "note", "charset", "canonical", NULL};
    struct json_writer writer;
    json_writer_init(&writer, &extract->out);
    json_open_object(&writer);
    json_put_member(&writer, "file", slice_of(extract->file));
    json_put_member_if(&writer, "url", url);
    for (size_t i = 0; texts[i] != NULL; i++)
        json_put_member_if(&writer, texts[i], json_get_string(root, texts[i]));
    json_key(&writer, "noindex");
    json_put_bool(&writer, json_truth(json_get(root, "noindex"), false));
    json_key(&writer, "nofollow");
    json_put_bool(&writer, json_truth(json_get(root, "nofollow"), false));
    json_put_member_int(&writer, "repairs", json_int(json_get(root, "repairs"), 0));
    put_links(json_get(root, "links"), &writer);
    int rc = put_postings(extract, json_get(root, "ads"), &writer, reterr);
    json_close_object(&writer);
    if (rc == OK)
        print_out(extract);
    return rc;
}

/* ---- one page ---- */

/* What the page is when it holds no posting, and what limit cut it when it does. */
static void tell_page(const struct extract *extract, const struct json *root, size_t ads)
{
    struct slice type = json_get_string(root, "type"), note = json_get_string(root, "note");
    if (ads == 0)
        fprintf(stderr, "lurewatch extract: %s: no posting; the page is '%.*s'%s%.*s\n",
                extract->file, (int)type.len, type.at, note.len > 0 ? ": " : "", (int)note.len,
                note.at);
    else if (note.len > 0)
        fprintf(stderr, "lurewatch extract: %s: %.*s\n", extract->file, (int)note.len, note.at);
}

static int ask(struct extract *extract, struct slice head, struct slice body, struct slice url,
               struct failure *reterr)
{
    struct judging_page page;
    arena_reset(extract->judging.arena);
    int rc = judging_ask(&extract->judging, head, body, print_posting, extract, &page, reterr);
    const struct json *root = rc == OK ? json_root(page.doc) : NULL;
    if (rc == OK && extract->page) {
        rc = print_page(extract, root, url, reterr);
    } else if (rc == OK && !extract->warc) {
        tell_page(extract, root, page.ads);
    }
    json_free(page.doc);
    return rc;
}

static void tell_bad(void *ctx, uint64_t record, const char *why)
{
    struct extract *extract = ctx;
    extract->unread++;
    fprintf(stderr, "lurewatch extract: %s: record %" PRIu64 ": %s\n", extract->file, record, why);
}

static void tell_odd(void *ctx, uint64_t record, const char *why)
{
    const struct extract *extract = ctx;
    fprintf(stderr, "lurewatch extract: warning: %s: record %" PRIu64 ": %s\n", extract->file,
            record, why);
}

static int warc_page(void *ctx, const struct scan_warc_page *page, struct failure *reterr)
{
    struct extract *extract = ctx;
    struct failure why = {.code = OK};
    if (ask(extract, page->head, page->body, page->url, &why) != OK) {
        failure_prefix(&why, "record at byte %" PRIu64, page->offset);
        tell_bad(extract, page->record, why.text);
    }
    return extract->write_failed
               ? failure_set(reterr, ERR_IO, "standard output: %s", strerror(errno))
               : OK;
}

static const char *type_by_name(const char *file)
{
    static const char *const types[][2] = {
        {".html", "text/html"},      {".htm", "text/html"},        {".xml", "application/xml"},
        {".rss", "application/xml"}, {".atom", "application/xml"}, {".json", "application/json"},
        {".txt", "text/plain"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_ends(slice_of(file), types[i][0]))
            return types[i][1];
    return "";
}

static int extract_whole(struct extract *extract, struct line_reader *reader,
                         struct failure *reterr)
{
    struct text_buf whole, head;
    struct json_writer writer;
    text_buf_init(&whole, JUDGING_INPUT_BYTES_MAX);
    text_buf_init(&head, 64u << 10);
    json_writer_init(&writer, &head);
    json_open_object(&writer);
    json_put_member(&writer, "want", SLICE("extract"));
    json_put_member(&writer, "url", slice_of(extract->url));
    json_put_member_if(&writer, "hint", slice_of(extract->kind));
    json_put_member(&writer, "content_type",
                    slice_of(extract->content_type != NULL ? extract->content_type
                                                           : type_by_name(extract->file)));
    json_close_object(&writer);
    int rc = judging_read_all(reader, &whole, reterr);
    if (rc == OK && slice_trim(text_buf_slice(&whole)).len == 0)
        rc = failure_set(reterr, ERR_SYNTAX, "the file is empty; a saved page is wanted");
    if (rc == OK && text_buf_status(&head) != OK)
        rc = failure_set(reterr, ERR_LIMIT, "--url and --content-type are too long");
    if (rc == OK)
        rc = ask(extract, text_buf_slice(&head), text_buf_slice(&whole), slice_of(extract->url),
                 reterr);
    text_buf_release(&head);
    text_buf_release(&whole);
    return rc;
}

static int extract_stream(struct extract *extract, FILE *in, struct failure *reterr)
{
    struct line_reader reader;
    const struct scan_warc_sink sink = {
        .want = "extract", .page = warc_page, .bad = tell_bad, .odd = tell_odd, .ctx = extract};
    bool asked = extract->warc;
    int rc = line_reader_init(&reader, in, JUDGING_INPUT_BYTES_MAX);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    extract->warc = asked || strstr(extract->file, ".warc") != NULL ||
                    slice_starts(line_reader_peek(&reader), "WARC/");
    rc = extract->warc ? scan_warc(&reader, &sink, NULL, reterr)
                       : extract_whole(extract, &reader, reterr);
    extract->warc = asked;
    line_reader_release(&reader);
    return rc;
}

/* A file that cannot be read as a page is told, and the next one read. */
static int extract_file(struct extract *extract, const char *name)
{
    struct failure why = {.code = OK};
    bool is_stdin = strcmp(name, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(name, "rbe");
    extract->file = is_stdin ? "standard input" : name;
    if (in == NULL)
        failure_set(&why, ERR_IO, "%s", strerror(errno));
    else
        (void)extract_stream(extract, in, &why);
    if (in != NULL && !is_stdin)
        fclose(in);
    if (why.code == OK)
        return EXIT_DONE;
    failure_prefix(&why, "%s", extract->file);
    int code = exit_with("extract", &why);
    if (code == EXIT_IO && !extract->write_failed) {
        extract->unopened++;
        return EXIT_DONE;
    }
    if (code != EXIT_DATA && code != EXIT_UNAVAILABLE)
        return code;
    extract->unread++;
    return why.code == ERR_UNSUPPORTED ? code : EXIT_DONE;
}

int cmd_extract(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = extract_options,
        .parser = parse_extract,
        .args_doc = "[FILE…]",
        .doc =
            "Show the postings found in saved pages, feeds, API answers and WARC files: one JSON "
            "object a line, in the form that `lurewatch scan` reads.\v"
            "Examples:\n"
            "  lurewatch extract --url https://board.example/job/7 job.html\n"
            "  lurewatch extract --page --url https://board.example/jobs jobs.html\n"
            "  curl -s https://board.example/feed | lurewatch extract | lurewatch scan\n\n"
            "Exit: 0 done, also when a page holds no posting (standard error says what it is); "
            "65 a file could not be read as a page; 74 one could not be read at all.",
        .children = children};
    struct extract extract = {.url = ""};
    int first = argc;
    if (verbs_parse(&argp, argc, argv, &first, &extract) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&extract.out, OUT_BYTES_MAX);
    int code = judging_open("extract", &extract.common, &extract.judging);
    if (code == EXIT_DONE && first == argc)
        code = extract_file(&extract, "-");
    for (int i = first; code == EXIT_DONE && !extract.write_failed && i < argc; i++)
        code = extract_file(&extract, argv[i]);
    if (code == EXIT_DONE && extract.unopened > 0)
        code = EXIT_IO;
    if (code == EXIT_DONE && extract.unread > 0)
        code = EXIT_DATA;
    judging_close(&extract.judging);
    text_buf_release(&extract.out);
    return command_end("extract", extract.write_failed ? EXIT_IO : code);
}
