/* salary_currency.c - whose money an amount is, where its sign or its name is that of several
 * countries or is not there at all; see salary_parts.h.
 *
 * "pesos", "Rs", "riyal": the places of the ad decide, then the readers' language, then which of them
 * makes a month that people are paid. */
#include "classifiers/facts_parts.h"
#include "classifiers/salary_parts.h"

#include <string.h>

#define COUNT(table)        (sizeof(table) / sizeof(table)[0])
#define BEHIND_BYTES        40u
#define MONTH_CENTS_MIN     INT64_C(8000) /* what a month may pay, in cents of a dollar */
#define MONTH_CENTS_MAX     INT64_C(400000)
#define PLAIN_USD_CENTS_MAX INT64_C(300000) /* more a month than plain work is offered at */
#define DOLLAR_CENTS_MAX    INT64_C(600000) /* more of "$" a month are pesos */

static const struct {
    const char *shared, *currency, *country;
} SHARED[] = {
    {"PES", "PHP", "PH"}, {"PES", "MXN", "MX"}, {"PES", "COP", "CO"}, {"PES", "CLP", "CL"},
    {"PES", "ARS", "AR"}, {"PES", "DOP", "DO"}, {"PES", "UYU", "UY"}, {"RUP", "INR", "IN"},
    {"RUP", "PKR", "PK"}, {"RUP", "LKR", "LK"}, {"RUP", "NPR", "NP"}, {"SHI", "KES", "KE"},
    {"SHI", "UGX", "UG"}, {"SHI", "TZS", "TZ"}, {"RIY", "SAR", "SA"}, {"RIY", "QAR", "QA"},
    {"RIY", "OMR", "OM"}, {"DIN", "KWD", "KW"}, {"DIN", "BHD", "BH"},
};

/* The money of places that ads in languages of many countries name. */
static const char *const COUNTRY_MONEY[][2] = {
    {"AE", "AED"}, {"SG", "SGD"}, {"MY", "MYR"}, {"PH", "PHP"}, {"TH", "THB"}, {"HK", "HKD"},
    {"IN", "INR"}, {"NP", "NPR"}, {"BD", "BDT"}, {"PK", "PKR"}, {"LK", "LKR"}, {"KE", "KES"},
    {"UG", "UGX"}, {"NG", "NGN"}, {"GB", "GBP"}, {"SA", "SAR"}, {"QA", "QAR"}, {"MX", "MXN"},
    {"CO", "COP"}, {"PE", "PEN"}, {"CL", "CLP"}, {"AR", "ARS"}, {"ZA", "ZAR"}, {"GH", "GHS"},
};

const char *language_currency(struct slice language)
{
    static const char *const rows[][2] = {
        {"id", "IDR"},      {"ms", "MYR"},      {"tl", "PHP"}, {"vi", "VND"}, {"th", "THB"},
        {"zh-Hans", "CNY"}, {"zh-Hant", "TWD"}, {"ko", "KRW"}, {"ja", "JPY"}, {"hi", "INR"},
        {"bn", "BDT"},      {"pt", "BRL"},      {"ru", "RUB"}, {"pl", "PLN"}, {"cs", "CZK"},
        {"ne", "NPR"},      {"ur", "PKR"},      {"es", "EUR"}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (slice_is(language, rows[i][0]))
            return rows[i][1];
    return "";
}

static bool is_month(const struct wage_table *table, const char *currency, int64_t month_cents)
{
    int64_t rate = wage_rate(table, currency);
    int64_t usd = rate > 0 ? month_cents / rate * 10000 : 0;
    return usd >= MONTH_CENTS_MIN && usd <= MONTH_CENTS_MAX;
}

static bool shares(size_t row, const char *shared)
{
    return strcmp(SHARED[row].shared, shared) == 0;
}

/* That of a place the ad names, or NULL. Spanish is spoken in more countries than its readers' own:
 * that one counts where it makes a month. */
static const char *shared_of_places(const struct wage_table *table, const struct fact_input *input,
                                    const char *shared, int64_t month_cents)
{
    const char *home = slice_is(input->language, "es") ? language_country(input->language) : "";
    for (size_t i = 0; i < COUNT(SHARED); i++)
        if (shares(i, shared) && strcmp(SHARED[i].country, input->destination) == 0)
            return SHARED[i].currency;
    for (size_t r = 0; r < input->regions_count; r++)
        for (size_t i = 0; i < COUNT(SHARED); i++) {
            bool named = shares(i, shared) && strcmp(SHARED[i].country, input->regions[r]) == 0;
            bool guess = named && strcmp(home, input->regions[r]) == 0;
            if (named && (!guess || is_month(table, SHARED[i].currency, month_cents)))
                return SHARED[i].currency;
        }
    return NULL;
}

/* The readers' own of a group, that of a place named, or the first whose month is one. */
static const char *settle_shared(const struct wage_table *table, const struct fact_input *input,
                                 const char *shared, int64_t month_cents)
{
    const char *ours = language_currency(input->language), *first = NULL;
    for (size_t i = 0; i < COUNT(SHARED); i++)
        if (shares(i, shared) && strcmp(SHARED[i].currency, ours) == 0)
            return ours;
    const char *placed = shared_of_places(table, input, shared, month_cents);
    for (size_t i = 0; placed == NULL && i < COUNT(SHARED); i++) {
        if (!shares(i, shared))
            continue;
        first = first == NULL ? SHARED[i].currency : first;
        bool far = slice_is(input->language, "es") && strcmp(SHARED[i].country, "PH") == 0;
        if (!far && is_month(table, SHARED[i].currency, month_cents))
            placed = SHARED[i].currency;
    }
    return placed != NULL ? placed : first;
}

/* Countries that write "$" for their own money. strong: it is worth about a US dollar, so that the
 * figure does not tell which of the two is meant. */
static const struct dollar {
    char country[3], currency[4];
    bool strong, peso;
} DOLLARS[] = {{"MX", "MXN", false, true}, {"CO", "COP", false, true},  {"CL", "CLP", false, true},
               {"AR", "ARS", false, true}, {"HK", "HKD", false, false}, {"TW", "TWD", false, false},
               {"SG", "SGD", true, false}, {"AU", "AUD", true, false},  {"CA", "CAD", true, false}};

static const struct dollar *dollar_of(const char *country)
{
    for (size_t i = 0; i < COUNT(DOLLARS); i++)
        if (strcmp(DOLLARS[i].country, country) == 0)
            return &DOLLARS[i];
    return NULL;
}

const char *currency_own(const struct fact_input *input)
{
    const struct dollar *there = dollar_of(input->destination);
    return there != NULL && there->peso && slice_is(input->language, "es")
               ? there->currency
               : language_currency(input->language);
}

/* The place of work tells whose "$" it is; but a lure of 1,500 US dollars says "$1,500" in Mexico,
 * too. Where none is named, Spanish and Traditional Chinese ads mean their own by so many a month. */
static const char *settle_dollar(const struct wage_table *table, const struct fact_input *input,
                                 int64_t month_cents)
{
    const struct dollar *there = dollar_of(input->destination);
    if (there != NULL && (there->strong || month_cents > PLAIN_USD_CENTS_MAX))
        return there->currency;
    if (input->destination[0] != '\0' || month_cents <= DOLLAR_CENTS_MAX)
        return "USD";
    if (slice_is(input->language, "es"))
        return settle_shared(table, input, "PES", month_cents);
    return slice_is(input->language, "zh-Hant") ? "TWD" : "USD";
}

const char *currency_settle(const struct wage_table *table, const struct fact_input *input,
                            const char *stated, bool sign, int64_t month_cents)
{
    const char *ours = language_currency(input->language);
    if (strcmp(stated, "HAN") == 0)
        return strcmp(ours, "TWD") == 0 || strcmp(ours, "JPY") == 0 ? ours : "CNY";
    if (strcmp(stated, "USD") == 0)
        return sign ? settle_dollar(table, input, month_cents) : stated;
    for (size_t i = 0; i < COUNT(SHARED); i++)
        if (strcmp(SHARED[i].shared, stated) == 0)
            return settle_shared(table, input, stated, month_cents);
    return stated;
}

bool currency_behind_words(struct slice text, size_t end, char ret_currency[4])
{
    struct word_hit hit;
    struct slice behind = slice_sub(text, end, BEHIND_BYTES);
    size_t line = slice_find_char(behind, '\n');
    behind = slice_sub(behind, 0, line == SIZE_MAX ? behind.len : line);
    size_t open = slice_find_char(behind, '(');
    if (open == SIZE_MAX || amount_next(slice_sub(behind, 0, open), 0) != SIZE_MAX ||
        !word_at(words_of(WORDS_CURRENCY), behind, open + 1, &hit) || hit.len < 3)
        return false;
    memcpy(ret_currency, currency_code(hit.tag), 4);
    return true;
}

const char *currency_of_places(const struct wage_table *table, const struct fact_input *input,
                               int64_t month_cents)
{
    for (size_t r = 0; r < input->regions_count; r++)
        for (size_t i = 0; i < COUNT(COUNTRY_MONEY); i++)
            if (strcmp(COUNTRY_MONEY[i][0], input->regions[r]) == 0 &&
                is_month(table, COUNTRY_MONEY[i][1], month_cents))
                return COUNTRY_MONEY[i][1];
    return "";
}
