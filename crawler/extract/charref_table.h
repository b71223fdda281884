/* crawler/extract/charref_table.h - data of charref.c; nothing else includes it. */
#ifndef LUREWATCH_EXTRACT_CHARREF_TABLE_H
#define LUREWATCH_EXTRACT_CHARREF_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define CHARREF_NAME_BYTES_MAX 31u /* without ';' */
#define CHARREF_BARE_BYTES_MAX 6u  /* of a name that may lack it */

struct charref_row {
    char name[CHARREF_NAME_BYTES_MAX + 1];
    bool may_be_bare;
    uint32_t first;
    uint16_t second; /* 0: none */
};

extern const struct charref_row CHARREF_ROWS[];
extern const uint16_t CHARREF_FIRST[53];

#endif
