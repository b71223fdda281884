/* html_facts.c - the scan for facts; see html_facts.h.
 *
 * One pass over the tokens. Text is decoded only where it is kept: in titles and anchors. */
#include "crawler/extract/html_facts.h"

#include "common/utf8.h"
#include "crawler/extract/charref.h"
#include "crawler/extract/html_text.h"

#include <string.h>

#define ANCHOR_BYTES_MAX 200u
#define ANCHOR_RAW_BYTES 1000u
#define LINKS_FIRST      128u

struct gatherer {
    struct arena *arena;
    struct things *things;
    struct html_facts facts;
    struct raw_link *links;
    size_t links_capacity;
    struct raw_link *anchor; /* open <a>, or NULL */
    struct text_buf text;    /* of the anchor or heading that is open, undecoded */
    struct text_buf robots, head;
    enum html_tag heading; /* open <h1> … <h6> */
    enum html_tag title;   /* open <title> */
    unsigned chrome;       /* open nav, header, footer */
    unsigned svg;
    bool is_state;   /* or data for the page's scripts */
    bool is_jsonld;  /* the raw text that follows is */
    bool maybe_root; /* the last start tag was an application's root */
    bool failed;
};

static struct slice attr_text(struct gatherer *gatherer, struct slice attrs, const char *name)
{
    struct slice raw, text;
    if (!html_attr(attrs, name, &raw))
        return SLICE_EMPTY;
    if (charref_decode(gatherer->arena, slice_sub(raw, 0, FACTS_LINK_BYTES_MAX), true, &text) !=
        OK) {
        gatherer->failed = true;
        return SLICE_EMPTY;
    }
    return slice_trim(text);
}

static struct slice attr_raw(struct slice attrs, const char *name)
{
    struct slice value;
    html_attr(attrs, name, &value);
    return slice_trim(value);
}

/* ---- head ---- */

static void keep_first(struct slice *kept, struct slice text)
{
    if (kept->len == 0)
        *kept = text;
}

static void line_keep_first(struct gatherer *gatherer, struct slice *kept, struct slice text)
{
    struct slice line;
    if (kept->len > 0 || text.len == 0)
        return;
    if (html_line(gatherer->arena, text, true, &line) != OK)
        gatherer->failed = true;
    else
        *kept = line;
}

static void meta_take(struct gatherer *gatherer, struct slice attrs)
{
    struct html_facts *facts = &gatherer->facts;
    struct slice name = attr_raw(attrs, "property");
    const struct {
        const char *name;
        struct slice *kept;
    } rows[] = {{"description", &facts->description}, {"og:title", &facts->og_title},
                {"og:type", &facts->og_type},         {"og:description", &facts->og_description},
                {"og:image", &facts->og_image},       {"og:site_name", &facts->og_site_name}};
    if (name.len == 0)
        name = attr_raw(attrs, "name");
    if (name.len == 0) {
        if (slice_equal_nocase(attr_raw(attrs, "http-equiv"), SLICE("refresh")))
            keep_first(&facts->refresh, attr_text(gatherer, attrs, "content"));
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_equal_nocase(name, slice_of(rows[i].name)))
            keep_first(rows[i].kept, attr_text(gatherer, attrs, "content"));
    if (slice_equal_nocase(name, SLICE("robots"))) {
        text_buf_add_slice(&gatherer->robots, attr_text(gatherer, attrs, "content"));
        text_buf_add_char(&gatherer->robots, ',');
    }
    if (slice_starts_nocase(name, "article:published") ||
        slice_starts_nocase(name, "article:author"))
        facts->has_article_mark = true;
}

static struct raw_link *link_new(struct gatherer *gatherer)
{
    struct html_facts *facts = &gatherer->facts;
    if (facts->links_count == FACTS_LINKS_MAX) {
        facts->links_cut = true;
        return NULL;
    }
    if (facts->links_count == gatherer->links_capacity) {
        size_t more = gatherer->links_capacity == 0 ? LINKS_FIRST : gatherer->links_capacity * 2;
        struct raw_link *links = arena_calloc(gatherer->arena, more, sizeof *links);
        if (links == NULL) {
            gatherer->failed = true;
            return NULL;
        }
        if (facts->links_count > 0)
            memcpy(links, gatherer->links, facts->links_count * sizeof *links);
        gatherer->links = links;
        gatherer->links_capacity = more;
    }
    struct raw_link *link = &gatherer->links[facts->links_count++];
    *link = (struct raw_link){.href = SLICE_EMPTY, .text = SLICE_EMPTY, .classes = SLICE_EMPTY};
    return link;
}

static unsigned rel_read(struct slice rel)
{
    static const struct {
        const char *word;
        unsigned flag;
    } words[] = {{"next", REL_NEXT},
                 {"prev", REL_PREV},
                 {"previous", REL_PREV},
                 {"nofollow", REL_NOFOLLOW},
                 {"tag", REL_TAG}};
    unsigned flags = 0;
    while (rel.len > 0) {
        size_t end = 0;
        while (end < rel.len && !html_is_space(rel.at[end]))
            end++;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (slice_equal_nocase(slice_sub(rel, 0, end), slice_of(words[i].word)))
                flags |= words[i].flag;
        rel = slice_from(rel, end + 1);
    }
    return flags;
}

static void link_element_take(struct gatherer *gatherer, struct slice attrs)
{
    struct slice rel = attr_raw(attrs, "rel"), type = attr_raw(attrs, "type");
    unsigned flags = rel_read(rel);
    if (slice_equal_nocase(rel, SLICE("canonical"))) {
        keep_first(&gatherer->facts.canonical, attr_text(gatherer, attrs, "href"));
        return;
    }
    if (slice_find_nocase(rel, SLICE("alternate")) != SIZE_MAX &&
        (slice_find_nocase(type, SLICE("rss")) != SIZE_MAX ||
         slice_find_nocase(type, SLICE("atom")) != SIZE_MAX ||
         slice_equal_nocase(type, SLICE("application/feed+json"))))
        flags |= REL_FEED;
    if ((flags & (REL_NEXT | REL_PREV | REL_FEED)) == 0)
        return;
    struct raw_link *link = link_new(gatherer);
    if (link == NULL)
        return;
    link->href = attr_text(gatherer, attrs, "href");
    link->rel = flags;
}

/* ---- anchors and headings ---- */

static void anchor_end(struct gatherer *gatherer)
{
    struct slice line;
    if (gatherer->anchor == NULL)
        return;
    if (html_line(gatherer->arena, text_buf_slice(&gatherer->text), true, &line) != OK) {
        gatherer->failed = true;
        line = SLICE_EMPTY;
    }
    if (line.len > 0)
        gatherer->anchor->text = utf8_cut(line, ANCHOR_BYTES_MAX);
    gatherer->anchor = NULL;
}

static void anchor_start(struct gatherer *gatherer, struct slice attrs)
{
    struct slice href;
    anchor_end(gatherer);
    if (!html_attr(attrs, "href", &href))
        return;
    struct raw_link *link = link_new(gatherer);
    if (link == NULL)
        return;
    link->href = attr_text(gatherer, attrs, "href");
    link->classes = attr_raw(attrs, "class");
    link->rel = rel_read(attr_raw(attrs, "rel"));
    if (gatherer->chrome > 0)
        link->rel |= REL_CHROME;
    if (gatherer->heading != TAG_OTHER)
        link->rel |= REL_HEADING;
    text_buf_reset(&gatherer->text);
    struct slice label = attr_text(gatherer, attrs, "aria-label");
    if (label.len == 0)
        label = attr_text(gatherer, attrs, "title");
    link->text = utf8_cut(label, ANCHOR_BYTES_MAX); /* kept when there is no text */
    gatherer->anchor = link;
}

/* Text of images counts when an anchor has no other. */
static void anchor_image(struct gatherer *gatherer, struct slice attrs)
{
    if (gatherer->anchor != NULL && gatherer->text.len == 0)
        text_buf_add_slice(&gatherer->text, attr_raw(attrs, "alt"));
}

static bool is_chrome(enum html_tag tag)
{
    return tag == TAG_nav || tag == TAG_header || tag == TAG_footer;
}

static bool is_root(struct slice attrs)
{
    struct slice id = attr_raw(attrs, "id");
    static const char *const names[] = {"app",      "root",        "__next",
                                        "__nuxt",   "react-root",  "main-app",
                                        "app-root", "application", "svelte"};
    for (size_t i = 0; id.len > 0 && i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(id, slice_of(names[i])))
            return true;
    return false;
}

static void script_start(struct gatherer *gatherer, struct slice attrs)
{
    struct slice type = attr_raw(attrs, "type");
    gatherer->facts.scripts++;
    gatherer->is_jsonld = slice_starts_nocase(type, "application/ld+json");
    gatherer->is_state = slice_starts_nocase(type, "application/json");
}

/* Text parted by an element is not one word. */
static void word_break(struct gatherer *gatherer)
{
    if (gatherer->anchor != NULL || gatherer->heading != TAG_OTHER)
        text_buf_add_char(&gatherer->text, ' ');
}

static void heading_start(struct gatherer *gatherer, enum html_tag tag)
{
    gatherer->heading = tag;
    if (gatherer->anchor != NULL)
        gatherer->anchor->rel |= REL_HEADING;
    else
        text_buf_reset(&gatherer->text);
}

static void start_take(struct gatherer *gatherer, const struct html_token *token)
{
    struct html_facts *facts = &gatherer->facts;
    struct slice attrs = token->attrs;
    if (html_tag_class(token->tag) & HTML_BLOCK)
        word_break(gatherer);
    if (token->tag >= TAG_h1 && token->tag <= TAG_h6)
        heading_start(gatherer, token->tag);
    if (is_chrome(token->tag))
        gatherer->chrome++;
    gatherer->maybe_root = token->tag == TAG_div && is_root(attrs);
    switch ((int)token->tag) {
    case TAG_a:
        anchor_start(gatherer, attrs);
        break;
    case TAG_meta:
        meta_take(gatherer, attrs);
        break;
    case TAG_link:
        link_element_take(gatherer, attrs);
        break;
    case TAG_base:
        keep_first(&facts->base, attr_text(gatherer, attrs, "href"));
        break;
    case TAG_html:
        keep_first(&facts->lang, attr_raw(attrs, "lang"));
        break;
    case TAG_img:
        anchor_image(gatherer, attrs);
        break;
    case TAG_script:
        script_start(gatherer, attrs);
        break;
    case TAG_svg:
        gatherer->svg += token->self_closing ? 0 : 1;
        break;
    case TAG_p:
        facts->paragraphs++;
        break;
    case TAG_input:
        if (slice_equal_nocase(attr_raw(attrs, "type"), SLICE("password")))
            facts->password_fields++;
        break;
    default:
        break;
    }
}

static void heading_end(struct gatherer *gatherer)
{
    if (gatherer->heading == TAG_h1 && gatherer->anchor == NULL)
        line_keep_first(gatherer, &gatherer->facts.h1, text_buf_slice(&gatherer->text));
    gatherer->heading = TAG_OTHER;
}

static void close_take(struct gatherer *gatherer, const struct html_token *token)
{
    if (gatherer->maybe_root && token->tag == TAG_div)
        gatherer->facts.app_root = true;
    gatherer->maybe_root = false;
    if (token->tag >= TAG_h1 && token->tag <= TAG_h6)
        heading_end(gatherer);
    if (html_tag_class(token->tag) & HTML_BLOCK)
        word_break(gatherer);
    if (token->tag == TAG_a)
        anchor_end(gatherer);
    else if (is_chrome(token->tag) && gatherer->chrome > 0)
        gatherer->chrome--;
    else if (token->tag == TAG_svg && gatherer->svg > 0)
        gatherer->svg--;
}

/* ---- text ---- */

/* Eight at a time: a byte above ' ' has its high bit set, or carries into it with 0x5F added. */
static size_t bytes_shown(struct slice text)
{
    const uint64_t high = UINT64_C(0x8080808080808080), add = UINT64_C(0x5F5F5F5F5F5F5F5F);
    size_t count = 0, i = 0;
    for (uint64_t word; i + sizeof word <= text.len; i += sizeof word) {
        memcpy(&word, text.at + i, sizeof word);
        count += (size_t)__builtin_popcountll((((word & ~high) + add) | word) & high);
    }
    for (; i < text.len; i++)
        count += (unsigned char)text.at[i] > ' ';
    return count;
}

static int raw_take(struct gatherer *gatherer, const struct html_token *token)
{
    struct html_facts *facts = &gatherer->facts;
    if (token->tag == TAG_title && gatherer->svg == 0)
        line_keep_first(gatherer, &facts->title, token->text);
    if (token->tag == TAG_noscript)
        line_keep_first(gatherer, &facts->noscript, slice_sub(token->text, 0, 2000));
    if (token->tag != TAG_script)
        return OK;
    if (!gatherer->is_jsonld) {
        facts->script_bytes += token->text.len;
        if (gatherer->is_state && token->text.len > facts->state.len)
            facts->state = token->text;
        return OK;
    }
    if (facts->jsonld_blocks++ >= JSONLD_BLOCKS_MAX) {
        gatherer->things->cut = true;
        return OK;
    }
    return jsonld_read(gatherer->things, token->text);
}

static void text_take(struct gatherer *gatherer, const struct html_token *token)
{
    struct html_facts *facts = &gatherer->facts;
    size_t shown = bytes_shown(token->text);
    if (shown == 0)
        return;
    gatherer->maybe_root = false;
    if (gatherer->svg > 0)
        return;
    facts->text_bytes += shown;
    if (gatherer->chrome == 0 && gatherer->head.len + token->text.len < FACTS_HEAD_BYTES) {
        text_buf_add_slice(&gatherer->head, slice_trim(token->text));
        text_buf_add_char(&gatherer->head, ' ');
    }
    if (gatherer->anchor != NULL)
        facts->linked_bytes += shown;
    if ((gatherer->anchor != NULL || gatherer->heading == TAG_h1) &&
        gatherer->text.len < ANCHOR_RAW_BYTES)
        text_buf_add_slice(&gatherer->text, slice_sub(token->text, 0, ANCHOR_RAW_BYTES));
}

static void facts_init(struct html_facts *facts)
{
    *facts = (struct html_facts){0};
    struct slice *texts[] = {&facts->title,       &facts->h1,        &facts->lang,
                             &facts->description, &facts->og_title,  &facts->og_description,
                             &facts->og_type,     &facts->og_image,  &facts->og_site_name,
                             &facts->robots,      &facts->canonical, &facts->base,
                             &facts->refresh,     &facts->noscript,  &facts->head,
                             &facts->state};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = SLICE_EMPTY;
}

/* Moves what was gathered to the arena. */
static struct slice keep(struct gatherer *gatherer, struct text_buf *buf)
{
    struct slice kept = SLICE_EMPTY;
    char *copy = arena_copy(gatherer->arena, text_buf_cstr(buf), buf->len);
    if (copy == NULL)
        gatherer->failed = true;
    else
        kept = slice_make(copy, buf->len);
    text_buf_release(buf);
    return kept;
}

int html_facts_read(struct arena *arena, struct slice page, struct things *things,
                    struct html_facts *ret_facts)
{
    struct gatherer gatherer = {.arena = arena, .things = things};
    struct html_scan scan;
    struct html_token token;
    int rc = OK;
    facts_init(&gatherer.facts);
    text_buf_init(&gatherer.text, 16u << 10);
    text_buf_init(&gatherer.robots, 4096);
    text_buf_init(&gatherer.head, FACTS_HEAD_BYTES + 16);
    html_scan_init(&scan, page);
    while (rc == OK && html_scan_next(&scan, &token)) {
        if (token.kind == HTML_START)
            start_take(&gatherer, &token);
        else if (token.kind == HTML_CLOSE)
            close_take(&gatherer, &token);
        else if (token.kind == HTML_TEXT && token.tag != TAG_OTHER)
            rc = raw_take(&gatherer, &token);
        else if (token.kind == HTML_TEXT)
            text_take(&gatherer, &token);
        if (gatherer.failed)
            rc = ERR_NOMEM;
    }
    anchor_end(&gatherer);
    struct html_facts *facts = &gatherer.facts;
    facts->links = gatherer.links;
    facts->robots = keep(&gatherer, &gatherer.robots);
    facts->head = keep(&gatherer, &gatherer.head);
    text_buf_release(&gatherer.text);
    if (gatherer.failed)
        rc = ERR_NOMEM;
    if (rc == OK)
        *ret_facts = *facts;
    return rc;
}
