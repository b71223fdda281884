/* fuzz_source.c - any bytes as a source file: a source that is whole, or a sentence with its place. */
#include "crawler/source.h"
#include "crawler/url.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_source(const struct source *source)
{
    char why[SOURCE_WHY_BYTES];
    struct arena *arena = NULL;
    const char *off = source_off(source, INT64_C(1764000000000), why);
    PROMISE(off == NULL || (off[0] != '\0' && strlen(off) < SOURCE_WHY_BYTES));
    PROMISE(strcmp(source->name, "fuzz") == 0 && source->start_count + source->paths_count > 0);
    PROMISE(source->every_ms >= 0 && source->pages_max > 0);
    if (arena_create(1u << 20, &arena) != OK)
        return;
    for (size_t i = 0; i < source->start_count; i++) {
        struct url url;
        enum source_kind kind;
        PROMISE(url_read_canonical(arena, slice_of(source->start[i].url), &url, NULL) == OK);
        PROMISE(slice_is(url.href, source->start[i].url));
        PROMISE(slice_is(url.host_port, source->start[i].host_port));
        PROMISE(source_allows_url(source, &url) && source->start[i].kind < SOURCE_KIND_COUNT);
        if (source_link_kind(source, &url, &kind))
            PROMISE(source_has_follow(source) && kind < SOURCE_KIND_COUNT);
        arena_reset(arena);
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source *source = NULL;
    struct failure why = {0};
    int rc = source_read(fuzz_slice(data, size), "sources/fuzz.yml", &source, &why);
    PROMISE(rc == OK || strncmp(why.text, "sources/fuzz.yml", 16) == 0);
    if (rc == OK)
        check_source(source);
    source_free(source);
    return 0;
}
