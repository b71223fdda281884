/* sweep_picture.c - see sweep_picture.h. */
#include "app/sweep_picture.h"

#include "common/image_kind.h"
#include "storage/picture_rows.h"

#include <stdlib.h>
#include <string.h>

/* An image of a posting is its address, its text behind a space, or its text alone. */
static struct slice address_of(struct slice image)
{
    const char *space = image.len > 0 ? memchr(image.at, ' ', image.len) : NULL;
    return space != NULL ? slice_make(image.at, (size_t)(space - image.at)) : image;
}

static bool is_web(struct slice address)
{
    return slice_starts_nocase(address, "http://") || slice_starts_nocase(address, "https://");
}

static bool link_make(struct page *page, struct slice address, struct url_link *ret_link)
{
    struct url url;
    struct failure why;
    if (url_parse(page->arena, address, NULL, &url, &why) != OK ||
        url_canonical(page->arena, &url, &url) != OK ||
        address_refuse_url(&page->sweep->options->policy, &url, &why) != OK ||
        !source_allows_url(page->run->source, &url))
        return false;
    *ret_link = (struct url_link){
        .url = arena_printf(page->arena, "%.*s" PICTURE_MARK, (int)url.href.len, url.href.at),
        .host = arena_copy(page->arena, url.host_port.at, url.host_port.len),
        .kind = URL_POSTING,
        .depth = page->depth + 1,
        .referrer_id = page->id};
    return ret_link->url != NULL && ret_link->host != NULL;
}

/* Does this ad, or one before it, name it already? */
static bool link_is_known(const struct page_ad *ad, const char *url)
{
    for (size_t i = 0; i < ad->pictures_count; i++)
        if (strcmp(ad->pictures[i].url, url) == 0)
            return true;
    return false;
}

static void ad_find(struct page *page, struct page_ad *ad, size_t most)
{
    const struct posting *posting = &ad->posting;
    ad->pictures = arena_calloc(page->arena, most, sizeof *ad->pictures);
    ad->pictures_wait = arena_calloc(page->arena, most, sizeof *ad->pictures_wait);
    if (ad->pictures == NULL || ad->pictures_wait == NULL)
        return; /* the case stands without them */
    for (size_t i = 0; i < posting->images_count && ad->pictures_count < most; i++) {
        struct url_link link;
        struct slice address = address_of(posting->images[i]);
        if (!is_web(address))
            continue;
        if (!link_make(page, address, &link))
            ad->pictures_elsewhere++;
        else if (!link_is_known(ad, link.url))
            ad->pictures[ad->pictures_count++] = link;
    }
}

void pictures_find(struct page *page)
{
    size_t most = (size_t)page->sweep->options->settings->keep_pictures;
    if (most == 0 || page->local || page->run->source->canary)
        return;
    for (size_t i = 0; i < page->ads_count; i++)
        if (page->ads[i].flagged && page->ads[i].posting.images_count > 0)
            ad_find(page, &page->ads[i], most);
}

int pictures_add(struct page *page, struct keeper *keeper, struct page_ad *ad)
{
    int rc = OK;
    if (ad->stored.case_id == 0)
        return OK;
    for (size_t i = 0; rc == OK && i < ad->pictures_count; i++)
        rc = picture_add(keeper->store, page->run->source->name, ad->stored.case_id,
                         &ad->pictures[i], &ad->pictures_wait[i]);
    return rc;
}

void pictures_follow(struct page *page)
{
    struct sweep *sweep = page->sweep;
    for (size_t i = 0; i < page->ads_count; i++) {
        const struct page_ad *ad = &page->ads[i];
        if (ad->pictures_elsewhere > 0)
            run_note(page->run, "shows a picture on a host that is not of the source: left there",
                     page->url);
        for (size_t k = 0; k < ad->pictures_count; k++) {
            const struct url_link *link = &ad->pictures[k];
            bool plain_http = strncmp(link->url, "http:", 5) == 0;
            if (ad->pictures_wait[k] && host_want(sweep, link->host, plain_http, page->run) != OK)
                sweep_fail(sweep, ERR_NOMEM, "out of memory");
        }
    }
}

void picture_begin(struct page *page)
{
    size_t bytes = 0;
    if (!picture_is_marked(page->url, &bytes))
        return;
    const char *own = arena_copy(page->arena, page->url, bytes);
    page->kind = URL_PICTURE;
    if (own != NULL)
        page->url = page->hops[0] = page->errand.url = own;
    page->errand.etag = page->errand.last_modified = NULL;
    page->errand.identity = true;
    page->errand.body_bytes_max = PICTURE_BYTES_MAX;
    free(page->digest_before); /* asked for again, it is wanted whole */
    page->digest_before = NULL;
}

/* ---- its look ---- */

static void on_look(int status, struct slice reply, const char *why, void *ctx)
{
    struct page *page = ctx;
    struct failure failure = {.code = OK};
    const char *note = NULL;
    if (status == ERR_CANCELLED || status == ERR_UNSUPPORTED) {
        if (status == ERR_UNSUPPORTED)
            sweep_fail(page->sweep, ERR_UNSUPPORTED, why);
        page_drop(page);
        return;
    }
    if (status != OK)
        note = arena_printf(page->arena, "is kept without its look: %.300s", why);
    else if (page_read_look(page, reply, &failure) != OK)
        note = arena_printf(page->arena,
                            "is kept without its look: the worker's answer is wrong: "
                            "%.300s",
                            failure.text);
    if (note != NULL)
        page->no_look = note;
    page_finish(page, URL_DONE, note);
}

void picture_take(struct page *page)
{
    page->picture = image_kind(page->body);
    if (page->picture == NULL)
        page_finish(page, URL_FAILED, "is no PNG, JPEG, GIF or WebP");
    else if (strcmp(page->picture, "image/gif") == 0 ||
             worker_pool_ask(page->sweep->pool, SLICE("{\"want\":\"look\"}"), page->body, on_look,
                             page) != OK)
        page_finish(page, URL_DONE, NULL);
}

bool picture_unwanted(const struct sweep *sweep, const char *url)
{
    size_t bytes = 0;
    return sweep->options->settings->keep_pictures == 0 && picture_is_marked(url, &bytes);
}
