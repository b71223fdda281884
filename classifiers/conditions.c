/* conditions.c - what an ad asks of people and offers them, as values; see common/conditions.h.
 *
 * What the bank's rules found comes first: a ticket, lodging, a penalty are theirs to tell. Then one
 * look through title and text for words that a number or a kind belongs to: the age wanted, hours a
 * shift has, which visa. The first of a kind counts; languages and schooling may be several. Cost: one
 * search through one list of words, 1-2 ns a byte. */
#include "classifiers/conditions_parts.h"
#include "classifiers/facts_parts.h"

#include <string.h>

#define CONDITIONS_MAX 32u
#define NEAR_BYTES     28u
#define AGE_MIN        14
#define AGE_MAX        75
#define COUNT(table)   (sizeof(table) / sizeof(table)[0])
#define BIT(tag)       (UINT64_C(1) << (tag))

struct gathering {
    const struct fact_input *input;
    enum posting_field field;
    struct slice text; /* folded, of the field */
    struct condition_found *list;
    size_t count;
};

/* ---- the list ---- */

static struct condition_found *of_kind(struct gathering *gathering, enum condition_kind kind)
{
    for (size_t i = 0; i < gathering->count; i++)
        if (gathering->list[i].kind == kind)
            return &gathering->list[i];
    return NULL;
}

static bool is_told(struct gathering *gathering, enum condition_kind kind, const char *value)
{
    for (size_t i = 0; i < gathering->count; i++)
        if (gathering->list[i].kind == kind && strcmp(gathering->list[i].value, value) == 0)
            return true;
    return false;
}

/* The new entry, its span set from folded bytes; NULL when the list is full. */
static struct condition_found *add(struct gathering *gathering, enum condition_kind kind,
                                   size_t start, size_t end)
{
    if (gathering->count == CONDITIONS_MAX)
        return NULL;
    struct condition_found *found = &gathering->list[gathering->count++];
    *found = (struct condition_found){.kind = kind, .field = (int)gathering->field};
    folded_span(&gathering->input->folded[gathering->field], start, end, &found->start_bytes,
                &found->end_bytes);
    return found;
}

static void value_set(struct condition_found *found, const char *value)
{
    if (found != NULL)
        memccpy(found->value, value, '\0', sizeof found->value);
}

/* ---- what rules say ---- */

/* The words of WORDS_CONDITION in the finding's quote, a bit a tag. */
static uint64_t quote_words(struct gathering *gathering, const struct finding *finding)
{
    struct word_hit hit;
    uint64_t words = 0;
    if (finding->field == FINDING_NO_FIELD)
        return 0;
    const struct folded *folded = &gathering->input->folded[finding->field];
    for (size_t from = 0; word_find(words_of(WORDS_CONDITION), folded->text, from, &hit);
         from = hit.at + hit.len) {
        uint32_t start = 0, end = 0;
        folded_span(folded, hit.at, hit.at + hit.len, &start, &end);
        if (start < finding->end_bytes && end > finding->start_bytes)
            words |= BIT(hit.tag);
    }
    return words;
}

/* One rule may hold several things: "easy work" beside "no experience", food beside a bed. The quote
 * tells which it is; CONDITION_KIND_COUNT: neither. */
static enum condition_kind quote_kind(struct gathering *gathering, const struct finding *finding,
                                      enum condition_kind kind)
{
    if (kind != CONDITION_EXPERIENCE && kind != CONDITION_LODGING)
        return kind;
    uint64_t words = quote_words(gathering, finding);
    bool experience =
        (words & (BIT(CONDITION_WORD_EXPERIENCE) | BIT(CONDITION_WORD_BEGINNER))) != 0;
    bool bed = (words & (BIT(CONDITION_WORD_LODGING) | BIT(CONDITION_WORD_BOARD))) != 0;
    if (kind == CONDITION_EXPERIENCE)
        return experience ? kind : CONDITION_KIND_COUNT;
    return (words & BIT(CONDITION_WORD_MEALS)) != 0 && !bed ? CONDITION_MEALS : kind;
}

static void rules_take(struct gathering *gathering, const struct finding *findings, size_t count)
{
    static const struct {
        const char *idea;
        enum condition_kind kind;
        const char *value;
    } rows[] = {
        {"low-bar.no-experience.", CONDITION_EXPERIENCE, "none"},
        {"low-bar.no-diploma.", CONDITION_SCHOOLING, "none"},
        {"recruiter.nationality-wanted.", CONDITION_NATIONALITY, ""},
        {"package.ticket-paid.", CONDITION_TICKET, ""},
        {"package.lodging.", CONDITION_LODGING, ""},
        {"package.meals.", CONDITION_MEALS, ""},
        {"papers.passport-arranged.", CONDITION_PAPERS, ""},
        {"coercion.passport-held.", CONDITION_PAPERS, "held"},
        {"vulnerability.advance-pay.", CONDITION_ADVANCE, ""},
        {"coercion.break-penalty.", CONDITION_PENALTY, ""},
    };
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; findings[i].kind == FINDING_RULE && k < COUNT(rows); k++) {
            if (!slice_starts(findings[i].id, rows[k].idea) || gathering->count == CONDITIONS_MAX)
                continue;
            enum condition_kind kind = quote_kind(gathering, &findings[i], rows[k].kind);
            if (kind == CONDITION_KIND_COUNT || is_told(gathering, kind, rows[k].value))
                continue;
            struct condition_found *found = &gathering->list[gathering->count++];
            *found = (struct condition_found){.kind = kind,
                                              .field = findings[i].field,
                                              .start_bytes = findings[i].start_bytes,
                                              .end_bytes = findings[i].end_bytes};
            value_set(found, rows[k].value);
        }
}

/* ---- numbers beside a word ---- */

struct span_number {
    size_t start, end;
    int32_t least, most;
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* A number of one to three digits, or a Han numeral of one; gives its end, 0: none. */
static size_t number_at(struct slice text, size_t at, int32_t *ret_value)
{
    static const char han[] = "一二三四五六七八九十";
    size_t end = at;
    int32_t value = 0;
    while (end < text.len && is_digit(text.at[end]) && end - at < 4)
        value = value * 10 + (text.at[end++] - '0');
    *ret_value = value;
    if (end > at)
        return end - at < 4 ? end : 0;
    for (int i = 0; at + 3 <= text.len && i < 10; i++)
        if (memcmp(han + i * 3, text.at + at, 3) == 0) {
            *ret_value = i + 1;
            return at + 3;
        }
    if (at + 3 <= text.len && memcmp("两", text.at + at, 3) == 0) {
        *ret_value = 2;
        return at + 3;
    }
    return 0;
}

static size_t blanks_skip(struct slice text, size_t at)
{
    while (at < text.len && strchr(" :.=(", text.at[at]) != NULL && text.at[at] != '\0')
        at++;
    return at;
}

/* "18-35", "18 sampai 35": the whole range that begins at `at`; a bare number is both its ends. */
static bool range_at(struct slice text, size_t at, struct span_number *range)
{
    struct word_hit hit;
    range->start = at;
    range->end = number_at(text, at, &range->least);
    range->most = range->least;
    if (range->end == 0)
        return false;
    size_t next = range->end;
    while (next < text.len && text.at[next] == ' ')
        next++;
    if (word_at(words_of(WORDS_UNIT), text, next, &hit)) /* "만 20세~35세" */
        next = blanks_skip(text, next + hit.len);
    if (!word_at(words_of(WORDS_JOINER), text, next, &hit))
        return true;
    next = blanks_skip(text, next + hit.len);
    int32_t most = 0;
    size_t end = number_at(text, next, &most);
    if (end > 0 && most >= range->least) {
        range->end = end;
        range->most = most;
    }
    return true;
}

/* The first number at or after `from` within `most` bytes and this line. */
static bool number_behind(struct slice text, size_t from, size_t most, struct span_number *range)
{
    for (size_t at = from; at < text.len && at < from + most && text.at[at] != '\n'; at++)
        if (number_at(text, at, &range->least) > 0)
            return range_at(text, at, range);
    return false;
}

/* The range that ends right before `at`, blanks between allowed. */
static bool number_before(struct slice text, size_t at, struct span_number *range)
{
    size_t end = at, back;
    while (end > 0 && strchr(" -+", text.at[end - 1]) != NULL)
        end--;
    back = end > NEAR_BYTES ? end - NEAR_BYTES : 0;
    for (size_t from = back; from < end; from++) {
        bool inside = from > 0 && is_digit(text.at[from - 1]) && is_digit(text.at[from]);
        if (!inside && range_at(text, from, range) && range->end == end)
            return true;
    }
    return false;
}

static void number_set(struct condition_found *found, const struct span_number *range)
{
    if (found == NULL)
        return;
    found->has_number = true;
    found->least = range->least;
    found->most = range->most;
}

/* ---- a kind each ---- */

static bool is_age(const struct span_number *range)
{
    return range->least >= AGE_MIN && range->most <= AGE_MAX;
}

/* "max 35": nothing is said of the least. */
static void age_take(struct gathering *gathering, const struct span_number *range, size_t start)
{
    size_t end = range->end > start ? range->end : start;
    struct condition_found *found =
        add(gathering, CONDITION_AGE, start < range->start ? start : range->start, end);
    number_set(found, range);
}

static void age_word(struct gathering *gathering, const struct word_hit *hit)
{
    struct span_number range;
    if (of_kind(gathering, CONDITION_AGE) == NULL &&
        number_behind(gathering->text, hit->at + hit->len, 20, &range) && is_age(&range))
        age_take(gathering, &range, hit->at);
}

/* "max 30th": a bound right before. */
static bool is_at_most(struct slice text, size_t start)
{
    struct word_hit hit;
    struct slice before =
        slice_trim(slice_sub(text, start > 16 ? start - 16 : 0, start > 16 ? 16 : start));
    return word_last(words_of(WORDS_AT_MOST), before, &hit) && hit.at + hit.len == before.len;
}

/* Years behind a range that no word for age announces: only a wide one is an age. */
static void years_word(struct gathering *gathering, const struct word_hit *hit)
{
    struct span_number range;
    if (of_kind(gathering, CONDITION_AGE) != NULL ||
        !number_before(gathering->text, hit->at, &range) || !is_age(&range) ||
        (range.most < range.least + 4 && !is_at_most(gathering->text, range.start)))
        return;
    age_take(gathering, &range, range.start);
}

static void sex_word(struct gathering *gathering, const struct word_hit *hit, const char *value)
{
    struct span_number range;
    struct condition_found *found = of_kind(gathering, CONDITION_SEX);
    if (found == NULL)
        value_set(add(gathering, CONDITION_SEX, hit->at, hit->at + hit->len), value);
    else if (strcmp(found->value, value) != 0)
        value_set(found, "any");
    if (of_kind(gathering, CONDITION_AGE) == NULL && /* "nam nữ 18-32" */
        number_behind(gathering->text, hit->at + hit->len, 4, &range) && is_age(&range) &&
        range.most >= range.least + 4)
        age_take(gathering, &range, range.start);
}

/* "经验不限", "pengalaman tidak wajib", "no prior experience": the word at `at` is named to be waived.
 * Gives where the waiver begins and ends. */
static bool is_waived(struct slice text, size_t *at, size_t *end)
{
    struct word_hit hit;
    size_t behind = blanks_skip(text, *end);
    if (word_at(words_of(WORDS_WAIVED_BEHIND), text, behind, &hit)) {
        *end = behind + hit.len;
        return true;
    }
    for (size_t from = *at > NEAR_BYTES ? *at - NEAR_BYTES : 0; from < *at; from++) {
        if (!word_at(words_of(WORDS_WAIVED_BEFORE), text, from, &hit))
            continue;
        size_t next = from + hit.len;
        if (hit.tag == WAIVER_APART && next < *at && text.at[next] == ' ')
            next++;
        if (next == *at) {
            *at = from;
            return true;
        }
    }
    return false;
}

static void experience_word(struct gathering *gathering, const struct word_hit *hit)
{
    struct span_number range;
    struct word_hit unit;
    size_t start = hit->at, end = hit->at + hit->len;
    if (of_kind(gathering, CONDITION_EXPERIENCE) != NULL)
        return;
    bool waived = is_waived(gathering->text, &start, &end);
    struct condition_found *found = add(gathering, CONDITION_EXPERIENCE, start, end);
    value_set(found, waived ? "none" : "asked");
    if (waived)
        return;
    size_t back = hit->at > NEAR_BYTES ? hit->at - NEAR_BYTES : 0;
    struct slice around = slice_sub(gathering->text, back, end + NEAR_BYTES - back);
    for (size_t at = 0; at < around.len; at++) {
        bool inside = at > 0 && is_digit(around.at[at - 1]);
        if (inside || !is_digit(around.at[at]) || !range_at(around, at, &range))
            continue;
        size_t next = range.end;
        while (next < around.len && strchr(" +-", around.at[next]) != NULL)
            next++;
        if (range.most <= 20 && word_at(words_of(WORDS_UNIT), around, next, &unit)) {
            number_set(found, &range);
            return;
        }
    }
}

static void schooling_word(struct gathering *gathering, const struct word_hit *hit,
                           const char *value)
{
    if (!is_told(gathering, CONDITION_SCHOOLING, value) &&
        !is_told(gathering, CONDITION_SCHOOLING, "none"))
        value_set(add(gathering, CONDITION_SCHOOLING, hit->at, hit->at + hit->len), value);
}

static void typing_word(struct gathering *gathering, const struct word_hit *hit)
{
    struct span_number range;
    size_t end = hit->at + hit->len;
    struct condition_found *found = of_kind(gathering, CONDITION_TYPING);
    bool told = number_before(gathering->text, hit->at, &range) ||
                number_behind(gathering->text, end, 16, &range);
    told = told && range.least >= 15 && range.least <= 200;
    if (found == NULL)
        found = add(gathering, CONDITION_TYPING, hit->at, end);
    if (found != NULL && told && !found->has_number)
        number_set(found, &range);
}

static void visa_word(struct gathering *gathering, const struct word_hit *hit)
{
    static const char *const values[] = {"tourist", "work", "visit"};
    const struct word_list *kinds = words_of(WORDS_VISA_KIND);
    size_t end = hit->at + hit->len, back = hit->at > NEAR_BYTES ? hit->at - NEAR_BYTES : 0;
    struct slice text = gathering->text, before = slice_sub(text, back, hit->at - back);
    struct word_hit kind;
    bool told = word_find(kinds, slice_sub(text, end, 20), 0, &kind) ||
                (word_last(kinds, before, &kind) && kind.at + kind.len + 6 >= before.len);
    const char *value = told ? values[kind.tag] : "";
    struct condition_found *found = of_kind(gathering, CONDITION_VISA);
    if (found == NULL)
        found = add(gathering, CONDITION_VISA, hit->at, end);
    if (found != NULL && found->value[0] == '\0')
        value_set(found, value);
}

static void hours_word(struct gathering *gathering, const struct word_hit *hit)
{
    struct span_number range;
    if (of_kind(gathering, CONDITION_SHIFT) != NULL ||
        !number_before(gathering->text, hit->at, &range) || range.least < 4 || range.most > 16)
        return;
    number_set(add(gathering, CONDITION_SHIFT, range.start, hit->at + hit->len), &range);
}

/* "libur hari Minggu", "folga aos domingos": days of the week beside the word are that many a week. */
static bool off_weekdays(struct gathering *gathering, const struct word_hit *hit)
{
    struct slice text = gathering->text;
    struct word_hit day;
    size_t end = hit->at + hit->len, back = hit->at > NEAR_BYTES ? hit->at - NEAR_BYTES : 0;
    size_t first = hit->at, last = end;
    unsigned days = 0;
    struct slice around = slice_sub(text, back, end + NEAR_BYTES - back);
    for (size_t at = 0; word_find(words_of(WORDS_WEEKDAY), around, at, &day);
         at = day.at + day.len) {
        days |= 1u << day.tag;
        first = back + day.at < first ? back + day.at : first;
        last = back + day.at + day.len > last ? back + day.at + day.len : last;
    }
    int count = __builtin_popcount(days);
    if (count == 0 || count > 3)
        return false;
    struct condition_found *found = add(gathering, CONDITION_DAYS_OFF, first, last);
    number_set(found, &(struct span_number){first, last, count, count});
    value_set(found, "week");
    return true;
}

/* "one day off", "dua hari cuti": the number in words right before. */
static bool off_spelt(struct slice text, const struct word_hit *hit, struct span_number *range)
{
    struct word_hit number, unit;
    size_t back = hit->at > NEAR_BYTES ? hit->at - NEAR_BYTES : 0;
    struct slice before = slice_trim(slice_sub(text, back, hit->at - back));
    if (word_last(words_of(WORDS_UNIT), before, &unit) && unit.at + unit.len == before.len)
        before = slice_trim(slice_sub(before, 0, unit.at));
    if (!word_last(words_of(WORDS_NUMBER), before, &number) ||
        number.at + number.len != before.len || number_word_hundredths(number.tag) > 1000)
        return false;
    int32_t value = (int32_t)(number_word_hundredths(number.tag) / 100);
    *range = (struct span_number){back + number.at, hit->at, value, value};
    return true;
}

static void off_word(struct gathering *gathering, const struct word_hit *hit)
{
    struct span_number range;
    struct word_hit span;
    size_t end = hit->at + hit->len;
    if (of_kind(gathering, CONDITION_DAYS_OFF) != NULL)
        return;
    bool told = (number_before(gathering->text, hit->at, &range) && range.most <= 15) ||
                (number_behind(gathering->text, end, 8, &range) && range.most <= 15) ||
                off_spelt(gathering->text, hit, &range);
    if (!told) {
        off_weekdays(gathering, hit);
        return;
    }
    size_t start = range.start < hit->at ? range.start : hit->at;
    size_t last = range.end > end ? range.end : end;
    struct condition_found *found = add(gathering, CONDITION_DAYS_OFF, start, last);
    number_set(found, &range);
    size_t back = start > 12 ? start - 12 : 0;
    struct slice around = slice_sub(gathering->text, back, last + 40 - back);
    if (word_find(words_of(WORDS_SPAN), around, 0, &span))
        value_set(found, span.tag == OFF_WEEK ? "week" : "month");
}

static void share_word(struct gathering *gathering, const struct word_hit *hit,
                       enum condition_kind kind)
{
    struct span_number range;
    size_t end = hit->at + hit->len;
    struct condition_found *found = of_kind(gathering, kind);
    if (found == NULL)
        found = add(gathering, kind, hit->at, end);
    if (found == NULL || found->has_number)
        return;
    bool told = number_behind(gathering->text, end, 16, &range) &&
                range.end < gathering->text.len && gathering->text.at[range.end] == '%';
    if (told)
        number_set(found, &range);
}

static void word_take(struct gathering *gathering, const struct word_hit *hit)
{
    static const char *const schools[] = {"primary", "secondary", "diploma", "degree"};
    static const char *const sexes[] = {"female", "male", "any"};
    size_t end = hit->at + hit->len;
    switch (hit->tag) {
    case CONDITION_WORD_AGE:
        age_word(gathering, hit);
        break;
    case CONDITION_WORD_YEARS:
        years_word(gathering, hit);
        break;
    case CONDITION_WORD_FEMALE:
    case CONDITION_WORD_MALE:
    case CONDITION_WORD_ANY_SEX:
        sex_word(gathering, hit, sexes[hit->tag - CONDITION_WORD_FEMALE]);
        break;
    case CONDITION_WORD_EXPERIENCE:
        experience_word(gathering, hit);
        break;
    case CONDITION_WORD_BEGINNER:
        break;
    case CONDITION_WORD_PRIMARY:
    case CONDITION_WORD_SECONDARY:
    case CONDITION_WORD_DIPLOMA:
    case CONDITION_WORD_DEGREE:
        schooling_word(gathering, hit, schools[hit->tag - CONDITION_WORD_PRIMARY]);
        break;
    case CONDITION_WORD_NO_VISA:
        if (of_kind(gathering, CONDITION_VISA) == NULL)
            value_set(add(gathering, CONDITION_VISA, hit->at, end), "none");
        break;
    default:
        if (hit->tag >= CONDITION_WORD_SPEAKS) {
            const char *language = SPOKEN_LANGUAGES[hit->tag - CONDITION_WORD_SPEAKS];
            if (!is_told(gathering, CONDITION_LANGUAGE, language))
                value_set(add(gathering, CONDITION_LANGUAGE, hit->at, end), language);
        }
        break;
    }
}

static void offer_word(struct gathering *gathering, const struct word_hit *hit)
{
    static const enum condition_kind kinds[] = {CONDITION_MEALS, CONDITION_LODGING,
                                                CONDITION_PENALTY, CONDITION_ADVANCE};
    enum condition_kind kind = kinds[hit->tag - CONDITION_WORD_MEALS];
    if (of_kind(gathering, kind) == NULL)
        add(gathering, kind, hit->at, hit->at + hit->len);
}

/* "包吃住": meals and lodging. */
static void board_word(struct gathering *gathering, struct word_hit hit)
{
    hit.tag = CONDITION_WORD_MEALS;
    offer_word(gathering, &hit);
    hit.tag = CONDITION_WORD_LODGING;
    offer_word(gathering, &hit);
}

static void offer_take(struct gathering *gathering, const struct word_hit *hit)
{
    switch (hit->tag) {
    case CONDITION_WORD_TYPING:
        typing_word(gathering, hit);
        break;
    case CONDITION_WORD_VISA:
        visa_word(gathering, hit);
        break;
    case CONDITION_WORD_HOURS:
        hours_word(gathering, hit);
        break;
    case CONDITION_WORD_OFF:
        off_word(gathering, hit);
        break;
    case CONDITION_WORD_BONUS:
        share_word(gathering, hit, CONDITION_BONUS);
        break;
    case CONDITION_WORD_BOARD:
        board_word(gathering, *hit);
        break;
    case CONDITION_WORD_MEALS:
    case CONDITION_WORD_LODGING:
    case CONDITION_WORD_PENALTY:
    case CONDITION_WORD_ADVANCE:
        offer_word(gathering, hit);
        break;
    case CONDITION_WORD_COMMISSION:
        share_word(gathering, hit, CONDITION_COMMISSION);
        break;
    default:
        word_take(gathering, hit);
        break;
    }
}

int conditions_find(const struct fact_input *input, const struct finding *findings, size_t count,
                    struct conditions *ret_conditions)
{
    static const enum posting_field order[] = {POSTING_TITLE, POSTING_PAY, POSTING_TEXT};
    struct gathering gathering = {.input = input};
    gathering.list = arena_calloc(input->arena, CONDITIONS_MAX, sizeof *gathering.list);
    if (gathering.list == NULL)
        return ERR_NOMEM;
    rules_take(&gathering, findings, count);
    for (size_t i = 0; i < COUNT(order); i++) {
        struct word_hit hit;
        gathering.field = order[i];
        gathering.text = input->folded[order[i]].text;
        for (size_t from = 0; word_find(words_of(WORDS_CONDITION), gathering.text, from, &hit);
             from = hit.at + hit.len)
            offer_take(&gathering, &hit);
    }
    *ret_conditions = (struct conditions){gathering.list, gathering.count};
    return OK;
}
