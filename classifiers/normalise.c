/* normalise.c - makes look-alike spellings equal before matching; see normalise.h.
 *
 * Recruiters write "t e l e g r a m", "sl0t", mix Cyrillic letters into Latin words, and hide words
 * in fancy letters and emoji. One pass folds character by character and notes, for each byte
 * written, the byte it came from; normalise_words.c then folds what only a whole word shows. Both
 * keep the map exact, so that a hit can be shown in the text as the reader saw it. Cost: ASCII is a
 * table look-up a byte; other characters go through ICU once each and then through a cache of
 * single code points. */
#include "classifiers/normalise.h"

#include "classifiers/normalise_tables.h"
#include "classifiers/normalise_words.h"
#include "classifiers/zawgyi.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define CACHE_SLOTS      4096u
#define CACHE_BYTES      20u
#define FOLDED_BYTES_MAX (32u << 20)
#define CLUSTER_MAX      32 /* code points: a longer heap of marks is cut (zalgo) */

struct cached {
    uint32_t code; /* 0: empty */
    uint8_t len;
    char bytes[CACHE_BYTES];
};

struct normaliser {
    const UNormalizer2 *casefold;
    struct cached *cache;
    uint16_t *han; /* U+3400 … U+9FFF */
    struct word_buf out;
};

struct pass {
    struct normaliser *normaliser;
    struct slice text;
    struct obfuscation seen;
    bool failed;
};

/* ---- life ---- */

#define HAN_FIRST 0x3400u
#define HAN_COUNT (0xA000u - HAN_FIRST)

int normaliser_create(struct normaliser **ret_normaliser)
{
    UErrorCode status = U_ZERO_ERROR;
    struct normaliser *normaliser = calloc(1, sizeof *normaliser);
    if (normaliser == NULL)
        return ERR_NOMEM;
    normaliser->casefold = unorm2_getNFKCCasefoldInstance(&status);
    normaliser->cache = calloc(CACHE_SLOTS, sizeof *normaliser->cache);
    normaliser->han = calloc(HAN_COUNT, sizeof *normaliser->han);
    if (U_FAILURE(status) || normaliser->cache == NULL || normaliser->han == NULL) {
        normaliser_free(normaliser);
        return U_FAILURE(status) ? ERR_UNSUPPORTED : ERR_NOMEM;
    }
    for (size_t i = 0; i < HAN_PAIRS_COUNT; i++)
        normaliser->han[HAN_PAIRS[i].from - HAN_FIRST] = HAN_PAIRS[i].to;
    *ret_normaliser = normaliser;
    return OK;
}

void normaliser_free(struct normaliser *normaliser)
{
    if (normaliser == NULL)
        return;
    word_buf_release(&normaliser->out);
    free(normaliser->cache);
    free(normaliser->han);
    free(normaliser);
}

/* ---- kinds of characters ---- */

static bool is_zero_width(uint32_t code)
{
    static const struct code_range ranges[] = {
        {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},   {0x115F, 0x1160},  {0x180E, 0x180E},
        {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x2800, 0x2800},  {0x3164, 0x3164},
        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE01EF}};
    return code_is_in(code, ranges, sizeof ranges / sizeof ranges[0]);
}

/* Variation selectors come with every emoji, U+200B divides words of South-East Asia and U+200C/D
 * shape Indic and Persian ones: no guilt there. */
static bool is_guilty(const struct pass *pass, uint32_t code, size_t at)
{
    if ((code >= 0xFE00 && code <= 0xFE0F) || code == 0xAD || code == 0x2800)
        return false;
    bool ascii_before = at > 0 && (unsigned char)pass->text.at[at - 1] < 0x80;
    return ascii_before && u_isalpha((UChar32)pass->text.at[at - 1]);
}

static bool is_overlay(uint32_t code)
{
    return (code >= 0x334 && code <= 0x338) || code == 0x489 || (code >= 0x20D0 && code <= 0x20F0);
}

static bool is_mark(uint32_t code)
{
    return code >= 0x300 && (U_MASK(u_charType((UChar32)code)) & (U_GC_MN_MASK | U_GC_ME_MASK));
}

static bool is_space(uint32_t code)
{
    return code == ' ' || code == 0xA0 || code == 0x3000 || code == 0x1680 || code == 0x202F ||
           code == 0x205F || (code >= 0x2000 && code <= 0x200A) || (code >= 9 && code <= 13) ||
           code == 0x85 || code == 0x2028 || code == 0x2029;
}

static bool is_line_end(uint32_t code)
{
    return code == '\n' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

static const struct emoji_word *emoji_find(uint32_t code)
{
    size_t low = 0, high = EMOJI_WORDS_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (EMOJI_WORDS[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < EMOJI_WORDS_COUNT && EMOJI_WORDS[low].code == code ? &EMOJI_WORDS[low] : NULL;
}

static const struct lookalike *always_find(uint32_t code)
{
    const struct lookalike *found = lookalike_find(code);
    return found != NULL && found->always ? found : NULL;
}

/* ---- writing ---- */

static void put(struct pass *pass, const char *bytes, size_t len, size_t origin)
{
    if (!word_buf_add(&pass->normaliser->out, bytes, len, (uint32_t)origin))
        pass->failed = true;
}

static char last_written(const struct pass *pass)
{
    const struct word_buf *out = &pass->normaliser->out;
    return out->len == 0 ? '\n' : out->bytes[out->len - 1];
}

static void put_space(struct pass *pass, uint32_t code, size_t at)
{
    char last = last_written(pass);
    if (is_line_end(code)) {
        if (last == ' ')
            word_buf_drop_last(&pass->normaliser->out);
        if (last_written(pass) != '\n')
            put(pass, "\n", 1, at);
    } else if (last != ' ' && last != '\n') {
        put(pass, " ", 1, at);
    }
}

static void put_word(struct pass *pass, const char *word, size_t at)
{
    if (word[0] == '\0')
        return;
    put_space(pass, ' ', at);
    put(pass, word, strlen(word), at);
    put(pass, " ", 1, at);
}

/* Fancy: letters from blocks nobody types by keyboard. */
static bool is_fancy(uint32_t code)
{
    return (code >= 0x1D400 && code <= 0x1D7FF) || (code >= 0x24B6 && code <= 0x24E9) ||
           (code >= 0x1F110 && code <= 0x1F189) ||
           (code >= 0x2100 && code <= 0x213A && code != 0x2116);
}

/* What ICU's case folding leaves apart: decimal digits of every script, Traditional Chinese, and
 * letters of Arabic script that a searcher takes for one. */
static uint32_t fold_further(const struct normaliser *normaliser, uint32_t code)
{
    int32_t digit = code >= 0x80 ? u_charDigitValue((UChar32)code) : -1;
    if (digit >= 0)
        return (uint32_t)('0' + digit);
    if (code >= HAN_FIRST && code < HAN_FIRST + HAN_COUNT && normaliser->han[code - HAN_FIRST] != 0)
        return normaliser->han[code - HAN_FIRST];
    if (code == 0x6CC || code == 0x649)
        return 0x64A; /* Persian and dotless yeh */
    return code == 0x6A9 ? 0x643 : code;
}

/* Folds code points through ICU into bytes; gives the length, 0 when it vanishes. */
static size_t fold_codes(struct normaliser *normaliser, const uint32_t *codes, size_t count,
                         char *bytes, size_t room)
{
    UChar in[CLUSTER_MAX * 2 + 2], out[256];
    int32_t in_len = 0, out_len = 0, byte_len = 0;
    UErrorCode status = U_ZERO_ERROR;
    for (size_t i = 0; i < count; i++)
        U16_APPEND_UNSAFE(in, in_len, (UChar32)codes[i]);
    out_len = unorm2_normalize(normaliser->casefold, in, in_len, out, 256, &status);
    if (U_FAILURE(status))
        return 0;
    for (int32_t i = 0; i < out_len;) {
        uint32_t code = out[i++];
        if (code >= 0xD800 && code <= 0xDBFF && i < out_len)
            code = 0x10000u + ((code - 0xD800u) << 10) + (out[i++] - 0xDC00u);
        if ((size_t)byte_len + 4 > room)
            break;
        if (code == 0x307 && byte_len > 0 && bytes[byte_len - 1] == 'i')
            continue; /* the dot of a Turkish capital: a small i has one already */
        byte_len += (int32_t)utf8_encode(fold_further(normaliser, code), bytes + byte_len);
    }
    return (size_t)byte_len;
}

static void put_single(struct pass *pass, uint32_t code, size_t at)
{
    struct cached *slot = &pass->normaliser->cache[code % CACHE_SLOTS];
    if (slot->code != code) {
        char bytes[1024];
        size_t len = fold_codes(pass->normaliser, &code, 1, bytes, sizeof bytes);
        if (len > CACHE_BYTES) {
            put(pass, bytes, len, at);
            return;
        }
        slot->code = code;
        slot->len = (uint8_t)len;
        memcpy(slot->bytes, bytes, len);
    }
    if (slot->len > 0 && is_fancy(code))
        pass->seen.fancy++;
    if (slot->len > 0 && slot->bytes[0] == ' ')
        put_space(pass, ' ', at);
    else
        put(pass, slot->bytes, slot->len, at);
}

/* ---- the pass ---- */

/* A base and the marks on it, without overlays. Returns bytes read. */
static size_t put_cluster(struct pass *pass, size_t at)
{
    uint32_t codes[CLUSTER_MAX];
    size_t count = 0, marks = 0, i = at, used = 0;
    codes[count++] = utf8_decode(slice_from(pass->text, i), &used);
    i += used;
    while (i < pass->text.len) {
        uint32_t code = utf8_decode(slice_from(pass->text, i), &used);
        if (is_overlay(code))
            pass->seen.overlay++;
        else if (is_mark(code) && !is_zero_width(code))
            marks++;
        else
            break;
        /* two marks on a letter are Vietnamese, a heap of them is decoration */
        if (!is_overlay(code) && count < CLUSTER_MAX && (marks <= 2 || codes[0] > 0x24F))
            codes[count++] = code;
        i += used;
    }
    if (count == 1) {
        put_single(pass, codes[0], at);
    } else {
        char bytes[1024];
        put(pass, bytes, fold_codes(pass->normaliser, codes, count, bytes, sizeof bytes), at);
    }
    return i - at;
}

/* Two regional indicators: a flag. */
static size_t put_flag(struct pass *pass, uint32_t first, size_t at, size_t used)
{
    char word[] = "flag:xx";
    size_t second_used = 0;
    if (at + used >= pass->text.len)
        return used;
    uint32_t second = utf8_decode(slice_from(pass->text, at + used), &second_used);
    if (second < 0x1F1E6 || second > 0x1F1FF)
        return used;
    word[5] = (char)('a' + (first - 0x1F1E6));
    word[6] = (char)('a' + (second - 0x1F1E6));
    pass->seen.emoji++;
    put_word(pass, word, at);
    return used + second_used;
}

/* An emoji that says something becomes its word; skin tones vanish. False: neither. */
static bool put_emoji(struct pass *pass, uint32_t code, size_t at)
{
    const struct emoji_word *emoji = emoji_find(code);
    if (emoji == NULL)
        return code >= 0x1F3FB && code <= 0x1F3FF;
    pass->seen.emoji++;
    put_word(pass, emoji->word, at);
    return true;
}

static size_t fold_other(struct pass *pass, size_t at)
{
    size_t used = 0;
    uint32_t code = utf8_decode(slice_from(pass->text, at), &used);
    if (is_zero_width(code)) {
        if (is_guilty(pass, code, at))
            pass->seen.zero_width++;
        return used;
    }
    if (is_space(code)) {
        put_space(pass, code, at);
        return used;
    }
    if (code >= 0x1F1E6 && code <= 0x1F1FF)
        return put_flag(pass, code, at, used);
    if (code >= 0x2600 && put_emoji(pass, code, at))
        return used;
    const struct lookalike *always = always_find(code);
    if (always != NULL) {
        pass->seen.fancy++;
        put(pass, &always->ascii, 1, at);
        return used;
    }
    if (is_overlay(code)) {
        pass->seen.overlay++;
        return used;
    }
    /* Han and Hangul take no marks */
    if ((code >= HAN_FIRST && code < 0xA000) || (code >= 0xAC00 && code <= 0xD7A3)) {
        put_single(pass, code, at);
        return used;
    }
    return put_cluster(pass, at);
}

static bool mark_follows(struct slice text, size_t at)
{
    if (at + 1 >= text.len || (unsigned char)text.at[at + 1] < 0xCC)
        return false;
    size_t used = 0;
    uint32_t next = utf8_decode(slice_from(text, at + 1), &used);
    return is_mark(next) || is_overlay(next);
}

/* The common case: printable ASCII up to a blank or anything else. Returns bytes read. */
static size_t fold_ascii_run(struct pass *pass, size_t from)
{
    struct word_buf *out = &pass->normaliser->out;
    size_t room = out->room - out->len, i = from;
    size_t most = pass->text.len - from < room ? pass->text.len : from + room;
    while (i < most) {
        unsigned char byte = (unsigned char)pass->text.at[i];
        bool last = i + 1 == pass->text.len;
        if (byte <= ' ' || byte >= 0x7F || (!last && (unsigned char)pass->text.at[i + 1] >= 0xCC))
            break;
        out->bytes[out->len] = byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : (char)byte;
        out->origin[out->len++] = (uint32_t)i++;
    }
    return i - from;
}

static void fold_all(struct pass *pass)
{
    size_t i = 0;
    while (i < pass->text.len && !pass->failed) {
        i += fold_ascii_run(pass, i);
        if (i == pass->text.len)
            break;
        unsigned char byte = (unsigned char)pass->text.at[i];
        if (byte >= 0x80 || mark_follows(pass->text, i)) {
            i += byte >= 0x80 ? fold_other(pass, i) : put_cluster(pass, i);
            continue;
        }
        if (byte <= ' ') {
            put_space(pass, byte, i);
        } else {
            char lower = byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : (char)byte;
            put(pass, &lower, 1, i);
        }
        i++;
    }
    char last = last_written(pass);
    if (pass->normaliser->out.len > 0 && (last == ' ' || last == '\n'))
        word_buf_drop_last(&pass->normaliser->out);
}

static int fold_text(struct normaliser *normaliser, struct slice text, struct arena *arena,
                     struct folded *ret_folded, uint32_t **ret_origin)
{
    struct pass pass = {.normaliser = normaliser, .text = text};
    struct word_buf *out = &normaliser->out;
    word_buf_reset(out, FOLDED_BYTES_MAX);
    if (!word_buf_reserve(out, text.len + text.len / 4 + 64))
        return ERR_NOMEM;
    fold_all(&pass);
    if (pass.failed)
        return ERR_NOMEM;
    words_fold(out, &pass.seen);
    char *bytes = arena_copy(arena, out->bytes, out->len);
    uint32_t *origin = arena_calloc(arena, out->len + 1, sizeof *origin);
    if (bytes == NULL || origin == NULL)
        return ERR_NOMEM;
    if (out->len > 0)
        memcpy(origin, out->origin, out->len * sizeof *origin);
    origin[out->len] = (uint32_t)text.len;
    *ret_folded = (struct folded){
        .text = slice_make(bytes, out->len), .origin = origin, .obfuscation = pass.seen};
    *ret_origin = origin;
    return OK;
}

int normalise(struct normaliser *normaliser, struct slice text, struct arena *arena,
              struct folded *ret_folded)
{
    struct zawgyi zawgyi;
    bool found = false;
    uint32_t *origin = NULL;
    int rc = zawgyi_convert(text, arena, &zawgyi, &found);
    if (rc != OK)
        return rc;
    rc = fold_text(normaliser, found ? zawgyi.text : text, arena, ret_folded, &origin);
    for (size_t i = 0; found && rc == OK && i <= ret_folded->text.len; i++)
        origin[i] = zawgyi.origin[origin[i]];
    return rc;
}

void folded_span(const struct folded *folded, size_t start, size_t end, uint32_t *ret_start,
                 uint32_t *ret_end)
{
    if (start > folded->text.len)
        start = folded->text.len;
    if (end > folded->text.len)
        end = folded->text.len;
    *ret_start = folded->origin[start];
    *ret_end = folded->origin[end];
    /* the end of a hit is where the next character began, without the blanks between */
    size_t next = end;
    while (next < folded->text.len && start < end && *ret_end <= *ret_start)
        *ret_end = folded->origin[++next];
}
