/* common/json.h - JSON in (json-c behind a tree of our own view) and out (our own writer, which
 * always prints valid RFC 8259 UTF-8 and never a float where an integer was given). */
#ifndef LUREWATCH_JSON_H
#define LUREWATCH_JSON_H

#include "common/text.h"

/* ---- reading ---- */

struct json_doc;
struct json; /* a borrowed node of a document; NULL stands for "absent" in every call below */

enum json_kind {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* strict: RFC 8259 and nothing after it; not strict: also what json-c forgives (raw control
 * characters in strings, trailing commas, comments, single quotes). text must be valid UTF-8.
 * depth_max: nesting, 1-512. Gives *ret_doc, free with json_free().
 * Errors: ERR_SYNTAX ("byte N: why"), ERR_LIMIT (depth), ERR_NOMEM. */
MUST_USE int json_parse(struct slice text, bool strict, int depth_max, struct json_doc **ret_doc,
                        struct failure *reterr);
void json_free(struct json_doc *doc); /* NULL is allowed */
const struct json *json_root(const struct json_doc *doc);

enum json_kind json_kind_of(const struct json *node);
const struct json *json_get(const struct json *object, const char *key); /* NULL: absent */
size_t json_count(const struct json *node); /* items of an array, members of an object, else 0 */
const struct json *json_at(const struct json *array, size_t index); /* NULL: out of range */
/* Member i of an object in document order: its key (borrowed) in *ret_key. O(i): for a full walk
 * use json_each(). */
typedef bool json_each_fn(const char *key, const struct json *value, void *ctx); /* false: stop */
void json_each(const struct json *object, json_each_fn *each, void *ctx);
/* The string's bytes, or the empty slice for any other kind. Borrowed from the document. */
struct slice json_string(const struct json *node);
/* As json_string() of a member. */
struct slice json_get_string(const struct json *object, const char *key);
/* fallback for any other kind. A number with a fraction is cut towards zero; out of range clamps.
 */
int64_t json_int(const struct json *node, int64_t fallback);
double json_double(const struct json *node, double fallback);
bool json_truth(const struct json *node, bool fallback);
/* A string as it is, a number as written, true/false as words; else empty. May be borrowed from the
 * node until the document is freed. */
struct slice json_scalar_text(const struct json *node);

/* ---- writing ---- */

/* Writes into a text_buf: errors show in text_buf_status(). Commas are its business. */
struct json_writer {
    struct text_buf *buf; /* borrowed */
    uint32_t depth;
    uint64_t has_items; /* bit a level: something stands there already */
    bool after_key;
};

#define JSON_WRITER_DEPTH_MAX 63u

void json_writer_init(struct json_writer *writer, struct text_buf *buf);
void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key);
/* Bad UTF-8 comes out as U+FFFD. '<' '>' '&' U+2028 U+2029 stay as they are. */
void json_put_string(struct json_writer *writer, struct slice text);
void json_put_cstr(struct json_writer *writer, const char *text);
void json_put_int(struct json_writer *writer, int64_t value);
/* Fixed point: json_put_decimal(w, 24, 1) prints 2.4; places 0-6. */
void json_put_decimal(struct json_writer *writer, int64_t scaled, unsigned places);
void json_put_bool(struct json_writer *writer, bool value);
void json_put_null(struct json_writer *writer);
/* Already JSON, e.g. printed before; not checked. */
void json_put_raw(struct json_writer *writer, struct slice json);
/* key and value in one call */
void json_put_member(struct json_writer *writer, const char *key, struct slice text);
void json_put_member_int(struct json_writer *writer, const char *key, int64_t value);
/* Nothing at all when text is empty. */
void json_put_member_if(struct json_writer *writer, const char *key, struct slice text);

#endif
