/* language.c - which language an ad is written in; see facts_parts.h.
 *
 * CLD2 decides where there is enough text; it must never see invalid UTF-8 (it crashes), and folded
 * text never is. Scripts decide what they alone can: Thai, Khmer, Lao, Burmese, Hangul, Kana.
 * Indonesian and Malay are told apart by their small words, which CLD2 mixes up in short ads. */
#include "classifiers/language.h"
#include "classifiers/facts_parts.h"
#include "common/utf8.h"

#include <string.h>
#include <strings.h>

/* CLD2's one C-callable entry, by its mangled name: DetectLanguage(const char *, int, bool, bool
 * *).
 */
extern int cld2_detect(const char *text, int len, _Bool plain,
                       _Bool *reliable) __asm__("_ZN4CLD214DetectLanguageEPKcibPb");
extern const char *cld2_code(int language) __asm__("_ZN4CLD212LanguageCodeENS_8LanguageE");

#define SAMPLE_BYTES      1200u
#define SURE_BYTES        60u /* shorter: CLD2 guesses worse than a list of small words */
#define LATIN_LETTERS_MIN 4u  /* fewer say nothing */

enum script {
    SCRIPT_CYRILLIC,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_BENGALI,
    SCRIPT_TAMIL,
    SCRIPT_SINHALA,
    SCRIPT_THAI,
    SCRIPT_LAO,
    SCRIPT_BURMESE,
    SCRIPT_ETHIOPIC,
    SCRIPT_KHMER,
    SCRIPT_KANA,
    SCRIPT_HAN,
    SCRIPT_HANGUL,
    SCRIPT_LATIN,
    SCRIPT_COUNT
};

/* Blocks in ascending order; language: what the script alone tells, or NULL. */
static const struct {
    uint32_t first, last;
    enum script script;
    const char *language;
} BLOCKS[] = {
    {0x400, 0x52F, SCRIPT_CYRILLIC, NULL},   {0x600, 0x6FF, SCRIPT_ARABIC, NULL},
    {0x900, 0x97F, SCRIPT_DEVANAGARI, NULL}, {0x980, 0x9FF, SCRIPT_BENGALI, "bn"},
    {0xB80, 0xBFF, SCRIPT_TAMIL, "ta"},      {0xD80, 0xDFF, SCRIPT_SINHALA, "si"},
    {0xE00, 0xE7F, SCRIPT_THAI, "th"},       {0xE80, 0xEFF, SCRIPT_LAO, "lo"},
    {0x1000, 0x109F, SCRIPT_BURMESE, "my"},  {0x1200, 0x137F, SCRIPT_ETHIOPIC, "am"},
    {0x1780, 0x17FF, SCRIPT_KHMER, "km"},    {0x1E00, 0x1EFF, SCRIPT_LATIN, NULL},
    {0x3040, 0x30FF, SCRIPT_KANA, NULL},     {0x3400, 0x9FFF, SCRIPT_HAN, NULL},
    {0xAC00, 0xD7AF, SCRIPT_HANGUL, "ko"},
};
#define BLOCKS_COUNT (sizeof BLOCKS / sizeof BLOCKS[0])

struct script_census {
    unsigned of[SCRIPT_COUNT];
};

static void census_add(struct script_census *census, uint32_t code)
{
    if (code < 0x250) {
        census->of[SCRIPT_LATIN] += (code | 0x20) >= 'a' ? 1 : 0;
        return;
    }
    for (size_t i = 0; i < BLOCKS_COUNT && code >= BLOCKS[i].first; i++)
        if (code <= BLOCKS[i].last)
            census->of[BLOCKS[i].script]++;
}

static const char *by_script(const struct script_census *census)
{
    const unsigned *of = census->of;
    unsigned rest = of[SCRIPT_LATIN] / 4 + of[SCRIPT_HAN];
    for (size_t i = 0; i < BLOCKS_COUNT; i++)
        if (BLOCKS[i].language != NULL && of[BLOCKS[i].script] > 4 && of[BLOCKS[i].script] > rest)
            return BLOCKS[i].language;
    if (of[SCRIPT_KANA] > 1 && of[SCRIPT_KANA] * 4 > rest)
        return "ja";
    if (of[SCRIPT_HANGUL] > 8)
        return "ko";
    return of[SCRIPT_KANA] > 8 ? "ja" : NULL;
}

/* Characters that only one of the two Chinese scripts writes decide between them; the text as it
 * was, since folding made it Simplified. */
static bool is_traditional(struct slice text)
{
    static const char letters[] =
        "國這們來時會學說個對開關東車長門問間電話萬歲業務員應實資錢號專運輸經驗無體點當發機場園區"
        "緬兩幣銖餐飲費團隊職雙週約證簽飛遊戲賭獎紅勞請聯繫絡線給價誠徵試視護辦擔養總歡詳細龍灣滿歷"
        "輕鬆環賺"
        "結帶內導師書讓該過還進遠達選邊";
    unsigned count = 0;
    for (size_t i = 0, used; i < text.len; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        if (code >= 0x3400 && code < 0xA000 && used == 3 &&
            memmem(letters, sizeof letters - 1, text.at + i, used) != NULL)
            count++;
    }
    return count >= (text.len < SURE_BYTES * 3 ? 1 : 2);
}

#define SMALL_COUNT 7u

static const char *by_small_words(struct slice text)
{
    unsigned counts[SMALL_COUNT], most = 1;
    const char *best = NULL;
    word_census(words_of(WORDS_SMALL), text, counts, SMALL_COUNT);
    for (int i = 0; i < (int)SMALL_COUNT; i++)
        if (counts[i] > most) {
            most = counts[i];
            best = small_language(i);
        }
    return best;
}

static const char *id_or_ms(struct slice text)
{
    unsigned counts[2];
    word_census(words_of(WORDS_ID_OR_MS), text, counts, 2);
    return counts[1] > counts[0] ? "ms" : "id";
}

static struct slice sample_make(const struct fact_input *input)
{
    struct slice title = input->folded[POSTING_TITLE].text, text = input->folded[POSTING_TEXT].text;
    struct slice head = utf8_cut(text, SAMPLE_BYTES);
    char *joined =
        arena_printf(input->arena, "%.*s\n%.*s", (int)title.len, title.at, (int)head.len, head.at);
    return joined == NULL ? SLICE_EMPTY : slice_of(joined);
}

static const char *by_cld2(struct slice sample)
{
    _Bool reliable = 0;
    int language = cld2_detect(sample.at, (int)sample.len, 1, &reliable);
    const char *code = cld2_code(language);
    return code == NULL || strcmp(code, "un") == 0 ? NULL : code;
}

struct slice language_stated(const struct fact_input *input)
{
    static const char *const tags[][2] = {{"zh-hant", "zh-Hant"},
                                          {"zh-tw", "zh-Hant"},
                                          {"zh-hk", "zh-Hant"},
                                          {"zh-mo", "zh-Hant"},
                                          {"zh", "zh-Hans"},
                                          {"id", "id"},
                                          {"ms", "ms"},
                                          {"tl", "tl"},
                                          {"fil", "tl"},
                                          {"vi", "vi"},
                                          {"th", "th"},
                                          {"ja", "ja"},
                                          {"ko", "ko"},
                                          {"hi", "hi"},
                                          {"bn", "bn"},
                                          {"ne", "ne"},
                                          {"ur", "ur"},
                                          {"ta", "ta"},
                                          {"si", "si"},
                                          {"km", "km"},
                                          {"my", "my"},
                                          {"lo", "lo"},
                                          {"es", "es"},
                                          {"pt", "pt"},
                                          {"ru", "ru"}};
    struct slice claim = input->posting->attr[POSTING_LANG];
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        size_t len = strlen(tags[i][0]);
        if (claim.len >= len && strncasecmp(claim.at, tags[i][0], len) == 0 &&
            (claim.len == len || claim.at[len] == '-' || claim.at[len] == '_'))
            return slice_of(tags[i][1]);
    }
    return SLICE("und");
}

/* Where the script alone did not decide: CLD2 on enough text, small words on less. */
static struct slice by_words(const struct fact_input *input, struct slice sample, unsigned latin)
{
    static const char *const malay[] = {"id", "ms", "jv", "su"};
    const char *guess = by_cld2(sample);
    if (guess == NULL || sample.len < SURE_BYTES) {
        const char *small = by_small_words(sample);
        struct slice claim = language_stated(input);
        if (small == NULL && latin > 0 && !slice_is(claim, "und"))
            return claim;
        guess = small != NULL ? small : guess;
    }
    if (guess == NULL || (strcmp(guess, "en") == 0 && latin < LATIN_LETTERS_MIN))
        return SLICE("und"); /* CLD2 calls what it does not know English */
    for (size_t i = 0; i < sizeof malay / sizeof malay[0]; i++)
        if (strcmp(guess, malay[i]) == 0)
            return slice_of(id_or_ms(sample));
    if (strcmp(guess, "zh") == 0)
        return SLICE("zh-Hans");
    return slice_of(strcmp(guess, "fil") == 0 ? "tl" : guess);
}

static struct slice language_told(const struct fact_input *input)
{
    struct script_census count = {0};
    struct slice sample = sample_make(input);
    for (size_t i = 0, used; i < sample.len; i += used) {
        unsigned char byte = (unsigned char)sample.at[i];
        used = 1;
        census_add(&count, byte < 0x80 ? byte : utf8_decode(slice_from(sample, i), &used));
    }
    const char *sure = by_script(&count);
    if (sure != NULL)
        return slice_of(sure);
    unsigned han = count.of[SCRIPT_HAN];
    if (han <= 3 || han * 3 <= count.of[SCRIPT_LATIN])
        return by_words(input, sample, count.of[SCRIPT_LATIN]);
    if (count.of[SCRIPT_KANA] > 0 && slice_is(language_stated(input), "ja"))
        return SLICE("ja");
    const struct slice *field = input->posting->field;
    return is_traditional(field[POSTING_TEXT]) || is_traditional(field[POSTING_TITLE])
               ? SLICE("zh-Hant")
               : SLICE("zh-Hans");
}

struct slice language_of(const struct fact_input *input)
{
    struct slice told = language_told(input);
    return slice_is(told, "und") ? language_stated(input) : told;
}

const char *language_country(struct slice language)
{
    static const char *const rows[][2] = {
        {"id", "ID"},      {"ms", "MY"},      {"tl", "PH"}, {"vi", "VN"}, {"th", "TH"},
        {"zh-Hans", "CN"}, {"zh-Hant", "TW"}, {"ko", "KR"}, {"ja", "JP"}, {"hi", "IN"},
        {"ta", "IN"},      {"bn", "BD"},      {"ne", "NP"}, {"ur", "PK"}, {"si", "LK"},
        {"km", "KH"},      {"my", "MM"},      {"lo", "LA"}, {"ru", "RU"}, {"sw", "KE"},
        {"am", "ET"},      {"pt", "BR"},      {"es", "CO"}, {"pl", "EU"}, {"cs", "EU"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_is(language, rows[i][0]))
            return rows[i][1];
    return "";
}

bool language_is_read_in(struct slice language, const char *country)
{
    static const char *const rows[][2] = {
        {"zh-Hans", "CN HK MO MY SG TW"},
        {"zh-Hant", "CN HK MO MY SG TW"},
        {"ms", "BN MY SG"},
        {"ta", "IN LK MY SG"},
        {"bn", "BD IN"},
        {"ur", "IN PK"},
        {"sw", "CD KE RW TZ UG"},
        {"ru", "AM AZ BY KG KZ MD RU TJ TM UA UZ"},
        {"pt", "AO BR CV GW MZ PT ST TL"},
        {"es", "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV US UY VE"},
        {"pl", "PL"},
        {"cs", "CZ SK"}};
    if (strlen(country) != 2)
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_is(language, rows[i][0]))
            return strstr(rows[i][1], country) != NULL;
    return strcmp(language_country(language), country) == 0;
}

struct slice language_of_text(struct arena *arena, struct slice text)
{
    struct normaliser *normaliser = NULL;
    struct posting posting;
    struct folded folded[POSTING_FIELD_COUNT];
    struct slice language = SLICE("und");
    int rc = normaliser_create(&normaliser);
    posting_init(&posting);
    posting.field[POSTING_TEXT] = text;
    for (int i = 0; rc == OK && i < POSTING_FIELD_COUNT; i++)
        rc = normalise(normaliser, posting.field[i], arena, &folded[i]);
    if (rc == OK)
        language = language_of(&(struct fact_input){
            .posting = &posting, .folded = folded, .arena = arena, .language = language});
    normaliser_free(normaliser);
    return language;
}
