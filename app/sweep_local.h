/* app/sweep_local.h - pages from files instead of requests (sweep_local.c), for sweep*.c alone. */
#ifndef LUREWATCH_SWEEP_LOCAL_H
#define LUREWATCH_SWEEP_LOCAL_H

#include "app/sweep_parts.h"

struct local_page { /* all in arena, which page_begin_local() takes */
    struct arena *arena;
    const char *url;    /* the row's: "file:///…", with "#offset" in a WARC file */
    const char *target; /* the address it was saved from, or url */
    const char *content_type, *content_encoding, *archived_at, *resource_type;
    struct slice head, body; /* head: the HTTP head the archive kept, or empty */
    const char *why;         /* it cannot be read; NULL: it can */
};
void page_begin_local(struct sweep *sweep, struct source_run *run, const struct local_page *file);
/* Starts reading what the runs have in files, while there is room. False: nothing is left. */
bool locals_pump(struct sweep *sweep, bool has_room);
bool local_has_more(const struct source_run *run);
void locals_free(struct sweep *sweep);
struct uv_loop_s *sweep_uv(struct sweep *sweep);
/* The host that rows of files have in the store: no URL can have it. */
#define LOCAL_HOST "local files"

#endif
