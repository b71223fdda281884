/* mask.c - contacts out of text; see mask.h.
 *
 * A field that holds a contact is copied once and starred there; quotes of findings and places that
 * have a place in a field are cut anew out of the starred copy, so that they can never say more
 * than the field does. Quotes without a place are searched for the words themselves.
 * Cost: one search through each field for each contact, in small letters that are made once, since a
 * search that looks at each letter for either case takes the square of what a hostile ad has. */
#include "storage/mask.h"
#include "storage/contact_key.h"

#include <string.h>

#define NEEDLE_BYTES_MIN 5u

struct mask_work {
    struct arena *arena;
    const struct posting *posting;
    char *copy[POSTING_FIELD_COUNT]; /* NULL: not starred yet */
    struct slice small[POSTING_FIELD_COUNT];
    bool no_memory;
};

static bool is_inside_character(struct slice text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80;
}

static void star(struct mask_work *work, int field, size_t start, size_t end)
{
    struct slice text = work->posting->field[field];
    if (start >= end || end > text.len)
        return;
    while (start > 0 && is_inside_character(text, start))
        start--;
    while (is_inside_character(text, end))
        end++;
    if (work->copy[field] == NULL)
        work->copy[field] = arena_copy(work->arena, text.at, text.len);
    if (work->copy[field] == NULL) {
        work->no_memory = true;
        return;
    }
    memset(work->copy[field] + start, '*', end - start);
}

static struct slice words_of(const struct posting *posting, const struct contact_found *contact)
{
    if (contact->field < 0 || contact->field >= POSTING_FIELD_COUNT ||
        contact->end_bytes <= contact->start_bytes)
        return SLICE_EMPTY;
    return slice_sub(posting->field[contact->field], contact->start_bytes,
                     contact->end_bytes - contact->start_bytes);
}

/* A handle that is a plain word ("admin") is masked elsewhere only where it is written as a handle:
 * else the mask would eat the words an ad is flagged for. */
static bool is_plain_word(struct slice needle)
{
    for (size_t i = 0; i < needle.len; i++) {
        char folded = (char)(needle.at[i] | 0x20);
        if (folded < 'a' || folded > 'z')
            return false;
    }
    return true;
}

/* text in small ASCII letters, each where it stood; empty: no memory. */
static struct slice small_letters(struct mask_work *work, struct slice text)
{
    char *small = arena_copy(work->arena, text.at, text.len);
    work->no_memory = work->no_memory || small == NULL;
    if (small == NULL)
        return SLICE_EMPTY;
    ascii_small(small, text);
    return slice_make(small, text.len);
}

/* The next place of needle at or after from, or SIZE_MAX; both in small letters. */
static size_t next_place(struct slice text, size_t from, struct slice needle)
{
    if (needle.len < NEEDLE_BYTES_MIN)
        return SIZE_MAX;
    bool plain = is_plain_word(needle);
    for (;;) {
        size_t found = slice_find(slice_from(text, from), needle);
        if (found == SIZE_MAX)
            return SIZE_MAX;
        found += from;
        if (!plain || (found > 0 && strchr("@/=:", text.at[found - 1]) != NULL))
            return found;
        from = found + 1;
    }
}

static void star_everywhere(struct mask_work *work, struct slice words)
{
    struct slice needle = words.len < NEEDLE_BYTES_MIN ? words : small_letters(work, words);
    for (int field = 0; field < POSTING_FIELD_COUNT; field++) {
        struct slice text = work->small[field];
        size_t found = next_place(text, 0, needle);
        while (found != SIZE_MAX) {
            star(work, field, found, found + needle.len);
            found = next_place(text, found + needle.len, needle);
        }
    }
}

/* A quote that stands in no field: the needle's places in it become stars. */
static struct slice star_quote(struct mask_work *work, struct slice quote, struct slice words)
{
    if (words.len < NEEDLE_BYTES_MIN || words.len > quote.len)
        return quote;
    struct slice small = small_letters(work, quote), needle = small_letters(work, words);
    size_t found = next_place(small, 0, needle);
    if (found == SIZE_MAX)
        return quote;
    char *copy = arena_copy(work->arena, quote.at, quote.len);
    if (copy == NULL) {
        work->no_memory = true;
        return SLICE_EMPTY;
    }
    while (found != SIZE_MAX) {
        memset(copy + found, '*', needle.len);
        found = next_place(small, found + needle.len, needle);
    }
    return slice_make(copy, quote.len);
}

static struct slice mask_quote(struct mask_work *work, const struct verdict *verdict,
                               struct slice quote)
{
    for (size_t i = 0; i < verdict->contacts_count; i++) {
        const struct contact_found *contact = &verdict->contacts[i];
        quote = star_quote(work, quote, words_of(work->posting, contact));
        quote = star_quote(work, quote, contact->value);
    }
    return quote;
}

/* The words at a place in the starred field, else the quote searched. */
static struct slice quote_at(struct mask_work *work, const struct verdict *verdict, int field,
                             const uint32_t span[2], struct slice quote)
{
    if (field < 0 || field >= POSTING_FIELD_COUNT || span[1] > work->posting->field[field].len ||
        span[1] - span[0] != quote.len)
        return mask_quote(work, verdict, quote);
    if (work->copy[field] == NULL)
        return quote;
    return slice_make(work->copy[field] + span[0], quote.len);
}

static int mask_findings(struct mask_work *work, const struct verdict *verdict,
                         struct verdict *ret_verdict)
{
    struct finding *list = arena_calloc(work->arena, verdict->findings_count + 1, sizeof *list);
    if (list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        list[i] = verdict->findings[i];
        uint32_t span[2] = {list[i].start_bytes, list[i].end_bytes};
        list[i].quote = quote_at(work, verdict, list[i].field, span, list[i].quote);
    }
    ret_verdict->findings = list;
    return OK;
}

static int mask_places(struct mask_work *work, const struct verdict *verdict,
                       struct verdict *ret_verdict)
{
    struct place_found *list = arena_calloc(work->arena, verdict->places_count + 1, sizeof *list);
    if (list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < verdict->places_count; i++) {
        list[i] = verdict->places[i];
        uint32_t span[2] = {list[i].start_bytes, list[i].end_bytes};
        list[i].quote = quote_at(work, verdict, list[i].field, span, list[i].quote);
    }
    ret_verdict->places = list;
    return OK;
}

/* The names that the verdict repeats. */
static void mask_names(struct mask_work *work, const struct verdict *verdict,
                       struct verdict *ret_verdict)
{
    const struct slice whole = work->posting->field[POSTING_EMPLOYER];
    const char *starred = work->copy[POSTING_EMPLOYER];
    ret_verdict->employer = starred != NULL && slice_equal(verdict->employer, whole)
                                ? slice_make(starred, whole.len)
                                : mask_quote(work, verdict, verdict->employer);
    ret_verdict->licences = mask_quote(work, verdict, verdict->licences);
}

static int shorten_contacts(struct mask_work *work, const struct verdict *verdict,
                            struct verdict *ret_verdict)
{
    struct contact_found *list =
        arena_calloc(work->arena, verdict->contacts_count + 1, sizeof *list);
    if (list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < verdict->contacts_count; i++) {
        char tail[CONTACT_TAIL_BYTES];
        list[i] = verdict->contacts[i];
        contact_tail(list[i].value, tail);
        const char *copy = arena_copy(work->arena, tail, strlen(tail));
        if (copy == NULL)
            return ERR_NOMEM;
        list[i].value = slice_of(copy);
    }
    ret_verdict->contacts = list;
    return OK;
}

int mask_contacts(struct arena *arena, const struct posting *posting, const struct verdict *verdict,
                  struct masked *ret_masked)
{
    struct mask_work work = {.arena = arena, .posting = posting};
    struct masked masked = {.verdict = *verdict};
    for (int field = 0; verdict->contacts_count > 0 && field < POSTING_FIELD_COUNT; field++)
        work.small[field] = small_letters(&work, posting->field[field]);
    for (size_t i = 0; i < verdict->contacts_count; i++) {
        const struct contact_found *contact = &verdict->contacts[i];
        struct slice words = words_of(posting, contact);
        if (words.len > 0)
            star(&work, contact->field, contact->start_bytes, contact->end_bytes);
        star_everywhere(&work, words);
        star_everywhere(&work, contact->value);
    }
    int rc = mask_findings(&work, verdict, &masked.verdict);
    if (rc == OK)
        rc = mask_places(&work, verdict, &masked.verdict);
    if (rc == OK)
        mask_names(&work, verdict, &masked.verdict);
    if (rc == OK)
        rc = shorten_contacts(&work, verdict, &masked.verdict);
    if (rc != OK || work.no_memory)
        return ERR_NOMEM;
    for (int field = 0; field < POSTING_FIELD_COUNT; field++)
        masked.field[field] = work.copy[field] != NULL
                                  ? slice_make(work.copy[field], posting->field[field].len)
                                  : posting->field[field];
    *ret_masked = masked;
    return OK;
}
