/* thing.c - things and their properties; see thing.h. */
#include "crawler/extract/thing.h"

#include "crawler/extract/html_text.h"

#include <string.h>

#define VALUE_BYTES_MAX (1u << 20)

void things_init(struct things *things, struct arena *arena)
{
    *things = (struct things){.arena = arena};
}

struct thing *things_add(struct things *things, enum thing_syntax syntax)
{
    if (things->count == THINGS_MAX) {
        things->cut = true;
        return NULL;
    }
    if (things->count == things->capacity) {
        size_t more = things->capacity == 0 ? 16 : things->capacity * 2;
        struct thing **list = arena_calloc(things->arena, more, sizeof(struct thing *));
        if (list == NULL)
            return NULL;
        if (things->count > 0)
            memcpy(list, things->list, things->count * sizeof(struct thing *));
        things->list = list;
        things->capacity = more;
    }
    struct thing *thing = arena_alloc(things->arena, sizeof *thing);
    if (thing == NULL)
        return NULL;
    thing->types = thing->id = SLICE_EMPTY;
    thing->syntax = syntax;
    things->list[things->count++] = thing;
    return thing;
}

void thing_add(struct things *things, struct thing *thing, struct thing_prop prop)
{
    if (things->props_count == THING_PROPS_MAX) {
        things->cut = true;
        return;
    }
    struct thing_prop *added = arena_alloc(things->arena, sizeof *added);
    if (added == NULL) {
        things->cut = true;
        return;
    }
    things->props_count++;
    *added = prop;
    added->next = NULL;
    if (thing->last == NULL)
        thing->first = added;
    else
        thing->last->next = added;
    thing->last = added;
}

int thing_text(struct things *things, const struct html_tree *tree, uint32_t node,
               struct slice *ret_text)
{
    struct text_buf buf;
    *ret_text = SLICE_EMPTY;
    if (things->text_bytes >= THING_TEXT_BYTES_MAX) {
        things->cut = true;
        return OK;
    }
    text_buf_init(&buf, VALUE_BYTES_MAX);
    html_text_append(tree, node, &(struct html_text_options){.keep_controls = true}, &buf);
    things->text_bytes += buf.len;
    char *copy = arena_copy(things->arena, text_buf_cstr(&buf), buf.len);
    if (copy != NULL)
        *ret_text = slice_trim(slice_make(copy, buf.len));
    text_buf_release(&buf);
    return copy == NULL ? ERR_NOMEM : OK;
}

bool thing_is(const struct thing *thing, const char *type)
{
    struct slice rest = thing->types, wanted = slice_of(type);
    while (rest.len > 0) {
        size_t end = slice_find_char(rest, ' ');
        if (slice_equal_nocase(slice_sub(rest, 0, end), wanted))
            return true;
        if (end == SIZE_MAX)
            return false;
        rest = slice_from(rest, end + 1);
    }
    return false;
}

const struct thing_prop *thing_next(const struct thing_prop *prop, const char *name)
{
    struct slice wanted = slice_of(name);
    while (prop != NULL && !slice_equal_nocase(prop->name, wanted))
        prop = prop->next;
    return prop;
}

const struct thing_prop *thing_get(const struct thing *thing, const char *name)
{
    return thing == NULL ? NULL : thing_next(thing->first, name);
}

const struct thing *things_resolve(const struct things *things, const struct thing *thing)
{
    if (thing == NULL || thing->first != NULL || thing->id.len == 0)
        return thing;
    for (size_t i = 0; i < things->count; i++)
        if (things->list[i]->first != NULL && slice_equal(things->list[i]->id, thing->id))
            return things->list[i];
    return thing;
}

struct slice thing_short_name(struct slice name)
{
    static const char *const prefixes[] = {"https://schema.org/",
                                           "http://schema.org/",
                                           "https://www.schema.org/",
                                           "http://www.schema.org/",
                                           "schema:",
                                           "schema.org/"};
    name = slice_trim(name);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (slice_starts_nocase(name, prefixes[i])) {
            name = slice_from(name, strlen(prefixes[i]));
            break;
        }
    return name;
}

struct slice thing_types(struct things *things, struct slice written, int *ret_rc)
{
    struct text_buf buf;
    struct slice types = SLICE_EMPTY;
    text_buf_init(&buf, 1024);
    while ((written = slice_trim(written)).len > 0) {
        size_t end = 0;
        while (end < written.len && !html_is_space(written.at[end]))
            end++;
        if (buf.len > 0)
            text_buf_add_char(&buf, ' ');
        text_buf_add_slice(&buf, thing_short_name(slice_sub(written, 0, end)));
        written = slice_from(written, end);
    }
    char *copy = arena_copy(things->arena, text_buf_cstr(&buf), buf.len);
    if (copy == NULL)
        *ret_rc = ERR_NOMEM;
    else
        types = slice_make(copy, buf.len);
    text_buf_release(&buf);
    return types;
}
