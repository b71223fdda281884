/* app/sources_look.h - a page of a site, fetched politely and read in a worker, in a few numbers: for
 * sources_add.c and `sources check --fetch`. */
#ifndef LUREWATCH_SOURCES_LOOK_H
#define LUREWATCH_SOURCES_LOOK_H

#include "app/judging.h"
#include "app/sources.h"
#include "app/visitor.h"

struct look {        /* text in the arena of the ask */
    const char *url; /* that answered */
    const char *robots_rule;
    int http_status;
    const char *type, *note; /* of the page */
    size_t links[LINK_NEXT + 1];
    const char *first[LINK_NEXT + 1];  /* of each kind, NULL: none */
    const char *prefix[LINK_NEXT + 1]; /* what the paths of its links share, to a "/" */
    size_t ads;
    const char *title, *source_type; /* of the first ad, "" */
};

struct looker {
    const struct sources_ask *ask;
    struct visitor *visitor;
    struct judging judging;
    const char *source;
    const char *rules; /* JSON, or "" */
    uint32_t delay_ms;
};

/* Errors printed; an exit code. End with looker_close(), whatever came. */
int looker_open(struct looker *looker, const struct sources_ask *ask);
void looker_close(struct looker *looker);
/* Errors: those of visitor_get() and the worker's, with their sentence. */
MUST_USE int look_at(struct looker *looker, const char *url, enum source_kind kind,
                     struct look *ret_look, struct failure *reterr);
void look_print(const struct look *look);

#endif
