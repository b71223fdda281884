/* fuzz_facts.c - language, pay, places and contacts of any text. Each stands where it says it does, and
 * no sum runs over. Input: title, place and pay a line each, then the text. */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/pack.h"

static const char WAGES[] = "date: 2026-11-24\nwages:\n"
                            "  - {country: ID, region: '', role: office, amount: 4000000, "
                            "currency: IDR, year: 2025, source: 'GK'}\n"
                            "  - {country: KH, region: '', role: office, amount: 300, currency: "
                            "USD, year: 2025, source: 'GK'}\n"
                            "roles:\n  - {factor: 2.5, words: 'manager|engineer'}\n";
static const char RATES[] = "date: 2026-11-24\nrates:\n  - {currency: USD, per_usd: 1}\n"
                            "  - {currency: IDR, per_usd: 16500}\n";
static const char PLACES[] =
    "date: 2026-11-24\nplaces:\n  - {id: KH, name: Cambodia, risk: 'A', bait: no, source: 'GK', "
    "aliases: ['kamboja', 'cambodia', '柬埔寨']}\n"
    "  - {id: TH, name: Thailand, risk: 'B', bait: yes, source: 'GK', aliases: ['thai', 'ไทย']}\n";

struct bench {
    struct wage_table *wages;
    struct gazetteer *places;
    struct normaliser *normaliser;
};

static void bench_make(struct bench *bench)
{
    struct text_buf bytes;
    struct bank_pack *pack = NULL;
    struct failure why = {0};
    text_buf_init(&bytes, 1u << 16);
    pack_add(&bytes, "places.yml", slice_of(PLACES));
    pack_add(&bytes, "rates.yml", slice_of(RATES));
    pack_add(&bytes, "wages.yml", slice_of(WAGES));
    PROMISE(bank_pack_from(text_buf_slice(&bytes), &pack, &why) == OK);
    PROMISE(wage_table_create(pack, &bench->wages, &why) == OK);
    PROMISE(gazetteer_create(pack, &bench->places, &why) == OK);
    PROMISE(normaliser_create(&bench->normaliser) == OK);
    bank_pack_free(pack);
    text_buf_release(&bytes);
}

static void check_span(const struct posting *posting, int field, uint32_t start, uint32_t end)
{
    if (field == FINDING_NO_FIELD)
        return;
    PROMISE(field >= 0 && field < POSTING_FIELD_COUNT);
    struct slice text = posting->field[field];
    PROMISE(start < end && end <= text.len);
    PROMISE(utf8_is_valid(slice_sub(text, start, end - start)));
}

static void check_salary(const struct bench *bench, const struct fact_input *input)
{
    struct salary salary;
    bool foreign = false;
    if (salary_find(bench->wages, input, &salary, &foreign) != OK || salary.currency[0] == '\0')
        return;
    PROMISE(salary.cents_min >= 0 && salary.cents_min <= salary.cents_max);
    PROMISE(salary.usd_month_cents_min >= 0);
    PROMISE(salary.usd_month_cents_min <= salary.usd_month_cents_max);
    check_span(input->posting, salary.field, salary.start_bytes, salary.end_bytes);
    PROMISE(salary_compare(bench->wages, input, "ID", "KH", &salary) == OK);
    PROMISE(salary.ratio_source_hundredths >= 0 && salary.ratio_destination_hundredths >= 0);
}

static void check_found(const struct bench *bench, const struct fact_input *input)
{
    const struct place_found *places = NULL;
    const struct contact_found *contacts = NULL;
    size_t places_count = 0, contacts_count = 0;
    if (places_find(bench->places, input, &places, &places_count) == OK)
        for (size_t i = 0; i < places_count; i++)
            check_span(input->posting, places[i].field, places[i].start_bytes, places[i].end_bytes);
    if (contacts_find(input, &contacts, &contacts_count) != OK)
        return;
    for (size_t i = 0; i < contacts_count; i++) {
        PROMISE(contacts[i].value.len > 0 && contacts[i].kind < CONTACT_KIND_COUNT);
        check_span(input->posting, contacts[i].field, contacts[i].start_bytes,
                   contacts[i].end_bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bench bench;
    struct arena *arena = NULL;
    struct posting posting;
    struct folded folded[POSTING_FIELD_COUNT];
    struct slice rest = fuzz_slice(data, size);
    if (bench.normaliser == NULL)
        bench_make(&bench);
    if (size > 20000 || arena_create(32u << 20, &arena) != OK)
        return 0;
    posting_init(&posting);
    int rc = posting_set(&posting, arena, POSTING_TITLE, fuzz_line(&rest));
    rc = rc == OK ? posting_set(&posting, arena, POSTING_PLACE, fuzz_line(&rest)) : rc;
    rc = rc == OK ? posting_set(&posting, arena, POSTING_PAY, fuzz_line(&rest)) : rc;
    rc = rc == OK ? posting_set(&posting, arena, POSTING_TEXT, rest) : rc;
    for (size_t i = 0; rc == OK && i < POSTING_FIELD_COUNT; i++)
        rc = normalise(bench.normaliser, posting.field[i], arena, &folded[i]);
    if (rc == OK) {
        const char *const regions[] = {"ID", "KH", "CN"};
        struct fact_input input = {.posting = &posting,
                                   .folded = folded,
                                   .arena = arena,
                                   .language = SLICE_EMPTY,
                                   .regions = regions,
                                   .regions_count = 3};
        input.language = language_of(&input);
        PROMISE(input.language.len > 0);
        check_salary(&bench, &input);
        check_found(&bench, &input);
    }
    arena_free(arena);
    return 0;
}
