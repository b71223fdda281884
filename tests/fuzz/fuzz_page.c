/* fuzz_page.c - any bytes as a page: postings and links come out valid and within their limits, or a
 * sentence says why not. The first byte chooses hint and content type. */
#include "common/utf8.h"
#include "crawler/extract/page.h"
#include "tests/fuzz/fuzz.h"

static void posting_check_all(const struct posting *posting)
{
    PROMISE(posting_check(posting) == OK);
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        PROMISE(utf8_is_valid(posting->field[i]) &&
                posting->field[i].len <= POSTING_FIELD_BYTES_MAX);
    for (int i = 0; i < POSTING_ATTR_COUNT; i++)
        PROMISE(utf8_is_valid(posting->attr[i]));
    PROMISE(utf8_is_valid(posting->hidden));
    PROMISE(posting->links_count <= POSTING_LIST_MAX && posting->images_count <= POSTING_LIST_MAX);
    for (size_t i = 0; i < posting->links_count; i++)
        PROMISE(posting->links[i].url.len > 0 && utf8_is_valid(posting->links[i].text));
}

static void output_check(const struct page_output *output)
{
    PROMISE(output->type < PAGE_TYPE_COUNT && output->charset != NULL);
    PROMISE(output->postings_count <= PAGE_POSTINGS_MAX);
    PROMISE(output->links_count <= PAGE_LINKS_MAX && utf8_is_valid(output->note));
    for (size_t i = 0; i < output->postings_count; i++)
        posting_check_all(&output->postings[i]);
    for (size_t i = 0; i < output->links_count; i++)
        PROMISE(slice_starts(output->links[i].url, "http"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {
        "text/html",        "",         "text/html; charset=utf-8", "text/plain",
        "application/json", "text/xml", "application/xhtml+xml",    "text/html; charset=gbk"};
    struct slice rest = fuzz_slice(data, size);
    struct arena *arena = NULL;
    struct page_output output = {0};
    struct failure why = {0};
    uint8_t choice = fuzz_byte(&rest);
    struct page_input input = {.url = "https://board.example/jobs/1",
                               .content_type = types[choice & 7],
                               .content_encoding = "",
                               .hint = (enum page_hint)((choice >> 3) % (PAGE_HINT_SITEMAP + 1)),
                               .body = rest};
    if (arena_create(64u << 20, &arena) != OK)
        return 0;
    int rc = extract_page(arena, &input, &output, &why);
    if (rc == OK)
        output_check(&output);
    else
        PROMISE(rc == why.code && why.text[0] != '\0');
    arena_free(arena);
    return 0;
}
