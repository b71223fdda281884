/* crawler/extract/rules.h - what a source file says of reading its pages: CSS or XPath selectors
 * for links and fields, and path mappings for XML and JSON feeds. All optional: without rules a
 * page is read by structured data (JSON-LD, microdata) and by content density.
 *
 * A source file's `extract:` mapping is checked once by the sweep, travels to the workers as JSON,
 * and is compiled there. The JSON form (all members optional):
 *   {"links":"CSS or XPath", "next":"…",
 *    "follow":{"posting":["/job/<star>"],"listing":["/jobs?page=<star>"]},      globs, <star> is an
 * asterisk
 *    "fields":{"id":"…","title":"…","text":"…","employer":"…","place":"…","pay":"…","posted_at":"…",
 *              "valid_through":"…"},
 *    "expired":["words that say the posting is over, in its text or anywhere in the page"],
 *    "items":{"path":"/offers/offer","url":"url","id":"id","title":"position","text":"description",
 *             "employer":"company","place":"cities/city","pay":"salary", …},
 *    "detail":{"title":"name","text":"sections/description", …},   one posting asked for by itself
 *    "html":"data/html",                      where a JSON answer holds the HTML of the list
 *    "paging":{"parameter":"page","template":"https://x.example/jobs/{page}","from":"1","step":"1",
 *              "token":"meta/next","url":"links/next","more":"has_more","total":"total",
 *              "pages_max":"100","newest_first":"yes"}}
 * In `items` a path steps through XML elements or JSON members, "a/b", "@attr" at the end; see
 * items.h. With `detail` the items of a list are addresses to ask for, no postings yet.
 *
 * `paging` says how a list goes on; of these it needs one: url (the next address stands there),
 * parameter (a member of the query), template (the number stands in the path). The parameter is set
 * to what token gives, or counted up by step from `from`, which is its value on a page without it.
 * A list ends at a page without postings, without a token or an address where these are asked for,
 * where more is false, 0 or absent, where step reached total, or after pages_max pages.
 * newest_first: the list goes on only while every posting of a page was new. */
#ifndef LUREWATCH_EXTRACT_RULES_H
#define LUREWATCH_EXTRACT_RULES_H

#include "common/json.h"

struct extract_rules;

/* Gives *ret_rules, free with extract_rules_free(). Copies what it keeps. node NULL: no rules.
 * Errors: ERR_SYNTAX (unknown member, wrong kind, a selector that does not compile, named),
 * ERR_NOMEM. */
MUST_USE int extract_rules_from_json(const struct json *node, struct extract_rules **ret_rules,
                                     struct failure *reterr);
void extract_rules_free(struct extract_rules *rules); /* NULL is allowed */

#endif
