/* fuzz_image.c - any bytes as a picture: a look or a sentence. The sums of a PNG's chunks are set
 * right first, so that what is in them is reached. */
#include "crawler/extract/image_look.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <zlib.h>

#define IMAGE_BYTES_MAX 65536u

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* length, kind, data, sum: of each chunk behind the 8 bytes of the signature. */
static void sums_mend(uint8_t *bytes, size_t size)
{
    for (size_t at = 8; at + 12 <= size;) {
        size_t len = number_at(bytes + at);
        if (len > size - at - 12)
            return;
        uint32_t sum = (uint32_t)crc32(0, bytes + at + 4, (uInt)(len + 4));
        for (size_t i = 0; i < 4; i++)
            bytes[at + 8 + len + i] = (uint8_t)(sum >> (24 - 8 * i));
        at += len + 12;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct look look, again;
    struct failure why = {.code = OK};
    if (size > IMAGE_BYTES_MAX)
        return 0;
    uint8_t *bytes = malloc(size + 1);
    PROMISE(bytes != NULL);
    memcpy(bytes, data, size);
    if (size > 8 && memcmp(bytes, "\x89PNG", 4) == 0)
        sums_mend(bytes, size);
    int rc = image_look(fuzz_slice(bytes, size), &look, &why);
    PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
    PROMISE(rc == OK || rc == ERR_LIMIT || rc == ERR_SYNTAX || rc == ERR_UNSUPPORTED ||
            rc == ERR_NOT_FOUND || rc == ERR_NOMEM);
    if (rc == OK) {
        PROMISE(image_look(fuzz_slice(bytes, size), &again, &why) == OK);
        PROMISE(look_distance(&look, &again) == 0);
    }
    free(bytes);
    return 0;
}
