/* feed_json.c - JSON Feed 1.0 and 1.1. */
#include "common/json.h"
#include "crawler/extract/feed_inside.h"

#define DEPTH_MAX 64

/* A string or number of the member, copied: the document does not last. */
static int copy_member(struct feed_reader *reader, const struct json *object, const char *key,
                       struct slice *ret_text)
{
    struct slice text = json_scalar_text(json_get(object, key));
    const char *copy = arena_copy(reader->arena, text.at, text.len);
    if (copy == NULL)
        return ERR_NOMEM;
    *ret_text = slice_trim(slice_make(copy, text.len));
    return OK;
}

static int copy_link(struct feed_reader *reader, const struct json *object, const char *key,
                     struct slice *ret_link)
{
    struct slice link = SLICE_EMPTY;
    int rc = copy_member(reader, object, key, &link);
    return rc == OK ? feed_resolve(reader, link, ret_link) : rc;
}

/* content_html as it is, content_text escaped. */
static int read_content(struct feed_reader *reader, const struct json *item, struct slice *ret_html)
{
    int rc = copy_member(reader, item, "content_html", ret_html);
    if (rc != OK || ret_html->len > 0)
        return rc;
    rc = copy_member(reader, item, "content_text", ret_html);
    return rc == OK ? feed_escape(reader->arena, *ret_html, ret_html) : rc;
}

static int read_entry(struct feed_reader *reader, const struct json *item, struct feed_entry *entry)
{
    const struct json *authors = json_get(item, "authors");
    const struct json *author =
        json_count(authors) > 0 ? json_at(authors, 0) : json_get(item, "author");
    const struct {
        const struct json *from;
        const char *key;
        struct slice *to;
    } members[] = {
        {item, "title", &entry->title},           {item, "id", &entry->id},
        {item, "summary", &entry->summary},       {item, "date_published", &entry->published},
        {item, "date_modified", &entry->updated}, {author, "name", &entry->author}};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof members / sizeof members[0]; i++)
        rc = copy_member(reader, members[i].from, members[i].key, members[i].to);
    if (rc == OK)
        rc = feed_squeeze(reader->arena, entry->title, &entry->title);
    if (rc == OK)
        rc = feed_escape(reader->arena, entry->summary, &entry->summary);
    if (rc == OK)
        rc = copy_link(reader, item, "url", &entry->link);
    if (rc == OK && entry->link.len == 0)
        rc = copy_link(reader, item, "external_url", &entry->link);
    if (rc == OK && entry->link.len == 0 && slice_starts(entry->id, "http"))
        entry->link = entry->id;
    return rc == OK ? read_content(reader, item, &entry->content) : rc;
}

int feed_read_json(struct feed_reader *reader, struct slice text, struct failure *reterr)
{
    struct json_doc *doc = NULL;
    int rc = json_parse(text, false, DEPTH_MAX, &doc, reterr);
    if (rc != OK) {
        failure_prefix(reterr, "JSON feed");
        return rc != ERR_LIMIT
                   ? rc
                   : failure_set(reterr, ERR_SYNTAX, "JSON feed nested deeper than %d", DEPTH_MAX);
    }
    const struct json *root = json_root(doc), *items = json_get(root, "items");
    rc = copy_member(reader, root, "title", &reader->feed.title);
    if (rc == OK)
        rc = copy_link(reader, root, "home_page_url", &reader->feed.link);
    for (size_t i = 0; rc == OK && !reader->feed.cut && i < json_count(items); i++) {
        struct feed_entry entry;
        feed_entry_init(&entry);
        rc = read_entry(reader, json_at(items, i), &entry);
        if (rc == OK)
            rc = feed_add(reader, &entry);
    }
    json_free(doc);
    return rc;
}
