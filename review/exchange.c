/* exchange.c - the walk that all exchange forms share; see exchange.h. One case at a time: memory
 * does not grow with the queue. */
#include "common/clock.h"
#include "review/exchange_inside.h"
#include "review/export_inside.h"
#include "review/letter.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CASE_ARENA_BYTES (64u << 20)
#define TEXT_BYTES_MAX   (64u << 20)
#define FINDINGS_MAX     40u

/* ---- words and ids ---- */

char *exchange_uuid(const char *what, const char *name, char at[UUID_TEXT_BYTES])
{
    static const uint8_t space[16] = {0x8e, 0x0b, 0x2f, 0x9a, 0x51, 0xc7, 0x5d, 0x1e,
                                      0xa6, 0x34, 0x7b, 0x90, 0x2d, 0x1f, 0x68, 0xc3};
    struct text_buf whole;
    text_buf_init(&whole, 1u << 16);
    text_buf_printf(&whole, "%s\n%.32000s", what, name);
    uuid5(space, text_buf_slice(&whole), at);
    text_buf_release(&whole);
    return at;
}

char *exchange_uuid_of_all(struct exchange *exchange, const char *what, char at[UUID_TEXT_BYTES])
{
    char hex[DIGEST_HEX_BYTES];
    struct digest digest = digest_stream_end(exchange->names);
    return exchange_uuid(what, digest_hex(&digest, hex), at);
}

char *exchange_time(int64_t unix_ms, char at[EXCHANGE_TIME_BYTES])
{
    char second[CLOCK_RFC3339_BYTES];
    clock_rfc3339(unix_ms, second);
    snprintf(at, EXCHANGE_TIME_BYTES, "%.19s.%03dZ", second, (int)(unix_ms % 1000));
    return at;
}

const char *exchange_findings(struct exchange *exchange, const struct case_full *full)
{
    struct text_buf out;
    size_t count = 0;
    const struct finding **list =
        letter_findings(exchange->arena, &full->verdict, FINDINGS_MAX, &count);
    text_buf_init(&out, TEXT_BYTES_MAX);
    for (size_t i = 0; list != NULL && i < count; i++) {
        const char *quote = letter_line(exchange->arena, list[i]->quote);
        text_buf_printf(&out, "%s%.*s", i > 0 ? "\n" : "", (int)list[i]->title.len,
                        list[i]->title.at);
        if (quote != NULL && quote[0] != '\0')
            text_buf_printf(&out, ": \"%s\"", quote);
        text_buf_printf(&out, " [%.*s, %d.%d points]", (int)list[i]->id.len, list[i]->id.at,
                        list[i]->points_tenths / 10, list[i]->points_tenths % 10);
    }
    const char *copy = arena_copy(exchange->arena, text_buf_cstr(&out), out.len);
    text_buf_release(&out);
    return copy != NULL ? copy : "";
}

size_t exchange_pages(struct exchange *exchange, const struct case_full *full,
                      struct citation ret_pages[LETTER_SOURCES_MAX])
{
    return letter_pages(exchange->arena, exchange->desk->citations, &full->verdict, FINDINGS_MAX,
                        ret_pages);
}

const char *exchange_title(struct exchange *exchange, const struct case_full *full)
{
    const char *title = arena_printf(
        exchange->arena, "Recruitment advertisement that matches published indicators: %s",
        task_name(full->verdict.task));
    return title != NULL ? title : "";
}

const char *exchange_site(struct exchange *exchange, const struct exchange_case *one,
                          const struct contact_found *contact)
{
    struct slice site = contact->value;
    if (contact->kind != CONTACT_URL || site.len == 0)
        return NULL;
    if (one->posting != NULL && contact->field >= 0 && contact->field < POSTING_FIELD_COUNT &&
        contact->end_bytes > contact->start_bytes) {
        struct slice written = slice_sub(one->posting->field[contact->field], contact->start_bytes,
                                         (size_t)(contact->end_bytes - contact->start_bytes));
        site = slice_equal_nocase(written, site) ? written : site;
    }
    bool whole = slice_find(site, SLICE("://")) != SIZE_MAX;
    return arena_printf(exchange->arena, "%s%.*s", whole ? "" : "http://", (int)site.len, site.at);
}

/* ---- one case ---- */

struct walk {
    struct exchange exchange;
    const struct export_sink *sink;
    bool of_many; /* one without evidence does not keep the others back */
};

static int flush(struct walk *walk)
{
    struct text_buf *text = &walk->exchange.text;
    int rc = text_buf_status(text);
    if (rc == OK && text->len > 0)
        rc = walk->sink->write(walk->sink->ctx, text->at, text->len);
    if (rc != OK)
        failure_set(walk->exchange.reterr, rc, "the export cannot be written (%s)", err_name(rc));
    text_buf_reset(text);
    return rc;
}

static int read_clear(struct exchange *exchange, const struct case_full *full,
                      struct clear_ad *clear)
{
    const struct exchange_desk *desk = exchange->desk;
    int rc = clear_read(exchange->store, desk->evidence_dir, exchange->arena, full, clear,
                        exchange->reterr);
    return rc == OK ? clear_note(exchange->store, full->row.id, &desk->act, exchange->reterr) : rc;
}

static void put_clear(const struct exchange *exchange, const struct clear_ad *clear,
                      struct exchange_case *one)
{
    one->clear = exchange->desk->unmask ? clear : NULL;
    one->contacts = clear->verdict.contacts;
    one->contacts_count = clear->verdict.contacts_count;
    one->posting = &clear->posting;
}

static int one_case(struct walk *walk, const struct case_row *row)
{
    struct exchange *exchange = &walk->exchange;
    struct case_full full;
    struct clear_ad clear;
    struct exchange_case one = {.full = &full};
    arena_reset(exchange->arena);
    int rc = queue_show(exchange->store, exchange->arena, row->id, exchange->now_unix_ms, &full);
    if (rc != OK)
        return store_failed(exchange->store, rc, exchange->reterr);
    if (exchange->desk->unmask || walk->exchange.form->wants_clear) {
        rc = read_clear(exchange, &full, &clear);
        bool gone = rc == ERR_NOT_FOUND && walk->of_many;
        if (rc != OK && !gone)
            return rc;
        exchange->counts.without_evidence += gone;
        if (!gone)
            put_clear(exchange, &clear, &one);
    }
    exchange->counts.cases++;
    if (full.row.updated_unix_ms > exchange->latest_unix_ms)
        exchange->latest_unix_ms = full.row.updated_unix_ms;
    digest_stream_add(exchange->names, slice_of(full.row.url));
    digest_stream_add(exchange->names, slice_of(full.fingerprint));
    rc = walk->exchange.form->one(exchange, &one);
    return rc == OK ? flush(walk) : rc;
}

static int one_page(void *ctx, const struct case_row *rows, size_t count)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = one_case(ctx, &rows[i]);
    return rc;
}

/* ---- all ---- */

static const struct exchange_form *form_of(enum export_format format)
{
    return format == EXPORT_STIX        ? &STIX_FORM
           : format == EXPORT_MISP      ? &MISP_FORM
           : format == EXPORT_MISP_FLAT ? &MISP_FLAT_FORM
                                        : &XARF_FORM;
}

static int walk_all(struct walk *walk, const struct export_filter *filter)
{
    struct exchange *exchange = &walk->exchange;
    exchange->reterr->code = OK;
    int rc = walk->exchange.form->begin(exchange); /* goes out with the first case, or the end */
    if (rc == OK)
        rc = export_each_page(exchange->store, filter, one_page, walk);
    if (rc != OK && exchange->reterr->code == OK)
        store_failed(exchange->store, rc, exchange->reterr);
    if (rc != OK)
        return rc;
    walk->exchange.form->end(exchange);
    return flush(walk);
}

int export_exchange(struct store *store, enum export_format format,
                    const struct export_filter *filter, const struct exchange_desk *desk,
                    const struct export_sink *sink, struct exchange_counts *ret_counts,
                    struct failure *reterr)
{
    struct walk walk = {.exchange = {.store = store,
                                     .form = form_of(format),
                                     .desk = desk,
                                     .now_unix_ms = filter->now_unix_ms,
                                     .reterr = reterr},
                        .sink = sink,
                        .of_many = filter->case_id == 0};
    struct exchange *exchange = &walk.exchange;
    assert(export_format_is_exchange(format));
    text_buf_init(&exchange->text, TEXT_BYTES_MAX);
    json_writer_init(&exchange->writer, &exchange->text);
    int rc = arena_create(CASE_ARENA_BYTES, &exchange->arena);
    if (rc == OK)
        rc = digest_stream_create(&exchange->names);
    rc = rc == OK ? walk_all(&walk, filter) : failure_set(reterr, rc, "out of memory");
    digest_stream_free(exchange->names);
    id_set_release(&exchange->ids);
    own_sites_free(exchange->own_sites);
    arena_free(exchange->arena);
    text_buf_release(&exchange->text);
    if (rc == OK)
        *ret_counts = exchange->counts;
    return rc;
}
