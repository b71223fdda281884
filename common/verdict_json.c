/* verdict_json.c - the scan output of DESIGN section 5, written and read back; see verdict.h. */
#include "common/items.h"
#include "common/verdict.h"

#include <math.h>
#include <string.h>

#define LIST_MAX 4096u

/* ---- writing ---- */

static void span_write(struct json_writer *writer, int field, uint32_t start, uint32_t end)
{
    if (field == FINDING_NO_FIELD)
        return;
    json_put_member(writer, "field", slice_of(posting_field_name((enum posting_field)field)));
    json_put_member_int(writer, "start", start);
    json_put_member_int(writer, "end", end);
}

static void finding_write(const struct finding *finding, struct json_writer *writer)
{
    json_open_object(writer);
    json_put_member(writer, "kind", slice_of(finding_kind_name(finding->kind)));
    json_put_member(writer, "id", finding->id);
    json_put_member(writer, "family", finding->family);
    json_put_member(writer, "title", finding->title);
    json_key(writer, "points");
    json_put_decimal(writer, finding->points_tenths, 1);
    span_write(writer, finding->field, finding->start_bytes, finding->end_bytes);
    if (finding->field != FINDING_NO_FIELD)
        json_put_member(writer, "quote", finding->quote);
    json_close_object(writer);
}

static void money_write(struct json_writer *writer, const char *key, int64_t cents)
{
    json_key(writer, key);
    if (cents % 100 == 0)
        json_put_int(writer, cents / 100);
    else
        json_put_decimal(writer, cents, 2);
}

static void ratio_write(struct json_writer *writer, const char *key, int32_t hundredths)
{
    json_key(writer, key);
    if (hundredths == 0)
        json_put_null(writer);
    else
        json_put_decimal(writer, hundredths, 2);
}

static void salary_write(const struct salary *salary, struct json_writer *writer)
{
    json_key(writer, "salary");
    if (salary->currency[0] == '\0') {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    json_put_member(writer, "currency", slice_of(salary->currency));
    json_put_member(writer, "period", slice_of(pay_period_name(salary->period)));
    money_write(writer, "min", salary->cents_min);
    money_write(writer, "max", salary->cents_max);
    json_put_member_if(writer, "bound", slice_of(pay_bound_name(salary->bound)));
    json_put_member_if(writer, "tax", slice_of(pay_tax_name(salary->tax)));
    money_write(writer, "usd_month_min", salary->usd_month_cents_min);
    money_write(writer, "usd_month_max", salary->usd_month_cents_max);
    ratio_write(writer, "ratio_source", salary->ratio_source_hundredths);
    ratio_write(writer, "ratio_destination", salary->ratio_destination_hundredths);
    json_put_member(writer, "baseline", salary->baseline);
    span_write(writer, salary->field, salary->start_bytes, salary->end_bytes);
    json_close_object(writer);
}

static void place_write(const struct place_found *place, struct json_writer *writer)
{
    json_open_object(writer);
    json_put_member(writer, "id", place->id);
    json_put_member(writer, "role", slice_of(place_role_name(place->role)));
    json_key(writer, "bait");
    json_put_bool(writer, place->bait);
    json_key(writer, "risk");
    if (place->risk == '-')
        json_put_null(writer);
    else
        json_put_string(writer, slice_make(&place->risk, 1));
    json_put_member(writer, "quote", place->quote);
    span_write(writer, place->field, place->start_bytes, place->end_bytes);
    json_close_object(writer);
}

static void contact_write(const struct contact_found *contact, struct json_writer *writer)
{
    json_open_object(writer);
    json_put_member(writer, "kind", slice_of(contact_kind_name(contact->kind)));
    json_put_member(writer, "value", contact->value);
    json_key(writer, "country");
    if (contact->country[0] == '\0')
        json_put_null(writer);
    else
        json_put_cstr(writer, contact->country);
    span_write(writer, contact->field, contact->start_bytes, contact->end_bytes);
    json_close_object(writer);
}

void verdict_to_json(const struct verdict *verdict, struct slice id, struct json_writer *writer)
{
    json_open_object(writer);
    json_put_member_if(writer, "id", id);
    json_put_member(writer, "band", slice_of(band_name(verdict->band)));
    json_put_member_int(writer, "score", verdict_score(verdict->logit_tenths));
    json_key(writer, "probability");
    json_put_decimal(writer, verdict_probability_millionths(verdict->logit_tenths), 6);
    json_put_member(writer, "task", slice_of(task_name(verdict->task)));
    json_put_member_int(writer, "indicator_level", verdict->indicator_level);
    json_put_member(writer, "language", verdict->language);
    json_key(writer, "logit");
    json_put_decimal(writer, verdict->logit_tenths, 1);
    json_key(writer, "findings");
    json_open_array(writer);
    for (size_t i = 0; i < verdict->findings_count; i++)
        finding_write(&verdict->findings[i], writer);
    json_close_array(writer);
    salary_write(&verdict->salary, writer);
    json_key(writer, "places");
    json_open_array(writer);
    for (size_t i = 0; i < verdict->places_count; i++)
        place_write(&verdict->places[i], writer);
    json_close_array(writer);
    json_key(writer, "contacts");
    json_open_array(writer);
    for (size_t i = 0; i < verdict->contacts_count; i++)
        contact_write(&verdict->contacts[i], writer);
    json_close_array(writer);
    items_to_json(verdict->items_missing, writer);
    json_put_member_if(writer, "employer", verdict->employer);
    json_put_member_if(writer, "licences", verdict->licences);
    json_put_member_if(writer, "voice", verdict->voice);
    conditions_to_json(&verdict->conditions, writer);
    language_parts_to_json(&verdict->languages, writer);
    if (verdict->rules_cut_count > 0)
        json_put_member_int(writer, "rules_cut", verdict->rules_cut_count);
    json_put_member(writer, "bank", verdict->bank);
    json_close_object(writer);
}

/* ---- reading: the writer may be a worker that hostile bytes took over ---- */

struct reader {
    struct arena *arena;
    struct failure *reterr;
    int rc; /* the first failure */
};

static void reader_fail(struct reader *reader, const char *what)
{
    if (reader->rc == OK)
        reader->rc = failure_set(reader->reterr, ERR_SYNTAX, "verdict: bad %s", what);
}

static struct slice text_read(struct reader *reader, const struct json *node, const char *key)
{
    struct slice text = json_get_string(node, key);
    char *copy = arena_copy(reader->arena, text.at, text.len);
    if (copy == NULL) {
        if (reader->rc == OK)
            reader->rc = failure_set(reader->reterr, ERR_NOMEM, "out of memory");
        return SLICE_EMPTY;
    }
    return slice_make(copy, text.len);
}

static int64_t scaled_read(struct reader *reader, const struct json *node, const char *key,
                           double scale)
{
    double value = json_double(json_get(node, key), 0.0) * scale;
    if (!(value > -9e15 && value < 9e15)) {
        reader_fail(reader, key);
        return 0;
    }
    return llround(value);
}

static void span_read(struct reader *reader, const struct json *node, int *ret_field,
                      uint32_t *ret_start, uint32_t *ret_end)
{
    enum posting_field field;
    *ret_field = FINDING_NO_FIELD;
    *ret_start = *ret_end = 0;
    if (json_get(node, "field") == NULL)
        return;
    int64_t start = json_int(json_get(node, "start"), -1);
    int64_t end = json_int(json_get(node, "end"), -1);
    if (!posting_field_from_name(json_get_string(node, "field"), &field) || start < 0 ||
        end < start || end > POSTING_FIELD_BYTES_MAX) {
        reader_fail(reader, "span");
        return;
    }
    *ret_field = (int)field;
    *ret_start = (uint32_t)start;
    *ret_end = (uint32_t)end;
}

/* len upper-case letters: ISO codes. */
static bool is_code(struct slice text, size_t len)
{
    if (text.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text.at[i] < 'A' || text.at[i] > 'Z')
            return false;
    return true;
}

static void *list_make(struct reader *reader, const struct json *list, size_t item_bytes,
                       size_t *ret_count)
{
    size_t count = json_count(list);
    *ret_count = 0;
    if (json_kind_of(list) != JSON_ARRAY) {
        reader_fail(reader, "list");
        return NULL;
    }
    if (count > LIST_MAX) {
        if (reader->rc == OK)
            reader->rc = failure_set(reader->reterr, ERR_LIMIT, "verdict: a list is over %u items",
                                     LIST_MAX);
        return NULL;
    }
    void *items = arena_calloc(reader->arena, count, item_bytes);
    if (items == NULL) {
        if (reader->rc == OK)
            reader->rc = failure_set(reader->reterr, ERR_NOMEM, "out of memory");
        return NULL;
    }
    *ret_count = count;
    return items;
}

static void findings_read(struct reader *reader, const struct json *list, struct verdict *verdict)
{
    struct finding *items = list_make(reader, list, sizeof *items, &verdict->findings_count);
    verdict->findings = items;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct json *node = json_at(list, i);
        if (!finding_kind_from_name(json_get_string(node, "kind"), &items[i].kind))
            reader_fail(reader, "finding kind");
        items[i].id = text_read(reader, node, "id");
        items[i].family = text_read(reader, node, "family");
        items[i].title = text_read(reader, node, "title");
        items[i].quote = text_read(reader, node, "quote");
        int64_t points = scaled_read(reader, node, "points", 10.0);
        if (points < -10000 || points > 10000)
            reader_fail(reader, "points");
        else
            items[i].points_tenths = (int32_t)points;
        span_read(reader, node, &items[i].field, &items[i].start_bytes, &items[i].end_bytes);
    }
}

static void places_read(struct reader *reader, const struct json *list, struct verdict *verdict)
{
    struct place_found *items = list_make(reader, list, sizeof *items, &verdict->places_count);
    verdict->places = items;
    for (size_t i = 0; i < verdict->places_count; i++) {
        const struct json *node = json_at(list, i);
        struct slice risk = json_get_string(node, "risk");
        if (!place_role_from_name(json_get_string(node, "role"), &items[i].role))
            reader_fail(reader, "place role");
        items[i].id = text_read(reader, node, "id");
        items[i].quote = text_read(reader, node, "quote");
        items[i].bait = json_truth(json_get(node, "bait"), false);
        items[i].risk = risk.len == 1 && risk.at[0] >= 'A' && risk.at[0] <= 'C' ? risk.at[0] : '-';
        span_read(reader, node, &items[i].field, &items[i].start_bytes, &items[i].end_bytes);
    }
}

static void contacts_read(struct reader *reader, const struct json *list, struct verdict *verdict)
{
    struct contact_found *items = list_make(reader, list, sizeof *items, &verdict->contacts_count);
    verdict->contacts = items;
    for (size_t i = 0; i < verdict->contacts_count; i++) {
        const struct json *node = json_at(list, i);
        struct slice country = json_get_string(node, "country");
        if (!contact_kind_from_name(json_get_string(node, "kind"), &items[i].kind))
            reader_fail(reader, "contact kind");
        items[i].value = text_read(reader, node, "value");
        if (is_code(country, 2))
            memcpy(items[i].country, country.at, 2);
        else if (country.len > 0)
            reader_fail(reader, "country");
        span_read(reader, node, &items[i].field, &items[i].start_bytes, &items[i].end_bytes);
    }
}

static void terms_read(const struct json *node, struct salary *salary)
{
    struct slice bound = json_get_string(node, "bound"), tax = json_get_string(node, "tax");
    if (slice_is(bound, "up-to") || slice_is(bound, "from"))
        salary->bound = slice_is(bound, "from") ? PAY_FROM : PAY_UP_TO;
    if (slice_is(tax, "net") || slice_is(tax, "gross"))
        salary->tax = slice_is(tax, "net") ? PAY_NET : PAY_GROSS;
}

static void salary_read(struct reader *reader, const struct json *node, struct salary *salary)
{
    struct slice currency = json_get_string(node, "currency");
    memset(salary, 0, sizeof *salary);
    salary->field = FINDING_NO_FIELD;
    salary->baseline = SLICE_EMPTY;
    if (json_kind_of(node) != JSON_OBJECT)
        return;
    if (!is_code(currency, 3) ||
        !pay_period_from_name(json_get_string(node, "period"), &salary->period)) {
        reader_fail(reader, "salary");
        return;
    }
    memcpy(salary->currency, currency.at, 3);
    terms_read(node, salary);
    salary->cents_min = scaled_read(reader, node, "min", 100.0);
    salary->cents_max = scaled_read(reader, node, "max", 100.0);
    salary->usd_month_cents_min = scaled_read(reader, node, "usd_month_min", 100.0);
    salary->usd_month_cents_max = scaled_read(reader, node, "usd_month_max", 100.0);
    if (salary->cents_min < 0 || salary->cents_min > salary->cents_max ||
        salary->usd_month_cents_min < 0 ||
        salary->usd_month_cents_min > salary->usd_month_cents_max)
        reader_fail(reader, "salary amounts");
    int64_t source = scaled_read(reader, node, "ratio_source", 100.0);
    int64_t destination = scaled_read(reader, node, "ratio_destination", 100.0);
    if (source < 0 || source > INT32_MAX || destination < 0 || destination > INT32_MAX)
        reader_fail(reader, "ratio");
    salary->ratio_source_hundredths = (int32_t)source;
    salary->ratio_destination_hundredths = (int32_t)destination;
    salary->baseline = text_read(reader, node, "baseline");
    span_read(reader, node, &salary->field, &salary->start_bytes, &salary->end_bytes);
}

static void conditions_read(struct reader *reader, const struct json *node, struct verdict *verdict)
{
    int rc =
        conditions_from_json(reader->arena, json_get(node, "conditions"), &verdict->conditions);
    if (rc == OK)
        rc = language_parts_from_json(reader->arena, json_get(node, "languages"),
                                      &verdict->languages);
    if (rc == ERR_SYNTAX)
        reader_fail(reader, "conditions or languages");
    else if (rc != OK && reader->rc == OK)
        reader->rc =
            failure_set(reader->reterr, rc, "verdict: conditions or languages: %s", err_name(rc));
}

int verdict_from_json(struct arena *arena, const struct json *node, struct verdict *ret_verdict,
                      struct failure *reterr)
{
    struct reader reader = {.arena = arena, .reterr = reterr, .rc = OK};
    struct verdict verdict = {0};
    if (json_kind_of(node) != JSON_OBJECT)
        return failure_set(reterr, ERR_SYNTAX, "verdict: not an object");
    if (!band_from_name(json_get_string(node, "band"), &verdict.band))
        reader_fail(&reader, "band");
    if (!task_from_name(json_get_string(node, "task"), &verdict.task))
        reader_fail(&reader, "task");
    int64_t level = json_int(json_get(node, "indicator_level"), -1);
    int64_t logit = scaled_read(&reader, node, "logit", 10.0);
    if (level < 0 || level > 3 || logit < -100000 || logit > 100000)
        reader_fail(&reader, "indicator_level or logit");
    verdict.indicator_level = (int)level;
    verdict.logit_tenths = (int32_t)logit;
    verdict.language = text_read(&reader, node, "language");
    verdict.bank = text_read(&reader, node, "bank");
    verdict.employer = text_read(&reader, node, "employer");
    verdict.licences = text_read(&reader, node, "licences");
    if (!items_from_json(json_get(node, "missing"), &verdict.items_missing))
        reader_fail(&reader, "missing");
    int64_t cut = json_int(json_get(node, "rules_cut"), 0);
    verdict.rules_cut_count = cut > 0 && cut < UINT32_MAX ? (uint32_t)cut : 0;
    findings_read(&reader, json_get(node, "findings"), &verdict);
    places_read(&reader, json_get(node, "places"), &verdict);
    contacts_read(&reader, json_get(node, "contacts"), &verdict);
    salary_read(&reader, json_get(node, "salary"), &verdict.salary);
    verdict.voice = text_read(&reader, node, "voice");
    conditions_read(&reader, node, &verdict);
    if (reader.rc == OK)
        *ret_verdict = verdict;
    return reader.rc;
}
