/* classifiers/facts_words.h - lists of words, compiled once, and looking for them in folded text.
 *
 * A list is rows of words with a tag each: which currency, which period, which messenger. Words are
 * folded (small letters, NFKC, Simplified Chinese) and stand for themselves where a letter of a
 * script that spaces its words does not go on; '*' at an end of a word leaves that end open. */
#ifndef LUREWATCH_FACTS_WORDS_H
#define LUREWATCH_FACTS_WORDS_H

#include "common/arena.h"
#include "common/text.h"

struct word_list;

struct word_row {
    const char *words; /* separated by '|' */
    int tag;
};

struct word_hit {
    size_t at, len;
    int tag;
};

enum words_id {
    WORDS_CURRENCY,    /* tag: index of currency_code() */
    WORDS_MULTIPLIER,  /* tag: index of multiplier_of() */
    WORDS_PERIOD,      /* tag: enum pay_period */
    WORDS_MONEY,       /* tag: enum money_word */
    WORDS_MONEY_AFTER, /* what stands right behind pay */
    WORDS_JOINER,      /* between two ends of a range */
    WORDS_UNIT,        /* right behind a number that counts other things than money */
    WORDS_NUMBERED,    /* right before a number that names a thing: "no.", "age" */
    WORDS_LINK,        /* tag: enum contact_kind with LINK_PHONE, or LINK_SHORT */
    WORDS_MESSENGER,   /* tag: enum contact_kind */
    WORDS_HANDLE_TAIL, /* "id", "account" between a messenger's name and a handle */
    WORDS_CALL,        /* asks to be called */
    WORDS_IDENTITY,    /* right before a number that names a person or a firm, and is not dialled */
    WORDS_DIGIT,       /* tag: the digit a word stands for */
    WORDS_ROLE_BEFORE, /* before a place; tag: enum place_role */
    WORDS_ROLE_AFTER,  /* behind a place */
    WORDS_AND,         /* between two places of an enumeration */
    WORDS_SERVED,      /* behind a place that is served, not worked in */
    WORDS_SERVED_BEFORE,
    WORDS_NATIVE,  /* right behind a place: its people, its language */
    WORDS_COMPANY, /* tag: enum company_word */
    WORDS_NOBODY,  /* an employer that is no name */
    WORDS_ADDRESS,
    WORDS_DUTY,
    WORDS_SMALL,        /* tag: index of small_language() */
    WORDS_ID_OR_MS,     /* tag: 0 Indonesian, 1 Malay */
    WORDS_CONDITION,    /* tag: enum condition_word */
    WORDS_VISA_KIND,    /* tag: enum visa_word */
    WORDS_WEEKDAY,      /* tag: 0 Monday … 6 Sunday */
    WORDS_AT_MOST,      /* right before an age that only its years tell */
    WORDS_SPAN,         /* tag: enum off_word */
    WORDS_TAX,          /* beside pay; tag: enum pay_tax */
    WORDS_BOUND_BEFORE, /* right before pay; tag: enum pay_bound */
    WORDS_BOUND_AFTER,
    WORDS_NUMBER,        /* tag: index of number_word_hundredths() */
    WORDS_SPENT,         /* right behind money that is no pay */
    WORDS_ELSEWHERE,     /* beside a handle of no messenger */
    WORDS_WAIVED_BEFORE, /* before a condition that is not asked; tag: enum waiver_word */
    WORDS_WAIVED_BEHIND,
    WORDS_COUNT
};

/* Does the form of company stand before the name or behind it? */
enum company_word { COMPANY_BEFORE, COMPANY_AFTER };
#define LINK_KIND  63
#define LINK_PHONE 64  /* what follows is a number */
#define LINK_SHORT 128 /* a link that hides where it leads */
#define LINK_CODE  256 /* what follows is no name but a code, whose letters count as written */
enum money_word { MONEY_PAY, MONEY_BONUS, MONEY_CHARGE };

/* Compiled at the first call, then shared by threads; never NULL. */
const struct word_list *words_of(enum words_id id);
/* "USD"; "HAN": a sign that several countries share. */
const char *currency_code(int tag);
/* How many times, and the currency the word belongs to or "". */
int64_t multiplier_of(int tag, const char **ret_currency);
const char *small_language(int tag);
int64_t number_word_hundredths(int tag);

/* A list of one's own, in arena. Copies nothing: words must live as long. Errors: ERR_NOMEM. */
MUST_USE int word_list_create(struct arena *arena, const struct word_row *rows, size_t count,
                              const struct word_list **ret_list);

/* The longest word of the list that begins at text[at]. */
bool word_at(const struct word_list *list, struct slice text, size_t at, struct word_hit *ret_hit);
/* The first one that begins at or after `from`. */
bool word_find(const struct word_list *list, struct slice text, size_t from,
               struct word_hit *ret_hit);
/* The last one that begins in text. */
bool word_last(const struct word_list *list, struct slice text, struct word_hit *ret_hit);
bool word_has(const struct word_list *list, struct slice text);
bool has_words(struct slice text, enum words_id id);
/* How many different words of each tag 0 … tags-1 stand in text. */
void word_census(const struct word_list *list, struct slice text, unsigned *counts, size_t tags);

/* Is the byte before or after part of a letter of a script that spaces its words? */
bool letter_before(struct slice text, size_t at);
bool letter_after(struct slice text, size_t at);

/* The inside, for facts_words.c and facts_lists.c. */
#define WORD_HEADS 1024u
#define WORD_PAIRS 2048u
struct word_entry {
    struct slice word;
    int16_t tag;
    uint16_t next; /* index + 1 of the next with the same head; 0: none */
    bool open_head, open_tail;
};
struct word_list {
    struct word_entry *entries;
    size_t count, room;
    /* by their first bytes, index + 1: words of three and more, of two, of one */
    uint16_t threes[WORD_HEADS], twos[WORD_HEADS / 4], ones[256];
    bool begins[256];                /* does a word begin with that byte? */
    bool open_head;                  /* has it a word whose head is open? */
    uint64_t pairs[WORD_PAIRS / 64]; /* does one begin with bytes of that hash? A word of one byte
                                        with any second */
};
/* Adds the words of a row to list, whose entries have the room. */
void word_list_add(struct word_list *list, const struct word_row *row);
size_t words_counted(const char *words);

#endif
