/* storage/case_words.h - the words of cases, for search in any script.
 *
 * Title, text, place, employer and address of a case's version, folded (NFKC and case, accents of
 * Latin letters off) and cut into words; a run of a script without spaces between words (Chinese,
 * Japanese, Thai, Lao, Khmer, Burmese) into pairs of letters. The engine's own full-text index keeps
 * them (FTS5; GIN), and those of the place once more behind a mark, so that a place is found by its
 * field. Contacts are masked in what is indexed, as in every table. */
#ifndef LUREWATCH_CASE_WORDS_H
#define LUREWATCH_CASE_WORDS_H

#include "storage/store.h"

/* Puts the words of the case's version in, in place of those before; within the caller's
 * transaction. */
MUST_USE int case_words_put(struct store *store, int64_t case_id);
/* The same for up to limit cases that were never put: of an older store, or of a copy. *ret_count 0:
 * none is left. */
MUST_USE int case_words_fill(struct store *store, uint32_t limit, uint32_t *ret_count);
/* Takes out the words of cases whose text is gone; within the caller's transaction. */
MUST_USE int case_words_purge(struct store *store);

/* The engine's pattern for cases that have all the words of `words`, and in the place all those of
 * `place` (NULL or "": none), each at least as the start of a word (one Latin letter or one digit:
 * as a word of its own): what `case_words MATCH CAST(?1 AS TEXTQUERY)` takes. "": there is no word
 * in it. NULL: no memory. */
const char *case_words_pattern(struct store *store, struct arena *arena, const char *words,
                               const char *place);

#endif
