/* facts.c - joins the fact stages and gives every signal its value; see facts.h.
 *
 * SIGNALS is the list of what is computed here; patterns/signals.yml must name just these, with
 * titles, levels and weights for people to change. */
#include "classifiers/facts.h"

#include "classifiers/facts_parts.h"
#include "common/items.h"

#include <stdlib.h>
#include <string.h>

enum signal_id {
    SIGNAL_PAY_RATIO_SOURCE,
    SIGNAL_PAY_RATIO_DESTINATION,
    SIGNAL_PAY_USD_MONTH,
    SIGNAL_PAY_FOREIGN_CURRENCY,
    SIGNAL_PAY_MISSING,
    SIGNAL_PLACE_RISK,
    SIGNAL_PLACE_ABROAD,
    SIGNAL_PLACE_BAIT,
    SIGNAL_PLACE_TRANSIT,
    SIGNAL_COUNTRIES_MANY,
    SIGNAL_MESSENGER_ONLY,
    SIGNAL_CONTACT_ANY,
    SIGNAL_CONTACT_RISK_COUNTRY,
    SIGNAL_CONTACT_FOREIGN_COUNTRY,
    SIGNAL_EMAIL_FREE,
    SIGNAL_EMAIL_COMPANY,
    SIGNAL_EMPLOYER_MISSING,
    SIGNAL_ITEMS_MISSING,
    SIGNAL_PAGE_ARTICLE,
    SIGNAL_OBFUSCATION,
    SIGNAL_HIDDEN_TEXT,
    SIGNAL_TEXT_BYTES,
    SIGNAL_COUNT
};

static const struct {
    const char *id;
    bool is_number;
} SIGNALS[SIGNAL_COUNT] = {
    [SIGNAL_PAY_RATIO_SOURCE] = {"fact.pay-ratio-source", true},
    [SIGNAL_PAY_RATIO_DESTINATION] = {"fact.pay-ratio-destination", true},
    [SIGNAL_PAY_USD_MONTH] = {"fact.pay-usd-month", true},
    [SIGNAL_PAY_FOREIGN_CURRENCY] = {"fact.pay-foreign-currency", false},
    [SIGNAL_PAY_MISSING] = {"fact.pay-missing", false},
    [SIGNAL_PLACE_RISK] = {"fact.place-risk", true},
    [SIGNAL_PLACE_ABROAD] = {"fact.place-abroad", false},
    [SIGNAL_PLACE_BAIT] = {"fact.place-bait", false},
    [SIGNAL_PLACE_TRANSIT] = {"fact.place-transit", false},
    [SIGNAL_COUNTRIES_MANY] = {"fact.countries-many", false},
    [SIGNAL_MESSENGER_ONLY] = {"fact.messenger-only", false},
    [SIGNAL_CONTACT_ANY] = {"fact.contact-any", false},
    [SIGNAL_CONTACT_RISK_COUNTRY] = {"fact.contact-risk-country", false},
    [SIGNAL_CONTACT_FOREIGN_COUNTRY] = {"fact.contact-foreign-country", false},
    [SIGNAL_EMAIL_FREE] = {"fact.email-free", false},
    [SIGNAL_EMAIL_COMPANY] = {"fact.email-company", false},
    [SIGNAL_EMPLOYER_MISSING] = {"fact.employer-missing", false},
    [SIGNAL_ITEMS_MISSING] = {"fact.items-missing", true},
    [SIGNAL_PAGE_ARTICLE] = {"fact.page-article", false},
    [SIGNAL_OBFUSCATION] = {"fact.obfuscation", true},
    [SIGNAL_HIDDEN_TEXT] = {"fact.hidden-text", false},
    [SIGNAL_TEXT_BYTES] = {"fact.text-bytes", true},
};

struct fact_reader {
    const struct pattern_bank *bank;
    struct gazetteer *gazetteer;
    struct wage_table *wages;
    struct licence_list *licences;
    size_t index_of[SIGNAL_COUNT]; /* into the bank's signals */
};

/* One ad on its way. */
struct reading {
    const struct fact_reader *reader;
    const struct fact_input *input;
    struct facts *facts;
    struct fact_value *values;
};

/* ---- life ---- */

static int signals_join(struct fact_reader *reader, struct failure *reterr)
{
    const char *origin = bank_pack_origin(bank_pack_of(reader->bank));
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        size_t index = bank_signal_find(reader->bank, SIGNALS[i].id);
        if (index == SIZE_MAX)
            return failure_set(reterr, ERR_SYNTAX, "%s/signals.yml: '%s' is missing", origin,
                               SIGNALS[i].id);
        if (bank_signal(reader->bank, index)->is_number != SIGNALS[i].is_number)
            return failure_set(reterr, ERR_SYNTAX, "%s/signals.yml: '%s' is a %s", origin,
                               SIGNALS[i].id, SIGNALS[i].is_number ? "number" : "truth");
        reader->index_of[i] = index;
    }
    if (bank_signals_count(reader->bank) != SIGNAL_COUNT)
        return failure_set(reterr, ERR_SYNTAX,
                           "%s/signals.yml names a signal that lurewatch does not compute", origin);
    return OK;
}

int fact_reader_create(const struct pattern_bank *bank, struct fact_reader **ret_reader,
                       struct failure *reterr)
{
    struct fact_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    reader->bank = bank;
    int rc = signals_join(reader, reterr);
    if (rc == OK)
        rc = gazetteer_create(bank_pack_of(bank), &reader->gazetteer, reterr);
    if (rc == OK)
        rc = wage_table_create(bank_pack_of(bank), &reader->wages, reterr);
    if (rc == OK)
        rc = licence_list_create(bank_pack_of(bank), &reader->licences, reterr);
    if (rc != OK) {
        fact_reader_free(reader);
        return rc;
    }
    *ret_reader = reader;
    return OK;
}

void fact_reader_free(struct fact_reader *reader)
{
    if (reader == NULL)
        return;
    gazetteer_free(reader->gazetteer);
    wage_table_free(reader->wages);
    licence_list_free(reader->licences);
    free(reader);
}

/* ---- values ---- */

static struct fact_value *value_of(struct reading *reading, enum signal_id id)
{
    return &reading->values[reading->reader->index_of[id]];
}

static void set_number(struct reading *reading, enum signal_id id, int64_t hundredths)
{
    struct fact_value *value = value_of(reading, id);
    value->hundredths = hundredths;
    value->known = true;
}

static void set_truth(struct reading *reading, enum signal_id id, bool truth)
{
    set_number(reading, id, truth ? 100 : 0);
}

static void set_span(struct reading *reading, enum signal_id id, int field, uint32_t start,
                     uint32_t end)
{
    struct fact_value *value = value_of(reading, id);
    value->field = field;
    value->start_bytes = start;
    value->end_bytes = end;
}

/* ---- places ---- */

static int risk_rank(char risk)
{
    return risk == 'A' ? 3 : risk == 'B' ? 2 : risk == 'C' ? 1 : 0;
}

static void country_of(struct slice id, char ret_country[3])
{
    memset(ret_country, 0, 3);
    if (id.len >= 2)
        memcpy(ret_country, id.at, 2);
}

/* Banned at home since 2024, sites of the Philippines still hire abroad: for readers of another country
 * it is a relay. Who works at home is lured neither to the country as such nor by a bait for strangers. */
static int risk_of(const struct place_found *place, const char *home)
{
    bool at_home = home[0] != '\0' && slice_starts(place->id, home);
    bool philippines = slice_starts(place->id, "PH") && home[0] != '\0' && !at_home;
    int rank = risk_rank(place->risk);
    if (at_home && rank > 1 && (place->bait || place->id.len == 2))
        return 1;
    return philippines && rank < 2 ? 2 : rank;
}

/* The destination of highest risk, an office or a stop at a core place included: whoever ends up
 * there works there. A place in the place field wins over the same risk in text. */
static const struct place_found *destination_of(const struct facts *facts, const char *home)
{
    const struct place_found *best = NULL;
    for (size_t i = 0; i < facts->places_count; i++) {
        const struct place_found *place = &facts->places[i];
        bool works_there = place->role == PLACE_DESTINATION ||
                           (place->role != PLACE_SOURCE && risk_rank(place->risk) == 3);
        if (works_there && (best == NULL || risk_of(place, home) > risk_of(best, home)))
            best = place;
    }
    return best;
}

static bool many_risk_countries(const struct facts *facts)
{
    char seen[8][3];
    size_t count = 0;
    for (size_t i = 0; i < facts->places_count; i++) {
        char country[3];
        bool known = false;
        country_of(facts->places[i].id, country);
        if (risk_rank(facts->places[i].risk) == 0 && strcmp(country, "PH") != 0)
            continue;
        for (size_t k = 0; k < count; k++)
            known = known || memcmp(seen[k], country, 3) == 0;
        if (!known && count < 8)
            memcpy(seen[count++], country, 3);
    }
    return count >= 3;
}

/* Countries whose people read the same Spanish ad as one at home; language_country() names one. */
static bool is_spanish_america(const char *country)
{
    static const char countries[][3] = {"CO", "MX", "CL", "AR", "PE", "EC"};
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++)
        if (strcmp(countries[i], country) == 0)
            return true;
    return false;
}

/* Is work in that country work abroad for readers at home? */
static bool is_abroad(const char *home, const char *country)
{
    bool hongkong = strcmp(country, "HK") == 0;
    if (home[0] == '\0' || strcmp(home, country) == 0)
        return false;
    if (strcmp(home, "CN") == 0)
        return !hongkong && strcmp(country, "TW") != 0;
    if (strcmp(home, "TW") == 0)
        return !hongkong && strcmp(country, "CN") != 0 && strcmp(country, "MO") != 0;
    return !is_spanish_america(home) || !is_spanish_america(country);
}

static void places_value(struct reading *reading, char ret_destination[3])
{
    const struct facts *facts = reading->facts;
    const char *home = language_country(facts->language);
    const struct place_found *best = destination_of(facts, home);
    bool transit = false;
    memset(ret_destination, 0, 3);
    set_number(reading, SIGNAL_PLACE_RISK, best == NULL ? 0 : 100 * risk_of(best, home));
    for (size_t i = 0; i < facts->places_count; i++)
        transit = transit || facts->places[i].role == PLACE_TRANSIT;
    set_truth(reading, SIGNAL_PLACE_TRANSIT, transit);
    set_truth(reading, SIGNAL_COUNTRIES_MANY, many_risk_countries(facts));
    set_truth(reading, SIGNAL_PLACE_BAIT, best != NULL && best->bait);
    if (best == NULL)
        return;
    country_of(best->id, ret_destination);
    set_span(reading, SIGNAL_PLACE_RISK, best->field, best->start_bytes, best->end_bytes);
    set_truth(reading, SIGNAL_PLACE_ABROAD, is_abroad(home, ret_destination));
}

/* ---- contacts ---- */

static bool is_messenger(enum contact_kind kind)
{
    return kind != CONTACT_PHONE && kind != CONTACT_EMAIL && kind != CONTACT_URL;
}

static bool is_free_mail(struct slice address)
{
    static const char *const domains[] = {
        "@gmail.",   "@yahoo.",  "@ymail.",      "@hotmail.", "@outlook.",      "@live.",
        "@qq.com",   "@163.com", "@126.com",     "@proton",   "@icloud.",       "@mail.ru",
        "@yandex.",  "@aol.",    "@rocketmail.", "@naver.",   "@hanmail.",      "@gmx.",
        "@tutanota", "@zoho.",   "@foxmail.",    "@sina.",    "@daum.net",      "@rediffmail.",
        "@bk.ru",    "@list.ru", "@inbox.ru",    "@rambler.", "@msn.",          "@me.com",
        "@tuta.",    "@pm.me",   "@mailinator.", "@yopmail.", "@10minutemail.", "@guerrillamail.",
        "@tempmail."};
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++)
        if (slice_find(address, slice_of(domains[i])) != SIZE_MAX)
            return true;
    return false;
}

static bool is_risk_country(const char *country)
{
    static const char *const countries[] = {"KH", "MM", "LA"};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(country, countries[i]) == 0)
            return true;
    return false;
}

struct contact_census {
    bool messenger, company, free_mail, url, risk, foreign;
};

static void contact_count(const struct contact_found *contact, struct slice language,
                          struct contact_census *census)
{
    const char *home = language_country(language);
    if (contact->kind == CONTACT_EMAIL) {
        bool is_free = is_free_mail(contact->value);
        census->free_mail |= is_free;
        census->company |= !is_free;
    }
    census->messenger |= is_messenger(contact->kind);
    census->url |= contact->kind == CONTACT_URL && !url_is_short(contact->value);
    census->risk |= is_risk_country(contact->country) && strcmp(contact->country, home) != 0;
    census->foreign |= contact->country[0] != '\0' && home[0] != '\0' &&
                       !language_is_read_in(language, contact->country);
}

static void contacts_value(struct reading *reading)
{
    const struct facts *facts = reading->facts;
    struct contact_census census = {0};
    for (size_t i = 0; i < facts->contacts_count; i++) {
        const struct contact_found *contact = &facts->contacts[i];
        if (is_messenger(contact->kind) && !census.messenger)
            set_span(reading, SIGNAL_MESSENGER_ONLY, contact->field, contact->start_bytes,
                     contact->end_bytes);
        contact_count(contact, facts->language, &census);
    }
    set_truth(reading, SIGNAL_MESSENGER_ONLY, census.messenger && !census.company && !census.url);
    set_truth(reading, SIGNAL_CONTACT_ANY, facts->contacts_count > 0);
    set_truth(reading, SIGNAL_CONTACT_RISK_COUNTRY, census.risk);
    set_truth(reading, SIGNAL_CONTACT_FOREIGN_COUNTRY, census.foreign);
    set_truth(reading, SIGNAL_EMAIL_FREE, census.free_mail);
    set_truth(reading, SIGNAL_EMAIL_COMPANY, census.company);
}

/* ---- employer and the six items ---- */

/* A place at the head of name; gives its bytes, 0: none. */
static size_t place_head(const struct facts *facts, struct slice name)
{
    for (size_t i = 0; i < facts->places_count; i++) {
        struct slice quote = facts->places[i].quote;
        if (quote.len > 0 && slice_equal(slice_sub(name, 0, quote.len), quote))
            return quote.len;
    }
    return 0;
}

/* "金边公司", "柬埔寨西港公司": a company somewhere, not its name. */
static bool is_place_alone(const struct facts *facts)
{
    struct slice name = facts->employer;
    if (!slice_ends(name, "公司") && !slice_ends(name, "集团"))
        return false;
    name = slice_sub(name, 0, name.len - strlen("公司"));
    for (size_t head; name.len > 0 && (head = place_head(facts, name)) > 0;)
        name = slice_from(name, head);
    return name.len == 0;
}

static int employer_value(struct reading *reading)
{
    struct facts *facts = reading->facts;
    facts->employer = employer_find(reading->input, facts);
    if (is_place_alone(facts))
        facts->employer = SLICE_EMPTY;
    facts->items_missing = items_missing(reading->input, facts);
    set_truth(reading, SIGNAL_EMPLOYER_MISSING, facts->employer.len == 0);
    set_number(reading, SIGNAL_ITEMS_MISSING, 100 * (int64_t)items_count(facts->items_missing));
    return licences_find(reading->reader->licences, reading->input, facts, &facts->licences);
}

/* ---- the whole ---- */

static void texts_value(struct reading *reading)
{
    uint32_t disguised = 0;
    size_t bytes = 0;
    for (int i = 0; i < POSTING_FIELD_COUNT; i++) {
        const struct obfuscation *seen = &reading->input->folded[i].obfuscation;
        disguised += seen->lookalike + seen->spaced_out + seen->leet +
                     (seen->zero_width > 0 ? 1 : 0) + seen->fancy / 4 + seen->overlay / 4;
        bytes += reading->input->folded[i].text.len;
    }
    set_number(reading, SIGNAL_OBFUSCATION, 100 * (int64_t)disguised);
    set_truth(reading, SIGNAL_HIDDEN_TEXT, reading->input->posting->hidden.len > 0);
    set_number(reading, SIGNAL_TEXT_BYTES, 100 * (int64_t)bytes);
    set_truth(reading, SIGNAL_PAGE_ARTICLE, reading->input->posting->origin == ORIGIN_ARTICLE);
}

static const char *source_country(const struct facts *facts, bool foreign_currency,
                                  const char *destination)
{
    static const char *const currencies[][2] = {
        {"IDR", "ID"}, {"MYR", "MY"}, {"PHP", "PH"}, {"VND", "VN"}, {"THB", "TH"},
        {"CNY", "CN"}, {"TWD", "TW"}, {"HKD", "HK"}, {"KRW", "KR"}, {"JPY", "JP"},
        {"INR", "IN"}, {"BDT", "BD"}, {"NPR", "NP"}, {"PKR", "PK"}, {"LKR", "LK"},
        {"BRL", "BR"}, {"COP", "CO"}, {"KES", "KE"}, {"RUB", "RU"}};
    const char *home = language_country(facts->language);
    if (is_spanish_america(home) && is_spanish_america(destination))
        return destination;
    if (home[0] != '\0' || foreign_currency)
        return home;
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++)
        if (strcmp(facts->salary.currency, currencies[i][0]) == 0)
            return currencies[i][1];
    return "";
}

static int pay_value(struct reading *reading, const char *destination)
{
    struct facts *facts = reading->facts;
    bool foreign = false;
    int rc = salary_find(reading->reader->wages, reading->input, &facts->salary, &foreign);
    if (rc == OK)
        rc = salary_compare(reading->reader->wages, reading->input,
                            source_country(facts, foreign, destination), destination,
                            &facts->salary);
    const struct salary *salary = &facts->salary;
    bool stated = salary->currency[0] != '\0';
    set_truth(reading, SIGNAL_PAY_MISSING, !stated);
    set_truth(reading, SIGNAL_PAY_FOREIGN_CURRENCY, stated && foreign);
    if (!stated)
        return rc;
    set_span(reading, SIGNAL_PAY_FOREIGN_CURRENCY, salary->field, salary->start_bytes,
             salary->end_bytes);
    set_number(reading, SIGNAL_PAY_USD_MONTH,
               (salary->usd_month_cents_min + salary->usd_month_cents_max) / 2);
    if (salary->ratio_source_hundredths > 0)
        set_number(reading, SIGNAL_PAY_RATIO_SOURCE, salary->ratio_source_hundredths);
    if (salary->ratio_destination_hundredths > 0)
        set_number(reading, SIGNAL_PAY_RATIO_DESTINATION, salary->ratio_destination_hundredths);
    enum signal_id ids[] = {SIGNAL_PAY_RATIO_SOURCE, SIGNAL_PAY_RATIO_DESTINATION};
    for (size_t i = 0; i < 2; i++) {
        set_span(reading, ids[i], salary->field, salary->start_bytes, salary->end_bytes);
        value_of(reading, ids[i])->note = salary->baseline;
    }
    return rc;
}

/* Where a national phone number may belong: the readers' country, the site's, those of the places. */
#define REGIONS_MAX 6u

struct regions {
    char codes[REGIONS_MAX][3];
    const char *list[REGIONS_MAX];
    size_t count;
};

static void region_add(struct regions *regions, const char *country)
{
    if (regions->count == REGIONS_MAX || strlen(country) != 2 || strcmp(country, "EU") == 0)
        return;
    for (size_t i = 0; i < regions->count; i++)
        if (strcmp(regions->codes[i], country) == 0)
            return;
    memcpy(regions->codes[regions->count], country, 3);
    regions->list[regions->count] = regions->codes[regions->count];
    regions->count++;
}

/* "https://jobs.example.co.id/…" is Indonesia's. */
static void region_of_url(struct regions *regions, struct slice url)
{
    char country[3] = "";
    size_t scheme = slice_find(url, slice_of("://"));
    struct slice host = slice_from(url, scheme == SIZE_MAX ? 0 : scheme + 3);
    for (const char *end = "/:?"; *end != '\0'; end++) {
        size_t at = slice_find_char(host, *end);
        host = slice_sub(host, 0, at == SIZE_MAX ? host.len : at);
    }
    if (host.len < 4 || host.at[host.len - 3] != '.')
        return;
    for (size_t i = 0; i < 2; i++) {
        char letter = host.at[host.len - 2 + i];
        if (letter < 'a' || letter > 'z')
            return;
        country[i] = (char)(letter - 'a' + 'A');
    }
    region_add(regions, strcmp(country, "UK") == 0 ? "GB" : country);
}

static void regions_read(struct regions *regions, const struct fact_input *input,
                         const struct facts *facts)
{
    region_add(regions, language_country(input->language));
    region_add(regions, language_country(language_stated(input)));
    region_of_url(regions, input->posting->attr[POSTING_URL]);
    for (size_t i = 0; i < facts->places_count; i++) {
        char country[3];
        country_of(facts->places[i].id, country);
        region_add(regions, country);
    }
    region_add(regions, "ID"); /* our first audience */
}

int facts_read(struct fact_reader *reader, const struct posting *posting,
               const struct folded folded[POSTING_FIELD_COUNT], struct arena *arena,
               struct facts *ret_facts)
{
    size_t count = bank_signals_count(reader->bank);
    struct fact_input input = {.posting = posting, .folded = folded, .arena = arena};
    struct reading reading = {.reader = reader, .input = &input, .facts = ret_facts};
    struct regions regions = {.count = 0};
    memset(ret_facts, 0, sizeof *ret_facts);
    reading.values = arena_calloc(arena, count + 1, sizeof *reading.values);
    if (reading.values == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        reading.values[i].field = FINDING_NO_FIELD;
        reading.values[i].note = SLICE_EMPTY;
    }
    ret_facts->values = reading.values;
    ret_facts->language = input.language = language_of(&input);
    int rc = language_parts_find(&input, &ret_facts->languages);
    if (rc == OK)
        rc = places_find(reader->gazetteer, &input, &ret_facts->places, &ret_facts->places_count);
    regions_read(&regions, &input, ret_facts);
    input.regions = regions.list;
    input.regions_count = regions.count;
    if (rc == OK)
        rc = contacts_find(&input, &ret_facts->contacts, &ret_facts->contacts_count);
    if (rc != OK)
        return rc;
    places_value(&reading, input.destination);
    rc = pay_value(&reading, input.destination);
    contacts_value(&reading);
    if (rc == OK)
        rc = employer_value(&reading);
    texts_value(&reading);
    return rc;
}
