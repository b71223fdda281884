/* crawler/robots_inside.h - what robots.c reads and robots_match.c asks. */
#ifndef LUREWATCH_ROBOTS_INSIDE_H
#define LUREWATCH_ROBOTS_INSIDE_H

#include "crawler/robots.h"

#define ROBOTS_DELAY_MS_MAX 86400000u
#define ROBOTS_WORDS_MAX    200u
/* Each byte of the file three times percent-encoded, once as read, and the words around it. */
#define ROBOTS_TEXT_BYTES_MAX (8u * ROBOTS_BYTES_MAX)
#define ROBOTS_PATH_BYTES_MAX 32768u

struct robots_rule {                /* offsets in robots.text */
    size_t pattern_at, pattern_len; /* evened out; without the "$" */
    size_t words_at, words_len;     /* for people */
    uint32_t line;
    bool allow, to_end, for_us, for_all;
};

struct robots {
    enum robots_state state;
    int http_status;
    uint32_t crawl_delay_ms;
    struct robots_rule *rules; /* the one that decides before the others */
    size_t count, capacity;
    size_t *sitemaps, sitemaps_count;
    struct text_buf text;
};

/* Path or pattern in the one spelling they are compared in (RFC 9309 2.2.2): unreserved characters
 * plain, reserved ones as they stand, all else as %XX. "*" stays plain in a pattern and becomes %2A
 * in a path, where it is a character like any other; "$" becomes %24 in both. */
void robots_even(struct slice text, bool is_pattern, struct text_buf *out);

#endif
