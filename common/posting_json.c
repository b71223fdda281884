/* posting_json.c - scan input and the extract form of DESIGN section 5; see posting.h. */
#include "common/posting.h"

#include <string.h>

static const struct {
    const char *name;
    enum posting_field field;
} FIELDS[] = {{"title", POSTING_TITLE},
              {"company", POSTING_EMPLOYER},
              {"location", POSTING_PLACE},
              {"salary", POSTING_PAY},
              {"text", POSTING_TEXT}};

/* The first name is the one we print. */
static const struct {
    const char *name;
    enum posting_attr attr;
} ATTRS[] = {{"id", POSTING_ID},
             {"url", POSTING_URL},
             {"lang", POSTING_LANG},
             {"date_posted", POSTING_POSTED_AT},
             {"posted_at", POSTING_POSTED_AT},
             {"valid_through", POSTING_VALID_THROUGH},
             {"employment", POSTING_EMPLOYMENT},
             {"source_type", POSTING_SOURCE_TYPE}};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static int member_text(const struct json *node, const char *name, struct slice *ret_text,
                       struct failure *reterr)
{
    const struct json *value = json_get(node, name);
    enum json_kind kind = json_kind_of(value);
    if (kind == JSON_ARRAY || kind == JSON_OBJECT)
        return failure_set(reterr, ERR_SYNTAX, "\"%s\" must be text", name);
    *ret_text = json_scalar_text(value);
    return OK;
}

/* Copies text into arena. False: out of memory. */
static bool keep(struct arena *arena, struct slice text, struct slice *ret_text)
{
    char *copy = arena_copy(arena, text.at, text.len);
    if (copy == NULL)
        return false;
    *ret_text = slice_make(copy, text.len);
    return true;
}

static size_t list_count(const struct json *list)
{
    size_t count = json_kind_of(list) == JSON_ARRAY ? json_count(list) : 0;
    return count > POSTING_LIST_MAX ? POSTING_LIST_MAX : count;
}

/* Items without an address are passed over. */
static int links_read(struct arena *arena, const struct json *list, struct posting *posting)
{
    size_t count = list_count(list), kept = 0;
    struct posting_link *links = arena_calloc(arena, count, sizeof *links);
    if (links == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct json *item = json_at(list, i);
        bool object = json_kind_of(item) == JSON_OBJECT;
        struct slice url = object ? json_get_string(item, "url") : json_string(item);
        struct slice text = object ? json_get_string(item, "text") : SLICE_EMPTY;
        if (url.len == 0)
            continue;
        if (!keep(arena, url, &links[kept].url) || !keep(arena, text, &links[kept].text))
            return ERR_NOMEM;
        kept++;
    }
    posting->links = links;
    posting->links_count = kept;
    return OK;
}

static int images_read(struct arena *arena, const struct json *list, struct posting *posting)
{
    size_t count = list_count(list), kept = 0;
    struct slice *images = arena_calloc(arena, count, sizeof *images);
    if (images == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct slice url = json_string(json_at(list, i));
        if (url.len > 0 && !keep(arena, url, &images[kept++]))
            return ERR_NOMEM;
    }
    posting->images = images;
    posting->images_count = kept;
    return OK;
}

static int members_read(struct arena *arena, const struct json *node, struct posting *posting,
                        struct failure *reterr)
{
    struct slice text;
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        if (member_text(node, FIELDS[i].name, &text, reterr) != OK)
            return ERR_SYNTAX;
        if (posting_set(posting, arena, FIELDS[i].field, text) != OK)
            return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < COUNT(ATTRS); i++) {
        if (member_text(node, ATTRS[i].name, &text, reterr) != OK)
            return ERR_SYNTAX;
        if (text.len > 0 && posting_set_attr(posting, arena, ATTRS[i].attr, text) != OK)
            return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    if (links_read(arena, json_get(node, "links"), posting) != OK ||
        images_read(arena, json_get(node, "images"), posting) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    return OK;
}

int posting_from_json(struct arena *arena, const struct json *node, struct posting *ret_posting,
                      struct slice *ret_html, struct failure *reterr)
{
    struct posting posting;
    struct slice html;
    posting_init(&posting);
    if (json_kind_of(node) != JSON_OBJECT)
        return failure_set(reterr, ERR_SYNTAX, "an ad must be a JSON object");
    int rc = member_text(node, "html", &html, reterr);
    if (rc == OK)
        rc = members_read(arena, node, &posting, reterr);
    if (rc != OK)
        return rc;
    if (html.len == 0 && posting_check(&posting) != OK)
        return failure_set(reterr, ERR_SYNTAX, "an ad needs one of title, text, html");
    *ret_posting = posting;
    *ret_html = html;
    return OK;
}

void posting_to_json(const struct posting *posting, struct json_writer *writer)
{
    json_open_object(writer);
    posting_to_json_members(posting, writer);
    json_close_object(writer);
}

void posting_to_json_members(const struct posting *posting, struct json_writer *writer)
{
    json_put_member_if(writer, "id", posting->attr[POSTING_ID]);
    json_put_member_if(writer, "url", posting->attr[POSTING_URL]);
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        json_put_member_if(writer, FIELDS[i].name, posting->field[FIELDS[i].field]);
    for (size_t i = 2; i < COUNT(ATTRS); i++)
        if (strcmp(ATTRS[i].name, "posted_at") != 0)
            json_put_member_if(writer, ATTRS[i].name, posting->attr[ATTRS[i].attr]);
    json_key(writer, "images");
    json_open_array(writer);
    for (size_t i = 0; i < posting->images_count; i++)
        json_put_string(writer, posting->images[i]);
    json_close_array(writer);
    json_key(writer, "links");
    json_open_array(writer);
    for (size_t i = 0; i < posting->links_count; i++) {
        json_open_object(writer);
        json_put_member(writer, "url", posting->links[i].url);
        json_put_member_if(writer, "text", posting->links[i].text);
        json_close_object(writer);
    }
    json_close_array(writer);
}
