/* crawler/extract/feed_inside.h - between feed.c (what it is, links, plain text), feed_xml.c and
 * feed_json.c. */
#ifndef LUREWATCH_EXTRACT_FEED_INSIDE_H
#define LUREWATCH_EXTRACT_FEED_INSIDE_H

#include "crawler/extract/feed.h"
#include "crawler/url.h"

#define FEED_TEXT_BYTES_MAX (1u << 20) /* of one field */
#define FEED_BASES_MAX      16u

struct feed_reader {
    struct arena *arena;
    struct feed feed;
    struct text_buf list; /* of struct feed_entry */
    struct {
        unsigned depth; /* of the element whose xml:base it is; 0: where the feed came from */
        struct url url;
    } bases[FEED_BASES_MAX];
    unsigned bases_count;
};

/* Both fill reader->feed and the list. Errors: ERR_NOMEM, feed_read_json() ERR_SYNTAX too. */
MUST_USE int feed_read_xml(struct feed_reader *reader, struct slice text);
MUST_USE int feed_read_json(struct feed_reader *reader, struct slice text, struct failure *reterr);

/* Adds entry, or notes that there are too many. Errors: ERR_NOMEM. */
MUST_USE int feed_add(struct feed_reader *reader, const struct feed_entry *entry);
/* A new innermost base, itself relative to the one before; what is no URL changes nothing. */
MUST_USE int feed_push_base(struct feed_reader *reader, struct slice url, unsigned depth);
/* link against the innermost base; as written where that cannot be. */
MUST_USE int feed_resolve(struct feed_reader *reader, struct slice link, struct slice *ret_url);

/* Every text empty. */
void feed_entry_init(struct feed_entry *ret_entry);

/* HTML to plain text, for titles and names: tags go, references are decoded, white space becomes
 * one space. Borrows html when nothing changes. */
MUST_USE int feed_plain(struct arena *arena, struct slice html, struct slice *ret_text);
/* White space at the ends goes, in between it becomes one space. */
MUST_USE int feed_squeeze(struct arena *arena, struct slice text, struct slice *ret_text);
/* Plain text to HTML. */
MUST_USE int feed_escape(struct arena *arena, struct slice text, struct slice *ret_html);
/* Is there anything like a tag or a reference in it? */
bool feed_has_markup(struct slice text);

#endif
