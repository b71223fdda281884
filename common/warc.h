/* common/warc.h - WARC records, written and read (ISO 28500:2017, WARC 1.1; 1.0 is read too).
 * Pure bytes: no files, no clock. zlib stays behind this header.
 *
 * Written: one gzip member a record, block and payload digests as sha256 in base32. Read: gzip or
 * plain; records come one by one in constant memory; sha1 and sha256 digests are checked. A gzip
 * member with many records is told as an error at its second record, and then read on. */
#ifndef LUREWATCH_WARC_H
#define LUREWATCH_WARC_H

#include "common/digest.h"

#define WARC_BLOCK_BYTES_MAX  (256u << 20)
#define WARC_HEADER_BYTES_MAX (64u << 10)
#define WARC_ID_BYTES         48u /* "urn:uuid:" and 36 digits, with NUL */
#define WARC_FIELDS_MAX       64u

enum warc_type {
    WARC_WARCINFO,
    WARC_REQUEST,
    WARC_RESPONSE,
    WARC_RESOURCE,
    WARC_METADATA,
    WARC_REVISIT,
    WARC_CONVERSION,
    WARC_CONTINUATION,
    WARC_OTHER, /* read only */
    WARC_TYPE_COUNT
};
const char *warc_type_name(enum warc_type type); /* "other" for WARC_OTHER */

/* A random (version 4) record id, "urn:uuid:…", without the angle brackets. */
char *warc_make_id(char at[WARC_ID_BYTES]);

/* ---- writing ---- */

struct warc_record { /* borrowed for the call; NULL or empty: the field is left out */
    enum warc_type type;
    const char *id; /* required, as warc_make_id() spells it; so the other ids */
    int64_t date_unix_ms;
    const char *target_uri;
    const char *content_type;
    const char *ip;
    const char *concurrent_to, *warcinfo_id, *filename, *truncated;
    const char *refers_to, *refers_to_uri, *profile; /* revisit */
    int64_t refers_to_unix_ms;
    const struct digest *payload_was; /* revisit: the payload that is not written again */
    struct slice block[2];            /* written one after the other: HTTP head and body */
    bool has_payload;                 /* block[1] is the payload and gets a digest */
};
struct warc_written {
    struct digest block, payload, member; /* member: of the bytes appended */
    bool has_payload;
    size_t bytes; /* appended */
};

/* Appends the record as one gzip member. On failure out is as before.
 * Errors: ERR_SYNTAX (no id, a line end or control byte in a field, a target with a blank),
 * ERR_LIMIT (block over WARC_BLOCK_BYTES_MAX; out's limit), ERR_NOMEM. */
MUST_USE int warc_write(struct text_buf *out, const struct warc_record *record,
                        struct warc_written *ret_written);

/* ---- reading ---- */

/* Gives up to len bytes at `at` and how many in *ret_len; 0: the end. Returns an enum err. */
typedef int warc_source_fn(void *ctx, void *at, size_t len, size_t *ret_len);

/* A source of bytes in memory: ctx is a struct slice, which becomes what is left of it. */
int warc_from_slice(void *ctx, void *at, size_t len, size_t *ret_len);

struct warc_field {
    struct slice name, value; /* value trimmed, folded lines joined by one blank */
};
struct warc_entry { /* borrowed until the next warc_next() or warc_reader_free() */
    enum warc_type type;
    int version;     /* 10 or 11 */
    uint64_t offset; /* of the record, or of its gzip member, in the file */
    struct slice type_name, id, target_uri, content_type; /* id and target without < > */
    struct slice date, block_digest, payload_digest;
    uint64_t block_bytes; /* Content-Length */
    const struct warc_field *fields;
    size_t fields_count;
};

struct warc_reader;

/* Reads from source(ctx, …), which is borrowed. Gives *ret_reader, free with warc_reader_free().
 * Errors: ERR_NOMEM. */
MUST_USE int warc_reader_create(warc_source_fn *source, void *ctx, struct warc_reader **ret_reader);
void warc_reader_free(struct warc_reader *reader); /* NULL is allowed */
/* Goes to the next record, passing over what is left of this one. ERR_NOT_FOUND: the end.
 * ERR_SYNTAX: a record that is none, is cut short, or whose block digest is wrong; the sentence
 * has its offset and the reason, and the next call goes on behind it. Other errors (the source's,
 * ERR_LIMIT for a header over WARC_HEADER_BYTES_MAX, ERR_NOMEM) as they come. */
MUST_USE int warc_next(struct warc_reader *reader, struct warc_entry *ret_entry,
                       struct failure *reterr);
/* The next bytes of the block; *ret_len 0 at its end, which is where a wrong digest is told:
 * ERR_SYNTAX. */
MUST_USE int warc_read(struct warc_reader *reader, void *at, size_t len, size_t *ret_len,
                       struct failure *reterr);
/* Appends the rest of the block to out. Errors: as warc_read(); ERR_LIMIT (out's limit). */
MUST_USE int warc_read_all(struct warc_reader *reader, struct text_buf *out,
                           struct failure *reterr);
/* What is odd but readable about the record now open, "" when nothing. */
const char *warc_warning(const struct warc_reader *reader);

#endif
