/* warc_read.c - records out of a stream of bytes; see warc.h.
 *
 *     source -> raw bytes -> (inflate) -> plain window -> header lines -> block
 *
 * The plain window holds what was decoded and not yet taken. With gzip it never reaches over the
 * end of a member: the next member is begun only when the window is empty and more is asked for, so
 * the offset of a record's member is known. After damage we go on at the next place a record can
 * begin: the next member, or without gzip the next line that opens with "WARC/".
 * Memory: two windows of 64 KiB and one header. */
#include "common/warc_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define WINDOW_BYTES (64u << 10)

enum mode { MODE_UNKNOWN, MODE_PLAIN, MODE_GZIP };

struct window {
    unsigned char at[WINDOW_BYTES];
    size_t from, to;
};

struct warc_reader {
    warc_source_fn *source;
    void *ctx;
    enum mode mode;
    struct window raw, plain;
    uint64_t raw_offset;   /* of raw.at[0] in the file */
    uint64_t plain_offset; /* without gzip: of plain.at[from]; with gzip: of the member */
    bool raw_ended;
    bool member_open, member_broken;
    z_stream z;
    struct warc_header header;
    struct warc_check block, payload;
    uint64_t record_offset, left;
    bool open, in_payload;
    unsigned member_records; /* begun in this gzip member; 2 is told once */
    unsigned head_match;     /* bytes of an HTTP head's end seen: \r\n\r\n */
};

/* ---- raw bytes ---- */

static int raw_fill(struct warc_reader *reader)
{
    struct window *raw = &reader->raw;
    if (raw->from > 0) {
        memmove(raw->at, raw->at + raw->from, raw->to - raw->from);
        reader->raw_offset += raw->from;
        raw->to -= raw->from;
        raw->from = 0;
    }
    if (reader->raw_ended || raw->to == sizeof raw->at)
        return OK;
    size_t got = 0;
    int rc = reader->source(reader->ctx, raw->at + raw->to, sizeof raw->at - raw->to, &got);
    if (rc == OK && got == 0)
        reader->raw_ended = true;
    if (rc == OK)
        raw->to += got;
    return rc;
}

/* At least want bytes in the raw window, if the file has them. */
static int raw_need(struct warc_reader *reader, size_t want)
{
    int rc = OK;
    while (rc == OK && !reader->raw_ended && reader->raw.to - reader->raw.from < want)
        rc = raw_fill(reader);
    return rc;
}

static bool is_gzip(const struct window *raw)
{
    const unsigned char *at = raw->at + raw->from;
    return raw->to - raw->from >= 3 && at[0] == 0x1f && at[1] == 0x8b && at[2] == 8;
}

/* ---- plain bytes ---- */

static int member_begin(struct warc_reader *reader)
{
    if (inflateReset2(&reader->z, 15 + 16) != Z_OK)
        return ERR_NOMEM;
    reader->member_open = true;
    reader->member_broken = false;
    reader->member_records = 0;
    reader->plain_offset = reader->raw_offset + reader->raw.from;
    return OK;
}

/* Passes over raw bytes up to the next that look like a member. */
static int member_search(struct warc_reader *reader)
{
    for (;;) {
        int rc = raw_need(reader, 3);
        if (rc != OK || reader->raw.to - reader->raw.from < 3) {
            reader->raw.from = reader->raw.to;
            return rc;
        }
        if (is_gzip(&reader->raw))
            return OK;
        reader->raw.from++;
    }
}

static int inflate_some(struct warc_reader *reader, size_t *ret_got)
{
    struct window *raw = &reader->raw, *plain = &reader->plain;
    int rc = raw_need(reader, 1);
    if (rc != OK)
        return rc;
    reader->z.next_in = raw->at + raw->from;
    reader->z.avail_in = (uInt)(raw->to - raw->from);
    reader->z.next_out = plain->at + plain->to;
    reader->z.avail_out = (uInt)(sizeof plain->at - plain->to);
    size_t room = reader->z.avail_out;
    bool ended = reader->z.avail_in == 0;
    int step = inflate(&reader->z, Z_NO_FLUSH);
    raw->from = raw->to - reader->z.avail_in;
    *ret_got = room - reader->z.avail_out;
    plain->to += *ret_got;
    if (step == Z_STREAM_END) {
        reader->member_open = false;
    } else if ((step != Z_OK && step != Z_BUF_ERROR) || (ended && *ret_got == 0)) {
        reader->member_open = false;
        reader->member_broken = true;
    }
    return OK;
}

static void plain_pack(struct window *plain)
{
    if (plain->from == 0)
        return;
    memmove(plain->at, plain->at + plain->from, plain->to - plain->from);
    plain->to -= plain->from;
    plain->from = 0;
}

/* More decoded bytes behind those in the window; *ret_got 0: the member (or file) has no more, or
 * the window is full. */
static int plain_fill(struct warc_reader *reader, size_t *ret_got)
{
    struct window *raw = &reader->raw, *plain = &reader->plain;
    *ret_got = 0;
    plain_pack(plain);
    if (plain->to == sizeof plain->at)
        return OK;
    if (reader->mode == MODE_PLAIN) {
        int rc = raw_need(reader, 1);
        size_t take = raw->to - raw->from, room = sizeof plain->at - plain->to;
        take = take < room ? take : room;
        memcpy(plain->at + plain->to, raw->at + raw->from, take);
        raw->from += take;
        plain->to += take;
        *ret_got = take;
        return rc;
    }
    int rc = OK;
    while (rc == OK && reader->member_open && *ret_got == 0)
        rc = inflate_some(reader, ret_got);
    return rc;
}

/* With gzip and an empty window: opens the next member. False: the file has ended. */
static int next_member(struct warc_reader *reader, bool *ret_more)
{
    int rc = raw_need(reader, 3);
    if (rc == OK && !is_gzip(&reader->raw))
        rc = member_search(reader);
    *ret_more = rc == OK && reader->raw.to > reader->raw.from;
    return *ret_more ? member_begin(reader) : rc;
}

static void plain_take(struct warc_reader *reader, size_t len)
{
    reader->plain.from += len;
    if (reader->mode == MODE_PLAIN)
        reader->plain_offset += len;
}

static int find_mode(struct warc_reader *reader)
{
    int rc = raw_need(reader, 3);
    if (rc == OK)
        reader->mode = is_gzip(&reader->raw) ? MODE_GZIP : MODE_PLAIN;
    return rc;
}

/* Some plain bytes of this or the next member. *ret_got 0: the end of the file. */
static int plain_some(struct warc_reader *reader, size_t *ret_got)
{
    int rc = OK;
    bool more = true;
    for (;;) {
        *ret_got = reader->plain.to - reader->plain.from;
        if (*ret_got > 0 || rc != OK || !more)
            return rc;
        rc = plain_fill(reader, ret_got);
        if (rc != OK || *ret_got > 0)
            continue;
        if (reader->mode == MODE_PLAIN || reader->member_broken)
            return OK;
        rc = next_member(reader, &more);
    }
}

/* ---- header lines ---- */

/* Appends a line with its end to text. *ret_len 0: nothing is left in this member or file. */
static int take_line(struct warc_reader *reader, struct text_buf *text, size_t *ret_len)
{
    size_t before = text->len;
    int rc = OK;
    for (bool ended = false; !ended && rc == OK;) {
        struct window *plain = &reader->plain;
        size_t have = plain->to - plain->from, got = 0;
        if (have == 0) {
            rc = plain_fill(reader, &got);
            if (rc != OK || got == 0)
                break;
            continue;
        }
        const char *at = (const char *)plain->at + plain->from;
        const char *line_end = memchr(at, '\n', have);
        size_t take = line_end != NULL ? (size_t)(line_end - at) + 1 : have;
        rc = text_buf_add(text, at, take);
        plain_take(reader, take);
        ended = line_end != NULL;
    }
    *ret_len = text->len - before;
    return rc;
}

static bool is_blank(struct slice line)
{
    return slice_trim(line).len == 0;
}

/* Passes over the empty lines between records. *ret_more false: the end of the file. */
static int skip_blank(struct warc_reader *reader, bool *ret_more)
{
    for (;;) {
        size_t got = 0;
        int rc = plain_some(reader, &got);
        *ret_more = got > 0;
        if (rc != OK || got == 0)
            return rc;
        unsigned char byte = reader->plain.at[reader->plain.from];
        if (byte != '\r' && byte != '\n')
            return OK;
        plain_take(reader, 1);
    }
}

/* After damage: on to where the next record can begin. */
static int resync(struct warc_reader *reader)
{
    int rc = OK;
    struct text_buf line;
    text_buf_init(&line, WARC_HEADER_BYTES_MAX);
    while (rc == OK) {
        size_t got = 0;
        const struct window *plain = &reader->plain;
        if (plain->to - plain->from < 5)
            rc = plain_fill(reader, &got);
        if (slice_starts_nocase(
                slice_make((const char *)plain->at + plain->from, plain->to - plain->from),
                "WARC/"))
            break;
        text_buf_reset(&line);
        rc = take_line(reader, &line, &got);
        if (rc == ERR_LIMIT) /* a long line of garbage: its start is gone, go on in it */
            rc = OK;
        else if (rc == OK && got == 0)
            break;
    }
    reader->member_broken = false;
    text_buf_release(&line);
    return rc;
}

static int read_header(struct warc_reader *reader)
{
    struct text_buf *text = &reader->header.text;
    text_buf_reset(text);
    for (;;) {
        size_t got = 0, before = text->len;
        int rc = take_line(reader, text, &got);
        if (rc != OK || got == 0)
            return rc;
        struct slice line = slice_from(text_buf_slice(text), before);
        if (before == 0 && !slice_starts_nocase(line, "WARC/"))
            return OK; /* the parser will say so */
        if (is_blank(line))
            return OK;
    }
}

/* ---- records ---- */

static int say_bad(struct warc_reader *reader, const char *why, struct failure *reterr)
{
    return failure_set(reterr, ERR_SYNTAX, "record at byte %llu: %s",
                       (unsigned long long)reader->record_offset, why);
}

static void begin_block(struct warc_reader *reader, const struct warc_entry *entry)
{
    bool is_http = slice_starts_nocase(entry->content_type, "application/http");
    bool has_payload = (entry->type == WARC_RESPONSE && is_http) || entry->type == WARC_RESOURCE;
    reader->left = reader->header.length;
    reader->open = true;
    reader->head_match = 0;
    reader->in_payload = !is_http;
    if (!has_payload || entry->type == WARC_REVISIT)
        reader->payload.algorithm = WARC_NO_DIGEST;
}

static int close_record(struct warc_reader *reader, struct failure *reterr)
{
    char chunk[16u << 10];
    int rc = OK;
    size_t got = 1;
    while (rc == OK && reader->open && got > 0)
        rc = warc_read(reader, chunk, sizeof chunk, &got, reterr);
    reader->open = false;
    return rc;
}

/* A bad header: when it names a length we trust it to find the next record, else we search. */
static int pass_bad(struct warc_reader *reader)
{
    struct failure ignored;
    reader->block.algorithm = reader->payload.algorithm = WARC_NO_DIGEST;
    if (!reader->header.length_known)
        return resync(reader);
    reader->left = reader->header.length;
    reader->open = true;
    int rc = close_record(reader, &ignored);
    return rc == ERR_SYNTAX ? resync(reader) : rc;
}

static int say_io(int rc, struct failure *reterr)
{
    return failure_set(reterr, rc, "reading failed (%s)", err_name(rc));
}

/* Tells of the bad record and goes on behind it. */
static int refuse(struct warc_reader *reader, const char *why, struct failure *reterr)
{
    say_bad(reader, why, reterr);
    int rc = pass_bad(reader);
    return rc == OK ? ERR_SYNTAX : say_io(rc, reterr);
}

static int begin_record(struct warc_reader *reader, struct warc_entry *ret_entry,
                        struct failure *reterr)
{
    struct warc_entry entry;
    int rc = read_header(reader);
    if (rc == ERR_LIMIT) {
        reader->header.length_known = false;
        return refuse(reader, "a header of over 64 KiB", reterr);
    }
    if (rc != OK)
        return say_io(rc, reterr);
    if (!warc_header_parse(&reader->header, &entry))
        return refuse(reader, reader->header.why, reterr);
    if (!warc_check_begin(&reader->block, entry.block_digest))
        return refuse(reader, "WARC-Block-Digest is no digest", reterr);
    if (!warc_check_begin(&reader->payload, entry.payload_digest))
        return refuse(reader, "WARC-Payload-Digest is no digest", reterr);
    begin_block(reader, &entry);
    entry.offset = reader->record_offset;
    *ret_entry = entry;
    return OK;
}

int warc_next(struct warc_reader *reader, struct warc_entry *ret_entry, struct failure *reterr)
{
    bool more = false;
    int rc = reader->mode == MODE_UNKNOWN ? find_mode(reader) : OK;
    if (rc == OK && reader->open) {
        rc = close_record(reader, reterr);
        if (rc != OK)
            return rc;
    }
    if (rc == OK)
        rc = skip_blank(reader, &more);
    if (rc != OK)
        return say_io(rc, reterr);
    reader->record_offset = reader->plain_offset;
    if (more && reader->mode == MODE_GZIP && reader->member_records == 1) {
        reader->member_records++;
        return say_bad(reader, "its gzip member holds more than this one record", reterr);
    }
    if (more) {
        reader->member_records += reader->member_records == 0;
        return begin_record(reader, ret_entry, reterr);
    }
    if (!reader->member_broken)
        return ERR_NOT_FOUND;
    reader->member_broken = false;
    return say_bad(reader, "damaged gzip", reterr);
}

/* Bytes of an HTTP message: the payload begins behind the empty line. */
static void check_bytes(struct warc_reader *reader, struct slice bytes)
{
    warc_check_add(&reader->block, bytes);
    size_t at = 0;
    for (; at < bytes.len && !reader->in_payload; at++) {
        char byte = bytes.at[at];
        char wanted = reader->head_match % 2 == 0 ? '\r' : '\n';
        if (byte == wanted)
            reader->head_match++;
        else
            reader->head_match = byte == '\r' ? 1 : 0;
        reader->in_payload = reader->head_match == 4;
    }
    warc_check_add(&reader->payload, slice_from(bytes, at));
}

static int end_block(struct warc_reader *reader, struct failure *reterr)
{
    bool block_well = warc_check_end(&reader->block);
    bool payload_well = warc_check_end(&reader->payload);
    if (!block_well)
        return say_bad(reader, "the block digest is wrong", reterr);
    if (!payload_well)
        return say_bad(reader, "the payload digest is wrong", reterr);
    return OK;
}

int warc_read(struct warc_reader *reader, void *at, size_t len, size_t *ret_len,
              struct failure *reterr)
{
    *ret_len = 0;
    if (!reader->open)
        return OK;
    if (reader->left == 0)
        return end_block(reader, reterr);
    size_t got = reader->plain.to - reader->plain.from;
    int rc = got == 0 ? plain_fill(reader, &got) : OK;
    if (rc != OK)
        return say_io(rc, reterr);
    if (got == 0) {
        reader->left = 0;
        reader->open = false;
        reader->block.algorithm = reader->payload.algorithm = WARC_NO_DIGEST;
        const char *why = reader->member_broken ? "damaged gzip" : "the block is cut short";
        reader->member_broken = false;
        return say_bad(reader, why, reterr);
    }
    got = got < len ? got : len;
    got = got < reader->left ? got : (size_t)reader->left;
    memcpy(at, reader->plain.at + reader->plain.from, got);
    check_bytes(reader, slice_make(at, got));
    plain_take(reader, got);
    reader->left -= got;
    *ret_len = got;
    return OK;
}

int warc_read_all(struct warc_reader *reader, struct text_buf *out, struct failure *reterr)
{
    char chunk[16u << 10];
    for (;;) {
        size_t got = 0;
        int rc = warc_read(reader, chunk, sizeof chunk, &got, reterr);
        if (rc != OK || got == 0)
            return rc;
        rc = text_buf_add(out, chunk, got);
        if (rc != OK)
            return failure_set(reterr, rc, "record at byte %llu: longer than %zu bytes",
                               (unsigned long long)reader->record_offset, out->limit);
    }
}

const char *warc_warning(const struct warc_reader *reader)
{
    return reader->header.odd;
}

/* ---- life ---- */

int warc_from_slice(void *ctx, void *at, size_t len, size_t *ret_len)
{
    struct slice *left = ctx;
    *ret_len = left->len < len ? left->len : len;
    memcpy(at, left->at, *ret_len);
    *left = slice_from(*left, *ret_len);
    return OK;
}

int warc_reader_create(warc_source_fn *source, void *ctx, struct warc_reader **ret_reader)
{
    struct warc_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return ERR_NOMEM;
    if (inflateInit2(&reader->z, 15 + 16) != Z_OK) {
        free(reader);
        return ERR_NOMEM;
    }
    reader->source = source;
    reader->ctx = ctx;
    text_buf_init(&reader->header.text, WARC_HEADER_BYTES_MAX);
    *ret_reader = reader;
    return OK;
}

void warc_reader_free(struct warc_reader *reader)
{
    if (reader == NULL)
        return;
    inflateEnd(&reader->z);
    text_buf_release(&reader->header.text);
    digest_stream_free(reader->block.sha256);
    digest_stream_free(reader->payload.sha256);
    free(reader);
}
