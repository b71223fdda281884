/* review_send.c - what is sent in by the page, given to `lurewatch queue add`; see review_send.h. */
#include "app/review_send.h"
#include "app/exit_code.h"
#include "app/review_child.h"
#include "app/sent_table.h"
#include "common/json.h"
#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

#define WAIT_MS_MAX     120000 /* of what is no table: a fetch waits for its host */
#define OVERTIME_MS_MAX 20000  /* of a table: for the row at hand, and to begin and end */
#define OUT_BYTES_MAX   (64u << 20)
#define MORE_BYTES_MAX  (64u << 10)
#define REST_BYTES_MAX  (5u << 20) /* what a form may send */

struct sending {
    const struct site_sent *sent;
    struct arena *arena;
    struct site_received *received;
    int64_t line_done; /* the last row of a table that was told */
    bool breaks_off;   /* a row was told that nothing is read behind */
    /* rows that were refused and for which there is no room: "52-61, 70", the last not in it yet */
    struct text_buf more;
    int64_t more_from, more_to; /* 0: none */
};

/* ---- what it said ---- */

static struct slice keep(struct arena *arena, struct slice text)
{
    const char *copy = arena_copy(arena, text.at, text.len);
    return copy != NULL ? slice_make(copy, text.len) : SLICE_EMPTY;
}

/* Is the row that it names the first of those that are not read? */
static bool ends_table(const char *kind)
{
    return strcmp(kind, "table-quote") == 0 || strcmp(kind, "table-columns") == 0 ||
           strcmp(kind, "late") == 0;
}

/* Where there is no room, what ended it all takes the place of a row that was refused. */
static void complain(struct site_received *received, const struct site_complaint *complaint)
{
    bool ends = complaint->line == 0 || ends_table(complaint->kind);
    if (received->complaints_count < SITE_RECEIVED_MAX)
        received->complaints[received->complaints_count] = *complaint;
    else if (ends)
        received->complaints[SITE_RECEIVED_MAX - 1] = *complaint;
    received->complaints_count++;
}

static void line_done(struct sending *sending, int64_t line)
{
    sending->line_done = line > sending->line_done ? line : sending->line_done;
}

static void take_case(struct sending *sending, const struct json *root)
{
    struct site_received *received = sending->received;
    int64_t line = json_int(json_get(root, "line"), 0);
    if (received->cases < SITE_RECEIVED_MAX) {
        struct site_received_case *one = &received->list[received->cases];
        one->id = json_int(json_get(root, "case"), 0);
        one->line = line;
        one->score = (int)json_int(json_get(root, "score"), 0);
        one->title = keep(sending->arena, json_get_string(root, "title"));
    }
    received->cases++;
    line_done(sending, line);
}

static void more_end(struct sending *sending)
{
    const char *comma = sending->more.len > 0 ? ", " : "";
    if (sending->more_from == 0)
        return;
    if (sending->more_from == sending->more_to)
        text_buf_printf(&sending->more, "%s%lld", comma, (long long)sending->more_from);
    else
        text_buf_printf(&sending->more, "%s%lld-%lld", comma, (long long)sending->more_from,
                        (long long)sending->more_to);
    sending->more_from = 0;
}

static void more_line(struct sending *sending, int64_t line)
{
    if (sending->more_from == 0 || line != sending->more_to + 1) {
        more_end(sending);
        sending->more_from = line;
    }
    sending->more_to = line;
}

static void take_complaint(struct sending *sending, const struct json *root)
{
    struct arena *arena = sending->arena;
    struct slice note = json_get_string(root, "note"), error = json_get_string(root, "error");
    const char *kind = keep(arena, json_get_string(root, "kind")).at;
    const struct site_complaint complaint = {.kind = kind != NULL ? kind : "other",
                                             .what = keep(arena, json_get_string(root, "what")),
                                             .text = keep(arena, error.len > 0 ? error : note),
                                             .line = json_int(json_get(root, "line"), 0),
                                             .is_note = error.len == 0};
    if (ends_table(complaint.kind))
        sending->breaks_off = true;
    else if (complaint.line > 0 && sending->received->complaints_count >= SITE_RECEIVED_MAX - 1)
        more_line(sending, complaint.line);
    if (!ends_table(complaint.kind))
        line_done(sending, complaint.line);
    complain(sending->received, &complaint);
}

static void take_line(struct sending *sending, struct slice line)
{
    struct json_doc *doc = NULL;
    struct failure why;
    if (json_parse(line, true, 16, &doc, &why) != OK)
        return;
    const struct json *root = json_root(doc);
    if (json_get(root, "case") != NULL)
        take_case(sending, root);
    else if (json_get(root, "kind") != NULL)
        take_complaint(sending, root);
    json_free(doc);
}

/* A command that ended without a word for programs: its settings, its bank, a mistake of ours. */
static void take_broken(struct slice said, struct arena *arena, struct site_received *received)
{
    struct slice line, first = SLICE_EMPTY;
    while (first.len == 0 && slice_next_line(&said, &line))
        first = slice_trim(line);
    complain(received,
             &(const struct site_complaint){.kind = "broken", .text = keep(arena, first)});
}

/* Which rows of a table are not in, where it was not read to its end. */
static void find_rest(struct sending *sending)
{
    struct site_received *received = sending->received;
    struct slice rest = SLICE_EMPTY;
    uint64_t line = 0;
    if (sending->sent->kind != SENT_CSV || sending->line_done == 0)
        return;
    if (sent_table_rest(sending->arena, sending->sent->text, (uint64_t)sending->line_done, &line,
                        &rest) != OK)
        return;
    received->rest_line = (int64_t)line;
    received->rest = rest.len <= REST_BYTES_MAX ? rest : SLICE_EMPTY;
}

/* rc and code are how it ended. */
static void take_all(struct sending *sending, const struct text_buf *out,
                     const struct text_buf *err, int rc, int code)
{
    struct slice rest = text_buf_slice(out), line;
    struct site_received *received = sending->received;
    text_buf_init(&sending->more, MORE_BYTES_MAX);
    while (slice_next_line(&rest, &line))
        take_line(sending, line);
    more_end(sending);
    received->more = keep(sending->arena, text_buf_slice(&sending->more));
    text_buf_release(&sending->more);
    if (rc == OK && code != EXIT_DONE && received->complaints_count == 0)
        take_broken(text_buf_slice(err), sending->arena, received);
    if (sending->breaks_off || rc != OK || (code != EXIT_DONE && code != EXIT_DATA))
        find_rest(sending);
}

/* ---- the words of the command ---- */

static bool is_address(struct slice text)
{
    bool web = slice_starts_nocase(text, "http://") || slice_starts_nocase(text, "https://");
    return web && text.len < 4096 && slice_find_char(text, ' ') == SIZE_MAX &&
           slice_find_char(text, '\n') == SIZE_MAX;
}

static void command_words(const struct review_sending *how, const struct site_sent *sent,
                          struct child_words *words)
{
    char most[32];
    const char *config = how->config;
    bool is_url = sent->kind == SENT_URL;
    snprintf(most, sizeof most, "%lldms", (long long)how->ms_max);
    child_word(words, "lurewatch", SLICE_EMPTY);
    child_word(words, "queue", SLICE_EMPTY);
    child_word(words, "add", SLICE_EMPTY);
    child_word(words, "--json", SLICE_EMPTY);
    child_word(words, "--complaints", SLICE_EMPTY);
    child_word(words, "--as=", slice_of(sent->who));
    if (config != NULL)
        child_word(words, "--config=", slice_of(config));
    if (sent->kind == SENT_CSV)
        child_word(words, "--max-time=", slice_of(most));
    if (sent->note.len > 0)
        child_word(words, "--note=", sent->note);
    if (sent->seen_at.len > 0 && !is_url)
        child_word(words, "--url=", sent->seen_at);
    if (!is_url)
        child_word(words, "--input=", sent->kind == SENT_CSV ? SLICE("csv") : SLICE("text"));
    if (sent->picture.len > 0)
        child_attach(words, "--image=", sent->picture);
    child_word(words, "", is_url ? slice_trim(sent->text) : SLICE("-"));
}

/* False: what is wrong is in *received. */
static bool check(const struct site_sent *sent, struct site_received *received)
{
    bool is_url = sent->kind == SENT_URL;
    struct slice address = is_url ? slice_trim(sent->text) : sent->seen_at;
    struct site_complaint wrong = {.kind = NULL};
    if (slice_trim(sent->text).len == 0)
        wrong = (struct site_complaint){.kind = "nothing"};
    else if ((is_url || address.len > 0) && !is_address(address))
        wrong = (struct site_complaint){.kind = "no-address", .what = utf8_cut(address, 200)};
    if (wrong.kind != NULL)
        complain(received, &wrong);
    return wrong.kind == NULL;
}

/* What ended it from outside, in the place of what it could not say any more. */
static void take_end(struct sending *sending, int rc)
{
    const bool stopped = rc == ERR_CANCELLED;
    complain(sending->received,
             &(const struct site_complaint){.kind = stopped ? "stopped" : "hung",
                                            .text = stopped ? SLICE("the page was stopped")
                                                            : SLICE("it took too long")});
}

int review_send(const struct review_sending *how, const struct site_sent *sent, struct arena *arena,
                struct site_received *ret_received, struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    struct sending sending = {.sent = sent, .arena = arena, .received = ret_received};
    struct text_buf out, err;
    int code = 0;
    if (!check(sent, ret_received))
        return OK;
    command_words(how, sent, &words);
    text_buf_init(&out, OUT_BYTES_MAX);
    text_buf_init(&err, OUT_BYTES_MAX);
    int64_t ms_max = sent->kind == SENT_CSV ? how->ms_max + OVERTIME_MS_MAX : WAIT_MS_MAX;
    int rc = child_run(&words, sent->kind == SENT_URL ? SLICE_EMPTY : sent->text, ms_max, &out,
                       &err, &code);
    take_all(&sending, &out, &err, rc, code);
    text_buf_release(&out);
    text_buf_release(&err);
    if (rc == ERR_CANCELLED || rc == ERR_TIMEOUT || (rc == ERR_LIMIT && ret_received->cases > 0)) {
        take_end(&sending, rc);
        rc = OK;
    }
    return rc == OK ? OK : failure_set(reterr, rc, "`lurewatch queue add` could not be run");
}
