/* fuzz_warc.c - any bytes as a WARC file: the reader ends, says what it found, and stays in bounds.
 *
 * The first byte chooses how many bytes the source gives at a time, so that every seam between
 * windows is met. Each record is read in the way the second byte says: wholly, in part, not at all.
 */
#include "common/warc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    struct slice left;
    size_t step;
};

static int from_bytes(void *ctx, void *at, size_t len, size_t *ret_len)
{
    struct bytes *bytes = ctx;
    size_t take = len < bytes->step ? len : bytes->step;
    take = take < bytes->left.len ? take : bytes->left.len;
    memcpy(at, bytes->left.at, take);
    bytes->left = slice_from(bytes->left, take);
    *ret_len = take;
    return OK;
}

static void read_some(struct warc_reader *reader, const struct warc_entry *entry, uint8_t how)
{
    struct failure why = {0};
    char chunk[100];
    size_t got = 0;
    if (entry->fields_count > WARC_FIELDS_MAX || entry->type >= WARC_TYPE_COUNT)
        abort();
    for (size_t i = 0; i < entry->fields_count; i++)
        if (entry->fields[i].name.len == 0)
            abort();
    if (how % 3 == 0) {
        struct text_buf block;
        text_buf_init(&block, 1u << 16);
        int rc = warc_read_all(reader, &block, &why);
        if (rc == OK && block.len != entry->block_bytes)
            abort();
        text_buf_release(&block);
    } else if (how % 3 == 1) {
        int rc = warc_read(reader, chunk, sizeof chunk, &got, &why);
        if (got > sizeof chunk || (rc != OK && why.text[0] == '\0'))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct bytes bytes = {slice_make((const char *)data + 2, size - 2), (size_t)data[0] * 16 + 1};
    struct warc_reader *reader = NULL;
    if (warc_reader_create(from_bytes, &bytes, &reader) != OK)
        return 0;
    size_t turns = 0;
    for (;;) {
        struct warc_entry entry;
        struct failure why = {0};
        int rc = warc_next(reader, &entry, &why);
        if (rc == ERR_NOT_FOUND)
            break;
        if (rc == OK)
            read_some(reader, &entry, (uint8_t)(data[1] + turns));
        else if (rc != ERR_SYNTAX || why.text[0] == '\0')
            abort();
        if (++turns > 2 * size + 16)
            abort(); /* no progress */
    }
    warc_reader_free(reader);
    return 0;
}
