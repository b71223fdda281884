/* contacts.c - how an ad wants to be answered; see facts_parts.h.
 *
 * Links first (wa.me, t.me, mailto: and their kin), then addresses, then phone numbers, then
 * handles that follow the name of a messenger. A span is exact in the text as extracted, since what
 * is found here is what the store masks. */
#include "classifiers/facts_parts.h"

#include <stdio.h>
#include <string.h>

#define CONTACTS_MAX 32u
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

struct finding_contacts {
    const struct fact_input *input;
    enum posting_field field;
    const char *home;
    struct contact_found *found;
    size_t count;
    bool failed;
};

/* How an address of a messenger begins, in text or in a link. */
static const struct {
    const char *prefix;
    enum contact_kind kind;
    bool is_phone;
} LINKS[] = {
    {"wa.me/", CONTACT_WHATSAPP, true},
    {"api.whatsapp.com/send?phone=", CONTACT_WHATSAPP, true},
    {"chat.whatsapp.com/", CONTACT_WHATSAPP, false},
    {"wa.link/", CONTACT_WHATSAPP, false},
    {"t.me/", CONTACT_TELEGRAM, false},
    {"telegram.me/", CONTACT_TELEGRAM, false},
    {"telegram.dog/", CONTACT_TELEGRAM, false},
    {"t . me/", CONTACT_TELEGRAM, false},
    {"t. me/", CONTACT_TELEGRAM, false},
    {"line.me/ti/p/", CONTACT_LINE, false},
    {"line.me/r/ti/p/", CONTACT_LINE, false},
    {"lin.ee/", CONTACT_LINE, false},
    {"zalo.me/", CONTACT_ZALO, true},
    {"open.kakao.com/", CONTACT_KAKAO, false},
    {"viber.click/", CONTACT_VIBER, true},
    {"signal.me/", CONTACT_SIGNAL, false},
};

static bool is_handle_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
           byte == '.' || byte == '-';
}

static size_t handle_end(struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.len && is_handle_byte(text.at[end]))
        end++;
    while (end > at && (text.at[end - 1] == '.' || text.at[end - 1] == '-'))
        end--;
    return end;
}

/* Is [start,end) inside a contact that is there already? */
static bool is_taken(const struct finding_contacts *finding, uint32_t start, uint32_t end)
{
    for (size_t i = 0; i < finding->count; i++)
        if (finding->found[i].field == (int)finding->field && start < finding->found[i].end_bytes &&
            end > finding->found[i].start_bytes)
            return true;
    return false;
}

static void contact_add(struct finding_contacts *finding, struct contact_found contact,
                        struct slice value)
{
    if (finding->count == CONTACTS_MAX || value.len == 0)
        return;
    char *copy = arena_copy(finding->input->arena, value.at, value.len);
    if (copy == NULL) {
        finding->failed = true;
        return;
    }
    contact.value = slice_make(copy, value.len);
    finding->found[finding->count++] = contact;
}

static void contact_at(struct finding_contacts *finding, enum contact_kind kind, size_t start,
                       size_t end, struct slice value)
{
    struct contact_found contact = {.kind = kind, .field = (int)finding->field};
    folded_span(&finding->input->folded[finding->field], start, end, &contact.start_bytes,
                &contact.end_bytes);
    if (!is_taken(finding, contact.start_bytes, contact.end_bytes))
        contact_add(finding, contact, value);
}

/* ---- addresses in text ---- */

static void find_links(struct finding_contacts *finding, struct slice text)
{
    for (size_t k = 0; k < COUNT(LINKS); k++) {
        struct slice prefix = slice_of(LINKS[k].prefix);
        for (size_t from = 0; from < text.len;) {
            size_t at = slice_find(slice_from(text, from), prefix);
            if (at == SIZE_MAX)
                break;
            at += from;
            size_t value = at + prefix.len;
            while (value < text.len && (text.at[value] == '+' || text.at[value] == '@'))
                value++;
            size_t end = handle_end(text, value);
            from = end > at ? end : at + 1;
            if (end > value && !letter_before(text, at))
                contact_at(finding, LINKS[k].kind, at, end, slice_sub(text, value, end - value));
        }
    }
}

static void find_mail(struct finding_contacts *finding, struct slice text)
{
    for (size_t at = 0; at < text.len; at++) {
        if (text.at[at] != '@')
            continue;
        size_t start = at;
        while (start > 0 && (is_handle_byte(text.at[start - 1]) || text.at[start - 1] == '+'))
            start--;
        size_t end = handle_end(text, at + 1);
        struct slice domain = slice_sub(text, at + 1, end - at - 1);
        if (start < at && slice_find_char(domain, '.') != SIZE_MAX)
            contact_at(finding, CONTACT_EMAIL, start, end, slice_sub(text, start, end - start));
    }
}

static void find_urls(struct finding_contacts *finding, struct slice text)
{
    static const char *const begins[] = {"http://", "https://", "www."};
    for (size_t k = 0; k < COUNT(begins); k++)
        for (size_t from = 0; from < text.len;) {
            size_t at = slice_find(slice_from(text, from), slice_of(begins[k]));
            if (at == SIZE_MAX)
                break;
            at += from;
            size_t end = at;
            while (end < text.len && text.at[end] > ' ' &&
                   strchr("\"'<>()[]{},", text.at[end]) == NULL &&
                   (unsigned char)text.at[end] < 0x7F)
                end++;
            while (end > at && strchr(".,;:!?", text.at[end - 1]) != NULL)
                end--;
            from = end + 1;
            if (end > at + strlen(begins[k]))
                contact_at(finding, CONTACT_URL, at, end, slice_sub(text, at, end - at));
        }
}

/* ---- numbers ---- */

static enum contact_kind kind_by_label(struct slice text, size_t at)
{
    struct slice before = slice_sub(text, at > 40 ? at - 40 : 0, at > 40 ? 40 : at);
    struct word_hit hit;
    while (word_last(words_of(WORDS_MESSENGER), before, &hit)) {
        if (hit.tag != CONTACT_LINE) /* "line" before a number is a telephone line as often */
            return (enum contact_kind)hit.tag;
        before = slice_sub(before, 0, hit.at);
    }
    return CONTACT_PHONE;
}

/* "0812… (WA)", "0812… whatsapp": the name stands behind. */
static enum contact_kind kind_behind(struct slice text, size_t end, enum contact_kind kind)
{
    struct slice behind = slice_sub(text, end, 14);
    size_t letters = 0;
    while (letters < behind.len && strchr(" (/-,:", behind.at[letters]) != NULL &&
           behind.at[letters] != '\0')
        letters++;
    behind = slice_from(behind, letters);
    struct word_hit hit;
    if (kind == CONTACT_PHONE && word_at(words_of(WORDS_MESSENGER), behind, 0, &hit))
        return (enum contact_kind)hit.tag;
    return kind;
}

static void find_phones(struct finding_contacts *finding, struct slice text)
{
    for (size_t at = 0; at < text.len; at++) {
        char e164[20], country[3];
        size_t end = 0;
        bool digit = text.at[at] >= '0' && text.at[at] <= '9';
        if ((!digit && text.at[at] != '+') ||
            !phone_read(text, at, finding->home, &end, e164, country))
            continue;
        struct contact_found contact = {.kind = kind_behind(text, end, kind_by_label(text, at)),
                                        .field = (int)finding->field};
        memcpy(contact.country, country, sizeof contact.country);
        folded_span(&finding->input->folded[finding->field], at, end, &contact.start_bytes,
                    &contact.end_bytes);
        if (!is_taken(finding, contact.start_bytes, contact.end_bytes))
            contact_add(finding, contact, slice_of(e164));
        at = end - 1;
    }
}

/* ---- handles after a messenger's name ---- */

static size_t skip_label_tail(struct slice text, size_t at)
{
    for (;;) {
        size_t before = at;
        struct word_hit hit;
        while (at < text.len && text.at[at] != '\0' && strchr(" :;=-\n()/|.", text.at[at]) != NULL)
            at++;
        if (word_at(words_of(WORDS_HANDLE_TAIL), text, at, &hit) && at + hit.len < text.len &&
            text.at[at + hit.len] != '_')
            at += hit.len;
        if (at == before)
            return at;
    }
}

/* A word that may be a handle though no @ says so: has a digit or an underscore. */
static bool looks_like_handle(struct slice word)
{
    bool mark = false, letter = false;
    for (size_t i = 0; i < word.len; i++) {
        mark = mark || word.at[i] == '_' || (word.at[i] >= '0' && word.at[i] <= '9');
        letter = letter || (word.at[i] >= 'a' && word.at[i] <= 'z');
    }
    return mark && letter && word.len >= 4;
}

static void find_labelled(struct finding_contacts *finding, struct slice text)
{
    struct word_hit hit;
    for (size_t from = 0; word_find(words_of(WORDS_MESSENGER), text, from, &hit);) {
        from = hit.at + hit.len;
        size_t value = skip_label_tail(text, from);
        bool marked = value < text.len && text.at[value] == '@';
        size_t start = marked ? value + 1 : value;
        size_t end = handle_end(text, start);
        struct slice word = slice_sub(text, start, end - start);
        if (value - from > 12 || word.len < 3 || !(marked || looks_like_handle(word)))
            continue;
        contact_at(finding, (enum contact_kind)hit.tag, value, end, word);
    }
}

static void find_bare_handles(struct finding_contacts *finding, struct slice text)
{
    for (size_t at = 0; at + 4 < text.len; at++) {
        if (text.at[at] != '@' || (at > 0 && is_handle_byte(text.at[at - 1])))
            continue;
        size_t end = handle_end(text, at + 1);
        if (end - at > 4)
            contact_at(finding, CONTACT_TELEGRAM, at, end, slice_sub(text, at + 1, end - at - 1));
    }
}

static void find_in_field(struct finding_contacts *finding, enum posting_field field)
{
    struct slice text = finding->input->folded[field].text;
    finding->field = field;
    find_links(finding, text);
    find_mail(finding, text);
    find_urls(finding, text);
    find_phones(finding, text);
    find_labelled(finding, text);
    find_bare_handles(finding, text);
}

/* Links of the page that lead to a person; they stand in no text. */
static void find_in_links(struct finding_contacts *finding)
{
    const struct posting *posting = finding->input->posting;
    for (size_t i = 0; i < posting->links_count; i++) {
        struct slice url = posting->links[i].url;
        struct contact_found contact = {.kind = CONTACT_URL, .field = FINDING_NO_FIELD};
        for (size_t k = 0; k < COUNT(LINKS); k++) {
            size_t at = slice_find(url, slice_of(LINKS[k].prefix));
            if (at == SIZE_MAX || (at > 0 && url.at[at - 1] != '/' && url.at[at - 1] != '.'))
                continue;
            contact.kind = LINKS[k].kind;
            contact_add(finding, contact, slice_from(url, at + strlen(LINKS[k].prefix)));
        }
        if (slice_starts(url, "mailto:")) {
            contact.kind = CONTACT_EMAIL;
            size_t query = slice_find_char(url, '?');
            contact_add(finding, contact,
                        slice_sub(url, 7, query == SIZE_MAX ? url.len : query - 7));
        } else if (slice_starts(url, "tel:")) {
            contact.kind = CONTACT_PHONE;
            contact_add(finding, contact, slice_from(url, 4));
        }
    }
}

int contacts_find(const struct fact_input *input, const struct contact_found **ret_contacts,
                  size_t *ret_count)
{
    struct finding_contacts finding = {.input = input, .home = language_country(input->language)};
    finding.found = arena_calloc(input->arena, CONTACTS_MAX, sizeof *finding.found);
    if (finding.found == NULL)
        return ERR_NOMEM;
    if (finding.home[0] == '\0')
        finding.home = "ID"; /* a number with a leading zero and no country: our first audience */
    find_in_field(&finding, POSTING_TITLE);
    find_in_field(&finding, POSTING_TEXT);
    find_in_field(&finding, POSTING_PLACE);
    find_in_field(&finding, POSTING_EMPLOYER);
    find_in_links(&finding);
    *ret_contacts = finding.found;
    *ret_count = finding.count;
    return finding.failed ? ERR_NOMEM : OK;
}
