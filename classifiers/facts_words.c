/* facts_words.c - looking for words in folded text; see facts_parts.h. */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"

#include <string.h>

/* Letters of scripts that put spaces between words; Thai, Khmer, Lao, Burmese, Han, Kana and Hangul
 * run on. */
static bool is_spaced_letter(uint32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return (code >= 0xC0 && code < 0x0E00 && code != 0xD7 && code != 0xF7) ||
           (code >= 0x1200 && code < 0x1780) || (code >= 0x1E00 && code < 0x2000);
}

bool letter_before(struct slice text, size_t at)
{
    size_t from = at, used = 0;
    if (at == 0)
        return false;
    do
        from--;
    while (from > 0 && ((unsigned char)text.at[from] & 0xC0) == 0x80);
    return is_spaced_letter(utf8_decode(slice_from(text, from), &used));
}

bool letter_after(struct slice text, size_t at)
{
    size_t used = 0;
    return at < text.len && is_spaced_letter(utf8_decode(slice_from(text, at), &used));
}

static bool bounded(struct slice text, size_t at, struct slice word)
{
    size_t used = 0;
    bool first = is_spaced_letter(utf8_decode(word, &used));
    bool last = letter_before(word, word.len);
    return !(first && letter_before(text, at)) && !(last && letter_after(text, at + word.len));
}

size_t find_any(struct slice text, const char *words, bool bounds, size_t *ret_len)
{
    size_t best = SIZE_MAX;
    while (*words != '\0') {
        const char *end = strchrnul(words, '|');
        struct slice word = slice_make(words, (size_t)(end - words));
        for (size_t from = 0; word.len > 0 && from < text.len;) {
            size_t at = slice_find(slice_from(text, from), word);
            if (at == SIZE_MAX || from + at >= best)
                break;
            at += from;
            if (!bounds || bounded(text, at, word)) {
                best = at;
                *ret_len = word.len;
                break;
            }
            from = at + 1;
        }
        words = *end == '|' ? end + 1 : end;
    }
    return best;
}

bool has_any(struct slice text, const char *words, bool bounds)
{
    size_t len = 0;
    return find_any(text, words, bounds, &len) != SIZE_MAX;
}
