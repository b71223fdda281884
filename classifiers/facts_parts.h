/* classifiers/facts_parts.h - what the fact stages share; for facts*.c, salary*.c, places.c,
 * contacts*.c and language.c only. */
#ifndef LUREWATCH_FACTS_PARTS_H
#define LUREWATCH_FACTS_PARTS_H

#include "classifiers/facts.h"
#include "classifiers/facts_words.h"

struct gazetteer;
struct wage_table;

/* One ad while its facts are read. */
struct fact_input {
    const struct posting *posting;
    const struct folded *folded; /* [POSTING_FIELD_COUNT] */
    struct arena *arena;
    struct slice language;
    char destination[3];        /* ISO 3166 of the place of work, where it is named; "" else */
    const char *const *regions; /* ISO 3166, where a national phone number may belong; best first */
    size_t regions_count;
};

/* ---- language.c ---- */

/* BCP 47 of the ad: CLD2 over title and text; by script and small words where there is too little.
 * "und" when nothing tells. Static text. */
struct slice language_of(const struct fact_input *input);
/* What the page or the input claims, of the languages whose readers are known; "und". Static text. */
struct slice language_stated(const struct fact_input *input);
/* ISO 3166 of the people a language is written for, "" for languages of many countries. */
const char *language_country(struct slice language);
/* Is that country one whose people read the language at home? For "es" all of Spanish America and
 * Spain; false for languages whose readers are anywhere. */
bool language_is_read_in(struct slice language, const char *country);

/* ---- language_parts.c, conditions.c ---- */

/* The languages of title and text, a run of paragraphs each. Errors: ERR_NOMEM. */
MUST_USE int language_parts_find(const struct fact_input *input, struct language_parts *ret_parts);
/* What the ad asks and offers; findings: the rules', of the verdict. Errors: ERR_NOMEM. */
MUST_USE int conditions_find(const struct fact_input *input, const struct finding *findings,
                             size_t count, struct conditions *ret_conditions);

/* ---- places.c ---- */

/* Reads places.yml of the pack. Free with gazetteer_free(). */
MUST_USE int gazetteer_create(const struct bank_pack *pack, struct gazetteer **ret_gazetteer,
                              struct failure *reterr);
void gazetteer_free(struct gazetteer *gazetteer);
MUST_USE int places_find(const struct gazetteer *gazetteer, const struct fact_input *input,
                         const struct place_found **ret_places, size_t *ret_count);

/* ---- salary.c, salary_table.c ---- */

MUST_USE int wage_table_create(const struct bank_pack *pack, struct wage_table **ret_table,
                               struct failure *reterr);
void wage_table_free(struct wage_table *table);
/* Units of currency a dollar buys, in ten-thousandths; 0: unknown. */
int64_t wage_rate(const struct wage_table *table, const char *currency);
/* Ordinary monthly office pay of a country in US cents, with its row in words; 0: unknown. */
int64_t wage_ordinary(const struct wage_table *table, const char *country, struct arena *arena,
                      struct slice *ret_words);
/* How many times the office wage a title's role ordinarily earns, in hundredths (100: plain). */
int64_t wage_role_factor(const struct wage_table *table, struct slice folded_title);
/* Finds the pay offer; currency "" when there is none. Ratios are not filled. */
MUST_USE int salary_find(const struct wage_table *table, const struct fact_input *input,
                         struct salary *ret_salary, bool *ret_foreign_currency);
/* Fills the ratios and the baseline. source, destination: ISO 3166 or "". */
MUST_USE int salary_compare(const struct wage_table *table, const struct fact_input *input,
                            const char *source, const char *destination, struct salary *salary);

/* ---- contacts.c, contacts_url.c, contacts_phone.c ---- */

MUST_USE int contacts_find(const struct fact_input *input,
                           const struct contact_found **ret_contacts, size_t *ret_count);
/* Does the address (small letters in its host) hide where it leads? */
bool url_is_short(struct slice url);
/* The end of an address in folded text: host and path of ASCII, or a host in letters of any script
 * ("https://работа.example/"). */
size_t url_end(struct slice text, size_t at);
/* Bytes of scheme and host, in which letters of either case are one. */
size_t url_host_end(struct slice url);
/* Scheme and host in small letters, in the arena: as written where each label is of one script, as
 * folded else. Empty: no memory. */
struct slice url_host_read(struct slice written, struct slice folded, struct arena *arena);
/* The next place where a number may begin, from `from` on; SIZE_MAX: none. */
size_t phone_next(struct slice text, size_t from);
/* Bytes of an emoji, a dingbat, an arrow or the name of one at `at`; 0: none. */
size_t sign_len(struct slice text, size_t at);
/* A phone number at text.at (folded): its end and E.164 in ret_e164, its country; false: none. */
bool phone_read(struct slice text, size_t at, const struct fact_input *input, size_t *ret_end,
                char ret_e164[20], char ret_country[3]);

/* ---- licences.c, employer.c ---- */

struct licence_list;
/* Reads licences.yml of the pack, which may be absent. Free with licence_list_free(). */
MUST_USE int licence_list_create(const struct bank_pack *pack, struct licence_list **ret_list,
                                 struct failure *reterr);
void licence_list_free(struct licence_list *list);
/* What the ad names, in words for people: "ID, KP2MI: …: "SIP3MI 12/2025"". Errors: ERR_NOMEM. */
MUST_USE int licences_find(const struct licence_list *list, const struct fact_input *input,
                           const struct facts *facts, struct slice *ret_words);
/* The employer's name as the ad writes it, a part of the posting; "" when it names none, or nobody
 * ("a big company"). */
struct slice employer_find(const struct fact_input *input, const struct facts *facts);
/* Bytes first to last of a field without the contacts in them: the end before the first one. What a
 * verdict quotes beyond its findings must not hold a contact. */
uint32_t contacts_clear(const struct facts *facts, enum posting_field field, uint32_t first,
                        uint32_t last);
/* Bits of common/items.h that the ad does not state; facts: all but these bits are read. */
uint32_t items_missing(const struct fact_input *input, const struct facts *facts);

#endif
