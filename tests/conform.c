/* conform.c - answers public test suites: JSON lines in, one JSON line for each out, in order.
 *
 * Each line names its `kind`; the table is CONFORM_KINDS of conform.h. A line that is no JSON or of
 * an unknown kind is answered with {"error": …}, so that answers and questions stay in step. */
#include "tests/conform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_ARENA_BYTES_MAX (512u << 20)
#define ANSWER_BYTES_MAX     (64u << 20)

typedef void handler(const struct json *in, struct arena *arena, struct json_writer *out);

static const struct {
    const char *kind;
    handler *answer;
} HANDLERS[] = {
#define CONFORM_ROW(kind) {#kind, conform_##kind},
    CONFORM_KINDS(CONFORM_ROW)
#undef CONFORM_ROW
};

static int sextet(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

struct slice conform_bytes(const struct json *in, const char *key, struct arena *arena)
{
    struct slice text = json_get_string(in, key);
    char *bytes = arena_alloc(arena, text.len / 4 * 3 + 3);
    size_t len = 0;
    unsigned pending = 0, bits = 0;
    for (size_t i = 0; bytes != NULL && i < text.len && text.at[i] != '='; i++) {
        int value = sextet(text.at[i]);
        if (value < 0)
            return SLICE_EMPTY;
        pending = (pending << 6 | (unsigned)value) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[len++] = (char)(pending >> bits & 0xff);
        }
    }
    return bytes == NULL ? SLICE_EMPTY : slice_make(bytes, len);
}

static void answer_line(struct slice line, struct arena *arena, struct json_writer *out)
{
    struct json_doc *doc = NULL;
    struct failure why = {0};
    if (json_parse(line, false, 64, &doc, &why) != OK) {
        json_put_member(out, "error", slice_of(why.text));
        return;
    }
    struct slice kind = json_get_string(json_root(doc), "kind");
    size_t at = 0;
    while (at < sizeof HANDLERS / sizeof HANDLERS[0] && !slice_is(kind, HANDLERS[at].kind))
        at++;
    if (at < sizeof HANDLERS / sizeof HANDLERS[0])
        HANDLERS[at].answer(json_root(doc), arena, out);
    else
        json_put_member(out, "error", SLICE("no such kind"));
    json_free(doc);
}

int main(void)
{
    struct arena *arena = NULL;
    struct text_buf answer;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len = 0;
    int status = EXIT_SUCCESS;
    if (arena_create(LINE_ARENA_BYTES_MAX, &arena) != OK)
        return EXIT_FAILURE;
    text_buf_init(&answer, ANSWER_BYTES_MAX);
    while (status == EXIT_SUCCESS && (len = getline(&line, &capacity, stdin)) > 0) {
        struct json_writer out;
        text_buf_reset(&answer);
        json_writer_init(&out, &answer);
        json_open_object(&out);
        answer_line(slice_trim(slice_make(line, (size_t)len)), arena, &out);
        json_close_object(&out);
        arena_reset(arena);
        if (text_buf_status(&answer) != OK || puts(text_buf_cstr(&answer)) == EOF)
            status = EXIT_FAILURE;
    }
    free(line);
    text_buf_release(&answer);
    arena_free(arena);
    return status;
}
