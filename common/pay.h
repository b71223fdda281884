/* common/pay.h - the pay an ad offers, as a part of a verdict: plain data. */
#ifndef LUREWATCH_PAY_H
#define LUREWATCH_PAY_H

#include "common/text.h"

enum pay_period { PAY_MONTH, PAY_YEAR, PAY_WEEK, PAY_DAY, PAY_HOUR, PAY_PERIOD_COUNT };

enum pay_bound { PAY_BOUND_NONE, PAY_UP_TO, PAY_FROM };
enum pay_tax { PAY_TAX_UNTOLD, PAY_NET, PAY_GROSS };

/* One pay offer. Amounts in hundredths of the currency. currency "" means: none found. */
struct salary {
    char currency[4]; /* ISO 4217, or "UST" for USDT */
    enum pay_period period;
    enum pay_bound bound; /* "up to 15 million": only the most is told, least and most are equal */
    enum pay_tax tax;
    int64_t cents_min, cents_max;
    int64_t usd_month_cents_min, usd_month_cents_max;
    int32_t ratio_source_hundredths;      /* middle of the offer / wage norm; 0: not known */
    int32_t ratio_destination_hundredths; /* 0: not known */
    struct slice baseline;                /* which norms were used, in words, with year */
    int field;                            /* where it stands, or FINDING_NO_FIELD */
    uint32_t start_bytes, end_bytes;
};

const char *pay_period_name(enum pay_period period);
const char *pay_bound_name(enum pay_bound bound); /* "" when none */
const char *pay_tax_name(enum pay_tax tax);       /* "" when untold */
/* False when name is none of them. */
bool pay_period_from_name(struct slice name, enum pay_period *ret_period);

#endif
