/* report.c - counts gathered in two walks; see report.h. Groups are few (months, boards, places), so
 * they are found by looking through them. */
#include "review/report.h"
#include "common/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS        INT64_C(86400000)
#define GROUPS_MAX    2000u
#define VERDICT_DEPTH 32
#define CASE_ARENA    (32u << 20)

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

/* ---- groups ---- */

struct making {
    struct arena *arena; /* of the report */
    struct arena *work;  /* of one case */
    struct report *report;
    struct pays {
        int64_t *usd, *ratio;
        size_t usd_count, ratio_count, usd_room, ratio_room;
    } pays[TASK_COUNT + 1]; /* the last: all */
    uint64_t asked;
};

static struct report_group *group_of(struct making *making, enum report_by by, struct slice name)
{
    struct report_table *table = &making->report->by[by];
    name = name.len > 0 ? name : SLICE("unknown");
    for (size_t i = table->count; i > 0; i--)
        if (slice_is(name, table->list[i - 1].name))
            return &table->list[i - 1];
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
    table->count++;
    return group;
}

static void month_of(int64_t unix_ms, char at[CLOCK_RFC3339_BYTES])
{
    clock_rfc3339(unix_ms, at);
    at[7] = '\0';
}

/* ---- ads seen ---- */

static int take_seen(void *ctx, const struct seen_count *row)
{
    struct making *making = ctx;
    char month[CLOCK_RFC3339_BYTES];
    month_of(row->day * DAY_MS, month);
    struct report_group *const groups[] = {group_of(making, REPORT_MONTH, slice_of(month)),
                                           group_of(making, REPORT_BOARD, row->source),
                                           group_of(making, REPORT_TASK, row->task),
                                           group_of(making, REPORT_LANGUAGE, row->language)};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (groups[i] == NULL)
            return ERR_LIMIT;
        groups[i]->seen += row->count;
    }
    making->report->total.seen += row->count;
    return OK;
}

/* ---- cases ---- */

static void count_case(struct report_group *group, const struct case_count *row)
{
    group->flagged++;
    group->confirmed += row->state == CASE_CONFIRMED;
    group->dismissed += row->state == CASE_DISMISSED;
    group->removed += row->state == CASE_CONFIRMED && row->removed;
}

static int put_number(struct making *making, int64_t **list, size_t *count, size_t *room,
                      int64_t number)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 64 : 2 * *room;
        int64_t *grown = arena_calloc(making->arena, more, sizeof *grown);
        if (grown == NULL)
            return ERR_NOMEM;
        if (*count > 0)
            memcpy(grown, *list, *count * sizeof *grown);
        *list = grown;
        *room = more;
    }
    (*list)[(*count)++] = number;
    return OK;
}

static int take_pay(struct making *making, enum task task, int64_t usd, int64_t ratio)
{
    const size_t which[] = {TASK_COUNT, task};
    int rc = OK;
    for (size_t i = 0; i < 2 && rc == OK; i++) {
        struct pays *pays = &making->pays[which[i]];
        if (usd > 0)
            rc = put_number(making, &pays->usd, &pays->usd_count, &pays->usd_room, usd);
        if (rc == OK && ratio > 0)
            rc = put_number(making, &pays->ratio, &pays->ratio_count, &pays->ratio_room, ratio);
    }
    return rc;
}

/* The country of the place of work: "KH" of KH-BAV. */
static struct slice place_of(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->places_count; i++)
        if (verdict->places[i].role == PLACE_DESTINATION && !verdict->places[i].bait)
            return slice_sub(verdict->places[i].id, 0, 2);
    return SLICE("unknown");
}

static int take_verdict(struct making *making, const struct case_count *row)
{
    struct json_doc *doc = NULL;
    struct verdict verdict = {0};
    enum task task = TASK_NONE;
    struct slice place = SLICE("unknown");
    arena_reset(making->work);
    (void)task_from_name(row->task, &task);
    if (row->verdict.len > 0 && json_parse(row->verdict, true, VERDICT_DEPTH, &doc, NULL) == OK &&
        verdict_from_json(making->work, json_root(doc), &verdict, NULL) == OK)
        place = place_of(&verdict);
    int64_t usd = (row->usd_month_cents_min + row->usd_month_cents_max) / 200;
    struct report_group *group = group_of(making, REPORT_PLACE, place);
    if (group != NULL)
        count_case(group, row);
    int rc = take_pay(making, task, usd, verdict.salary.ratio_source_hundredths);
    json_free(doc);
    return group == NULL ? ERR_LIMIT : rc;
}

static int take_case(void *ctx, const struct case_count *row)
{
    struct making *making = ctx;
    char month[CLOCK_RFC3339_BYTES];
    month_of(row->first_seen_unix_ms, month);
    struct report_group *const groups[] = {group_of(making, REPORT_MONTH, slice_of(month)),
                                           group_of(making, REPORT_BOARD, row->source),
                                           group_of(making, REPORT_TASK, row->task),
                                           group_of(making, REPORT_LANGUAGE, row->language)};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (groups[i] == NULL)
            return ERR_LIMIT;
        count_case(groups[i], row);
    }
    count_case(&making->report->total, row);
    return take_verdict(making, row);
}

/* ---- the end ---- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

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

static int64_t quarter(const int64_t *list, size_t count, size_t quarters)
{
    return count == 0 ? 0 : list[(count - 1) * quarters / 4];
}

static int pays_make(struct making *making)
{
    struct report *report = making->report;
    report->pay = arena_calloc(making->arena, TASK_COUNT + 1, sizeof *report->pay);
    if (report->pay == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i <= TASK_COUNT; i++) {
        size_t which = i == 0 ? TASK_COUNT : i - 1; /* all first */
        struct pays *pays = &making->pays[which];
        if (pays->usd_count == 0)
            continue;
        qsort(pays->usd, pays->usd_count, sizeof *pays->usd, by_number);
        if (pays->ratio_count > 0)
            qsort(pays->ratio, pays->ratio_count, sizeof *pays->ratio, by_number);
        report->pay[report->pay_count++] =
            (struct report_pay){.task = which == TASK_COUNT ? "all" : task_name((enum task)which),
                                .ads = pays->usd_count,
                                .with_norm = pays->ratio_count,
                                .usd_low = quarter(pays->usd, pays->usd_count, 1),
                                .usd_median = quarter(pays->usd, pays->usd_count, 2),
                                .usd_high = quarter(pays->usd, pays->usd_count, 3),
                                .ratio_low = quarter(pays->ratio, pays->ratio_count, 1),
                                .ratio_median = quarter(pays->ratio, pays->ratio_count, 2),
                                .ratio_high = quarter(pays->ratio, pays->ratio_count, 3)};
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
    report->unflagged = check.unflagged;
    sort_all(report);
    return OK;
}

int report_make(struct store *store, struct arena *arena, const struct report_span *span,
                int64_t now_unix_ms, struct report *ret_report)
{
    struct report report = {.span = *span, .made_unix_ms = now_unix_ms};
    struct making making = {.arena = arena, .report = &report};
    int rc = arena_create(CASE_ARENA, &making.work);
    if (rc == OK)
        rc = report_each_seen(store, span, take_seen, &making);
    if (rc == OK)
        rc = report_each_case(store, span, take_case, &making);
    if (rc == OK)
        rc = finish(&making, store);
    arena_free(making.work);
    if (rc == OK)
        *ret_report = report;
    return rc;
}
