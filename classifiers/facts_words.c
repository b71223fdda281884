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

/* The words of a list by their first two bytes, so that one pass over the text finds them all: a
 * search for each word took a quarter of the time of an ad. A word of one byte stands by itself. */
#define WORDS_MAX 250u
#define HEADS     256u
#define NO_WORD   0xFFu

struct word_list {
    struct slice words[WORDS_MAX];
    uint8_t first[HEADS], next[WORDS_MAX]; /* in the order of the list */
    uint8_t single[256];                   /* by the byte */
    size_t count;
};

static size_t head_of(const char *at)
{
    return ((unsigned char)at[0] * 31u + (unsigned char)at[1] * 7u) % HEADS;
}

static void list_put(struct word_list *list, uint8_t word)
{
    uint8_t *at = &list->first[head_of(list->words[word].at)];
    while (*at != NO_WORD)
        at = &list->next[*at];
    *at = word;
    list->next[word] = NO_WORD;
}

static void list_make(const char *words, struct word_list *list)
{
    list->count = 0;
    memset(list->first, NO_WORD, sizeof list->first);
    memset(list->single, NO_WORD, sizeof list->single);
    for (const char *end = words; *words != '\0' && list->count < WORDS_MAX;
         words = *end == '|' ? end + 1 : end) {
        end = strchrnul(words, '|');
        if (end == words)
            continue;
        uint8_t word = (uint8_t)list->count++;
        list->words[word] = slice_make(words, (size_t)(end - words));
        if (list->words[word].len == 1)
            list->single[(unsigned char)words[0]] = word;
        else
            list_put(list, word);
    }
}

/* The first word of the list that stands at text[at]; NO_WORD: none. */
static uint8_t word_at(const struct word_list *list, struct slice text, size_t at, bool bounds)
{
    uint8_t single = list->single[(unsigned char)text.at[at]];
    uint8_t word = at + 1 < text.len ? list->first[head_of(text.at + at)] : NO_WORD;
    if (single != NO_WORD && bounds && !bounded(text, at, list->words[single]))
        single = NO_WORD;
    for (; word != NO_WORD && word < single; word = list->next[word]) {
        struct slice wanted = list->words[word];
        if (wanted.len <= text.len - at && memcmp(wanted.at, text.at + at, wanted.len) == 0 &&
            (!bounds || bounded(text, at, wanted)))
            return word;
    }
    return single;
}

size_t find_any(struct slice text, const char *words, bool bounds, size_t *ret_len)
{
    struct word_list list;
    list_make(words, &list);
    for (size_t at = 0; at < text.len; at++) {
        uint8_t word = word_at(&list, text, at, bounds);
        if (word == NO_WORD)
            continue;
        *ret_len = list.words[word].len;
        return at;
    }
    return SIZE_MAX;
}

bool has_any(struct slice text, const char *words, bool bounds)
{
    size_t len = 0;
    return find_any(text, words, bounds, &len) != SIZE_MAX;
}
