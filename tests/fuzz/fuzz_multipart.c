/* fuzz_multipart.c - any bytes as a posted form with files: the first line is the Content-Type. */
#include "common/utf8.h"
#include "review/multipart.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct form *form, struct slice body)
{
    PROMISE(form->count <= FORM_FIELDS_MAX && form->files_count <= FORM_FILES_MAX);
    for (size_t i = 0; i < form->count; i++) {
        PROMISE(utf8_is_valid(form->fields[i].name) && utf8_is_valid(form->fields[i].value));
        PROMISE(form->fields[i].name.len > 0);
        for (size_t k = 0; k < i; k++)
            PROMISE(!slice_equal(form->fields[i].name, form->fields[k].name));
    }
    for (size_t i = 0; i < form->files_count; i++)
        PROMISE(fuzz_inside(form->files[i].value, body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = fuzz_slice(data, size), type = SLICE_EMPTY;
    struct arena *arena = NULL;
    struct form whole, cut;
    if (!slice_next_line(&rest, &type) || arena_create(16u << 20, &arena) != OK)
        return 0;
    int rc = multipart_parse(arena, type, rest, &whole);
    PROMISE(rc == OK || rc == ERR_LIMIT);
    PROMISE(multipart_is(type) || whole.flaw == FORM_MALFORMED);
    check(&whole, rest);
    /* What was cut off half-way gives a beginning of the same form, and is never taken for whole. */
    struct slice half = slice_sub(rest, 0, rest.len / 2);
    if (rc == OK && whole.flaw == FORM_SOUND && multipart_parse(arena, type, half, &cut) == OK) {
        check(&cut, half);
        PROMISE(cut.flaw == FORM_UNFINISHED);
        PROMISE(cut.count <= whole.count && cut.files_count <= whole.files_count);
        for (size_t i = 0; i < cut.count; i++)
            PROMISE(slice_equal(cut.fields[i].value, whole.fields[i].value));
    }
    arena_free(arena);
    return 0;
}
