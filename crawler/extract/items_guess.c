/* items_guess.c - where the postings of a board's own export or API answer are, when nobody said.
 *
 * Boards call the same things by the same few words. The first kind of XML element, or the longest
 * JSON list of objects, that has a title, a text or an address, and one thing more, is taken for the
 * items; each field is the best of the words that its members use. Cost: one pass over the tags, or
 * one JSON tree, up to GUESS_ITEMS_MAX items. */
#include "common/json.h"
#include "crawler/extract/items_inside.h"
#include "crawler/extract/xml_scan.h"

#include <string.h>

#define GUESS_ITEMS_MAX      50u
#define GUESS_DEPTH_MAX      8u
#define GUESS_PATH_BYTES_MAX 512u
#define JSON_DEPTH_MAX       64

/* Best first within a field. Compared without case, '_', '-' and ':'. */
static const struct word {
    const char *word;
    enum rule_field field;
} WORDS[] = {{"title", RULE_TITLE},
             {"jobtitle", RULE_TITLE},
             {"position", RULE_TITLE},
             {"positionname", RULE_TITLE},
             {"vacancytitle", RULE_TITLE},
             {"postingtitle", RULE_TITLE},
             {"headline", RULE_TITLE},
             {"name", RULE_TITLE},
             {"description", RULE_TEXT},
             {"jobdescription", RULE_TEXT},
             {"fulldescription", RULE_TEXT},
             {"descriptionhtml", RULE_TEXT},
             {"descriptionplain", RULE_TEXT},
             {"content", RULE_TEXT},
             {"body", RULE_TEXT},
             {"details", RULE_TEXT},
             {"summary", RULE_TEXT},
             {"url", RULE_URL},
             {"joburl", RULE_URL},
             {"link", RULE_URL},
             {"absoluteurl", RULE_URL},
             {"hostedurl", RULE_URL},
             {"canonicalurl", RULE_URL},
             {"detailurl", RULE_URL},
             {"applyurl", RULE_URL},
             {"id", RULE_ID},
             {"jobid", RULE_ID},
             {"referencenumber", RULE_ID},
             {"reference", RULE_ID},
             {"externalid", RULE_ID},
             {"uuid", RULE_ID},
             {"shortcode", RULE_ID},
             {"company", RULE_EMPLOYER},
             {"companyname", RULE_EMPLOYER},
             {"employer", RULE_EMPLOYER},
             {"employername", RULE_EMPLOYER},
             {"hiringorganization", RULE_EMPLOYER},
             {"organization", RULE_EMPLOYER},
             {"startup", RULE_EMPLOYER},
             {"advertiser", RULE_EMPLOYER},
             {"location", RULE_PLACE},
             {"joblocation", RULE_PLACE},
             {"locations", RULE_PLACE},
             {"city", RULE_PLACE},
             {"cities", RULE_PLACE},
             {"place", RULE_PLACE},
             {"region", RULE_PLACE},
             {"salary", RULE_PAY},
             {"salaryrange", RULE_PAY},
             {"compensation", RULE_PAY},
             {"pay", RULE_PAY},
             {"wage", RULE_PAY},
             {"dateposted", RULE_POSTED_AT},
             {"posteddate", RULE_POSTED_AT},
             {"postedat", RULE_POSTED_AT},
             {"publishedat", RULE_POSTED_AT},
             {"publicationdate", RULE_POSTED_AT},
             {"pubdate", RULE_POSTED_AT},
             {"date", RULE_POSTED_AT},
             {"createdat", RULE_POSTED_AT},
             {"lastupdate", RULE_POSTED_AT},
             {"updatedat", RULE_POSTED_AT},
             {"validthrough", RULE_VALID_THROUGH},
             {"expirationdate", RULE_VALID_THROUGH},
             {"expirydate", RULE_VALID_THROUGH},
             {"closingdate", RULE_VALID_THROUGH},
             {"deadline", RULE_VALID_THROUGH}};
#define WORDS_COUNT (sizeof WORDS / sizeof WORDS[0])

/* Which of WORDS the members of one kind of item are; the name as written. */
struct members {
    struct slice name[WORDS_COUNT]; /* len 0: not seen */
};

static size_t word_find(struct slice name)
{
    char folded[32];
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (c == '_' || c == '-')
            continue;
        if (len == sizeof folded)
            return WORDS_COUNT;
        folded[len++] = c;
    }
    size_t word = 0;
    while (word < WORDS_COUNT &&
           !slice_equal_nocase(slice_make(folded, len), slice_of(WORDS[word].word)))
        word++;
    return word;
}

static void members_note(struct members *members, struct slice name)
{
    size_t word = word_find(name);
    if (word < WORDS_COUNT && members->name[word].len == 0)
        members->name[word] = name;
}

static bool members_are_job(const struct members *members)
{
    bool has[RULE_FIELD_COUNT] = {false};
    unsigned count = 0;
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        if (members->name[i].len == 0 || has[WORDS[i].field])
            continue;
        has[WORDS[i].field] = true;
        count++;
    }
    return has[RULE_TITLE] && (has[RULE_TEXT] || has[RULE_URL]) && count >= 3;
}

/* Fields of the rules from the members. Errors: ERR_NOMEM. */
static int members_give(const struct members *members, struct arena *arena,
                        struct rule_items *rules)
{
    for (size_t i = WORDS_COUNT; i > 0; i--) { /* backwards: the best comes last and stays */
        struct slice name = members->name[i - 1];
        if (name.len == 0)
            continue;
        const char *copy = arena_copy(arena, name.at, name.len);
        if (copy == NULL)
            return ERR_NOMEM;
        rules->field[WORDS[i - 1].field] = copy;
    }
    return OK;
}

/* ---- XML ---- */

struct xml_guess {
    struct xml_scan scan;
    struct members level[GUESS_DEPTH_MAX + 1]; /* of the elements open now */
    struct members found;
    struct text_buf path; /* of the items, once found; else empty */
    struct text_buf here;
    unsigned items;
};

static void path_here(struct xml_guess *guess)
{
    text_buf_reset(&guess->here);
    for (unsigned i = 0; i < guess->scan.depth; i++) {
        text_buf_add_char(&guess->here, '/');
        text_buf_add_slice(&guess->here, guess->scan.stack[i].qname);
    }
}

/* An element ends that may have been an item. */
static void level_end(struct xml_guess *guess, const struct members *members)
{
    if (guess->path.len == 0 && !members_are_job(members))
        return;
    path_here(guess);
    if (text_buf_status(&guess->here) != OK)
        return;
    if (guess->path.len == 0)
        text_buf_add_slice(&guess->path, text_buf_slice(&guess->here));
    else if (!slice_equal(text_buf_slice(&guess->path), text_buf_slice(&guess->here)))
        return;
    guess->items++;
    for (size_t i = 0; i < WORDS_COUNT; i++)
        if (guess->found.name[i].len == 0)
            guess->found.name[i] = members->name[i];
}

static int guess_xml(struct arena *arena, struct slice text, struct rule_items *rules)
{
    struct xml_guess guess = {.items = 0};
    const struct members none = {.name = {{NULL, 0}}};
    int rc = OK;
    xml_scan_init(&guess.scan, text);
    text_buf_init(&guess.path, GUESS_PATH_BYTES_MAX);
    text_buf_init(&guess.here, GUESS_PATH_BYTES_MAX);
    while (guess.items < GUESS_ITEMS_MAX) {
        enum xml_token token = xml_next(&guess.scan);
        unsigned depth = guess.scan.depth;
        if (token == XML_END)
            break;
        if (token == XML_TEXT || depth > GUESS_DEPTH_MAX)
            continue;
        if (token == XML_OPEN) {
            guess.level[depth] = none;
            members_note(&guess.level[depth - 1], guess.scan.name);
        } else {
            level_end(&guess, &guess.level[depth]);
        }
    }
    if (guess.path.len > 0) {
        rules->path = arena_copy(arena, guess.path.at, guess.path.len);
        rc = rules->path == NULL ? ERR_NOMEM : members_give(&guess.found, arena, rules);
    }
    text_buf_release(&guess.path);
    text_buf_release(&guess.here);
    return rc;
}

/* ---- JSON ---- */

struct json_guess {
    struct text_buf here, path;
    struct members found;
    size_t items; /* of the best list so far; 0: none */
    unsigned depth;
};

static bool note_each(const char *key, const struct json *value, void *ctx)
{
    enum json_kind kind = json_kind_of(value);
    if (kind != JSON_NULL && kind != JSON_ABSENT)
        members_note(ctx, slice_of(key));
    return true;
}

static void look(struct json_guess *guess, const struct json *node);

static bool look_each(const char *key, const struct json *value, void *ctx)
{
    struct json_guess *guess = ctx;
    size_t len = guess->here.len;
    enum json_kind kind = json_kind_of(value);
    if ((kind != JSON_OBJECT && kind != JSON_ARRAY) || strchr(key, '/') != NULL)
        return true;
    text_buf_add_char(&guess->here, '/');
    if (text_buf_add_str(&guess->here, key) == OK)
        look(guess, value);
    text_buf_truncate(&guess->here, len);
    return text_buf_status(&guess->here) == OK;
}

/* A list of objects, or an object that stands for itself, with what it has. */
static void consider(struct json_guess *guess, const struct json *node, size_t count)
{
    struct members members = {.name = {{NULL, 0}}};
    if (count <= guess->items)
        return;
    if (json_kind_of(node) == JSON_OBJECT)
        json_each(node, note_each, &members);
    for (size_t i = 0; i < json_count(node) && i < GUESS_ITEMS_MAX; i++)
        if (json_kind_of(node) == JSON_ARRAY)
            json_each(json_at(node, i), note_each, &members);
    if (!members_are_job(&members))
        return;
    guess->items = count;
    guess->found = members;
    text_buf_reset(&guess->path);
    text_buf_add_slice(&guess->path, text_buf_slice(&guess->here));
}

static void look(struct json_guess *guess, const struct json *node)
{
    if (guess->depth == GUESS_DEPTH_MAX)
        return;
    guess->depth++;
    bool is_list = json_kind_of(node) == JSON_ARRAY;
    if (!is_list || json_kind_of(json_at(node, 0)) == JSON_OBJECT)
        consider(guess, node, is_list ? json_count(node) : 1);
    if (is_list)
        look(guess, json_at(node, 0));
    else
        json_each(node, look_each, guess);
    guess->depth--;
}

static int guess_json(struct arena *arena, struct slice text, struct rule_items *rules)
{
    struct json_guess guess = {.items = 0};
    struct json_doc *doc = NULL;
    int rc = json_parse(text, false, JSON_DEPTH_MAX, &doc, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK; /* what cannot be read has no items */
    text_buf_init(&guess.path, GUESS_PATH_BYTES_MAX);
    text_buf_init(&guess.here, GUESS_PATH_BYTES_MAX);
    look(&guess, json_root(doc));
    if (guess.items > 0) {
        rules->path = arena_copy(arena, text_buf_cstr(&guess.path), guess.path.len);
        rc = rules->path == NULL ? ERR_NOMEM : members_give(&guess.found, arena, rules);
    }
    text_buf_release(&guess.path);
    text_buf_release(&guess.here);
    json_free(doc);
    return rc;
}

/* ---- the whole ---- */

/* A page whose <html> was left out begins with one of these. */
static bool is_html_name(struct slice name)
{
    static const char *const names[] = {
        "html",  "head",   "body",   "div", "p",      "span", "table", "title",   "meta",
        "style", "link",   "script", "a",   "ul",     "ol",   "main",  "form",    "img",
        "br",    "center", "h1",     "h2",  "header", "nav",  "svg",   "article", "section"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(name, slice_of(names[i])))
            return true;
    return false;
}

int items_guess(struct arena *arena, struct slice text, struct rule_items *ret_rules,
                bool *ret_found)
{
    struct rule_items rules = {.path = NULL};
    struct slice trimmed = slice_trim(text);
    int rc = OK;
    if (slice_starts(trimmed, "{") || slice_starts(trimmed, "["))
        rc = guess_json(arena, trimmed, &rules);
    else if (slice_starts(trimmed, "<") &&
             !is_html_name(xml_root_name(slice_sub(trimmed, 0, ITEMS_LOOK_BYTES))))
        rc = guess_xml(arena, trimmed, &rules);
    if (rc != OK)
        return rc;
    *ret_found = rules.path != NULL;
    if (*ret_found)
        *ret_rules = rules;
    return OK;
}
