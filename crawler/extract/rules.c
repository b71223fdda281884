/* rules.c - a source's reading rules: JSON to compiled selectors, globs and mappings.
 *
 * Every selector is compiled here, once a source, so that a page costs only its evaluation and a
 * mistake of spelling is told before anything is fetched. All of it lives in one arena, but for the
 * compiled XPath, which is libxml2's. */
#include "crawler/extract/rules_inside.h"

#include "common/arena.h"
#include "crawler/extract/css.h"
#include "crawler/glob.h"

#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

#define RULES_ARENA_BYTES_MAX (1u << 20)
#define RULES_GLOBS_MAX       64u
#define RULES_WORDS_MAX       64u
#define RULES_TEXT_BYTES_MAX  4096u

struct rule_glob {
    struct slice pattern;
    bool whole; /* matched with the whole URL, else with path and query */
    char kind;
};

struct extract_rules {
    struct arena *arena;
    struct rule_selector links, next, field[RULE_FIELD_COUNT]; /* xpath NULL: absent */
    bool has_fields, has_items, has_detail, has_paging;
    struct rule_items items, detail;
    struct rule_paging paging;
    const char *html; /* NULL: absent */
    struct rule_glob globs[RULES_GLOBS_MAX];
    size_t globs_count;
    struct slice expired[RULES_WORDS_MAX];
    size_t expired_count;
};

int rule_field_put(struct arena *arena, enum rule_field field, struct slice text,
                   struct posting *posting)
{
    switch (field) {
    case RULE_ID:
        return posting_set_attr(posting, arena, POSTING_ID, text);
    case RULE_TITLE:
        return posting_set(posting, arena, POSTING_TITLE, text);
    case RULE_TEXT:
        return posting_set(posting, arena, POSTING_TEXT, text);
    case RULE_EMPLOYER:
        return posting_set(posting, arena, POSTING_EMPLOYER, text);
    case RULE_PLACE:
        return posting_set(posting, arena, POSTING_PLACE, text);
    case RULE_PAY:
        return posting_set(posting, arena, POSTING_PAY, text);
    case RULE_POSTED_AT:
        return posting_set_attr(posting, arena, POSTING_POSTED_AT, text);
    case RULE_VALID_THROUGH:
        return posting_set_attr(posting, arena, POSTING_VALID_THROUGH, text);
    case RULE_URL:
    case RULE_FIELD_COUNT:
        break;
    }
    return OK;
}

const char *rule_field_name(enum rule_field field)
{
    static const char *const names[RULE_FIELD_COUNT] = {
        "url", "id", "title", "text", "employer", "place", "pay", "posted_at", "valid_through"};
    return names[field];
}

static enum rule_field field_find(const char *name)
{
    unsigned field = 0;
    while (field < RULE_FIELD_COUNT && strcmp(rule_field_name((enum rule_field)field), name) != 0)
        field++;
    return (enum rule_field)field;
}

/* ---- reading ---- */

struct loading {
    struct extract_rules *rules;
    struct failure *reterr;
    int status;
};

static bool fail(struct loading *loading, const char *key, const char *what)
{
    loading->status = failure_set(loading->reterr, ERR_SYNTAX, "extract: '%s' %s", key, what);
    return false;
}

/* A text of the rules, copied; NULL after a failure. */
static const char *copy_text(struct loading *loading, const char *key, const struct json *node)
{
    struct slice text = slice_trim(json_string(node));
    if (json_kind_of(node) != JSON_STRING || text.len == 0) {
        fail(loading, key, "must be a text");
        return NULL;
    }
    if (text.len > RULES_TEXT_BYTES_MAX) {
        loading->status =
            failure_set(loading->reterr, ERR_LIMIT, "extract: '%s' is longer than %u bytes", key,
                        RULES_TEXT_BYTES_MAX);
        return NULL;
    }
    const char *copy = arena_copy(loading->rules->arena, text.at, text.len);
    if (copy == NULL)
        loading->status = failure_set(loading->reterr, ERR_NOMEM, "no memory for reading rules");
    return copy;
}

/* libxml2 would print to standard error; our sentence says the same. */
static void on_xpath_error(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
}

static struct _xmlXPathCompExpr *compile(const char *xpath)
{
    xmlXPathContext *context = xmlXPathNewContext(NULL);
    if (context == NULL)
        return NULL;
    context->error = on_xpath_error;
    xmlXPathCompExpr *compiled = xmlXPathCtxtCompile(context, (const xmlChar *)xpath);
    xmlXPathFreeContext(context);
    return compiled;
}

static bool read_selector(struct loading *loading, const char *key, const struct json *node,
                          struct rule_selector *selector)
{
    const char *text = copy_text(loading, key, node);
    if (text == NULL)
        return false;
    loading->status =
        css_to_xpath(loading->rules->arena, slice_of(text), &selector->xpath, loading->reterr);
    if (loading->status != OK) {
        failure_prefix(loading->reterr, "extract: '%s'", key);
        return false;
    }
    selector->compiled = compile(selector->xpath);
    if (selector->compiled != NULL)
        return true;
    loading->status = failure_set(loading->reterr, ERR_SYNTAX,
                                  "extract: '%s': \"%s\" is no XPath 1.0 expression", key, text);
    selector->xpath = NULL;
    return false;
}

static bool each_field(const char *key, const struct json *value, void *ctx)
{
    struct loading *loading = ctx;
    enum rule_field field = field_find(key);
    if (field == RULE_FIELD_COUNT || field == RULE_URL)
        return fail(loading, key,
                    "is no field; id, title, text, employer, place, pay, posted_at and "
                    "valid_through are");
    loading->rules->has_fields = true;
    return read_selector(loading, key, value, &loading->rules->field[field]);
}

static bool put_item(struct loading *loading, const char *key, const struct json *value,
                     struct rule_items *items)
{
    enum rule_field field = field_find(key);
    const char *path = NULL;
    if (strcmp(key, "path") != 0 && field == RULE_FIELD_COUNT)
        return fail(loading, key,
                    "is no member of items; path, url, id, title, text, employer, place, pay, "
                    "posted_at and valid_through are");
    if (strcmp(key, "path") == 0 && json_kind_of(value) == JSON_STRING &&
        json_string(value).len == 0)
        path = ""; /* the root array */
    else
        path = copy_text(loading, key, value);
    if (field == RULE_FIELD_COUNT)
        items->path = path;
    else
        items->field[field] = path;
    return path != NULL;
}

static bool each_item(const char *key, const struct json *value, void *ctx)
{
    struct loading *loading = ctx;
    return put_item(loading, key, value, &loading->rules->items);
}

static bool each_detail(const char *key, const struct json *value, void *ctx)
{
    struct loading *loading = ctx;
    return put_item(loading, key, value, &loading->rules->detail);
}

/* As it would stand in a URL: what is no ASCII, and spaces, as %XX. NULL: no memory. */
static const char *glob_encode(struct arena *arena, const char *text)
{
    size_t len = 0;
    char *at = arena_alloc(arena, 3 * strlen(text) + 1);
    for (size_t i = 0; at != NULL && text[i] != '\0'; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte > ' ' && byte < 0x7f) {
            at[len++] = (char)byte;
            continue;
        }
        at[len++] = '%';
        at[len++] = "0123456789ABCDEF"[byte >> 4];
        at[len++] = "0123456789ABCDEF"[byte & 15];
    }
    return at;
}

static bool read_globs(struct loading *loading, const char *key, const struct json *list, char kind)
{
    struct extract_rules *rules = loading->rules;
    if (json_kind_of(list) != JSON_ARRAY)
        return fail(loading, key, "must be a list of patterns, such as [\"/job/*\"]");
    for (size_t i = 0; i < json_count(list); i++) {
        const char *text = copy_text(loading, key, json_at(list, i));
        if (text != NULL && (text = glob_encode(rules->arena, text)) == NULL)
            loading->status =
                failure_set(loading->reterr, ERR_NOMEM, "no memory for reading rules");
        if (text == NULL)
            return false;
        if (rules->globs_count == RULES_GLOBS_MAX)
            return fail(loading, key, "makes more than 64 patterns of follow");
        rules->globs[rules->globs_count++] =
            (struct rule_glob){slice_of(text), strncmp(text, "http", 4) == 0, kind};
    }
    return true;
}

static bool each_follow(const char *key, const struct json *value, void *ctx)
{
    struct loading *loading = ctx;
    if (strcmp(key, "posting") != 0 && strcmp(key, "listing") != 0)
        return fail(loading, key, "is no member of follow; posting and listing are");
    return read_globs(loading, key, value, key[0]);
}

static bool read_expired(struct loading *loading, const struct json *list)
{
    struct extract_rules *rules = loading->rules;
    if (json_kind_of(list) != JSON_ARRAY)
        return fail(loading, "expired", "must be a list of words");
    for (size_t i = 0; i < json_count(list); i++) {
        const char *text = copy_text(loading, "expired", json_at(list, i));
        if (text == NULL)
            return false;
        if (rules->expired_count == RULES_WORDS_MAX)
            return fail(loading, "expired", "has more than 64 words");
        rules->expired[rules->expired_count++] = slice_of(text);
    }
    return true;
}

static bool read_object(struct loading *loading, const char *key, const struct json *node,
                        json_each_fn *each)
{
    if (json_kind_of(node) != JSON_OBJECT)
        return fail(loading, key, "must be a mapping");
    json_each(node, each, loading);
    return loading->status == OK;
}

static bool each_member(const char *key, const struct json *value, void *ctx)
{
    struct loading *loading = ctx;
    struct extract_rules *rules = loading->rules;
    if (strcmp(key, "links") == 0)
        return read_selector(loading, key, value, &rules->links);
    if (strcmp(key, "next") == 0)
        return read_selector(loading, key, value, &rules->next);
    if (strcmp(key, "fields") == 0)
        return read_object(loading, key, value, each_field);
    if (strcmp(key, "follow") == 0)
        return read_object(loading, key, value, each_follow);
    if (strcmp(key, "expired") == 0)
        return read_expired(loading, value);
    if (strcmp(key, "html") == 0)
        return (rules->html = copy_text(loading, key, value)) != NULL;
    if (strcmp(key, "detail") == 0) {
        rules->has_detail = true;
        return read_object(loading, key, value, each_detail);
    }
    if (strcmp(key, "paging") == 0) {
        rules->has_paging = true;
        loading->status = rule_paging_read(rules->arena, value, &rules->paging, loading->reterr);
        return loading->status == OK;
    }
    if (strcmp(key, "items") != 0)
        return fail(loading, key,
                    "is no rule; links, next, follow, fields, expired, items, detail, html and "
                    "paging are");
    rules->has_items = true;
    if (!read_object(loading, key, value, each_item))
        return false;
    return rules->items.path != NULL ||
           fail(loading, key, "needs 'path', the place of an item: \"/offers/offer\"");
}

int extract_rules_from_json(const struct json *node, struct extract_rules **ret_rules,
                            struct failure *reterr)
{
    struct extract_rules *rules = calloc(1, sizeof *rules);
    struct loading loading = {.rules = rules, .reterr = reterr};
    if (rules == NULL || arena_create(RULES_ARENA_BYTES_MAX, &rules->arena) != OK) {
        free(rules);
        return failure_set(reterr, ERR_NOMEM, "no memory for reading rules");
    }
    if (json_kind_of(node) == JSON_OBJECT)
        json_each(node, each_member, &loading);
    else if (json_kind_of(node) != JSON_ABSENT && json_kind_of(node) != JSON_NULL)
        fail(&loading, "extract", "must be a mapping");
    if (loading.status != OK) {
        extract_rules_free(rules);
        return loading.status;
    }
    *ret_rules = rules;
    return OK;
}

void extract_rules_free(struct extract_rules *rules)
{
    if (rules == NULL)
        return;
    xmlXPathFreeCompExpr(rules->links.compiled);
    xmlXPathFreeCompExpr(rules->next.compiled);
    for (unsigned i = 0; i < RULE_FIELD_COUNT; i++)
        xmlXPathFreeCompExpr(rules->field[i].compiled);
    arena_free(rules->arena);
    free(rules);
}

/* ---- asking ---- */

static const struct rule_selector *if_there(const struct rule_selector *selector)
{
    return selector->xpath == NULL ? NULL : selector;
}

const struct rule_selector *extract_rules_links(const struct extract_rules *rules)
{
    return rules == NULL ? NULL : if_there(&rules->links);
}

const struct rule_selector *extract_rules_next(const struct extract_rules *rules)
{
    return rules == NULL ? NULL : if_there(&rules->next);
}

const struct rule_selector *extract_rules_field(const struct extract_rules *rules,
                                                enum rule_field field)
{
    return rules == NULL ? NULL : if_there(&rules->field[field]);
}

const struct rule_items *extract_rules_items(const struct extract_rules *rules)
{
    return rules == NULL || !rules->has_items ? NULL : &rules->items;
}

const struct rule_items *extract_rules_detail(const struct extract_rules *rules)
{
    return rules == NULL || !rules->has_detail ? NULL : &rules->detail;
}

const struct rule_paging *extract_rules_paging(const struct extract_rules *rules)
{
    return rules == NULL || !rules->has_paging ? NULL : &rules->paging;
}

const char *extract_rules_html(const struct extract_rules *rules)
{
    return rules == NULL ? NULL : rules->html;
}

bool extract_rules_has_fields(const struct extract_rules *rules)
{
    return rules != NULL && rules->has_fields;
}

size_t extract_rules_expired(const struct extract_rules *rules, const struct slice **ret_words)
{
    *ret_words = rules == NULL || rules->expired_count == 0 ? NULL : rules->expired;
    return rules == NULL ? 0 : rules->expired_count;
}

/* Path and query of an absolute URL, without its fragment. */
static struct slice path_of(struct slice url)
{
    size_t scheme = slice_find(url, SLICE("://"));
    struct slice rest = scheme == SIZE_MAX ? url : slice_from(url, scheme + 3);
    size_t at = 0;
    while (at < rest.len && rest.at[at] != '/' && rest.at[at] != '?')
        at++;
    return scheme == SIZE_MAX ? rest : slice_from(rest, at);
}

char extract_rules_follow(const struct extract_rules *rules, struct slice url)
{
    url = slice_sub(url, 0, slice_find_char(url, '#'));
    struct slice path = path_of(url);
    for (size_t i = 0; rules != NULL && i < rules->globs_count; i++) {
        const struct rule_glob *glob = &rules->globs[i];
        if (glob_matches(glob->pattern, true, glob->whole ? url : path))
            return glob->kind;
    }
    return 0;
}

bool extract_rules_has_follow(const struct extract_rules *rules)
{
    return rules != NULL && rules->globs_count > 0;
}
