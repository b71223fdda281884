/* storage/judged_rows.h - stored ads as the analyst's bench reads them: verdict, decision, text.
 *
 * One row an ad: the version its case shows, else its newest. Decisions are those of cases and of
 * the random audit of unflagged ads. Text is what retention left, contacts masked. Errors: those of
 * store.h. */
#ifndef LUREWATCH_JUDGED_ROWS_H
#define LUREWATCH_JUDGED_ROWS_H

#include "common/verdict.h"
#include "storage/store.h"

enum judged_as { JUDGED_NOT, JUDGED_LURE, JUDGED_ORDINARY }; /* unsure is not judged */

struct judged_row {                        /* text lives in the arena given */
    int64_t version_id, case_id, campaign; /* case_id 0: none */
    enum judged_as judged;
    enum band band;
    int32_t logit_tenths;
    int64_t first_seen_unix_ms;
    const char *url, *language;
    const char *rules; /* every finding as ["id",points in tenths], JSON */
    bool has_text;
    struct slice field[POSTING_FIELD_COUNT];
};

struct judged_query {
    bool with_text;   /* only rows whose text is kept, and that text; else none is read */
    bool only_judged; /* only JUDGED_LURE and JUDGED_ORDINARY */
    int64_t since_unix_ms;
    int64_t after_version_id; /* to go on: the last row's; 0: begin */
    uint32_t limit;           /* 1-500 */
};

/* By version_id. A page shorter than limit is the last. */
MUST_USE int judged_list(struct store *store, struct arena *arena, const struct judged_query *query,
                         struct judged_row **ret_rows, size_t *ret_count);

#endif
