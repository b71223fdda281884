/* sitemap.c - addresses out of sitemaps, one pass, no tree.
 *
 * The protocol's elements are taken by name, in its namespace, in none or in that of the document
 * element (many generators misspell it); elements of other vocabularies (image:loc, video:…) are
 * not pages. An address that is not closed, repeated or left without its <url> is still an address.
 */
#include "crawler/extract/sitemap.h"

#include "crawler/extract/xml_scan.h"

#include <string.h>

#define DETECT_BYTES_MAX 65536u

struct reader {
    struct arena *arena;
    size_t urls_max;
    struct text_buf list; /* of struct sitemap_url */
    struct xml_scan scan;
    enum xml_space root_space;
    bool odd_namespace;
    struct sitemap_url entry; /* of feeds: the item being read */
    bool has_entry;
    bool cut;
};

const char *sitemap_type_name(enum sitemap_type type)
{
    static const char *const names[] = {"none", "urlset", "index", "text", "rss", "atom"};
    return names[type];
}

/* ---- what it is ---- */

static bool is_address(struct slice line)
{
    return slice_starts_nocase(line, "http://") || slice_starts_nocase(line, "https://");
}

static struct slice first_line(struct slice text)
{
    struct slice line = SLICE_EMPTY;
    while (line.len == 0 && slice_next_line(&text, &line))
        line = slice_trim(line);
    return line;
}

enum sitemap_type sitemap_detect(struct slice text)
{
    static const struct {
        const char *root;
        enum sitemap_type type;
    } roots[] = {{"urlset", SITEMAP_URLSET}, {"sitemapindex", SITEMAP_INDEX},
                 {"url", SITEMAP_URLSET},    {"sitemap", SITEMAP_INDEX},
                 {"rss", SITEMAP_RSS},       {"RDF", SITEMAP_RSS},
                 {"channel", SITEMAP_RSS},   {"feed", SITEMAP_ATOM}};
    struct slice start = slice_sub(text, 0, DETECT_BYTES_MAX);
    if (is_address(first_line(start)))
        return SITEMAP_TEXT;
    struct slice root = xml_root_name(start);
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (slice_equal_nocase(root, slice_of(roots[i].root)))
            return roots[i].type;
    return SITEMAP_NONE;
}

/* ---- the list ---- */

static int list_add(struct reader *reader, const struct sitemap_url *url)
{
    if (url->loc.len == 0 || url->loc.len > SITEMAP_URL_BYTES_MAX)
        return OK;
    if (reader->list.len / sizeof *url >= reader->urls_max) {
        reader->cut = true;
        return OK;
    }
    return text_buf_add(&reader->list, (const char *)url, sizeof *url) == OK ? OK : ERR_NOMEM;
}

/* lastmod that stands behind its address. */
static void list_set_lastmod(struct reader *reader, struct slice lastmod)
{
    struct sitemap_url last;
    if (reader->list.len < sizeof last)
        return;
    char *at = reader->list.at + reader->list.len - sizeof last;
    memcpy(&last, at, sizeof last);
    last.lastmod = lastmod;
    memcpy(at, &last, sizeof last);
}

static int list_give(struct reader *reader, struct sitemap *sitemap)
{
    size_t count = reader->list.len / sizeof(struct sitemap_url);
    struct sitemap_url *urls = arena_calloc(reader->arena, count, sizeof *urls);
    if (urls == NULL)
        return ERR_NOMEM;
    if (count > 0)
        memcpy(urls, reader->list.at, reader->list.len);
    sitemap->urls = urls;
    sitemap->urls_count = count;
    sitemap->cut = reader->cut;
    sitemap->broken = reader->scan.broken;
    sitemap->odd_namespace = reader->odd_namespace;
    return OK;
}

/* ---- urlset and sitemapindex ---- */

static bool is_ours(const struct reader *reader)
{
    enum xml_space space = reader->scan.space;
    return space == SPACE_SITEMAP || space == SPACE_NONE ||
           (space == reader->root_space && reader->scan.prefix.len == 0);
}

/* An address that stands in <url> or <sitemap> without its <loc>. */
static int read_bare(struct reader *reader)
{
    struct sitemap_url url = {SLICE_EMPTY, SLICE_EMPTY};
    int rc = xml_direct_text(&reader->scan, reader->arena, &url.loc);
    return rc == OK && is_address(url.loc) ? list_add(reader, &url) : rc;
}

/* One element of ours. lastmod may stand before or behind its loc. */
static int read_element(struct reader *reader, struct slice *lastmod, bool *has_loc)
{
    struct xml_scan *scan = &reader->scan;
    int rc = OK;
    if (slice_is(scan->name, "url") || slice_is(scan->name, "sitemap")) {
        rc = read_bare(reader);
        *has_loc = false;
        *lastmod = SLICE_EMPTY;
    } else if (slice_is(scan->name, "loc")) {
        struct sitemap_url url = {SLICE_EMPTY, *lastmod};
        rc = xml_direct_text(scan, reader->arena, &url.loc);
        if (rc == OK)
            rc = list_add(reader, &url);
        *has_loc = true;
    } else if (slice_is(scan->name, "lastmod")) {
        rc = xml_direct_text(scan, reader->arena, lastmod);
        if (*has_loc)
            list_set_lastmod(reader, *lastmod);
    }
    return rc;
}

/* Is it inside one of its own kind, which then was not closed? Such a one is closed, so that a long
 * row of them does not reach the limit of depth. */
static bool was_left_open(struct reader *reader)
{
    struct xml_scan *scan = &reader->scan;
    const struct slice qname = scan->stack[scan->open - 1].qname;
    for (unsigned level = scan->open - 1; level > 0; level--)
        if (slice_equal(scan->stack[level - 1].qname, qname)) {
            xml_put_back(scan);
            xml_close_down(scan, level);
            return true;
        }
    return false;
}

static int read_urls(struct reader *reader)
{
    struct xml_scan *scan = &reader->scan;
    bool has_loc = false; /* in this <url> */
    struct slice lastmod = SLICE_EMPTY;
    int rc = OK;
    while (rc == OK && !reader->cut) {
        enum xml_token token = xml_next(scan);
        if (token == XML_END)
            break;
        if (token != XML_OPEN)
            continue;
        if (scan->depth == 1)
            reader->root_space = scan->space;
        reader->odd_namespace |= scan->depth == 1 && scan->space == SPACE_OTHER;
        if (is_ours(reader) && !was_left_open(reader))
            rc = read_element(reader, &lastmod, &has_loc);
    }
    return rc;
}

/* ---- feeds ---- */

static int entry_end(struct reader *reader)
{
    bool had = reader->has_entry;
    reader->has_entry = false;
    return had ? list_add(reader, &reader->entry) : OK;
}

static int entry_link(struct reader *reader)
{
    struct slice href = SLICE_EMPTY, rel = SLICE_EMPTY;
    if (!xml_attr(&reader->scan, "href", &href)) {
        struct slice text = SLICE_EMPTY;
        int rc = xml_direct_text(&reader->scan, reader->arena, &text);
        if (text.len > 0)
            reader->entry.loc = text;
        return rc;
    }
    if (xml_attr(&reader->scan, "rel", &rel) && !slice_is(rel, "alternate"))
        return OK;
    return reader->entry.loc.len > 0
               ? OK
               : xml_attr_text(&reader->scan, reader->arena, "href", &reader->entry.loc);
}

static int entry_guid(struct reader *reader)
{
    struct slice is_link = SLICE_EMPTY, text = SLICE_EMPTY;
    bool no = xml_attr(&reader->scan, "isPermaLink", &is_link) && !slice_is(is_link, "true");
    int rc = xml_direct_text(&reader->scan, reader->arena, &text);
    if (!no && reader->entry.loc.len == 0 && is_address(text))
        reader->entry.loc = text;
    return rc;
}

static bool is_date(struct slice name)
{
    return slice_is(name, "pubDate") || slice_is(name, "updated") || slice_is(name, "modified") ||
           slice_is(name, "date");
}

static int read_entries(struct reader *reader)
{
    struct xml_scan *scan = &reader->scan;
    int rc = OK;
    for (enum xml_token token = xml_next(scan); rc == OK && token != XML_END && !reader->cut;
         token = xml_next(scan)) {
        bool is_entry = slice_is(scan->name, "item") || slice_is(scan->name, "entry");
        if (token != XML_TEXT && is_entry) {
            rc = entry_end(reader);
            reader->entry = (struct sitemap_url){SLICE_EMPTY, SLICE_EMPTY};
            reader->has_entry = token == XML_OPEN;
        } else if (token == XML_OPEN && reader->has_entry) {
            if (slice_is(scan->name, "link"))
                rc = entry_link(reader);
            else if (slice_is(scan->name, "guid"))
                rc = entry_guid(reader);
            else if (is_date(scan->name))
                rc = xml_direct_text(&reader->scan, reader->arena, &reader->entry.lastmod);
        }
    }
    return rc;
}

/* ---- text ---- */

static int read_lines(struct reader *reader, struct slice text)
{
    struct slice line = SLICE_EMPTY;
    int rc = OK;
    while (rc == OK && !reader->cut && slice_next_line(&text, &line)) {
        struct sitemap_url url = {slice_trim(line), SLICE_EMPTY};
        if (is_address(url.loc))
            rc = list_add(reader, &url);
    }
    return rc;
}

/* ---- scope ---- */

bool sitemap_covers(const char *sitemap_url, struct slice loc)
{
    struct slice base = slice_of(sitemap_url);
    size_t scheme = slice_find(base, SLICE("://"));
    if (scheme == SIZE_MAX)
        return true;
    size_t end = slice_find_char(base, '?');
    base = slice_sub(base, 0, end);
    end = slice_find_char(slice_from(base, scheme + 3), '/');
    size_t host_end = end == SIZE_MAX ? base.len : scheme + 3 + end;
    for (end = base.len; end > host_end && base.at[end - 1] != '/';)
        end--;
    struct slice directory = slice_sub(base, host_end, end - host_end);
    struct slice path = slice_from(loc, host_end);
    return slice_equal_nocase(slice_sub(base, 0, host_end), slice_sub(loc, 0, host_end)) &&
           (directory.len <= 1 ? path.len == 0 || strchr("/?#", path.at[0]) != NULL
                               : slice_equal(slice_sub(path, 0, directory.len), directory));
}

int sitemap_read(struct arena *arena, struct slice text, size_t urls_max,
                 struct sitemap *ret_sitemap, struct failure *reterr)
{
    struct sitemap sitemap = {.type = sitemap_detect(text)};
    struct reader reader = {.arena = arena, .urls_max = urls_max, .root_space = SPACE_NONE};
    int rc = OK;
    if (sitemap.type == SITEMAP_NONE)
        return failure_set(
            reterr, ERR_SYNTAX,
            "no sitemap: neither <urlset>, <sitemapindex>, a feed nor a list of addresses");
    text_buf_init(&reader.list, (urls_max + 1) * sizeof(struct sitemap_url));
    xml_scan_init(&reader.scan, text);
    if (sitemap.type == SITEMAP_TEXT)
        rc = read_lines(&reader, text);
    else if (sitemap.type == SITEMAP_RSS || sitemap.type == SITEMAP_ATOM)
        rc = read_entries(&reader);
    else
        rc = read_urls(&reader);
    if (rc == OK)
        rc = list_give(&reader, &sitemap);
    text_buf_release(&reader.list);
    if (rc != OK)
        return failure_set(reterr, rc, "no memory to read a sitemap");
    *ret_sitemap = sitemap;
    return OK;
}
