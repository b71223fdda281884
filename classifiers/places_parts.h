/* classifiers/places_parts.h - what a place is to an ad; for places*.c and their word lists only. */
#ifndef LUREWATCH_PLACES_PARTS_H
#define LUREWATCH_PLACES_PARTS_H

#include "classifiers/facts_words.h"
#include "common/verdict.h"

/* A tag beyond enum place_role: people land or are met there, to work there or to go on. */
#define PLACE_ARRIVAL 63

/* The place before, of one text: start with zeros. */
struct role_memory {
    size_t end;   /* folded bytes, of it and the word for its role behind it */
    size_t bound; /* where its own words may have begun */
    int role;
    bool told;        /* by a word, not by default */
    bool behind;      /* the word stood behind it */
    bool goes_on;     /* an enumeration of which the place before is a part */
    bool before_told; /* and that one's role was told */
};

/* enum place_role, or PLACE_ARRIVAL, of the place at [start,end) of folded text. Places come in the
 * order of their ends. */
int place_role_of(struct slice text, size_t start, size_t end, struct role_memory *memory);

#endif
