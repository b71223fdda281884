/* page_html.c - an HTML page to postings and links; see page_inside.h.
 *
 * Scan first: links, head and JSON-LD need no tree. When JSON-LD says title and text of every
 * posting, that is all. Else a tree is built: the source's selectors, microdata, RDFa, and the main
 * text by density, joined field by field in this order: rules, JSON-LD, microdata, RDFa, main text,
 * OpenGraph. */
#include "crawler/extract/content.h"
#include "crawler/extract/content_fields.h"
#include "crawler/extract/html_links.h"
#include "crawler/extract/html_text.h"
#include "crawler/extract/jobposting.h"
#include "crawler/extract/page_inside.h"
#include "crawler/extract/page_type.h"
#include "crawler/extract/posting_images.h"
#include "crawler/extract/posting_links.h"
#include "crawler/extract/rules_inside.h"

#include <string.h>

struct job_list {
    const struct thing **list;
    size_t count;
};

struct html_page {
    struct page_work *work;
    struct html_facts facts;
    struct things things;
    struct html_tree tree;
    struct content content;
    bool has_tree;
    struct state_posting state; /* of a shell's data */
    struct posting ruled;       /* by the source's rules */
    size_t posting_links;
    size_t jobs; /* JobPosting things */
    struct job_list jobs_of[THING_SYNTAX_COUNT];
};

/* ---- jobs of the structured data ---- */

static bool is_job(const struct thing *thing)
{
    return thing->first != NULL && thing_is_job(thing);
}

/* Lists the JobPostings of each syntax, in document order. */
static int jobs_list(struct html_page *page)
{
    const struct things *things = &page->things;
    for (int i = 0; i < THING_SYNTAX_COUNT; i++) {
        struct job_list *jobs = &page->jobs_of[i];
        jobs->count = 0;
        jobs->list = arena_calloc(page->work->arena, things->count, sizeof(const struct thing *));
        if (jobs->list == NULL)
            return ERR_NOMEM;
        for (size_t k = 0; k < things->count; k++)
            if ((int)things->list[k]->syntax == i && is_job(things->list[k]))
                jobs->list[jobs->count++] = things->list[k];
        page->jobs += jobs->count;
    }
    return OK;
}

static bool is_complete(const struct things *things)
{
    size_t jobs = 0;
    for (size_t i = 0; i < things->count; i++) {
        const struct thing *thing = things->list[i];
        if (!is_job(thing))
            continue;
        const struct thing_prop *text = thing_get(thing, "description");
        if (thing_get(thing, "title") == NULL || text == NULL || text->text.len < 40)
            return false;
        jobs++;
    }
    return jobs > 0;
}

/* Does the page's markup say in attributes what one complete JobPosting leaves out? */
static bool markup_says_more(const struct html_page *page)
{
    static const char *const members[] = {"baseSalary", "jobLocation", "hiringOrganization"};
    bool lacks = false;
    for (size_t i = 0; i < page->things.count; i++)
        for (size_t k = 0; is_job(page->things.list[i]) && k < 3; k++)
            lacks = lacks || thing_get(page->things.list[i], members[k]) == NULL;
    return lacks && (memmem(page->work->text.at, page->work->text.len, "itemprop", 8) != NULL ||
                     memmem(page->work->text.at, page->work->text.len, "typeof=", 7) != NULL);
}

/* The syntax that the postings are counted by: the first that has any. */
static bool leading_syntax(const struct html_page *page, enum thing_syntax *ret_syntax)
{
    for (int i = 0; i < THING_SYNTAX_COUNT; i++)
        if (page->jobs_of[i].count > 0) {
            *ret_syntax = (enum thing_syntax)i;
            return true;
        }
    return false;
}

/* ---- sources of one posting ---- */

static int from_content(struct html_page *page, struct posting *ret_posting)
{
    struct arena *arena = page->work->arena;
    struct posting posting;
    struct slice title;
    posting_init(&posting);
    int rc = content_title(arena, &page->facts, &title);
    if (rc == OK)
        rc = posting_set(&posting, arena, POSTING_TITLE, title);
    if (rc == OK && page->has_tree)
        rc = posting_links_read(arena, &page->tree, &page->content, &page->work->base,
                                page->work->base_known, &posting);
    if (rc == OK && page->has_tree && page->work->output->type != PAGE_ARTICLE)
        rc = content_fields_read(arena, &page->tree, &page->content, &posting);
    if (rc == OK && page->has_tree)
        rc = posting_set(&posting, arena, POSTING_TEXT, page->content.text);
    posting.hidden = page->content.hidden;
    posting.attr[POSTING_SOURCE_TYPE] = SLICE("html");
    *ret_posting = posting;
    return rc;
}

static int from_opengraph(const struct html_page *page, struct posting *ret_posting)
{
    struct arena *arena = page->work->arena;
    struct slice text;
    posting_init(ret_posting);
    ret_posting->attr[POSTING_SOURCE_TYPE] = SLICE("opengraph");
    int rc = html_line(arena, page->facts.og_title, false, &text);
    if (rc == OK)
        rc = posting_set(ret_posting, arena, POSTING_TITLE, text);
    if (rc == OK)
        rc = posting_set(ret_posting, arena, POSTING_TEXT,
                         page->facts.og_description.len > 0 ? page->facts.og_description
                                                            : page->facts.description);
    return rc;
}

static struct slice language_claimed(struct slice lang)
{
    return lang.len >= 2 && lang.len <= 35 ? lang : SLICE_EMPTY;
}

/* The page's own address: what it calls canonical, if that is of this host and no home page. */
static int page_address(const struct page_work *work, struct slice *ret_url)
{
    struct url canonical;
    *ret_url = work->self_known ? url_without_fragment(&work->self) : SLICE_EMPTY;
    if (work->output->canonical.len == 0 || !work->self_known)
        return OK;
    int rc = url_parse(work->arena, work->output->canonical, NULL, &canonical, NULL);
    if (rc == OK && slice_equal(canonical.host, work->self.host) && canonical.path.len > 1)
        *ret_url = work->output->canonical;
    return rc == ERR_NOMEM ? rc : OK;
}

/* The address and picture of a page that is one posting. */
static int alone_finish(struct html_page *page, struct posting *posting)
{
    struct page_work *work = page->work;
    int rc = page_address(work, &posting->attr[POSTING_URL]);
    return rc == OK ? posting_images_of_head(work->arena, &page->things, page->facts.og_image,
                                             work->base_known ? &work->base : NULL, posting)
                    : rc;
}

/* Address, language and picture where nothing better is known. */
static int posting_finish(struct html_page *page, struct posting *posting, size_t index, size_t of)
{
    struct page_work *work = page->work;
    struct slice *url = &posting->attr[POSTING_URL];
    if (posting->attr[POSTING_LANG].len == 0)
        posting->attr[POSTING_LANG] = language_claimed(page->facts.lang);
    if (of == 1)
        return alone_finish(page, posting);
    if (!work->self_known)
        return OK;
    struct slice self = url_without_fragment(&work->self);
    if (url->len > 0 && !slice_equal(*url, self))
        return OK;
    const char *numbered = arena_printf(work->arena, "%.*s#%zu", (int)self.len, self.at, index + 1);
    if (numbered == NULL)
        return ERR_NOMEM;
    *url = slice_of(numbered);
    return OK;
}

static int jobs_join(struct html_page *page, enum thing_syntax leading, size_t index, size_t of,
                     struct posting *into)
{
    struct page_work *work = page->work;
    const struct url *base = work->base_known ? &work->base : NULL;
    int rc = OK;
    for (int i = (int)leading; rc == OK && i < THING_SYNTAX_COUNT; i++) {
        struct posting more;
        if (page->jobs_of[i].count != of)
            continue;
        rc = jobposting_read(work->arena, &page->things, page->jobs_of[i].list[index], base, &more);
        if (rc == OK)
            rc = posting_join(work->arena, into, &more);
    }
    return rc;
}

static int jobs_add(struct html_page *page)
{
    struct page_work *work = page->work;
    enum thing_syntax leading;
    if (!leading_syntax(page, &leading))
        return OK;
    size_t of = page->jobs_of[leading].count;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < of && i < PAGE_POSTINGS_MAX; i++) {
        struct posting posting = page->ruled, more;
        if (of > 1)
            posting_init(&posting);
        rc = jobs_join(page, leading, i, of, &posting);
        if (rc == OK && of == 1) {
            rc = from_content(page, &more);
            if (rc == OK)
                rc = posting_join(work->arena, &posting, &more);
            posting.hidden = page->content.hidden;
        }
        if (rc == OK)
            rc = posting_finish(page, &posting, i, of);
        if (rc == OK && posting_check(&posting) == OK)
            rc = page_add(work, &posting);
    }
    return rc;
}

static int content_add(struct html_page *page, enum posting_origin origin)
{
    struct page_work *work = page->work;
    struct posting posting = page->ruled, more;
    int rc = OK;
    if (page->state.posting.field[POSTING_TITLE].len > 0)
        rc = posting_join(work->arena, &posting, &page->state.posting);
    if (rc == OK)
        rc = from_content(page, &more);
    if (rc == OK)
        rc = posting_join(work->arena, &posting, &more);
    posting.hidden = page->content.hidden;
    if (rc == OK)
        rc = from_opengraph(page, &more);
    if (rc == OK)
        rc = posting_join(work->arena, &posting, &more);
    if (rc == OK)
        rc = posting_finish(page, &posting, 0, 1);
    posting.origin = origin;
    if (rc == OK && posting_check(&posting) == OK)
        rc = page_add(work, &posting);
    return rc;
}

/* ---- the page ---- */

static bool has_word(struct slice page, const char *word)
{
    return memmem(page.at, page.len, word, strlen(word)) != NULL;
}

/* Is the page known to be one ad, before its text is read? */
static bool page_is_ad(const struct html_page *page)
{
    const struct page_work *work = page->work;
    if (work->input->hint == PAGE_HINT_POSTING ||
        (work->self_known && (extract_rules_follow(work->input->rules, work->self.href) == 'p' ||
                              url_looks_like_posting(&work->self))))
        return true;
    return page_speaks_of_job(page->facts.title, page->facts.head);
}

static int tree_read(struct html_page *page)
{
    struct arena *arena = page->work->arena;
    int rc = html_tree_build(arena, page->work->text, &page->tree);
    if (rc == OK)
        rc = html_hidden_mark(arena, &page->tree);
    if (rc == OK && has_word(page->work->text, "itemprop"))
        rc = microdata_read(&page->things, &page->tree);
    if (rc == OK && has_word(page->work->text, "typeof="))
        rc = rdfa_read(&page->things, &page->tree);
    if (rc == OK)
        rc = content_find(arena, &page->tree, &page->facts, page_is_ad(page), &page->content);
    page->has_tree = rc == OK;
    return rc;
}

static int limits_note(struct html_page *page)
{
    int rc = OK;
    if (page->facts.links_cut)
        rc = page_note(page->work, "more links than a page may have (FACTS_LINKS_MAX): the rest is "
                                   "left out");
    if (rc == OK && page->things.cut)
        rc = page_note(page->work, "more structured data than a page may have (JSONLD_BLOCKS_MAX, "
                                   "THINGS_MAX): the rest is left out");
    if (rc == OK && page->has_tree && page->tree.cut)
        rc = page_note(page->work, "more elements than a page may have (HTML_NODES_MAX): the rest "
                                   "is left out");
    if (rc == OK && page->has_tree && page->tree.attrs_cut)
        rc =
            page_note(page->work, "a tag is longer than HTML_ATTRS_BYTES_MAX: its end is left out");
    if (rc == OK && page->things.broken > 0)
        rc = page_note(page->work, "structured data that could not be mended");
    if (rc == OK && page->content.hidden.len > 0)
        rc = page_note(page->work, "hidden text within the main text");
    page->work->output->repairs = page->things.repairs;
    return rc;
}

static int postings_add(struct html_page *page)
{
    struct page_work *work = page->work;
    switch ((int)work->output->type) {
    case PAGE_JOB:
    case PAGE_EXPIRED:
        return page->jobs > 0 ? jobs_add(page) : content_add(page, ORIGIN_JOB_PAGE);
    case PAGE_ARTICLE:
        return content_add(page, ORIGIN_ARTICLE);
    case PAGE_LISTING:
        return page->jobs > 0 ? jobs_add(page) : OK;
    case PAGE_UNKNOWN:
        return work->input->hint == PAGE_HINT_POSTING ? content_add(page, ORIGIN_UNKNOWN) : OK;
    default:
        return OK;
    }
}

static int page_judge(struct html_page *page)
{
    struct page_work *work = page->work;
    struct slice title, note;
    int rc = content_title(work->arena, &page->facts, &title);
    if (rc != OK)
        return rc;
    if (page_is_shell(&page->facts))
        rc = state_data_read(work->arena, page->facts.state, page->facts.lang, &page->state);
    if (rc == OK)
        rc = jobs_list(page);
    struct page_signs signs = {.facts = &page->facts,
                               .things = &page->things,
                               .input = work->input,
                               .source = work->text,
                               .state = page_is_shell(&page->facts) ? &page->state : NULL,
                               .title = title,
                               .text = page->content.text,
                               .posting_links = page->posting_links,
                               .jobs_found = page->jobs,
                               .linked_percent = page->content.linked_percent,
                               .has_picture = page->has_tree &&
                                              content_has_picture(&page->tree, &page->content)};
    if (rc == OK)
        work->output->type = page_type_of(work->arena, &signs, &note);
    if (rc == OK && note.len > 0)
        rc = page_note(work, note.at);
    return rc == OK ? postings_add(page) : rc;
}

int page_html_read(struct page_work *work)
{
    struct html_page *page = arena_alloc(work->arena, sizeof *page);
    if (page == NULL)
        return ERR_NOMEM;
    page->work = work;
    page->content.text = page->content.hidden = SLICE_EMPTY;
    posting_init(&page->ruled);
    posting_init(&page->state.posting);
    things_init(&page->things, work->arena);
    int rc = html_facts_read(work->arena, work->text, &page->things, &page->facts);
    if (rc == OK)
        rc = html_base(work->arena, &page->facts, work->input->url, &work->base, &work->base_known);
    if (rc == OK)
        rc = html_links_read(work->arena, &page->facts, work->input, work->output,
                             &page->posting_links);
    if (rc == OK && work->base_known && page_is_telegram(work->text)) {
        rc = html_tree_build(work->arena, work->text, &page->tree);
        return rc == OK ? page_telegram_read(work, &page->tree) : rc;
    }
    if (rc == OK)
        rc = rule_fields_read(work, &page->ruled);
    if (rc == OK && (!is_complete(&page->things) || markup_says_more(page) ||
                     extract_rules_has_fields(work->input->rules)))
        rc = tree_read(page);
    if (rc == OK)
        rc = page_judge(page);
    return rc == OK ? limits_note(page) : rc;
}
