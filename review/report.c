/* report.c - the sums of report_rows.h as tables and quartiles; see report.h. Groups are few (months,
 * boards, places), so they are found by looking through them. */
#include "review/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX      2000u
#define RANKS_EXACT_MAX 1000u

const char *report_by_name(enum report_by by)
{
    static const char *const names[REPORT_BY_COUNT] = {"month", "board", "place", "task",
                                                       "language"};
    return names[by];
}

bool report_format_from_name(struct slice name, enum report_format *ret_format)
{
    static const char *const names[REPORT_FORMAT_COUNT] = {"text", "html", "csv"};
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++)
        if (slice_is(name, names[i])) {
            *ret_format = (enum report_format)i;
            return true;
        }
    return false;
}

struct report_share report_share_of(uint64_t part, uint64_t of)
{
    struct report_share share = {.part = part, .of = of};
    if (of == 0)
        return share;
    const double z = 1.959964, n = (double)of, p = (double)part / n, zz = z * z;
    double centre = (p + zz / (2 * n)) / (1 + zz / n);
    double half = z * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n);
    share.middle = (int)lround(1000 * p);
    share.low = (int)lround(1000 * fmax(0, centre - half));
    share.high = (int)lround(1000 * fmin(1, centre + half));
    return share;
}

/* So many of n draws, each below with probability p, may lie below that fewer come in 2.5% of all cases
 * at most; 0: there is no such number. */
static uint64_t rank_below(uint64_t n, double p)
{
    double log_of_one = (double)n * log1p(-p), below = exp(log_of_one);
    uint64_t rank = 0;
    if (n >= RANKS_EXACT_MAX) {
        double at = (double)n * p - 1.959964 * sqrt((double)n * p * (1 - p));
        return (uint64_t)floor(at);
    }
    while (rank < n && below <= 0.025) {
        log_of_one += log((double)(n - rank) / (double)(rank + 1)) + log(p / (1 - p));
        below += exp(log_of_one);
        rank++;
    }
    return rank;
}

bool report_quarter_ranks(uint64_t ads, unsigned quarter, uint64_t *ret_low, uint64_t *ret_high)
{
    uint64_t low = rank_below(ads, quarter / 4.0), above = rank_below(ads, 1 - quarter / 4.0);
    if (low == 0 || above == 0)
        return false;
    *ret_low = low;
    *ret_high = ads + 1 - above;
    return true;
}

/* ---- groups ---- */

/* Values with how many ads have each, by task; rising. */
struct pays {
    struct pay_value {
        int64_t value;
        uint64_t ads;
    } * list;
    size_t count, room;
    uint64_t ads;
};

struct making {
    struct arena *arena;
    struct report *report;
    struct pays pays[2][TASK_COUNT + 1]; /* by enum tally_pay; the last: of all tasks */
};

static struct report_group *group_of(struct making *making, enum report_by by, struct slice name)
{
    struct report_table *table = &making->report->by[by];
    name = name.len > 0 ? name : SLICE("unknown");
    if (table->last < table->count && slice_is(name, table->list[table->last].name))
        return &table->list[table->last];
    for (table->last = table->count; table->last > 0;)
        if (slice_is(name, table->list[--table->last].name))
            return &table->list[table->last];
    if (table->count == GROUPS_MAX)
        return NULL;
    if (table->count == table->capacity) {
        size_t room = table->capacity == 0 ? 32 : 2 * table->capacity;
        struct report_group *list = arena_calloc(making->arena, room, sizeof *list);
        if (list == NULL)
            return NULL;
        if (table->count > 0)
            memcpy(list, table->list, table->count * sizeof *list);
        table->list = list;
        table->capacity = room;
    }
    struct report_group *group = &table->list[table->count];
    group->name = arena_copy(making->arena, name.at, name.len);
    if (group->name == NULL)
        return NULL;
    table->last = table->count++;
    return group;
}

static void count(struct report_group *group, enum tally_as as, uint64_t ads)
{
    if (as == TALLY_UNFLAGGED || as == TALLY_FLAGGED)
        group->seen += ads;
    else
        group->flagged += ads;
    if (as == TALLY_CONFIRMED || as == TALLY_REMOVED)
        group->confirmed += ads;
    if (as == TALLY_DISMISSED)
        group->dismissed += ads;
    if (as == TALLY_REMOVED)
        group->removed += ads;
}

static int take_all(struct making *making, const struct tally_count *row)
{
    char month[16];
    snprintf(month, sizeof month, "%04d-%02d", (int)(row->month / 100), (int)(row->month % 100));
    struct report_group *group = group_of(making, REPORT_MONTH, slice_of(month));
    if (group == NULL)
        return ERR_LIMIT;
    count(group, row->as, row->ads);
    count(&making->report->total, row->as, row->ads);
    if (row->as == TALLY_UNFLAGGED)
        making->report->unflagged += row->ads;
    return OK;
}

static int take_count(void *ctx, const struct tally_count *row)
{
    static const enum report_by tables[TALLY_BY_COUNT] = {[TALLY_BOARD] = REPORT_BOARD,
                                                          [TALLY_PLACE] = REPORT_PLACE,
                                                          [TALLY_TASK] = REPORT_TASK,
                                                          [TALLY_LANGUAGE] = REPORT_LANGUAGE};
    if (row->by == TALLY_ALL)
        return take_all(ctx, row);
    struct report_group *group =
        row->by < TALLY_BY_COUNT ? group_of(ctx, tables[row->by], row->name) : NULL;
    if (group == NULL)
        return ERR_LIMIT;
    count(group, row->as, row->ads);
    return OK;
}

/* ---- promised pay ---- */

static int add_value(struct making *making, struct pays *pays, int64_t value, uint64_t ads)
{
    if (pays->count == pays->room) {
        size_t room = pays->room == 0 ? 64 : 2 * pays->room;
        struct pay_value *list = arena_calloc(making->arena, room, sizeof *list);
        if (list == NULL)
            return ERR_NOMEM;
        if (pays->count > 0)
            memcpy(list, pays->list, pays->count * sizeof *list);
        pays->list = list;
        pays->room = room;
    }
    pays->list[pays->count++] = (struct pay_value){value, ads};
    pays->ads += ads;
    return OK;
}

static int take_pay(void *ctx, const struct pay_count *row)
{
    struct making *making = ctx;
    enum task task = TASK_NONE;
    (void)task_from_name(row->task, &task);
    struct pays *pays = making->pays[row->what == TALLY_RATIO];
    int rc = add_value(making, &pays[TASK_COUNT], row->value, row->ads);
    return rc == OK ? add_value(making, &pays[task], row->value, row->ads) : rc;
}

/* ---- the end ---- */

static int by_flagged(const void *a, const void *b)
{
    const struct report_group *x = a, *y = b;
    if (x->flagged != y->flagged)
        return x->flagged < y->flagged ? 1 : -1;
    if (x->seen != y->seen)
        return x->seen < y->seen ? 1 : -1;
    return strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct report_group *)a)->name, ((const struct report_group *)b)->name);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = ((const struct pay_value *)a)->value, y = ((const struct pay_value *)b)->value;
    return (x > y) - (x < y);
}

/* The value of the ad that stands at a rank, counted from 1. */
static int64_t value_at(const struct pays *pays, uint64_t rank)
{
    size_t i = 0;
    for (; rank > pays->list[i].ads; i++)
        rank -= pays->list[i].ads;
    return pays->list[i].value;
}

static void quarters_make(const struct pays *pays, struct report_quarter *quarters)
{
    if (pays->count == 0)
        return;
    qsort(pays->list, pays->count, sizeof *pays->list, by_value);
    for (unsigned i = 0; i < REPORT_QUARTERS; i++) {
        uint64_t low = 0, high = 0;
        quarters[i].value = value_at(pays, 1 + (pays->ads - 1) * (i + 1) / 4);
        quarters[i].bounded = report_quarter_ranks(pays->ads, i + 1, &low, &high);
        if (!quarters[i].bounded)
            continue;
        quarters[i].low = value_at(pays, low);
        quarters[i].high = value_at(pays, high);
    }
}

static int pays_make(struct making *making)
{
    struct report *report = making->report;
    report->pay = arena_calloc(making->arena, TASK_COUNT + 1, sizeof *report->pay);
    if (report->pay == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i <= TASK_COUNT; i++) {
        size_t which = i == 0 ? TASK_COUNT : i - 1; /* all first */
        struct pays *usd = &making->pays[TALLY_USD][which];
        struct pays *ratio = &making->pays[TALLY_RATIO][which];
        if (usd->ads == 0)
            continue;
        struct report_pay *pay = &report->pay[report->pay_count++];
        pay->task = which == TASK_COUNT ? "all" : task_name((enum task)which);
        pay->ads = usd->ads;
        pay->with_norm = ratio->ads;
        quarters_make(usd, pay->usd);
        quarters_make(ratio, pay->ratio);
    }
    return OK;
}

static void sort_all(struct report *report)
{
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        if (report->by[by].count > 0)
            qsort(report->by[by].list, report->by[by].count, sizeof *report->by[by].list,
                  by == REPORT_MONTH ? by_name : by_flagged);
}

static int finish(struct making *making, struct store *store)
{
    struct report *report = making->report;
    struct chance_check check;
    const struct report_group *total = &report->total;
    int rc = report_checks(store, &report->span, &check);
    if (rc == OK)
        rc = removals(store, making->arena, &report->removals, &report->removals_count);
    if (rc == OK)
        rc = pays_make(making);
    if (rc != OK)
        return rc;
    const struct removal *all = &report->removals[report->removals_count - 1];
    report->total.name = "all";
    report->precision = report_share_of(total->confirmed, total->confirmed + total->dismissed);
    report->removal = report_share_of(all->removed, all->asked);
    report->missed = report_share_of(check.lures, check.looked_at);
    sort_all(report);
    return OK;
}

/* Sums are kept by day: a day that the span touches counts whole. */
static struct report_span whole_days(const struct report_span *span)
{
    return (struct report_span){.since_unix_ms = span->since_unix_ms / TALLY_DAY_MS * TALLY_DAY_MS,
                                .until_unix_ms = (span->until_unix_ms + TALLY_DAY_MS - 1) /
                                                 TALLY_DAY_MS * TALLY_DAY_MS};
}

int report_make(struct store *store, struct arena *arena, const struct report_span *span,
                int64_t now_unix_ms, struct report *ret_report)
{
    struct report report = {.span = whole_days(span), .made_unix_ms = now_unix_ms};
    struct making making = {.arena = arena, .report = &report};
    int rc = report_each_count(store, &report.span, take_count, &making);
    if (rc == OK)
        rc = report_each_pay(store, &report.span, take_pay, &making);
    if (rc == OK)
        rc = finish(&making, store);
    if (rc == OK)
        *ret_report = report;
    return rc;
}
