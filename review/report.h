/* review/report.h - what was seen, flagged, confirmed and removed, for the awareness team and its
 * public. Counts alone: no ad's text, no contact, no person, no employer.
 *
 *   seen       ads by the day they were first seen
 *   flagged    of those, how many matched indicators (bands review and urgent)
 *   confirmed  of those, what people confirmed; dismissed likewise
 *   removed    of the confirmed, seen gone after somebody was asked (recheck)
 *   pay        promised a month, middle of the offer, and its ratio to the wage norm where the ad was
 *              placed: half are below the median, a quarter below and above the quartiles
 * Shares and quartiles stand with 95% intervals: they are estimates of what holds beyond these
 * counts. Of shares it is Wilson's. Of quartiles it goes from one ad to another in the order of
 * their pay, so many ads apart as the binomial distribution says (each end misses by 2.5% at most;
 * from 1,000 ads on by its normal approximation): it asks for no shape of the pay, and there is none
 * below 6 ads for a median, 13 for the others. Both take ads as independent; those of one campaign are not. */
#ifndef LUREWATCH_REPORT_H
#define LUREWATCH_REPORT_H

#include "review/export.h"
#include "review/messages.h"
#include "review/removal.h"
#include "storage/report_rows.h"

enum report_by {
    REPORT_MONTH,
    REPORT_BOARD,
    REPORT_PLACE,
    REPORT_TASK,
    REPORT_LANGUAGE,
    REPORT_BY_COUNT
};
const char *report_by_name(enum report_by by);

struct report_group { /* name is in the arena */
    const char *name;
    uint64_t seen, flagged, confirmed, dismissed, removed;
};
struct report_table {
    struct report_group *list; /* months in order, others by flagged, falling */
    size_t count, capacity;
    size_t last; /* the one asked for last */
};
/* A share with its 95% interval, in thousandths; of 0: nothing is known. */
struct report_share {
    uint64_t part, of;
    int low, middle, high;
};
#define REPORT_QUARTERS 3u
/* A quartile with its 95% interval; too few ads for one: not bounded. */
struct report_quarter {
    int64_t value, low, high;
    bool bounded;
};
struct report_pay { /* of a task, "all" first; in whole US dollars, ratios in hundredths */
    const char *task;
    uint64_t ads, with_norm;
    struct report_quarter usd[REPORT_QUARTERS], ratio[REPORT_QUARTERS];
};
struct report {
    struct report_span span;
    int64_t made_unix_ms;
    struct report_group total;
    struct report_table by[REPORT_BY_COUNT];
    struct report_share precision; /* confirmed of confirmed and dismissed */
    struct report_share removal;   /* removed of those somebody was asked about */
    struct report_share missed;    /* lures of the unflagged ads looked at by chance */
    uint64_t unflagged;
    struct report_pay *pay;
    size_t pay_count;
    struct removal *removals;
    size_t removals_count;
};

/* A day that span touches counts whole; ret_report->span says which. Everything is in arena. Errors:
 * those of report_rows.h. */
MUST_USE int report_make(struct store *store, struct arena *arena, const struct report_span *span,
                         int64_t now_unix_ms, struct report *ret_report);

enum report_format { REPORT_TEXT, REPORT_HTML, REPORT_CSV, REPORT_FORMAT_COUNT };
bool report_format_from_name(struct slice name, enum report_format *ret_format);
/* Each appends the whole report; out's status tells of limits. The HTML needs no other file. The CSV
 * holds all of their tables in one, the same in every language (report_csv.c). */
void report_text(const struct report *report, const struct messages *messages,
                 struct text_buf *out);
void report_html(const struct report *report, const struct messages *messages,
                 struct text_buf *out);
void report_csv(const struct report *report, struct text_buf *out);

/* Wilson's interval of part in of. */
struct report_share report_share_of(uint64_t part, uint64_t of);

/* The 95% interval of the quartile (1-3) of `ads` ads in the order of their value: from the
 * *ret_low-th to the *ret_high-th of them, counted from 1. false: they are too few. */
bool report_quarter_ranks(uint64_t ads, unsigned quarter, uint64_t *ret_low, uint64_t *ret_high);

#endif
