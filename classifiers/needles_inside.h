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
};

struct words needles_words_room(struct reader *reader, size_t count);
struct part needles_part_empty(struct reader *reader);
struct part needles_part_unknown(uint32_t most);
struct part needles_part_word(struct reader *reader, struct slice word);

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
