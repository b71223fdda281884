/* app/sources.h - the verbs of `lurewatch sources` that have a file of their own. */
#ifndef LUREWATCH_SOURCES_H
#define LUREWATCH_SOURCES_H

#include "app/command.h"
#include "common/arena.h"
#include "crawler/address.h"
#include "crawler/source.h"

struct sources_ask { /* borrowed */
    const struct common_options *common;
    const struct settings *settings;
    struct arena *arena;
    struct address_policy policy; /* a test endpoint, or {0} */
};

/* Looks at url, politely, and writes a first draft of a source that is off. name NULL: after the
 * host. Prints what it found; an exit code. */
int sources_add(const struct sources_ask *ask, const char *url, const char *name);
/* Fetches the first start address of the source and one posting of it, and prints what they yield;
 * stores nothing but politeness, robots.txt and the audit. An exit code. */
int sources_fetch(const struct sources_ask *ask, const struct source *source);
/* Prints what a host's owner would ask for: every request, when, why, what came. since NULL: all. */
int sources_audit(const struct sources_ask *ask, const char *host, const char *since);

#endif
