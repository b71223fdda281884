/* review_send.c - what is sent in by the page, given to `lurewatch queue add`; see review_send.h. */
#include "app/review_send.h"
#include "app/review_child.h"
#include "common/json.h"

#include <string.h>

#define WAIT_MS_MAX   120000
#define OUT_BYTES_MAX (16u << 20)

/* ---- what it said ---- */

static void take_case(struct slice line, struct arena *arena, struct site_received *received)
{
    struct json_doc *doc = NULL;
    struct failure why;
    if (json_parse(line, true, 16, &doc, &why) != OK)
        return;
    const struct json *root = json_root(doc);
    if (received->cases < SITE_RECEIVED_MAX) {
        struct site_received_case *one = &received->list[received->cases];
        struct slice title = json_get_string(root, "title");
        const char *copy = arena_copy(arena, title.at, title.len);
        one->id = json_int(json_get(root, "case"), 0);
        one->score = (int)json_int(json_get(root, "score"), 0);
        one->title = slice_of(copy);
    }
    received->cases++;
    json_free(doc);
}

/* "lurewatch queue add: -: line 2: why" without what only a terminal needs. */
static void take_complaint(struct slice line, struct arena *arena, struct site_received *received)
{
    static const char *const before[] = {"lurewatch queue add: ", "-: "};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (slice_starts(line, before[i]))
            line = slice_from(line, strlen(before[i]));
    if (line.len == 0 || received->complaints_count == SITE_RECEIVED_MAX)
        return;
    size_t path = sizeof CHILD_ATTACHED - 1; /* a name that only the child knows */
    bool of_picture = slice_starts(line, CHILD_ATTACHED);
    const char *copy =
        arena_printf(arena, "%s%.*s", of_picture ? "the picture" : "",
                     (int)(line.len - (of_picture ? path : 0)), line.at + (of_picture ? path : 0));
    received->complaints[received->complaints_count++] = slice_of(copy);
}

static void take_all(const struct text_buf *out, const struct text_buf *err, struct arena *arena,
                     struct site_received *received)
{
    struct slice rest, line;
    for (rest = text_buf_slice(out); slice_next_line(&rest, &line);)
        take_case(line, arena, received);
    for (rest = text_buf_slice(err); slice_next_line(&rest, &line);)
        take_complaint(line, arena, received);
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

static int check(const struct site_sent *sent, struct failure *reterr)
{
    bool is_url = sent->kind == SENT_URL;
    struct slice address = is_url ? slice_trim(sent->text) : sent->seen_at;
    if (slice_trim(sent->text).len == 0)
        return failure_set(reterr, ERR_SYNTAX, "nothing was given");
    if ((is_url || address.len > 0) && !is_address(address))
        return failure_set(reterr, ERR_SYNTAX, "'%.*s' is no address: https://board.example/job/12",
                           (int)(address.len < 200 ? address.len : 200), address.at);
    return OK;
}

int review_send(const char *config, const struct site_sent *sent, struct arena *arena,
                struct site_received *ret_received, struct failure *reterr)
{
    struct child_words words = {.arena = arena};
    struct text_buf out, err;
    int code = 0;
    int rc = check(sent, reterr);
    if (rc != OK)
        return rc;
    command_words(config, sent, &words);
    text_buf_init(&out, OUT_BYTES_MAX);
    text_buf_init(&err, OUT_BYTES_MAX);
    rc = child_run(&words, sent->kind == SENT_URL ? SLICE_EMPTY : sent->text, WAIT_MS_MAX, &out,
                   &err, &code);
    if (rc == OK)
        take_all(&out, &err, arena, ret_received);
    text_buf_release(&out);
    text_buf_release(&err);
    if (rc == ERR_TIMEOUT)
        return failure_set(reterr, rc, "it took longer than %d s: send less at a time",
                           WAIT_MS_MAX / 1000);
    return rc == OK ? OK : failure_set(reterr, rc, "`lurewatch queue add` could not be run");
}
