/* crawler/extract/rules_inside.h - what compiled rules hold, for the files of this folder. */
#ifndef LUREWATCH_EXTRACT_RULES_INSIDE_H
#define LUREWATCH_EXTRACT_RULES_INSIDE_H

#include "common/posting.h"
#include "crawler/extract/rules.h"

struct _xmlXPathCompExpr; /* <libxml/xpath.h> stays out of our headers */

/* Keys of `fields` (all but url and images) and of `items`, in this order. */
enum rule_field {
    RULE_URL,
    RULE_ID,
    RULE_TITLE,
    RULE_TEXT,
    RULE_EMPLOYER,
    RULE_PLACE,
    RULE_PAY,
    RULE_POSTED_AT,
    RULE_VALID_THROUGH,
    RULE_FIELD_COUNT
};

/* Both forms of one selector; evaluate `compiled` with xmlXPathCompiledEval() on a context of your
 * own (an expression is read-only then). The nodes may be elements, text or attributes. */
struct rule_selector {
    const char *xpath;
    struct _xmlXPathCompExpr *compiled;
};

/* `items`: where an item stands and where its fields are within it, as written. */
struct rule_items {
    const char *path;                    /* never NULL */
    const char *field[RULE_FIELD_COUNT]; /* NULL: not mapped */
};

/* `paging`: NULL where a member is absent. */
struct rule_paging {
    const char *parameter, *template_, *token, *url, *more, *total;
    int64_t from, step, pages_max;
    bool newest_first;
};

const char *rule_field_name(enum rule_field field); /* "url", "id", … */
/* Puts text where field belongs in *posting; RULE_URL is put nowhere. Errors: those of
 * posting_set(). */
MUST_USE int rule_field_put(struct arena *arena, enum rule_field field, struct slice text,
                            struct posting *posting);

/* Each NULL when the rule is absent, or rules is NULL. Borrowed until extract_rules_free(). */
const struct rule_selector *extract_rules_links(const struct extract_rules *rules);
const struct rule_selector *extract_rules_next(const struct extract_rules *rules);
const struct rule_selector *extract_rules_field(const struct extract_rules *rules,
                                                enum rule_field field);
const struct rule_items *extract_rules_items(const struct extract_rules *rules);
const struct rule_items *extract_rules_detail(const struct extract_rules *rules);
const struct rule_paging *extract_rules_paging(const struct extract_rules *rules);
const char *extract_rules_html(const struct extract_rules *rules);

/* True when `fields` names at least one field. */
bool extract_rules_has_fields(const struct extract_rules *rules);

/* The expired words; compare by slice_find_nocase() on visible text. 0 and NULL when there are
 * none. */
size_t extract_rules_expired(const struct extract_rules *rules, const struct slice **ret_words);

/* What `follow` says of an absolute URL: 'p' a posting, 'l' a listing, 0 nothing. A glob that
 * begins with "http" is matched with the whole URL, any other with path and query. */
char extract_rules_follow(const struct extract_rules *rules, struct slice url);
/* True when `follow` is given: then other links are of no interest. */
bool extract_rules_has_follow(const struct extract_rules *rules);

/* rules_paging.c: members of `paging`, copied to arena. Errors: ERR_SYNTAX, ERR_NOMEM. */
MUST_USE int rule_paging_read(struct arena *arena, const struct json *node,
                              struct rule_paging *ret_paging, struct failure *reterr);

#endif
