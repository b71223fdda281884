/* classifiers/conditions_parts.h - words of what an ad asks and offers; for conditions.c and the lists
 * of facts_lists*.c only. */
#ifndef LUREWATCH_CONDITIONS_PARTS_H
#define LUREWATCH_CONDITIONS_PARTS_H

#include "classifiers/facts_words.h"

enum condition_word {
    CONDITION_WORD_AGE,   /* before a range of years */
    CONDITION_WORD_YEARS, /* behind one */
    CONDITION_WORD_FEMALE,
    CONDITION_WORD_MALE,
    CONDITION_WORD_ANY_SEX,
    CONDITION_WORD_EXPERIENCE,
    CONDITION_WORD_BEGINNER, /* who has none; for what a rule found */
    CONDITION_WORD_PRIMARY,
    CONDITION_WORD_SECONDARY,
    CONDITION_WORD_DIPLOMA,
    CONDITION_WORD_DEGREE,
    CONDITION_WORD_TYPING,
    CONDITION_WORD_VISA,
    CONDITION_WORD_NO_VISA,
    CONDITION_WORD_HOURS,
    CONDITION_WORD_OFF,
    CONDITION_WORD_BONUS,
    CONDITION_WORD_COMMISSION,
    CONDITION_WORD_BOARD, /* meals and lodging in one word */
    CONDITION_WORD_MEALS,
    CONDITION_WORD_LODGING,
    CONDITION_WORD_PENALTY,
    CONDITION_WORD_ADVANCE,
    CONDITION_WORD_SPEAKS /* and the language's index */
};

#define SPOKEN_COUNT 12u
extern const char *const SPOKEN_LANGUAGES[SPOKEN_COUNT];

enum visa_word { VISA_TOURIST, VISA_WORK, VISA_VISIT };
enum off_word { OFF_WEEK, OFF_MONTH };

/* What waives experience right before the word: a blank may stand between, or none. */
enum waiver_word { WAIVER_APART, WAIVER_TOUCHING };

/* The lists of facts_lists_conditions.c and facts_lists_money.c, for words_of(). */
struct word_table {
    enum words_id id;
    const struct word_row *rows;
    size_t count;
};
#define CONDITION_TABLES_COUNT 8u
#define MONEY_TABLES_COUNT     13u
extern const struct word_table CONDITION_TABLES[CONDITION_TABLES_COUNT];
extern const struct word_table MONEY_TABLES[MONEY_TABLES_COUNT];

#endif
