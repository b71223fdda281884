/* app/scan_warc.h - the pages of a WARC file, one by one, in constant memory: for `scan` and
 * `extract`, and so for a cluster's map step. */
#ifndef LUREWATCH_SCAN_WARC_H
#define LUREWATCH_SCAN_WARC_H

#include "app/lines.h"

#define SCAN_WARC_PAGE_BYTES_MAX (32u << 20) /* a record whose block is longer is told as bad */

struct scan_warc_page { /* borrowed for the call */
    uint64_t record;    /* counted from 1 over all records of the file, bad ones too */
    uint64_t offset;    /* of the record, or of its gzip member, in the file */
    struct slice url;   /* WARC-Target-URI */
    struct slice head;  /* JSON for judge_answer(), with "want":want */
    struct slice body;  /* as received, without its chunks, still compressed */
};
struct scan_warc_sink {
    const char *want; /* "page" or "extract" */
    /* A page. Not OK ends the run, which gives that code. */
    int (*page)(void *ctx, const struct scan_warc_page *page, struct failure *reterr);
    /* A record that cannot be read: why has its offset and the reason. The rest goes on. */
    void (*bad)(void *ctx, uint64_t record, const char *why);
    /* A record that is odd but was read. NULL: nobody wants to know. */
    void (*odd)(void *ctx, uint64_t record, const char *why);
    void *ctx;
};

/* Reads WARC records from what is left of reader's stream (bytes it peeked at count) and gives each
 * response or resource that holds a page: status 2xx, a type of text, XML or JSON. Others are
 * passed over. *ret_pages (NULL is allowed): how many were given. Errors: the sink's; ERR_IO (the
 * stream), ERR_NOMEM. */
MUST_USE int scan_warc(struct line_reader *reader, const struct scan_warc_sink *sink,
                       uint64_t *ret_pages, struct failure *reterr);

/* Does a body of that type hold a page: text, XML or JSON, or nothing said and it looks like it? */
bool scan_warc_is_page(struct slice content_type, struct slice body);

#endif
