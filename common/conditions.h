/* common/conditions.h - what an ad asks of people and offers them, and in which language each part
 * of it is written: lists of a verdict. Plain data in the verdict's arena; no words of the ad stand
 * in them but by their place. */
#ifndef LUREWATCH_CONDITIONS_H
#define LUREWATCH_CONDITIONS_H

#include "common/arena.h"
#include "common/err.h"
#include "common/json.h"

enum condition_kind {
    CONDITION_AGE,         /* least, most: years */
    CONDITION_SEX,         /* value: female, male, any */
    CONDITION_NATIONALITY, /* one is wanted */
    CONDITION_EXPERIENCE,  /* least: years; value: none, asked */
    CONDITION_SCHOOLING, /* value: none, primary, secondary, diploma, degree: the least one named */
    CONDITION_LANGUAGE,  /* value: BCP 47 */
    CONDITION_TYPING,    /* least: words a minute */
    CONDITION_TICKET,
    CONDITION_LODGING,
    CONDITION_MEALS,  /* least: a day */
    CONDITION_VISA,   /* value: tourist, work, visit, none */
    CONDITION_PAPERS, /* value: held: the passport is kept */
    CONDITION_ADVANCE,
    CONDITION_BONUS,      /* least, most: percent */
    CONDITION_COMMISSION, /* least, most: percent */
    CONDITION_PENALTY,
    CONDITION_SHIFT,    /* least, most: hours a day */
    CONDITION_DAYS_OFF, /* least, most; value: week, month */
    CONDITION_KIND_COUNT
};

#define CONDITION_VALUE_BYTES 12u

struct condition_found {
    enum condition_kind kind;
    int32_t least, most; /* 0 and 0: no number is told (see has_number) */
    bool has_number;
    char value[CONDITION_VALUE_BYTES]; /* "" when none is told */
    int field;                         /* enum posting_field, or FINDING_NO_FIELD */
    uint32_t start_bytes, end_bytes;   /* where it stands, in the field as extracted */
};

/* A run of paragraphs in one language. */
struct language_part {
    struct slice language; /* BCP 47 */
    int field;             /* enum posting_field */
    uint32_t start_bytes, end_bytes;
};

struct conditions {
    const struct condition_found *list;
    size_t count;
};

struct language_parts {
    const struct language_part *list;
    size_t count;
};

const char *condition_kind_name(enum condition_kind kind);

/* Members "conditions" and "languages" of an open object; an empty list is left out. */
void conditions_to_json(const struct conditions *conditions, struct json_writer *writer);
void language_parts_to_json(const struct language_parts *parts, struct json_writer *writer);
/* Reads what these printed; NULL (no such member) is an empty list. Everything is checked. Copies into
 * arena. Errors: ERR_SYNTAX, ERR_LIMIT (over 256), ERR_NOMEM. */
MUST_USE int conditions_from_json(struct arena *arena, const struct json *node,
                                  struct conditions *ret_conditions);
MUST_USE int language_parts_from_json(struct arena *arena, const struct json *node,
                                      struct language_parts *ret_parts);

#endif
