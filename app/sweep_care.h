/* app/sweep_care.h - shares of pages, alarms and figures of a sweep, for sweep*.c alone. */
#ifndef LUREWATCH_SWEEP_CARE_H
#define LUREWATCH_SWEEP_CARE_H

#include "app/sweep_parts.h"

/* Pages and hours of sources, shares of --max-pages: sweep_shares.c. */
void shares_begin(struct sweep *sweep);
void shares_look(struct sweep *sweep, int64_t now_unix_ms); /* once a second: hours, robots.txt */
/* The frontier has nothing more to give. True: a source may go on with what others left. */
bool shares_go_on(struct sweep *sweep);

/* What the round's figures say that a person should look at: sweep_alarms.c. Before the round is
 * finished, by the thread that has the store. */
void alarms_count(struct source_run *run, const struct page *page);
MUST_USE int alarms_find(struct sweep *sweep, struct source_run *run, bool round_over);
/* Rules that fired regularly and do no more, each once (rule_rows.h); in a transaction with the counts
 * they are told by. Errors as above. */
MUST_USE int alarms_of_rules(struct sweep *sweep);
/* What concerns no source but the machine: a disk that fills up. Once, at the end. Errors as above. */
MUST_USE int alarms_of_machine(struct sweep *sweep);
void metrics_write(struct sweep *sweep, int exit_code); /* sweep_metrics.c */

#endif
