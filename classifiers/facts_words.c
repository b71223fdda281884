/* facts_words.c - looking for words of a list in folded text; see facts_words.h.
 *
 * Words hang by their first three bytes (a letter of most scripts; two would hang all of Thai on one
 * hook), so one look a byte of the text tells that none begins there. Cost: 1-2 ns a byte; a list of
 * 200 words takes 13 KB. */
#include "classifiers/facts_words.h"

#include "common/utf8.h"

#include <assert.h>
#include <string.h>

/* Commas and stops that stand among the letters of their script: a word ends before them. */
static bool is_stop(uint32_t code)
{
    return code == 0x060C || code == 0x061B || code == 0x061F ||
           code == 0x06D4 ||                   /* Arabic, Urdu */
           code == 0x0964 || code == 0x0965 || /* danda */
           (code >= 0x1360 && code <= 0x1368); /* Ethiopic */
}

/* Letters of scripts that put spaces between words; Thai, Khmer, Lao, Burmese, Han, Kana and Hangul
 * run on. */
static bool is_spaced_letter(uint32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return ((code >= 0xC0 && code < 0x0E00 && code != 0xD7 && code != 0xF7) ||
            (code >= 0x1200 && code < 0x1780) || (code >= 0x1E00 && code < 0x2000)) &&
           !is_stop(code);
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

static bool stands_alone(const struct word_entry *entry, struct slice text, size_t at)
{
    struct slice word = entry->word;
    bool first = !entry->open_head && letter_after(word, 0);
    bool last = !entry->open_tail && letter_before(word, word.len);
    return !(first && letter_before(text, at)) && !(last && letter_after(text, at + word.len));
}

static size_t three_of(const char *at)
{
    return ((unsigned char)at[0] * 31u + (unsigned char)at[1] * 97u + (unsigned char)at[2] * 7u) %
           WORD_HEADS;
}

static size_t two_of(const char *at)
{
    return ((unsigned char)at[0] * 31u + (unsigned char)at[1] * 7u) % (WORD_HEADS / 4);
}

static uint16_t *hook_of(struct word_list *list, struct slice word)
{
    if (word.len == 1)
        return &list->ones[(unsigned char)word.at[0]];
    return word.len == 2 ? &list->twos[two_of(word.at)] : &list->threes[three_of(word.at)];
}

static unsigned pair_of(unsigned char first, unsigned char second)
{
    return (first * 37u + second * 83u) % WORD_PAIRS;
}

static void pairs_note(struct word_list *list, struct slice word)
{
    unsigned first = (unsigned char)word.at[0];
    unsigned from = word.len > 1 ? (unsigned char)word.at[1] : 0, to = word.len > 1 ? from : 255;
    for (unsigned second = from; second <= to; second++) {
        unsigned pair = pair_of((unsigned char)first, (unsigned char)second);
        list->pairs[pair / 64] |= UINT64_C(1) << (pair % 64);
    }
}

#define HOOKS 3

/* The hooks of the words that may begin at text[at]. */
static void hooks_at(const struct word_list *list, struct slice text, size_t at,
                     uint16_t ret_hooks[HOOKS])
{
    const char *from = text.at + at;
    size_t left = text.len - at;
    ret_hooks[0] = left > 2 ? list->threes[three_of(from)] : 0;
    ret_hooks[1] = left > 1 ? list->twos[two_of(from)] : 0;
    ret_hooks[2] = list->ones[(unsigned char)from[0]];
}

size_t words_counted(const char *words)
{
    size_t count = 1;
    for (; *words != '\0'; words++)
        count += *words == '|' ? 1 : 0;
    return count;
}

static void entry_add(struct word_list *list, struct slice word, int tag)
{
    struct word_entry *entry = &list->entries[list->count];
    assert(list->count < list->room);
    *entry = (struct word_entry){.tag = (int16_t)tag};
    if (slice_starts(word, "*")) {
        entry->open_head = list->open_head = true;
        word = slice_from(word, 1);
    }
    if (slice_ends(word, "*")) {
        entry->open_tail = true;
        word = slice_sub(word, 0, word.len - 1);
    }
    if (word.len == 0)
        return;
    uint16_t *head = hook_of(list, word);
    list->begins[(unsigned char)word.at[0]] = true;
    pairs_note(list, word);
    entry->word = word;
    entry->next = *head;
    *head = (uint16_t)++list->count;
}

void word_list_add(struct word_list *list, const struct word_row *row)
{
    for (const char *words = row->words, *end; *words != '\0';
         words = *end == '|' ? end + 1 : end) {
        end = strchrnul(words, '|');
        entry_add(list, slice_make(words, (size_t)(end - words)), row->tag);
    }
}

int word_list_create(struct arena *arena, const struct word_row *rows, size_t count,
                     const struct word_list **ret_list)
{
    struct word_list *list = arena_alloc(arena, sizeof *list);
    size_t words = 0;
    for (size_t i = 0; i < count; i++)
        words += words_counted(rows[i].words);
    struct word_entry *entries = arena_calloc(arena, words, sizeof *entries);
    if (list == NULL || entries == NULL)
        return ERR_NOMEM;
    list->entries = entries;
    list->room = words;
    for (size_t i = 0; i < count; i++)
        word_list_add(list, &rows[i]);
    *ret_list = list;
    return OK;
}

/* May a word begin there? Not within a word of ASCII letters, unless one has an open head. */
static bool begins_at(const struct word_list *list, struct slice text, size_t at)
{
    char byte = text.at[at];
    if (!list->begins[(unsigned char)byte])
        return false;
    if (!list->open_head && at > 0 && ascii_is_letter(byte) && ascii_is_letter(text.at[at - 1]))
        return false;
    if (at + 1 == text.len)
        return true;
    unsigned pair = pair_of((unsigned char)byte, (unsigned char)text.at[at + 1]);
    return (list->pairs[pair / 64] >> (pair % 64) & 1) != 0;
}

static bool stands_at(const struct word_entry *entry, struct slice text, size_t at)
{
    size_t len = entry->word.len;
    return len <= text.len - at && memcmp(entry->word.at, text.at + at, len) == 0 &&
           stands_alone(entry, text, at);
}

static bool word_here(const struct word_list *list, struct slice text, size_t at,
                      struct word_hit *ret_hit)
{
    uint16_t hooks[HOOKS];
    size_t best = 0;
    hooks_at(list, text, at, hooks);
    for (size_t i = 0; i < HOOKS && best == 0; i++)
        for (uint16_t next = hooks[i]; next != 0; next = list->entries[next - 1].next) {
            const struct word_entry *entry = &list->entries[next - 1];
            if (entry->word.len <= best || !stands_at(entry, text, at))
                continue;
            best = entry->word.len;
            *ret_hit = (struct word_hit){at, best, entry->tag};
        }
    return best > 0;
}

bool word_at(const struct word_list *list, struct slice text, size_t at, struct word_hit *ret_hit)
{
    return at < text.len && begins_at(list, text, at) && word_here(list, text, at, ret_hit);
}

bool word_find(const struct word_list *list, struct slice text, size_t from,
               struct word_hit *ret_hit)
{
    for (size_t at = from; at < text.len; at++)
        if (list->begins[(unsigned char)text.at[at]] && begins_at(list, text, at) &&
            word_here(list, text, at, ret_hit))
            return true;
    return false;
}

bool word_last(const struct word_list *list, struct slice text, struct word_hit *ret_hit)
{
    for (size_t at = text.len; at > 0; at--)
        if (begins_at(list, text, at - 1) && word_here(list, text, at - 1, ret_hit))
            return true;
    return false;
}

bool word_has(const struct word_list *list, struct slice text)
{
    struct word_hit hit;
    return word_find(list, text, 0, &hit);
}

bool has_words(struct slice text, enum words_id id)
{
    return word_has(words_of(id), text);
}

#define CENSUS_WORDS_MAX 512u

/* A word that stands in several rows counts for each of them. */
static void census_at(const struct word_list *list, struct slice text, size_t at, uint64_t *seen,
                      unsigned *counts)
{
    uint16_t hooks[HOOKS];
    hooks_at(list, text, at, hooks);
    for (size_t i = 0; i < HOOKS; i++)
        for (uint16_t next = hooks[i]; next != 0; next = list->entries[next - 1].next) {
            const struct word_entry *entry = &list->entries[next - 1];
            size_t index = next - 1u;
            if ((seen[index / 64] >> (index % 64) & 1) != 0 || !stands_at(entry, text, at))
                continue;
            seen[index / 64] |= UINT64_C(1) << (index % 64);
            counts[entry->tag]++;
        }
}

void word_census(const struct word_list *list, struct slice text, unsigned *counts, size_t tags)
{
    uint64_t seen[CENSUS_WORDS_MAX / 64] = {0};
    assert(list->count <= CENSUS_WORDS_MAX);
    memset(counts, 0, tags * sizeof *counts);
    for (size_t at = 0; at < text.len; at++)
        if (list->begins[(unsigned char)text.at[at]] && begins_at(list, text, at))
            census_at(list, text, at, seen, counts);
}
