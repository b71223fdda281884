/* app/review_desk.h - what the page asks of the rest of the program: why a rule counts, exports, what
 * rules did, what a changed pattern would do. The last three run commands in a process of their own
 * (review_child.h), one at a time each. */
#ifndef LUREWATCH_REVIEW_DESK_H
#define LUREWATCH_REVIEW_DESK_H

#include "classifiers/bank.h"
#include "review/site.h"

struct review_desk;

/* config: the configuration file, NULL: as found. patterns: the bank's folder, whose reasons and
 * sources are read. Borrows config and bank until review_desk_free(). Gives *ret_desk. Errors: ERR_NOMEM;
 * those of reasons_load() and citations_load(). */
MUST_USE int review_desk_create(const char *config, const struct pattern_bank *bank,
                                const char *patterns, struct review_desk **ret_desk,
                                struct failure *reterr);
void review_desk_free(struct review_desk *desk); /* NULL is allowed */

/* Of the bank; borrowed from desk. */
const struct citations *desk_citations(const struct review_desk *desk);

/* As in site.h; each may be called by several threads. */
bool desk_meaning(const struct review_desk *desk, struct slice id, const char *tag,
                  struct site_meaning *ret_meaning);
MUST_USE int desk_export(struct review_desk *desk, const struct site_export *what,
                         struct arena *arena, struct text_buf *out, struct failure *reterr);
MUST_USE int desk_rules(struct review_desk *desk, bool again, struct arena *arena,
                        struct slice *ret_lines, int64_t *ret_at_unix_ms, struct failure *reterr);
MUST_USE int desk_sources(struct review_desk *desk, struct arena *arena, struct slice *ret_lines,
                          struct failure *reterr);
MUST_USE int desk_try_pattern(struct review_desk *desk, struct slice text, struct slice pattern,
                              struct arena *arena, struct slice *ret_lines, struct failure *reterr);

#endif
