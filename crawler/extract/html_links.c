/* html_links.c - links made absolute, told apart by what they lead to; see html_links.h.
 *
 * Boards differ in words but not in habit: a list links many addresses of one shape ("/rpd/#/",
 * "/lowongan/#-#"), each with a text of its own. So links are grouped by shape, and a shape that
 * comes often with texts that differ is a list of postings. Words of the path decide where there is
 * no list; the source's own rules decide over everything. */
#include "crawler/extract/html_links.h"

#include "crawler/extract/link_words.h"
#include "crawler/extract/rules_inside.h"

#include <string.h>

#define SHAPES_MAX      512u
#define SHAPE_LINKS_MIN 5u     /* of one shape, to be a list */
#define SHAPE_TEXT_MEAN 8u     /* bytes of anchor text, at least */
#define SEEN_SLOTS      16384u /* a power of two, over twice PAGE_LINKS_MAX */

struct candidate {
    struct url url;
    const struct raw_link *raw;
    uint32_t shape; /* index + 1, 0: none */
    unsigned words; /* enum link_word */
};

struct shape {
    uint64_t hash;
    uint32_t count, text_bytes, headings;
    bool is_own_host;
};

struct collector {
    struct arena *arena;
    const struct page_input *input;
    struct url base, self;
    bool base_known, self_known;
    struct candidate *list;
    size_t count;
    uint32_t *seen; /* SEEN_SLOTS of index + 1 */
    struct shape *shapes;
    size_t shapes_count;
};

int html_base(struct arena *arena, const struct html_facts *facts, const char *url,
              struct url *ret_base, bool *ret_known)
{
    struct url self;
    const struct url *on = NULL;
    int rc = url_parse(arena, slice_of(url), NULL, &self, NULL);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc == OK)
        on = &self;
    *ret_known = on != NULL;
    if (on != NULL)
        *ret_base = self;
    if (facts->base.len == 0)
        return OK;
    struct url base;
    rc = url_parse(arena, facts->base, on, &base, NULL);
    if (rc == OK) {
        *ret_base = base;
        *ret_known = true;
    }
    return rc == ERR_NOMEM ? rc : OK;
}

/* ---- collecting ---- */

static uint64_t hash_add(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(1099511628211);
}

static uint64_t hash_of(struct slice text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.len; i++)
        hash = hash_add(hash, text.at[i]);
    return hash;
}

/* True when that address is new; then it takes index + 1. */
static bool seen_add(struct collector *collector, struct slice href, uint32_t index,
                     uint32_t *ret_old)
{
    size_t slot = (size_t)hash_of(href) & (SEEN_SLOTS - 1);
    while (collector->seen[slot] != 0) {
        uint32_t old = collector->seen[slot] - 1;
        if (slice_equal(url_without_fragment(&collector->list[old].url), href)) {
            *ret_old = old;
            return false;
        }
        slot = (slot + 1) & (SEEN_SLOTS - 1);
    }
    collector->seen[slot] = index + 1;
    return true;
}

static bool is_web(struct slice href)
{
    static const char *const schemes[] = {
        "javascript:", "data:",     "mailto:", "tel:",   "sms:",  "blob:",  "about:", "file:",
        "ftp:",        "whatsapp:", "tg:",     "viber:", "line:", "skype:", "intent:"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (slice_starts_nocase(href, schemes[i]))
            return false;
    return href.len > 0 && href.at[0] != '#';
}

static int link_take(struct collector *collector, const struct raw_link *raw)
{
    struct url url;
    uint32_t old = 0;
    if (!is_web(raw->href) || collector->count == PAGE_LINKS_MAX)
        return OK;
    int rc = url_parse(collector->arena, raw->href, collector->base_known ? &collector->base : NULL,
                       &url, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK;
    struct slice href = url_without_fragment(&url);
    if (collector->self_known && slice_equal(href, url_without_fragment(&collector->self)))
        return OK;
    if (!seen_add(collector, href, (uint32_t)collector->count, &old)) {
        /* the same address again, perhaps with the better text */
        if (collector->list[old].raw->text.len < raw->text.len &&
            collector->list[old].raw->rel == 0)
            collector->list[old].raw = raw;
        return OK;
    }
    collector->list[collector->count++] = (struct candidate){.url = url, .raw = raw};
    return OK;
}

/* ---- shapes ---- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* A path segment as its shape: what varies from posting to posting becomes "#". */
static uint64_t segment_shape(uint64_t hash, struct slice segment, bool *ret_varies)
{
    size_t digits = 0, hyphens = 0;
    for (size_t i = 0; i < segment.len; i++) {
        digits += is_digit(segment.at[i]);
        hyphens += segment.at[i] == '-' || segment.at[i] == '_' || segment.at[i] == '%';
    }
    if (digits >= 3 || hyphens >= 2 || (digits > 0 && hyphens > 0) || segment.len >= 24) {
        *ret_varies = true;
        return hash_add(hash, '#');
    }
    for (size_t i = 0; i < segment.len; i++)
        hash = hash_add(hash, segment.at[i]);
    return hash;
}

static uint64_t query_shape(uint64_t hash, struct slice query, bool *ret_varies)
{
    while (query.len > 0) {
        size_t end = slice_find_char(query, '&');
        struct slice member = slice_sub(query, 0, end);
        size_t equals = slice_find_char(member, '=');
        struct slice key = slice_sub(member, 0, equals);
        if (link_key_is_id(key)) {
            *ret_varies = true;
            for (size_t i = 0; i < key.len; i++)
                hash = hash_add(hash, key.at[i]);
        }
        if (end == SIZE_MAX)
            break;
        query = slice_from(query, end + 1);
    }
    return hash;
}

/* 0: nothing varies, so there is no list of such. */
static uint64_t shape_of(const struct url *url)
{
    bool varies = false;
    uint64_t hash = hash_of(url->host);
    struct slice path = url->path;
    while (path.len > 0) {
        path = slice_from(path, 1);
        size_t end = slice_find_char(path, '/');
        hash = segment_shape(hash_add(hash, '/'), slice_sub(path, 0, end), &varies);
        path = end == SIZE_MAX ? SLICE_EMPTY : slice_from(path, end);
    }
    hash = query_shape(hash_add(hash, '?'), url->query, &varies);
    return varies ? hash | 1 : 0;
}

static void shape_count(struct collector *collector, struct candidate *candidate)
{
    uint64_t hash = shape_of(&candidate->url);
    if (hash == 0 || (candidate->words & (WORD_ACCOUNT | WORD_ARTICLE | WORD_LISTING)) != 0 ||
        (candidate->raw->rel & REL_CHROME) != 0)
        return;
    size_t i = 0;
    while (i < collector->shapes_count && collector->shapes[i].hash != hash)
        i++;
    if (i == SHAPES_MAX)
        return;
    if (i == collector->shapes_count) {
        collector->shapes[i] = (struct shape){.hash = hash};
        collector->shapes[i].is_own_host =
            !collector->self_known || url_same_site(&collector->self, &candidate->url);
        collector->shapes_count++;
    }
    struct shape *shape = &collector->shapes[i];
    shape->count++;
    shape->text_bytes += (uint32_t)candidate->raw->text.len;
    shape->headings += (candidate->raw->rel & REL_HEADING) != 0;
    candidate->shape = (uint32_t)i + 1;
}

/* The shape with the most text to it, or 0: this page is no list. */
static uint32_t list_shape(const struct collector *collector)
{
    uint64_t best_weight = 0;
    uint32_t best = 0;
    for (size_t i = 0; i < collector->shapes_count; i++) {
        const struct shape *shape = &collector->shapes[i];
        if (shape->count < SHAPE_LINKS_MIN || !shape->is_own_host ||
            shape->text_bytes < shape->count * SHAPE_TEXT_MEAN)
            continue;
        uint64_t weight = (uint64_t)shape->text_bytes + shape->headings * UINT64_C(40);
        if (weight > best_weight) {
            best_weight = weight;
            best = (uint32_t)i + 1;
        }
    }
    return best;
}

/* ---- kinds ---- */

static bool is_number(struct slice text)
{
    if (text.len == 0 || text.len > 4)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.at[i]))
            return false;
    return true;
}

bool url_looks_like_posting(const struct url *url)
{
    return (link_words(url) & WORD_POSTING) != 0;
}

/* To another page of the same list? */
static bool leads_on(const struct candidate *candidate)
{
    return (candidate->words & WORD_PAGING) != 0 ||
           (is_number(candidate->raw->text) && link_has_paging(&candidate->url)) ||
           link_text_is_next(candidate->raw->text) ||
           slice_find(candidate->raw->classes, SLICE("tme_messages_more")) != SIZE_MAX;
}

static enum link_kind kind_of(const struct collector *collector, const struct candidate *candidate,
                              uint32_t list)
{
    const struct extract_rules *rules = collector->input->rules;
    unsigned rel = candidate->raw->rel;
    char follow = extract_rules_follow(rules, url_without_fragment(&candidate->url));
    if (follow != 0)
        return follow == 'p' ? LINK_POSTING : LINK_LISTING;
    if (rel & REL_FEED)
        return LINK_FEED;
    if (extract_rules_has_follow(rules))
        return rel & REL_NEXT ? LINK_LISTING : LINK_OTHER;
    if ((candidate->words & WORD_ACCOUNT) != 0 ||
        (collector->self_known && !url_same_site(&collector->self, &candidate->url)))
        return LINK_OTHER;
    if (rel & (REL_NEXT | REL_PREV))
        return LINK_LISTING;
    if (list != 0 && candidate->shape == list)
        return LINK_POSTING;
    if (leads_on(candidate))
        return LINK_LISTING;
    if (candidate->words & WORD_POSTING)
        return LINK_POSTING;
    return candidate->words & WORD_LISTING ? LINK_LISTING : LINK_OTHER;
}

static int links_write(struct collector *collector, struct page_output *output,
                       size_t *ret_postings)
{
    uint32_t list = list_shape(collector);
    struct page_link *links = arena_calloc(collector->arena, collector->count, sizeof *links);
    if (links == NULL)
        return ERR_NOMEM;
    *ret_postings = 0;
    for (size_t i = 0; i < collector->count; i++) {
        const struct candidate *candidate = &collector->list[i];
        links[i] = (struct page_link){.url = url_without_fragment(&candidate->url),
                                      .kind = kind_of(collector, candidate, list),
                                      .lastmod = SLICE_EMPTY};
        if (links[i].kind == LINK_POSTING && (list == 0 || candidate->shape == list))
            (*ret_postings)++;
    }
    output->links = links;
    output->links_count = collector->count;
    return OK;
}

/* ---- the head's word on links ---- */

static int canonical_read(struct arena *arena, const struct html_facts *facts,
                          const struct collector *collector, struct page_output *output)
{
    struct url url;
    output->noindex = slice_find_nocase(facts->robots, SLICE("noindex")) != SIZE_MAX ||
                      slice_find_nocase(facts->robots, SLICE("none")) != SIZE_MAX;
    output->nofollow = slice_find_nocase(facts->robots, SLICE("nofollow")) != SIZE_MAX ||
                       slice_find_nocase(facts->robots, SLICE("none")) != SIZE_MAX;
    output->canonical = SLICE_EMPTY;
    if (facts->canonical.len == 0)
        return OK;
    int rc = url_parse(arena, facts->canonical, collector->base_known ? &collector->base : NULL,
                       &url, NULL);
    if (rc == OK)
        output->canonical = url_without_fragment(&url);
    return rc == ERR_NOMEM ? rc : OK;
}

/* "0; url=/elsewhere" */
static struct slice refresh_target(struct slice refresh)
{
    size_t at = slice_find_nocase(refresh, SLICE("url"));
    if (at == SIZE_MAX)
        return SLICE_EMPTY;
    struct slice rest = slice_trim(slice_from(refresh, at + 3));
    if (rest.len == 0 || rest.at[0] != '=')
        return SLICE_EMPTY;
    rest = slice_trim(slice_from(rest, 1));
    if (rest.len > 1 && (rest.at[0] == '"' || rest.at[0] == '\''))
        rest = slice_sub(rest, 1, slice_find_char(slice_from(rest, 1), rest.at[0]));
    return rest;
}

int html_links_read(struct arena *arena, const struct html_facts *facts,
                    const struct page_input *input, struct page_output *output,
                    size_t *ret_postings)
{
    struct collector collector = {.arena = arena, .input = input};
    size_t most = facts->links_count + 1 < PAGE_LINKS_MAX ? facts->links_count + 1 : PAGE_LINKS_MAX;
    collector.list = arena_calloc(arena, most, sizeof *collector.list);
    collector.seen = arena_calloc(arena, SEEN_SLOTS, sizeof *collector.seen);
    collector.shapes = arena_calloc(arena, SHAPES_MAX, sizeof *collector.shapes);
    if (collector.list == NULL || collector.seen == NULL || collector.shapes == NULL)
        return ERR_NOMEM;
    int rc = url_parse(arena, slice_of(input->url), NULL, &collector.self, NULL);
    collector.self_known = rc == OK;
    if (rc != ERR_NOMEM)
        rc = html_base(arena, facts, input->url, &collector.base, &collector.base_known);
    if (rc == OK)
        rc = canonical_read(arena, facts, &collector, output);
    struct raw_link refresh = {
        .href = refresh_target(facts->refresh), .text = SLICE_EMPTY, .classes = SLICE_EMPTY};
    if (rc == OK)
        rc = link_take(&collector, &refresh);
    for (size_t i = 0; rc == OK && i < facts->links_count; i++)
        rc = link_take(&collector, &facts->links[i]);
    for (size_t i = 0; rc == OK && i < collector.count; i++) {
        collector.list[i].words = link_words(&collector.list[i].url);
        shape_count(&collector, &collector.list[i]);
    }
    return rc == OK ? links_write(&collector, output, ret_postings) : rc;
}
