/* page.c - from a body as received to postings and links; see page.h.
 *
 * inflate -> charset -> by content type and first bytes: feed, sitemap, items, JSON, HTML, text.
 * Each kind has its own file; this one routes and holds what they share. */
#include "crawler/extract/page.h"

#include "crawler/extract/charset.h"
#include "crawler/extract/feed.h"
#include "crawler/extract/inflate.h"
#include "crawler/extract/page_inside.h"

#include <string.h>

const char *page_type_name(enum page_type type)
{
    static const char *const names[PAGE_TYPE_COUNT] = {
        "unknown", "job", "listing", "feed", "sitemap", "article", "expired", "shell", "empty"};
    return names[type];
}

static const char *const LINK_NAMES[] = {"other", "posting", "listing", "sitemap", "feed", "next"};

const char *link_kind_name(enum link_kind kind)
{
    return LINK_NAMES[kind];
}

bool page_type_from_name(struct slice name, enum page_type *ret_type)
{
    for (int i = 0; i < PAGE_TYPE_COUNT; i++)
        if (slice_is(name, page_type_name((enum page_type)i))) {
            *ret_type = (enum page_type)i;
            return true;
        }
    return false;
}

bool link_kind_from_name(struct slice name, enum link_kind *ret_kind)
{
    for (size_t i = 0; i < sizeof LINK_NAMES / sizeof LINK_NAMES[0]; i++)
        if (slice_is(name, LINK_NAMES[i])) {
            *ret_kind = (enum link_kind)i;
            return true;
        }
    return false;
}

/* ---- shared by the kinds ---- */

int page_add(struct page_work *work, const struct posting *posting)
{
    if (work->count == PAGE_POSTINGS_MAX)
        return page_note(work, "more postings than a page may have: the rest is left out");
    if (work->count == work->capacity) {
        size_t more = work->capacity == 0 ? 8 : work->capacity * 2;
        struct posting *postings = arena_calloc(work->arena, more, sizeof *postings);
        if (postings == NULL)
            return ERR_NOMEM;
        if (work->count > 0)
            memcpy(postings, work->postings, work->count * sizeof *postings);
        work->postings = postings;
        work->capacity = more;
    }
    work->postings[work->count++] = *posting;
    return OK;
}

int page_note(struct page_work *work, const char *sentence)
{
    struct slice was = work->output->note;
    if (slice_find(was, slice_of(sentence)) != SIZE_MAX)
        return OK;
    const char *note = arena_printf(work->arena, "%.*s%s%s", (int)was.len, was.at,
                                    was.len > 0 ? "; " : "", sentence);
    if (note == NULL)
        return ERR_NOMEM;
    work->output->note = slice_of(note);
    return OK;
}

/* ---- routing ---- */

/* Content types that hold no text of ours. */
static bool is_foreign(const char *content_type)
{
    static const char *const types[] = {"image/",
                                        "video/",
                                        "audio/",
                                        "font/",
                                        "application/pdf",
                                        "application/zip",
                                        "application/msword",
                                        "application/vnd.",
                                        "text/css",
                                        "application/octet-stream"};
    struct slice type = slice_of(content_type);
    if (slice_starts_nocase(type, "image/svg"))
        return false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_starts_nocase(type, types[i]))
            return true;
    return false;
}

static bool is_binary(struct slice bytes)
{
    static const char *const marks[] = {"%PDF-",      "\x89PNG", "\xFF\xD8\xFF", "GIF8",
                                        "PK\x03\x04", "RIFF",    "\177ELF"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (slice_starts(bytes, marks[i]))
            return true;
    return false;
}

static struct slice first_bytes(struct slice text)
{
    size_t at = 0;
    while (at < text.len && (unsigned char)text.at[at] <= ' ')
        at++;
    return slice_from(text, at);
}

static bool is_xml_type(const char *content_type)
{
    struct slice type = slice_of(content_type);
    return slice_find_nocase(type, SLICE("xml")) != SIZE_MAX &&
           slice_find_nocase(type, SLICE("xhtml")) == SIZE_MAX;
}

/* Text that no tag stands in. */
static bool is_plain(const struct page_input *input, struct slice text)
{
    if (!slice_starts_nocase(slice_of(input->content_type), "text/plain"))
        return slice_find_char(slice_sub(text, 0, 65536), '<') == SIZE_MAX;
    struct slice first = first_bytes(text);
    return !slice_starts_nocase(first, "<!doctype html") && !slice_starts_nocase(first, "<html");
}

static int route(struct page_work *work, struct failure *reterr)
{
    bool taken = false;
    int rc = page_data_read(work, &taken, reterr);
    if (rc != OK || taken)
        return rc;
    rc = is_plain(work->input, work->text) ? page_plain_read(work) : page_html_read(work);
    return rc == OK ? OK
                    : failure_set(reterr, rc, "the page needs more memory than a page may use");
}

static int body_prepare(struct page_work *work, struct failure *reterr)
{
    const struct page_input *input = work->input;
    struct slice bytes;
    int rc = inflate_body(work->arena, input->body, input->content_encoding,
                          PAGE_INFLATED_BYTES_MAX, &bytes, reterr);
    if (rc == ERR_LIMIT)
        failure_prefix(reterr, "the page's body (PAGE_INFLATED_BYTES_MAX)");
    if (rc != OK)
        return rc;
    if (bytes.len > PAGE_INFLATED_BYTES_MAX)
        return failure_set(reterr, ERR_LIMIT,
                           "the page is longer than %u bytes "
                           "(PAGE_INFLATED_BYTES_MAX)",
                           PAGE_INFLATED_BYTES_MAX);
    if (is_binary(bytes) || (is_foreign(input->content_type) && first_bytes(bytes).at[0] != '<'))
        return failure_set(reterr, ERR_UNSUPPORTED, "a page of type \"%.100s\" is not read",
                           input->content_type);
    bool is_xml = slice_starts(first_bytes(bytes), "<?xml") || is_xml_type(input->content_type);
    struct charset_hint hint = {.content_type = input->content_type, .is_xml = is_xml};
    rc = charset_decode(work->arena, bytes, &hint, &work->text, &work->output->charset);
    return rc == OK ? OK : failure_set(reterr, rc, "out of memory");
}

int extract_page(struct arena *arena, const struct page_input *input,
                 struct page_output *ret_output, struct failure *reterr)
{
    struct page_output output = {
        .type = PAGE_UNKNOWN, .canonical = SLICE_EMPTY, .note = SLICE_EMPTY, .charset = "UTF-8"};
    struct page_work work = {.arena = arena, .input = input, .output = &output};
    int rc = body_prepare(&work, reterr);
    if (rc != OK)
        return rc;
    rc = url_parse(arena, slice_of(input->url), NULL, &work.self, NULL);
    if (rc == ERR_NOMEM)
        return failure_set(reterr, rc, "out of memory");
    work.self_known = work.base_known = rc == OK;
    work.base = work.self;
    work.data = work.text;
    rc = first_bytes(work.text).len == 0 ? OK : route(&work, reterr);
    if (rc != OK)
        return rc;
    if (page_paging_read(&work) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (first_bytes(work.text).len == 0) {
        output.type = PAGE_EMPTY;
        output.note = SLICE("the page is empty");
    }
    output.postings = work.postings;
    output.postings_count = work.count;
    *ret_output = output;
    return OK;
}
