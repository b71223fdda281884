/* items.c - names of the six required items; see items.h. */
#include "common/items.h"

static const char *const NAMES[ITEM_COUNT] = {"employer", "address",   "contact",
                                              "duties",   "workplace", "wage"};

const char *item_name(enum required_item item)
{
    return NAMES[item];
}

unsigned items_count(uint32_t missing)
{
    unsigned count = 0;
    for (int i = 0; i < ITEM_COUNT; i++)
        count += (missing & ITEM_BIT(i)) != 0 ? 1 : 0;
    return count;
}

void items_print(uint32_t missing, bool in_missing, struct text_buf *out)
{
    const char *joiner = "";
    for (int i = 0; i < ITEM_COUNT; i++) {
        if (((missing & ITEM_BIT(i)) != 0) != in_missing)
            continue;
        text_buf_printf(out, "%s%s", joiner, NAMES[i]);
        joiner = ", ";
    }
}

void items_to_json(uint32_t missing, struct json_writer *writer)
{
    json_key(writer, "missing");
    json_open_array(writer);
    for (int i = 0; i < ITEM_COUNT; i++)
        if ((missing & ITEM_BIT(i)) != 0)
            json_put_string(writer, slice_of(NAMES[i]));
    json_close_array(writer);
}

bool items_from_json(const struct json *node, uint32_t *ret_missing)
{
    *ret_missing = 0;
    for (size_t i = 0; i < json_count(node); i++) {
        int item = 0;
        while (item < ITEM_COUNT && !slice_is(json_string(json_at(node, i)), NAMES[item]))
            item++;
        if (item == ITEM_COUNT)
            return false;
        *ret_missing |= ITEM_BIT(item);
    }
    return true;
}
