/* json_build.c - from a text that is known to be JSON to its tree; see json_inside.h.
 *
 * Nothing is checked again. The children of what is open wait on a stack, and move into the arena as
 * one array when it closes. Two members of one name are left to the other builder: a bit for each
 * key's hash tells in one look that there are none. Cost: a sixth of what json-c takes. */
#include "common/json_inside.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>

#define BUILD_MEMBERS_MAX 64u
#define STACK_FIRST       64u

struct builder {
    struct arena *arena;
    const char *at, *end;
    struct json *stack;
    size_t used, capacity;
    bool other; /* it is for the other builder */
    bool no_memory;
};

static void skip_space(struct builder *builder)
{
    while (builder->at < builder->end && (*builder->at == ' ' || *builder->at == '\n' ||
                                          *builder->at == '\r' || *builder->at == '\t'))
        builder->at++;
}

/* ---- strings ---- */

static uint32_t hex_four(const char *at)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++)
        code = code << 4 | (uint32_t)hex_value(at[i]);
    return code;
}

/* At the four digits. Half a pair alone is no character. */
static size_t put_unicode(struct builder *builder, char *out)
{
    uint32_t code = hex_four(builder->at);
    builder->at += 4;
    if (code >= 0xD800 && code <= 0xDBFF && builder->end - builder->at >= 6 &&
        builder->at[0] == '\\' && builder->at[1] == 'u') {
        uint32_t low = hex_four(builder->at + 2);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            builder->at += 6;
            return utf8_encode(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
        }
    }
    return utf8_encode(code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code, out);
}

/* Behind the backslash. */
static size_t put_escape(struct builder *builder, char *out)
{
    char byte = *builder->at++;
    switch (byte) {
    case 'u':
        return put_unicode(builder, out);
    case 'b':
        *out = '\b';
        break;
    case 'f':
        *out = '\f';
        break;
    case 'n':
        *out = '\n';
        break;
    case 'r':
        *out = '\r';
        break;
    case 't':
        *out = '\t';
        break;
    default:
        *out = byte;
    }
    return 1;
}

/* Behind the quote that ends the string at builder->at, or the first backslash in it. */
static const char *string_run(const struct builder *builder)
{
    const char *at = builder->at;
    while (at < builder->end && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* At the opening quote. An escape is never shorter than what it stands for. */
static struct slice string(struct builder *builder)
{
    builder->at++;
    const char *from = builder->at, *run = string_run(builder), *close = run;
    while (close < builder->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    char *copy = arena_copy(builder->arena, from, (size_t)(close - from));
    if (copy == NULL) {
        builder->no_memory = true;
        return SLICE_EMPTY;
    }
    size_t len = (size_t)(run - from);
    builder->at = run;
    while (builder->at < close) {
        if (*builder->at == '\\') {
            builder->at++;
            len += put_escape(builder, copy + len);
        } else {
            copy[len++] = *builder->at++;
        }
    }
    copy[len] = '\0';
    builder->at = close + 1;
    return slice_make(copy, len);
}

/* ---- what is open ---- */

static void push(struct builder *builder, const struct json *node)
{
    if (builder->used == builder->capacity) {
        size_t more = builder->capacity == 0 ? STACK_FIRST : 2 * builder->capacity;
        struct json *stack = realloc(builder->stack, more * sizeof *stack);
        if (stack == NULL) {
            builder->no_memory = true;
            return;
        }
        builder->stack = stack;
        builder->capacity = more;
    }
    builder->stack[builder->used++] = *node;
}

/* Takes what stands on the stack above `from` for the children of node. */
static void close_level(struct builder *builder, size_t from, struct json *node)
{
    size_t count = builder->used - from;
    struct json *items = arena_calloc(builder->arena, count, sizeof *items);
    if (items == NULL)
        builder->no_memory = true;
    else if (count > 0)
        memcpy(items, builder->stack + from, count * sizeof *items);
    node->items = items;
    node->count = (uint32_t)count;
    builder->used = from;
}

/* Notes a key in the bits of its object. */
static void key_note(struct builder *builder, size_t from, const char *key, uint64_t *bits)
{
    uint32_t hash = 2166136261u;
    for (const char *at = key; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    uint64_t bit = UINT64_C(1) << (hash >> 26);
    for (size_t i = from; (*bits & bit) != 0 && i < builder->used; i++)
        builder->other |= strcmp(builder->stack[i].key, key) == 0;
    *bits |= bit;
}

static bool stopped(const struct builder *builder)
{
    return builder->other || builder->no_memory;
}

static void value(struct builder *builder, struct json *ret_node);

/* A key and what parts it from its value. */
static void member_key(struct builder *builder, size_t from, uint64_t *bits, struct json *child)
{
    child->key = string(builder).at;
    key_note(builder, from, child->key, bits);
    builder->other |= builder->used - from >= BUILD_MEMBERS_MAX;
    if (stopped(builder))
        return;
    skip_space(builder);
    builder->at++; /* ':' */
}

/* At the bracket that opens it. */
static void level(struct builder *builder, struct json *node)
{
    bool is_object = *builder->at == '{';
    size_t from = builder->used;
    uint64_t keys = 0;
    node->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
    builder->at++;
    skip_space(builder);
    while (*builder->at != '}' && *builder->at != ']') {
        struct json child = {.kind = JSON_NULL, .key = "", .text = SLICE_EMPTY};
        if (is_object)
            member_key(builder, from, &keys, &child);
        if (!stopped(builder))
            value(builder, &child);
        if (stopped(builder))
            return; /* where it stands in the text means nothing any more */
        push(builder, &child);
        skip_space(builder);
        if (*builder->at == ',')
            builder->at++;
        skip_space(builder);
    }
    builder->at++;
    close_level(builder, from, node);
}

static void number(struct builder *builder, struct json *node)
{
    const char *from = builder->at;
    while (builder->at < builder->end && memchr("+-.eE0123456789", *builder->at, 15) != NULL)
        builder->at++;
    size_t len = (size_t)(builder->at - from);
    char *copy = arena_copy(builder->arena, from, len);
    builder->no_memory |= copy == NULL;
    node->kind = JSON_NUMBER;
    node->text = slice_make(copy, len);
}

/* The recursion is as deep as json_check() let the text be. */
static void value(struct builder *builder, struct json *ret_node)
{
    skip_space(builder);
    switch (*builder->at) {
    case '{':
    case '[':
        level(builder, ret_node);
        return;
    case '"':
        ret_node->kind = JSON_STRING;
        ret_node->text = string(builder);
        return;
    case 't':
    case 'f':
        ret_node->kind = JSON_BOOL;
        ret_node->truth = *builder->at == 't';
        builder->at += ret_node->truth ? 4 : 5;
        return;
    case 'n':
        builder->at += 4;
        return;
    default:
        number(builder, ret_node);
    }
}

int json_build(struct slice text, struct arena *arena, struct json *ret_root, bool *ret_done)
{
    struct builder builder = {.arena = arena, .at = text.at, .end = text.at + text.len};
    *ret_root = (struct json){.kind = JSON_NULL, .key = "", .text = SLICE_EMPTY};
    value(&builder, ret_root);
    free(builder.stack);
    *ret_done = !builder.other;
    return builder.no_memory ? ERR_NOMEM : OK;
}
