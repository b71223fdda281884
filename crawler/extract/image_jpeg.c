/* image_jpeg.c - the one file that knows libjpeg; see image_inside.h.
 *
 * Decoded at the smallest of the sizes that libjpeg gives for little (1/1 to 1/8) which has 4 pixels
 * a cell and more each way. libjpeg leaves a function by longjmp. */
#include "crawler/extract/image_inside.h"
#include "crawler/extract/image_look.h"

#include <stdio.h> /* jpeglib.h wants it */

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_BYTES_MAX (256L << 20)
#define SIDE_WANTED      (4 * LOOK_GRID)

struct reading {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    struct slice bytes;
    struct grid *grid;
    struct failure *reterr;
    jmp_buf back;
    uint8_t *row;
    int rc;
};

static struct reading *reading_of(j_common_ptr jpeg)
{
    return jpeg->client_data;
}

static void on_error(j_common_ptr jpeg)
{
    struct reading *reading = reading_of(jpeg);
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    if (reading->rc == OK)
        reading->rc = failure_set(
            reading->reterr, jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? ERR_NOMEM : ERR_SYNTAX,
            "the JPEG is broken: %.100s", text);
    longjmp(reading->back, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level;
}

/* A few bytes can ask for thousands of passes over a large picture. */
static void on_progress(j_common_ptr jpeg)
{
    struct reading *reading = reading_of(jpeg);
    if (reading->jpeg.input_scan_number <= (int)IMAGE_SCANS_MAX)
        return;
    reading->rc =
        failure_set(reading->reterr, ERR_LIMIT,
                    "the JPEG has more than %u passes (IMAGE_SCANS_MAX)", IMAGE_SCANS_MAX);
    longjmp(reading->back, 1);
}

static void source_begin(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static boolean source_more(j_decompress_ptr jpeg)
{
    ERREXIT(jpeg, JERR_INPUT_EOF); /* cut off: half a picture has no look */
    return FALSE;
}

static void source_skip(j_decompress_ptr jpeg, long bytes)
{
    if (bytes <= 0)
        return;
    if ((unsigned long)bytes > jpeg->src->bytes_in_buffer)
        ERREXIT(jpeg, JERR_INPUT_EOF);
    jpeg->src->next_input_byte += bytes;
    jpeg->src->bytes_in_buffer -= (size_t)bytes;
}

static void source_end(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static void source_set(struct reading *reading)
{
    reading->source = (struct jpeg_source_mgr){.next_input_byte = (const JOCTET *)reading->bytes.at,
                                               .bytes_in_buffer = reading->bytes.len,
                                               .init_source = source_begin,
                                               .fill_input_buffer = source_more,
                                               .skip_input_data = source_skip,
                                               .resync_to_restart = jpeg_resync_to_restart,
                                               .term_source = source_end};
    reading->jpeg.src = &reading->source;
    reading->progress.progress_monitor = on_progress;
    reading->jpeg.progress = &reading->progress;
    reading->jpeg.mem->max_memory_to_use = MEMORY_BYTES_MAX;
}

/* Grey where the file has it, which it mostly has; ink (CMYK) comes as four channels. */
static void form_set(struct jpeg_decompress_struct *jpeg)
{
    bool ink = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    bool grey = jpeg->jpeg_color_space == JCS_GRAYSCALE || jpeg->jpeg_color_space == JCS_YCbCr;
    jpeg->out_color_space = ink ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->scale_num = 1;
    jpeg->scale_denom = 1;
    uint32_t low = jpeg->image_width < jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    while (jpeg->scale_denom < 8 && low / (jpeg->scale_denom * 2) >= SIDE_WANTED)
        jpeg->scale_denom *= 2;
}

/* Ink is written turned over where Adobe's mark stands, as it nearly always does. */
static void ink_to_rgb(uint8_t *row, uint32_t count, bool turned)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *ink = row + (size_t)i * 4;
        uint8_t rgb[3];
        for (size_t k = 0; k < 3; k++) {
            unsigned light = turned ? ink[k] : 255u - ink[k];
            unsigned black = turned ? ink[3] : 255u - ink[3];
            rgb[k] = (uint8_t)(light * black / 255);
        }
        memcpy(row + (size_t)i * 3, rgb, sizeof rgb); /* never ahead of what is read */
    }
}

static void rows_read(struct reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    bool ink = jpeg->out_color_space == JCS_CMYK;
    struct grid_row row = {.step = 1,
                           .count = jpeg->output_width,
                           .channels = ink ? 3u : (uint32_t)jpeg->output_components,
                           .pixels = reading->row};
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW rows[1] = {reading->row};
        row.y = jpeg->output_scanline;
        if (jpeg_read_scanlines(jpeg, rows, 1) != 1)
            return;
        if (ink)
            ink_to_rgb(reading->row, row.count, jpeg->saw_Adobe_marker);
        grid_row(reading->grid, &row);
    }
}

/* Back by longjmp: reading->rc says why. */
static void picture_read(struct reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    if (setjmp(reading->back) != 0)
        return;
    jpeg_create_decompress(jpeg);
    source_set(reading);
    jpeg_read_header(jpeg, TRUE);
    reading->rc = image_size_check(jpeg->image_width, jpeg->image_height, reading->reterr);
    if (reading->rc != OK)
        return;
    form_set(jpeg);
    jpeg_start_decompress(jpeg);
    reading->row = malloc((size_t)jpeg->output_width * (size_t)jpeg->output_components);
    if (reading->row == NULL) {
        reading->rc = failure_set(reading->reterr, ERR_NOMEM, "out of memory");
        return;
    }
    grid_begin(reading->grid, jpeg->output_width, jpeg->output_height);
    rows_read(reading);
}

int image_jpeg(struct slice bytes, struct grid *grid, struct failure *reterr)
{
    struct reading reading = {.bytes = bytes, .grid = grid, .reterr = reterr, .rc = OK};
    reading.jpeg.err = jpeg_std_error(&reading.errors);
    reading.errors.error_exit = on_error;
    reading.errors.emit_message = on_message;
    reading.jpeg.client_data = &reading;
    picture_read(&reading);
    jpeg_destroy_decompress(&reading.jpeg);
    free(reading.row);
    return reading.rc;
}
