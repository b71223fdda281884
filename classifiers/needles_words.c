/* needles_words.c - the strings that a part of a pattern can be; see needles.c.
 *
 * A string may hold marks: bytes that say that no letter stands before, or none follows. They come
 * from look-arounds and from what stands beside, travel with the string as it is joined to others,
 * and are read off its ends when it is done. */
#include "classifiers/literals.h"
#include "classifiers/needles_inside.h"

#include <string.h>

struct words needles_words_room(struct reader *reader, size_t count)
{
    struct words words = {arena_calloc(reader->arena, count + 1, sizeof *words.list),
                          arena_calloc(reader->arena, count + 1, sizeof *words.back), 0};
    if (words.list == NULL || words.back == NULL) {
        reader->no_memory = true;
        words.list = NULL;
    }
    return words;
}

struct part needles_part_empty(struct reader *reader)
{
    struct part part = {.few = true, .words = needles_words_room(reader, 1)};
    if (part.words.list != NULL)
        part.words.list[part.words.count++] = SLICE_EMPTY;
    return part;
}

struct part needles_part_unknown(uint32_t most)
{
    return (struct part){.few = false, .most = most};
}

static bool is_mark(char byte)
{
    return byte == '\x01' || byte == '\x02';
}

static size_t length(struct slice word)
{
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++)
        len += is_mark(word.at[i]) ? 0 : 1;
    return len;
}

struct part needles_part_word(struct reader *reader, struct slice word)
{
    struct part part = needles_part_empty(reader);
    if (part.words.list != NULL)
        part.words.list[0] = word;
    part.most = (uint32_t)length(word);
    return part;
}

size_t needles_shortest(const struct words *words)
{
    size_t shortest = words->count == 0 ? 0 : SIZE_MAX;
    for (size_t i = 0; i < words->count; i++) {
        size_t len = length(words->list[i]);
        shortest = len < shortest ? len : shortest;
    }
    return shortest;
}

size_t needles_longest(const struct words *words)
{
    size_t longest = 0;
    for (size_t i = 0; i < words->count; i++) {
        size_t len = length(words->list[i]);
        longest = len > longest ? len : longest;
    }
    return longest;
}

void needles_append(struct words *words, const struct words *more)
{
    memcpy(words->list + words->count, more->list, more->count * sizeof *more->list);
    memcpy(words->back + words->count, more->back, more->count * sizeof *more->back);
    words->count += more->count;
}

static struct slice join(struct reader *reader, struct slice a, struct slice b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    char *at = arena_alloc(reader->arena, a.len + b.len);
    if (at == NULL) {
        reader->no_memory = true;
        return SLICE_EMPTY;
    }
    memcpy(at, a.at, a.len);
    memcpy(at + a.len, b.at, b.len);
    return slice_make(at, a.len + b.len);
}

struct words needles_product(struct reader *reader, const struct words *words,
                             const struct words *more)
{
    struct words product = needles_words_room(reader, words->count * more->count);
    for (size_t i = 0; product.list != NULL && i < words->count; i++)
        for (size_t k = 0; k < more->count; k++)
            product.list[product.count++] = join(reader, words->list[i], more->list[k]);
    return product;
}

struct words needles_lead(const struct part *part)
{
    static const struct words none;
    if (!part->few)
        return part->lead;
    return needles_shortest(&part->words) > 0 ? part->words : none;
}

bool needles_read_mark(struct reader *reader, struct part *ret_part)
{
    static const struct {
        const char *text;
        struct slice mark;
    } marks[] = {{"?<!\\p{L})", {"\x01", 1}}, {"?!\\p{L})", {"\x02", 1}}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (needles_looking_at(reader, marks[i].text)) {
            reader->at += strlen(marks[i].text);
            *ret_part = needles_part_word(reader, marks[i].mark);
            return true;
        }
    return false;
}

/* The word without its marks; what those at its ends said. */
static unsigned char unmark(struct reader *reader, struct slice *word)
{
    unsigned char bounds = 0;
    size_t len = 0;
    for (size_t i = 0; i < word->len && is_mark(word->at[i]); i++)
        bounds |= word->at[i] == '\x01' ? LITERAL_WORD_HEAD : 0;
    for (size_t i = word->len; i > 0 && is_mark(word->at[i - 1]); i--)
        bounds |= word->at[i - 1] == '\x02' ? LITERAL_WORD_TAIL : 0;
    if (length(*word) == word->len)
        return 0;
    char *plain = arena_alloc(reader->arena, word->len);
    if (plain == NULL) {
        reader->no_memory = true;
        return 0;
    }
    for (size_t i = 0; i < word->len; i++)
        if (!is_mark(word->at[i]))
            plain[len++] = word->at[i];
    *word = slice_make(plain, len);
    return bounds;
}

const unsigned char *needles_unmark(struct reader *reader, struct words *words)
{
    unsigned char *bounds = arena_calloc(reader->arena, words->count + 1, 1);
    for (size_t i = 0; bounds != NULL && i < words->count; i++)
        bounds[i] = unmark(reader, &words->list[i]);
    reader->no_memory = reader->no_memory || bounds == NULL;
    return bounds;
}
