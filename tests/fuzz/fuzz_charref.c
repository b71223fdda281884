/* fuzz_charref.c - any text: valid UTF-8 stays valid, the size keeps to its bound, and text without
 * '&' is borrowed. */
#include "common/utf8.h"
#include "crawler/extract/charref.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size), clean = SLICE_EMPTY, got = SLICE_EMPTY;
    struct arena *arena = NULL;
    if (arena_create(8 * size + 4096, &arena) != OK)
        return 0;
    if (utf8_clean(arena, text, &clean) == OK) {
        for (int in_attribute = 0; in_attribute < 2; in_attribute++) {
            if (charref_decode(arena, clean, in_attribute != 0, &got) != OK)
                break;
            PROMISE(utf8_is_valid(got));
            PROMISE(got.len <= clean.len + clean.len / 3);
            PROMISE(slice_find_char(clean, '&') != SIZE_MAX || got.at == clean.at);
        }
    }
    arena_free(arena);
    return 0;
}
