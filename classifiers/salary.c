/* salary.c - finds the pay an ad promises, as people write it; see facts_parts.h.
 *
 * A number is pay when it stands in the pay field, near a word for pay, or with a currency and a
 * period; phone numbers, dates, ages and times fail on their shape. Thousands and decimals are told
 * apart by three digits after the mark (1.000 is a thousand in Jakarta and so it is here). Amounts
 * in hundredths of the currency. Cost: one look at each digit run and the words around it. */
#include "classifiers/facts_parts.h"

#include <string.h>

#define CUE_BYTES  56u
#define NEAR_BYTES 24u

struct amount {
    size_t start, end;     /* folded bytes, currency and multiplier included */
    int64_t cents;         /* after the multiplier */
    int64_t multiplier;    /* 1 when none was written */
    char currency[4];      /* "" when none was written */
    const char *suggested; /* currency that the multiplier belongs to, or "" */
    bool plain;            /* digits alone */
    unsigned digits;
};

struct candidate {
    struct amount low, high;
    enum posting_field field;
    int score;
    enum pay_period period;
    bool period_stated;
};

static const struct {
    const char *word;
    const char *currency;
} CURRENCIES[] = {
    {"usdt", "UST"},    {"usd", "USD"},    {"us$", "USD"},     {"u.s.$", "USD"},
    {"dollars", "USD"}, {"dollar", "USD"}, {"dolar", "USD"},   {"dólares", "USD"},
    {"dolares", "USD"}, {"美金", "USD"},   {"美元", "USD"},    {"美刀", "USD"},
    {"nt$", "TWD"},     {"ntd", "TWD"},    {"twd", "TWD"},     {"新台币", "TWD"},
    {"台币", "TWD"},    {"hk$", "HKD"},    {"hkd", "HKD"},     {"港币", "HKD"},
    {"s$", "SGD"},      {"sgd", "SGD"},    {"r$", "BRL"},      {"brl", "BRL"},
    {"reais", "BRL"},   {"a$", "AUD"},     {"aud", "AUD"},     {"c$", "CAD"},
    {"cad", "CAD"},     {"$", "USD"},      {"idr", "IDR"},     {"rupiah", "IDR"},
    {"rp.", "IDR"},     {"rp", "IDR"},     {"ringgit", "MYR"}, {"myr", "MYR"},
    {"rm", "MYR"},      {"php", "PHP"},    {"₱", "PHP"},       {"pesos", "PHP"},
    {"peso", "PHP"},    {"thb", "THB"},    {"baht", "THB"},    {"บาท", "THB"},
    {"฿", "THB"},       {"vnđ", "VND"},    {"vnd", "VND"},     {"đồng", "VND"},
    {"đ", "VND"},       {"₫", "VND"},      {"krw", "KRW"},     {"원", "KRW"},
    {"₩", "KRW"},       {"jpy", "JPY"},    {"円", "JPY"},      {"yen", "JPY"},
    {"rmb", "CNY"},     {"cny", "CNY"},    {"人民币", "CNY"},  {"元", "HAN"},
    {"¥", "HAN"},       {"块", "HAN"},     {"inr", "INR"},     {"₹", "INR"},
    {"rs.", "INR"},     {"rs", "INR"},     {"रुपए", "INR"},     {"रुपये", "INR"},
    {"rupees", "INR"},  {"bdt", "BDT"},    {"টাকা", "BDT"},    {"৳", "BDT"},
    {"npr", "NPR"},     {"pkr", "PKR"},    {"lkr", "LKR"},     {"aed", "AED"},
    {"dhs", "AED"},     {"sar", "SAR"},    {"qar", "QAR"},     {"eur", "EUR"},
    {"€", "EUR"},       {"euro", "EUR"},   {"евро", "EUR"},    {"gbp", "GBP"},
    {"£", "GBP"},       {"zł", "PLN"},     {"pln", "PLN"},     {"kč", "CZK"},
    {"czk", "CZK"},     {"руб", "RUB"},    {"₽", "RUB"},     {"rub", "RUB"},
    {"kes", "KES"},     {"ksh", "KES"},    {"cop", "COP"},     {"mxn", "MXN"},
    {"ngn", "NGN"},     {"₦", "NGN"},      {"ብር", "ETB"},      {"ዶላር", "USD"},
    {"долл", "USD"},    {"डॉलर", "USD"},   {"ডলার", "USD"},    {"ดอลลาร์", "USD"},
    {"ドル", "USD"},    {"달러", "USD"},
};

static const struct {
    const char *word;
    int64_t times;
    const char *currency;
} MULTIPLIERS[] = {
    {"juta", 1000000, "IDR"}, {"jeti", 1000000, "IDR"},  {"jta", 1000000, "IDR"},
    {"jt", 1000000, "IDR"},   {"ribu", 1000, "IDR"},     {"rebu", 1000, "IDR"},
    {"rb", 1000, "IDR"},      {"triệu", 1000000, "VND"}, {"trieu", 1000000, "VND"},
    {"tr", 1000000, "VND"},   {"củ", 1000000, "VND"},    {"cu", 1000000, "VND"},
    {"million", 1000000, ""}, {"mil", 1000, ""},         {"mio", 1000000, ""},
    {"тыс", 1000, "RUB"},     {"тысяч", 1000, "RUB"},    {"lakhs", 100000, "INR"},
    {"lakh", 100000, "INR"},  {"lacs", 100000, "INR"},   {"lac", 100000, "INR"},
    {"लाख", 100000, "INR"},   {"हजार", 1000, "INR"},     {"हज़ार", 1000, "INR"},
    {"হাজার", 1000, "BDT"},   {"หมื่น", 10000, "THB"},     {"แสน", 100000, "THB"},
    {"พัน", 1000, "THB"},      {"만", 10000, "KRW"},      {"万", 10000, "CNY"},
    {"千", 1000, "CNY"},      {"ພັນ", 1000, "LAK"},       {"w", 10000, "CNY"},
    {"k", 1000, ""},          {"m", 1000000, ""},
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const char PAY_WORDS[] =
    "gaji|gapok|salary|salaries|upah|penghasilan|pendapatan|income|earn|earnings|pay|wage|wages|"
    "remuneration|thu nhập|"
    "lương|luong|thu "
    "nhap|薪|薪资|工资|底薪|月入|收入|待遇|เงินเดือน|รายได้|ค่าตอบแทน|ค่าจ้าง|sahod|sweldo|kita|월급|"
    "급여|"
    "연봉|수입|给|时给|月给|月収|日给|报酬|年収|वेतन|सैलरी|salario|sueldo|salário|ganhos|ingresos|"
    "зарплата|зп|оклад|доход|"
    "বেতন|तलब|ደመወዝ|compensation|package|offer|basic|base|emoji:money|thp|umr|bersih|nett|net|gp|"
    "uang "
    "saku|dapat|dpt|kumita|보장|기본급|基本给|월|mshahara|تنخواہ|சம்பளம்|වැටුප|လစာ|ប្រាក់ខែ|ເງິນເດືອນ|"
    "gaji pokok|sallary|salery|lương cứng|luong cung|thưởng|up to|hingga";

/* What stands right behind pay: "$900 base", "50k neto". */
static const char PAY_WORDS_AFTER[] =
    "in hand|hath me|base|basic|bersih|net|nett|neto|netto|gross|fixed|fix|take "
    "home|salary|pay|gaji|pokok|"
    "start|up|plus|komisi|commission|bonus|incentive|incentives|komisyon|insentif|comisión|"
    "comissão|оклад|на руки|起|以上|底薪|提成|보장|+";

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool starts_at(struct slice text, size_t at, const char *word)
{
    size_t len = strlen(word);
    return at + len <= text.len && memcmp(text.at + at, word, len) == 0;
}

static size_t skip_blanks(struct slice text, size_t at)
{
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '.'))
        at++;
    return at;
}

/* A word that ends in an ASCII letter must end there: "rp" but not "rpm". */
static bool ends_there(struct slice text, size_t end)
{
    char last = text.at[end - 1];
    if (!((last >= 'a' && last <= 'z')))
        return true;
    return !letter_after(text, end);
}

static size_t currency_at(struct slice text, size_t at, char ret_currency[4])
{
    for (size_t i = 0; i < COUNT(CURRENCIES); i++) {
        size_t len = strlen(CURRENCIES[i].word);
        if (!starts_at(text, at, CURRENCIES[i].word) || !ends_there(text, at + len))
            continue;
        memcpy(ret_currency, CURRENCIES[i].currency, 4);
        return len;
    }
    return 0;
}

/* The currency that ends right before `at`, blanks between allowed; gives its start. */
static size_t currency_before(struct slice text, size_t at, char ret_currency[4])
{
    size_t end = at;
    while (end > 0 && (text.at[end - 1] == ' ' || text.at[end - 1] == ':'))
        end--;
    for (size_t i = 0; i < COUNT(CURRENCIES); i++) {
        size_t len = strlen(CURRENCIES[i].word);
        if (len > end || !starts_at(text, end - len, CURRENCIES[i].word))
            continue;
        char first = CURRENCIES[i].word[0];
        if (first >= 'a' && first <= 'z' && letter_before(text, end - len))
            continue;
        memcpy(ret_currency, CURRENCIES[i].currency, 4);
        return end - len;
    }
    return SIZE_MAX;
}

/* How many digits, at most 4, stand behind a mark at `at`; 0 when there is no mark. */
static size_t digits_behind_mark(struct slice text, size_t at)
{
    size_t run = 0;
    if (at >= text.len || text.at[at] == '\0' || strchr(".,' ", text.at[at]) == NULL)
        return 0;
    while (run < 4 && at + 1 + run < text.len && is_digit(text.at[at + 1 + run]))
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

/* Digits with their marks from `at`: value in hundredths. False: no amount's shape. */
static bool digits_read(struct slice text, size_t at, size_t *ret_end, int64_t *ret_cents,
                        unsigned *ret_digits)
{
    size_t i = at;
    while (i < text.len && is_digit(text.at[i]) && i - at < 15)
        i++;
    size_t digits = i - at;
    int64_t value = digits_add(text, at, digits, 0), cents = 0;
    while (is_thousands(text, i, digits, value)) {
        value = digits_add(text, i + 1, 3, value);
        digits += 3;
        i += 4;
    }
    size_t run = digits_behind_mark(text, i);
    if ((run == 1 || run == 2) && (text.at[i] == '.' || text.at[i] == ',')) {
        cents = digits_add(text, i + 1, run, 0) * (run == 1 ? 10 : 1);
        i += run + 1;
    }
    if (digits == 0 || digits > 13 || (i < text.len && is_digit(text.at[i])))
        return false;
    *ret_end = i;
    *ret_cents = value * 100 + cents;
    *ret_digits = (unsigned)digits;
    return true;
}

static void multiplier_read(struct slice text, struct amount *amount)
{
    size_t at = skip_blanks(text, amount->end);
    amount->multiplier = 1;
    amount->suggested = "";
    for (size_t i = 0; i < COUNT(MULTIPLIERS); i++) {
        size_t len = strlen(MULTIPLIERS[i].word);
        if (!starts_at(text, at, MULTIPLIERS[i].word) || !ends_there(text, at + len))
            continue;
        if (len == 1 && at != amount->end) /* a lone k, w or m stands right at its number */
            continue;
        amount->multiplier = MULTIPLIERS[i].times;
        amount->suggested = MULTIPLIERS[i].currency;
        amount->end = at + len;
        return;
    }
}

/* An amount whose digits begin at `at`. */
static bool amount_read(struct slice text, size_t at, struct amount *ret_amount)
{
    struct amount amount = {.start = at, .suggested = ""};
    if (!digits_read(text, at, &amount.end, &amount.cents, &amount.digits))
        return false;
    multiplier_read(text, &amount);
    if (amount.cents > INT64_C(900000000000000) / amount.multiplier)
        return false;
    amount.cents *= amount.multiplier;
    amount.plain = amount.multiplier == 1;
    size_t before = currency_before(text, at, amount.currency);
    if (before != SIZE_MAX) {
        amount.start = before;
    } else {
        size_t after = skip_blanks(text, amount.end);
        size_t len = after < text.len ? currency_at(text, after, amount.currency) : 0;
        /* 800u, 1390u: USDT in the trade's spelling */
        if (len == 0 && after < text.len && after == amount.end && text.at[after] == 'u' &&
            ends_there(text, after + 1) && amount.digits >= 3) {
            memcpy(amount.currency, "UST", 4);
            len = 1;
        }
        if (len > 0)
            amount.end = after + len;
    }
    while (amount.end < text.len && text.at[amount.end] == '+')
        amount.end++;
    *ret_amount = amount;
    return true;
}

/* Skips "-", "–", "~", "to", "sampai", "s/d" …; gives where the second number begins, or SIZE_MAX.
 */
static size_t joiner_skip(struct slice text, size_t at)
{
    static const char *const joiners[] = {"-",     "–",   "—",    "~",      "〜",  "to ",  "sampai",
                                          "s/d",   "s.d", "sd ",  "hingga", "đến", "den ", "ถึง",
                                          "到",    "转",  "起转", "->",     "至",  "до",   "até",
                                          "hasta", "a ",  "và",   "and "};
    size_t i = skip_blanks(text, at);
    for (size_t k = 0; k < COUNT(joiners); k++) {
        if (!starts_at(text, i, joiners[k]))
            continue;
        i = skip_blanks(text, i + strlen(joiners[k]));
        char ignored[4];
        size_t len = i < text.len ? currency_at(text, i, ignored) : 0;
        i = skip_blanks(text, i + len);
        return i < text.len && is_digit(text.at[i]) ? i : SIZE_MAX;
    }
    return SIZE_MAX;
}

static const struct {
    enum pay_period period;
    const char *words;
} PERIODS[] = {
    {PAY_HOUR, "/jam|per jam|/hour|/hr|per hour|an hour|hourly|/h "
               "|时给|时薪|每小时|/giờ|ต่อชั่วโมง|por hora|в час|시급"},
    {PAY_DAY, "/hari|per hari|perhari|/day|per day|a day|daily|/d "
              "|日薪|日结|日结|一天|每天|日给|/ngày|ต่อวัน|วันละ|por dia|일급|в день|harian"},
    {PAY_WEEK, "/minggu|per minggu|/week|per week|weekly|a week|周薪|/tuần|ต่อสัปดาห์|주급|semanal"},
    {PAY_YEAR,
     "/tahun|per tahun|/year|per year|per "
     "annum|p.a|annum|yearly|annual|lpa|年薪|年収|연봉|/năm|ต่อปี|в год|rocznie|al año|/yr"},
    {PAY_MONTH,
     "/bulan|/bln|/thang|/thg|per bulan|perbulan|sebulan|bulanan|/month|per month|monthly|a "
     "month|/mo|pm|月|/tháng|ต่อเดือน|/เดือน|buwan|월|month|mensual|mês|в месяц|mies"},
};

/* Words right after the amount count first, then those before. */
static void period_read(struct slice text, struct candidate *candidate)
{
    size_t end = candidate->high.end;
    size_t start = candidate->low.start;
    size_t back = start > 24 ? 24 : start;
    struct slice windows[2] = {slice_sub(text, end, 20), slice_sub(text, start - back, back)};
    candidate->period = PAY_MONTH;
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < COUNT(PERIODS); i++)
            if (has_any(windows[w], PERIODS[i].words, true)) {
                candidate->period = PERIODS[i].period;
                candidate->period_stated = true;
                return;
            }
}

/* Right behind such a byte stands no amount of its own. */
static bool is_joined(char before)
{
    return before != '\0' && strchr("+/@_#", before) != NULL;
}

static bool is_date_or_phone(struct slice text, const struct amount *amount)
{
    char before = amount->start > 0 ? text.at[amount->start - 1] : ' ';
    char after = amount->end < text.len ? text.at[amount->end] : ' ';
    bool bare = amount->plain && amount->currency[0] == '\0';
    bool year = bare && amount->digits == 4 && amount->cents >= 190000 && amount->cents <= 210000;
    bool leading_zero = text.at[amount->start] == '0' && amount->digits > 3;
    if (year || leading_zero || is_joined(before) || after == '@')
        return true;
    return bare && after == '/' && amount->end + 1 < text.len && is_digit(text.at[amount->end + 1]);
}

/* Do the words before speak of a fine, a fee, a turnover, and not of pay? */
static bool is_other_money(struct slice text, size_t start)
{
    static const char wrong[] =
        "denda|penalty|deposit|modal|fine|biaya|fee|omset|turnover|jaminan|asuransi|capital|"
        "investasi|bonus|komisi|commission|赔付|罚|đền|ค่าปรับ|hadiah|insentif|tunjangan|allowance|"
        "potongan|diskon|discount|harga|price|modal kerja|uang makan|um|transport|dp|kasbon|prize|"
        "first deposit|turnover|revenue|budget|ung truoc|预支|违约金|保证金|押金|위약금|罚金|违约";
    size_t back = start > 22 ? 22 : start;
    struct slice before = slice_sub(text, start - back, back);
    return has_any(before, wrong, true) && !has_any(before, PAY_WORDS, true);
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

static int candidate_score(struct slice text, const struct candidate *candidate)
{
    size_t start = candidate->low.start, back = start > CUE_BYTES ? CUE_BYTES : start;
    struct slice before = slice_sub(text, start - back, back);
    bool currency = candidate->low.currency[0] != '\0' || candidate->high.currency[0] != '\0';
    bool big = candidate->low.multiplier > 1 || candidate->high.multiplier > 1;
    int score = candidate->field == POSTING_PAY ? 6 : 0;
    struct slice near = slice_from(before, before.len > NEAR_BYTES ? before.len - NEAR_BYTES : 0);
    struct slice after = slice_sub(text, candidate->high.end, 16);
    bool dollars = is_month_of_dollars(&candidate->low) || is_month_of_millions(&candidate->low);
    bool korean = has_any(near, "월|월급|급여|기본급|연봉", false) && candidate->high.digits == 3;
    score += has_any(before, PAY_WORDS, true) ? 3 : 0;
    score += has_any(near, PAY_WORDS, true) ? 2 : 0;
    score += has_any(after, PAY_WORDS_AFTER, true) ? 2 : 0;
    score += currency ? 3 : 0;
    score += dollars ? 3 : 0;
    score += big ? 2 : 0;
    score += candidate->period_stated ? 3 : 0;
    score += candidate->high.start != candidate->low.start ? 1 : 0;
    score -= is_other_money(text, start) ? 4 : 0;
    score -= !currency && !big && candidate->high.digits < 4 && !korean ? 6 : 0;
    return score;
}

/* ---- currency and dollars ---- */

static const char *language_currency(struct slice language)
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

/* Signs that several countries share ("HAN": 元, ¥, 块) are those of the language's own. */
static const char *currency_shared(const char *stated, const char *ours)
{
    if (strcmp(stated, "HAN") != 0)
        return stated;
    return strcmp(ours, "TWD") == 0 || strcmp(ours, "JPY") == 0 ? ours : "CNY";
}

static const char *currency_of(const struct candidate *candidate, struct slice language)
{
    const char *ours = language_currency(language);
    if (candidate->low.currency[0] != '\0')
        return currency_shared(candidate->low.currency, ours);
    if (candidate->high.currency[0] != '\0')
        return currency_shared(candidate->high.currency, ours);
    const char *suggested =
        candidate->high.suggested[0] != '\0' ? candidate->high.suggested : candidate->low.suggested;
    bool han = strcmp(suggested, "CNY") == 0;
    if (han && (strcmp(ours, "TWD") == 0 || strcmp(ours, "JPY") == 0 || strcmp(ours, "KRW") == 0))
        return ours;
    return suggested[0] != '\0' ? suggested : ours;
}

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
    const char *currency = currency_of(candidate, input->language);
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

/* The candidate whose first digit is at `at`; *ret_next: where to look on. */
static bool candidate_read(struct slice text, size_t at, enum posting_field field,
                           struct candidate *candidate, size_t *ret_next)
{
    *candidate = (struct candidate){.field = field};
    if (!amount_read(text, at, &candidate->low))
        return false;
    candidate->high = candidate->low;
    *ret_next = candidate->low.end > at ? candidate->low.end : at + 1;
    size_t second = joiner_skip(text, candidate->low.end);
    struct amount high;
    if (second != SIZE_MAX && amount_read(text, second, &high) && !is_date_or_phone(text, &high)) {
        /* "7-16 jt", "2-5万": the second's multiplier is the first's too */
        if (candidate->low.multiplier == 1 && high.multiplier > 1 &&
            candidate->low.cents < high.cents / 10)
            candidate->low.cents *= high.multiplier;
        bool related =
            high.cents >= candidate->low.cents && high.cents <= candidate->low.cents * 30;
        if (related) {
            candidate->high = high;
            *ret_next = high.end;
        }
    }
    period_read(text, candidate);
    return !is_date_or_phone(text, &candidate->low);
}

/* The next number of text at or after *at that may be pay; *at moves behind it. */
static bool candidate_next(struct slice text, size_t *at, enum posting_field field,
                           struct candidate *candidate)
{
    while (*at < text.len) {
        size_t start = *at, run = start;
        while (run < text.len && is_digit(text.at[run]))
            run++;
        *at = run > start ? run : start + 1;
        bool inside = start > 1 && (text.at[start - 1] == '.' || text.at[start - 1] == ',') &&
                      is_digit(text.at[start - 2]);
        if (run > start && !inside && candidate_read(text, start, field, candidate, at))
            return true;
    }
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
            if (candidate.score <= best || !salary_make(table, input, &candidate, &salary))
                continue;
            best = candidate.score;
            *ret_salary = salary;
        }
    }
    const char *ours = language_currency(input->language);
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
