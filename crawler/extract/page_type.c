/* page_type.c - the kind of a page by its signs; see page_type.h.
 *
 * Order matters: an explicit word of the page (structured data, rules) beats what it looks like. */
#include "crawler/extract/page_type.h"

#include "crawler/extract/link_words.h"

#include "crawler/extract/html_links.h"
#include "crawler/extract/page_words.h"
#include "crawler/extract/rules_inside.h"

#define SHELL_TEXT_BYTES_MAX   600u
#define SHELL_SCRIPT_BYTES_MIN 2000u
#define EMPTY_TEXT_BYTES_MAX   20u
#define LIST_LINKS_MIN         5u
#define EXPIRED_TEXT_BYTES     6000u /* a mark stands near the top */
#define JOB_TEXT_BYTES         20000u
#define JOB_WORDS_ENOUGH       4u /* beyond doubt */
#define JOB_WORDS_MIN          2u

/* ---- structured data ---- */

static bool has_thing(const struct things *things, const char *const *types)
{
    for (size_t i = 0; i < things->count; i++)
        for (size_t k = 0; types[k] != NULL; k++)
            if (thing_is(things->list[i], types[k]))
                return true;
    return false;
}

static bool is_article(const struct page_signs *signs)
{
    static const char *const types[] = {"NewsArticle",        "Article",
                                        "BlogPosting",        "ReportageNewsArticle",
                                        "OpinionNewsArticle", "AnalysisNewsArticle",
                                        "LiveBlogPosting",    NULL};
    return slice_equal_nocase(signs->facts->og_type, SLICE("article")) ||
           signs->facts->has_article_mark || has_thing(signs->things, types);
}

/* ---- words ---- */

/* Words that say the posting is over, in title or text, or those of rules, which are looked for in
 * the whole page: a script shell says it in its data. Empty: none. */
static struct slice expired_words(const struct page_signs *signs)
{
    const struct slice *rules = NULL;
    size_t count = extract_rules_expired(signs->input->rules, &rules);
    for (size_t i = 0; i < count; i++)
        if (slice_find_nocase(signs->text, rules[i]) != SIZE_MAX ||
            slice_find_nocase(signs->facts->title, rules[i]) != SIZE_MAX ||
            slice_find(signs->source, rules[i]) != SIZE_MAX)
            return rules[i];
    struct slice found = page_words_over(signs->facts->title);
    if (found.len > 0)
        return found;
    struct slice text = signs->text.len > 0 ? signs->text : signs->facts->head;
    return page_words_over(slice_sub(text, 0, EXPIRED_TEXT_BYTES));
}

bool page_speaks_of_job(struct slice title, struct slice text)
{
    return page_words_of_job(title, slice_sub(text, 0, JOB_TEXT_BYTES), JOB_WORDS_ENOUGH);
}

/* ---- shells ---- */

bool page_is_shell(const struct html_facts *facts)
{
    if (facts->scripts == 0 || facts->text_bytes > SHELL_TEXT_BYTES_MAX)
        return false;
    return facts->app_root || page_words_ask_script(facts->noscript) ||
           (facts->script_bytes >= SHELL_SCRIPT_BYTES_MIN &&
            facts->script_bytes > facts->text_bytes * 10) ||
           (facts->text_bytes <= EMPTY_TEXT_BYTES_MAX && facts->scripts > 0);
}

/* ---- the decision ---- */

static bool names_posting(const struct page_input *input, struct arena *arena)
{
    struct url url;
    return url_parse(arena, slice_of(input->url), NULL, &url, NULL) == OK &&
           (extract_rules_follow(input->rules, url.href) == 'p' || url_looks_like_posting(&url));
}

/* "/blog/…", "/berita/…": where no posting is expected, its address calls the page an article. */
static bool address_says_article(const struct page_signs *signs, struct arena *arena)
{
    struct url url;
    return signs->input->hint != PAGE_HINT_POSTING &&
           url_parse(arena, slice_of(signs->input->url), NULL, &url, NULL) == OK &&
           (link_words(&url) & WORD_ARTICLE) != 0;
}

static bool is_list(const struct page_signs *signs, bool named_posting)
{
    if (signs->posting_links < LIST_LINKS_MIN || signs->jobs_found == 1)
        return false;
    if (signs->input->hint == PAGE_HINT_LISTING)
        return true;
    if (named_posting || signs->input->hint == PAGE_HINT_POSTING)
        return signs->posting_links >= 15 && signs->linked_percent > 50;
    return signs->posting_links >= 8 || signs->linked_percent > 40;
}

/* A page that has text and no JobPosting: a list, a report, an ad, or none of these. */
static enum page_type type_by_text(const struct page_signs *signs, struct arena *arena, bool named)
{
    enum page_hint hint = signs->input->hint;
    if (is_list(signs, named) || (hint == PAGE_HINT_LISTING && !named))
        return PAGE_LISTING;
    bool article = is_article(signs) || (!named && address_says_article(signs, arena));
    if (article && !named)
        return PAGE_ARTICLE;
    if ((signs->text.len > 0 || signs->has_picture) &&
        (named || hint == PAGE_HINT_POSTING ||
         page_words_of_job(signs->title, slice_sub(signs->text, 0, JOB_TEXT_BYTES), JOB_WORDS_MIN)))
        return PAGE_JOB;
    return article ? PAGE_ARTICLE : PAGE_UNKNOWN;
}

enum page_type page_type_of(struct arena *arena, const struct page_signs *signs,
                            struct slice *ret_note)
{
    const struct html_facts *facts = signs->facts;
    bool named = names_posting(signs->input, arena);
    *ret_note = SLICE_EMPTY;
    struct slice over = expired_words(signs);
    if (over.len > 0 && !is_list(signs, named)) {
        const char *note =
            arena_printf(arena, "the page says that it is over: %.*s", (int)over.len, over.at);
        *ret_note = slice_of(note);
        return PAGE_EXPIRED;
    }
    if (signs->jobs_found > 0)
        return PAGE_JOB;
    if (signs->state != NULL && signs->state->posting.field[POSTING_TITLE].len > 0) {
        if (signs->state->is_over)
            *ret_note = SLICE("the page's data say that the posting is over");
        return signs->state->is_over ? PAGE_EXPIRED : PAGE_JOB;
    }
    if (page_is_shell(facts)) {
        *ret_note = SLICE("the page is filled by a script: it needs a browser");
        return PAGE_SHELL;
    }
    if (facts->text_bytes <= EMPTY_TEXT_BYTES_MAX) {
        *ret_note = SLICE("there is no text on the page");
        return PAGE_EMPTY;
    }
    return type_by_text(signs, arena, named);
}
