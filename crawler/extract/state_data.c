/* state_data.c - see state_data.h.
 *
 * Every object is looked at: one with a title and, beside it, a long text, an employer, a place, pay
 * or a status of postings is a candidate; the one that says most is taken. Names of members are what
 * boards use; values may be text, a list, an object with a name, or one text a language. */
#include "crawler/extract/state_data.h"

#include "common/json.h"
#include "crawler/extract/html_text.h"

#include <string.h>

#define JSON_DEPTH_MAX  200
#define WALK_DEPTH_MAX  40
#define VALUE_DEPTH_MAX 4
#define LIST_ITEMS_MAX  20u
#define TEXT_BYTES_MIN  80u
#define VALUE_BYTES_MAX (256u << 10)
#define UUID_BYTES      36u

struct reader {
    struct arena *arena;
    const struct json *table; /* of numbered values; NULL: values stand where they belong */
    struct slice lang;
    unsigned visited;
    const struct json *best;
    unsigned best_weight;
};

enum member { TITLE, TEXT, EMPLOYER, PLACE, PAY, STATUS, POSTED, MEMBER_COUNT };

static const char *const MEMBERS[MEMBER_COUNT][12] = {
    [TITLE] = {"title", "name", "jobTitle", "job_title", "positionName", "position", "heading",
               "jobName", NULL},
    [TEXT] = {"description", "jobDescription", "job_description", "descriptionHtml", "content",
              "body", "detail", "details", "descriptionShort", NULL},
    [EMPLOYER] = {"company", "companyName", "company_name", "employer", "employerName",
                  "organization", "hiringOrganization", "advertiser", NULL},
    [PLACE] = {"location", "locations", "jobLocation", "city", "place", "address", "workplace",
               "locationName", "region", NULL},
    [PAY] = {"salary", "salaryRange", "baseSalary", "pay", "wage", "compensation", "salaryText",
             NULL},
    [STATUS] = {"status", "state", "jobStatus", "offerStatus", NULL},
    [POSTED] = {"datePosted", "publishedAt", "createdAt", "postedAt", "postedDate", "listingDate",
                NULL},
};

/* Follows a number of Nuxt's table, and its wrappers ["Reactive", n]. */
static const struct json *deref(const struct reader *reader, const struct json *node)
{
    for (int steps = 0; reader->table != NULL && steps < 4; steps++) {
        enum json_kind kind = json_kind_of(node);
        if (kind == JSON_NUMBER) {
            int64_t index = json_int(node, -1);
            if (index < 0 || (size_t)index >= json_count(reader->table))
                return NULL;
            node = json_at(reader->table, (size_t)index);
            kind = json_kind_of(node);
            if (kind == JSON_NUMBER)
                return node; /* a number that is meant as one */
        }
        if (kind != JSON_ARRAY || json_count(node) != 2 ||
            json_kind_of(json_at(node, 0)) != JSON_STRING)
            return node;
        node = json_at(node, 1);
    }
    return node;
}

static const struct json *member_get(const struct reader *reader, const struct json *object,
                                     enum member member)
{
    for (size_t i = 0; MEMBERS[member][i] != NULL; i++) {
        const struct json *value = deref(reader, json_get(object, MEMBERS[member][i]));
        enum json_kind kind = json_kind_of(value);
        if (kind != JSON_ABSENT && kind != JSON_NULL && kind != JSON_BOOL)
            return value;
    }
    return NULL;
}

/* ---- values as text ---- */

static void value_add(const struct reader *reader, const struct json *value, struct text_buf *out,
                      int depth);

static void list_add(const struct reader *reader, const struct json *list, struct text_buf *out,
                     int depth)
{
    size_t count = json_count(list);
    for (size_t i = 0; i < count && i < LIST_ITEMS_MAX; i++) {
        size_t before = out->len;
        if (before > 0)
            text_buf_add_str(out, ", ");
        size_t with_comma = out->len;
        value_add(reader, deref(reader, json_at(list, i)), out, depth);
        if (out->len == with_comma)
            text_buf_truncate(out, before);
    }
}

/* {"minimum": 1, "maximum": 2, "currency": "CZK", "measure": "monthly"} */
static bool range_add(const struct reader *reader, const struct json *object, struct text_buf *out)
{
    static const char *const lows[] = {"minimum", "min", "from", "minValue"};
    static const char *const highs[] = {"maximum", "max", "to", "maxValue"};
    static const char *const units[] = {"measure", "period", "unit", "unitText"};
    struct slice low = SLICE_EMPTY, high = SLICE_EMPTY, unit = SLICE_EMPTY;
    for (size_t i = 0; i < 4; i++) {
        low = low.len > 0 ? low : json_scalar_text(deref(reader, json_get(object, lows[i])));
        high = high.len > 0 ? high : json_scalar_text(deref(reader, json_get(object, highs[i])));
        unit = unit.len > 0 ? unit : json_scalar_text(deref(reader, json_get(object, units[i])));
    }
    if (low.len + high.len == 0)
        return false;
    struct slice currency = json_scalar_text(deref(reader, json_get(object, "currency")));
    if (currency.len > 0)
        text_buf_printf(out, "%.*s ", (int)currency.len, currency.at);
    text_buf_add_slice(out, low);
    if (low.len > 0 && high.len > 0 && !slice_equal(low, high))
        text_buf_add_char(out, '-');
    if (!slice_equal(low, high))
        text_buf_add_slice(out, high);
    if (unit.len > 0)
        text_buf_printf(out, " %s%.*s", slice_ends(unit, "ly") ? "" : "per ", (int)unit.len,
                        unit.at);
    return true;
}

struct longest {
    const struct reader *reader;
    const struct json *value; /* NULL: none yet */
    size_t len;
};

static bool is_code(struct slice text)
{
    return slice_find(text, SLICE("://")) != SIZE_MAX ||
           (text.len == UUID_BYTES && text.at[8] == '-' && text.at[13] == '-');
}

static bool longest_take(const char *key, const struct json *value, void *ctx)
{
    struct longest *longest = ctx;
    (void)key;
    value = deref(longest->reader, value);
    struct slice text = json_string(value);
    bool list = json_kind_of(value) == JSON_ARRAY && longest->value == NULL;
    if (list || (text.len > longest->len && !is_code(text))) {
        longest->value = value;
        longest->len = text.len;
    }
    return true;
}

/* An object by its name, its range, or its text in the page's language. */
static void object_add(const struct reader *reader, const struct json *object, struct text_buf *out,
                       int depth)
{
    static const char *const names[] = {"name",  "title", "label",          "text",
                                        "value", "city",  "addressLocality"};
    if (range_add(reader, object, out))
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct json *value = json_get(object, names[i]);
        if (value != NULL) {
            value_add(reader, deref(reader, value), out, depth);
            return;
        }
    }
    char lang[4] = {0};
    memcpy(lang, reader->lang.at, reader->lang.len < 2 ? reader->lang.len : 2);
    const struct json *value = deref(reader, json_get(object, lang));
    if (value == NULL) {
        struct longest longest = {.reader = reader};
        json_each(object, longest_take, &longest);
        value = longest.value;
    }
    value_add(reader, value, out, depth);
}

static void value_add(const struct reader *reader, const struct json *value, struct text_buf *out,
                      int depth)
{
    enum json_kind kind = json_kind_of(value);
    if (depth > VALUE_DEPTH_MAX)
        return;
    if (kind == JSON_ARRAY)
        list_add(reader, value, out, depth + 1);
    else if (kind == JSON_OBJECT)
        object_add(reader, value, out, depth + 1);
    else if (kind == JSON_STRING || kind == JSON_NUMBER)
        text_buf_add_slice(out, json_scalar_text(value));
}

static int member_text(const struct reader *reader, const struct json *object, enum member member,
                       struct slice *ret_text)
{
    struct text_buf out;
    text_buf_init(&out, VALUE_BYTES_MAX);
    value_add(reader, member_get(reader, object, member), &out, 0);
    char *copy = arena_copy(reader->arena, text_buf_cstr(&out), out.len);
    struct slice html = copy == NULL ? SLICE_EMPTY : slice_make(copy, out.len);
    text_buf_release(&out);
    if (copy == NULL)
        return ERR_NOMEM;
    int rc = html_fragment_text(reader->arena, html, ret_text);
    return rc == OK && member != TEXT ? html_line(reader->arena, *ret_text, false, ret_text) : rc;
}

/* ---- the search ---- */

static bool is_over(struct slice status)
{
    static const char *const words[] = {"expired", "closed",      "paused",  "inactive", "archived",
                                        "ended",   "unpublished", "deleted", "filled",   "removed"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_equal_nocase(status, slice_of(words[i])))
            return true;
    return false;
}

/* How much of a posting does the object say? 0: it is none. */
static unsigned weight_of(const struct reader *reader, const struct json *object)
{
    if (member_get(reader, object, TITLE) == NULL)
        return 0;
    unsigned others = 0, weight = 1;
    for (int i = EMPLOYER; i <= PAY; i++)
        others += member_get(reader, object, (enum member)i) != NULL;
    const struct json *text = member_get(reader, object, TEXT);
    if (json_kind_of(text) == JSON_STRING ? json_string(text).len >= TEXT_BYTES_MIN : text != NULL)
        weight += 3;
    bool over = is_over(json_string(member_get(reader, object, STATUS)));
    if (others == 0 || (weight == 1 && !over))
        return 0;
    return weight + others + over;
}

static void object_try(struct reader *reader, const struct json *object)
{
    unsigned weight = weight_of(reader, object);
    if (weight > reader->best_weight) {
        reader->best_weight = weight;
        reader->best = object;
    }
}

struct visit {
    struct reader *reader;
    int depth;
};

static void node_visit(struct reader *reader, const struct json *node, int depth);

static bool member_visit(const char *key, const struct json *value, void *ctx)
{
    struct visit *visit = ctx;
    (void)key;
    node_visit(visit->reader, value, visit->depth);
    return visit->reader->visited < STATE_NODES_MAX;
}

static void node_visit(struct reader *reader, const struct json *node, int depth)
{
    enum json_kind kind = json_kind_of(node);
    if (depth > WALK_DEPTH_MAX || reader->visited++ >= STATE_NODES_MAX)
        return;
    if (kind == JSON_OBJECT) {
        struct visit visit = {reader, depth + 1};
        object_try(reader, node);
        json_each(node, member_visit, &visit);
    } else if (kind == JSON_ARRAY) {
        size_t count = json_count(node);
        for (size_t i = 0; i < count && reader->visited < STATE_NODES_MAX; i++)
            node_visit(reader, json_at(node, i), depth + 1);
    }
}

/* Nuxt's table begins with a wrapper: [["ShallowReactive", 1], …]. */
static bool is_table(const struct json *root)
{
    const struct json *first = json_at(root, 0);
    return json_kind_of(root) == JSON_ARRAY && json_kind_of(first) == JSON_ARRAY &&
           json_kind_of(json_at(first, 0)) == JSON_STRING &&
           json_kind_of(json_at(first, 1)) == JSON_NUMBER;
}

static int posting_make(const struct reader *reader, struct state_posting *found)
{
    static const struct {
        enum member member;
        enum posting_field field;
    } rows[] = {{TITLE, POSTING_TITLE},
                {TEXT, POSTING_TEXT},
                {EMPLOYER, POSTING_EMPLOYER},
                {PLACE, POSTING_PLACE},
                {PAY, POSTING_PAY}};
    struct slice text;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof rows / sizeof rows[0]; i++) {
        rc = member_text(reader, reader->best, rows[i].member, &text);
        if (rc == OK)
            rc = posting_set(&found->posting, reader->arena, rows[i].field, text);
    }
    if (rc == OK)
        rc = member_text(reader, reader->best, POSTED, &text);
    if (rc == OK)
        rc = posting_set_attr(&found->posting, reader->arena, POSTING_POSTED_AT, text);
    if (rc == OK)
        rc = member_text(reader, reader->best, STATUS, &found->status);
    found->is_over = is_over(found->status);
    found->posting.attr[POSTING_SOURCE_TYPE] = SLICE("state");
    return rc;
}

int state_data_read(struct arena *arena, struct slice json, struct slice lang,
                    struct state_posting *ret_found)
{
    struct state_posting found = {.status = SLICE_EMPTY};
    struct json_doc *doc = NULL;
    struct reader reader = {.arena = arena, .lang = lang};
    posting_init(&found.posting);
    *ret_found = found;
    if (json.len == 0 || json.len > STATE_JSON_BYTES_MAX)
        return OK;
    int rc = json_parse(json, false, JSON_DEPTH_MAX, &doc, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK;
    reader.table = is_table(json_root(doc)) ? json_root(doc) : NULL;
    node_visit(&reader, json_root(doc), 0);
    if (reader.best != NULL)
        rc = posting_make(&reader, &found);
    json_free(doc);
    if (rc == OK)
        *ret_found = found;
    return rc;
}
