/* app/sent_table.h - a table that somebody sent in, row by row: each an ad and the bytes it came in. */
#ifndef LUREWATCH_SENT_TABLE_H
#define LUREWATCH_SENT_TABLE_H

#include "app/complaint.h"
#include "app/csv.h"
#include "app/sent_text.h"
#include "common/posting.h"

struct sent_table { /* over bytes and an arena that outlive it */
    struct csv csv;
    struct csv_row heads, row;
    struct sent_text sent;
    struct slice text; /* all of it, in UTF-8 */
    const char *from;  /* in text, where the next row's bytes begin */
    struct slice raw;  /* of the row at hand, as it came */
    struct slice raw_rest;
};

/* Reads the first line. False: it is no text, or names no column of an ad; *ret_wrong says so. */
bool sent_table_begin(struct sent_table *table, struct arena *arena, struct slice bytes,
                      struct complaint *ret_wrong);
/* The next row; its ad is made by sent_table_ad(). False at the end, where ret_wrong->kind says why
 * nothing is read on from that line; NULL: all was read. */
bool sent_table_next(struct sent_table *table, struct complaint *ret_wrong);
/* What the row says; lives in the table's text and in arena. Errors: ERR_NOMEM, ERR_LIMIT. */
MUST_USE int sent_table_ad(const struct sent_table *table, struct arena *arena,
                           struct posting *ret_posting);

/* Has the row words behind its last column? Then a cell was cut in pieces, and all behind it stand in the
 * wrong columns. */
bool sent_table_spills(const struct sent_table *table);

/* The rows behind that line under the first line (and what names its separator), to be sent again, in UTF-8 and in arena; *ret_line:
 * where the first of them begins, 0: there are none. Errors: ERR_NOMEM, ERR_SYNTAX (no table). */
MUST_USE int sent_table_rest(struct arena *arena, struct slice bytes, uint64_t after_line,
                             uint64_t *ret_line, struct slice *ret_rest);

#endif
