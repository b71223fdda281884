/* rule_silence.c - see rule_silence.h. Two sorts and two passes over the cells of one rule. */
#include "storage/rule_silence.h"

#include <stdlib.h>

static int by_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_source(const void *a, const void *b)
{
    const struct rule_cell *left = a, *right = b;
    int order = by_number(left->source_id, right->source_id);
    return order != 0 ? order : by_number(left->day, right->day);
}

static int by_day(const void *a, const void *b)
{
    const struct rule_cell *left = a, *right = b;
    int order = by_number(left->day, right->day);
    return order != 0 ? order : by_number(left->source_id, right->source_id);
}

/* The cells of one source, count of them: what it was expected to give since. */
static double source_expects(struct rule_cell *cells, size_t count)
{
    uint64_t before = 0, hits = 0, since = 0;
    for (size_t i = 0; i < count; i++) {
        before += cells[i].ads_before;
        hits += cells[i].hits;
        since += cells[i].ads_since;
    }
    if (before == 0)
        return 0;
    double rate = (double)hits / (double)before;
    for (size_t i = 0; i < count; i++)
        cells[i].expected = rate * (double)cells[i].ads_before;
    return since < before ? rate * (double)since : (double)hits;
}

static double sources_expect(struct rule_cell *cells, size_t count)
{
    double expected = 0;
    qsort(cells, count, sizeof *cells, by_source);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && cells[end].source_id == cells[i].source_id; end++)
            ;
        expected += source_expects(cells + i, end - i);
    }
    return expected;
}

/* Sums over all sources, day by day. */
static void judge_days(struct rule_cell *cells, size_t count, struct rule_silence *result)
{
    double squares = 0, all = 0, days = 0, pause = 0;
    qsort(cells, count, sizeof *cells, by_day);
    for (size_t i = 0, end; i < count; i = end) {
        double expected = 0;
        uint64_t hits = 0, ads = 0;
        for (end = i; end < count && cells[end].day == cells[i].day; end++) {
            expected += cells[end].expected;
            hits += cells[end].hits;
            ads += cells[end].ads_before;
        }
        result->hits += hits;
        result->hit_days += hits > 0;
        pause = hits > 0 ? 0 : pause + expected;
        if (pause > result->pause)
            result->pause = pause;
        days += ads > 0;
        all += expected;
        squares += ((double)hits - expected) * ((double)hits - expected);
    }
    result->spread = days < 2 || all <= 0 ? 1 : days / (days - 1) * squares / all;
    if (result->spread < 1)
        result->spread = 1;
}

struct rule_silence rule_silence(struct rule_cell *cells, size_t count)
{
    struct rule_silence result = {.spread = 1};
    if (count == 0)
        return result;
    for (size_t i = 0; i < count; i++) {
        cells[i].expected = 0;
        result.ads_since += cells[i].ads_since;
    }
    result.expected = sources_expect(cells, count);
    judge_days(cells, count, &result);
    result.is_silent = result.hits >= RULE_HITS_MIN && result.hit_days >= RULE_HIT_DAYS_MIN &&
                       result.expected >= RULE_EXPECTED_MIN * result.spread &&
                       result.expected >= RULE_PAUSES_MIN * result.pause;
    return result;
}
