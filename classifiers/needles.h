/* classifiers/needles.h - what a pattern cannot match without: of these literals at least one stands
 * in every match, and begins at most its `back` bytes behind the match's start.
 *
 * So the matcher looks for the literals of all rules in one pass (literals.h) and asks PCRE2 only
 * at the starts that are left. The idea is that of fast patterns and atoms in Suricata and YARA. */
#ifndef LUREWATCH_NEEDLES_H
#define LUREWATCH_NEEDLES_H

#include "common/arena.h"
#include "common/text.h"

#define NEEDLES_MAX      600u /* literals of one pattern */
#define NEEDLE_BYTES_MAX 24u
/* A run of one class ("\w+") counts as this many bytes in `back`, a "." run as unbounded. */
#define NEEDLE_RUN_BYTES   64u
#define NEEDLE_BACK_NONE   UINT32_MAX
#define NEEDLE_CLAUSES_MAX 32u

struct needles {
    const struct slice *list;    /* in the arena */
    const uint32_t *back;        /* one a literal; NEEDLE_BACK_NONE: anywhere before */
    const unsigned char *bounds; /* one a literal: LITERAL_WORD_HEAD, LITERAL_WORD_TAIL */
    size_t count;                /* 0: no literal is needed, the pattern must run everywhere */
    size_t shortest;             /* bytes of the shortest literal */
    bool whole;                  /* only a run over everything does right, once one was found */
    /* The pattern's own alternatives: which one a literal is of; and what else must stand in the text
     * for one of them, where that is worth looking for. NULL: not known. */
    const unsigned char *clause;
    const struct slice *also;
    const unsigned char *also_bounds, *also_clause;
    size_t also_count;
    /* Every match begins with one of these, and every run that ends others' (see (*SKIP));
     * lead_count 0: not known. */
    const struct slice *lead;
    const unsigned char *lead_bounds;
    size_t lead_count;
};

/* pattern: as PCRE2 gets it, lists and gaps in place; what does not compile gives anything. What the reader does not know
 * counts as anything. Errors: ERR_NOMEM. */
MUST_USE int needles_of(struct slice pattern, struct arena *arena, struct needles *ret_needles);

#endif
