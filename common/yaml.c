/* yaml.c - the one file that knows libfyaml; see yaml.h.
 *
 * libfyaml parses and reports syntax; we walk its document once into a tree of our own (small, with
 * line, column and quoting), refuse what the strict subset refuses, and let libfyaml's go. */
#include "common/yaml.h"

#include "common/arena.h"
#include "common/cells.h"
#include "common/file.h"
#include "common/utf8.h"

#include <assert.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TREE_BYTES_MAX (64u << 20)

struct yaml {
    enum yaml_kind kind;
    enum yaml_quoting quoting;
    unsigned line, column;
    struct slice text;         /* a scalar's */
    const struct yaml **items; /* a sequence's items; a mapping's key, value, key, value … */
    size_t count;              /* items, or members */
};

struct yaml_doc {
    struct arena *arena;
    struct slice source;
    const char *name;
    const struct yaml *root;
};

struct builder {
    struct yaml_doc *doc;
    struct fy_document *fyd;
    struct failure *reterr;
};

/* ---- complaints ---- */

static struct slice line_of(struct slice source, unsigned line)
{
    struct slice rest = source, at = SLICE_EMPTY;
    for (unsigned i = 0; i < line; i++)
        if (!slice_next_line(&rest, &at))
            return SLICE_EMPTY;
    return at;
}

/* column: in characters, from 1, as libfyaml counts. */
static int complain(const struct yaml_doc *doc, unsigned line, unsigned column, int code,
                    struct failure *reterr, const char *why)
{
    char caret[CARET_BYTES];
    struct slice text = line_of(doc->source, line), shown;
    caret_show(text, column_byte(text, column), &shown, caret);
    return failure_set(reterr, code, "%s:%u:%u: %s\n  %.*s\n  %s", doc->name, line, column, why,
                       (int)shown.len, shown.at, caret);
}

int yaml_fail(const struct yaml_doc *doc, const struct yaml *node, int code, struct failure *reterr,
              const char *format, ...)
{
    char why[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return complain(doc, node == NULL ? 1 : node->line, node == NULL ? 1 : node->column, code,
                    reterr, why);
}

static int builder_fail(struct builder *builder, const struct yaml *node, const char *why)
{
    return complain(builder->doc, node->line, node->column, ERR_SYNTAX, builder->reterr, why);
}

/* ---- building our tree ---- */

static int node_build(struct builder *builder, struct fy_node *from, unsigned depth,
                      const struct yaml **ret_node);

static void node_place(struct fy_node *from, struct yaml *node)
{
    /* a sequence or mapping takes the place of its first child once that is built */
    struct fy_token *token =
        fy_node_get_type(from) == FYNT_SCALAR ? fy_node_get_scalar_token(from) : NULL;
    const struct fy_mark *mark = token != NULL ? fy_token_start_mark(token) : NULL;
    node->line = mark != NULL ? (unsigned)mark->line + 1 : 1;
    node->column = mark != NULL ? (unsigned)mark->column + 1 : 1;
}

static void place_as_first(struct yaml *node)
{
    if (node->count == 0)
        return;
    node->line = node->items[0]->line;
    node->column = node->items[0]->column;
}

static int scalar_build(struct builder *builder, struct fy_node *from, struct yaml *node)
{
    size_t len = 0;
    const char *text = fy_node_get_scalar(from, &len);
    char *copy = arena_copy(builder->doc->arena, text == NULL ? "" : text, len);
    if (copy == NULL)
        return failure_set(builder->reterr, ERR_NOMEM, "%s: out of memory", builder->doc->name);
    node->kind = YAML_SCALAR;
    node->text = slice_make(copy, len);
    switch (fy_node_get_style(from)) {
    case FYNS_SINGLE_QUOTED:
        node->quoting = YAML_SINGLE;
        break;
    case FYNS_DOUBLE_QUOTED:
        node->quoting = YAML_DOUBLE;
        break;
    case FYNS_LITERAL:
    case FYNS_FOLDED:
        node->quoting = YAML_BLOCK;
        break;
    case FYNS_ALIAS:
        return builder_fail(builder, node, "aliases (*name) are not read here; write it out");
    case FYNS_ANY:
    case FYNS_FLOW:
    case FYNS_BLOCK:
    case FYNS_PLAIN:
        node->quoting = YAML_PLAIN;
        break;
    }
    return OK;
}

static int sequence_build(struct builder *builder, struct fy_node *from, struct yaml *node,
                          unsigned depth)
{
    void *step = NULL;
    node->kind = YAML_SEQUENCE;
    node->count = (size_t)fy_node_sequence_item_count(from);
    node->items = arena_calloc(builder->doc->arena, node->count, sizeof(struct yaml *));
    if (node->items == NULL)
        return failure_set(builder->reterr, ERR_NOMEM, "%s: out of memory", builder->doc->name);
    for (size_t i = 0; i < node->count; i++) {
        struct fy_node *item = fy_node_sequence_iterate(from, &step);
        int rc = node_build(builder, item, depth + 1, &node->items[i]);
        if (rc != OK)
            return rc;
    }
    place_as_first(node);
    return OK;
}

static int member_check(struct builder *builder, const struct yaml *node, size_t index)
{
    const struct yaml *key = node->items[2 * index];
    if (key->kind != YAML_SCALAR)
        return builder_fail(builder, key, "a key must be a word");
    for (size_t i = 0; i < index; i++)
        if (slice_equal(node->items[2 * i]->text, key->text))
            return builder_fail(builder, key, "this key stands here already");
    return OK;
}

static int mapping_build(struct builder *builder, struct fy_node *from, struct yaml *node,
                         unsigned depth)
{
    void *step = NULL;
    node->kind = YAML_MAPPING;
    node->count = (size_t)fy_node_mapping_item_count(from);
    if (node->count > YAML_MEMBERS_MAX)
        return builder_fail(builder, node, "too many keys in one place");
    node->items = arena_calloc(builder->doc->arena, node->count * 2, sizeof(struct yaml *));
    if (node->items == NULL)
        return failure_set(builder->reterr, ERR_NOMEM, "%s: out of memory", builder->doc->name);
    for (size_t i = 0; i < node->count; i++) {
        struct fy_node_pair *pair = fy_node_mapping_iterate(from, &step);
        int rc = node_build(builder, fy_node_pair_key(pair), depth + 1, &node->items[2 * i]);
        if (rc == OK)
            rc = member_check(builder, node, i);
        if (rc == OK)
            rc = node_build(builder, fy_node_pair_value(pair), depth + 1, &node->items[2 * i + 1]);
        if (rc != OK)
            return rc;
        const struct yaml *value = node->items[2 * i + 1];
        bool bare =
            value->kind == YAML_SCALAR && value->text.len == 0 && value->quoting == YAML_PLAIN;
        if (bare || (value->kind != YAML_SCALAR && value->count == 0)) {
            /* an empty value has no place of its own */
            struct yaml *empty = (struct yaml *)(uintptr_t)value;
            empty->line = node->items[2 * i]->line;
            empty->column = node->items[2 * i]->column;
        }
    }
    place_as_first(node);
    return OK;
}

static int node_build(struct builder *builder, struct fy_node *from, unsigned depth,
                      const struct yaml **ret_node)
{
    struct yaml *node = arena_alloc(builder->doc->arena, sizeof *node);
    if (node == NULL)
        return failure_set(builder->reterr, ERR_NOMEM, "%s: out of memory", builder->doc->name);
    node->text = SLICE_EMPTY;
    *ret_node = node;
    if (from == NULL) {
        node->kind = YAML_SCALAR;
        node->line = node->column = 1;
        return OK;
    }
    node_place(from, node);
    if (depth > YAML_DEPTH_MAX)
        return builder_fail(builder, node, "nested too deeply");
    if (fy_node_get_tag_token(from) != NULL)
        return builder_fail(builder, node, "tags (!name) are not read here");
    if (fy_document_lookup_anchor_by_node(builder->fyd, from) != NULL)
        return builder_fail(builder, node, "anchors (&name) are not read here; write it out");
    switch (fy_node_get_type(from)) {
    case FYNT_SCALAR:
        return scalar_build(builder, from, node);
    case FYNT_SEQUENCE:
        return sequence_build(builder, from, node, depth);
    case FYNT_MAPPING:
        return mapping_build(builder, from, node, depth);
    }
    return builder_fail(builder, node, "unreadable");
}

/* ---- parsing ---- */

/* libfyaml reports through a stream: "name:line:col: error: why" and source lines. We keep why. */
static void take_diagnostic(struct yaml_doc *doc, struct slice said, struct failure *reterr)
{
    struct slice rest = said, line;
    while (slice_next_line(&rest, &line)) {
        size_t at = slice_find(line, SLICE("error: "));
        if (at == SIZE_MAX)
            continue;
        char why[512];
        unsigned row = 0, column = 0;
        char copy[64];
        struct slice place = slice_sub(line, 0, at);
        size_t len = place.len < sizeof copy - 1 ? place.len : sizeof copy - 1;
        memcpy(copy, place.at, len);
        copy[len] = '\0';
        const char *numbers = strchr(copy, ':');
        if (numbers == NULL || sscanf(numbers, ":%u:%u", &row, &column) != 2)
            row = column = 1;
        struct slice words = slice_from(line, at + 7);
        snprintf(why, sizeof why, "%.*s", (int)words.len, words.at);
        complain(doc, row, column, ERR_SYNTAX, reterr, why);
        return;
    }
    failure_set(reterr, ERR_SYNTAX, "%s:1:1: not YAML", doc->name);
}

static struct fy_document *document_parse(struct yaml_doc *doc, struct failure *reterr)
{
    char *said = NULL;
    size_t said_len = 0;
    FILE *memory = open_memstream(&said, &said_len);
    if (memory == NULL) {
        failure_set(reterr, ERR_NOMEM, "%s: out of memory", doc->name);
        return NULL;
    }
    struct fy_diag_cfg diag_settings;
    fy_diag_cfg_default(&diag_settings);
    diag_settings.fp = memory;
    diag_settings.colorize = false;
    diag_settings.show_source = false;
    diag_settings.show_position = true;
    diag_settings.show_type = true;
    struct fy_diag *diag = fy_diag_create(&diag_settings);
    struct fy_parse_cfg settings = {.flags = FYPCF_QUIET | FYPCF_DISABLE_MMAP_OPT, .diag = diag};
    settings.flags = FYPCF_DISABLE_MMAP_OPT;
    struct fy_document *fyd =
        fy_document_build_from_string(&settings, doc->source.at, doc->source.len);
    if (diag != NULL)
        fy_diag_destroy(diag);
    fclose(memory);
    if (fyd == NULL)
        take_diagnostic(doc, slice_make(said, said_len), reterr);
    free(said);
    return fyd;
}

/* Blank lines and comments alone. */
static bool source_is_bare(struct slice source)
{
    struct slice rest = source, line;
    while (slice_next_line(&rest, &line)) {
        struct slice words = slice_trim(line);
        if (words.len > 0 && words.at[0] != '#')
            return false;
    }
    return true;
}

static int source_check(struct yaml_doc *doc, struct failure *reterr)
{
    if (!utf8_is_valid(doc->source))
        return failure_set(reterr, ERR_SYNTAX, "%s:1:1: the file is not UTF-8; save it as UTF-8",
                           doc->name);
    struct slice rest = doc->source, line;
    for (unsigned number = 1; slice_next_line(&rest, &line); number++) {
        for (size_t i = 0; i < line.len; i++)
            if ((unsigned char)line.at[i] < 0x20 && line.at[i] != '\r')
                return complain(doc, number, (unsigned)utf8_count(slice_sub(line, 0, i)) + 1,
                                ERR_SYNTAX, reterr,
                                line.at[i] == '\t' ? "a tab; write spaces"
                                                   : "a control character; take it out");
        if (number > 1 && slice_starts(line, "---"))
            return complain(doc, number, 1, ERR_SYNTAX, reterr, "a second document; one a file");
    }
    if (slice_trim(doc->source).len == 0)
        return failure_set(reterr, ERR_SYNTAX, "%s:1:1: the file is empty", doc->name);
    return OK;
}

int yaml_parse(struct slice text, const char *name, struct yaml_doc **ret_doc,
               struct failure *reterr)
{
    struct yaml_doc *doc = calloc(1, sizeof *doc);
    struct fy_document *fyd = NULL;
    if (doc == NULL || arena_create(TREE_BYTES_MAX, &doc->arena) != OK) {
        free(doc);
        return failure_set(reterr, ERR_NOMEM, "%s: out of memory", name);
    }
    char *source = arena_copy(doc->arena, text.at, text.len);
    doc->name = arena_copy(doc->arena, name, strlen(name));
    int rc = OK;
    if (source == NULL || doc->name == NULL)
        rc = failure_set(reterr, ERR_NOMEM, "%s: out of memory", name);
    doc->source = slice_make(source, text.len);
    if (rc == OK && text.len > YAML_FILE_BYTES_MAX)
        rc = failure_set(reterr, ERR_LIMIT, "%s: the file is longer than %u bytes", name,
                         YAML_FILE_BYTES_MAX);
    if (rc == OK)
        rc = source_check(doc, reterr);
    bool bare = rc == OK && source_is_bare(doc->source);
    if (rc == OK && !bare) {
        fyd = document_parse(doc, reterr);
        rc = fyd == NULL ? ERR_SYNTAX : OK;
    }
    if (rc == OK && !bare) {
        struct builder builder = {.doc = doc, .fyd = fyd, .reterr = reterr};
        rc = node_build(&builder, fy_document_root(fyd), 1, &doc->root);
    }
    fy_document_destroy(fyd);
    if (rc != OK) {
        yaml_free(doc);
        return rc;
    }
    *ret_doc = doc;
    return OK;
}

int yaml_load(const char *path, struct yaml_doc **ret_doc, struct failure *reterr)
{
    struct text_buf text;
    text_buf_init(&text, YAML_FILE_BYTES_MAX);
    int rc = file_read(path, &text, reterr);
    if (rc == OK)
        rc = yaml_parse(text_buf_slice(&text), path, ret_doc, reterr);
    text_buf_release(&text);
    return rc;
}

void yaml_free(struct yaml_doc *doc)
{
    if (doc == NULL)
        return;
    arena_free(doc->arena);
    free(doc);
}

/* ---- reading ---- */

const struct yaml *yaml_root(const struct yaml_doc *doc)
{
    return doc->root;
}

enum yaml_kind yaml_kind_of(const struct yaml *node)
{
    return node == NULL ? YAML_ABSENT : node->kind;
}

const struct yaml *yaml_get(const struct yaml *mapping, const char *key)
{
    if (yaml_kind_of(mapping) != YAML_MAPPING)
        return NULL;
    for (size_t i = 0; i < mapping->count; i++)
        if (slice_is(mapping->items[2 * i]->text, key))
            return mapping->items[2 * i + 1];
    return NULL;
}

size_t yaml_count(const struct yaml *node)
{
    return node == NULL ? 0 : node->count;
}

const struct yaml *yaml_at(const struct yaml *sequence, size_t index)
{
    if (yaml_kind_of(sequence) != YAML_SEQUENCE || index >= sequence->count)
        return NULL;
    return sequence->items[index];
}

bool yaml_member(const struct yaml *mapping, size_t index, const struct yaml **ret_key,
                 const struct yaml **ret_value)
{
    if (yaml_kind_of(mapping) != YAML_MAPPING || index >= mapping->count)
        return false;
    *ret_key = mapping->items[2 * index];
    *ret_value = mapping->items[2 * index + 1];
    return true;
}

struct slice yaml_text(const struct yaml *node)
{
    return yaml_kind_of(node) == YAML_SCALAR ? node->text : SLICE_EMPTY;
}

struct slice yaml_get_text(const struct yaml *mapping, const char *key)
{
    return yaml_text(yaml_get(mapping, key));
}

enum yaml_quoting yaml_quoting_of(const struct yaml *node)
{
    return node == NULL ? YAML_PLAIN : node->quoting;
}

unsigned yaml_line(const struct yaml *node)
{
    return node == NULL ? 0 : node->line;
}

unsigned yaml_column(const struct yaml *node)
{
    return node == NULL ? 0 : node->column;
}
