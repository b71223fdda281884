/* fuzz_json.c - any bytes as JSON, strictly and forgivingly. What was read is written as strict JSON
 * that reads back to the same text; what is a posting or a verdict survives its own round trip. */
#include "common/json.h"
#include "common/posting.h"
#include "common/utf8.h"
#include "common/verdict.h"
#include "tests/fuzz/fuzz.h"

#define TEXT_BYTES_MAX (4u << 20)

static void copy_node(const struct json *node, struct json_writer *writer);

static bool copy_member(const char *key, const struct json *value, void *ctx)
{
    struct json_writer *writer = ctx;
    json_key(writer, key);
    copy_node(value, writer);
    return true;
}

static void copy_node(const struct json *node, struct json_writer *writer)
{
    switch (json_kind_of(node)) {
    case JSON_OBJECT:
        json_open_object(writer);
        json_each(node, copy_member, writer);
        json_close_object(writer);
        break;
    case JSON_ARRAY:
        json_open_array(writer);
        for (size_t i = 0; i < json_count(node); i++)
            copy_node(json_at(node, i), writer);
        json_close_array(writer);
        break;
    case JSON_STRING:
        json_put_string(writer, json_string(node));
        break;
    case JSON_NUMBER:
        json_put_int(writer, json_int(node, -1));
        break;
    case JSON_BOOL:
        json_put_bool(writer, json_truth(node, false));
        break;
    case JSON_NULL:
    case JSON_ABSENT:
        json_put_null(writer);
        break;
    }
}

static void check_copy(const struct json_doc *doc)
{
    struct text_buf once, twice;
    struct json_writer writer;
    struct json_doc *again = NULL;
    struct failure why = {0};
    text_buf_init(&once, TEXT_BYTES_MAX);
    text_buf_init(&twice, TEXT_BYTES_MAX);
    json_writer_init(&writer, &once);
    copy_node(json_root(doc), &writer);
    PROMISE(text_buf_status(&once) == OK && utf8_is_valid(text_buf_slice(&once)));
    PROMISE(json_parse(text_buf_slice(&once), true, 64, &again, &why) == OK);
    json_writer_init(&writer, &twice);
    copy_node(json_root(again), &writer);
    PROMISE(slice_equal(text_buf_slice(&once), text_buf_slice(&twice)));
    json_free(again);
    text_buf_release(&once);
    text_buf_release(&twice);
}

static void put_posting(struct arena *arena, const struct json *node, struct text_buf *out)
{
    struct posting posting;
    struct slice html;
    struct failure why = {0};
    struct json_writer writer;
    text_buf_reset(out);
    int rc = posting_from_json(arena, node, &posting, &html, &why);
    PROMISE(rc == OK || why.text[0] != '\0');
    if (rc != OK)
        return;
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        PROMISE(posting.field[i].at != NULL && utf8_is_valid(posting.field[i]));
    json_writer_init(&writer, out);
    posting_to_json(&posting, &writer);
    PROMISE(text_buf_status(out) == OK);
}

static void put_verdict(struct arena *arena, const struct json *node, struct text_buf *out)
{
    struct verdict verdict;
    struct failure why = {0};
    struct json_writer writer;
    text_buf_reset(out);
    int rc = verdict_from_json(arena, node, &verdict, &why);
    PROMISE(rc == OK || why.text[0] != '\0');
    if (rc != OK)
        return;
    for (size_t i = 0; i < verdict.findings_count; i++)
        PROMISE(verdict.findings[i].start_bytes <= verdict.findings[i].end_bytes);
    json_writer_init(&writer, out);
    verdict_to_json(&verdict, json_get_string(node, "id"), &writer);
    PROMISE(text_buf_status(out) == OK);
}

typedef void put_fn(struct arena *arena, const struct json *node, struct text_buf *out);

static void check_round_trip(const struct json_doc *doc, put_fn *put)
{
    struct arena *arena = NULL;
    struct text_buf once, twice;
    struct json_doc *again = NULL;
    struct failure why = {0};
    text_buf_init(&once, TEXT_BYTES_MAX);
    text_buf_init(&twice, TEXT_BYTES_MAX);
    if (arena_create(16u << 20, &arena) == OK) {
        put(arena, json_root(doc), &once);
        if (once.len > 0) {
            PROMISE(json_parse(text_buf_slice(&once), true, 64, &again, &why) == OK);
            put(arena, json_root(again), &twice);
            /* an ad of nothing but html prints without it, and is no ad any more */
            PROMISE(twice.len == 0 || slice_equal(text_buf_slice(&once), text_buf_slice(&twice)));
        }
    }
    json_free(again);
    arena_free(arena);
    text_buf_release(&once);
    text_buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size);
    struct json_doc *strict = NULL, *forgiving = NULL;
    struct failure why = {0};
    if (!utf8_is_valid(text))
        return 0;
    int rc = json_parse(text, true, 32, &strict, &why);
    PROMISE(rc == OK || why.text[0] != '\0');
    PROMISE(json_parse(text, false, 32, &forgiving, &why) == OK || rc != OK);
    if (rc == OK) {
        check_copy(strict);
        check_round_trip(strict, put_posting);
        check_round_trip(strict, put_verdict);
    }
    if (forgiving != NULL)
        check_copy(forgiving);
    json_free(strict);
    json_free(forgiving);
    return 0;
}
