/* fuzz_inflate.c - any bytes under any coding: what comes out keeps to the limit, failures have their
 * sentence. The first byte chooses the coding. */
#include "crawler/extract/inflate.h"
#include "tests/fuzz/fuzz.h"

#define OUT_BYTES_MAX (1u << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const codings[] = {"",     "gzip",          "deflate", "br",
                                          "zstd", "gzip, deflate", "br,zstd"};
    struct slice body = fuzz_slice(data, size), out = SLICE_EMPTY;
    const char *coding = codings[fuzz_byte(&body) % (sizeof codings / sizeof codings[0])];
    struct failure why = {0};
    struct arena *arena = NULL;
    if (arena_create(4u << 20, &arena) != OK)
        return 0;
    int rc = inflate_body(arena, body, coding, OUT_BYTES_MAX, &out, &why);
    PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
    PROMISE(rc == OK || rc == ERR_LIMIT || rc == ERR_SYNTAX || rc == ERR_NOMEM);
    PROMISE(out.at != NULL && out.len <= OUT_BYTES_MAX);
    arena_free(arena);
    return 0;
}
