/* conditions.c - the lists of conditions.h written and read back. */
#include "common/conditions.h"

#include "common/verdict.h"

#include <string.h>

#define LIST_MAX   256u
#define NUMBER_MAX 10000

static const char *const KINDS[CONDITION_KIND_COUNT] = {
    [CONDITION_AGE] = "age",
    [CONDITION_SEX] = "sex",
    [CONDITION_NATIONALITY] = "nationality",
    [CONDITION_EXPERIENCE] = "experience",
    [CONDITION_SCHOOLING] = "schooling",
    [CONDITION_LANGUAGE] = "language",
    [CONDITION_TYPING] = "typing",
    [CONDITION_TICKET] = "ticket",
    [CONDITION_LODGING] = "lodging",
    [CONDITION_MEALS] = "meals",
    [CONDITION_VISA] = "visa",
    [CONDITION_PAPERS] = "papers",
    [CONDITION_ADVANCE] = "advance",
    [CONDITION_BONUS] = "bonus",
    [CONDITION_COMMISSION] = "commission",
    [CONDITION_PENALTY] = "penalty",
    [CONDITION_SHIFT] = "shift",
    [CONDITION_DAYS_OFF] = "days-off",
};

const char *condition_kind_name(enum condition_kind kind)
{
    return KINDS[kind];
}

static bool kind_from_name(struct slice name, enum condition_kind *ret_kind)
{
    for (int i = 0; i < CONDITION_KIND_COUNT; i++)
        if (slice_is(name, KINDS[i])) {
            *ret_kind = (enum condition_kind)i;
            return true;
        }
    return false;
}

/* ---- writing ---- */

static void span_write(struct json_writer *writer, int field, uint32_t start, uint32_t end)
{
    if (field == FINDING_NO_FIELD)
        return;
    json_put_member(writer, "field", slice_of(posting_field_name((enum posting_field)field)));
    json_put_member_int(writer, "start", start);
    json_put_member_int(writer, "end", end);
}

void conditions_to_json(const struct conditions *conditions, struct json_writer *writer)
{
    if (conditions->count == 0)
        return;
    json_key(writer, "conditions");
    json_open_array(writer);
    for (size_t i = 0; i < conditions->count; i++) {
        const struct condition_found *found = &conditions->list[i];
        json_open_object(writer);
        json_put_member(writer, "kind", slice_of(KINDS[found->kind]));
        json_put_member_if(writer, "value", slice_of(found->value));
        if (found->has_number) {
            json_put_member_int(writer, "min", found->least);
            json_put_member_int(writer, "max", found->most);
        }
        span_write(writer, found->field, found->start_bytes, found->end_bytes);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void language_parts_to_json(const struct language_parts *parts, struct json_writer *writer)
{
    if (parts->count == 0)
        return;
    json_key(writer, "languages");
    json_open_array(writer);
    for (size_t i = 0; i < parts->count; i++) {
        const struct language_part *part = &parts->list[i];
        json_open_object(writer);
        json_put_member(writer, "language", part->language);
        span_write(writer, part->field, part->start_bytes, part->end_bytes);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* ---- reading: the writer may be a worker that hostile bytes took over ---- */

/* Letters, digits and dashes: an enumerated word or a language tag. */
static bool is_tag(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char small = (char)(text.at[i] | 0x20);
        bool letter = small >= 'a' && small <= 'z';
        if (!letter && text.at[i] != '-' && !(text.at[i] >= '0' && text.at[i] <= '9'))
            return false;
    }
    return text.len < CONDITION_VALUE_BYTES;
}

static bool span_read(const struct json *node, int *ret_field, uint32_t *ret_start,
                      uint32_t *ret_end)
{
    enum posting_field field;
    *ret_field = FINDING_NO_FIELD;
    *ret_start = *ret_end = 0;
    if (json_get(node, "field") == NULL)
        return true;
    int64_t start = json_int(json_get(node, "start"), -1);
    int64_t end = json_int(json_get(node, "end"), -1);
    if (!posting_field_from_name(json_get_string(node, "field"), &field) || start < 0 ||
        end < start || end > POSTING_FIELD_BYTES_MAX)
        return false;
    *ret_field = (int)field;
    *ret_start = (uint32_t)start;
    *ret_end = (uint32_t)end;
    return true;
}

static int list_make(struct arena *arena, const struct json *node, size_t item_bytes,
                     void **ret_items, size_t *ret_count)
{
    size_t count = json_count(node);
    if (json_kind_of(node) != JSON_ARRAY)
        return ERR_SYNTAX;
    if (count > LIST_MAX)
        return ERR_LIMIT;
    *ret_items = arena_calloc(arena, count + 1, item_bytes);
    *ret_count = count;
    return *ret_items == NULL ? ERR_NOMEM : OK;
}

static bool condition_read(const struct json *node, struct condition_found *found)
{
    struct slice value = json_get_string(node, "value");
    int64_t least = json_int(json_get(node, "min"), 0), most = json_int(json_get(node, "max"), 0);
    if (!kind_from_name(json_get_string(node, "kind"), &found->kind) || !is_tag(value) ||
        least < 0 || most < least || most > NUMBER_MAX)
        return false;
    memcpy(found->value, value.at, value.len);
    found->has_number = json_get(node, "min") != NULL;
    found->least = (int32_t)least;
    found->most = (int32_t)most;
    return span_read(node, &found->field, &found->start_bytes, &found->end_bytes);
}

int conditions_from_json(struct arena *arena, const struct json *node,
                         struct conditions *ret_conditions)
{
    void *items = NULL;
    size_t count = 0;
    *ret_conditions = (struct conditions){NULL, 0};
    if (node == NULL)
        return OK;
    int rc = list_make(arena, node, sizeof(struct condition_found), &items, &count);
    if (rc != OK)
        return rc;
    struct condition_found *list = items;
    for (size_t i = 0; i < count; i++)
        if (!condition_read(json_at(node, i), &list[i]))
            return ERR_SYNTAX;
    *ret_conditions = (struct conditions){list, count};
    return OK;
}

int language_parts_from_json(struct arena *arena, const struct json *node,
                             struct language_parts *ret_parts)
{
    void *items = NULL;
    size_t count = 0;
    *ret_parts = (struct language_parts){NULL, 0};
    if (node == NULL)
        return OK;
    int rc = list_make(arena, node, sizeof(struct language_part), &items, &count);
    if (rc != OK)
        return rc;
    struct language_part *list = items;
    for (size_t i = 0; i < count; i++) {
        struct slice language = json_get_string(json_at(node, i), "language");
        struct language_part *part = &list[i];
        char *copy = arena_copy(arena, language.at, language.len);
        if (copy == NULL)
            return ERR_NOMEM;
        part->language = slice_make(copy, language.len);
        if (!is_tag(language) || language.len == 0 ||
            !span_read(json_at(node, i), &part->field, &part->start_bytes, &part->end_bytes))
            return ERR_SYNTAX;
    }
    *ret_parts = (struct language_parts){list, count};
    return OK;
}
