/* employer.c - who offers the work, and which of the six required items the ad states; see
 * facts_parts.h. Cost: a look at each byte of the text for each list, a few microseconds. */
#include "classifiers/facts_parts.h"
#include "common/items.h"
#include "common/utf8.h"

#include <string.h>

#define NAME_BYTES     48u
#define DUTY_BYTES_MIN 600u /* whoever writes so much says what is to be done */

static bool ends_name(char byte)
{
    return byte != '\0' && strchr("\n,;:()!?|", byte) != NULL;
}

uint32_t contacts_clear(const struct facts *facts, enum posting_field field, uint32_t first,
                        uint32_t last)
{
    for (size_t i = 0; i < facts->contacts_count; i++) {
        const struct contact_found *contact = &facts->contacts[i];
        if (contact->field == (int)field && contact->start_bytes < last &&
            contact->end_bytes > first)
            last = contact->start_bytes > first ? contact->start_bytes : first;
    }
    return last;
}

/* "PT Contoh Jaya": the words behind the form of company; "Example Sdn Bhd": those before. */
static struct slice name_around(const struct fact_input *input, const struct facts *facts,
                                enum posting_field field, const struct word_hit *hit)
{
    struct slice text = input->folded[field].text;
    size_t start = hit->at, end = hit->at + hit->len;
    if (hit->tag == COMPANY_BEFORE)
        while (end < text.len && end - hit->at < NAME_BYTES && !ends_name(text.at[end]))
            end++;
    else
        while (start > 0 && hit->at - start < NAME_BYTES && !ends_name(text.at[start - 1]))
            start--;
    uint32_t first = 0, last = 0;
    folded_span(&input->folded[field], start, end, &first, &last);
    last = contacts_clear(facts, field, first, last);
    if (last <= first)
        folded_span(&input->folded[field], hit->at, hit->at + hit->len, &first, &last);
    struct slice name = slice_sub(input->posting->field[field], first, last - first);
    return slice_trim(utf8_cut(name, name.len));
}

/* "บริษัทชั้นนํา", "a leading company": the form stands in words for nobody. */
static bool is_nobody(struct slice text, const struct word_hit *hit)
{
    size_t back = hit->at > NAME_BYTES ? hit->at - NAME_BYTES : 0;
    size_t end = hit->at + hit->len;
    struct slice around = slice_sub(text, back, end + NAME_BYTES - back);
    struct word_hit nobody;
    for (size_t from = 0; word_find(words_of(WORDS_NOBODY), around, from, &nobody);
         from = nobody.at + nobody.len)
        if (back + nobody.at <= hit->at && back + nobody.at + nobody.len >= end)
            return true;
    return false;
}

struct slice employer_find(const struct fact_input *input, const struct facts *facts)
{
    static const enum posting_field order[] = {POSTING_TEXT, POSTING_TITLE};
    struct slice employer = input->folded[POSTING_EMPLOYER].text;
    struct word_hit hit;
    if (employer.len > 2)
        return has_words(employer, WORDS_NOBODY) ? SLICE_EMPTY
                                                 : input->posting->field[POSTING_EMPLOYER];
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        for (size_t at = 0;
             word_find(words_of(WORDS_COMPANY), input->folded[order[i]].text, at, &hit);
             at = hit.at + hit.len)
            if (!is_nobody(input->folded[order[i]].text, &hit))
                return name_around(input, facts, order[i], &hit);
    return SLICE_EMPTY;
}

uint32_t items_missing(const struct fact_input *input, const struct facts *facts)
{
    struct slice text = input->folded[POSTING_TEXT].text;
    struct slice place = input->folded[POSTING_PLACE].text;
    const bool stated[ITEM_COUNT] = {
        [ITEM_EMPLOYER] = facts->employer.len > 0,
        [ITEM_ADDRESS] = has_words(text, WORDS_ADDRESS) || has_words(place, WORDS_ADDRESS),
        [ITEM_CONTACT] = facts->contacts_count > 0,
        [ITEM_DUTIES] = text.len > DUTY_BYTES_MIN || has_words(text, WORDS_DUTY),
        [ITEM_WORKPLACE] = place.len > 1 || facts->places_count > 0,
        [ITEM_WAGE] = facts->salary.currency[0] != '\0' || input->folded[POSTING_PAY].text.len > 1,
    };
    uint32_t missing = 0;
    for (int i = 0; i < ITEM_COUNT; i++)
        missing |= stated[i] ? 0 : ITEM_BIT(i);
    return missing;
}
