/* adding_put.c - one ad that was sent in becomes a case with evidence, in one transaction; see adding.h. */
#include "app/adding.h"
#include "app/exit_code.h"
#include "app/queue_print.h"
#include "app/sent_record.h"
#include "common/utf8.h"
#include "storage/picture_rows.h"
#include "storage/posting_rows.h"

#include <inttypes.h>
#include <string.h>

#define METADATA_BYTES_MAX (64u << 20)

void adding_tell(const struct adding *adding, const struct complaint *complaint)
{
    complaint_tell("queue add", adding->common.json && adding->complaints, complaint);
}

void adding_tell_wrong(struct adding *adding, const struct complaint *wrong)
{
    adding_tell(adding, wrong);
    adding->bad = true;
}

void adding_tell_bad(struct adding *adding, const char *kind, const char *where, uint64_t line,
                     const char *why)
{
    adding_tell_wrong(
        adding, &(const struct complaint){.kind = kind, .where = where, .line = line, .why = why});
}

/* The end of the command. kind NULL: by the code. */
int adding_fail(const struct adding *adding, const char *kind, const struct failure *why)
{
    adding_tell(adding,
                &(const struct complaint){.kind = kind, .code = why->code, .why = why->text});
    return exit_code_of(why->code);
}

static int adding_fail_store(const struct adding *adding, int rc)
{
    struct failure why = {.code = OK};
    store_failed(adding->store, rc, &why);
    why.code = rc;
    return adding_fail(adding, NULL, &why);
}

/* ---- one ad into the store ---- */

static int put_inside(struct adding *adding, const struct posting_seen *ad,
                      struct posting_stored *ret_stored)
{
    struct text_buf metadata;
    struct evidence_ref ref = {"", "", ""};
    struct posting_seen seen = *ad;
    char why[QUEUE_NOTE_BYTES_MAX + 1];
    text_buf_init(&metadata, METADATA_BYTES_MAX);
    const struct sent_record record = {.source = adding->source,
                                       .note = adding->note,
                                       .who = command_who(adding->as),
                                       .at_unix_ms = adding->now_unix_ms};
    int rc = sent_record_write(&record, seen.posting, seen.verdict, &seen.fingerprint, &metadata);
    const struct evidence_page page = {.url = seen.posting->attr[POSTING_URL].at,
                                       .fetched_unix_ms = adding->now_unix_ms,
                                       .response_body = adding->raw,
                                       .resource_type = adding->raw_type,
                                       .metadata = text_buf_slice(&metadata)};
    if (rc == OK)
        rc = evidence_append(adding->evidence, &page, &ref);
    text_buf_release(&metadata);
    seen.evidence_id = ref.metadata_id;
    if (rc == OK)
        rc = posting_put(adding->store, &adding->key, &seen, ret_stored);
    struct slice note = utf8_cut(slice_of(adding->note), QUEUE_NOTE_BYTES_MAX - 16);
    snprintf(why, sizeof why, "sent in%s%.*s", note.len > 0 ? ": " : "", (int)note.len, note.at);
    const struct queue_act act = {command_who(adding->as), why, adding->now_unix_ms};
    const struct picture_sent sent = {.source = adding->source,
                                      .record = ref.response_id,
                                      .record_id = ref.metadata_id,
                                      .digest = digest_of(text_buf_slice(&adding->picture)),
                                      .at_unix_ms = adding->now_unix_ms};
    if (rc == OK && adding->has_look)
        rc = look_put(adding->store, &sent.digest, &adding->look);
    if (rc == OK && adding->picture.len > 0)
        rc = picture_put(adding->store, ret_stored->case_id, &sent);
    return rc == OK ? queue_note(adding->store, ret_stored->case_id, &act) : rc;
}

static int tell_case(struct adding *adding, const struct posting_stored *stored)
{
    struct case_row row;
    struct json_writer writer;
    int rc =
        queue_get(adding->store, adding->judging.arena, stored->case_id, adding->now_unix_ms, &row);
    if (rc != OK)
        return adding_fail_store(adding, rc);
    if (adding->common.json) {
        json_writer_init(&writer, &adding->out);
        queue_sent_json(&row, adding->line, &writer);
    } else {
        text_buf_printf(&adding->out, "case %" PRId64 " %s, %s %d: %s", row.id,
                        stored->case_is_new ? "is new" : "was there already", band_name(row.band),
                        verdict_score(row.logit_tenths), row.title);
        if (row.campaign_cases > 1)
            text_buf_printf(&adding->out, " (%u others like it)", row.campaign_cases - 1);
    }
    rc = command_print(&adding->out, adding->common.json);
    if (rc != OK)
        return EXIT_IO;
    if (adding->complaints)
        fflush(
            stdout); /* whoever ends this program knows what is in; command_end() finds what broke */
    return EXIT_DONE;
}

/* An address as a record can hold it: what a browser drops is dropped, other control characters and
 * blanks are written as %07. NULL: no memory. */
static const char *clean_url(struct arena *arena, struct slice url)
{
    struct slice text = slice_trim(url);
    char *clean = arena_alloc(arena, 3 * text.len + 1), *to = clean;
    if (clean == NULL)
        return NULL;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte == '\t' || byte == '\n' || byte == '\r')
            continue;
        if (byte <= ' ' || byte == 0x7F)
            to += snprintf(to, 4, "%%%02X", byte);
        else
            *to++ = (char)byte;
    }
    *to = '\0';
    return clean;
}

/* An ad without an address is named by what it says, under the address that all of a table were seen
 * at: each row is an ad of its own. */
static int name_it(struct adding *adding, struct posting *posting, const struct digest *fingerprint)
{
    char hex[DIGEST_HEX_BYTES];
    struct arena *arena = adding->judging.arena;
    const struct slice own = slice_trim(posting->attr[POSTING_URL]);
    const char *url =
        adding->url != NULL ? clean_url(arena, slice_of(adding->url)) : adding->page_url;
    bool is_row = adding->line > 0 && posting->attr[POSTING_ID].len == 0;
    digest_hex(fingerprint, hex);
    if (own.len > 0)
        url = clean_url(arena, own);
    else if (url == NULL)
        url = arena_printf(arena, "urn:sha256:%s", hex);
    else if (is_row)
        url = arena_printf(arena, "%s#%.16s", url, hex);
    posting->attr[POSTING_URL] = slice_of(url);
    return url != NULL ? OK : ERR_NOMEM;
}

void adding_put(struct adding *adding, const struct posting *given, const struct verdict *verdict)
{
    struct posting posting = *given;
    struct posting_stored stored = {0};
    struct posting_seen seen = {.source = adding->source,
                                .posting = &posting,
                                .verdict = verdict,
                                .fingerprint = posting_fingerprint(given),
                                .sketch = sketch_of(given->field[POSTING_TEXT]),
                                .seen_unix_ms = adding->now_unix_ms,
                                .sent_in = true};
    int rc = name_it(adding, &posting, &seen.fingerprint);
    if (rc == OK)
        rc = store_begin(adding->store);
    if (rc == OK)
        rc = put_inside(adding, &seen, &stored);
    if (rc == OK)
        rc = store_commit(adding->store);
    store_rollback(adding->store);
    adding->code = rc == OK ? tell_case(adding, &stored) : adding_fail_store(adding, rc);
    adding->added += rc == OK ? 1 : 0;
}
