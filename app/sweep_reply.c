/* sweep_reply.c - a worker's answer, which is outside bytes, becomes the page's links and ads.
 *
 * The worker read hostile bytes and may be in their hands: every link is parsed and gated again,
 * every offset must lie in its field, the fingerprint is computed here, an ad's URL must lie on a
 * host of the source. What does not hold makes the page poison (ERR_SYNTAX). */
#include "app/sweep_parts.h"
#include "common/json.h"
#include "crawler/extract/page.h"

#include <stdlib.h>
#include <string.h>

#define REPLY_DEPTH_MAX 24

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

static int link_read(struct page *page, const struct json *node)
{
    struct url_link *link = &page->links[page->links_count];
    struct url url;
    int rc = url_read_canonical(page->arena, json_get_string(node, "u"), &url, NULL);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc != OK || !source_allows_url(page->run->source, &url) ||
        address_refuse_url(&page->sweep->options->policy, &url, NULL) != OK ||
        !kind_of_link(page->run->source, &url, json_get_string(node, "k"), &link->kind))
        return OK;
    const char *last = page->links_count > 0 ? link[-1].host : "";
    link->url = url.href.at;
    link->host = slice_is(url.host_port, last)
                     ? last
                     : arena_copy(page->arena, url.host_port.at, url.host_port.len);
    link->depth = page->depth + 1;
    link->referrer_id = page->id;
    if (link->host == NULL)
        return ERR_NOMEM;
    page->links_count++;
    return OK;
}

static int links_read(struct page *page, const struct json *list, struct failure *reterr)
{
    size_t count = json_count(list);
    if (count > PAGE_LINKS_MAX)
        return failure_set(reterr, ERR_SYNTAX, "more than %u links", PAGE_LINKS_MAX);
    if (page->depth >= page->run->source->depth_max)
        return OK;
    page->links = arena_calloc(page->arena, count, sizeof *page->links);
    page->links_new = arena_calloc(page->arena, count, sizeof *page->links_new);
    int rc = page->links != NULL && page->links_new != NULL ? OK : ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = link_read(page, json_at(list, i));
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

/* The ad's own URL where it may be believed, else the page's. */
static int ad_url(struct page *page, struct posting *posting)
{
    struct url url;
    struct slice claimed = posting->attr[POSTING_URL];
    int rc = claimed.len > 0 ? url_read_canonical(page->arena, claimed, &url, NULL) : ERR_SYNTAX;
    if (rc == ERR_NOMEM)
        return rc;
    bool believed = rc == OK && source_allows_url(page->run->source, &url);
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
    int rc = json_truth(json_get(root, "nofollow"), false)
                 ? OK
                 : links_read(page, json_get(root, "links"), reterr);
    if (rc == OK && type != PAGE_EXPIRED)
        rc = ads_read(page, json_get(root, "ads"), reterr);
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
