/* items_fields.c - what a field's rule says, taken apart into paths before the body is read, and put
 * together again of what they gave; see items.h. */
#include "crawler/extract/items_inside.h"

#include <string.h>

static int column_of(struct items_columns *columns, struct slice text, unsigned *ret_column)
{
    struct items_path path;
    int rc = items_path_parse(slice_trim(text), &path);
    if (rc != OK)
        return rc;
    if (columns->count == ITEMS_COLUMNS_MAX)
        return ERR_LIMIT;
    columns->path[columns->count] = path;
    *ret_column = columns->count++;
    return OK;
}

static int add_part(struct items_plan *plan, struct items_field *field, bool is_path,
                    struct slice text)
{
    unsigned column = ITEMS_COLUMNS_MAX;
    if (text.len == 0)
        return OK;
    if (field->count == ITEMS_PARTS_MAX)
        return ERR_LIMIT;
    int rc = is_path ? column_of(&plan->columns, text, &column) : OK;
    if (rc == OK)
        field->part[field->count++] = (struct items_part){text, column};
    return rc;
}

/* "{min}-{max} {currency}" */
static int template_make(struct items_plan *plan, struct items_field *field, struct slice text)
{
    int rc = OK;
    field->is_template = true;
    while (rc == OK && text.len > 0) {
        size_t open = slice_find_char(text, '{');
        rc = add_part(plan, field, false, slice_sub(text, 0, open));
        if (rc != OK || open == SIZE_MAX)
            break;
        text = slice_from(text, open + 1);
        size_t close = slice_find_char(text, '}');
        rc = add_part(plan, field, true, slice_sub(text, 0, close));
        text = close == SIZE_MAX ? SLICE_EMPTY : slice_from(text, close + 1);
    }
    return rc;
}

/* "description + requirements" */
static int list_make(struct items_plan *plan, struct items_field *field, struct slice text)
{
    int rc = OK;
    for (size_t plus = 0; rc == OK && plus != SIZE_MAX;) {
        plus = slice_find(text, SLICE(" + "));
        rc = add_part(plan, field, true, slice_sub(text, 0, plus));
        text = plus == SIZE_MAX ? SLICE_EMPTY : slice_from(text, plus + 3);
    }
    return rc;
}

int items_plan_make(const struct rule_items *rules, struct items_plan *ret_plan)
{
    memset(ret_plan, 0, sizeof *ret_plan);
    int rc = items_path_parse(slice_of(rules->path), &ret_plan->columns.items);
    for (unsigned i = 0; rc == OK && i < RULE_FIELD_COUNT; i++) {
        struct slice text = slice_of(rules->field[i]);
        bool is_template = slice_find_char(text, '{') != SIZE_MAX;
        rc = is_template ? template_make(ret_plan, &ret_plan->field[i], text)
                         : list_make(ret_plan, &ret_plan->field[i], text);
    }
    return rc;
}

static int field_give(struct arena *arena, const struct items_field *field, const char *between,
                      const struct items_row *row, struct slice *ret_text)
{
    struct text_buf text;
    bool any = false;
    *ret_text = SLICE_EMPTY;
    if (field->count == 1 && !field->is_template) {
        *ret_text = row->column[field->part[0].column];
        return OK;
    }
    text_buf_init(&text, ITEMS_TEXT_BYTES_MAX);
    for (unsigned i = 0; i < field->count; i++) {
        const struct items_part *part = &field->part[i];
        bool is_path = part->column < ITEMS_COLUMNS_MAX;
        struct slice value = is_path ? row->column[part->column] : part->words;
        if (!field->is_template && value.len > 0 && any)
            text_buf_add_str(&text, between);
        text_buf_add_slice(&text, value);
        any |= is_path && value.len > 0;
    }
    const char *copy = text_buf_status(&text) == ERR_NOMEM
                           ? NULL
                           : arena_copy(arena, text_buf_cstr(&text), text.len);
    if (copy != NULL && any)
        *ret_text = slice_trim(slice_make(copy, text.len));
    text_buf_release(&text);
    return copy != NULL ? OK : ERR_NOMEM;
}

int items_plan_give(struct arena *arena, const struct items_plan *plan,
                    const struct items_rows *rows, struct raw_items *ret_items)
{
    struct raw_item *list = arena_calloc(arena, rows->count, sizeof *list);
    if (list == NULL)
        return ERR_NOMEM;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < rows->count; i++)
        for (unsigned f = 0; rc == OK && f < RULE_FIELD_COUNT; f++)
            if (plan->field[f].count == 0)
                list[i].field[f] = SLICE_EMPTY;
            else
                rc = field_give(arena, &plan->field[f], f == RULE_TEXT ? "\n\n" : ", ",
                                &rows->list[i], &list[i].field[f]);
    *ret_items = (struct raw_items){
        .list = list, .count = rows->count, .cut = rows->cut, .broken = rows->broken};
    return rc;
}
