/* classifiers/salary_parts.h - numbers as people write money; for salary*.c only. */
#ifndef LUREWATCH_SALARY_PARTS_H
#define LUREWATCH_SALARY_PARTS_H

#include "classifiers/facts_words.h"
#include "common/pay.h"

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
/* Fills bound and tax from the words beside the offer. */
void salary_terms_read(struct slice text, const struct amount *low, const struct amount *high,
                       struct salary *salary);

#endif
