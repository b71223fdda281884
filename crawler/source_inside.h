/* crawler/source_inside.h - a source with the parts its header hides; source_yaml.c fills it. */
#ifndef LUREWATCH_SOURCE_INSIDE_H
#define LUREWATCH_SOURCE_INSIDE_H

#include "common/arena.h"
#include "common/yaml.h"
#include "crawler/source.h"

#define SOURCE_ARENA_BYTES_MAX (8u << 20)
#define SOURCE_START_MAX       500u
#define SOURCE_HOSTS_MAX       500u
#define SOURCE_GLOBS_MAX       200u
#define SOURCE_PATH_BYTES_MAX  1024u

struct source_host {
    struct slice name; /* host_port as in a url, without "*." */
    bool below;        /* "*.": every name below name, at the default port */
};

struct source_glob {
    struct slice pattern;
    bool whole; /* against the whole URL */
    enum source_kind kind;
};

struct source_parts {
    struct source source; /* first: what callers hold */
    struct arena *arena;
    struct source_host *hosts;
    size_t hosts_count;
    struct source_glob *globs;
    size_t globs_count;
};

/* Where a source file is being read. */
struct source_reader {
    const struct yaml_doc *doc;
    struct source_parts *parts;
    struct failure *reterr;
};

/* Everything of the mapping root but extract:. Errors: ERR_SYNTAX, ERR_NOMEM. */
MUST_USE int source_read_root(struct source_reader *reader, const struct yaml *root);
/* extract:, checked, to JSON text and globs. */
MUST_USE int source_read_extract(struct source_reader *reader, const struct yaml *node);

/* Shared by both: a non-empty scalar, copied; ERR_SYNTAX names what is wanted. */
MUST_USE int source_read_text(struct source_reader *reader, const struct yaml *node,
                              const char **ret_text);
int source_no_memory(const struct source_reader *reader);

#endif
