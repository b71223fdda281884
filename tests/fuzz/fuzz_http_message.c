/* fuzz_http_message.c - any bytes as the block of a WARC response. */
#include "app/http_message.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice message = fuzz_slice(data, size);
    struct text_buf chunks;
    struct http_message found;
    struct failure why = {.code = OK};
    text_buf_init(&chunks, 1u << 20);
    int rc = http_message_split(message, &chunks, &found, &why);
    PROMISE(rc == OK || rc == ERR_SYNTAX || rc == ERR_LIMIT);
    PROMISE(rc == OK || strlen(why.text) > 0);
    if (rc == OK) {
        struct slice joined = text_buf_slice(&chunks);
        PROMISE(found.status >= 100 && found.status <= 999);
        PROMISE(fuzz_inside(found.content_type, message) &&
                fuzz_inside(found.content_encoding, message));
        PROMISE(fuzz_inside(found.location, message));
        PROMISE(fuzz_inside(found.body, message) || fuzz_inside(found.body, joined));
        PROMISE(found.body.len <= message.len);
    }
    text_buf_release(&chunks);
    return 0;
}
