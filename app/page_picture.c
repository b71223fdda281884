/* page_picture.c - from the evidence to a PNG; see page_picture.h.
 *
 *   records of the page -> the response (or the document that scripts made: a resource) -> its body,
 *   inflated -> the browser, under an address of nobody -> PNG
 *
 * Only bytes that were kept are drawn, never fetched again. The address is made up, so that no word
 * of the page's own can make it a file, a download or another host; links and pictures lead nowhere
 * anyway. Cost: half a second for the browser, then 0.2 s a page. */
#include "app/page_picture.h"
#include "app/http_message.h"
#include "common/warc.h"
#include "crawler/extract/inflate.h"
#include "crawler/renderer.h"
#include "storage/evidence_copy.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ARENA_BYTES_MAX (192u << 20)
#define PAGE_BYTES_MAX  (16u << 20)
#define PAGE_URL        "https://captured-page.invalid/"

struct camera {
    const struct settings *settings;
    uv_loop_t loop;
    struct renderer *renderer; /* NULL: not yet */
    struct arena *arena;       /* of the case at hand */
    struct text_buf png, why, block, chunks;
    bool done;
};

struct kept_page {
    const char *content_type;
    struct slice body;
};

void camera_create(const struct settings *settings, struct camera **ret_camera)
{
    struct camera *camera = calloc(1, sizeof *camera);
    *ret_camera = NULL;
    if (camera == NULL)
        return;
    if (arena_create(ARENA_BYTES_MAX, &camera->arena) != OK || uv_loop_init(&camera->loop) != 0) {
        arena_free(camera->arena);
        free(camera);
        return;
    }
    camera->settings = settings;
    text_buf_init(&camera->png, PICTURE_BYTES_MAX);
    text_buf_init(&camera->why, 512);
    text_buf_init(&camera->block, WARC_BLOCK_BYTES_MAX);
    text_buf_init(&camera->chunks, WARC_BLOCK_BYTES_MAX);
    *ret_camera = camera;
}

void camera_free(struct camera *camera)
{
    if (camera == NULL)
        return;
    renderer_close(camera->renderer);
    uv_run(&camera->loop, UV_RUN_DEFAULT); /* until the browser is gone, and its profile */
    uv_loop_close(&camera->loop);
    text_buf_release(&camera->png);
    text_buf_release(&camera->why);
    text_buf_release(&camera->block);
    text_buf_release(&camera->chunks);
    arena_free(camera->arena);
    free(camera);
}

/* ---- what was kept ---- */

static bool is_web_page(struct slice content_type)
{
    struct slice type = slice_trim(slice_sub(content_type, 0, slice_find_char(content_type, ';')));
    return type.len == 0 || slice_equal_nocase(type, SLICE("text/html")) ||
           slice_equal_nocase(type, SLICE("application/xhtml+xml"));
}

/* content_type and body as they are in the record; coding: what the body is packed by. */
static int page_unpack(struct camera *camera, struct slice content_type, struct slice coding,
                       struct slice body, struct kept_page *ret_page, struct failure *reterr)
{
    if (!is_web_page(content_type))
        return failure_set(reterr, ERR_UNSUPPORTED, "what was kept is no web page");
    const char *type = content_type.len > 0
                           ? arena_copy(camera->arena, content_type.at, content_type.len)
                           : "text/html";
    const char *coded = arena_copy(camera->arena, coding.at, coding.len);
    if (type == NULL || coded == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    ret_page->content_type = type;
    int rc = inflate_body(camera->arena, body, coded, PAGE_BYTES_MAX, &ret_page->body, reterr);
    if (rc == OK && ret_page->body.len == 0)
        rc = failure_set(reterr, ERR_NOT_FOUND, "the kept page is empty");
    if (rc == OK && ret_page->body.len > PAGE_BYTES_MAX)
        rc = failure_set(reterr, ERR_LIMIT, "the kept page is over %u bytes", PAGE_BYTES_MAX);
    return rc;
}

/* The page of a record's member, which is whole: its digest was checked. */
static int page_of_member(struct camera *camera, struct slice member, struct kept_page *ret_page,
                          struct failure *reterr)
{
    struct warc_reader *reader = NULL;
    struct warc_entry entry;
    int rc = warc_reader_create(warc_from_slice, &member, &reader);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    rc = warc_next(reader, &entry, reterr);
    if (rc == OK)
        rc = warc_read_all(reader, &camera->block, reterr);
    struct slice block = text_buf_slice(&camera->block);
    if (rc == OK && entry.type == WARC_RESOURCE) {
        rc = page_unpack(camera, entry.content_type, SLICE_EMPTY, block, ret_page, reterr);
    } else if (rc == OK) {
        struct http_message message;
        rc = http_message_split(block, &camera->chunks, &message, reterr);
        if (rc == OK)
            rc = page_unpack(camera, message.content_type, message.content_encoding, message.body,
                             ret_page, reterr);
    }
    warc_reader_free(reader);
    return rc;
}

static int page_find(struct camera *camera, struct store *store, const char *record_id,
                     struct kept_page *ret_page, struct failure *reterr)
{
    struct evidence_record records[EVIDENCE_GROUP_MAX];
    const struct evidence_record *found = NULL;
    size_t count = 0;
    int rc = evidence_records(store, camera->arena, record_id, records, &count);
    for (size_t i = 0; rc == OK && i < count; i++)
        if (strcmp(records[i].type, "response") == 0 || strcmp(records[i].type, "resource") == 0)
            found = &records[i];
    if (rc != OK || found == NULL)
        return failure_set(reterr, ERR_NOT_FOUND, "the evidence holds no page of its own");
    struct text_buf member;
    text_buf_init(&member, WARC_BLOCK_BYTES_MAX);
    rc = evidence_copy(camera->settings->evidence, found, &member, reterr);
    if (rc == OK)
        rc = page_of_member(camera, text_buf_slice(&member), ret_page, reterr);
    text_buf_release(&member);
    return rc;
}

/* ---- the picture ---- */

static void on_drawn(void *ctx, int status, struct slice png, const char *why)
{
    struct camera *camera = ctx;
    camera->done = true;
    if (status == OK && text_buf_add_slice(&camera->png, png) != OK)
        why = "the picture is too large";
    if (why[0] != '\0')
        text_buf_add_str(&camera->why, why);
}

static int browser_ready(struct camera *camera, struct failure *reterr)
{
    const struct settings *settings = camera->settings;
    const struct renderer_settings wanted = {.browser = settings->browser,
                                             .user_agent = "lurewatch",
                                             .page_ms_max = settings->render_ms < PICTURE_MS_MAX
                                                                ? (uint32_t)settings->render_ms
                                                                : PICTURE_MS_MAX,
                                             .dom_bytes_max = PICTURE_BYTES_MAX,
                                             .picture_width_px = PICTURE_WIDTH_PX,
                                             .picture_height_max = PICTURE_HEIGHT_MAX};
    if (camera->renderer == NULL)
        return renderer_create(&camera->loop, &wanted, &camera->renderer, reterr);
    uv_run(&camera->loop, UV_RUN_NOWAIT); /* it may have ended since the last page */
    return OK;
}

/* Waits: the renderer's own deadlines end it. */
static int draw(struct camera *camera, const struct kept_page *page, struct failure *reterr)
{
    const struct render_page show = {.url = PAGE_URL,
                                     .content_type = page->content_type,
                                     .body = page->body,
                                     .done = on_drawn,
                                     .ctx = camera};
    camera->done = false;
    if (renderer_show(camera->renderer, &show) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    while (!camera->done && uv_run(&camera->loop, UV_RUN_ONCE) != 0)
        continue;
    if (camera->why.len == 0 && camera->png.len > 0)
        return OK;
    return failure_set(reterr, ERR_IO, "%s", text_buf_cstr(&camera->why));
}

void camera_take(struct camera *camera, struct store *store, const char *record_id,
                 struct dossier_picture *ret_picture)
{
    struct failure why = {.code = OK};
    struct kept_page page = {.content_type = ""};
    arena_reset(camera->arena);
    text_buf_reset(&camera->png);
    text_buf_reset(&camera->why);
    text_buf_reset(&camera->block);
    int rc = browser_ready(camera, &why);
    if (rc == OK)
        rc = page_find(camera, store, record_id, &page, &why);
    if (rc == OK)
        rc = draw(camera, &page, &why);
    *ret_picture = (struct dossier_picture){.png = SLICE_EMPTY};
    if (rc == OK) {
        ret_picture->png = text_buf_slice(&camera->png);
        ret_picture->drawn_by = renderer_product(camera->renderer);
        return;
    }
    text_buf_reset(&camera->why);
    text_buf_add_str(&camera->why, why.text);
    ret_picture->why_not = text_buf_cstr(&camera->why);
}
