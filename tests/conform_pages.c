/* conform_pages.c - the kinds content, language and posting of build/conform. */
#include "classifiers/language.h"
#include "crawler/extract/charset.h"
#include "crawler/extract/content.h"
#include "crawler/extract/html_text.h"
#include "crawler/extract/page.h"
#include "tests/conform.h"

static int content_of(struct slice html, struct arena *arena, struct slice *ret_text)
{
    struct slice page;
    struct things things;
    struct html_facts facts;
    struct html_tree tree;
    struct content content;
    struct charset_hint hint = {.content_type = "text/html"};
    things_init(&things, arena);
    int rc = charset_decode(arena, html, &hint, &page, NULL);
    if (rc == OK)
        rc = html_facts_read(arena, page, &things, &facts);
    if (rc == OK)
        rc = html_tree_build(arena, page, &tree);
    if (rc == OK)
        rc = html_hidden_mark(arena, &tree);
    if (rc == OK)
        rc = content_find(arena, &tree, &facts, false, &content);
    if (rc == OK)
        *ret_text = content.text;
    return rc;
}

void conform_content(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct slice text = SLICE_EMPTY;
    int rc = content_of(conform_bytes(in, "html_b64", arena), arena, &text);
    json_put_member(out, "text", text);
    if (rc != OK)
        json_put_member(out, "error", slice_of(err_name(rc)));
}

void conform_language(const struct json *in, struct arena *arena, struct json_writer *out)
{
    json_put_member(out, "language", language_of_text(arena, json_get_string(in, "text")));
}

void conform_posting(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct page_output page = {0};
    struct failure why = {0};
    struct slice url = json_get_string(in, "url");
    struct page_input input = {.body = json_get_string(in, "html"),
                               .content_type = "text/html; charset=utf-8",
                               .content_encoding = "",
                               .url = arena_copy(arena, url.at, url.len)};
    int rc = input.url == NULL ? ERR_NOMEM : extract_page(arena, &input, &page, &why);
    if (rc != OK) {
        json_put_member(out, "error", slice_of(why.text));
        return;
    }
    json_put_member(out, "page_type", slice_of(page_type_name(page.type)));
    json_put_member_int(out, "postings", (int64_t)page.postings_count);
    if (page.postings_count > 0)
        posting_to_json_members(&page.postings[0], out);
}
