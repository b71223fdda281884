/* Pictures: the same poster packed anew looks the same, another does not, plain ones have no look,
 * and hostile bytes end in a sentence. The pictures are drawn here and packed by the libraries. */
#include "crawler/extract/image_look.h"
#include "tests/unit/extract_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

#define WIDE 240u
#define HIGH 320u

struct drawing {
    uint32_t width, height;
    uint8_t *rgb;
};

static uint32_t mixed(uint32_t number)
{
    number ^= number >> 16;
    number *= 0x7feb352du;
    number ^= number >> 15;
    number *= 0x846ca68bu;
    return number ^ number >> 16;
}

/* Rows of marks like letters, told by words, on a gradient that all posters have. */
static void poster_pixel(uint32_t words, const struct drawing *drawing, uint32_t x, uint32_t y)
{
    uint32_t row = y * 40 / drawing->height, column = x * 30 / drawing->width;
    uint32_t grey = 90 + 80 * x / drawing->width + 60 * y / drawing->height;
    if (row % 3 != 0 && mixed(words * 5000 + row * 100 + column) % 10 < 6)
        grey = 20;
    uint8_t *rgb = drawing->rgb + ((size_t)y * drawing->width + x) * 3;
    rgb[0] = (uint8_t)grey;
    rgb[1] = (uint8_t)(grey / 2 + 40);
    rgb[2] = (uint8_t)(255 - grey);
}

static struct drawing poster(struct arena *arena, uint32_t words, uint32_t width, uint32_t height)
{
    struct drawing drawing = {width, height, arena_calloc(arena, (size_t)width * height, 3)};
    assert_non_null(drawing.rgb);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            poster_pixel(words, &drawing, x, y);
    return drawing;
}

/* ---- packing ---- */

static void png_put(png_structp png, png_bytep bytes, size_t len)
{
    assert_int_equal(text_buf_add(png_get_io_ptr(png), (const char *)bytes, len), OK);
}

static void png_flush_nothing(png_structp png)
{
    (void)png;
}

static struct slice kept(struct arena *arena, struct text_buf *out)
{
    struct slice bytes = slice_make(arena_copy(arena, out->at, out->len), out->len);
    text_buf_release(out);
    return bytes;
}

/* As RGB, or with an alpha of 0 where the pixel is white. */
static struct slice as_png(struct arena *arena, const struct drawing *drawing, int interlace,
                           bool alpha)
{
    struct text_buf out;
    text_buf_init(&out, 8u << 20);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    size_t channels = alpha ? 4 : 3;
    uint8_t *pixels = arena_calloc(arena, (size_t)drawing->width * drawing->height, channels);
    png_bytep *rows = arena_calloc(arena, drawing->height, sizeof *rows);
    for (size_t i = 0; i < (size_t)drawing->width * drawing->height; i++) {
        const uint8_t *rgb = drawing->rgb + i * 3;
        bool white = rgb[0] == 255 && rgb[1] == 255 && rgb[2] == 255;
        memcpy(pixels + i * channels, rgb, 3);
        if (alpha && white)
            memset(pixels + i * channels, 0, 3);
        if (alpha)
            pixels[i * channels + 3] = white ? 0 : 255;
    }
    for (size_t y = 0; y < drawing->height; y++)
        rows[y] = pixels + y * drawing->width * channels;
    png_set_write_fn(png, &out, png_put, png_flush_nothing);
    png_set_IHDR(png, info, drawing->width, drawing->height, 8,
                 alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, interlace,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    return kept(arena, &out);
}

static struct slice as_jpeg(struct arena *arena, const struct drawing *drawing, int quality,
                            bool progressive)
{
    struct jpeg_compress_struct jpeg = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &len);
    jpeg.image_width = drawing->width;
    jpeg.image_height = drawing->height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = drawing->rgb + (size_t)jpeg.next_scanline * drawing->width * 3;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    struct slice kept_bytes = slice_make(arena_copy(arena, (const char *)bytes, len), len);
    free(bytes);
    return kept_bytes;
}

static struct slice as_webp(struct arena *arena, const struct drawing *drawing, float quality)
{
    uint8_t *bytes = NULL;
    int stride = (int)drawing->width * 3;
    size_t len = quality > 100 ? WebPEncodeLosslessRGB(drawing->rgb, (int)drawing->width,
                                                       (int)drawing->height, stride, &bytes)
                               : WebPEncodeRGB(drawing->rgb, (int)drawing->width,
                                               (int)drawing->height, stride, quality, &bytes);
    assert_true(len > 0);
    struct slice kept_bytes = slice_make(arena_copy(arena, (const char *)bytes, len), len);
    WebPFree(bytes);
    return kept_bytes;
}

/* ---- looks ---- */

static struct look look_of_bytes(struct slice bytes)
{
    struct look look;
    struct failure why = {.code = OK};
    if (image_look(bytes, &look, &why) != OK)
        fail_msg("%s", why.text);
    return look;
}

static int distance(struct slice one, struct slice other)
{
    struct look a = look_of_bytes(one), b = look_of_bytes(other);
    return look_distance(&a, &b);
}

static void expect_none(struct slice bytes, int code, const char *words)
{
    struct look look;
    struct failure why = {.code = OK};
    assert_int_equal(image_look(bytes, &look, &why), code);
    if (strstr(why.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", why.text, words);
}

static void a_poster_packed_anew_looks_the_same(void **state)
{
    struct drawing drawing = poster(*state, 1, WIDE, HIGH);
    struct drawing small = poster(*state, 1, 150, 200), large = poster(*state, 1, 1500, 2000);
    struct slice png = as_png(*state, &drawing, PNG_INTERLACE_NONE, false);
    const struct slice again[] = {
        as_jpeg(*state, &drawing, 85, false), as_jpeg(*state, &drawing, 30, false),
        as_jpeg(*state, &drawing, 60, true),  as_jpeg(*state, &large, 60, false),
        as_webp(*state, &drawing, 50),        as_webp(*state, &drawing, 101),
        as_webp(*state, &large, 40),          as_png(*state, &small, PNG_INTERLACE_NONE, false),
        as_jpeg(*state, &small, 40, false)};
    for (size_t i = 0; i < sizeof again / sizeof again[0]; i++)
        if (distance(png, again[i]) > LOOK_LIKE_BITS)
            fail_msg("packing %zu differs by %d bits", i, distance(png, again[i]));
    assert_int_equal(distance(png, as_png(*state, &drawing, PNG_INTERLACE_ADAM7, false)), 0);
}

static void other_words_on_the_template_look_different(void **state)
{
    struct drawing first = poster(*state, 1, WIDE, HIGH);
    struct slice png = as_png(*state, &first, PNG_INTERLACE_NONE, false);
    for (uint32_t words = 2; words < 12; words++) {
        struct drawing other = poster(*state, words, WIDE, HIGH);
        assert_true(distance(png, as_jpeg(*state, &other, 80, false)) > LOOK_LIKE_BITS);
    }
}

static void what_is_transparent_is_white(void **state)
{
    struct drawing drawing = poster(*state, 3, WIDE, HIGH);
    for (size_t i = 0; i < (size_t)WIDE * HIGH; i++)
        if (drawing.rgb[i * 3] > 20)
            memset(drawing.rgb + i * 3, 255, 3);
    assert_int_equal(distance(as_png(*state, &drawing, PNG_INTERLACE_NONE, false),
                              as_png(*state, &drawing, PNG_INTERLACE_NONE, true)),
                     0);
}

static void plain_pictures_have_no_look(void **state)
{
    struct drawing drawing = poster(*state, 0, WIDE, WIDE);
    memset(drawing.rgb, 255, (size_t)WIDE * WIDE * 3);
    expect_none(as_png(*state, &drawing, PNG_INTERLACE_NONE, false), ERR_NOT_FOUND, "plain");
    for (size_t i = 0; i < (size_t)WIDE * WIDE; i++) /* a disc: the simplest of signs */
        if ((i % WIDE - 120) * (i % WIDE - 120) + (i / WIDE - 120) * (i / WIDE - 120) < 8000)
            memset(drawing.rgb + i * 3, 40, 3);
    expect_none(as_jpeg(*state, &drawing, 80, false), ERR_NOT_FOUND, "plain");
    for (size_t i = 0; i < (size_t)WIDE * WIDE; i++)
        memset(drawing.rgb + i * 3, (int)(i % WIDE), 3);
    expect_none(as_webp(*state, &drawing, 80), ERR_NOT_FOUND, "plain");
    drawing = poster(*state, 1, 64, 64);
    expect_none(as_png(*state, &drawing, PNG_INTERLACE_NONE, false), ERR_NOT_FOUND, "64 x 64");
    drawing = poster(*state, 1, 1000, 100);
    expect_none(as_png(*state, &drawing, PNG_INTERLACE_NONE, false), ERR_NOT_FOUND, "narrow");
}

/* ---- hostile ---- */

static void put_number(char *at, uint64_t number, size_t bytes, bool big)
{
    for (size_t i = 0; i < bytes; i++)
        at[big ? bytes - 1 - i : i] = (char)(number >> 8 * i & 0xFF);
}

/* The PNG's first chunk says another size, and its sum is right. */
static struct slice png_sized(struct arena *arena, struct slice png, uint32_t width,
                              uint32_t height)
{
    char *bytes = arena_copy(arena, png.at, png.len);
    uint32_t sum = 0xFFFFFFFFu;
    put_number(bytes + 16, width, 4, true);
    put_number(bytes + 20, height, 4, true);
    for (size_t i = 12; i < 29; i++) {
        sum ^= (uint8_t)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = (sum & 1) != 0 ? sum >> 1 ^ 0xEDB88320u : sum >> 1;
    }
    put_number(bytes + 29, ~sum, 4, true);
    return slice_make(bytes, png.len);
}

static struct slice jpeg_sized(struct arena *arena, struct slice jpeg, uint32_t width,
                               uint32_t height)
{
    char *bytes = arena_copy(arena, jpeg.at, jpeg.len);
    for (size_t i = 0; i + 9 < jpeg.len; i++)
        if ((uint8_t)bytes[i] == 0xFF && ((uint8_t)bytes[i + 1] == 0xC0)) {
            put_number(bytes + i + 5, height, 2, true);
            put_number(bytes + i + 7, width, 2, true);
            break;
        }
    return slice_make(bytes, jpeg.len);
}

static void a_size_is_checked_before_anything_is_decoded(void **state)
{
    struct drawing drawing = poster(*state, 1, WIDE, HIGH);
    struct slice png = as_png(*state, &drawing, PNG_INTERLACE_NONE, false);
    struct slice jpeg = as_jpeg(*state, &drawing, 50, false);
    expect_none(png_sized(*state, png, 65535, 65535), ERR_LIMIT, "IMAGE_PIXELS_MAX");
    expect_none(png_sized(*state, png, 0x7FFFFFFF, 200), ERR_LIMIT, "IMAGE_SIDE_MAX");
    expect_none(png_sized(*state, png, 0, 200), ERR_SYNTAX, "broken");
    expect_none(jpeg_sized(*state, jpeg, 65500, 65500), ERR_LIMIT, "IMAGE_PIXELS_MAX");
    expect_none(jpeg_sized(*state, jpeg, 0, 200), ERR_SYNTAX, "broken");
    /* a lossless WebP of 16384 x 16384: 14 bits each, less one */
    static const char webp[] =
        "RIFF\x1e\0\0\0WEBPVP8L\x12\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0"
        "\0\0\0\0";
    expect_none(slice_make(webp, sizeof webp - 1), ERR_LIMIT, "IMAGE_PIXELS_MAX");
}

static void what_moves_and_other_forms_have_no_look(void **state)
{
    static const char moving[] = "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xc7\0\0\xc7\0\0";
    (void)state;
    expect_none(slice_make(moving, sizeof moving - 1), ERR_UNSUPPORTED, "moves");
    expect_none(SLICE("GIF89a and the rest"), ERR_UNSUPPORTED, "PNG, JPEG or WebP");
    expect_none(SLICE_EMPTY, ERR_UNSUPPORTED, "PNG, JPEG or WebP");
}

static void a_picture_cut_off_has_no_look(void **state)
{
    struct drawing drawing = poster(*state, 1, WIDE, HIGH);
    const struct slice whole[] = {as_png(*state, &drawing, PNG_INTERLACE_NONE, false),
                                  as_png(*state, &drawing, PNG_INTERLACE_ADAM7, false),
                                  as_jpeg(*state, &drawing, 50, false),
                                  as_jpeg(*state, &drawing, 50, true),
                                  as_webp(*state, &drawing, 50),
                                  as_webp(*state, &drawing, 101)};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t len = 0; len + 64 < whole[i].len; len += 1 + whole[i].len / 150) {
            struct look look;
            struct failure why = {.code = OK};
            /* bytes of their own, so that a read past the end is seen */
            char *bytes = malloc(len + 1);
            memcpy(bytes, whole[i].at, len);
            int rc = image_look(slice_make(bytes, len), &look, &why);
            free(bytes);
            if (rc == OK || why.text[0] == '\0')
                fail_msg("form %zu cut at %zu of %zu", i, len, whole[i].len);
        }
}

static void flipped_bytes_never_crash(void **state)
{
    struct drawing drawing = poster(*state, 1, 120, 120);
    const struct slice whole[] = {as_png(*state, &drawing, PNG_INTERLACE_ADAM7, true),
                                  as_jpeg(*state, &drawing, 50, true),
                                  as_jpeg(*state, &drawing, 50, false),
                                  as_webp(*state, &drawing, 50), as_webp(*state, &drawing, 101)};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (uint32_t round = 0; round < 300; round++) {
            struct look look;
            struct failure why = {.code = OK};
            char *bytes = malloc(whole[i].len);
            memcpy(bytes, whole[i].at, whole[i].len);
            for (uint32_t k = 0; k < 1 + round % 4; k++)
                bytes[mixed(round * 7 + k) % whole[i].len] = (char)mixed(round + k * 1000);
            int rc = image_look(slice_make(bytes, whole[i].len), &look, &why);
            assert_true(rc == OK || why.text[0] != '\0');
            free(bytes);
        }
}

/* The last pass stands there again and again. */
static void a_jpeg_of_many_passes_is_given_up(void **state)
{
    struct drawing drawing = poster(*state, 1, WIDE, HIGH);
    struct slice jpeg = as_jpeg(*state, &drawing, 50, true);
    struct text_buf out;
    size_t last = 0;
    for (size_t i = 0; i + 1 < jpeg.len; i++)
        if ((uint8_t)jpeg.at[i] == 0xFF && (uint8_t)jpeg.at[i + 1] == 0xDA)
            last = i;
    text_buf_init(&out, 16u << 20);
    text_buf_add_slice(&out, slice_sub(jpeg, 0, last));
    for (int i = 0; i < 200; i++)
        text_buf_add_slice(&out, slice_sub(jpeg, last, jpeg.len - 2 - last));
    text_buf_add(&out, "\xff\xd9", 2);
    expect_none(text_buf_slice(&out), ERR_LIMIT, "IMAGE_SCANS_MAX");
    text_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(a_poster_packed_anew_looks_the_same),
        WITH_ARENA(other_words_on_the_template_look_different),
        WITH_ARENA(what_is_transparent_is_white),
        WITH_ARENA(plain_pictures_have_no_look),
        WITH_ARENA(a_size_is_checked_before_anything_is_decoded),
        WITH_ARENA(what_moves_and_other_forms_have_no_look),
        WITH_ARENA(a_picture_cut_off_has_no_look),
        WITH_ARENA(flipped_bytes_never_crash),
        WITH_ARENA(a_jpeg_of_many_passes_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
