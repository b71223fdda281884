/* normalise_words.c - look-alikes, spaced letters and leet, word by word; see normalise_words.h.
 *
 * Three passes in place, each only when its characters occur at all. Order: look-alikes first (they
 * make Latin words), then joining (it makes words), then leet. */
#include "classifiers/normalise_words.h"

#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- the buffer ---- */

void word_buf_reset(struct word_buf *buf, size_t limit)
{
    buf->len = 0;
    buf->limit = limit;
}

void word_buf_release(struct word_buf *buf)
{
    free(buf->bytes);
    free(buf->origin);
    *buf = (struct word_buf){0};
}

bool word_buf_reserve(struct word_buf *buf, size_t room)
{
    if (room <= buf->room)
        return true;
    char *bytes = realloc(buf->bytes, room);
    if (bytes == NULL)
        return false;
    buf->bytes = bytes;
    uint32_t *origin = realloc(buf->origin, room * sizeof *origin);
    if (origin == NULL)
        return false;
    buf->origin = origin;
    buf->room = room;
    return true;
}

bool word_buf_add(struct word_buf *buf, const char *bytes, size_t len, uint32_t origin)
{
    if (buf->len + len > buf->room &&
        (buf->len + len > buf->limit || !word_buf_reserve(buf, (buf->len + len) * 2)))
        return false;
    for (size_t i = 0; i < len; i++) {
        buf->bytes[buf->len] = bytes[i];
        buf->origin[buf->len++] = origin;
    }
    return true;
}

void word_buf_drop_last(struct word_buf *buf)
{
    buf->len--;
}

/* ---- look-alikes ---- */

const struct lookalike *lookalike_find(uint32_t code)
{
    size_t low = 0, high = LOOKALIKES_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (LOOKALIKES[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < LOOKALIKES_COUNT && LOOKALIKES[low].code == code ? &LOOKALIKES[low] : NULL;
}

static bool is_ascii_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Letters of scripts that look-alikes come from: Greek, Cyrillic, Armenian. */
static bool is_suspect_script(uint32_t code)
{
    return code >= 0x370 && code <= 0x58F;
}

struct token_census {
    unsigned ascii, lookalike, other;
};

static struct token_census census(struct slice token)
{
    struct token_census count = {0};
    for (size_t i = 0, used; i < token.len; i += used) {
        uint32_t code = utf8_decode(slice_from(token, i), &used);
        if (code < 0x80)
            count.ascii += is_ascii_letter((char)code) ? 1 : 0;
        else if (is_suspect_script(code) && lookalike_find(code) != NULL)
            count.lookalike++;
        else
            count.other++;
    }
    return count;
}

static size_t token_end(const struct word_buf *buf, size_t from)
{
    while (from < buf->len && ((unsigned char)buf->bytes[from] >= 0x80 ||
                               is_ascii_letter(buf->bytes[from]) || is_digit(buf->bytes[from])))
        from++;
    return from;
}

/* Copies the token [from,to) down to `out`, look-alikes made ASCII; returns the new end. */
static size_t token_rewrite(struct word_buf *buf, size_t from, size_t to, size_t out)
{
    struct slice text = slice_make(buf->bytes, to);
    for (size_t i = from, used; i < to; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        const struct lookalike *found = code >= 0x80 ? lookalike_find(code) : NULL;
        if (found != NULL) {
            buf->origin[out] = buf->origin[i];
            buf->bytes[out++] = found->ascii;
            continue;
        }
        memmove(buf->bytes + out, buf->bytes + i, used);
        memmove(buf->origin + out, buf->origin + i, used * sizeof *buf->origin);
        out += used;
    }
    return out;
}

static void lookalikes_fold(struct word_buf *buf, struct obfuscation *seen)
{
    size_t first = 0; /* Greek, Cyrillic and Armenian begin with CD … D6 in UTF-8 */
    while (first < buf->len &&
           ((unsigned char)buf->bytes[first] < 0xCD || (unsigned char)buf->bytes[first] > 0xD6))
        first++;
    if (first == buf->len)
        return;
    struct token_census whole = census(slice_make(buf->bytes, buf->len));
    if (whole.lookalike == 0)
        return;
    /* a Latin text whose only foreign letters are look-alikes has no honest reason for them */
    bool latin_text = whole.ascii > 10 * whole.lookalike && whole.other < whole.lookalike;
    size_t out = 0, i = 0;
    while (i < buf->len) {
        size_t end = token_end(buf, i);
        if (end == i) {
            buf->origin[out] = buf->origin[i];
            buf->bytes[out++] = buf->bytes[i++];
            continue;
        }
        struct token_census count = census(slice_make(buf->bytes + i, end - i));
        bool mixed = count.lookalike > 0 && count.ascii > 0;
        bool disguised = count.lookalike > 1 && count.other == 0 && latin_text;
        if (mixed || disguised) {
            seen->lookalike++;
            out = token_rewrite(buf, i, end, out);
        } else {
            memmove(buf->bytes + out, buf->bytes + i, end - i);
            memmove(buf->origin + out, buf->origin + i, (end - i) * sizeof *buf->origin);
            out += end - i;
        }
        i = end;
    }
    buf->len = out;
}

/* ---- letters spaced or dotted apart ---- */

static bool is_separator(char byte)
{
    static const bool separators[128] = {
        [' '] = true, ['.'] = true, ['-'] = true,  ['_'] = true, ['*'] = true,
        ['|'] = true, ['~'] = true, ['\''] = true, ['`'] = true};
    return (unsigned char)byte < 128 && separators[(unsigned char)byte];
}

static bool word_byte(const struct word_buf *buf, size_t at)
{
    return at < buf->len && ((unsigned char)buf->bytes[at] >= 0x80 ||
                             is_ascii_letter(buf->bytes[at]) || is_digit(buf->bytes[at]));
}

/* A single letter or leet sign with no neighbour in its word; '+' signs and digits alone are not.
 */
static bool stands_alone(const struct word_buf *buf, size_t at)
{
    bool letter = is_ascii_letter(buf->bytes[at]) || is_digit(buf->bytes[at]);
    return letter && (at == 0 || !word_byte(buf, at - 1)) && !word_byte(buf, at + 1);
}

struct spaced { /* a run that was looked at: its end is that of all runs which begin in it */
    size_t from, last;
    unsigned letters, alphabetic;
    bool begins_alphabetic;
};

static void spaced_scan(const struct word_buf *buf, size_t from, struct spaced *ret_run)
{
    size_t at = from;
    char separator = from + 1 < buf->len ? buf->bytes[from + 1] : '\0';
    unsigned letters = 1, alphabetic = is_ascii_letter(buf->bytes[from]) ? 1 : 0;
    while (is_separator(separator) && at + 2 < buf->len && buf->bytes[at + 1] == separator &&
           stands_alone(buf, at + 2) && buf->origin[at + 2] - buf->origin[at + 1] == 1) {
        at += 2;
        letters++;
        alphabetic += is_ascii_letter(buf->bytes[at]) ? 1 : 0;
    }
    *ret_run = (struct spaced){.last = at, .letters = letters, .alphabetic = alphabetic};
}

/* Length of the run of single letters that begins at `from`: letter (separator letter)…, all with
 * the same separator. A wider gap in the original ends a word. *run: the one looked at before. */
static size_t spaced_run(const struct word_buf *buf, size_t from, struct spaced *run)
{
    if (from == run->from + 2 && from < run->last) { /* the same, a letter less */
        run->letters--;
        run->alphabetic -= run->begins_alphabetic ? 1 : 0;
    } else {
        spaced_scan(buf, from, run);
    }
    run->from = from;
    run->begins_alphabetic = is_ascii_letter(buf->bytes[from]);
    bool enough = run->letters >= 4 && run->alphabetic >= 3 && run->alphabetic * 2 > run->letters;
    return enough ? run->last + 1 - from : 0;
}

static void spaced_fold(struct word_buf *buf, struct obfuscation *seen)
{
    struct spaced known = {.last = 0};
    size_t out = 0, i = 0;
    while (i + 6 < buf->len &&
           !(is_separator(buf->bytes[i + 1]) && is_separator(buf->bytes[i + 3]) &&
             is_separator(buf->bytes[i + 5])))
        i++;
    if (i + 6 >= buf->len)
        return; /* no three separators with single bytes between: nothing to join */
    out = i;
    while (i < buf->len) {
        size_t run = stands_alone(buf, i) ? spaced_run(buf, i, &known) : 0;
        if (run > 0)
            seen->spaced_out++;
        size_t end = i + (run > 0 ? run : 1);
        for (size_t step = run > 0 ? 2 : 1; i < end; i += step) {
            buf->origin[out] = buf->origin[i];
            buf->bytes[out++] = buf->bytes[i];
        }
        i = end;
    }
    buf->len = out;
}

/* ---- Chinese characters spaced or dotted apart ---- */

/* Is a Chinese character (three bytes, U+3400 … U+9FFF) at `at`? */
static bool is_han(const struct word_buf *buf, size_t at)
{
    size_t used = 0;
    if (at + 3 > buf->len || (unsigned char)buf->bytes[at] < 0xE3 ||
        (unsigned char)buf->bytes[at] > 0xE9)
        return false;
    uint32_t code = utf8_decode(slice_make(buf->bytes + at, 3), &used);
    return used == 3 && code >= 0x3400 && code < 0xA000;
}

/* Bytes of the run of lone characters that begins at `from`: character (separator character)…, one
 * separator throughout. Blanks between two words are honest, between four characters they are not; a
 * dot between characters needs three. */
static size_t han_run(const struct word_buf *buf, size_t from)
{
    size_t at = from + 3, characters = 1;
    char separator = at < buf->len ? buf->bytes[at] : '\0';
    if (!is_separator(separator))
        return 0;
    while (at < buf->len && buf->bytes[at] == separator && is_han(buf, at + 1)) {
        if (at + 4 < buf->len && is_han(buf, at + 4))
            break; /* a word of two: not apart */
        at += 4;
        characters++;
    }
    return characters >= (separator == ' ' ? 4u : 3u) ? at - from : 0;
}

static void han_fold(struct word_buf *buf, struct obfuscation *seen)
{
    size_t out = 0, i = 0;
    while (i < buf->len) {
        bool lone = is_han(buf, i) && (i < 3 || !is_han(buf, i - 3));
        size_t run = lone ? han_run(buf, i) : 0, end = i + (run > 0 ? run : 1);
        if (run > 0)
            seen->spaced_out++;
        for (size_t k = i; k < end; k++) {
            if (run > 0 && (k - i) % 4 == 3)
                continue;
            buf->origin[out] = buf->origin[k];
            buf->bytes[out++] = buf->bytes[k];
        }
        i = end;
    }
    buf->len = out;
}

static bool has_han(const struct word_buf *buf)
{
    for (size_t i = 0; i + 7 < buf->len; i++)
        if ((unsigned char)buf->bytes[i] >= 0xE3 && is_han(buf, i) &&
            is_separator(buf->bytes[i + 3]) && is_han(buf, i + 4))
            return true;
    return false;
}

/* ---- leet ---- */

static char leet_letter(char byte)
{
    static const char letters[128] = {
        ['0'] = 'o', ['1'] = 'i', ['3'] = 'e', ['4'] = 'a', ['5'] = 's',
        ['7'] = 't', ['8'] = 'b', ['@'] = 'a', ['$'] = 's', ['!'] = 'i'};
    return (unsigned char)byte < 128 ? letters[(unsigned char)byte] : '\0';
}

/* rm5k, rp8jt: money. */
static bool is_money(struct slice token)
{
    static const char *const ends[] = {"k", "jt", "rb", "juta", "ribu"};
    if (token.len < 4 || !is_digit(token.at[2]) ||
        !(slice_starts(token, "rm") || slice_starts(token, "rp")))
        return false;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (slice_is(slice_from(token, 3), ends[i]))
            return true;
    return false;
}

/* Honest words with a digit inside: licences and agencies of Indonesia, and trade terms. */
static bool is_exempt(struct slice token)
{
    static const char *const words[] = {"p3mi",  "sip3mi",    "bp2mi", "kp2mi", "siskop2mi",
                                        "bp3mi", "siskop3mi", "p2mi",  "ap2mi", "w3schools",
                                        "web3",  "co2e",      "h1b",   "k3l",   "pp35tahun"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(token, words[i]))
            return true;
    /* 5d4n: days and nights of a tour */
    return (token.len == 4 && token.at[1] == 'd' && token.at[3] == 'n') || is_money(token);
}

/* Letters of Latin script: the tokens hold no others. */
static bool letter_at(struct slice token, size_t at)
{
    return at < token.len && (is_ascii_letter(token.at[at]) || (unsigned char)token.at[at] >= 0x80);
}

/* At least one leet sign between letters, never two digits in a row, mostly letters. */
static bool is_leet(struct slice token)
{
    unsigned letters = 0, inside = 0, signs = 0;
    if (slice_is(token, "fr33"))
        return true;
    for (size_t i = 0; i < token.len; i++) {
        if (letter_at(token, i)) {
            letters++;
            continue;
        }
        signs++;
        bool after = letter_at(token, i - 1), before = letter_at(token, i + 1);
        if (leet_letter(token.at[i]) == '\0')
            return false;
        if (i > 0 && !after && leet_letter(token.at[i - 1]) != '\0')
            return false;
        inside += after && before ? 1 : 0;
    }
    bool dollar_first = token.len >= 4 && token.at[0] == '$' && letters == token.len - 1;
    return (inside > 0 && letters >= 2 && letters >= signs) || dollar_first;
}

/* Length of the Latin letter at `at` (ASCII, or with marks: U+00C0 … U+024F, U+1E00 … U+1EFF), else 0. */
static size_t latin_len(const struct word_buf *buf, size_t at)
{
    unsigned char lead = (unsigned char)buf->bytes[at];
    if (is_ascii_letter(buf->bytes[at]))
        return 1;
    if (lead >= 0xC3 && lead <= 0xC9)
        return 2;
    bool additional = lead == 0xE1 && at + 2 < buf->len &&
                      (unsigned char)buf->bytes[at + 1] >= 0xB8 &&
                      (unsigned char)buf->bytes[at + 1] <= 0xBB;
    return additional ? 3 : 0;
}

static bool in_address(const struct word_buf *buf, size_t from, size_t end)
{
    char before = from > 0 ? buf->bytes[from - 1] : ' ';
    char after = end < buf->len ? buf->bytes[end] : ' ';
    bool dotted = after == '.' && end + 1 < buf->len && is_ascii_letter(buf->bytes[end + 1]);
    bool is_handle = buf->bytes[from] == '@'; /* "@b0ss": no word that begins with an a */
    return is_handle || before == '/' || before == '@' || before == '.' || before == '_' ||
           after == '_' || dotted;
}

static void leet_write(struct word_buf *buf, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        char letter = leet_letter(buf->bytes[i]);
        buf->bytes[i] = letter != '\0' ? letter : buf->bytes[i];
    }
}

/* Letters, digits and signs in one look-up: 1 a letter, 2 a leet sign, 3 another digit. */
static unsigned kind_at(const struct word_buf *buf, size_t at)
{
    static const unsigned char kinds[128] = {
        ['0'] = 2, ['1'] = 2, ['2'] = 3, ['3'] = 2, ['4'] = 2, ['5'] = 2, ['6'] = 3, ['7'] = 2,
        ['8'] = 2, ['9'] = 3, ['@'] = 2, ['$'] = 2, ['!'] = 2, ['a'] = 1, ['b'] = 1, ['c'] = 1,
        ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1,
        ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,
        ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1};
    unsigned char byte = (unsigned char)buf->bytes[at];
    if (byte < 0x80)
        return kinds[byte];
    return latin_len(buf, at) > 0 ? 1 : 0;
}

/* The end of the token that begins at `from`; from itself: none does. */
static size_t leet_token_end(const struct word_buf *buf, size_t from, bool *ret_sign)
{
    *ret_sign = false;
    while (from < buf->len) {
        unsigned kind = kind_at(buf, from);
        if (kind == 0)
            break;
        *ret_sign = *ret_sign || kind == 2;
        from += (unsigned char)buf->bytes[from] < 0x80 ? 1 : latin_len(buf, from);
    }
    return from < buf->len ? from : buf->len;
}

/* One pass over the words of at least `least` bytes. */
static void leet_pass(struct word_buf *buf, size_t least, struct obfuscation *seen)
{
    for (size_t i = 0, end; i<buf->len; i = end> i ? end : i + 1) {
        bool sign = false;
        end = leet_token_end(buf, i, &sign);
        if (!sign)
            continue;
        while (end > i && (buf->bytes[end - 1] == '!' || buf->bytes[end - 1] == '$'))
            end--;
        struct slice token = slice_make(buf->bytes + i, end - i);
        if (token.len < least || is_exempt(token) || in_address(buf, i, end) || !is_leet(token))
            continue;
        seen->leet++;
        leet_write(buf, i, end);
    }
}

/* b2b and o2o are honest; d0l and b4c are not where other words are written so. */
static void leet_fold(struct word_buf *buf, struct obfuscation *seen)
{
    leet_pass(buf, 4, seen);
    if (seen->leet >= 2)
        leet_pass(buf, 3, seen);
}

void words_fold(struct word_buf *buf, struct obfuscation *seen)
{
    lookalikes_fold(buf, seen);
    spaced_fold(buf, seen);
    if (has_han(buf))
        han_fold(buf, seen);
    leet_fold(buf, seen);
}
