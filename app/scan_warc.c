/* scan_warc.c - from WARC records to pages; see scan_warc.h.
 *
 * Memory: the reader's windows, one block and one body, each with its limit. The bodies stay as
 * they came: decompressing them is for the worker, behind its limits. */
#include "app/scan_warc.h"

#include "app/http_message.h"
#include "common/json.h"
#include "common/warc.h"

#include <string.h>

#define HEAD_BYTES_MAX (128u << 10)

struct warc_scan {
    struct line_reader *lines;
    const struct scan_warc_sink *sink;
    struct warc_reader *records;
    struct text_buf block, chunks, head;
    struct scan_warc_page page; /* record and offset of the one now open */
    uint64_t pages;
};

static int take_bytes(void *ctx, void *at, size_t len, size_t *ret_len)
{
    struct line_reader *lines = ctx;
    struct slice next = slice_sub(line_reader_peek(lines), 0, len);
    memcpy(at, next.at, next.len);
    lines->chunk_at += next.len;
    *ret_len = next.len;
    return next.len == 0 && lines->failed ? ERR_IO : OK;
}

/* "text/html; charset=utf-8" -> "text/html" */
static struct slice media_type(struct slice content_type)
{
    return slice_trim(slice_sub(content_type, 0, slice_find_char(content_type, ';')));
}

bool scan_warc_is_page(struct slice content_type, struct slice body)
{
    static const char *const bases[] = {
        "text/html",       "text/xml",         "text/plain", "text/json", "application/xhtml+xml",
        "application/xml", "application/json", NULL};
    struct slice type = media_type(content_type);
    if (type.len == 0 || slice_equal_nocase(type, SLICE("application/octet-stream"))) {
        struct slice start = slice_trim(slice_sub(body, 0, 512));
        return slice_starts(start, "<") || slice_starts(start, "{") || slice_starts(start, "[");
    }
    for (size_t i = 0; bases[i] != NULL; i++)
        if (slice_equal_nocase(type, slice_of(bases[i])))
            return true;
    size_t plus = slice_find_char(type, '+');
    struct slice suffix = plus == SIZE_MAX ? SLICE_EMPTY : slice_from(type, plus + 1);
    return slice_equal_nocase(suffix, SLICE("xml")) || slice_equal_nocase(suffix, SLICE("json"));
}

static int head_write(struct warc_scan *scan, struct slice url, struct slice content_type,
                      struct slice content_encoding)
{
    struct json_writer writer;
    text_buf_reset(&scan->head);
    json_writer_init(&writer, &scan->head);
    json_open_object(&writer);
    json_put_member(&writer, "url", url);
    json_put_member(&writer, "content_type", content_type);
    json_put_member(&writer, "content_encoding", content_encoding);
    json_put_member(&writer, "want", slice_of(scan->sink->want));
    json_close_object(&writer);
    return text_buf_status(&scan->head);
}

/* Told, and then the rest goes on. */
static int bad(const struct warc_scan *scan, const struct failure *why)
{
    scan->sink->bad(scan->sink->ctx, scan->page.record, why->text);
    return OK;
}

static int give(struct warc_scan *scan, struct slice content_type, struct slice content_encoding,
                struct failure *reterr)
{
    if (!scan_warc_is_page(content_type, scan->page.body))
        return OK;
    int rc = head_write(scan, scan->page.url, content_type, content_encoding);
    if (rc == ERR_LIMIT) {
        struct failure why;
        failure_set(&why, rc, "record at byte %llu: its URL and type are over %u bytes",
                    (unsigned long long)scan->page.offset, HEAD_BYTES_MAX);
        return bad(scan, &why);
    }
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    scan->page.head = text_buf_slice(&scan->head);
    scan->pages++;
    return scan->sink->page(scan->sink->ctx, &scan->page, reterr);
}

static int one_response(struct warc_scan *scan, struct failure *reterr)
{
    struct http_message message;
    struct failure why = {.code = OK};
    int rc = http_message_split(text_buf_slice(&scan->block), &scan->chunks, &message, &why);
    if (rc == ERR_NOMEM)
        return failure_set(reterr, rc, "%s", why.text);
    if (rc != OK) {
        failure_prefix(&why, "record at byte %llu", (unsigned long long)scan->page.offset);
        return bad(scan, &why);
    }
    if (message.status < 200 || message.status > 299)
        return OK;
    scan->page.body = message.body;
    return give(scan, message.content_type, message.content_encoding, reterr);
}

static bool may_hold_page(const struct warc_entry *entry)
{
    if (entry->type == WARC_RESPONSE)
        return slice_starts_nocase(entry->content_type, "application/http");
    return entry->type == WARC_RESOURCE;
}

static int one_record(struct warc_scan *scan, const struct warc_entry *entry,
                      struct failure *reterr)
{
    struct failure why = {.code = OK};
    if (!may_hold_page(entry))
        return OK;
    text_buf_reset(&scan->block);
    int rc = warc_read_all(scan->records, &scan->block, &why);
    if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
        return bad(scan, &why);
    if (rc != OK)
        return failure_set(reterr, rc, "%s", why.text);
    scan->page.url = entry->target_uri;
    scan->page.body = text_buf_slice(&scan->block);
    return entry->type == WARC_RESPONSE ? one_response(scan, reterr)
                                        : give(scan, entry->content_type, SLICE_EMPTY, reterr);
}

static void tell_odd(const struct warc_scan *scan)
{
    struct failure said;
    const char *why = warc_warning(scan->records);
    if (why[0] == '\0' || scan->sink->odd == NULL)
        return;
    failure_set(&said, ERR_SYNTAX, "record at byte %llu: %s", (unsigned long long)scan->page.offset,
                why);
    scan->sink->odd(scan->sink->ctx, scan->page.record, said.text);
}

static int all_records(struct warc_scan *scan, struct failure *reterr)
{
    for (;;) {
        struct warc_entry entry;
        struct failure why = {.code = OK};
        int rc = warc_next(scan->records, &entry, &why);
        if (rc == ERR_NOT_FOUND)
            return OK;
        if (rc != OK && rc != ERR_SYNTAX)
            return failure_set(reterr, rc, "%s", why.text);
        scan->page = (struct scan_warc_page){.record = scan->page.record + 1};
        if (rc == ERR_SYNTAX) {
            (void)bad(scan, &why);
            continue;
        }
        scan->page.offset = entry.offset;
        tell_odd(scan);
        rc = one_record(scan, &entry, reterr);
        if (rc != OK)
            return rc;
    }
}

int scan_warc(struct line_reader *reader, const struct scan_warc_sink *sink, uint64_t *ret_pages,
              struct failure *reterr)
{
    struct warc_scan scan = {.lines = reader, .sink = sink};
    text_buf_init(&scan.block, SCAN_WARC_PAGE_BYTES_MAX);
    text_buf_init(&scan.chunks, SCAN_WARC_PAGE_BYTES_MAX);
    text_buf_init(&scan.head, HEAD_BYTES_MAX);
    int rc = warc_reader_create(take_bytes, reader, &scan.records);
    rc = rc == OK ? all_records(&scan, reterr) : failure_set(reterr, rc, "out of memory");
    warc_reader_free(scan.records);
    text_buf_release(&scan.head);
    text_buf_release(&scan.chunks);
    text_buf_release(&scan.block);
    if (rc == OK && ret_pages != NULL)
        *ret_pages = scan.pages;
    return rc;
}
