/* posting_images.c - see posting_images.h. */
#include "crawler/extract/posting_images.h"

#include <string.h>

#define IMAGES_MAX        8u
#define IMAGES_TRIED_MAX  32u
#define LOGOS_MAX         32u
#define ADDRESS_BYTES_MAX 2000u

struct finder {
    struct arena *arena;
    const struct things *things;
    const struct url *base;
};

/* Empty: it is no address of the web. */
static int resolve(const struct finder *finder, struct slice written, struct slice *ret_url)
{
    struct url url;
    *ret_url = SLICE_EMPTY;
    written = slice_trim(written);
    if (written.len == 0 || written.len > ADDRESS_BYTES_MAX ||
        slice_starts_nocase(written, "data:"))
        return OK;
    int rc = url_parse(finder->arena, written, finder->base, &url, NULL);
    if (rc == OK && slice_starts(url.href, "http"))
        *ret_url = url.href;
    return rc == ERR_NOMEM ? rc : OK;
}

/* What the property names: an address, or the object at one. */
static int address_of(const struct finder *finder, const struct thing_prop *prop,
                      struct slice *ret_url)
{
    static const char *const names[] = {"contentUrl", "url", "@id"};
    const struct thing *object = things_resolve(finder->things, prop->thing);
    if (object == NULL)
        return resolve(finder, prop->text, ret_url);
    const struct thing_prop *inner = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && inner == NULL; i++)
        inner = thing_get(object, names[i]);
    return resolve(finder, inner != NULL && inner->thing == NULL ? inner->text : SLICE_EMPTY,
                   ret_url);
}

static int is_logo_of(const struct finder *finder, const struct thing *owner, struct slice url,
                      bool *ret_is_logo)
{
    struct slice logo;
    const struct thing_prop *prop = thing_get(owner, "logo");
    *ret_is_logo = false;
    if (prop == NULL)
        return OK;
    int rc = address_of(finder, prop, &logo);
    *ret_is_logo = rc == OK && slice_equal(logo, url);
    return rc;
}

/* Is it the logo of the job's employer? */
static int is_employers(const struct finder *finder, const struct thing *job, struct slice url,
                        bool *ret_is_logo)
{
    const struct thing_prop *employer = thing_get(job, "hiringOrganization");
    *ret_is_logo = false;
    if (employer == NULL || employer->thing == NULL)
        return OK;
    return is_logo_of(finder, things_resolve(finder->things, employer->thing), url, ret_is_logo);
}

/* Is it the logo of anything on the page? */
static int is_anyones(const struct finder *finder, struct slice url, bool *ret_is_logo)
{
    size_t looked_at = 0;
    int rc = OK;
    *ret_is_logo = false;
    for (size_t i = 0; i < finder->things->count && rc == OK && !*ret_is_logo; i++) {
        const struct thing *thing = finder->things->list[i];
        if (thing_get(thing, "logo") == NULL)
            continue;
        if (looked_at++ == LOGOS_MAX)
            break;
        rc = is_logo_of(finder, thing, url, ret_is_logo);
    }
    return rc;
}

/* An image of a posting is its address, its text behind a space, or its text alone. */
static struct slice without_text(struct slice image)
{
    return slice_sub(image, 0, slice_find_char(image, ' '));
}

static bool is_listed(const struct slice *images, size_t count, struct slice image)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(without_text(images[i]), without_text(image)))
            return true;
    return false;
}

int posting_images_of_job(struct arena *arena, const struct things *things, const struct thing *job,
                          const struct url *base, struct posting *posting)
{
    const struct finder finder = {arena, things, base};
    const struct thing_prop *prop = thing_get(job, "image");
    size_t count = 0, tried = 0;
    int rc = OK;
    if (prop == NULL)
        return OK;
    struct slice *images = arena_calloc(arena, IMAGES_MAX, sizeof *images);
    if (images == NULL)
        return ERR_NOMEM;
    while (rc == OK && prop != NULL && count < IMAGES_MAX && tried++ < IMAGES_TRIED_MAX) {
        struct slice url;
        bool logo = false;
        rc = address_of(&finder, prop, &url);
        if (rc == OK && url.len > 0)
            rc = is_employers(&finder, job, url, &logo);
        if (rc == OK && url.len > 0 && !logo && !is_listed(images, count, url))
            images[count++] = url;
        prop = thing_next(prop->next, "image");
    }
    posting->images = images;
    posting->images_count = count;
    return rc;
}

int posting_images_of_head(struct arena *arena, const struct things *things, struct slice og_image,
                           const struct url *base, struct posting *posting)
{
    const struct finder finder = {arena, things, base};
    struct slice url;
    bool logo = false;
    if (og_image.len == 0 || posting->images_count > 0)
        return OK;
    int rc = resolve(&finder, og_image, &url);
    if (rc == OK && url.len > 0)
        rc = is_anyones(&finder, url, &logo);
    if (rc != OK || url.len == 0 || logo)
        return rc;
    struct slice *images = arena_alloc(arena, sizeof *images);
    if (images == NULL)
        return ERR_NOMEM;
    images[0] = url;
    posting->images = images;
    posting->images_count = 1;
    return OK;
}

int posting_images_join(struct arena *arena, struct posting *into, const struct posting *from)
{
    size_t count = into->images_count;
    if (from->images_count == 0)
        return OK;
    if (count == 0) {
        into->images = from->images;
        into->images_count = from->images_count;
        return OK;
    }
    struct slice *images = arena_calloc(arena, count + from->images_count, sizeof *images);
    if (images == NULL)
        return ERR_NOMEM;
    memcpy(images, into->images, count * sizeof *images);
    for (size_t i = 0; i < from->images_count && count < POSTING_LIST_MAX; i++)
        if (!is_listed(images, count, from->images[i]))
            images[count++] = from->images[i];
    into->images = images;
    into->images_count = count;
    return OK;
}
