/* image_png.c - the one file that knows libpng; see image_inside.h.
 *
 * Row by row; of an interlaced picture the rows of each pass as they come, whose pixels stand apart.
 * Text and colour profiles, which may be packed bombs, are skipped unread. libpng leaves a function
 * by longjmp, so what must be freed lives in struct reading. */
#include "crawler/extract/image_inside.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES_MAX (1u << 20)
#define CHUNKS_MAX      64

struct reading {
    struct slice rest;
    struct grid *grid;
    struct failure *reterr;
    png_structp png;
    png_infop info;
    uint8_t *row;
    int rc;
};

static void on_error(png_structp png, png_const_charp text)
{
    struct reading *reading = png_get_error_ptr(png);
    if (reading->rc == OK)
        reading->rc = failure_set(reading->reterr, ERR_SYNTAX, "the PNG is broken: %.100s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void on_read(png_structp png, png_bytep to, size_t len)
{
    struct reading *reading = png_get_io_ptr(png);
    if (reading->rest.len < len)
        png_error(png, "it ends too early");
    memcpy(to, reading->rest.at, len);
    reading->rest = slice_from(reading->rest, len);
}

static void limits_set(png_structp png)
{
    static const png_byte skipped[] = "iCCP\0iTXt\0zTXt\0tEXt\0sPLT\0eXIf\0hIST";
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* ours name themselves */
    png_set_chunk_malloc_max(png, CHUNK_BYTES_MAX);
    png_set_chunk_cache_max(png, CHUNKS_MAX);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, (int)sizeof skipped / 5);
}

/* 8 bits a channel, 1 to 4 channels, whatever it was. */
static void form_set(struct reading *reading)
{
    png_set_expand(reading->png);
    png_set_scale_16(reading->png);
    png_read_update_info(reading->png, reading->info);
}

static void rows_read(struct reading *reading, uint32_t height, bool interlaced)
{
    struct grid *grid = reading->grid;
    struct grid_row row = {.channels = png_get_channels(reading->png, reading->info),
                           .pixels = reading->row};
    for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++) {
        uint32_t down = interlaced ? 1u << PNG_PASS_ROW_SHIFT(pass) : 1;
        row.first_x = interlaced ? (uint32_t)PNG_PASS_START_COL(pass) : 0;
        row.step = interlaced ? 1u << PNG_PASS_COL_SHIFT(pass) : 1;
        row.count = (grid->width - row.first_x + row.step - 1) / row.step;
        row.y = interlaced ? (uint32_t)PNG_PASS_START_ROW(pass) : 0;
        for (; row.y < height; row.y += down) {
            png_read_row(reading->png, reading->row, NULL);
            grid_row(grid, &row);
        }
    }
}

/* Back by longjmp: reading->rc says why. */
static void picture_read(struct reading *reading)
{
    png_structp png = reading->png;
    if (setjmp(png_jmpbuf(png)) != 0)
        return;
    png_set_read_fn(png, reading, on_read);
    limits_set(png);
    png_read_info(png, reading->info);
    uint32_t width = png_get_image_width(png, reading->info);
    uint32_t height = png_get_image_height(png, reading->info);
    reading->rc = image_size_check(width, height, reading->reterr);
    if (reading->rc != OK)
        return;
    form_set(reading);
    reading->row = malloc(png_get_rowbytes(png, reading->info));
    if (reading->row == NULL) {
        reading->rc = failure_set(reading->reterr, ERR_NOMEM, "out of memory");
        return;
    }
    grid_begin(reading->grid, width, height);
    rows_read(reading, height, png_get_interlace_type(png, reading->info) == PNG_INTERLACE_ADAM7);
}

int image_png(struct slice bytes, struct grid *grid, struct failure *reterr)
{
    struct reading reading = {.rest = bytes, .grid = grid, .reterr = reterr, .rc = OK};
    reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, on_error, on_warning);
    if (reading.png != NULL)
        reading.info = png_create_info_struct(reading.png);
    if (reading.info != NULL)
        picture_read(&reading);
    else
        reading.rc = failure_set(reterr, ERR_NOMEM, "out of memory");
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    free(reading.row);
    return reading.rc;
}
