/* sweep_store.c - what a page becomes in the store: one transaction; see sweep_parts.h. On the
 * store's thread, and made to be run twice (store_thread.h): all it counts is counted anew. */
#include "app/sweep_parts.h"
#include "app/sweep_picture.h"
#include "common/clock.h"
#include "common/json.h"
#include "storage/look_rows.h"
#include "storage/picture_rows.h"

#include <string.h>

#define METADATA_BYTES_MAX (64u << 20)
#define BARREN_DEPTH_MAX   2u
#define DAY_MS             INT64_C(86400000)
#define LIST_REST_MS_MAX   (14 * DAY_MS)

/* ---- evidence ---- */

static void ad_write(const struct page_ad *ad, struct json_writer *writer)
{
    char hex[DIGEST_HEX_BYTES];
    json_open_object(writer);
    json_key(writer, "posting");
    posting_to_json(&ad->posting, writer);
    json_key(writer, "verdict");
    verdict_to_json(&ad->verdict, ad->posting.attr[POSTING_ID], writer);
    json_put_member(writer, "fingerprint", slice_of(digest_hex(&ad->fingerprint, hex)));
    json_close_object(writer);
}

/* Who answered: the address, and the certificate that was shown. */
static void answerer_write(const struct page *page, struct json_writer *writer)
{
    const struct fetch_certificate *shown = page->certificate;
    json_put_member_if(writer, "remote_address", slice_of(page->ip));
    if (shown == NULL)
        return;
    json_key(writer, "tls_certificate");
    json_open_object(writer);
    json_put_member(writer, "subject", slice_of(shown->subject));
    json_put_member(writer, "issuer", slice_of(shown->issuer));
    json_put_member(writer, "valid_from", slice_of(shown->valid_from));
    json_put_member(writer, "valid_until", slice_of(shown->valid_until));
    json_put_member(writer, "sha256", slice_of(shown->sha256));
    json_put_member(writer, "pem", slice_of(shown->pem));
    json_close_object(writer);
}

/* The text that offsets refer to, the verdict, the bank: a flag can be recomputed from this and
 * the response beside it. */
static int metadata_write(const struct page *page, struct text_buf *out)
{
    struct json_writer writer;
    char when[CLOCK_RFC3339_BYTES], look[LOOK_HEX_BYTES];
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_member(&writer, "software", SLICE("lurewatch " LUREWATCH_VERSION));
    json_put_member(&writer, "bank", slice_of(page->sweep->options->bank_name));
    json_put_member(&writer, "source", slice_of(page->run->source->name));
    json_put_member(&writer, "url", slice_of(page->url));
    json_put_member(&writer, "url_answered", slice_of(page->errand.url));
    json_put_member(&writer, "fetched_at",
                    slice_of(clock_rfc3339(page->outcome.fetched_unix_ms, when)));
    answerer_write(page, &writer);
    if (page->local)
        json_put_member(&writer, "file", slice_of(page->url));
    if (page->rendered)
        json_put_member(&writer, "rendered", SLICE("the document after its scripts ran"));
    json_put_member_if(&writer, "archived_at", slice_of(page->archived_at));
    json_put_member_if(&writer, "page_type", slice_of(page->page_type));
    if (page->noindex)
        json_put_member(&writer, "robots", SLICE("noindex"));
    if (page->poison != NULL)
        json_put_member(&writer, "poisoned", slice_of(page->poison));
    json_put_member_if(&writer, "picture", slice_of(page->picture));
    json_put_member_if(&writer, "picture_of", slice_of(page->picture_of));
    if (page->has_look)
        json_put_member(&writer, "look", slice_of(look_hex(&page->look, look)));
    json_put_member_if(&writer, "no_look", slice_of(page->no_look));
    json_key(&writer, "ads");
    json_open_array(&writer);
    for (size_t i = 0; i < page->ads_count; i++)
        if (page->ads[i].keep)
            ad_write(&page->ads[i], &writer);
    json_close_array(&writer);
    json_close_object(&writer);
    return text_buf_status(out);
}

static int evidence_put(const struct page *page, struct keeper *keeper, int64_t keep_until_unix_ms,
                        struct evidence_ref *ret_ref)
{
    struct text_buf metadata;
    text_buf_init(&metadata, METADATA_BYTES_MAX);
    int rc = metadata_write(page, &metadata);
    if (rc == OK) {
        /* an archived answer is kept whole, as the resource it is to us */
        const struct evidence_page record = {.url = page->errand.url,
                                             .resource_type = page->resource_type,
                                             .fetched_unix_ms = page->outcome.fetched_unix_ms,
                                             .ip = page->ip,
                                             .request = page->request_head,
                                             .response_head = page->response_head,
                                             .response_body = page->body,
                                             .metadata = text_buf_slice(&metadata),
                                             .keep_until_unix_ms = keep_until_unix_ms};
        rc = evidence_append(keeper->evidence, &record, ret_ref);
    }
    text_buf_release(&metadata);
    return rc;
}

/* ---- ads ---- */

static struct posting_seen seen_of(const struct page *page, const struct page_ad *ad)
{
    return (struct posting_seen){.source = page->run->source->name,
                                 .posting = &ad->posting,
                                 .verdict = &ad->verdict,
                                 .fingerprint = ad->fingerprint,
                                 .sketch = ad->sketch,
                                 .seen_unix_ms = page->outcome.fetched_unix_ms,
                                 .url_id = page->id};
}

/* Which ads want evidence that the store does not have yet. */
static int ads_look(struct page *page, struct keeper *keeper, bool *ret_any, bool *ret_flagged)
{
    *ret_any = *ret_flagged = false;
    for (size_t i = 0; i < page->ads_count; i++) {
        struct page_ad *ad = &page->ads[i];
        struct posting_known known = {false, false, false, false};
        ad->keep = false;
        if (!ad->flagged && !ad->sampled)
            continue;
        const struct posting_seen seen = seen_of(page, ad);
        int rc = posting_look(keeper->store, &seen, &known);
        if (rc != OK)
            return rc;
        ad->keep = !known.has_evidence || (ad->flagged && !known.same_bank);
        *ret_any |= ad->keep;
        *ret_flagged |= ad->keep && ad->flagged;
    }
    return OK;
}

static void tally_ad(struct page *page, const struct page_ad *ad)
{
    page->tally.postings++;
    page->tally.postings_new += ad->stored.is_new;
    page->tally.flagged += ad->flagged;
    page->cases_new += ad->stored.case_is_new;
    page->watch += ad->verdict.band == BAND_WATCH;
}

static int ads_store(struct page *page, struct keeper *keeper)
{
    bool any = false, flagged = false;
    struct evidence_ref ref = {0};
    int rc = ads_look(page, keeper, &any, &flagged);
    if (rc == OK && any)
        rc = evidence_put(page, keeper,
                          flagged ? 0 : page->outcome.fetched_unix_ms + POSTING_SAMPLE_KEEP_MS,
                          &ref);
    for (size_t i = 0; rc == OK && i < page->ads_count; i++) {
        struct page_ad *ad = &page->ads[i];
        struct posting_seen seen = seen_of(page, ad);
        seen.sampled = ad->sampled;
        seen.evidence_id = ad->keep ? ref.metadata_id : NULL;
        rc = posting_put(keeper->store, &keeper->key, &seen, &ad->stored);
        if (rc == OK)
            rc = pictures_add(page, keeper, ad);
        if (rc == OK && ad->stored.is_new_version && keeper->watch != NULL)
            rc = rule_watch_ad(keeper->watch, &ad->verdict, &page->run->hits);
        if (rc == OK)
            tally_ad(page, ad);
    }
    return rc;
}

/* The campaigns of the cases that show it know its bytes. */
static int picture_store(struct page *page, struct keeper *keeper)
{
    struct evidence_ref ref = {0};
    int rc = picture_ad_record(keeper->store, page->arena, page->id, &page->picture_of);
    if (rc == OK)
        rc = evidence_put(page, keeper, 0, &ref);
    if (rc == OK && page->has_look)
        rc = look_put(keeper->store, &page->digest, &page->look);
    return rc == OK ? picture_keep(keeper->store, page->id, &page->digest, ref.metadata_id,
                                   page->outcome.fetched_unix_ms)
                    : rc;
}

static int poison_store(struct page *page, struct keeper *keeper)
{
    struct evidence_ref ref = {0};
    int rc = evidence_put(page, keeper, 0, &ref);
    if (rc != OK)
        return rc;
    page->tally.poisoned = 1;
    return poisoned_add(keeper->store,
                        &(struct poisoned_page){.url_id = page->id,
                                                .at_unix_ms = page->outcome.fetched_unix_ms,
                                                .why = page->poison,
                                                .evidence_id = ref.response_id});
}

/* ---- links ---- */

/* Did the page bring what was not known? An endless list, a calendar, a session id in every
 * address: they all go on without bringing anything. */
static bool page_goes_on(const struct page *page)
{
    size_t known = 0, fresh = 0;
    for (size_t i = 0; i < page->links_sure; i++)
        if (page->links[i].kind == URL_POSTING || !page->newest_first) {
            fresh += page->links_new[i];
            known += !page->links_new[i];
        }
    for (size_t i = 0; i < page->ads_count; i++) {
        fresh += page->ads[i].stored.is_new;
        known += !page->ads[i].stored.is_new;
    }
    return fresh > 0 && (!page->newest_first || known == 0);
}

/* A sitemap's word that known postings were changed since they were read. */
static int dated_store(struct page *page, struct keeper *keeper)
{
    page->revived = 0;
    return page->dated_count > 0 ? urls_revive(keeper->store, page->run->source->name, page->dated,
                                               page->dated_count, &page->revived)
                                 : OK;
}

static int onward_store(struct page *page, struct keeper *keeper)
{
    size_t count = page->links_count - page->links_sure;
    page->went_nowhere = false;
    if (count == 0)
        return OK;
    /* three such pages in a row, each a step farther from the start, are enough */
    bool patience = !page->newest_first && page->depth < BARREN_DEPTH_MAX &&
                    page->depth < page->run->source->depth_max;
    bool goes_on = page_goes_on(page);
    for (size_t i = page->links_sure; !goes_on && i < page->links_count; i++)
        page->links[i].depth = page->depth + 1;
    if (goes_on || patience)
        return urls_add(keeper->store, page->run->source->name, page->links + page->links_sure,
                        count, page->links_new + page->links_sure);
    memset(page->links_new + page->links_sure, 0, count * sizeof *page->links_new);
    page->went_nowhere = !page->newest_first && page->kind == URL_LISTING && page->depth > 0;
    return OK;
}

/* The ad stands there still, as it was kept: a revisit record says so, at the cost of its head. */
static int revisit_put(const struct page *page, struct keeper *keeper)
{
    struct evidence_same same;
    struct evidence_ref ref = {0};
    bool found = false;
    if (page->response_head.len == 0)
        return OK;
    int rc = evidence_to_revisit(keeper->store, page->arena, page->id, &same, &found);
    same.said_by_server = page->outcome.http_status == 304;
    if (rc != OK || !found ||
        (!same.said_by_server &&
         memcmp(same.payload.bytes, page->digest.bytes, sizeof page->digest.bytes) != 0))
        return rc;
    const struct evidence_page record = {.url = page->errand.url,
                                         .fetched_unix_ms = page->outcome.fetched_unix_ms,
                                         .ip = page->ip,
                                         .request = page->request_head,
                                         .response_head = page->response_head,
                                         .same = &same};
    return evidence_append(keeper->evidence, &record, &ref);
}

/* ---- when again ---- */

static bool brought_news(const struct page *page)
{
    bool news = false;
    for (size_t i = 0; i < page->links_count; i++)
        news |= page->links_new[i];
    for (size_t i = 0; i < page->ads_count; i++)
        news |= page->ads[i].stored.is_new || page->ads[i].stored.is_new_version;
    return news;
}

/* An ad that names its last day is looked at when that is over, and never again once it is. */
static int64_t valid_until(const struct page *page, int64_t refetch)
{
    int64_t ends = 0, fetched = page->outcome.fetched_unix_ms;
    if (page->ads_count != 1 ||
        clock_parse_iso(page->ads[0].posting.attr[POSTING_VALID_THROUGH], &ends) != OK)
        return refetch;
    ends += DAY_MS;
    if (ends <= fetched)
        return 0;
    return ends < refetch ? ends : refetch;
}

/* Half as long after a change, twice as long without one. A list away from the start that brings
 * something is asked for in each round; one that does not rests longer and longer. */
static void revisit_plan(struct page *page)
{
    if (page->kind == URL_PICTURE)
        return; /* kept once for all */
    int64_t base = page->sweep->options->settings->refetch_ms, was = page->revisit_ms, next = base;
    bool news = brought_news(page);
    if (page->kind == URL_POSTING) {
        if (was > 0)
            next = news ? was / 2 : was * 2;
        if (next < base / 8)
            next = base / 8;
        if (next > base * 4)
            next = base * 4;
        page->outcome.refetch_unix_ms = valid_until(page, page->outcome.fetched_unix_ms + next);
        return;
    }
    next = was * 2 > page->run->source->every_ms ? was * 2 : page->run->source->every_ms;
    if (next > LIST_REST_MS_MAX)
        next = LIST_REST_MS_MAX;
    page->outcome.refetch_unix_ms =
        news || page->depth == 0 ? 0 : page->outcome.fetched_unix_ms + next;
}

/* ---- the transaction ---- */

static void tally_begin(struct page *page)
{
    const struct round_tally before = page->tally;
    bool pending = page->outcome.state == URL_PENDING;
    page->tally = (struct round_tally){.pages = !pending,
                                       .bytes = before.bytes,
                                       .denied = before.denied,
                                       .failed = page->outcome.state == URL_FAILED};
    page->cases_new = page->watch = 0;
}

static int referrer_note(struct page *page, struct keeper *keeper)
{
    const char *url = "";
    if (page->referrer_id == 0 || page->visits == NULL)
        return OK;
    int rc = url_text(keeper->store, page->arena, page->referrer_id, &url);
    if (rc == OK)
        page->visits->entry.referrer = url;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* The page is in the store: a commit whose answer was lost had taken place, or another machine took
 * the host up. Nothing is stored twice; that we asked is on record. */
static int settled_store(struct page *page, struct keeper *keeper)
{
    page->tally = (struct round_tally){0};
    return page->lease_lost ? visits_store(keeper, page->visits) : OK;
}

/* Links and ads, then what hangs on whether they were new. */
static int finds_store(struct page *page, struct keeper *keeper)
{
    int rc = OK;
    if (page->run->source->canary)
        return OK; /* judged, and never a case */
    if (page->links_sure > 0)
        rc = urls_add(keeper->store, page->run->source->name, page->links, page->links_sure,
                      page->links_new);
    if (rc == OK && page->ads_count > 0)
        rc = ads_store(page, keeper);
    if (rc == OK)
        rc = onward_store(page, keeper);
    return rc == OK ? dated_store(page, keeper) : rc;
}

/* The same bytes as before, or a picture: nothing of it was judged. */
static int unread_store(struct page *page, struct keeper *keeper)
{
    if (page->kind == URL_PICTURE)
        return page->outcome.state == URL_DONE ? picture_store(page, keeper) : OK;
    if (!page->unchanged)
        return OK;
    int rc = postings_touch(keeper->store, page->id, page->outcome.fetched_unix_ms);
    return rc == OK ? revisit_put(page, keeper) : rc;
}

static int whole_store(struct page *page, struct keeper *keeper)
{
    int rc = referrer_note(page, keeper);
    if (rc == OK)
        rc = visits_store(keeper, page->visits);
    if (rc == OK)
        rc = finds_store(page, keeper);
    if (rc == OK && page->poison != NULL)
        rc = poison_store(page, keeper);
    if (rc == OK)
        rc = unread_store(page, keeper);
    if (rc == OK && page->outcome.state == URL_DONE && !page->local)
        revisit_plan(page);
    if (rc == OK)
        rc = url_finish(keeper->store, page->id, &page->outcome);
    return rc == OK ? round_note(keeper->store, page->run->round.id, &page->tally) : rc;
}

int page_store(struct store_job *job, void *ctx, struct failure *reterr)
{
    struct page *page = (struct page *)(void *)((char *)job - offsetof(struct page, job));
    struct keeper *keeper = ctx;
    bool pending = true;
    tally_begin(page);
    int rc = keeper->shared ? url_is_pending(keeper->store, page->id, &pending) : OK;
    if (rc == OK)
        rc = pending ? whole_store(page, keeper) : settled_store(page, keeper);
    return rc == OK ? OK : store_failed(keeper->store, rc, reterr);
}
