/* rule_fields.c - what a source's own selectors select; see page_inside.h.
 *
 * The one place that needs a document for XPath, so libxml2 builds one here and only here. Its
 * attribute check is quadratic: a page with a tag longer than HTML_ATTRS_BYTES_MAX is not given to
 * it. Selected elements are printed as they stand and read by our own walker, so their text has the
 * same lines as any other. */
#include "crawler/extract/html_text.h"
#include "crawler/extract/page_inside.h"
#include "crawler/extract/rules_inside.h"

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/xpath.h>
#include <string.h>

#define NODES_PER_RULE_MAX 2000
#define FIELD_NODES_MAX    200

struct selection {
    struct page_work *work;
    htmlDocPtr doc;
    xmlXPathContextPtr context;
};

static bool has_long_tag(struct slice page)
{
    struct html_scan scan;
    struct html_token token;
    html_scan_init(&scan, page);
    while (html_scan_next(&scan, &token))
        if (scan.attrs_cut)
            return true;
    return false;
}

static void selection_release(struct selection *selection)
{
    xmlXPathFreeContext(selection->context);
    xmlFreeDoc(selection->doc);
}

static int selection_init(struct selection *selection, struct page_work *work)
{
    const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                        HTML_PARSE_NONET | HTML_PARSE_COMPACT | HTML_PARSE_NODEFDTD;
    *selection = (struct selection){.work = work};
    selection->doc = htmlReadMemory(work->text.at, (int)work->text.len, NULL, "UTF-8", options);
    if (selection->doc == NULL)
        return ERR_NOMEM;
    selection->context = xmlXPathNewContext(selection->doc);
    if (selection->context != NULL)
        selection->context->opLimit = 5000000;
    return selection->context == NULL ? ERR_NOMEM : OK;
}

/* The nodes of a rule, or NULL; free with xmlXPathFreeObject(). */
static xmlXPathObjectPtr nodes_of(struct selection *selection, const struct rule_selector *rule)
{
    if (rule == NULL || rule->compiled == NULL)
        return NULL;
    selection->context->node = (xmlNodePtr)selection->doc;
    xmlXPathObjectPtr found = xmlXPathCompiledEval(rule->compiled, selection->context);
    if (found != NULL && (found->type != XPATH_NODESET || found->nodesetval == NULL)) {
        xmlXPathFreeObject(found);
        return NULL;
    }
    return found;
}

/* One node as text, in arena. */
static int node_text(struct selection *selection, xmlNodePtr node, struct slice *ret_text)
{
    struct arena *arena = selection->work->arena;
    int rc = OK;
    *ret_text = SLICE_EMPTY;
    if (node->type != XML_ELEMENT_NODE) {
        xmlChar *content = xmlNodeGetContent(node);
        if (content == NULL)
            return OK;
        rc = html_line(arena, slice_of((const char *)content), false, ret_text);
        xmlFree(content);
        return rc;
    }
    xmlBufferPtr buffer = xmlBufferCreate();
    if (buffer == NULL)
        return ERR_NOMEM;
    if (htmlNodeDump(buffer, selection->doc, node) >= 0) {
        struct slice html =
            slice_make((const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
        rc = html_fragment_text(arena, html, ret_text);
    }
    xmlBufferFree(buffer);
    return rc;
}

/* Texts of the nodes: paragraphs of the text, parts of a place, else the first that has any. */
static int nodes_text(struct selection *selection, const xmlNodeSet *nodes, enum rule_field field,
                      struct text_buf *all)
{
    struct slice one;
    for (int i = 0; i < nodes->nodeNr && i < FIELD_NODES_MAX; i++) {
        int rc = node_text(selection, nodes->nodeTab[i], &one);
        if (rc != OK)
            return rc;
        if (field != RULE_TEXT && slice_starts(one, "- "))
            one = slice_from(one, 2); /* a list item is the value here */
        if (one.len == 0)
            continue;
        if (all->len > 0)
            text_buf_add_str(all, field == RULE_TEXT ? "\n\n" : ", ");
        text_buf_add_slice(all, one);
        if (field != RULE_TEXT && field != RULE_PLACE)
            break;
    }
    return OK;
}

static int field_read(struct selection *selection, enum rule_field field, struct slice *ret_text)
{
    struct arena *arena = selection->work->arena;
    struct text_buf all;
    *ret_text = SLICE_EMPTY;
    xmlXPathObjectPtr found =
        nodes_of(selection, extract_rules_field(selection->work->input->rules, field));
    if (found == NULL)
        return OK;
    text_buf_init(&all, POSTING_FIELD_BYTES_MAX);
    int rc = nodes_text(selection, found->nodesetval, field, &all);
    xmlXPathFreeObject(found);
    char *copy = rc == OK ? arena_copy(arena, text_buf_cstr(&all), all.len) : NULL;
    if (rc == OK && copy == NULL)
        rc = ERR_NOMEM;
    if (rc == OK)
        *ret_text = slice_make(copy, all.len);
    text_buf_release(&all);
    return rc == OK && field != RULE_TEXT ? html_line(arena, *ret_text, false, ret_text) : rc;
}

static int fields_read(struct selection *selection, struct posting *posting)
{
    struct arena *arena = selection->work->arena;
    struct slice text;
    int rc = OK;
    bool any = false;
    for (enum rule_field rule = RULE_ID; rc == OK && rule < RULE_FIELD_COUNT; rule++) {
        rc = field_read(selection, rule, &text);
        if (rc != OK || text.len == 0)
            continue;
        any = true;
        rc = rule_field_put(arena, rule, text, posting);
    }
    if (any)
        posting->attr[POSTING_SOURCE_TYPE] = SLICE("rules");
    return rc;
}

/* ---- links ---- */

/* The address a node leads to: an attribute's or text's own, or the href of an element. */
static int node_link(struct selection *selection, xmlNodePtr node, struct slice *ret_url)
{
    struct page_work *work = selection->work;
    struct url url;
    *ret_url = SLICE_EMPTY;
    xmlChar *written = node->type == XML_ELEMENT_NODE ? xmlGetProp(node, (const xmlChar *)"href")
                                                      : xmlNodeGetContent(node);
    if (written == NULL)
        return OK;
    int rc = url_parse(work->arena, slice_of((const char *)written),
                       work->base_known ? &work->base : NULL, &url, NULL);
    xmlFree(written);
    if (rc == OK)
        *ret_url = url_without_fragment(&url);
    return rc == ERR_NOMEM ? rc : OK;
}

/* Gives the link its kind where it is known already, else adds it. */
static void link_put(struct page_link *links, size_t *count, struct slice url, enum link_kind kind)
{
    for (size_t i = 0; i < *count; i++)
        if (slice_equal(links[i].url, url)) {
            links[i].kind = kind;
            return;
        }
    if (*count < PAGE_LINKS_MAX)
        links[(*count)++] = (struct page_link){.url = url, .kind = kind, .lastmod = SLICE_EMPTY};
}

static int links_of(struct selection *selection, const struct rule_selector *rule,
                    enum link_kind kind, struct page_link *links, size_t *count)
{
    struct slice url;
    int rc = OK;
    xmlXPathObjectPtr found = nodes_of(selection, rule);
    if (found == NULL)
        return OK;
    for (int i = 0; rc == OK && i < found->nodesetval->nodeNr && i < NODES_PER_RULE_MAX; i++) {
        rc = node_link(selection, found->nodesetval->nodeTab[i], &url);
        if (rc == OK && url.len > 0)
            link_put(links, count, url, kind);
    }
    xmlXPathFreeObject(found);
    return rc;
}

static int links_read(struct selection *selection)
{
    struct page_work *work = selection->work;
    struct page_output *output = work->output;
    const struct rule_selector *postings = extract_rules_links(work->input->rules);
    const struct rule_selector *next = extract_rules_next(work->input->rules);
    struct page_link *links = arena_calloc(work->arena, PAGE_LINKS_MAX, sizeof *links);
    size_t count = output->links_count;
    if (links == NULL)
        return ERR_NOMEM;
    if (count > 0)
        memcpy(links, output->links, count * sizeof *links);
    /* the rule knows which links are postings: what we guessed does not count */
    for (size_t i = 0; postings != NULL && i < count; i++)
        if (links[i].kind == LINK_POSTING)
            links[i].kind = LINK_OTHER;
    int rc = links_of(selection, postings, LINK_POSTING, links, &count);
    if (rc == OK)
        rc = links_of(selection, next, LINK_NEXT, links, &count);
    output->links = links;
    output->links_count = count;
    return rc;
}

int rule_fields_read(struct page_work *work, struct posting *ret_posting)
{
    const struct extract_rules *rules = work->input->rules;
    struct selection selection;
    bool has_links = extract_rules_links(rules) != NULL || extract_rules_next(rules) != NULL;
    posting_init(ret_posting);
    if (!has_links && !extract_rules_has_fields(rules))
        return OK;
    if (has_long_tag(work->text))
        return page_note(work, "a tag is longer than HTML_ATTRS_BYTES_MAX: the source's selectors "
                               "were not tried");
    int rc = selection_init(&selection, work);
    if (rc == OK && has_links)
        rc = links_read(&selection);
    if (rc == OK && extract_rules_has_fields(rules))
        rc = fields_read(&selection, ret_posting);
    selection_release(&selection);
    return rc;
}
