/* contacts_phone.c - phone numbers as people write and split them; see facts_parts.h.
 *
 * E.164 (ITU-T) from digits with blanks, dots, dashes, brackets, signs, emoji and number words between
 * them: "0812 tiga 4 56-7890", "一三八…". libphonenumber says what is valid, of the regions that
 * language, site and places suggest; numbers it does not know count where the way they are written
 * and a table of lengths say so (what is a number must leave the text before it is stored). */
#include "classifiers/facts_parts.h"
#include "classifiers/phone_shim.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 15u

static const struct {
    const char *code;     /* of the country */
    const char *country;  /* ISO 3166 */
    unsigned least, most; /* digits of the national number without the leading zero */
} COUNTRIES[] = {
    {"62", "ID", 8, 12},  {"60", "MY", 8, 10},  {"63", "PH", 9, 10},  {"84", "VN", 9, 10},
    {"66", "TH", 8, 9},   {"855", "KH", 8, 9},  {"95", "MM", 7, 10},  {"856", "LA", 8, 10},
    {"86", "CN", 11, 11}, {"886", "TW", 8, 9},  {"852", "HK", 8, 8},  {"853", "MO", 8, 8},
    {"65", "SG", 8, 8},   {"81", "JP", 9, 10},  {"82", "KR", 8, 10},  {"91", "IN", 10, 10},
    {"880", "BD", 9, 10}, {"977", "NP", 8, 10}, {"92", "PK", 9, 10},  {"94", "LK", 9, 9},
    {"971", "AE", 8, 9},  {"966", "SA", 8, 9},  {"974", "QA", 8, 8},  {"254", "KE", 9, 9},
    {"234", "NG", 8, 10}, {"251", "ET", 9, 9},  {"995", "GE", 9, 9},  {"55", "BR", 10, 11},
    {"57", "CO", 10, 10}, {"44", "GB", 9, 10},  {"1", "US", 10, 10},  {"7", "RU", 10, 10},
    {"256", "UG", 9, 9},  {"255", "TZ", 9, 9},  {"233", "GH", 9, 9},  {"27", "ZA", 9, 9},
    {"34", "ES", 9, 9},   {"351", "PT", 9, 9},  {"52", "MX", 10, 10}, {"51", "PE", 8, 9},
    {"380", "UA", 9, 9},  {"998", "UZ", 9, 9},  {"965", "KW", 8, 8},  {"968", "OM", 8, 8},
    {"973", "BH", 8, 8},  {"250", "RW", 9, 9},  {"258", "MZ", 9, 9},  {"420", "CZ", 9, 9},
    {"48", "PL", 9, 9},   {"61", "AU", 9, 9},
};
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t word_digit(struct slice text, size_t at, char *ret_digit)
{
    struct word_hit hit;
    if (!word_at(words_of(WORDS_DIGIT), text, at, &hit))
        return 0;
    *ret_digit = (char)('0' + hit.tag);
    return hit.len;
}

size_t sign_len(struct slice text, size_t at)
{
    struct slice rest = slice_from(text, at);
    unsigned char first = (unsigned char)text.at[at];
    if (first == 0xF0 && rest.len >= 4)
        return 4;
    if (first == 0xE2 && rest.len >= 3 && (unsigned char)rest.at[1] >= 0x80 &&
        (unsigned char)rest.at[1] <= 0xAD)
        return 3;
    if (!slice_starts(rest, "emoji:"))
        return 0;
    size_t len = 6;
    while (len < rest.len && rest.at[len] >= 'a' && rest.at[len] <= 'z')
        len++;
    return len;
}

/* Bytes of what may stand between two digits of one number. */
static size_t gap_skip(struct slice text, size_t at)
{
    size_t i = at;
    for (size_t gap = 0; i < text.len && gap < 4; gap++) {
        size_t len =
            strchr(" .-()_*~|/", text.at[i]) != NULL && text.at[i] != '\0' ? 1 : sign_len(text, i);
        if (len == 0)
            break;
        i += len;
    }
    return i - at;
}

struct dialled {
    char digits[DIGITS_MAX + 1];
    unsigned count, groups_of_three, groups, words;
    size_t end;
    bool plus;
};

static void dial(struct slice text, size_t at, struct dialled *dialled)
{
    size_t i = at;
    unsigned group = 0;
    *dialled = (struct dialled){.end = at};
    if (text.at[i] == '+') {
        dialled->plus = true;
        i++;
    }
    while (i < text.len && dialled->count < DIGITS_MAX) {
        char digit = text.at[i];
        size_t len = is_digit(digit) ? 1 : word_digit(text, i, &digit);
        if (len == 0) {
            size_t gap = gap_skip(text, i);
            dialled->groups_of_three += group == 3 && gap > 0 ? 1 : 0;
            dialled->groups++;
            group = 0;
            if (gap == 0)
                break;
            i += gap;
            continue;
        }
        dialled->words += len > 1 ? 1 : 0;
        dialled->digits[dialled->count++] = digit;
        group++;
        i += len;
        dialled->end = i;
    }
    if (i < text.len && is_digit(text.at[i]))
        dialled->count = 0; /* longer than any number */
}

static bool international(const char *digits, char ret_e164[20], char ret_country[3])
{
    for (size_t i = 0; i < COUNT(COUNTRIES); i++) {
        size_t code_len = strlen(COUNTRIES[i].code);
        if (strncmp(digits, COUNTRIES[i].code, code_len) != 0)
            continue;
        const char *national = digits + code_len;
        if (national[0] == '0')
            national++; /* +62 0812… is written often */
        size_t len = strlen(national);
        if (len < COUNTRIES[i].least || len > COUNTRIES[i].most)
            continue;
        snprintf(ret_e164, 20, "+%s%.14s", COUNTRIES[i].code, national);
        memcpy(ret_country, COUNTRIES[i].country, 3);
        return true;
    }
    return false;
}

static bool national(const struct dialled *dialled, const char *home, char ret_e164[20],
                     char ret_country[3])
{
    const char *digits = dialled->digits;
    bool trunk = digits[0] == '0' && digits[1] != '0';
    bool chinese = strcmp(home, "CN") == 0 && dialled->count == 11 && digits[0] == '1';
    bool indian = strcmp(home, "IN") == 0 && dialled->count == 10 && digits[0] >= '6';
    if (!trunk && !chinese && !indian)
        return false;
    for (size_t i = 0; i < COUNT(COUNTRIES); i++) {
        if (strcmp(COUNTRIES[i].country, home) != 0)
            continue;
        const char *rest = trunk ? digits + 1 : digits;
        size_t len = strlen(rest);
        if (len < COUNTRIES[i].least || len > COUNTRIES[i].most)
            return false;
        snprintf(ret_e164, 20, "+%s%.14s", COUNTRIES[i].code, rest);
        memcpy(ret_country, home, 3);
        return true;
    }
    return false;
}

/* A digit in words and two more, in words or not, begin a number that is told in words: "nol8satu2". */
static bool words_begin(struct slice text, size_t at)
{
    size_t i = at;
    for (unsigned count = 0; count < 3; count++) {
        char digit;
        size_t len = i < text.len ? word_digit(text, i, &digit) : 0;
        if (len == 0 && count > 0 && i < text.len && is_digit(text.at[i]))
            len = 1;
        if (len == 0)
            return false;
        i += len;
        i += gap_skip(text, i);
    }
    return true;
}

static bool number_begins(struct slice text, size_t at)
{
    if (at > 0 && (is_digit(text.at[at - 1]) || text.at[at - 1] == '+'))
        return false;
    if (is_digit(text.at[at]) || text.at[at] == '+')
        return !letter_before(text, at);
    return words_begin(text, at);
}

size_t phone_next(struct slice text, size_t from)
{
    const bool *begins = words_of(WORDS_DIGIT)->begins;
    for (size_t at = from; at < text.len; at++) {
        char byte = text.at[at];
        bool word = (unsigned char)byte >= 0xC0 ||
                    (byte >= 'a' && byte <= 'z' && (at == 0 || text.at[at - 1] == ' '));
        bool may = is_digit(byte) || byte == '+' || (word && begins[(unsigned char)byte]);
        if (may && number_begins(text, at))
            return at;
    }
    return SIZE_MAX;
}

/* A country code without "+" or "00", as people write it beside a messenger's name. */
static bool looks_international(const struct dialled *dialled)
{
    return dialled->count >= 10 && dialled->digits[0] > '1' && dialled->groups_of_three < 2;
}

/* Does a word that asks to call stand before, or a messenger's name beside? Then a number may begin
 * with neither 0 nor +. */
static bool is_asked_for(struct slice text, size_t at, size_t end)
{
    return has_words(slice_sub(text, at > 40 ? at - 40 : 0, at > 40 ? 40 : at), WORDS_CALL) ||
           has_words(slice_sub(text, at > 24 ? at - 24 : 0, at > 24 ? 24 : at), WORDS_MESSENGER) ||
           has_words(slice_sub(text, end, 24), WORDS_MESSENGER);
}

/* "NIK 3201…", "CNPJ 12.345…": the number of a person or a firm. */
static bool is_identity(struct slice text, size_t at)
{
    struct slice before = slice_sub(text, at > 32 ? at - 32 : 0, at > 32 ? 32 : at);
    struct word_hit hit;
    if (!word_last(words_of(WORDS_IDENTITY), before, &hit))
        return false;
    for (size_t i = hit.at + hit.len; i < before.len; i++)
        if (strchr(" .:#-()", before.at[i]) == NULL || before.at[i] == '\0')
            return false;
    return true;
}

struct phone_out {
    char *e164, *country;
};

/* No zero leads a national number there. */
static bool has_no_trunk(const char *region)
{
    static const char *const countries[] = {"HK", "MO", "SG", "ES", "PT", "PL", "CZ",
                                            "QA", "KW", "OM", "BH", "CN", "IN", "NP",
                                            "MX", "CO", "PE", "CL", "US", "BR"};
    for (size_t i = 0; i < COUNT(countries); i++)
        if (strcmp(region, countries[i]) == 0)
            return true;
    return false;
}

/* Without a leading zero: the countries first that write none; last the one that is a guess, and only
 * what may be a mobile phone there. */
static bool valid_without_trunk(const struct dialled *dialled, const struct fact_input *input,
                                const struct phone_out *out)
{
    for (int with_trunk = 0; with_trunk < 2; with_trunk++)
        for (size_t i = 0; i < input->regions_count; i++) {
            const char *region = input->regions[i];
            bool guess = i > 0 && strcmp(region, "ID") == 0 && dialled->digits[0] != '8';
            if (!guess && has_no_trunk(region) == (with_trunk == 0) &&
                phone_is_valid(dialled->digits, region, out->e164, out->country))
                return true;
        }
    return false;
}

static bool valid_anywhere(const struct dialled *dialled, const struct fact_input *input,
                           bool asked, const struct phone_out *out)
{
    char plus[DIGITS_MAX + 2];
    const char *digits = dialled->digits;
    bool zeros = strncmp(digits, "00", 2) == 0;
    snprintf(plus, sizeof plus, "+%s", digits + (zeros ? 2 : 0));
    if (dialled->plus || zeros)
        return phone_is_valid(plus, "", out->e164, out->country);
    bool trunk = digits[0] == '0' || (digits[0] == '8' && dialled->count == 11);
    for (size_t i = 0; trunk && i < input->regions_count; i++)
        if (phone_is_valid(digits, input->regions[i], out->e164, out->country))
            return true;
    if (asked && !trunk && valid_without_trunk(dialled, input, out))
        return true;
    return looks_international(dialled) && phone_is_valid(plus, "", out->e164, out->country);
}

static bool valid_by_table(const struct dialled *dialled, const char *home,
                           const struct phone_out *out)
{
    const char *digits = dialled->digits;
    if (dialled->plus)
        return international(digits, out->e164, out->country);
    if (strncmp(digits, "00", 2) == 0)
        return international(digits + 2, out->e164, out->country);
    return national(dialled, home, out->e164, out->country) ||
           (looks_international(dialled) && international(digits, out->e164, out->country));
}

/* "9841234567" of Nepal, "612 34 56 78" of Spain: ten digits, or nine in groups of a phone number. */
static bool is_written_so(const struct dialled *dialled, const struct fact_input *input)
{
    bool mobile = dialled->count == 10 && dialled->groups <= 1 && dialled->digits[0] == '9';
    for (size_t i = 0; mobile && i < input->regions_count; i++)
        if (strcmp(input->regions[i], "NP") == 0 || strcmp(input->regions[i], "IN") == 0)
            return true;
    return false;
}

bool phone_read(struct slice text, size_t at, const struct fact_input *input, size_t *ret_end,
                char ret_e164[20], char ret_country[3])
{
    struct dialled dialled;
    const struct phone_out out = {ret_e164, ret_country};
    const char *home =
        input->regions_count > 0 ? input->regions[0] : language_country(input->language);
    if (home[0] == '\0')
        home = "ID"; /* a number with a leading zero and no country: our first audience */
    if (!number_begins(text, at))
        return false;
    dial(text, at, &dialled);
    if (dialled.count < 8 || is_identity(text, at))
        return false;
    bool asked = is_asked_for(text, at, dialled.end);
    if (!valid_anywhere(&dialled, input, asked || is_written_so(&dialled, input), &out) &&
        !valid_by_table(&dialled, home, &out))
        return false;
    *ret_end = dialled.end;
    return true;
}
