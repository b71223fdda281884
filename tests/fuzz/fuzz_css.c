/* fuzz_css.c - any bytes as a selector: it becomes XPath that libxml2 compiles, or a sentence. */
#include "common/utf8.h"
#include "crawler/extract/css.h"
#include "crawler/extract/rules.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static bool is_xpath(struct slice text)
{
    text = slice_trim(text);
    return slice_starts(text, "/") || slice_starts(text, "(") || slice_starts(text, ".");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = SLICE_EMPTY;
    struct failure why = {0};
    struct arena *arena = NULL;
    const char *xpath = NULL;
    if (arena_create(1u << 20, &arena) != OK)
        return 0;
    if (utf8_clean(arena, fuzz_slice(data, size < 4096 ? size : 4096), &text) == OK) {
        int rc = css_to_xpath(arena, text, &xpath, &why);
        PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
        struct text_buf json;
        struct json_writer out;
        struct json_doc *doc = NULL;
        struct extract_rules *rules = NULL;
        text_buf_init(&json, 1u << 16);
        json_writer_init(&out, &json);
        json_open_object(&out);
        json_put_member(&out, "links", text);
        json_close_object(&out);
        if (json_parse(text_buf_slice(&json), true, 8, &doc, NULL) == OK &&
            extract_rules_from_json(json_root(doc), &rules, &why) != OK)
            PROMISE(rc != OK || is_xpath(text) || why.code == ERR_LIMIT);
        extract_rules_free(rules);
        json_free(doc);
        text_buf_release(&json);
    }
    arena_free(arena);
    return 0;
}
