/* uuid5.c - names made of names; see uuid5.h. */
#include "common/uuid5.h"
#include "common/sha1.h"

char *uuid5(const uint8_t space[16], struct slice name, char at[UUID_TEXT_BYTES])
{
    struct sha1 sha1;
    uint8_t digest[SHA1_BYTES];
    char *end = at;
    sha1_init(&sha1);
    sha1_add(&sha1, slice_make((const char *)space, 16));
    sha1_add(&sha1, name);
    sha1_end(&sha1, digest);
    digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x50);
    digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *end++ = '-';
        *end++ = "0123456789abcdef"[digest[i] >> 4];
        *end++ = "0123456789abcdef"[digest[i] & 15];
    }
    *end = '\0';
    return at;
}
