/* app/bank_reliability.h - does a probability mean what it says? Ten bins of probability against
 * the labels that ads bear, for `lurewatch patterns test`. */
#ifndef LUREWATCH_BANK_RELIABILITY_H
#define LUREWATCH_BANK_RELIABILITY_H

#include "app/bank_bench.h"

struct reliability;
/* Of the verdicts of judge. Lives in the bench's arena. Errors: ERR_NOMEM. */
MUST_USE int reliability_create(const struct bank_bench *bench, const struct judge *judge,
                                struct reliability **ret_reliability);
/* label: lure or fraud-lure is a lure, benign is none; any other word, and none, count apart. */
void reliability_add(struct reliability *reliability, struct slice label,
                     const struct verdict *verdict);
/* Was an ad labelled as a lure or as benign? */
bool reliability_has_labels(const struct reliability *reliability);
/* For when there is no such ad: says on standard error which labels there are, if any. wanted: a
 * table was asked for, so having none is an error. Returns an exit code. */
int reliability_tell_none(const struct reliability *reliability, bool wanted);
/* The table, or with --json one line. which: "in service" or "changed" where there are two banks,
 * else NULL. Returns an exit code. */
int reliability_print(const struct reliability *reliability, const char *which,
                      const struct bank_bench *bench);

#endif
