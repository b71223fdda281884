/* inflate.c - bodies as received to bytes as meant.
 *
 * Nearly every body is one gzip member whose last four bytes say how long the text is: libdeflate
 * unpacks it in one go into memory of just that size (2.4 times faster than zlib). All else
 * (several members, a lying trailer, a body cut short, zlib and raw deflate, br, zstd) is streamed
 * into a buffer whose limit is bytes_max and copied, so a bomb stops at the limit and never before
 * a byte of it is paid for. Cost: 40 us for a page of 45 KB. */
#include "crawler/extract/inflate.h"

#include <brotli/decode.h>
#include <libdeflate.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define CHUNK_BYTES         65536u
#define GZIP_BYTES_MIN      18u
#define DEFLATE_RATIO_MAX   1032u
#define ZSTD_WINDOW_LOG_MAX 23 /* 8 MiB: what RFC 9659 lets a server use */
#define HEADER_WINDOW_RAW   (-MAX_WBITS)
#define HEADER_WINDOW_GZIP  (MAX_WBITS + 16)

struct job {
    struct arena *arena;
    size_t bytes_max;
    struct failure *reterr;
};

enum stop { STOP_END, STOP_CUT, STOP_BROKEN, STOP_LIMIT, STOP_NOMEM };

static bool is_gzip(struct slice body)
{
    return body.len >= 10 && memcmp(body.at, "\x1f\x8b\x08", 3) == 0;
}

static int no_memory(const struct job *job)
{
    return failure_set(job->reterr, ERR_NOMEM, "no memory to unpack a body");
}

/* What streaming came to: *out to the arena, or the sentence. A body cut short counts when
 * something came of it. */
static int finish(const struct job *job, struct text_buf *out, enum stop stop, const char *coding,
                  struct slice *ret_bytes)
{
    int rc = OK;
    char *copy = NULL;
    if (stop == STOP_LIMIT)
        rc = failure_set(job->reterr, ERR_LIMIT, "unpacked (%s) it is larger than %zu bytes",
                         coding, job->bytes_max);
    else if (stop == STOP_NOMEM)
        rc = no_memory(job);
    else if (stop == STOP_BROKEN || (stop == STOP_CUT && out->len == 0))
        rc = failure_set(job->reterr, ERR_SYNTAX, "the %s data is %s after %zu unpacked bytes",
                         coding, stop == STOP_CUT ? "cut short" : "broken", out->len);
    else if ((copy = arena_copy(job->arena, out->len > 0 ? out->at : "", out->len)) == NULL)
        rc = no_memory(job);
    else
        *ret_bytes = slice_make(copy, out->len);
    text_buf_release(out);
    return rc;
}

/* Adds what a decoder wrote. True when it fitted. */
static bool added(struct text_buf *out, const unsigned char *chunk, size_t len, enum stop *ret_stop)
{
    int rc = text_buf_add(out, (const char *)chunk, len);
    if (rc != OK)
        *ret_stop = rc == ERR_LIMIT ? STOP_LIMIT : STOP_NOMEM;
    return rc == OK;
}

/* ---- gzip and deflate ---- */

/* The fast way: true when body was one sound member. */
static bool gzip_at_once(const struct job *job, struct slice body, struct slice *ret_bytes)
{
    if (body.len < GZIP_BYTES_MIN)
        return false;
    const unsigned char *tail = (const unsigned char *)body.at + body.len - 4;
    size_t size =
        (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    if (size > job->bytes_max || size / DEFLATE_RATIO_MAX > body.len)
        return false;
    struct libdeflate_decompressor *decoder = libdeflate_alloc_decompressor();
    char *out = decoder == NULL ? NULL : arena_alloc(job->arena, size + 1);
    size_t read = 0, written = 0;
    bool whole = out != NULL &&
                 libdeflate_gzip_decompress_ex(decoder, body.at, body.len, out, size, &read,
                                               &written) == LIBDEFLATE_SUCCESS &&
                 read == body.len && written == size;
    libdeflate_free_decompressor(decoder);
    if (whole)
        *ret_bytes = slice_make(out, size);
    return whole;
}

/* zlib finds a wrong checksum only when all is read: then all is there. */
static bool is_checksum(const z_stream *stream)
{
    return stream->msg != NULL && strncmp(stream->msg, "incorrect ", 10) == 0 &&
           strcmp(stream->msg, "incorrect header check") != 0;
}

/* One member; what is left of *body is behind it. */
static enum stop inflate_member(struct slice *body, int window_bits, struct text_buf *out)
{
    unsigned char chunk[CHUNK_BYTES];
    z_stream stream = {0};
    enum stop stop = STOP_CUT;
    if (inflateInit2(&stream, window_bits) != Z_OK)
        return STOP_NOMEM;
    stream.next_in = (z_const Bytef *)(uintptr_t)body->at;
    stream.avail_in = (uInt)(body->len < UINT_MAX ? body->len : UINT_MAX);
    for (int rc = Z_OK; rc == Z_OK;) {
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        rc = inflate(&stream, Z_NO_FLUSH);
        if (!added(out, chunk, sizeof chunk - stream.avail_out, &stop))
            break;
        if (rc == Z_STREAM_END || (rc == Z_DATA_ERROR && is_checksum(&stream)))
            stop = STOP_END;
        else if (rc == Z_MEM_ERROR)
            stop = STOP_NOMEM;
        else if (rc != Z_OK && rc != Z_BUF_ERROR)
            stop = STOP_BROKEN;
    }
    *body = slice_from(*body, body->len - stream.avail_in);
    inflateEnd(&stream);
    return stop;
}

static int unpack_gzip(const struct job *job, struct slice body, struct slice *ret_bytes)
{
    struct text_buf out;
    enum stop stop = STOP_CUT;
    if (!is_gzip(body)) { /* the header lies, or the body is nothing at all */
        *ret_bytes = body;
        return OK;
    }
    if (gzip_at_once(job, body, ret_bytes))
        return OK;
    text_buf_init(&out, job->bytes_max);
    do
        stop = inflate_member(&body, HEADER_WINDOW_GZIP, &out);
    while (stop == STOP_END && is_gzip(body));
    return finish(job, &out, stop, "gzip", ret_bytes);
}

/* "deflate" is zlib's form by the standard and raw by the habit of some servers. */
static int unpack_deflate(const struct job *job, struct slice body, struct slice *ret_bytes)
{
    struct text_buf out;
    struct slice rest = body;
    const unsigned char *head = (const unsigned char *)body.at;
    bool wrapped = body.len >= 2 && (head[0] & 15) == 8 && (head[0] << 8 | head[1]) % 31 == 0;
    if (is_gzip(body))
        return unpack_gzip(job, body, ret_bytes);
    if (body.len == 0) {
        *ret_bytes = body;
        return OK;
    }
    text_buf_init(&out, job->bytes_max);
    enum stop stop = inflate_member(&rest, wrapped ? MAX_WBITS : HEADER_WINDOW_RAW, &out);
    if (stop == STOP_BROKEN && wrapped) {
        text_buf_reset(&out);
        stop = inflate_member(&body, HEADER_WINDOW_RAW, &out);
    }
    return finish(job, &out, stop, "deflate", ret_bytes);
}

/* ---- br and zstd ---- */

static int unpack_br(const struct job *job, struct slice body, struct slice *ret_bytes)
{
    unsigned char chunk[CHUNK_BYTES];
    struct text_buf out;
    enum stop stop = STOP_CUT;
    BrotliDecoderState *decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    const uint8_t *next_in = (const uint8_t *)body.at;
    size_t left = body.len;
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    if (decoder == NULL)
        return no_memory(job);
    text_buf_init(&out, job->bytes_max);
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t *next_out = chunk;
        size_t room = sizeof chunk;
        result = BrotliDecoderDecompressStream(decoder, &left, &next_in, &room, &next_out, NULL);
        if (!added(&out, chunk, sizeof chunk - room, &stop))
            break;
        if (result == BROTLI_DECODER_RESULT_SUCCESS)
            stop = STOP_END;
        else if (result == BROTLI_DECODER_RESULT_ERROR)
            stop = STOP_BROKEN;
    }
    BrotliDecoderDestroyInstance(decoder);
    return finish(job, &out, stop, "br", ret_bytes);
}

static int unpack_zstd(const struct job *job, struct slice body, struct slice *ret_bytes)
{
    unsigned char chunk[CHUNK_BYTES];
    struct text_buf out;
    enum stop stop = STOP_CUT;
    ZSTD_inBuffer input = {body.at, body.len, 0};
    ZSTD_DStream *decoder = ZSTD_createDStream();
    if (decoder == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX))) {
        ZSTD_freeDStream(decoder);
        return no_memory(job);
    }
    text_buf_init(&out, job->bytes_max);
    for (;;) {
        ZSTD_outBuffer output = {chunk, sizeof chunk, 0};
        size_t wanted = ZSTD_decompressStream(decoder, &output, &input);
        if (!added(&out, chunk, output.pos, &stop))
            break;
        stop = ZSTD_isError(wanted) ? STOP_BROKEN : wanted == 0 ? STOP_END : STOP_CUT;
        if (stop == STOP_BROKEN || (input.pos == input.size && output.pos < output.size))
            break; /* several frames may follow one another */
    }
    ZSTD_freeDStream(decoder);
    return finish(job, &out, stop, "zstd", ret_bytes);
}

/* ---- Content-Encoding ---- */

typedef int unpack(const struct job *job, struct slice body, struct slice *ret_bytes);

static int unpack_nothing(const struct job *job, struct slice body, struct slice *ret_bytes)
{
    (void)job;
    *ret_bytes = body;
    return OK;
}

static const struct {
    const char *name;
    unpack *undo;
} CODINGS[] = {{"gzip", unpack_gzip},         {"x-gzip", unpack_gzip}, {"deflate", unpack_deflate},
               {"x-deflate", unpack_deflate}, {"br", unpack_br},       {"zstd", unpack_zstd},
               {"identity", unpack_nothing},  {"none", unpack_nothing}};

static unpack *coding_find(struct slice name)
{
    for (size_t i = 0; i < sizeof CODINGS / sizeof CODINGS[0]; i++)
        if (slice_equal_nocase(name, slice_of(CODINGS[i].name)))
            return CODINGS[i].undo;
    return NULL;
}

/* The header's codings in the order they were applied. */
static int read_codings(struct slice header, unpack *list[INFLATE_CODINGS_MAX], size_t *ret_count,
                        struct failure *reterr)
{
    size_t count = 0;
    while (header.len > 0) {
        size_t comma = slice_find_char(header, ',');
        struct slice name = slice_trim(slice_sub(header, 0, comma));
        header = comma == SIZE_MAX ? SLICE_EMPTY : slice_from(header, comma + 1);
        if (name.len == 0)
            continue;
        unpack *undo = coding_find(name);
        if (undo == NULL)
            return failure_set(
                reterr, ERR_UNSUPPORTED,
                "the Content-Encoding \"%.*s\" is none we read: gzip, deflate, br, zstd",
                (int)(name.len < 40 ? name.len : 40), name.at);
        if (count == INFLATE_CODINGS_MAX)
            return failure_set(reterr, ERR_LIMIT, "more than %u codings in Content-Encoding",
                               INFLATE_CODINGS_MAX);
        list[count++] = undo;
    }
    *ret_count = count;
    return OK;
}

int inflate_body(struct arena *arena, struct slice body, const char *content_encoding,
                 size_t bytes_max, struct slice *ret_bytes, struct failure *reterr)
{
    const struct job job = {arena, bytes_max, reterr};
    unpack *codings[INFLATE_CODINGS_MAX];
    size_t count = 0;
    int rc = read_codings(slice_of(content_encoding), codings, &count, reterr);
    while (rc == OK && count > 0)
        rc = codings[--count](&job, body, &body);
    if (rc == OK && is_gzip(body))
        rc = unpack_gzip(&job, body, &body);
    if (rc == OK && body.len > bytes_max)
        rc = failure_set(reterr, ERR_LIMIT, "it is larger than %zu bytes", bytes_max);
    if (rc == OK)
        *ret_bytes = body;
    return rc;
}
