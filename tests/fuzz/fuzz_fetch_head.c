/* fuzz_fetch_head.c - any bytes as the head of an answer, as curl hands them on: lines. */
#include "crawler/fetcher_inside.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void promise_text(const char *text, struct slice head)
{
    PROMISE(text != NULL && strlen(text) <= head.len + 2u * 2048u);
    PROMISE(strchr(text, '\n') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice head = fuzz_slice(data, size);
    struct arena *arena = NULL;
    struct fetch_result result = {.content_type = "",
                                  .content_encoding = "",
                                  .location = "",
                                  .etag = "",
                                  .last_modified = "",
                                  .retry_after = "",
                                  .robots_tag = ""};
    if (memchr(data, '\0', size) != NULL || arena_create(8u << 20, &arena) != OK)
        return 0; /* a NUL ends a download before its head is read */
    int status = fetch_head_status(head);
    PROMISE(status == 0 || (status >= 100 && status <= 999));
    (void)fetch_head_is_sound(head);
    if (size < (1u << 20)) {
        PROMISE(fetch_head_read(head, arena, &result) == OK);
        promise_text(result.content_type, head);
        promise_text(result.content_encoding, head);
        promise_text(result.location, head);
        promise_text(result.robots_tag, head);
        PROMISE(strlen(result.retry_after) <= head.len + 2u * 2048u); /* a line a header */
    }
    arena_free(arena);
    return 0;
}
