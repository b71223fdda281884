/* crawler/extract/charset_table.h - data of charset.c; nothing else includes it. */
#ifndef LUREWATCH_EXTRACT_CHARSET_TABLE_H
#define LUREWATCH_EXTRACT_CHARSET_TABLE_H

#include <stddef.h>

struct charset_encoding {
    const char *name; /* WHATWG's */
    const char *icu;  /* converter; "": our own code */
};

struct charset_label {
    char label[24];
    unsigned char encoding; /* index in CHARSET_ENCODINGS */
};

extern const struct charset_encoding CHARSET_ENCODINGS[];
extern const size_t CHARSET_ENCODINGS_COUNT;
extern const struct charset_label CHARSET_LABELS[]; /* sorted by strcmp() */
extern const size_t CHARSET_LABELS_COUNT;
extern const unsigned short CHARSET_8859_16[96]; /* of 0xA0-0xFF */

#endif
