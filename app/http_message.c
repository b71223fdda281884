/* http_message.c - HTTP/1 responses taken apart; see http_message.h.
 *
 * Lenient where archives are: line ends of LF alone, a status line without a reason. Of a field
 * that is repeated the first counts, but for codings, where any "chunked" does. */
#include "app/http_message.h"

struct http_head {
    bool chunked;
};

static bool field_is(struct slice line, const char *name, struct slice *ret_value)
{
    size_t colon = slice_find_char(line, ':');
    if (colon == SIZE_MAX)
        return false;
    if (!slice_equal_nocase(slice_trim(slice_sub(line, 0, colon)), slice_of(name)))
        return false;
    *ret_value = slice_trim(slice_from(line, colon + 1));
    return true;
}

static void keep_first(struct slice *kept, struct slice value)
{
    if (kept->len == 0)
        *kept = value;
}

static void read_field(struct slice line, struct http_head *head, struct http_message *message)
{
    struct slice value;
    if (field_is(line, "content-type", &value))
        keep_first(&message->content_type, value);
    else if (field_is(line, "content-encoding", &value))
        keep_first(&message->content_encoding, value);
    else if (field_is(line, "location", &value))
        keep_first(&message->location, value);
    else if (field_is(line, "transfer-encoding", &value))
        head->chunked = head->chunked || slice_find_nocase(value, SLICE("chunked")) != SIZE_MAX;
}

static int read_status(struct slice line, int *ret_status, struct failure *reterr)
{
    int64_t status = 0;
    size_t blank = slice_find_char(line, ' ');
    struct slice rest = blank == SIZE_MAX ? SLICE_EMPTY : slice_trim(slice_from(line, blank));
    if (!slice_starts_nocase(line, "HTTP/"))
        return failure_set(reterr, ERR_SYNTAX, "the block does not begin with an HTTP status line");
    if (slice_to_int64(slice_sub(rest, 0, 3), &status) != OK || status < 100 || status > 999)
        return failure_set(reterr, ERR_SYNTAX, "the HTTP status line has no status code");
    *ret_status = (int)status;
    return OK;
}

/* The size at the start of a chunk's line; its extension is passed over. */
static bool chunk_size(struct slice line, size_t *ret_size)
{
    size_t size = 0, digits = 0;
    for (; digits < line.len && hex_value(line.at[digits]) >= 0; digits++) {
        if (digits == 15)
            return false;
        size = size * 16 + (size_t)hex_value(line.at[digits]);
    }
    struct slice rest = slice_trim(slice_from(line, digits));
    if (digits == 0 || (rest.len > 0 && rest.at[0] != ';'))
        return false;
    *ret_size = size;
    return true;
}

static int join_chunks(struct slice body, struct text_buf *chunks, struct http_message *message)
{
    struct slice rest = body, line;
    bool first = true;
    while (slice_next_line(&rest, &line)) {
        size_t size = 0;
        if (!chunk_size(line, &size)) {
            if (first)
                return OK; /* not chunked after all: the archive joined it already */
            message->cut = true;
            break;
        }
        first = false;
        if (size == 0)
            break;
        message->cut = size > rest.len;
        int rc = text_buf_add_slice(chunks, slice_sub(rest, 0, size));
        if (rc != OK)
            return rc;
        rest = slice_from(rest, size);
        if (slice_starts(rest, "\r\n"))
            rest = slice_from(rest, 2);
        else if (slice_starts(rest, "\n"))
            rest = slice_from(rest, 1);
    }
    if (!first)
        message->body = text_buf_slice(chunks);
    return OK;
}

int http_message_split(struct slice message, struct text_buf *chunks,
                       struct http_message *ret_message, struct failure *reterr)
{
    struct http_message found = {.content_type = SLICE_EMPTY,
                                 .content_encoding = SLICE_EMPTY,
                                 .location = SLICE_EMPTY,
                                 .body = SLICE_EMPTY};
    struct http_head head = {0};
    struct slice rest = message, line = SLICE_EMPTY;
    bool ended = false;
    text_buf_reset(chunks);
    if (!slice_next_line(&rest, &line))
        return failure_set(reterr, ERR_SYNTAX, "the block is empty");
    int rc = read_status(line, &found.status, reterr);
    if (rc != OK)
        return rc;
    while (!ended && slice_next_line(&rest, &line)) {
        ended = line.len == 0;
        read_field(line, &head, &found);
    }
    if (!ended)
        return failure_set(reterr, ERR_SYNTAX, "the HTTP head has no end");
    found.body = rest;
    if (head.chunked)
        rc = join_chunks(rest, chunks, &found);
    if (rc != OK)
        return failure_set(reterr, rc, "the body is longer than %zu bytes", chunks->limit);
    *ret_message = found;
    return OK;
}
