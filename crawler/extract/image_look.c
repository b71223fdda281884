/* image_look.c - the grid, and which decoder fills it; see image_look.h.
 *
 * A pixel lies in one cell or over the line between two: it is counted in 64ths of its width, so
 * that sizes which are no multiple of LOOK_GRID give the same cells. */
#include "crawler/extract/image_look.h"

#include "common/image_kind.h"
#include "crawler/extract/image_inside.h"

#include <string.h>

int image_size_check(uint64_t width, uint64_t height, struct failure *reterr)
{
    uint64_t low = width < height ? width : height, high = width < height ? height : width;
    if (high > IMAGE_SIDE_MAX || width * height > IMAGE_PIXELS_MAX)
        return failure_set(reterr, ERR_LIMIT,
                           "%llu x %llu pixels are more than a picture may have "
                           "(IMAGE_SIDE_MAX, IMAGE_PIXELS_MAX)",
                           (unsigned long long)width, (unsigned long long)height);
    if (low < IMAGE_SIDE_MIN)
        return failure_set(reterr, ERR_NOT_FOUND, "a picture of %llu x %llu pixels has no look",
                           (unsigned long long)width, (unsigned long long)height);
    if (high > IMAGE_RATIO_MAX * low)
        return failure_set(reterr, ERR_NOT_FOUND, "a picture so long and narrow has no look");
    return OK;
}

void grid_begin(struct grid *grid, uint32_t width, uint32_t height)
{
    memset(grid, 0, sizeof *grid);
    grid->width = width;
    grid->height = height;
}

static uint32_t luma(const uint8_t *pixel, uint32_t channels)
{
    uint32_t grey = channels < 3
                        ? pixel[0]
                        : (299u * pixel[0] + 587u * pixel[1] + 114u * pixel[2] + 500) / 1000;
    uint32_t alpha = channels % 2 == 0 ? pixel[channels - 1] : 255;
    return (grey * alpha + 255 * (255 - alpha)) / 255;
}

void grid_row(struct grid *grid, const struct grid_row *row)
{
    uint32_t cell = 0;
    memset(grid->line, 0, sizeof grid->line);
    for (uint32_t i = 0; i < row->count; i++) {
        uint64_t begin = (uint64_t)(row->first_x + i * row->step) * LOOK_GRID;
        while (begin >= (uint64_t)(cell + 1) * grid->width)
            cell++;
        uint64_t end = begin + LOOK_GRID, line = (uint64_t)(cell + 1) * grid->width;
        uint64_t over = end > line ? end - line : 0;
        uint64_t grey = luma(row->pixels + (size_t)i * row->channels, row->channels);
        grid->line[cell] += grey * (LOOK_GRID - over);
        if (over > 0)
            grid->line[cell + 1] += grey * over;
    }
    uint64_t begin = (uint64_t)row->y * LOOK_GRID;
    uint64_t at = begin / grid->height, line = (at + 1) * grid->height;
    uint64_t over = begin + LOOK_GRID > line ? begin + LOOK_GRID - line : 0;
    for (size_t x = 0; x < LOOK_GRID; x++) {
        grid->cells[at * LOOK_GRID + x] += grid->line[x] * (LOOK_GRID - over);
        if (over > 0)
            grid->cells[(at + 1) * LOOK_GRID + x] += grid->line[x] * over;
    }
}

/* Each cell holds width x height times its mean. */
static int grid_look(const struct grid *grid, struct look *ret_look, struct failure *reterr)
{
    uint16_t grey[LOOK_GRID * LOOK_GRID];
    uint64_t share = (uint64_t)grid->width * grid->height;
    for (size_t i = 0; i < LOOK_GRID * LOOK_GRID; i++)
        grey[i] = (uint16_t)(grid->cells[i] * 256 / share);
    if (!look_of(grey, ret_look))
        return failure_set(reterr, ERR_NOT_FOUND, "a picture so plain has no look");
    return OK;
}

int image_look(struct slice bytes, struct look *ret_look, struct failure *reterr)
{
    static const struct {
        const char *kind;
        int (*read)(struct slice bytes, struct grid *grid, struct failure *reterr);
    } readers[] = {
        {"image/png", image_png}, {"image/jpeg", image_jpeg}, {"image/webp", image_webp}};
    const char *kind = image_kind(bytes);
    struct grid grid;
    for (size_t i = 0; kind != NULL && i < sizeof readers / sizeof readers[0]; i++)
        if (strcmp(kind, readers[i].kind) == 0) {
            int rc = readers[i].read(bytes, &grid, reterr);
            return rc == OK ? grid_look(&grid, ret_look, reterr) : rc;
        }
    return failure_set(reterr, ERR_UNSUPPORTED, "only a PNG, JPEG or WebP has a look");
}
