/* image_webp.c - the one file that knows libwebp; see image_inside.h. libwebp scales while it
 * decodes, so a large picture comes out small. */
#include "crawler/extract/image_inside.h"

#include <webp/decode.h>

#define SIDE_WANTED (8 * LOOK_GRID)

static int failed(VP8StatusCode status, struct failure *reterr)
{
    if (status == VP8_STATUS_OUT_OF_MEMORY)
        return failure_set(reterr, ERR_NOMEM, "the WebP needs more memory than a page may use");
    return failure_set(reterr, ERR_SYNTAX, "the WebP is broken%s",
                       status == VP8_STATUS_NOT_ENOUGH_DATA ? ": it ends too early" : "");
}

static void size_set(WebPDecoderConfig *config)
{
    int width = config->input.width, height = config->input.height;
    int low = width < height ? width : height;
    config->output.colorspace = MODE_RGBA;
    if (low <= (int)SIDE_WANTED)
        return;
    config->options.use_scaling = 1;
    config->options.scaled_width = (int)((int64_t)width * (int)SIDE_WANTED / low);
    config->options.scaled_height = (int)((int64_t)height * (int)SIDE_WANTED / low);
}

int image_webp(struct slice bytes, struct grid *grid, struct failure *reterr)
{
    WebPDecoderConfig config;
    const uint8_t *data = (const uint8_t *)bytes.at;
    if (WebPInitDecoderConfig(&config) == 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "libwebp is not the one this was built with");
    VP8StatusCode status = WebPGetFeatures(data, bytes.len, &config.input);
    if (status != VP8_STATUS_OK)
        return failed(status, reterr);
    int rc = image_size_check((uint64_t)config.input.width, (uint64_t)config.input.height, reterr);
    if (rc == OK && config.input.has_animation)
        rc = failure_set(reterr, ERR_UNSUPPORTED, "a WebP that moves has no look");
    if (rc != OK)
        return rc;
    size_set(&config);
    status = WebPDecode(data, bytes.len, &config);
    if (status != VP8_STATUS_OK) {
        WebPFreeDecBuffer(&config.output);
        return failed(status, reterr);
    }
    const WebPDecBuffer *out = &config.output;
    grid_begin(grid, (uint32_t)out->width, (uint32_t)out->height);
    struct grid_row row = {.step = 1, .count = (uint32_t)out->width, .channels = 4};
    for (int y = 0; y < out->height; y++) {
        row.y = (uint32_t)y;
        row.pixels = out->u.RGBA.rgba + (ptrdiff_t)y * out->u.RGBA.stride;
        grid_row(grid, &row);
    }
    WebPFreeDecBuffer(&config.output);
    return OK;
}
