/* storage/rule_silence.h - has a rule that fired regularly stopped? Pure; the figures are those of
 * rule_rows.h.
 *
 * A rule is held against itself alone. In the time up to its last hit, source s gave h(s) hits on p(s)
 * ads; since then n(s) ads of it were read, none with a hit. Without a change
 *
 *     expected = sum over s of h(s) * min(1, n(s) / p(s))
 *
 * hits would have come: no source is expected to give more than it gave, so that a first page of a
 * new board foretells nothing, and a board that is silent itself is not held against the rule.
 *
 * Hits come in bursts, when one campaign posts a hundred ads in a day. So the hits h(d) of each
 * day d are held against e(d), what the same rates make of that day's ads:
 *
 *     spread = max(1, D / (D - 1) * sum of (h(d) - e(d))^2 / sum of e(d)),  D days with ads
 *
 * which is 1 where hits come by chance alone (the variance of a Poisson count is its mean). And its
 * pauses are its own: `pause` is the largest sum of e(d) over days in a row without a hit. The rule is
 * silent when it had RULE_HITS_MIN hits or more, on RULE_HIT_DAYS_MIN days or more, and
 *
 *     expected >= RULE_EXPECTED_MIN * spread  and  expected >= RULE_PAUSES_MIN * pause
 *
 * Chance alone is silent for so long once in e^10 = 22,000 tries, a try being a sweep. A rule of fewer
 * hits in RULE_DAYS days never alarms, nor does a board of few ads before enough were read. Simulated
 * years, a sweep a day: by chance alone one false alarm in 50 rules and years, and a rule of 10 hits a
 * day that breaks is told after 2 days, one of 1 after 13. What lives by one campaign after another
 * (10 days, then 20 of nothing) is told about three times a year, each time after weeks. */
#ifndef LUREWATCH_RULE_SILENCE_H
#define LUREWATCH_RULE_SILENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULE_HITS_MIN     20u
#define RULE_HIT_DAYS_MIN 2u
#define RULE_EXPECTED_MIN 10.0
#define RULE_PAUSES_MIN   2.0
#define RULE_DAYS         90 /* what is older is forgotten */

/* One source on one day. */
struct rule_cell {
    int64_t source_id, day;
    uint64_t ads_before, hits; /* up to the last hit */
    uint64_t ads_since;
    double expected; /* of ads_before; the judge's own */
};

struct rule_silence {
    uint64_t hits, hit_days, ads_since; /* ads_since: of all sources */
    double expected, spread, pause;
    bool is_silent;
};

/* Sorts cells, of which no two are of the same source and day. */
struct rule_silence rule_silence(struct rule_cell *cells, size_t count);

#endif
