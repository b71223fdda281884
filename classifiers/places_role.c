/* places_role.c - what a place is to an ad, by the words beside it; see places_parts.h.
 *
 * A word that tells a role belongs to the place behind it and to those that an enumeration goes on
 * with ("from Kenya and Uganda"), not to the next one ("… needed for Riyadh"): so nothing is looked
 * for behind the place before. Where one lands is where one changes, if the work is elsewhere. */
#include "classifiers/places_parts.h"

#include <string.h>

#define ROLE_BYTES        36u /* how far before a place a word for its role stands */
#define LETTERS_BYTES     64u /* the same in scripts of two and three bytes a letter */
#define ROLE_WORD_BYTES   24u /* how far before a word for a role a longer one may begin */
#define PREPOSITION_BYTES 2u

static size_t blanks_skip(struct slice text, size_t at)
{
    while (at < text.len && text.at[at] != '\0' && strchr(" :)", text.at[at]) != NULL)
        at++;
    return at;
}

/* The nearest word before that tells a role: the longest of those that end there ("面试地点" and not
 * its "地点"); a preposition gives way to a noun of its phrase ("собеседование в Москве"). */
static bool role_before(struct slice before, struct word_hit *ret_hit)
{
    const struct word_list *roles = words_of(WORDS_ROLE_BEFORE);
    struct word_hit earlier;
    if (!word_last(roles, before, ret_hit))
        return false;
    size_t end = ret_hit->at + ret_hit->len;
    size_t from = ret_hit->at > ROLE_WORD_BYTES ? ret_hit->at - ROLE_WORD_BYTES : 0;
    for (size_t at = from; at < ret_hit->at; at++)
        if (word_at(roles, before, at, &earlier) && earlier.at + earlier.len >= end) {
            *ret_hit = earlier;
            return true;
        }
    if (ret_hit->len <= PREPOSITION_BYTES &&
        word_last(roles, slice_sub(before, 0, ret_hit->at), &earlier) &&
        earlier.tag == PLACE_INTERVIEW && earlier.at + earlier.len + 6 >= ret_hit->at)
        *ret_hit = earlier;
    return true;
}

/* Nothing between two places but what an enumeration has: ", ", "/", " and ". */
static bool goes_on(struct slice between)
{
    struct word_hit hit;
    if (between.len > 12)
        return false;
    for (size_t at = 0; at < between.len;) {
        if (strchr(" ,/&-()", between.at[at]) != NULL && between.at[at] != '\0')
            at++;
        else if (word_at(words_of(WORDS_AND), between, at, &hit))
            at += hit.len;
        else
            return false;
    }
    return true;
}

/* A word behind the place; not the head of one that tells the role of the next ("勤务地"). */
static bool role_behind(struct slice text, size_t end, struct word_hit *ret_hit)
{
    struct word_hit next;
    size_t at = blanks_skip(text, end);
    return word_at(words_of(WORDS_ROLE_AFTER), text, at, ret_hit) &&
           !(word_at(words_of(WORDS_ROLE_BEFORE), text, at, &next) && next.len > ret_hit->len);
}

int place_role_of(struct slice text, size_t start, size_t end, struct role_memory *memory)
{
    struct word_hit hit;
    bool overlaps = start < memory->end; /* "phnom penh" behind "phnom" */
    size_t bound = overlaps ? memory->bound : memory->end;
    size_t wide =
        start > 1 && (unsigned char)text.at[start - 2] >= 0x80 ? LETTERS_BYTES : ROLE_BYTES;
    size_t from = start > bound + wide ? start - wide : bound;
    struct role_memory now = {.end = end, .bound = bound, .role = PLACE_DESTINATION};
    now.goes_on = overlaps || (bound > 0 && goes_on(slice_sub(text, bound, start - bound)));
    if (role_behind(text, end, &hit)) {
        now.role = hit.tag;
        now.told = now.behind = true;
        now.end = hit.at + hit.len;
    } else if (now.goes_on) {
        now.role = memory->role;
        now.told = memory->told;
    } else if (role_before(slice_sub(text, from, start - from), &hit)) {
        now.role = hit.tag;
        now.told = true;
    }
    now.before_told = now.goes_on && memory->told;
    *memory = now;
    return now.role;
}
