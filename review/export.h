/* review/export.h - cases as files that other desks read: CSV and JSON lines.
 *
 * CSV: UTF-8 with a byte order mark, RFC 4180 (CRLF, quotes doubled), safe in spreadsheets: a cell
 * whose first mark is = + - @ (full-width too), or that begins with a tab or line end, gets an
 * apostrophe in front. Contacts are masked, those in notes of people, too.
 * Nothing here calls anybody a trafficker: the columns say what an ad shows.
 *
 * Columns of the CSV and members of the JSON lines, in this order; names are added to, never
 * renamed:
 *   case_id state band score probability task indicator_level language title employer place pay
 *   usd_month_min usd_month_max strongest_words indicators source url source_id first_seen
 *   last_seen decided_by decided_at note evidence_file evidence_record evidence_sha256 bank rules
 *   sources contacts
 * rules: what gave the indicators, in their order; sources: who published what they rest on, so that a
 * row stands alone; contacts: kind and last characters of each, or in clear where that was asked for
 * (all other columns stay masked).
 * Times are RFC 3339 in UTC, "" (CSV) or absent (JSON) when unknown; so are amounts, in whole US
 * dollars. In JSON indicators, rules, sources and contacts are arrays, the numbers are numbers. */
#ifndef LUREWATCH_EXPORT_H
#define LUREWATCH_EXPORT_H

#include "review/citations.h"
#include "storage/queue.h"

#include <stdio.h>

struct export_filter {
    unsigned states;       /* bits 1u << enum case_state; 0: all */
    int64_t since_unix_ms; /* updated at or after; 0: all */
    int64_t case_id;       /* 0: all */
    int64_t now_unix_ms;
};

/* Rows of cases, which export_cases() writes; forms that desks exchange (exchange.h); and what one
 * case becomes for one recipient (letter.h, dossier.h). */
enum export_format {
    EXPORT_CSV,
    EXPORT_JSONL,
    EXPORT_STIX,
    EXPORT_MISP,
    EXPORT_MISP_FLAT,
    EXPORT_XARF,
    EXPORT_LETTER,
    EXPORT_DOSSIER,
    EXPORT_FORMAT_COUNT
};
const char *export_format_name(enum export_format format);
bool export_format_from_name(struct slice name, enum export_format *ret_format);
bool export_format_is_exchange(enum export_format format);
bool export_format_is_of_one_case(enum export_format format);

/* Takes len bytes; returns an enum err, which ends the export. */
typedef int export_sink_fn(void *ctx, const char *bytes, size_t len);
struct export_sink {
    export_sink_fn *write;
    void *ctx;
};
/* Sinks that are there already. A FILE is flushed at the end. */
struct export_sink export_to_file(FILE *file); /* borrowed */
struct export_sink export_to_buf(struct text_buf *buf);

/* What rows hold besides the store's. */
struct export_more {
    const struct citations *citations; /* NULL: the sources are not known */
    const char *evidence_dir;          /* contacts in clear from there; NULL: masked */
    struct queue_act act;              /* in clear: each case gets a "read" row of it first */
    uint64_t
        without_evidence; /* counted: of many, cases whose contacts could not be read any more */
};
/* Writes the cases the filter lets through, logit falling; *ret_count (NULL is allowed): how many.
 * Errors: ERR_NOT_FOUND (the case asked for is not there; in clear, its evidence), the sink's, those of
 * store.h; each with its sentence but the sink's. */
MUST_USE int export_cases(struct store *store, enum export_format format,
                          const struct export_filter *filter, struct export_more *more,
                          const struct export_sink *sink, uint64_t *ret_count,
                          struct failure *reterr);
/* Adds "export" to the history of the same cases; act->why says where they went. One transaction.
 * Errors: those of store.h. */
MUST_USE int export_note(struct store *store, const struct export_filter *filter,
                         const struct queue_act *act);

/* Appends one cell as the CSV has it, quoted where needed, never a formula. For other tables of ours. */
void export_csv_cell(struct text_buf *out, struct slice text);

#endif
