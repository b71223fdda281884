/* bank_sources.c - see bank_sources.h. Walks the files of a bank for `source`, `sources` and
 * `rationale`, wherever they stand. */
#include "app/bank_sources.h"
#include "common/yaml.h"

#include <stdio.h>

#define ID_BYTES_MAX   1024u
#define LIST_BYTES_MAX 4096u
#define KEYS_BYTES_MAX (64u << 10)
#define PATH_BYTES     1024u

struct walk;
/* A mapping that names sources; list: its node. */
typedef int named_fn(struct walk *walk, const struct yaml *mapping, const struct yaml *list);
static int note_reason(struct walk *walk, const struct yaml *mapping, struct slice reason);

struct walk {
    const struct bank_pack *pack;
    named_fn *named;
    struct yaml_doc *doc; /* of the file at path */
    struct slice path;
    struct citations *citations; /* of load: noted into */
    /* of check: */
    const struct citations *known;
    bank_sources_fn *tell;
    void *ctx;
    struct text_buf keys; /* seen so far: "ID5;KR1;" */
    struct bank_sources_count count;
};

/* ---- walking ---- */

static int node_walk(struct walk *walk, const struct yaml *node)
{
    const struct yaml *name = NULL, *value = NULL;
    int rc = OK;
    for (size_t i = 0; rc == OK && yaml_member(node, i, &name, &value); i++) {
        struct slice key = yaml_text(name);
        if (slice_is(key, "source") || slice_is(key, "sources"))
            rc = walk->named(walk, node, value);
        else if (slice_is(key, "rationale"))
            rc = walk->citations != NULL ? note_reason(walk, node, yaml_text(value)) : OK;
        else
            rc = node_walk(walk, value);
    }
    for (size_t i = 0; rc == OK && yaml_kind_of(node) == YAML_SEQUENCE && i < yaml_count(node); i++)
        rc = node_walk(walk, yaml_at(node, i));
    return rc;
}

static int file_walk(struct walk *walk, struct bank_file file)
{
    char name[PATH_BYTES];
    struct failure ignored;
    snprintf(name, sizeof name, "%s/%.*s", bank_pack_origin(walk->pack), (int)file.path.len,
             file.path.at);
    walk->path = file.path;
    int rc = yaml_parse(file.bytes, name, &walk->doc, &ignored);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK;
    rc = node_walk(walk, yaml_root(walk->doc));
    yaml_free(walk->doc);
    walk->doc = NULL;
    return rc;
}

static int pack_walk(struct walk *walk)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < bank_pack_count(walk->pack); i++) {
        struct bank_file file = bank_pack_at(walk->pack, i);
        if (slice_ends(file.path, ".yml"))
            rc = file_walk(walk, file);
    }
    return rc;
}

/* ---- loading ---- */

/* As the baseline of a verdict names the wage (wage_ordinary). */
static void wage_name(const struct yaml *row, struct text_buf *out)
{
    static const char *const rest[] = {"currency", "amount", "year"};
    struct slice region = yaml_get_text(row, "region");
    text_buf_add_str(out, "wage:");
    text_buf_add_slice(out, yaml_get_text(row, "country"));
    text_buf_printf(out, "%s%.*s", region.len > 0 ? " " : "", (int)region.len, region.at);
    text_buf_add_str(out, slice_is(yaml_get_text(row, "role"), "minimum") ? " minimum wage"
                                                                          : " office work");
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        text_buf_add_char(out, ' ');
        text_buf_add_slice(out, yaml_get_text(row, rest[i]));
    }
}

static void name_of(const struct walk *walk, const struct yaml *mapping, struct text_buf *out)
{
    struct slice idea = yaml_get_text(mapping, "idea"), id = yaml_get_text(mapping, "id");
    if (slice_is(walk->path, "wages.yml"))
        wage_name(mapping, out);
    else if (idea.len > 0)
        text_buf_add_slice(out, idea);
    else if (id.len > 0)
        text_buf_printf(out, "%s%.*s", slice_is(walk->path, "places.yml") ? "place:" : "",
                        (int)id.len, id.at);
}

static int note(struct walk *walk, const struct yaml *mapping, const struct yaml *list)
{
    struct text_buf id, sources;
    text_buf_init(&id, ID_BYTES_MAX);
    text_buf_init(&sources, LIST_BYTES_MAX);
    name_of(walk, mapping, &id);
    text_buf_add_slice(&sources, yaml_text(list));
    for (size_t i = 0; yaml_kind_of(list) == YAML_SEQUENCE && i < yaml_count(list); i++) {
        struct slice one = yaml_text(yaml_at(list, i));
        text_buf_printf(&sources, "%s%.*s", i > 0 ? "; " : "", (int)one.len, one.at);
    }
    int rc = OK; /* a list too long to show is shown as far as it goes */
    if (id.len > 0 && text_buf_status(&id) == OK)
        rc = citations_note(walk->citations, text_buf_slice(&id), text_buf_slice(&sources));
    text_buf_release(&id);
    text_buf_release(&sources);
    return rc;
}

static int note_reason(struct walk *walk, const struct yaml *mapping, struct slice reason)
{
    struct text_buf id;
    text_buf_init(&id, ID_BYTES_MAX);
    name_of(walk, mapping, &id);
    int rc = OK;
    if (id.len > 0 && text_buf_status(&id) == OK)
        rc = citations_note_reason(walk->citations, text_buf_slice(&id), reason);
    text_buf_release(&id);
    return rc;
}

int bank_sources_load(const struct bank_pack *pack, const char *patterns,
                      struct citations **ret_citations, struct failure *reterr)
{
    struct citations *citations = NULL;
    int rc = citations_load(patterns, &citations, reterr);
    if (rc != OK)
        return rc;
    struct walk walk = {.pack = pack, .named = note, .citations = citations};
    rc = pack_walk(&walk);
    if (rc != OK) {
        citations_free(citations);
        return failure_set(reterr, rc, "the bank's sources: %s", err_name(rc));
    }
    *ret_citations = citations;
    return OK;
}

int bank_sources_load_dir(const char *patterns, struct citations **ret_citations,
                          struct failure *reterr)
{
    struct bank_pack *pack = NULL;
    int rc = bank_pack_load(patterns, &pack, reterr);
    if (rc == ERR_NOT_FOUND)
        return citations_load(patterns, ret_citations, reterr);
    if (rc == OK)
        rc = bank_sources_load(pack, patterns, ret_citations, reterr);
    bank_pack_free(pack);
    return rc;
}

/* ---- checking ---- */

static bool is_seen(const struct walk *walk, struct slice key)
{
    struct slice seen = text_buf_slice(&walk->keys), other;
    while (citation_next(&seen, &other))
        if (slice_equal(other, key))
            return true;
    return false;
}

static void complain(struct walk *walk, const struct yaml *node, struct slice key)
{
    struct failure why;
    if (key.len == 0)
        yaml_fail(walk->doc, node, ERR_SYNTAX, &why,
                  "a source is a key of " CITATIONS_FILE " or free words: one text, or a list of "
                  "them under 'sources'");
    else
        yaml_fail(walk->doc, node, ERR_SYNTAX, &why,
                  "'%.*s' is no key of " CITATIONS_FILE ": add its row there, or correct the key",
                  (int)key.len, key.at);
    walk->tell(walk->ctx, why.text);
}

/* Of a wage: words that are no key say who published it. One word is a key with a slip in it. */
static void wage_check(struct walk *walk, const struct yaml *node)
{
    struct slice text = slice_trim(yaml_text(node));
    if (slice_is(walk->path, "wages.yml") && text.len > 0 && !citation_is_key(text) &&
        slice_find_char(text, ' ') == SIZE_MAX)
        complain(walk, node, text);
}

static void text_check(struct walk *walk, const struct yaml *node)
{
    struct slice text = yaml_text(node), source;
    struct citation citation;
    if (yaml_kind_of(node) != YAML_SCALAR || slice_trim(text).len == 0)
        complain(walk, node, SLICE_EMPTY);
    wage_check(walk, node);
    while (citation_next(&text, &source)) {
        if (!citation_is_key(source))
            continue;
        bool known = citations_find(walk->known, source, &citation);
        if (!known)
            complain(walk, node, source);
        if (is_seen(walk, source))
            continue;
        text_buf_printf(&walk->keys, "%.*s;", (int)source.len, source.at);
        walk->count.keys++;
        walk->count.known += known;
    }
}

static int check(struct walk *walk, const struct yaml *mapping, const struct yaml *list)
{
    (void)mapping;
    if (yaml_kind_of(list) != YAML_SEQUENCE)
        text_check(walk, list);
    for (size_t i = 0; yaml_kind_of(list) == YAML_SEQUENCE && i < yaml_count(list); i++)
        text_check(walk, yaml_at(list, i));
    return text_buf_status(&walk->keys);
}

int bank_sources_check(const struct bank_pack *pack, const struct citations *citations,
                       bank_sources_fn *tell, void *ctx, struct bank_sources_count *ret_count,
                       struct failure *reterr)
{
    struct walk walk = {.pack = pack, .named = check, .known = citations, .tell = tell, .ctx = ctx};
    text_buf_init(&walk.keys, KEYS_BYTES_MAX);
    int rc = pack_walk(&walk);
    text_buf_release(&walk.keys);
    if (rc != OK)
        return failure_set(reterr, rc, "the bank's sources: %s", err_name(rc));
    *ret_count = walk.count;
    return OK;
}
