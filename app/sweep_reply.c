/* sweep_reply.c - a worker's answer, which is outside bytes, becomes the page's links and ads.
 *
 * The worker read hostile bytes and may be in their hands: every link is parsed and gated again,
 * every offset must lie in its field, the fingerprint is computed here, an ad's URL must lie on a
 * host of the source. What does not hold makes the page poison (ERR_SYNTAX). */
#include "app/sweep_parts.h"
#include "common/clock.h"
#include "common/json.h"
#include "crawler/extract/page.h"

#include <stdlib.h>
#include <string.h>

#define REPLY_DEPTH_MAX      24
#define SESSION_ID_BYTES_MIN 12u

/* ---- links ---- */

/* ---- links that go on with the same list ---- */

/* Steps over what may count: a run of digits, or a long word with a digit in it (a session's id). */
static size_t counter_len(struct slice text)
{
    size_t len = 0, digits = 0;
    for (; len < text.len; len++) {
        char c = text.at[len];
        bool digit = c >= '0' && c <= '9';
        if (!digit && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
            break;
        digits += digit;
    }
    if (digits == len || (digits > 0 && len >= SESSION_ID_BYTES_MIN))
        return len;
    for (len = 0; len < text.len && text.at[len] >= '0' && text.at[len] <= '9'; len++)
        ;
    return len;
}

/* The same address but for its counters: the next page, the next month, another session. */
static bool same_shape(struct slice a, struct slice b)
{
    bool word = false;
    while (a.len > 0 && b.len > 0) {
        size_t skip_a = word ? 0 : counter_len(a), skip_b = word ? 0 : counter_len(b);
        if ((skip_a > 0) != (skip_b > 0))
            return false;
        if (skip_a == 0) {
            if (a.at[0] != b.at[0])
                return false;
            skip_a = skip_b = 1;
        }
        char last = a.at[skip_a - 1];
        word = (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
        a = slice_from(a, skip_a);
        b = slice_from(b, skip_b);
    }
    return a.len == 0 && b.len == 0;
}

/* Those last: they are followed only where this page brought something new. */
static int onward_part(struct page *page)
{
    struct url_link *sorted = arena_calloc(page->arena, page->links_count, sizeof *sorted);
    size_t count = 0;
    if (sorted == NULL)
        return ERR_NOMEM;
    for (int onward = 0; onward < 2; onward++) {
        for (size_t i = 0; i < page->links_count; i++)
            if (page->links_onward[i] == (onward != 0))
                sorted[count++] = page->links[i];
        if (onward == 0)
            page->links_sure = count;
    }
    page->links = sorted;
    return OK;
}

/* ---- links ---- */

static bool kind_of_link(const struct source *source, const struct url *url, struct slice name,
                         enum url_kind *ret_kind)
{
    static const struct {
        enum link_kind link;
        enum url_kind kind;
    } kinds[] = {{LINK_POSTING, URL_POSTING},
                 {LINK_LISTING, URL_LISTING},
                 {LINK_SITEMAP, URL_SITEMAP},
                 {LINK_FEED, URL_FEED}};
    enum source_kind asked;
    enum link_kind link = LINK_OTHER;
    if (source_link_kind(source, url, &asked)) {
        *ret_kind = (enum url_kind)asked;
        return true;
    }
    if (source_has_follow(source) || !link_kind_from_name(name, &link))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].link == link) {
            *ret_kind = kinds[i].kind;
            return true;
        }
    return false;
}

static bool may_follow(const struct page *page, const struct url *url)
{
    return !page->local && source_allows_url(page->run->source, url) &&
           address_refuse_url(&page->sweep->options->policy, url, NULL) == OK;
}

/* What a sitemap says of when a posting was changed. */
static void dated_note(struct page *page, enum url_kind kind, const char *url, struct slice lastmod)
{
    int64_t at = 0;
    if (lastmod.len > 0 && kind == URL_POSTING && clock_parse_iso(lastmod, &at) == OK)
        page->dated[page->dated_count++] = (struct url_lastmod){url, at};
}

static int link_read(struct page *page, const struct json *node)
{
    struct url_link *link = &page->links[page->links_count];
    struct slice name = json_get_string(node, "k");
    struct url url;
    int rc = url_read_canonical(page->arena, json_get_string(node, "u"), &url, NULL);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc != OK || !may_follow(page, &url))
        return OK;
    /* the source's own rules name the next page: no depth and no glob holds it back */
    bool is_next = slice_is(name, "next") && page->kind != URL_POSTING;
    if (is_next)
        link->kind = page->kind;
    else if (page->depth >= page->run->source->depth_max ||
             !kind_of_link(page->run->source, &url, name, &link->kind))
        return OK;
    const char *last = page->links_count > 0 ? link[-1].host : "";
    dated_note(page, link->kind, url.href.at, json_get_string(node, "m"));
    link->url = url.href.at;
    link->host = slice_is(url.host_port, last)
                     ? last
                     : arena_copy(page->arena, url.host_port.at, url.host_port.len);
    link->depth = is_next ? page->depth : page->depth + 1;
    link->referrer_id = page->id;
    if (link->host == NULL)
        return ERR_NOMEM;
    page->links_onward[page->links_count++] =
        is_next || (link->kind == URL_LISTING && page->kind == URL_LISTING &&
                    same_shape(url.href, slice_of(page->errand.url)));
    return OK;
}

static int links_read(struct page *page, const struct json *list, struct failure *reterr)
{
    size_t count = json_count(list);
    if (count > PAGE_LINKS_MAX)
        return failure_set(reterr, ERR_SYNTAX, "more than %u links", PAGE_LINKS_MAX);
    page->links = arena_calloc(page->arena, count, sizeof *page->links);
    page->links_new = arena_calloc(page->arena, count, sizeof *page->links_new);
    page->links_onward = arena_calloc(page->arena, count, sizeof *page->links_onward);
    page->dated = arena_calloc(page->arena, count, sizeof *page->dated);
    int rc = page->dated != NULL && page->links != NULL && page->links_new != NULL &&
                     page->links_onward != NULL
                 ? OK
                 : ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = link_read(page, json_at(list, i));
    if (rc == OK)
        rc = onward_part(page);
    return rc == OK ? OK : failure_set(reterr, rc, "out of memory");
}

/* ---- ads ---- */

static bool in_field(const struct posting *posting, int field, uint32_t start, uint32_t end)
{
    return field == FINDING_NO_FIELD || (field >= 0 && field < POSTING_FIELD_COUNT &&
                                         start <= end && end <= posting->field[field].len);
}

static bool offsets_hold(const struct posting *posting, const struct verdict *verdict)
{
    const struct salary *salary = &verdict->salary;
    bool hold = salary->currency[0] == '\0' ||
                in_field(posting, salary->field, salary->start_bytes, salary->end_bytes);
    for (size_t i = 0; hold && i < verdict->findings_count; i++)
        hold = in_field(posting, verdict->findings[i].field, verdict->findings[i].start_bytes,
                        verdict->findings[i].end_bytes);
    for (size_t i = 0; hold && i < verdict->places_count; i++)
        hold = in_field(posting, verdict->places[i].field, verdict->places[i].start_bytes,
                        verdict->places[i].end_bytes);
    for (size_t i = 0; hold && i < verdict->contacts_count; i++)
        hold = in_field(posting, verdict->contacts[i].field, verdict->contacts[i].start_bytes,
                        verdict->contacts[i].end_bytes);
    return hold;
}

/* A saved page may speak for the host it was saved from. */
static bool of_same_host(const struct page *page, const struct url *url)
{
    struct url self;
    return url_parse(page->arena, slice_of(page->errand.url), NULL, &self, NULL) == OK &&
           slice_equal(self.host_port, url->host_port);
}

/* The ad's own URL where it may be believed, else the page's. */
static int ad_url(struct page *page, struct posting *posting)
{
    struct url url;
    struct slice claimed = posting->attr[POSTING_URL];
    int rc = claimed.len > 0 ? url_read_canonical(page->arena, claimed, &url, NULL) : ERR_SYNTAX;
    if (rc == ERR_NOMEM)
        return rc;
    bool believed = rc == OK && (page->local ? of_same_host(page, &url)
                                             : source_allows_url(page->run->source, &url));
    posting->attr[POSTING_URL] = believed ? url.href : slice_of(page->errand.url);
    return OK;
}

static int by_url(const void *a, const void *b)
{
    const struct page_ad *const *left = a, *const *right = b;
    struct slice one = (*left)->posting.attr[POSTING_URL];
    struct slice two = (*right)->posting.attr[POSTING_URL];
    int order = memcmp(one.at, two.at, one.len < two.len ? one.len : two.len);
    return order != 0 ? order : (one.len > two.len) - (one.len < two.len);
}

/* "#n" where a page holds several at one URL: what tells them apart. */
static int urls_part(struct page *page, size_t count)
{
    struct page_ad **sorted = arena_calloc(page->arena, count, sizeof *sorted);
    for (size_t i = 0; sorted != NULL && i < count; i++)
        sorted[i] = &page->ads[i];
    if (sorted == NULL)
        return ERR_NOMEM;
    qsort(sorted, count, sizeof *sorted, by_url);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && by_url(&sorted[i], &sorted[end]) == 0; end++)
            ;
        for (size_t k = i; end - i > 1 && k < end; k++)
            sorted[k]->keep = true; /* marked until all are compared */
    }
    for (size_t i = 0; i < count; i++) {
        struct slice *url = &page->ads[i].posting.attr[POSTING_URL];
        if (!page->ads[i].keep)
            continue;
        page->ads[i].keep = false;
        const char *text = arena_printf(page->arena, "%.*s#%zu", (int)url->len, url->at, i + 1);
        if (text == NULL)
            return ERR_NOMEM;
        *url = slice_of(text);
    }
    return OK;
}

static int ad_read(struct page *page, const struct json *node, size_t index, struct failure *reterr)
{
    struct page_ad *ad = &page->ads[index];
    struct slice html;
    int rc = posting_from_json(page->arena, json_get(node, "posting"), &ad->posting, &html, reterr);
    if (rc == OK)
        rc = verdict_from_json(page->arena, json_get(node, "verdict"), &ad->verdict, reterr);
    if (rc != OK)
        return rc;
    if (posting_check(&ad->posting) != OK || !offsets_hold(&ad->posting, &ad->verdict))
        return failure_set(reterr, ERR_SYNTAX, "an ad whose findings lie outside its text");
    if (!slice_is(ad->verdict.bank, page->sweep->options->bank_name))
        return failure_set(reterr, ERR_SYNTAX, "a verdict of another bank");
    if (!sketch_from_hex(json_get_string(node, "sketch"), &ad->sketch))
        return failure_set(reterr, ERR_SYNTAX, "an ad without a sketch");
    if (ad_url(page, &ad->posting) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    ad->fingerprint = posting_fingerprint(&ad->posting);
    ad->flagged = verdict_is_flagged(&ad->verdict);
    return OK;
}

static int ads_read(struct page *page, const struct json *list, struct failure *reterr)
{
    size_t count = json_count(list);
    if (count > PAGE_POSTINGS_MAX)
        return failure_set(reterr, ERR_SYNTAX, "more than %u ads", PAGE_POSTINGS_MAX);
    page->ads = arena_calloc(page->arena, count, sizeof *page->ads);
    if (page->ads == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = OK;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = ad_read(page, json_at(list, i), i, reterr);
    if (rc == OK && count > 1 && urls_part(page, count) != OK)
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
    int64_t per_mille = page->sweep->options->settings->sample_per_mille;
    for (size_t i = 0; rc == OK && i < count; i++)
        page->ads[i].sampled =
            !page->ads[i].flagged &&
            posting_in_sample(page->run->source->name, &page->ads[i].posting, per_mille);
    page->ads_count = rc == OK ? count : 0;
    return rc;
}

/* ---- the whole ---- */

/* X-Robots-Tag says to all what meta robots says of a page. */
static bool tag_says(const struct page *page, const char *word)
{
    struct slice tag = slice_of(page->robots_tag != NULL ? page->robots_tag : "");
    return slice_find_nocase(tag, slice_of(word)) != SIZE_MAX ||
           slice_find_nocase(tag, SLICE("none")) != SIZE_MAX;
}

static void type_note(struct page *page, enum page_type type, struct slice note)
{
    page->page_type = page_type_name(type);
    page->outcome.state = URL_DONE;
    if (type == PAGE_JOB && page->kind == URL_LISTING && page->depth > 0) {
        page->kind = URL_POSTING;
        page->outcome.is_posting = true;
    } else if (type == PAGE_SHELL) {
        page->shell = true;
        page->outcome.why = "a script shell: needs a browser";
    } else if (type == PAGE_EXPIRED) {
        page->expired = true;
        page->outcome.state = URL_GONE;
        page->outcome.why = NULL;
    } else if (type == PAGE_EMPTY) {
        page->outcome.why = note.len > 0 ? arena_printf(page->arena, "%.*s", (int)note.len, note.at)
                                         : "nothing to read on the page";
    }
}

static int root_read(struct page *page, const struct json *root, struct failure *reterr)
{
    enum page_type type;
    struct slice status = json_get_string(root, "status"), why = json_get_string(root, "why");
    if (json_kind_of(root) != JSON_OBJECT || status.len == 0)
        return failure_set(reterr, ERR_SYNTAX, "no status");
    if (!slice_is(status, "ok")) {
        page->outcome.state = URL_FAILED;
        page->outcome.why = arena_printf(page->arena, "cannot be read: %.*s",
                                         (int)(why.len > 300 ? 300 : why.len), why.at);
        return OK;
    }
    if (!page_type_from_name(json_get_string(root, "type"), &type))
        return failure_set(reterr, ERR_SYNTAX, "no type");
    type_note(page, type, json_get_string(root, "note"));
    page->newest_first = json_truth(json_get(root, "newest_first"), false);
    page->noindex = json_truth(json_get(root, "noindex"), false) || tag_says(page, "noindex");
    int rc = json_truth(json_get(root, "nofollow"), false) || tag_says(page, "nofollow")
                 ? OK
                 : links_read(page, json_get(root, "links"), reterr);
    if (rc == OK && type != PAGE_EXPIRED)
        rc = ads_read(page, json_get(root, "ads"), reterr);
    struct slice fused = json_string(json_at(json_get(root, "fused"), 0));
    if (fused.len > 0 && fused.len < 128)
        page->fused = arena_copy(page->arena, fused.at, fused.len);
    return rc;
}

static int look_read(struct page *page, const struct json *root, struct failure *reterr)
{
    struct slice status = json_get_string(root, "status"), why = json_get_string(root, "why");
    if (json_kind_of(root) != JSON_OBJECT || status.len == 0)
        return failure_set(reterr, ERR_SYNTAX, "no status");
    if (!slice_is(status, "ok")) {
        page->no_look =
            arena_printf(page->arena, "%.*s", (int)(why.len > 300 ? 300 : why.len), why.at);
        return OK;
    }
    page->has_look = look_from_hex(json_get_string(root, "look"), &page->look);
    return page->has_look ? OK : failure_set(reterr, ERR_SYNTAX, "no look");
}

int page_read_look(struct page *page, struct slice reply, struct failure *reterr)
{
    struct json_doc *doc = NULL;
    int rc = json_parse(reply, true, REPLY_DEPTH_MAX, &doc, reterr);
    if (rc == OK)
        rc = look_read(page, json_root(doc), reterr);
    json_free(doc);
    return rc;
}

int page_read_reply(struct page *page, struct slice reply, struct failure *reterr)
{
    struct json_doc *doc = NULL;
    int rc = json_parse(reply, true, REPLY_DEPTH_MAX, &doc, reterr);
    if (rc == OK)
        rc = root_read(page, json_root(doc), reterr);
    json_free(doc);
    return rc;
}
