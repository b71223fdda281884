/* image_kind.c - see image_kind.h. */
#include "common/image_kind.h"

const char *image_kind(struct slice bytes)
{
    if (slice_starts(bytes, "\x89PNG\r\n\x1a\n"))
        return "image/png";
    if (slice_starts(bytes, "\xff\xd8\xff"))
        return "image/jpeg";
    if (slice_starts(bytes, "GIF87a") || slice_starts(bytes, "GIF89a"))
        return "image/gif";
    if (slice_starts(bytes, "RIFF") && slice_starts(slice_from(bytes, 8), "WEBP"))
        return "image/webp";
    return NULL;
}
