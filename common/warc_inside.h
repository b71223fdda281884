/* common/warc_inside.h - what warc_read.c and warc_header.c share. Nobody else's. */
#ifndef LUREWATCH_WARC_INSIDE_H
#define LUREWATCH_WARC_INSIDE_H

#include "common/sha1.h"
#include "common/warc.h"

/* ---- one digest field checked against the bytes that pass ---- */

enum warc_algorithm { WARC_NO_DIGEST, WARC_SHA1, WARC_SHA256 };
struct warc_check {
    enum warc_algorithm algorithm; /* WARC_NO_DIGEST: none given, or one we do not know */
    char expected[80];             /* as written behind the colon */
    struct sha1 sha1;
    struct digest_stream *sha256;
};
/* False: the field is not label:digest, or its length does not fit the algorithm. An empty field or
 * an unknown algorithm is well and checks nothing. */
bool warc_check_begin(struct warc_check *check, struct slice field);
void warc_check_add(struct warc_check *check, struct slice bytes);
bool warc_check_end(struct warc_check *check); /* false: the bytes were others */

/* ---- a header ---- */

struct warc_header {
    struct text_buf text; /* lines as read; fields point into it */
    struct warc_field fields[WARC_FIELDS_MAX];
    size_t count;
    bool length_known;
    uint64_t length;
    char why[160]; /* the reason when bad */
    char odd[160]; /* what is odd but readable */
};
/* Parses header->text into fields and *ret_entry (offset is not set). False: header->why. */
bool warc_header_parse(struct warc_header *header, struct warc_entry *ret_entry);
/* The value of the first field of that name, without case; empty when there is none. */
struct slice warc_header_get(const struct warc_header *header, const char *name);

#endif
