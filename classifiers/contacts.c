/* contacts.c - how an ad wants to be answered; see facts_parts.h.
 *
 * Links first (wa.me, t.me, mailto: and their kin), then addresses, then phone numbers, then
 * handles that follow the name of a messenger. A span is exact in the text as extracted, since what
 * is found here is what the store masks. */
#include "classifiers/facts_parts.h"

#include <stdio.h>
#include <string.h>

#define CONTACTS_MAX     128u
#define HANDLE_BYTES_MAX 256u /* what is longer is no name: its rest is left alone */
#define LABEL_TAIL_MAX   16u  /* between a messenger's name and the handle */
#define COUNT(table)     (sizeof(table) / sizeof(table)[0])

struct finding_contacts {
    const struct fact_input *input;
    enum posting_field field;
    struct contact_found *found;
    size_t count;
    bool failed;
};

static bool is_handle_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
           byte == '.' || byte == '-';
}

static size_t handle_end(struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at < HANDLE_BYTES_MAX && is_handle_byte(text.at[end]))
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

/* contact with its span in the original. */
static void contact_place(struct finding_contacts *finding, struct contact_found *contact,
                          size_t start, size_t end, struct slice value)
{
    folded_span(&finding->input->folded[finding->field], start, end, &contact->start_bytes,
                &contact->end_bytes);
    if (!is_taken(finding, contact->start_bytes, contact->end_bytes))
        contact_add(finding, *contact, value);
}

static void contact_at(struct finding_contacts *finding, enum contact_kind kind, size_t start,
                       size_t end, struct slice value)
{
    struct contact_found contact = {.kind = kind, .field = (int)finding->field};
    contact_place(finding, &contact, start, end, value);
}

/* What the ad has at folded bytes [start,end). */
static struct slice written_at(const struct finding_contacts *finding, size_t start, size_t end)
{
    uint32_t from = 0, to = 0;
    folded_span(&finding->input->folded[finding->field], start, end, &from, &to);
    return slice_sub(finding->input->posting->field[finding->field], from, to - from);
}

/* Are these as many signs of plain letters, so that an address can be made of them as they stand? */
static bool is_plain(struct slice written, size_t len)
{
    for (size_t i = 0; i < written.len; i++)
        if ((unsigned char)written.at[i] <= ' ' || (unsigned char)written.at[i] >= 0x7F)
            return false;
    return written.len == len;
}

/* Folded bytes [start,end) as the ad spells them, where it spells them with these letters or folding
 * took a digit of a code for a letter. */
static struct slice as_written(const struct finding_contacts *finding, size_t start, size_t end)
{
    struct slice written = written_at(finding, start, end);
    struct slice value = slice_sub(finding->input->folded[finding->field].text, start, end - start);
    return is_plain(written, value.len) || slice_equal_nocase(written, value) ? written : value;
}

/* text in small ASCII letters, as a name is in whichever it is typed; in the arena. */
static struct slice small_letters(struct finding_contacts *finding, struct slice text)
{
    char *copy = arena_copy(finding->input->arena, text.at, text.len);
    finding->failed = finding->failed || copy == NULL;
    if (copy == NULL)
        return SLICE_EMPTY;
    ascii_small(copy, text);
    return slice_make(copy, text.len);
}

/* An address [start,end) of text; behind its host, letters count as written. */
static void url_at(struct finding_contacts *finding, size_t start, size_t end)
{
    struct slice text = finding->input->folded[finding->field].text;
    size_t host = start + url_host_end(slice_sub(text, start, end - start));
    struct slice named = url_host_read(written_at(finding, start, host),
                                       as_written(finding, start, host), finding->input->arena);
    struct slice path = as_written(finding, host, end);
    char *value = arena_printf(finding->input->arena, "%.*s%.*s", (int)named.len, named.at,
                               (int)path.len, path.at);
    finding->failed = finding->failed || named.len == 0 || value == NULL;
    if (value != NULL)
        contact_at(finding, CONTACT_URL, start, end, slice_of(value));
}

/* ---- addresses in text ---- */

/* Behind the signs that a link has before a name: "t.me/@name_1", "t.me/+AbC". */
static size_t name_start(struct slice text, size_t at)
{
    while (at < text.len && text.at[at] != '\0' && strchr("+@~", text.at[at]) != NULL)
        at++;
    return slice_starts_nocase(slice_from(text, at), "%2b") ? at + 3 : at;
}

/* The number in a link is whole: with country code, without "+". */
static struct slice link_phone(struct finding_contacts *finding, struct slice value,
                               struct contact_found *contact)
{
    char e164[20];
    /* zalo.me/0912…: the number may be national */
    bool national = slice_starts(value, "0");
    char *plus = arena_printf(finding->input->arena, "%s%.*s", national ? "" : "+", (int)value.len,
                              value.at);
    size_t end = 0;
    if (plus == NULL ||
        !phone_read(slice_of(plus), 0, finding->input, &end, e164, contact->country))
        return value;
    char *copy = arena_copy(finding->input->arena, e164, strlen(e164));
    return copy == NULL ? value : slice_of(copy);
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

static void link_take(struct finding_contacts *finding, struct slice text,
                      const struct word_hit *hit, size_t *ret_end)
{
    size_t value = hit->at + hit->len;
    bool spaced = value < text.len && text.at[value] == ' '; /* "t . me / name_1" */
    bool is_code = (hit->tag & LINK_CODE) != 0 || slice_starts(slice_from(text, value), "+");
    value += spaced ? 1 : 0;
    value = name_start(text, value);
    size_t end = handle_end(text, value);
    if (end == value || (spaced && !looks_like_handle(slice_sub(text, value, end - value))))
        return;
    struct contact_found contact = {.kind = (enum contact_kind)(hit->tag & LINK_KIND),
                                    .field = (int)finding->field};
    struct slice found = slice_sub(text, value, end - value);
    if ((hit->tag & LINK_PHONE) != 0)
        found = link_phone(finding, found, &contact);
    else if (is_code)
        found = as_written(finding, value, end);
    contact_place(finding, &contact, hit->at, end, found);
    *ret_end = end;
}

static void find_links(struct finding_contacts *finding, struct slice text)
{
    struct word_hit hit;
    for (size_t at = 0; word_find(words_of(WORDS_LINK), text, at, &hit);) {
        at = hit.at + hit.len;
        if (hit.tag != LINK_SHORT) {
            link_take(finding, text, &hit, &at);
            continue;
        }
        bool begins = hit.at == 0 || strchr("/.-", text.at[hit.at - 1]) == NULL;
        size_t end = begins ? url_end(text, hit.at) : at;
        if (end > at) {
            url_at(finding, hit.at, end);
            at = end;
        }
    }
}

/* "@", "(at)", "[at]", " at gmail": how many bytes; 0: none. */
static size_t at_sign(struct slice text, size_t at)
{
    static const char *const written[] = {"@",    "(at)", "[at]",   " at gmail", " at yahoo",
                                          "{at}", "(@)",  " (at) ", " [at] ",    " @ "};
    struct slice rest = slice_from(text, at);
    for (size_t i = 0; i < COUNT(written); i++)
        if (rest.len > 0 && rest.at[0] == written[i][0] &&
            (written[i][1] == '\0' || (rest.len > 1 && rest.at[1] == written[i][1])) &&
            slice_starts(rest, written[i]))
            return i == 3 || i == 4 ? 4 : strlen(written[i]);
    return 0;
}

/* "gmail.com", "gmail dot com", "gmail(dot)com"; gives its end and the domain as it should be. */
static size_t domain_read(struct slice text, size_t at, struct arena *arena,
                          struct slice *ret_domain)
{
    static const char *const dots[] = {" dot ", "(dot)", "[dot]",   "(.)",
                                       "[.]",   " . ",   " (dot) ", " [dot] "};
    size_t end = handle_end(text, at);
    *ret_domain = slice_sub(text, at, end - at);
    for (size_t i = 0, parts = 0; end > at && i < COUNT(dots) && parts < 4; i++) {
        size_t tail = end + strlen(dots[i]);
        if (!slice_starts(slice_from(text, end), dots[i]) || handle_end(text, tail) == tail)
            continue;
        size_t last = handle_end(text, tail);
        char *joined = arena_printf(arena, "%.*s.%.*s", (int)ret_domain->len, ret_domain->at,
                                    (int)(last - tail), text.at + tail);
        *ret_domain = joined == NULL ? SLICE_EMPTY : slice_of(joined);
        end = last;
        parts++;
        i = SIZE_MAX; /* "co(dot)id" goes on behind "contoh(dot)" */
    }
    return end;
}

/* " @ " is said of prices and places too: only what ends like a domain is one. */
static bool is_spelt_domain(struct slice domain)
{
    static const char *const ends[] = {
        ".com", ".net", ".org", ".id", ".my", ".sg", ".ph",   ".vn",  ".th", ".cn", ".in",
        ".kr",  ".jp",  ".ru",  ".br", ".tw", ".hk", ".info", ".biz", ".io", ".co", ".example"};
    for (size_t i = 0; i < COUNT(ends); i++)
        if (slice_ends(domain, ends[i]))
            return true;
    return false;
}

/* Where the name before a sign at text[at] begins; *ret_end: behind it. */
static size_t local_start(struct slice text, size_t at, size_t sign, size_t *ret_end)
{
    size_t end = at;
    while (sign > 1 && end > 0 && text.at[end - 1] == ' ')
        end--;
    size_t start = end;
    while (start > 0 && (is_handle_byte(text.at[start - 1]) || text.at[start - 1] == '+'))
        start--;
    *ret_end = end;
    return start;
}

/* An address around the sign at text[at], of sign bytes; gives its end, or 0. */
static size_t mail_take(struct finding_contacts *finding, struct slice text, size_t at, size_t sign)
{
    struct arena *arena = finding->input->arena;
    struct slice domain;
    size_t local, start = local_start(text, at, sign, &local), begin = at + sign;
    while (sign > 1 && begin < text.len && text.at[begin] == ' ')
        begin++;
    size_t end = domain_read(text, begin, arena, &domain);
    bool spaced = sign == 3 && text.at[at] == ' ';
    if (start == local || slice_find_char(domain, '.') == SIZE_MAX ||
        (spaced && !is_spelt_domain(domain)))
        return 0;
    char *address = arena_printf(arena, "%.*s@%.*s", (int)(local - start), text.at + start,
                                 (int)domain.len, domain.at);
    if (address != NULL)
        contact_at(finding, CONTACT_EMAIL, start, end, slice_of(address));
    return end;
}

static void find_mail(struct finding_contacts *finding, struct slice text)
{
    for (size_t at = 1; at < text.len; at++) {
        char byte = text.at[at];
        bool spelt = byte == ' ' && at + 1 < text.len && strchr("a@([", text.at[at + 1]) != NULL &&
                     text.at[at + 1] != '\0';
        bool may = byte == '@' || byte == '(' || byte == '[' || byte == '{' || spelt;
        size_t sign = may ? at_sign(text, at) : 0;
        size_t end = sign > 0 ? mail_take(finding, text, at, sign) : 0;
        at = end > at ? end - 1 : at;
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
            size_t end = url_end(text, at);
            from = end + 1;
            if (end > at + strlen(begins[k]))
                url_at(finding, at, end);
        }
}

/* ---- numbers ---- */

/* No further than LABEL_TAIL_MAX and a few bytes, behind which nobody looks. */
static size_t skip_label_tail(struct slice text, size_t at)
{
    const size_t limit = at + LABEL_TAIL_MAX;
    for (;;) {
        size_t before = at;
        struct word_hit hit;
        while (at < text.len && at <= limit && text.at[at] != '\0' &&
               strchr(" :;=-\n()/|.", text.at[at]) != NULL)
            at++;
        at += at < text.len ? sign_len(text, at) : 0;
        if (word_at(words_of(WORDS_HANDLE_TAIL), text, at, &hit) && at + hit.len < text.len &&
            handle_end(text, at) <= at + hit.len && text.at[at + hit.len] != '_')
            at += hit.len;
        if (at == before || at > limit)
            return at;
    }
}

/* "โทร 081… ไลน์ @name_1": the messenger whose name ends at `at` has a handle of its own, before
 * `limit`. */
static bool has_handle(struct slice text, size_t at, size_t limit)
{
    size_t value = skip_label_tail(text, at);
    bool marked = value < text.len && text.at[value] == '@';
    size_t start = value + (marked ? 1 : 0), end = handle_end(text, start);
    struct slice word = slice_sub(text, start, end - start);
    return value <= at + LABEL_TAIL_MAX && end <= limit && word.len >= 3 &&
           (marked || looks_like_handle(word));
}

/* "0811…, WA 0812…": a number of its own. */
static bool has_number(struct slice text, size_t at)
{
    size_t value = skip_label_tail(text, at);
    return value < text.len &&
           (text.at[value] == '+' || (text.at[value] >= '0' && text.at[value] <= '9'));
}

static enum contact_kind kind_by_label(struct slice text, size_t at)
{
    size_t before_all = at > 56 ? 56 : at;
    struct slice before = slice_sub(text, at - before_all, before_all);
    struct word_hit hit;
    while (word_last(words_of(WORDS_MESSENGER), before, &hit)) {
        if (has_handle(text, at - before_all + hit.at + hit.len, at)) /* "tg @name or call 0917…" */
            return CONTACT_PHONE;
        if (hit.tag != CONTACT_LINE) /* "line" before a number is a telephone line as often */
            return (enum contact_kind)hit.tag;
        before = slice_sub(before, 0, hit.at);
    }
    return CONTACT_PHONE;
}

/* "0812… (WA)", "0812… whatsapp": the name stands behind. */
static enum contact_kind kind_behind(struct slice text, size_t end, enum contact_kind kind)
{
    struct slice behind = slice_sub(text, end, 20);
    size_t letters = 0;
    struct word_hit hit;
    for (size_t from = SIZE_MAX; from != letters;) {
        from = letters;
        while (letters < behind.len && strchr(" (/-,:", behind.at[letters]) != NULL &&
               behind.at[letters] != '\0')
            letters++;
        if (word_at(words_of(WORDS_HANDLE_TAIL), behind, letters, &hit)) /* "please WhatsApp" */
            letters += hit.len;
    }
    behind = slice_from(behind, letters);
    if (kind != CONTACT_PHONE || !word_at(words_of(WORDS_MESSENGER), behind, 0, &hit) ||
        has_handle(text, end + letters + hit.len, SIZE_MAX) ||
        has_number(text, end + letters + hit.len))
        return kind;
    return (enum contact_kind)hit.tag;
}

/* "Telegram/WhatsApp", "WA & Viber": a second messenger that the number goes for, beside the first. */
static bool second_label(struct slice text, size_t at, size_t end, enum contact_kind first,
                         enum contact_kind *ret_kind)
{
    static const char *const joiners[] = {"/",    " / ",   "&",      " & ",   "+",  " + ",
                                          " or ", " and ", " atau ", " dan ", ",",  ", ",
                                          " và ", "、",    " y ",    " e ",   " и "};
    struct slice before = slice_sub(text, at > 40 ? at - 40 : 0, at > 40 ? 40 : at);
    struct slice behind = slice_sub(text, end, 32), sides[] = {before, behind};
    for (size_t side = 0; side < COUNT(sides); side++) {
        struct word_hit hit, next;
        for (size_t from = 0; word_find(words_of(WORDS_MESSENGER), sides[side], from, &hit);
             from = hit.at + hit.len) {
            struct slice rest = slice_from(sides[side], hit.at + hit.len);
            for (size_t i = 0; i < COUNT(joiners); i++)
                if (slice_starts(rest, joiners[i]) &&
                    word_at(words_of(WORDS_MESSENGER), rest, strlen(joiners[i]), &next) &&
                    next.tag != hit.tag && (hit.tag == (int)first || next.tag == (int)first)) {
                    *ret_kind = (enum contact_kind)(hit.tag == (int)first ? next.tag : hit.tag);
                    return true;
                }
        }
    }
    return false;
}

static void find_phones(struct finding_contacts *finding, struct slice text)
{
    for (size_t at = phone_next(text, 0); at != SIZE_MAX; at = phone_next(text, at)) {
        char e164[20];
        struct contact_found contact = {.field = (int)finding->field};
        size_t end = 0;
        if (!phone_read(text, at, finding->input, &end, e164, contact.country)) {
            at++;
            continue;
        }
        contact.kind = kind_behind(text, end, kind_by_label(text, at));
        if (finding->field == POSTING_PAY && contact.kind == CONTACT_PHONE &&
            strchr("+0", text.at[at]) == NULL) {
            at = end; /* an amount */
            continue;
        }
        size_t known = finding->count;
        contact_place(finding, &contact, at, end, slice_of(e164));
        if (finding->count > known && second_label(text, at, end, contact.kind, &contact.kind)) {
            contact.start_bytes = finding->found[known].start_bytes;
            contact.end_bytes = finding->found[known].end_bytes;
            contact_add(finding, contact, slice_of(e164));
        }
        at = end;
    }
}

/* ---- handles after a messenger's name ---- */

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
        bool last = end == text.len || text.at[end] == '\n';
        bool told = last && word.len >= 5 &&
                    slice_find_char(slice_sub(text, from, value - from), ':') != SIZE_MAX;
        if (value - from > LABEL_TAIL_MAX || word.len < 3 ||
            !(marked || told || looks_like_handle(word)))
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
        size_t back = at > 24 ? at - 24 : 0;
        bool elsewhere = has_words(slice_sub(text, end, 20), WORDS_ELSEWHERE) ||
                         has_words(slice_sub(text, back, at - back), WORDS_ELSEWHERE);
        if (end - at > 4 && !elsewhere)
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

static struct slice without_query(struct slice url)
{
    size_t query = slice_find_char(url, '?');
    return slice_sub(url, 0, query == SIZE_MAX ? url.len : query);
}

/* A link to a messenger, from the bytes behind the host on. */
static void messenger_link_take(struct finding_contacts *finding, struct slice rest, int tag)
{
    struct contact_found contact = {.kind = (enum contact_kind)(tag & LINK_KIND),
                                    .field = FINDING_NO_FIELD};
    struct slice value = without_query(slice_from(rest, name_start(rest, 0)));
    bool is_code = (tag & LINK_CODE) != 0 || slice_starts(rest, "+") || slice_starts(rest, "%");
    if ((tag & LINK_PHONE) != 0)
        value = link_phone(finding, value, &contact);
    else if (!is_code)
        value = small_letters(finding, value);
    contact_add(finding, contact, value);
}

static void page_link_take(struct finding_contacts *finding, struct slice url)
{
    struct contact_found contact = {.kind = CONTACT_EMAIL, .field = FINDING_NO_FIELD};
    struct word_hit hit;
    if (word_find(words_of(WORDS_LINK), url, 0, &hit) && hit.tag != LINK_SHORT &&
        (hit.at == 0 || url.at[hit.at - 1] == '/' || url.at[hit.at - 1] == '.')) {
        messenger_link_take(finding, slice_from(url, hit.at + hit.len), hit.tag);
    } else if (slice_starts(url, "mailto:")) {
        struct slice address = without_query(slice_from(url, 7));
        contact_add(finding, contact, small_letters(finding, address));
    } else if (slice_starts(url, "tel:")) {
        char e164[20];
        size_t end = 0;
        struct slice number = slice_from(url, 4);
        bool read =
            number.len > 0 && phone_read(number, 0, finding->input, &end, e164, contact.country);
        contact.kind = CONTACT_PHONE;
        contact_add(finding, contact, read ? slice_of(e164) : number);
    }
}

/* Links of the page that lead to a person; they stand in no text. */
static void find_in_links(struct finding_contacts *finding)
{
    const struct posting *posting = finding->input->posting;
    for (size_t i = 0; i < posting->links_count; i++)
        page_link_take(finding, posting->links[i].url);
}

int contacts_find(const struct fact_input *input, const struct contact_found **ret_contacts,
                  size_t *ret_count)
{
    struct finding_contacts finding = {.input = input};
    finding.found = arena_calloc(input->arena, CONTACTS_MAX, sizeof *finding.found);
    if (finding.found == NULL)
        return ERR_NOMEM;
    find_in_field(&finding, POSTING_TITLE);
    find_in_field(&finding, POSTING_TEXT);
    find_in_field(&finding, POSTING_PLACE);
    find_in_field(&finding, POSTING_EMPLOYER);
    find_in_field(&finding, POSTING_PAY);
    find_in_links(&finding);
    *ret_contacts = finding.found;
    *ret_count = finding.count;
    return finding.failed ? ERR_NOMEM : OK;
}
