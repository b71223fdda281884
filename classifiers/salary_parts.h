/* classifiers/salary_parts.h - numbers as people write money; for salary*.c only. */
#ifndef LUREWATCH_SALARY_PARTS_H
#define LUREWATCH_SALARY_PARTS_H

#include "classifiers/facts_words.h"
#include "common/pay.h"

/* Tags of WORDS_PERIOD beyond enum pay_period: twice a month, and what is paid by the piece. */
enum period_word { PERIOD_HALF_MONTH = PAY_PERIOD_COUNT, PERIOD_PIECE };

struct amount {
    size_t start, end;     /* folded bytes, currency and multiplier included */
    size_t digits_at;      /* where the number itself begins */
    int64_t cents;         /* after the multiplier */
    int64_t multiplier;    /* 1 when none was written */
    char currency[4];      /* "" when none was written */
    const char *suggested; /* currency that the multiplier belongs to, or "" */
    bool dollar_sign;      /* "$" alone: of which country is not said */
    bool plain;            /* digits alone */
    bool more;             /* "8jt++", "from 8jt", "过万" */
    unsigned digits;
};

/* An amount whose number begins at `at`. vietnamese: "M" is a million of đồng. */
bool amount_read(struct slice text, size_t at, struct amount *ret_amount);
/* Where the next number at or after `from` begins: digits, or a Han numeral of thousands. SIZE_MAX:
 * none. */
size_t amount_next(struct slice text, size_t from);
/* The end of what begins at `at` and is a date, a time of day or a phone number; 0: it is none. */
size_t other_number(struct slice text, size_t at);
/* Past "-", "–", "~", "to", "sampai" … behind a first amount that ends at `at`: where the second
 * number begins, or SIZE_MAX. */
size_t range_second(struct slice text, size_t at);
/* ---- salary_currency.c; table of wages, month: cents of the amount as a month's pay ---- */

struct wage_table;
struct fact_input;
/* The money of the readers of a language, "" where they are of many countries. */
const char *language_currency(struct slice language);
/* The same of an ad: Spanish readers of work in Mexico count in that peso. */
const char *currency_own(const struct fact_input *input);
/* Which currency stated is in this ad ("PES": pesos of some country); sign: it was a mere "$". */
const char *currency_settle(const struct wage_table *table, const struct fact_input *input,
                            const char *stated, bool sign, int64_t month_cents);
/* "45-55k a year + super (AUD)": a currency in brackets behind the amount that ends at `end`. */
bool currency_behind_words(struct slice text, size_t end, char ret_currency[4]);
/* The money of the first place named whose month the amount may be; "" when none. */
const char *currency_of_places(const struct wage_table *table, const struct fact_input *input,
                               int64_t month_cents);

/* Fills bound and tax from the words beside the offer. */
void salary_terms_read(struct slice text, const struct amount *low, const struct amount *high,
                       struct salary *salary);

#endif
