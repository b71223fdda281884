/* app/sweep.h - one bounded, resumable sweep of the sources that are due.
 *
 *     frontier -> robots, address policy -> politeness committed -> request -> worker -> one
 *     transaction: links, postings, evidence, cases, outcome of the URL, record of the request
 *
 * One libuv loop owns the network; the store is talked to by one thread; pages are read by worker
 * processes. Killed at any instant it loses no case and makes no second one: a URL stays pending
 * until the transaction that stores all of its outcome. */
#ifndef LUREWATCH_SWEEP_H
#define LUREWATCH_SWEEP_H

#include "app/settings.h"
#include "classifiers/classify.h"
#include "crawler/address.h"
#include "crawler/source.h"

struct rule_watch;
struct sweep_options { /* all borrowed until sweep_run() returns */
    const struct settings *settings;
    const struct source_set *sources;
    const char *const *only; /* names; these are swept whether due or not. NULL: all that are due */
    size_t only_count;
    struct slice bank; /* a pack's bytes */
    const char *bank_name;
    struct rule_watch *watch; /* its rules, whose hits are counted; NULL: none are */
    struct classify_settings model;
    int64_t max_time_ms; /* 0: no end */
    uint64_t max_pages;
    bool json, quiet;
    bool rechecks; /* only the pages that recheck_rows.h marks as wanted: no seeds, no new links, no
                      round begun or ended */
    struct address_policy policy; /* a test endpoint to which every name leads, or {0} */
    bool politeness_off;          /* only with a test endpoint */
};

/* Sweeps, prints its summary, returns the exit code of the command. */
int sweep_run(const struct sweep_options *options);
/* Prints what sweep_run() would do now; changes nothing, asks nobody. */
int sweep_dry_run(const struct sweep_options *options);

/* "lurewatch/0.1.0 (Operator; +mailto:contact)": who asks, for site owners. */
#define SWEEP_AGENT_BYTES 2304u
void sweep_user_agent(const struct settings *settings, char at[SWEEP_AGENT_BYTES]);

#endif
