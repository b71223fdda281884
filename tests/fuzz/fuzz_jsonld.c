/* fuzz_jsonld.c - any bytes as a JSON-LD block: it is read, mended or passed over; what is mended is
 * valid UTF-8, and mending it again changes nothing that can be read. */
#include "common/utf8.h"
#include "crawler/extract/jobposting.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = SLICE_EMPTY, mended = SLICE_EMPTY;
    struct arena *arena = NULL;
    struct things things;
    struct posting posting;
    if (arena_create(64u << 20, &arena) != OK)
        return 0;
    if (utf8_clean(arena, fuzz_slice(data, size), &text) == OK) {
        things_init(&things, arena);
        PROMISE(jsonld_read(&things, text) == OK);
        PROMISE(things.count <= THINGS_MAX && things.repairs + things.broken <= 1);
        for (size_t i = 0; i < things.count; i++) {
            PROMISE(jobposting_read(arena, &things, things.list[i], NULL, &posting) == OK);
            PROMISE(utf8_is_valid(posting.field[POSTING_TEXT]));
        }
        PROMISE(jsonld_repair(arena, text, &mended) == OK && utf8_is_valid(mended));
    }
    arena_free(arena);
    return 0;
}
