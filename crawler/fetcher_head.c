/* fetcher_head.c - what a result tells of an answer's head; see fetcher_inside.h.
 *
 * Names are compared without case. A name that stands twice: the first counts, but the lists
 * (Content-Encoding, X-Robots-Tag) are joined, up to LIST_BYTES_MAX, and so are two of Retry-After,
 * a line each. Continuations of old folded lines are dropped. */
#include "crawler/fetcher_inside.h"

#include <string.h>

#define LIST_BYTES_MAX 2048u

struct wanted {
    const char *name;
    const char *joint; /* of a list: what is put between two; NULL: the first counts */
    const char **at;
};

int fetch_head_status(struct slice line)
{
    int64_t status = 0;
    size_t space = slice_find_char(line, ' ');
    if (!slice_starts(line, "HTTP/") || space == SIZE_MAX)
        return 0;
    if (slice_to_int64(slice_sub(line, space + 1, 3), &status) != OK || status < 100)
        return 0;
    return (int)status;
}

bool fetch_head_is_sound(struct slice head)
{
    struct slice line, length = SLICE_EMPTY;
    while (slice_next_line(&head, &line)) {
        if (!slice_starts_nocase(line, "content-length:"))
            continue;
        struct slice value = slice_trim(slice_from(line, 15));
        if (length.len > 0 && !slice_equal(length, value))
            return false;
        length = value;
    }
    return true;
}

/* *text, or *text and value with the joint between. */
static int field_keep(struct arena *arena, const struct wanted *wanted, struct slice value)
{
    const char *old = *wanted->at;
    char *text = NULL;
    if (old[0] == '\0')
        text = arena_copy(arena, value.at, value.len);
    else if (wanted->joint != NULL && strlen(old) + value.len < LIST_BYTES_MAX)
        text = arena_printf(arena, "%s%s%.*s", old, wanted->joint, (int)value.len, value.at);
    else
        return OK;
    if (text == NULL)
        return ERR_NOMEM;
    *wanted->at = text;
    return OK;
}

static int field_read(struct arena *arena, struct slice line, const struct wanted *wanted,
                      size_t wanted_count)
{
    size_t colon = slice_find_char(line, ':');
    if (colon == SIZE_MAX || line.at[0] == ' ' || line.at[0] == '\t')
        return OK;
    struct slice name = slice_trim(slice_sub(line, 0, colon));
    struct slice value = slice_trim(slice_from(line, colon + 1));
    for (size_t i = 0; i < wanted_count; i++)
        if (value.len > 0 && slice_equal_nocase(name, slice_of(wanted[i].name)))
            return field_keep(arena, &wanted[i], value);
    return OK;
}

int fetch_head_read(struct slice head, struct arena *arena, struct fetch_result *ret_result)
{
    const struct wanted wanted[] = {
        {"content-type", NULL, &ret_result->content_type},
        {"content-encoding", ", ", &ret_result->content_encoding},
        {"location", NULL, &ret_result->location},
        {"etag", NULL, &ret_result->etag},
        {"last-modified", NULL, &ret_result->last_modified},
        {"retry-after", "\n", &ret_result->retry_after},
        {"x-robots-tag", ", ", &ret_result->robots_tag},
    };
    struct slice line;
    int rc = OK;
    while (rc == OK && slice_next_line(&head, &line))
        rc = field_read(arena, line, wanted, sizeof wanted / sizeof wanted[0]);
    return rc;
}
