/* language_parts.c - which paragraphs of an ad are written in which language; see facts_parts.h.
 *
 * Mixed ads are common: an English notice with a Chinese one under it. A line is told by its script,
 * and among languages of Latin script by their small words; what tells nothing goes with the lines
 * before it, or with the ad. Lines of one language that follow each other are one part. Only the
 * head of a line is read. Cost: at most 2 ns a byte, no allocation but the list. */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"

#include <string.h>

#define PARTS_MAX       32u
#define LINE_HEAD_BYTES 120u
#define LETTERS_MIN     4u  /* of a script that says its language */
#define LATIN_MIN       12u /* letters of a line that may begin a part */
#define SMALL_COUNT     7u

enum script_class {
    CLASS_LATIN,
    CLASS_CYRILLIC,
    CLASS_ARABIC,
    CLASS_DEVANAGARI,
    CLASS_BENGALI,
    CLASS_TAMIL,
    CLASS_SINHALA,
    CLASS_THAI,
    CLASS_LAO,
    CLASS_BURMESE,
    CLASS_ETHIOPIC,
    CLASS_HANGUL,
    CLASS_KHMER,
    CLASS_KANA,
    CLASS_HAN,
    CLASS_COUNT
};

/* What a script says where the ad's own language is not written in it. */
static const char *const LANGUAGES[CLASS_COUNT] = {
    [CLASS_CYRILLIC] = "ru", [CLASS_ARABIC] = "ar",  [CLASS_DEVANAGARI] = "hi",
    [CLASS_BENGALI] = "bn",  [CLASS_TAMIL] = "ta",   [CLASS_SINHALA] = "si",
    [CLASS_THAI] = "th",     [CLASS_LAO] = "lo",     [CLASS_BURMESE] = "my",
    [CLASS_ETHIOPIC] = "am", [CLASS_HANGUL] = "ko",  [CLASS_KHMER] = "km",
    [CLASS_KANA] = "ja",     [CLASS_HAN] = "zh-Hans"};

static int class_of(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        enum script_class class;
    } blocks[] = {
        {0xC0, 0x24F, CLASS_LATIN},       {0x400, 0x52F, CLASS_CYRILLIC},
        {0x600, 0x6FF, CLASS_ARABIC},     {0x900, 0x97F, CLASS_DEVANAGARI},
        {0x980, 0x9FF, CLASS_BENGALI},    {0xB80, 0xBFF, CLASS_TAMIL},
        {0xD80, 0xDFF, CLASS_SINHALA},    {0xE00, 0xE7F, CLASS_THAI},
        {0xE80, 0xEFF, CLASS_LAO},        {0x1000, 0x109F, CLASS_BURMESE},
        {0x1200, 0x137F, CLASS_ETHIOPIC}, {0x1780, 0x17FF, CLASS_KHMER},
        {0x1E00, 0x1EFF, CLASS_LATIN},    {0x3040, 0x30FF, CLASS_KANA},
        {0x3400, 0x9FFF, CLASS_HAN},      {0xAC00, 0xD7AF, CLASS_HANGUL},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0] && code >= blocks[i].first; i++)
        if (code <= blocks[i].last)
            return (int)blocks[i].class;
    return -1;
}

/* Letters of each script at the head of a line; a mark over a vowel is a letter too. */
static void letters_count(struct slice head, unsigned counts[CLASS_COUNT])
{
    memset(counts, 0, CLASS_COUNT * sizeof *counts);
    for (size_t i = 0; i < head.len;) {
        unsigned char byte = (unsigned char)head.at[i];
        size_t used = 1;
        if (byte < 0x80) {
            counts[CLASS_LATIN] += (unsigned char)((byte | 0x20) - 'a') < 26 ? 1 : 0;
        } else {
            int class = class_of(utf8_decode(slice_from(head, i), &used));
            if (class >= 0)
                counts[class]++;
        }
        i += used;
    }
}

static int small_of(struct slice language)
{
    for (int i = 0; i < (int)SMALL_COUNT; i++)
        if (slice_is(language, small_language(i)))
            return i;
    return -1;
}

static bool are_malay(int a, int b)
{
    return a >= 0 && a <= 1 && b >= 0 && b <= 1; /* Indonesian and Malay share their small words */
}

/* The language whose small words clearly lead, or "": then the line says nothing new. */
static struct slice by_small_words(struct slice head, struct slice ours, bool ours_is_latin)
{
    unsigned counts[SMALL_COUNT];
    int best = 0, own = small_of(ours);
    word_census(words_of(WORDS_SMALL), head, counts, SMALL_COUNT);
    for (int i = 1; i < (int)SMALL_COUNT; i++)
        if (counts[i] > counts[best])
            best = i;
    unsigned own_count = own >= 0 ? counts[own] : 1;
    if (best == own || are_malay(best, own))
        return counts[best] > 1 ? ours : SLICE_EMPTY;
    if (ours_is_latin)
        return counts[best] >= 3 && counts[best] > own_count * 2
                   ? slice_of(small_language(best))
                   : (own_count > 1 ? ours : SLICE_EMPTY);
    return counts[best] >= 2 ? slice_of(small_language(best)) : SLICE_EMPTY;
}

/* Is the ad's language written in this script? */
static bool is_script_of(enum script_class class, struct slice language)
{
    static const struct {
        enum script_class class;
        const char *languages;
    } rows[] = {
        {CLASS_CYRILLIC, "|ru|uk|be|bg|sr|mk|kk|ky|mn|tg|"},
        {CLASS_ARABIC, "|ar|fa|ur|ps|ku|ug|"},
        {CLASS_DEVANAGARI, "|hi|ne|mr|sa|"},
        {CLASS_BENGALI, "|bn|as|"},
        {CLASS_ETHIOPIC, "|am|ti|"},
        {CLASS_HAN, "|zh-Hans|zh-Hant|ja|"},
        {CLASS_KANA, "|ja|"},
    };
    char key[16];
    if (language.len == 0 || language.len > 10)
        return false;
    if (LANGUAGES[class] != NULL && slice_is(language, LANGUAGES[class]))
        return true;
    key[0] = '|';
    memcpy(key + 1, language.at, language.len);
    memcpy(key + 1 + language.len, "|", 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].class == class)
            return strstr(rows[i].languages, key) != NULL;
    return false;
}

static bool is_latin_language(struct slice language)
{
    if (language.len == 0 || slice_is(language, "und"))
        return false;
    for (int class = CLASS_LATIN + 1; class < CLASS_COUNT; class ++)
        if (is_script_of((enum script_class) class, language))
            return false;
    return true;
}

/* The language of one line, or "" when it tells none. */
static struct slice line_language(struct slice head, struct slice ours, bool ours_is_latin)
{
    unsigned counts[CLASS_COUNT];
    int best = CLASS_LATIN;
    letters_count(head, counts);
    for (int class = 0; class < CLASS_COUNT; class ++)
        if (counts[class] > counts[best])
            best = class;
    if (best == CLASS_HAN && counts[CLASS_KANA] * 6 > counts[CLASS_HAN])
        best = CLASS_KANA; /* Japanese is both */
    /* a Latin letter is a third of a word of the others */
    for (int class = CLASS_LATIN + 1; class < CLASS_COUNT && best == CLASS_LATIN; class ++)
        if (counts[class] >= LETTERS_MIN && counts[class] * 3 > counts[CLASS_LATIN])
            best = class;
    if (best == CLASS_LATIN)
        return counts[best] < LATIN_MIN ? SLICE_EMPTY : by_small_words(head, ours, ours_is_latin);
    if (counts[best] < LETTERS_MIN)
        return SLICE_EMPTY;
    return is_script_of((enum script_class)best, ours) ? ours : slice_of(LANGUAGES[best]);
}

struct part_list {
    struct language_part *list;
    size_t count;
    const struct fact_input *input;
    enum posting_field field;
    bool open; /* the last part is of this field */
};

/* Folded bytes start to end are in language; "": in that of the part before. */
static void part_add(struct part_list *parts, struct slice language, size_t start, size_t end)
{
    struct language_part *last = parts->open ? &parts->list[parts->count - 1] : NULL;
    uint32_t first, past;
    folded_span(&parts->input->folded[parts->field], start, end, &first, &past);
    bool unsaid = last != NULL && last->language.len == 0;
    if (last != NULL && (language.len == 0 || unsaid || parts->count == PARTS_MAX ||
                         slice_equal(language, last->language))) {
        if (unsaid)
            last->language = language;
        last->end_bytes = past;
        return;
    }
    if (parts->count == PARTS_MAX)
        return;
    parts->list[parts->count++] = (struct language_part){language, (int)parts->field, first, past};
    parts->open = true;
}

static void field_read(struct part_list *parts, enum posting_field field, bool ours_is_latin)
{
    struct slice text = parts->input->folded[field].text, rest = text, line;
    parts->field = field;
    parts->open = false;
    while (slice_next_line(&rest, &line)) {
        size_t start = (size_t)(line.at - text.at);
        struct slice language =
            line_language(utf8_cut(line, LINE_HEAD_BYTES), parts->input->language, ours_is_latin);
        if (slice_trim(line).len > 0)
            part_add(parts, language, start, start + line.len);
    }
}

int language_parts_find(const struct fact_input *input, struct language_parts *ret_parts)
{
    struct part_list parts = {.input = input};
    bool latin = is_latin_language(input->language);
    parts.list = arena_calloc(input->arena, PARTS_MAX, sizeof *parts.list);
    if (parts.list == NULL)
        return ERR_NOMEM;
    field_read(&parts, POSTING_TITLE, latin);
    field_read(&parts, POSTING_TEXT, latin);
    for (size_t i = 0; i < parts.count; i++)
        if (parts.list[i].language.len == 0)
            parts.list[i].language = input->language;
    *ret_parts = (struct language_parts){parts.list, parts.count};
    return OK;
}
