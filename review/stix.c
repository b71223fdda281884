/* stix.c - a STIX 2.1 bundle; see exchange.h. Observables carry the ids the standard derives from
 * their values (section 2.9: UUIDv5 over the canonical JSON of the contributing properties), so that
 * they meet those of others; our own objects carry ids of what they are about.
 *
 * Only kinds that the published schema of a bundle lists: it takes neither note nor
 * extension-definition (both fit core.json and cyber-observable-core.json, of which it wants one). So
 * findings stand in the report's description, and the ad's fields in an artifact of JSON. */
#include "review/exchange_inside.h"
#include "review/mail.h"

#include <stdio.h>
#include <string.h>

#define ID_BYTES        96u
#define REFS_MAX        64u
#define FACTS_BYTES_MAX (8u << 20) /* of one ad, as JSON or base64 */
#define TLP_AMBER       "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"

struct refs {
    char id[REFS_MAX][ID_BYTES];
    size_t count;
};

/* ---- common members ---- */

static void own_id(const char *type, const char *name, char at[ID_BYTES])
{
    char uuid[UUID_TEXT_BYTES];
    snprintf(at, ID_BYTES, "%s--%s", type, exchange_uuid(type, name, uuid));
}

static void desk_id(const struct exchange *exchange, char at[ID_BYTES])
{
    const char *name = exchange->desk->operator_name;
    own_id("identity", name != NULL && name[0] != '\0' ? name : "lurewatch", at);
}

static void open_object(struct exchange *exchange, const char *type, const char *id)
{
    struct json_writer *writer = &exchange->writer;
    json_open_object(writer);
    json_put_member(writer, "type", slice_of(type));
    json_put_member(writer, "spec_version", SLICE("2.1"));
    json_put_member(writer, "id", slice_of(id));
}

static void put_times(struct exchange *exchange, int64_t created, int64_t modified)
{
    char at[EXCHANGE_TIME_BYTES], desk[ID_BYTES];
    struct json_writer *writer = &exchange->writer;
    desk_id(exchange, desk);
    json_put_member(writer, "created_by_ref", slice_of(desk));
    json_put_member(writer, "created", slice_of(exchange_time(created, at)));
    json_put_member(writer, "modified", slice_of(exchange_time(modified, at)));
    json_key(writer, "object_marking_refs");
    json_open_array(writer);
    json_put_cstr(writer, TLP_AMBER);
    json_close_array(writer);
}

static void put_refs(struct json_writer *writer, const struct refs *refs)
{
    json_key(writer, "object_refs");
    json_open_array(writer);
    for (size_t i = 0; i < refs->count; i++)
        json_put_cstr(writer, refs->id[i]);
    json_close_array(writer);
}

/* ---- begin ---- */

/* Of the desk: it does not change. */
#define EPOCH_UNIX_MS INT64_C(1764028800000) /* 2025-11-25 */

/* As section 7.2.1.4 prints it, so that no reader has to know it. */
static void put_marking(struct json_writer *writer)
{
    json_open_object(writer);
    json_put_member(writer, "type", SLICE("marking-definition"));
    json_put_member(writer, "spec_version", SLICE("2.1"));
    json_put_member(writer, "id", SLICE(TLP_AMBER));
    json_put_member(writer, "created", SLICE("2017-01-20T00:00:00.000Z"));
    json_put_member(writer, "definition_type", SLICE("tlp"));
    json_put_member(writer, "name", SLICE("TLP:AMBER"));
    json_key(writer, "definition");
    json_open_object(writer);
    json_put_member(writer, "tlp", SLICE("amber"));
    json_close_object(writer);
    json_close_object(writer);
}

static int stix_begin(struct exchange *exchange)
{
    char id[ID_BYTES];
    struct json_writer *writer = &exchange->writer;
    const char *name = exchange->desk->operator_name;
    json_open_object(writer);
    json_put_member(writer, "type", SLICE("bundle"));
    json_key(writer, "objects");
    json_open_array(writer);
    put_marking(writer);
    desk_id(exchange, id);
    open_object(exchange, "identity", id);
    put_times(exchange, EPOCH_UNIX_MS, EPOCH_UNIX_MS);
    json_put_member(writer, "name", slice_of(name != NULL && name[0] != '\0' ? name : "lurewatch"));
    json_put_member(writer, "identity_class", SLICE("organization"));
    json_put_member_if(writer, "contact_information", slice_of(exchange->desk->contact));
    json_close_object(writer);
    return OK;
}

/* ---- observables ---- */

/* canonical: the contributing properties as RFC 8785 writes them. Adds the id to refs; gives NULL where
 * the object is not to be written: this case or an earlier one did, or ids_status says why. */
static const char *observable_id(struct exchange *exchange, struct refs *refs, const char *type,
                                 struct slice canonical)
{
    static const uint8_t space[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                      0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
    char uuid[UUID_TEXT_BYTES];
    bool is_new = false;
    if (refs->count == REFS_MAX)
        return NULL;
    char *at = refs->id[refs->count];
    snprintf(at, ID_BYTES, "%s--%s", type, uuid5(space, canonical, uuid));
    for (size_t i = 0; i < refs->count; i++)
        if (strcmp(refs->id[i], at) == 0)
            return NULL;
    refs->count++;
    int rc = id_set_add(&exchange->ids, slice_of(at), &is_new);
    if (rc != OK && exchange->ids_status == OK)
        exchange->ids_status = rc;
    return rc == OK && is_new ? at : NULL;
}

static void canonical_of(struct text_buf *out, const char *type, struct slice value)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    if (type != NULL)
        json_put_member(&writer, "account_type", slice_of(type));
    json_put_member(&writer, type != NULL ? "user_id" : "value", value);
    json_close_object(&writer);
}

/* account: the kind of a user-account, or NULL where the observable has a value alone. */
static void put_observable(struct exchange *exchange, struct refs *refs, const char *type,
                           const char *account, struct slice value)
{
    struct text_buf canonical;
    text_buf_init(&canonical, 1u << 16);
    canonical_of(&canonical, account, value);
    const char *id = observable_id(exchange, refs, type, text_buf_slice(&canonical));
    text_buf_release(&canonical);
    if (id == NULL)
        return;
    open_object(exchange, type, id);
    if (account != NULL)
        json_put_member(&exchange->writer, "account_type", slice_of(account));
    json_put_member(&exchange->writer, account != NULL ? "user_id" : "value", value);
    json_close_object(&exchange->writer);
}

static void put_contacts(struct exchange *exchange, const struct exchange_case *one,
                         struct refs *refs)
{
    for (size_t i = 0; one->clear != NULL && i < one->contacts_count; i++) {
        const struct contact_found *contact = &one->contacts[i];
        const char *site = NULL;
        if (contact->kind == CONTACT_EMAIL)
            put_observable(exchange, refs, "email-addr", NULL, contact->value);
        else if (contact->kind != CONTACT_URL)
            put_observable(exchange, refs, "user-account", contact_kind_name(contact->kind),
                           contact->value);
        else if ((site = exchange_site(exchange, one, contact)) != NULL)
            put_observable(exchange, refs, "url", NULL, slice_of(site));
    }
}

/* ---- the ad's fields ---- */

static void put_facts(struct json_writer *writer, const struct case_full *full)
{
    const struct case_row *row = &full->row;
    json_open_object(writer);
    json_put_member(writer, "url", slice_of(row->url));
    json_put_member(writer, "task", slice_of(task_name(full->verdict.task)));
    json_put_member_int(writer, "indicator_level", full->verdict.indicator_level);
    json_put_member(writer, "band", slice_of(band_name(row->band)));
    json_key(writer, "probability");
    json_put_decimal(writer, verdict_probability_millionths(row->logit_tenths), 6);
    json_put_member_if(writer, "language", slice_of(row->language));
    json_put_member_if(writer, "title", full->field[POSTING_TITLE]);
    json_put_member_if(writer, "employer", full->field[POSTING_EMPLOYER]);
    json_put_member_if(writer, "place", full->field[POSTING_PLACE]);
    json_put_member_if(writer, "pay", full->field[POSTING_PAY]);
    if (row->usd_month_cents_max > 0) {
        json_put_member_int(writer, "usd_month_min", row->usd_month_cents_min / 100);
        json_put_member_int(writer, "usd_month_max", row->usd_month_cents_max / 100);
    }
    json_put_member(writer, "bank", slice_of(row->bank));
    json_put_member_if(writer, "evidence_sha256", slice_of(row->evidence_sha256));
    json_put_member(writer, "source", slice_of(row->source));
    json_close_object(writer);
}

static void put_hashes(struct json_writer *writer, const char *sha256)
{
    json_key(writer, "hashes");
    json_open_object(writer);
    json_put_member(writer, "SHA-256", slice_of(sha256));
    json_close_object(writer);
}

/* facts: the JSON itself; base64: the same. */
static void put_artifact(struct exchange *exchange, struct refs *refs, struct slice facts,
                         struct slice base64)
{
    char hex[DIGEST_HEX_BYTES];
    struct text_buf canonical;
    struct json_writer name, *writer = &exchange->writer;
    struct digest digest = digest_of(facts);
    digest_hex(&digest, hex);
    text_buf_init(&canonical, FACTS_BYTES_MAX);
    json_writer_init(&name, &canonical);
    json_open_object(&name);
    put_hashes(&name, hex);
    json_put_member(&name, "payload_bin", base64);
    json_close_object(&name);
    const char *id = observable_id(exchange, refs, "artifact", text_buf_slice(&canonical));
    text_buf_release(&canonical);
    if (id == NULL)
        return;
    open_object(exchange, "artifact", id);
    json_put_member(writer, "mime_type", SLICE("application/json"));
    put_hashes(writer, hex);
    json_put_member(writer, "payload_bin", base64);
    json_close_object(writer);
}

static int put_fields(struct exchange *exchange, const struct case_full *full, struct refs *refs)
{
    struct text_buf facts, base64;
    struct json_writer writer;
    text_buf_init(&facts, FACTS_BYTES_MAX);
    text_buf_init(&base64, FACTS_BYTES_MAX);
    json_writer_init(&writer, &facts);
    put_facts(&writer, full);
    mail_add_base64(&base64, text_buf_slice(&facts), 0);
    int rc = text_buf_status(&facts);
    if (rc == OK)
        rc = text_buf_status(&base64);
    if (rc == OK)
        put_artifact(exchange, refs, text_buf_slice(&facts), text_buf_slice(&base64));
    text_buf_release(&base64);
    text_buf_release(&facts);
    return rc;
}

/* ---- a case ---- */

/* refs: what was seen; the id of the observation is added to it. */
static void put_observed(struct exchange *exchange, const struct case_full *full, struct refs *refs)
{
    char id[ID_BYTES], at[EXCHANGE_TIME_BYTES];
    struct json_writer *writer = &exchange->writer;
    own_id("observed-data", full->row.url, id);
    open_object(exchange, "observed-data", id);
    put_times(exchange, full->row.created_unix_ms, full->row.updated_unix_ms);
    json_put_member(writer, "first_observed",
                    slice_of(exchange_time(full->row.first_seen_unix_ms, at)));
    json_put_member(writer, "last_observed",
                    slice_of(exchange_time(full->row.last_seen_unix_ms, at)));
    json_put_member_int(writer, "number_observed", 1);
    put_refs(writer, refs);
    json_close_object(writer);
    if (refs->count < REFS_MAX)
        memcpy(refs->id[refs->count++], id, ID_BYTES);
}

/* A URL in a pattern: backslash and quote are escaped. */
static void put_pattern(struct json_writer *writer, const char *url)
{
    struct text_buf out;
    text_buf_init(&out, 1u << 16);
    text_buf_add_str(&out, "[url:value = '");
    for (; *url != '\0'; url++) {
        if (*url == '\'' || *url == '\\')
            text_buf_add_char(&out, '\\');
        text_buf_add_char(&out, *url);
    }
    text_buf_add_str(&out, "']");
    json_put_member(writer, "pattern", text_buf_slice(&out));
    text_buf_release(&out);
}

/* The indicator rests on what was observed. */
static void put_based_on(struct exchange *exchange, const struct case_full *full,
                         const char *indicator, struct refs *refs)
{
    char id[ID_BYTES], observed[ID_BYTES];
    struct json_writer *writer = &exchange->writer;
    own_id("relationship", full->row.url, id);
    own_id("observed-data", full->row.url, observed);
    open_object(exchange, "relationship", id);
    put_times(exchange, full->row.created_unix_ms, full->row.updated_unix_ms);
    json_put_member(writer, "relationship_type", SLICE("based-on"));
    json_put_member(writer, "source_ref", slice_of(indicator));
    json_put_member(writer, "target_ref", slice_of(observed));
    json_close_object(writer);
    memcpy(refs->id[refs->count++], id, ID_BYTES);
}

static void put_indicator(struct exchange *exchange, const struct case_full *full,
                          struct refs *refs)
{
    char id[ID_BYTES], at[EXCHANGE_TIME_BYTES];
    struct json_writer *writer = &exchange->writer;
    if (full->row.state != CASE_CONFIRMED || refs->count + 2 > REFS_MAX)
        return;
    own_id("indicator", full->row.url, id);
    open_object(exchange, "indicator", id);
    put_times(exchange, full->row.created_unix_ms, full->row.updated_unix_ms);
    json_put_member(writer, "name", slice_of(exchange_title(exchange, full)));
    json_put_member(writer, "description", SLICE("Confirmed by people."));
    json_key(writer, "indicator_types");
    json_open_array(writer);
    json_put_cstr(writer, "anomalous-activity");
    json_close_array(writer);
    put_pattern(writer, full->row.url);
    json_put_member(writer, "pattern_type", SLICE("stix"));
    json_put_member(writer, "valid_from",
                    slice_of(exchange_time(full->row.first_seen_unix_ms, at)));
    json_close_object(writer);
    memcpy(refs->id[refs->count++], id, ID_BYTES);
    put_based_on(exchange, full, id, refs);
}

static void put_labels(struct json_writer *writer, const struct case_full *full)
{
    char level[32];
    snprintf(level, sizeof level, "indicator-level:b%d", full->verdict.indicator_level);
    json_key(writer, "labels");
    json_open_array(writer);
    json_put_cstr(writer, task_name(full->verdict.task));
    json_put_cstr(writer, case_state_name(full->row.state));
    json_put_cstr(writer, level);
    json_close_array(writer);
}

static void put_description(struct exchange *exchange, const struct case_full *full)
{
    const char *text = arena_printf(
        exchange->arena,
        "The text of one job advertisement was compared with published indicators of harmful "
        "recruitment. No statement is made about any person. What it "
        "matches:\n%s",
        exchange_findings(exchange, full));
    json_put_member(&exchange->writer, "description", slice_of(text != NULL ? text : ""));
}

static void put_references(struct exchange *exchange, const struct case_full *full)
{
    struct citation pages[LETTER_SOURCES_MAX];
    struct json_writer *writer = &exchange->writer;
    size_t count = exchange_pages(exchange, full, pages);
    if (count == 0) /* the standard wants no empty list */
        return;
    json_key(writer, "external_references");
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        json_put_member(writer, "source_name", pages[i].publisher);
        json_put_member(writer, "description", slice_of(citation_kind_name(pages[i].kind)));
        json_put_member(writer, "url", pages[i].url);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_report(struct exchange *exchange, const struct case_full *full,
                       const struct refs *refs)
{
    char id[ID_BYTES], at[EXCHANGE_TIME_BYTES];
    struct json_writer *writer = &exchange->writer;
    own_id("report", full->row.url, id);
    open_object(exchange, "report", id);
    put_times(exchange, full->row.created_unix_ms, full->row.updated_unix_ms);
    json_put_member(writer, "name", slice_of(exchange_title(exchange, full)));
    put_description(exchange, full);
    json_key(writer, "report_types");
    json_open_array(writer);
    json_put_cstr(writer, "observed-data");
    json_close_array(writer);
    json_put_member(writer, "published", slice_of(exchange_time(full->row.updated_unix_ms, at)));
    json_put_member_int(writer, "confidence", verdict_score(full->row.logit_tenths));
    put_labels(writer, full);
    put_references(exchange, full);
    put_refs(writer, refs);
    json_close_object(writer);
}

static int stix_one(struct exchange *exchange, const struct exchange_case *one)
{
    struct refs refs = {.count = 0};
    put_observable(exchange, &refs, "url", NULL, slice_of(one->full->row.url));
    put_contacts(exchange, one, &refs);
    int rc = put_fields(exchange, one->full, &refs);
    if (rc != OK)
        return rc;
    put_observed(exchange, one->full, &refs);
    put_indicator(exchange, one->full, &refs);
    put_report(exchange, one->full, &refs);
    exchange->counts.written++;
    if (exchange->ids_status == ERR_LIMIT)
        return failure_set(
            exchange->reterr, ERR_LIMIT,
            "a bundle holds up to %u observables: ask for less by --since or --state",
            ID_SET_IDS_MAX);
    return exchange->ids_status;
}

static void stix_end(struct exchange *exchange)
{
    char uuid[UUID_TEXT_BYTES], id[ID_BYTES];
    json_close_array(&exchange->writer);
    snprintf(id, sizeof id, "bundle--%s", exchange_uuid_of_all(exchange, "bundle", uuid));
    json_put_member(&exchange->writer, "id", slice_of(id));
    json_close_object(&exchange->writer);
    text_buf_add_char(&exchange->text, '\n');
}

const struct exchange_form STIX_FORM = {stix_begin, stix_one, stix_end, false};
