/* crawler/extract/thing.h - structured data of a page, whatever the syntax: things with a type and
 * properties, as schema.org has them. JSON-LD, microdata and RDFa are all read into this, so that
 * the same posting in three syntaxes gives the same fields. */
#ifndef LUREWATCH_THING_H
#define LUREWATCH_THING_H

#include "crawler/extract/html_tree.h"

#define THINGS_MAX           20000u     /* of a page */
#define THING_PROPS_MAX      300000u    /* of a page */
#define THING_TEXT_BYTES_MAX (8u << 20) /* of all values that are an element's text */
#define THING_DEPTH_MAX      24
#define JSONLD_BLOCKS_MAX    2000u /* script elements */

enum thing_syntax { THING_JSONLD, THING_MICRODATA, THING_RDFA, THING_SYNTAX_COUNT };

struct thing;

struct thing_prop {
    struct slice name;         /* without "schema:" or the vocabulary's address */
    struct slice text;         /* of a plain value */
    const struct thing *thing; /* NULL: a plain value */
    bool is_html;              /* text is markup (JSON-LD), else it is text already */
    struct thing_prop *next;
};

struct thing {
    struct slice types; /* names without vocabulary, parted by a blank */
    struct slice id;    /* @id, itemid, resource; may be empty */
    struct thing_prop *first, *last;
    enum thing_syntax syntax;
    uint32_t node; /* the element it was read of; 0: none */
};

/* All things of a page: those that stand alone and those within others, in document order. */
struct things {
    struct arena *arena;
    struct thing **list;
    size_t count, capacity;
    size_t props_count, text_bytes;
    uint32_t repairs; /* JSON-LD blocks that needed mending */
    uint32_t broken;  /* JSON-LD blocks that could not be read */
    bool cut;         /* a limit above was reached */
};

/* Borrows arena. */
void things_init(struct things *things, struct arena *arena);
/* A new thing; NULL: no memory, or a limit (then things->cut). */
struct thing *things_add(struct things *things, enum thing_syntax syntax);
/* Adds a property; a limit drops it and sets things->cut. Borrows name and prop's values. */
void thing_add(struct things *things, struct thing *thing, struct thing_prop prop);

/* The text under an element as a value, lines kept. Past THING_TEXT_BYTES_MAX: empty, and
 * things->cut. Errors: ERR_NOMEM. */
MUST_USE int thing_text(struct things *things, const struct html_tree *tree, uint32_t node,
                        struct slice *ret_text);
/* Is `type` one of its types? Letter case matters not. */
bool thing_is(const struct thing *thing, const char *type);
/* First property of that name, or NULL. */
const struct thing_prop *thing_get(const struct thing *thing, const char *name);
/* The same from there on. */
const struct thing_prop *thing_next(const struct thing_prop *prop, const char *name);
/* The thing that a bare reference {"@id": …} stands for; itself when there is none. */
const struct thing *things_resolve(const struct things *things, const struct thing *thing);
/* The short names of a list of types, blanks between, in the arena. *ret_rc is set to ERR_NOMEM
 * without memory, else left. */
struct slice thing_types(struct things *things, struct slice written, int *ret_rc);
/* "https://schema.org/title", "schema:title" -> "title". */
struct slice thing_short_name(struct slice name);

/* Reads one script body of type application/ld+json. Never fails but for memory. */
MUST_USE int jsonld_read(struct things *things, struct slice body);
/* Mends what json-c does not read: byte order mark, comment and CDATA wrappers, bare keys, single
 * quotes, unescaped inner quotes, control characters, stray commas, text behind the end, missing
 * brackets at the end. Result in arena, to be tried once more. Errors: ERR_NOMEM. */
MUST_USE int jsonld_repair(struct arena *arena, struct slice body, struct slice *ret_text);
/* Errors: ERR_NOMEM. */
MUST_USE int microdata_read(struct things *things, const struct html_tree *tree);
MUST_USE int rdfa_read(struct things *things, const struct html_tree *tree);

#endif
