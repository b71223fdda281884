/* warc_write.c - one record, one gzip member; see warc.h. Two passes over the block: digests first,
 * because they stand in the header, then deflate. */
#include "common/clock.h"
#include "common/warc.h"

#include <stdio.h>
#include <zlib.h>

#define DEFLATE_LEVEL 6

char *warc_make_id(char at[WARC_ID_BYTES])
{
    uint8_t b[16];
    digest_random(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version 4, RFC 9562 */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    snprintf(at, WARC_ID_BYTES,
             "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
             b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
    return at;
}

/* ---- header ---- */

static bool is_clean(const char *text, bool may_have_blanks)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == 0x7f || (byte == ' ' && !may_have_blanks))
            return false;
    }
    return true;
}

/* A field as it is written. Empty: left out. */
struct field {
    const char *name, *value;
    enum { TEXT, URI, ANGLED_URI } form;
};

static int put_fields(struct text_buf *head, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        if (field->value == NULL || field->value[0] == '\0')
            continue;
        if (!is_clean(field->value, field->form == TEXT))
            return ERR_SYNTAX;
        text_buf_printf(head, field->form == ANGLED_URI ? "%s: <%s>\r\n" : "%s: %s\r\n",
                        field->name, field->value);
    }
    return head->status;
}

static int put_head(struct text_buf *head, const struct warc_record *record,
                    const struct warc_written *written)
{
    char was[CLOCK_RFC3339_BYTES];
    char date[CLOCK_RFC3339_BYTES], block[DIGEST_BASE32_BYTES], payload[DIGEST_BASE32_BYTES] = "";
    digest_base32(&written->block, block);
    if (written->has_payload)
        digest_base32(&written->payload, payload);
    const struct field fields[] = {
        {"WARC-Type", warc_type_name(record->type), TEXT},
        {"WARC-Record-ID", record->id, ANGLED_URI},
        {"WARC-Date", clock_rfc3339(record->date_unix_ms, date), TEXT},
        {"WARC-Target-URI", record->target_uri, URI},
        {"WARC-IP-Address", record->ip, TEXT},
        {"WARC-Concurrent-To", record->concurrent_to, ANGLED_URI},
        {"WARC-Refers-To", record->refers_to, ANGLED_URI},
        {"WARC-Refers-To-Target-URI", record->refers_to_uri, URI},
        {"WARC-Refers-To-Date",
         record->refers_to != NULL ? clock_rfc3339(record->refers_to_unix_ms, was) : NULL, TEXT},
        {"WARC-Warcinfo-ID", record->warcinfo_id, ANGLED_URI},
        {"WARC-Filename", record->filename, TEXT},
        {"WARC-Truncated", record->truncated, TEXT},
        {"WARC-Profile", record->profile, TEXT},
        {"Content-Type", record->content_type, TEXT},
    };
    text_buf_add_str(head, "WARC/1.1\r\n");
    int rc = put_fields(head, fields, sizeof fields / sizeof fields[0]);
    if (rc != OK)
        return rc;
    text_buf_printf(head, "WARC-Block-Digest: sha256:%s\r\n", block);
    if (written->has_payload)
        text_buf_printf(head, "WARC-Payload-Digest: sha256:%s\r\n", payload);
    text_buf_printf(head, "Content-Length: %zu\r\n\r\n",
                    record->block[0].len + record->block[1].len);
    return head->status;
}

/* ---- gzip ---- */

static int deflate_part(z_stream *z, struct text_buf *out, struct slice part, int flush)
{
    unsigned char chunk[32u << 10];
    int step = Z_OK;
    z->next_in = (Bytef *)(uintptr_t)part.at; /* zlib reads it only */
    z->avail_in = (uInt)part.len;
    do {
        z->next_out = chunk;
        z->avail_out = sizeof chunk;
        step = deflate(z, flush);
        if (step == Z_STREAM_ERROR)
            return ERR_NOMEM;
        int rc = text_buf_add(out, (const char *)chunk, sizeof chunk - z->avail_out);
        if (rc != OK)
            return rc;
    } while (z->avail_out == 0 || (flush == Z_FINISH && step != Z_STREAM_END));
    return OK;
}

static int gzip_member(struct text_buf *out, const struct slice *parts, size_t count)
{
    z_stream z = {0};
    if (deflateInit2(&z, DEFLATE_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_NOMEM;
    int rc = OK;
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = deflate_part(&z, out, parts[i], i + 1 == count ? Z_FINISH : Z_NO_FLUSH);
    deflateEnd(&z);
    return rc;
}

/* ---- the record ---- */

static int digest_block(const struct warc_record *record, struct warc_written *written)
{
    struct digest_stream *stream = NULL;
    int rc = digest_stream_create(&stream);
    if (rc != OK)
        return rc;
    digest_stream_add(stream, record->block[0]);
    digest_stream_add(stream, record->block[1]);
    written->block = digest_stream_end(stream);
    digest_stream_free(stream);
    written->has_payload = record->has_payload;
    if (record->has_payload)
        written->payload = digest_of(record->block[1]);
    if (record->payload_was != NULL) {
        written->has_payload = true;
        written->payload = *record->payload_was;
    }
    return OK;
}

int warc_write(struct text_buf *out, const struct warc_record *record,
               struct warc_written *ret_written)
{
    struct warc_written written = {.bytes = 0};
    size_t before = out->len;
    if (record->id == NULL || record->id[0] == '\0' || record->type >= WARC_OTHER)
        return ERR_SYNTAX;
    if (record->block[0].len > WARC_BLOCK_BYTES_MAX ||
        record->block[1].len > WARC_BLOCK_BYTES_MAX - record->block[0].len)
        return ERR_LIMIT;
    int rc = digest_block(record, &written);
    if (rc != OK)
        return rc;
    struct text_buf head;
    text_buf_init(&head, WARC_HEADER_BYTES_MAX);
    rc = put_head(&head, record, &written);
    struct slice parts[] = {text_buf_slice(&head), record->block[0], record->block[1],
                            SLICE("\r\n\r\n")};
    if (rc == OK)
        rc = gzip_member(out, parts, sizeof parts / sizeof parts[0]);
    text_buf_release(&head);
    if (rc != OK) {
        int status = out->status;
        text_buf_truncate(out, before);
        out->status = status;
        return rc;
    }
    written.bytes = out->len - before;
    written.member = digest_of(slice_make(out->at + before, written.bytes));
    *ret_written = written;
    return OK;
}
