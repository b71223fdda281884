/* salary_amount.c - reads numbers with their multiplier and currency; see salary_parts.h.
 *
 * Thousands and decimals are told apart by three digits after the mark (1.000 is a thousand in
 * Jakarta and so it is here). Amounts in hundredths of the currency. Dates, times and phone numbers
 * are told by their shape before anything else is read. */
#include "classifiers/salary_parts.h"

#include <string.h>

#define CENTS_MAX INT64_C(900000000000000)

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool digit_at(struct slice text, size_t at)
{
    return at < text.len && is_digit(text.at[at]);
}

static size_t skip_blanks(struct slice text, size_t at)
{
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '.'))
        at++;
    return at;
}

static size_t digits_run(struct slice text, size_t at)
{
    size_t run = 0;
    while (digit_at(text, at + run))
        run++;
    return run;
}

/* ---- Han numerals: 两万, 一万五, 三十万, 过万 ---- */

static const char HAN_DIGITS[] = "一二三四五六七八九两壹贰叁肆伍陆柒捌玖";

static int han_digit(struct slice text, size_t at)
{
    for (int i = 0; at + 3 <= text.len && i < 19; i++)
        if (memcmp(HAN_DIGITS + i * 3, text.at + at, 3) == 0)
            return i == 9 ? 2 : i < 9 ? i + 1 : i - 9;
    return -1;
}

static int64_t han_unit(struct slice text, size_t at)
{
    static const char units[] = "十百千万拾佰仟";
    static const int64_t values[] = {10, 100, 1000, 10000, 10, 100, 1000};
    for (int i = 0; at + 3 <= text.len && i < 7; i++)
        if (memcmp(units + i * 3, text.at + at, 3) == 0)
            return values[i];
    return 0;
}

struct han {
    int64_t sum, part, last; /* behind a 万, before it, the last unit */
    int digit;               /* that waits for its unit; -1: none */
    bool big;
};

static void han_take(struct han *han, int64_t unit)
{
    int64_t digit = han->digit;
    han->big = han->big || unit >= 1000;
    han->last = unit;
    han->digit = -1;
    if (unit < 10000) {
        han->part += (digit > 0 ? digit : 1) * unit;
        return;
    }
    han->part += digit > 0 ? digit : 0;
    han->sum += (han->part > 0 ? han->part : 1) * unit;
    han->part = 0;
}

/* Reads a numeral that speaks of thousands at least; gives its end, or 0. */
static size_t han_read(struct slice text, size_t at, int64_t *ret_value)
{
    struct han han = {.last = 1, .digit = -1};
    size_t i = at;
    for (; i < text.len && han.sum < INT64_C(100000000); i += 3) {
        int64_t unit = han_unit(text, i);
        int next = han_digit(text, i);
        if (unit > 0)
            han_take(&han, unit);
        else if (next < 0)
            break;
        else if (han.digit >= 0)
            return 0;
        else
            han.digit = next;
    }
    if (han.digit > 0) /* 一万五: the next lower unit is meant */
        han.part += han.digit * (han.last >= 1000 ? han.last / 10 : 1);
    *ret_value = han.sum + han.part;
    return han.big && *ret_value < INT64_C(100000000) ? i : 0;
}

static bool behind_over(struct slice text, size_t at)
{
    return at >= 3 &&
           (memcmp(text.at + at - 3, "过", 3) == 0 || memcmp(text.at + at - 3, "上", 3) == 0 ||
            memcmp(text.at + at - 3, "破", 3) == 0);
}

static bool han_begins(struct slice text, size_t at)
{
    bool head =
        han_digit(text, at) >= 0 || (at + 3 <= text.len && memcmp(text.at + at, "十", 3) == 0);
    if (!head)
        return han_unit(text, at) == 10000 && behind_over(text, at);
    return !(at >= 3 && (han_digit(text, at - 3) >= 0 || han_unit(text, at - 3) > 0));
}

/* The multiplier behind a number in words, or behind the second of "three to four thousand"; gives
 * where the number with its own multiplier ends. */
static size_t word_multiplier(struct slice text, size_t end, struct amount *amount)
{
    struct word_hit unit, joiner, second;
    size_t next = skip_blanks(text, end);
    if (word_at(words_of(WORDS_MULTIPLIER), text, next, &unit) && unit.len > 1) {
        amount->multiplier = multiplier_of(unit.tag, &amount->suggested);
        return unit.at + unit.len;
    }
    if (word_at(words_of(WORDS_JOINER), text, next, &joiner) &&
        word_at(words_of(WORDS_NUMBER), text, skip_blanks(text, next + joiner.len), &second) &&
        word_at(words_of(WORDS_MULTIPLIER), text, skip_blanks(text, second.at + second.len),
                &unit) &&
        unit.len > 1)
        amount->multiplier = multiplier_of(unit.tag, &amount->suggested);
    return end;
}

/* "three thousand", "seribu": a number in words of a thousand at least; gives its end, or 0. */
static size_t word_number_read(struct slice text, size_t at, struct amount *amount)
{
    struct word_hit number;
    amount->suggested = "";
    amount->multiplier = 1;
    if (!word_at(words_of(WORDS_NUMBER), text, at, &number))
        return 0;
    amount->cents = number_word_hundredths(number.tag);
    size_t end = word_multiplier(text, at + number.len, amount);
    return amount->cents * amount->multiplier >= 100000 ? end : 0;
}

static bool word_number_begins(struct slice text, size_t at)
{
    struct amount amount;
    return word_number_read(text, at, &amount) > 0;
}

size_t amount_next(struct slice text, size_t from)
{
    const bool *begins = words_of(WORDS_NUMBER)->begins;
    for (size_t at = from; at < text.len; at++) {
        if (is_digit(text.at[at])) {
            bool inside = at > 1 && (text.at[at - 1] == '.' || text.at[at - 1] == ',') &&
                          is_digit(text.at[at - 2]);
            if (!inside && !(at > 0 && is_digit(text.at[at - 1])))
                return at;
        } else if (((unsigned char)text.at[at] >= 0xE4 && han_begins(text, at)) ||
                   (begins[(unsigned char)text.at[at]] && word_number_begins(text, at))) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* ---- dates, times, phones ---- */

static char byte_at(struct slice text, size_t at)
{
    return at < text.len ? text.at[at] : '\0';
}

static size_t date_end(struct slice text, size_t at)
{
    size_t a = digits_run(text, at), second = at + a + 1, b = digits_run(text, second);
    size_t third = second + b + 1, c = digits_run(text, third);
    char mark = byte_at(text, at + a);
    if (a == 0 || b == 0 || b > 2 || mark == '\0' || strchr("/-.", mark) == NULL ||
        byte_at(text, second + b) != mark)
        return 0;
    bool day_first = a <= 2 && (c == 2 || c == 4), year_first = a == 4 && c > 0 && c <= 2;
    return day_first || year_first ? third + c : 0;
}

/* "8.30", "08:00": its end, or 0. */
static size_t clock_end(struct slice text, size_t at)
{
    size_t a = digits_run(text, at), second = at + a + 1;
    char mark = byte_at(text, at + a);
    bool marked = mark == ':' || mark == '.' || mark == 'h';
    return marked && a > 0 && a <= 2 && digits_run(text, second) == 2 ? second + 2 : 0;
}

/* A point between hours and minutes tells a time only when another follows: "8.30 - 17.00". */
static size_t time_end(struct slice text, size_t at)
{
    size_t end = clock_end(text, at);
    if (end == 0 || text.at[end - 3] != '.')
        return end;
    size_t next = skip_blanks(text, end);
    if (byte_at(text, next) != '-')
        return 0;
    return clock_end(text, skip_blanks(text, next + 1));
}

struct run {
    size_t end;
    unsigned digits, groups, odd; /* odd: groups behind the first that have not three digits */
    bool round, one_mark;         /* ends in 00; "8000-12000" */
};

static struct run number_run(struct slice text, size_t at)
{
    struct run run = {.end = at};
    for (size_t i = at; digit_at(text, i);) {
        size_t group = digits_run(text, i);
        run.odd += run.groups > 0 && group != 3 ? 1 : 0;
        run.groups++;
        run.digits += (unsigned)group;
        run.end = i + group;
        run.round = group > 1 && text.at[run.end - 1] == '0' && text.at[run.end - 2] == '0';
        i = run.end;
        while (i < text.len && i < run.end + 2 && text.at[i] != '\0' &&
               strchr(" -()", text.at[i]) != NULL)
            i++;
        if (i == run.end)
            break;
    }
    return run;
}

/* Only a bare number may be a phone: a currency before it says otherwise. */
static size_t phone_end(struct slice text, size_t at)
{
    struct run run = number_run(text, at);
    size_t first = digits_run(text, at);
    char before = at > 0 ? text.at[at - 1] : ' ';
    bool zero = text.at[at] == '0' && run.digits >= 8;
    bool plus = before == '+' && run.digits >= 8;
    bool bare = first >= 10 && run.groups == 1;
    bool grouped = run.digits >= 8 && run.digits <= 15 && run.odd > 0 && run.groups >= 2 &&
                   !run.round && first <= 5;
    return zero || plus || bare || grouped ? run.end : 0;
}

size_t other_number(struct slice text, size_t at)
{
    size_t end = date_end(text, at);
    if (end == 0)
        end = time_end(text, at);
    return end == 0 ? phone_end(text, at) : end;
}

/* ---- amounts ---- */

/* The currency that ends right before `at`, blanks between allowed; gives its start. */
static size_t currency_before(struct slice text, size_t at, char ret_currency[4])
{
    size_t end = at;
    while (end > 0 && (text.at[end - 1] == ' ' || text.at[end - 1] == ':'))
        end--;
    size_t most = end < 24 ? end : 24;
    for (size_t back = most; back > 0; back--) {
        struct word_hit hit;
        size_t from = end - back;
        struct slice head = slice_sub(text, 0, end);
        if (((unsigned char)text.at[from] & 0xC0) == 0x80 ||
            !word_at(words_of(WORDS_CURRENCY), head, from, &hit) || hit.len != back)
            continue;
        memcpy(ret_currency, currency_code(hit.tag), 4);
        return from;
    }
    return SIZE_MAX;
}

/* How many digits, at most 4, stand behind a mark at `at`; 0 when there is no mark. */
static size_t digits_behind_mark(struct slice text, size_t at)
{
    size_t run = 0;
    if (at >= text.len || text.at[at] == '\0' || strchr(".,' ", text.at[at]) == NULL)
        return 0;
    while (run < 4 && digit_at(text, at + 1 + run))
        run++;
    return run;
}

/* A blank groups thousands only where no other reading is likely. */
static bool is_thousands(struct slice text, size_t mark, size_t digits, int64_t value)
{
    return digits < 13 && digits_behind_mark(text, mark) == 3 &&
           (text.at[mark] != ' ' || digits <= 3 || value % 1000 == 0);
}

static int64_t digits_add(struct slice text, size_t at, size_t count, int64_t value)
{
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (text.at[at + i] - '0');
    return value;
}

/* "1,00,000": lakhs are grouped by two. */
static size_t lakh_group(struct slice text, size_t at, size_t digits)
{
    return digits <= 2 && digits_behind_mark(text, at) == 2 && text.at[at] == ',' &&
                   (digits_behind_mark(text, at + 3) == 3 ||
                    (digits_behind_mark(text, at + 3) == 2 &&
                     digits_behind_mark(text, at + 6) == 3))
               ? 2
               : 0;
}

/* "15 koma 5": the end of the decimal that is spoken behind a number, or 0. */
static size_t spoken_decimal(struct slice text, size_t at)
{
    static const char *const words[] = {" koma ", " point ", " phẩy ", " coma ", " vírgula "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t behind = at + strlen(words[i]);
        if (slice_starts(slice_from(text, at), words[i]) && digits_run(text, behind) == 1)
            return behind + 1;
    }
    return 0;
}

/* How many digits of a decimal stand behind the whole number that ends at mark; 0: none. Not
 * "18000,13个月": behind a whole wage stands another number, of months. */
static size_t decimal_run(struct slice text, size_t mark, size_t digits)
{
    struct word_hit hit;
    size_t run = digits_behind_mark(text, mark);
    if (run == 0 || run > 2 || (text.at[mark] != '.' && text.at[mark] != ','))
        return 0;
    bool other = text.at[mark] == ',' && digits >= 4 &&
                 word_at(words_of(WORDS_UNIT), text, mark + 1 + run, &hit);
    return other ? 0 : run;
}

/* Digits with their marks from `at`: value in hundredths. False: no amount's shape. */
static bool digits_read(struct slice text, size_t at, struct amount *amount)
{
    size_t digits = digits_run(text, at), i = at + digits;
    if (digits == 0 || digits > 13)
        return false;
    int64_t value = digits_add(text, at, digits, 0), cents = 0;
    while (lakh_group(text, i, digits) == 2) {
        value = digits_add(text, i + 1, 2, value);
        digits += 2;
        i += 3;
        if (digits_behind_mark(text, i) == 3)
            break;
    }
    while (is_thousands(text, i, digits, value)) {
        value = digits_add(text, i + 1, 3, value);
        digits += 3;
        i += 4;
    }
    size_t run = decimal_run(text, i, digits);
    if (run > 0) {
        cents = digits_add(text, i + 1, run, 0) * (run == 1 ? 10 : 1);
        i += run + 1;
    }
    size_t spoken = run == 0 ? spoken_decimal(text, i) : 0;
    if (spoken > 0) {
        i = spoken;
        cents = (text.at[i - 1] - '0') * 10;
    }
    if (digits > 13 || digit_at(text, i))
        return false;
    amount->end = i;
    amount->cents = value * 100 + cents;
    amount->digits = (unsigned)digits;
    return true;
}

/* "7tr5", "2k5", "1万2": seven, two and one and a part of the same; but "2万3千", "5k2-3". */
static void half_read(struct slice text, struct amount *amount)
{
    struct word_hit hit;
    size_t at = amount->end, behind = at + 1;
    if (digits_run(text, at) != 1 || amount->cents % 100 != 0 || amount->multiplier < 1000)
        return;
    bool vietnamese = strcmp(amount->suggested, "VND") == 0;
    bool on = letter_after(text, behind) || digits_behind_mark(text, behind) > 0 ||
              word_at(words_of(WORDS_MULTIPLIER), text, behind, &hit) ||
              word_at(words_of(WORDS_UNIT), text, behind, &hit);
    if (on && !vietnamese)
        return;
    amount->cents += (text.at[at] - '0') * 10;
    amount->end = behind;
}

static bool is_one_letter(struct slice word)
{
    return word.len == 1 || (word.len == 2 && (unsigned char)word.at[0] >= 0xC0);
}

/* A multiplier that something is written on to: "7tr5", "1ku". */
static bool joined_read(struct slice text, size_t at, struct word_hit *ret_hit)
{
    struct slice rest = slice_from(text, at);
    bool half = slice_starts(rest, "tr") && digits_run(text, at + 2) == 1;
    bool usdt = slice_starts(rest, "ku") && !letter_after(text, at + 2);
    struct slice word = slice_sub(rest, 0, half ? 2 : usdt ? 1 : 0);
    return word.len > 0 && word_at(words_of(WORDS_MULTIPLIER), word, 0, ret_hit);
}

static void multiplier_read(struct slice text, struct amount *amount)
{
    size_t at = skip_blanks(text, amount->end);
    struct word_hit hit;
    amount->multiplier = 1;
    amount->suggested = "";
    if (!word_at(words_of(WORDS_MULTIPLIER), text, at, &hit) && !joined_read(text, at, &hit))
        return;
    /* a lone k, w or m stands right at its number */
    if (is_one_letter(slice_sub(text, at, hit.len)) && at != amount->end)
        return;
    if (text.at[at] == 'm' && hit.len == 1 && digit_at(text, at + 1))
        return; /* 1m60: a height */
    amount->multiplier = multiplier_of(hit.tag, &amount->suggested);
    amount->end = at + hit.len;
    half_read(text, amount);
    if (slice_starts(slice_from(text, amount->end), "-an"))
        amount->end += 3;
}

/* "dua juta [lima ratus ribu]", "2 juta [500 ribu]": the end of a smaller part that is said on behind
 * an amount with its multiplier, or 0. */
static size_t part_read(struct slice text, const struct amount *amount, int64_t *ret_cents)
{
    static const char *const hundreds[] = {" ratus", " hundred"};
    size_t at = skip_blanks(text, amount->end), digits = digits_run(text, at);
    struct word_hit number, unit;
    const char *suggested = "";
    int64_t hundredths = digits_add(text, at, digits <= 3 ? digits : 0, 0) * 100;
    size_t end = at + digits;
    if (at == amount->end || digits > 3)
        return 0;
    if (digits == 0) {
        if (!word_at(words_of(WORDS_NUMBER), text, at, &number))
            return 0;
        hundredths = number_word_hundredths(number.tag);
        end = at + number.len;
        for (size_t i = 0; i < sizeof hundreds / sizeof hundreds[0]; i++)
            if (slice_starts(slice_from(text, end), hundreds[i])) {
                hundredths *= 100;
                end += strlen(hundreds[i]);
            }
    }
    end = skip_blanks(text, end);
    if (!word_at(words_of(WORDS_MULTIPLIER), text, end, &unit))
        return 0;
    int64_t times = multiplier_of(unit.tag, &suggested);
    *ret_cents = hundredths * times;
    return times >= 1000 && times < amount->multiplier && *ret_cents < amount->multiplier * 100
               ? unit.at + unit.len
               : 0;
}

static void parts_read(struct slice text, struct amount *amount)
{
    int64_t cents = 0;
    size_t end = amount->multiplier > 1000 && amount->cents % (amount->multiplier * 100) == 0
                     ? part_read(text, amount, &cents)
                     : 0;
    if (end == 0)
        return;
    amount->cents += cents;
    amount->end = end;
}

/* 800u, 1ku: USDT in the trade's spelling. */
static bool is_usdt(struct slice text, const struct amount *amount)
{
    return byte_at(text, amount->end) == 'u' && !letter_after(text, amount->end + 1) &&
           (amount->digits >= 3 || amount->multiplier > 1);
}

/* P48,000, P60k */
static bool is_peso(struct slice text, const struct amount *amount)
{
    size_t at = amount->digits_at;
    return at > 0 && text.at[at - 1] == 'p' && !letter_before(text, at - 1) &&
           (amount->digits >= 4 || amount->multiplier > 1 ||
            (amount->digits == 3 && byte_at(text, amount->end) == '/'));
}

static bool currency_behind(struct slice text, const struct amount *amount,
                            struct word_hit *ret_hit)
{
    size_t after = skip_blanks(text, amount->end);
    while (byte_at(text, after) == '+')
        after++;
    /* "S/ 2,500" are soles, "5 s/d 7" is a range */
    return !slice_starts(slice_from(text, after), "s/") &&
           word_at(words_of(WORDS_CURRENCY), text, after, ret_hit);
}

static void currency_read(struct slice text, struct amount *amount)
{
    size_t before = currency_before(text, amount->digits_at, amount->currency);
    struct word_hit hit;
    bool behind = currency_behind(text, amount, &hit);
    if (before != SIZE_MAX) {
        amount->start = before;
        /* "$1,200,000 COP": the sign is that of several countries */
        amount->dollar_sign = text.at[before] == '$';
        behind = behind && amount->dollar_sign && hit.len == 3;
        if (!behind)
            return;
        amount->dollar_sign = false;
    }
    if (behind) {
        memcpy(amount->currency, currency_code(hit.tag), 4);
        amount->end = hit.at + hit.len;
    } else if (is_usdt(text, amount)) {
        memcpy(amount->currency, "UST", 4);
        amount->end++;
    } else if (is_peso(text, amount)) {
        memcpy(amount->currency, "PHP", 4);
        amount->start = amount->digits_at - 1;
    }
}

bool amount_read(struct slice text, size_t at, struct amount *ret_amount)
{
    struct amount amount = {.start = at, .digits_at = at, .multiplier = 1, .suggested = ""};
    int64_t value = 0;
    if (is_digit(text.at[at])) {
        if (!digits_read(text, at, &amount))
            return false;
        multiplier_read(text, &amount);
        if (amount.cents > CENTS_MAX / amount.multiplier)
            return false;
        amount.cents *= amount.multiplier;
        parts_read(text, &amount);
    } else if ((amount.end = han_read(text, at, &value)) > 0) {
        amount.cents = value * 100;
        amount.multiplier = 10000;
        amount.suggested = "CNY";
        amount.digits = 5;
        amount.more = behind_over(text, at);
    } else {
        amount.end = word_number_read(text, at, &amount);
        if (amount.end == 0)
            return false;
        amount.cents *= amount.multiplier;
        parts_read(text, &amount);
        amount.multiplier = amount.multiplier > 1 ? amount.multiplier : 1000;
        amount.digits = 4;
    }
    amount.plain = amount.multiplier == 1;
    currency_read(text, &amount);
    while (amount.end < text.len && text.at[amount.end] == '+') {
        amount.end++;
        amount.more = true;
    }
    *ret_amount = amount;
    return true;
}

/* "USD 2500 / 3000": a slash with blanks around it and four digits behind. */
static bool is_slash_joiner(struct slice text, size_t at)
{
    return at > 0 && byte_at(text, at) == '/' && text.at[at - 1] == ' ' &&
           byte_at(text, at + 1) == ' ' && digits_run(text, at + 2) >= 3;
}

size_t range_second(struct slice text, size_t at)
{
    struct word_hit hit;
    size_t i = skip_blanks(text, at);
    if (i + 1 < text.len && text.at[i] == ',' && text.at[i + 1] == '-') /* "Rp 4.000.000,- s/d" */
        i = skip_blanks(text, i + 2);
    if (is_slash_joiner(text, i))
        i = skip_blanks(text, i + 1);
    else if (word_at(words_of(WORDS_JOINER), text, i, &hit))
        i = skip_blanks(text, i + hit.len);
    else
        return SIZE_MAX;
    if (word_at(words_of(WORDS_CURRENCY), text, i, &hit))
        i = skip_blanks(text, i + hit.len);
    else if (byte_at(text, i) == 'p' && digit_at(text, i + 1)) /* P60k-P80k */
        i++;
    bool begins =
        digit_at(text, i) || (i < text.len && (han_begins(text, i) || word_number_begins(text, i)));
    return begins ? i : SIZE_MAX;
}
