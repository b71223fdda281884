/* feed.c - what every kind of feed shares: the first look, the list of entries, links and their
 * bases, and the step from HTML to the plain text of a title. */
#include "crawler/extract/feed.h"

#include "crawler/extract/charref.h"
#include "crawler/extract/feed_inside.h"
#include "crawler/extract/xml_scan.h"

#include <string.h>

#define DETECT_BYTES_MAX 65536u

const char *feed_type_name(enum feed_type type)
{
    static const char *const names[] = {"none", "rss", "rdf", "atom", "json"};
    return names[type];
}

enum feed_type feed_detect(struct slice text)
{
    static const struct {
        const char *root;
        enum feed_type type;
    } roots[] = {{"rss", FEED_RSS},     {"RDF", FEED_RDF},    {"feed", FEED_ATOM},
                 {"channel", FEED_RSS}, {"entry", FEED_ATOM}, {"item", FEED_RSS}};
    struct slice start = slice_trim(slice_sub(text, 0, DETECT_BYTES_MAX));
    if (slice_starts(start, "{"))
        return slice_find(start, SLICE("jsonfeed.org/version/")) != SIZE_MAX ||
                       slice_find(start, SLICE("jsonfeed.org\\/version\\/")) != SIZE_MAX
                   ? FEED_JSON
                   : FEED_NONE;
    struct slice root = xml_root_name(start);
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (slice_equal_nocase(root, slice_of(roots[i].root)))
            return roots[i].type;
    return FEED_NONE;
}

/* ---- entries ---- */

void feed_entry_init(struct feed_entry *ret_entry)
{
    struct feed_entry *entry = ret_entry;
    struct slice *const all[] = {&entry->title,     &entry->title_html, &entry->link,
                                 &entry->id,        &entry->summary,    &entry->content,
                                 &entry->published, &entry->updated,    &entry->author,
                                 &entry->employer,  &entry->place,      &entry->pay};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        *all[i] = SLICE_EMPTY;
}

int feed_add(struct feed_reader *reader, const struct feed_entry *entry)
{
    if (reader->list.len / sizeof *entry >= FEED_ENTRIES_MAX) {
        reader->feed.cut = true;
        return OK;
    }
    return text_buf_add(&reader->list, (const char *)entry, sizeof *entry) == OK ? OK : ERR_NOMEM;
}

/* ---- links ---- */

int feed_push_base(struct feed_reader *reader, struct slice url, unsigned depth)
{
    unsigned count = reader->bases_count;
    struct url parsed;
    if (count == FEED_BASES_MAX || slice_trim(url).len == 0)
        return OK;
    int rc = url_parse(reader->arena, url, count > 0 ? &reader->bases[count - 1].url : NULL,
                       &parsed, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK;
    reader->bases[count].depth = depth;
    reader->bases[count].url = parsed;
    reader->bases_count++;
    return OK;
}

static bool has_scheme(struct slice link)
{
    size_t at = 0;
    while (at < link.len && ((link.at[at] | 0x20) >= 'a' && (link.at[at] | 0x20) <= 'z'))
        at++;
    return at > 0 && at < link.len && link.at[at] == ':';
}

int feed_resolve(struct feed_reader *reader, struct slice link, struct slice *ret_url)
{
    struct url parsed;
    link = slice_trim(link);
    *ret_url = link;
    if (link.len == 0 || has_scheme(link) || reader->bases_count == 0)
        return OK;
    int rc =
        url_parse(reader->arena, link, &reader->bases[reader->bases_count - 1].url, &parsed, NULL);
    if (rc == OK)
        *ret_url = parsed.href;
    return rc == ERR_NOMEM ? rc : OK;
}

/* Links that stayed relative, against the site that the feed says it is of. */
static int resolve_late(struct feed_reader *reader, struct feed_entry *entries, size_t count)
{
    int rc = OK;
    reader->bases_count = 0;
    rc = feed_push_base(reader, reader->feed.link, 0);
    for (size_t i = 0; rc == OK && reader->bases_count > 0 && i < count; i++)
        rc = feed_resolve(reader, entries[i].link, &entries[i].link);
    return rc;
}

/* ---- text ---- */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_tag_start(struct slice text, size_t at)
{
    char next = at + 1 < text.len ? text.at[at + 1] : ' ';
    return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' ||
           next == '!' || next == '?';
}

bool feed_has_markup(struct slice text)
{
    char bytes[8];
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if ((text.at[i] == '<' && is_tag_start(text, i)) ||
            (text.at[i] == '&' && charref_one(slice_from(text, i), false, bytes, &len) > 0))
            return true;
    return false;
}

int feed_squeeze(struct arena *arena, struct slice text, struct slice *ret_text)
{
    bool clean = true;
    text = slice_trim(text);
    for (size_t i = 0; clean && i < text.len; i++)
        clean = !is_space(text.at[i]) || (text.at[i] == ' ' && text.at[i - 1] != ' ');
    if (clean) {
        *ret_text = text;
        return OK;
    }
    char *out = arena_alloc(arena, text.len);
    size_t len = 0;
    if (out == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < text.len; i++) {
        char c = is_space(text.at[i]) ? ' ' : text.at[i];
        if (c != ' ' || out[len - 1] != ' ')
            out[len++] = c;
    }
    *ret_text = slice_make(out, len);
    return OK;
}

/* Tags that part words; all others are inside them. */
static bool parts_words(struct slice tag)
{
    static const char *const names[] = {"br", "p", "div", "li", "tr", "td", "h1", "h2", "h3", "h4"};
    size_t from = slice_starts(tag, "/") ? 1 : 0, to = from;
    while (to < tag.len && !is_space(tag.at[to]) && tag.at[to] != '/')
        to++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(slice_sub(tag, from, to - from), slice_of(names[i])))
            return true;
    return false;
}

int feed_plain(struct arena *arena, struct slice html, struct slice *ret_text)
{
    int rc = OK;
    if (memchr(html.at, '<', html.len) != NULL) {
        char *out = arena_alloc(arena, html.len + 1);
        size_t len = 0, end = 0;
        if (out == NULL)
            return ERR_NOMEM;
        for (size_t i = 0; i < html.len; i++) {
            bool is_tag = html.at[i] == '<' && is_tag_start(html, i) && end != SIZE_MAX;
            end = is_tag ? slice_find_char(slice_from(html, i), '>') : end;
            if (!is_tag || end == SIZE_MAX) {
                out[len++] = html.at[i];
                continue;
            }
            if (parts_words(slice_sub(html, i + 1, end - 1)))
                out[len++] = ' ';
            i += end;
        }
        html = slice_make(out, len);
    }
    rc = charref_decode(arena, html, false, &html);
    return rc == OK ? feed_squeeze(arena, html, ret_text) : rc;
}

int feed_escape(struct arena *arena, struct slice text, struct slice *ret_html)
{
    size_t extra = 0, len = 0;
    for (size_t i = 0; i < text.len; i++)
        extra += text.at[i] == '&' ? 4 : text.at[i] == '<' ? 3 : 0;
    char *out = extra == 0 ? NULL : arena_alloc(arena, text.len + extra);
    *ret_html = text;
    if (extra == 0)
        return OK;
    if (out == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < text.len; i++) {
        const char *as = text.at[i] == '&' ? "&amp;" : text.at[i] == '<' ? "&lt;" : NULL;
        size_t count = as == NULL ? 1 : strlen(as);
        memcpy(out + len, as == NULL ? text.at + i : as, count);
        len += count;
    }
    *ret_html = slice_make(out, len);
    return OK;
}

/* ---- the whole ---- */

static int give(struct feed_reader *reader, struct feed *ret_feed)
{
    size_t count = reader->list.len / sizeof(struct feed_entry);
    struct feed_entry *entries = arena_calloc(reader->arena, count, sizeof *entries);
    if (entries == NULL)
        return ERR_NOMEM;
    if (count > 0)
        memcpy(entries, reader->list.at, reader->list.len);
    int rc = resolve_late(reader, entries, count);
    if (rc != OK)
        return rc;
    reader->feed.entries = entries;
    reader->feed.entries_count = count;
    *ret_feed = reader->feed;
    return OK;
}

int feed_read(struct arena *arena, struct slice text, const char *base_url, struct feed *ret_feed,
              struct failure *reterr)
{
    struct feed_reader reader = {.arena = arena};
    reader.feed.type = feed_detect(text);
    reader.feed.title = reader.feed.title_html = reader.feed.link = SLICE_EMPTY;
    if (reader.feed.type == FEED_NONE)
        return failure_set(reterr, ERR_SYNTAX, "no feed: neither RSS, Atom nor JSON Feed");
    text_buf_init(&reader.list, (FEED_ENTRIES_MAX + 1) * sizeof(struct feed_entry));
    int rc = feed_push_base(&reader, slice_of(base_url), 0);
    if (rc == OK && reader.feed.type == FEED_JSON)
        rc = feed_read_json(&reader, text, reterr);
    else if (rc == OK)
        rc = feed_read_xml(&reader, text);
    if (rc == OK)
        rc = give(&reader, ret_feed);
    text_buf_release(&reader.list);
    return rc == ERR_NOMEM ? failure_set(reterr, rc, "no memory to read a feed") : rc;
}
