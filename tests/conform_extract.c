/* conform_extract.c - answers suites of charset labels and sniffing, character references,
 * sitemaps and feeds. */
#include "crawler/extract/charref.h"
#include "crawler/extract/charset.h"
#include "crawler/extract/feed.h"
#include "crawler/extract/inflate.h"
#include "crawler/extract/sitemap.h"
#include "tests/conform.h"

#define BYTES_MAX (64u << 20)

void conform_label(const struct json *in, struct arena *arena, struct json_writer *out)
{
    const char *name = charset_from_label(json_get_string(in, "label"));
    (void)arena;
    json_put_member(out, "encoding", slice_of(name));
}

void conform_charset(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct slice bytes = conform_bytes(in, "input_b64", arena);
    json_put_member(out, "encoding", slice_of(charset_sniff(bytes, "")));
}

void conform_charref(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct slice text = SLICE_EMPTY;
    if (charref_decode(arena, json_get_string(in, "input"), false, &text) == OK)
        json_put_member(out, "text", text);
    else
        json_put_member(out, "error", SLICE("no memory"));
}

/* Content of a member as text: unpacked and decoded. */
static int text_of(const struct json *in, struct arena *arena, const char *content_type,
                   struct slice *ret_text, struct failure *reterr)
{
    const struct charset_hint hint = {content_type, true};
    struct slice bytes = conform_bytes(in, "content_b64", arena);
    int rc = inflate_body(arena, bytes, "", BYTES_MAX, &bytes, reterr);
    return rc == OK ? charset_decode(arena, bytes, &hint, ret_text, NULL) : rc;
}

static const char *string_of(const struct json *in, const char *key, struct arena *arena)
{
    struct slice text = json_get_string(in, key);
    const char *copy = arena_copy(arena, text.at, text.len);
    return copy == NULL ? "" : copy;
}

void conform_sitemap(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct sitemap sitemap = {0};
    struct slice text = SLICE_EMPTY;
    struct failure why = {0};
    const char *url = string_of(in, "url", arena);
    int rc = text_of(in, arena, string_of(in, "content_type", arena), &text, &why);
    if (rc == OK)
        rc = sitemap_read(arena, text, SITEMAP_URLS_MAX, &sitemap, &why);
    if (rc != OK) {
        json_put_member(out, "error", slice_of(why.text));
        return;
    }
    json_put_member(out, "type", slice_of(sitemap_type_name(sitemap.type)));
    json_key(out, "urls");
    json_open_array(out);
    bool vouched = sitemap.type == SITEMAP_INDEX || sitemap.type >= SITEMAP_RSS;
    for (size_t i = 0; i < sitemap.urls_count; i++) {
        if (!vouched && !sitemap_covers(url, sitemap.urls[i].loc))
            continue;
        json_open_object(out);
        json_put_member(out, "loc", sitemap.urls[i].loc);
        json_put_member_if(out, "lastmod", sitemap.urls[i].lastmod);
        json_close_object(out);
    }
    json_close_array(out);
    if (sitemap.broken)
        json_put_member(out, "error", SLICE("not well-formed: the urls are what could be read"));
    else if (sitemap.odd_namespace)
        json_put_member(out, "error", SLICE("the namespace is not that of the protocol"));
}

/* A header's value, its name in any case. */
struct header_search {
    const char *name;
    struct slice value;
};

static bool header_each(const char *key, const struct json *value, void *ctx)
{
    struct header_search *search = ctx;
    bool same = slice_equal_nocase(slice_of(key), slice_of(search->name));
    if (same)
        search->value = json_string(value);
    return !same;
}

static void put_entry(const struct feed_entry *entry, struct json_writer *out)
{
    json_open_object(out);
    json_put_member_if(out, "title", entry->title_html.len > 0 ? entry->title_html : entry->title);
    json_put_member_if(out, "link", entry->link);
    json_put_member_if(out, "id", entry->id);
    json_put_member_if(out, "summary", entry->summary.len > 0 ? entry->summary : entry->content);
    json_put_member_if(out, "published", entry->published);
    json_put_member_if(out, "updated", entry->updated);
    json_close_object(out);
}

void conform_feed(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct header_search type = {"content-type", SLICE_EMPTY},
                         place = {"content-location", SLICE_EMPTY};
    struct feed feed = {0};
    struct slice text = SLICE_EMPTY;
    struct failure why = {0};
    json_each(json_get(in, "headers"), header_each, &type);
    json_each(json_get(in, "headers"), header_each, &place);
    const char *content_type = arena_copy(arena, type.value.at, type.value.len);
    const char *url = arena_copy(arena, place.value.at, place.value.len);
    int rc = text_of(in, arena, content_type, &text, &why);
    if (rc == OK)
        rc = feed_read(arena, text, url == NULL ? "" : url, &feed, &why);
    if (rc != OK) {
        json_put_member(out, "error", slice_of(why.text));
        return;
    }
    json_key(out, "feed");
    json_open_object(out);
    json_put_member_if(out, "title", feed.title_html.len > 0 ? feed.title_html : feed.title);
    json_put_member_if(out, "link", feed.link);
    json_close_object(out);
    json_key(out, "entries");
    json_open_array(out);
    for (size_t i = 0; i < feed.entries_count; i++)
        put_entry(&feed.entries[i], out);
    json_close_array(out);
}
