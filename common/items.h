/* common/items.h - the six things an offer of work must state (Japan's MHLW asks them of every ad since
 * December 2024); a verdict keeps those that are missing as bits. */
#ifndef LUREWATCH_ITEMS_H
#define LUREWATCH_ITEMS_H

#include "common/json.h"

enum required_item {
    ITEM_EMPLOYER,
    ITEM_ADDRESS,
    ITEM_CONTACT,
    ITEM_DUTIES,
    ITEM_WORKPLACE,
    ITEM_WAGE,
    ITEM_COUNT
};

#define ITEM_BIT(item) (1u << (item))

const char *item_name(enum required_item item); /* "employer" */
unsigned items_count(uint32_t missing);
/* "employer, wage" of those in missing, or of the others. */
void items_print(uint32_t missing, bool in_missing, struct text_buf *out);
/* The member "missing": an array of names. */
void items_to_json(uint32_t missing, struct json_writer *writer);
/* False: a name is none of them. An absent array is none missing. */
bool items_from_json(const struct json *node, uint32_t *ret_missing);

#endif
