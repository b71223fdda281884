/* fuzz_charset.c - any bytes under any charset come out as valid UTF-8 without NUL. The first byte
 * chooses what is known beforehand, the first line is a label or a Content-Type. */
#include "common/utf8.h"
#include "crawler/extract/charset.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = fuzz_slice(data, size), text = SLICE_EMPTY;
    uint8_t how = fuzz_byte(&bytes);
    struct slice line = fuzz_line(&bytes);
    struct arena *arena = NULL;
    const char *name = NULL;
    if (arena_create(64u << 20, &arena) != OK)
        return 0;
    const char *told = arena_copy(arena, line.at, line.len);
    const struct charset_hint hint = {(how & 1) != 0 ? told : "", (how & 2) != 0};
    PROMISE(charset_decode(arena, bytes, &hint, &text, &name) == OK);
    PROMISE(name != NULL && utf8_is_valid(text));
    PROMISE(text.len == 0 || slice_find_char(text, '\0') == SIZE_MAX);
    PROMISE(charset_to_utf8(arena, bytes, told, &text) == OK);
    PROMISE(utf8_is_valid(text) && slice_find_char(text, '\0') == SIZE_MAX);
    const char *found = charset_from_label(line);
    PROMISE(found == NULL || charset_from_label(slice_of(found)) == found);
    arena_free(arena);
    return 0;
}
