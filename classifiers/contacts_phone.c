/* contacts_phone.c - phone numbers as people write and split them; see facts_parts.h.
 *
 * E.164 (ITU-T) from digits with blanks, dots, dashes, brackets, signs and number words between
 * them: "0812 tiga 4 56-7890". The table knows the lengths of the countries our ads come from. */
#include "classifiers/facts_parts.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 15u

static const struct {
    const char *code;     /* of the country */
    const char *country;  /* ISO 3166 */
    unsigned least, most; /* digits of the national number without the leading zero */
} COUNTRIES[] = {
    {"62", "ID", 8, 12},  {"60", "MY", 8, 10},  {"63", "PH", 9, 10}, {"84", "VN", 9, 10},
    {"66", "TH", 8, 9},   {"855", "KH", 8, 9},  {"95", "MM", 7, 10}, {"856", "LA", 8, 10},
    {"86", "CN", 11, 11}, {"886", "TW", 8, 9},  {"852", "HK", 8, 8}, {"853", "MO", 8, 8},
    {"65", "SG", 8, 8},   {"81", "JP", 9, 10},  {"82", "KR", 8, 10}, {"91", "IN", 10, 10},
    {"880", "BD", 9, 10}, {"977", "NP", 8, 10}, {"92", "PK", 9, 10}, {"94", "LK", 9, 9},
    {"971", "AE", 8, 9},  {"966", "SA", 8, 9},  {"974", "QA", 8, 8}, {"254", "KE", 9, 9},
    {"234", "NG", 8, 10}, {"251", "ET", 9, 9},  {"995", "GE", 9, 9}, {"55", "BR", 10, 11},
    {"57", "CO", 10, 10}, {"44", "GB", 9, 10},  {"1", "US", 10, 10}, {"7", "RU", 10, 10},
    {"420", "CZ", 9, 9},  {"48", "PL", 9, 9},   {"61", "AU", 9, 9},
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

/* Bytes of what may stand between two digits of one number. */
static size_t gap_skip(struct slice text, size_t at)
{
    static const char *const words[] = {"emoji:phone", "emoji:pin", "emoji:chat"};
    size_t i = at, gap = 0;
    while (i < text.len && gap < 4) {
        size_t before = i;
        for (size_t k = 0; k < COUNT(words); k++)
            if (i + strlen(words[k]) <= text.len &&
                memcmp(text.at + i, words[k], strlen(words[k])) == 0)
                i += strlen(words[k]);
        if (i == before && strchr(" .-()_*~|/", text.at[i]) != NULL && text.at[i] != '\0')
            i++;
        if (i == before)
            break;
        gap++;
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
        size_t len = is_digit(digit) ? 1 : dialled->count > 1 ? word_digit(text, i, &digit) : 0;
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

static bool number_begins(struct slice text, size_t at)
{
    if (!is_digit(text.at[at]) && text.at[at] != '+')
        return false;
    return at == 0 ||
           !(is_digit(text.at[at - 1]) || text.at[at - 1] == '+' || letter_before(text, at));
}

/* A country code without "+" or "00", as people write it beside a messenger's name. */
static bool looks_international(const struct dialled *dialled)
{
    return dialled->count >= 10 && dialled->digits[0] > '1' && dialled->groups_of_three < 2;
}

bool phone_read(struct slice text, size_t at, const char *home, size_t *ret_end, char ret_e164[20],
                char ret_country[3])
{
    struct dialled dialled;
    if (!number_begins(text, at))
        return false;
    dial(text, at, &dialled);
    if (dialled.count < 8)
        return false;
    const char *digits = dialled.digits;
    bool found = false;
    if (dialled.plus)
        found = international(digits, ret_e164, ret_country);
    else if (strncmp(digits, "00", 2) == 0)
        found = international(digits + 2, ret_e164, ret_country);
    else
        found = national(&dialled, home, ret_e164, ret_country) ||
                (looks_international(&dialled) && international(digits, ret_e164, ret_country));
    if (found)
        *ret_end = dialled.end;
    return found;
}
