/* fuzz_normalise.c - any text folded: the result is valid UTF-8 and every byte of it maps back in order
 * to the text it came from. */
#include "classifiers/normalise.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static bool is_inside_character(struct slice text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;
}

static void check_map(struct slice text, const struct folded *folded)
{
    size_t len = folded->text.len;
    PROMISE(utf8_is_valid(folded->text));
    PROMISE(folded->origin[len] == text.len);
    for (size_t i = 0; i < len; i++) {
        uint32_t start = 0, end = 0;
        PROMISE(folded->origin[i] <= folded->origin[i + 1] && folded->origin[i] < text.len);
        PROMISE(!is_inside_character(text, folded->origin[i]));
        folded_span(folded, i, i + 1, &start, &end);
        PROMISE(start < end && end <= text.len && start <= folded->origin[i]);
        PROMISE(!is_inside_character(text, start) && !is_inside_character(text, end));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct normaliser *normaliser;
    struct arena *arena = NULL;
    struct slice text;
    struct folded folded, again;
    if (normaliser == NULL && normaliser_create(&normaliser) != OK)
        return 0;
    if (size > (64u << 10) || arena_create(64u << 20, &arena) != OK)
        return 0;
    if (utf8_clean(arena, fuzz_slice(data, size), &text) == OK &&
        normalise(normaliser, text, arena, &folded) == OK) {
        check_map(text, &folded);
        PROMISE(normalise(normaliser, text, arena, &again) == OK);
        PROMISE(slice_equal(folded.text, again.text));
    }
    arena_free(arena);
    return 0;
}
