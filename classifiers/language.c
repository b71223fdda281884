/* language.c - which language an ad is written in; see facts_parts.h.
 *
 * CLD2 decides where there is enough text; it must never see invalid UTF-8 (it crashes), and folded
 * text never is. Scripts decide what they alone can: Thai, Khmer, Lao, Burmese, Hangul, Kana.
 * Indonesian and Malay are told apart by their small words, which CLD2 mixes up in short ads. */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"

#include <string.h>

/* CLD2's one C-callable entry, by its mangled name: DetectLanguage(const char *, int, bool, bool
 * *).
 */
extern int cld2_detect(const char *text, int len, _Bool plain,
                       _Bool *reliable) __asm__("_ZN4CLD214DetectLanguageEPKcibPb");
extern const char *cld2_code(int language) __asm__("_ZN4CLD212LanguageCodeENS_8LanguageE");

#define SAMPLE_BYTES 4096u

struct script_census {
    unsigned latin, thai, khmer, lao, burmese, hangul, kana, han, devanagari, bengali, cyrillic,
        arabic, tamil, sinhala, ethiopic;
};

static void census_add(struct script_census *census, uint32_t code)
{
    if (code < 0x250 || (code >= 0x1E00 && code < 0x1F00))
        census->latin += (code | 0x20) >= 'a' ? 1 : 0;
    else if (code >= 0x400 && code < 0x530)
        census->cyrillic++;
    else if (code >= 0x600 && code < 0x700)
        census->arabic++;
    else if (code >= 0x900 && code < 0x980)
        census->devanagari++;
    else if (code >= 0x980 && code < 0xA00)
        census->bengali++;
    else if (code >= 0xB80 && code < 0xC00)
        census->tamil++;
    else if (code >= 0xD80 && code < 0xE00)
        census->sinhala++;
    else if (code >= 0xE00 && code < 0xE80)
        census->thai++;
    else if (code >= 0xE80 && code < 0xF00)
        census->lao++;
    else if (code >= 0x1000 && code < 0x10A0)
        census->burmese++;
    else if (code >= 0x1200 && code < 0x1380)
        census->ethiopic++;
    else if (code >= 0x1780 && code < 0x1800)
        census->khmer++;
    else if (code >= 0x3040 && code < 0x3100)
        census->kana++;
    else if (code >= 0x3400 && code < 0xA000)
        census->han++;
    else if (code >= 0xAC00 && code < 0xD7B0)
        census->hangul++;
}

static const char *by_script(const struct script_census *census)
{
    const struct {
        unsigned count;
        const char *language;
    } rows[] = {{census->thai, "th"},    {census->khmer, "km"},   {census->lao, "lo"},
                {census->burmese, "my"}, {census->hangul, "ko"},  {census->kana * 4, "ja"},
                {census->tamil, "ta"},   {census->sinhala, "si"}, {census->ethiopic, "am"},
                {census->bengali, "bn"}};
    unsigned rest = census->latin / 4 + census->han;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count > 4 && rows[i].count > rest)
            return rows[i].language;
    if (census->hangul > 8)
        return "ko";
    return census->kana > 8 ? "ja" : NULL;
}

/* Characters that only one of the two Chinese scripts writes decide between them; the text as it
 * was, since folding made it Simplified. */
static bool is_traditional(struct slice text)
{
    static const char letters[] =
        "國這們來時會學說個對開關東車長門問間電話萬歲業務員應實資錢號專運輸經驗無體點當發機場園區";
    unsigned count = 0;
    for (size_t i = 0, used; i < text.len; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        if (code >= 0x3400 && code < 0xA000 && used == 3 &&
            memmem(letters, sizeof letters - 1, text.at + i, used) != NULL)
            count++;
    }
    return count >= 2;
}

static unsigned count_words(struct slice text, const char *words)
{
    unsigned count = 0;
    while (*words != '\0') {
        const char *end = strchrnul(words, '|');
        char word[32];
        size_t len = (size_t)(end - words);
        if (len < sizeof word) {
            memcpy(word, words, len);
            word[len] = '\0';
            count += has_any(text, word, true) ? 1 : 0;
        }
        words = *end == '|' ? end + 1 : end;
    }
    return count;
}

static const char *by_small_words(struct slice text)
{
    static const struct {
        const char *language, *words;
    } rows[] = {
        {"id", "dan|yang|di|untuk|dengan|kami|lowongan|loker|gaji|kerja|dibutuhkan|atau|tidak|bisa|"
               "minimal|usia|pria|wanita|segera|juta|jt|perusahaan|karyawan|hub|tanpa|luar|bln|"
               "penempatan|pengalaman|syarat"},
        {"ms",
         "dan|yang|di|untuk|dengan|kami|jawatan|kosong|gaji|kerja|diperlukan|pekerja|tiada|boleh|"
         "rm|pengalaman|elaun|kekosongan|syarikat|pasport|penginapan|makan|minum|umur|sahaja|anda|"
         "luar negara|tawaran|kemboja"},
        {"tl",
         "ang|ng|mga|sa|para|kami|naghahanap|sahod|po|walang|kailangan|trabaho|libreng|libre|hindi|"
         "lang|pwede|kung|may|na|at|ay|ka|mo|namin"},
        {"vi",
         "và|của|cho|tuyển|lương|việc|làm|không|được|người|tuyen|luong|viec|lam|khong|nhan vien|"
         "bao an|bao o|nghiem"},
        {"es", "el|la|de|en|para|con|trabajo|empleo|sueldo|experiencia|oferta|empresa|los|las|se"},
        {"pt", "o|de|em|para|com|trabalho|vaga|salário|experiência|empresa|os|não|uma|você"},
        {"en", "the|and|for|with|we|you|our|job|work|salary|experience|required|hiring|of|to|in|is|"
               "company|free|are|apply|per month|no"},
    };
    const char *best = NULL;
    unsigned most = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned count = count_words(text, rows[i].words);
        if (count > most) {
            most = count;
            best = rows[i].language;
        }
    }
    return best;
}

static const char *id_or_ms(struct slice text)
{
    unsigned id =
        count_words(text, "lowongan|loker|dibutuhkan|karyawan|perusahaan|juta|jt|usia|segera|"
                          "tanpa|bisa|gapok|bln|lulusan|ditanggung|rp|wni|paspor|kamboja|"
                          "penempatan|minimal|cewek|cowok|gaji pokok|mess|berangkat");
    unsigned ms =
        count_words(text, "jawatan|kosong|diperlukan|syarikat|tiada|boleh|elaun|rm|pasport|"
                          "kemboja|umur|tawaran|pekerja|kerja kosong|luar negara|ditaja|"
                          "sahaja|anda|kekosongan|gaji pokok rm|spm|warganegara|hubungi");
    return ms > id ? "ms" : "id";
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

struct slice language_of(const struct fact_input *input)
{
    struct script_census count = {0};
    struct slice sample = sample_make(input);
    for (size_t i = 0, used; i < sample.len; i += used)
        census_add(&count, utf8_decode(slice_from(sample, i), &used));
    const char *sure = by_script(&count);
    if (sure != NULL)
        return slice_of(sure);
    if (count.han > 3 && count.han * 3 > count.latin)
        return slice_of(is_traditional(input->posting->field[POSTING_TEXT]) ||
                                is_traditional(input->posting->field[POSTING_TITLE])
                            ? "zh-Hant"
                            : "zh-Hans");
    const char *guess = by_cld2(sample);
    if (guess == NULL || sample.len < 60)
        guess = by_small_words(sample) != NULL ? by_small_words(sample) : guess;
    if (guess == NULL)
        return SLICE("und");
    if (strcmp(guess, "id") == 0 || strcmp(guess, "ms") == 0 || strcmp(guess, "jv") == 0 ||
        strcmp(guess, "su") == 0)
        return slice_of(id_or_ms(sample));
    if (strcmp(guess, "zh") == 0)
        return SLICE("zh-Hans");
    return slice_of(strcmp(guess, "fil") == 0 ? "tl" : guess);
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
