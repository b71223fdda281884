/* frame.c - reads and writes frames; see frame.h. Pure. */
#include "app/frame.h"

static void put_big_endian(char *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (char)(value >> (8 * (bytes - 1 - i)) & 0xFF);
}

static uint64_t get_big_endian(const char *at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

int frame_write(struct text_buf *out, enum frame_kind kind, uint64_t id, struct slice payload)
{
    char head[FRAME_HEAD_BYTES];
    if (payload.len > FRAME_PAYLOAD_BYTES_MAX)
        return ERR_LIMIT;
    put_big_endian(head, payload.len + FRAME_HEAD_BYTES - 4, 4);
    head[4] = (char)kind;
    put_big_endian(head + 5, id, 8);
    size_t before = out->len;
    text_buf_add(out, head, sizeof head);
    text_buf_add_slice(out, payload);
    int rc = text_buf_status(out);
    if (rc != OK)
        text_buf_truncate(out, before);
    return rc;
}

static bool kind_is_known(char kind)
{
    return kind == FRAME_HELLO || kind == FRAME_PAGE || kind == FRAME_REPLY || kind == FRAME_ERROR;
}

int frame_read(struct slice bytes, struct frame *ret_frame, size_t *ret_used)
{
    *ret_used = 0;
    if (bytes.len < FRAME_HEAD_BYTES)
        return OK;
    uint64_t length = get_big_endian(bytes.at, 4);
    if (length < FRAME_HEAD_BYTES - 4)
        return ERR_SYNTAX;
    size_t payload_len = (size_t)length - (FRAME_HEAD_BYTES - 4);
    if (payload_len > FRAME_PAYLOAD_BYTES_MAX)
        return ERR_LIMIT;
    if (!kind_is_known(bytes.at[4]))
        return ERR_SYNTAX;
    if (bytes.len - FRAME_HEAD_BYTES < payload_len)
        return OK;
    ret_frame->kind = (enum frame_kind)bytes.at[4];
    ret_frame->id = get_big_endian(bytes.at + 5, 8);
    ret_frame->payload = slice_sub(bytes, FRAME_HEAD_BYTES, payload_len);
    *ret_used = FRAME_HEAD_BYTES + payload_len;
    return OK;
}

int frame_split_page(struct slice payload, struct slice *ret_head, struct slice *ret_body)
{
    if (payload.len < 4)
        return ERR_SYNTAX;
    uint64_t head_len = get_big_endian(payload.at, 4);
    if (head_len > payload.len - 4)
        return ERR_SYNTAX;
    *ret_head = slice_sub(payload, 4, (size_t)head_len);
    *ret_body = slice_from(payload, 4 + (size_t)head_len);
    return OK;
}

int frame_join_page(struct text_buf *out, struct slice head, struct slice body)
{
    char length[4];
    if (head.len > FRAME_PAYLOAD_BYTES_MAX)
        return ERR_LIMIT;
    put_big_endian(length, head.len, 4);
    text_buf_add(out, length, sizeof length);
    text_buf_add_slice(out, head);
    text_buf_add_slice(out, body);
    return text_buf_status(out);
}
