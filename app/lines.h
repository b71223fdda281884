/* app/lines.h - reads a stream line by line in bounded memory: a line over the limit is passed
 * over and reported, and the next one is read. */
#ifndef LUREWATCH_LINES_H
#define LUREWATCH_LINES_H

#include "common/text.h"

#include <stdio.h>

struct line_reader {
    FILE *in;            /* borrowed */
    struct text_buf buf; /* the line without its end */
    size_t limit;
    uint64_t number; /* of the line just read, from 1 */
    bool too_long;   /* the line just read was cut off: buf holds its start */
    bool failed;     /* the stream broke: errno was set */
    char *chunk;
    size_t chunk_at, chunk_len;
};

/* Borrows in. End with line_reader_release(). Errors: ERR_NOMEM. */
MUST_USE int line_reader_init(struct line_reader *reader, FILE *in, size_t limit);
void line_reader_release(struct line_reader *reader);
/* False at the end, or when the stream broke. The line is borrowed until the next call. */
bool line_reader_next(struct line_reader *reader, struct slice *ret_line);
/* Bytes that come next, without taking them; for telling formats apart. */
struct slice line_reader_peek(struct line_reader *reader);

#endif
