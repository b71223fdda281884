/* fuzz_utf8.c - any bytes as UTF-8: decoding moves on, cleaning gives valid text and leaves valid text
 * alone, cutting cuts no character. */
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static size_t decode_all(struct slice text)
{
    size_t codes = 0;
    for (size_t i = 0, used; i < text.len; i += used, codes++) {
        char bytes[4];
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        PROMISE(used >= 1 && used <= 4 && used <= text.len - i);
        PROMISE(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF));
        size_t len = utf8_encode(code, bytes);
        PROMISE(code == UTF8_REPLACEMENT || (len == used && memcmp(bytes, text.at + i, len) == 0));
    }
    return codes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size), clean, twice;
    struct arena *arena = NULL;
    if (arena_create(3 * size + 4096, &arena) != OK)
        return 0;
    PROMISE(decode_all(text) == utf8_count(text));
    PROMISE(utf8_clean(arena, text, &clean) == OK);
    PROMISE(utf8_is_valid(clean) && memchr(clean.at, '\0', clean.len) == NULL);
    PROMISE(utf8_count(clean) == utf8_count(text));
    PROMISE(utf8_clean(arena, clean, &twice) == OK && twice.at == clean.at);
    if (utf8_is_valid(text) && memchr(text.at, '\0', text.len) == NULL)
        PROMISE(slice_equal(text, clean));
    for (size_t len = 0; len <= clean.len && len < 64; len++) {
        struct slice cut = utf8_cut(clean, len);
        PROMISE(cut.len <= len && cut.len + 3 >= (len < clean.len ? len : clean.len));
        PROMISE(utf8_is_valid(cut));
    }
    arena_free(arena);
    return 0;
}
