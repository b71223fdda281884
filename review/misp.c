/* misp.c - one MISP event with an object job-lure a case; see exchange.h. The object's template is
 * review/job-lure.json: copy it to a MISP's objects folder (job-lure/definition.json). */
#include "common/utf8.h"
#include "review/exchange_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEMPLATE_UUID    "b3e1f9f4-7a62-5d0c-9f5b-2c8d41e6a970" /* as in review/job-lure.json */
#define TEMPLATE_VERSION "2"
#define VALUE_BYTES_MAX  60000u /* MISP keeps a value in a column of 65,535 bytes */

/* misp-flat has attributes alone: the comment says of which ad, and what an object would call them. */
static bool is_flat(const struct exchange *exchange)
{
    return exchange->form == &MISP_FLAT_FORM;
}

static void put_seconds(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char at[24];
    snprintf(at, sizeof at, "%" PRId64, unix_ms / 1000);
    json_put_member(writer, key, slice_of(at));
}

static int misp_begin(struct exchange *exchange)
{
    struct json_writer *writer = &exchange->writer;
    json_open_object(writer);
    json_key(writer, "Event");
    json_open_object(writer);
    json_put_member(writer, "info",
                    SLICE("Recruitment advertisements that match published indicators"));
    json_put_member(writer, "threat_level_id", SLICE("4"));
    json_put_member(writer, "analysis", SLICE("2"));
    json_put_member(writer, "distribution", SLICE("0"));
    json_key(writer, "published");
    json_put_bool(writer, false);
    json_key(writer, is_flat(exchange) ? "Attribute" : "Object");
    json_open_array(writer);
    return OK;
}

/* ---- an object ---- */

struct attribute {
    const char *relation, *type, *category;
    struct slice value;
};

static void put_relation(struct exchange *exchange, const struct case_full *full,
                         const char *relation)
{
    struct json_writer *writer = &exchange->writer;
    if (!is_flat(exchange)) {
        json_put_member(writer, "object_relation", slice_of(relation));
        return;
    }
    const char *comment = arena_printf(exchange->arena, "job-lure %s: %s", relation, full->row.url);
    json_put_member(writer, "comment", slice_of(comment != NULL ? comment : relation));
}

static void put_attribute(struct exchange *exchange, const struct case_full *full,
                          const struct attribute *attribute)
{
    char uuid[UUID_TEXT_BYTES];
    struct json_writer *writer = &exchange->writer;
    struct slice value = slice_trim(utf8_cut(attribute->value, VALUE_BYTES_MAX));
    if (value.len == 0)
        return;
    const char *name = arena_printf(exchange->arena, "%s\n%s\n%.*s", full->row.url,
                                    attribute->relation, (int)value.len, value.at);
    json_open_object(writer);
    json_put_member(writer, "uuid",
                    slice_of(exchange_uuid("attribute", name != NULL ? name : "", uuid)));
    put_relation(exchange, full, attribute->relation);
    json_put_member(writer, "type", slice_of(attribute->type));
    json_put_member(writer, "category", slice_of(attribute->category));
    json_key(writer, "to_ids");
    json_put_bool(writer, false);
    put_seconds(writer, "timestamp", full->row.updated_unix_ms);
    json_put_member(writer, "value", value);
    json_close_object(writer);
}

static void put_text(struct exchange *exchange, const struct case_full *full, const char *relation,
                     struct slice value)
{
    const struct attribute attribute = {relation, "text", "Other", value};
    put_attribute(exchange, full, &attribute);
}

static void put_number(struct exchange *exchange, const struct case_full *full,
                       const char *relation, int64_t number)
{
    char at[24];
    int len = snprintf(at, sizeof at, "%" PRId64, number);
    const struct attribute attribute = {relation, "counter", "Other", {at, (size_t)len}};
    put_attribute(exchange, full, &attribute);
}

static struct attribute contact_of(struct exchange *exchange, const struct exchange_case *one,
                                   const struct contact_found *contact)
{
    const char *site = exchange_site(exchange, one, contact);
    if (contact->kind == CONTACT_EMAIL)
        return (struct attribute){"contact-email", "email", "Social network", contact->value};
    if (contact->kind == CONTACT_PHONE || contact->kind == CONTACT_WHATSAPP)
        return (struct attribute){"contact-phone", "phone-number", "Person", contact->value};
    if (site != NULL)
        return (struct attribute){"contact-url", "link", "External analysis", slice_of(site)};
    return (struct attribute){"contact", "text", "Other", contact->value};
}

static bool is_told(struct exchange *exchange, const struct exchange_case *one, size_t index,
                    const struct attribute *attribute)
{
    for (size_t i = 0; i < index; i++) {
        struct attribute earlier = contact_of(exchange, one, &one->contacts[i]);
        if (strcmp(earlier.relation, attribute->relation) == 0 &&
            slice_equal(slice_trim(earlier.value), slice_trim(attribute->value)))
            return true;
    }
    return false;
}

static void put_contacts(struct exchange *exchange, const struct exchange_case *one)
{
    for (size_t i = 0; one->clear != NULL && i < one->contacts_count; i++) {
        struct attribute attribute = contact_of(exchange, one, &one->contacts[i]);
        if (!is_told(exchange, one, i, &attribute))
            put_attribute(exchange, one->full, &attribute);
    }
}

static void put_sources(struct exchange *exchange, const struct case_full *full)
{
    struct citation pages[LETTER_SOURCES_MAX];
    size_t count = exchange_pages(exchange, full, pages);
    for (size_t i = 0; i < count; i++) {
        struct text_buf line;
        text_buf_init(&line, 64u << 10);
        citation_print(&pages[i], SLICE_EMPTY, &line);
        put_text(exchange, full, "source", text_buf_slice(&line));
        text_buf_release(&line);
    }
}

static void put_fields(struct exchange *exchange, const struct case_full *full)
{
    char at[EXCHANGE_TIME_BYTES];
    const struct case_row *row = &full->row;
    const struct attribute url = {"url", "link", "External analysis", slice_of(row->url)};
    const struct attribute digest = {"evidence-sha256", "sha256", "Payload delivery",
                                     slice_of(row->evidence_sha256)};
    const struct attribute seen = {"first-seen", "datetime", "Other",
                                   slice_of(exchange_time(row->first_seen_unix_ms, at))};
    put_attribute(exchange, full, &url);
    put_text(exchange, full, "task", slice_of(task_name(full->verdict.task)));
    put_number(exchange, full, "indicator-level", full->verdict.indicator_level);
    put_number(exchange, full, "score", verdict_score(row->logit_tenths));
    put_text(exchange, full, "state", slice_of(case_state_name(row->state)));
    put_text(exchange, full, "language", slice_of(row->language));
    put_text(exchange, full, "title", full->field[POSTING_TITLE]);
    put_text(exchange, full, "text", full->field[POSTING_TEXT]);
    put_text(exchange, full, "employer", full->field[POSTING_EMPLOYER]);
    put_text(exchange, full, "place", full->field[POSTING_PLACE]);
    put_text(exchange, full, "pay", full->field[POSTING_PAY]);
    if (row->usd_month_cents_max > 0) {
        put_number(exchange, full, "usd-month-min", row->usd_month_cents_min / 100);
        put_number(exchange, full, "usd-month-max", row->usd_month_cents_max / 100);
    }
    put_text(exchange, full, "findings", slice_of(exchange_findings(exchange, full)));
    put_sources(exchange, full);
    put_text(exchange, full, "pattern-bank", slice_of(row->bank));
    put_attribute(exchange, full, &digest);
    put_attribute(exchange, full, &seen);
}

static int misp_flat_one(struct exchange *exchange, const struct exchange_case *one)
{
    put_fields(exchange, one->full);
    put_contacts(exchange, one);
    exchange->counts.written++;
    return OK;
}

static int misp_one(struct exchange *exchange, const struct exchange_case *one)
{
    char uuid[UUID_TEXT_BYTES];
    struct json_writer *writer = &exchange->writer;
    const struct case_row *row = &one->full->row;
    json_open_object(writer);
    json_put_member(writer, "name", SLICE("job-lure"));
    json_put_member(writer, "meta-category", SLICE("misc"));
    json_put_member(writer, "description",
                    SLICE("A recruitment advertisement and the published indicators it matches"));
    json_put_member(writer, "template_uuid", SLICE(TEMPLATE_UUID));
    json_put_member(writer, "template_version", SLICE(TEMPLATE_VERSION));
    json_put_member(writer, "uuid", slice_of(exchange_uuid("object", row->url, uuid)));
    put_seconds(writer, "timestamp", row->updated_unix_ms);
    json_put_member(writer, "distribution", SLICE("5"));
    json_key(writer, "Attribute");
    json_open_array(writer);
    put_fields(exchange, one->full);
    put_contacts(exchange, one);
    json_close_array(writer);
    json_close_object(writer);
    exchange->counts.written++;
    return OK;
}

/* ---- end ---- */

static void put_tags(struct json_writer *writer)
{
    static const char *const tags[] = {"tlp:amber", "workflow:todo=\"review-for-privacy\"",
                                       "content-classification:cybercrime=\"fraud-scams\"",
                                       "type:OSINT"};
    json_key(writer, "Tag");
    json_open_array(writer);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        json_open_object(writer);
        json_put_member(writer, "name", slice_of(tags[i]));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void misp_end(struct exchange *exchange)
{
    char uuid[UUID_TEXT_BYTES], at[EXCHANGE_TIME_BYTES];
    struct json_writer *writer = &exchange->writer;
    const char *name = exchange->desk->operator_name;
    const char *org = name != NULL && name[0] != '\0' ? name : "lurewatch";
    json_close_array(writer);
    put_tags(writer);
    json_key(writer, "Orgc");
    json_open_object(writer);
    json_put_member(writer, "name", slice_of(org));
    json_put_member(writer, "uuid", slice_of(exchange_uuid("org", org, uuid)));
    json_close_object(writer);
    json_put_member(writer, "uuid", slice_of(exchange_uuid_of_all(exchange, "event", uuid)));
    json_put_member(writer, "date",
                    slice_sub(slice_of(exchange_time(exchange->latest_unix_ms, at)), 0, 10));
    put_seconds(writer, "timestamp", exchange->latest_unix_ms);
    json_close_object(writer);
    json_close_object(writer);
    text_buf_add_char(&exchange->text, '\n');
}

const struct exchange_form MISP_FORM = {misp_begin, misp_one, misp_end, false};
const struct exchange_form MISP_FLAT_FORM = {misp_begin, misp_flat_one, misp_end, false};
