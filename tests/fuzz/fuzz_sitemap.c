/* fuzz_sitemap.c - any text as a sitemap: addresses are within their limits and valid UTF-8. */
#include "common/utf8.h"
#include "crawler/extract/sitemap.h"
#include "tests/fuzz/fuzz.h"

#define URLS_MAX 100u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = SLICE_EMPTY;
    struct sitemap sitemap = {0};
    struct failure why = {0};
    struct arena *arena = NULL;
    if (arena_create(16u << 20, &arena) != OK)
        return 0;
    if (utf8_clean(arena, fuzz_slice(data, size), &text) == OK) {
        int rc = sitemap_read(arena, text, URLS_MAX, &sitemap, &why);
        PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
        PROMISE(rc != OK || sitemap.type != SITEMAP_NONE);
        PROMISE(sitemap.urls_count <= URLS_MAX);
        for (size_t i = 0; i < sitemap.urls_count; i++) {
            struct slice loc = sitemap.urls[i].loc;
            PROMISE(loc.len > 0 && loc.len <= SITEMAP_URL_BYTES_MAX && utf8_is_valid(loc));
            PROMISE(sitemap.urls[i].lastmod.at != NULL);
            (void)sitemap_covers("https://x.example/a/sitemap.xml", loc);
        }
    }
    arena_free(arena);
    return 0;
}
