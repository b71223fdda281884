/* page_data.c - bodies that are no page: feeds, sitemaps, exports, JSON; see page_inside.h.
 *
 * Each entry of a feed that has a text is a posting at its link, and a link to follow. A JSON body
 * is read by the source's `items`, as a JSON Feed, or for schema.org JobPostings in it; what is
 * left, XML too, by the names that boards usually give their members. */
#include "crawler/extract/feed.h"
#include "crawler/extract/html_text.h"
#include "crawler/extract/items.h"
#include "crawler/extract/jobposting.h"
#include "crawler/extract/page_inside.h"
#include "crawler/extract/sitemap.h"

#include <string.h>

/* ---- links ---- */

static int link_resolve(struct page_work *work, struct slice written, struct slice *ret_url)
{
    struct url url;
    *ret_url = SLICE_EMPTY;
    if (written.len == 0)
        return OK;
    int rc = url_parse(work->arena, written, work->base_known ? &work->base : NULL, &url, NULL);
    if (rc == OK)
        *ret_url = url_without_fragment(&url);
    return rc == ERR_NOMEM ? rc : OK;
}

/* Room for count links, at most PAGE_LINKS_MAX. */
static struct page_link *links_room(struct page_work *work, size_t count)
{
    return arena_calloc(work->arena, count < PAGE_LINKS_MAX ? count : PAGE_LINKS_MAX,
                        sizeof(struct page_link));
}

/* ---- sitemaps ---- */

static int sitemap_take(struct page_work *work, bool *ret_taken)
{
    struct sitemap sitemap;
    int rc = sitemap_read(work->arena, work->text, SITEMAP_URLS_MAX, &sitemap, NULL);
    if (rc == ERR_SYNTAX)
        return OK;
    if (rc != OK)
        return rc;
    struct page_link *links = links_room(work, sitemap.urls_count);
    if (links == NULL)
        return ERR_NOMEM;
    size_t count = 0;
    for (size_t i = 0; rc == OK && i < sitemap.urls_count && count < PAGE_LINKS_MAX; i++) {
        struct slice url;
        rc = link_resolve(work, sitemap.urls[i].loc, &url);
        if (rc == OK && url.len > 0)
            links[count++] = (struct page_link){.url = url,
                                                .kind = sitemap.type == SITEMAP_INDEX ? LINK_SITEMAP
                                                                                      : LINK_OTHER,
                                                .lastmod = sitemap.urls[i].lastmod};
    }
    work->output->links = links;
    work->output->links_count = count;
    work->output->type = PAGE_SITEMAP;
    *ret_taken = true;
    if (rc == OK && (sitemap.cut || count == PAGE_LINKS_MAX))
        rc = page_note(work, "more addresses than a page may have (PAGE_LINKS_MAX): the rest is "
                             "left out");
    return rc;
}

/* ---- feeds ---- */

static int entry_take(struct page_work *work, const struct feed_entry *entry, enum feed_type type,
                      struct page_link *link)
{
    struct posting posting;
    struct slice url, text;
    posting_init(&posting);
    const struct {
        struct slice text;
        enum posting_field field;
    } fields[] = {{entry->title, POSTING_TITLE},
                  {entry->employer, POSTING_EMPLOYER},
                  {entry->place, POSTING_PLACE},
                  {entry->pay, POSTING_PAY}};
    int rc = link_resolve(work, entry->link, &url);
    if (rc == OK)
        rc = html_fragment_text(work->arena,
                                entry->content.len > 0 ? entry->content : entry->summary, &text);
    if (rc == OK)
        rc = posting_set(&posting, work->arena, POSTING_TEXT, text);
    for (size_t i = 0; rc == OK && i < sizeof fields / sizeof fields[0]; i++)
        rc = posting_set(&posting, work->arena, fields[i].field, fields[i].text);
    if (rc == OK)
        rc = posting_set_attr(&posting, work->arena, POSTING_ID, entry->id);
    if (rc == OK)
        rc = posting_set_attr(&posting, work->arena, POSTING_POSTED_AT,
                              entry->published.len > 0 ? entry->published : entry->updated);
    posting.attr[POSTING_URL] = url;
    posting.attr[POSTING_SOURCE_TYPE] = slice_of(feed_type_name(type));
    *link =
        (struct page_link){.url = url,
                           .kind = LINK_POSTING,
                           .lastmod = entry->updated.len > 0 ? entry->updated : entry->published};
    if (rc == OK && posting_check(&posting) == OK)
        rc = page_add(work, &posting);
    return rc;
}

static int feed_take(struct page_work *work, bool *ret_taken)
{
    struct feed feed;
    int rc = feed_read(work->arena, work->text, work->input->url, &feed, NULL);
    if (rc == ERR_SYNTAX)
        return OK;
    if (rc != OK)
        return rc;
    struct page_link *links = links_room(work, feed.entries_count);
    if (links == NULL)
        return ERR_NOMEM;
    size_t count = 0;
    for (size_t i = 0; rc == OK && i < feed.entries_count && count < PAGE_LINKS_MAX; i++) {
        rc = entry_take(work, &feed.entries[i], feed.type, &links[count]);
        count += links[count].url.len > 0;
    }
    work->output->links = links;
    work->output->links_count = count;
    work->output->type = PAGE_FEED;
    *ret_taken = true;
    return rc == OK && feed.cut ? page_note(work, "more entries than a feed may have "
                                                  "(FEED_ENTRIES_MAX): the rest is left out")
                                : rc;
}

/* ---- the source's own items ---- */

static int item_take(struct page_work *work, const struct raw_item *item, struct page_link *link)
{
    struct posting posting;
    struct slice url, text;
    posting_init(&posting);
    int rc = link_resolve(work, item->field[RULE_URL], &url);
    for (enum rule_field rule = RULE_ID; rc == OK && rule < RULE_FIELD_COUNT; rule++) {
        rc = html_fragment_text(work->arena, item->field[rule], &text);
        if (rc == OK && rule != RULE_TEXT)
            rc = html_line(work->arena, text, false, &text);
        if (rc == OK)
            rc = rule_field_put(work->arena, rule, text, &posting);
    }
    posting.attr[POSTING_URL] = url;
    posting.attr[POSTING_SOURCE_TYPE] = SLICE("mapping");
    *link = (struct page_link){.url = url, .kind = LINK_POSTING, .lastmod = SLICE_EMPTY};
    if (rc == OK && posting_check(&posting) == OK)
        rc = page_add(work, &posting);
    return rc;
}

/* An item that is asked for by itself is no posting yet. */
static int item_link(struct page_work *work, const struct raw_item *item, struct page_link *link)
{
    *link = (struct page_link){.kind = LINK_POSTING, .lastmod = SLICE_EMPTY};
    return link_resolve(work, item->field[RULE_URL], &link->url);
}

static int items_apply(struct page_work *work, const struct rule_items *rules, bool *ret_taken,
                       struct failure *reterr)
{
    struct raw_items items;
    bool detailed =
        extract_rules_detail(work->input->rules) != NULL && work->input->hint != PAGE_HINT_POSTING;
    int rc = items_read(work->arena, work->text, rules, &items, reterr);
    if (rc == ERR_SYNTAX)
        return OK;
    if (rc != OK)
        return rc;
    struct page_link *links = links_room(work, items.count);
    if (links == NULL)
        return ERR_NOMEM;
    size_t count = 0;
    for (size_t i = 0; rc == OK && i < items.count && count < PAGE_LINKS_MAX; i++) {
        rc = detailed ? item_link(work, &items.list[i], &links[count])
                      : item_take(work, &items.list[i], &links[count]);
        count += links[count].url.len > 0;
    }
    work->output->links = links;
    work->output->links_count = count;
    work->output->type = PAGE_FEED;
    *ret_taken = true;
    if (rc == OK && items.count == 0)
        rc = page_note(work, "no item stands at the path of `items`");
    return rc == OK && items.cut ? page_note(work, "more items than a body may have (ITEMS_MAX): "
                                                   "the rest is left out")
                                 : rc;
}

/* One posting's own answer: its links lead nowhere that we want. */
static int detail_take(struct page_work *work, const struct rule_items *detail, bool *ret_taken,
                       struct failure *reterr)
{
    struct rule_items rules = *detail;
    if (rules.path == NULL)
        rules.path = slice_starts(slice_trim(work->text), "<") ? "/*" : "";
    int rc = items_apply(work, &rules, ret_taken, reterr);
    work->output->links_count = 0;
    if (rc == OK && *ret_taken && work->count > 0)
        work->output->type = PAGE_JOB;
    return rc;
}

static int items_take(struct page_work *work, bool *ret_taken, struct failure *reterr)
{
    const struct rule_items *rules = extract_rules_items(work->input->rules);
    const struct rule_items *detail = extract_rules_detail(work->input->rules);
    if (detail != NULL && work->input->hint == PAGE_HINT_POSTING && items_can_read(work->text))
        return detail_take(work, detail, ret_taken, reterr);
    return rules == NULL || !items_can_read(work->text)
               ? OK
               : items_apply(work, rules, ret_taken, reterr);
}

/* An export or API answer that the source has no `items` for. */
static int guess_take(struct page_work *work, bool *ret_taken)
{
    struct rule_items rules;
    bool found = false;
    int rc = items_guess(work->arena, work->text, &rules, &found);
    if (rc == OK && found)
        rc = items_apply(work, &rules, ret_taken, NULL);
    if (rc == OK && *ret_taken && rules.path[0] == '\0' && work->count == 1)
        work->output->type = PAGE_JOB; /* the whole answer is one posting */
    return rc;
}

/* ---- JSON with JobPostings in it ---- */

static int json_jobs_take(struct page_work *work, bool *ret_taken)
{
    struct things things;
    things_init(&things, work->arena);
    int rc = jsonld_read(&things, work->text);
    for (size_t i = 0; rc == OK && i < things.count; i++) {
        struct posting posting;
        if (!thing_is_job(things.list[i]))
            continue;
        rc = jobposting_read(work->arena, &things, things.list[i],
                             work->base_known ? &work->base : NULL, &posting);
        if (rc == OK && posting_check(&posting) == OK)
            rc = page_add(work, &posting);
    }
    work->output->repairs = things.repairs;
    if (work->count > 0)
        work->output->type = PAGE_JOB;
    else if (rc == OK)
        rc = guess_take(work, ret_taken);
    if (rc == OK && work->count == 0 && !*ret_taken)
        rc = page_note(work, "JSON without job postings; the source may need `items`");
    *ret_taken = true;
    return rc;
}

/* ---- routing ---- */

static struct slice first_bytes(struct slice text)
{
    size_t at = 0;
    while (at < text.len && (unsigned char)text.at[at] <= ' ')
        at++;
    return slice_from(text, at);
}

/* "{", or "[" with something of JSON behind it. */
static bool is_json(const struct page_input *input, struct slice first)
{
    if (first.at[0] == '{')
        return true;
    return first.at[0] == '[' &&
           (slice_find_nocase(slice_of(input->content_type), SLICE("json")) != SIZE_MAX ||
            (first.len > 1 && strchr("{[\"] \n", first.at[1]) != NULL));
}

/* XML that is no page. */
static bool is_xml(const struct page_input *input, struct slice first)
{
    struct slice type = slice_of(input->content_type);
    return slice_starts(first, "<?xml") || (slice_find_nocase(type, SLICE("xml")) != SIZE_MAX &&
                                            slice_find_nocase(type, SLICE("html")) == SIZE_MAX);
}

/* "Load more": a JSON answer with HTML in it is read as that HTML. */
static int html_take(struct page_work *work, bool *ret_taken)
{
    const char *path = extract_rules_html(work->input->rules);
    struct slice html = SLICE_EMPTY;
    if (path == NULL || !is_json(work->input, first_bytes(work->text)))
        return OK;
    int rc = items_value(work->arena, work->text, path, &html, NULL);
    if (rc == ERR_NOMEM || html.len == 0)
        return rc == ERR_NOMEM ? rc : OK;
    work->text = html;
    *ret_taken = true;
    return OK;
}

static bool is_sitemap(const struct page_work *work)
{
    enum sitemap_type sitemap = sitemap_detect(work->text);
    return sitemap == SITEMAP_URLSET || sitemap == SITEMAP_INDEX ||
           (sitemap == SITEMAP_TEXT && work->input->hint == PAGE_HINT_SITEMAP);
}

int page_data_read(struct page_work *work, bool *ret_taken, struct failure *reterr)
{
    struct slice first = first_bytes(work->text);
    bool is_html = false;
    *ret_taken = false;
    int rc = html_take(work, &is_html);
    if (rc == OK && !is_html)
        rc = items_take(work, ret_taken, reterr);
    if (rc != OK || *ret_taken || is_html)
        return rc;
    if (is_sitemap(work))
        rc = sitemap_take(work, ret_taken);
    else if (feed_detect(work->text) != FEED_NONE)
        rc = feed_take(work, ret_taken);
    if (rc != OK || *ret_taken)
        return rc == OK ? OK : failure_set(reterr, rc, "out of memory");
    if (is_json(work->input, first))
        rc = json_jobs_take(work, ret_taken);
    else if (is_xml(work->input, first))
        rc = guess_take(work, ret_taken);
    return rc == OK ? OK : failure_set(reterr, rc, "out of memory");
}

int page_plain_read(struct page_work *work)
{
    struct posting posting;
    struct slice rest = slice_trim(work->text), title = SLICE_EMPTY;
    posting_init(&posting);
    struct slice all = rest;
    slice_next_line(&rest, &title);
    int rc = posting_set(&posting, work->arena, POSTING_TEXT, all);
    if (rc == OK && title.len > 0 && title.len <= 160)
        rc = posting_set(&posting, work->arena, POSTING_TITLE, title);
    if (rc == OK && work->self_known)
        posting.attr[POSTING_URL] = url_without_fragment(&work->self);
    posting.attr[POSTING_SOURCE_TYPE] = SLICE("text");
    work->output->type = PAGE_JOB;
    posting.origin = ORIGIN_UNKNOWN;
    return rc == OK ? page_add(work, &posting) : rc;
}
