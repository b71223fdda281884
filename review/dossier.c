/* dossier.c - gathers a case and packs it; see dossier.h.
 *
 *     case, records -> excerpt and its chain -> letter and texts -> digests of all -> zip
 *
 * The members of the excerpt are copied, never written anew: so the digests that the store and the
 * records themselves hold stay true. Only a warcinfo record is made, named after the case's record. */
#include "review/dossier.h"
#include "common/clock.h"
#include "common/uuid5.h"
#include "review/dossier_inside.h"
#include "storage/evidence_copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ARENA_BYTES_MAX (256u << 20)

char *dossier_name(int64_t case_id, char at[40])
{
    snprintf(at, 40, "lurewatch-case-%" PRId64 ".zip", case_id);
    return at;
}

struct digest dossier_chain(const struct digest *before, const struct digest *member)
{
    char both[2 * DIGEST_BYTES];
    memcpy(both, before->bytes, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, member->bytes, DIGEST_BYTES);
    return digest_of(slice_make(both, sizeof both));
}

/* ---- the excerpt ---- */

static void excerpt_note(struct dossier *dossier, struct excerpt_record record)
{
    const struct digest zero = {{0}};
    size_t count = dossier->records_count;
    record.chain =
        dossier_chain(count > 0 ? &dossier->records[count - 1].chain : &zero, &record.member);
    dossier->records[dossier->records_count++] = record;
}

static int excerpt_begin(struct dossier *dossier, struct text_buf *out)
{
    static const uint8_t space[16] = {0x3c, 0x1f, 0x54, 0x0e, 0x2b, 0x6d, 0x5a, 0x41,
                                      0x9d, 0x77, 0x0c, 0x4a, 0x5e, 0x10, 0xb2, 0x66};
    char uuid[UUID_TEXT_BYTES];
    struct warc_written written;
    const char *id = arena_printf(dossier->arena, "urn:uuid:%s",
                                  uuid5(space, slice_of(dossier->full.row.evidence_id), uuid));
    const char *text =
        arena_printf(dossier->arena, "software: lurewatch " LUREWATCH_VERSION "\r\n"
                                     "format: WARC File Format 1.1\r\n"
                                     "description: excerpt of one case; its other records are "
                                     "copies, byte for byte\r\n");
    if (id == NULL || text == NULL)
        return failure_set(dossier->reterr, ERR_NOMEM, "out of memory");
    const struct warc_record record = {.type = WARC_WARCINFO,
                                       .id = id,
                                       .date_unix_ms = dossier->captured_unix_ms,
                                       .content_type = "application/warc-fields",
                                       .filename = "excerpt.warc.gz",
                                       .block = {slice_of(text), SLICE_EMPTY}};
    int rc = warc_write(out, &record, &written);
    if (rc != OK)
        return failure_set(dossier->reterr, rc, "the excerpt cannot be begun");
    excerpt_note(dossier, (struct excerpt_record){.id = id,
                                                  .type = "warcinfo",
                                                  .url = "",
                                                  .at_unix_ms = dossier->captured_unix_ms,
                                                  .length_bytes = (int64_t)written.bytes,
                                                  .block = written.block,
                                                  .member = written.member,
                                                  .from_file = ""});
    return OK;
}

/* The records of one page or picture. */
static int excerpt_copy(struct dossier *dossier, const struct evidence_record *records,
                        size_t count, struct text_buf *out)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < count; i++) {
        const struct evidence_record *record = &records[i];
        int64_t offset = (int64_t)out->len;
        rc = evidence_copy(dossier->about->evidence_dir, record, out, dossier->reterr);
        if (rc == OK)
            excerpt_note(dossier,
                         (struct excerpt_record){.id = record->id,
                                                 .type = record->type,
                                                 .url = record->url,
                                                 .at_unix_ms = record->at_unix_ms,
                                                 .offset_bytes = offset,
                                                 .length_bytes = record->place.length_bytes,
                                                 .block = record->place.block,
                                                 .member = record->place.member,
                                                 .from_file = record->place.file,
                                                 .from_offset_bytes = record->place.offset_bytes});
    }
    return rc;
}

static int excerpt_pictures(struct dossier *dossier, struct text_buf *out)
{
    struct evidence_record records[EVIDENCE_GROUP_MAX];
    const struct case_full *full = &dossier->full;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < full->pictures_count && i < PICTURES_CASE_MAX; i++) {
        const struct picture_row *picture = &full->pictures[i];
        size_t count = 0;
        if (picture->record_id[0] == '\0' || picture->purged ||
            strcmp(picture->record_id, full->row.evidence_id) == 0) /* sent in: it is there */
            continue;
        rc = evidence_records(dossier->store, dossier->arena, picture->record_id, records, &count);
        rc = rc == OK ? excerpt_copy(dossier, records, count, out)
                      : store_failed(dossier->store, rc, dossier->reterr);
    }
    return rc;
}

static int excerpt_write(struct dossier *dossier, struct text_buf *out)
{
    struct evidence_record records[EVIDENCE_GROUP_MAX];
    size_t count = 0;
    const struct case_row *row = &dossier->full.row;
    if (row->evidence_id[0] == '\0')
        return failure_set(dossier->reterr, ERR_NOT_FOUND, "case %" PRId64 " has no evidence",
                           row->id);
    int rc = evidence_records(dossier->store, dossier->arena, row->evidence_id, records, &count);
    if (rc != OK)
        return store_failed(dossier->store, rc, dossier->reterr);
    dossier->captured_unix_ms = records[0].at_unix_ms;
    rc = excerpt_begin(dossier, out);
    if (rc == OK)
        rc = excerpt_copy(dossier, records, count, out);
    return rc == OK ? excerpt_pictures(dossier, out) : rc;
}

/* ---- the files ---- */

struct packing {
    struct packed_file files[ZIP_FILES_MAX];
    size_t count;
};

/* Takes what stands in text, which is emptied. */
static int pack(struct dossier *dossier, struct packing *packing, const char *name,
                struct text_buf *text)
{
    int rc = text_buf_status(text);
    const char *copy = rc == OK ? arena_copy(dossier->arena, text_buf_cstr(text), text->len) : NULL;
    if (copy == NULL)
        return failure_set(dossier->reterr, rc != OK ? rc : ERR_LIMIT,
                           "%s: too large for a dossier", name);
    packing->files[packing->count++] = (struct packed_file){name, slice_make(copy, text->len)};
    text_buf_reset(text);
    return OK;
}

static int pack_letter(struct dossier *dossier, struct packing *packing, struct text_buf *text)
{
    char name[40];
    const struct dossier_about *about = dossier->about;
    struct letter letter;
    const struct case_row *row = &dossier->full.row;
    size_t findings = 0;
    if (about->recipient == NULL || row->state == CASE_DISMISSED)
        return OK;
    if (letter_findings(dossier->arena, &dossier->full.verdict, 1, &findings) == NULL)
        return failure_set(dossier->reterr, ERR_NOMEM, "out of memory");
    if (findings == 0) /* nothing to ask for: what there is speaks for itself */
        return OK;
    const struct letter_about what = {
        .full = &dossier->full,
        .recipient = about->recipient,
        .kind = about->recipient->kind,
        .request = about->request,
        .reviewer = letter_reviewers(dossier->arena, &dossier->full, about->approved_by),
        .capture = dossier_name(about->case_id, name),
        .picture = about->picture.png.len > 0 ? DOSSIER_PICTURE : "",
        .date_unix_ms = dossier->full.row.decided_unix_ms != 0 ? dossier->full.row.decided_unix_ms
                                                               : dossier->full.row.updated_unix_ms,
        .captured_unix_ms = dossier->captured_unix_ms};
    int rc = letter_write(dossier->arena, about->desk, &what, &letter, dossier->reterr);
    if (rc != OK)
        return rc;
    dossier->has_letter = true;
    text_buf_printf(text, "Subject: %s\n\n", letter.subject);
    text_buf_add_str(text, letter.body);
    return pack(dossier, packing, "letter.txt", text);
}

/* The stamp that covers the last of the records, with what it takes to prove it. */
static int pack_stamp(struct dossier *dossier, struct packing *packing, struct text_buf *text)
{
    char hex[DIGEST_HEX_BYTES];
    struct evidence_stamp stamp;
    const char *last = dossier->records[dossier->records_count - 1].id;
    int rc = evidence_stamp_of(dossier->store, dossier->arena, last, &stamp);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        return store_failed(dossier->store, rc, dossier->reterr);
    for (size_t i = 0; i < stamp.members_count; i++)
        text_buf_printf(text, "%s\n", digest_hex(&stamp.members[i], hex));
    rc = pack(dossier, packing, DOSSIER_STAMPED, text);
    if (rc == OK)
        packing->files[packing->count++] = (struct packed_file){DOSSIER_STAMP, stamp.token};
    dossier->has_stamp = rc == OK;
    return rc;
}

static int pack_words(struct dossier *dossier, struct packing *packing, struct text_buf *text)
{
    static const struct {
        const char *name;
        void (*write)(const struct dossier *dossier, struct text_buf *out);
    } words[] = {{"README.txt", dossier_readme},     {"ad.txt", dossier_ad},
                 {"findings.txt", dossier_findings}, {"history.txt", dossier_history},
                 {"case.json", dossier_case_json},   {DOSSIER_MANIFEST, dossier_manifest}};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof words / sizeof words[0]; i++) {
        words[i].write(dossier, text);
        rc = pack(dossier, packing, words[i].name, text);
    }
    if (rc == OK && dossier->about->picture.png.len > 0)
        packing->files[packing->count++] =
            (struct packed_file){DOSSIER_PICTURE, dossier->about->picture.png};
    return rc;
}

static int pack_sums(struct dossier *dossier, struct packing *packing, struct text_buf *text)
{
    char hex[DIGEST_HEX_BYTES];
    for (size_t i = 0; i < packing->count; i++) {
        struct digest digest = digest_of(packing->files[i].bytes);
        text_buf_printf(text, "%s  %s\n", digest_hex(&digest, hex), packing->files[i].name);
    }
    return pack(dossier, packing, DOSSIER_SUMS, text);
}

static int pack_all(struct dossier *dossier, struct text_buf *out)
{
    struct packing packing = {.count = 0};
    struct text_buf text;
    text_buf_init(&text, DOSSIER_BYTES_MAX);
    int rc = excerpt_write(dossier, &text);
    if (rc == OK)
        rc = pack(dossier, &packing, DOSSIER_EXCERPT, &text);
    if (rc == OK && dossier->about->unmask)
        rc = clear_read(dossier->store, dossier->about->evidence_dir, dossier->arena,
                        &dossier->full, &dossier->clear, dossier->reterr);
    if (rc == OK)
        rc = letter_task_words(dossier->arena, dossier->about->desk, dossier_language(dossier),
                               dossier->full.verdict.task, &dossier->task_words, dossier->reterr);
    if (rc == OK)
        rc = pack_letter(dossier, &packing, &text);
    if (rc == OK)
        rc = pack_stamp(dossier, &packing, &text);
    if (rc == OK)
        rc = pack_words(dossier, &packing, &text);
    if (rc == OK)
        rc = pack_sums(dossier, &packing, &text);
    if (rc == OK)
        rc = zip_write(out, packing.files, packing.count, dossier->captured_unix_ms,
                       dossier->reterr);
    text_buf_release(&text);
    return rc;
}

int dossier_write(struct store *store, const struct dossier_about *about, struct text_buf *out,
                  struct failure *reterr)
{
    struct dossier dossier = {.store = store, .about = about, .reterr = reterr};
    size_t before = out->len;
    int rc = arena_create(ARENA_BYTES_MAX, &dossier.arena);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    rc = queue_show(store, dossier.arena, about->case_id, about->now_unix_ms, &dossier.full);
    if (rc == ERR_NOT_FOUND)
        failure_set(reterr, rc, "there is no case %" PRId64, about->case_id);
    else if (rc != OK)
        store_failed(store, rc, reterr);
    else if (about->desk->patterns != NULL)
        rc = reasons_load(about->desk->patterns, NULL, NULL, &dossier.reasons, reterr);
    if (rc == OK)
        rc = pack_all(&dossier, out);
    reasons_free(dossier.reasons);
    arena_free(dossier.arena);
    if (rc != OK)
        text_buf_truncate(out, before);
    return rc;
}
