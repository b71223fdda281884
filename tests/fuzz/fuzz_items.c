/* fuzz_items.c - any body under any paths: rows keep to their limit and are valid UTF-8. Input: the
 * items' path, a field's path, the body. */
#include "common/utf8.h"
#include "crawler/extract/items.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = SLICE_EMPTY;
    struct raw_items items = {0};
    struct failure why = {0};
    struct arena *arena = NULL;
    if (arena_create(16u << 20, &arena) != OK)
        return 0;
    if (utf8_clean(arena, fuzz_slice(data, size), &text) == OK) {
        struct slice path = fuzz_line(&text), field = fuzz_line(&text);
        struct rule_items rules = {.path = arena_copy(arena, path.at, path.len)};
        rules.field[RULE_TITLE] = arena_copy(arena, field.at, field.len);
        rules.field[RULE_TEXT] = ".";
        rules.field[RULE_ID] = "@id";
        int rc = items_read(arena, text, &rules, &items, &why);
        PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
        PROMISE(items.count <= ITEMS_MAX);
        for (size_t i = 0; i < items.count; i++)
            for (unsigned f = 0; f < RULE_FIELD_COUNT; f++)
                PROMISE(items.list[i].field[f].at != NULL && utf8_is_valid(items.list[i].field[f]));
        bool found = false;
        if (items_guess(arena, text, &rules, &found) == OK && found)
            PROMISE(items_read(arena, text, &rules, &items, &why) != ERR_SYNTAX && items.count > 0);
        (void)items_can_read(text);
    }
    arena_free(arena);
    return 0;
}
