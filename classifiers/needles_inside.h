/* classifiers/needles_inside.h - the reader of patterns, shared by needles*.c. */
#ifndef LUREWATCH_NEEDLES_INSIDE_H
#define LUREWATCH_NEEDLES_INSIDE_H

#include "classifiers/needles.h"

#define CHAR_BYTES 4u

struct words {
    struct slice *list;
    uint32_t *back; /* one a word: from the part's start, 0 for what a part can be */
    size_t count;
};

struct part {
    bool few;           /* words are all it can be */
    struct words words; /* when few */
    uint32_t most;      /* bytes at most; NEEDLE_BACK_NONE: no bound */
    struct words need;  /* count 0: none known */
    struct words also;  /* needed too, the next best; count 0: none known */
    struct words lead;  /* when not few: with one of these it begins; count 0: not known */
    bool never;         /* it cannot match: (*FAIL) */
    /* when not few: it may be nothing; its first, its last character is no letter */
    bool optional, head_apart, tail_apart;
};

struct reader {
    struct slice text;
    size_t at;
    struct arena *arena;
    bool extended; /* (?x) */
    bool whole;    /* something that only a run over everything does right: (*SKIP), \1 */
    bool lost;     /* something that we do not read: no needle can be trusted */
    bool no_memory;
    int depth;
    /* of each of the pattern's own alternatives: its literals in the need of all, and `also` */
    struct words also[NEEDLE_CLAUSES_MAX];
    size_t needs[NEEDLE_CLAUSES_MAX], clauses;
};

/* Within words, bytes that folded text has not: no letter stands before, none follows here. Lengths
 * do not count them. */
#define NEEDLE_MARK_HEAD SLICE("\x01")
#define NEEDLE_MARK_TAIL SLICE("\x02")

/* needles_words.c */
struct words needles_words_room(struct reader *reader, size_t count);
struct part needles_part_empty(struct reader *reader);
struct part needles_part_unknown(uint32_t most);
struct part needles_part_word(struct reader *reader, struct slice word);
size_t needles_shortest(const struct words *words);
size_t needles_longest(const struct words *words);
void needles_append(struct words *words, const struct words *more); /* there must be room */
/* Each word before each of more. */
struct words needles_product(struct reader *reader, const struct words *words,
                             const struct words *more);
/* What the part begins with; count 0: not known. */
struct words needles_lead(const struct part *part);
/* "(?<!\\p{L})" or "(?!\\p{L})" behind its "(" as a mark. */
bool needles_read_mark(struct reader *reader, struct part *ret_part);
/* Takes the marks out of the words; what they said of the ends, one a word. NULL: no memory. */
const unsigned char *needles_unmark(struct reader *reader, struct words *words);

bool needles_at_end(const struct reader *reader);
char needles_peek(const struct reader *reader); /* NUL at the end */
bool needles_looking_at(const struct reader *reader, const char *words);
struct slice needles_take_char(struct reader *reader);
/* Behind the next end; without one the reader is lost, but for a comment's line end. */
void needles_skip_past(struct reader *reader, char end);

/* needles_atoms.c. Behind a "\\": a class, a place, or a character that stands for itself. */
struct part needles_read_escape(struct reader *reader);
struct part needles_read_class(struct reader *reader); /* behind a "[" */

#endif
