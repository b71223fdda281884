/* common/uuid5.h - name-based UUIDs (RFC 9562, version 5): the same name, the same id, anywhere. */
#ifndef LUREWATCH_UUID5_H
#define LUREWATCH_UUID5_H

#include "common/text.h"

/* A name-based UUID (RFC 9562, version 5) of name within the namespace, "8-4-4-4-12" in lower case.
 * Returns at. */
#define UUID_TEXT_BYTES 37u
char *uuid5(const uint8_t space[16], struct slice name, char at[UUID_TEXT_BYTES]);

#endif
