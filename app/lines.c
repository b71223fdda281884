/* lines.c - bounded line reading; see lines.h. */
#include "app/lines.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES (256u << 10)

int line_reader_init(struct line_reader *reader, FILE *in, size_t limit)
{
    *reader = (struct line_reader){.in = in, .limit = limit};
    text_buf_init(&reader->buf, limit);
    reader->chunk = malloc(CHUNK_BYTES);
    return reader->chunk == NULL ? ERR_NOMEM : OK;
}

void line_reader_release(struct line_reader *reader)
{
    text_buf_release(&reader->buf);
    free(reader->chunk);
    reader->chunk = NULL;
}

static bool refill(struct line_reader *reader)
{
    if (reader->chunk_at < reader->chunk_len)
        return true;
    reader->chunk_at = 0;
    reader->chunk_len = fread(reader->chunk, 1, CHUNK_BYTES, reader->in);
    reader->failed = reader->chunk_len == 0 && ferror(reader->in) != 0;
    return reader->chunk_len > 0;
}

struct slice line_reader_peek(struct line_reader *reader)
{
    if (!refill(reader))
        return SLICE_EMPTY;
    return slice_make(reader->chunk + reader->chunk_at, reader->chunk_len - reader->chunk_at);
}

bool line_reader_next(struct line_reader *reader, struct slice *ret_line)
{
    text_buf_reset(&reader->buf);
    reader->too_long = false;
    if (!refill(reader))
        return false;
    reader->number++;
    bool ended = false;
    while (!ended && refill(reader)) {
        struct slice rest = line_reader_peek(reader);
        size_t end = slice_find_char(rest, '\n');
        ended = end != SIZE_MAX;
        struct slice part = ended ? slice_sub(rest, 0, end) : rest;
        reader->chunk_at += part.len + (ended ? 1 : 0);
        if (!reader->too_long && text_buf_add_slice(&reader->buf, part) != OK) {
            reader->too_long = true; /* the start stays, the rest is passed over */
            reader->buf.status = OK;
        }
    }
    struct slice line = text_buf_slice(&reader->buf);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    return !reader->failed;
}
