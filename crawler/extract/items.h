/* crawler/extract/items.h - `items` of rules.h over an XML or JSON body: a board's own export or
 * API answer to raw fields, one row an item. Pure, one pass for XML.
 *
 * The path of items steps from the root: "/offers/offer" (the root element counts), in JSON
 * "/data/jobs" (an array is stepped into by itself; "" or "/" is the root array); '*' is any name;
 * a leading "//" means anywhere (XML). XML names match with or without their prefix. A field's
 * path steps from the item: "company/name", "@id", "cities/city"; in JSON a number is an index, "."
 * is the item itself. Several values of one field come joined by ", ", texts of XML children
 * included by " "; numbers are text as written. "a + b" joins what two paths give, as paragraphs of
 * the text, elsewhere by ", "; words around paths in braces, "{min}-{max} {currency}" or
 * "https://x.example/job/{id}", are filled in, and nothing at all where no path gives anything. */
#ifndef LUREWATCH_EXTRACT_ITEMS_H
#define LUREWATCH_EXTRACT_ITEMS_H

#include "common/arena.h"
#include "crawler/extract/rules_inside.h"

#define ITEMS_MAX 2000u

struct raw_item {
    struct slice field[RULE_FIELD_COUNT]; /* as given, may hold HTML; empty when absent */
};

struct raw_items {
    const struct raw_item *list; /* in document order, in the arena */
    size_t count;
    bool cut;    /* there were more than ITEMS_MAX */
    bool broken; /* the body was not well-formed where we looked */
};

/* True when text begins like a body that items can be read of: '<' of XML (not HTML), '{' or '['.
 */
bool items_can_read(struct slice text);

/* Finds rules for a body that nobody gave any for: the element or list whose members are called as
 * boards call them, a title, a text or an address, and one thing more. *ret_found false: none, and
 * *ret_rules is untouched. Errors: ERR_NOMEM. */
MUST_USE int items_guess(struct arena *arena, struct slice text, struct rule_items *ret_rules,
                         bool *ret_found);

/* The first value at a path from the root of JSON, or from the root element of XML; empty: none.
 * Errors: as items_read(). */
MUST_USE int items_value(struct arena *arena, struct slice text, const char *path,
                         struct slice *ret_value, struct failure *reterr);

/* text is valid UTF-8. No item at the path: OK and count 0. Result in arena, which may borrow text.
 * Errors: ERR_SYNTAX (JSON that cannot be read; neither XML nor JSON), ERR_NOMEM. */
MUST_USE int items_read(struct arena *arena, struct slice text, const struct rule_items *rules,
                        struct raw_items *ret_items, struct failure *reterr);

#endif
