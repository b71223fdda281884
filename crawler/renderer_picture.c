/* renderer_picture.c - a page as a picture; see renderer.h.
 *
 *   (Page.enable) -> no scripts, a window 1280 wide -> (navigate, the document is there)
 *     -> Page.getLayoutMetrics: how long is it -> Page.captureScreenshot: PNG in base64 -> the bytes
 *
 * The page's own policy (PICTURE_POLICY) holds for frames within it as well, where this session may
 * not reach. What comes back is looked at before it is believed: a PNG from its first byte to its
 * last, no larger than was asked for. Cost: 41 MB in the browser for a picture of 1280 x 8000. */
#include "crawler/renderer_inside.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_HEIGHT_PX 800u
#define PNG_HEAD_BYTES   33u /* signature, and the chunk IHDR */
#define PNG_END_BYTES    12u /* the chunk IEND */

static void put_number(struct json_writer *writer, const char *name, uint32_t value)
{
    json_put_member_int(writer, name, value);
}

static void put_true(struct json_writer *writer, const char *name)
{
    json_key(writer, name);
    json_put_bool(writer, true);
}

void picture_prepare(struct renderer *renderer, const struct picture_limits *limits)
{
    struct text_buf text;
    struct json_writer writer;
    renderer_begin(renderer, &text, &writer, "Emulation.setScriptExecutionDisabled");
    put_true(&writer, "value");
    renderer_send(renderer, &text, &writer);
    renderer_begin(renderer, &text, &writer, "Emulation.setDeviceMetricsOverride");
    put_number(&writer, "width", limits->width_px);
    put_number(&writer, "height", WINDOW_HEIGHT_PX);
    put_number(&writer, "deviceScaleFactor", 1);
    json_key(&writer, "mobile");
    json_put_bool(&writer, false);
    renderer_send(renderer, &text, &writer);
}

int64_t picture_ask(struct renderer *renderer, const struct picture_limits *limits,
                    const struct json *metrics)
{
    struct text_buf text;
    struct json_writer writer;
    double asked = json_double(json_get(json_get(metrics, "cssContentSize"), "height"), 0);
    uint32_t height = asked <= WINDOW_HEIGHT_PX    ? WINDOW_HEIGHT_PX
                      : asked < limits->height_max ? (uint32_t)asked
                                                   : limits->height_max;
    int64_t id = renderer_begin(renderer, &text, &writer, "Page.captureScreenshot");
    json_put_member(&writer, "format", SLICE("png"));
    put_true(&writer, "captureBeyondViewport");
    json_key(&writer, "clip");
    json_open_object(&writer);
    put_number(&writer, "x", 0);
    put_number(&writer, "y", 0);
    put_number(&writer, "width", limits->width_px);
    put_number(&writer, "height", height);
    put_number(&writer, "scale", 1);
    json_close_object(&writer);
    renderer_send(renderer, &text, &writer);
    return id;
}

/* ---- the bytes ---- */

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The bytes of base64 in `at`, which has room for three of every four. *ret_len; false: it is none. */
static bool base64_read(struct slice text, char *at, size_t *ret_len)
{
    size_t len = 0;
    unsigned held = 0, bits = 0;
    while (text.len > 0 && text.at[text.len - 1] == '=')
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_of(text.at[i]);
        if (digit < 0)
            return false;
        held = (held << 6 | (unsigned)digit) & 0xffffu;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            at[len++] = (char)(held >> bits & 0xffu);
        }
    }
    *ret_len = len;
    return true;
}

static uint32_t big_endian(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static bool is_png(const struct picture_limits *limits, struct slice bytes)
{
    static const char head[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
                      end[] = "\0\0\0\0IEND\xae\x42\x60\x82";
    if (bytes.len < PNG_HEAD_BYTES + PNG_END_BYTES || memcmp(bytes.at, head, 16) != 0 ||
        memcmp(bytes.at + bytes.len - PNG_END_BYTES, end, PNG_END_BYTES) != 0)
        return false;
    uint32_t width = big_endian(bytes.at + 16), height = big_endian(bytes.at + 20);
    return width > 0 && width <= limits->width_px && height > 0 && height <= limits->height_max;
}

int picture_read(const struct json *result, const struct picture_limits *limits, char **ret_bytes,
                 size_t *ret_len, const char **ret_why)
{
    struct slice text = json_get_string(result, "data");
    size_t len = 0;
    *ret_why = "the picture is too large";
    if (text.len / 4 > limits->bytes_max / 3)
        return ERR_LIMIT;
    char *bytes = malloc(text.len / 4 * 3 + 3);
    *ret_why = "out of memory";
    if (bytes == NULL)
        return ERR_NOMEM;
    *ret_why = "the browser gave no picture";
    if (!base64_read(text, bytes, &len) || !is_png(limits, slice_make(bytes, len))) {
        free(bytes);
        return ERR_IO;
    }
    *ret_bytes = bytes;
    *ret_len = len;
    return OK;
}
