/* salary_terms.c - is an offer a ceiling or a floor, net or gross: by the words right beside it; see
 * salary_parts.h. Words of another amount do not count: nothing is looked for behind a number. */
#include "classifiers/salary_parts.h"

#define BOUND_BYTES 30u /* how near a word for "up to" stands */
#define TAX_BYTES   42u

/* What stands before `at` on its line, back to another number. */
static struct slice beside_before(struct slice text, size_t at, size_t most)
{
    size_t from = at;
    while (from > 0 && at - from < most && text.at[from - 1] != '\n' &&
           !(text.at[from - 1] >= '0' && text.at[from - 1] <= '9'))
        from--;
    while (from < at && ((unsigned char)text.at[from] & 0xC0) == 0x80)
        from++;
    return slice_sub(text, from, at - from);
}

static struct slice beside_after(struct slice text, size_t at, size_t most)
{
    size_t end = at;
    while (end < text.len && end - at < most && text.at[end] != '\n' &&
           !(text.at[end] >= '0' && text.at[end] <= '9'))
        end++;
    while (end < text.len && end > at && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--;
    return slice_sub(text, at, end - at);
}

static enum pay_bound bound_of(struct slice text, size_t start, size_t end)
{
    struct word_hit hit;
    bool before =
        word_last(words_of(WORDS_BOUND_BEFORE), beside_before(text, start, BOUND_BYTES), &hit);
    if (before && hit.tag == PAY_UP_TO) /* "up to $1.5k + commission" is a ceiling all the same */
        return PAY_UP_TO;
    if (word_find(words_of(WORDS_BOUND_AFTER), beside_after(text, end, BOUND_BYTES), 0, &hit) ||
        word_last(words_of(WORDS_BOUND_BEFORE), beside_before(text, start, BOUND_BYTES), &hit))
        return (enum pay_bound)hit.tag;
    return PAY_BOUND_NONE;
}

static enum pay_tax tax_of(struct slice text, size_t start, size_t end)
{
    struct word_hit hit;
    if (word_find(words_of(WORDS_TAX), beside_after(text, end, TAX_BYTES), 0, &hit) ||
        word_last(words_of(WORDS_TAX), beside_before(text, start, TAX_BYTES), &hit))
        return (enum pay_tax)hit.tag;
    return PAY_TAX_UNTOLD;
}

void salary_terms_read(struct slice text, const struct amount *low, const struct amount *high,
                       struct salary *salary)
{
    salary->tax = tax_of(text, low->start, high->end);
    if (low->start != high->start) /* a range says both ends */
        return;
    salary->bound = bound_of(text, low->start, high->end);
    if (salary->bound == PAY_BOUND_NONE && high->more)
        salary->bound = PAY_FROM;
}
