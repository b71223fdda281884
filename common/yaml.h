/* common/yaml.h - the strict YAML subset of our own files (STYLE: rule files): mappings, sequences
 * and scalars; no anchors, aliases, tags, tabs, repeated keys; UTF-8; a limit on depth and size.
 * Every complaint is "file:line:column: why", the line itself and a caret under the place.
 * libfyaml stays behind this header. */
#ifndef LUREWATCH_YAML_H
#define LUREWATCH_YAML_H

#include "common/text.h"

#define YAML_FILE_BYTES_MAX (4u << 20)
#define YAML_DEPTH_MAX      8
#define YAML_MEMBERS_MAX    1000u /* of one mapping */

struct yaml_doc;
struct yaml; /* a borrowed node; NULL stands for "absent" in every call below */

enum yaml_kind { YAML_ABSENT, YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };
enum yaml_quoting { YAML_PLAIN, YAML_SINGLE, YAML_DOUBLE, YAML_BLOCK };

/* Reads text; name is what messages call it. Copies both. Gives *ret_doc, free with yaml_free().
 * Errors: ERR_SYNTAX, ERR_LIMIT (size, depth), ERR_NOMEM. An empty text is an error; one of
 * comments alone has the root NULL. */
MUST_USE int yaml_parse(struct slice text, const char *name, struct yaml_doc **ret_doc,
                        struct failure *reterr);
/* Reads the file at path (at most YAML_FILE_BYTES_MAX). Errors: as above, ERR_NOT_FOUND, ERR_IO. */
MUST_USE int yaml_load(const char *path, struct yaml_doc **ret_doc, struct failure *reterr);
void yaml_free(struct yaml_doc *doc); /* NULL is allowed */
const struct yaml *yaml_root(const struct yaml_doc *doc);

enum yaml_kind yaml_kind_of(const struct yaml *node);
const struct yaml *yaml_get(const struct yaml *mapping, const char *key);
size_t yaml_count(const struct yaml *node); /* items or members, else 0 */
const struct yaml *yaml_at(const struct yaml *sequence, size_t index);
/* Member index of a mapping in file order; *ret_key is a scalar node. False: out of range. */
bool yaml_member(const struct yaml *mapping, size_t index, const struct yaml **ret_key,
                 const struct yaml **ret_value);
struct slice yaml_text(const struct yaml *node); /* a scalar's text; empty for other kinds */
struct slice yaml_get_text(const struct yaml *mapping, const char *key);
enum yaml_quoting yaml_quoting_of(const struct yaml *node);
unsigned yaml_line(const struct yaml *node);   /* 1-based; 0 for NULL */
unsigned yaml_column(const struct yaml *node); /* 1-based, in characters */

/* "file:line:column: why", the line and a caret, into *reterr; of an absent node: the first line.
 * Returns code. */
int yaml_fail(const struct yaml_doc *doc, const struct yaml *node, int code, struct failure *reterr,
              const char *format, ...) PRINTF_LIKE(5, 6);

/* Typed reads, each a sentence on failure (ERR_SYNTAX); an absent node is one. */
MUST_USE int yaml_int(const struct yaml_doc *doc, const struct yaml *node, int64_t min, int64_t max,
                      int64_t *ret_value, struct failure *reterr);
/* A number with at most `places` decimals, as scaled integer: "2.2" with places 1 gives 22. */
MUST_USE int yaml_decimal(const struct yaml_doc *doc, const struct yaml *node, unsigned places,
                          int64_t *ret_scaled, struct failure *reterr);
/* yes/no/true/false. */
MUST_USE int yaml_bool(const struct yaml_doc *doc, const struct yaml *node, bool *ret_value,
                       struct failure *reterr);
/* Refuses a mapping member whose key is not in keys (NULL-terminated), naming the nearest one. */
MUST_USE int yaml_known_keys(const struct yaml_doc *doc, const struct yaml *mapping,
                             const char *const *keys, struct failure *reterr);

#endif
