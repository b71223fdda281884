/* fuzz_feed.c - any text as a feed: every field of every entry is valid UTF-8, titles are plain. */
#include "common/utf8.h"
#include "crawler/extract/feed.h"
#include "tests/fuzz/fuzz.h"

static void check_entry(const struct feed_entry *entry)
{
    const struct slice all[] = {entry->title,   entry->title_html, entry->link,      entry->id,
                                entry->summary, entry->content,    entry->published, entry->updated,
                                entry->author,  entry->employer,   entry->place,     entry->pay};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        PROMISE(all[i].at != NULL && utf8_is_valid(all[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = SLICE_EMPTY;
    struct feed feed = {0};
    struct failure why = {0};
    struct arena *arena = NULL;
    if (arena_create(16u << 20, &arena) != OK)
        return 0;
    if (utf8_clean(arena, fuzz_slice(data, size), &text) == OK) {
        int rc = feed_read(arena, text, "https://x.example/feed/", &feed, &why);
        PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
        PROMISE(rc != OK || feed.type != FEED_NONE);
        PROMISE(feed.entries_count <= FEED_ENTRIES_MAX);
        for (size_t i = 0; i < feed.entries_count; i++)
            check_entry(&feed.entries[i]);
    }
    arena_free(arena);
    return 0;
}
