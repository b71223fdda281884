/* xarf.c - XARF 4 reports about sites of recruiters' own; see exchange.h. The reports go to hosts and
 * registrars, who read them by program: one object a line. */
#include "common/utf8.h"
#include "review/exchange_inside.h"
#include "review/letter.h"
#include "review/mail.h"
#include "review/recipients.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int xarf_begin(struct exchange *exchange)
{
    const char *contact = exchange->desk->contact;
    if (contact != NULL && mail_address_is_sound(contact))
        return own_sites_load(exchange->desk->letters, &exchange->own_sites, exchange->reterr);
    return failure_set(exchange->reterr, ERR_SYNTAX,
                       "XARF wants a mail address to answer to: set 'contact' in lurewatch.yml to "
                       "one (it is '%s')",
                       contact != NULL ? contact : "");
}

static void put_desk(struct exchange *exchange, const char *key)
{
    const struct exchange_desk *desk = exchange->desk;
    struct json_writer *writer = &exchange->writer;
    const char *at = strchr(desk->contact, '@');
    bool named = desk->operator_name != NULL && desk->operator_name[0] != '\0';
    json_key(writer, key);
    json_open_object(writer);
    json_put_member(writer, "org", utf8_cut(slice_of(named ? desk->operator_name : at + 1), 200));
    json_put_member(writer, "contact", slice_of(desk->contact));
    json_put_member(writer, "domain", slice_of(at + 1));
    json_close_object(writer);
}

/* Findings, then who published what they rest on. */
static const char *evidence_text(struct exchange *exchange, const struct case_full *full)
{
    struct citation pages[LETTER_SOURCES_MAX];
    struct text_buf out;
    size_t count = exchange_pages(exchange, full, pages);
    text_buf_init(&out, 8u << 20);
    text_buf_add_str(&out, exchange_findings(exchange, full));
    for (size_t i = 0; i < count; i++) {
        text_buf_add_str(&out, i == 0 ? "\n\nPublished sources of these indicators:\n- " : "\n- ");
        citation_print(&pages[i], SLICE_EMPTY, &out);
    }
    const char *copy = arena_copy(exchange->arena, text_buf_cstr(&out), out.len);
    text_buf_release(&out);
    return copy != NULL ? copy : "";
}

static void put_evidence(struct exchange *exchange, const struct case_full *full)
{
    char hex[DIGEST_HEX_BYTES];
    struct text_buf base64;
    struct json_writer *writer = &exchange->writer;
    struct slice findings = slice_of(evidence_text(exchange, full));
    struct digest digest = digest_of(findings);
    const char *hash = arena_printf(exchange->arena, "sha256:%s", digest_hex(&digest, hex));
    text_buf_init(&base64, 8u << 20);
    mail_add_base64(&base64, findings, 0);
    json_key(writer, "evidence");
    json_open_array(writer);
    json_open_object(writer);
    json_put_member(writer, "content_type", SLICE("text/plain"));
    json_put_member(writer, "description",
                    SLICE("Indicators the advertisement matches, in its own words; contacts "
                          "masked. The page itself is kept and available on request."));
    json_put_member(writer, "payload", text_buf_slice(&base64));
    json_put_member(writer, "hash", slice_of(hash));
    json_put_member_int(writer, "size", (int64_t)findings.len);
    json_close_object(writer);
    json_close_array(writer);
    text_buf_release(&base64);
}

static void put_tags(struct json_writer *writer, const struct case_full *full)
{
    char level[32];
    const char *task = task_name(full->verdict.task);
    char tag[64];
    snprintf(tag, sizeof tag, "lure:%s", task);
    snprintf(level, sizeof level, "indicator-level:b%d", full->verdict.indicator_level);
    json_key(writer, "tags");
    json_open_array(writer);
    json_put_cstr(writer, "fraud:employment");
    json_put_cstr(writer, tag);
    json_put_cstr(writer, level);
    json_close_array(writer);
}

/* The standard asks for the shape of version 4; ours names the case, so that it is the same report
 * however often it is exported. */
static void put_id(struct exchange *exchange, const char *url, const char *site)
{
    char uuid[UUID_TEXT_BYTES];
    const char *name = arena_printf(exchange->arena, "%s\n%s", url, site);
    exchange_uuid("xarf", name != NULL ? name : url, uuid);
    uuid[14] = '4';
    json_put_member(&exchange->writer, "report_id", slice_of(uuid));
}

/* The host of site as names of hosts are compared. */
static struct slice host_of(struct exchange *exchange, const char *site)
{
    struct slice host = url_host_of(slice_of(site));
    char *copy = arena_copy(exchange->arena, host.at, host.len);
    for (size_t i = 0; copy != NULL && i < host.len; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return copy != NULL ? slice_make(copy, host.len) : SLICE_EMPTY;
}

static void put_site(struct exchange *exchange, const char *site)
{
    struct json_writer *writer = &exchange->writer;
    struct slice host = host_of(exchange, site);
    json_put_member(writer, "source_identifier", host);
    json_put_member(writer, "url", slice_of(site));
    if (host_is_domain(host))
        json_put_member(writer, "domain", host);
}

static void put_report(struct exchange *exchange, const struct case_full *full, const char *site)
{
    char at[EXCHANGE_TIME_BYTES];
    struct json_writer *writer = &exchange->writer;
    const struct case_row *row = &full->row;
    bool confirmed = row->state == CASE_CONFIRMED;
    int64_t verified = confirmed ? row->decided_unix_ms : row->last_seen_unix_ms;
    json_writer_init(writer, &exchange->text);
    json_open_object(writer);
    json_put_member(writer, "xarf_version", SLICE("4.2.0"));
    put_id(exchange, row->url, site);
    json_put_member(writer, "timestamp", slice_of(exchange_time(row->first_seen_unix_ms, at)));
    put_desk(exchange, "reporter");
    put_desk(exchange, "sender");
    put_site(exchange, site);
    json_put_member(writer, "category", SLICE("content"));
    json_put_member(writer, "type", SLICE("fraud"));
    json_put_member(writer, "fraud_type", SLICE("employment"));
    json_put_member(writer, "evidence_source",
                    slice_of(confirmed ? "researcher_analysis" : "crawler"));
    json_put_member(writer, "verified_at", slice_of(exchange_time(verified, at)));
    json_put_member(writer, "verification_method",
                    slice_of(confirmed ? "manual" : "automated_crawler"));
    json_key(writer, "confidence");
    json_put_decimal(writer, verdict_probability_millionths(row->logit_tenths), 6);
    json_put_member(writer, "description", slice_of(exchange_title(exchange, full)));
    put_evidence(exchange, full);
    put_tags(writer, full);
    json_close_object(writer);
    text_buf_add_char(&exchange->text, '\n');
    exchange->counts.written++;
}

static bool is_told(struct exchange *exchange, const struct exchange_case *one, size_t index,
                    const char *site)
{
    for (size_t i = 0; i < index; i++) {
        const char *earlier = exchange_site(exchange, one, &one->contacts[i]);
        if (earlier != NULL && strcmp(earlier, site) == 0)
            return true;
    }
    return false;
}

static bool is_own(struct exchange *exchange, const char *site, struct slice board)
{
    struct slice host = host_of(exchange, site);
    return exchange->desk->host_refusal(host) == NULL &&
           own_sites_has(exchange->own_sites, host, board);
}

static int xarf_one(struct exchange *exchange, const struct exchange_case *one)
{
    uint64_t before = exchange->counts.written;
    const char *url = one->full->row.url;
    struct slice board = host_of(exchange, url);
    if (exchange->desk->own_sites)
        put_report(exchange, one->full, url);
    for (size_t i = 0; i < one->contacts_count; i++) {
        const char *site = exchange_site(exchange, one, &one->contacts[i]);
        if (site != NULL && !is_told(exchange, one, i, site) && is_own(exchange, site, board))
            put_report(exchange, one->full, site);
    }
    exchange->counts.without_site += exchange->counts.written == before;
    return OK;
}

static void xarf_end(struct exchange *exchange)
{
    (void)exchange;
}

const struct exchange_form XARF_FORM = {xarf_begin, xarf_one, xarf_end, true};
