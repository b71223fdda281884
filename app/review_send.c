/* review_send.c - what is sent in by the page, given to `lurewatch queue add`; see review_send.h. */
#include "app/review_send.h"
#include "app/exit_code.h"
#include "app/review_child.h"
#include "common/json.h"
#include "common/utf8.h"

#define WAIT_MS_MAX   120000
#define OUT_BYTES_MAX (16u << 20)

/* ---- what it said ---- */

static struct slice keep(struct arena *arena, struct slice text)
{
    const char *copy = arena_copy(arena, text.at, text.len);
    return copy != NULL ? slice_make(copy, text.len) : SLICE_EMPTY;
}

static void complain(struct site_received *received, const struct site_complaint *complaint)
{
    if (received->complaints_count < SITE_RECEIVED_MAX)
        received->complaints[received->complaints_count] = *complaint;
    received->complaints_count++;
}

static void take_case(const struct json *root, struct arena *arena, struct site_received *received)
{
    if (received->cases < SITE_RECEIVED_MAX) {
        struct site_received_case *one = &received->list[received->cases];
        one->id = json_int(json_get(root, "case"), 0);
        one->score = (int)json_int(json_get(root, "score"), 0);
        one->title = keep(arena, json_get_string(root, "title"));
    }
    received->cases++;
}

static void take_complaint(const struct json *root, struct arena *arena,
                           struct site_received *received)
{
    struct slice note = json_get_string(root, "note"), error = json_get_string(root, "error");
    const char *kind = keep(arena, json_get_string(root, "kind")).at;
    const struct site_complaint complaint = {.kind = kind != NULL ? kind : "other",
                                             .what = keep(arena, json_get_string(root, "what")),
                                             .text = keep(arena, error.len > 0 ? error : note),
                                             .line = json_int(json_get(root, "line"), 0),
                                             .is_note = error.len == 0};
    complain(received, &complaint);
}

static void take_line(struct slice line, struct arena *arena, struct site_received *received)
{
    struct json_doc *doc = NULL;
    struct failure why;
    if (json_parse(line, true, 16, &doc, &why) != OK)
        return;
    const struct json *root = json_root(doc);
    if (json_get(root, "case") != NULL)
        take_case(root, arena, received);
    else if (json_get(root, "kind") != NULL)
        take_complaint(root, arena, received);
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

static void take_all(const struct text_buf *out, const struct text_buf *err, int code,
                     struct arena *arena, struct site_received *received)
{
    struct slice rest = text_buf_slice(out), line;
    while (slice_next_line(&rest, &line))
        take_line(line, arena, received);
    if (code != EXIT_DONE && received->complaints_count == 0)
        take_broken(text_buf_slice(err), arena, received);
}

/* ---- the words of the command ---- */

static bool is_address(struct slice text)
{
    bool web = slice_starts_nocase(text, "http://") || slice_starts_nocase(text, "https://");
    return web && text.len < 4096 && slice_find_char(text, ' ') == SIZE_MAX &&
           slice_find_char(text, '\n') == SIZE_MAX;
}

static void command_words(const char *config, const struct site_sent *sent,
                          struct child_words *words)
{
    bool is_url = sent->kind == SENT_URL;
    child_word(words, "lurewatch", SLICE_EMPTY);
    child_word(words, "queue", SLICE_EMPTY);
    child_word(words, "add", SLICE_EMPTY);
    child_word(words, "--json", SLICE_EMPTY);
    child_word(words, "--complaints", SLICE_EMPTY);
    child_word(words, "--as=", slice_of(sent->who));
    if (config != NULL)
        child_word(words, "--config=", slice_of(config));
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

int review_send(const char *config, const struct site_sent *sent, struct arena *arena,
                struct site_received *ret_received, struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    struct text_buf out, err;
    int code = 0;
    if (!check(sent, ret_received))
        return OK;
    command_words(config, sent, &words);
    text_buf_init(&out, OUT_BYTES_MAX);
    text_buf_init(&err, OUT_BYTES_MAX);
    int rc = child_run(&words, sent->kind == SENT_URL ? SLICE_EMPTY : sent->text, WAIT_MS_MAX, &out,
                       &err, &code);
    if (rc == OK)
        take_all(&out, &err, code, arena, ret_received);
    text_buf_release(&out);
    text_buf_release(&err);
    if (rc == ERR_CANCELLED)
        return failure_set(reterr, rc,
                           "the page was stopped meanwhile: look at today's list for "
                           "what became a case, then send the rest");
    if (rc == ERR_TIMEOUT)
        return failure_set(reterr, rc, "it took longer than %d s: send less at a time",
                           WAIT_MS_MAX / 1000);
    return rc == OK ? OK : failure_set(reterr, rc, "`lurewatch queue add` could not be run");
}
