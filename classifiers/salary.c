/* salary.c - finds the pay an ad promises, as people write it; see facts_parts.h.
 *
 * A number (salary_amount.c) is pay when it stands in the pay field, near a word for pay, or with a
 * currency and a period; what a bonus, a fine or a fee is called makes it other money, and what
 * counts years, people or hours is none. Of several offers the best told one is taken, so a wage and
 * not its bonus. Cost: one look at each number and the words around it. */
#include "classifiers/facts_parts.h"
#include "classifiers/salary_parts.h"

#include <string.h>

#define CUE_BYTES    56u
#define NEAR_BYTES   24u
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

struct candidate {
    struct amount low, high;
    enum posting_field field;
    int score;
    enum pay_period period;
    bool period_stated;
    bool half_month; /* told for two weeks: a month has two of them */
    bool piece;      /* for a thing made or a task done: no pay of a time */
};

/* ---- what stands around ---- */

static struct slice before_of(struct slice text, size_t start, size_t most)
{
    size_t back = start > most ? most : start;
    while (back < start && ((unsigned char)text.at[start - back] & 0xC0) == 0x80)
        back++;
    return slice_sub(text, start - back, back);
}

static char byte_at(struct slice text, size_t at)
{
    return at < text.len ? text.at[at] : ' ';
}

static void period_take(struct candidate *candidate, int tag)
{
    candidate->half_month = tag == PERIOD_HALF_MONTH;
    candidate->piece = tag == PERIOD_PIECE;
    candidate->period = tag < PAY_PERIOD_COUNT ? (enum pay_period)tag : PAY_MONTH;
    candidate->period_stated = true;
}

/* "6jt + uang makan 50rb/hari": a period behind another number is that one's. */
static bool period_after(struct slice after, struct word_hit *ret_hit)
{
    if (!word_find(words_of(WORDS_PERIOD), after, 0, ret_hit) || ret_hit->at > 26)
        return false;
    return amount_next(slice_sub(after, 0, ret_hit->at), 0) == SIZE_MAX;
}

/* "日薪2000", "ชม.ละ 50": the word that an amount hangs on; behind a blank not one of a month, which
 * is pay's other name ("เงินเดือน 400 บาทต่อวัน"). */
static bool called_before(struct slice before, struct word_hit *ret_hit)
{
    struct slice tight = slice_trim(before);
    return word_last(words_of(WORDS_PERIOD), tight, ret_hit) &&
           ret_hit->at + ret_hit->len == tight.len &&
           (unsigned char)tight.at[tight.len - 1] >= 0x80 &&
           (tight.len == before.len || ret_hit->tag != PAY_MONTH);
}

/* Words right after the amount count first, then those before; of each the nearest. */
static void period_read(struct slice text, struct candidate *candidate)
{
    size_t end = candidate->high.end, start = candidate->low.start;
    struct slice after = slice_sub(text, end, 40), before = before_of(text, start, 40);
    size_t line = slice_find_char(after, '\n');
    struct word_hit hit;
    if (line != SIZE_MAX)
        after = slice_sub(after, 0, line);
    candidate->period = PAY_MONTH;
    if (slice_ends(slice_sub(text, start, end - start), "lpa")) { /* lakhs per annum */
        period_take(candidate, PAY_YEAR);
        return;
    }
    /* "日薪兩千 一週結一次": what it is called right before it, not how often it is paid out */
    if (byte_at(text, end) != '/' && called_before(before, &hit)) {
        period_take(candidate, hit.tag);
        return;
    }
    if (period_after(after, &hit)) {
        period_take(candidate, hit.tag);
        return;
    }
    if (word_last(words_of(WORDS_PERIOD), before, &hit)) {
        /* a period that another number took already is not ours */
        struct slice between = slice_from(before, hit.at + hit.len);
        if (amount_next(between, 0) == SIZE_MAX)
            period_take(candidate, hit.tag);
    }
}

/* "12 tahun", "5 hari kerja", "20 orang": the number counts something else; "3 a piece": things do. */
static bool counts_things(struct slice text, const struct candidate *candidate)
{
    const struct amount *high = &candidate->high;
    struct word_hit hit;
    size_t at = high->end;
    if (candidate->piece)
        return true;
    if (!high->plain || high->currency[0] != '\0' || candidate->low.currency[0] != '\0')
        return false;
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '-'))
        at++;
    if (high->digits <= 4 && word_at(words_of(WORDS_UNIT), text, at, &hit))
        return true;
    struct slice before = before_of(text, candidate->low.start, NEAR_BYTES);
    while (before.len > 0 && strchr(" :.-=(#", before.at[before.len - 1]) != NULL)
        before.len--;
    for (size_t i = 0; i < before.len; i++)
        if (word_at(words_of(WORDS_NUMBERED), before, i, &hit) && hit.at + hit.len == before.len)
            return true;
    return false;
}

/* Right behind such a byte stands no amount of its own. */
static bool is_joined(char before)
{
    return before != '\0' && strchr("+/@_#", before) != NULL;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "1999", "2-5": of numbers with neither multiplier nor currency. */
static bool is_bare_other(struct slice text, const struct amount *amount)
{
    size_t start = amount->start, end = amount->end;
    if (!amount->plain || amount->currency[0] != '\0')
        return false;
    if (amount->digits == 4 && amount->cents >= 190000 && amount->cents <= 210000)
        return true;
    if (start > 1 && text.at[start - 1] == '-' && is_digit(text.at[start - 2]))
        return true;
    return byte_at(text, end) == '/' && is_digit(byte_at(text, end + 1));
}

static bool is_other_shape(struct slice text, const struct amount *amount)
{
    char before = amount->start > 0 ? text.at[amount->start - 1] : ' ';
    char after = byte_at(text, amount->end);
    bool leading_zero = text.at[amount->start] == '0' && amount->digits > 3;
    return leading_zero || is_joined(before) || after == '@' || after == '%' ||
           is_bare_other(text, amount);
}

/* The second end of a range stands behind a dash and is judged without it. */
static bool is_second_other(struct slice text, const struct amount *amount)
{
    char after = byte_at(text, amount->end);
    return after == '@' || after == '%' || (text.at[amount->start] == '0' && amount->digits > 3);
}

enum cue { CUE_NONE, CUE_FAR, CUE_NEAR, CUE_OTHER };

/* What the words before say the money is. The nearest word decides, unless no other number stands
 * between it and an earlier word for pay: "salary + commission 10 jt" is pay. */
static enum cue cue_of(struct slice text, size_t start)
{
    struct slice before = before_of(text, start, CUE_BYTES);
    struct word_hit hit;
    struct slice rest = before;
    bool other = false;
    while (word_last(words_of(WORDS_MONEY), rest, &hit)) {
        size_t distance = before.len - hit.at - hit.len;
        if (hit.tag == MONEY_PAY) {
            struct slice between = slice_from(before, hit.at + hit.len);
            bool mixed = slice_find_char(between, '+') != SIZE_MAX ||
                         slice_find_char(between, '&') != SIZE_MAX;
            if (other && (!mixed || amount_next(between, 0) != SIZE_MAX))
                return CUE_OTHER;
            return distance <= NEAR_BYTES ? CUE_NEAR : CUE_FAR;
        }
        if (!other && distance > NEAR_BYTES)
            return CUE_NONE;
        if (!other && slice_find_char(slice_from(before, hit.at), '\n') != SIZE_MAX)
            return CUE_NONE;
        other = true;
        rest = slice_sub(before, 0, hit.at);
    }
    return other ? CUE_OTHER : CUE_NONE;
}

/* Dollars between 300 and 6,000: what a month abroad is offered at. */
static bool is_month_of_dollars(const struct amount *amount)
{
    bool dollars = strcmp(amount->currency, "USD") == 0 || strcmp(amount->currency, "UST") == 0;
    return dollars && amount->cents >= 30000 && amount->cents <= 600000;
}

/* "9jt", "28tr", "22 củ": millions of rupiah or dong that a month may be. */
static bool is_month_of_millions(const struct amount *amount)
{
    int64_t millions = amount->cents / 100000000;
    bool rupiah = strcmp(amount->suggested, "IDR") == 0 && millions >= 4 && millions <= 40;
    bool dong = strcmp(amount->suggested, "VND") == 0 && millions >= 8 && millions <= 100;
    return amount->multiplier == 1000000 && (rupiah || dong);
}

/* "월 480": a Korean month's pay in ten thousands. */
static bool is_korean_month(struct slice text, const struct candidate *candidate)
{
    struct slice near = before_of(text, candidate->low.start, NEAR_BYTES);
    struct word_hit hit;
    return candidate->high.digits == 3 && slice_find(near, slice_of("월")) != SIZE_MAX &&
           word_last(words_of(WORDS_MONEY), near, &hit) && hit.tag == MONEY_PAY;
}

static bool has_currency(const struct candidate *candidate)
{
    return candidate->low.currency[0] != '\0' || candidate->high.currency[0] != '\0';
}

static bool is_big(const struct candidate *candidate)
{
    return candidate->low.multiplier > 1 || candidate->high.multiplier > 1;
}

static int cue_score(struct slice text, const struct candidate *candidate)
{
    static const int points[] = {[CUE_NONE] = 0, [CUE_FAR] = 3, [CUE_NEAR] = 5, [CUE_OTHER] = -5};
    enum cue cue = cue_of(text, candidate->low.start);
    if (candidate->field == POSTING_PAY)
        return cue == CUE_NONE || cue == CUE_OTHER ? 10 + points[cue] : 15;
    return points[cue];
}

/* "日结200": a word of day's pay right before the number. */
static bool is_day_cue(struct slice text, const struct candidate *candidate)
{
    struct slice before = slice_trim(before_of(text, candidate->low.start, 28));
    struct word_hit hit;
    return candidate->period == PAY_DAY && word_last(words_of(WORDS_PERIOD), before, &hit) &&
           hit.at + hit.len == before.len;
}

static int range_score(const struct candidate *candidate)
{
    if (candidate->high.start == candidate->low.start)
        return 0;
    return candidate->low.multiplier > 1 && candidate->high.multiplier > 1 ? 3 : 1;
}

/* Few digits with neither currency nor multiplier speak of pay only in a few set phrases. */
static int small_score(struct slice text, const struct candidate *candidate)
{
    if (has_currency(candidate) || is_big(candidate) || candidate->high.digits > 3)
        return 0;
    bool stated = candidate->period_stated && candidate->period == PAY_DAY &&
                  cue_of(text, candidate->low.start) == CUE_NEAR; /* "sahod 450 kada araw" */
    bool day = candidate->high.digits == 3 && (stated || is_day_cue(text, candidate));
    return day || is_korean_month(text, candidate) ? 0 : -6;
}

static int candidate_score(struct slice text, const struct candidate *candidate)
{
    struct slice after = slice_sub(text, candidate->high.end, 20);
    bool a_month = is_month_of_dollars(&candidate->low) || is_month_of_millions(&candidate->low);
    int score = cue_score(text, candidate) + range_score(candidate) + small_score(text, candidate);
    score += has_words(after, WORDS_MONEY_AFTER) ? (is_big(candidate) ? 3 : 2) : 0;
    score += has_currency(candidate) ? 3 : 0;
    score += a_month ? 3 : 0;
    score += is_day_cue(text, candidate) ? 2 : 0;
    score -= has_words(after, WORDS_SPENT) ? 8 : 0;
    score += is_big(candidate) ? 2 : 0;
    return candidate->period_stated ? score + 3 : score;
}

/* ---- currency and dollars ---- */

static int64_t month_cents(int64_t cents, enum pay_period period)
{
    switch (period) {
    case PAY_YEAR:
        return cents / 12;
    case PAY_WEEK:
        return cents * 433 / 100;
    case PAY_DAY:
        return cents * 26;
    case PAY_HOUR:
        return cents * 208;
    case PAY_MONTH:
    case PAY_PERIOD_COUNT:
        break;
    }
    return cents;
}

/* The currency of an offer in this ad; "" when nothing tells. */
static const char *currency_of(const struct wage_table *table, const struct fact_input *input,
                               const struct candidate *candidate, char ret_named[4])
{
    const struct amount *low = &candidate->low, *high = &candidate->high;
    struct slice text = input->folded[candidate->field].text;
    const char *ours = currency_own(input);
    const char *stated = low->currency[0] != '\0' ? low->currency : high->currency;
    int64_t month = month_cents(low->cents, candidate->period);
    if (stated[0] != '\0')
        return currency_settle(table, input, stated, low->dollar_sign, month);
    const char *suggested = high->suggested[0] != '\0' ? high->suggested : low->suggested;
    if (suggested[0] == '\0' && currency_behind_words(text, high->end, ret_named))
        return currency_settle(table, input, ret_named, false, month);
    bool han = strcmp(suggested, "CNY") == 0;
    if (han && (strcmp(ours, "TWD") == 0 || strcmp(ours, "JPY") == 0 || strcmp(ours, "KRW") == 0))
        return ours;
    if (suggested[0] != '\0')
        return suggested;
    return ours[0] != '\0' ? ours : currency_of_places(table, input, month);
}

#define USD_MONTH_CENTS_MIN 2000
#define USD_MONTH_CENTS_MAX 6000000

/* A Korean month of "480" is 480 times ten thousand won; so is a written 480만. */
static bool in_ten_thousands(const struct candidate *candidate, const char *currency)
{
    return strcmp(currency, "KRW") == 0 && candidate->low.plain && candidate->high.plain &&
           candidate->low.currency[0] == '\0' && candidate->low.cents >= 15000 &&
           candidate->high.cents <= 500000;
}

/* False: no sensible month comes out of it. */
static bool salary_make(const struct wage_table *table, const struct fact_input *input,
                        const struct candidate *candidate, struct salary *salary)
{
    char named[4];
    const char *currency = currency_of(table, input, candidate, named);
    int64_t rate = wage_rate(table, currency);
    if (rate == 0)
        return false;
    memset(salary, 0, sizeof *salary);
    memcpy(salary->currency, currency, 3);
    salary->baseline = SLICE_EMPTY;
    salary->period = candidate->period;
    salary->cents_min = candidate->low.cents;
    salary->cents_max = candidate->high.cents;
    if (in_ten_thousands(candidate, currency)) {
        salary->cents_min *= 10000;
        salary->cents_max *= 10000;
    }
    if (candidate->half_month) {
        salary->cents_min *= 2;
        salary->cents_max *= 2;
    }
    if (salary->cents_min > salary->cents_max) {
        int64_t swap = salary->cents_min;
        salary->cents_min = salary->cents_max;
        salary->cents_max = swap;
    }
    /* cents * 10000 / rate, without leaving 64 bits */
    int64_t low = month_cents(salary->cents_min, salary->period);
    int64_t high = month_cents(salary->cents_max, salary->period);
    salary->usd_month_cents_min = low / rate * 10000 + low % rate * 10000 / rate;
    salary->usd_month_cents_max = high / rate * 10000 + high % rate * 10000 / rate;
    if (!candidate->period_stated && salary->usd_month_cents_min > 2000000) {
        salary->period = PAY_YEAR; /* nobody pays that a month and forgets to say so */
        salary->usd_month_cents_min /= 12;
        salary->usd_month_cents_max /= 12;
    }
    const struct folded *folded = &input->folded[candidate->field];
    salary->field = (int)candidate->field;
    folded_span(folded, candidate->low.start, candidate->high.end, &salary->start_bytes,
                &salary->end_bytes);
    return salary->usd_month_cents_max >= USD_MONTH_CENTS_MIN &&
           salary->usd_month_cents_min <= USD_MONTH_CENTS_MAX;
}

#define OWN_USD_CENTS_MIN 5000
#define OWN_USD_CENTS_MAX 300000

/* "15,000 taka" with no word beside it: the readers' own money, as much as a month may be. */
static int own_money_score(struct slice text, const struct candidate *candidate,
                           const struct salary *salary, struct slice language)
{
    const struct amount *high = &candidate->high;
    bool whole = high->digits >= 5 || high->multiplier > 1;
    bool a_month = salary->usd_month_cents_min >= OWN_USD_CENTS_MIN &&
                   salary->usd_month_cents_max <= OWN_USD_CENTS_MAX;
    bool ours = strcmp(high->currency, language_currency(language)) == 0;
    return whole && a_month && ours && cue_of(text, candidate->low.start) == CUE_NONE ? 2 : 0;
}

/* The candidate whose number is at `at`; *ret_next: where to look on. */
static bool candidate_read(struct slice text, size_t at, enum posting_field field,
                           struct candidate *candidate, size_t *ret_next)
{
    struct amount high;
    *candidate = (struct candidate){.field = field};
    *ret_next = at + 1;
    if (!amount_read(text, at, &candidate->low))
        return false;
    bool bare = candidate->low.plain && candidate->low.currency[0] == '\0';
    size_t other = bare ? other_number(text, at) : 0;
    if (other > 0) {
        *ret_next = other;
        return false;
    }
    candidate->high = candidate->low;
    *ret_next = candidate->low.end > at ? candidate->low.end : at + 1;
    size_t second = range_second(text, candidate->low.end);
    if (second != SIZE_MAX && amount_read(text, second, &high) && !is_second_other(text, &high)) {
        /* "7-16 jt", "2-5万": the second's multiplier is the first's too */
        if (candidate->low.multiplier == 1 && high.multiplier > 1 &&
            candidate->low.cents < high.cents / 10)
            candidate->low.cents *= high.multiplier;
        if (high.cents >= candidate->low.cents && high.cents <= candidate->low.cents * 30) {
            candidate->high = high;
            *ret_next = high.end;
        }
    }
    period_read(text, candidate);
    return !is_other_shape(text, &candidate->low) && !counts_things(text, candidate);
}

/* The next number of text at or after *at that may be pay; *at moves behind it. */
static bool candidate_next(struct slice text, size_t *at, enum posting_field field,
                           struct candidate *candidate)
{
    for (size_t start; (start = amount_next(text, *at)) != SIZE_MAX;)
        if (candidate_read(text, start, field, candidate, at))
            return true;
    return false;
}

int salary_find(const struct wage_table *table, const struct fact_input *input,
                struct salary *ret_salary, bool *ret_foreign_currency)
{
    static const enum posting_field order[] = {POSTING_PAY, POSTING_TITLE, POSTING_TEXT};
    int best = 4;
    *ret_salary = (struct salary){.field = FINDING_NO_FIELD, .baseline = SLICE_EMPTY};
    *ret_foreign_currency = false;
    for (size_t f = 0; f < COUNT(order); f++) {
        struct slice text = input->folded[order[f]].text;
        struct candidate candidate;
        size_t at = 0;
        while (candidate_next(text, &at, order[f], &candidate)) {
            struct salary salary;
            candidate.score = candidate_score(text, &candidate);
            bool first = ret_salary->currency[0] == '\0';
            if (candidate.score + (first ? 2 : 0) <= best ||
                !salary_make(table, input, &candidate, &salary))
                continue;
            if (candidate.score > best)
                best = candidate.score;
            else if (candidate.score +
                         own_money_score(text, &candidate, &salary, input->language) <=
                     best)
                continue; /* what is told without a word for pay gives way to all that has one */
            salary_terms_read(text, &candidate.low, &candidate.high, &salary);
            *ret_salary = salary;
        }
    }
    const char *ours = currency_own(input);
    *ret_foreign_currency = ret_salary->currency[0] != '\0' && ours[0] != '\0' &&
                            strcmp(ours, ret_salary->currency) != 0;
    return OK;
}

static int32_t ratio_of(int64_t cents, int64_t norm)
{
    int64_t ratio = norm <= 0 ? 0 : cents * 100 / norm;
    return ratio > 1000000 ? 1000000 : (int32_t)ratio;
}

int salary_compare(const struct wage_table *table, const struct fact_input *input,
                   const char *source, const char *destination, struct salary *salary)
{
    struct slice source_words = SLICE_EMPTY, destination_words = SLICE_EMPTY;
    if (salary->currency[0] == '\0')
        return OK;
    int64_t middle = (salary->usd_month_cents_min + salary->usd_month_cents_max) / 2;
    int64_t factor = wage_role_factor(table, input->folded[POSTING_TITLE].text);
    int64_t norm = wage_ordinary(table, source, input->arena, &source_words);
    salary->ratio_source_hundredths = ratio_of(middle, norm * factor / 100);
    norm = wage_ordinary(table, destination, input->arena, &destination_words);
    salary->ratio_destination_hundredths = ratio_of(middle, norm * factor / 100);
    char *words = arena_printf(input->arena, "%.*s%s%.*s%s", (int)source_words.len, source_words.at,
                               source_words.len > 0 && destination_words.len > 0 ? "; " : "",
                               (int)destination_words.len, destination_words.at,
                               factor > 100 ? "; times the role's usual factor" : "");
    if (words == NULL)
        return ERR_NOMEM;
    salary->baseline = slice_of(words);
    return OK;
}
