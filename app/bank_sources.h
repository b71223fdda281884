/* app/bank_sources.h - the sources that a bank names (review/citations.h): who names what, and whether
 * every key is known. */
#ifndef LUREWATCH_BANK_SOURCES_H
#define LUREWATCH_BANK_SOURCES_H

#include "classifiers/bank_pack.h"
#include "review/citations.h"

/* patterns/sources.yml, what the rules, combos, places and wages of pack name, and why they count. Borrows pack for the
 * call. Gives *ret_citations, free with citations_free(). Errors: those of citations_load(). */
MUST_USE int bank_sources_load(const struct bank_pack *pack, const char *patterns,
                               struct citations **ret_citations, struct failure *reterr);
/* As above, of a bank's folder alone; no such folder: none are known. Errors: those of bank_pack_load(),
 * too. */
MUST_USE int bank_sources_load_dir(const char *patterns, struct citations **ret_citations,
                                   struct failure *reterr);

struct bank_sources_count {
    size_t keys, known; /* different ones that the bank names, and those of them the file has */
};
/* Calls tell, text is "file:line:column: why", borrowed, for each place that names a key which the
 * file lacks, and for sources that are no text. A file that is no YAML is passed over: the bank's own
 * check tells it. Errors: ERR_NOMEM. */
typedef void bank_sources_fn(void *ctx, const char *text);
MUST_USE int bank_sources_check(const struct bank_pack *pack, const struct citations *citations,
                                bank_sources_fn *tell, void *ctx,
                                struct bank_sources_count *ret_count, struct failure *reterr);

#endif
