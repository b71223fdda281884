/* source_extract.c - `extract:` of a source file: checked here, kept as JSON for the workers, its
 * follow globs kept for ourselves; the members are those of crawler/extract/rules.h. */
#include "common/json.h"
#include "crawler/extract/rules.h"
#include "crawler/source_inside.h"

#include <string.h>

#define JSON_BYTES_MAX 65536u

static const char *const FIELDS[] = {"id",  "title",     "text",          "employer", "place",
                                     "pay", "posted_at", "valid_through", NULL};
static const char *const ITEM_FIELDS[] = {"path",      "url",           "id",    "title",
                                          "text",      "employer",      "place", "pay",
                                          "posted_at", "valid_through", NULL};
static const char *const PAGING_FIELDS[] = {"parameter", "template",     "from", "step",
                                            "token",     "url",          "more", "total",
                                            "pages_max", "newest_first", NULL};

static int put_text(struct source_reader *reader, const struct yaml *node, struct json_writer *out)
{
    if (yaml_kind_of(node) != YAML_SCALAR || yaml_text(node).len == 0)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr, "a text is wanted");
    json_put_string(out, yaml_text(node));
    return OK;
}

/* A mapping of keys to texts. */
static int put_mapping(struct source_reader *reader, const struct yaml *node,
                       const char *const *keys, struct json_writer *out)
{
    if (yaml_kind_of(node) != YAML_MAPPING)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr, "a mapping is wanted");
    int rc = yaml_known_keys(reader->doc, node, keys, reader->reterr);
    json_open_object(out);
    for (size_t i = 0; rc == OK && keys[i] != NULL; i++) {
        const struct yaml *value = yaml_get(node, keys[i]);
        if (value == NULL)
            continue;
        json_key(out, keys[i]);
        if (strcmp(keys[i], "path") == 0 && yaml_kind_of(value) == YAML_SCALAR)
            json_put_string(out, yaml_text(value)); /* '': the root */
        else
            rc = put_text(reader, value, out);
    }
    if (rc == OK) /* else all of it is thrown away, perhaps with a key that got no value */
        json_close_object(out);
    return rc;
}

static int put_list(struct source_reader *reader, const struct yaml *node, struct json_writer *out)
{
    int rc = OK;
    if (yaml_kind_of(node) != YAML_SEQUENCE || yaml_count(node) == 0)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr, "a list is wanted");
    json_open_array(out);
    for (size_t i = 0; rc == OK && i < yaml_count(node); i++)
        rc = put_text(reader, yaml_at(node, i), out);
    if (rc == OK)
        json_close_array(out);
    return rc;
}

/* ---- follow ---- */

/* As it would stand in a URL: what is no ASCII, and spaces, as %XX. */
static int copy_glob(struct source_reader *reader, struct slice text, struct slice *ret_pattern)
{
    char *at = arena_alloc(reader->parts->arena, 3 * text.len + 1);
    size_t len = 0;
    if (at == NULL)
        return source_no_memory(reader);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte > ' ' && byte < 0x7f) {
            at[len++] = (char)byte;
            continue;
        }
        at[len++] = '%';
        at[len++] = "0123456789ABCDEF"[byte >> 4];
        at[len++] = "0123456789ABCDEF"[byte & 15];
    }
    *ret_pattern = slice_make(at, len);
    return OK;
}

static int add_glob(struct source_reader *reader, const struct yaml *node, enum source_kind kind)
{
    struct source_parts *parts = reader->parts;
    struct slice text = yaml_text(node);
    bool whole = slice_starts(text, "http");
    if (!whole && !slice_starts(text, "/") && !slice_starts(text, "*"))
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a pattern of follow begins with '/', '*' or 'http': '/job/*'");
    if (parts->globs == NULL)
        parts->globs = arena_calloc(parts->arena, SOURCE_GLOBS_MAX, sizeof *parts->globs);
    if (parts->globs == NULL)
        return source_no_memory(reader);
    if (parts->globs_count == SOURCE_GLOBS_MAX)
        return yaml_fail(reader->doc, node, ERR_LIMIT, reader->reterr,
                         "more than %u patterns of follow", SOURCE_GLOBS_MAX);
    struct source_glob *glob = &parts->globs[parts->globs_count++];
    *glob = (struct source_glob){SLICE_EMPTY, whole, kind};
    return copy_glob(reader, text, &glob->pattern);
}

static int put_follow(struct source_reader *reader, const struct yaml *node,
                      struct json_writer *out)
{
    static const char *const keys[] = {"posting", "listing", NULL};
    static const enum source_kind kinds[] = {SOURCE_POSTING, SOURCE_LISTING};
    if (yaml_kind_of(node) != YAML_MAPPING)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "follow is a mapping: posting: ['/job/*'], listing: ['/jobs?page=*']");
    int rc = yaml_known_keys(reader->doc, node, keys, reader->reterr);
    json_open_object(out);
    for (size_t k = 0; rc == OK && keys[k] != NULL; k++) {
        const struct yaml *list = yaml_get(node, keys[k]);
        if (list == NULL)
            continue;
        json_key(out, keys[k]);
        rc = put_list(reader, list, out);
        for (size_t i = 0; rc == OK && i < yaml_count(list); i++)
            rc = add_glob(reader, yaml_at(list, i), kinds[k]);
    }
    if (rc == OK)
        json_close_object(out);
    return rc;
}

/* ---- the whole ---- */

static int put_items(struct source_reader *reader, const struct yaml *node, struct json_writer *out)
{
    int rc = put_mapping(reader, node, ITEM_FIELDS, out);
    if (rc == OK && yaml_get(node, "path") == NULL)
        rc = yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                       "items needs 'path', the place of an item: '/offers/offer'");
    return rc;
}

static int check_paging(struct source_reader *reader, const struct yaml *node)
{
    static const char *const ways[] = {"parameter", "template", "url"};
    size_t given = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        given += yaml_get(node, ways[i]) != NULL;
    if (given != 1)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "paging needs one of parameter (a member of the query), template (the "
                         "number stands in the path: 'https://…/{page}') and url (a path in the "
                         "answer)");
    return OK;
}

static int put_paging(struct source_reader *reader, const struct yaml *node,
                      struct json_writer *out)
{
    int rc = put_mapping(reader, node, PAGING_FIELDS, out);
    return rc == OK ? check_paging(reader, node) : rc;
}

static int put_member(struct source_reader *reader, const char *key, const struct yaml *node,
                      struct json_writer *out)
{
    json_key(out, key);
    if (strcmp(key, "paging") == 0)
        return put_paging(reader, node, out);
    if (strcmp(key, "detail") == 0)
        return put_mapping(reader, node, ITEM_FIELDS, out);
    if (strcmp(key, "follow") == 0)
        return put_follow(reader, node, out);
    if (strcmp(key, "fields") == 0)
        return put_mapping(reader, node, FIELDS, out);
    if (strcmp(key, "items") == 0)
        return put_items(reader, node, out);
    return strcmp(key, "expired") == 0 ? put_list(reader, node, out) : put_text(reader, node, out);
}

#define JSON_DEPTH_MAX 8

/* The member that a complaint of the workers' reader names: one of fields where none of these. */
static const struct yaml *blamed(const struct yaml *node, const char *why)
{
    static const char *const named[] = {"links",  "next",  "expired", "paging",
                                        "detail", "items", "html"};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (yaml_get(node, named[i]) != NULL && strstr(why, named[i]) != NULL)
            return yaml_get(node, named[i]);
    const struct yaml *fields = yaml_get(node, "fields");
    return fields != NULL ? fields : node;
}

/* The rules as the workers will read them, so that their complaint stands at its line: a selector
 * that does not compile, a template without its number. */
static int check_rules(struct source_reader *reader, const struct yaml *node, struct slice json)
{
    struct json_doc *doc = NULL;
    struct extract_rules *rules = NULL;
    struct failure why = {.code = OK};
    int rc = json_parse(json, true, JSON_DEPTH_MAX, &doc, &why);
    if (rc == OK)
        rc = extract_rules_from_json(json_root(doc), &rules, &why);
    extract_rules_free(rules);
    json_free(doc);
    return rc == OK
               ? OK
               : yaml_fail(reader->doc, blamed(node, why.text), rc, reader->reterr, "%s", why.text);
}

int source_read_extract(struct source_reader *reader, const struct yaml *node)
{
    static const char *const keys[] = {"links", "next",   "follow", "fields", "expired",
                                       "items", "detail", "html",   "paging", NULL};
    struct text_buf text;
    struct json_writer out;
    if (yaml_kind_of(node) != YAML_MAPPING)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "extract is a mapping: links, next, follow, fields, expired, items, "
                         "detail, html, paging");
    int rc = yaml_known_keys(reader->doc, node, keys, reader->reterr);
    text_buf_init(&text, JSON_BYTES_MAX);
    json_writer_init(&out, &text);
    json_open_object(&out);
    for (size_t i = 0; rc == OK && keys[i] != NULL; i++) {
        const struct yaml *value = yaml_get(node, keys[i]);
        if (value != NULL)
            rc = put_member(reader, keys[i], value, &out);
    }
    if (rc == OK)
        json_close_object(&out);
    if (rc == OK && text_buf_status(&text) == ERR_LIMIT)
        rc = yaml_fail(reader->doc, node, ERR_LIMIT, reader->reterr,
                       "extract is larger than %u bytes as JSON", JSON_BYTES_MAX);
    if (rc == OK && text_buf_status(&text) == OK)
        rc = check_rules(reader, node, text_buf_slice(&text));
    if (rc == OK) {
        const char *copy = text_buf_status(&text) == OK
                               ? arena_copy(reader->parts->arena, text.at, text.len)
                               : NULL;
        if (copy != NULL)
            reader->parts->source.extract_json = copy;
        else
            rc = source_no_memory(reader);
    }
    text_buf_release(&text);
    return rc;
}
