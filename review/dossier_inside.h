/* review/dossier_inside.h - what dossier.c, dossier_text.c and dossier_check.c share. */
#ifndef LUREWATCH_DOSSIER_INSIDE_H
#define LUREWATCH_DOSSIER_INSIDE_H

#include "common/clock.h"
#include "review/citations.h"
#include "review/clear.h"
#include "review/dossier.h"
#include "review/reasons.h"
#include "storage/evidence_copy.h"
#include "storage/picture_rows.h"

#define DOSSIER_FORMAT   "lurewatch-dossier-1"
#define DOSSIER_EXCERPT  "evidence/excerpt.warc.gz"
#define DOSSIER_MANIFEST "evidence/manifest.json"
#define DOSSIER_SUMS     "SHA256SUMS"
#define DOSSIER_STAMP    "evidence/stamp.tsr"
#define DOSSIER_STAMPED  "evidence/stamp.txt"

struct excerpt_record {
    const char *id, *type, *url;
    int64_t at_unix_ms, offset_bytes, length_bytes;
    struct digest block, member, chain;
    const char *from_file; /* "": made for the excerpt */
    int64_t from_offset_bytes;
};
#define EXCERPT_RECORDS_MAX (EVIDENCE_GROUP_MAX * (1 + PICTURES_CASE_MAX) + 1)

struct dossier {
    struct store *store;
    const struct dossier_about *about;
    struct arena *arena;
    struct case_full full;
    struct excerpt_record records[EXCERPT_RECORDS_MAX];
    size_t records_count;
    int64_t captured_unix_ms;
    struct clear_ad clear;   /* only when unmasking */
    struct reasons *reasons; /* NULL: titles as the bank has them */
    const char *task_words;  /* in the letter's language */
    bool has_letter, has_stamp;
    struct failure *reterr;
};

/* chain = SHA-256(chain before, member digest); the first chain before is 32 zero bytes. */
struct digest dossier_chain(const struct digest *before, const struct digest *member);

const char *dossier_language(const struct dossier *dossier); /* of the letter, else "en" */
bool dossier_is_indonesian(const struct dossier *dossier);
const char *dossier_time(int64_t unix_ms, char at[CLOCK_RFC3339_BYTES]); /* "-" for 0 */
/* "name: value" on a line; nothing where value is empty. */
void dossier_line(const struct dossier *dossier, struct text_buf *out, const char *name,
                  struct slice value);
/* Each appends one file of the dossier to out. */
void dossier_ad(const struct dossier *dossier, struct text_buf *out);
void dossier_findings(const struct dossier *dossier, struct text_buf *out);
void dossier_history(const struct dossier *dossier, struct text_buf *out);
void dossier_case_json(const struct dossier *dossier, struct text_buf *out);
void dossier_manifest(const struct dossier *dossier, struct text_buf *out);
void dossier_readme(const struct dossier *dossier, struct text_buf *out);

#endif
